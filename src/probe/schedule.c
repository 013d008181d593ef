#include "probe/schedule.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "contract/workspace.h"

#include <stdlib.h>

enum { STATE_MAX = 64 * 1024, SLACK = 10 };

static const int64_t daily_ms = INT64_C(24) * 3600 * 1000; /* without a workspace */
static const char state_name[] = "schedule.json";

static char *state_path(const struct workspace *workspace)
{
    return workspace->local ? file_join(workspace->local, state_name) : NULL;
}

/* {PROFILE: WALL_MS}; NULL with `error` when there is a file, and it is none of ours. */
static struct json *read_state(const char *path, struct error *error)
{
    struct json_file file;
    struct json *json = NULL;
    struct bytes text;

    if (!path || !file_exists(path))
        return json_new_object();
    if (!file_read(path, STATE_MAX, &text, NULL, error))
        return NULL;
    if (json_file_parse(&file, path, bytes_text(&text), text.len, error)) {
        if (json_type(file.root) == JSON_OBJECT) {
            json = file.root;
            file.root = NULL;
        } else {
            json_file_error(&file, "", error, "this is no record of runs on schedule");
        }
        json_file_release(&file);
    }
    bytes_release(&text);
    return json;
}

static void say_what_to_do(struct error *error, const char *profile)
{
    char *what = xstrdup(error->text);

    error_set(
        error, ERROR_FILE,
        "%s; so nobody knows when %s was last checked on schedule: mend the file, or remove it "
        "when the interval has passed",
        what, profile);
    free(what);
}

/* Which is 0 where none is remembered. */
static bool last_run(const struct workspace *workspace, const char *profile, int64_t *last_ms,
                     struct error *error)
{
    char *path = state_path(workspace);
    struct json *state = read_state(path, error);
    const struct json *member = json_member(state, profile);
    bool good = state != NULL;

    *last_ms = 0;
    if (good && member && !json_integer(member, last_ms))
        good = error_set(error, ERROR_FILE, "%s: \"%s\" is no time in milliseconds", path, profile);
    if (!good)
        say_what_to_do(error, profile);
    json_free(state);
    free(path);
    return good;
}

bool schedule_allows(const struct workspace *workspace, const char *profile, int64_t now_ms,
                     struct error *error)
{
    int64_t every = workspace->schedule.every_ms ? workspace->schedule.every_ms : daily_ms;
    int64_t wait = every - every / SLACK, last;
    char before[CLOCK_TEXT], after[CLOCK_TEXT];

    if (!last_run(workspace, profile, &last, error))
        return false;
    if (last <= 0 || last > now_ms || now_ms - last >= wait)
        return true;
    clock_format(last, before);
    clock_format(last + wait, after);
    return error_set(error, ERROR_USAGE,
                     "%s was last checked on schedule at %s; the next run may begin at %s, every "
                     "%lld hours. Faster needs `schedule` in cometdeck.json: \"every\", with the "
                     "approver and the reason. Without --cadence " SCHEDULE_CADENCE
                     " it is run by hand",
                     profile, before, after, (long long)(every / 3600000));
}

bool schedule_remember(const struct workspace *workspace, const char *profile, int64_t now_ms,
                       struct error *error)
{
    struct json *state;
    struct bytes text;
    char *path;
    bool good;

    if (!workspace_make_local(workspace, error))
        return false;
    path = state_path(workspace);
    state = read_state(path, error);
    good = state != NULL;
    if (good) {
        json_set_integer(state, profile, now_ms);
        bytes_init(&text, STATE_MAX);
        json_write(state, true, &text);
        good = file_replace(NULL, path, bytes_text(&text), text.len, 0600, NULL, NULL, error);
        bytes_release(&text);
    }
    json_free(state);
    free(path);
    return good;
}
