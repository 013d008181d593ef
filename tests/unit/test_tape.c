/* evidence/tape: any place of what was received, as it came (Stream: "search in all of it"). */
#include "tests/unit/unit.h"

#include "base/bytes.h"
#include "base/file.h"
#include "base/memory.h"
#include "evidence/replay.h"
#include "evidence/tape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BODY_MAX = 16 * 1024 * 1024, SOME = 400 };

static char folder[64];
static char *path;

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/cometdeck-tape-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    path = file_join(folder, "capture.jsonl");
    return 0;
}

static int remove_folder(void **state)
{
    char *command = xasprintf("rm -rf %s", folder);
    int answer = system(command);

    (void)state;
    free(command);
    free(path);
    return answer;
}

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* ---- captures to look at ---- */

static struct capture_writer *begin(bool kept)
{
    static const struct http_headers none = {0};
    static const struct request_facts facts = {.stream = true, .choices = 1};
    struct capture_header header = {
        .id = "ev-20261121T111723.456Z-7f3a",
        .operation = OPERATION_CHAT,
        .profile = "demo",
        .method = "POST",
        .url = "http://127.0.0.1/v1/chat/completions",
        .headers = &none,
        .facts = &facts,
        .body_kept = kept,
    };
    struct stream_rules rules;
    struct capture_writer *writer;

    unlink(path);
    stream_rules_default(&rules);
    header.rules = &rules;
    writer = capture_create(NULL, path, &header, NULL);
    stream_rules_release(&rules);
    assert_non_null(writer);
    return writer;
}

static void end(struct capture_writer *writer)
{
    const struct http_result result = {.curl = 0, .status = 200, .framing = FRAMING_CHUNKED};
    char digest[DIGEST_TEXT];

    assert_true(capture_end(writer, &result, digest, NULL));
}

/* Reads of 1 to `most` bytes; the time of each is its number. */
static void write_reads(struct capture_writer *writer, const char *data, size_t len, size_t most,
                        uint64_t *seed)
{
    static int64_t number;

    for (size_t at = 0; at < len;) {
        size_t part = 1 + (size_t)(next_random(seed) % most);

        part = part < len - at ? part : len - at;
        assert_true(capture_read(writer, data + at, part, ++number, NULL));
        at += part;
    }
}

/* A stream of `count` events with text that JSON escapes, bytes that are no UTF-8, other fields. */
static void make_stream(struct bytes *body, size_t count, uint64_t *seed)
{
    bytes_init(body, BODY_MAX);
    bytes_puts(body, ": a comment first\n\n");
    for (size_t i = 0; i < count; i++) {
        if (next_random(seed) % 7 == 0)
            bytes_puts(body, ": ping\n\nevent: other\nid: 4\n");
        if (next_random(seed) % 50 == 0)
            bytes_append(body, "bare \xff\x00\n", 8);
        bytes_printf(body, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%zu\\n\"}}]}",
                     i);
        bytes_puts(body, next_random(seed) % 3 ? "\n\n" : "\r\n\r\n");
    }
    bytes_puts(body, "data: [DONE]\n\n");
}

static struct tape *open_tape(size_t step, size_t marks)
{
    const struct tape_spacing spacing = {.step = step, .marks = marks};
    struct error error = {0};
    struct tape *tape = tape_open(path, &spacing, &error);

    assert_string_equal(error.text, "");
    assert_non_null(tape);
    return tape;
}

static void extend_whole(struct tape *tape)
{
    while (tape_extend(tape, 1000))
        ;
}

/* ---- bytes ---- */

struct gathered {
    struct bytes bytes;
    uint64_t next, read;
    int64_t time_us;
    size_t most; /* pieces that are wanted, 0: all */
    bool ended;
};

static bool gather(void *context, const struct tape_piece *piece)
{
    struct gathered *gathered = context;

    assert_int_equal(piece->offset, gathered->next);
    if (gathered->read)
        assert_int_equal(piece->read, gathered->read + 1);
    if (gathered->read) /* only the first may begin within a read */
        assert_true(piece->begins && gathered->ended);
    assert_true(piece->since_start_us > gathered->time_us);
    gathered->next = piece->offset + piece->len;
    gathered->read = piece->read;
    gathered->time_us = piece->since_start_us;
    gathered->ended = piece->ends;
    if (piece->data)
        bytes_append(&gathered->bytes, piece->data, piece->len);
    return !gathered->most || --gathered->most;
}

static void check_place(struct tape *tape, const struct bytes *body, uint64_t offset, uint64_t len)
{
    struct gathered gathered = {.next = offset};
    size_t there = offset >= body->len ? 0 : body->len - (size_t)offset;

    bytes_init(&gathered.bytes, BODY_MAX);
    assert_true(tape_read(tape, offset, len, gather, &gathered));
    assert_int_equal(gathered.bytes.len, len < there ? len : there);
    if (gathered.bytes.len)
        assert_memory_equal(gathered.bytes.data, body->data + offset, gathered.bytes.len);
    bytes_release(&gathered.bytes);
}

static void check_everywhere(struct tape *tape, const struct bytes *body, uint64_t *seed)
{
    for (int i = 0; i < SOME; i++)
        check_place(tape, body, next_random(seed) % (body->len + 10), next_random(seed) % 9000);
    check_place(tape, body, 0, UINT64_MAX);
}

static void any_place_reads_as_the_body_does(void **state)
{
    static const size_t spacings[][2] = {{1, 2}, {100, 7}, {64, 1000}, {65536, 16384}};
    uint64_t seed = 88172645463325252;
    struct bytes body;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct capture_writer *writer = begin(true);
        struct tape_extent extent;
        struct tape *tape;

        make_stream(&body, 3000, &seed);
        write_reads(writer, body.data, body.len, i ? 700 : 40000, &seed);
        end(writer);
        tape = open_tape(spacings[i][0], spacings[i][1]);
        extend_whole(tape);
        tape_extent(tape, &extent);
        assert_int_equal(extent.bytes, body.len);
        assert_int_equal(extent.file_at, extent.file_size);
        assert_true(extent.ended && extent.kept && !extent.broken);
        check_everywhere(tape, &body, &seed);
        tape_close(tape);
        bytes_release(&body);
    }
}

static void a_reader_may_stop(void **state)
{
    uint64_t seed = 5;
    struct capture_writer *writer = begin(true);
    struct gathered gathered = {.most = 3};
    struct tape *tape;

    (void)state;
    write_reads(writer, "abcdefghij", 10, 1, &seed);
    end(writer);
    tape = open_tape(1, 10);
    extend_whole(tape);
    bytes_init(&gathered.bytes, BODY_MAX);
    assert_true(tape_read(tape, 0, 10, gather, &gathered));
    assert_string_equal(bytes_text(&gathered.bytes), "abc");
    bytes_release(&gathered.bytes);
    tape_close(tape);
}

/* ---- events ---- */

struct seen {
    uint64_t number, offset;
    int64_t time_us;
    size_t len;
    bool semantic;
};

struct list {
    struct seen items[4096];
    size_t count;
    struct replay *replay;
};

static void remember(struct list *list, const struct judge_event *event, int64_t time_us)
{
    list->items[list->count++] = (struct seen){.number = event->number,
                                               .offset = event->offset,
                                               .time_us = time_us,
                                               .len = event->data_len,
                                               .semantic = event->semantic};
}

static void on_replayed(void *context, const struct judge_event *event)
{
    struct list *list = context;

    remember(list, event, list->replay->read_us);
}

static void on_taped(void *context, const struct judge_event *event, int64_t since_start_us)
{
    remember(context, event, since_start_us);
}

static void events_anywhere_are_those_of_the_judge(void **state)
{
    uint64_t seed = 362436069;
    struct capture_writer *writer = begin(true);
    struct replay replay;
    struct list *whole = xcalloc(1, sizeof(*whole)), *part = xcalloc(1, sizeof(*part));
    struct tape_extent extent;
    struct bytes body;
    struct tape *tape;

    (void)state;
    make_stream(&body, 3000, &seed);
    write_reads(writer, body.data, body.len, 300, &seed);
    end(writer);
    whole->replay = &replay;
    assert_true(replay_file(path, OPERATION_CHAT, NULL, on_replayed, whole, &replay, NULL));
    replay_release(&replay);
    tape = open_tape(500, 100);
    extend_whole(tape);
    tape_extent(tape, &extent);
    assert_int_equal(extent.events, 3001);
    assert_int_equal(whole->count, 3001);
    for (int i = 0; i < SOME; i++) {
        uint64_t first = 1 + next_random(&seed) % 3100, count = next_random(&seed) % 60;
        size_t left = first > 3001 ? 0 : 3001 - (size_t)first + 1;

        part->count = 0;
        assert_true(tape_events(tape, first, count, on_taped, part));
        assert_int_equal(part->count, count < left ? count : left);
        for (size_t j = 0; j < part->count; j++)
            assert_memory_equal(&part->items[j], &whole->items[first - 1 + j],
                                sizeof(part->items[j]));
    }
    tape_close(tape);
    bytes_release(&body);
    free(whole);
    free(part);
}

/* ---- captures that are no whole ones ---- */

static void what_is_still_being_written_is_followed(void **state)
{
    uint64_t seed = 77;
    struct capture_writer *writer = begin(true);
    char *part = xasprintf("%s.%s.part", path, "ev-20261121T111723.456Z-7f3a");
    struct tape *tape = tape_open(part, NULL, NULL);
    struct tape_extent extent;
    struct bytes body;

    (void)state;
    assert_non_null(tape);
    assert_false(tape_extend(tape, SIZE_MAX));
    make_stream(&body, 2000, &seed);
    for (size_t at = 0; at < body.len;) {
        size_t len = body.len - at < 5000 ? body.len - at : 5000;
        struct bytes so_far = {.data = body.data, .len = at + len};

        write_reads(writer, body.data + at, len, 90, &seed);
        assert_true(capture_flush(writer, NULL));
        at += len;
        extend_whole(tape);
        check_place(tape, &so_far, next_random(&seed) % at, 400);
        tape_extent(tape, &extent);
        assert_int_equal(extent.bytes, at);
        assert_false(extent.ended);
    }
    end(writer);
    extend_whole(tape);
    tape_extent(tape, &extent);
    assert_true(extent.ended);
    assert_int_equal(extent.events, 2001);
    check_everywhere(tape, &body, &seed);
    tape_close(tape);
    bytes_release(&body);
    free(part);
}

static void a_cut_capture_is_read_as_far_as_its_lines_go(void **state)
{
    uint64_t seed = 99;
    struct capture_writer *writer = begin(true);
    struct bytes file, body;
    struct tape_extent extent;

    (void)state;
    make_stream(&body, 40, &seed);
    write_reads(writer, body.data, body.len, 200, &seed);
    end(writer);
    assert_true(file_read(path, BODY_MAX, &file, NULL, NULL));
    for (size_t len = strcspn(file.data, "\n") + 1; len < file.len; len += 13) {
        struct tape *tape;

        assert_int_equal(truncate(path, (off_t)file.len), 0);
        assert_true(file_replace(NULL, path, file.data, len, 0600, NULL, NULL, NULL));
        tape = open_tape(100, 10);
        extend_whole(tape);
        tape_extent(tape, &extent);
        assert_false(extent.ended || extent.broken);
        assert_true(extent.bytes <= body.len);
        check_place(tape, &(struct bytes){.data = body.data, .len = (size_t)extent.bytes}, 0,
                    UINT64_MAX);
        tape_close(tape);
    }
    bytes_release(&file);
    bytes_release(&body);
}

static bool count_lengths(void *context, const struct tape_piece *piece)
{
    assert_null(piece->data);
    *(uint64_t *)context += piece->len;
    return true;
}

/* Policy `never`: lengths and times, and that is said. */
static void where_no_bodies_are_kept_lengths_and_times_are(void **state)
{
    uint64_t seed = 3, total = 0;
    struct capture_writer *writer = begin(false);
    struct tape_extent extent;
    struct bytes body;
    struct tape *tape;

    (void)state;
    make_stream(&body, 100, &seed);
    write_reads(writer, body.data, body.len, 50, &seed);
    end(writer);
    tape = open_tape(10, 10);
    extend_whole(tape);
    tape_extent(tape, &extent);
    assert_false(extent.kept);
    assert_int_equal(extent.bytes, body.len);
    assert_int_equal(extent.events, 0);
    assert_true(tape_read(tape, 0, UINT64_MAX, count_lengths, &total));
    assert_int_equal(total, body.len);
    tape_close(tape);
    bytes_release(&body);
}

static void a_line_of_something_else_ends_it(void **state)
{
    struct capture_writer *writer = begin(true);
    char *part = xasprintf("%s.%s.part", path, "ev-20261121T111723.456Z-7f3a");
    struct tape *tape = tape_open(part, NULL, NULL);
    struct tape_extent extent;
    FILE *file = fopen(part, "a");

    (void)state;
    assert_non_null(file);
    assert_non_null(tape);
    fputs("{\"t\":1,\"d\":\"x\"}\n{\"t\":2,\"z\":\"y\"}\n{\"t\":3,\"d\":\"z\"}\n", file);
    fclose(file);
    extend_whole(tape);
    tape_extent(tape, &extent);
    assert_true(extent.broken);
    assert_int_equal(extent.bytes, 1);
    tape_close(tape);
    capture_abandon(writer);
    free(part);
}

static void what_is_no_capture_is_refused(void **state)
{
    struct error error = {0};

    (void)state;
    assert_true(file_replace(NULL, path, "data: x\n\n", 9, 0600, NULL, NULL, NULL));
    assert_null(tape_open(path, NULL, &error));
    assert_true(error.text[0] != '\0');
    assert_null(tape_open(folder, NULL, &error));
    assert_null(tape_open("/nowhere/at/all", NULL, &error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_place_reads_as_the_body_does),
        cmocka_unit_test(a_reader_may_stop),
        cmocka_unit_test(events_anywhere_are_those_of_the_judge),
        cmocka_unit_test(what_is_still_being_written_is_followed),
        cmocka_unit_test(a_cut_capture_is_read_as_far_as_its_lines_go),
        cmocka_unit_test(where_no_bodies_are_kept_lengths_and_times_are),
        cmocka_unit_test(a_line_of_something_else_ends_it),
        cmocka_unit_test(what_is_no_capture_is_refused),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
