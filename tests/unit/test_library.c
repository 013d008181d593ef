#include "tests/unit/unit.h"

#include "base/file.h"
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

static bool is_covered(const struct library *library, const char *requirement)
{
    for (size_t i = 0; i < library_probe_count(library); i++)
        if (probe_words_hold(&library_probe(library, i)->requirements, requirement))
            return true;
    return false;
}

/* Every row of PRB that is one case has a probe. */
static void every_negative_case_has_a_probe(void **state)
{
    static const char *const rows[] = {"A16", "B35", "D31", "D32", "E29", "B36", "D33", "D34",
                                       "D35", "E32", "B37", "D37", "E31", "B38", "D36", "B39",
                                       "E33", "D9",  "A53", "E30", "E34", "E35", "C54", "D22",
                                       "E27", "B3",  "B17", "B48", "E69", "D57", "D58", "D56"};
    struct library *library = library_open(NULL, has_scenario, NULL);

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (!is_covered(library, rows[i]))
            fail_msg("no probe covers %s", rows[i]);
    library_free(library);
}

/* No URL, host or key stands in a probe, and no model but one that cannot exist. */
static void shipped_probes_rest_on_clauses_alone(void **state)
{
    struct library *library = library_open(NULL, has_scenario, NULL);

    (void)state;
    for (size_t i = 0; i < library_probe_count(library); i++) {
        const struct probe *probe = library_probe(library, i);

        assert_false(probe->change.method && strchr(probe->change.method, '/'));
        assert_false(probe->change.path_suffix && probe->change.path_suffix[0] == '/');
        assert_true(probe->requirements.count > 0);
        assert_true(probe->cadence.count > 0);
    }
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
    library_free(library);
    remove_folder(&folder);
    refuses("{\"version\": 1, \"probes\": [{\"id\": \"a\", \"title\": \"t\", \"operations\": "
            "[\"chat\"], \"expect\": {\"refused\": true}}, {\"id\": \"a\", \"title\": \"t\", "
            "\"operations\": [\"chat\"], \"expect\": {\"refused\": true}}]}",
            "1:", "another probe \"a\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shipped_suites_are_there),
        cmocka_unit_test(every_negative_case_has_a_probe),
        cmocka_unit_test(shipped_probes_rest_on_clauses_alone),
        cmocka_unit_test(a_file_that_cannot_be_used_is_refused_at_its_place),
        cmocka_unit_test(wording_latency_tokens_and_price_cannot_be_asserted),
        cmocka_unit_test(an_id_of_the_workspace_replaces_the_shipped_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
