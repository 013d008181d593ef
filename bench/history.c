/*
 * A history of many rows, and what looking into it costs.
 *
 *   history make FILE ROWS    adds the rows, once
 *   history read FILE         prints "NAME US" a line: opening, pages, filters
 *   history compare A B       the same for two captures side by side
 */
#include "base/clock.h"
#include "base/redact.h"
#include "contract/rules.h"
#include "evidence/compare.h"
#include "evidence/history_query.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PAGE = 256, STEPS = 200, PIECE_US = 2000 };

static int64_t read_us(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

static int64_t now_us(void)
{
    return read_us(CLOCK_MONOTONIC);
}

static int fail(const struct error *error)
{
    fprintf(stderr, "history: %s\n", error->text);
    return 1;
}

/* As a busy month looks like: mostly good, ten models, one request in a hundred noted. */
static void make_row(struct history_row *row, char model[static 32], char request_id[static 32],
                     char capture[static 64], uint64_t number)
{
    static const char *const verdicts[] = {"complete", "complete", "complete", "truncated",
                                           "complete", "limited",  "errored",  "complete"};
    static const char *const classes[] = {"none", "none", "none",         "truncated-stream",
                                          "none", "none", "rate-limited", "none"};
    uint64_t chance = number * UINT64_C(0x9E3779B97F4A7C15) >> 33;

    snprintf(model, 32, "vendor/model-%02" PRIu64, chance % 10);
    snprintf(request_id, 32, "req_%016" PRIx64, chance * 7919);
    *row = (struct history_row){
        .wall_ms = INT64_C(1790000000000) + (int64_t)number * 26000,
        .profile = "production",
        .operation = chance % 3 ? "chat" : "responses",
        .model = model,
        .verdict = verdicts[chance % 8],
        .class = classes[chance % 8],
        .request_id = request_id,
        .finish_reasons = "stop",
        .digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        .capture = capture,
        .status = chance % 8 == 6 ? 429 : 200,
        .streamed = true,
        .latency_us = 900000 + (int64_t)(chance % 5000000),
        .first_byte_us = 300000,
        .first_token_us = 400000,
        .input_tokens = 20,
        .output_tokens = (int64_t)(chance % 4000),
        .body_bytes = 20000,
        .events = 100,
    };
    snprintf(row->id, sizeof(row->id), "ev-2026%012" PRIu64 "Z-%04x", number,
             (unsigned)(chance & 0xFFFF));
    snprintf(capture, 64, "captures/%s.jsonl", row->id);
}

static int make(const char *path, uint64_t rows)
{
    char model[32], request_id[32], capture[64];
    struct history *history;
    struct history_row row;
    struct error error;

    history = history_open(path, &error);
    if (!history)
        return fail(&error);
    for (uint64_t i = 0; i < rows; i++) {
        make_row(&row, model, request_id, capture, i);
        if (!history_add(history, &row, &error))
            return fail(&error);
        if (i % 1000 == 0)
            history_checkpoint(history);
    }
    history_close(history);
    return 0;
}

static bool keep(void *context, const struct history_row *row)
{
    size_t *count = context;

    *count += row->id[0] != '\0';
    return true;
}

static void tell(const char *name, int64_t us)
{
    printf("%-48s %10" PRId64 "\n", name, us);
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* Many pages one behind the other: the median and all but the slowest in a hundred. */
static bool walk(struct history *history, struct error *error)
{
    struct history_place place = {.begun = false};
    int64_t took_us[STEPS];
    size_t count = 0;

    for (int i = 0; i < STEPS; i++) {
        int64_t start_us = now_us();

        if (!history_look(history, NULL, &place, HISTORY_OLDER, PAGE, NULL, keep, &count, error))
            return false;
        took_us[i] = now_us() - start_us;
    }
    qsort(took_us, STEPS, sizeof(*took_us), by_value);
    tell("page p50", took_us[STEPS / 2]);
    tell("page p99", took_us[STEPS * 99 / 100]);
    return true;
}

/*
 * What a change of the filter line costs: until the first page is there, and all is counted, in
 * pieces as the console does it; and the longest of them, which is what a key may wait for.
 */
static bool look(struct history *history, const char *line, struct error *error)
{
    const struct clock *clock = &clock_system;
    struct history_patience patience = {.clock = clock};
    struct history_place page = {.begun = false}, all = {.begun = false};
    struct history_filter filter;
    int64_t start_us = now_us(), piece_us, longest_us = 0;
    size_t count = 0;
    bool good = history_filter_parse(&filter, line, NULL, INT64_C(1792600000000), error);

    while (good && !all.ended) {
        piece_us = now_us();
        patience.until_us = clock_now_us(clock) + PIECE_US;
        if (page.passed < PAGE && !page.ended) {
            good = history_look(history, &filter, &page, HISTORY_OLDER, PAGE - page.passed,
                                &patience, keep, &count, error);
            if (page.passed == PAGE || page.ended)
                tell(*line ? line : "no filter", now_us() - start_us);
        } else {
            good = history_look(history, &filter, &all, HISTORY_OLDER, UINT64_MAX, &patience, NULL,
                                NULL, error);
        }
        if (now_us() - piece_us > longest_us)
            longest_us = now_us() - piece_us;
    }
    tell("  and its count", now_us() - start_us);
    tell("  longest piece", longest_us);
    history_filter_release(&filter);
    return good;
}

static int read_all(const char *path)
{
    static const char *const lines[] = {
        "",
        "verdict:truncated",
        "model:model-07",
        "verdict:truncated model:model-07 since:2026-10-01",
        "req_0",
        "no such words",
        "class:none -verdict:complete status:4xx",
    };
    struct history_place place = {.begun = false};
    int64_t start_us = now_us();
    struct history *history;
    struct error error;
    size_t count = 0;
    bool good;

    history = history_open(path, &error);
    if (!history ||
        !history_look(history, NULL, &place, HISTORY_OLDER, PAGE, NULL, keep, &count, &error))
        return fail(&error);
    tell("open and first page", now_us() - start_us);
    good = walk(history, &error);
    for (size_t i = 0; good && i < sizeof(lines) / sizeof(*lines); i++)
        good = look(history, lines[i], &error);
    history_close(history);
    return good ? 0 : fail(&error);
}

/* Two captures beside each other: all of it, and its longest piece; CPU time, as other work counts
 * for nothing here. */
static int compare_both(const char *left, const char *right)
{
    int64_t start_us = read_us(CLOCK_PROCESS_CPUTIME_ID), piece_us = start_us, longest_us = 0;
    struct redactor *redactor = redactor_new();
    enum compare_step step = COMPARE_MORE;
    struct stream_rules rules;
    struct compare *compare;
    struct error error;

    stream_rules_default(&rules);
    compare = compare_open(left, right, redactor, &rules, &error);
    while (compare && step == COMPARE_MORE) {
        int64_t at_us = read_us(CLOCK_PROCESS_CPUTIME_ID);

        if (at_us - piece_us > longest_us)
            longest_us = at_us - piece_us;
        piece_us = at_us;
        step = compare_advance(compare, &error);
    }
    tell("compare", read_us(CLOCK_PROCESS_CPUTIME_ID) - start_us);
    tell("  longest piece", longest_us);
    compare_free(compare);
    redactor_free(redactor);
    stream_rules_release(&rules);
    return step == COMPARE_DONE ? 0 : fail(&error);
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "make") == 0)
        return make(argv[2], strtoull(argv[3], NULL, 10));
    if (argc == 3 && strcmp(argv[1], "read") == 0)
        return read_all(argv[2]);
    if (argc == 4 && strcmp(argv[1], "compare") == 0)
        return compare_both(argv[2], argv[3]);
    fprintf(stderr, "usage: history make FILE ROWS | history read FILE | history compare A B\n");
    return 2;
}
