/*
 * A walk through folders in the order of their names' bytes, so that two runs say the same.
 *
 * No link is followed but the one that was named, nothing is opened that is no regular file, and a
 * file that becomes something else meanwhile is not read.
 */
#ifndef SCAN_TREE_H
#define SCAN_TREE_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

enum tree_skip {
    TREE_FOLDER, /* one of file_mode_skipped */
    TREE_LINK,
    TREE_SPECIAL, /* a device, a FIFO, a socket */
    TREE_LARGE,   /* above TREE_FILE_MAX */
    TREE_DEEP,    /* more than TREE_DEPTH_MAX folders down */
    TREE_FAILED,  /* with errno */
};

#define TREE_FILE_MAX ((uint64_t)64 * 1024 * 1024)
enum { TREE_DEPTH_MAX = 256 };

struct tree_visitor {
    /* The descriptor is the walk's. `path` is what was named and what is below it. */
    void (*file)(void *context, const char *path, int fd, const struct stat *info);
    void (*skipped)(void *context, const char *path, enum tree_skip why, int number);
    bool (*stopped)(void *context); /* asked now and then; may be NULL */
};

/* A folder or a regular file; anything else, and what cannot be opened, is ERROR_FILE. */
bool tree_walk(const char *root, const struct tree_visitor *visitor, void *context,
               struct error *error);

#endif
