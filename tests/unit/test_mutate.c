#include "tests/unit/unit.h"

#include "base/bytes.h"
#include "base/json.h"
#include "contract/body_check.h"
#include "contract/contract.h"
#include "probe/library.h"
#include "probe/mutate.h"
#include "simulator/simulator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct library *library;
static struct contract *contract;

static bool has_scenario(const char *name)
{
    return scenario_find(name) != NULL;
}

static int open_all(void **state)
{
    (void)state;
    library = library_open(NULL, has_scenario, NULL);
    contract = contract_starter();
    return library ? 0 : -1;
}

static int close_all(void **state)
{
    (void)state;
    library_free(library);
    contract_free(contract);
    return 0;
}

static char *body_of(const char *id, enum operation operation, struct bytes *places)
{
    struct error error = {.kind = ERROR_NONE};
    char *body;
    size_t len;

    if (!mutate_body(library_find_probe(library, id), contract, operation, "sim/ready", false,
                     &body, &len, places, &error))
        fail_msg("%s: %s", id, error.text);
    assert_int_equal(body ? strlen(body) : 0, len);
    return body;
}

/* Every shipped mutation applies to the canary of every operation that it covers. */
static void every_shipped_probe_has_a_body(void **state)
{
    (void)state;
    for (size_t i = 0; i < library_probe_count(library); i++) {
        const struct probe *probe = library_probe(library, i);

        for (int j = 0; j < OPERATION_COUNT; j++) {
            if (!probe->operations[j])
                continue;
            free(body_of(probe->id, (enum operation)j, NULL));
        }
    }
}

/* D12: no shipped probe sends a field of which the starter contract knows nothing. */
static void no_shipped_probe_uses_an_undocumented_field(void **state)
{
    struct bytes fields;

    (void)state;
    bytes_init(&fields, 4096);
    for (size_t i = 0; i < library_probe_count(library); i++) {
        const struct probe *probe = library_probe(library, i);

        for (int j = OPERATION_CHAT; j < OPERATION_COUNT; j++) {
            char *text = probe->operations[j] ? body_of(probe->id, (enum operation)j, NULL) : NULL;
            struct json *body = text ? json_parse(text, strlen(text), "body", NULL) : NULL;

            if (body)
                body_undocumented(contract, (enum operation)j, body, &fields);
            if (fields.len > 0)
                fail_msg("%s sends %s", probe->id, bytes_text(&fields));
            json_free(body);
            free(text);
        }
    }
    bytes_release(&fields);
}

static void a_mutation_tells_where_it_touched_the_body(void **state)
{
    struct bytes places;
    char *body;

    (void)state;
    bytes_init(&places, 1024);
    body = body_of("no-model", OPERATION_CHAT, &places);
    assert_null(strstr(body, "sim/ready"));
    assert_string_equal(bytes_text(&places), "/model");
    free(body);
    bytes_clear(&places);
    body = body_of("wrong-role", OPERATION_CHAT, &places);
    assert_non_null(strstr(body, "\"role\":\"nobody\""));
    assert_string_equal(bytes_text(&places), "/messages/0/role");
    free(body);
    bytes_release(&places);
}

/* B38: relative to the configured limit. */
static void an_oversized_body_exceeds_the_limit_by_what_was_asked(void **state)
{
    int64_t limit = contract_integer(contract, "limits.input_bytes", 0);
    char *body = body_of("oversize-refused", OPERATION_RESPONSES, NULL);
    struct error error;

    (void)state;
    assert_int_equal(strlen(body), limit + 1);
    assert_false(operation_input_fits(contract, strlen(body), &error));
    free(body);
}

/* A limit of the workspace that is `value` ("null": none); a body that is `own`, or the canary. */
static void assert_cannot_grow(const char *value, const char *own, const char *wanted)
{
    char text[512];
    int size = snprintf(text, sizeof(text),
                        "{\"version\": 1, \"clauses\": [{\"id\": \"limits.input_bytes\", "
                        "\"title\": \"t\", \"value\": %s, \"source\": \"local\"}]}",
                        value);
    struct error error = {.kind = ERROR_NONE};
    struct contract *other = contract_parse("contract.json", text, (size_t)size, &error);
    struct json *tree = own ? json_parse(own, strlen(own), "test", NULL) : NULL;
    struct probe probe = {.id = "mine", .origin = "own.json", .change.oversize = 1};
    char *body;
    size_t len;

    if (!other)
        fail_msg("%s", error.text);
    probe.bodies[OPERATION_CHAT] = tree;
    assert_false(mutate_body(&probe, other, OPERATION_CHAT, "m", false, &body, &len, NULL, &error));
    assert_null(body);
    if (!strstr(error.text, wanted))
        fail_msg("%s, where %s is wanted", error.text, wanted);
    json_free(tree);
    contract_free(other);
}

/* B38: a body that could not grow is none, or the normal one would go out in its place. */
static void a_body_that_cannot_exceed_the_limit_is_told(void **state)
{
    (void)state;
    assert_cannot_grow("null", NULL, "the contract has none");
    assert_cannot_grow("1000", "{\"messages\": [{\"role\": \"user\", \"content\": []}]}",
                       "no prompt that could grow");
    assert_cannot_grow("419430400", NULL, "no body of more than");
    assert_cannot_grow("9223372036854775807", NULL, "no body of more than");
}

/* E30: not one byte of it is mended. */
static void a_raw_body_stays_as_it_is(void **state)
{
    char *body = body_of("malformed-json", OPERATION_CHAT, NULL);

    (void)state;
    assert_string_equal(body, "{\"model\": ");
    free(body);
}

static void a_step_that_does_not_apply_is_told(void **state)
{
    static const char text[] = "[{\"op\": \"remove\", \"path\": \"/nothing\"}]";
    struct json *patch = json_parse(text, strlen(text), "test", NULL);
    struct probe probe = {.id = "mine", .origin = "own.json"};
    struct error error;
    char *body;
    size_t len;

    (void)state;
    probe.mutations[OPERATION_CHAT] = patch;
    assert_false(
        mutate_body(&probe, contract, OPERATION_CHAT, "m", false, &body, &len, NULL, &error));
    assert_null(body);
    assert_non_null(strstr(error.text, "own.json: step 1"));
    json_free(patch);
}

static void a_body_of_its_own_gets_the_model_of_the_profile(void **state)
{
    static const char text[] = "{\"messages\": []}";
    struct json *own = json_parse(text, strlen(text), "test", NULL);
    struct probe probe = {.id = "mine", .origin = "own.json"};
    char *body;
    size_t len;

    (void)state;
    probe.bodies[OPERATION_CHAT] = own;
    assert_true(mutate_body(&probe, contract, OPERATION_CHAT, "m", true, &body, &len, NULL, NULL));
    assert_string_equal(body, "{\"messages\":[],\"model\":\"m\",\"stream\":true}");
    free(body);
    json_free(own);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shipped_probe_has_a_body),
        cmocka_unit_test(no_shipped_probe_uses_an_undocumented_field),
        cmocka_unit_test(a_mutation_tells_where_it_touched_the_body),
        cmocka_unit_test(an_oversized_body_exceeds_the_limit_by_what_was_asked),
        cmocka_unit_test(a_body_that_cannot_exceed_the_limit_is_told),
        cmocka_unit_test(a_raw_body_stays_as_it_is),
        cmocka_unit_test(a_step_that_does_not_apply_is_told),
        cmocka_unit_test(a_body_of_its_own_gets_the_model_of_the_profile),
    };

    return cmocka_run_group_tests(tests, open_all, close_all);
}
