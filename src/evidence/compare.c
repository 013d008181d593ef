#include "evidence/compare.h"

#include "base/diff.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/redact.h"
#include "evidence/compare_parts.h"

#include <stdlib.h>
#include <string.h>

enum {
    READ_SLICE = 32 * 1024,    /* of a capture; judging it and its shape cost the most */
    DOCUMENT_MAX = 256 * 1024, /* one whose shape is looked at */
    SLICE = 256 * 1024,
    TEXT_MAX = 64 * 1024 * 1024,
    LINE_LONG = 4096,
    PAIRS_SLICE = 8192,
    EDITS_MAX = 1000, /* lines; some megabytes and milliseconds */
};

enum state { READING, REDACTING, SPLITTING, TELLING, MATCHING, PAIRING, ENDED };

static const char *const section_names[COMPARE_SECTIONS] = {
    [COMPARE_VERDICT] = "verdict", [COMPARE_TIMING] = "timing", [COMPARE_REQUEST] = "request",
    [COMPARE_HEADERS] = "headers", [COMPARE_SHAPE] = "shape",   [COMPARE_TEXT] = "text",
};

const char *compare_section_name(enum compare_section section)
{
    return section_names[section];
}

const char *compare_sign_word(enum compare_sign sign)
{
    static const char *const words[] = {
        [COMPARE_SAME] = "same",
        [COMPARE_CHANGED] = "changed",
        [COMPARE_REMOVED] = "only left",
        [COMPARE_ADDED] = "only right",
    };

    return words[sign];
}

/* ---- lines ---- */

static struct compare_line *add_line(struct compare *compare, const struct compare_line *line)
{
    if (compare->count == compare->size) {
        compare->size = compare->size ? compare->size * 2 : 64;
        compare->lines = xreallocarray(compare->lines, compare->size, sizeof(*compare->lines));
    }
    compare->lines[compare->count] = *line;
    return &compare->lines[compare->count++];
}

static enum compare_sign find_sign(const char *left, const char *right)
{
    if (!left || !right)
        return left ? COMPARE_REMOVED : right ? COMPARE_ADDED : COMPARE_SAME;
    return strcmp(left, right) == 0 ? COMPARE_SAME : COMPARE_CHANGED;
}

struct compare_line *compare_add(struct compare *compare, enum compare_section section,
                                 enum compare_sign sign, const char *label, const char *left,
                                 const char *right)
{
    struct compare_line line = {
        .section = section,
        .sign = sign == COMPARE_SAME ? find_sign(left, right) : sign,
        .label = redact_copy(compare->redactor, label),
        .owned = {redact_copy(compare->redactor, left), redact_copy(compare->redactor, right)},
    };

    line.left = line.owned[0];
    line.right = line.owned[1];
    line.left_len = left ? strlen(left) : 0;
    line.right_len = right ? strlen(right) : 0;
    return add_line(compare, &line);
}

void compare_add_text(struct compare *compare, enum compare_sign sign, const char *left,
                      size_t left_len, const char *right, size_t right_len)
{
    const struct compare_line line = {.section = COMPARE_TEXT,
                                      .sign = sign,
                                      .left = left,
                                      .right = right,
                                      .left_len = left_len,
                                      .right_len = right_len};

    add_line(compare, &line);
    compare->differences[COMPARE_TEXT] += sign != COMPARE_SAME;
}

/* ---- the two sides ---- */

static void on_event(void *context, const struct judge_event *event)
{
    struct compare_side *side = context;

    enum shape_text read = SHAPE_UNREAD;

    if (event->data_len <= DOCUMENT_MAX)
        read = shape_add_text(&side->shape, event->data, event->data_len);
    side->markers += read == SHAPE_MARKER;
    side->unread += read == SHAPE_UNREAD;
}

static bool open_side(struct compare_side *side, const char *path, const struct stream_rules *rules,
                      struct error *error)
{
    side->path = xstrdup(path);
    side->open = replay_open(path, OPERATION_CHAT, rules, on_event, side, &side->replay, error);
    if (side->open && side->replay.origin != REPLAY_CAPTURE)
        return error_set(error, ERROR_FILE, "%s is no capture", path);
    return side->open;
}

static void close_side(struct compare_side *side)
{
    if (side->open)
        replay_release(&side->replay);
    shape_release(&side->shape);
    redact_stream_free(side->stream);
    bytes_release(&side->raw);
    bytes_release(&side->text);
    free(side->lines);
    free(side->hashes);
    free(side->path);
}

struct compare *compare_open(const char *left, const char *right, const struct redactor *redactor,
                             const struct stream_rules *rules, struct error *error)
{
    struct compare *compare = xcalloc(1, sizeof(*compare));

    compare->redactor = redactor;
    for (int i = 0; i < 2; i++) {
        bytes_init(&compare->sides[i].raw, TEXT_MAX);
        bytes_init(&compare->sides[i].text, TEXT_MAX);
    }
    if (open_side(&compare->sides[0], left, rules, error) &&
        open_side(&compare->sides[1], right, rules, error))
        return compare;
    compare_free(compare);
    return NULL;
}

void compare_use_classes(struct compare *compare, const struct class_table *classes)
{
    for (int i = 0; i < 2; i++)
        compare->sides[i].replay.classes = classes;
}

void compare_free(struct compare *compare)
{
    if (!compare)
        return;
    for (size_t i = 0; i < compare->count; i++) {
        free(compare->lines[i].label);
        free(compare->lines[i].owned[0]);
        free(compare->lines[i].owned[1]);
    }
    free(compare->lines);
    diff_release(&compare->diff);
    close_side(&compare->sides[0]);
    close_side(&compare->sides[1]);
    free(compare);
}

/* ---- the text of an answer ---- */

static void add_tool_call(struct bytes *text, const struct answer_tool_call *call)
{
    bytes_printf(text, "[tool call] %s(%s)\n", call->name ? call->name : "",
                 call->arguments ? call->arguments : "");
}

static void add_choice(struct bytes *text, const struct answer_choice *choice, bool many)
{
    if (many)
        bytes_printf(text, "[choice %lld]\n", (long long)choice->index);
    if (choice->reasoning_len) {
        bytes_puts(text, "[reasoning]\n");
        bytes_append(text, choice->reasoning, choice->reasoning_len);
        bytes_puts(text, "\n[answer]\n");
    }
    if (choice->text_len)
        bytes_append(text, choice->text, choice->text_len);
    if (choice->refusal_len) {
        bytes_puts(text, "\n[refusal]\n");
        bytes_append(text, choice->refusal, choice->refusal_len);
    }
    if (choice->tool_call_count)
        bytes_puts(text, text->len ? "\n" : "");
    for (size_t i = 0; i < choice->tool_call_count; i++)
        add_tool_call(text, &choice->tool_calls[i]);
}

static void compose_text(struct compare *compare, struct compare_side *side)
{
    struct answer answer;

    judge_answer(side->replay.judge, &answer);
    for (size_t i = 0; i < answer.choice_count; i++)
        add_choice(&side->raw, &answer.choices[i], answer.choice_count > 1);
    side->stream = redact_stream_new(compare->redactor);
}

/* The body of an answer that was no stream, as far as one is looked at. */
static void read_document(struct compare_side *side)
{
    struct bytes body;
    bool whole = capture_body(side->path, DOCUMENT_MAX, &body);

    if (!whole || shape_add_text(&side->shape, bytes_text(&body), body.len) != SHAPE_DOCUMENT)
        side->unread += body.len > 0;
    bytes_release(&body);
}

/* ---- the work, in slices; each answers whether it is done ---- */

static bool is_read(const struct compare *compare)
{
    return compare->sides[0].replay.ended && compare->sides[1].replay.ended;
}

static bool read_slice(struct compare *compare, struct error *error)
{
    const struct replay_until until = {.us = INT64_MAX, .bytes = READ_SLICE};

    for (int i = 0; i < 2; i++) {
        struct compare_side *side = &compare->sides[i];

        if (side->replay.ended)
            continue;
        if (replay_advance(&side->replay, &until, error) == REPLAY_FAILED)
            return false;
        if (!side->replay.ended)
            return true;
        if (judge_progress(side->replay.judge)->events == 0)
            read_document(side);
        compose_text(compare, side);
        return true;
    }
    return true;
}

static bool redact_slice(struct compare *compare)
{
    for (int i = 0; i < 2; i++) {
        struct compare_side *side = &compare->sides[i];
        size_t len = side->raw.len - side->redacted;
        const char *out;

        if (!side->stream)
            continue;
        len = len < SLICE ? len : SLICE;
        if (len) {
            size_t given =
                redact_stream_push(side->stream, side->raw.data + side->redacted, len, &out);

            bytes_append(&side->text, out, given);
            side->redacted += len;
            return false;
        }
        len = redact_stream_finish(side->stream, &out);
        bytes_append(&side->text, out, len);
        redact_stream_free(side->stream);
        side->stream = NULL;
        bytes_release(&side->raw);
        return false;
    }
    return true;
}

static void add_split(struct compare_side *side, size_t begin, size_t len)
{
    if (side->line_count == side->line_size) {
        side->line_size = side->line_size ? side->line_size * 2 : 256;
        side->lines = xreallocarray(side->lines, side->line_size, sizeof(*side->lines));
        side->hashes = xreallocarray(side->hashes, side->line_size, sizeof(*side->hashes));
    }
    side->lines[side->line_count] = begin;
    side->hashes[side->line_count++] = diff_hash(side->text.data + begin, len);
}

/*
 * How much of a text is one line here, without its newline. One that is too long for a screen to
 * wait for ends with each of its sentences, so that both sides are cut alike.
 */
static size_t line_length(const char *text, size_t len)
{
    const char *end = memchr(text, '\n', len < LINE_LONG + 1 ? len : LINE_LONG + 1);
    size_t whole = end ? (size_t)(end - text) : len;

    if (whole <= LINE_LONG)
        return whole;
    for (size_t i = 1; i < LINE_LONG; i++)
        if (text[i] == ' ' && (text[i - 1] == '.' || text[i - 1] == '!' || text[i - 1] == '?'))
            return i + 1;
    for (whole = LINE_LONG; whole > LINE_LONG - 4 && ((unsigned char)text[whole] & 0xC0) == 0x80;)
        whole--;
    return whole;
}

static bool split_slice(struct compare *compare)
{
    for (int i = 0; i < 2; i++) {
        struct compare_side *side = &compare->sides[i];
        size_t most = side->split + SLICE;

        if (side->split == side->text.len)
            continue;
        while (side->split < side->text.len && side->split < most) {
            size_t rest = side->text.len - side->split;
            size_t len = line_length(side->text.data + side->split, rest);

            add_split(side, side->split, len);
            side->split += len + (len < rest && side->text.data[side->split + len] == '\n');
        }
        return false;
    }
    return true;
}

static size_t line_at(const struct compare_side *side, size_t index, const char **line)
{
    size_t begin = side->lines[index];
    size_t end = index + 1 < side->line_count ? side->lines[index + 1] : side->text.len;

    *line = side->text.data + begin;
    return end - begin - (end > begin && side->text.data[end - 1] == '\n');
}

static void add_facts(struct compare *compare)
{
    compare_add_verdict(compare);
    compare_add_timing(compare);
    compare_add_request(compare);
    compare_add_headers(compare);
    compare_add_shape(compare);
    for (size_t i = 0; i < compare->count; i++)
        compare->differences[compare->lines[i].section] +=
            compare->lines[i].sign != COMPARE_SAME && !compare->lines[i].varies;
}

static bool same_line(const void *context, size_t left, size_t right)
{
    const struct compare *compare = context;
    const char *lines[2];
    size_t len = line_at(&compare->sides[0], left, &lines[0]);

    return line_at(&compare->sides[1], right, &lines[1]) == len &&
           memcmp(lines[0], lines[1], len) == 0;
}

static void match(struct compare *compare)
{
    const struct compare_side *left = &compare->sides[0], *right = &compare->sides[1];
    const struct diff_sides sides = {
        .left = left->hashes,
        .right = right->hashes,
        .left_count = left->line_count,
        .right_count = right->line_count,
        .same = same_line,
        .context = compare,
    };

    diff_make(&compare->diff, &sides, EDITS_MAX);
}

/* Lines in the place of each other stand beside each other, as far as there are two. */
static void add_pair(struct compare *compare, const struct diff_run *run, size_t i)
{
    const char *left = NULL, *right = NULL;
    size_t left_len = 0, right_len = 0;
    enum compare_sign sign = run->same ? COMPARE_SAME : COMPARE_CHANGED;

    if (i < run->left_len)
        left_len = line_at(&compare->sides[0], run->left + i, &left);
    if (i < run->right_len)
        right_len = line_at(&compare->sides[1], run->right + i, &right);
    if (!left || !right)
        sign = left ? COMPARE_REMOVED : COMPARE_ADDED;
    compare_add_text(compare, sign, left, left_len, right, right_len);
}

static bool pair_slice(struct compare *compare)
{
    for (size_t pairs = 0; compare->run < compare->diff.count && pairs < PAIRS_SLICE; pairs++) {
        const struct diff_run *run = &compare->diff.runs[compare->run];

        add_pair(compare, run, compare->pair++);
        if (compare->pair >= run->left_len && compare->pair >= run->right_len) {
            compare->run++;
            compare->pair = 0;
        }
    }
    return compare->run == compare->diff.count;
}

enum compare_step compare_advance(struct compare *compare, struct error *error)
{
    bool done = true;

    switch ((enum state)compare->state) {
    case READING:
        if (!read_slice(compare, error))
            return COMPARE_FAILED;
        done = is_read(compare);
        break;
    case REDACTING:
        done = redact_slice(compare);
        break;
    case SPLITTING:
        done = split_slice(compare);
        break;
    case TELLING:
        add_facts(compare);
        break;
    case MATCHING:
        match(compare);
        break;
    case PAIRING:
        done = pair_slice(compare);
        break;
    case ENDED:
        return COMPARE_DONE;
    }
    compare->state += done;
    return compare->state == ENDED ? COMPARE_DONE : COMPARE_MORE;
}

int compare_percent(const struct compare *compare)
{
    int left = replay_percent(&compare->sides[0].replay);
    int right = replay_percent(&compare->sides[1].replay);

    return left < 0 || right < 0 ? -1 : (left + right) / 2;
}

const char *compare_id(const struct compare *compare, bool right)
{
    return compare->sides[right].replay.header.id;
}

size_t compare_count(const struct compare *compare)
{
    return compare->state == ENDED ? compare->count : 0;
}

const struct compare_line *compare_line(const struct compare *compare, size_t index)
{
    return &compare->lines[index];
}

size_t compare_differences(const struct compare *compare, enum compare_section section)
{
    return compare->differences[section];
}
