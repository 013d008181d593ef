#include "probe/schedule.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "contract/workspace.h"

#include <stdlib.h>

enum { STATE_MAX = 64 * 1024, SLACK = 10 };

static const int64_t daily_ms = INT64_C(24) * 3600 * 1000; /* without a workspace */
static const char state_name[] = "schedule.json";

static char *state_path(const struct workspace *workspace)
{
    return workspace->local ? file_join(workspace->local, state_name) : NULL;
}

/* {PROFILE: WALL_MS}; an empty object where there is no sound file: it is ours alone. */
static struct json *read_state(const char *path)
{
    struct json *json = NULL;
    struct bytes text;

    if (path && file_exists(path) && file_read(path, STATE_MAX, &text, NULL, NULL)) {
        json = json_parse(bytes_text(&text), text.len, path, NULL);
        bytes_release(&text);
    }
    if (json_type(json) == JSON_OBJECT)
        return json;
    json_free(json);
    return json_new_object();
}

bool schedule_allows(const struct workspace *workspace, const char *profile, int64_t now_ms,
                     struct error *error)
{
    int64_t every = workspace->schedule.every_ms ? workspace->schedule.every_ms : daily_ms;
    int64_t last = 0, next;
    char *path = state_path(workspace);
    struct json *state = read_state(path);
    char before[CLOCK_TEXT], after[CLOCK_TEXT];
    bool known = json_integer(json_member(state, profile), &last);

    json_free(state);
    free(path);
    next = known ? last + every - every / SLACK : 0;
    if (!known || last > now_ms || now_ms >= next)
        return true;
    clock_format(last, before);
    clock_format(next, after);
    return error_set(error, ERROR_CHECK,
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
    state = read_state(path);
    json_set_integer(state, profile, now_ms);
    bytes_init(&text, STATE_MAX);
    json_write(state, true, &text);
    good = file_replace(NULL, path, bytes_text(&text), text.len, 0600, NULL, NULL, error);
    bytes_release(&text);
    json_free(state);
    free(path);
    return good;
}
