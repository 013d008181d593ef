#include "probe/reference.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/bytes.h"
#include "base/memory.h"
#include "base/secret.h"
#include "contract/contract.h"
#include "contract/workspace.h"
#include "net/loop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    KINDS_MAX = 512,
    PARALLEL_MAX = 8,
    URL_MAX = 128,
    BODY_MAX = 64 * 1024,
};
/* A slow machine is neither stalled nor silent; only what never ends takes the first. */
#define TOTAL_US INT64_C(20000000)
#define GAP_US INT64_C(4000000)

static const char any_key[] = "sk-the-referee-needs-no-real-key";
static char profile_name[] = "referee", profile_model[] = "sim/ready";

struct question {
    struct referee *referee;
    struct reference_kind kind;
    struct exchange *exchange; /* NULL unless it is being asked */
    char base_url[URL_MAX];
};

struct referee {
    struct referee_options options;
    struct workspace workspace;
    struct profile profile;
    struct secret *secret;
    struct question *questions[KINDS_MAX];
    size_t count, next; /* those before `next` were begun */
    int running;
    struct loop_timer timer;
};

bool reference_kind_equal(const struct reference_kind *a, const struct reference_kind *b)
{
    return strcmp(a->scene, b->scene) == 0 && a->operation == b->operation &&
           a->stream == b->stream && a->choices == b->choices;
}

static void ask_more(void *context);

static void ask_soon(struct referee *referee)
{
    loop_timer_set(referee->options.loop, &referee->timer,
                   clock_now_us(loop_clock(referee->options.loop)), ask_more, referee);
}

/* ---- an answer ---- */

static void read_reference(const struct referee *referee, const struct exchange_state *state,
                           struct reference *reference)
{
    struct answer answer;

    judge_answer(state->judge, &answer);
    *reference = (struct reference){
        .verdict = state->verdict->kind,
        .failure = *state->failure,
        .partial = state->text_len > 0 ||
                   (answer.choice_count > 0 && answer.choices[0].tool_call_count > 0),
    };
    if (state->result)
        retry_hint_read(&state->result->headers, clock_wall_ms(loop_clock(referee->options.loop)),
                        &reference->hint);
}

static void on_done(void *context)
{
    struct question *question = context;
    struct referee *referee = question->referee;
    struct exchange *ended = question->exchange;
    struct exchange_state state;
    struct reference reference;
    bool good;

    question->exchange = NULL;
    referee->running--;
    exchange_state(ended, &state);
    good = referee->options.ended_so(question->kind.scene, state.result);
    if (good)
        read_reference(referee, &state, &reference);
    referee->options.settled(referee->options.context, &question->kind, good ? &reference : NULL);
    exchange_free(ended);
    ask_soon(referee);
}

/* ---- a question ---- */

static char *body_of(const struct question *question)
{
    char *body = operation_body(question->referee->options.contract, question->kind.operation,
                                profile_model, NULL, question->kind.stream);
    struct json *root;
    struct bytes text;

    if (!body || question->kind.choices <= 1)
        return body;
    root = json_parse(body, strlen(body), "the body", NULL);
    json_set_integer(root, "n", question->kind.choices);
    bytes_init(&text, BODY_MAX);
    json_write(root, false, &text);
    json_free(root);
    free(body);
    return bytes_take(&text);
}

static struct exchange *start(struct question *question)
{
    struct referee *referee = question->referee;
    const struct exchange_env env = {
        .loop = referee->options.loop,
        .transport = referee->options.transport,
        .redactor = referee->options.redactor,
        .workspace = &referee->workspace,
        .profile = &referee->profile,
        .secret = referee->secret,
        .classes = referee->options.classes,
    };
    const struct request_change change = {.base_url = question->base_url};
    const struct exchange_observer observer = {.done = on_done, .context = question};
    char *body = body_of(question);
    const struct exchange_request request = {
        .operation = question->kind.operation,
        .body = body,
        .body_len = body ? strlen(body) : 0,
        .change = &change,
        .synthetic = true,
        .total_us = referee->options.total_us ? referee->options.total_us : TOTAL_US,
        .gap_us = referee->options.gap_us ? referee->options.gap_us : GAP_US,
    };
    struct error error;
    struct exchange *exchange;

    snprintf(question->base_url, sizeof(question->base_url), "%s/sim/as/%s",
             referee->options.simulator, question->kind.scene);
    exchange = exchange_start(&env, &request, &observer, &error);
    free(body);
    return exchange;
}

static void ask_more(void *context)
{
    struct referee *referee = context;

    while (referee->running < PARALLEL_MAX && referee->next < referee->count) {
        struct question *question = referee->questions[referee->next++];

        question->exchange = start(question);
        if (question->exchange)
            referee->running++;
        else
            referee->options.settled(referee->options.context, &question->kind, NULL);
    }
}

bool referee_ask(struct referee *referee, const struct reference_kind *kind)
{
    struct question *question;

    for (size_t i = 0; i < referee->count; i++)
        if (reference_kind_equal(&referee->questions[i]->kind, kind))
            return false;
    if (referee->count == KINDS_MAX)
        return false;
    question = xcalloc(1, sizeof(*question));
    *question = (struct question){.referee = referee, .kind = *kind};
    referee->questions[referee->count++] = question;
    ask_soon(referee);
    return true;
}

bool referee_idle(const struct referee *referee)
{
    return referee->running == 0 && referee->next == referee->count;
}

/* ---- the whole ---- */

struct referee *referee_new(const struct referee_options *options)
{
    struct referee *referee = xcalloc(1, sizeof(*referee));

    referee->options = *options;
    /* No folder at all: nothing of this is evidence. */
    referee->workspace = (struct workspace){.contract = options->contract};
    referee->profile =
        (struct profile){.name = profile_name, .model = profile_model, .simulator = true};
    referee->secret = secret_new(any_key, strlen(any_key), "the simulator's key", NULL);
    return referee;
}

void referee_free(struct referee *referee)
{
    if (!referee)
        return;
    loop_timer_cancel(referee->options.loop, &referee->timer);
    for (size_t i = 0; i < referee->count; i++) {
        exchange_free(referee->questions[i]->exchange);
        free(referee->questions[i]);
    }
    secret_free(referee->secret);
    free(referee);
}
