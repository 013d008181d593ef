#include "tests/unit/unit.h"

#include "base/file.h"
#include "contract/contract.h"
#include "contract/workspace.h"
#include "judge/retry.h"
#include "probe/plan.h"
#include "simulator/simulator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct library *library;
static struct retry_policy *policy;

static bool has_scenario(const char *name)
{
    return scenario_find(name) != NULL;
}

static int open_all(void **state)
{
    (void)state;
    library = library_open(NULL, has_scenario, NULL);
    policy = retry_policy_open(NULL, NULL);
    return library && policy ? 0 : -1;
}

static int close_all(void **state)
{
    (void)state;
    library_free(library);
    retry_policy_free(policy);
    return 0;
}

static const char *const negative[] = {"negative"};

/* D38: what a suite may send is known, and capped, before anything is sent. */
static void every_shipped_suite_stays_under_its_cap(void **state)
{
    (void)state;
    for (size_t i = 0; i < library_suite_count(library); i++) {
        const char *const names[] = {library_suite(library, i)->id};
        const struct plan_choice choice = {.names = names, .name_count = 1};
        struct error error = {.kind = ERROR_NONE};
        struct plan plan;

        if (!plan_make(&plan, library, &choice, policy, &error))
            fail_msg("%s", error.text);
        assert_true(plan.count > 0);
        assert_true(plan.billable <= plan.requests);
        plan_release(&plan);
    }
}

static void no_name_is_the_smoke_suite(void **state)
{
    const struct plan_choice choice = {.name_count = 0};
    struct plan plan;

    (void)state;
    assert_true(plan_make(&plan, library, &choice, NULL, NULL));
    assert_string_equal(plan.cases[0].suite->id, "smoke");
    plan_release(&plan);
}

static void names_of_cases_are_unique_in_a_suite(void **state)
{
    const struct plan_choice choice = {.names = negative, .name_count = 1};
    struct plan plan;

    (void)state;
    assert_true(plan_make(&plan, library, &choice, NULL, NULL));
    for (size_t i = 0; i < plan.count; i++)
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(plan.cases[i].name, plan.cases[j].name);
    plan_release(&plan);
}

/* A16 D9: exactly one attempt, whatever the policy allows. */
static void what_is_wrong_on_purpose_is_sent_once(void **state)
{
    const struct plan_choice choice = {.names = negative, .name_count = 1};
    struct plan plan;

    (void)state;
    assert_true(plan_make(&plan, library, &choice, policy, NULL));
    for (size_t i = 0; i < plan.count; i++)
        assert_int_equal(plan.cases[i].attempts_max, 1);
    plan_release(&plan);
}

/* D19 D44: retries count. */
static void the_worst_case_counts_every_retry(void **state)
{
    static const char *const canary[] = {"canary"};
    const struct plan_choice choice = {.names = canary, .name_count = 1};
    struct plan once, thrice;

    (void)state;
    assert_true(plan_make(&once, library, &choice, NULL, NULL));
    assert_true(plan_make(&thrice, library, &choice, policy, NULL));
    assert_int_equal(thrice.requests, 3 * once.requests);
    assert_int_equal(thrice.billable, 3 * once.billable);
    assert_true(once.billable < once.requests); /* the list of models costs nothing */
    plan_release(&once);
    plan_release(&thrice);
}

static void a_choice_that_is_none_is_told(void **state)
{
    static const char *const wrong[] = {"negativ"}, *const only[] = {"canary-json"},
                             *const typo[] = {"no-modle"};
    struct plan_choice choice = {.names = wrong, .name_count = 1};
    struct error error;
    struct plan plan;

    (void)state;
    assert_false(plan_make(&plan, library, &choice, NULL, &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    assert_non_null(strstr(error.text, "did you mean negative"));
    choice =
        (struct plan_choice){.names = negative, .name_count = 1, .only = only, .only_count = 1};
    assert_false(plan_make(&plan, library, &choice, NULL, &error));
    assert_non_null(strstr(error.text, "none of the chosen suites"));
    choice.only = typo;
    assert_false(plan_make(&plan, library, &choice, NULL, &error));
    assert_non_null(strstr(error.text, "did you mean no-model"));
    choice = (struct plan_choice){.names = negative, .name_count = 1, .cadence = "hourly"};
    assert_false(plan_make(&plan, library, &choice, NULL, &error));
    assert_non_null(strstr(error.text, "cadence \"hourly\""));
}

/* A workspace whose policy has nine attempts, and two suites of its own that are too small then. */
static char folder[32];

static void put(const char *name, const char *text)
{
    char *path = file_join(folder, name);

    assert_true(file_replace(NULL, path, text, strlen(text), 0644, NULL, NULL, NULL));
    free(path);
}

static void make_folder(void)
{
    char *probes;

    strcpy(folder, "/tmp/cometdeck-plan.XXXXXX");
    assert_non_null(mkdtemp(folder));
    probes = file_join(folder, "probes");
    assert_int_equal(mkdir(probes, 0700), 0);
    free(probes);
    put("cometdeck.json", "{\"version\": 1, \"retry\": {\"numbers\": {\"attempts_max\": "
                          "{\"value\": 9, \"reason\": \"unit\"}}}}");
    put("probes/own.json",
        "{\"version\": 1, \"suites\": ["
        "{\"id\": \"a\", \"title\": \"A\", \"requests_max\": 12, \"probes\": [\"canary-json\"]},"
        "{\"id\": \"b\", \"title\": \"B\", \"requests_max\": 17, \"probes\": [\"canary-json\"]},"
        "{\"id\": \"c\", \"title\": \"C\", \"requests_max\": 18, \"probes\": [\"canary-json\"]}]}");
}

static void remove_folder(void)
{
    static const char *const names[] = {"probes/own.json", "probes", "cometdeck.json", "."};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char *path = file_join(folder, names[i]);

        remove(i < 3 ? path : folder);
        free(path);
    }
}

/* D38: who is refused for its size hears of all that are, and a cap of the run is one, too. */
static void every_suite_that_is_too_large_is_named(void **state)
{
    static const char *const names[] = {"a", "b", "c"};
    struct plan_choice choice = {.names = names, .name_count = 3};
    struct retry_policy *many;
    struct library *own;
    struct error error;
    struct plan plan;

    (void)state;
    make_folder();
    many = retry_policy_open(folder, NULL);
    own = library_open(folder, has_scenario, NULL);
    assert_true(many && own);
    assert_false(plan_make(&plan, own, &choice, many, &error));
    assert_int_equal(error.kind, ERROR_FILE);
    assert_non_null(strstr(error.text, "the suite \"a\" would send up to 18"));
    assert_non_null(strstr(error.text, "the suite \"b\" would send up to 18"));
    assert_null(strstr(error.text, "the suite \"c\""));
    choice.requests_max = 13;
    assert_false(plan_make(&plan, own, &choice, many, &error));
    choice.requests_max = 12;
    assert_true(plan_make(&plan, own, &choice, many, &error));
    plan_release(&plan);
    library_free(own);
    retry_policy_free(many);
    remove_folder();
}

/* D38 D44: whatever policy is allowed, the shipped suites are; their cap follows from it. */
static void a_shipped_suite_is_capped_by_the_policy(void **state)
{
    struct retry_policy *many;
    struct plan plan;

    (void)state;
    make_folder();
    many = retry_policy_open(folder, NULL);
    for (size_t i = 0; i < library_suite_count(library); i++) {
        const struct suite *suite = library_suite(library, i);
        const char *const names[] = {suite->id};
        const struct plan_choice choice = {.names = names, .name_count = 1};
        struct error error = {.kind = ERROR_NONE};
        int64_t most = 0;

        if (!plan_make(&plan, library, &choice, many, &error))
            fail_msg("%s", error.text);
        for (size_t k = 0; k < plan.count; k++)
            most += plan.cases[k].probe->expect.refused ? 0 : plan.cases[k].attempts_max;
        assert_int_equal(plan_suite_most(library, suite, many), most);
        assert_int_equal(plan.requests + plan.simulated, most);
        assert_true(plan_suite_most(library, suite, NULL) <= most);
        plan_release(&plan);
    }
    retry_policy_free(many);
    remove_folder();
}

/* D78: the probes of a tag, and no others. */
static void a_cadence_chooses(void **state)
{
    const struct plan_choice choice = {.names = negative, .name_count = 1, .cadence = "rotation"};
    struct plan plan;

    (void)state;
    assert_true(plan_make(&plan, library, &choice, NULL, NULL));
    for (size_t i = 0; i < plan.count; i++)
        assert_true(probe_words_hold(&plan.cases[i].probe->cadence, "rotation"));
    plan_release(&plan);
}

/* D38 E29 */
static void negative_cases_want_the_name_of_a_production_profile(void **state)
{
    static char name[] = "live";
    const struct profile profile = {.name = name, .production = true};
    struct plan_choice choice = {.names = negative, .name_count = 1};
    struct error error;
    struct plan plan;

    (void)state;
    assert_true(plan_make(&plan, library, &choice, NULL, NULL));
    assert_false(plan_allowed(&plan, &profile, NULL, &error));
    assert_non_null(strstr(error.text, "--allow-production live"));
    assert_false(plan_allowed(&plan, &profile, "Live", &error));
    assert_true(plan_allowed(&plan, &profile, "live", &error));
    plan_release(&plan);
    choice.name_count = 0;
    choice.only = (const char *const[]){"canary-ready"};
    choice.only_count = 1;
    assert_true(plan_make(&plan, library, &choice, NULL, NULL));
    assert_true(plan_allowed(&plan, &profile, NULL, &error));
    plan_release(&plan);
}

/* Every case that would be an error by itself is counted, and no other. */
static void a_plan_tells_that_it_needs_a_model(void **state)
{
    static char model[] = "m";
    static const char *const none[] = {"models-list",        "no-model",       "unknown-model",
                                       "no-messages",        "malformed-json", "rate-limited",
                                       "placeholder-refused"};
    struct contract *contract = contract_starter();
    struct profile profile = {.model = NULL};
    struct plan_choice choice = {.names = none, .name_count = sizeof(none) / sizeof(none[0])};
    struct error error = {.kind = ERROR_NONE};
    struct plan plan;

    (void)state;
    assert_true(plan_make(&plan, library, &choice, NULL, NULL));
    assert_false(plan_has_model(&plan, contract, &profile, &error));
    assert_int_equal(error.kind, ERROR_CHECK);
    assert_non_null(strstr(error.text, "2 of 13 cases need one")); /* no-messages */
    assert_non_null(strstr(error.text, "COMETAPI_MODEL"));
    profile.model = model;
    assert_true(plan_has_model(&plan, contract, &profile, &error));
    profile.model = NULL;
    plan_release(&plan);
    choice.only = (const char *const[]){"models-list", "unknown-model", "rate-limited"};
    choice.only_count = 3;
    assert_true(plan_make(&plan, library, &choice, NULL, NULL));
    assert_true(plan_has_model(&plan, contract, &profile, &error));
    plan_release(&plan);
    contract_free(contract);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shipped_suite_stays_under_its_cap),
        cmocka_unit_test(no_name_is_the_smoke_suite),
        cmocka_unit_test(names_of_cases_are_unique_in_a_suite),
        cmocka_unit_test(what_is_wrong_on_purpose_is_sent_once),
        cmocka_unit_test(the_worst_case_counts_every_retry),
        cmocka_unit_test(a_choice_that_is_none_is_told),
        cmocka_unit_test(every_suite_that_is_too_large_is_named),
        cmocka_unit_test(a_shipped_suite_is_capped_by_the_policy),
        cmocka_unit_test(a_cadence_chooses),
        cmocka_unit_test(a_plan_tells_that_it_needs_a_model),
        cmocka_unit_test(negative_cases_want_the_name_of_a_production_profile),
    };

    return cmocka_run_group_tests(tests, open_all, close_all);
}
