#include "ui/history_compare.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "contract/rules.h"
#include "evidence/exchange.h"
#include "evidence/history_query.h"
#include "ui/application.h"
#include "ui/pane.h"

enum { WORK_US = 2000 };

void history_compare_release(struct history_compare *compare)
{
    compare_view_close(&compare->view);
}

bool history_compare_is_open(const struct history_compare *compare)
{
    return compare->view.compare != NULL;
}

void history_compare_choose(struct history_compare *compare, const struct history_row *row)
{
    if (strcmp(compare->base, row->id) == 0) {
        compare->base[0] = '\0';
        application_say(compare->application, MESSAGE_NOTE, "There is no base to compare with");
        return;
    }
    memcpy(compare->base, row->id, sizeof(compare->base));
    application_say(compare->application, MESSAGE_NOTE,
                    "%s is the base; compare with it from another row", row->id);
}

/* ---- opening ---- */

static bool take_capture(void *context, const struct history_row *row)
{
    char **capture = context;

    *capture = xstrdup(row->capture);
    return false;
}

/* Where the capture of an id lies; the caller frees. NULL with `error`. */
static char *capture_of(const struct history_compare *compare, const char *id, struct error *error)
{
    struct history *history = application_history(compare->application);
    char *capture = NULL, *path;

    if (!history) {
        error_set(error, ERROR_FILE, "there is no history");
        return NULL;
    }
    if (!history_find(history, id, take_capture, &capture, error))
        return NULL;
    if (!capture) {
        error_set(error, ERROR_FILE, "%s has no capture, there is nothing to compare", id);
        return NULL;
    }
    path = application_capture_path(compare->application, capture);
    free(capture);
    return path;
}

static unsigned open_both(struct history_compare *compare, const char *left, const char *right)
{
    struct stream_rules rules;
    struct error error;
    char *paths[2] = {capture_of(compare, left, &error), NULL};
    bool opened;

    if (paths[0])
        paths[1] = capture_of(compare, right, &error);
    stream_rules_from(application_workspace(compare->application)->contract, &rules);
    opened =
        paths[1] && compare_view_open(&compare->view, paths[0], paths[1],
                                      application_redactor(compare->application), &rules, &error);
    if (opened)
        compare_use_classes(compare->view.compare, application_classes(compare->application));
    else
        application_fail(compare->application, &error);
    stream_rules_release(&rules);
    free(paths[0]);
    free(paths[1]);
    return opened ? EFFECT_DRAW | EFFECT_FOCUS : EFFECT_DRAW;
}

/* What a row is compared with when nothing is named. */
static const char *find_base(const struct history_compare *compare, struct exchange_state *state)
{
    if (compare->base[0])
        return compare->base;
    if (application_shown(compare->application, state) && state->capture)
        return state->id;
    return NULL;
}

unsigned history_compare_open(struct history_compare *compare, const struct history_row *row,
                              const char *words)
{
    struct exchange_state state;
    const char *base = find_base(compare, &state), *right;
    char *left;
    unsigned effects;

    if (words) {
        size_t len = strcspn(words, " ");

        right = words + len + strspn(words + len, " ");
        if (!*right)
            right = row ? row->id : NULL;
        left = xmemdup0(words, len);
    } else {
        right = row ? row->id : NULL;
        left = xstrdup(base);
    }
    if (application_hides_verdict(compare->application)) {
        application_say(compare->application, MESSAGE_NOTE,
                        "A comparison would tell the verdict; :verdict show first");
        effects = EFFECT_DRAW;
    } else if (left && right && strcmp(left, right) != 0) {
        effects = open_both(compare, left, right);
    } else {
        application_say(compare->application, MESSAGE_NOTE,
                        "Take one exchange as the base (=), then compare from another row");
        effects = EFFECT_DRAW;
    }
    free(left);
    return effects;
}

/* ---- while it is open ---- */

unsigned history_compare_request(struct history_compare *compare, enum request request)
{
    if (compare_view_request(&compare->view, request))
        return EFFECT_DRAW;
    switch (request) {
    case REQUEST_NEXT_DIFFERENCE:
    case REQUEST_PREVIOUS_DIFFERENCE:
        if (!compare_view_seek(&compare->view, request == REQUEST_NEXT_DIFFERENCE))
            application_say(compare->application, MESSAGE_NOTE, "There is no further difference");
        return EFFECT_DRAW;
    case REQUEST_BACK:
    case REQUEST_CLOSE:
        compare_view_close(&compare->view);
        return EFFECT_DRAW;
    default:
        return EFFECT_UNHANDLED;
    }
}

void history_compare_draw(struct history_compare *compare, const struct surface *surface)
{
    const struct clock *clock = application_clock(compare->application);
    struct error error;
    bool more;

    compare_view_draw(&compare->view, surface); /* tells it the size */
    if (compare->view.done && !compare->view.seeks)
        return;
    if (!compare_view_work(&compare->view, clock, WORK_US, &more, &error)) {
        application_fail(compare->application, &error);
        draw_blank_from(surface, 0);
        application_changed(compare->application, TOPIC_HISTORY);
        return;
    }
    compare_view_draw(&compare->view, surface);
    if (more)
        application_changed(compare->application, TOPIC_HISTORY);
}
