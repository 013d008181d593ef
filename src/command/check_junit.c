/* JUnit XML, as the readers of CI systems take it (schema of the Jenkins xUnit plugin). */
#include "command/check_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/memory.h"
#include "command/check_reviews.h"
#include "command/markup.h"
#include "contract/workspace.h"
#include "probe/describe.h"

/* Lines on one line. */
static void put_joined(struct bytes *out, const char *lines, const char *gap)
{
    if (!lines)
        return;
    while (*lines) {
        size_t len = strcspn(lines, "\n");
        char *line = xmemdup0(lines, len);

        markup_xml(out, line);
        free(line);
        lines += len + (lines[len] == '\n');
        bytes_puts(out, *lines ? gap : "");
    }
}

static void put_reasons(struct bytes *out, const struct probe_result *result)
{
    put_joined(out, result->reasons, "; ");
    bytes_puts(out, result->reasons ? ". " : "");
}

static void put_trouble(struct bytes *out, const char *element, const struct probe_result *result)
{
    const char *advice = check_advice(result);

    bytes_printf(out, "      <%s", element);
    markup_xml_attribute(out, "message", result->notes);
    if (strcmp(element, "skipped") != 0)
        markup_xml_attribute(out, "type", result->failure.class ? result->failure.class : "none");
    bytes_puts(out, ">");
    if (result->endpoint) {
        markup_xml(out, result->endpoint);
        bytes_puts(out, ". ");
    }
    put_reasons(out, result);
    if (check_because(result)) {
        markup_xml(out, result->failure.class);
        bytes_puts(out, ": ");
        markup_xml(out, check_because(result));
        bytes_puts(out, ". ");
    }
    if (advice) {
        markup_xml(out, advice);
        bytes_puts(out, " ");
    }
    if (result->id[0]) {
        bytes_puts(out, "Evidence ");
        markup_xml(out, result->id);
    }
    if (result->before) {
        bytes_puts(out, "; earlier attempts: ");
        put_joined(out, result->before, "; ");
    }
    bytes_printf(out, "</%s>\n", element);
}

/* What stands beside a result and does not change it: its departures, and what people say. */
static void describe_beside(struct bytes *out, const struct check_run *run,
                            const struct probe_result *result)
{
    const char *finding = check_reviewed_finding(run, result);
    struct bytes line;

    bytes_init(&line, SIZE_MAX);
    if (describe_own(result->plan_case, out) && result->departs)
        bytes_puts(out, "; ");
    check_departure(result, out);
    if (check_note(result))
        bytes_printf(out, "%s%s", out->len > 0 ? "; " : "", check_note(result));
    if (check_reviews(run, result, &line))
        bytes_printf(out, "%s%s", out->len > 0 ? "; " : "", bytes_text(&line));
    if (finding)
        bytes_printf(out, "; finding: %s; with the reviewer's word: %s",
                     finding_name(probe_result_finding(result)), finding);
    bytes_release(&line);
}

static void put_beside(struct bytes *out, const struct bytes *beside)
{
    if (beside->len == 0)
        return;
    bytes_puts(out, "      <system-out>");
    markup_xml(out, bytes_text(beside));
    bytes_puts(out, "</system-out>\n");
}

static void put_name(struct bytes *out, const char *name, bool simulated)
{
    char *marked = xasprintf("%s%s", name, simulated ? " (simulated)" : "");

    markup_xml_attribute(out, "name", marked);
    free(marked);
}

static void put_time(struct bytes *out, int64_t took_us)
{
    bytes_printf(out, " time=\"%" PRId64 ".%03d\"", took_us / 1000000,
                 (int)(took_us / 1000 % 1000));
}

static void put_case(struct bytes *out, const struct check_run *run,
                     const struct probe_result *result)
{
    static const char *const elements[] = {[OUTCOME_FAIL] = "failure",
                                           [OUTCOME_ERROR] = "error",
                                           [OUTCOME_SKIPPED] = "skipped",
                                           [OUTCOME_STOPPED] = "skipped"};
    const struct plan_case *plan_case = result->plan_case;
    struct bytes beside;

    bytes_puts(out, "    <testcase");
    markup_xml_attribute(out, "classname", check_suite_name(plan_case));
    put_name(out, plan_case->name, check_simulated(run, result));
    put_time(out, result->took_us);
    bytes_init(&beside, SIZE_MAX);
    describe_beside(&beside, run, result);
    if (result->outcome == OUTCOME_PASS && beside.len == 0) {
        bytes_puts(out, "/>\n");
    } else {
        bytes_puts(out, ">\n");
        if (result->outcome != OUTCOME_PASS)
            put_trouble(out, elements[result->outcome], result);
        put_beside(out, &beside);
        bytes_puts(out, "    </testcase>\n");
    }
    bytes_release(&beside);
}

/* Findings on cases of other runs: the last suite says them, there is no better place. */
static void put_elsewhere(struct bytes *out, const struct check_run *run)
{
    struct bytes lines;

    bytes_init(&lines, SIZE_MAX);
    check_reviews_elsewhere(run, &lines);
    if (lines.len > 0) {
        bytes_puts(out, "    <system-out>");
        for (const char *at = bytes_text(&lines); *at; at += strcspn(at, "\n") + 1) {
            char *line = xmemdup0(at, strcspn(at, "\n"));

            markup_xml(out, line);
            bytes_puts(out, "\n");
            free(line);
        }
        bytes_puts(out, "</system-out>\n");
    }
    bytes_release(&lines);
}

/* The cases from `from` that belong to one suite; answers the first behind them. */
static size_t put_suite(struct bytes *out, const struct check_run *run, size_t from)
{
    const struct plan_case *first = &run->plan->cases[from];
    size_t counts[OUTCOME_ERROR + 1] = {0}, to = from;
    char began[CLOCK_TEXT];

    for (; to < run->plan->count && run->plan->cases[to].suite == first->suite; to++)
        counts[runner_result(run->runner, to)->outcome]++;
    clock_format(run->began_ms, began);
    began[19] = '\0'; /* the schema has no fraction and no zone */
    bytes_puts(out, "  <testsuite");
    markup_xml_attribute(out, "name", first->suite ? first->suite->id : "by-id");
    bytes_printf(out,
                 " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" timestamp=\"%s\"",
                 to - from, counts[OUTCOME_FAIL], counts[OUTCOME_ERROR],
                 counts[OUTCOME_SKIPPED] + counts[OUTCOME_STOPPED], began);
    markup_xml_attribute(out, "hostname", run->base_alias);
    bytes_puts(out, ">\n");
    for (size_t i = from; i < to; i++)
        put_case(out, run, runner_result(run->runner, i));
    if (to == run->plan->count)
        put_elsewhere(out, run);
    bytes_puts(out, "  </testsuite>\n");
    return to;
}

void check_junit(const struct check_run *run, struct bytes *out)
{
    struct runner_tally tally;

    runner_tally(run->runner, &tally);
    bytes_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
    markup_xml_attribute(out, "name", run->id);
    bytes_printf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"",
                 run->plan->count, tally.failed, tally.errors, tally.skipped + tally.stopped);
    put_time(out, run->took_us);
    bytes_puts(out, ">\n");
    for (size_t i = 0; i < run->plan->count;)
        i = put_suite(out, run, i);
    bytes_puts(out, "</testsuites>\n");
}
