/*
 * Every answer of the simulator kept as a fixture: replayed through the readers it is judged as
 * its capture was, its shape is that of the answer, and nothing of what was said stands in it
 * (D29 D6 D72, B54 D62 A28).
 */
#include "tests/unit/unit.h"

#include "tests/unit/exchange_world.h"

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "contract/contract.h"
#include "evidence/fixture_keep.h"
#include "evidence/fixture_shape.h"
#include "evidence/replay.h"
#include "net/loop.h"
#include "simulator/simulator.h"
#include "tests/unit/schema.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { WORD_LEAST = 5, WORDS_MOST = 500, FILE_MAX = 16 * 1024 * 1024 };

static struct json *schema;
static struct file_ops ops; /* without waiting for the disk */

static int no_fsync(int fd)
{
    (void)fd;
    return 0;
}

/* ---- what was said ---- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Words that the API itself uses. */
static bool is_of_the_api(const char *word)
{
    static const char *const words[] = {"answer",   "error",   "model",  "content",
                                        "message",  "refusal", "status", "index",
                                        "response", "output",  "event",  "function"};

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (strcasecmp(words[i], word) == 0)
            return true;
    return false;
}

static void assert_unsaid(const char *name, const struct bytes *body, const char *text, size_t len)
{
    for (size_t at = 0, words = 0; at < len && words < WORDS_MOST; words++) {
        size_t end = at;
        char *word;

        while (end < len && is_letter(text[end]))
            end++;
        word = xmemdup0(text + at, end - at);
        if (end - at >= WORD_LEAST && !is_of_the_api(word) && !strstr(name, word) &&
            strstr(bytes_text(body), word))
            fail_msg("%s: the fixture still says \"%s\"", name, word);
        free(word);
        at = end + 1;
    }
}

static void assert_nothing_said(const char *name, const struct fixture *fixture,
                                const struct replay *replay)
{
    struct answer answer;

    judge_answer(replay->judge, &answer);
    for (size_t i = 0; i < answer.choice_count; i++) {
        const struct answer_choice *choice = &answer.choices[i];

        assert_unsaid(name, &fixture->body, choice->text, choice->text_len);
        assert_unsaid(name, &fixture->body, choice->refusal, choice->refusal_len);
        assert_unsaid(name, &fixture->body, choice->reasoning, choice->reasoning_len);
    }
}

/* ---- one answer ---- */

static struct bytes read_text(const char *path)
{
    struct error error = {0};
    struct bytes text;

    if (!file_read(path, FILE_MAX, &text, NULL, &error))
        fail_msg("%s", error.text);
    return text;
}

static void assert_schema(const char *path)
{
    struct bytes text = read_text(path), faults;
    struct json *file = json_parse(bytes_text(&text), text.len, path, NULL);

    bytes_init(&faults, SIZE_MAX);
    assert_non_null(file);
    if (!schema_holds(schema, file, &faults))
        fail_msg("%s: %s", path, bytes_text(&faults));
    bytes_release(&faults);
    json_free(file);
    bytes_release(&text);
}

/* The same through the reader that `judge` uses, which knows it by what it is. */
static void assert_replays(const char *path, const struct replay *capture)
{
    struct bytes differs, notes;
    struct stream_rules rules;
    struct replay replay;
    struct error error = {0};

    stream_rules_default(&rules);
    bytes_init(&differs, SIZE_MAX);
    bytes_init(&notes, SIZE_MAX);
    if (!replay_file(path, OPERATION_MODELS, &rules, NULL, NULL, &replay, &error))
        fail_msg("%s", error.text);
    assert_int_equal(replay.origin, REPLAY_FIXTURE);
    assert_int_equal(replay.verdict.kind, capture->verdict.kind);
    assert_int_equal(replay.verdict.count, capture->verdict.count);
    for (size_t i = 0; i < replay.verdict.count; i++)
        assert_int_equal(replay.verdict.reasons[i].code, capture->verdict.reasons[i].code);
    assert_string_equal(replay.failure.class, capture->failure.class);
    if (!fixture_holds(replay.fixture, &replay.verdict, &replay.failure, &differs, &notes))
        fail_msg("%s: %s", path, bytes_text(&differs));
    assert_int_equal(notes.len, 0);
    replay_release(&replay);
    bytes_release(&differs);
    bytes_release(&notes);
}

/* Its own shape is no difference from itself. */
static void assert_shape(const struct fixture *fixture)
{
    struct fixture_report report;
    struct shape shape = {.count = 0};
    struct verdict verdict;
    struct failure failure;

    fixture_judge(fixture, NULL, &verdict, &failure, &shape);
    fixture_report_init(&report, fixture->name);
    fixture_report_shape(&report, fixture, fixture->operation, &shape, fixture->stream);
    if (!report.holds || report.notes.len > 0)
        fail_msg("%s: %s %s", fixture->name, bytes_text(&report.differs),
                 bytes_text(&report.notes));
    fixture_report_release(&report);
    verdict_release(&verdict);
    shape_release(&shape);
}

static void keep(struct world *world, const char *name, const char *capture)
{
    struct fixture_keep keep = {.workspace = &world->workspace,
                                .capture = capture,
                                .name = name,
                                .redactor = world->redactor,
                                .replace = true,
                                .ops = &ops};
    struct fixture fixture;
    struct stream_rules rules;
    struct replay replay;
    struct error error = {0};
    char *path, *whole;

    stream_rules_default(&rules);
    assert_true(replay_file(capture, OPERATION_CHAT, &rules, NULL, NULL, &replay, &error));
    if (!fixture_keep(&keep, &path, &error)) {
        if (replay.result.body_bytes <= FIXTURE_MAX / 2 || !strstr(error.text, "is larger than"))
            fail_msg("%s (%s): %s", name, operation_name(replay.header.operation), error.text);
        replay_release(&replay);
        return;
    }
    assert_schema(path);
    assert_replays(path, &replay);
    whole = xasprintf("%s/%s", operation_name(replay.header.operation), name);
    if (!fixture_open(&fixture, world->folder, whole, &error))
        fail_msg("%s", error.text);
    assert_nothing_said(name, &fixture, &replay);
    assert_shape(&fixture);
    fixture_release(&fixture);
    replay_release(&replay);
    free(whole);
    free(path);
}

/* ---- all of them ---- */

enum { RUNS_MAX = 1024 };

struct run {
    const struct scenario *scenario;
    enum operation operation;
    bool stream;
    struct exchange *exchange; /* of its own, if it waits */
    struct world *world;
};

static bool is_silent(const struct scenario *scenario)
{
    return strcmp(scenario->verdict, "stalled") == 0 || strstr(scenario->name, "silence");
}

/* For what never comes: they may do so side by side, since it costs next to nothing. */
static bool waits(const struct scenario *scenario)
{
    return is_silent(scenario) || strcmp(scenario->name, "done-then-open") == 0 ||
           strcmp(scenario->name, "catalog-stall") == 0;
}

static void set_limits(struct contract *contract, int64_t ms)
{
    static const char *const limits[] = {"limits.headers_ms", "limits.first_event_ms",
                                         "limits.gap_ms"};

    for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++)
        assert_true(contract_set(contract, limits[i], "value", json_new_integer(ms), NULL));
}

/* Those that wait for our timers get short ones, the others may be slow. */
static int64_t limit_of(const struct run *run)
{
    if (run->scenario->scope != SCENARIO_ANSWER)
        return 2000;
    return is_silent(run->scenario) || !run->stream ? 300 : 20000;
}

static void cancel(struct world *world)
{
    exchange_cancel(world->exchange);
}

static void on_done(void *context)
{
    struct run *run = context;

    run->world->done++;
}

static void begin(struct run *run, uint16_t port)
{
    const struct scenario *scenario = run->scenario;
    struct world *world = run->world;
    bool answer = scenario->scope == SCENARIO_ANSWER;
    char *model = answer ? xasprintf("sim/%s", scenario->name) : xstrdup("sim/ready");
    char *body =
        operation_body(world->workspace.contract, run->operation, model, NULL, run->stream);
    char *base = xasprintf("http://127.0.0.1:%u/sim/as/%s", port, scenario->name);
    const struct request_change change = {.base_url = base};
    const struct exchange_request request = {
        .operation = run->operation,
        .body = body,
        .body_len = body ? strlen(body) : 0,
        .change = answer ? NULL : &change,
        .synthetic = true,
    };
    const struct exchange_observer observer = {.done = on_done, .context = run};
    struct error error = {0};

    set_limits(world->workspace.contract, limit_of(run));
    world->on_event = strcmp(scenario->name, "endless") == 0 ? cancel : NULL;
    if (waits(scenario))
        run->exchange = world_start_heard(world, port, &request, &observer);
    else if (!world_start(world, port, &request, &ops, &error))
        fail_msg("%s: %s", scenario->name, error.text);
    free(model);
    free(body);
    free(base);
}

static void keep_run(const struct run *run, const struct exchange *exchange)
{
    struct exchange_state state;

    exchange_state(exchange, &state);
    if (state.trouble)
        fail_msg("%s", state.trouble);
    keep(run->world, run->scenario->name, state.capture);
}

/* Tens of megabytes, which no fixture may have: once is enough. */
static bool is_heavy(const struct scenario *scenario)
{
    return strstr(scenario->name, "big-event") || strcmp(scenario->name, "flood") == 0;
}

static bool is_wanted(const struct scenario *scenario, enum operation operation, bool stream)
{
    if (strcmp(scenario->name, "slow") == 0) /* ready, with pauses */
        return false;
    if (!strstr(scenario->operations, operation_name(operation)) ||
        (is_heavy(scenario) && operation != OPERATION_CHAT))
        return false;
    return stream || (operation != OPERATION_MODELS && !is_silent(scenario) &&
                      !is_heavy(scenario) && strcmp(scenario->name, "endless") != 0);
}

static size_t list_runs(struct run *runs, struct world *world)
{
    size_t count = 0;

    for (size_t i = 0; i < scenario_count(); i++)
        for (int j = 0; j < 2 * OPERATION_COUNT; j++) {
            const struct scenario *scenario = scenario_get(i);
            enum operation operation = (enum operation)(j / 2);
            bool stream = j % 2 == 0;

            if (!is_wanted(scenario, operation, stream))
                continue;
            assert_true(count < RUNS_MAX);
            runs[count++] = (struct run){scenario, operation, stream, NULL, world};
        }
    return count;
}

static void run_side_by_side(struct run *runs, size_t count, uint16_t port)
{
    struct world *world = runs->world;
    int begun = 0;

    for (size_t i = 0; i < count; i++)
        if (waits(runs[i].scenario)) {
            begin(&runs[i], port);
            begun++;
        }
    assert_true(begun > 10);
    while (world->done < begun)
        loop_iterate(world->loop, INT64_MAX);
    for (size_t i = 0; i < count; i++)
        if (runs[i].exchange) {
            keep_run(&runs[i], runs[i].exchange);
            exchange_free(runs[i].exchange);
        }
}

/* D29 D6 D72 */
static void every_answer_of_the_simulator_replays_from_its_fixture(void **state)
{
    static struct run runs[RUNS_MAX];
    const struct simulator_options options = {.quiet = true};
    struct world *world = *state;
    uint16_t port;
    int listener = simulator_listen(&options, &port, NULL);
    pid_t child = simulator_fork(listener, &options, NULL);
    size_t count = list_runs(runs, world);

    assert_true(child > 0);
    assert_true(count > 400);
    run_side_by_side(runs, count, port);
    for (size_t i = 0; i < count; i++) {
        if (waits(runs[i].scenario))
            continue;
        begin(&runs[i], port);
        loop_run(world->loop);
        keep_run(&runs[i], world->exchange);
    }
    simulator_stop(child);
    close(listener);
}

static int read_schema(void **state)
{
    char *path = file_join(getenv("abs_top_srcdir"), "share/schema/fixture.schema.json");
    struct bytes text = read_text(path);

    (void)state;
    ops = file_ops_system;
    ops.fsync = no_fsync;
    schema = json_parse(bytes_text(&text), text.len, path, NULL);
    bytes_release(&text);
    free(path);
    return schema ? 0 : -1;
}

static int free_schema(void **state)
{
    (void)state;
    json_free(schema);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(every_answer_of_the_simulator_replays_from_its_fixture),
    };

    return cmocka_run_group_tests(tests, read_schema, free_schema);
}
