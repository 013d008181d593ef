#include "ui/timing.h"

#include <inttypes.h>

#include "base/bytes.h"
#include "evidence/timeline.h"
#include "ui/stream_text.h"

enum { MICROSECONDS = 1000 * 1000 };

/* ---- milestones ---- */

static int64_t last_time(const struct timing *timing)
{
    return timing->phase_count > 0 ? timing->phases[timing->phase_count - 1].to_us : 0;
}

/* What came at `at_us`; 0: it did not, or was not told. */
static void add_phase(struct timing *timing, const char *name, int64_t at_us)
{
    int64_t from_us = last_time(timing);

    if (at_us <= 0)
        return;
    timing->phases[timing->phase_count++] = (struct timing_phase){
        .name = name, .from_us = from_us < at_us ? from_us : at_us, .to_us = at_us};
}

static int64_t since(const struct http_timings *timings, int64_t at_us)
{
    return at_us > 0 ? at_us - timings->start_us : 0;
}

static void add_phases(struct timing *timing, const struct http_timings *timings)
{
    const struct {
        const char *name;
        int64_t at_us;
    } milestones[] = {
        {"resolved", timings->resolved_us}, {"connected", timings->connected_us},
        {"TLS", timings->tls_us},           {"request sent", timings->sent_us},
        {"headers", timings->headers_us},   {"first byte", timings->first_byte_us},
    };

    for (size_t i = 0; i < sizeof(milestones) / sizeof(*milestones); i++)
        add_phase(timing, milestones[i].name, since(timings, milestones[i].at_us));
    add_phase(timing, "first event", timing->timeline->first_us);
    if (timing->timeline->events > 1)
        add_phase(timing, "last event", timing->timeline->last_us);
}

/* What is waited for next, as far as one can tell. */
static const char *next_milestone(const struct http_timings *timings,
                                  const struct timeline *timeline)
{
    if (timeline->events > 0)
        return "next event";
    if (timings->first_byte_us)
        return "first event";
    return timings->headers_us ? "first byte" : "answer";
}

/* ---- limits ---- */

static void add_limit(struct timing *timing, const char *name, int64_t us, int64_t used_us)
{
    timing->limits[timing->limit_count++] =
        (struct timing_limit){.name = name, .us = us, .used_us = used_us};
}

static void add_limits(struct timing *timing, const struct stream_rules *rules,
                       const struct http_timings *timings, bool running)
{
    const struct timeline *timeline = timing->timeline;
    int64_t headers_us = since(timings, timings->headers_us), first_us, gap_us;

    first_us = timeline->first_us ? timeline->first_us : running ? timing->total_us : 0;
    gap_us =
        timeline->longest_gap_us > timing->silent_us ? timeline->longest_gap_us : timing->silent_us;
    add_limit(timing, "connect", rules->connect_us,
              timings->connected_us ? since(timings, timings->connected_us) : -1);
    add_limit(timing, "headers", rules->headers_us, headers_us ? headers_us : timing->total_us);
    add_limit(timing, "first event", rules->first_event_us,
              headers_us && first_us > headers_us ? first_us - headers_us : -1);
    add_limit(timing, "gap", rules->gap_us, timeline->events > 0 ? gap_us : -1);
    add_limit(timing, "total", rules->total_us, timing->total_us);
    timing->gap_limit_us = rules->gap_us;
}

bool timing_from(const struct exchange_state *state, int64_t now_us, struct timing *timing)
{
    static const struct http_timings none = {0};
    const struct http_timings *timings = state->result ? &state->result->timings : &none;

    *timing = (struct timing){.timeline = state->timeline};
    if (!state->timeline)
        return false;
    add_phases(timing, timings);
    if (state->running) {
        timing->total_us = now_us - state->started_us;
        if (timing->total_us < last_time(timing))
            timing->total_us = last_time(timing);
        if (timing->timeline->events > 0)
            timing->silent_us = timing->total_us - timing->timeline->last_us;
        add_phase(timing, next_milestone(timings, timing->timeline), timing->total_us);
        if (timing->phase_count > 0)
            timing->phases[timing->phase_count - 1].open = true;
    } else {
        add_phase(timing, "end", since(timings, timings->end_us));
        timing->total_us = last_time(timing);
    }
    if (state->rules)
        add_limits(timing, state->rules, timings, state->running);
    return timing->total_us > 0;
}

/* ---- rates ---- */

static double per_second(double amount, int64_t us)
{
    return amount * MICROSECONDS / (double)us;
}

void timing_rates(const struct timing *timing, const struct exchange_state *state,
                  struct bytes *out)
{
    const struct judge_progress *progress = judge_progress(state->judge);
    const struct timeline *timeline = timing->timeline;
    int64_t spread_us = timeline->last_us - timeline->first_us;
    struct answer answer;

    judge_answer(state->judge, &answer);
    if (progress->event_stream)
        bytes_printf(out, "%" PRIu64 " of %" PRIu64 " event%s with content in ", timeline->events,
                     progress->events, progress->events == 1 ? "" : "s");
    else
        bytes_puts(out, progress->bytes > 0 ? "no event stream, " : "nothing came in ");
    stream_text_duration(out, timing->total_us);
    if (progress->bytes > 0) {
        bytes_puts(out, ", ");
        stream_text_size(out, (uint64_t)per_second((double)progress->bytes, timing->total_us));
        bytes_puts(out, "/s");
    }
    if (!answer.usage)
        bytes_puts(out, state->running ? "" : ", no usage");
    else if (answer.output_tokens > 0 && timeline->events > 1 && spread_us > 0)
        bytes_printf(out, ", %.1f tokens/s from first to last event",
                     per_second((double)answer.output_tokens, spread_us));
}
