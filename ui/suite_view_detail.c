/* All that is known of a case, as text. */
#include "base/bytes.h"
#include "command/check_report.h"
#include "probe/canary.h"
#include "probe/describe.h"
#include "probe/review.h"
#include "ui/application_suite.h"
#include "ui/suite_view.h"

enum { WHY_MAX = 4096 };

static void add_came(const struct suite_row *line, struct bytes *out)
{
    const struct probe_result *result = line->result;

    if (!result->verdict || line->hidden)
        return;
    bytes_puts(out, "\ncame: ");
    if (result->http_status > 0)
        bytes_printf(out, "HTTP %d, ", result->http_status);
    bytes_printf(out, "%s, class %s, action %s", result->verdict, result->failure.class,
                 result->failure.action);
    if (result->attempts > 1)
        bytes_printf(out, "; %d attempts%s", result->attempts,
                     result->regenerated ? ", regenerated" : "");
}

/* Which of them holds, and of those that do not why. */
static void add_canary(const struct suite_row *line, struct bytes *out)
{
    const struct canary *canary = line->result->canary;

    if (!canary || line->hidden)
        return;
    bytes_puts(out, "\ncanary: ");
    check_canary(canary, out);
    for (enum canary_part part = 0; part < CANARY_PARTS; part++)
        if (canary->holds[part] != IS_YES && canary->detail[part])
            bytes_printf(out, "\n%s: %s", canary_part_name(part), canary->detail[part]);
}

/* The last one is what came; each of them can be opened, and may be billed. */
static void add_attempts(const struct suite_row *line, struct bytes *out)
{
    const struct suite_attempts *attempts = line->attempts;

    for (size_t i = 0; attempts && attempts->count > 1 && i < attempts->count; i++) {
        const struct suite_attempt *attempt = &attempts->items[i];

        bytes_printf(out, "\n" SUITE_VIEW_ATTEMPT "%zu  %s", i + 1,
                     attempt->capture ? attempt->id : "not kept");
        if (line->hidden)
            continue;
        if (attempt->http_status > 0)
            bytes_printf(out, "  HTTP %d", attempt->http_status);
        bytes_printf(out, "  %s, class %s", attempt->verdict, attempt->failure);
    }
}

static void add_review(const struct suite_row *line, enum review_subject subject, struct bytes *out)
{
    struct review review;
    struct bytes why;

    if (!reviews_find(line->reviews, line->plan_case->name, subject, &review))
        return;
    bytes_init(&why, WHY_MAX);
    bytes_puts(out, "\n");
    review_describe(&review, review_outdated(&review, line->result, &why) ? bytes_text(&why) : NULL,
                    out);
    bytes_release(&why);
}

static void add_finding(const struct suite_row *line, struct bytes *out)
{
    const struct probe_result *result = line->result;

    if (line->hidden)
        return;
    add_review(line, REVIEW_DOCUMENTED, out);
    add_review(line, REVIEW_HANDLED, out);
    if (!result->verdict)
        return;
    bytes_printf(out, "\ncomputed: %s; documented %s", finding_name(probe_result_finding(result)),
                 tristate_name(result->documented));
    if (result->documented_by)
        bytes_printf(out, " (%s)", result->documented_by);
    bytes_printf(out, ", handled %s", tristate_name(result->handled));
    if (result->handled_by)
        bytes_printf(out, " (%s)", result->handled_by);
}

static void add_asked(const struct suite_row *line, struct bytes *out)
{
    bytes_puts(out, "\nsends: ");
    describe_change(line->plan_case->probe, line->plan_case->operation, out);
    bytes_puts(out, "\nexpects: ");
    describe_expectation(line->plan_case->probe, out);
}

/* A name that is known from the manual means something else here. */
static void add_own(const struct suite_row *line, struct bytes *out)
{
    size_t from = out->len;

    bytes_append_byte(out, '\n');
    if (!describe_own(line->plan_case, out))
        bytes_truncate(out, from);
}

/* What is new in the shape, besides what the notes say of it. */
static void add_fixture(const struct suite_row *line, struct bytes *out)
{
    if (!line->result->fixture || line->hidden)
        return;
    bytes_puts(out, "\n");
    check_fixture(line->result, "", out);
    bytes_truncate(out, out->len - 1);
}

/* What matters most comes first: there may be room for a few lines only. */
void suite_view_detail(const struct suite_row *line, struct bytes *out)
{
    const struct probe_result *result = line->result;

    bytes_printf(out, "%s: %s", line->plan_case->name, line->plan_case->probe->title);
    add_own(line, out);
    if (!result) {
        add_asked(line, out);
        bytes_puts(out, "\ncosts: ");
        suite_view_cost(line, out);
        return;
    }
    add_came(line, out);
    if (result->notes && !line->hidden)
        bytes_printf(out, "\n%s: %s", result->outcome == OUTCOME_FAIL ? "differs" : "note",
                     result->notes);
    if (check_advice(result) && !line->hidden)
        bytes_printf(out, "\ndo: %s", check_advice(result));
    add_finding(line, out);
    if (result->id[0])
        bytes_printf(out, "\nevidence: %s%s", result->id, result->simulated ? ", SIMULATED" : "");
    add_attempts(line, out);
    add_canary(line, out);
    if (result->departs)
        bytes_printf(out, "\nnot as the contract says: %s", result->departs);
    add_asked(line, out);
    add_fixture(line, out);
}
