#include "command/observe_report.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "base/memory.h"
#include "command/markup.h"
#include "contract/workspace.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GAPS_SHOWN = 6, SEEN_MAX = 512 };

void observe_summary(const struct observation *observation, struct bytes *out)
{
    struct observation_tally tally;
    size_t left = 0;

    observation_tally(observation, &tally);
    bytes_printf(out, "%zu handled, %zu not, %zu unknown; %" PRIu64 " request%s, SIMULATED",
                 tally.yes, tally.no, tally.unknown, tally.requests,
                 tally.requests == 1 ? "" : "s");
    if (!observation_interrupted(observation))
        return;
    while (observation_not_run(observation, left))
        left++;
    bytes_puts(out, "; interrupted");
    if (left > 0)
        bytes_printf(out, ", %zu not run", left);
}

/* ---- text ---- */

bool observe_gaps(const struct observed_session *session, struct bytes *out)
{
    const char *before = "";
    bool any = false;
    int64_t gap_ms;

    for (size_t i = 1; i < session->count && i <= GAPS_SHOWN; i++) {
        const struct observed_attempt *attempt = &session->attempts[i];

        if (attempt[-1].ended_us == 0)
            continue;
        gap_ms = (attempt->begun_us - attempt[-1].ended_us + 500) / 1000;
        bytes_printf(out, "%s%.3g", before, (double)gap_ms / 1e3);
        before = " ";
        any = true;
    }
    if (any)
        bytes_puts(out, session->count > GAPS_SHOWN + 1 ? " … s" : " s");
    return any;
}

static void put_exit(const struct observed_session *session, const char *before, struct bytes *out)
{
    if (session->exit == OBSERVED_STOPPED)
        bytes_printf(out, "%sstopped after %.3g s", before, (double)session->limit_us / 1e6);
    else if (session->exit == OBSERVED_INTERRUPTED)
        bytes_printf(out, "%sinterrupted", before);
    else if (session->exit != OBSERVED_NOBODY_SAW && session->exit_status < 0)
        bytes_printf(out, "%sended by signal %d", before, -session->exit_status);
    else if (session->exit != OBSERVED_NOBODY_SAW)
        bytes_printf(out, "%sexit %d", before, session->exit_status);
}

void observe_end(const struct observed_session *session, struct bytes *out)
{
    static const char *const ends[] = {
        [OBSERVED_OPEN] = "still open",
        [OBSERVED_TOLD] = "end sent",
        [OBSERVED_CLOSED] = "closed",
        [OBSERVED_CUT] = "cut",
        [OBSERVED_RESET] = "reset",
        [OBSERVED_STALLED] = "silent until it left",
        [OBSERVED_LEFT] = "left by the client",
    };
    const struct observed_attempt *last;

    if (session->count > 0) {
        last = &session->attempts[session->count - 1];
        if (last->status > 0)
            bytes_printf(out, "HTTP %d, ", last->status);
        bytes_puts(out, ends[last->how]);
    }
    put_exit(session, session->count > 0 ? "; " : "", out);
}

static void put_seen(const struct observed_session *session, struct bytes *out)
{
    uint64_t attempts = session->count + session->beyond;
    struct bytes text;

    bytes_init(&text, SEEN_MAX);
    bytes_printf(out, "%" PRIu64 " attempt%s", attempts, attempts == 1 ? "" : "s");
    if (observe_gaps(session, &text))
        bytes_printf(out, ", gap%s %s", session->count == 2 ? "" : "s", bytes_text(&text));
    bytes_clear(&text);
    observe_end(session, &text);
    if (text.len > 0)
        bytes_printf(out, "; %s", bytes_text(&text));
    bytes_release(&text);
}

void observe_session_line(const struct observed_session *session, struct bytes *out)
{
    const struct reference *reference = observed_reference(session);

    bytes_printf(out, "%-8s%-24s %-10s %-13s ", tristate_name(session->handled), session->scenario,
                 reference ? verdict_name(reference->verdict) : "-",
                 reference ? reference->failure.class : "-");
    put_seen(session, out);
}

static void put_text(const struct observe_report *report, struct bytes *out)
{
    struct observation_tally tally;

    bytes_printf(out, "%-8s%-24s %-10s %-13s what was seen\n", "handled", "scenario", "verdict",
                 "class");
    for (size_t i = 0; i < observation_count(report->observation); i++) {
        const struct observed_session *session = observation_session(report->observation, i);

        observe_session_line(session, out);
        bytes_puts(out, "\n");
        for (size_t k = 0; k < session->finding_count; k++) {
            const struct observed_finding *finding = &session->findings[k];

            text_line(out, "        %s %s: %s",
                      observed_weight_name(observed_rule_weight(finding->rule)),
                      observed_rule_code(finding->rule), finding->seen);
            if (observed_rule_weight(finding->rule) != WEIGHT_NOTE)
                bytes_printf(out, "          do: %s\n", observed_rule_advice(finding->rule));
        }
    }
    bytes_puts(out, "\n");
    observe_summary(report->observation, out);
    for (size_t i = 0; observation_not_run(report->observation, i); i++)
        bytes_printf(out, "%s%s", i == 0 ? "\nnot run: " : ", ",
                     observation_not_run(report->observation, i));
    observation_tally(report->observation, &tally);
    bytes_printf(out, "\n%s, retry policy %s\n",
                 tally.requests > 0 ? report->about->id : "nothing to keep", report->about->policy);
}

/* ---- JSON ---- */

static void put_json(const struct observe_report *report, struct bytes *out)
{
    struct json *record =
        observation_json(report->observation, report->policy, report->about, report->redactor);

    json_write(record, true, out);
    json_free(record);
}

/* ---- for what runs tests ---- */

/* Faults and doubts in a line: why it is no pass. */
static void put_reasons(const struct observed_session *session, struct bytes *out)
{
    for (size_t i = 0; i < session->finding_count; i++) {
        const struct observed_finding *finding = &session->findings[i];

        if (observed_rule_weight(finding->rule) != WEIGHT_NOTE)
            bytes_printf(out, "%s%s: %s", out->len > 0 ? " " : "",
                         observed_rule_code(finding->rule), finding->seen);
    }
}

static const char *advice_of(const struct observed_session *session)
{
    for (size_t i = 0; i < session->finding_count; i++)
        if (observed_rule_weight(session->findings[i].rule) != WEIGHT_NOTE)
            return observed_rule_advice(session->findings[i].rule);
    return "";
}

static void put_tap(const struct observe_report *report, struct bytes *out)
{
    bytes_printf(out, "TAP version 13\n1..%zu\n", observation_count(report->observation));
    for (size_t i = 0; i < observation_count(report->observation); i++) {
        const struct observed_session *session = observation_session(report->observation, i);
        struct bytes text;

        bytes_init(&text, SIZE_MAX);
        bytes_printf(out, "%s %zu - ", session->handled == IS_YES ? "ok" : "not ok", i + 1);
        markup_tap(out, session->scenario);
        bytes_puts(out, "\n");
        if (session->handled != IS_YES) {
            put_reasons(session, &text);
            bytes_puts(out, "  ---\n");
            markup_yaml_pair(out, "handled", tristate_name(session->handled));
            markup_yaml_pair(out, "message", bytes_text(&text));
            markup_yaml_pair(out, "do", advice_of(session));
            bytes_puts(out, "  ...\n");
        }
        bytes_release(&text);
    }
}

static void put_junit_case(const struct observed_session *session, struct bytes *out)
{
    const char *element = session->handled == IS_NO ? "failure" : "error";
    struct bytes text;

    bytes_puts(out, "    <testcase");
    markup_xml_attribute(out, "classname", "observation");
    markup_xml_attribute(out, "name", session->scenario);
    if (session->handled == IS_YES) {
        bytes_puts(out, "/>\n");
        return;
    }
    bytes_init(&text, SIZE_MAX);
    put_reasons(session, &text);
    bytes_printf(out, ">\n      <%s", element);
    markup_xml_attribute(out, "message", bytes_text(&text));
    markup_xml_attribute(out, "type",
                         session->finding_count > 0 ? observed_rule_code(session->findings[0].rule)
                                                    : "unknown");
    bytes_puts(out, ">");
    markup_xml(out, advice_of(session));
    bytes_printf(out, "</%s>\n    </testcase>\n", element);
    bytes_release(&text);
}

static void put_junit(const struct observe_report *report, struct bytes *out)
{
    struct observation_tally tally;
    size_t count = observation_count(report->observation);
    char began[CLOCK_TEXT];

    observation_tally(report->observation, &tally);
    clock_format(report->about->began_ms, began);
    began[19] = '\0'; /* the schema has no fraction and no zone */
    bytes_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
    markup_xml_attribute(out, "name", report->about->id);
    bytes_printf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\">\n  <testsuite", count,
                 tally.no, tally.unknown);
    markup_xml_attribute(out, "name", "observation");
    bytes_printf(out,
                 " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"0\" timestamp=\"%s\" "
                 "hostname=\"simulator\">\n",
                 count, tally.no, tally.unknown, began);
    for (size_t i = 0; i < count; i++)
        put_junit_case(observation_session(report->observation, i), out);
    bytes_puts(out, "  </testsuite>\n</testsuites>\n");
}

/* ---- Markdown ---- */

static void put_markdown_row(const struct observed_session *session, struct bytes *out)
{
    const struct reference *reference = observed_reference(session);
    struct bytes text;

    bytes_init(&text, SIZE_MAX);
    bytes_printf(out, "| %s | %s | %s | %s |", tristate_name(session->handled), session->scenario,
                 reference ? verdict_name(reference->verdict) : "",
                 reference ? reference->failure.class : "");
    put_seen(session, &text);
    markup_cell(out, bytes_text(&text));
    bytes_clear(&text);
    for (size_t i = 0; i < session->finding_count; i++)
        bytes_printf(&text, "%s%s: %s", i > 0 ? " " : "",
                     observed_rule_code(session->findings[i].rule), session->findings[i].seen);
    markup_cell(out, bytes_text(&text));
    bytes_puts(out, "\n");
    bytes_release(&text);
}

static void put_markdown(const struct observe_report *report, struct bytes *out)
{
    bytes_puts(out, "## cometdeck: ");
    observe_summary(report->observation, out);
    bytes_printf(out,
                 "\n\nObservation %s, retry policy %s.\n\n"
                 "| handled | scenario | verdict | class | seen | findings |\n"
                 "|---|---|---|---|---|---|\n",
                 report->about->id, report->about->policy);
    for (size_t i = 0; i < observation_count(report->observation); i++)
        put_markdown_row(observation_session(report->observation, i), out);
}

void observe_report(const struct observe_report *report, enum format format, struct bytes *out)
{
    static void (*const formats[])(const struct observe_report *report, struct bytes *out) = {
        [FORMAT_TEXT] = put_text,   [FORMAT_JSON] = put_json,         [FORMAT_TAP] = put_tap,
        [FORMAT_JUNIT] = put_junit, [FORMAT_MARKDOWN] = put_markdown,
    };

    formats[format](report, out);
}

char *observe_keep(struct workspace *workspace, const struct observe_report *report, char **digest,
                   struct error *error)
{
    struct json *record;
    char *path = NULL;

    if (!workspace->folder && !workspace_make_local(workspace, error))
        return NULL;
    record = observation_json(report->observation, report->policy, report->about, report->redactor);
    if (!observation_save(record, workspace->folder ? workspace->folder : workspace->local,
                          report->about->id, &path, error)) {
        free(path);
        path = NULL;
    } else if (digest) {
        *digest = xstrdup(json_string(json_member(record, "digest")));
    }
    json_free(record);
    return path;
}
