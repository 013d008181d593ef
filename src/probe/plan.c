#include "probe/plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/suggest.h"
#include "contract/workspace.h"
#include "evidence/fixture.h"
#include "judge/retry.h"
#include "probe/mutate.h"

enum { OVER_MAX = 64 * 1024 };

static const char default_suite[] = "smoke";

/* Whom a plan is made for. */
struct making {
    struct plan *plan;
    const struct library *library;
    const struct plan_choice *choice;
    const struct retry_policy *policy;
    struct bytes over; /* what is wrong with suites that would send too much */
};

static bool is_in(const char *const *items, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(items[i], word) == 0)
            return true;
    return false;
}

bool plan_wants(const struct plan_choice *choice, const struct probe *probe)
{
    return (choice->only_count == 0 || is_in(choice->only, choice->only_count, probe->id)) &&
           (!choice->cadence || probe_words_hold(&probe->cadence, choice->cadence));
}

/* ---- cases ---- */

static int attempts_of(const struct making *making, const struct probe *probe)
{
    if (!making->policy || probe->negative || probe->target == PROBE_SIMULATOR)
        return 1;
    return (int)retry_worst_case(making->policy, 1);
}

static void count_case(struct plan *plan, const struct plan_case *added)
{
    const struct probe *probe = added->probe;

    if (probe->expect.refused)
        plan->refused++;
    else if (probe->target == PROBE_SIMULATOR)
        plan->simulated += added->attempts_max;
    else {
        plan->requests += added->attempts_max;
        plan->billable += probe->may_be_billed ? added->attempts_max : 0;
        plan->negative = plan->negative || probe->negative;
    }
}

static void add_case(const struct making *making, const struct suite *suite,
                     const struct probe *probe, enum operation operation, bool stream)
{
    struct plan *plan = making->plan;
    struct plan_case *added;

    plan->cases = xreallocarray(plan->cases, plan->count + 1, sizeof(*plan->cases));
    added = &plan->cases[plan->count++];
    *added = (struct plan_case){
        .suite = suite,
        .probe = probe,
        .operation = operation,
        .stream = stream,
        .attempts_max = attempts_of(making, probe),
    };
    snprintf(added->name, sizeof(added->name), "%s %s%s", probe->id, operation_name(operation),
             stream ? " stream" : "");
    count_case(plan, added);
}

static void add_probe(const struct making *making, const struct suite *suite,
                      const struct probe *probe)
{
    if (!plan_wants(making->choice, probe))
        return;
    for (int i = 0; i < OPERATION_COUNT; i++) {
        enum operation operation = (enum operation)i;
        bool streams = operation != OPERATION_MODELS;

        if (!probe->operations[operation])
            continue;
        if (!streams || probe->stream != PROBE_STREAMED)
            add_case(making, suite, probe, operation, false);
        if (streams && probe->stream != PROBE_WHOLE)
            add_case(making, suite, probe, operation, true);
    }
}

/* The cap of the run holds every suite under its own where it is no higher. */
static bool is_within(const struct making *making, const struct suite *suite, int64_t sent)
{
    int64_t most = making->choice->requests_max;

    return suite->requests_max == SUITE_BY_POLICY || sent <= suite->requests_max ||
           (most > 0 && most <= suite->requests_max);
}

static void add_suite(struct making *making, const struct suite *suite)
{
    struct plan *plan = making->plan;
    int64_t before = plan->requests + plan->simulated, sent;

    for (size_t i = 0; i < suite->probes.count; i++)
        add_probe(making, suite, library_find_probe(making->library, suite->probes.items[i]));
    sent = plan->requests + plan->simulated - before;
    if (!is_within(making, suite, sent))
        bytes_printf(&making->over,
                     "%sthe suite \"%s\" would send up to %" PRId64
                     " requests, more than its requests_max of %d (%s)",
                     making->over.len > 0 ? "; " : "", suite->id, sent, suite->requests_max,
                     suite->origin);
}

int64_t plan_suite_most(const struct library *library, const struct suite *suite,
                        const struct retry_policy *policy)
{
    const struct plan_choice choice = {.cadence = NULL};
    struct plan plan = {.count = 0};
    struct making making = {.plan = &plan, .library = library, .choice = &choice, .policy = policy};
    int64_t most;

    if (suite->requests_max != SUITE_BY_POLICY)
        return suite->requests_max;
    bytes_init(&making.over, OVER_MAX);
    add_suite(&making, suite);
    most = plan.requests + plan.simulated;
    bytes_release(&making.over);
    plan_release(&plan);
    return most;
}

static bool check_caps(const struct making *making, struct error *error)
{
    return making->over.len == 0 ||
           error_set(error, ERROR_FILE,
                     "%s: allow fewer attempts (`policy set attempts_max`); `check` also takes "
                     "--no-retry, --only and --requests-max; a suite of your own in probes/ may "
                     "have a higher one",
                     bytes_text(&making->over));
}

/* ---- choosing ---- */

static bool unknown_name(const struct library *library, const char *name, struct error *error)
{
    struct suggestion near = {.word = NULL};
    const char *left_out = library_left_out(library); /* it may stand there */

    for (size_t i = 0; i < library_suite_count(library); i++)
        suggest(&near, name, library_suite(library, i)->id);
    for (size_t i = 0; i < library_probe_count(library); i++)
        suggest(&near, name, library_probe(library, i)->id);
    return error_set(error, ERROR_USAGE, "there is no suite or probe \"%.60s\"%s%s%s%s%.*s", name,
                     near.word ? "; did you mean " : "", near.word ? near.word : "",
                     near.word ? "?" : "", *left_out ? "; left out: " : "",
                     (int)strcspn(left_out, "\n"), left_out);
}

static bool no_cadence(const char *cadence, struct error *error)
{
    return error_set(error, ERROR_USAGE,
                     "no probe of these suites has the cadence \"%.40s\"; there "
                     "are " PROBE_CADENCES,
                     cadence ? cadence : "");
}

bool plan_knows(const struct library *library, const struct plan_choice *choice,
                struct error *error)
{
    for (size_t i = 0; i < choice->name_count; i++)
        if (!library_find_suite(library, choice->names[i]) &&
            !library_find_probe(library, choice->names[i]))
            return unknown_name(library, choice->names[i], error);
    for (size_t i = 0; i < choice->only_count; i++)
        if (!library_find_probe(library, choice->only[i]))
            return unknown_name(library, choice->only[i], error);
    return !choice->cadence || probe_is_cadence(choice->cadence) ||
           no_cadence(choice->cadence, error);
}

static bool add_name(struct making *making, const char *name, struct error *error)
{
    const struct suite *suite = library_find_suite(making->library, name);
    const struct probe *probe = library_find_probe(making->library, name);

    if (!suite && !probe)
        return unknown_name(making->library, name, error);
    if (suite)
        add_suite(making, suite);
    else
        add_probe(making, NULL, probe);
    return true;
}

static bool check_only(const struct making *making, struct error *error)
{
    for (size_t i = 0; i < making->choice->only_count; i++) {
        const char *id = making->choice->only[i];
        bool found = false;

        for (size_t j = 0; j < making->plan->count && !found; j++)
            found = strcmp(making->plan->cases[j].probe->id, id) == 0;
        if (!found)
            return library_find_probe(making->library, id)
                       ? error_set(error, ERROR_USAGE,
                                   "the probe %s is in none of the chosen suites; name it instead "
                                   "of a suite to run it alone",
                                   id)
                       : unknown_name(making->library, id, error);
    }
    return true;
}

bool plan_make(struct plan *plan, const struct library *library, const struct plan_choice *choice,
               const struct retry_policy *policy, struct error *error)
{
    struct making making = {.plan = plan, .library = library, .choice = choice, .policy = policy};
    bool good = true;

    *plan = (struct plan){.count = 0};
    bytes_init(&making.over, OVER_MAX);
    if (choice->name_count == 0)
        good = add_name(&making, default_suite, error);
    for (size_t i = 0; good && i < choice->name_count; i++)
        if (!is_in(choice->names, i, choice->names[i]))
            good = add_name(&making, choice->names[i], error);
    good = good && check_only(&making, error) &&
           (plan->count > 0 || no_cadence(choice->cadence, error)) && check_caps(&making, error);
    bytes_release(&making.over);
    if (!good)
        plan_release(plan);
    return good;
}

static bool open_fixture(struct plan_case *plan_case, const char *folder, struct error *error)
{
    const char *name = plan_case->probe->fixture;
    struct fixture *fixture = name && folder ? xcalloc(1, sizeof(*fixture)) : NULL;

    if (!name)
        return true;
    if (!folder)
        return error_set(error, ERROR_FILE, "the probe %s needs the fixture %s of a workspace",
                         plan_case->probe->id, name);
    if (fixture_open(fixture, folder, name, error)) {
        plan_case->fixture = fixture;
        return true;
    }
    free(fixture);
    return false;
}

bool plan_open_fixtures(struct plan *plan, const char *folder, struct error *error)
{
    for (size_t i = 0; i < plan->count; i++)
        if (!open_fixture(&plan->cases[i], folder, error))
            return false;
    return true;
}

void plan_release(struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        if (plan->cases[i].fixture)
            fixture_release(plan->cases[i].fixture);
        free(plan->cases[i].fixture);
    }
    free(plan->cases);
    *plan = (struct plan){.count = 0};
}

bool plan_allowed(const struct plan *plan, const struct profile *profile, const char *typed,
                  struct error *error)
{
    if (!plan->negative || !profile->production || (typed && strcmp(typed, profile->name) == 0))
        return true;
    return error_set(error, ERROR_USAGE,
                     "the profile %s is a production profile, and negative probes send what is "
                     "wrong on purpose: "
                     "use another profile, or say --allow-production %s",
                     profile->name, profile->name);
}

/* ---- the model ---- */

/* NULL: it cannot be made, which its case tells. */
static char *body_with(const struct plan_case *plan_case, const struct contract *contract,
                       const char *model)
{
    char *body = NULL;
    size_t len;

    return mutate_body(plan_case->probe, contract, plan_case->operation, model, plan_case->stream,
                       &body, &len, NULL, NULL)
               ? body
               : NULL;
}

/* The model stands somewhere in the body: without one a placeholder would. */
static bool needs_model(const struct plan_case *plan_case, const struct contract *contract)
{
    char *without, *with;
    bool needs;

    if (plan_case->probe->target == PROBE_SIMULATOR)
        return false;
    without = body_with(plan_case, contract, NULL);
    with = body_with(plan_case, contract, "model");
    needs = without && with && strcmp(without, with) != 0;
    free(without);
    free(with);
    return needs;
}

bool plan_has_model(const struct plan *plan, const struct contract *contract,
                    const struct profile *profile, struct error *error)
{
    size_t needing = 0;

    if (profile->model)
        return true;
    for (size_t i = 0; i < plan->count; i++)
        needing += needs_model(&plan->cases[i], contract);
    return needing == 0 ||
           error_set(error, ERROR_CHECK,
                     "no model is chosen, and %zu of %zu cases need one: give --model ID, set "
                     "COMETAPI_MODEL or write one into the profile (:model in the console); "
                     "nothing was sent. --only asks for what needs none",
                     needing, plan->count);
}
