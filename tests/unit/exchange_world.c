#include "tests/unit/unit.h"

#include "tests/unit/exchange_world.h"

#include "base/bytes.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/redact.h"
#include "base/secret.h"
#include "contract/contract.h"
#include "evidence/history.h"
#include "evidence/replay.h"
#include "net/syncer.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static int64_t monotonic(void *context)
{
    const struct world *world = context;

    return clock_system.monotonic_us(NULL) + world->clock_ahead_us;
}

int world_set_up(void **state)
{
    struct world *world = xcalloc(1, sizeof(*world));
    char *history;

    *state = world;
    strcpy(world->folder, "/tmp/cometdeck-exchange-XXXXXX");
    if (!mkdtemp(world->folder))
        return -1;
    world->clock = clock_system;
    world->clock.monotonic_us = monotonic;
    world->clock.context = world;
    world->loop = loop_new(&world->clock, NULL);
    world->transport = transport_new(world->loop);
    world->secret = secret_new(WORLD_KEY, strlen(WORLD_KEY), "env:UNIT", NULL);
    setenv("UNIT", WORLD_KEY, 1); /* where a replay looks for it */
    world->redactor = redactor_new();
    redactor_add(world->redactor, world->secret);
    world->workspace.folder = world->folder;
    world->workspace.local = file_join(world->folder, ".cometdeck");
    world->workspace.contract = contract_starter();
    world->workspace.bodies = BODIES_PROBES;
    world->profile.name = xstrdup("unit");
    world->profile.simulator = true;
    history = file_join(world->workspace.local, "history.db");
    world->history = history_open(history, NULL);
    free(history);
    return world->history ? 0 : -1;
}

int world_tear_down(void **state)
{
    struct world *world = *state;
    char *command = xasprintf("rm -rf %s", world->folder);
    int answer;

    exchange_free(world->exchange);
    transport_free(world->transport);
    syncer_free(world->syncer);
    history_close(world->history);
    loop_free(world->loop);
    redactor_free(world->redactor);
    secret_free(world->secret);
    contract_free(world->workspace.contract);
    free(world->workspace.local);
    profile_release(&world->profile);
    free(world);
    answer = system(command);
    free(command);
    return answer;
}

static void on_event(void *context, const struct judge_event *event, int64_t since_start_us)
{
    struct world *world = context;

    (void)event;
    assert_true(since_start_us >= 0);
    if (world->on_event)
        world->on_event(world);
}

static void on_done(void *context)
{
    struct world *world = context;

    world->done++;
    loop_stop(world->loop, 0);
}

struct exchange_request world_chat(void)
{
    static const char body[] = "{\"model\":\"m\",\"stream\":true,\"messages\":[]}";

    return (struct exchange_request){
        .operation = OPERATION_CHAT,
        .body = body,
        .body_len = sizeof(body) - 1,
        .synthetic = true,
    };
}

static struct exchange *start(struct world *world, unsigned port,
                              const struct exchange_request *request,
                              const struct exchange_observer *observer,
                              const struct file_ops *file_ops, struct error *error)
{
    const struct exchange_env env = {
        .loop = world->loop,
        .transport = world->transport,
        .redactor = world->redactor,
        .workspace = &world->workspace,
        .profile = &world->profile,
        .secret = world->secret,
        .history = world->history,
        .syncer = world->syncer,
        .file_ops = file_ops,
    };

    free(world->profile.base_url);
    world->profile.base_url = xasprintf("http://127.0.0.1:%u", port);
    return exchange_start(&env, request, observer, error);
}

struct exchange *world_start(struct world *world, unsigned port,
                             const struct exchange_request *request,
                             const struct file_ops *file_ops, struct error *error)
{
    const struct exchange_observer observer = {
        .event = on_event, .done = on_done, .context = world};

    exchange_free(world->exchange);
    world->done = 0;
    world->exchange = start(world, port, request, &observer, file_ops, error);
    return world->exchange;
}

struct exchange *world_start_heard(struct world *world, unsigned port,
                                   const struct exchange_request *request,
                                   const struct exchange_observer *observer)
{
    struct error error;
    struct exchange *exchange = start(world, port, request, observer, NULL, &error);

    if (!exchange)
        fail_msg("%s", error.text);
    return exchange;
}

static struct raw_step end_step(enum canned_end end)
{
    static const struct raw_step steps[] = {
        [CANNED_CLOSE] = RAW_FIN,
        [CANNED_RESET] = RAW_RST,
        [CANNED_HOLD] = RAW_HOLD,
        [CANNED_COMMENTS] = RAW_HOLD,
    };

    return steps[end];
}

struct raw_server *world_serve(const struct canned *canned,
                               struct raw_step steps[static CANNED_STEPS])
{
    size_t first = canned->pause_at ? canned->pause_at : canned->len, count = 0;

    steps[count++] = (struct raw_step)RAW_EXPECT;
    if (first)
        steps[count++] = (struct raw_step)RAW_SEND_BYTES(canned->data, first);
    if (canned->pause_at) {
        steps[count++] = (struct raw_step)RAW_WAIT;
        steps[count++] = (struct raw_step)RAW_SEND_BYTES(canned->data + first, canned->len - first);
    }
    if (canned->end == CANNED_COMMENTS)
        steps[count++] = (struct raw_step)RAW_SEND_TIMES(": still here\n\n", 1000000);
    steps[count++] = end_step(canned->end);
    steps[count] = (struct raw_step)RAW_END;
    return raw_server_start(steps);
}

void world_await_bytes(void)
{
    struct pollfd fds[256];
    nfds_t count = 0;

    for (int fd = 0; fd < 256; fd++) {
        int type;

        if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &(socklen_t){sizeof(type)}) == 0)
            fds[count++] = (struct pollfd){.fd = fd, .events = POLLIN};
    }
    assert_true(poll(fds, count, -1) > 0);
}

unsigned world_run(struct world *world, const struct canned *canned,
                   const struct exchange_request *request, const struct file_ops *file_ops,
                   struct exchange_state *state)
{
    struct raw_step steps[CANNED_STEPS];
    struct error error = {0};
    unsigned requests;

    world->server = world_serve(canned, steps);
    if (!world_start(world, raw_server_port(world->server), request, file_ops, &error))
        fail_msg("%s", error.text);
    loop_run(world->loop);
    assert_int_equal(world->done, 1);
    exchange_state(world->exchange, state);
    assert_false(state->running);
    requests = atomic_load(&raw_server_report(world->server)->requests);
    raw_server_stop(world->server);
    return requests;
}

char *world_json_text(struct json *json)
{
    struct bytes text;

    bytes_init(&text, SIZE_MAX / 2);
    json_write(json, false, &text);
    json_free(json);
    return bytes_take(&text);
}

static void assert_same_verdict(const struct verdict *left, const struct verdict *right)
{
    assert_string_equal(verdict_name(left->kind), verdict_name(right->kind));
    assert_int_equal(left->count, right->count);
    for (size_t i = 0; i < left->count; i++) {
        const struct reason *a = &left->reasons[i], *b = &right->reasons[i];

        assert_string_equal(reason_name(a->code), reason_name(b->code));
        assert_string_equal(a->detail, b->detail);
        assert_int_equal(a->event, b->event);
        assert_true(a->offset == b->offset);
    }
}

/* Each way to go through a capture piece by piece. */
static const struct replay_until pieces[] = {
    {.us = INT64_MAX, .events = 1},
    {.us = INT64_MAX, .events = 3, .bytes = 700},
    {.us = INT64_MAX, .bytes = 4096},
    {.us = 0}, /* as time passes */
};

/* Never a verdict before the end, nor more than the evidence shows. */
static void assert_undecided(const struct replay *replay)
{
    struct verdict verdict;

    assert_false(replay->ended);
    assert_int_equal(replay->verdict.count, 0);
    judge_verdict(replay->judge, &verdict);
    if (judge_progress(replay->judge)->event_stream && !judge_progress(replay->judge)->marker)
        assert_int_not_equal(verdict.kind, VERDICT_COMPLETE);
    verdict_release(&verdict);
}

static void assert_pieces_say_the_same(const char *path, const char *report)
{
    for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
        struct replay_until until = pieces[i];
        enum replay_step step;
        struct replay replay;
        struct error error;
        char *said;

        if (!replay_open(path, OPERATION_MODELS, NULL, NULL, NULL, &replay, &error))
            fail_msg("%s", error.text);
        while ((step = replay_advance(&replay, &until, &error)) != REPLAY_ENDED) {
            assert_int_not_equal(step, REPLAY_FAILED);
            assert_undecided(&replay);
            if (step == REPLAY_WAITS) {
                assert_true(replay.next_us > until.us);
                until.us = replay.next_us;
            }
        }
        assert_int_equal(replay_percent(&replay), 100);
        said = world_json_text(replay_report(&replay));
        assert_string_equal(said, report);
        free(said);
        replay_release(&replay);
    }
}

void world_assert_replays(struct world *world)
{
    struct exchange_state state;
    struct stream_rules other;
    struct replay replay;
    struct error error;
    char *live, *again;

    exchange_state(world->exchange, &state);
    if (state.trouble)
        fail_msg("%s", state.trouble);
    stream_rules_default(&other);
    /* The capture knows its operation and rules better than who asks. */
    if (!replay_file(state.capture, OPERATION_MODELS, &other, NULL, NULL, &replay, &error))
        fail_msg("%s", error.text);
    assert_int_equal(replay.origin, REPLAY_CAPTURE);
    assert_string_equal(replay.header.id, state.id);
    assert_string_equal(replay.digest, state.digest);
    assert_same_verdict(state.verdict, &replay.verdict);
    assert_string_equal(state.failure->class, replay.failure.class);
    live = world_json_text(exchange_report(world->exchange));
    again = world_json_text(replay_report(&replay));
    assert_string_equal(live, again);
    assert_pieces_say_the_same(state.capture, live);
    free(live);
    free(again);
    replay_release(&replay);
}

/* ---- answers ---- */

struct canned canned_framed(const char *headers, const char *body, size_t len, enum frame frame)
{
    enum { PIECE = 50 };
    bool chunks = frame == FRAME_CHUNKED || frame == FRAME_RESET;
    struct canned answer = {.end = frame == FRAME_RESET ? CANNED_RESET : CANNED_CLOSE};
    struct bytes out;

    bytes_init(&out, SIZE_MAX / 2);
    bytes_printf(&out, "HTTP/1.1 200 OK\r\nX-Request-Id: r-1\r\n%s", headers);
    if (frame == FRAME_LENGTH)
        bytes_printf(&out, "Content-Length: %zu\r\n", len);
    bytes_puts(&out, chunks ? "Transfer-Encoding: chunked\r\n\r\n" : "\r\n");
    for (size_t at = 0; at < len; at += PIECE) {
        size_t part = len - at < PIECE ? len - at : PIECE;

        if (chunks)
            bytes_printf(&out, "%zx\r\n", part);
        bytes_append(&out, body + at, part);
        bytes_puts(&out, chunks ? "\r\n" : "");
    }
    if (frame == FRAME_CHUNKED)
        bytes_puts(&out, "0\r\n\r\n");
    answer.len = out.len;
    answer.data = bytes_take(&out);
    return answer;
}

struct canned canned_stream(const char *body)
{
    return canned_framed(STREAM_TYPE, body, strlen(body), FRAME_CHUNKED);
}

struct canned canned_open(const char *body)
{
    struct canned answer = canned_framed(STREAM_TYPE, body, strlen(body), FRAME_RESET);

    answer.end = CANNED_HOLD;
    return answer;
}

void canned_release(struct canned *answer)
{
    free((char *)(uintptr_t)answer->data);
}
