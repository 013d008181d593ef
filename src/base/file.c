#include "base/file.h"

#include "base/bytes.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    READ_STEP = 64 * 1024,
    LINKS_MAX = 40, /* as the kernel's own limit on chained symbolic links */
    TEMPORARY_TRIES = 100,
};

#define FNV_BASIS UINT64_C(0xCBF29CE484222325)
#define FNV_PRIME UINT64_C(0x100000001B3)

static int system_open(const char *path, int flags, mode_t mode)
{
    return open(path, flags, mode);
}

/* By a second name, which no other file can have got in between; not all file systems have them. */
static int system_rename_new(const char *from, const char *to)
{
    if (link(from, to) == 0)
        return unlink(from);
    if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS)
        return -1;
    if (!file_exists(to))
        return rename(from, to);
    errno = EEXIST;
    return -1;
}

const struct file_ops file_ops_system = {
    .open = system_open,
    .write = write,
    .fsync = fsync,
    .close = close,
    .rename = rename,
    .rename_new = system_rename_new,
    .unlink = unlink,
};

static uint64_t hash_bytes(const char *data, size_t len)
{
    uint64_t hash = FNV_BASIS;

    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)data[i]) * FNV_PRIME;
    return hash;
}

static void stamp_from(struct file_stamp *stamp, const struct stat *info, const struct bytes *text)
{
    *stamp = (struct file_stamp){
        .exists = true,
        .device = info->st_dev,
        .inode = info->st_ino,
        .size = text->len,
        .mtime_ns = (int64_t)info->st_mtim.tv_sec * 1000000000 + info->st_mtim.tv_nsec,
        .hash = hash_bytes(bytes_text(text), text->len),
    };
}

/* ---- reading ---- */

static bool read_all(int fd, const char *path, struct bytes *out, struct error *error)
{
    char *part = xmalloc(READ_STEP);
    bool good = true;
    ssize_t got;

    do {
        got = read(fd, part, READ_STEP);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            good = error_errno(error, ERROR_FILE, errno, "%s cannot be read", path);
        else if (!bytes_append(out, part, (size_t)got))
            good = error_set(error, ERROR_FILE,
                             "%s is larger than the %zu bytes that are read of it", path, out->max);
    } while (good && got != 0);
    free(part);
    return good;
}

static bool check_regular(int fd, const char *path, struct stat *info, struct error *error)
{
    if (fstat(fd, info) < 0)
        return error_errno(error, ERROR_FILE, errno, "%s cannot be read", path);
    if (S_ISDIR(info->st_mode))
        return error_set(error, ERROR_FILE, "%s is a folder; the name of a file is needed", path);
    if (!S_ISREG(info->st_mode))
        return error_set(error, ERROR_FILE, "%s is no regular file", path);
    return true;
}

bool file_read(const char *path, size_t max, struct bytes *out, struct file_stamp *stamp,
               struct error *error)
{
    struct stat info;
    bool good;
    int fd;

    bytes_init(out, max);
    if (stamp)
        *stamp = (struct file_stamp){0};
    /* O_NONBLOCK: a FIFO of that name is refused below instead of waited for. */
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return error_errno(error, ERROR_FILE, errno, "%s cannot be read", path);
    good = check_regular(fd, path, &info, error) && read_all(fd, path, out, error);
    close(fd);
    if (!good)
        bytes_release(out);
    else if (stamp)
        stamp_from(stamp, &info, out);
    return good;
}

/* ---- replacing ---- */

/* One replacement on its way. */
struct replacement {
    const struct file_ops *ops;
    const char *path; /* as the caller calls it */
    char *target;     /* behind symbolic links */
    char *folder;
    char *temporary;
    struct stat old;
    bool had_old;
    bool temporary_exists;
};

char *file_folder(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return xstrdup(".");
    return slash == path ? xstrdup("/") : xmemdup0(path, (size_t)(slash - path));
}

/* What the last component finally names, so that a link stays a link. NULL with errno. */
static char *follow_links(const char *path)
{
    char *at = xstrdup(path);

    for (int i = 0; i < LINKS_MAX; i++) {
        char link[PATH_MAX], *folder;
        ssize_t len = readlink(at, link, sizeof(link) - 1);

        if (len < 0)
            return at;
        link[len] = '\0';
        folder = file_folder(at);
        free(at);
        at = link[0] == '/' ? xstrdup(link) : file_join(folder, link);
        free(folder);
    }
    free(at);
    errno = ELOOP;
    return NULL;
}

static bool failed(const struct replacement *work, struct error *error)
{
    return error_errno(error, ERROR_FILE, errno, "%s was not saved%s", work->path,
                       work->had_old ? ", what was there stays" : "");
}

bool file_write_all(const struct file_ops *ops, int fd, const void *data, size_t len)
{
    const char *at = data;

    while (len) {
        ssize_t wrote = ops->write(fd, at, len);

        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0) {
            errno = wrote < 0 ? errno : ENOSPC;
            return false;
        }
        at += wrote;
        len -= (size_t)wrote;
    }
    return true;
}

/* A descriptor of a fresh file beside the target, or -1 with errno. */
static int open_temporary(struct replacement *work, mode_t mode)
{
    const char *slash = strrchr(work->target, '/');
    const char *name = slash ? slash + 1 : work->target;
    int fd = -1;

    for (int i = 0; i < TEMPORARY_TRIES && fd < 0; i++) {
        char *leaf = xasprintf(".%.200s.%ld-%d.tmp", name, (long)getpid(), i);

        free(work->temporary);
        work->temporary = file_join(work->folder, leaf);
        free(leaf);
        fd = work->ops->open(work->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    work->temporary_exists = fd >= 0;
    return fd;
}

/* An existing file keeps its mode whatever the umask is, and its owner where we may give it. */
static bool keep_attributes(const struct replacement *work, int fd)
{
    if (!work->had_old)
        return true;
    if (work->old.st_uid != geteuid() || work->old.st_gid != getegid()) {
        if (fchown(fd, work->old.st_uid, work->old.st_gid) < 0 && errno != EPERM)
            return false;
    }
    return fchmod(fd, work->old.st_mode & 07777) == 0;
}

static bool write_temporary(struct replacement *work, const void *data, size_t len, mode_t mode,
                            struct stat *info, struct error *error)
{
    int number, fd = open_temporary(work, work->had_old ? work->old.st_mode & 0777 : mode);
    bool good;

    if (fd < 0)
        return failed(work, error);
    good = keep_attributes(work, fd) && file_write_all(work->ops, fd, data, len) &&
           work->ops->fsync(fd) == 0 && fstat(fd, info) == 0;
    number = errno;
    /* Some file systems report a full disk no earlier than here. */
    if (work->ops->close(fd) < 0 && good && errno != EINTR) {
        number = errno;
        good = false;
    }
    errno = number;
    return good || failed(work, error);
}

/* What decides is the content: a file that was only touched has not changed. */
static bool check_unchanged(const struct replacement *work, const struct file_stamp *seen,
                            struct error *error)
{
    struct file_stamp now = {0};
    struct bytes text;
    bool same = false;

    if (!file_exists(work->target)) {
        same = !seen->exists;
    } else if (seen->exists && file_read(work->target, (size_t)seen->size, &text, &now, NULL)) {
        same = now.size == seen->size && now.hash == seen->hash;
        bytes_release(&text);
    }
    if (same)
        return true;
    return error_set(error, ERROR_CHANGED,
                     "%s was changed by someone else since it was read; nothing was written",
                     work->path);
}

/*
 * Check and rename under a lock on the folder, so that of two consoles that save at once the second
 * sees what the first wrote. The lock is given back by the close.
 */
static bool put_in_place(struct replacement *work, const struct file_stamp *seen,
                         struct error *error)
{
    int folder = work->ops->open(work->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    bool good;

    if (folder < 0)
        return failed(work, error);
    if (seen)
        while (flock(folder, LOCK_EX) < 0 && errno == EINTR)
            ;
    good = !seen || check_unchanged(work, seen, error);
    if (good && work->ops->rename(work->temporary, work->target) < 0)
        good = failed(work, error);
    if (good) {
        work->temporary_exists = false;
        /* The new file is whole in either case; what a failure here risks is only the name after a
         * power cut, and some file systems cannot do it at all. */
        work->ops->fsync(folder);
    }
    work->ops->close(folder);
    return good;
}

static bool replacement_init(struct replacement *work, const struct file_ops *ops, const char *path,
                             struct error *error)
{
    *work = (struct replacement){.ops = ops ? ops : &file_ops_system, .path = path};
    work->target = follow_links(path);
    if (!work->target)
        return failed(work, error);
    work->folder = file_folder(work->target);
    work->had_old = stat(work->target, &work->old) == 0;
    if (work->had_old && !S_ISREG(work->old.st_mode))
        return error_set(error, ERROR_FILE, "%s is no regular file; it was not replaced", path);
    return true;
}

static void replacement_release(struct replacement *work)
{
    if (work->temporary_exists)
        work->ops->unlink(work->temporary);
    free(work->temporary);
    free(work->folder);
    free(work->target);
}

bool file_replace(const struct file_ops *ops, const char *path, const void *data, size_t len,
                  mode_t mode, const struct file_stamp *seen, struct file_stamp *after,
                  struct error *error)
{
    const struct bytes text = {.data = (char *)(uintptr_t)data, .len = len};
    struct replacement work;
    struct stat info;
    bool good = replacement_init(&work, ops, path, error) &&
                write_temporary(&work, data, len, mode, &info, error) &&
                put_in_place(&work, seen, error);

    if (good && after)
        stamp_from(after, &info, &text);
    replacement_release(&work);
    return good;
}

int file_open_folder(const struct file_ops *ops, const char *path)
{
    char *folder = file_folder(path);
    int fd = ops->open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

    free(folder);
    return fd;
}

/* ---- folders and names ---- */

static bool make_folder(const char *path, mode_t mode, struct error *error)
{
    struct stat info;

    if (mkdir(path, mode) == 0)
        return true;
    if (errno == EEXIST && stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        return true;
    if (errno == EEXIST)
        return error_set(error, ERROR_FILE, "%s is in the way: a folder is needed there", path);
    return error_errno(error, ERROR_FILE, errno, "the folder %s cannot be made", path);
}

bool file_make_folders(const char *path, mode_t mode, struct error *error)
{
    char *part = xstrdup(path);
    bool good = true;

    for (char *at = part; good && *at; at++) {
        if (at == part || *at != '/' || at[-1] == '/')
            continue;
        *at = '\0';
        good = make_folder(part, mode, error);
        *at = '/';
    }
    good = good && make_folder(part, mode, error);
    free(part);
    return good;
}

bool file_exists(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0;
}

char *file_join(const char *folder, const char *name)
{
    size_t len = strlen(folder);

    while (len && folder[len - 1] == '/')
        len--;
    while (*name == '/')
        name++;
    if (!*folder)
        return xstrdup(name);
    return xasprintf("%.*s/%s", (int)len, folder, name);
}
