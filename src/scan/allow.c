#include "scan/allow.h"

#include "base/bytes.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 1024 * 1024 };

static bool check_rule(const struct json_file *file, const struct json *item, const char *path,
                       const char *kind, const char *reason, struct error *error)
{
    if (!reason[strspn(reason, " \t")])
        return json_file_error_at(file, json_member(item, "reason"), error,
                                  "must say why it is accepted");
    if (!path[0])
        return json_file_error_at(file, json_member(item, "path"), error, "must not be empty");
    if (strcmp(kind, "key") == 0 && strpbrk(path, "*?["))
        return json_file_error_at(file, json_member(item, "path"), error,
                                  "must name one file, without a pattern: it accepts a key");
    return true;
}

static bool read_rule(struct allow *allow, const struct json_file *file, const struct json *item,
                      struct error *error)
{
    static const char *const members[] = {"path", "kind", "reason", NULL};
    const char *path = NULL, *kind = NULL, *reason = NULL;
    struct allow_rule rule = {0};

    if (json_type(item) != JSON_OBJECT)
        return json_file_error_at(file, item, error, "must be an object");
    if (!json_file_known(file, item, members, error) ||
        !json_file_string(file, item, "path", JSON_REQUIRED, &path, error) ||
        !json_file_string(file, item, "kind", JSON_REQUIRED, &kind, error) ||
        !json_file_string(file, item, "reason", JSON_REQUIRED, &reason, error))
        return false;
    if (!scan_kind_from_name(kind, &rule.kind))
        return json_file_error_at(file, json_member(item, "kind"), error,
                                  "must be key, model, base-url or path");
    if (!check_rule(file, item, path, kind, reason, error))
        return false;
    rule.path = xstrdup(path);
    rule.reason = xstrdup(reason);
    allow->rules = xreallocarray(allow->rules, allow->count + 1, sizeof(*allow->rules));
    allow->rules[allow->count++] = rule;
    return true;
}

static bool read_rules(struct allow *allow, const struct json_file *file, struct error *error)
{
    static const char *const members[] = {"allow", NULL};
    struct json *scan = NULL, *list = NULL;

    if (!json_file_object(file, file->root, "scan", JSON_OPTIONAL, &scan, error))
        return false;
    if (!scan)
        return true;
    if (!json_file_known(file, scan, members, error) ||
        !json_file_array(file, scan, "allow", JSON_OPTIONAL, &list, error))
        return false;
    if (json_count(list) > ALLOW_MAX)
        return json_file_error_at(file, list, error, "must have at most %d rules", ALLOW_MAX);
    for (const struct json *item = json_first(list); item; item = json_next(item))
        if (!read_rule(allow, file, item, error))
            return false;
    return true;
}

bool allow_parse(struct allow *allow, const char *name, const char *text, size_t len,
                 struct error *error)
{
    struct json_file file;
    bool good;

    *allow = (struct allow){0};
    if (!json_file_parse(&file, name, text, len, error))
        return false;
    good = read_rules(allow, &file, error);
    json_file_release(&file);
    return good;
}

bool allow_read(struct allow *allow, const char *folder, struct error *error)
{
    char *path = folder ? file_join(folder, "cometdeck.json") : NULL;
    struct bytes text;
    bool good;

    *allow = (struct allow){0};
    if (!path)
        return true;
    good = file_read(path, FILE_MAX, &text, NULL, error) &&
           allow_parse(allow, path, bytes_text(&text), text.len, error);
    bytes_release(&text);
    free(path);
    return good;
}

void allow_release(struct allow *allow)
{
    for (size_t i = 0; i < allow->count; i++) {
        free(allow->rules[i].path);
        free(allow->rules[i].reason);
    }
    free(allow->rules);
    *allow = (struct allow){0};
}

const struct allow_rule *allow_find(struct allow *allow, const char *path, enum scan_kind kind)
{
    for (size_t i = 0; i < allow->count; i++) {
        struct allow_rule *rule = &allow->rules[i];
        bool fits =
            kind == SCAN_KEY ? strcmp(rule->path, path) == 0 : fnmatch(rule->path, path, 0) == 0;

        if (rule->kind != kind || !fits)
            continue;
        rule->used++;
        return rule;
    }
    return NULL;
}
