#include "judge/retry.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/embedded.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/suggest.h"
#include "judge/class_table.h"

enum { FILE_MAX = 4 * 1024 * 1024, ROWS_MAX = 256, VERSION_TEXT = 9 };

extern const struct embedded retry_files[];

static const struct {
    const char *name;
    int64_t least, most;
} numbers[RETRY_NUMBER_COUNT] = {
    [RETRY_ATTEMPTS_MAX] = {"attempts_max", 1, RETRY_ATTEMPTS_LIMIT},
    [RETRY_BASE_MS] = {"base_ms", 1, 3600000},
    [RETRY_CAP_MS] = {"cap_ms", 1, 3600000},
    [RETRY_DEADLINE_MS] = {"deadline_ms", 1, 86400000},
};

static const char *const rules[] = {
    [RETRY_NEVER] = "never",
    [RETRY_ONCE] = "once",
    [RETRY_BOUNDED] = "bounded",
};
enum { RULE_COUNT = sizeof(rules) / sizeof(rules[0]) };

static const char *const fallbacks[] = {[false] = "never", [true] = "maybe"};

const char *retry_rule_name(enum retry_rule rule)
{
    return rules[rule];
}

const char *retry_fallback_name(bool fallback)
{
    return fallbacks[fallback];
}

struct retry_policy {
    struct json_file shipped, own; /* hold the strings */
    struct class_table *classes;
    struct retry_row rows[ROWS_MAX];
    size_t count;
    struct retry_number numbers[RETRY_NUMBER_COUNT];
    char version[VERSION_TEXT];
};

static const struct retry_row no_row = {
    .failure = "",
    .why = "The policy has no row for this failure: find out first.",
    .origin = "local",
};

/* ---- reading ---- */

static bool read_rule(const struct json_file *file, const struct json *object,
                      enum retry_rule *rule, struct error *error)
{
    const char *name;

    if (!json_file_string(file, object, "retry", JSON_REQUIRED, &name, error))
        return false;
    for (int i = 0; i < RULE_COUNT; i++) {
        if (strcmp(rules[i], name) == 0) {
            *rule = (enum retry_rule)i;
            return true;
        }
    }
    return json_file_error_at(file, json_member(object, "retry"), error,
                              "retry must be never, once or bounded");
}

static bool read_fallback(const struct json_file *file, const struct json *object, bool *fallback,
                          struct error *error)
{
    const char *name;

    if (!json_file_string(file, object, "fallback", JSON_REQUIRED, &name, error))
        return false;
    *fallback = strcmp(name, fallbacks[true]) == 0;
    return *fallback || strcmp(name, fallbacks[false]) == 0 ||
           json_file_error_at(file, json_member(object, "fallback"), error,
                              "fallback must be never or maybe: it is advice, nothing takes it");
}

static bool unknown_class(const struct retry_policy *policy, const struct json_file *file,
                          const struct json *object, const char *name, struct error *error)
{
    struct suggestion near = {.word = NULL};
    const struct class_row *row;

    for (size_t i = 0; (row = class_table_row(policy->classes, i)); i++)
        suggest(&near, name, row->name);
    return json_file_error_at(file, json_member(object, "failure"), error,
                              "there is no failure class \"%.40s\"; %s%s%s", name,
                              near.word ? "did you mean \"" : "`cometdeck explain` lists them",
                              near.word ? near.word : "", near.word ? "\"?" : "");
}

static bool read_row(const struct retry_policy *policy, const struct json_file *file,
                     const struct json *object, struct retry_row *row, struct error *error)
{
    static const char *const members[] = {"failure", "retry", "fallback", "why", "origin", NULL};

    if (json_type(object) != JSON_OBJECT)
        return json_file_error_at(file, object, error, "a row must be an object");
    *row = (struct retry_row){.origin = "local"};
    if (!json_file_known(file, object, members, error) ||
        !json_file_string(file, object, "failure", JSON_REQUIRED, &row->failure, error) ||
        !read_rule(file, object, &row->retry, error) ||
        !read_fallback(file, object, &row->fallback, error) ||
        !json_file_string(file, object, "why", JSON_REQUIRED, &row->why, error) ||
        !json_file_string(file, object, "origin", JSON_OPTIONAL, &row->origin, error))
        return false;
    return class_table_find(policy->classes, row->failure) ||
           unknown_class(policy, file, object, row->failure, error);
}

/* Two rows on one class in a file: the reader of it cannot know which holds. */
static bool check_once(const struct json_file *file, const struct json *list,
                       const struct json *item, const char *failure, struct error *error)
{
    for (const struct json *other = json_first(list); other != item; other = json_next(other))
        if (strcmp(json_string(json_member(other, "failure")), failure) == 0)
            return json_file_error_at(file, json_member(item, "failure"), error,
                                      "the class \"%s\" has a row here already", failure);
    return true;
}

static struct retry_row *place_of(struct retry_policy *policy, const char *failure)
{
    for (size_t i = 0; i < policy->count; i++)
        if (strcmp(policy->rows[i].failure, failure) == 0)
            return &policy->rows[i];
    return policy->count < ROWS_MAX ? &policy->rows[policy->count++] : NULL;
}

static bool read_rows(struct retry_policy *policy, const struct json_file *file,
                      const struct json *object, struct error *error)
{
    struct json *list = NULL;

    if (!json_file_array(file, object, "rows", JSON_OPTIONAL, &list, error))
        return false;
    for (const struct json *item = json_first(list); item; item = json_next(item)) {
        struct retry_row row = {.failure = ""}, *place;

        if (!read_row(policy, file, item, &row, error) ||
            !check_once(file, list, item, row.failure, error))
            return false;
        place = place_of(policy, row.failure);
        if (!place)
            return json_file_error_at(file, item, error, "a policy has at most %d rows", ROWS_MAX);
        *place = row;
    }
    return true;
}

static bool read_number(const struct json_file *file, const struct json *object, size_t index,
                        bool changed, struct retry_number *number, struct error *error)
{
    static const char *const members[] = {"value", "origin", "reason", "changed", NULL};

    number->name = numbers[index].name;
    if (json_type(object) != JSON_OBJECT)
        return json_file_error_at(file, object, error, "a number of the policy must be an object");
    number->origin = "local";
    if (!json_file_known(file, object, members, error) ||
        !json_file_integer(file, object, "value", JSON_REQUIRED, &number->value, error) ||
        !json_file_string(file, object, "origin", JSON_OPTIONAL, &number->origin, error) ||
        !json_file_string(file, object, "reason", JSON_OPTIONAL, &number->reason, error) ||
        !json_file_string(file, object, "changed", JSON_OPTIONAL, &number->changed, error))
        return false;
    if (number->value < numbers[index].least || number->value > numbers[index].most)
        return json_file_error_at(file, json_member(object, "value"), error,
                                  "%s must be from %" PRId64 " to %" PRId64, number->name,
                                  numbers[index].least, numbers[index].most);
    if (changed && (!number->reason || !*number->reason))
        return json_file_error_at(file, object, error,
                                  "a changed number needs a \"reason\": why %s is %" PRId64
                                  " here (E67)",
                                  number->name, number->value);
    return true;
}

static bool find_number(const char *name, size_t *index)
{
    for (*index = 0; *index < RETRY_NUMBER_COUNT; ++*index)
        if (strcmp(numbers[*index].name, name) == 0)
            return true;
    return false;
}

static bool read_numbers(struct retry_policy *policy, const struct json_file *file,
                         const struct json *object, bool changed, struct error *error)
{
    struct json *list = NULL;
    size_t index;

    if (!json_file_object(file, object, "numbers", JSON_OPTIONAL, &list, error))
        return false;
    for (const struct json *item = json_first(list); item; item = json_next(item)) {
        if (!find_number(json_name(item), &index))
            return json_file_error_at(file, item, error,
                                      "the policy has no number \"%s\"; there are attempts_max, "
                                      "base_ms, cap_ms and deadline_ms",
                                      json_name(item));
        if (!read_number(file, item, index, changed, &policy->numbers[index], error))
            return false;
    }
    return true;
}

static bool read_policy(struct retry_policy *policy, const struct json_file *file,
                        const struct json *object, bool changed, struct error *error)
{
    /* `version` is that of the shipped file */
    static const char *const members[] = {"numbers", "rows", "version", NULL};

    return json_file_known(file, object, members, error) &&
           read_numbers(policy, file, object, changed, error) &&
           read_rows(policy, file, object, error);
}

/* Pauses grow from one to the other. */
static bool check_pauses(const struct retry_policy *policy, const struct json_file *file,
                         struct error *error)
{
    int64_t base = policy->numbers[RETRY_BASE_MS].value, cap = policy->numbers[RETRY_CAP_MS].value;
    const struct json *list = json_member(json_member(file->root, "retry"), "numbers");
    const struct json *at = json_member(list, "cap_ms");

    return cap >= base ||
           json_file_error_at(file, at ? at : json_member(list, "base_ms"), error,
                              "cap_ms is %" PRId64 " and base_ms %" PRId64
                              ": no pause may be shorter at its longest than the first",
                              cap, base);
}

/* ---- version ---- */

static void mix(uint32_t *hash, const char *text)
{
    for (const char *c = text ? text : "\1"; *c; c++)
        *hash = (*hash ^ (unsigned char)*c) * 16777619u;
    *hash = (*hash ^ 0xffu) * 16777619u;
}

/* FNV-1a over what decides; words for people are none of it. */
static void make_version(struct retry_policy *policy)
{
    uint32_t hash = 2166136261u;
    char number[24];

    for (size_t i = 0; i < RETRY_NUMBER_COUNT; i++) {
        snprintf(number, sizeof(number), "%" PRId64, policy->numbers[i].value);
        mix(&hash, number);
    }
    for (size_t i = 0; i < policy->count; i++) {
        mix(&hash, policy->rows[i].failure);
        mix(&hash, rules[policy->rows[i].retry]);
        mix(&hash, fallbacks[policy->rows[i].fallback]);
    }
    snprintf(policy->version, sizeof(policy->version), "%08" PRIx32, hash);
}

/* ---- opening ---- */

static bool read_workspace_file(const char *folder, struct json_file *file,
                                struct file_stamp *stamp, struct error *error)
{
    char *path = file_join(folder, "cometdeck.json");
    struct bytes text;
    bool good = file_read(path, FILE_MAX, &text, stamp, error);

    if (good)
        good = json_file_parse(file, path, bytes_text(&text), text.len, error);
    bytes_release(&text);
    free(path);
    return good;
}

static bool read_own(struct retry_policy *policy, const char *folder, struct error *error)
{
    struct json *object = NULL;

    return read_workspace_file(folder, &policy->own, NULL, error) &&
           json_file_object(&policy->own, policy->own.root, "retry", JSON_OPTIONAL, &object,
                            error) &&
           (!object || read_policy(policy, &policy->own, object, true, error)) &&
           check_pauses(policy, &policy->own, error);
}

struct retry_policy *retry_policy_open(const char *folder, struct error *error)
{
    struct retry_policy *policy = xcalloc(1, sizeof(*policy));

    policy->classes = class_table_open(folder, error);
    if (!policy->classes ||
        !json_file_parse(&policy->shipped, retry_files[0].name, retry_files[0].data,
                         retry_files[0].len, error) ||
        !read_policy(policy, &policy->shipped, policy->shipped.root, false, error) ||
        (folder && !read_own(policy, folder, error))) {
        retry_policy_free(policy);
        return NULL;
    }
    make_version(policy);
    return policy;
}

void retry_policy_free(struct retry_policy *policy)
{
    if (!policy)
        return;
    json_file_release(&policy->shipped);
    json_file_release(&policy->own);
    class_table_free(policy->classes);
    free(policy);
}

/* ---- asking ---- */

const char *retry_policy_version(const struct retry_policy *policy)
{
    return policy->version;
}

size_t retry_policy_count(const struct retry_policy *policy)
{
    return policy->count;
}

const struct retry_row *retry_policy_row(const struct retry_policy *policy, size_t index)
{
    return &policy->rows[index];
}

const struct retry_row *retry_policy_find(const struct retry_policy *policy, const char *failure)
{
    for (size_t i = 0; i < policy->count; i++)
        if (strcmp(policy->rows[i].failure, failure) == 0)
            return &policy->rows[i];
    return &no_row;
}

const struct class_table *retry_policy_classes(const struct retry_policy *policy)
{
    return policy->classes;
}

const struct retry_number *retry_policy_number(const struct retry_policy *policy,
                                               enum retry_number_name name)
{
    return &policy->numbers[name];
}

/* ---- changing ---- */

static struct json *object_in(struct json *parent, const char *name)
{
    struct json *object = json_member(parent, name);

    if (json_type(object) == JSON_OBJECT)
        return object;
    json_set(parent, name, json_new_object());
    return json_member(parent, name);
}

static bool check_change(const char *name, int64_t value, const char *reason, size_t *index,
                         struct error *error)
{
    struct suggestion near = {.word = NULL};

    if (!find_number(name, index)) {
        for (size_t i = 0; i < RETRY_NUMBER_COUNT; i++)
            suggest(&near, name, numbers[i].name);
        return error_set(error, ERROR_USAGE, "the policy has no number \"%.60s\"; %s%s%s", name,
                         near.word ? "did you mean " : "",
                         near.word ? near.word
                                   : "there are attempts_max, base_ms, cap_ms and deadline_ms",
                         near.word ? "?" : "");
    }
    if (value < numbers[*index].least || value > numbers[*index].most)
        return error_set(error, ERROR_USAGE, "%s must be from %" PRId64 " to %" PRId64, name,
                         numbers[*index].least, numbers[*index].most);
    if (!reason || !*reason)
        return error_set(error, ERROR_USAGE,
                         "say why: a changed threshold is kept with its reason (E67)");
    return true;
}

/* With the other numbers of the policy, which must be one: what cannot be read is not replaced. */
static bool fits(const char *folder, size_t index, int64_t value, struct error *error)
{
    struct retry_policy *policy = retry_policy_open(folder, error);
    int64_t base, cap;

    if (!policy)
        return false;
    policy->numbers[index].value = value;
    base = policy->numbers[RETRY_BASE_MS].value;
    cap = policy->numbers[RETRY_CAP_MS].value;
    retry_policy_free(policy);
    return cap >= base || error_set(error, ERROR_USAGE,
                                    "cap_ms would be %" PRId64 " and base_ms %" PRId64
                                    ": no pause may be shorter at its longest than the first; "
                                    "change the other one before",
                                    cap, base);
}

bool retry_policy_change(const char *folder, const char *name, int64_t value, const char *reason,
                         const char *today, struct error *error)
{
    struct json_file file = {.root = NULL};
    struct file_stamp seen;
    struct json *number;
    struct bytes text;
    size_t index;
    bool good;

    if (!check_change(name, value, reason, &index, error) || !fits(folder, index, value, error) ||
        !read_workspace_file(folder, &file, &seen, error))
        return false;
    bytes_init(&text, FILE_MAX);
    number = object_in(object_in(object_in(file.root, "retry"), "numbers"), numbers[index].name);
    json_set_integer(number, "value", value);
    json_set_string(number, "origin", "local");
    json_set_string(number, "reason", reason);
    json_set_string(number, "changed", today);
    good = json_write(file.root, true, &text) ||
           error_set(error, ERROR_FILE, "%s would be too large", file.path);
    good = good && file_replace(NULL, file.path, text.data, text.len, 0644, &seen, NULL, error);
    bytes_release(&text);
    json_file_release(&file);
    return good;
}
