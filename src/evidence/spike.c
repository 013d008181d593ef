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

struct before {
    const struct spike *spike;
    int64_t until_ms;
    int64_t tokens[BEFORE_MAX], latency_us[BEFORE_MAX];
    size_t token_count, latency_count;
    size_t now, now_failures; /* of the newest, with what came now */
    size_t rows, failures;
};

static bool same(const char *a, const char *b)
{
    return (!a && !b) || (a && b && strcmp(a, b) == 0);
}

bool spike_add(struct spike *spike, const struct exchange_state *state, const char *profile)
{
    const struct http_timings *at = &state->result->timings;
    const char *operation = operation_name(state->operation);
    bool failed = state->verdict->kind != VERDICT_COMPLETE;
    struct answer answer;

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
    judge_answer(state->judge, &answer);
    spike->attempts++;
    spike->failures += failed;
    if (!failed && spike->token_count < SPIKE_NOW && answer.input_tokens >= 0 &&
        answer.output_tokens >= 0)
        spike->tokens[spike->token_count++] = answer.input_tokens + answer.output_tokens;
    if (!failed && spike->latency_count < SPIKE_NOW && at->end_us > 0)
        spike->latency_us[spike->latency_count++] = at->end_us - at->start_us;
    return true;
}

void spike_release(struct spike *spike)
{
    free(spike->operation);
    free(spike->model);
    free(spike->profile);
    *spike = (struct spike){.operation = NULL};
}

/* ---- before ---- */

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
    if (!failed && row->input_tokens >= 0 && row->output_tokens >= 0 &&
        before->token_count < BEFORE_MAX)
        before->tokens[before->token_count++] = row->input_tokens + row->output_tokens;
    if (!failed && row->latency_us > 0 && before->latency_count < BEFORE_MAX)
        before->latency_us[before->latency_count++] = row->latency_us;
    return before->latency_count < BEFORE_MAX;
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

/* The values of before are used up. */
static void compare_values(const struct spike *spike, const char *what, const char *unit,
                           int64_t scale, const int64_t *values, size_t count,
                           int64_t *before_values, size_t before_count, struct bytes *out)
{
    int64_t copy[SPIKE_NOW], now, before, spread;
    double limit;

    if (count == 0 || before_count < SPIKE_SAMPLES)
        return;
    memcpy(copy, values, count * sizeof(*copy));
    now = median(copy, count);
    before = median(before_values, before_count);
    spread = (int64_t)(mad_to_spread * (double)deviation(before_values, before_count, before));
    limit = (double)spread * SPREADS > (double)before / 2 ? (double)spread * SPREADS
                                                          : (double)before / 2;
    if ((double)now > (double)before + limit)
        bytes_printf(out,
                     "%s of %s with %s: %" PRId64 "%s, before %" PRId64
                     "%s with a spread of %" PRId64 "%s (median of %zu)\n",
                     what, spike->operation, spike->model ? spike->model : "no model", now / scale,
                     unit, before / scale, unit, spread / scale, unit, before_count);
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
                   const struct history_patience *patience, struct bytes *out, bool *enough,
                   struct error *error)
{
    struct before *before = xcalloc(1, sizeof(*before));
    struct history_place place = {.begun = false};
    bool good;

    before->spike = spike;
    before->until_ms = before_ms;
    before->now = spike->attempts;
    before->now_failures = spike->failures;
    good = history_look(history, NULL, &place, HISTORY_OLDER, SPIKE_LOOKED_AT, patience, take_row,
                        before, error);
    *enough = good && before->latency_count >= SPIKE_SAMPLES;
    if (good && !*enough)
        bytes_printf(
            out, "%s with %s: nothing to compare with yet, %zu of %d earlier complete answers\n",
            spike->operation, spike->model ? spike->model : "no model", before->latency_count,
            SPIKE_SAMPLES);
    if (good) {
        compare_values(spike, "tokens", "", 1, spike->tokens, spike->token_count, before->tokens,
                       before->token_count, out);
        compare_values(spike, "latency", " ms", 1000, spike->latency_us, spike->latency_count,
                       before->latency_us, before->latency_count, out);
        compare_errors(spike, before, out);
    }
    free(before);
    return good;
}
