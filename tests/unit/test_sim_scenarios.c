/* The table of scenarios: sane, complete, and every scene plays to an end. */
#include "tests/unit/unit.h"

#include "base/json_scan.h"
#include "base/memory.h"
#include "simulator/play.h"
#include "simulator/request.h"
#include "simulator/scene.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CASES = 42, SUMMARY_MAX = 72, ASKED_MIN = 40 };

static void has_names_that_are_unique_words(void **state)
{
    (void)state;
    assert_true(scenario_count() > ASKED_MIN);
    assert_null(scenario_get(scenario_count()));
    for (size_t i = 0; i < scenario_count(); i++) {
        const struct scenario *scenario = scenario_get(i);

        assert_int_equal(strspn(scenario->name, "abcdefghijklmnopqrstuvwxyz0123456789-"),
                         strlen(scenario->name));
        assert_ptr_equal(scenario_find(scenario->name), scenario);
    }
}

static void finds_a_scenario_by_its_model(void **state)
{
    static const char *const required[] = {"sim/ready", "sim/cut-mid-stream",  "sim/no-done",
                                           "sim/stall", "sim/error-in-stream", "sim/rate-limited"};

    (void)state;
    for (size_t i = 0; i < sizeof(required) / sizeof(*required); i++) {
        const struct scenario *scenario = scenario_find(required[i]);

        assert_non_null(scenario);
        assert_string_equal(scenario->name, required[i] + 4);
        assert_int_equal(scenario->scope, SCENARIO_ANSWER);
    }
    assert_null(scenario_find("sim/"));
    assert_null(scenario_find("no-such-scenario"));
}

static bool is_one_of(const char *word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(word, words[i]) == 0)
            return true;
    return false;
}

static void states_each_scenario_in_one_line(void **state)
{
    static const char *const verdicts[] = {"",          "cancelled", "errored",
                                           "malformed", "limited",   "complete",
                                           "stalled",   "unproven",  "truncated"};
    static const char *const operations[] = {"chat", "responses", "chat responses", "models",
                                             "models chat responses"};

    (void)state;
    for (size_t i = 0; i < scenario_count(); i++) {
        const struct scenario *scenario = scenario_get(i);

        assert_in_range(strlen(scenario->summary), 4, SUMMARY_MAX);
        assert_null(strchr(scenario->summary, '\n'));
        assert_true(scenario->source[0]);
        assert_true(is_one_of(scenario->verdict, verdicts, sizeof(verdicts) / sizeof(*verdicts)));
        assert_true(
            is_one_of(scenario->operations, operations, sizeof(operations) / sizeof(*operations)));
    }
}

/* streams.md "Cases": at least one scenario for every row. */
static void covers_every_row_of_the_case_table(void **state)
{
    static const char prefix[] = "streams.md case ";
    bool covered[CASES + 1] = {false};

    (void)state;
    for (size_t i = 0; i < scenario_count(); i++) {
        const char *at = scenario_get(i)->source;

        if (strncmp(at, prefix, sizeof(prefix) - 1) != 0)
            continue;
        for (at += sizeof(prefix) - 1; isdigit((unsigned char)*at); at += strspn(at, ", ")) {
            char *end;
            long row = strtol(at, &end, 10);

            assert_in_range(row, 1, CASES);
            covered[row] = true;
            at = end;
        }
    }
    for (int row = 1; row <= CASES; row++)
        if (!covered[row])
            fail_msg("no scenario shows case %d", row);
}

/* cometapi.md "Errors": at least one scenario for every row. */
static void covers_every_row_of_the_errors(void **state)
{
    static const char *const rows[] = {
        "no or bad key",  "model missing",       "messages missing or empty",
        "unknown model",  "key lacks the model", "quota",
        "rate limit",     "wrong path",          "wrong method",
        "malformed JSON", "invalid role",        "oversized",
        "edge timeout"};

    (void)state;
    for (size_t row = 0; row < sizeof(rows) / sizeof(*rows); row++) {
        bool covered = false;

        for (size_t i = 0; i < scenario_count(); i++) {
            const char *source = scenario_get(i)->source;

            covered |= strstr(source, "cometapi.md errors: ") && strstr(source, rows[row]);
        }
        if (!covered)
            fail_msg("no scenario shows the error \"%s\"", rows[row]);
    }
}

/* ---- what the scenes play ---- */

struct question {
    struct sim_request request;
    struct ask ask;
};

static void question_init(struct question *question, const char *operation, const char *model,
                          bool stream)
{
    char *body = xasprintf("{\"model\":\"sim/%s\",\"stream\":%s,\"messages\":[{\"role\":\"user\","
                           "\"content\":\"hi\"}],\"input\":\"hi\"}",
                           model, stream ? "true" : "false");

    sim_request_init(&question->request, 0);
    bytes_puts(&question->request.body, body);
    ask_init(&question->ask, &question->request, 0);
    ask_read_body(&question->ask, operation, &question->request.body);
    assert_int_equal(question->ask.fault, ASK_FINE);
    free(body);
}

static void question_release(struct question *question)
{
    ask_release(&question->ask);
    sim_request_release(&question->request);
}

static bool endless(const struct scene *scene)
{
    for (const struct step *step = scene->steps; step->kind != STEP_END; step++)
        if (step->kind == STEP_LOOP)
            return true;
    return false;
}

/* All a scene sends up to its end, or `false` for one that has none. */
static bool play_all(const struct scene *scene, const struct ask *ask, struct bytes *out)
{
    struct play play;

    if (endless(scene) && ask->stream)
        return false;
    play_init(&play, scene, ask);
    bytes_init(out, (size_t)4 * PLAY_UNIT_MAX);
    while (play_next(&play, out) == PLAY_BYTES)
        ;
    play_release(&play);
    return true;
}

static void for_each_answer(void (*check)(const struct scene *scene, const struct ask *ask),
                            bool stream)
{
    static const char *const operations[] = {"chat", "responses"};

    for (size_t i = 0; i < scenario_count(); i++) {
        const struct scene *scene = scene_find(scenario_get(i)->name);

        for (size_t k = 0; k < 2; k++) {
            struct question question;

            if (scene->about.scope != SCENARIO_ANSWER || !scene_answers(scene, operations[k]))
                continue;
            question_init(&question, operations[k], scene->about.name, stream);
            check(scene, &question.ask);
            question_release(&question);
        }
    }
}

static void check_deterministic(const struct scene *scene, const struct ask *ask)
{
    struct bytes once, again;

    if (!play_all(scene, ask, &once))
        return;
    assert_int_equal(once.len, play_length(scene, ask));
    play_all(scene, ask, &again);
    assert_int_equal(once.len, again.len);
    assert_memory_equal(bytes_text(&once), bytes_text(&again), once.len);
    bytes_release(&once);
    bytes_release(&again);
}

static void plays_the_same_bytes_every_time(void **state)
{
    (void)state;
    for_each_answer(check_deterministic, true);
    for_each_answer(check_deterministic, false);
}

static void assert_event_is_json(const struct scene *scene, const char *data, size_t len)
{
    struct json_fault fault;

    if (len >= 6 && memcmp(data, "[DONE]", 6) == 0)
        return;
    if (!json_validate(data, len, &fault))
        fail_msg("%s: %s in %.*s", scene->about.name, fault.what, (int)(len < 300 ? len : 300),
                 data);
}

/* The events of scenes that promise a whole answer hold valid JSON. */
static void check_events(const struct scene *scene, const struct ask *ask)
{
    const unsigned odd = STYLE_CR | STYLE_CRLF | STYLE_TIGHT | STYLE_FOLDED;
    struct bytes out;

    if (strcmp(scene->about.verdict, "complete") != 0 || scene->style & odd ||
        !play_all(scene, ask, &out))
        return;
    for (size_t at = 0, len; at < out.len; at += len + 1) {
        const char *line = out.data + at, *end = memchr(line, '\n', out.len - at);

        assert_non_null(end);
        len = (size_t)(end - line);
        if (len > 6 && memcmp(line, "data: ", 6) == 0)
            assert_event_is_json(scene, line + 6, len - 6);
    }
    bytes_release(&out);
}

static void writes_events_of_valid_json(void **state)
{
    (void)state;
    for_each_answer(check_events, true);
}

/* A promise of a whole answer holds when it is not streamed; a cut one is no JSON. */
static void check_folded(const struct scene *scene, const struct ask *ask)
{
    const char *verdict = scene->about.verdict;
    struct bytes out;

    if (!play_all(scene, ask, &out))
        return;
    if (strcmp(verdict, "complete") == 0 || strcmp(verdict, "limited") == 0)
        assert_event_is_json(scene, bytes_text(&out), out.len);
    if (strcmp(verdict, "truncated") == 0 && strcmp(ask->operation, "chat") == 0 &&
        scene->framing != FRAME_LENGTH_CLIPPED)
        assert_false(json_validate(bytes_text(&out), out.len, NULL));
    bytes_release(&out);
}

static void folds_into_one_object(void **state)
{
    (void)state;
    for_each_answer(check_folded, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_names_that_are_unique_words),
        cmocka_unit_test(finds_a_scenario_by_its_model),
        cmocka_unit_test(states_each_scenario_in_one_line),
        cmocka_unit_test(covers_every_row_of_the_case_table),
        cmocka_unit_test(covers_every_row_of_the_errors),
        cmocka_unit_test(plays_the_same_bytes_every_time),
        cmocka_unit_test(writes_events_of_valid_json),
        cmocka_unit_test(folds_into_one_object),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
