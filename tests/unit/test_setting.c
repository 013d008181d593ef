/* scan/setting: base URLs and paths of an integration beside the contract (B20 B21 C3 C51). */
#include "tests/unit/unit.h"

#include "contract/contract.h"
#include "scan/allow.h"
#include "scan/setting.h"
#include "scan/sought.h"

#include <string.h>

struct sample {
    const char *name, *value;
    enum setting_base base;
    enum setting_result result;
    const char *clause;
};

static const struct sample samples[] = {
    /* base URLs */
    {"COMETAPI_BASE_URL", "https://api.cometapi.com", BASE_UNKNOWN, SETTING_AGREES, "base.url"},
    {"COMETAPI_BASE_URL", "https://api.cometapi.com/", BASE_UNKNOWN, SETTING_AGREES, "base.url"},
    {"COMETAPI_BASE_URL", "HTTPS://API.cometapi.com/v1/", BASE_UNKNOWN, SETTING_AGREES, "base.url"},
    {"OPENAI_BASE_URL", "https://api.cometapi.com/v1", BASE_UNKNOWN, SETTING_AGREES, "base.url"},
    {"OPENAI_BASE_URL", "https://api.cometapi.com", BASE_UNKNOWN, SETTING_DIFFERS, "chat.path"},
    {"base_url", "http://api.cometapi.com", BASE_UNKNOWN, SETTING_DIFFERS, "base.url"},
    {"base_url", "https://api.cometapi.com/v1/v1", BASE_UNKNOWN, SETTING_DIFFERS, "base.url"},
    {"base_url", "https://api.cometapi.com/v2", BASE_UNKNOWN, SETTING_DIFFERS, "base.url"},
    {"base_url", "https://api.cometapi.org", BASE_UNKNOWN, SETTING_DIFFERS, "base.url"},
    {"base_url", "https://api.cometapi.com:8443", BASE_UNKNOWN, SETTING_DIFFERS, "base.url"},
    {"base_url", "https://apidoc.cometapi.com", BASE_UNKNOWN, SETTING_DIFFERS, "docs.host"},
    {"source_url", "https://apidoc.cometapi.com/api/text/chat", BASE_UNKNOWN, SETTING_UNRELATED,
     ""},
    {"docs_base_url", "https://apidoc.cometapi.com", BASE_UNKNOWN, SETTING_UNRELATED, ""},
    {"docs_url", "https://apidoc.cometapi.com", BASE_UNKNOWN, SETTING_UNRELATED, ""},
    {"base_url", "https://staging.example.org/x", BASE_UNKNOWN, SETTING_AGREES, "profile staging"},
    {"homepage", "https://example.com/", BASE_UNKNOWN, SETTING_UNRELATED, ""},
    {"host", "api.cometapi.com", BASE_UNKNOWN, SETTING_AGREES, "base.url"},
    /* whole URLs */
    {"chat_url", "https://api.cometapi.com/v1/chat/completions", BASE_UNKNOWN, SETTING_AGREES,
     "chat.path"},
    {"chat_url", "https://api.cometapi.com/v1/responses", BASE_UNKNOWN, SETTING_DIFFERS,
     "chat.path"},
    {"url", "https://api.cometapi.com/v1/v1/models", BASE_UNKNOWN, SETTING_DIFFERS, "models.path"},
    {"url", "https://api.cometapi.com/chat/completions", BASE_UNKNOWN, SETTING_DIFFERS,
     "chat.path"},
    {"url", "https://api.cometapi.com/api/text/chat", BASE_UNKNOWN, SETTING_DIFFERS, "docs.pages"},
    {"url", "https://other.example/v1/chat/completions", BASE_UNKNOWN, SETTING_DIFFERS, "base.url"},
    /* paths, alone and beside a base URL */
    {"chat_path", "/v1/chat/completions", BASE_UNKNOWN, SETTING_AGREES, "chat.path"},
    {"chat_path", "/v1/chat/completions", BASE_BARE, SETTING_AGREES, "chat.path"},
    {"chat_path", "/v1/chat/completions", BASE_PREFIXED, SETTING_DIFFERS, "chat.path"},
    {"chat_path", "/chat/completions", BASE_PREFIXED, SETTING_AGREES, "chat.path"},
    {"chat_path", "/chat/completions", BASE_BARE, SETTING_DIFFERS, "chat.path"},
    {"chat_path", "/v1/v1/chat/completions", BASE_BARE, SETTING_DIFFERS, "chat.path"},
    {"chat_path", "/v1/responses", BASE_BARE, SETTING_DIFFERS, "chat.path"},
    {"chat_path", "/elsewhere", BASE_BARE, SETTING_DIFFERS, "chat.path"},
    {"x", "/api/text/responses", BASE_UNKNOWN, SETTING_DIFFERS, "docs.pages"},
    {"x", "/api/models", BASE_UNKNOWN, SETTING_AGREES, "models.public.path"},
    {"x", "/models", BASE_UNKNOWN, SETTING_UNRELATED, ""},
    {"x", "/models", BASE_PREFIXED, SETTING_AGREES, "models.path"},
    {"log_path", "/var/log/app", BASE_UNKNOWN, SETTING_UNRELATED, ""},
    {"chat", "/chat-page", BASE_UNKNOWN, SETTING_UNRELATED, ""},
    {"x", "/", BASE_UNKNOWN, SETTING_UNRELATED, ""},
    {"x", "https://", BASE_UNKNOWN, SETTING_UNRELATED, ""},
};

static void each_setting_is_told_with_the_clause_it_contradicts(void **state)
{
    struct contract *contract = contract_starter();
    struct sought *sought = sought_new(contract);

    (void)state;
    sought_add_base(sought, "https://staging.example.org/x", "profile staging");
    for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
        const struct sample *sample = &samples[i];
        struct setting_answer answer;

        setting_compare(sought, sample->name, sample->value, strlen(sample->value), sample->base,
                        &answer);
        if (answer.result != sample->result || strcmp(answer.clause, sample->clause) != 0)
            fail_msg("%s=%s: %d (%s) %s", sample->name, sample->value, answer.result, answer.clause,
                     answer.what);
        assert_int_equal(answer.what[0] != '\0', answer.result == SETTING_DIFFERS);
    }
    sought_free(sought);
    contract_free(contract);
}

/* Without clauses nothing is assumed, and nothing can be contradicted (A18). */
static void an_empty_contract_contradicts_nothing(void **state)
{
    static const char text[] = "{\"version\": 1, \"clauses\": []}";
    struct contract *contract = contract_parse("c", text, strlen(text), NULL);
    struct sought *sought = sought_new(contract);
    struct setting_answer answer;

    (void)state;
    for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
        setting_compare(sought, samples[i].name, samples[i].value, strlen(samples[i].value),
                        samples[i].base, &answer);
        assert_int_equal(answer.result, SETTING_UNRELATED);
    }
    sought_free(sought);
    contract_free(contract);
}

static void what_is_accepted_needs_path_kind_and_reason(void **state)
{
    static const char *const refused[] = {
        "{\"scan\": {\"allow\": [{\"path\": \"a\", \"kind\": \"model\"}]}}",
        "{\"scan\": {\"allow\": [{\"path\": \"a\", \"kind\": \"model\", \"reason\": \" \"}]}}",
        "{\"scan\": {\"allow\": [{\"path\": \"\", \"kind\": \"model\", \"reason\": \"r\"}]}}",
        "{\"scan\": {\"allow\": [{\"path\": \"a\", \"kind\": \"url\", \"reason\": \"r\"}]}}",
        "{\"scan\": {\"allow\": [{\"path\": \"a*\", \"kind\": \"key\", \"reason\": \"r\"}]}}",
        "{\"scan\": {\"allow\": [{\"path\": \"a\", \"kind\": \"key\", \"reason\": \"r\", \"x\": "
        "1}]}}",
        "{\"scan\": {\"allowed\": []}}",
        "{\"scan\": []}",
    };
    static const char good[] =
        "{\"scan\": {\"allow\": [{\"path\": \"t/*\", \"kind\": \"model\", \"reason\": \"r\"},"
        "{\"path\": \"t/k\", \"kind\": \"key\", \"reason\": \"r\"}]}}";
    struct allow allow;
    struct error error;

    (void)state;
    for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
        assert_false(allow_parse(&allow, "f", refused[i], strlen(refused[i]), &error));
        assert_int_equal(error.kind, ERROR_FILE);
        allow_release(&allow);
    }
    assert_true(allow_parse(&allow, "f", good, strlen(good), &error));
    assert_non_null(allow_find(&allow, "t/a/b.py", SCAN_MODEL));
    assert_null(allow_find(&allow, "t/a/b.py", SCAN_PATH));
    assert_null(allow_find(&allow, "t/a/k", SCAN_KEY));
    assert_non_null(allow_find(&allow, "t/k", SCAN_KEY));
    assert_int_equal(allow.rules[0].used, 1);
    allow_release(&allow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_setting_is_told_with_the_clause_it_contradicts),
        cmocka_unit_test(an_empty_contract_contradicts_nothing),
        cmocka_unit_test(what_is_accepted_needs_path_kind_and_reason),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
