/* base/json_scan: exactly the grammar of RFC 8259, told apart from its cut prefixes. */
#include "tests/unit/unit.h"

#include "base/bytes.h"
#include "base/json_scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void accepts_every_form_of_the_grammar(void **state)
{
    static const char *const good[] = {
        "null",
        "true",
        "false",
        "0",
        "-0",
        "12",
        "-1.5",
        "1e400",
        "1E+2",
        "1e-2",
        "0.0001e00",
        "123456789012345678901234567890",
        "\"\"",
        "\"a\"",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
        "\"\\u0000\"",
        "\"\\u00e9\\uD83D\\uDE00\"",
        "\"\\ud83d\\udE00\"",
        "\"é€😀\x7f\"",
        "\"\xEF\xBF\xBF\"", /* a noncharacter is valid UTF-8 */
        "\"\xE2\x80\xA8\"",
        "[]",
        "{}",
        "[[],{}]",
        "[ ]",
        "{ }",
        " [ 1 , 2 ] ",
        "\t\r\n{\"a\" : 1 ,\n\"b\":[true,false,null]}\n",
        "{\"\":0}",
        "{\"a\":1,\"A\":2}",
        "{\"a\":{\"a\":{\"a\":1}}}",
        "[{\"a\":1},{\"a\":1}]",
    };
    struct json_fault fault;

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++)
        if (!json_validate(good[i], strlen(good[i]), &fault))
            fail_msg("%s: %s at %zu", good[i], fault.what, fault.offset);
}

/* Bytes that no continuation can mend, and where. */
static void rejects_everything_else(void **state)
{
    static const struct {
        const char *text;
        size_t offset;
    } bad[] = {
        {"\xEF\xBB\xBF{}", 0},
        {"nul1", 3},
        {"True", 0},
        {"NaN", 0},
        {"Infinity", 0},
        {"-Infinity", 1},
        {"undefined", 0},
        {"01", 0},
        {"-01", 1},
        {"00", 0},
        {"+1", 0},
        {".5", 0},
        {"1.e2", 2},
        {"1.x", 2},
        {"1e+x", 3},
        {"0x10", 1},
        {"1 2", 2},
        {"- 1", 1},
        {"1_000", 1},
        {"'a'", 0},
        {"\"\t\"", 1},
        {"\"a\nb\"", 2},
        {"\"\x1f\"", 1},
        {"\"\\x41\"", 1},
        {"\"\\'\"", 1},
        {"\"\\u12g4\"", 1},
        {"\"\\u+123\"", 1},
        {"\"\\ud800\"", 1},      /* lone high surrogate */
        {"\"\\udc00\"", 1},      /* lone low surrogate */
        {"\"\\ud800\\n\"", 1},   /* another escape */
        {"\"\\ud800\\u0041", 1}, /* not a low one */
        {"\"\\ud800\\ud800", 1},
        {"\"\\ud83d\\u0", 1}, /* cannot become a low one */
        {"\"\\ud83d\\ud7", 1},
        {"\"\xC0\xAF\"", 1},      /* overlong */
        {"\"a\xED\xA0\x80\"", 2}, /* a surrogate in UTF-8 */
        {"\"\xF4\x90\x80\x80\"", 1},
        {"\"\xFF\"", 1},
        {"\"\xE2\x82\"", 1},
        {"\"\x80\"", 1},
        {"[1,]", 3},
        {"[,1]", 1},
        {"[1 2]", 3},
        {"[1}", 2},
        {"[1:2]", 2},
        {"]", 0},
        {"{\"a\":1,}", 7},
        {"{,}", 1},
        {"{a:1}", 1},
        {"{1:1}", 1},
        {"{\"a\" 1}", 5},
        {"{\"a\",1}", 4},
        {"{\"a\":1]", 6},
        {"{\"a\":}", 5},
        {"{\"a\":1;", 6},
        {"{}{}", 2},
        {"[] x", 3},
        {"// c\n1", 0},
        {"/**/1", 0},
        {"[1,/**/2]", 3},
        {"\xC2\xA0[]", 0}, /* a blank that is none in JSON */
        {"\f[]", 0},
    };
    struct json_fault fault;

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        if (json_validate(bad[i].text, strlen(bad[i].text), &fault))
            fail_msg("accepted %s", bad[i].text);
        if (fault.offset != bad[i].offset || fault.cut)
            fail_msg("%s: %s at %zu", bad[i].text, fault.what, fault.offset);
    }
    assert_false(json_validate("1\0", 2, &fault));
    assert_int_equal(fault.offset, 1);
    assert_false(json_validate("\"\0\"", 3, &fault));
    assert_int_equal(fault.offset, 1);
}

static const char *const documents[] = {
    "{\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a \\\"b\\\" é€😀 "
    "\\ud83d\\ude00\"},"
    "\"finish_reason\":null}],\"n\":-12.50e+10,\"ok\":[true,false],\"e\":{},\"l\":[]}",
    "[[[[\"\\u00e9\\\\\"]]], {\"a\" : {\"b\" : [ 1 , 2.5 ] } } ]",
    "  {\"error\":{\"message\":\"Invalid token (request id: 2026)\",\"code\":\"\"}}",
    "\"\xF4\x8F\xBF\xBF\xE0\xA0\x80\"",
    "[0.5,1e5,-3]",
};

static void calls_every_proper_prefix_cut(void **state)
{
    struct json_fault fault;

    (void)state;
    for (size_t i = 0; i < COUNT(documents); i++) {
        size_t len = strlen(documents[i]);

        assert_true(json_validate(documents[i], len, &fault));
        for (size_t cut = 0; cut < len; cut++) {
            /* Its own memory, so that a sanitizer sees a read behind the end. */
            char *copy = malloc(cut ? cut : 1);

            memcpy(copy, documents[i], cut);
            assert_false(json_validate(copy, cut, &fault));
            assert_true(fault.cut);
            assert_int_equal(fault.offset, cut);
            free(copy);
        }
    }
}

static void does_not_call_wrong_bytes_cut(void **state)
{
    struct json_fault fault;

    (void)state;
    assert_false(json_validate("{\"a\":1,\"a\"", 10, &fault));
    assert_false(fault.cut);
    assert_false(json_validate("{\"a\":1,\"a", 9, &fault));
    assert_true(fault.cut);
    assert_false(json_validate("[01", 3, &fault));
    assert_false(fault.cut);
    assert_false(json_validate("\"\xE0\x9F", 3, &fault));
    assert_false(fault.cut);
}

static void finds_duplicate_names_after_unescaping(void **state)
{
    static const char *const twice[] = {
        "{\"a\":1,\"a\":2}",       "{\"a\":1,\"b\":{\"a\":1},\"a\":2}", "{\"a\":1,\"\\u0061\":2}",
        "{\"\\u00e9\":1,\"é\":2}", "{\"\\ud83d\\ude00\":1,\"😀\":2}",    "{\"\\/\":1,\"/\":2}",
        "{\"\":1,\"\":2}",         "{\"a\\u0000b\":1,\"a\\u0000b\":2}",
    };
    struct json_fault fault;

    (void)state;
    for (size_t i = 0; i < COUNT(twice); i++) {
        assert_false(json_validate(twice[i], strlen(twice[i]), &fault));
        assert_string_equal(fault.what, "this member name stands twice in its object");
    }
    assert_true(json_validate("{\"a\\u0000b\":1,\"a\\u0000c\":2}", 27, &fault));
    assert_true(json_validate("{\"a\":1,\"\\\\u0061\":2}", 19, &fault));
}

/* `count` names, then the one numbered `again` once more unless it is negative. */
static void make_object(struct bytes *out, int count, int again)
{
    bytes_puts(out, "{");
    for (int i = 0; i < count; i++)
        bytes_printf(out, "%s\"%s%d\":{\"name1\":[],\"n2\":{\"x\":1}}", i ? "," : "",
                     i % 3 ? "name" : "n\\u0061me", i);
    if (again >= 0)
        bytes_printf(out, ",\"name%d\":0", again);
    bytes_puts(out, "}");
}

static void finds_duplicates_in_objects_of_any_size(void **state)
{
    static const int sizes[] = {1, 15, 16, 17, 18, 64, 65, 1000, 20000};
    struct json_fault fault;
    struct bytes text;

    (void)state;
    bytes_init(&text, (size_t)1 << 24);
    for (size_t i = 0; i < COUNT(sizes); i++) {
        int again[] = {-1, 0, sizes[i] / 2, sizes[i] - 1};

        for (size_t k = 0; k < COUNT(again); k++) {
            bytes_clear(&text);
            make_object(&text, sizes[i], again[k]);
            assert_int_equal(json_validate(text.data, text.len, &fault), again[k] < 0);
        }
    }
    bytes_release(&text);
}

/* Large objects within large objects share the table of names; the outer one finds its own again.
 */
static void keeps_the_names_of_nested_large_objects_apart(void **state)
{
    struct json_fault fault;
    struct bytes inner, text;

    (void)state;
    bytes_init(&inner, (size_t)1 << 24);
    bytes_init(&text, (size_t)1 << 24);
    make_object(&inner, 300, -1);
    for (int again = 0; again < 2; again++) {
        bytes_clear(&text);
        bytes_puts(&text, "{");
        for (int i = 0; i < 40; i++)
            bytes_printf(&text, "%s\"name%d\":%s", i ? "," : "", i, bytes_text(&inner));
        bytes_puts(&text, again ? ",\"name17\":0}" : "}");
        assert_int_equal(json_validate(text.data, text.len, &fault), !again);
    }
    bytes_release(&inner);
    bytes_release(&text);
}

static void bounds_the_depth(void **state)
{
    char text[2 * (JSON_DEPTH_MAX + 1)];
    struct json_fault fault;

    (void)state;
    memset(text, '[', JSON_DEPTH_MAX);
    memset(text + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
    assert_true(json_validate(text, 2 * JSON_DEPTH_MAX, &fault));
    memset(text, '[', sizeof(text));
    assert_false(json_validate(text, sizeof(text), &fault));
    assert_false(fault.cut);
    assert_int_equal(fault.offset, JSON_DEPTH_MAX);
}

static void tells_line_and_column_in_characters(void **state)
{
    static const char text[] = "{\n  \"é€\": 1,\r\n  \"b\": 01\n}";
    struct json_fault fault;

    (void)state;
    assert_false(json_validate(text, strlen(text), &fault));
    assert_int_equal(fault.line, 3);
    assert_int_equal(fault.column, 8);
    assert_string_equal(fault.what, "a number may not begin with 0");
    assert_false(json_validate("[\"é\" x]", 8, &fault));
    assert_int_equal(fault.line, 1);
    assert_int_equal(fault.column, 6);
}

static void gives_token_by_token(void **state)
{
    static const char text[] = "{\"a\\u0062\": [1.50, \"\\n\"], \"c\": {\"d\": null}, \"e\": true}";
    struct json_scan scan;
    struct bytes out;

    (void)state;
    bytes_init(&out, 10);
    json_scan_init(&scan, text, strlen(text));
    assert_int_equal(json_scan_next(&scan), JSON_TOKEN_OBJECT);
    assert_int_equal(scan.depth, 1);
    assert_int_equal(json_scan_next(&scan), JSON_TOKEN_KEY);
    assert_true(scan.escaped);
    assert_true(json_scan_is(&scan, "ab"));
    assert_false(json_scan_is(&scan, "a"));
    assert_false(json_scan_is(&scan, "abc"));
    assert_int_equal(json_scan_next(&scan), JSON_TOKEN_ARRAY);
    assert_int_equal(json_scan_next(&scan), JSON_TOKEN_NUMBER);
    assert_int_equal(scan.length, 4);
    assert_memory_equal(scan.start, "1.50", 4);
    assert_int_equal(json_scan_next(&scan), JSON_TOKEN_STRING);
    assert_true(json_unescape(scan.start, scan.length, &out));
    assert_string_equal(bytes_text(&out), "\n");
    assert_int_equal(json_scan_next(&scan), JSON_TOKEN_ARRAY_END);
    assert_int_equal(json_scan_next(&scan), JSON_TOKEN_KEY);
    assert_false(scan.escaped);
    assert_true(json_scan_is(&scan, "c"));
    assert_true(json_scan_skip(&scan));
    assert_int_equal(json_scan_next(&scan), JSON_TOKEN_KEY);
    assert_true(json_scan_skip(&scan));
    assert_int_equal(json_scan_next(&scan), JSON_TOKEN_OBJECT_END);
    assert_int_equal(scan.depth, 0);
    assert_int_equal(json_scan_next(&scan), JSON_TOKEN_END);
    assert_int_equal(json_scan_next(&scan), JSON_TOKEN_END);
    json_scan_release(&scan);
    bytes_release(&out);
}

static void skips_whole_values_and_stops_at_faults(void **state)
{
    struct json_scan scan;

    (void)state;
    json_scan_init(&scan, "[[1,{\"a\":[]}],2]", 16);
    json_scan_next(&scan);
    json_scan_next(&scan);
    assert_true(json_scan_skip(&scan));
    assert_int_equal(scan.depth, 1);
    assert_int_equal(json_scan_next(&scan), JSON_TOKEN_NUMBER);
    assert_true(json_scan_skip(&scan));
    assert_int_equal(json_scan_next(&scan), JSON_TOKEN_ARRAY_END);
    json_scan_release(&scan);

    json_scan_init(&scan, "{\"a\":[1,x]}", 11);
    json_scan_next(&scan);
    json_scan_next(&scan);
    assert_false(json_scan_skip(&scan));
    for (int i = 0; i < 3; i++)
        assert_int_equal(json_scan_next(&scan), JSON_TOKEN_FAULT);
    assert_false(json_scan_skip(&scan));
    json_scan_release(&scan);
}

static void unescapes_into_a_bounded_buffer(void **state)
{
    struct bytes out;

    (void)state;
    bytes_init(&out, 8);
    assert_true(json_unescape("\\u0000\\ud83d\\ude00\\\"", 20, &out));
    assert_int_equal(out.len, 6);
    assert_memory_equal(out.data, "\0😀\"", 6);
    assert_false(json_unescape("abc", 3, &out));
    bytes_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_every_form_of_the_grammar),
        cmocka_unit_test(rejects_everything_else),
        cmocka_unit_test(calls_every_proper_prefix_cut),
        cmocka_unit_test(does_not_call_wrong_bytes_cut),
        cmocka_unit_test(finds_duplicate_names_after_unescaping),
        cmocka_unit_test(finds_duplicates_in_objects_of_any_size),
        cmocka_unit_test(keeps_the_names_of_nested_large_objects_apart),
        cmocka_unit_test(bounds_the_depth),
        cmocka_unit_test(tells_line_and_column_in_characters),
        cmocka_unit_test(gives_token_by_token),
        cmocka_unit_test(skips_whole_values_and_stops_at_faults),
        cmocka_unit_test(unescapes_into_a_bounded_buffer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
