/* contract/operation: requests are built from clauses, or refused with the clause's name. */
#include "tests/unit/unit.h"

#include "base/bytes.h"
#include "base/json.h"
#include "contract/base_url.h"
#include "contract/contract.h"
#include "contract/operation.h"
#include "contract/workspace.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct contract *starter_with(const char *id, struct json *value)
{
    struct contract *contract = contract_starter();
    struct error error;

    if (id && !contract_set(contract, id, "value", value, &error))
        fail_msg("%s", error.text);
    return contract;
}

/* A8 B9 C1: method, base URL and path come from their clauses. */
static void builds_each_operation_from_its_clauses(void **state)
{
    static const struct {
        enum operation operation;
        const char *method, *url;
    } cases[] = {
        {OPERATION_MODELS, "GET", "https://api.cometapi.com/v1/models"},
        {OPERATION_CHAT, "POST", "https://api.cometapi.com/v1/chat/completions"},
        {OPERATION_RESPONSES, "POST", "https://api.cometapi.com/v1/responses"},
    };
    struct contract *contract = contract_starter();

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *body = operation_body(contract, cases[i].operation, "m", NULL, false);
        struct http_request request;
        struct error error;

        if (!operation_request(contract, NULL, cases[i].operation, body, body ? strlen(body) : 0,
                               &request, NULL, &error))
            fail_msg("%s", error.text);
        assert_string_equal(request.method, cases[i].method);
        assert_string_equal(request.url, cases[i].url);
        assert_string_equal(request.auth_header, "Authorization");
        assert_string_equal(request.auth_scheme, "Bearer");
        assert_null(request.secret);
        assert_string_equal(http_headers_get(&request.headers, "accept"), "application/json");
        /* A13 A22: the inventory call has no body and says so. */
        assert_int_equal(http_headers_get(&request.headers, "Content-Type") != NULL, body != NULL);
        assert_int_equal(request.body != NULL, body != NULL);
        http_request_release(&request);
        free(body);
    }
    contract_free(contract);
}

/* D22: the same small question every time. */
static void makes_a_small_deterministic_canary(void **state)
{
    struct contract *contract = contract_starter();
    char *body = operation_body(contract, OPERATION_CHAT, "org/Model:v1", NULL, true);

    (void)state;
    assert_string_equal(body, "{\"model\":\"org/Model:v1\",\"messages\":[{\"role\":\"user\","
                              "\"content\":\"Return the word READY and nothing else.\"}],"
                              "\"temperature\":0,\"max_tokens\":64,\"stream\":true}");
    free(body);
    body = operation_body(contract, OPERATION_RESPONSES, "m", "hi \"you\"", false);
    assert_string_equal(body, "{\"model\":\"m\",\"input\":\"hi \\\"you\\\"\",\"temperature\":0,"
                              "\"max_output_tokens\":64}");
    free(body);
    assert_null(operation_body(contract, OPERATION_MODELS, "m", NULL, false));
    contract_free(contract);
}

/* B49: ceilings are configuration; a clause without a value leaves its member out. */
static void shapes_the_canary_by_its_clauses(void **state)
{
    struct contract *contract = starter_with("canary.max_tokens", json_new_null());
    char *body;

    (void)state;
    assert_true(contract_set(contract, "canary.temperature", "value", json_new_null(), NULL));
    assert_true(
        contract_set(contract, "canary.include_usage", "value", json_new_boolean(true), NULL));
    assert_true(contract_set(contract, "canary.prompt", "value", json_new_string("x"), NULL));
    body = operation_body(contract, OPERATION_CHAT, "m", NULL, true);
    assert_string_equal(body,
                        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":"
                        "\"x\"}],\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
    free(body);
    contract_free(contract);
}

static void expect_refusal(const struct contract *contract, const struct profile *profile,
                           const char *body, const char *message)
{
    struct http_request request;
    struct error error;

    if (operation_request(contract, profile, OPERATION_CHAT, body, body ? strlen(body) : 0,
                          &request, NULL, &error))
        fail_msg("sent although: %s", message);
    if (!strstr(error.text, message))
        fail_msg("\"%s\" lacks \"%s\"", error.text, message);
}

/* B17 E69: whatever still holds a placeholder is refused. */
static void refuses_placeholders_wherever_they_stand(void **state)
{
    static const char *const clauses[] = {"chat.path",   "base.url",    "auth.header",
                                          "auth.scheme", "chat.method", "request.content_type"};
    static const char *const bodies[] = {
        "{\"model\":\"<VALIDATED_MODEL_ID>\"}",
        "{\"model\":\"<your model>\"}",
        "{\"<MODEL_FIELD_FROM_DOCS>\":\"m\"}",
        "{\"messages\":[{\"content\":\"use <MODEL_ID> now\"}]}",
        "{\"model\":\"<MODEL_ID>\"", /* no JSON, as a negative probe sends it */
    };
    struct contract *contract;
    char *body;

    (void)state;
    for (size_t i = 0; i < COUNT(clauses); i++) {
        contract = starter_with(clauses[i], json_new_string("</x/<FROM_DOCS>"));
        expect_refusal(contract, NULL, "{}", "<FROM_DOCS>");
        contract_free(contract);
    }
    contract = contract_starter();
    for (size_t i = 0; i < COUNT(bodies); i++)
        expect_refusal(contract, NULL, bodies[i], "placeholder");
    body = operation_body(contract, OPERATION_CHAT, NULL, NULL, false);
    expect_refusal(contract, NULL, body, "--model");
    free(body);
    contract_free(contract);
}

static void sends_text_that_only_looks_like_markup(void **state)
{
    static const char body[] = "{\"messages\":[{\"content\":\"is <b>x</b> < 3 <=> y?\"}]}";
    struct contract *contract = contract_starter();
    struct http_request request;

    (void)state;
    assert_true(operation_request(contract, NULL, OPERATION_CHAT, body, strlen(body), &request,
                                  NULL, NULL));
    assert_string_equal(request.body, body);
    http_request_release(&request);
    contract_free(contract);
}

/* C54: a documentation host or page is no runtime URL. */
static void refuses_the_documentation_as_runtime_url(void **state)
{
    struct contract *contract =
        starter_with("base.url", json_new_string("https://APIDOC.cometapi.com/x"));
    struct profile profile = {.base_url = (char[]){"https://apidoc.cometapi.com"}};

    (void)state;
    expect_refusal(contract, NULL, "{}", "documentation's host");
    contract_free(contract);
    contract = contract_starter();
    expect_refusal(contract, &profile, "{}", "documentation's host");
    contract_free(contract);
    contract = starter_with("chat.path", json_new_string("/api/text/chat"));
    expect_refusal(contract, NULL, "{}", "documentation page");
    contract_free(contract);
}

static void names_the_clause_that_cannot_be_sent(void **state)
{
    static const struct {
        const char *id, *value, *message;
    } cases[] = {
        {"chat.path", NULL, "no value for the clause chat.path"},
        {"auth.scheme", NULL, "no value for the clause auth.scheme"},
        {"base.url", "ftp://x", "the clause base.url must be a URL"},
        {"base.url", "https://", "the clause base.url must be a URL"},
        {"base.url", "https://u:p@h", "user or password"},
        {"base.url", "https://h/?key=1", "no ? and no #"},
        {"base.url", "https://h/a b", "must be a URL"},
        {"base.url", "https://h:x", "must be a URL"},
        {"base.url", "https://api.example.com/v1", "leave it out of the base URL"},
        {"chat.method", "GET /", "the clause chat.method must be one word"},
        {"auth.header", "X:", "the clause auth.header must be one word"},
        {"auth.scheme", "Bearer\r\nX: y", "the clause auth.scheme holds characters"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct contract *contract = starter_with(
            cases[i].id, cases[i].value ? json_new_string(cases[i].value) : json_new_null());

        expect_refusal(contract, NULL, "{}", cases[i].message);
        contract_free(contract);
    }
}

/* E69: what a request rests on is told, clause by clause. */
static void lists_the_pending_clauses_it_rests_on(void **state)
{
    struct contract *contract = contract_starter();
    struct profile profile = {.base_url = (char[]){"http://127.0.0.1:8080/"}};
    struct http_request request;
    struct bytes pending;

    (void)state;
    bytes_init(&pending, 1000);
    assert_true(
        operation_request(contract, NULL, OPERATION_MODELS, NULL, 0, &request, &pending, NULL));
    assert_string_equal(bytes_text(&pending),
                        "models.method\nmodels.path\nauth.header\nauth.scheme\nrequest.accept");
    http_request_release(&request);
    bytes_clear(&pending);
    contract_set(contract, "chat.path", "accessed", json_new_string("2026-06-14"), NULL);
    assert_true(operation_request(contract, &profile, OPERATION_CHAT, "{\"stream\":true}", 15,
                                  &request, &pending, NULL));
    assert_string_equal(request.url, "http://127.0.0.1:8080/v1/chat/completions");
    assert_string_equal(http_headers_get(&request.headers, "Accept"), "text/event-stream");
    assert_string_equal(bytes_text(&pending),
                        "chat.method\nauth.header\nauth.scheme\nstream.accept\n"
                        "request.content_type");
    http_request_release(&request);
    bytes_release(&pending);
    contract_free(contract);
}

/* A9 B11: further headers of the account are clauses too. */
static void sends_the_extra_headers_of_the_contract(void **state)
{
    struct json *headers = json_new_object();
    struct http_request request;
    struct contract *contract;

    (void)state;
    json_set_string(headers, "X-Project", "p1");
    contract = starter_with("auth.extra_headers", headers);
    assert_true(operation_request(contract, NULL, OPERATION_MODELS, NULL, 0, &request, NULL, NULL));
    assert_string_equal(http_headers_get(&request.headers, "x-project"), "p1");
    http_request_release(&request);
    headers = json_new_object();
    json_set_string(headers, "X-Project", "a\nb");
    assert_true(contract_set(contract, "auth.extra_headers", "value", headers, NULL));
    expect_refusal(contract, NULL, "{}", "auth.extra_headers");
    contract_free(contract);
}

/* PRB: what a probe changes on purpose, and nothing else. */
static void changes_a_request_as_a_probe_says(void **state)
{
    static const char text[] = "{\"X-Added\": \"1\", \"content-type\": null}";
    struct json *headers = json_parse(text, strlen(text), "test", NULL);
    struct contract *contract = contract_starter();
    struct request_change change = {
        .base_url = "http://127.0.0.1:9",
        .method = "PUT",
        .path_suffix = "-no",
        .headers = headers,
        .without_key = true,
    };
    struct http_request request;

    (void)state;
    assert_true(operation_request_changed(contract, NULL, OPERATION_CHAT, "{}", 2, &change,
                                          &request, NULL, NULL));
    assert_string_equal(request.method, "PUT");
    assert_string_equal(request.url, "http://127.0.0.1:9/v1/chat/completions-no");
    assert_null(request.auth_header);
    assert_string_equal(http_headers_get(&request.headers, "x-added"), "1");
    assert_null(http_headers_get(&request.headers, "Content-Type"));
    assert_non_null(http_headers_get(&request.headers, "Accept"));
    http_request_release(&request);
    json_free(headers);
    contract_free(contract);
}

/* C54: a page of the documentation is asked only on purpose. */
static void takes_the_path_from_a_clause(void **state)
{
    struct contract *contract = contract_starter();
    struct request_change change = {.path_clause = "docs.pages"};
    struct http_request request;
    struct error error;

    (void)state;
    assert_true(operation_request_changed(contract, NULL, OPERATION_CHAT, "{}", 2, &change,
                                          &request, NULL, NULL));
    assert_string_equal(request.url, "https://api.cometapi.com/api/text/chat");
    http_request_release(&request);
    change.path_clause = "conflict.text_paths";
    assert_false(operation_request_changed(contract, NULL, OPERATION_CHAT, "{}", 2, &change,
                                           &request, NULL, &error));
    assert_non_null(strstr(error.text, "conflict.text_paths"));
    contract_free(contract);
}

/* B48: the local limit on what is sent. */
static void bounds_what_is_sent(void **state)
{
    struct contract *contract = starter_with("limits.input_bytes", json_new_integer(10));
    struct error error;

    (void)state;
    assert_true(operation_input_fits(contract, 10, &error));
    assert_false(operation_input_fits(contract, 11, &error));
    assert_non_null(strstr(error.text, "limits.input_bytes"));
    contract_free(contract);
}

static void reads_what_the_judge_must_know_of_a_body(void **state)
{
    static const char chat[] =
        "{\"model\":\" M \",\"stream\":true,\"n\":2,\"stream_options\":{\"include_usage\":true},"
        "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a\",\"parameters\":{}}},"
        "{\"type\":\"function\",\"function\":{\"name\":\"b\",\"parameters\":{\"required\":[\"x\"]}}"
        "},"
        "{\"type\":\"function\",\"function\":{\"name\":\"c\"}}]}";
    static const char responses[] =
        "{\"model\":\"m\",\"tools\":[{\"type\":\"function\",\"name\":\"f\",\"parameters\":"
        "{\"required\":[]}}]}";
    struct request_facts facts;

    (void)state;
    request_facts_from(OPERATION_CHAT, chat, strlen(chat), &facts);
    assert_true(facts.stream && facts.include_usage && !facts.tools_without_required);
    assert_int_equal(facts.choices, 2);
    assert_string_equal(facts.lenient_tools, "a\nc");
    assert_string_equal(facts.model, " M "); /* A2: exact */
    request_facts_release(&facts);
    request_facts_from(OPERATION_RESPONSES, responses, strlen(responses), &facts);
    assert_true(!facts.stream && facts.tools_without_required);
    assert_string_equal(facts.lenient_tools, "f");
    request_facts_release(&facts);
    request_facts_from(OPERATION_CHAT, "{\"stream\":true", 14, &facts);
    assert_true(!facts.stream && facts.choices == 1 && !facts.model && !facts.lenient_tools);
    request_facts_release(&facts);
    request_facts_from(OPERATION_CHAT, "[{\"n\":-3}]", 10, &facts);
    assert_int_equal(facts.choices, 1);
    request_facts_release(&facts);
}

static void names_operations_both_ways(void **state)
{
    enum operation operation;

    (void)state;
    for (int i = 0; i < OPERATION_COUNT; i++) {
        assert_true(operation_from_name(operation_name((enum operation)i), &operation));
        assert_int_equal(operation, i);
    }
    assert_false(operation_from_name("Chat", &operation));
}

static void joins_base_and_path_with_one_slash(void **state)
{
    static const struct {
        const char *base, *path, *url;
    } cases[] = {
        {"https://h", "/v1/x", "https://h/v1/x"},
        {"https://h/", "/v1/x", "https://h/v1/x"},
        {"https://h/p//", "v1/x", "https://h/p/v1/x"},
        {"https://h:8/v1", "/v2/v1", "https://h:8/v1/v2/v1"},
        {"https://h/xv1", "/v1/x", "https://h/xv1/v1/x"},
        {"https://v1", "/v1/x", "https://v1/v1/x"},
        {"https://h/v1", "/v1/x", NULL},
        {"https://h/v1/", "/v1", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *url = base_url_join(cases[i].base, cases[i].path, NULL);

        if (cases[i].url)
            assert_string_equal(url, cases[i].url);
        else
            assert_null(url);
        free(url);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(builds_each_operation_from_its_clauses),
        cmocka_unit_test(makes_a_small_deterministic_canary),
        cmocka_unit_test(shapes_the_canary_by_its_clauses),
        cmocka_unit_test(refuses_placeholders_wherever_they_stand),
        cmocka_unit_test(sends_text_that_only_looks_like_markup),
        cmocka_unit_test(refuses_the_documentation_as_runtime_url),
        cmocka_unit_test(names_the_clause_that_cannot_be_sent),
        cmocka_unit_test(lists_the_pending_clauses_it_rests_on),
        cmocka_unit_test(sends_the_extra_headers_of_the_contract),
        cmocka_unit_test(changes_a_request_as_a_probe_says),
        cmocka_unit_test(takes_the_path_from_a_clause),
        cmocka_unit_test(bounds_what_is_sent),
        cmocka_unit_test(reads_what_the_judge_must_know_of_a_body),
        cmocka_unit_test(names_operations_both_ways),
        cmocka_unit_test(joins_base_and_path_with_one_slash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
