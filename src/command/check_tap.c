/* TAP version 13 (testanything.org), which every reader takes: a line a case, a YAML block behind
 * what does not hold. */
#include "command/check_report.h"

#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "command/check_reviews.h"
#include "command/markup.h"
#include "probe/describe.h"

static void put_diagnostics(struct bytes *out, const struct probe_result *result)
{
    bytes_puts(out, "  ---\n");
    markup_yaml_pair(out, "message", result->notes);
    markup_yaml_pair(out, "outcome", outcome_name(result->outcome));
    markup_yaml_pair(out, "endpoint", result->endpoint);
    markup_yaml_pair(out, "not_as_the_contract_says", result->departs);
    if (result->http_status > 0)
        bytes_printf(out, "  http_status: %d\n", result->http_status);
    markup_yaml_pair(out, "verdict", result->verdict);
    markup_yaml_pair(out, "reasons", result->reasons);
    markup_yaml_pair(out, "points_to", result->location);
    markup_yaml_pair(out, "class", result->failure.class);
    markup_yaml_pair(out, "action", result->failure.action);
    markup_yaml_pair(out, "finding", finding_name(probe_result_finding(result)));
    markup_yaml_pair(out, "because", check_because(result));
    markup_yaml_pair(out, "do", check_advice(result));
    markup_yaml_pair(out, "evidence", result->id[0] ? result->id : NULL);
    markup_yaml_pair(out, "earlier_attempts", result->before);
    bytes_puts(out, "  ...\n");
}

/* Comments: a reader of TAP shows them, and they decide nothing. */
static void put_comments(struct bytes *out, const struct check_run *run,
                         const struct probe_result *result)
{
    const char *finding = check_reviewed_finding(run, result);
    struct bytes line;

    bytes_init(&line, SIZE_MAX);
    if (describe_own(result->plan_case, &line)) {
        bytes_puts(out, "# ");
        markup_tap(out, bytes_text(&line));
        bytes_puts(out, "\n");
    }
    bytes_clear(&line);
    if (result->outcome == OUTCOME_PASS && check_departure(result, &line)) {
        bytes_puts(out, "# ");
        markup_tap(out, bytes_text(&line));
        bytes_puts(out, "\n");
    }
    if (check_note(result)) {
        bytes_puts(out, "# ");
        markup_tap(out, check_note(result));
        bytes_puts(out, "\n");
    }
    bytes_clear(&line);
    if (check_reviews(run, result, &line)) {
        bytes_puts(out, "# ");
        markup_tap(out, bytes_text(&line));
        bytes_puts(out, "\n");
    }
    if (finding)
        bytes_printf(out, "# finding: %s; with the reviewer's word: %s\n",
                     finding_name(probe_result_finding(result)), finding);
    bytes_release(&line);
}

static void put_elsewhere(struct bytes *out, const struct check_run *run)
{
    struct bytes lines;

    bytes_init(&lines, SIZE_MAX);
    check_reviews_elsewhere(run, &lines);
    for (const char *at = bytes_text(&lines); *at; at += strcspn(at, "\n") + 1)
        bytes_printf(out, "# %.*s\n", (int)strcspn(at, "\n"), at);
    bytes_release(&lines);
}

/* A case that was not made is no `ok` either: the run that lacks it does not hold. */
void check_tap(const struct check_run *run, struct bytes *out)
{
    bytes_printf(out, "TAP version 13\n1..%zu\n", run->plan->count);
    for (size_t i = 0; i < run->plan->count; i++) {
        const struct probe_result *result = runner_result(run->runner, i);
        bool passed = result->outcome == OUTCOME_PASS;

        bytes_printf(out, "%s %zu - ", passed ? "ok" : "not ok", i + 1);
        markup_tap(out, check_suite_name(result->plan_case));
        bytes_puts(out, ": ");
        markup_tap(out, result->plan_case->name);
        bytes_puts(out, check_simulated(run, result) ? " (simulated)\n" : "\n");
        if (!passed)
            put_diagnostics(out, result);
        put_comments(out, run, result);
    }
    put_elsewhere(out, run);
}
