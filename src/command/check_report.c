#include "command/check_report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "command/check_reviews.h"
#include "contract/workspace.h"
#include "evidence/fixture_shape.h"
#include "probe/canary.h"
#include "probe/describe.h"

static void (*const formats[])(const struct check_run *run, struct bytes *out) = {
    [FORMAT_TEXT] = check_text,   [FORMAT_JSON] = check_json,         [FORMAT_TAP] = check_tap,
    [FORMAT_JUNIT] = check_junit, [FORMAT_MARKDOWN] = check_markdown, [FORMAT_JSONL] = check_jsonl,
};

void check_report(const struct check_run *run, enum format format, struct bytes *out)
{
    formats[format](run, out);
}

const char *check_suite_name(const struct plan_case *plan_case)
{
    return plan_case->suite ? plan_case->suite->id : plan_case->probe->id;
}

const char *check_note(const struct probe_result *result)
{
    bool told = result->form || result->trouble;

    return result->outcome == OUTCOME_PASS && told ? result->notes : NULL;
}

const char *check_because(const struct probe_result *result)
{
    if (!result->failure.class || strcmp(result->failure.class, "none") == 0)
        return NULL;
    return result->failure.because;
}

/* Where what must be refused is answered, no class of the answer tells what is wrong. */
static const char *advice_on_answered(const struct probe *probe)
{
    return probe->change.key != PROBE_KEY_PROFILE
               ? "The endpoint answers who has no valid key: whoever reaches it may spend on its "
                 "account. Keep the evidence, tell its owner, and let no key of yours go there."
               : "The endpoint answers what it must refuse: find out who answers there (another "
                 "environment, a proxy, a gateway that mends requests), keep the evidence and tell "
                 "its owner; until then rely on no refusal.";
}

static bool is_answered(const struct probe_result *result)
{
    const struct probe *probe = result->plan_case->probe;

    return result->outcome == OUTCOME_FAIL && probe->negative && probe->target == PROBE_ENDPOINT &&
           result->http_status / 100 == 2;
}

bool check_asks(const struct probe_result *result, struct bytes *out)
{
    if (result->hint.kind == RETRY_HINT_WAIT)
        bytes_printf(out, "to wait %.2f s (%s)", (double)result->hint.wait_us / 1000000,
                     result->hint.header);
    if (result->hint.kind == RETRY_HINT_IGNORED)
        bytes_printf(out, "%s: %s", result->hint.header, result->hint.note);
    return result->hint.kind != RETRY_HINT_NONE;
}

const char *check_advice(const struct probe_result *result)
{
    if (result->outcome != OUTCOME_FAIL && result->outcome != OUTCOME_ERROR)
        return NULL;
    if (is_answered(result))
        return advice_on_answered(result->plan_case->probe);
    if (result->failure.class && strcmp(result->failure.class, "none") != 0)
        return result->failure.advice;
    if (result->outcome == OUTCOME_FAIL && result->plan_case->probe->expect.refused)
        return "Nothing was sent: the request clauses of the contract do not refuse what they "
               "should, or elsewhere; correct the clause, or the probe.";
    return result->outcome == OUTCOME_FAIL
               ? "What came is not what is expected here: compare it with the contract, keep the "
                 "evidence, and correct whichever is wrong."
               : NULL;
}

bool check_departure(const struct probe_result *result, struct bytes *out)
{
    if (!result->departs)
        return false;
    bytes_puts(out, "not as the contract says: ");
    for (const char *at = result->departs; *at; at++) {
        if (*at == '\n')
            bytes_puts(out, "; ");
        else
            bytes_append_byte(out, (unsigned char)*at);
    }
    return true;
}

const char check_simulated_note[] = "simulated: no evidence about the API";

bool check_simulated(const struct check_run *run, const struct probe_result *result)
{
    return result->simulated || run->profile->simulator ||
           result->plan_case->probe->target == PROBE_SIMULATOR;
}

static size_t count_simulated(const struct check_run *run, enum outcome outcome)
{
    size_t count = 0;

    for (size_t i = 0; i < run->plan->count; i++) {
        const struct probe_result *result = runner_result(run->runner, i);

        count += result->outcome == outcome && check_simulated(run, result);
    }
    return count;
}

/* "5 passed (2 simulated), ": what the simulator shows is no evidence about the API. */
static void put_tally(const struct check_run *run, size_t count, const char *one, const char *more,
                      enum outcome outcome, struct bytes *out)
{
    size_t simulated = run->profile->simulator ? 0 : count_simulated(run, outcome);

    bytes_printf(out, "%zu %s", count, count == 1 ? one : more);
    if (simulated > 0)
        bytes_printf(out, " (%zu simulated)", simulated);
    bytes_puts(out, outcome == OUTCOME_SKIPPED ? "; " : ", ");
}

void check_summary(const struct check_run *run, struct bytes *out)
{
    struct runner_tally tally;

    runner_tally(run->runner, &tally);
    bytes_puts(out, run->interrupted ? "interrupted: " : "");
    put_tally(run, tally.passed, "passed", "passed", OUTCOME_PASS, out);
    put_tally(run, tally.failed, "failed", "failed", OUTCOME_FAIL, out);
    put_tally(run, tally.errors, "error", "errors", OUTCOME_ERROR, out);
    if (tally.stopped > 0)
        put_tally(run, tally.stopped, "stopped", "stopped", OUTCOME_STOPPED, out);
    put_tally(run, tally.skipped, "skipped", "skipped", OUTCOME_SKIPPED, out);
    bytes_printf(out, "%" PRId64 " request%s%s", tally.requests, tally.requests == 1 ? "" : "s",
                 run->profile->simulator ? ", SIMULATED" : "");
}

void check_canary(const struct canary *canary, struct bytes *out)
{
    for (enum canary_part part = 0; part < CANARY_PARTS; part++)
        bytes_printf(out, "%s%s %s", part > 0 ? ", " : "", canary_part_name(part),
                     tristate_name(canary->holds[part]));
    if (canary->finish_reasons)
        bytes_printf(out, "; finish %s", canary->finish_reasons);
    if (canary->request_id)
        bytes_printf(out, "; request id %s", canary->request_id);
}

static void put_lines(const struct bytes *lines, const char *indent, const char *what,
                      struct bytes *out)
{
    for (const char *line = bytes_text(lines); *line;) {
        size_t len = strcspn(line, "\n");

        bytes_printf(out, "%s%s%.*s\n", indent, what, (int)len, line);
        line += len + (line[len] == '\n');
    }
}

/* What does not match stands in the notes of the case; this is the rest. */
void check_fixture(const struct probe_result *result, const char *indent, struct bytes *out)
{
    if (!result->fixture)
        return;
    bytes_printf(out, "%sfixture %s: %s\n", indent, result->fixture->name,
                 result->fixture->holds ? "the shape holds" : "the shape does not hold");
    put_lines(&result->fixture->notes, indent, "  note ", out);
}

/* ---- JSON (design.md "Shape") ---- */

static void set_time(struct json *object, const char *name, int64_t wall_ms)
{
    char text[CLOCK_TEXT];

    clock_format(wall_ms, text);
    json_set_string(object, name, wall_ms > 0 ? text : NULL);
}

static struct json *checks_json(const struct probe_result *result)
{
    struct json *list = json_new_array();

    for (size_t i = 0; i < result->check_count; i++) {
        struct json *row = json_new_object();

        json_set_string(row, "what", result->checks[i].what);
        json_set_string(row, "wanted", result->checks[i].wanted);
        json_set_string(row, "got", result->checks[i].got);
        json_set_boolean(row, "holds", result->checks[i].holds);
        json_append(list, row);
    }
    return list;
}

static struct json *requirements_json(const struct probe_words *words)
{
    struct json *list = json_new_array();

    for (size_t i = 0; i < words->count; i++)
        json_append(list, json_new_string(words->items[i]));
    return list;
}

static struct json *result_json(const struct check_run *run, const struct probe_result *result)
{
    const struct plan_case *plan_case = result->plan_case;
    struct json *object = json_new_object();
    struct bytes sent;

    bytes_init(&sent, SIZE_MAX);
    describe_change(plan_case->probe, plan_case->operation, &sent);
    json_set_string(object, "id", plan_case->probe->id);
    json_set(object, "requirement", requirements_json(&plan_case->probe->requirements));
    set_time(object, "timestamp_utc", result->wall_ms);
    json_set_string(object, "endpoint", result->endpoint);
    json_set_string(object, "test_case", plan_case->name);
    json_set_string(object, "origin", plan_case->probe->origin);
    json_set_boolean(object, "replaces_shipped", plan_case->probe->replaces);
    json_set_string(object, "sent", bytes_text(&sent));
    json_set(object, "http_status",
             result->http_status > 0 ? json_new_integer(result->http_status) : json_new_null());
    json_set_string(object, "verdict", result->verdict);
    json_set_string(object, "outcome", outcome_name(result->outcome));
    json_set_string(object, "notes", result->notes);
    json_set_string(object, "documented", tristate_name(result->documented));
    json_set_string(object, "handled", tristate_name(result->handled));
    json_set_string(object, "handled_by", result->handled_by);
    json_set_string(object, "finding", finding_name(probe_result_finding(result)));
    json_set_string(object, "finding_reviewed", check_reviewed_finding(run, result));
    json_set(object, "reviews", check_reviews_json(run, result));
    json_set_string(object, "class", result->failure.class);
    json_set_string(object, "action", result->failure.action);
    json_set_string(object, "rule", result->verdict ? result->failure.rule : NULL);
    json_set_string(object, "because", result->verdict ? result->failure.because : NULL);
    json_set(object, "reasons", json_new_lines(result->reasons));
    json_set_string(object, "location", result->location);
    json_set(object, "retry_after_ms",
             result->hint.kind == RETRY_HINT_WAIT ? json_new_integer(result->hint.wait_us / 1000)
                                                  : json_new_null());
    json_set_integer(object, "attempts", result->attempts);
    json_set_boolean(object, "regenerated", result->regenerated);
    json_set_boolean(object, "simulated", check_simulated(run, result));
    json_set_string(object, "differs", result->differs);
    json_set_string(object, "evidence_id", result->id[0] ? result->id : NULL);
    json_set(object, "earlier_evidence_ids", json_new_lines(result->earlier));
    json_set(object, "earlier_attempts", json_new_lines(result->before));
    json_set(object, "checks", checks_json(result));
    if (result->canary) {
        json_set(object, "canary", canary_parts_json(result->canary));
        json_set(object, "record", canary_record_json(result->canary));
    }
    if (result->fixture)
        json_set(object, "fixture", fixture_report_json(result->fixture));
    bytes_release(&sent);
    return object;
}

struct json *check_suite_json(const struct plan_case *plan_case)
{
    const struct suite *suite = plan_case->suite;
    struct json *object = json_new_object();

    json_set_string(object, "name", suite ? suite->id : NULL);
    json_set_string(object, "origin", suite ? suite->origin : NULL);
    json_set_boolean(object, "replaces_shipped", suite && suite->replaces);
    return object;
}

static struct json *suites_json(const struct check_run *run)
{
    struct json *suites = json_new_array(), *probes = NULL;

    for (size_t i = 0; i < run->plan->count; i++) {
        const struct plan_case *plan_case = &run->plan->cases[i];

        if (i == 0 || plan_case->suite != plan_case[-1].suite) {
            struct json *suite = check_suite_json(plan_case);

            probes = json_new_array();
            json_set(suite, "probes", probes);
            json_append(suites, suite);
        }
        json_append(probes, result_json(run, runner_result(run->runner, i)));
    }
    return suites;
}

static struct json *simulated_json(const struct check_run *run)
{
    static const struct {
        const char *name;
        enum outcome outcome;
    } rows[] = {{"passed", OUTCOME_PASS},
                {"failed", OUTCOME_FAIL},
                {"errors", OUTCOME_ERROR},
                {"skipped", OUTCOME_SKIPPED},
                {"stopped", OUTCOME_STOPPED}};
    struct json *object = json_new_object();

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        json_set_integer(object, rows[i].name, (int64_t)count_simulated(run, rows[i].outcome));
    return object;
}

void check_json(const struct check_run *run, struct bytes *out)
{
    struct json *root = json_new_object();
    struct runner_tally tally;

    runner_tally(run->runner, &tally);
    json_set_string(root, "run_id", run->id);
    set_time(root, "timestamp_utc", run->began_ms);
    json_set_string(root, "profile", run->profile->name);
    json_set_string(root, "environment", run->profile->environment);
    json_set_string(root, "base", run->base_alias);
    json_set_string(root, "retry_policy", run->policy_version);
    json_set_boolean(root, "simulated", run->profile->simulator);
    json_set_boolean(root, "interrupted", run->interrupted);
    json_set(root, "alerts", json_new_lines(run->alerts));
    json_set(root, "suites", suites_json(run));
    json_set(root, "reviews_elsewhere", check_reviews_elsewhere_json(run));
    json_set_integer(root, "passed", (int64_t)tally.passed);
    json_set_integer(root, "failed", (int64_t)tally.failed);
    json_set_integer(root, "errors", (int64_t)tally.errors);
    json_set_integer(root, "skipped", (int64_t)tally.skipped);
    json_set_integer(root, "stopped", (int64_t)tally.stopped);
    json_set_integer(root, "requests", tally.requests);
    json_set(root, "of_them_simulated", simulated_json(run));
    json_write(root, true, out);
    json_free(root);
}

/* What stands in the notes of the log record: ours, then the reviewers'; NULL: nothing. */
static char *log_notes(const struct check_run *run, const struct probe_result *result)
{
    struct bytes notes;

    bytes_init(&notes, SIZE_MAX);
    if (check_simulated(run, result))
        bytes_printf(&notes, "%s; ", check_simulated_note);
    if (describe_own(result->plan_case, &notes))
        bytes_puts(&notes, "; ");
    if (result->notes)
        bytes_printf(&notes, "%s; ", result->notes);
    if (!check_reviews(run, result, &notes) && notes.len > 0)
        bytes_truncate(&notes, notes.len - 2);
    if (notes.len > 0)
        return bytes_take(&notes);
    bytes_release(&notes);
    return NULL;
}

/* C31: a record a case, and nothing else in it. */
void check_jsonl(const struct check_run *run, struct bytes *out)
{
    for (size_t i = 0; i < run->plan->count; i++) {
        const struct probe_result *result = runner_result(run->runner, i);
        struct json *line = json_new_object();
        char *notes = log_notes(run, result);

        json_set_string(line, "run_id", run->id);
        set_time(line, "timestamp_utc", result->wall_ms ? result->wall_ms : run->began_ms);
        json_set_string(line, "endpoint", result->endpoint);
        json_set_string(line, "test_case", result->plan_case->name);
        json_set(line, "http_status",
                 result->http_status > 0 ? json_new_integer(result->http_status) : json_new_null());
        json_set_string(line, "outcome", outcome_name(result->outcome));
        json_set_string(line, "notes", notes);
        free(notes);
        json_write(line, false, out);
        bytes_append_byte(out, '\n');
        json_free(line);
    }
}
