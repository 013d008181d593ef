#include "evidence/spike.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "evidence/exchange.h"
#include "evidence/history.h"
#include "evidence/history_query.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    BEFORE_MAX = 200,  /* samples of before */
    ERRORS_AMONG = 10, /* where fewer came now, the newest of before count as now */
    ERRORS_LEAST = 3,
    DEVIATIONS = 3,
    SPREADS = 6,
};

static const double mad_to_spread = 1.4826; /* of a normal distribution */

struct before_series {
    int64_t tokens[BEFORE_MAX], latency_us[BEFORE_MAX];
    size_t token_count, latency_count;
};

struct before {
    const struct spike *spike;
    int64_t until_ms;
    struct before_series series[SPIKE_SERIES];
    size_t now, now_failures; /* of the newest, with what came now */
    size_t rows, failures;
};

static bool same(const char *a, const char *b)
{
    return (!a && !b) || (a && b && strcmp(a, b) == 0);
}

/* ---- now ---- */

/* Prompts that nobody named: of about the same size, as far as that was told. */
static bool is_alike(int64_t one, int64_t other)
{
    return one < 0 || other < 0 || (one <= other * 2 && other <= one * 2);
}

static bool is_of(const struct spike_series *series, const char *test_case, bool streamed,
                  int64_t input_tokens)
{
    return series->streamed == streamed && same(series->test_case, test_case) &&
           (test_case || is_alike(series->input_tokens, input_tokens));
}

/* The one of that prompt, a new one where there is none; NULL when there are too many. */
static struct spike_series *find_series(struct spike *spike, const char *test_case, bool streamed,
                                        int64_t input_tokens)
{
    struct spike_series *series = spike->series;

    for (size_t i = 0; i < spike->series_count; i++)
        if (is_of(&series[i], test_case, streamed, input_tokens))
            return &series[i];
    if (spike->series_count == SPIKE_SERIES)
        return NULL;
    series += spike->series_count++;
    series->test_case = xstrdup(test_case);
    series->streamed = streamed;
    series->input_tokens = input_tokens;
    return series;
}

static void add_complete(struct spike *spike, const struct exchange_state *state)
{
    const struct http_timings *at = &state->result->timings;
    struct spike_series *series;
    struct answer answer;

    judge_answer(state->judge, &answer);
    series = find_series(spike, state->test_case, judge_progress(state->judge)->event_stream,
                         answer.input_tokens);
    if (!series)
        return;
    if (series->token_count < SPIKE_NOW && answer.input_tokens >= 0 && answer.output_tokens >= 0)
        series->tokens[series->token_count++] = answer.input_tokens + answer.output_tokens;
    if (series->latency_count < SPIKE_NOW && at->end_us > 0)
        series->latency_us[series->latency_count++] = at->end_us - at->start_us;
}

bool spike_add(struct spike *spike, const struct exchange_state *state, const char *profile)
{
    const char *operation = operation_name(state->operation);
    bool failed = state->verdict->kind != VERDICT_COMPLETE;

    if (!spike->operation) {
        spike->operation = xstrdup(operation);
        spike->model = xstrdup(state->model);
        spike->profile = xstrdup(profile);
        spike->simulated = state->simulated;
    } else if (!same(spike->operation, operation) || !same(spike->model, state->model) ||
               !same(spike->profile, profile) || spike->simulated != state->simulated) {
        return false;
    }
    if (state->wrong)
        return true;
    spike->attempts++;
    spike->failures += failed;
    if (!failed)
        add_complete(spike, state);
    return true;
}

void spike_release(struct spike *spike)
{
    for (size_t i = 0; i < spike->series_count; i++)
        free(spike->series[i].test_case);
    free(spike->operation);
    free(spike->model);
    free(spike->profile);
    *spike = (struct spike){.operation = NULL};
}

/* ---- before ---- */

/* A row may stand on the other side of several series of unnamed prompts. */
static void take_complete(struct before *before, const struct history_row *row)
{
    const struct spike *spike = before->spike;

    for (size_t i = 0; i < spike->series_count; i++) {
        struct before_series *series = &before->series[i];

        if (!is_of(&spike->series[i], row->test_case, row->streamed, row->input_tokens))
            continue;
        if (row->input_tokens >= 0 && row->output_tokens >= 0 && series->token_count < BEFORE_MAX)
            series->tokens[series->token_count++] = row->input_tokens + row->output_tokens;
        if (row->latency_us > 0 && series->latency_count < BEFORE_MAX)
            series->latency_us[series->latency_count++] = row->latency_us;
    }
}

static bool is_filled(const struct before *before)
{
    for (size_t i = 0; i < before->spike->series_count; i++)
        if (before->series[i].latency_count < BEFORE_MAX)
            return false;
    return before->rows >= BEFORE_MAX;
}

static bool take_row(void *context, const struct history_row *row)
{
    struct before *before = context;
    const struct spike *spike = before->spike;
    bool failed = !same(row->verdict, "complete");

    if (row->wall_ms >= before->until_ms || !same(row->operation, spike->operation) ||
        !same(row->model, spike->model) || !same(row->profile, spike->profile) ||
        row->simulated != spike->simulated || row->wrong)
        return true;
    if (before->now < ERRORS_AMONG) {
        before->now++;
        before->now_failures += failed;
    } else {
        before->rows++;
        before->failures += failed;
    }
    if (!failed)
        take_complete(before, row);
    return !is_filled(before);
}

static int compare(const void *a, const void *b)
{
    int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;

    return one < other ? -1 : one > other;
}

/* Sorts them; of an even number the lower of the two in the middle. */
static int64_t median(int64_t *values, size_t count)
{
    qsort(values, count, sizeof(*values), compare);
    return values[(count - 1) / 2];
}

static int64_t deviation(int64_t *values, size_t count, int64_t middle)
{
    for (size_t i = 0; i < count; i++)
        values[i] = values[i] > middle ? values[i] - middle : middle - values[i];
    return median(values, count);
}

/* "canary-ready chat stream", "chat, whole": what has been compared with its like. */
static char *name_series(const struct spike *spike, const struct spike_series *series)
{
    const char *model = spike->model ? spike->model : "no model";

    return series->test_case ? xasprintf("%s with %s", series->test_case, model)
                             : xasprintf("%s, %s, with %s", spike->operation,
                                         series->streamed ? "streamed" : "whole", model);
}

static const char *likeness(const struct spike_series *series)
{
    return series->test_case ? "of the same case" : "with prompts of that size";
}

struct quantity {
    const char *name, *unit;
    int64_t scale;
};

/* The values of before are used up. */
static void compare_values(const struct spike *spike, const struct spike_series *series,
                           const struct quantity *what, const int64_t *values, size_t count,
                           int64_t *before_values, size_t before_count, struct bytes *out)
{
    int64_t copy[SPIKE_NOW], now, before, spread;
    double limit;
    char *name;

    if (count == 0 || before_count < SPIKE_SAMPLES)
        return;
    memcpy(copy, values, count * sizeof(*copy));
    now = median(copy, count);
    before = median(before_values, before_count);
    spread = (int64_t)(mad_to_spread * (double)deviation(before_values, before_count, before));
    limit = (double)spread * SPREADS > (double)before / 2 ? (double)spread * SPREADS
                                                          : (double)before / 2;
    if ((double)now <= (double)before + limit)
        return;
    name = name_series(spike, series);
    bytes_printf(out,
                 "%s of %s: %" PRId64 "%s, before %" PRId64 "%s with a spread of %" PRId64
                 "%s (median of %zu %s)\n",
                 what->name, name, now / what->scale, what->unit, before / what->scale, what->unit,
                 spread / what->scale, what->unit, before_count, likeness(series));
    free(name);
}

static void compare_series(const struct spike *spike, struct before *before, size_t index,
                           struct bytes *out)
{
    static const struct quantity tokens = {"tokens", "", 1}, latency = {"latency", " ms", 1000};
    const struct spike_series *series = &spike->series[index];
    struct before_series *other = &before->series[index];

    compare_values(spike, series, &tokens, series->tokens, series->token_count, other->tokens,
                   other->token_count, out);
    compare_values(spike, series, &latency, series->latency_us, series->latency_count,
                   other->latency_us, other->latency_count, out);
}

static void compare_errors(const struct spike *spike, const struct before *before,
                           struct bytes *out)
{
    double now = (double)before->now, failures = (double)before->now_failures;
    double share = ((double)before->failures + 1) / ((double)before->rows + 2);
    double above = failures - now * share;

    if (before->rows < SPIKE_SAMPLES || before->now_failures < ERRORS_LEAST || above <= 0 ||
        above * above <= DEVIATIONS * DEVIATIONS * now * share * (1 - share))
        return;
    bytes_printf(out, "errors of %s with %s: %zu of the last %zu, before %zu of %zu\n",
                 spike->operation, spike->model ? spike->model : "no model", before->now_failures,
                 before->now, before->failures, before->rows);
}

bool spike_compare(const struct spike *spike, struct history *history, int64_t before_ms,
                   const struct history_patience *patience, struct bytes *out,
                   struct spike_reach *reach, struct error *error)
{
    struct before *before = xcalloc(1, sizeof(*before));
    struct history_place place = {.begun = false};
    bool good;

    before->spike = spike;
    before->until_ms = before_ms;
    before->now = spike->attempts;
    before->now_failures = spike->failures;
    *reach = (struct spike_reach){.lacking = 0};
    good = history_look(history, NULL, &place, HISTORY_OLDER, SPIKE_LOOKED_AT, patience, take_row,
                        before, error);
    for (size_t i = 0; good && i < spike->series_count; i++) {
        reach->lacking += before->series[i].latency_count < SPIKE_SAMPLES;
        compare_series(spike, before, i, out);
    }
    reach->looked = place.looked;
    reach->cut = good && !place.ended && !is_filled(before);
    if (good)
        compare_errors(spike, before, out);
    free(before);
    return good;
}
