#include "evidence/leftover.h"

#include "base/file.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
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
