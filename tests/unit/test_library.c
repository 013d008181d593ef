#include "tests/unit/unit.h"

#include "base/file.h"
#include "contract/contract.h"
#include "judge/class_table.h"
#include "probe/library.h"
#include "simulator/simulator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool has_scenario(const char *name)
{
    return scenario_find(name) != NULL;
}

/* ---- what comes with the product ---- */

static const char *const suites[] = {"smoke", "canary", "negative", "streaming", "catalog"};

static void the_shipped_suites_are_there(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    struct library *library = library_open(NULL, has_scenario, &error);

    (void)state;
    if (!library)
        fail_msg("%s", error.text);
    for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
        assert_non_null(library_find_suite(library, suites[i]));
    library_free(library);
}

static bool is_covered(const struct library *library, const char *requirement, int operation)
{
    for (size_t i = 0; i < library_probe_count(library); i++) {
        const struct probe *probe = library_probe(library, i);

        if (probe->operations[operation] && probe_words_hold(&probe->requirements, requirement))
            return true;
    }
    return false;
}

/* Rows of CAN and PRB that are cases of what is sent and what comes back. */
static const char *const of_every_operation[] = {
    "B3",  "B28", "B29", "B30", "B31", "B32", "B33",        /* a canary, part by part */
    "A16", "A52", "B35", "B42", "D31", "D32", "D48", "E29", /* keys */
    "E41", "A53", "D9",  "D49",                             /* path and method */
    "B39", "D46", "E33", "B44", "D45", "E34", "E42",        /* time and network */
    "A55", "B45", "D50", "A56", "D51",                      /* throttled, failed */
    "B26", "D15", "E35",                                    /* what a reader tolerates */
};
static const char *const of_text[] = {
    "B18", "E28", "D22", "E27", "C20", "C21", "C22", "C23", "C24", "C25", "C26", "C27",
    "D23", "D24", "D25", "D26", "D27", "D28", "B36", "D33", "B41", "B43", "D47", "E40",
    "D34", "D35", "E32", "B37", "D37", "E31", "B38", "D36", "B48", "B17", "E69", "E30",
    "C54", "E43", "A54", "D52", "D53", "D77", "E44", "D54", "D56", "D57", "D58",
};

/* B3 A16: every row that is a case has a probe, for models, chat and responses. */
static void every_case_has_a_probe_for_each_operation(void **state)
{
    struct library *library = library_open(NULL, has_scenario, NULL);

    (void)state;
    for (int operation = 0; operation < OPERATION_COUNT; operation++) {
        for (size_t i = 0; i < sizeof(of_every_operation) / sizeof(of_every_operation[0]); i++)
            if (!is_covered(library, of_every_operation[i], operation))
                fail_msg("no probe covers %s for %s", of_every_operation[i],
                         operation_name(operation));
        for (size_t i = 0; i < sizeof(of_text) / sizeof(of_text[0]); i++)
            if (operation != OPERATION_MODELS && !is_covered(library, of_text[i], operation))
                fail_msg("no probe covers %s for %s", of_text[i], operation_name(operation));
    }
    library_free(library);
}

/* C20 C24: a smoke test is a happy path and an error path of the key, and asserts no more. */
static void the_smoke_suite_is_a_happy_path_and_an_error_path(void **state)
{
    struct library *library = library_open(NULL, has_scenario, NULL);
    const struct suite *smoke = library_find_suite(library, "smoke");
    size_t happy = 0, refused = 0;

    (void)state;
    for (size_t i = 0; i < smoke->probes.count; i++) {
        const struct probe *probe = library_find_probe(library, smoke->probes.items[i]);
        const struct probe_expectation *expect = &probe->expect;

        assert_int_equal(probe->target, PROBE_ENDPOINT);
        assert_int_equal(expect->present.count, 0);
        happy += expect->content == PROBE_CONTENT_PRESENT &&
                 probe_words_hold(&expect->statuses, "2xx") &&
                 expect->error_body == PROBE_ERROR_NONE;
        refused +=
            expect->content == PROBE_CONTENT_ABSENT && probe_words_hold(&expect->statuses, "4xx") &&
            expect->error_body == PROBE_ERROR_ENVELOPE && probe->change.key != PROBE_KEY_PROFILE;
    }
    assert_int_equal(happy, 1);
    assert_int_equal(refused, 1);
    library_free(library);
}

/* D78: the happy path runs continuously, what is wrong on purpose before releases and after
 * changes. */
static void what_is_wrong_on_purpose_never_runs_continuously(void **state)
{
    static const char *const tags[] = {"continuous", "release",      "sdk-change",
                                       "rotation",   "model-change", "docs-change"};
    struct library *library = library_open(NULL, has_scenario, NULL);

    (void)state;
    for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++) {
        size_t right = 0, wrong = 0;

        for (size_t j = 0; j < library_probe_count(library); j++) {
            const struct probe *probe = library_probe(library, j);
            bool tagged = probe_words_hold(&probe->cadence, tags[i]);

            right += tagged && !probe->negative;
            wrong += tagged && probe->negative;
        }
        if ((i == 0) != (wrong == 0) || right + wrong == 0)
            fail_msg("%s: %zu right requests, %zu wrong ones", tags[i], right, wrong);
    }
    library_free(library);
}

/* A17: there is a case for each thing that an operator may have to do. */
static void every_action_is_reached_by_a_probe(void **state)
{
    struct library *library = library_open(NULL, has_scenario, NULL);
    const char *action;

    (void)state;
    for (size_t i = 0; (action = class_action_name(i)); i++) {
        bool reached = false;

        for (size_t j = 0; j < library_probe_count(library) && !reached; j++) {
            const struct probe_words *classes = &library_probe(library, j)->expect.failures;

            for (size_t k = 0; k < classes->count && !reached; k++)
                reached = strcmp(class_table_find(NULL, classes->items[k])->action, action) == 0;
        }
        if (!reached)
            fail_msg("no probe leads to the action %s", action);
    }
    library_free(library);
}

/* No URL, host or key stands in a probe, and no model but one that cannot exist. */
static void shipped_probes_rest_on_clauses_alone(void **state)
{
    struct library *library = library_open(NULL, has_scenario, NULL);
    struct contract *contract = contract_starter();

    (void)state;
    for (size_t i = 0; i < library_probe_count(library); i++) {
        const struct probe *probe = library_probe(library, i);

        assert_false(probe->change.method && strchr(probe->change.method, '/'));
        assert_false(probe->change.path_suffix && probe->change.path_suffix[0] == '/');
        assert_true(probe->requirements.count > 0);
        assert_true(probe->cadence.count > 0);
        for (size_t j = 0; j < probe->clauses.count; j++)
            if (!contract_find(contract, probe->clauses.items[j]) ||
                strncmp(probe->clauses.items[j], "errors.", 7) != 0)
                fail_msg("%s: %s documents no failure", probe->id, probe->clauses.items[j]);
    }
    contract_free(contract);
    library_free(library);
}

/* ---- a workspace's own ---- */

struct folder {
    char path[64], probes[80], file[96];
};

static void make_folder(struct folder *folder, const char *text)
{
    struct error error;

    snprintf(folder->path, sizeof(folder->path), "/tmp/cometdeck-library.XXXXXX");
    assert_non_null(mkdtemp(folder->path));
    snprintf(folder->probes, sizeof(folder->probes), "%s/probes", folder->path);
    snprintf(folder->file, sizeof(folder->file), "%s/own.json", folder->probes);
    assert_true(file_make_folders(folder->probes, 0755, &error));
    assert_true(file_replace(NULL, folder->file, text, strlen(text), 0644, NULL, NULL, &error));
}

static void remove_folder(const struct folder *folder)
{
    unlink(folder->file);
    rmdir(folder->probes);
    rmdir(folder->path);
}

#define PROBE(members)                                                                    \
    "{\"version\": 1, \"probes\": [{\"id\": \"mine\", \"title\": \"t\", \"operations\": " \
    "[\"chat\"], " members "}]}"

static void refuses(const char *text, const char *place, const char *words)
{
    struct error error = {.kind = ERROR_NONE};
    struct folder folder;
    char where[128];

    make_folder(&folder, text);
    if (library_open(folder.path, has_scenario, &error))
        fail_msg("accepted: %s", text);
    remove_folder(&folder);
    snprintf(where, sizeof(where), "own.json:%s", place);
    assert_int_equal(error.kind, ERROR_FILE);
    if (!strstr(error.text, words) || !strstr(error.text, where))
        fail_msg("\"%s\" says neither \"%s\" nor \"%s\"", error.text, where, words);
}

static void a_file_that_cannot_be_used_is_refused_at_its_place(void **state)
{
    (void)state;
    refuses("{\"version\": 1,\n \"probes\": [}", "2:", "");
    refuses("{\"version\": 2}", "1:", "newer");
    refuses("{\"version\": 1, \"probe\": []}", "1:", "did you mean \"probes\"");
    refuses(PROBE("\"expect\": {\"verdict\": [\"complete\"]}, \"titel\": 1"), "1:", "titel");
    refuses(PROBE("\"expect\": {}"), "1:", "expects nothing");
    refuses(PROBE("\"expect\": {\"verdict\": [\"whole\"]}"), "1:", "no verdict");
    refuses(PROBE("\"expect\": {\"class\": [\"oops\"]}"), "1:", "no failure class");
    refuses(PROBE("\"expect\": {\"status\": [\"600\"]}"), "1:", "no status");
    refuses(PROBE("\"expect\": {\"refused\": true}, \"scenario\": \"ready\""), "1:", "target");
    refuses(PROBE("\"expect\": {\"refused\": true}, \"target\": \"simulator\", \"scenario\": "
                  "\"no-such\""),
            "1:", "no scenario");
    refuses(PROBE("\"expect\": {\"refused\": true}, \"request\": {\"network\": \"refused\"}"),
            "1:", "network");
    refuses(PROBE("\"expect\": {\"refused_at\": \"/model\"}"), "1:", "belongs to");
    refuses(PROBE("\"expect\": {\"refused\": true, \"refused_at\": \"model\"}"),
            "1:", "JSON Pointer");
    refuses(PROBE("\"expect\": {\"refused\": true}, \"canary\": true"),
            "1:", "refused before sending");
    refuses(PROBE("\"expect\": {\"status\": [\"4xx\"]}, \"canary\": true, \"negative\": true"),
            "1:", "this probe is negative");
    refuses(PROBE("\"expect\": {\"refused\": true}, \"mutation\": [{\"op\": \"move\"}]"),
            "1:", "add, remove or replace");
    refuses(PROBE("\"expect\": {\"refused\": true}, \"mutation\": [{\"op\": \"add\", \"path\": "
                  "\"/x\"}]"),
            "1:", "value");
    refuses(PROBE("\"expect\": {\"refused\": true}, \"request\": {\"headers\": {\"X\": 1}}"),
            "1:", "header");
    refuses(PROBE("\"expect\": {\"refused\": true}, \"request\": {\"headers\": {\"X A\": \"1\"}}"),
            "1:", "\"X A\" is no name of a header");
    refuses(PROBE("\"expect\": {\"refused\": true}, \"request\": {\"headers\": {\"X\": \"1\\n\"}}"),
            "1:", "the header X cannot be sent: its value has a line break");
    refuses(PROBE("\"expect\": {\"refused\": true}, \"request\": {\"network\": \"down\"}"),
            "1:", "network must be normal, refused");
    refuses(PROBE("\"expect\": {\"refused\": true},\n \"scenario\": \"ready\""), "2:", "target");
    refuses("{\"version\": 1, \"suites\": [{\"id\": \"s\", \"title\": \"t\", \"requests_max\": 1, "
            "\"probes\": [\n\"unknown-modle\"]}]}",
            "2:1", "did you mean unknown-model");
}

/* B34 C28 C29 D30: there is no way to assert them. */
static void wording_latency_tokens_and_price_cannot_be_asserted(void **state)
{
    (void)state;
    refuses(PROBE("\"expect\": {\"text\": \"READY\"}"), "1:", "never asserts wording");
    refuses(PROBE("\"expect\": {\"latency_ms\": 5}"), "1:", "never asserts");
    refuses(PROBE("\"expect\": {\"tokens\": 5}"), "1:", "never asserts");
    refuses(PROBE("\"expect\": {\"price\": 5}"), "1:", "never asserts");
}

static void an_id_of_the_workspace_replaces_the_shipped_one(void **state)
{
    struct library *library;
    struct folder folder;
    const struct probe *probe;
    size_t shipped;

    (void)state;
    library = library_open(NULL, has_scenario, NULL);
    shipped = library_probe_count(library);
    library_free(library);
    make_folder(&folder, "{\"version\": 1, \"probes\": [{\"id\": \"no-model\", \"title\": \"own\", "
                         "\"operations\": [\"responses\"], \"expect\": {\"class\": "
                         "[\"request\"]}}]}");
    library = library_open(folder.path, has_scenario, NULL);
    assert_non_null(library);
    assert_int_equal(library_probe_count(library), shipped);
    probe = library_find_probe(library, "no-model");
    assert_string_equal(probe->title, "own");
    assert_false(probe->operations[OPERATION_CHAT]);
    assert_string_not_equal(probe->origin, "shipped");
    assert_true(probe->replaces);
    assert_false(library_find_probe(library, "no-key")->replaces);
    library_free(library);
    remove_folder(&folder);
    refuses("{\"version\": 1, \"probes\": [{\"id\": \"a\", \"title\": \"t\", \"operations\": "
            "[\"chat\"], \"expect\": {\"refused\": true}}, {\"id\": \"a\", \"title\": \"t\", "
            "\"operations\": [\"chat\"], \"expect\": {\"refused\": true}}]}",
            "1:", "another probe \"a\"");
}

/* The whole file, with what of it would have been good; nothing else. */
static void usable(const char *text, const char *words)
{
    struct error error = {.kind = ERROR_NONE};
    struct library *library;
    struct folder folder;

    make_folder(&folder, text);
    assert_null(library_open(folder.path, has_scenario, NULL));
    library = library_open_usable(folder.path, has_scenario, &error);
    remove_folder(&folder);
    if (!library)
        fail_msg("%s", error.text);
    for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
        assert_non_null(library_find_suite(library, suites[i]));
    assert_false(library_find_probe(library, "no-model")->replaces);
    assert_true(library_find_probe(library, "no-model")->operations[OPERATION_CHAT]);
    assert_null(library_find_suite(library, "mine"));
    if (!strstr(library_left_out(library), words) ||
        !strstr(library_left_out(library), "own.json:"))
        fail_msg("%s", library_left_out(library));
    library_free(library);
}

/* Such as a report that was written into the folder. */
static void a_file_that_cannot_be_used_takes_no_other_with_it(void **state)
{
    struct library *library = library_open_usable(NULL, has_scenario, NULL);

    (void)state;
    assert_string_equal(library_left_out(library), "");
    library_free(library);
    usable("# A report", "");
    usable("{\"run_id\": \"x\"}", "run_id");
    usable("{\"version\": 1, \"probes\": [{\"id\": \"no-model\", \"title\": \"own\", "
           "\"operations\": [\"responses\"], \"expect\": {\"class\": [\"request\"]}}, {}]}",
           "1:");
    usable("{\"version\": 1, \"suites\": [{\"id\": \"mine\", \"title\": \"t\", "
           "\"requests_max\": 1, \"probes\": [\"unknown-modle\"]}]}",
           "unknown-modle");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shipped_suites_are_there),
        cmocka_unit_test(every_case_has_a_probe_for_each_operation),
        cmocka_unit_test(the_smoke_suite_is_a_happy_path_and_an_error_path),
        cmocka_unit_test(what_is_wrong_on_purpose_never_runs_continuously),
        cmocka_unit_test(every_action_is_reached_by_a_probe),
        cmocka_unit_test(shipped_probes_rest_on_clauses_alone),
        cmocka_unit_test(a_file_that_cannot_be_used_is_refused_at_its_place),
        cmocka_unit_test(wording_latency_tokens_and_price_cannot_be_asserted),
        cmocka_unit_test(an_id_of_the_workspace_replaces_the_shipped_one),
        cmocka_unit_test(a_file_that_cannot_be_used_takes_no_other_with_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
