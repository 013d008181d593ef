#include "evidence/leftover.h"

#include "base/file.h"
#include "base/memory.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const int64_t day_ms = INT64_C(24) * 3600 * 1000;

static bool ends_in(const char *name, const char *end)
{
    size_t len = strlen(name), end_len = strlen(end);

    return len >= end_len && strcmp(name + len - end_len, end) == 0;
}

/* As capture_create() names it for the local folder. */
static bool is_leftover(const char *name)
{
    return strncmp(name, "ev-", 3) == 0 && strstr(name, ".jsonl.ev-") && ends_in(name, ".part");
}

static bool is_old(const char *path, int64_t now_ms)
{
    struct stat info;

    return lstat(path, &info) == 0 && S_ISREG(info.st_mode) &&
           now_ms - (int64_t)info.st_mtime * 1000 > LEFTOVER_DAYS * day_ms;
}

size_t leftover_sweep(const char *local, int64_t now_ms)
{
    char *captures = file_join(local, "captures");
    DIR *folder = opendir(captures);
    struct dirent *entry;
    size_t removed = 0;

    while (folder && (entry = readdir(folder))) {
        char *path;

        if (!is_leftover(entry->d_name))
            continue;
        path = file_join(captures, entry->d_name);
        if (is_old(path, now_ms) && unlink(path) == 0)
            removed++;
        free(path);
    }
    if (folder)
        closedir(folder);
    free(captures);
    return removed;
}

/* Who writes it holds a lock on it, which ends with the process. */
static bool is_abandoned(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    bool abandoned = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) == 0;

    if (fd >= 0)
        close(fd);
    return abandoned;
}

size_t leftover_find(const char *local, char **newest)
{
    char *captures = file_join(local, "captures");
    DIR *folder = opendir(captures);
    struct dirent *entry;
    size_t count = 0;

    *newest = NULL;
    while (folder && (entry = readdir(folder))) {
        char *path = is_leftover(entry->d_name) ? file_join(captures, entry->d_name) : NULL;

        if (path && is_abandoned(path)) {
            count++;
            if (!*newest || strcmp(path, *newest) > 0) { /* names begin with their time */
                free(*newest);
                *newest = xstrdup(path);
            }
        }
        free(path);
    }
    if (folder)
        closedir(folder);
    free(captures);
    return count;
}
