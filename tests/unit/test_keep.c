/* probe/keep: what stands in Composer, kept as a probe of the workspace. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "contract/contract.h"
#include "probe/keep.h"
#include "probe/library.h"
#include "probe/mutate.h"
#include "simulator/simulator.h"
#include "tests/unit/schema.h"

enum { TEXT_MAX = 64 * 1024 };

static char folder[64];

static bool has_scenario(const char *name)
{
    return scenario_find(name) != NULL;
}

static int set_up(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/cometdeck-keep-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
    char *command = xasprintf("rm -r %s", folder);
    int failed = system(command);

    (void)state;
    free(command);
    return failed;
}

static struct json *parse(const char *text)
{
    return json_parse(text, strlen(text), "test", NULL);
}

static void check_mutation(const char *before, const char *after, const char *expected)
{
    struct json *from = parse(before), *to = parse(after), *steps = probe_mutation(from, to);
    struct bytes text;

    bytes_init(&text, TEXT_MAX);
    assert_true(json_write(steps, false, &text));
    assert_string_equal(bytes_text(&text), expected);
    bytes_release(&text);
    json_free(steps);
    json_free(to);
    json_free(from);
}

static void a_mutation_is_the_least_that_differs(void **state)
{
    (void)state;
    check_mutation("{\"a\": 1, \"b\": {\"c\": [1, 2]}}", "{\"b\": {\"c\": [1, 2]}, \"a\": 1}",
                   "[]");
    check_mutation("{\"a\": 1, \"b\": {\"c/d\": [1, 2]}}",
                   "{\"b\": {\"c/d\": [1, 3], \"e\": null}}",
                   "[{\"op\":\"remove\",\"path\":\"/a\"},"
                   "{\"op\":\"replace\",\"path\":\"/b/c~1d/1\",\"value\":3},"
                   "{\"op\":\"add\",\"path\":\"/b/e\",\"value\":null}]");
    check_mutation("{\"a\": [1]}", "{\"a\": []}",
                   "[{\"op\":\"replace\",\"path\":\"/a\",\"value\":[]}]");
    check_mutation("{\"a\": [1]}", "7", "[{\"op\":\"replace\",\"path\":\"\",\"value\":7}]");
}

static bool keep(const char *id, const char *expectation, const struct probe *from,
                 const struct json *before, const struct json *after, struct error *error)
{
    const struct probe_keep kept = {
        .id = id,
        .title = "A probe of ours",
        .expectation = expectation,
        .operation = OPERATION_CHAT,
        .before = before,
        .after = after,
        .from = from,
    };

    return probe_keep(folder, &kept, has_scenario, error);
}

static struct json *read_json(const char *path)
{
    struct error error = {0};
    struct json *json = NULL;
    struct bytes text;

    if (file_read(path, 1 << 20, &text, NULL, &error)) {
        json = json_parse(bytes_text(&text), text.len, path, &error);
        bytes_release(&text);
    }
    if (!json)
        fail_msg("%s", error.text);
    return json;
}

static bool keep_tagged(const char *id, const char *tags, const struct probe *from,
                        const struct contract *contract, struct error *error)
{
    const struct probe_keep kept = {.id = id,
                                    .title = "A probe of ours",
                                    .expectation = "4xx",
                                    .tags = tags,
                                    .operation = OPERATION_CHAT,
                                    .from = from,
                                    .contract = contract};

    return probe_keep(folder, &kept, has_scenario, error);
}

/* Rows, cadence and clauses; the file holds to the schema that its `$schema` leads to. */
static void what_is_kept_has_its_tags_and_its_schema(void **state)
{
    struct contract *contract = contract_starter();
    char *path = file_join(folder, "probes/own.json"), *probes = file_join(folder, "probes"), *at;
    struct library *library;
    const struct probe *probe;
    struct json *file, *schema;
    struct error error;
    struct bytes text;

    (void)state;
    library = library_open(NULL, has_scenario, &error);
    if (!keep_tagged("one", "B36 D33,release rotation errors.auth.status", NULL, contract,
                     &error) ||
        !keep_tagged("two", NULL, NULL, contract, &error) ||
        !keep_tagged("three", "", library_find_probe(library, "wrong-method"), contract, &error))
        fail_msg("%s", error.text);
    library_free(library);
    library = library_open(folder, has_scenario, &error);
    if (!library)
        fail_msg("%s", error.text);
    probe = library_find_probe(library, "one");
    bytes_init(&text, TEXT_MAX);
    probe_tags(probe, &text);
    assert_string_equal(bytes_text(&text), "B36 D33 release rotation errors.auth.status");
    assert_int_equal(library_find_probe(library, "two")->requirements.count, 0);
    assert_true(probe_words_hold(&library_find_probe(library, "three")->scenarios, "wrong-method"));
    file = read_json(path);
    at = file_join(probes, json_string(json_member(file, "$schema")));
    schema = read_json(at);
    bytes_clear(&text);
    if (!schema_holds(schema, file, &text))
        fail_msg("%s", bytes_text(&text));
    json_free(schema);
    json_free(file);
    bytes_release(&text);
    library_free(library);
    free(at);
    free(probes);
    free(path);
    contract_free(contract);
}

static void a_tag_that_is_none_writes_nothing(void **state)
{
    struct contract *contract = contract_starter();
    char *path = file_join(folder, "probes/own.json");
    struct error error;

    (void)state;
    assert_false(keep_tagged("one", "errors.auth.statis", NULL, contract, &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    assert_non_null(strstr(error.text, "did you mean errors.auth.status?"));
    assert_false(keep_tagged("one", "B36 hourly", NULL, NULL, &error));
    assert_false(file_exists(path));
    free(path);
    contract_free(contract);
}

/* What comes back sends the body that was kept. */
static void what_is_kept_is_read_again_and_sends_the_same(void **state)
{
    struct contract *contract = contract_starter();
    char *canary = operation_body(contract, OPERATION_CHAT, "m", NULL, false), *body;
    struct json *before = parse(canary), *after = parse(canary), *sent;
    struct library *library;
    const struct probe *probe;
    struct error error;
    size_t len;

    (void)state;
    json_set_string(after, "seed", "x");
    json_free(json_take(after, json_member(after, "model")));
    library = library_open(NULL, has_scenario, &error);
    probe = library_find_probe(library, "wrong-method");
    if (!keep("one", "4xx request,no-content", probe, before, after, &error) ||
        !keep("two", "unsent", NULL, before, after, &error))
        fail_msg("%s", error.text);
    library_free(library);
    library = library_open(folder, has_scenario, &error);
    if (!library)
        fail_msg("%s", error.text);
    probe = library_find_probe(library, "one");
    assert_true(
        mutate_body(probe, contract, OPERATION_CHAT, "m", false, &body, &len, NULL, &error));
    sent = parse(body);
    assert_true(json_equal(sent, after));
    assert_string_equal(probe->change.method, "PUT");
    assert_true(probe->negative && probe->deliberate && !probe->may_be_billed);
    assert_int_equal(probe->expect.content, PROBE_CONTENT_ABSENT);
    assert_true(probe_words_hold(&probe->expect.failures, "request"));
    probe = library_find_probe(library, "two");
    assert_true(probe->expect.refused && !probe->deliberate);
    json_free(sent);
    free(body);
    library_free(library);
    json_free(after);
    json_free(before);
    free(canary);
    contract_free(contract);
}

static bool keep_edited(const char *id, const char *expectation, const struct probe *from,
                        bool edited)
{
    const struct probe_keep kept = {
        .id = id,
        .title = "A probe of ours",
        .expectation = expectation,
        .operation = OPERATION_CHAT,
        .from = from,
        .edited = edited,
    };

    return probe_keep(folder, &kept, has_scenario, NULL);
}

/* D44: what may be billed is never called free because it is wrong, or was a probe that is. */
static void what_is_kept_may_be_billed_unless_it_is_known_not_to_be(void **state)
{
    static const struct {
        const char *id, *expectation, *from;
        bool edited, billed;
    } cases[] = {
        {"a", "4xx", NULL, false, true},
        {"b", "complete content", NULL, false, true},
        {"c", "unsent", NULL, false, false},
        {"d", "4xx", "wrong-type", false, true},
        {"e", "4xx", "wrong-method", false, false},
        {"f", "4xx", "wrong-method", true, true},
        {"g", "truncated", "stream-cut", true, false},
    };
    struct library *library = library_open(NULL, has_scenario, NULL);

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const struct probe *from =
            cases[i].from ? library_find_probe(library, cases[i].from) : NULL;

        assert_true(!cases[i].from || from);
        assert_true(keep_edited(cases[i].id, cases[i].expectation, from, cases[i].edited));
    }
    library_free(library);
    library = library_open(folder, has_scenario, NULL);
    assert_non_null(library);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        if (library_find_probe(library, cases[i].id)->may_be_billed != cases[i].billed)
            fail_msg("%s", cases[i].id);
    library_free(library);
}

static void an_expectation_that_is_none_writes_nothing(void **state)
{
    char *path = file_join(folder, "probes/own.json");
    struct error error;

    (void)state;
    assert_false(keep("one", "cheap", NULL, NULL, NULL, &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    assert_false(keep("one", " ", NULL, NULL, NULL, &error));
    assert_false(file_exists(path));
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mutation_is_the_least_that_differs),
        cmocka_unit_test_setup_teardown(what_is_kept_is_read_again_and_sends_the_same, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_kept_has_its_tags_and_its_schema, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_tag_that_is_none_writes_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_kept_may_be_billed_unless_it_is_known_not_to_be,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_expectation_that_is_none_writes_nothing, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
