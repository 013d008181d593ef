#include "command/check_plan.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/json.h"
#include "base/text.h"
#include "command/check_report.h"
#include "contract/body_check.h"
#include "contract/workspace.h"
#include "probe/describe.h"
#include "probe/mutate.h"

/* ---- the list ---- */

static bool is_named(const struct plan_choice *choice, const char *id)
{
    for (size_t i = 0; i < choice->name_count; i++)
        if (strcmp(choice->names[i], id) == 0)
            return true;
    return choice->name_count == 0;
}

static bool is_listed(const struct library *library, const struct plan_choice *choice,
                      const struct probe *probe)
{
    bool named = is_named(choice, probe->id);

    for (size_t i = 0; i < library_suite_count(library) && !named; i++) {
        const struct suite *suite = library_suite(library, i);

        named = is_named(choice, suite->id) && probe_words_hold(&suite->probes, probe->id);
    }
    return named && plan_wants(choice, probe);
}

/* The line is complete, but for where it comes from; it is emptied. */
static void put_listed(struct bytes *out, struct bytes *line, const char *origin, bool replaces)
{
    if (strcmp(origin, "shipped") != 0)
        bytes_printf(line, "  (own, %s%s)", origin,
                     replaces ? ", in place of the shipped one" : "");
    text_line(out, "%s", bytes_text(line));
    bytes_clear(line);
}

static void list_text(const struct library *library, const struct plan_choice *choice,
                      const struct retry_policy *policy, struct bytes *out)
{
    size_t from = out->len;
    struct bytes line;
    int64_t most;

    bytes_init(&line, SIZE_MAX);
    for (size_t i = 0; i < library_suite_count(library); i++) {
        const struct suite *suite = library_suite(library, i);

        if (!is_named(choice, suite->id))
            continue;
        most = plan_suite_most(library, suite, policy);
        bytes_printf(&line, "%-24s %s (%zu probe%s, at most %" PRId64 " request%s)", suite->id,
                     suite->title, suite->probes.count, suite->probes.count == 1 ? "" : "s", most,
                     most == 1 ? "" : "s");
        put_listed(out, &line, suite->origin, suite->replaces);
    }
    if (out->len > from)
        bytes_puts(out, "\n");
    for (size_t i = 0; i < library_probe_count(library); i++) {
        const struct probe *probe = library_probe(library, i);

        if (!is_listed(library, choice, probe))
            continue;
        bytes_printf(&line, "%-24s %s", probe->id, probe->title);
        put_listed(out, &line, probe->origin, probe->replaces);
    }
    bytes_release(&line);
}

static struct json *words_json(const struct probe_words *words)
{
    struct json *list = json_new_array();

    for (size_t i = 0; i < words->count; i++)
        json_append(list, json_new_string(words->items[i]));
    return list;
}

static struct json *suite_json(const struct library *library, const struct suite *suite,
                               const struct retry_policy *policy)
{
    struct json *object = json_new_object();

    json_set_string(object, "id", suite->id);
    json_set_string(object, "title", suite->title);
    json_set_integer(object, "requests_max", plan_suite_most(library, suite, policy));
    json_set(object, "probes", words_json(&suite->probes));
    json_set_string(object, "origin", suite->origin);
    json_set_boolean(object, "replaces_shipped", suite->replaces);
    return object;
}

static struct json *probe_json(const struct probe *probe)
{
    struct json *object = json_new_object(), *operations = json_new_array();

    for (int i = 0; i < OPERATION_COUNT; i++)
        if (probe->operations[i])
            json_append(operations, json_new_string(operation_name((enum operation)i)));
    json_set_string(object, "id", probe->id);
    json_set_string(object, "title", probe->title);
    json_set(object, "operations", operations);
    json_set(object, "requirements", words_json(&probe->requirements));
    json_set(object, "cadence", words_json(&probe->cadence));
    json_set_boolean(object, "negative", probe->negative);
    json_set_boolean(object, "simulated", probe->target == PROBE_SIMULATOR);
    json_set_boolean(object, "may_be_billed", probe->may_be_billed);
    json_set_string(object, "origin", probe->origin);
    json_set_boolean(object, "replaces_shipped", probe->replaces);
    return object;
}

static void list_json(const struct library *library, const struct plan_choice *choice,
                      const struct retry_policy *policy, struct bytes *out)
{
    struct json *root = json_new_object(), *suites = json_new_array(), *probes = json_new_array();

    for (size_t i = 0; i < library_suite_count(library); i++)
        if (is_named(choice, library_suite(library, i)->id))
            json_append(suites, suite_json(library, library_suite(library, i), policy));
    for (size_t i = 0; i < library_probe_count(library); i++)
        if (is_listed(library, choice, library_probe(library, i)))
            json_append(probes, probe_json(library_probe(library, i)));
    json_set(root, "suites", suites);
    json_set(root, "probes", probes);
    json_write(root, true, out);
    json_free(root);
}

void check_list(const struct library *library, const struct plan_choice *choice,
                const struct retry_policy *policy, enum format format, struct bytes *out)
{
    if (format == FORMAT_JSON)
        list_json(library, choice, policy, out);
    else
        list_text(library, choice, policy, out);
}

/* ---- what would be sent ---- */

/* D12: fields of which the contract knows nothing, one a line. */
static void undocumented(const struct check_intent *intent, const struct plan_case *plan_case,
                         struct bytes *fields)
{
    struct json *root = NULL;
    char *body = NULL;
    size_t len;

    if (mutate_body(plan_case->probe, intent->contract, plan_case->operation, NULL,
                    plan_case->stream, &body, &len, NULL, NULL) &&
        body)
        root = json_parse(body, len, "the body", NULL);
    if (root)
        body_undocumented(intent->contract, plan_case->operation, root, fields);
    json_free(root);
    free(body);
}

static void put_undocumented(const struct check_intent *intent, const struct plan_case *plan_case,
                             struct bytes *out)
{
    struct bytes fields;

    bytes_init(&fields, SIZE_MAX);
    undocumented(intent, plan_case, &fields);
    for (const char *at = bytes_text(&fields); *at; at += strspn(at, "\n")) {
        bytes_printf(out, "  (undocumented: %.*s)", (int)strcspn(at, "\n"), at);
        at += strcspn(at, "\n");
    }
    bytes_release(&fields);
}

static void put_case(const struct check_intent *intent, const struct plan_case *plan_case,
                     struct bytes *out)
{
    const struct probe *probe = plan_case->probe;
    struct bytes line;

    bytes_init(&line, SIZE_MAX);
    bytes_printf(&line, "%-36s ", plan_case->name);
    describe_change(probe, plan_case->operation, &line);
    bytes_puts(&line, "  ->  ");
    describe_expectation(probe, &line);
    bytes_puts(&line, probe->expect.refused              ? ""
                      : probe->target == PROBE_SIMULATOR ? "  (simulated)"
                      : probe->may_be_billed             ? "  (may be billed)"
                                                         : "");
    put_undocumented(intent, plan_case, &line);
    text_line(out, "%s", bytes_text(&line));
    bytes_release(&line);
}

static void put_destination(const struct check_intent *intent, struct bytes *out)
{
    const struct profile *profile = intent->profile;
    struct bytes line;

    bytes_init(&line, SIZE_MAX);
    bytes_printf(&line, "Profile %s%s%s, base %s, model %s.", profile->name,
                 profile->production ? ", PRODUCTION" : "", profile->simulator ? ", SIMULATOR" : "",
                 intent->base,
                 profile->model ? profile->model
                                : "none yet: --model, COMETAPI_MODEL or the profile");
    if (intent->requests_max > 0)
        bytes_printf(&line, " No more than %" PRId64 " requests (--requests-max).",
                     intent->requests_max);
    if (intent->telemetry)
        bytes_printf(&line, " A line an attempt to %s.", intent->telemetry);
    text_line(out, "%s", bytes_text(&line));
    if (intent->refusal)
        text_line(out, "It would be refused: %s", intent->refusal);
    bytes_release(&line);
}

/* Probes and suites of its own, a line each. */
static void put_own(const struct plan *plan, struct bytes *out)
{
    struct bytes lines;

    bytes_init(&lines, SIZE_MAX);
    describe_all_own(plan, &lines);
    text_escape(out, bytes_text(&lines), lines.len, true);
    bytes_release(&lines);
}

static void intent_text(const struct check_intent *intent, struct bytes *out)
{
    const struct plan *plan = intent->plan;

    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_case *plan_case = &plan->cases[i];

        if (i > 0 && plan_case->suite != plan_case[-1].suite)
            bytes_puts(out, "\n");
        if (i == 0 || plan_case->suite != plan_case[-1].suite)
            text_line(out, "%s", plan_case->suite ? plan_case->suite->title : "By its id");
        put_case(intent, plan_case, out);
    }
    bytes_puts(out, "\n");
    put_own(plan, out);
    describe_cost(plan, out);
    bytes_puts(out, "\n");
    put_destination(intent, out);
}

static void set_described(struct json *object, const char *name, struct bytes *text)
{
    json_set_string(object, name, bytes_text(text));
    bytes_clear(text);
}

static struct json *case_json(const struct check_intent *intent, const struct plan_case *plan_case)
{
    const struct probe *probe = plan_case->probe;
    struct json *object = json_new_object();
    struct bytes text;

    bytes_init(&text, SIZE_MAX);
    json_set_string(object, "id", probe->id);
    json_set_string(object, "test_case", plan_case->name);
    json_set_string(object, "operation", operation_name(plan_case->operation));
    json_set_boolean(object, "stream", plan_case->stream);
    describe_change(probe, plan_case->operation, &text);
    set_described(object, "sent", &text);
    describe_expectation(probe, &text);
    set_described(object, "expected", &text);
    json_set_boolean(object, "negative", probe->negative);
    json_set_boolean(object, "refused", probe->expect.refused);
    json_set_boolean(object, "simulated", probe->target == PROBE_SIMULATOR);
    json_set_boolean(object, "may_be_billed", probe->may_be_billed);
    json_set_integer(object, "attempts_max", plan_case->attempts_max);
    undocumented(intent, plan_case, &text);
    json_set(object, "undocumented", json_new_lines(bytes_text(&text)));
    json_set_string(object, "origin", probe->origin);
    json_set_boolean(object, "replaces_shipped", probe->replaces);
    bytes_release(&text);
    return object;
}

static struct json *suites_json(const struct check_intent *intent)
{
    struct json *suites = json_new_array(), *cases = NULL;

    for (size_t i = 0; i < intent->plan->count; i++) {
        const struct plan_case *plan_case = &intent->plan->cases[i];

        if (i == 0 || plan_case->suite != plan_case[-1].suite) {
            struct json *suite = check_suite_json(plan_case);

            cases = json_new_array();
            json_set(suite, "probes", cases);
            json_append(suites, suite);
        }
        json_append(cases, case_json(intent, plan_case));
    }
    return suites;
}

static void intent_json(const struct check_intent *intent, struct bytes *out)
{
    const struct plan *plan = intent->plan;
    struct json *root = json_new_object();

    json_set_string(root, "profile", intent->profile->name);
    json_set_string(root, "environment", intent->profile->environment);
    json_set_boolean(root, "production", intent->profile->production);
    json_set_boolean(root, "simulated", intent->profile->simulator);
    json_set_string(root, "base", intent->base);
    json_set_string(root, "model", intent->profile->model);
    json_set(root, "suites", suites_json(intent));
    json_set_integer(root, "requests", plan->requests);
    json_set_integer(root, "may_be_billed", plan->billable);
    json_set_integer(root, "to_simulator", plan->simulated);
    json_set_integer(root, "refused_before_sending", (int64_t)plan->refused);
    json_set(root, "requests_max",
             intent->requests_max > 0 ? json_new_integer(intent->requests_max) : json_new_null());
    json_set_string(root, "telemetry", intent->telemetry);
    json_set_string(root, "refusal", intent->refusal);
    json_write(root, true, out);
    json_free(root);
}

void check_intent(const struct check_intent *intent, enum format format, struct bytes *out)
{
    if (format == FORMAT_JSON)
        intent_json(intent, out);
    else
        intent_text(intent, out);
}
