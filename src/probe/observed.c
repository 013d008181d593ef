#include "probe/observed.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "contract/date.h"
#include "probe/observation_record.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    RECORDS_MAX = 200, /* the newest */
    TEXT_MAX = 16 * 1024,
    DAY_MS = 24 * 3600 * 1000,
};

struct observed {
    struct json *records[RECORDS_MAX]; /* the newest first, and of each what is asked for */
    size_t count;
    char *policy;
    int today; /* days since 1970-01-01 */
    struct bytes warnings;
};

static const char *text_of(const struct json *object, const char *name)
{
    const char *text = json_string(json_member(object, name));

    return text ? text : "";
}

static int is_record(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);

    return len > 9 && strncmp(entry->d_name, "obs-", 4) == 0 &&
           strcmp(entry->d_name + len - 5, ".json") == 0;
}

/* A record may be large, and there may be many: its attempts and findings are not kept. */
static struct json *summary_of(const struct json *record)
{
    static const char *const names[] = {"id", "began", "policy"};
    struct json *summary = json_new_object(), *sessions = json_new_array(), *one;

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        json_set_string(summary, names[i], text_of(record, names[i]));
    for (const struct json *session = json_first(json_member(record, "sessions")); session;
         session = json_next(session)) {
        one = json_new_object();
        json_set_string(one, "scenario", text_of(session, "scenario"));
        json_set_string(one, "handled", text_of(session, "handled"));
        json_append(sessions, one);
    }
    json_set(summary, "sessions", sessions);
    return summary;
}

static void read_record(struct observed *observed, const char *path)
{
    struct error error = {.kind = ERROR_NONE};
    struct json *record = NULL;
    struct bytes text;

    if (file_read(path, OBSERVATION_RECORD_MAX, &text, NULL, &error))
        record = json_parse(bytes_text(&text), text.len, path, &error);
    bytes_release(&text);
    if (record && observation_sound(record)) {
        observed->records[observed->count++] = summary_of(record);
    } else if (record) {
        bytes_printf(&observed->warnings,
                     "%s was changed since it was written, or is no observation, and answers "
                     "nothing; observe again\n",
                     path);
    } else {
        bytes_printf(&observed->warnings, "%s\n", error.text);
    }
    json_free(record);
}

/* The names begin with the time, so the last one is the newest. */
static void read_folder(struct observed *observed, const char *folder)
{
    char *sub = file_join(folder, "observations");
    struct dirent **entries = NULL;
    int count = scandir(sub, &entries, is_record, alphasort);

    if (count < 0 && errno != ENOENT)
        bytes_printf(&observed->warnings, "%s cannot be read, so nothing counts as observed: %s\n",
                     sub, strerror(errno));
    for (int i = count - 1; i >= 0; i--) {
        char *path = file_join(sub, entries[i]->d_name);

        if (observed->count < RECORDS_MAX)
            read_record(observed, path);
        free(path);
        free(entries[i]);
    }
    free(entries);
    free(sub);
}

struct observed *observed_open(const char *folder, const char *policy, int64_t wall_ms)
{
    struct observed *observed = xcalloc(1, sizeof(*observed));

    observed->policy = policy ? xstrdup(policy) : NULL;
    observed->today = (int)(wall_ms / DAY_MS);
    bytes_init(&observed->warnings, TEXT_MAX);
    if (folder)
        read_folder(observed, folder);
    return observed;
}

void observed_free(struct observed *observed)
{
    if (!observed)
        return;
    for (size_t i = 0; i < observed->count; i++)
        json_free(observed->records[i]);
    bytes_release(&observed->warnings);
    free(observed->policy);
    free(observed);
}

const char *observed_warnings(const struct observed *observed)
{
    return observed->warnings.len > 0 ? bytes_text(&observed->warnings) : NULL;
}

/* ---- answers ---- */

/* The newest record with the scenario, and its last session there. */
static const struct json *find_session(const struct observed *observed, const char *scenario,
                                       const struct json **record)
{
    for (size_t i = 0; i < observed->count; i++) {
        const struct json *found = NULL;

        *record = observed->records[i];
        for (const struct json *session = json_first(json_member(*record, "sessions")); session;
             session = json_next(session))
            if (strcmp(text_of(session, "scenario"), scenario) == 0)
                found = session;
        if (found)
            return found;
    }
    return NULL;
}

/* Why it does not count any more, into `out`; false when it does. */
static bool is_stale(const struct observed *observed, const struct json *record, struct bytes *out)
{
    int day = 0;

    if (!date_days(text_of(record, "began"), &day)) {
        bytes_puts(out, "without a date");
        return true;
    }
    if (observed->today - day > OBSERVED_DAYS_MAX) {
        bytes_printf(out, "stale, %d days old", observed->today - day);
        return true;
    }
    if (observed->policy && strcmp(text_of(record, "policy"), observed->policy) != 0) {
        bytes_puts(out, "stale, the retry policy changed");
        return true;
    }
    return false;
}

static enum tristate answer_one(const struct observed *observed, const char *scenario,
                                struct bytes *by)
{
    const struct json *record, *session = find_session(observed, scenario, &record);
    const char *handled, *before = by->len > 0 ? "; " : "";
    struct bytes why;

    if (!session) {
        bytes_printf(by, "%s%s never observed", before, scenario);
        return IS_UNKNOWN;
    }
    bytes_init(&why, TEXT_MAX);
    if (is_stale(observed, record, &why)) {
        bytes_printf(by, "%s%s in %s (%s)", before, scenario, text_of(record, "id"),
                     bytes_text(&why));
        handled = "unknown";
    } else {
        handled = text_of(session, "handled");
        bytes_printf(by, "%s%s %s in %s", before, scenario, handled, text_of(record, "id"));
    }
    bytes_release(&why);
    return strcmp(handled, "yes") == 0 ? IS_YES : strcmp(handled, "no") == 0 ? IS_NO : IS_UNKNOWN;
}

enum tristate observed_answer(const struct observed *observed, const struct probe_words *scenarios,
                              char **by)
{
    enum tristate all = IS_YES;
    struct bytes text;

    *by = NULL;
    if (observed->count == 0 || scenarios->count == 0)
        return IS_UNKNOWN;
    bytes_init(&text, TEXT_MAX);
    for (size_t i = 0; i < scenarios->count; i++) {
        enum tristate one = answer_one(observed, scenarios->items[i], &text);

        if (one == IS_NO || all == IS_NO)
            all = IS_NO;
        else if (one == IS_UNKNOWN)
            all = IS_UNKNOWN;
    }
    *by = bytes_take(&text);
    return all;
}
