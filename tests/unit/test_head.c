/* net/head: the head of an answer, line by line, and how its body ends. */
#include "tests/unit/unit.h"

#include "net/head.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct read_head {
    struct head head;
    struct http_result result;
    enum head_step last;
    unsigned whole;
};

/* `text` cut into lines as curl hands them over. */
static void feed(struct read_head *read, const char *text, size_t len, size_t max)
{
    *read = (struct read_head){0};
    head_init(&read->head, max);
    while (len > 0) {
        const char *end = memchr(text, '\n', len);
        size_t line = end ? (size_t)(end - text) + 1 : len;

        read->last = head_line(&read->head, &read->result, text, line);
        if (read->last == HEAD_WHOLE)
            read->whole++;
        text += line;
        len -= line;
    }
    head_end(&read->head, &read->result);
}

#define FEED(read, text) feed(&(read), text, sizeof(text) - 1, 0)

static void drop(struct read_head *read)
{
    head_release(&read->head);
    http_result_release(&read->result);
}

static void the_status_line_is_taken_apart(void **state)
{
    struct read_head read;

    (void)state;
    FEED(read, "HTTP/1.1 404 Not Found\r\n\r\n");
    assert_int_equal(read.result.status, 404);
    assert_string_equal(read.result.version, "1.1");
    assert_string_equal(read.result.reason, "Not Found");
    assert_int_equal(read.whole, 1);
    drop(&read);
    FEED(read, "HTTP/1.0 200\n\n");
    assert_int_equal(read.result.status, 200);
    assert_string_equal(read.result.reason, "");
    drop(&read);
    FEED(read, "NOPE\r\n\r\n");
    assert_int_equal(read.result.status, 0);
    drop(&read);
}

static void a_reason_that_is_too_long_is_cut(void **state)
{
    struct read_head read;
    char line[400];

    (void)state;
    memset(line, 'a', sizeof(line));
    memcpy(line, "HTTP/1.1111111111 20000000000000 ", 33);
    feed(&read, line, sizeof(line), 0);
    assert_int_equal(strlen(read.result.reason), sizeof(read.result.reason) - 1);
    assert_int_equal(strlen(read.result.version), sizeof(read.result.version) - 1);
    drop(&read);
}

static void interim_answers_are_passed_over(void **state)
{
    struct read_head read;

    (void)state;
    FEED(read, "HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\n");
    assert_int_equal(read.result.status, 0);
    assert_int_equal(read.whole, 0);
    drop(&read);
    FEED(read, "HTTP/1.1 103 Hints\r\nX-Early: 1\r\n\r\nHTTP/1.1 200 OK\r\nX-Late: 2\r\n\r\n");
    assert_int_equal(read.result.status, 200);
    assert_null(http_headers_get(&read.result.headers, "X-Early"));
    assert_string_equal(http_headers_get(&read.result.headers, "X-Late"), "2");
    assert_int_equal(read.whole, 1);
    drop(&read);
    FEED(read, "HTTP/1.1 101 Switching Protocols\r\n\r\n");
    assert_int_equal(read.result.status, 101);
    assert_int_equal(read.whole, 1);
    drop(&read);
}

static void odd_fields_are_taken_or_left_out(void **state)
{
    struct read_head read;
    const struct http_headers *headers = &read.result.headers;

    (void)state;
    FEED(read, "HTTP/1.1 200 OK\r\n folded onto nothing\r\nA:1\r\nB :\t 2 \t\r\nno colon\r\n"
               ": no name\r\nC:\r\nD: x\0y\r\nE\0E: bad\r\nF: a\r\n  b\r\n\tc\r\n\r\n");
    assert_int_equal(headers->count, 5);
    assert_string_equal(http_headers_get(headers, "A"), "1");
    assert_string_equal(http_headers_get(headers, "B"), "2");
    assert_string_equal(http_headers_get(headers, "C"), "");
    assert_string_equal(http_headers_get(headers, "D"), "x y");
    assert_string_equal(http_headers_get(headers, "F"), "a b c");
    drop(&read);
}

static void trailers_are_kept_apart(void **state)
{
    struct read_head read;

    (void)state;
    FEED(read, "HTTP/1.1 200 OK\r\nA: 1\r\n\r\nB: 2\r\nC: 3\r\n 4\r\n");
    assert_int_equal(read.result.headers.count, 1);
    assert_int_equal(read.result.trailers.count, 2);
    assert_string_equal(http_headers_get(&read.result.trailers, "C"), "3 4");
    drop(&read);
}

static void the_limit_holds_over_all_lines(void **state)
{
    struct read_head read;

    (void)state;
    feed(&read, "HTTP/1.1 200 OK\r\nA: 1\r\n", 23, 23);
    assert_int_equal(read.last, HEAD_MORE);
    drop(&read);
    feed(&read, "HTTP/1.1 200 OK\r\nA: 1\r\n", 23, 22);
    assert_int_equal(read.last, HEAD_TOO_BIG);
    drop(&read);
}

/* 256 KiB of the shortest folds: quadratic joining would not end in time. */
static void folding_is_linear(void **state)
{
    struct read_head read;
    size_t len = HEAD_MAX - 64;
    char *text = malloc(len + 1);

    (void)state;
    memcpy(text, "HTTP/1.1 200 OK\r\nA: b\n", 22);
    for (size_t i = 22; i < len; i++)
        text[i] = " c\n"[(i - 22) % 3];
    text[len - 1] = '\n';
    feed(&read, text, len, 0);
    assert_true(strlen(http_headers_get(&read.result.headers, "A")) > len / 2);
    drop(&read);
    free(text);
}

/* RFC 9112 §6.3, and what curl 7.88 does with the odd ones. */
static void the_framing_follows_from_the_head(void **state)
{
    static const struct {
        const char *head, *method;
        enum framing framing;
        bool encoded;
    } cases[] = {
        {"200\nTransfer-Encoding: chunked", "GET", FRAMING_CHUNKED, false},
        {"200\nTransfer-Encoding: CHUNKED\nContent-Length: 5", "GET", FRAMING_CHUNKED, false},
        {"200\nTransfer-Encoding: gzip, chunked", "GET", FRAMING_CHUNKED, true},
        {"200\nContent-Length: 0", "POST", FRAMING_LENGTH, false},
        {"200\nContent-Length: 5\nContent-Length: 5", "GET", FRAMING_LENGTH, false},
        {"200\nContent-Length: 5\nContent-Length: 6", "GET", FRAMING_UNKNOWN, false},
        {"200\nContent-Length: 5, 5", "GET", FRAMING_UNKNOWN, false},
        {"200\nContent-Length: -1", "GET", FRAMING_UNKNOWN, false},
        {"200\nContent-Length:", "GET", FRAMING_UNKNOWN, false},
        {"200\nContent-Length: 99999999999999999999", "GET", FRAMING_UNKNOWN, false},
        {"200\nX: y", "GET", FRAMING_CLOSE, false},
        {"200\nContent-Encoding: gzip", "GET", FRAMING_CLOSE, true},
        {"200\nContent-Encoding: identity", "GET", FRAMING_CLOSE, false},
        {"200\nContent-Encoding: identity, br\nContent-Length: 3", "GET", FRAMING_LENGTH, true},
        {"204\nContent-Length: 5", "GET", FRAMING_NONE, false},
        {"304\nTransfer-Encoding: chunked", "GET", FRAMING_NONE, false},
        {"200\nContent-Length: 5", "HEAD", FRAMING_NONE, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct read_head read;
        char text[200];
        bool encoded;
        int len = snprintf(text, sizeof(text), "HTTP/1.1 %s\n\n", cases[i].head);

        feed(&read, text, (size_t)len, 0);
        assert_int_equal(
            head_framing(&read.result.headers, read.result.status, cases[i].method, &encoded),
            cases[i].framing);
        assert_int_equal(encoded, cases[i].encoded);
        drop(&read);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_status_line_is_taken_apart),
        cmocka_unit_test(a_reason_that_is_too_long_is_cut),
        cmocka_unit_test(interim_answers_are_passed_over),
        cmocka_unit_test(odd_fields_are_taken_or_left_out),
        cmocka_unit_test(trailers_are_kept_apart),
        cmocka_unit_test(the_limit_holds_over_all_lines),
        cmocka_unit_test(folding_is_linear),
        cmocka_unit_test(the_framing_follows_from_the_head),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
