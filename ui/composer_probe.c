#include "ui/composer_probe.h"

#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"
#include "probe/describe.h"
#include "probe/keep.h"
#include "ui/application.h"
#include "ui/application_probe.h"
#include "ui/composer_head.h"
#include "ui/confirm.h"
#include "ui/json_edit.h"

enum { TEXT_MAX = 64 * 1024, RAW_SHOWN = 200 };

/* "no-key chat: The key is missing (A16 B35)" */
static char *title_of(const struct plan_case *plan_case, bool edited)
{
    const struct probe *probe = plan_case->probe;
    struct bytes text;

    bytes_init(&text, TEXT_MAX);
    bytes_printf(&text, "%s%s: %s", plan_case->name, edited ? PROBE_EDITED : "", probe->title);
    for (size_t i = 0; i < probe->requirements.count; i++)
        bytes_printf(&text, "%s%s", i ? " " : " (", probe->requirements.items[i]);
    bytes_puts(&text, probe->requirements.count ? ")" : "");
    return bytes_take(&text);
}

/* What the body is now, not what the probe made of it. */
static char *change_of(const struct application *application, bool edited)
{
    const struct plan_case *plan_case = application_probe_case(application);
    const struct json *before = application_probe_before(application);
    struct json *steps = NULL;
    struct bytes text;

    bytes_init(&text, TEXT_MAX);
    if (edited) {
        steps = probe_mutation(before, json_edit_root(application_body(application)));
        describe_steps(plan_case->probe, steps, plan_case->operation, &text);
        json_free(steps);
    } else {
        describe_change(plan_case->probe, plan_case->operation, &text);
    }
    return bytes_take(&text);
}

static char *cost_of(const struct probe *probe, bool edited)
{
    if (probe->expect.refused)
        return xstrdup("nothing: it is refused before it is sent");
    if (probe->change.network != PROBE_NETWORK_NORMAL)
        return xstrdup("nothing: one request that reaches nobody");
    if (probe->target == PROBE_SIMULATOR)
        return xasprintf("nothing: one request to a private simulator, scenario %s, SIMULATED",
                         probe->scenario);
    return xstrdup(probe->may_be_billed || edited ? "one request, which may be billed"
                                                  : "one request, not billed");
}

void composer_probe_rows(struct composer_head *head, const struct application *application)
{
    const struct plan_case *plan_case = application_probe_case(application);
    bool edited = application_probe_edited(application);
    const char *raw;
    struct bytes text;
    size_t len;

    if (!plan_case)
        return;
    composer_head_add(head, COMPOSER_PROBE, title_of(plan_case, edited));
    composer_head_add(head, COMPOSER_CHANGES, change_of(application, edited));
    bytes_init(&text, TEXT_MAX);
    describe_expectation(plan_case->probe, &text);
    composer_head_add(head, COMPOSER_EXPECTS, bytes_take(&text));
    composer_head_add(head, COMPOSER_COST, cost_of(plan_case->probe, edited));
    raw = application_probe_raw(application, &len);
    if (raw)
        composer_head_add(head, COMPOSER_RAW,
                          xasprintf("%zu byte%s, sent as they stand: %.*s", len,
                                    len == 1 ? "" : "s", (int)(len < RAW_SHOWN ? len : RAW_SHOWN),
                                    raw));
}

static void drop(struct application *application)
{
    const char *name;

    application_drop_probe(application);
    name = application_draft_name(application);
    application_say(application, MESSAGE_DONE, "Back to the draft%s%s", name ? " " : "",
                    name ? name : "");
}

static void on_leave(void *context, const char *text)
{
    struct application *application = context;

    if (confirm_yes(text) && application_probe_case(application))
        drop(application);
}

bool composer_probe_leave(struct application *application)
{
    const struct question question = {
        .label = "The probe was edited; leave it without :keep probe ID? (yes or no) ",
        .answered = on_leave,
        .context = application};

    if (!application_probe_case(application))
        return false;
    if (application_probe_edited(application))
        application_ask(application, &question);
    else
        drop(application);
    return true;
}
