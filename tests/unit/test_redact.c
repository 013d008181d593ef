/* base/redact: no key in any encoding, no change of length, no broken JSON (A11, design "Secrets").
 */
#include "tests/unit/unit.h"

#include "base/bytes.h"
#include "base/json_scan.h"
#include "base/memory.h"
#include "base/redact.h"
#include "base/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY "sk-Un1t/t3st+Key_0123.~abc=="

static struct redactor *redactor_for(const char *key)
{
    struct redactor *redactor = redactor_new();
    struct secret *secret = secret_new(key, strlen(key), "test", NULL);

    assert_non_null(secret);
    redactor_add(redactor, secret);
    secret_free(secret);
    return redactor;
}

static void assert_redacts(const struct redactor *redactor, const char *text, const char *expected)
{
    char *copy = redact_copy(redactor, text);

    assert_string_equal(copy, expected);
    free(copy);
}

/* A small generator of our own: the same texts on every machine. */
static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static size_t below(uint64_t *seed, size_t limit)
{
    return (size_t)(next_random(seed) % limit);
}

/* ---- the forms of a known key ---- */

static void encode_base64(struct bytes *out, const char *data, size_t len, const char *alphabet)
{
    for (size_t i = 0; i < len; i += 3) {
        unsigned long group = 0;

        for (size_t j = 0; j < 3; j++)
            group = group << 8 | (i + j < len ? (unsigned char)data[i + j] : 0);
        for (size_t j = 0; j < 4; j++)
            bytes_append_byte(out, i + j > len ? '=' : alphabet[group >> (18 - 6 * j) & 63]);
    }
}

/* One character in the way `form` says. */
static void encode_character(struct bytes *out, char c, size_t form)
{
    switch (form) {
    case 0:
        bytes_append_byte(out, c);
        break;
    case 1:
        bytes_printf(out, "%%%02X", (unsigned)c);
        break;
    case 2:
        bytes_printf(out, "%%%02x", (unsigned)c);
        break;
    case 3:
        bytes_printf(out, "\\u%04x", (unsigned)c);
        break;
    case 4:
        bytes_printf(out, "\\u%04X", (unsigned)c);
        break;
    case 5:
        bytes_puts(out, c == '/' ? "\\/" : (char[]){c, '\0'});
        break;
    default:
        bytes_printf(out, c == '/' ? "\\\\/" : "\\\\u%04x", (unsigned)c);
        break;
    }
}
enum { FORMS = 7 };

/* What is left of it. */
static void encode_replaced(struct bytes *out, char c, size_t form)
{
    static const char *const left[FORMS] = {"*",       "***", "***",     "\\u002a",
                                            "\\u002a", "*",   "\\/*****"};

    if (c == '/' && form >= 5)
        bytes_puts(out, form == 5 ? "\\/" : "\\/*");
    else
        bytes_puts(out, left[form]);
}

static const char *const alphabets[] = {
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
};

static void every_encoding_of_the_key_is_replaced(void **state)
{
    struct redactor *redactor = redactor_for(KEY);

    (void)state;
    for (size_t form = 0; form < FORMS; form++) {
        struct bytes text, expected;

        bytes_init(&text, 10000);
        bytes_init(&expected, 10000);
        bytes_puts(&text, "<p>");
        bytes_puts(&expected, "<p>");
        for (size_t i = 0; i < strlen(KEY); i++) {
            encode_character(&text, KEY[i], form);
            encode_replaced(&expected, KEY[i], form);
        }
        assert_int_equal(redact(redactor, text.data, text.len), text.len - 3);
        assert_string_equal(text.data, expected.data);
        bytes_release(&text);
        bytes_release(&expected);
    }
    redactor_free(redactor);
}

static void base64_is_found_at_every_alignment(void **state)
{
    struct redactor *redactor = redactor_for(KEY);

    (void)state;
    for (size_t i = 0; i < 12; i++) {
        static const char *const before[] = {"", "u", "u:", "Bearer ", "user:", "x-y-z:"};
        char *plain = xasprintf("%s%s%s", before[i % 6], KEY, i % 5 ? "" : "\r\n");
        struct bytes text;

        bytes_init(&text, 1000);
        encode_base64(&text, plain, strlen(plain), alphabets[i / 6]);
        assert_true(redact(redactor, text.data, text.len) >= strlen(KEY) * 8 / 6 - 2);
        bytes_release(&text);
        free(plain);
    }
    redactor_free(redactor);
}

static void a_key_across_a_shape_is_replaced_whole(void **state)
{
    struct redactor *redactor = redactor_for("abcd,efgh)i");

    (void)state;
    assert_redacts(redactor, "?key=abcd,efgh)i)", "?key=***********)");
    assert_redacts(redactor, "?key=xabcd,efgh)i)", "?key=************)");
    assert_redacts(redactor, "sk-0123456789abcdefabcd,efgh)i!", "******************************!");
    assert_redacts(redactor, "abcd,efghabcd,efgh)i", "abcd,efgh***********");
    redactor_free(redactor);
}

static void overlapping_keys_are_both_replaced(void **state)
{
    struct redactor *redactor = redactor_for("abcdef");
    struct secret *other = secret_new("defghi", 6, "other", NULL);

    (void)state;
    redactor_add(redactor, other);
    assert_redacts(redactor, "xabcdefghix", "x*********x");
    assert_redacts(redactor, "xabcdefx defghi", "x******x ******");
    secret_free(other);
    redactor_free(redactor);
}

static void awkward_keys_keep_json_whole(void **state)
{
    static const char *const cases[][3] = {
        {"0041", "{\"a\":\"\\u0041\"}", "{\"a\":\"\\u002a\"}"},
        {"nabc", "[\"\\nabc\",\"\\\\nabc\"]", "[\"\\/***\",\"\\\\****\"]"},
        {"12345678", "{\"a\":12345678,\"b\":0.123456789}", "{\"a\":99999999,\"b\":0.999999999}"},
        {"true", "[true]", "[true]"},
        {"abc\\", "[\"abc\\\"\",\"abc\\\\\"]", "[\"***\\/\",\"***\\/\"]"},
        {"%41%42", "[\"%41%42 %2541%2542\"]", "[\"****** **********\"]"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct redactor *redactor = redactor_for(cases[i][0]);

        assert_redacts(redactor, cases[i][1], cases[i][2]);
        redactor_free(redactor);
    }
}

/* ---- shapes ---- */

static void shapes_of_credentials_are_replaced(void **state)
{
    static const char *const cases[][2] = {
        {"key sk-abcdefghijklmnop.", "key *******************."},
        {"(sk-proj-a1B2_c3D4-e5F6)", "(**********************)"},
        {"\\nsk-ABCDEFGHIJKLMNOPQR\\n", "\\n*********************\\n"},
        {"%20sk-0123456789abcdef", "%20*******************"},
        {"Authorization: Bearer abc\r\nHost: x", "Authorization: **********\r\nHost: x"},
        {"proxy-AUTHORIZATION : Basic dQ==", "proxy-AUTHORIZATION : **********"},
        {"{\"authorization\":\"Bearer a\\\"b\",\"x\":1}",
         "{\"authorization\":\"********\\/*\",\"x\":1}"},
        {"{\\\"Authorization\\\": \\\"Bearer x\\\"}", "{\\\"Authorization\\\": \\\"********\\\"}"},
        {"{'X-Api-Key': 'abc', 'a': 'b'}", "{'X-Api-Key': '***', 'a': 'b'}"},
        {"\"set-cookie\": [\"a=1; b\", \"c=2\"], \"d\"",
         "\"set-cookie\": [\"******\", \"***\"], \"d\""},
        {"Set-Cookie: a=1; Path=/\n", "Set-Cookie: ***********\n"},
        {"\"text\":\"X-API-Key: abc\\nNext\"", "\"text\":\"X-API-Key: ***\\nNext\""},
        {"GET /q?key=abc&x=1", "GET /q?key=***&x=1"},
        {"/q?a=1\\u0026key=abc\\u0026x=1", "/q?a=1\\u0026key=***\\u0026x=1"},
        {"/q?a=1&amp;api_key=abc\"", "/q?a=1&amp;api_key=***\""},
        {"apikey%3Dabc def", "apikey%3D*** def"},
        {"\"api_key\" : \"abc\"", "\"api_key\" : \"***\""},
    };
    struct redactor *redactor = redactor_new();

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_redacts(redactor, cases[i][0], cases[i][1]);
    redactor_free(redactor);
}

static void ordinary_text_is_left_alone(void **state)
{
    static const char *const texts[] = {
        "task-force task-0123456789abcdef risk-assessment-framework-2024 disk-usage",
        "pip install sk-learn, sk-learn-based-pipelines and sk-learn-contrib-modules",
        "sk-LearnModel-BasedPipeline sk- sk-short sk-123",
        "sorted(rows, key=lambda row: row.name) monkey=banana key: value, keyboard",
        "authorization is required; (authorization) authorized: no",
        "{\"authorization\":null,\"api_key\":12,\"set-cookie\":[],\"x-api-key\":{\"a\":\"b\"}}",
        "{\"authorization: \":5,\"b\":1}",
        "C:\\new\\task\\unit 100% of 50%off \\ % %",
        "set the api keys aside",
        "",
    };
    struct redactor *redactor = redactor_for(KEY);

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        assert_redacts(redactor, texts[i], texts[i]);
    redactor_free(redactor);
}

static void credential_headers_are_replaced_whole(void **state)
{
    struct redactor *redactor = redactor_for(KEY);
    char bearer[] = "Bearer abc", ordinary[] = "x " KEY " y";

    (void)state;
    assert_int_equal(redact_header(redactor, "AUTHORIZATION", bearer), 10);
    assert_string_equal(bearer, "**********");
    assert_int_equal(redact_header(redactor, "X-Echo", ordinary), strlen(KEY));
    assert_null(strstr(ordinary, KEY));
    redactor_free(redactor);
}

/* A11: an editor, a pager or tmux has no business with the key, by whatever name it stands there.
 */
static void a_child_is_told_no_key(void **state)
{
    struct redactor *redactor = redactor_for(KEY);

    (void)state;
    setenv("UNIT_FIRST", KEY, 1);
    setenv("UNIT_OTHER", "plain", 1);
    setenv("UNIT_WITHIN", "x=" KEY "y", 1);
    redact_environment(redactor);
    assert_null(getenv("UNIT_FIRST"));
    assert_null(getenv("UNIT_WITHIN"));
    assert_string_equal(getenv("UNIT_OTHER"), "plain");
    assert_non_null(getenv("PATH"));
    redactor_free(redactor);
}

static void what_was_replaced_in_one_text_only_compares_equal(void **state)
{
    (void)state;
    assert_true(redact_equal("a secret b", "a ****** b", 10));
    assert_true(redact_equal("a ****** b", "a secret b", 10));
    assert_true(redact_equal("a ***ret b", "a ****** b", 10)); /* a half of it */
    assert_true(redact_equal("****ab****", "****ab****", 10));
    assert_false(redact_equal("a secret b", "a ****** c", 10));
    assert_false(redact_equal("a *b* c", "a xyz c", 7)); /* that is emphasis */
    assert_true(redact_equal("", "", 0));
}

/* ---- streams ---- */

/* Push `text` in the pieces that `cut` gives and compare with the whole. */
static void assert_stream_equals_whole(const struct redactor *redactor, const char *text,
                                       size_t len, size_t (*cut)(void *context, size_t at),
                                       void *context)
{
    struct redact_stream *stream = redact_stream_new(redactor);
    char *whole = xmemdup0(text, len);
    struct bytes joined;
    const char *out;
    size_t got;

    bytes_init(&joined, len);
    redact(redactor, whole, len);
    for (size_t at = 0; at < len;) {
        size_t piece = cut(context, at);

        piece = piece > len - at ? len - at : piece;
        got = redact_stream_push(stream, text + at, piece, &out);
        assert_true(bytes_append(&joined, out, got));
        at += piece;
        assert_true(at - joined.len <= redactor_window(redactor));
    }
    got = redact_stream_finish(stream, &out);
    assert_true(bytes_append(&joined, out, got));
    assert_int_equal(joined.len, len);
    if (len)
        assert_memory_equal(joined.data, whole, len);
    redact_stream_free(stream);
    bytes_release(&joined);
    free(whole);
}

static size_t cut_once(void *context, size_t at)
{
    const size_t *where = context;

    return at < *where ? *where - at : SIZE_MAX;
}

static size_t cut_bytewise(void *context, size_t at)
{
    (void)context;
    (void)at;
    return 1;
}

static size_t cut_anywhere(void *context, size_t at)
{
    (void)at;
    return below(context, 40);
}

static void plant(struct bytes *text, uint64_t *seed, const char *key)
{
    static const char *const pieces[] = {
        "sk-",
        "authorization",
        "Authorization: Bearer ",
        "\"api_key\":\"",
        "?key=",
        "\\",
        "\\\\",
        "\\u00",
        "%",
        "\"",
        "\\\"",
        "set-cookie",
        "\r\n",
        "task-force",
        "0123456789abcdefXYZ",
        "[\"",
        " ",
        "\xC3\xA4",
        "\\u0026",
        "api-key=",
        "':'",
        "{\"a\":1,",
        ",",
        "x",
    };
    size_t form = below(seed, FORMS + 4), from = below(seed, 3) ? 0 : below(seed, strlen(key));
    size_t end = below(seed, 3) ? strlen(key) : from + below(seed, strlen(key) - from + 1);

    if (below(seed, 3) == 0) {
        if (form >= FORMS + 2)
            encode_base64(text, key + from, end - from, alphabets[form % 2]);
        else
            for (size_t i = from; i < end; i++)
                encode_character(text, key[i], form < FORMS ? form : below(seed, FORMS));
    }
    bytes_puts(text, pieces[below(seed, sizeof(pieces) / sizeof(*pieces))]);
}

static void a_stream_equals_the_whole_for_any_cut(void **state)
{
    static const char *const keys[] = {KEY, "abcabcabd", "12345678", "\"/\\%\"", "%41\\u0041"};
    uint64_t seed = UINT64_C(0x5EEDED);

    (void)state;
    for (size_t round = 0; round < 2000; round++) {
        const char *key = keys[round % (sizeof(keys) / sizeof(*keys))];
        struct redactor *redactor = redactor_for(key);
        size_t pieces = below(&seed, 30);
        struct bytes text;

        bytes_init(&text, 100000);
        for (size_t i = 0; i < pieces; i++)
            plant(&text, &seed, key);
        assert_stream_equals_whole(redactor, bytes_text(&text), text.len, cut_bytewise, NULL);
        assert_stream_equals_whole(redactor, bytes_text(&text), text.len, cut_anywhere, &seed);
        if (text.len < 200)
            for (size_t where = 0; where <= text.len; where++)
                assert_stream_equals_whole(redactor, bytes_text(&text), text.len, cut_once, &where);
        bytes_release(&text);
        redactor_free(redactor);
    }
}

/* ---- JSON ---- */

static void add_json(struct bytes *text, uint64_t *seed, const char *key, int depth);

static void add_json_string(struct bytes *text, uint64_t *seed, const char *key)
{
    static const char *const pieces[] = {
        "authorization",
        "Authorization: ",
        "api_key",
        "x-api-key=",
        "set-cookie",
        "sk-",
        "\\n",
        "\\\"",
        "\\\\",
        ":",
        "'",
        "Bearer abc",
        "?key=",
        "\\u00e9",
        " ",
        "[",
        "%41",
        "\\t",
        "0123456789abcdefghij",
    };
    size_t count = below(seed, 5);

    bytes_append_byte(text, '"');
    for (size_t i = 0; i < count; i++) {
        bytes_puts(text, pieces[below(seed, sizeof(pieces) / sizeof(*pieces))]);
        for (size_t j = 0; j < strlen(key) && i == 1; j++)
            encode_character(text, key[j], below(seed, FORMS));
    }
    bytes_append_byte(text, '"');
}

static void add_json_members(struct bytes *text, uint64_t *seed, const char *key, int depth)
{
    size_t count = below(seed, 4);

    bytes_append_byte(text, '{');
    for (size_t i = 0; i < count; i++) {
        static const char *const names[] = {"authorization", "api_key", "Set-Cookie", "content"};

        bytes_printf(text, "%s\"%s%s\":", i ? "," : "", below(seed, 3) ? "" : "a ", names[i]);
        add_json(text, seed, key, depth - 1);
    }
    bytes_append_byte(text, '}');
}

static void add_json(struct bytes *text, uint64_t *seed, const char *key, int depth)
{
    size_t count;

    switch (depth > 0 ? below(seed, 7) : below(seed, 4)) {
    case 0:
        bytes_puts(text, below(seed, 2) ? "true" : "null");
        break;
    case 1:
        bytes_puts(text, below(seed, 2) ? "12345678" : "-0.1234567812e1");
        break;
    case 4:
        count = below(seed, 4);
        bytes_append_byte(text, '[');
        for (size_t i = 0; i < count; i++) {
            bytes_puts(text, i ? "," : "");
            add_json(text, seed, key, depth - 1);
        }
        bytes_append_byte(text, ']');
        break;
    case 5:
    case 6:
        add_json_members(text, seed, key, depth);
        break;
    default:
        add_json_string(text, seed, key);
        break;
    }
}

static void redacted_json_is_still_json(void **state)
{
    static const char *const keys[] = {"sk-Un1t/t3st+Key_0123", "12345678", "u0041", "bnrtu",
                                       "zation"};
    uint64_t seed = UINT64_C(0xC0FFEE);

    (void)state;
    for (size_t round = 0; round < 20000; round++) {
        const char *key = keys[round % (sizeof(keys) / sizeof(*keys))];
        struct redactor *redactor = redactor_for(key);
        struct bytes text;

        bytes_init(&text, 1000000);
        add_json(&text, &seed, key, 5);
        if (json_validate(text.data, text.len, NULL)) {
            char *before = xstrdup(text.data);

            redact(redactor, text.data, text.len);
            if (!json_validate(text.data, text.len, NULL))
                fail_msg("key %s\n%s\n%s", key, before, text.data);
            free(before);
        }
        bytes_release(&text);
        redactor_free(redactor);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_encoding_of_the_key_is_replaced),
        cmocka_unit_test(base64_is_found_at_every_alignment),
        cmocka_unit_test(a_key_across_a_shape_is_replaced_whole),
        cmocka_unit_test(overlapping_keys_are_both_replaced),
        cmocka_unit_test(awkward_keys_keep_json_whole),
        cmocka_unit_test(shapes_of_credentials_are_replaced),
        cmocka_unit_test(ordinary_text_is_left_alone),
        cmocka_unit_test(credential_headers_are_replaced_whole),
        cmocka_unit_test(a_child_is_told_no_key),
        cmocka_unit_test(what_was_replaced_in_one_text_only_compares_equal),
        cmocka_unit_test(a_stream_equals_the_whole_for_any_cut),
        cmocka_unit_test(redacted_json_is_still_json),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
