#include "ui/recovery.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"
#include "ui/application.h"

enum { FILE_MAX = 65 * 1024 * 1024 };

/* ---- one file ---- */

/* Nobody who still runs keeps it, or asks about it: our lock on it, else -1. */
static int take_left_behind(int folder, const char *name)
{
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat about;
    bool left = fd >= 0 && fstat(fd, &about) == 0 && S_ISREG(about.st_mode) &&
                about.st_uid == geteuid() && flock(fd, LOCK_EX | LOCK_NB) == 0;

    if (fd >= 0 && !left)
        close(fd);
    return left ? fd : -1;
}

static bool read_header(const struct json_file *file, const char *owner, struct recovery *recovery)
{
    const char *kind = "", *name = "", *path = NULL, *hash = "0", *whose = "";
    const char *draft = NULL, *operation = NULL;
    int64_t version = 0, size = 0;

    if (!json_file_integer(file, file->root, "version", JSON_REQUIRED, &version, NULL) ||
        version != JOURNAL_VERSION ||
        !json_file_string(file, file->root, "kind", JSON_REQUIRED, &kind, NULL) ||
        !journal_kind_from(kind, &recovery->kind) ||
        !json_file_string(file, file->root, "owner", JSON_REQUIRED, &whose, NULL) ||
        !json_file_string(file, file->root, "name", JSON_REQUIRED, &name, NULL) ||
        !json_file_string(file, file->root, "path", JSON_OPTIONAL, &path, NULL) ||
        !json_file_string(file, file->root, "draft", JSON_OPTIONAL, &draft, NULL) ||
        !json_file_string(file, file->root, "operation", JSON_OPTIONAL, &operation, NULL) ||
        !json_file_string(file, file->root, "hash", JSON_REQUIRED, &hash, NULL) ||
        !json_file_integer(file, file->root, "kept_ms", JSON_REQUIRED, &recovery->wall_ms, NULL) ||
        !json_file_integer(file, file->root, "size", JSON_REQUIRED, &size, NULL) ||
        strcmp(whose, owner) != 0)
        return false;
    recovery->name = xstrdup(name);
    recovery->path = xstrdup(path);
    recovery->draft = xstrdup(draft);
    recovery->operation = xstrdup(operation);
    recovery->redacted = json_boolean(json_member(file->root, "redacted"), false);
    recovery->seen = (struct file_stamp){
        .exists = json_boolean(json_member(file->root, "existed"), false),
        .size = (uint64_t)size,
        .hash = strtoull(hash, NULL, 16),
    };
    return true;
}

static bool read_one(const char *path, const char *owner, struct recovery *recovery)
{
    struct json_file file;
    struct bytes text;
    const char *end;
    bool good = false;

    *recovery = (struct recovery){.file = NULL};
    if (!file_read(path, FILE_MAX, &text, NULL, NULL))
        return false;
    end = text.len ? memchr(text.data, '\n', text.len) : NULL;
    if (end && json_file_parse(&file, path, text.data, (size_t)(end - text.data), NULL)) {
        good = read_header(&file, owner, recovery);
        json_file_release(&file);
    }
    if (good) {
        recovery->file = xstrdup(path);
        recovery->len = text.len - (size_t)(end + 1 - text.data);
        recovery->text = xmemdup0(end + 1, recovery->len);
    }
    bytes_release(&text);
    return good;
}

static void release(struct recovery *recovery)
{
    close(recovery->lock);
    free(recovery->file);
    free(recovery->name);
    free(recovery->path);
    free(recovery->draft);
    free(recovery->operation);
    free(recovery->text);
}

/* ---- all of them ---- */

static bool is_name(const char *name)
{
    size_t len = strlen(name);

    return strncmp(name, JOURNAL_PREFIX, strlen(JOURNAL_PREFIX)) == 0 &&
           (len < 4 || strcmp(name + len - 4, ".new") != 0);
}

static void find_in(const char *folder, const char *owner, struct recovery_list *list)
{
    DIR *stream = opendir(folder);
    const struct dirent *entry;

    while (stream && (entry = readdir(stream))) {
        int lock = is_name(entry->d_name) ? take_left_behind(dirfd(stream), entry->d_name) : -1;
        char *path;

        if (lock < 0)
            continue;
        path = file_join(folder, entry->d_name);
        list->items = xreallocarray(list->items, list->count + 1, sizeof(*list->items));
        if (read_one(path, owner, &list->items[list->count]))
            list->items[list->count++].lock = lock;
        else
            close(lock);
        free(path);
    }
    if (stream)
        closedir(stream);
}

static int by_time(const void *a, const void *b)
{
    const struct recovery *one = a, *other = b;

    return (one->wall_ms < other->wall_ms) - (one->wall_ms > other->wall_ms);
}

void recovery_find(const struct application *application, struct recovery_list *list)
{
    char *folders[JOURNAL_FOLDERS], *owner = journal_owner(application);
    size_t count = journal_folders(application, folders);

    *list = (struct recovery_list){.count = 0};
    for (size_t i = 0; i < count; i++) {
        find_in(folders[i], owner, list);
        free(folders[i]);
    }
    if (list->count > 1)
        qsort(list->items, list->count, sizeof(*list->items), by_time);
    free(owner);
}

void recovery_list_release(struct recovery_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        release(&list->items[i]);
    free(list->items);
    *list = (struct recovery_list){.count = 0};
}

void recovery_list_drop(struct recovery_list *list, size_t index)
{
    release(&list->items[index]);
    list->count--;
    memmove(&list->items[index], &list->items[index + 1],
            (list->count - index) * sizeof(*list->items));
}

bool recovery_discard(const struct recovery *recovery, struct error *error)
{
    if (unlink(recovery->file) == 0 || errno == ENOENT)
        return true;
    return error_errno(error, ERROR_FILE, errno, "%s cannot be removed", recovery->file);
}

enum recovery_state recovery_state(const struct recovery *recovery)
{
    struct file_stamp now;
    struct bytes text;

    if (!recovery->path || !file_exists(recovery->path))
        return recovery->seen.exists ? RECOVERY_GONE : RECOVERY_NEW;
    if (!file_read(recovery->path, FILE_MAX, &text, &now, NULL))
        return RECOVERY_CHANGED;
    bytes_release(&text);
    return recovery->seen.exists && now.size == recovery->seen.size &&
                   now.hash == recovery->seen.hash
               ? RECOVERY_SAME
               : RECOVERY_CHANGED;
}
