/* evidence/sanitize, stand_in: what anybody said never comes out (D29, B54 D62 A28). */
#include "tests/unit/unit.h"

#include "base/bytes.h"
#include "evidence/sanitize.h"

#include <stdlib.h>
#include <string.h>

static char *sanitized(const char *body, size_t len, bool stream, bool failed)
{
    struct bytes out;

    bytes_init(&out, SIZE_MAX);
    bytes_puts(&out, "");
    sanitize_body(body, len, stream, failed, &out);
    return bytes_take(&out);
}

static void assert_sanitized(const char *body, bool stream, const char *expected)
{
    char *got = sanitized(body, strlen(body), stream, false);

    assert_string_equal(got, expected);
    free(got);
}

static void what_was_said_becomes_x_and_the_rest_stays(void **state)
{
    (void)state;
    assert_sanitized("{\"object\":\"chat.completion\",\"content\":\"It is, true!\",\"n\":1.50}",
                     false,
                     "{\"object\":\"chat.completion\",\"content\":\"xx xxx xxxxx\",\"n\":1.50}");
    assert_sanitized("{\"role\":\"assistant\",\"role_play\":\"assistant\",\"type\":\"two words\"}",
                     false,
                     "{\"role\":\"assistant\",\"role_play\":\"xxxxxxxxx\",\"type\":\"xxx xxxxx\"}");
    assert_sanitized("{\"text\":\"a\\n\\u00e9\\ud83d\\ude00\\\\\\\"\\u0007\"}", false,
                     "{\"text\":\"x\\nxxxx\\u0007\"}");
    assert_sanitized("{\"error\":{\"message\":\"no such model\",\"code\":\"model_not_found\"}}",
                     false,
                     "{\"error\":{\"message\":\"no such model\",\"code\":\"model_not_found\"}}");
    assert_sanitized("{\"bytes\":[72,105,-0.5e3],\"logprob\":-0.25}", false,
                     "{\"bytes\":[11,111,-1.1e1],\"logprob\":-0.25}");
}

static void an_id_is_another_of_the_same_length(void **state)
{
    static const char one[] =
        "{\"id\":\"chatcmpl-AbCdEfGh123\",\"item_id\":\"chatcmpl-AbCdEfGh123\","
        "\"call_id\":\"call_1\"}";
    char *got = sanitized(one, strlen(one), false, false);

    (void)state;
    assert_int_equal(strlen(got), strlen(one));
    assert_null(strstr(got, "AbCd"));
    assert_non_null(strstr(got, "\"id\":\"chatcmpl-"));
    assert_memory_equal(got + 7, strstr(got, "item_id") + 10, 20); /* the same for the same */
    assert_non_null(strstr(got, "\"call_1\""));
    free(got);
}

static void arguments_stay_json(void **state)
{
    (void)state;
    assert_sanitized("{\"arguments\":\"{\\\"city\\\": \\\"Par\\\\\\\"is\\\", \\\"n\\\": -12.50, "
                     "\\\"b\\\": [true,null]}\"}",
                     false,
                     "{\"arguments\":\"{\\\"city\\\": \\\"xxxxxx\\\", \\\"n\\\": -11.11, "
                     "\\\"b\\\": [true,null]}\"}");
    assert_sanitized("{\"arguments\":\"Paris is true\"}", false,
                     "{\"arguments\":\"xxxxx xx true\"}");
}

static void what_is_wrong_stays_wrong(void **state)
{
    (void)state;
    assert_sanitized("data: {\"delta\":{\"content\":\"Hel", true,
                     "data: {\"delta\":{\"content\":\"xxx");
    assert_sanitized("data: {\"a\": 01, \"content\": \"se\ncret\"}\n\n", true,
                     "data: {\"a\": 01, \"content\": \"xx\nxxxx\"x\n\n");
    assert_sanitized("data: [DONE] and more\n\n", true, "data: [DONE] xxx xxxx\n\n");
    assert_sanitized(": ping\r\nevent: error\r\ndata: {\"content\":\rdata: \"two lines\"}\r\n\r\n",
                     true,
                     ": xxxx\r\nevent: error\r\ndata: {\"content\":\rdata: \"xxx xxxxx\"}\r\n\r\n");
    assert_sanitized("I am no JSON", false, "x xx nx xxxx"); /* as null begins */
}

static void ids_keep_only_prefixes_that_all_have(void **state)
{
    static const char *const said[] = {"jane_d", "jane-doe@example.com", "Jane",
                                       "5e9f1c2a-0b3d-4c4e-8f5a-6b7c8d9e0f1a", "5551234567"};
    static const char *const stay[] = {"call_1", "7", "0012", ""};

    (void)state;
    for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++) {
        char body[128], *got;

        snprintf(body, sizeof(body), "{\"tenant_id\":\"%s\"}", said[i]);
        got = sanitized(body, strlen(body), false, false);
        assert_int_equal(strlen(got), strlen(body));
        if (strncmp(got + 14, said[i], 4) == 0)
            fail_msg("%s became %s", body, got);
        free(got);
    }
    for (size_t i = 0; i < sizeof(stay) / sizeof(*stay); i++) {
        char body[128];

        snprintf(body, sizeof(body), "{\"item_id\":\"%s\"}", stay[i]);
        assert_sanitized(body, false, body);
    }
}

static void the_id_of_an_event_is_that_of_its_data(void **state)
{
    static const char event[] =
        "id: chatcmpl-AbCdEfGh123\ndata: {\"id\":\"chatcmpl-AbCdEfGh123\"}\n\n";
    char *got = sanitized(event, strlen(event), true, false);

    (void)state;
    assert_null(strstr(got, "AbCd"));
    assert_memory_equal(got + 4, strstr(got, "{\"id\":\"") + 7, 20);
    free(got);
}

/* Where the readers find it; they make the failure class of it. */
static void what_an_error_says_stays(void **state)
{
    static const struct {
        const char *body;
        bool stream, failed;
    } rows[] = {
        {"{\"error\":{\"message\":\"no such model\",\"code\":\"a_b\",\"inner\":{\"detail\":\"x "
         "y\"}}}",
         false, false},
        {"{\"error\":\"no such model\"}", false, false},
        {"[{\"error\":{\"message\":\"no such model\"}}]", false, false},
        {"{\"message\":\"no such model\",\"code\":404}", false, true},
        {"{\"detail\":\"no such model\"}", false, true},
        {"{\"base_resp\":{\"status_code\":1004,\"status_msg\":\"login fail\"}}", false, false},
        {"{\"response\":{\"error\":{\"code\":\"server_error\",\"message\":\"it broke\"}}}", false,
         false},
        {"{\"choices\":[{\"index\":0,\"error\":{\"message\":\"it broke\"}}]}", false, false},
        {"{\"message\":\"it broke\",\"type\":\"error\"}", false, false},
        {"event: error\ndata: {\"message\":\"it broke\"}\n\n", true, false},
        {"error: {\"message\":\"it broke\"}\n\n", true, false},
        {"{\n  \"error\": {\n    \"message\": \"it broke\"\n  }\n}\n\n", true, false},
        {"{\"type\":\"error\",\"message\":\"it broke\"}\n\n", true, false},
        {"upstream connect error", false, true},
        {"<html>sign in</html>", false, true},
        {"\n<!DOCTYPE html><title>502</title>", false, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char *got = sanitized(rows[i].body, strlen(rows[i].body), rows[i].stream, rows[i].failed);

        assert_string_equal(got, rows[i].body);
        free(got);
    }
}

/* ---- words that must never come out ---- */

/* Each of them says one of these, where somebody's words may stand. */
static const char *const words[] = {"Jane", "Doe", "lupus", "example.com", "555-1234"};

static const struct {
    const char *body;
    bool stream, failed;
} said[] = {
    {"<think>The user Jane Doe has lupus", false, false},
    {"<html><title>Jane Doe</title> calls 555-1234</html>", false, false},
    {"<think>Jane Doe", false, true},
    {"Jane Doe, call 555-1234: \"Jane\": yes", false, false},
    {"\"Jane\": \"Doe\"", false, false},
    {"[\"Jane\": \"Doe\", 555-1234]", false, false},
    {"{\"message\":\"Jane has lupus\"}", false, false},
    {"{\"detail\":\"Jane has lupus\",\"msg\":\"Jane Doe\"}", false, false},
    {"{\"choices\":[{\"message\":\"Jane Doe\",\"msg\":\"Jane Doe\",\"code\":\"Jane\"}]}", false,
     false},
    {"{\"choices\":[{\"message\":\"Jane Doe\"}]}", false, true},
    {"{\"choices\":[{\"message\":{\"error\":{\"message\":\"Jane Doe\"}}}]}", false, false},
    {"{\"metadata\":{\"message\":\"Jane Doe\",\"name\":\"Jane\",\"code\":\"Doe\"}}", false, true},
    {"{\"error\":{\"message\":\"m\",\"metadata\":{\"message\":\"Jane Doe\",\"raw\":\"lupus\"}}}",
     false, true},
    {"{\"response\":{\"metadata\":{\"error\":{\"message\":\"Jane\"},\"id\":\"Doe\"}}}", false,
     false},
    {"{\"output\":[{\"type\":\"mcp_call\",\"error\":\"Jane Doe has lupus\"}]}", false, false},
    {"{\"output\":[{\"type\":\"code_interpreter_call\",\"code\":\"Jane\"}]}", false, false},
    {"{\"name\":\"jane@example.com\",\"role\":\"a Jane\"}", false, false},
    {"{\"tenant_id\":\"Jane\",\"user_id\":\"Jane-Doe@example.com\",\"id\":\"Jane_555-1234\"}",
     false, false},
    {"{\"type\":\"m\" \"Jane\" , \"Doe\"}", false, false},
    {"{\"a_name_that_is_longer_than_any_that_an_api_should_have\":{\"error\":{\"message\":\"Jane\"}"
     "}}",
     false, false},
    {": Jane Doe has lupus, 555-1234\n\n", true, false},
    {"event: user jane@example.com\ndata: {}\n\n", true, false},
    {"event: jane@example.com\ndata: {}\n\n", true, false},
    {"id: Jane\nid: Jane-Doe\nid: 5551234\nretry: Jane\n\n", true, false},
    {"Jane: Doe has lupus\n\"Jane\": \"Doe\"\n\n", true, false},
    {"data: Jane Doe, 555-1234\n\n", true, false},
    {"data: {\"type\":\"a.delta\",\"message\":\"Jane Doe\"}\n\n", true, false},
    {"{\"message\":\"Jane Doe\"}\n\n", true, false},
    {"{\"open\":{\n\n\"Jane\": \"Doe\"\n\n", true, false},
};

static void known_words_never_come_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++) {
        char *got = sanitized(said[i].body, strlen(said[i].body), said[i].stream, said[i].failed);

        for (size_t j = 0; j < sizeof(words) / sizeof(*words); j++)
            if (strcasestr(got, words[j]))
                fail_msg("%s became %s", said[i].body, got);
        assert_int_equal(strlen(got), strlen(said[i].body));
        free(got);
    }
}

/* Deeper than anything is looked at: nothing is mistaken for the root. */
static void no_depth_makes_text_an_error(void **state)
{
    enum { DEEP = 400 };
    char body[2 * DEEP], *got;

    (void)state;
    memset(body, '[', DEEP);
    memset(body + DEEP, ']', DEEP / 2);
    strcpy(body + DEEP + DEEP / 2, "{\"message\":\"Jane\",\"error\":{\"message\":\"Doe\"}}");
    body[0] = '{';
    memcpy(body + 1, "\"content\":", 10);
    got = sanitized(body, strlen(body), false, true);
    assert_null(strstr(got, "Jane"));
    assert_null(strstr(got, "Doe"));
    free(got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_said_becomes_x_and_the_rest_stays),
        cmocka_unit_test(an_id_is_another_of_the_same_length),
        cmocka_unit_test(arguments_stay_json),
        cmocka_unit_test(what_is_wrong_stays_wrong),
        cmocka_unit_test(ids_keep_only_prefixes_that_all_have),
        cmocka_unit_test(the_id_of_an_event_is_that_of_its_data),
        cmocka_unit_test(what_an_error_says_stays),
        cmocka_unit_test(known_words_never_come_out),
        cmocka_unit_test(no_depth_makes_text_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
