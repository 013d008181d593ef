/*
 * Every row of the case table of streams.md: what the server does, the verdict and the reason that
 * is told first (D57 D58 D14 D15 D77 B26).
 */
#include "tests/unit/unit.h"

#include "tests/unit/answers.h"
#include "tests/unit/trial.h"

#include "base/bytes.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static const struct request_facts two_choices = {.stream = true, .choices = 2};
static char lenient_names[] = "other\nnow", model_name[] = "m";
static const struct request_facts lenient = {
    .stream = true, .choices = 1, .lenient_tools = lenient_names};
static const struct request_facts asked_usage = {
    .stream = true, .choices = 1, .include_usage = true};
static const struct request_facts asked_model = {.stream = true, .choices = 1, .model = model_name};
static const struct request_facts not_streamed = {.choices = 1};

static const struct stream_rules marker_optional = {.marker = MARKER_OPTIONAL_IF_FRAMED_CLEAN,
                                                    .max_event_bytes = 1 << 20,
                                                    .max_body_bytes = 1 << 20};
static const struct stream_rules marker_done = {
    .marker = MARKER_COMPLETION_DONE, .max_event_bytes = 1 << 20, .max_body_bytes = 1 << 20};
static const struct stream_rules from_gateway = {
    .marker_origin = MARKER_FROM_GATEWAY, .max_event_bytes = 1 << 20, .max_body_bytes = 1 << 20};
static const struct stream_rules finish_absent = {
    .finish = FINISH_ABSENT, .max_event_bytes = 1 << 20, .max_body_bytes = 1 << 20};
static const struct stream_rules both_absent = {.finish = FINISH_ABSENT,
                                                .marker = MARKER_OPTIONAL_IF_FRAMED_CLEAN,
                                                .max_event_bytes = 1 << 20,
                                                .max_body_bytes = 1 << 20};
static const struct stream_rules unnumbered = {
    .sequence = SEQUENCE_IGNORE, .max_event_bytes = 1 << 20, .max_body_bytes = 1 << 20};
static const struct stream_rules small = {.max_event_bytes = 400, .max_body_bytes = 100};

#define CHUNKED_CUT                            \
    {                                          \
        .curl = 18, .framing = FRAMING_CHUNKED \
    }
#define RESET                                  \
    {                                          \
        .curl = 56, .framing = FRAMING_CHUNKED \
    }
#define CLOSE                    \
    {                            \
        .framing = FRAMING_CLOSE \
    }
#define LENGTH                    \
    {                             \
        .framing = FRAMING_LENGTH \
    }
#define LENGTH_SHORT                          \
    {                                         \
        .curl = 18, .framing = FRAMING_LENGTH \
    }
#define STOPPED(why)            \
    {                           \
        .curl = 42, .stop = why \
    }
#define GOOD DELTA("Hello") DELTA(" world")

#define GZIP "\x1f\x8b\x08\x00\x00\x00\x00\x00"

static const struct row {
    const char *row;
    struct trial trial;
    enum verdict_kind verdict;
    const char *first; /* the reason told first; NULL: any */
    const char *also;  /* one more reason that must be there; NULL: none */
    const char *text;  /* of choice 0; NULL: not compared */
} rows[] = {
#include "tests/unit/verdict_rows.inc"
};

static void check(const struct row *row, size_t step)
{
    struct trial trial = row->trial;
    struct http_result result;
    struct judge *judge;
    struct verdict verdict;
    struct answer answer;
    char *told;

    trial.step = step;
    judge = trial_run(&trial, &result);
    judge_verdict(judge, &verdict);
    judge_answer(judge, &answer);
    told = trial_text(judge);
    if (verdict.kind != row->verdict)
        fail_msg("row %s: not %s but %s", row->row, verdict_name(row->verdict), told);
    if (row->first &&
        (!verdict.count || strcmp(reason_name(verdict.reasons[0].code), row->first) != 0))
        fail_msg("row %s: %s is not first: %s", row->row, row->first, told);
    if (row->also && !trial_has(&verdict, row->also))
        fail_msg("row %s: without %s: %s", row->row, row->also, told);
    if (row->text && (!answer.choice_count || strcmp(answer.choices[0].text, row->text) != 0))
        fail_msg("row %s: another text: %s", row->row, told);
    free(told);
    verdict_release(&verdict);
    judge_free(judge);
    http_result_release(&result);
}

static void every_row_has_its_verdict(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        check(&rows[i], 0);
}

static void every_row_has_its_verdict_bytewise(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        check(&rows[i], 1);
}

static char *told_in_reads(const struct row *row, size_t step, uint64_t seed)
{
    struct trial trial = row->trial;
    struct http_result result;
    struct judge *judge;
    char *told;

    trial.step = step;
    trial.seed = seed;
    judge = trial_run(&trial, &result);
    told = trial_text(judge);
    judge_free(judge);
    http_result_release(&result);
    return told;
}

/* D55: verdict, reasons with their places, and answer do not depend on the reads. */
static void cuts_change_nothing(void **state)
{
    static const size_t steps[] = {1, 2, 3, 7, 64, 1000};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *whole = told_in_reads(&rows[i], 0, 0);

        for (size_t j = 0; j < sizeof(steps) / sizeof(steps[0]); j++) {
            char *told = told_in_reads(&rows[i], steps[j], i * 8 + j + 1);

            if (strcmp(told, whole) != 0)
                fail_msg("row %s in reads up to %zu: %s, but whole: %s", rows[i].row, steps[j],
                         told, whole);
            free(told);
        }
        free(whole);
    }
}

/* Row 33: 16 MiB in one event, under the default cap and over it. */
static void one_huge_event_is_whole_below_the_cap(void **state)
{
    enum { HUGE = 16 * 1024 * 1024 };
    static const struct {
        size_t len;
        enum verdict_kind verdict;
    } cases[] = {{HUGE, VERDICT_COMPLETE}, {HUGE + 1024 * 1024, VERDICT_MALFORMED}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct bytes body;
        struct trial trial = {.operation = OPERATION_CHAT, .step = 16384};
        struct http_result result;
        struct judge *judge;
        struct verdict verdict;
        char *text = xmalloc(cases[i].len + 1);

        memset(text, 'x', cases[i].len);
        text[cases[i].len] = '\0';
        bytes_init(&body, (size_t)1 << 26);
        bytes_puts(&body,
                   "data: " CHUNK_HEAD "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"");
        bytes_puts(&body, text);
        bytes_puts(&body, "\"},\"finish_reason\":null}]}\n\n" FINISH("stop") DONE);
        trial.body = bytes_text(&body);
        trial.len = body.len;
        judge = trial_run(&trial, &result);
        judge_verdict(judge, &verdict);
        assert_int_equal(verdict.kind, cases[i].verdict);
        if (i)
            assert_string_equal(reason_name(verdict.reasons[0].code), "event-too-large");
        verdict_release(&verdict);
        judge_free(judge);
        http_result_release(&result);
        bytes_release(&body);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_has_its_verdict),
        cmocka_unit_test(every_row_has_its_verdict_bytewise),
        cmocka_unit_test(cuts_change_nothing),
        cmocka_unit_test(one_huge_event_is_whole_below_the_cap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
