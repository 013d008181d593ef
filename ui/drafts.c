#include "ui/drafts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/redact.h"
#include "ui/draft_edit.h"
#include "ui/json_edit.h"

enum { FILE_BYTES = 64 * 1024 * 1024, FILE_MODE = 0600, FOLDER_MODE = 0700, DRAFT_VERSION = 1 };

static const char folder_name[] = "drafts";
static const char suffix[] = ".json";
static const char current_name[] = "current"; /* no draft: it has no suffix */

bool draft_name_check(const char *name, struct error *error)
{
    size_t len = strlen(name);

    if (len > 0 && len <= DRAFT_NAME_MAX && name[0] != '.' &&
        strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == len)
        return true;
    return error_set(error, ERROR_USAGE,
                     "\"%.80s\" cannot name a draft: up to %d letters, digits, \".\", \"_\" and "
                     "\"-\"",
                     name, DRAFT_NAME_MAX);
}

static char *path_in(const char *local, const char *name, const char *end)
{
    return xasprintf("%s/%s/%s%s", local, folder_name, name, end);
}

bool drafts_exist(const char *local, const char *name)
{
    char *path = path_in(local, name, suffix);
    bool exists = file_exists(path);

    free(path);
    return exists;
}

bool drafts_look(const char *local, const char *name, int64_t *changed_ms, uint64_t *size)
{
    char *path = path_in(local, name, suffix);
    struct stat status;
    bool there = stat(path, &status) == 0 && S_ISREG(status.st_mode);

    free(path);
    if (!there)
        return false;
    *changed_ms = (int64_t)status.st_mtim.tv_sec * 1000 + status.st_mtim.tv_nsec / 1000000;
    *size = (uint64_t)status.st_size;
    return true;
}

/* ---- reading ---- */

static bool take_body(struct draft_edit *draft, const struct json_file *file,
                      const struct json *body, struct error *error)
{
    enum operation operation;

    if (!operation_from_name(json_name(body), &operation) || operation == OPERATION_MODELS)
        return json_file_error_at(file, body, error, "there is no operation \"%s\" with a body",
                                  json_name(body));
    draft_edit_put(draft, operation, json_copy(body));
    return true;
}

static bool take_draft(struct draft_edit *draft, const struct json_file *file, struct error *error)
{
    const char *name = NULL;
    struct json *bodies = NULL;
    enum operation operation;
    int64_t version;

    if (!json_file_integer(file, file->root, "version", JSON_REQUIRED, &version, error) ||
        !json_file_string(file, file->root, "operation", JSON_REQUIRED, &name, error) ||
        !json_file_object(file, file->root, "bodies", JSON_REQUIRED, &bodies, error))
        return false;
    if (version > DRAFT_VERSION)
        return json_file_error(file, "/version", error, "it is of a newer version of cometdeck");
    if (!operation_from_name(name, &operation))
        return json_file_error(file, "/operation", error, "there is no operation \"%s\"", name);
    for (struct json *body = json_first(bodies); body; body = json_next(body))
        if (!take_body(draft, file, body, error))
            return false;
    draft_edit_put(draft, operation,
                   json_copy(json_member(bodies, name))); /* the one shown: last */
    return true;
}

struct draft_edit *drafts_load(const char *local, const char *name, const struct contract *contract,
                               struct file_stamp *seen, struct error *error)
{
    char *path = path_in(local, name, suffix);
    struct draft_edit *draft = NULL;
    struct json_file file;
    struct bytes text;

    if (file_read(path, FILE_BYTES, &text, seen, error) &&
        json_file_parse(&file, path, bytes_text(&text), text.len, error)) {
        draft = draft_edit_new(contract, NULL);
        if (!take_draft(draft, &file, error)) {
            draft_edit_free(draft);
            draft = NULL;
        }
        json_file_release(&file);
    }
    bytes_release(&text);
    free(path);
    return draft;
}

/* ---- writing ---- */

static struct json *draft_json(const struct draft_edit *draft)
{
    struct json *root = json_new_object(), *bodies = json_new_object();

    for (int i = 0; i < OPERATION_COUNT; i++) {
        const struct json_edit *body = draft_edit_body_of(draft, (enum operation)i);

        if (body)
            json_set(bodies, operation_name((enum operation)i), json_copy(json_edit_root(body)));
    }
    json_set_integer(root, "version", DRAFT_VERSION);
    json_set_string(root, "operation", operation_name(draft_edit_operation(draft)));
    json_set(root, "bodies", bodies);
    return root;
}

static bool make_folder(const char *local, struct error *error)
{
    char *folder = file_join(local, folder_name);
    bool made = file_make_folders(local, FOLDER_MODE, error) &&
                file_make_folders(folder, FOLDER_MODE, error);

    free(folder);
    return made;
}

bool drafts_save(const char *local, const char *name, const struct draft_edit *draft,
                 const struct redactor *redactor, struct file_stamp *seen, struct error *error)
{
    char *path = path_in(local, name, suffix);
    struct json *root = draft_json(draft);
    struct file_stamp after = *seen;
    struct bytes text;
    bool saved;

    bytes_init(&text, FILE_BYTES);
    saved = json_write(root, true, &text);
    if (saved && redactor)
        redact(redactor, text.data, text.len);
    if (!saved)
        saved = error_set(error, ERROR_FILE, "%s: the draft is too long to be kept", path);
    else
        saved = make_folder(local, error) && file_replace(NULL, path, bytes_text(&text), text.len,
                                                          FILE_MODE, seen, &after, error);
    if (saved)
        *seen = after;
    bytes_release(&text);
    json_free(root);
    free(path);
    return saved;
}

bool drafts_rename(const char *local, const char *name, const char *to, struct error *error)
{
    char *from = path_in(local, name, suffix), *path = path_in(local, to, suffix);
    bool done = renameat2(AT_FDCWD, from, AT_FDCWD, path, RENAME_NOREPLACE) == 0 || errno == ENOENT;

    if (!done)
        error_errno(error, ERROR_FILE, errno, "%s cannot be renamed", from);
    free(from);
    free(path);
    return done;
}

bool drafts_delete(const char *local, const char *name, struct error *error)
{
    char *path = path_in(local, name, suffix);
    bool gone = unlink(path) == 0;

    if (!gone)
        error_errno(error, ERROR_FILE, errno, "%s cannot be deleted", path);
    free(path);
    return gone;
}

/* ---- which there are ---- */

char *drafts_current(const char *local)
{
    char *path = path_in(local, current_name, "");
    struct bytes text;
    char *name = NULL;

    if (file_read(path, DRAFT_NAME_MAX + 1, &text, NULL, NULL)) {
        name = xmemdup0(bytes_text(&text), strcspn(bytes_text(&text), "\n"));
        if (!draft_name_check(name, NULL) || !drafts_exist(local, name)) {
            free(name);
            name = NULL;
        }
    }
    bytes_release(&text);
    free(path);
    return name;
}

bool drafts_set_current(const char *local, const char *name, struct error *error)
{
    char *path = path_in(local, current_name, "");
    char *line = xasprintf("%s\n", name);
    bool set = make_folder(local, error) &&
               file_replace(NULL, path, line, strlen(line), FILE_MODE, NULL, NULL, error);

    free(line);
    free(path);
    return set;
}

void drafts_each(const char *local, void (*found)(void *context, const char *name), void *context)
{
    char *folder = file_join(local, folder_name);
    DIR *open = opendir(folder);

    for (struct dirent *entry; open && (entry = readdir(open));) {
        size_t len = strlen(entry->d_name), end = strlen(suffix);
        char *name;

        if (len <= end || strcmp(entry->d_name + len - end, suffix) != 0)
            continue;
        name = xmemdup0(entry->d_name, len - end);
        if (draft_name_check(name, NULL))
            found(context, name);
        free(name);
    }
    if (open)
        closedir(open);
    free(folder);
}
