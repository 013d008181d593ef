#include "scan/tree.h"

#include "base/file.h"
#include "base/memory.h"
#include "scan/file_mode.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct walk {
    const struct tree_visitor *visitor;
    void *context;
};

struct names {
    char **items;
    size_t count, size;
};

static void skip(const struct walk *walk, const char *path, enum tree_skip why, int number)
{
    walk->visitor->skipped(walk->context, path, why, number);
}

static bool is_stopped(const struct walk *walk)
{
    return walk->visitor->stopped && walk->visitor->stopped(walk->context);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void names_release(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->items[i]);
    free(names->items);
}

/* What is in the folder, sorted; 0, or the error that ended the reading. */
static int read_names(DIR *folder, struct names *names)
{
    const struct dirent *entry;

    while (errno = 0, (entry = readdir(folder))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (names->count == names->size) {
            names->size = names->size ? 2 * names->size : 32;
            names->items = xreallocarray(names->items, names->size, sizeof(*names->items));
        }
        names->items[names->count++] = xstrdup(entry->d_name);
    }
    if (names->count > 0)
        qsort(names->items, names->count, sizeof(*names->items), compare_names);
    return errno;
}

static void walk_folder(const struct walk *walk, int fd, const char *path, int depth);

/* What was opened; the descriptor is closed. */
static void walk_opened(const struct walk *walk, int fd, const char *path, int depth)
{
    struct stat info;

    if (fstat(fd, &info) != 0)
        skip(walk, path, TREE_FAILED, errno);
    else if (S_ISDIR(info.st_mode) && depth == TREE_DEPTH_MAX)
        skip(walk, path, TREE_DEEP, 0);
    else if (S_ISDIR(info.st_mode)) {
        walk_folder(walk, fd, path, depth);
        return;
    } else if (!S_ISREG(info.st_mode))
        skip(walk, path, TREE_SPECIAL, 0);
    else if ((uint64_t)info.st_size > TREE_FILE_MAX)
        skip(walk, path, TREE_LARGE, 0);
    else
        walk->visitor->file(walk->context, path, fd, &info);
    close(fd);
}

static void walk_entry(const struct walk *walk, int folder, const char *name, const char *path,
                       int depth)
{
    struct stat info;
    int fd;

    if (fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) != 0) {
        skip(walk, path, TREE_FAILED, errno);
    } else if (S_ISLNK(info.st_mode)) {
        skip(walk, path, TREE_LINK, 0);
    } else if (!S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)) {
        skip(walk, path, TREE_SPECIAL, 0);
    } else if (S_ISDIR(info.st_mode) && file_mode_skips_folder(name)) {
        skip(walk, path, TREE_FOLDER, 0);
    } else {
        fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        if (fd < 0)
            skip(walk, path, TREE_FAILED, errno);
        else
            walk_opened(walk, fd, path, depth);
    }
}

static void walk_folder(const struct walk *walk, int fd, const char *path, int depth)
{
    DIR *folder = fdopendir(fd);
    struct names names = {0};
    int number;

    if (!folder) {
        skip(walk, path, TREE_FAILED, errno);
        close(fd);
        return;
    }
    number = read_names(folder, &names);
    if (number != 0)
        skip(walk, path, TREE_FAILED, number);
    for (size_t i = 0; i < names.count && !is_stopped(walk); i++) {
        char *below =
            strcmp(path, ".") == 0 ? xstrdup(names.items[i]) : file_join(path, names.items[i]);

        walk_entry(walk, fd, names.items[i], below, depth + 1);
        free(below);
    }
    names_release(&names);
    closedir(folder);
}

bool tree_walk(const char *root, const struct tree_visitor *visitor, void *context,
               struct error *error)
{
    const struct walk walk = {.visitor = visitor, .context = context};
    int fd = open(root, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    struct stat info;

    if (fd < 0)
        return error_errno(error, ERROR_FILE, errno, "%s cannot be scanned", root);
    if (fstat(fd, &info) != 0 || (!S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode))) {
        close(fd);
        return error_set(error, ERROR_FILE, "%s is no folder and no regular file", root);
    }
    walk_opened(&walk, fd, root, 0);
    return true;
}
