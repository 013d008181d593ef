/*
 * judge/sse: every vector of the standard's decoder, whole, at every two-way cut and one byte at a
 * time (D55).
 */
#include "tests/unit/unit.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "judge/sse.h"

#include <stdlib.h>
#include <string.h>

enum { EVENT_MAX = 16 * 1024 };

#define TEXT(literal) literal, sizeof(literal) - 1
#define X64 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X512 X64 X64 X64 X64 X64 X64 X64 X64
#define X2048 X512 X512 X512 X512
/* A literal of 4095 bytes is the longest that C11 promises. */
#define X1984 X512 X512 X512 X64 X64 X64 X64 X64 X64 X64
#define BOM "\xEF\xBB\xBF"

/* Events as "type=data" with '|' behind each; then what is left and told. */
static const struct vector {
    int number;
    const char *input;
    size_t len;
    const char *events;
    size_t events_len;
    const char *ids; /* the last id at each event, '|' behind each; NULL: not compared */
    int64_t retry;
    uint64_t residue;
    const char *strays; /* '|' behind each; NULL: not compared */
} vectors[] = {
    {1, TEXT("data:test\r\ndata\ndata:test\r\n\r\n"), TEXT("message=test\n\ntest|"), NULL, -1, 0,
     ""},
    {2,
     TEXT(
         "data:\0\ndata:  2\rData:1\ndata\0:2\ndata:1\r\0data:4\nda-ta:3\rdata_5\ndata:3\rdata:\r\n"
         " data:32\ndata:4\n\n"),
     TEXT("message=\0\n 2\n1\n3\n\n4|"), NULL, -1, 0, NULL},
    {3, TEXT("data:1\r:\0\n:\r\ndata:2\n:" X2048 "\rdata:3\n:data:fail\r:" X1984 "\ndata:4\n\n"),
     TEXT("message=1\n2\n3\n4|"), NULL, -1, 0, ""},
    {4, TEXT(BOM "data:1\n\n" BOM "data:2\n\ndata:3\n\n"), TEXT("message=1|message=3|"), NULL, -1,
     0, BOM "data:2|"},
    {5, TEXT(BOM BOM "data:1\n\ndata:2\n\ndata:3\n\n"), TEXT("message=2|message=3|"), NULL, -1, 0,
     BOM "data:1|"},
    {6, TEXT("retry:1000\ndata:test1\n\nid:test\ndata:test2\n"), TEXT("message=test1|"), "|", 1000,
     19, ""},
    {7, TEXT("data:\n\ndata\ndata\n\ndata:test\n\n"), TEXT("message=|message=\n|message=test|"),
     NULL, -1, 0, ""},
    {8, TEXT("data:\ttest\rdata: \ndata:test\n\n"), TEXT("message=\ttest\n\ntest|"), NULL, -1, 0,
     ""},
    {9, TEXT("data:test\n data\ndata\nfoobar:xxx\njustsometext\n:c\ndata:test\n\n"),
     TEXT("message=test\n\ntest|"), NULL, -1, 0, " data|foobar:xxx|justsometext|"},
    {10, TEXT("event:test\ndata:x\n\ndata:x\n\n"), TEXT("test=x|message=x|"), NULL, -1, 0, ""},
    {11, TEXT("event: \ndata:data\n\n"), TEXT("message=data|"), NULL, -1, 0, ""},
    {12, TEXT("id: 1\ndata: 1\n\nid:\ndata:2\n\ndata:3\n\n"),
     TEXT("message=1|message=2|message=3|"), "1|||", -1, 0, ""},
    {13, TEXT("id: 123\nid: bad\0id\ndata: hello\n\n"), TEXT("message=hello|"), "123|", -1, 0, ""},
    {14, TEXT("retry:3000\nretry:1000x\ndata:x\n\n"), TEXT("message=x|"), NULL, 3000, 0, ""},
    {15, TEXT("data: dog\rdata: bark\r\rdata: cat\rdata: meow\r\r"),
     TEXT("message=dog\nbark|message=cat\nmeow|"), NULL, -1, 0, ""},
    {16, TEXT("data: A\r\ndata: B\r\ndata: C\r\n\n"), TEXT("message=A\nB\nC|"), NULL, -1, 0, ""},
    {17, TEXT("data: one\r\r\n"), TEXT("message=one|"), NULL, -1, 0, ""},
    {18, TEXT("data\n\n"), TEXT("message=|"), NULL, -1, 0, ""},
    {19, TEXT("{\"error\":{}}\n"), TEXT(""), NULL, -1, 0, "{\"error\":{}}|"},
    {20, TEXT("error: {\"a\":1}\n\ndata: [DONE]\n\n"), TEXT("message=[DONE]|"), NULL, -1, 0,
     "error: {\"a\":1}|"},
    {21, TEXT("data: {a}\ndata: {b}\n\n"), TEXT("message={a}\n{b}|"), NULL, -1, 0, ""},
    {22, TEXT("event: error\n\ndata: {}\n\n"), TEXT("message={}|"), NULL, -1, 0, ""},
    /* What a bare error without its line end, and a mark cut at the end, look like. */
    {24, TEXT("data: 1\n\n{\"error\":1}"), TEXT("message=1|"), NULL, -1, 11, "{\"error\":1}|"},
    {25, TEXT("\xEF\xBB"), TEXT(""), NULL, -1, 0, ""},
    {26,
     TEXT("\xEF\xBB"
          "data:1\n\ndata:2\n\n"),
     TEXT("message=2|"), NULL, -1, 0,
     "\xEF\xBB"
     "data:1|"},
    {27, TEXT("data: x"), TEXT(""), NULL, -1, 7, ""},
};

struct heard {
    struct bytes events, ids, strays;
    uint64_t last_number, last_offset;
};

static void hear_event(void *context, const struct sse_event *event)
{
    struct heard *heard = context;

    assert_true(event->number > heard->last_number);
    assert_true(event->offset >= heard->last_offset);
    heard->last_number = event->number;
    heard->last_offset = event->offset;
    bytes_append(&heard->events, event->type, event->type_len);
    bytes_append_byte(&heard->events, '=');
    bytes_append(&heard->events, event->data, event->data_len);
    bytes_append_byte(&heard->events, '|');
    bytes_append(&heard->ids, event->id, event->id_len);
    bytes_append_byte(&heard->ids, '|');
}

static void hear_stray(void *context, const char *line, size_t len, uint64_t offset)
{
    struct heard *heard = context;

    (void)offset;
    bytes_append(&heard->strays, line, len);
    bytes_append_byte(&heard->strays, '|');
}

static const struct sse_ops ops = {.event = hear_event, .stray = hear_stray};

static void heard_init(struct heard *heard)
{
    *heard = (struct heard){0};
    bytes_init(&heard->events, (size_t)1 << 26);
    bytes_init(&heard->ids, (size_t)1 << 20);
    bytes_init(&heard->strays, (size_t)1 << 20);
}

static void heard_release(struct heard *heard)
{
    bytes_release(&heard->events);
    bytes_release(&heard->ids);
    bytes_release(&heard->strays);
}

static void expect(const struct vector *vector, const struct heard *heard, const struct sse *sse)
{
    struct sse_residue residue;

    sse_residue(sse, &residue);
    if (heard->events.len != vector->events_len ||
        memcmp(bytes_text(&heard->events), vector->events, vector->events_len) != 0)
        fail_msg("vector %d: %s", vector->number, bytes_text(&heard->events));
    if (vector->ids)
        assert_string_equal(bytes_text(&heard->ids), vector->ids);
    if (vector->strays)
        assert_string_equal(bytes_text(&heard->strays), vector->strays);
    assert_int_equal(sse->retry, vector->retry);
    if (residue.bytes != vector->residue)
        fail_msg("vector %d: residue %u", vector->number, (unsigned)residue.bytes);
}

/* Feed in pieces of `step` bytes, the first one of `first` bytes. */
static void run(const struct vector *vector, size_t first, size_t step)
{
    struct heard heard;
    struct sse sse;
    size_t at = 0, len = first;

    heard_init(&heard);
    sse_init(&sse, EVENT_MAX, &ops, &heard);
    while (at < vector->len) {
        /* A copy of its own, so that a sanitizer sees any use of it after the call. */
        char *part;

        if (len > vector->len - at)
            len = vector->len - at;
        part = xmemdup0(vector->input + at, len);
        sse_feed(&sse, part, len);
        free(part);
        at += len;
        len = step;
    }
    sse_end(&sse);
    expect(vector, &heard, &sse);
    sse_release(&sse);
    heard_release(&heard);
}

#define EACH(vector)                            \
    for (const struct vector *vector = vectors; \
         vector < vectors + sizeof(vectors) / sizeof(vectors[0]); vector++)

static void decodes_every_vector_whole(void **state)
{
    (void)state;
    EACH(vector)
    run(vector, vector->len, vector->len);
}

static void decodes_every_vector_at_every_cut(void **state)
{
    (void)state;
    EACH(vector)
    {
        for (size_t cut = 1; cut < vector->len; cut++)
            run(vector, cut, vector->len);
    }
}

static void decodes_every_vector_bytewise(void **state)
{
    (void)state;
    EACH(vector)
    {
        run(vector, 1, 1);
        run(vector, 2, 3);
    }
}

/* Vector 16 and 17 with the cuts they were written for. */
static void a_line_end_cut_in_two_is_one(void **state)
{
    static const char *const reads[] = {"data: A\r\n", "data: B\r", "\n", "data: C\r\n", "\n"};
    struct heard heard;
    struct sse sse;

    (void)state;
    heard_init(&heard);
    sse_init(&sse, EVENT_MAX, &ops, &heard);
    for (size_t i = 0; i < sizeof(reads) / sizeof(reads[0]); i++)
        sse_feed(&sse, reads[i], strlen(reads[i]));
    assert_string_equal(bytes_text(&heard.events), "message=A\nB\nC|");
    sse_release(&sse);
    heard_release(&heard);
}

/* Vector 23: linear, so ten megabytes in small pieces take no noticeable time. */
static void a_large_event_in_pieces_is_intact(void **state)
{
    enum { LEN = 10 * 1024 * 1024, PIECE = 1000 };
    struct heard heard;
    struct sse sse;
    char *text = xmalloc(LEN);

    (void)state;
    memset(text, 'x', LEN);
    heard_init(&heard);
    sse_init(&sse, LEN, &ops, &heard);
    sse_feed(&sse, TEXT("data:"));
    for (size_t at = 0; at < LEN; at += PIECE)
        sse_feed(&sse, text + at, LEN - at < PIECE ? LEN - at : PIECE);
    sse_feed(&sse, TEXT("\r\n\r\n"));
    assert_int_equal(sse.events, 1);
    assert_int_equal(heard.events.len, LEN + strlen("message=|"));
    assert_memory_equal(heard.events.data + strlen("message="), text, LEN);
    free(text);
    sse_release(&sse);
    heard_release(&heard);
}

/* A stream that only uses CR must not search for LF again and again. */
static void carriage_returns_alone_are_linear(void **state)
{
    enum { LEN = 8 * 1024 * 1024 };
    struct heard heard;
    struct sse sse;
    char *text = xmalloc(LEN);

    (void)state;
    memset(text, '\r', LEN);
    heard_init(&heard);
    sse_init(&sse, EVENT_MAX, &ops, &heard);
    sse_feed(&sse, text, LEN);
    assert_int_equal(sse.events, 0);
    free(text);
    sse_release(&sse);
    heard_release(&heard);
}

static void an_event_over_the_cap_is_dropped_and_told(void **state)
{
    static const struct {
        const char *input;
        uint64_t oversized;
    } cases[] = {
        {"data:12345678\n\ndata:b\n\n", 0},        {"data:123456789\n\ndata:b\n\n", 1},
        {"data:a\n\ndata:1234\ndata:5678\n\n", 2}, {"data:a\n\ndata:123\ndata:4567\n\n", 0},
        {"data:a\n\nfoo:" X64 X64 "\n\n", 2},      {":" X2048 "\ndata:a\n\n", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (size_t step = 1; step < 9; step++) {
            size_t len = strlen(cases[i].input);
            struct heard heard;
            struct sse sse;

            heard_init(&heard);
            sse_init(&sse, 8, &ops, &heard);
            for (size_t at = 0; at < len; at += step) {
                char *part = xmemdup0(cases[i].input + at, len - at < step ? len - at : step);

                sse_feed(&sse, part, len - at < step ? len - at : step);
                free(part);
            }
            assert_int_equal(sse.oversized, cases[i].oversized);
            assert_int_equal(sse.events, i == 5 ? 1 : 2);
            sse_release(&sse);
            heard_release(&heard);
        }
    }
}

static void offsets_are_those_of_the_first_field(void **state)
{
    struct heard heard;
    struct sse sse;

    (void)state;
    heard_init(&heard);
    sse_init(&sse, EVENT_MAX, &ops, &heard);
    sse_feed(&sse, TEXT(BOM "\n\n: c\nevent: x\ndata: y\n\n"));
    assert_int_equal(heard.last_offset, 9);
    sse_release(&sse);
    heard_release(&heard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_every_vector_whole),
        cmocka_unit_test(decodes_every_vector_at_every_cut),
        cmocka_unit_test(decodes_every_vector_bytewise),
        cmocka_unit_test(a_line_end_cut_in_two_is_one),
        cmocka_unit_test(a_large_event_in_pieces_is_intact),
        cmocka_unit_test(carriage_returns_alone_are_linear),
        cmocka_unit_test(an_event_over_the_cap_is_dropped_and_told),
        cmocka_unit_test(offsets_are_those_of_the_first_field),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
