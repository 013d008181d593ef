/* contract/: clauses, their derived status, the starter, and the rules of judging. */
#include "tests/unit/unit.h"

#include "base/bytes.h"
#include "base/json.h"
#include "contract/contract.h"
#include "contract/rules.h"
#include "contract/starter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct contract *parse(const char *clauses)
{
    struct contract *contract;
    struct error error;
    struct bytes text;

    bytes_init(&text, 1 << 16);
    bytes_printf(&text, "{\"version\":1,\"clauses\":[%s]}", clauses);
    contract = contract_parse("c.json", bytes_text(&text), text.len, &error);
    if (!contract)
        fail_msg("%s", error.text);
    bytes_release(&text);
    return contract;
}

/* A1 B1: without source URL and access date a clause is pending; the rest is derived as well. */
static void derives_the_status_of_a_clause(void **state)
{
    static const struct {
        const char *members;
        enum clause_status status;
    } cases[] = {
        {"", CLAUSE_PENDING},
        {",\"value\":\"/v1\"", CLAUSE_PENDING},
        {",\"value\":\"/v1\",\"source\":\"api-reference\",\"source_url\":\"https://x\"",
         CLAUSE_PENDING},
        {",\"value\":\"/v1\",\"source\":\"api-reference\",\"accessed\":\"2026-06-14\"",
         CLAUSE_PENDING},
        {",\"value\":\"/v1\",\"source_url\":\"https://x\",\"accessed\":\"2026-06-14\"",
         CLAUSE_PENDING},
        {",\"value\":null,\"source\":\"api-reference\",\"source_url\":\"https://x\","
         "\"accessed\":\"2026-06-14\"",
         CLAUSE_PENDING},
        {",\"value\":\"/v1\",\"source\":\"api-reference\",\"source_url\":\"https://x\","
         "\"accessed\":\"2026-06-14\"",
         CLAUSE_DOCUMENTED},
        {",\"value\":\"/v1\",\"observed\":{\"value\":\"/v1\",\"at\":\"2026-07-01\"}",
         CLAUSE_OBSERVED},
        {",\"observed\":{\"value\":\"/v1\",\"at\":\"2026-07-01\"}", CLAUSE_OBSERVED},
        {",\"value\":\"/v1\",\"observed\":{\"value\":\"/v2\",\"at\":\"2026-07-01\"}",
         CLAUSE_DISCREPANT},
        {",\"value\":\"/v1\",\"source\":\"api-reference\",\"source_url\":\"https://x\","
         "\"accessed\":\"2026-06-14\",\"observed\":{\"value\":\"/"
         "v1\",\"at\":\"2026-07-01T10:00:00Z\"}",
         CLAUSE_VERIFIED},
        {",\"value\":\"/v1\",\"source\":\"api-reference\",\"source_url\":\"https://x\","
         "\"accessed\":\"2026-06-14\",\"observed\":{\"value\":\"/v2\",\"at\":\"2026-07-01\"}",
         CLAUSE_DISCREPANT},
        {",\"value\":\"/v1\",\"source\":\"local\"", CLAUSE_LOCAL},
    };
    char text[512];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct contract *contract;

        snprintf(text, sizeof(text), "{\"id\":\"chat.path\"%s}", cases[i].members);
        contract = parse(text);
        assert_string_equal(clause_status_name(clause_status(contract_clause(contract, 0))),
                            clause_status_name(cases[i].status));
        contract_free(contract);
    }
}

/* B8 B78: the public site and the help center cannot verify a clause of an endpoint. */
static void lets_only_fitting_sources_document_an_endpoint(void **state)
{
    static const char *const sources[] = {"api-reference", "docs-index", "account", "help-center",
                                          "public-site"};
    char text[512];

    (void)state;
    for (size_t i = 0; i < COUNT(sources); i++) {
        struct contract *contract;

        snprintf(text, sizeof(text),
                 "{\"id\":\"chat.path\",\"value\":\"/x\",\"source\":\"%s\",\"source_url\":\"u\","
                 "\"accessed\":\"2026-01-01\"},{\"id\":\"support.route\",\"value\":\"x\","
                 "\"source\":\"%s\",\"source_url\":\"u\",\"accessed\":\"2026-01-01\"}",
                 sources[i], sources[i]);
        contract = parse(text);
        assert_int_equal(clause_status(contract_find(contract, "chat.path")),
                         i < 3 ? CLAUSE_DOCUMENTED : CLAUSE_PENDING);
        assert_int_equal(clause_status(contract_find(contract, "support.route")),
                         CLAUSE_DOCUMENTED);
        contract_free(contract);
    }
}

/* A1: stale access dates are shown by age. */
static void counts_the_age_of_a_source_in_days(void **state)
{
    struct contract *contract = parse("{\"id\":\"a\",\"accessed\":\"2024-02-28\"},{\"id\":\"b\"}");
    const struct clause *clause = contract_find(contract, "a");

    (void)state;
    assert_int_equal(clause_age_days(clause, "2024-02-28"), 0);
    assert_int_equal(clause_age_days(clause, "2024-03-01"), 2);
    assert_int_equal(clause_age_days(clause, "2025-02-28"), 366);
    assert_int_equal(clause_age_days(clause, "2023-01-01"), 0);
    assert_int_equal(clause_age_days(clause, "yesterday"), -1);
    assert_int_equal(clause_age_days(contract_find(contract, "b"), "2024-03-01"), -1);
    contract_free(contract);
}

static void refuses_what_it_cannot_use_with_its_place(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"{\"version\":1,\n\"clauses\":[\n{]}", "c.json:3:2: "},
        {"{\"clauses\":[]}", "c.json:1:1: /version must be an integer and is missing"},
        {"{\"version\":2,\"clauses\":[]}", "use a newer cometdeck"},
        {"{\"version\":0,\"clauses\":[]}", "c.json:1:12: "},
        {"[]", "c.json:1:1: "},
        {"{\"version\":1}", "/clauses must be an array and is missing"},
        {"{\"version\":1,\"clauses\":[1]}", "c.json:1:25: "},
        {"{\"version\":1,\"clauses\":[{}]}", "/clauses/0/id must be a string and is missing"},
        {"{\"version\":1,\"clauses\":[{\"id\":\"A b\"}]}", "c.json:1:31: the id must"},
        {"{\"version\":1,\"clauses\":[{\"id\":\"a\"},\n{\"id\":\"a\"}]}",
         "c.json:2:7: a clause a already stands above"},
        {"{\"version\":1,\"clauses\":[{\"id\":\"a\",\"source\":\"wiki\"}]}", "the source must be"},
        {"{\"version\":1,\"clauses\":[{\"id\":\"a\",\"accessed\":\"2026-02-30\"}]}",
         "accessed must be a date"},
        {"{\"version\":1,\"clauses\":[{\"id\":\"a\",\"accessed\":\"2026-02-03T00:00Z\"}]}",
         "accessed must be a date"},
        {"{\"version\":1,\"clauses\":[{\"id\":\"a\",\"observed\":{\"at\":\"2026-01-01\"}}]}",
         "an observation must have a value"},
        {"{\"version\":1,\"clauses\":[{\"id\":\"a\",\"observed\":{\"value\":1}}]}",
         "/clauses/0/observed/at must be"},
        {"{\"version\":1,\"clauses\":[{\"id\":\"stream.marker\",\"value\":\"maybe\"}]}",
         "the value of stream.marker must be \"required\""},
        {"{\"version\":1,\"clauses\":[{\"id\":\"limits.gap_ms\",\"value\":0}]}",
         "the value of limits.gap_ms must be a whole number above 0"},
        {"{\"version\":1,\"clauses\":[{\"id\":\"finish.aliases\",\"value\":{\"eos\":\"good\"}}]}",
         "the value of finish.aliases must be"},
        {"{\"version\":1,\"clauses\":[{\"id\":\"chat.path\",\"value\":\"v1/chat\"}]}",
         "must be a string that begins with /"},
    };
    struct error error;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_null(contract_parse("c.json", cases[i].text, strlen(cases[i].text), &error));
        assert_int_equal(error.kind, ERROR_FILE);
        if (!strstr(error.text, cases[i].message))
            fail_msg("\"%s\" lacks \"%s\"", error.text, cases[i].message);
    }
}

static void writes_back_what_it_read(void **state)
{
    static const char text[] = "{\n"
                               "  \"version\": 1,\n"
                               "  \"team\": \"x\",\n"
                               "  \"clauses\": [\n"
                               "    {\n"
                               "      \"id\": \"a\",\n"
                               "      \"value\": 1.50,\n"
                               "      \"ours\": []\n"
                               "    }\n"
                               "  ]\n"
                               "}\n";
    struct contract *contract = contract_parse("c.json", text, strlen(text), NULL);
    struct bytes out;

    (void)state;
    assert_non_null(contract);
    bytes_init(&out, 1 << 16);
    assert_true(contract_write(contract, &out));
    assert_string_equal(bytes_text(&out), text);
    bytes_release(&out);
    contract_free(contract);
}

static void changes_clauses_only_to_what_can_be_read_again(void **state)
{
    struct contract *contract = parse("{\"id\":\"chat.path\",\"value\":\"/v1\"}");
    struct error error;

    (void)state;
    assert_true(contract_set(contract, "chat.path", "owner", json_new_string("me"), &error));
    assert_string_equal(contract_find(contract, "chat.path")->owner, "me");
    assert_false(contract_set(contract, "chat.path", "value", json_new_integer(1), &error));
    assert_string_equal(contract_string(contract, "chat.path"), "/v1");
    assert_true(contract_set(contract, "new.one", "value", json_new_integer(3), &error));
    assert_int_equal(contract_integer(contract, "new.one", 0), 3);
    assert_int_equal(contract_integer(contract, "absent", 7), 7);
    assert_true(contract_observe(contract, "chat.path", json_new_string("/v1"), "2026-07-01",
                                 "ev-1", &error));
    assert_int_equal(clause_status(contract_find(contract, "chat.path")), CLAUSE_OBSERVED);
    assert_string_equal(contract_find(contract, "chat.path")->observed_evidence, "ev-1");
    assert_false(contract_observe(contract, "chat.path", json_new_null(), "today", "x", &error));
    assert_int_equal(contract_count(contract), 2);
    contract_free(contract);
}

/* The starter is as good as its own rules: stable bytes, owners to be named, nothing verified. */
static void ships_a_starter_that_claims_no_more_than_its_sources(void **state)
{
    const struct embedded *file = starter_file("contract.json");
    struct contract *contract = contract_starter();
    struct bytes out;

    (void)state;
    assert_non_null(contract);
    bytes_init(&out, 1 << 20);
    assert_true(contract_write(contract, &out));
    assert_int_equal(out.len, file->len);
    assert_memory_equal(out.data, file->data, file->len);
    bytes_release(&out);
    for (size_t i = 0; i < contract_count(contract); i++) {
        const struct clause *clause = contract_clause(contract, i);
        enum clause_status status = clause_status(clause);

        assert_null(clause->observed_value);
        assert_true(status == CLAUSE_PENDING || status == CLAUSE_DOCUMENTED ||
                    status == CLAUSE_LOCAL);
        assert_int_equal(clause->accessed != NULL, status == CLAUSE_DOCUMENTED);
        assert_non_null(clause->title);
        assert_null(strstr(clause->id, "price"));
    }
    contract_free(contract);
}

/* A18 B6 E4: no limit, price, quota or model id comes with the product as a fact about the API;
 * A8 B9 D8: base URL, path and method are clauses of their own. */
static void ships_separate_clauses_and_no_figures_about_the_api(void **state)
{
    static const char *const own[] = {
        "base.url",       "models.path", "models.method", "chat.path",        "chat.method",
        "responses.path", "auth.header", "auth.scheme",   "responses.method", "stream.marker"};
    static const char *const empty[] = {"account.rate_limits",     "account.quota",
                                        "account.billing",         "conflict.text_paths",
                                        "conflict.models_catalog", "conflict.limits"};
    struct contract *contract = contract_starter();

    (void)state;
    for (size_t i = 0; i < COUNT(own); i++)
        assert_non_null(contract_string(contract, own[i]));
    for (size_t i = 0; i < COUNT(empty); i++) {
        assert_int_equal(json_type(contract_find(contract, empty[i])->value), JSON_NULL);
        assert_int_equal(clause_status(contract_find(contract, empty[i])), CLAUSE_PENDING);
    }
    for (size_t i = 0; i < contract_count(contract); i++)
        if (strncmp(contract_clause(contract, i)->id, "limits.", 7) == 0)
            assert_int_equal(clause_status(contract_clause(contract, i)), CLAUSE_LOCAL);
    contract_free(contract);
}

static void takes_the_rules_of_judging_from_clauses(void **state)
{
    struct contract *contract =
        parse("{\"id\":\"stream.marker\",\"value\":\"optional-if-framed-clean\"},"
              "{\"id\":\"stream.marker_origin\",\"value\":\"gateway\"},"
              "{\"id\":\"stream.finish_reason\",\"value\":\"absent\"},"
              "{\"id\":\"responses.sequence\",\"value\":\"ignore\"},"
              "{\"id\":\"finish.aliases\",\"value\":{\"eos\":\"complete\",\"cut\":\"limited\"}},"
              "{\"id\":\"limits.gap_ms\",\"value\":1500},"
              "{\"id\":\"limits.event_bytes\",\"value\":4096},"
              "{\"id\":\"limits.stream_bytes\",\"value\":8192},"
              "{\"id\":\"limits.total_ms\",\"value\":9223372036854775807}");
    struct stream_rules rules, plain;

    (void)state;
    stream_rules_default(&plain);
    stream_rules_from(contract, &rules);
    assert_int_equal(rules.marker, MARKER_OPTIONAL_IF_FRAMED_CLEAN);
    assert_int_equal(rules.marker_origin, MARKER_FROM_GATEWAY);
    assert_int_equal(rules.finish, FINISH_ABSENT);
    assert_int_equal(rules.sequence, SEQUENCE_IGNORE);
    assert_int_equal(rules.alias_count, 2);
    assert_string_equal(rules.aliases[0].reason, "eos");
    assert_int_equal(rules.aliases[0].column, FINISH_COMPLETE);
    assert_int_equal(rules.aliases[1].column, FINISH_LIMITED);
    assert_int_equal(rules.gap_us, 1500000);
    assert_int_equal(rules.max_event_bytes, 4096);
    assert_int_equal(rules.max_stream_bytes, 8192);
    assert_int_equal(rules.headers_us, plain.headers_us);
    assert_true(rules.total_us > plain.total_us);
    stream_rules_release(&rules);
    contract_free(contract);
}

static void ships_the_default_rules_in_the_starter(void **state)
{
    struct contract *contract = contract_starter();
    struct stream_rules rules, plain;

    (void)state;
    stream_rules_default(&plain);
    stream_rules_from(contract, &rules);
    assert_int_equal(rules.marker, plain.marker);
    assert_int_equal(rules.finish, plain.finish);
    assert_int_equal(rules.alias_count, 0);
    assert_int_equal(rules.max_event_bytes, plain.max_event_bytes);
    assert_int_equal(rules.max_body_bytes, plain.max_body_bytes);
    assert_int_equal(rules.max_stream_bytes, plain.max_stream_bytes);
    assert_int_equal(rules.connect_us, plain.connect_us);
    assert_int_equal(rules.headers_us, plain.headers_us);
    assert_int_equal(rules.first_event_us, plain.first_event_us);
    assert_int_equal(rules.gap_us, plain.gap_us);
    assert_int_equal(rules.total_us, plain.total_us);
    assert_int_equal(rules.linger_us, plain.linger_us);
    stream_rules_release(&rules);
    contract_free(contract);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(derives_the_status_of_a_clause),
        cmocka_unit_test(lets_only_fitting_sources_document_an_endpoint),
        cmocka_unit_test(counts_the_age_of_a_source_in_days),
        cmocka_unit_test(refuses_what_it_cannot_use_with_its_place),
        cmocka_unit_test(writes_back_what_it_read),
        cmocka_unit_test(changes_clauses_only_to_what_can_be_read_again),
        cmocka_unit_test(ships_a_starter_that_claims_no_more_than_its_sources),
        cmocka_unit_test(ships_separate_clauses_and_no_figures_about_the_api),
        cmocka_unit_test(takes_the_rules_of_judging_from_clauses),
        cmocka_unit_test(ships_the_default_rules_in_the_starter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
