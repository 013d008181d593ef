/* evidence/spike: what is unlike the own history is told, by rules that a few outliers do not bend
 * (B51). */
#include "tests/unit/unit.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "command/check_alerts.h"
#include "evidence/exchange.h"
#include "evidence/history.h"
#include "evidence/history_query.h"
#include "evidence/spike.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char folder[64];
static struct history *history;

static int open_history(void **state)
{
    char *path;

    (void)state;
    strcpy(folder, "/tmp/cometdeck-spike-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    path = file_join(folder, "history.db");
    history = history_open(path, NULL);
    free(path);
    return history ? 0 : -1;
}

static int close_history(void **state)
{
    char *command = xasprintf("rm -rf %s", folder);
    int answer;

    (void)state;
    history_close(history);
    answer = system(command);
    free(command);
    return answer;
}

static void add_to(struct history_row row, int number)
{
    row.wall_ms = 1000 + number;
    row.profile = "p";
    row.operation = "chat";
    row.class = "none";
    row.first_byte_us = row.first_token_us = -1;
    snprintf(row.id, sizeof(row.id), "ev-%04d", number);
    assert_true(history_add(history, &row, NULL));
}

static void add(int number, const char *model, const char *verdict, int64_t tokens,
                int64_t latency_us, bool wrong)
{
    add_to((struct history_row){.wrong = wrong,
                                .model = model,
                                .verdict = verdict,
                                .latency_us = latency_us,
                                .input_tokens = tokens,
                                .output_tokens = 0},
           number);
}

static void add_row(int number, const char *model, const char *verdict, int64_t tokens,
                    int64_t latency_us)
{
    add(number, model, verdict, tokens, latency_us, false);
}

static struct spike now(int64_t tokens, int64_t latency_us)
{
    return (struct spike){
        .operation = xstrdup("chat"),
        .model = xstrdup("m"),
        .profile = xstrdup("p"),
        .series = {{.input_tokens = -1,
                    .tokens = {tokens},
                    .token_count = tokens >= 0,
                    .latency_us = {latency_us},
                    .latency_count = 1}},
        .series_count = 1,
        .attempts = 1,
    };
}

/* The lines; the caller frees. */
static char *compare(struct spike spike, struct spike_reach *reach)
{
    struct bytes out;

    bytes_init(&out, SIZE_MAX);
    assert_true(spike_compare(&spike, history, 1000000, NULL, &out, reach, NULL));
    spike_release(&spike);
    return bytes_take(&out);
}

static void assert_compared(struct spike spike, bool wanted, const char *line)
{
    struct spike_reach reach;
    char *lines = compare(spike, &reach);

    assert_int_equal(reach.lacking == 0, wanted);
    assert_false(reach.cut);
    if (line ? !strstr(lines, line) : *lines != '\0')
        fail_msg("it says \"%s\"", lines);
    free(lines);
}

static void without_a_history_it_says_so(void **state)
{
    (void)state;
    for (int i = 0; i < SPIKE_SAMPLES - 1; i++)
        add_row(i, "m", "complete", 100, 200000);
    for (int i = 100; i < 200; i++) {
        add_row(i, "other", "complete", 100, 200000); /* of another model */
        add_row(i + 100, "m", "truncated", 100, 200000);
        add(i + 200, "m", "complete", 100, 200000, true);
    }
    assert_compared(now(5000, 9000000), false, NULL);
}

static void what_is_usual_is_no_spike(void **state)
{
    (void)state;
    for (int i = 0; i < 60; i++)
        add_row(i, "m", "complete", 95 + i % 11, 190000 + i % 7 * 5000);
    assert_compared(now(104, 215000), true, NULL);
    assert_compared(now(140, 250000), true, NULL); /* less than half as much again */
    assert_compared(now(-1, 215000), true, NULL);  /* absent is not 0 */
}

/* Where they always were far apart, far above is farther. */
static void what_always_varied_is_allowed_to(void **state)
{
    (void)state;
    for (int i = 0; i < 101; i++)
        add_row(i, "m", "complete", 50 + i, 200000);
    assert_compared(now(250, 200000), true, NULL);
    assert_compared(now(400, 200000), true, "tokens of chat, whole, with m: 400, before 1");
}

static void what_is_far_above_is_told_whatever_outliers_there_were(void **state)
{
    (void)state;
    for (int i = 0; i < 60; i++)
        add_row(i, "m", "complete", i % 10 == 0 ? 90000 : 95 + i % 11,
                i % 10 == 0 ? 60000000 : 200000);
    assert_compared(now(300, 200000), true, "tokens of chat, whole, with m: 300, before 1");
    assert_compared(now(100, 900000), true,
                    "latency of chat, whole, with m: 900 ms, before 200 ms");
}

static void more_errors_than_before_are_told(void **state)
{
    struct spike spike = now(100, 200000);

    (void)state;
    for (int i = 0; i < 60; i++)
        add_row(i, "m", i % 20 == 0 ? "errored" : "complete", 100, 200000);
    spike.attempts = 12;
    spike.failures = 2;
    assert_compared(spike, true, NULL);
    spike = now(100, 200000);
    spike.attempts = 12;
    spike.failures = 6;
    assert_compared(spike, true, "errors of chat with m: 6 of the last 12, before 3 of 60");
}

static struct spike now_failing(size_t attempts, size_t failures)
{
    struct spike spike = now(100, 200000);

    spike.attempts = attempts;
    spike.failures = failures;
    return spike;
}

/* Some more than usual happen by chance, and two are no rule however seldom they were. */
static void a_few_errors_more_are_chance(void **state)
{
    (void)state;
    for (int i = 0; i < 60; i++)
        add_row(i, "m", i % 20 == 0 ? "errored" : "complete", 100, 200000);
    assert_compared(now_failing(12, 3), true, NULL);
    for (int i = 100; i < 400; i++)
        add_row(i, "m", "complete", 100, 200000);
    assert_compared(now_failing(12, 2), true, NULL);
    assert_compared(now_failing(12, 3), true, "errors of chat with m: 3 of the last 12, before 0");
}

/* R18: what there was no time to look at is not said to be missing. */
static void a_look_without_patience_says_how_far_it_went(void **state)
{
    const struct history_patience none = {&clock_system, 0};
    struct check_alerts alerts = {.count = 1};

    (void)state;
    for (int i = 0; i < 60; i++)
        add_row(i, "m", "complete", 100, 200000);
    for (int i = 100; i < 800; i++)
        add_row(i, "other", "complete", 100, 200000);
    alerts.groups[0] = now(100, 200000);
    check_alerts_end(&alerts, history, 1000000, &none);
    assert_non_null(strstr(alerts.lines, "compared with among the newest "));
    assert_non_null(strstr(alerts.lines, " exchanges; no more were looked at\n"));
    check_alerts_end(&alerts, history, 1000000, NULL);
    assert_string_equal(alerts.lines, "");
    check_alerts_release(&alerts);
}

/* A suite of negative probes fails on purpose, and what it is answered is no usual answer. */
static void what_was_wrong_on_purpose_counts_on_neither_side(void **state)
{
    const struct http_result result = {.status = 400};
    const struct verdict verdict = {.kind = VERDICT_ERRORED};
    struct exchange_state sent = {.operation = OPERATION_CHAT,
                                  .model = "m",
                                  .wrong = true,
                                  .result = &result,
                                  .verdict = &verdict};
    struct spike spike = {.operation = NULL};

    (void)state;
    for (int i = 0; i < 60; i++) {
        add_row(i, "m", "complete", 100, 200000);
        add(i + 100, "m", "errored", 100, 200000, true);
    }
    assert_compared(now(100, 200000), true, NULL);
    assert_true(spike_add(&spike, &sent, "p"));
    assert_int_equal(spike.attempts, 0);
    sent.simulated = true;
    assert_false(spike_add(&spike, &sent, "p"));
    spike_release(&spike);
}

static struct spike now_of(const char *test_case, bool streamed, int64_t tokens, int64_t latency_us)
{
    struct spike spike = now(tokens, latency_us);

    spike.series[0].test_case = xstrdup(test_case);
    spike.series[0].streamed = streamed;
    spike.series[0].input_tokens = tokens;
    return spike;
}

/* Another prompt is no measure, and nor is a whole answer of how long a stream takes. */
static void like_is_compared_with_like(void **state)
{
    (void)state;
    for (int i = 0; i < 60; i++) {
        add_to((struct history_row){.model = "m",
                                    .verdict = "complete",
                                    .test_case = "short chat",
                                    .latency_us = 4000,
                                    .input_tokens = 10},
               i);
        add_to((struct history_row){.model = "m",
                                    .verdict = "complete",
                                    .streamed = true,
                                    .latency_us = 100000,
                                    .input_tokens = 100},
               100 + i);
    }
    assert_compared(now_of("long chat", false, 5000, 4000), false, NULL);
    assert_compared(now_of("short chat", false, 5000, 4000), true,
                    "tokens of short chat with m: 5000, before 10 with a spread of 0 (median of 60 "
                    "of the same case)");
    assert_compared(now_of("short chat", true, 10, 100000), false, NULL);
    assert_compared(now_of(NULL, true, 100, 110000), true, NULL);
    assert_compared(now_of(NULL, true, 100, 900000), true, "with prompts of that size");
    assert_compared(now_of(NULL, true, 5000, 900000), false, NULL);
    assert_compared(now_of(NULL, false, 100, 900000), false, NULL);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(without_a_history_it_says_so, open_history, close_history),
        cmocka_unit_test_setup_teardown(what_is_usual_is_no_spike, open_history, close_history),
        cmocka_unit_test_setup_teardown(what_always_varied_is_allowed_to, open_history,
                                        close_history),
        cmocka_unit_test_setup_teardown(what_is_far_above_is_told_whatever_outliers_there_were,
                                        open_history, close_history),
        cmocka_unit_test_setup_teardown(more_errors_than_before_are_told, open_history,
                                        close_history),
        cmocka_unit_test_setup_teardown(what_was_wrong_on_purpose_counts_on_neither_side,
                                        open_history, close_history),
        cmocka_unit_test_setup_teardown(a_few_errors_more_are_chance, open_history, close_history),
        cmocka_unit_test_setup_teardown(a_look_without_patience_says_how_far_it_went, open_history,
                                        close_history),
        cmocka_unit_test_setup_teardown(like_is_compared_with_like, open_history, close_history),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
