#include "ui/probe_list.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "probe/describe.h"

enum { TEXT_MAX = 64 * 1024, DETAIL_ROWS = 7 };

const struct picker_kind probe_list_kind = {
    .title = "Probes and suites",
    .label = "Probe or suite: ",
    .hint = "shows it, sends nothing",
    .matched = {[PICKER_LEAD] = true, [PICKER_TEXT] = true},
    .styles = {STYLE_STRONG, STYLE_PLAIN, STYLE_DIM},
    .detail_rows = DETAIL_ROWS,
};

static void add_words(struct bytes *out, const char *label, const struct probe_words *words)
{
    for (size_t i = 0; i < words->count; i++)
        bytes_printf(out, "%s%s", i ? " " : label, words->items[i]);
}

/* ---- suites ---- */

static void add_suite(struct picker *picker, const struct library *library,
                      const struct retry_policy *policy, const struct suite *suite)
{
    const struct plan_choice choice = {.names = &suite->id, .name_count = 1};
    char *line = xasprintf("suite %s", suite->id), *tail;
    struct bytes detail;
    struct plan plan;
    struct error error;
    bool made = plan_make(&plan, library, &choice, policy, &error);

    bytes_init(&detail, TEXT_MAX);
    tail = xasprintf("%zu probes, suite", suite->probes.count);
    picker_add(picker, suite->id, suite->title, tail, line);
    if (made) {
        bytes_puts(&detail, "costs: ");
        describe_cost(&plan, &detail);
    } else {
        bytes_puts(&detail, error.text);
    }
    add_words(&detail, "\nprobes: ", &suite->probes);
    bytes_printf(&detail, "\nfrom: %s", suite->origin);
    picker_add_detail(picker, bytes_text(&detail));
    bytes_release(&detail);
    if (made)
        plan_release(&plan);
    free(tail);
    free(line);
}

/* ---- probes ---- */

static const char *cost_of(const struct probe *probe)
{
    if (probe->expect.refused)
        return "sends nothing";
    if (probe->target == PROBE_SIMULATOR)
        return "simulated";
    return probe->may_be_billed ? "may be billed" : "not billed";
}

/* What is searched besides the id: title, requirements, operations. */
static void write_text(const struct probe *probe, struct bytes *out)
{
    bytes_puts(out, probe->title);
    add_words(out, "  ", &probe->requirements);
    for (int i = 0, told = 0; i < OPERATION_COUNT; i++)
        if (probe->operations[i])
            bytes_printf(out, "%s%s", told++ ? " " : "  ", operation_name((enum operation)i));
}

/* Of the first of its operations: they differ in the pointers alone. */
static void write_detail(const struct probe *probe, struct bytes *out)
{
    int operation = 0;

    while (operation + 1 < OPERATION_COUNT && !probe->operations[operation])
        operation++;
    bytes_puts(out, "sends: ");
    describe_change(probe, (enum operation)operation, out);
    bytes_puts(out, "\nexpects: ");
    describe_expectation(probe, out);
    bytes_printf(out, "\ncosts: %s%s", cost_of(probe),
                 probe->negative ? ", wrong on purpose: exactly one attempt" : "");
    add_words(out, "\ncadence: ", &probe->cadence);
    if (probe->explanation)
        bytes_printf(out, "\nwhy: %s", probe->explanation);
    bytes_printf(out, "\nfrom: %s%s", probe->origin,
                 probe->replaces ? ", in place of the shipped one" : "");
}

static void add_probe(struct picker *picker, const struct probe *probe)
{
    char *line = xasprintf("probe %s", probe->id);
    struct bytes text, detail;

    bytes_init(&text, TEXT_MAX);
    bytes_init(&detail, TEXT_MAX);
    write_text(probe, &text);
    write_detail(probe, &detail);
    picker_add(picker, probe->id, bytes_text(&text), cost_of(probe), line);
    picker_add_detail(picker, bytes_text(&detail));
    bytes_release(&detail);
    bytes_release(&text);
    free(line);
}

/* A heading each: nothing of it can be chosen. */
static void add_left_out(struct picker *picker, const char *lines)
{
    while (*lines) {
        size_t len = strcspn(lines, "\n");
        char *line = xasprintf("! left out: %.*s", (int)len, lines);

        picker_add_heading(picker, line);
        free(line);
        lines += len + (lines[len] == '\n');
    }
}

void probe_list_fill(struct picker *picker, const struct library *library,
                     const struct retry_policy *policy)
{
    add_left_out(picker, library_left_out(library));
    picker_add_heading(picker, "Suites");
    for (size_t i = 0; i < library_suite_count(library); i++)
        add_suite(picker, library, policy, library_suite(library, i));
    picker_add_heading(picker, "Probes");
    for (size_t i = 0; i < library_probe_count(library); i++)
        add_probe(picker, library_probe(library, i));
}
