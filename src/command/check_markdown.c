/* Markdown for the summary of a forge's job: what does not hold first, then every case. */
#include "command/check_report.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "command/check_reviews.h"
#include "command/markup.h"
#include "contract/workspace.h"
#include "ledger/cell.h"
#include "probe/describe.h"

static void put_row(struct bytes *out, const struct check_run *run,
                    const struct probe_result *result)
{
    const struct plan_case *plan_case = result->plan_case;
    struct bytes text;

    bytes_init(&text, SIZE_MAX);
    bytes_printf(out, "| %s%s | %s | %s |", outcome_name(result->outcome),
                 check_simulated(run, result) ? " (simulated)" : "", check_suite_name(plan_case),
                 plan_case->name);
    if (describe_own(plan_case, &text))
        bytes_puts(&text, "; ");
    describe_change(plan_case->probe, plan_case->operation, &text);
    bytes_puts(&text, "; ");
    if (!check_departure(result, &text))
        bytes_truncate(&text, text.len - 2);
    markup_cell(out, bytes_text(&text));
    bytes_clear(&text);
    if (result->http_status > 0)
        bytes_printf(&text, "HTTP %d, ", result->http_status);
    bytes_printf(&text, "%s", result->verdict ? result->verdict : "nothing sent");
    if (result->outcome == OUTCOME_PASS && result->form)
        bytes_printf(&text, "; %s", result->form);
    if (result->outcome == OUTCOME_SKIPPED || result->outcome == OUTCOME_STOPPED)
        bytes_printf(&text, "; %s", result->notes);
    markup_cell(out, bytes_text(&text));
    bytes_printf(out, " %s | %s | %s | %s | %s |", result->verdict ? result->failure.class : "",
                 result->verdict ? result->failure.action : "", tristate_name(result->documented),
                 tristate_name(result->handled), finding_name(probe_result_finding(result)));
    bytes_clear(&text);
    bytes_printf(&text, "%s%s", result->id, result->trouble && result->id[0] ? "; " : "");
    if (result->trouble)
        bytes_printf(&text, "not kept: %s", result->trouble);
    markup_cell(out, bytes_text(&text));
    bytes_puts(out, "\n");
    bytes_release(&text);
}

static void put_foreign(struct bytes *out, const char *before, const char *text)
{
    char *literal = text ? cell_escape_foreign(text, strlen(text)) : NULL;

    if (literal)
        bytes_printf(out, "%s%s", before, literal);
    free(literal);
}

static void put_each(struct bytes *out, const char *before, const char *lines)
{
    while (lines && *lines) {
        size_t len = strcspn(lines, "\n");
        char *line = xmemdup0(lines, len);

        put_foreign(out, before, line);
        free(line);
        lines += len + (lines[len] == '\n');
    }
}

static void put_trouble(struct bytes *out, const struct probe_result *result)
{
    bytes_printf(out, "- **%s** %s %s:", outcome_name(result->outcome),
                 check_suite_name(result->plan_case), result->plan_case->name);
    put_foreign(out, " ", result->notes);
    put_foreign(out, "; ", result->endpoint);
    put_each(out, "; ", result->reasons);
    put_each(out, "; earlier attempt ", result->before);
    put_foreign(out, "; the class is so since ", check_because(result));
    if (result->notes || check_because(result))
        bytes_puts(out, ".");
    put_foreign(out, " ", check_advice(result));
    bytes_puts(out, "\n");
}

static void put_canaries(struct bytes *out, const struct check_run *run)
{
    struct bytes text;
    bool first = true;

    bytes_init(&text, SIZE_MAX);
    for (size_t i = 0; i < run->plan->count; i++) {
        const struct probe_result *result = runner_result(run->runner, i);

        if (!result->canary)
            continue;
        bytes_printf(out, "%s- %s:", first ? "\n" : "", result->plan_case->name);
        bytes_clear(&text);
        check_canary(result->canary, &text);
        put_foreign(out, " ", bytes_text(&text));
        bytes_puts(out, "\n");
        first = false;
    }
    bytes_release(&text);
}

static void put_fixtures(struct bytes *out, const struct check_run *run)
{
    struct bytes text;

    bytes_init(&text, SIZE_MAX);
    for (size_t i = 0; i < run->plan->count; i++) {
        const struct probe_result *result = runner_result(run->runner, i);
        const char *line;

        bytes_clear(&text);
        check_fixture(result, "", &text);
        for (line = bytes_text(&text); *line; line += strcspn(line, "\n") + 1) {
            char *one = xmemdup0(line, strcspn(line, "\n"));

            bytes_printf(out, "\n- %s:", result->plan_case->name);
            put_foreign(out, " ", one);
            free(one);
        }
    }
    bytes_release(&text);
}

/* Both beside each other: what is computed, and what a person says. */
static void put_reviews(struct bytes *out, const struct check_run *run)
{
    struct bytes line;

    bytes_init(&line, SIZE_MAX);
    for (size_t i = 0; i < run->plan->count; i++) {
        const struct probe_result *result = runner_result(run->runner, i);
        const char *finding = check_reviewed_finding(run, result);

        bytes_clear(&line);
        if (!check_reviews(run, result, &line))
            continue;
        bytes_printf(out, "\n- %s %s: computed %s;", check_suite_name(result->plan_case),
                     result->plan_case->name, finding_name(probe_result_finding(result)));
        put_foreign(out, " ", bytes_text(&line));
        if (finding)
            bytes_printf(out, ". With the reviewer's word: %s.", finding);
    }
    bytes_release(&line);
}

static void put_lines(struct bytes *out, const char *lines)
{
    if (lines && *lines)
        bytes_puts(out, "\n");
    while (lines && *lines) {
        size_t len = strcspn(lines, "\n");
        char *line = xmemdup0(lines, len);

        put_foreign(out, "- ", line);
        bytes_puts(out, "\n");
        free(line);
        lines += len + (lines[len] == '\n');
    }
}

static void put_findings(struct bytes *out, const struct check_run *run)
{
    struct bytes mine, other;

    bytes_init(&mine, SIZE_MAX);
    bytes_init(&other, SIZE_MAX);
    put_reviews(&mine, run);
    check_reviews_elsewhere(run, &other);
    if (mine.len + other.len > 0)
        bytes_puts(out, "\n### What reviewers say\n");
    if (mine.len > 0)
        bytes_printf(out, "%s\n", bytes_text(&mine));
    put_lines(out, bytes_text(&other));
    bytes_release(&other);
    bytes_release(&mine);
}

void check_markdown(const struct check_run *run, struct bytes *out)
{
    size_t troubles = 0;

    bytes_puts(out, "## cometdeck check: ");
    check_summary(run, out);
    bytes_printf(out, "\n\nRun %s, profile %s.\n\n", run->id, run->profile->name);
    for (size_t i = 0; i < run->plan->count; i++) {
        const struct probe_result *result = runner_result(run->runner, i);

        if (result->outcome == OUTCOME_FAIL || result->outcome == OUTCOME_ERROR) {
            put_trouble(out, result);
            troubles++;
        }
    }
    if (troubles > 0)
        bytes_puts(out, "\n");
    bytes_puts(out,
               "| outcome | suite | case | sent | came back | class | action | documented | "
               "handled | finding | evidence |\n|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < run->plan->count; i++)
        put_row(out, run, runner_result(run->runner, i));
    put_canaries(out, run);
    put_fixtures(out, run);
    put_findings(out, run);
    put_lines(out, run->alerts);
}
