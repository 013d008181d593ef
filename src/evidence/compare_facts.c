/* What two exchanges differ in besides their texts: verdict, timing, headers, shape. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/memory.h"
#include "evidence/compare_parts.h"
#include "evidence/timeline.h"

/* Between them a ratio is read as a factor. */
#define RATIO_LEAST 0.1
#define RATIO_MOST 10

enum { VALUE_MAX = 64 * 1024, TYPES_MAX = 64, NOTABLE = 25 /* percent */ };

/* The fact of one side is appended; none when nothing is. */
struct fact {
    const char *label;
    bool varies;
    void (*add)(const struct compare_side *side, struct bytes *out);
};

static void add_facts(struct compare *compare, enum compare_section section,
                      const struct fact *facts, size_t count)
{
    struct bytes values[2];

    bytes_init(&values[0], VALUE_MAX);
    bytes_init(&values[1], VALUE_MAX);
    for (size_t i = 0; i < count; i++) {
        const char *texts[2];

        for (int j = 0; j < 2; j++) {
            bytes_clear(&values[j]);
            facts[i].add(&compare->sides[j], &values[j]);
            texts[j] = values[j].len ? bytes_text(&values[j]) : NULL;
        }
        if (texts[0] || texts[1])
            compare_add(compare, section, COMPARE_SAME, facts[i].label, texts[0], texts[1])
                ->varies = facts[i].varies;
    }
    bytes_release(&values[0]);
    bytes_release(&values[1]);
}

static void put(struct bytes *out, const char *text)
{
    if (text)
        bytes_puts(out, text);
}

/* ---- verdict ---- */

static void verdict_fact(const struct compare_side *side, struct bytes *out)
{
    bytes_printf(out, "%s (%s)", verdict_headline(side->replay.verdict.kind),
                 verdict_name(side->replay.verdict.kind));
}

static void reasons_fact(const struct compare_side *side, struct bytes *out)
{
    const struct verdict *verdict = &side->replay.verdict;

    for (size_t i = 0; i < verdict->count; i++)
        bytes_printf(out, "%s%s", i ? ", " : "", reason_name(verdict->reasons[i].code));
}

static void class_fact(const struct compare_side *side, struct bytes *out)
{
    put(out, side->replay.failure.class);
}

static void action_fact(const struct compare_side *side, struct bytes *out)
{
    put(out, side->replay.failure.action);
}

static void status_fact(const struct compare_side *side, struct bytes *out)
{
    const struct http_result *result = &side->replay.result;

    if (result->status)
        bytes_printf(out, "%d %s", result->status, result->reason);
}

static void framing_fact(const struct compare_side *side, struct bytes *out)
{
    put(out, framing_name(side->replay.result.framing));
}

static void ending_fact(const struct compare_side *side, struct bytes *out)
{
    const struct http_result *result = &side->replay.result;

    if (result->curl > 0)
        bytes_printf(out, "curl %d: %s", result->curl, result->message);
    else if (result->stop != STOP_NONE)
        bytes_printf(out, "stopped by us: %s", stop_name(result->stop));
    else
        bytes_puts(out, result->framed_clean ? "framed clean" : "not told by the framing");
}

static void finish_fact(const struct compare_side *side, struct bytes *out)
{
    struct answer answer;

    judge_answer(side->replay.judge, &answer);
    for (size_t i = 0; i < answer.choice_count; i++)
        if (answer.choices[i].finish_reason)
            bytes_printf(out, "%s%s", out->len ? ", " : "", answer.choices[i].finish_reason);
}

static void error_fact(const struct compare_side *side, struct bytes *out)
{
    struct answer answer;

    judge_answer(side->replay.judge, &answer);
    put(out, answer.error_message);
}

static void echo_fact(const struct compare_side *side, struct bytes *out)
{
    struct answer answer;

    judge_answer(side->replay.judge, &answer);
    put(out, answer.model);
}

static void tokens_fact(const struct compare_side *side, struct bytes *out)
{
    struct answer answer;

    judge_answer(side->replay.judge, &answer);
    if (answer.input_tokens >= 0 || answer.output_tokens >= 0)
        bytes_printf(out, "%" PRId64 " in, %" PRId64 " out", answer.input_tokens,
                     answer.output_tokens);
}

static void time_fact(const struct compare_side *side, struct bytes *out)
{
    char text[CLOCK_TEXT];

    clock_format(side->replay.header.wall_ms, text);
    bytes_puts(out, text);
}

static void simulated_fact(const struct compare_side *side, struct bytes *out)
{
    bytes_puts(out, side->replay.header.simulated ? "the simulator" : "a server");
}

void compare_add_verdict(struct compare *compare)
{
    static const struct fact facts[] = {
        {"verdict", false, verdict_fact},       {"reasons", false, reasons_fact},
        {"class", false, class_fact},           {"action", false, action_fact},
        {"status", false, status_fact},         {"error", false, error_fact},
        {"finish reason", false, finish_fact},  {"framing", false, framing_fact},
        {"ending", false, ending_fact},         {"model answered", false, echo_fact},
        {"tokens", true, tokens_fact},          {"sent at", true, time_fact},
        {"answered by", false, simulated_fact},
    };

    add_facts(compare, COMPARE_VERDICT, facts, sizeof(facts) / sizeof(*facts));
}

/* ---- timing ---- */

enum unit { MICROSECONDS, COUNT };

static int64_t since_start(const struct compare_side *side, int64_t at_us)
{
    return at_us ? at_us - side->replay.result.timings.start_us : 0;
}

static int64_t header_time(const struct compare_side *side)
{
    return since_start(side, side->replay.result.timings.headers_us);
}

static int64_t first_byte_time(const struct compare_side *side)
{
    return since_start(side, side->replay.result.timings.first_byte_us);
}

static int64_t first_token_time(const struct compare_side *side)
{
    return side->replay.timeline->first_us;
}

static int64_t median_gap(const struct compare_side *side)
{
    return timeline_percentile(side->replay.timeline, 0.5);
}

static int64_t longest_gap(const struct compare_side *side)
{
    return side->replay.timeline->longest_gap_us;
}

static int64_t total_time(const struct compare_side *side)
{
    return since_start(side, side->replay.result.timings.end_us);
}

static int64_t event_count(const struct compare_side *side)
{
    return (int64_t)judge_progress(side->replay.judge)->events;
}

static int64_t byte_count(const struct compare_side *side)
{
    return (int64_t)judge_progress(side->replay.judge)->bytes;
}

static const struct measure {
    const char *label;
    enum unit unit;
    int64_t (*value)(const struct compare_side *side); /* 0: it did not happen */
    int64_t least;                                     /* less of a difference is none */
} measures[] = {
    {"headers", MICROSECONDS, header_time, 5000},
    {"first byte", MICROSECONDS, first_byte_time, 5000},
    {"first token", MICROSECONDS, first_token_time, 5000},
    {"median gap", MICROSECONDS, median_gap, 5000},
    {"longest gap", MICROSECONDS, longest_gap, 5000},
    {"total", MICROSECONDS, total_time, 5000},
    {"events", COUNT, event_count, 1},
    {"bytes of the body", COUNT, byte_count, 1},
};

static void add_value(struct bytes *out, enum unit unit, int64_t value)
{
    if (unit == COUNT)
        bytes_printf(out, "%" PRId64, value);
    else if (value < 1000000)
        bytes_printf(out, "%.1f ms", (double)value / 1e3);
    else
        bytes_printf(out, "%.2f s", (double)value / 1e6);
}

/* "x1.43", or how many times less where that says nothing: "200 times". */
static void add_times(struct bytes *out, int64_t left, int64_t right)
{
    double times = (double)right / (double)left;

    if (times < RATIO_LEAST)
        bytes_printf(out, "  %.0f times", 1 / times);
    else if (times > RATIO_MOST)
        bytes_printf(out, "  %.0f times", times);
    else
        bytes_printf(out, "  x%.2f", times);
}

/* "1.20 s  x1.43 slower"; how much that is. */
static bool add_ratio(struct bytes *out, const struct measure *measure, int64_t left, int64_t right)
{
    const char *more = measure->unit == COUNT ? "more" : "slower";
    const char *less = measure->unit == COUNT ? "less" : "faster";
    int64_t apart = right > left ? right - left : left - right;
    int64_t least = left < right ? left : right;

    if (left <= 0 || right <= 0)
        return left > 0 || right > 0;
    add_times(out, left, right);
    if (apart < measure->least || apart * 100 < least * NOTABLE)
        return false;
    bytes_printf(out, " %s", right > left ? more : less);
    return true;
}

void compare_add_timing(struct compare *compare)
{
    struct bytes left, right;

    bytes_init(&left, TYPES_MAX);
    bytes_init(&right, TYPES_MAX);
    for (size_t i = 0; i < sizeof(measures) / sizeof(*measures); i++) {
        const struct measure *measure = &measures[i];
        int64_t a = measure->value(&compare->sides[0]), b = measure->value(&compare->sides[1]);
        struct compare_line *line;
        bool notable;

        bytes_clear(&left);
        bytes_clear(&right);
        add_value(&left, measure->unit, a);
        add_value(&right, measure->unit, b);
        notable = add_ratio(&right, measure, a, b);
        if (a <= 0 && b <= 0)
            continue;
        line = compare_add(compare, COMPARE_TIMING, COMPARE_CHANGED, measure->label,
                           a > 0 ? bytes_text(&left) : NULL, b > 0 ? bytes_text(&right) : NULL);
        line->sign = notable ? COMPARE_CHANGED : COMPARE_SAME;
        if (a <= 0 || b <= 0)
            line->sign = a > 0 ? COMPARE_REMOVED : COMPARE_ADDED;
    }
    bytes_release(&left);
    bytes_release(&right);
}

/* ---- headers ---- */

/* What no two answers have in common. A name ending in "-" stands for all that begin so. */
static bool varies(const char *name)
{
    static const char *const names[] = {
        "age",
        "cf-ray",
        "content-length",
        "date",
        "etag",
        "expires",
        "last-modified",
        "nel",
        "report-to",
        "request-id",
        "server-timing",
        "set-cookie",
        "traceparent",
        "x-amzn-",
        "x-b3-",
        "x-correlation-id",
        "x-envoy-",
        "x-ratelimit-",
        "x-request-id",
        "x-trace-",
        "openai-processing-ms",
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        size_t len = strlen(names[i]);

        if (names[i][len - 1] == '-' ? strncasecmp(name, names[i], len) == 0
                                     : strcasecmp(name, names[i]) == 0)
            return true;
    }
    return false;
}

/* All values of a name; false when there is none. */
static bool join_values(const struct http_headers *headers, const char *name, struct bytes *out)
{
    bool found = false;

    bytes_clear(out);
    for (size_t i = 0; i < headers->count; i++)
        if (strcasecmp(headers->items[i].name, name) == 0) {
            bytes_printf(out, "%s%s", found ? ", " : "", headers->items[i].value);
            found = true;
        }
    return found;
}

static bool came_before(const struct http_headers *headers, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(headers->items[i].name, name) == 0)
            return true;
    return false;
}

static void add_headers(struct compare *compare, const struct http_headers *from,
                        const struct http_headers *known, struct bytes values[2])
{
    const struct http_headers *left = &compare->sides[0].replay.result.headers;
    const struct http_headers *right = &compare->sides[1].replay.result.headers;

    for (size_t i = 0; i < from->count; i++) {
        const char *name = from->items[i].name;
        bool here, there;

        if (came_before(from, i, name) || (known && came_before(known, known->count, name)))
            continue;
        here = join_values(left, name, &values[0]);
        there = join_values(right, name, &values[1]);
        compare_add(compare, COMPARE_HEADERS, COMPARE_SAME, name,
                    here ? bytes_text(&values[0]) : NULL, there ? bytes_text(&values[1]) : NULL)
            ->varies = varies(name);
    }
}

void compare_add_headers(struct compare *compare)
{
    struct bytes values[2];

    bytes_init(&values[0], VALUE_MAX);
    bytes_init(&values[1], VALUE_MAX);
    add_headers(compare, &compare->sides[0].replay.result.headers, NULL, values);
    add_headers(compare, &compare->sides[1].replay.result.headers,
                &compare->sides[0].replay.result.headers, values);
    bytes_release(&values[0]);
    bytes_release(&values[1]);
}

/* ---- shape ---- */

/* "string x41"; NULL for none. */
static const char *describe_path(const struct shape_path *path, struct bytes *out)
{
    char types[TYPES_MAX];

    bytes_clear(out);
    if (!path)
        return NULL;
    bytes_printf(out, "%s x%" PRIu64, shape_types(path->types, types, sizeof(types)), path->count);
    return bytes_text(out);
}

static void add_path(struct compare *compare, const char *name, const struct shape_path *left,
                     const struct shape_path *right)
{
    struct bytes texts[2];
    struct compare_line *line;

    bytes_init(&texts[0], VALUE_MAX);
    bytes_init(&texts[1], VALUE_MAX);
    line = compare_add(compare, COMPARE_SHAPE, COMPARE_SAME, *name ? name : "(the whole)",
                       describe_path(left, &texts[0]), describe_path(right, &texts[1]));
    if (left && right) /* how often is the text's affair */
        line->sign = left->types == right->types ? COMPARE_SAME : COMPARE_CHANGED;
    bytes_release(&texts[0]);
    bytes_release(&texts[1]);
}

static void add_number(struct compare *compare, const char *label, uint64_t left, uint64_t right)
{
    char *texts[2] = {left ? xasprintf("x%" PRIu64, left) : NULL,
                      right ? xasprintf("x%" PRIu64, right) : NULL};

    if (left || right)
        compare_add(compare, COMPARE_SHAPE, COMPARE_SAME, label, texts[0], texts[1]);
    free(texts[0]);
    free(texts[1]);
}

void compare_add_shape(struct compare *compare)
{
    const struct shape *left = &compare->sides[0].shape, *right = &compare->sides[1].shape;
    size_t i = 0, j = 0;

    while (i < left->count || j < right->count) {
        int order = i == left->count    ? 1
                    : j == right->count ? -1
                                        : strcmp(left->paths[i].path, right->paths[j].path);
        const char *name = order <= 0 ? left->paths[i].path : right->paths[j].path;
        const struct shape_path *one = order <= 0 ? &left->paths[i++] : NULL;
        const struct shape_path *other = order >= 0 ? &right->paths[j++] : NULL;

        add_path(compare, name, one, other);
    }
    add_number(compare, "[DONE]", compare->sides[0].markers, compare->sides[1].markers);
    add_number(compare, "(no JSON, or too large)", compare->sides[0].unread,
               compare->sides[1].unread);
    if (left->full || right->full)
        compare_add(compare, COMPARE_SHAPE, COMPARE_SAME, "(more than is kept)",
                    left->full ? "yes" : "no", right->full ? "yes" : "no");
}
