#include "command/check_alerts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void check_alerts_add(struct check_alerts *alerts, const struct exchange_state *state,
                      const char *profile)
{
    for (size_t i = 0; i < alerts->count; i++)
        if (spike_add(&alerts->groups[i], state, profile))
            return;
    if (alerts->count < CHECK_ALERT_GROUPS)
        spike_add(&alerts->groups[alerts->count++], state, profile);
}

static void put_lines(struct bytes *out, const char *word, const char *lines)
{
    while (*lines) {
        size_t len = strcspn(lines, "\n");

        bytes_printf(out, "%s: %.*s\n", word, (int)len, lines);
        lines += len + (lines[len] == '\n');
    }
}

static int by_name(const void *a, const void *b)
{
    const struct spike *one = a, *other = b;
    int order = strcmp(one->operation, other->operation);

    return order != 0 ? order
                      : strcmp(one->model ? one->model : "", other->model ? other->model : "");
}

static int by_case(const void *a, const void *b)
{
    const struct spike_series *one = a, *other = b;
    int order =
        strcmp(one->test_case ? one->test_case : "", other->test_case ? other->test_case : "");

    return order != 0 ? order : one->streamed - other->streamed;
}

/* Cases end in any order; what is said of them does not depend on it. */
static void sort(struct check_alerts *alerts)
{
    qsort(alerts->groups, alerts->count, sizeof(*alerts->groups), by_name);
    for (size_t i = 0; i < alerts->count; i++)
        qsort(alerts->groups[i].series, alerts->groups[i].series_count,
              sizeof(*alerts->groups[i].series), by_case);
}

/* What was not looked at is not said to be missing. */
static void put_lacking(struct bytes *out, const struct spike_reach *reach, size_t all)
{
    if (reach->lacking == 0)
        return;
    bytes_printf(out,
                 "history: %zu of %zu case%s %s fewer than %d earlier complete answers to be "
                 "compared with",
                 reach->lacking, all, all == 1 ? "" : "s", reach->lacking == 1 ? "has" : "have",
                 SPIKE_SAMPLES);
    if (reach->cut)
        bytes_printf(out, " among the newest %" PRIu64 " exchanges; no more were looked at",
                     reach->looked);
    bytes_puts(out, "\n");
}

static void add_reach(struct spike_reach *all, const struct spike_reach *one)
{
    all->lacking += one->lacking;
    if (one->lacking == 0 || !one->cut)
        return;
    if (!all->cut || one->looked < all->looked)
        all->looked = one->looked;
    all->cut = true;
}

void check_alerts_end(struct check_alerts *alerts, struct history *history, int64_t began_ms,
                      const struct history_patience *patience)
{
    struct spike_reach reach = {.lacking = 0}, one;
    size_t series = 0;
    struct bytes all, lines;
    struct error error;

    sort(alerts);
    bytes_init(&all, SIZE_MAX);
    bytes_init(&lines, SIZE_MAX);
    for (size_t i = 0; history && i < alerts->count; i++) {
        const struct spike *group = &alerts->groups[i];

        bytes_clear(&lines);
        if (group->attempts == 0)
            continue;
        if (!spike_compare(group, history, began_ms, patience, &lines, &one, &error)) {
            put_lines(&all, "history", error.text);
            continue;
        }
        put_lines(&all, "alert", bytes_text(&lines));
        add_reach(&reach, &one);
        series += group->series_count;
    }
    put_lacking(&all, &reach, series);
    if (!history)
        bytes_puts(&all, "history: there is none to compare with\n");
    bytes_release(&lines);
    free(alerts->lines);
    alerts->lines = bytes_take(&all);
}

void check_alerts_release(struct check_alerts *alerts)
{
    for (size_t i = 0; i < alerts->count; i++)
        spike_release(&alerts->groups[i]);
    free(alerts->lines);
    *alerts = (struct check_alerts){.count = 0};
}
