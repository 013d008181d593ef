#include "contract/retention_limits.h"

#include "base/json.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LIMIT_DIGITS = 9, LIMIT_SHOWN = 40 };

static const struct unit {
    const char *name;
    int64_t size;
    size_t offset; /* of the limit */
} units[] = {
    {"", 1, offsetof(struct retention_limits, rows)},
    {"h", INT64_C(3600) * 1000, offsetof(struct retention_limits, age_ms)},
    {"d", INT64_C(24) * 3600 * 1000, offsetof(struct retention_limits, age_ms)},
    {"w", INT64_C(7) * 24 * 3600 * 1000, offsetof(struct retention_limits, age_ms)},
    {"kB", 1000, offsetof(struct retention_limits, capture_bytes)},
    {"MB", 1000 * 1000, offsetof(struct retention_limits, capture_bytes)},
    {"GB", 1000 * 1000 * 1000, offsetof(struct retention_limits, capture_bytes)},
};

bool retention_limits_any(const struct retention_limits *limits)
{
    return limits->rows || limits->age_ms || limits->capture_bytes;
}

/* All limits are 64 bits wide and positive, so that one way of writing them does. */
static bool set_limit(struct retention_limits *limits, const char *word, size_t len)
{
    size_t digits = strspn(word, "0123456789");
    int64_t number = digits && digits <= LIMIT_DIGITS ? strtoll(word, NULL, 10) : 0;

    for (size_t i = 0; number && i < sizeof(units) / sizeof(*units); i++)
        if (strlen(units[i].name) == len - digits &&
            strncasecmp(word + digits, units[i].name, len - digits) == 0) {
            number *= units[i].size;
            memcpy((char *)limits + units[i].offset, &number, sizeof(number));
            return true;
        }
    return false;
}

bool retention_limits_parse(struct retention_limits *limits, const char *words, struct error *error)
{
    *limits = (struct retention_limits){0};
    while (*(words += strspn(words, " "))) {
        size_t len = strcspn(words, " ");

        if (!set_limit(limits, words, len))
            return error_set(error, ERROR_USAGE,
                             "\"%.*s\" is no limit; write how many exchanges to keep (10000), how "
                             "long (90d), or how much of captures (500MB)",
                             (int)(len < LIMIT_SHOWN ? len : LIMIT_SHOWN), words);
        words += len;
    }
    return retention_limits_any(limits) ||
           error_set(error, ERROR_USAGE, "no limit is named; write 10000, 90d or 500MB");
}

/* A word such as "90d" that may set the limit at `offset` and no other. */
static bool read_word(struct retention_limits *limits, const struct json_file *file,
                      const struct json *object, const char *name, size_t offset,
                      const char *example, struct error *error)
{
    struct retention_limits told = {0};
    const char *word = NULL;
    int64_t number = 0;

    if (!json_file_string(file, object, name, JSON_OPTIONAL, &word, error))
        return false;
    if (!word)
        return true;
    if (set_limit(&told, word, strlen(word)))
        memcpy(&number, (char *)&told + offset, sizeof(number));
    memcpy((char *)limits + offset, &number, sizeof(number));
    return number > 0 || json_file_error_at(file, json_member(object, name), error,
                                            "retention %s must be %s", name, example);
}

static bool knows_all(const struct json_file *file, const struct json *object, struct error *error)
{
    static const char *const names[] = {"count", "age", "size"};

    for (const struct json *member = json_first(object); member; member = json_next(member)) {
        size_t i = 0;

        while (i < sizeof(names) / sizeof(*names) && strcmp(names[i], json_name(member)) != 0)
            i++;
        if (i == sizeof(names) / sizeof(*names))
            return json_file_error_at(
                file, member, error, "retention has count, age and size, no %s", json_name(member));
    }
    return true;
}

bool retention_limits_read(struct retention_limits *limits, const struct json_file *file,
                           struct error *error)
{
    struct json *object = NULL;
    int64_t count = 0;

    *limits = (struct retention_limits){0};
    if (!json_file_object(file, file->root, "retention", JSON_OPTIONAL, &object, error))
        return false;
    if (!object)
        return true;
    if (!knows_all(file, object, error) ||
        !json_file_integer(file, object, "count", JSON_OPTIONAL, &count, error))
        return false;
    if (json_type(json_member(object, "count")) == JSON_NUMBER && count < 1)
        return json_file_error_at(file, json_member(object, "count"), error,
                                  "retention count must be at least 1");
    limits->rows = (uint64_t)count;
    return read_word(limits, file, object, "age", offsetof(struct retention_limits, age_ms),
                     "a time such as \"90d\" (h, d, w)", error) &&
           read_word(limits, file, object, "size", offsetof(struct retention_limits, capture_bytes),
                     "a size such as \"500MB\" (kB, MB, GB)", error);
}
