/* contract/body_check: what of a body the contract contradicts, at its place (B12 C9 D33 D34). */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"
#include "contract/body_check.h"
#include "contract/contract.h"

struct expected {
    enum operation operation;
    const char *body;
    const char *pointer; /* NULL: no problem */
    const char *text;
};

static void check(const struct contract *contract, const struct expected *expected)
{
    struct json *body = json_parse(expected->body, strlen(expected->body), "body", NULL);
    struct body_problems problems = {.items = NULL};

    assert_non_null(body);
    body_check(contract, expected->operation, body, strlen(expected->body), &problems);
    if (!expected->pointer && problems.count)
        fail_msg("%s: %s", expected->body, problems.items[0].text);
    if (expected->pointer) {
        assert_int_equal(problems.count, 1);
        assert_string_equal(problems.items[0].pointer, expected->pointer);
        assert_string_equal(problems.items[0].text, expected->text);
        assert_ptr_equal(problems.items[0].value, json_at(body, expected->pointer));
    }
    body_problems_release(&problems);
    json_free(body);
}

static void marks_what_the_clauses_of_request_fields_contradict(void **state)
{
    static const struct expected cases[] = {
        {OPERATION_CHAT, "{\"model\":\"m\",\"messages\":[{\"role\":\"user\"}]}", NULL, NULL},
        {OPERATION_CHAT, "{\"model\":\"m\"}", "", "lacks \"messages\" (chat.request.messages)"},
        {OPERATION_CHAT, "{\"model\":1,\"messages\":[{\"role\":\"user\"}]}", "/model",
         "must be a string (chat.request.model)"},
        {OPERATION_CHAT, "{\"model\":\"m\",\"messages\":[{\"role\":\"user\"}],\"max_tokens\":1.5}",
         "/max_tokens", "must be an integer (chat.request.max_tokens)"},
        {OPERATION_CHAT, "{\"model\":\"m\",\"messages\":[{\"role\":\"user\"}],\"max_tokens\":2.0}",
         NULL, NULL},
        {OPERATION_CHAT, "{\"model\":\"m\",\"messages\":[{\"role\":\"user\"},{\"role\":\"me\"}]}",
         "/messages/1/role",
         "must be one of system, developer, user, assistant, tool (chat.request.role)"},
        {OPERATION_CHAT, "{\"model\":\"m\",\"messages\":[{}]}", "/messages/0",
         "lacks \"role\" (chat.request.role)"},
        {OPERATION_CHAT, "{\"model\":\"m\",\"messages\":[1]}", NULL, NULL},
        {OPERATION_CHAT, "{\"model\":\"<MODEL>\",\"messages\":[{\"role\":\"user\"}]}", "/model",
         "to be filled in"},
        {OPERATION_CHAT,
         "{\"model\":\"m\",\"messages\":[{\"role\":\"user\"}],\"a/b\":[{\"<KEY>\":1}]}",
         "/a~1b/0/<KEY>", "to be filled in"},
        {OPERATION_CHAT, "{\"model\":\"a <KEY> b\",\"messages\":[{\"role\":\"user\"}]}", "/model",
         "to be filled in: <KEY>"},
        {OPERATION_CHAT, "[1]", NULL, NULL},
        {OPERATION_RESPONSES, "{\"model\":\"m\",\"input\":[1]}", NULL, NULL},
        {OPERATION_CHAT, "{\"model\":\"m\",\"messages\":[]}", "/messages",
         "must not be empty (chat.request.messages_not_empty)"},
        {OPERATION_CHAT, "{\"model\":\"\",\"messages\":[{\"role\":\"user\"}]}", "/model",
         "must not be empty (chat.request.model_not_empty)"},
        {OPERATION_RESPONSES, "{\"model\":\"m\",\"input\":[]}", "/input",
         "must not be empty (responses.request.input_not_empty)"},
        {OPERATION_RESPONSES, "{\"model\":\"m\",\"input\":\"\"}", "/input",
         "must not be empty (responses.request.input_not_empty)"},
        {OPERATION_RESPONSES, "{\"model\":\"m\",\"input\":\" \"}", NULL, NULL},
        {OPERATION_RESPONSES, "{\"model\":\"m\",\"input\":true}", "/input",
         "must be a string or an array (responses.request.input)"},
    };
    struct contract *contract = contract_starter();

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        check(contract, &cases[i]);
    contract_free(contract);
}

/* B48: a limit of our own; it is said, and the request is built all the same. */
static void says_that_a_body_is_over_its_limit(void **state)
{
    struct contract *contract = contract_starter();
    struct body_problems problems = {.items = NULL};
    struct json *body = json_new_array();

    (void)state;
    body_check(contract, OPERATION_CHAT, body, 262144, &problems);
    assert_int_equal(problems.count, 0);
    body_check(contract, OPERATION_CHAT, body, 262145, &problems);
    assert_int_equal(problems.count, 1);
    assert_non_null(strstr(problems.items[0].text, "limits.input_bytes"));
    body_problems_release(&problems);
    json_free(body);
    contract_free(contract);
}

static void keeps_a_bounded_number_and_counts_the_rest(void **state)
{
    struct contract *contract = contract_starter();
    struct body_problems problems = {.items = NULL};
    struct json *body = json_new_array();

    (void)state;
    for (int i = 0; i < 1000; i++)
        json_append(body, json_new_string("<TEXT>"));
    body_check(contract, OPERATION_CHAT, body, 1, &problems);
    assert_int_equal(problems.count, 1000);
    assert_int_equal(problems.kept, BODY_PROBLEMS_MAX);
    body_problems_release(&problems);
    json_free(body);
    contract_free(contract);
}

static void refuses_a_clause_that_names_no_type(void **state)
{
    static const char *const wrong[] = {
        "{\"pointer\":\"/a\",\"type\":\"text\"}", "{\"pointer\":\"/a\",\"type\":[\"string\",1]}",
        "{\"pointer\":1}", "\"/a\"", "{\"pointer\":\"/a\",\"not_empty\":1}"};
    static const char *const right[] = {"{\"pointer\":\"/a\"}", "null",
                                        "{\"pointer\":\"/a\",\"not_empty\":true}",
                                        "{\"pointer\":\"/a\",\"type\":[\"string\",\"null\"]}"};
    struct contract *contract = contract_starter();
    struct error error;

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        assert_false(contract_set(contract, "chat.request.new", "value",
                                  json_parse(wrong[i], strlen(wrong[i]), "x", NULL), &error));
    for (size_t i = 0; i < sizeof(right) / sizeof(*right); i++)
        assert_true(contract_set(contract, "chat.request.new", "value",
                                 json_parse(right[i], strlen(right[i]), "x", NULL), &error));
    contract_free(contract);
}

/* D12: a field is known when a clause names it, or something in it. */
static void names_the_fields_that_no_clause_knows(void **state)
{
    static const char text[] = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"x\":1}],"
                               "\"a/b\":1,\"mode\":2,\"models\":3}";
    struct contract *contract = contract_starter();
    struct json *body = json_parse(text, strlen(text), "body", NULL);
    struct bytes fields;

    (void)state;
    bytes_init(&fields, 4096);
    body_undocumented(contract, OPERATION_CHAT, body, &fields);
    assert_string_equal(bytes_text(&fields), "/a~1b\n/mode\n/models");
    bytes_clear(&fields);
    body_undocumented(contract, OPERATION_MODELS, body, &fields); /* has no request clause */
    assert_int_equal(fields.len, 0);
    bytes_release(&fields);
    json_free(body);
    contract_free(contract);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_what_the_clauses_of_request_fields_contradict),
        cmocka_unit_test(says_that_a_body_is_over_its_limit),
        cmocka_unit_test(keeps_a_bounded_number_and_counts_the_rest),
        cmocka_unit_test(refuses_a_clause_that_names_no_type),
        cmocka_unit_test(names_the_fields_that_no_clause_knows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
