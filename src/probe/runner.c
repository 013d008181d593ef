#include "probe/canary.h"
#include "probe/runner.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/memory.h"
#include "contract/workspace.h"
#include "evidence/attempt.h"
#include "evidence/shape.h"
#include "judge/retry.h"
#include "net/loop.h"
#include "probe/dispatch.h"
#include "probe/kept_body.h"
#include "probe/mutate.h"
#include "probe/observed.h"
#include "probe/quiet.h"

enum { PLACES_MAX = 64 * 1024, SECOND_US = 1000000 };

struct run {
    struct runner *runner;
    size_t index;
    struct probe_result result;
    struct exchange *exchange; /* NULL unless one is on its way */
    struct loop_timer timer;   /* until another attempt is due */
    bool begun;
    bool due;            /* the pause is over, another attempt waits for its turn */
    bool regenerates;    /* the attempt that follows is after partial output */
    enum outcome judged; /* of the attempt that ended last */
    struct attempt last; /* as the retry policy sees it */
    char *body;
    size_t body_len;
    struct kept_body answer; /* kept where the probe looks for pointers in it */
    struct shape shape;      /* of a stream that is compared with a fixture */
};

struct runner {
    struct exchange_env env;
    const struct plan *plan;
    struct runner_options options;
    struct runner_observer observer;
    struct dispatch *dispatch;
    struct run *runs;
    size_t settled;
    int running; /* exchanges */
    int64_t requests;
    struct loop_timer begin_timer;
    struct quiet quiet; /* of the endpoint */
    int64_t asking;     /* exchanges with it */
    bool cancelled;
};

static void begin_more(void *context);

/* ---- settling ---- */

static void tell(const struct run *run)
{
    const struct runner *runner = run->runner;

    if (runner->observer.changed)
        runner->observer.changed(runner->observer.context, run->index);
}

/* Whether the integration handles this is what observations of it say (E36). */
static void look_up_handling(struct run *run)
{
    const struct observed *observed = run->runner->options.observed;

    free(run->result.handled_by);
    run->result.handled_by = NULL;
    if (observed)
        run->result.handled = observed_answer(observed, &run->result.plan_case->probe->scenarios,
                                              &run->result.handled_by);
}

/* From the loop, since a refusal settles a case within begin_more() itself. */
static void begin_soon(struct runner *runner)
{
    loop_timer_set(runner->env.loop, &runner->begin_timer,
                   clock_now_us(loop_clock(runner->env.loop)), begin_more, runner);
}

static void settle(struct run *run)
{
    struct runner *runner = run->runner;

    assert(run->result.outcome != OUTCOME_WAITING && run->result.outcome != OUTCOME_RUNNING);
    free(run->body);
    run->body = NULL;
    kept_body_release(&run->answer);
    shape_release(&run->shape);
    runner->settled++;
    look_up_handling(run);
    tell(run);
    begin_soon(runner);
}

/* ---- one attempt ---- */

static const struct probe *probe_of(const struct run *run)
{
    return run->result.plan_case->probe;
}

static bool to_simulator(const struct run *run)
{
    return probe_of(run)->target == PROBE_SIMULATOR;
}

static void on_body(void *context, const char *data, size_t len, int64_t since_start_us)
{
    struct run *run = context;

    (void)since_start_us;
    if (probe_looks_into_body(probe_of(run)) || run->result.plan_case->fixture ||
        probe_of(run)->canary)
        kept_body_add(&run->answer, data, len);
}

static void on_event(void *context, const struct judge_event *event, int64_t since_start_us)
{
    struct run *run = context;

    (void)since_start_us;
    if (run->result.plan_case->fixture)
        shape_add_text(&run->shape, event->data, event->data_len);
}

static void on_done(void *context);

/* What is left of the deadline for an attempt that is not the first. */
static int64_t left_us(const struct run *run)
{
    return run->last.number > 0 ? attempt_left_us(&run->last, loop_clock(run->runner->env.loop))
                                : 0;
}

static struct exchange *start(struct run *run, struct error *error)
{
    const struct dispatch_attempt sent = {
        .body = run->body,
        .body_len = run->body_len,
        .number = run->result.attempts + 1,
        .regenerated = run->regenerates,
        .left_us = left_us(run),
    };
    const struct exchange_observer observer = {
        .body = on_body, .event = on_event, .done = on_done, .context = run};

    return dispatch_start(run->runner->dispatch, run->result.plan_case, &sent, &observer, error);
}

/* The run has sent as many requests as it may. */
static bool is_spent(const struct runner *runner)
{
    return runner->options.requests_max > 0 && runner->requests >= runner->options.requests_max;
}

static void attempt(struct run *run)
{
    struct runner *runner = run->runner;
    struct error error = {.kind = ERROR_NONE};

    kept_body_clear(&run->answer);
    shape_release(&run->shape);
    run->exchange = start(run, &error);
    if (!run->exchange) {
        probe_result_unsent(&run->result, &error);
        settle(run);
        return;
    }
    run->last.number = ++run->result.attempts;
    run->result.regenerated = run->regenerates;
    run->result.outcome = OUTCOME_RUNNING;
    runner->requests++;
    runner->running++;
    runner->asking += !to_simulator(run);
    tell(run);
}

/* ---- a server that asks for a pause ---- */

static void heed(struct run *run, const struct exchange_state *state)
{
    struct runner *runner = run->runner;

    if (!to_simulator(run) && state->result)
        quiet_heed(&runner->quiet, loop_clock(runner->env.loop), state->result);
}

static int64_t pause_us(const struct runner *runner)
{
    return quiet_left_us(&runner->quiet, loop_clock(runner->env.loop));
}

/* How long this one has to wait for that. */
static int64_t quiet_us(const struct run *run)
{
    return to_simulator(run) || probe_of(run)->expect.refused ? 0 : pause_us(run->runner);
}

/* The whole run would stand still for longer than a single request may take. */
static bool is_shut(const struct run *run)
{
    return quiet_us(run) > 0 && quiet_is_long(&run->runner->quiet, run->runner->options.policy);
}

/* Behind a pause one request goes first: all at once would be what the pause was asked for. */
static bool is_early(const struct run *run)
{
    return run->runner->quiet.wary && run->runner->asking > 0 && !to_simulator(run) &&
           !probe_of(run)->expect.refused;
}

/* It is sent or settled now, not when the pause is over. */
static bool may_go(const struct run *run)
{
    if (is_shut(run) || is_spent(run->runner))
        return true;
    return quiet_us(run) == 0 && !is_early(run);
}

static void attempt_first(struct run *run)
{
    if (!is_spent(run->runner) && !is_shut(run)) {
        attempt(run);
        return;
    }
    if (is_spent(run->runner))
        probe_result_give_up(&run->result, OUTCOME_SKIPPED,
                             "the run may send %lld request%s (--requests-max), and did",
                             (long long)run->runner->options.requests_max,
                             run->runner->options.requests_max == 1 ? "" : "s");
    else
        probe_result_give_up(&run->result, OUTCOME_SKIPPED,
                             "not sent: the endpoint asked for pauses of %lld s in all",
                             (long long)(run->runner->quiet.total_us / SECOND_US));
    settle(run);
}

/* ---- again? ---- */

/* What the last attempt showed stands, for it is not asked again. */
static void note_unasked(struct run *run)
{
    const struct runner *runner = run->runner;

    run->result.outcome = run->judged;
    if (is_spent(runner))
        probe_result_note(&run->result,
                          "not asked again: the run may send %lld request%s (--requests-max), "
                          "and did",
                          (long long)runner->options.requests_max,
                          runner->options.requests_max == 1 ? "" : "s");
    else if (is_shut(run))
        probe_result_note(&run->result,
                          "not asked again: the endpoint asked for pauses of %lld s in all",
                          (long long)(runner->quiet.total_us / SECOND_US));
    else
        probe_result_note(&run->result, "not asked again: the deadline was over before its turn");
}

/* Another attempt is due, and it is its turn. Of a deadline that is over 1 µs is left. */
static void attempt_again(struct run *run)
{
    run->due = false;
    if (!is_spent(run->runner) && !is_shut(run) && left_us(run) > 1) {
        attempt(run);
        return;
    }
    note_unasked(run);
    settle(run);
}

/* A pause holds no slot: a server that asks for a long one delays nobody else. */
static void on_pause_over(void *context)
{
    struct run *run = context;

    run->due = true;
    begin_more(run->runner);
}

/* Whether there is another attempt, which is set up then. */
static bool go_on(struct run *run, const struct exchange_state *state)
{
    struct runner *runner = run->runner;
    const struct clock *clock = loop_clock(runner->env.loop);
    struct retry_advice advice;

    if (!runner->options.policy || run->result.outcome == OUTCOME_PASS || runner->cancelled ||
        run->result.attempts >= run->result.plan_case->attempts_max)
        return false;
    attempt_advise(&run->last, state, clock, &advice);
    if (!advice.again)
        return false;
    run->judged = run->result.outcome;
    if (is_spent(runner)) {
        note_unasked(run);
        return false;
    }
    run->result.outcome = OUTCOME_RUNNING;
    run->regenerates = advice.regenerated;
    loop_timer_set(runner->env.loop, &run->timer, clock_now_us(clock) + advice.wait_us,
                   on_pause_over, run);
    begin_soon(runner);
    return true;
}

static void compare_shape(struct run *run, bool streamed)
{
    if (!run->result.plan_case->fixture)
        return;
    if (!streamed && kept_body_text(&run->answer))
        shape_add_text(&run->shape, kept_body_text(&run->answer), run->answer.text.len);
    probe_result_compare(&run->result, &run->shape, streamed);
}

static void on_done(void *context)
{
    struct run *run = context;
    struct runner *runner = run->runner;
    struct exchange *ended = run->exchange;
    struct exchange_state state;

    run->exchange = NULL;
    runner->running--;
    runner->asking -= !to_simulator(run);
    exchange_state(ended, &state);
    probe_result_judge(&run->result, &state, &run->answer, runner->env.workspace->contract);
    compare_shape(run, judge_progress(state.judge)->event_stream);
    if (probe_of(run)->canary)
        probe_result_add_canary(&run->result, canary_new(&state, kept_body_text(&run->answer),
                                                         run->answer.text.len, run->result.attempts,
                                                         runner->env.redactor));
    if (state.verdict->kind == VERDICT_CANCELLED)
        probe_result_give_up(&run->result, OUTCOME_STOPPED,
                             "stopped while it ran: the request had been sent");
    if (runner->observer.attempt)
        runner->observer.attempt(runner->observer.context, run->index, &state,
                                 run->result.attempts);
    heed(run, &state);
    if (!go_on(run, &state))
        settle(run);
    exchange_free(ended);
}

/* ---- beginning ---- */

static char *pointers_of(struct bytes *places)
{
    return places->len > 0 ? xstrdup(bytes_text(places)) : NULL;
}

/* False: it is settled, nothing was sent. */
static bool prepare(struct run *run)
{
    struct runner *runner = run->runner;
    const struct plan_case *plan_case = run->result.plan_case;
    struct error error = {.kind = ERROR_NONE};
    enum dispatch_gate gate = DISPATCH_SHUT;
    struct bytes places;

    bytes_init(&places, PLACES_MAX);
    if (mutate_body(plan_case->probe, runner->env.workspace->contract, plan_case->operation,
                    dispatch_model(plan_case, runner->env.profile), plan_case->stream, &run->body,
                    &run->body_len, &places, &error))
        gate = dispatch_check(runner->dispatch, plan_case, run->body, run->body_len, &error);
    run->result.places = pointers_of(&places);
    run->result.departs =
        dispatch_departures(runner->dispatch, plan_case, run->body, run->body_len);
    bytes_release(&places);
    if (!probe_result_gate(&run->result, gate, &error))
        return false;
    if (!to_simulator(run) || runner->options.simulator)
        return true;
    probe_result_give_up(&run->result, OUTCOME_SKIPPED, "there is no simulator to send it to");
    return false;
}

static void begin(struct run *run)
{
    run->begun = true;
    run->last = (struct attempt){.policy = run->runner->options.policy,
                                 .began_us = clock_now_us(loop_clock(run->runner->env.loop)),
                                 .regenerate = run->runner->options.regenerate};
    if (prepare(run))
        attempt_first(run);
    else
        settle(run);
}

/* The first in the order of the plan that may go, before all one whose pause is over; NULL: none.
 */
static struct run *next_run(struct runner *runner)
{
    struct run *first = NULL;

    for (size_t i = 0; i < runner->plan->count; i++) {
        struct run *run = &runner->runs[i];

        if (run->due && may_go(run))
            return run;
        if (!run->begun && !first && may_go(run))
            first = run;
    }
    return first;
}

/* Nobody waits for an attempt that will not be made. */
static void end_pauses(struct runner *runner)
{
    for (size_t i = 0; i < runner->plan->count; i++) {
        struct run *run = &runner->runs[i];

        if (run->timer.armed) {
            loop_timer_cancel(runner->env.loop, &run->timer);
            attempt_again(run);
        }
    }
}

/* The next one to go on the wire; false: there is none now. */
static bool begin_one(struct runner *runner)
{
    struct run *run = next_run(runner);

    if (run && run->due)
        attempt_again(run);
    else if (run)
        begin(run);
    return run != NULL;
}

static void skip_unbegun(struct runner *runner)
{
    for (size_t i = 0; i < runner->plan->count; i++) {
        struct run *run = &runner->runs[i];

        if (run->begun)
            continue;
        run->begun = true;
        probe_result_give_up(&run->result, OUTCOME_SKIPPED,
                             "stopped before it began: nothing was sent");
        settle(run);
    }
}

/* What the endpoint asked us to hold goes on then. */
static void begin_later(struct runner *runner)
{
    if (runner->quiet.until_us > clock_now_us(loop_clock(runner->env.loop)))
        loop_timer_set(runner->env.loop, &runner->begin_timer, runner->quiet.until_us, begin_more,
                       runner);
}

static void begin_more(void *context)
{
    struct runner *runner = context;
    int parallel = runner->options.parallel > 0 ? runner->options.parallel : RUNNER_PARALLEL;

    while (!runner->cancelled && runner->running < parallel && begin_one(runner))
        continue;
    if (is_spent(runner))
        end_pauses(runner);
    if (runner->cancelled)
        skip_unbegun(runner);
    else
        begin_later(runner);
    if (runner->settled < runner->plan->count)
        return;
    loop_timer_cancel(runner->env.loop, &runner->begin_timer);
    if (runner->observer.done)
        runner->observer.done(runner->observer.context);
}

/* ---- the whole ---- */

struct runner *runner_new(const struct exchange_env *env, const struct plan *plan,
                          const struct runner_options *options,
                          const struct runner_observer *observer)
{
    struct runner *runner = xcalloc(1, sizeof(*runner));

    runner->env = *env;
    runner->plan = plan;
    runner->options = *options;
    if (observer)
        runner->observer = *observer;
    runner->dispatch = dispatch_new(env, options->simulator, options->differs);
    runner->runs = xcalloc(plan->count + 1, sizeof(*runner->runs));
    for (size_t i = 0; i < plan->count; i++) {
        runner->runs[i] = (struct run){.runner = runner, .index = i};
        runner->runs[i].result.plan_case = &plan->cases[i];
        kept_body_init(&runner->runs[i].answer);
    }
    begin_soon(runner);
    return runner;
}

void runner_free(struct runner *runner)
{
    if (!runner)
        return;
    loop_timer_cancel(runner->env.loop, &runner->begin_timer);
    for (size_t i = 0; i < runner->plan->count; i++) {
        struct run *run = &runner->runs[i];

        loop_timer_cancel(runner->env.loop, &run->timer);
        exchange_free(run->exchange);
        free(run->body);
        kept_body_release(&run->answer);
        shape_release(&run->shape);
        probe_result_release(&run->result);
    }
    dispatch_free(runner->dispatch);
    free(runner->runs);
    free(runner);
}

void runner_cancel(struct runner *runner)
{
    runner->cancelled = true;
    for (size_t i = 0; i < runner->plan->count; i++) {
        struct run *run = &runner->runs[i];

        if (run->exchange) {
            exchange_cancel(run->exchange);
        } else if (run->timer.armed || run->due) {
            loop_timer_cancel(runner->env.loop, &run->timer);
            run->due = false;
            probe_result_give_up(&run->result, OUTCOME_STOPPED,
                                 "stopped between two attempts: the first had been sent");
            settle(run);
        }
    }
    begin_soon(runner);
}

bool runner_again(struct runner *runner, size_t index)
{
    struct run *run = &runner->runs[index];

    if (run->result.outcome == OUTCOME_WAITING || run->result.outcome == OUTCOME_RUNNING)
        return false;
    runner->cancelled = false;
    runner->settled--;
    probe_result_release(&run->result);
    run->result.plan_case = &runner->plan->cases[index];
    run->regenerates = false;
    run->begun = false;
    kept_body_init(&run->answer);
    begin_soon(runner);
    return true;
}

const struct probe_result *runner_result(const struct runner *runner, size_t index)
{
    return &runner->runs[index].result;
}

void runner_tally(const struct runner *runner, struct runner_tally *tally)
{
    *tally = (struct runner_tally){.requests = runner->requests};
    for (size_t i = 0; i < runner->plan->count; i++) {
        enum outcome outcome = runner->runs[i].result.outcome;

        tally->passed += outcome == OUTCOME_PASS;
        tally->failed += outcome == OUTCOME_FAIL;
        tally->skipped += outcome == OUTCOME_SKIPPED;
        tally->stopped += outcome == OUTCOME_STOPPED;
        tally->errors += outcome == OUTCOME_ERROR;
        tally->running += outcome == OUTCOME_RUNNING;
        tally->waiting += outcome == OUTCOME_WAITING;
    }
    if (tally->running + tally->waiting > 0)
        tally->pause_us = pause_us(runner);
}
