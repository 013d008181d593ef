#include "contract/schedule_limits.h"

#include "base/json.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { DIGITS_MAX = 4, DAY_HOURS = 24, WEEK_HOURS = 7 * 24 };

static const int64_t hour_ms = INT64_C(3600) * 1000;

static int64_t read_interval(const char *word)
{
    size_t digits = strspn(word, "0123456789");
    int64_t number = digits && digits <= DIGITS_MAX ? strtoll(word, NULL, 10) : 0;

    if (strlen(word) != digits + 1)
        return 0;
    switch (word[digits]) {
    case 'h':
        return number * hour_ms;
    case 'd':
        return number * DAY_HOURS * hour_ms;
    case 'w':
        return number * WEEK_HOURS * hour_ms;
    default:
        return 0;
    }
}

static bool knows_all(const struct json_file *file, const struct json *object, struct error *error)
{
    static const char *const names[] = {"every", "approver", "reason"};

    for (const struct json *member = json_first(object); member; member = json_next(member)) {
        size_t i = 0;

        while (i < sizeof(names) / sizeof(*names) && strcmp(names[i], json_name(member)) != 0)
            i++;
        if (i == sizeof(names) / sizeof(*names))
            return json_file_error_at(file, member, error,
                                      "schedule has every, approver and reason, no %s",
                                      json_name(member));
    }
    return true;
}

static bool is_said(const char *text)
{
    return text && text[strspn(text, " ")];
}

bool schedule_limits_read(struct schedule_limits *limits, const struct json_file *file,
                          struct error *error)
{
    const char *every = "1d", *approver = NULL, *reason = NULL;
    struct json *object = NULL;

    *limits = (struct schedule_limits){.every_ms = DAY_HOURS * hour_ms};
    if (!json_file_object(file, file->root, "schedule", JSON_OPTIONAL, &object, error))
        return false;
    if (!object)
        return true;
    if (!knows_all(file, object, error) ||
        !json_file_string(file, object, "every", JSON_OPTIONAL, &every, error) ||
        !json_file_string(file, object, "approver", JSON_OPTIONAL, &approver, error) ||
        !json_file_string(file, object, "reason", JSON_OPTIONAL, &reason, error))
        return false;
    limits->every_ms = read_interval(every);
    limits->approver = xstrdup(approver);
    limits->reason = xstrdup(reason);
    if (limits->every_ms == 0)
        return json_file_error_at(file, json_member(object, "every"), error,
                                  "schedule every must be a number of h, d or w, such as 12h");
    if (limits->every_ms < DAY_HOURS * hour_ms && (!is_said(approver) || !is_said(reason)))
        return json_file_error_at(file, json_member(object, "every"), error,
                                  "a schedule of less than a day needs an approver and a reason: "
                                  "write who allowed it and why beside it, or 1d");
    return true;
}

void schedule_limits_release(struct schedule_limits *limits)
{
    free(limits->approver);
    free(limits->reason);
    *limits = (struct schedule_limits){.every_ms = 0};
}
