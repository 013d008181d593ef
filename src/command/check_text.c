/*
 * The text for people: a line for what passed, all that is known of what did not. Nothing of a
 * server's makes a line: each begins with words of ours, since logs of jobs act on the beginning
 * of a line ("::error::…").
 */
#include "command/check_report.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/text.h"
#include "command/check_reviews.h"
#include "contract/workspace.h"
#include "evidence/fixture_shape.h"
#include "probe/describe.h"

static const char indent[] = "        ";

/* On one line, and escaped; nothing for an empty text. */
static void put(struct bytes *out, const char *word, const char *text)
{
    if (text && *text)
        text_line(out, "%s%s: %s", indent, word, text);
}

/* Each line of them behind the word. */
static void put_lines(struct bytes *out, const char *before, const char *word, const char *lines)
{
    while (lines && *lines) {
        size_t len = strcspn(lines, "\n");

        text_line(out, "%s%s: %.*s", before, word, (int)len, lines);
        lines += len + (lines[len] == '\n');
    }
}

/* ---- the first line of a case ---- */

static void put_attempts(struct bytes *out, const struct probe_result *result)
{
    if (result->attempts > 1)
        bytes_printf(out, "; %d attempts%s", result->attempts,
                     result->regenerated ? ", regenerated" : "");
}

static void put_answer(struct bytes *out, const struct probe_result *result)
{
    if (result->http_status > 0)
        bytes_printf(out, "HTTP %d, ", result->http_status);
    bytes_puts(out, result->verdict);
    if (strcmp(result->failure.class, "none") != 0)
        bytes_printf(out, ", class %s", result->failure.class);
    put_attempts(out, result);
    bytes_printf(out, "  %s", result->id[0] ? result->id : "no evidence");
}

static void put_row(struct bytes *out, const struct check_run *run,
                    const struct probe_result *result)
{
    const struct plan_case *plan_case = result->plan_case;

    struct bytes line;

    bytes_init(&line, SIZE_MAX);
    bytes_printf(&line, "%-8s%-36s ", outcome_name(result->outcome), plan_case->name);
    if (check_simulated(run, result))
        bytes_puts(&line, "simulated, ");
    if (result->verdict)
        put_answer(&line, result);
    else
        bytes_puts(&line, result->outcome == OUTCOME_PASS ? "refused, nothing was sent"
                                                          : "nothing was sent");
    text_line(out, "%s", bytes_text(&line));
    bytes_release(&line);
}

/* ---- what stands below it ---- */

/* What is answered of the review: *documented?*, *handled?*, and by whom. */
static void put_finding(struct bytes *out, const struct probe_result *result)
{
    if (!result->verdict)
        return;
    bytes_printf(out, "%sdocumented: %s, handled: %s; finding: %s%s", indent,
                 tristate_name(result->documented), tristate_name(result->handled),
                 finding_name(probe_result_finding(result)),
                 result->handled_by ? "; observed: " : "");
    if (result->handled_by)
        text_escape(out, result->handled_by, strlen(result->handled_by), false);
    bytes_puts(out, "\n");
}

/* Of a pass that blocks the review, or of which people say something, the finding is told, too. */
static void put_reviews(struct bytes *out, const struct check_run *run,
                        const struct probe_result *result, bool told)
{
    struct bytes line;
    bool reviewed;

    bytes_init(&line, SIZE_MAX);
    reviewed = check_reviews(run, result, &line);
    if (!told && (reviewed || probe_result_finding(result) == FINDING_NOT_HANDLED))
        put_finding(out, result);
    put(out, "reviewed", bytes_text(&line));
    put(out, "finding with the reviewer's word", check_reviewed_finding(run, result));
    bytes_release(&line);
}

static void put_sent(struct bytes *out, const struct probe_result *result)
{
    const struct plan_case *plan_case = result->plan_case;
    struct bytes line;

    bytes_init(&line, SIZE_MAX);
    describe_change(plan_case->probe, plan_case->operation, &line);
    if (result->endpoint)
        bytes_printf(&line, ", to %s", result->endpoint);
    put(out, result->endpoint ? "sent" : "would send", bytes_text(&line));
    bytes_release(&line);
}

static void put_class(struct bytes *out, const struct probe_result *result)
{
    char *word;

    if (!check_because(result))
        return;
    word = xasprintf("class %s, action %s", result->failure.class, result->failure.action);
    put(out, word, check_because(result));
    free(word);
}

static void put_fixture(struct bytes *out, const struct probe_result *result)
{
    struct bytes lines;

    bytes_init(&lines, SIZE_MAX);
    check_fixture(result, "", &lines);
    put_lines(out, indent, "shape", bytes_text(&lines));
    bytes_release(&lines);
}

static void put_canary(struct bytes *out, const struct probe_result *result)
{
    struct bytes line;

    if (!result->canary)
        return;
    bytes_init(&line, SIZE_MAX);
    check_canary(result->canary, &line);
    put(out, "canary", bytes_text(&line));
    bytes_release(&line);
}

static void put_asks(struct bytes *out, const struct probe_result *result)
{
    struct bytes line;

    bytes_init(&line, SIZE_MAX);
    if (check_asks(result, &line))
        put(out, "the answer asks", bytes_text(&line));
    bytes_release(&line);
}

static void put_details(struct bytes *out, const struct probe_result *result)
{
    put_sent(out, result);
    put_lines(out, indent, "not as the contract says", result->departs);
    put_lines(out, indent, "reason", result->reasons);
    put_class(out, result);
    put_asks(out, result);
    put(out, "points to", result->location);
    put_canary(out, result);
    put_fixture(out, result);
    put_finding(out, result);
}

static void put_own(struct bytes *out, const struct probe_result *result)
{
    struct bytes line;

    bytes_init(&line, SIZE_MAX);
    if (describe_own(result->plan_case, &line))
        put(out, "note", bytes_text(&line));
    bytes_release(&line);
}

static void put_case(struct bytes *out, const struct check_run *run,
                     const struct probe_result *result)
{
    bool passed = result->outcome == OUTCOME_PASS;
    bool told = run->verbose || result->outcome == OUTCOME_FAIL || result->outcome == OUTCOME_ERROR;

    put_row(out, run, result);
    put_lines(out, indent, "earlier attempt", result->before);
    put(out, passed ? "note" : "why", passed ? check_note(result) : result->notes);
    if (told)
        put_details(out, result);
    put_own(out, result);
    put_reviews(out, run, result, told);
    put(out, "do", check_advice(result));
}

static void put_head(const struct check_run *run, struct bytes *out)
{
    text_line(out, "Run %s, profile %s, %s", run->id, run->profile->name, run->base_alias);
}

void check_text_case(const struct check_run *run, size_t index, struct bytes *out)
{
    const struct plan_case *plan_case = &run->plan->cases[index];
    const struct suite *suite = plan_case->suite;

    if (index == 0)
        put_head(run, out);
    if (index == 0 || suite != plan_case[-1].suite) {
        bytes_puts(out, "\n");
        text_line(out, "%s", suite ? suite->title : "By its id");
    }
    put_case(out, run, runner_result(run->runner, index));
}

void check_text(const struct check_run *run, struct bytes *out)
{
    struct bytes rest, reviews;

    for (size_t i = run->told; i < run->plan->count; i++)
        check_text_case(run, i, out);
    bytes_puts(out, "\n");
    bytes_init(&rest, SIZE_MAX);
    bytes_init(&reviews, SIZE_MAX);
    check_reviews_elsewhere(run, &reviews);
    put_lines(out, "", "reviewed", bytes_text(&reviews));
    bytes_release(&reviews);
    bytes_puts(&rest, run->alerts ? run->alerts : "");
    check_summary(run, &rest);
    bytes_puts(&rest, "\n");
    text_escape(out, bytes_text(&rest), rest.len, true);
    bytes_release(&rest);
}
