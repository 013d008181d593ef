/*
 * Files that are never left half-written and never silently overwritten (design.md "Files").
 *
 * All system calls go through a table, so that tests fail any of them (a full disk, a folder that
 * cannot be written); NULL for the table means the machine's own.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct bytes;
struct stat;

struct file_ops {
    int (*open)(const char *path, int flags, mode_t mode);
    ssize_t (*write)(int fd, const void *data, size_t len);
    int (*fsync)(int fd);
    int (*close)(int fd);
    int (*rename)(const char *from, const char *to);
    int (*rename_new)(const char *from, const char *to); /* EEXIST: it replaces nothing */
    int (*unlink)(const char *path);
};

extern const struct file_ops file_ops_system;

/*
 * What a file looked like when it was read. Existence, size and content decide whether it changed:
 * a file that was only touched, or checked out again with the same bytes, has not.
 */
struct file_stamp {
    bool exists;
    uint64_t device, inode, size;
    int64_t mtime_ns;
    uint64_t hash; /* of the content, FNV-1a 64: tells change, proves nothing */
};

/*
 * The whole file. A folder, a device, a file above `max` bytes or an unreadable one is an error
 * of kind ERROR_FILE; `*stamp` then says that it does not exist. `stamp` may be NULL. `out` is
 * initialised by the call and empty after an error.
 */
bool file_read(const char *path, size_t max, struct bytes *out, struct file_stamp *stamp,
               struct error *error);

/*
 * Replace `path` by `data` atomically: a temporary file in the same folder, fsync, rename, fsync
 * of the folder. A symbolic link stays and what it names is replaced; an existing file keeps its
 * mode, a new one gets `mode` less the umask. `seen` is what was read earlier: when the file is no
 * longer that, nothing is written and the error kind is ERROR_CHANGED; NULL skips the check. The
 * folder is locked from check to rename, so of two of us that save at once the second sees the
 * first. `after` (may be NULL) receives the new stamp. On any failure the old file stays and no
 * temporary file is left. A folder that cannot be fsynced is no failure: the file is whole.
 */
bool file_replace(const struct file_ops *ops, const char *path, const void *data, size_t len,
                  mode_t mode, const struct file_stamp *seen, struct file_stamp *after,
                  struct error *error);

/* All of `data`, over short and interrupted writes; false with errno. `ops` is not NULL. */
bool file_write_all(const struct file_ops *ops, int fd, const void *data, size_t len);

/*
 * The folder that `path` lies in, for an fsync: so that a rename to `path` outlives a power cut,
 * where the file system can do that. -1: it cannot be opened.
 */
int file_open_folder(const struct file_ops *ops, const char *path);

/* Folder and its parents; existing ones are fine. */
bool file_make_folders(const char *path, mode_t mode, struct error *error);

bool file_exists(const char *path);

/* "a" for "a/b", "." for "b", "/" for "/b"; the caller frees. */
char *file_folder(const char *path);

/* "a/b", with exactly one slash between; `name` alone when `folder` is "". The caller frees. */
char *file_join(const char *folder, const char *name);

#endif
