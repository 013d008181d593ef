/* ui/stream_raw: the rows of a body are the same from wherever they are reached. */
#include "tests/unit/unit.h"

#include "base/bytes.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/redact.h"
#include "evidence/capture.h"
#include "evidence/tape.h"
#include "ui/stream_raw.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BODY_MAX = 1 << 20, READ_MAX = 3000, ROWS_MAX = 200000, BACK_MOST = 3000 };

static char folder[64];
static char *path;

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/cometdeck-raw-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    path = file_join(folder, "capture.jsonl");
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    free(path);
    return rmdir(folder);
}

static struct tape *tape_of(const struct bytes *body)
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
        .body_kept = true,
    };
    const struct http_result result = {.status = 200, .framing = FRAMING_CLOSE};
    char digest[DIGEST_TEXT];
    struct capture_writer *writer;
    struct stream_rules rules;
    struct tape *tape;

    unlink(path);
    stream_rules_default(&rules);
    header.rules = &rules;
    writer = capture_create(NULL, path, &header, NULL);
    assert_non_null(writer);
    for (size_t at = 0; at < body->len; at += READ_MAX)
        assert_true(capture_read(writer, body->data + at,
                                 body->len - at < READ_MAX ? body->len - at : READ_MAX, 1, NULL));
    assert_true(capture_end(writer, &result, digest, NULL));
    stream_rules_release(&rules);
    tape = tape_open(path, NULL, NULL);
    assert_non_null(tape);
    while (tape_extend(tape, SIZE_MAX))
        ;
    return tape;
}

/* Short and long lines of letters, wide characters, line ends of all kinds, controls, no UTF-8. */
static void make_body(struct bytes *body, size_t len, int ends_in, unsigned *seed)
{
    static const char *const pieces[] = {"a",    "word ", "é",         "漢",          "\xff",
                                         "\x1b", "\t",    "e\xcc\x81", "\xe2\x80\xae"};
    static const char *const ends[] = {"\n", "\r\n", "\r", "\n\n"};

    bytes_init(body, BODY_MAX);
    while (body->len < len) {
        if (rand_r(seed) % ends_in == 0)
            bytes_puts(body, ends[rand_r(seed) % 4]);
        else
            bytes_puts(body, pieces[rand_r(seed) % (sizeof(pieces) / sizeof(*pieces))]);
    }
}

static void check_rows(struct raw *raw, unsigned *seed)
{
    uint64_t *rows = xcalloc(ROWS_MAX, sizeof(*rows)), row = 0;
    size_t count = 0, stride;

    while (row < raw->end) {
        assert_true(count < ROWS_MAX);
        rows[count++] = row;
        row = raw_next(raw, row);
        assert_true(row > rows[count - 1]); /* or it would never end */
    }
    assert_int_equal(row, raw->end);
    stride = 1 + count / BACK_MOST; /* each way back begins anew with its line */
    for (size_t i = count; i > 1; i -= i > stride ? stride : 1)
        assert_int_equal(raw_previous(raw, i == count ? raw->end : rows[i]), rows[i - 1]);
    for (int i = 0; i < 500; i++) {
        size_t number = (size_t)rand_r(seed) % count;
        uint64_t end = number + 1 < count ? rows[number + 1] : raw->end;
        uint64_t inside = rows[number] + (uint64_t)rand_r(seed) % (end - rows[number]);

        assert_int_equal(raw_row(raw, inside), rows[number]);
    }
    free(rows);
}

static void rows_are_the_same_from_wherever_they_are_reached(void **state)
{
    static const int ends_in[] = {2, 40, 3000, 1000000};
    static const int columns[] = {1, 7, 80, 300};
    struct redactor *redactor = redactor_new();
    unsigned seed = 4711;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct bytes body;
        struct tape *tape;

        make_body(&body, 90000, ends_in[i], &seed);
        tape = tape_of(&body);
        for (size_t j = 0; j < 4; j++) {
            struct raw raw;

            raw_init(&raw);
            raw.tape = tape;
            raw.redactor = redactor;
            raw.end = body.len;
            raw.columns = columns[j];
            check_rows(&raw, &seed);
            raw_release(&raw);
        }
        tape_close(tape);
        bytes_release(&body);
    }
    redactor_free(redactor);
}

static void a_line_end_ends_a_row_and_a_short_line_is_one(void **state)
{
    static const char text[] = "one\ntwo\r\nthree\rfour\n\nfive";
    static const uint64_t rows[] = {0, 4, 9, 15, 20, 21, 25};
    struct redactor *redactor = redactor_new();
    struct bytes body;
    struct raw raw;

    (void)state;
    bytes_init(&body, BODY_MAX);
    bytes_puts(&body, text);
    raw_init(&raw);
    raw.tape = tape_of(&body);
    raw.redactor = redactor;
    raw.end = body.len;
    raw.columns = 20;
    for (size_t i = 0; i + 1 < sizeof(rows) / sizeof(*rows); i++)
        assert_int_equal(raw_next(&raw, rows[i]), rows[i + 1]);
    assert_int_equal(raw_line_begin(&raw, 11), 9);
    assert_int_equal(raw_line_end(&raw, 11), 15);
    tape_close(raw.tape);
    raw_release(&raw);
    bytes_release(&body);
    redactor_free(redactor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_the_same_from_wherever_they_are_reached),
        cmocka_unit_test(a_line_end_ends_a_row_and_a_short_line_is_one),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
