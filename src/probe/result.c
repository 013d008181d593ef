#include "probe/result.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "contract/contract.h"
#include "evidence/exchange.h"
#include "evidence/fixture_shape.h"
#include "probe/canary.h"
#include "probe/kept_body.h"

enum { WORDS_TEXT = 1024, NOTE_MAX = 4096, GOT_SHOWN = 200 };

/* ---- lifetime ---- */

static void forget(struct probe_result *result)
{
    for (size_t i = 0; i < result->check_count; i++) {
        free(result->checks[i].wanted);
        free(result->checks[i].got);
    }
    result->check_count = 0;
    canary_free(result->canary);
    result->canary = NULL;
    if (result->fixture)
        fixture_report_release(result->fixture);
    free(result->fixture);
    result->fixture = NULL;
    free(result->endpoint);
    free(result->reasons);
    free(result->location);
    free(result->documented_by);
    free(result->differs);
    free(result->trouble);
    free(result->form);
    free(result->notes);
    result->reasons = result->location = NULL;
    result->endpoint = result->documented_by = result->differs = NULL;
    result->trouble = result->form = result->notes = NULL;
}

void probe_result_release(struct probe_result *result)
{
    forget(result);
    free(result->earlier);
    free(result->before);
    free(result->handled_by);
    free(result->places);
    free(result->departs);
    *result = (struct probe_result){.plan_case = NULL};
}

/* ---- the expectation ---- */

static char *join(const struct probe_words *words)
{
    struct bytes text;

    bytes_init(&text, WORDS_TEXT);
    for (size_t i = 0; i < words->count; i++)
        bytes_printf(&text, "%s%s", i > 0 ? " or " : "", words->items[i]);
    return bytes_take(&text);
}

/* `wanted` is taken over. */
static void check(struct probe_result *result, const char *what, char *wanted, const char *got,
                  bool holds)
{
    if (result->check_count == RESULT_CHECKS_MAX) {
        free(wanted);
        return;
    }
    result->checks[result->check_count++] =
        (struct result_check){what, wanted, xstrdup(got), holds};
}

static bool status_matches(const struct probe_words *words, int status)
{
    char exact[12], group[8];

    snprintf(exact, sizeof(exact), "%d", status);
    snprintf(group, sizeof(group), "%dxx", status / 100 % 10);
    return probe_words_hold(words, exact) || probe_words_hold(words, group);
}

static void check_words(struct probe_result *result, const struct probe_words *words,
                        const char *what, const char *got)
{
    if (words->count > 0)
        check(result, what, join(words), got, probe_words_hold(words, got));
}

static void check_status(struct probe_result *result, const struct probe_words *words)
{
    char got[16];

    snprintf(got, sizeof(got), "%d", result->http_status);
    if (words->count > 0)
        check(result, "status", join(words), result->http_status > 0 ? got : "no status line",
              status_matches(words, result->http_status));
}

static bool has_content(const struct answer *answer)
{
    for (size_t i = 0; i < answer->choice_count; i++)
        if (answer->choices[i].text_len > 0 || answer->choices[i].tool_call_count > 0)
            return true;
    return false;
}

static void check_answer(struct probe_result *result, const struct probe_expectation *expect,
                         const struct judge *judge)
{
    struct answer answer;
    bool content;

    judge_answer(judge, &answer);
    content = has_content(&answer);
    if (expect->error_body == PROBE_ERROR_ENVELOPE)
        check(result, "error body", xstrdup("an error with a message"),
              answer.error_message    ? answer.error_message
              : answer.error_envelope ? "an error without a message"
                                      : "no error",
              answer.error_message && *answer.error_message);
    if (expect->error_body == PROBE_ERROR_NONE)
        check(result, "error body", xstrdup("no error"),
              answer.error_message    ? answer.error_message
              : answer.error_envelope ? answer.error_envelope
                                      : "no error",
              !answer.error_envelope && !answer.error_message);
    if (expect->content != PROBE_CONTENT_ANY)
        check(result, "content",
              xstrdup(expect->content == PROBE_CONTENT_PRESENT ? "present" : "absent"),
              content ? "present" : "absent",
              content == (expect->content == PROBE_CONTENT_PRESENT));
}

static void check_streamed(struct probe_result *result, const struct judge *judge)
{
    bool streamed = judge_progress(judge)->event_stream;

    if (result->plan_case->probe->expect.streamed && result->plan_case->stream)
        check(result, "form", xstrdup("an event stream"),
              streamed       ? "an event stream"
              : result->form ? "one JSON body"
                             : "no event stream",
              streamed);
}

static void check_pointers(struct probe_result *result, const struct probe_words *pointers,
                           bool wanted, bool stream, const struct kept_body *body)
{
    bool found[PROBE_WORDS_MAX];
    bool read = kept_body_look(body, stream, pointers->items, pointers->count, found);

    for (size_t i = 0; i < pointers->count; i++)
        check(result, pointers->items[i], xstrdup(wanted ? "present" : "absent"),
              body->cut             ? "the body was not kept whole"
              : body->text.len == 0 ? "no body"
              : !read               ? "no JSON"
              : found[i]            ? "present"
                                    : "absent",
              read && found[i] == wanted);
}

/* ---- documented? ---- */

static bool has_failed(const struct probe_result *result)
{
    return strcmp(result->failure.class, "none") != 0;
}

static bool is_documented(const struct clause *clause)
{
    enum clause_status status = clause_status(clause);

    return status == CLAUSE_DOCUMENTED || status == CLAUSE_VERIFIED;
}

/* `value` is a status, or a list of them. */
static bool holds_status(const struct json *value, int http_status)
{
    int64_t status;

    if (json_integer(value, &status))
        return status == http_status;
    for (const struct json *item = json_first(value); item; item = json_next(item))
        if (json_integer(item, &status) && status == http_status)
            return true;
    return false;
}

/* A failure is told by a clause about errors that holds its status, and by no other. */
static bool clause_tells(const struct clause *clause, const struct probe_result *result)
{
    static const char errors[] = "errors.";

    return is_documented(clause) &&
           (!has_failed(result) || (strncmp(clause->id, errors, strlen(errors)) == 0 &&
                                    holds_status(clause->value, result->http_status)));
}

/*
 * Computed from the contract alone (E36). An answer to a probe that names no clause is about the
 * operation itself, which is documented when its method and path are; a failure is not.
 */
static void find_documentation(struct probe_result *result, const struct contract *contract)
{
    const struct plan_case *plan_case = result->plan_case;
    const struct probe_words *named = &plan_case->probe->clauses;
    const char *own[2];
    char method[64], path[64];
    struct probe_words ids = *named;
    struct bytes by;
    size_t told = 0;

    if (named->count == 0 && (plan_case->probe->negative || has_failed(result))) {
        result->documented = IS_NO;
        return;
    }
    if (named->count == 0) {
        snprintf(method, sizeof(method), "%s.method", operation_name(plan_case->operation));
        snprintf(path, sizeof(path), "%s.path", operation_name(plan_case->operation));
        own[0] = method;
        own[1] = path;
        ids = (struct probe_words){own, 2};
    }
    bytes_init(&by, WORDS_TEXT);
    for (size_t i = 0; i < ids.count; i++) {
        const struct clause *clause = contract_find(contract, ids.items[i]);

        told += clause && clause_tells(clause, result);
        bytes_printf(&by, "%s%s", i > 0 ? ", " : "", ids.items[i]);
    }
    result->documented = told == ids.count ? IS_YES : IS_NO;
    result->documented_by = bytes_take(&by);
}

/* ---- the whole ---- */

static void note_failures(struct probe_result *result)
{
    struct bytes note;

    bytes_init(&note, NOTE_MAX);
    for (size_t i = 0; i < result->check_count; i++) {
        const struct result_check *row = &result->checks[i];

        if (!row->holds)
            bytes_printf(&note, "%s%s: wanted %s, got %.*s", note.len > 0 ? "; " : "", row->what,
                         row->wanted, (int)utf8_whole(row->got, strlen(row->got), GOT_SHOWN),
                         row->got);
    }
    if (note.len > 0)
        result->notes = bytes_take(&note);
    bytes_release(&note);
}

/*
 * Whether something answered, or that nobody did is what the probe is about: then it names the
 * class of it. A verdict alone names nothing: where nobody listens is an error as well.
 */
static bool is_answered(const struct probe_result *result)
{
    return result->http_status > 0 ||
           probe_words_hold(&result->plan_case->probe->expect.failures, result->failure.class);
}

static void decide_checks(struct probe_result *result)
{
    result->outcome = OUTCOME_PASS;
    for (size_t i = 0; i < result->check_count; i++)
        if (!result->checks[i].holds)
            result->outcome = OUTCOME_FAIL;
    note_failures(result);
}

static void decide(struct probe_result *result)
{
    free(result->notes);
    result->notes = NULL;
    decide_checks(result);
    if (!is_answered(result)) {
        result->outcome = OUTCOME_ERROR;
        if (!result->notes)
            result->notes = xstrdup("no status line came: nothing is known of what it asks for");
    }
    if (result->form)
        probe_result_note(result, "%s", result->form);
    if (result->trouble)
        probe_result_note(result, "not kept: %s", result->trouble);
}

static void add_line(char **lines, const char *line)
{
    char *before = *lines;

    *lines = xasprintf("%s%s%s", before ? before : "", before ? "\n" : "", line);
    free(before);
}

/* Each attempt is evidence, and may be billed: the one before is cited as well. */
static void keep_id(struct probe_result *result)
{
    if (result->id[0])
        add_line(&result->earlier, result->id);
}

/* What it was that was asked again after: a reset may have been billed, a 429 was not. */
static void keep_attempt(struct probe_result *result)
{
    char status[24] = "", *line;

    if (!result->verdict)
        return;
    if (result->http_status > 0)
        snprintf(status, sizeof(status), "HTTP %d, ", result->http_status);
    line = xasprintf("%s: %s%s, class %s", result->id[0] ? result->id : "not kept", status,
                     result->verdict, result->failure.class);
    add_line(&result->before, line);
    free(line);
}

/* Of a redirect, the place; of any answer, the hint: what the class advises on. */
static void read_headers(struct probe_result *result, const struct http_result *answer)
{
    result->hint = (struct retry_hint){.kind = RETRY_HINT_NONE};
    if (!answer)
        return;
    retry_hint_read(&answer->headers, result->wall_ms + result->took_us / 1000, &result->hint);
    if (answer->status / 100 == 3)
        result->location = xstrdup(http_headers_get(&answer->headers, "location"));
}

/* The verdict holds all the same: it is for whoever reads what passed, too. */
static char *find_form(const struct verdict *verdict)
{
    for (size_t i = 0; i < verdict->count; i++) {
        enum reason_code code = verdict->reasons[i].code;

        if (code == REASON_NOT_STREAMED || code == REASON_STREAMED_UNASKED)
            return xasprintf("%s: %s", reason_name(code), reason_meaning(code));
    }
    return NULL;
}

static char *reason_lines(const struct verdict *verdict)
{
    struct bytes lines;

    if (verdict->count == 0)
        return NULL;
    bytes_init(&lines, SIZE_MAX);
    for (size_t i = 0; i < verdict->count; i++) {
        const struct reason *reason = &verdict->reasons[i];

        bytes_printf(&lines, "%s%s: %s", i > 0 ? "\n" : "", reason_name(reason->code),
                     reason_meaning(reason->code));
        if (reason->detail[0])
            bytes_printf(&lines, " (%.*s)",
                         (int)utf8_whole(reason->detail, strlen(reason->detail), GOT_SHOWN),
                         reason->detail);
    }
    return bytes_take(&lines);
}

static int64_t duration(const struct http_timings *at)
{
    return at->end_us > at->start_us ? at->end_us - at->start_us : 0;
}

void probe_result_judge(struct probe_result *result, const struct exchange_state *state,
                        const struct kept_body *body, const struct contract *contract)
{
    const struct probe_expectation *expect = &result->plan_case->probe->expect;

    forget(result);
    keep_attempt(result);
    keep_id(result);
    snprintf(result->id, sizeof(result->id), "%s", state->capture ? state->id : "");
    result->trouble = xstrdup(state->trouble);
    result->wall_ms = state->wall_ms;
    result->took_us = state->result ? duration(&state->result->timings) : 0;
    result->endpoint = xasprintf("%s %s", state->method, state->url);
    result->http_status = state->result ? state->result->status : 0;
    result->reasons = reason_lines(state->verdict);
    result->form = find_form(state->verdict);
    read_headers(result, state->result);
    result->verdict = verdict_name(state->verdict->kind);
    result->failure = *state->failure;
    result->simulated = state->simulated;
    result->differs = xstrdup(state->differs);
    check_status(result, &expect->statuses);
    check_words(result, &expect->failures, "class", result->failure.class);
    check_words(result, &expect->verdicts, "verdict", result->verdict);
    check_answer(result, expect, state->judge);
    check_streamed(result, state->judge);
    check_pointers(result, &expect->present, true, judge_progress(state->judge)->event_stream,
                   body);
    check_pointers(result, &expect->absent, false, judge_progress(state->judge)->event_stream,
                   body);
    find_documentation(result, contract);
    decide(result);
}

static char *one_line(const struct bytes *lines)
{
    struct bytes line;

    bytes_init(&line, NOTE_MAX);
    for (const char *c = bytes_text(lines); *c; c++)
        if (*c == '\n' ? !bytes_puts(&line, "; ") : !bytes_append_byte(&line, *c))
            break;
    return bytes_take(&line);
}

void probe_result_compare(struct probe_result *result, const struct shape *shape, bool streamed)
{
    const struct plan_case *plan_case = result->plan_case;
    char *differs;

    if (!plan_case->fixture || result->http_status == 0)
        return;
    result->fixture = xcalloc(1, sizeof(*result->fixture));
    fixture_report_init(result->fixture, plan_case->probe->fixture);
    fixture_report_shape(result->fixture, plan_case->fixture, plan_case->operation, shape,
                         streamed);
    differs = result->fixture->holds ? xstrdup("the same") : one_line(&result->fixture->differs);
    check(result, "shape", xasprintf("that of %s", plan_case->probe->fixture), differs,
          result->fixture->holds);
    free(differs);
    decide(result);
}

void probe_result_note(struct probe_result *result, const char *format, ...)
{
    struct bytes note;
    va_list args;

    bytes_init(&note, SIZE_MAX);
    if (result->notes)
        bytes_printf(&note, "%s; ", result->notes);
    va_start(args, format);
    bytes_vprintf(&note, format, args);
    va_end(args);
    free(result->notes);
    result->notes = bytes_take(&note);
}

void probe_result_add_canary(struct probe_result *result, struct canary *canary)
{
    enum canary_part failed = canary ? canary_failed(canary) : CANARY_PARTS;

    result->canary = canary;
    if (failed == CANARY_PARTS)
        return;
    probe_result_note(result, "%s: %s", canary_part_name(failed), canary->detail[failed]);
    if (result->outcome == OUTCOME_PASS)
        result->outcome = OUTCOME_FAIL;
}

void probe_result_unsent(struct probe_result *result, const struct error *error)
{
    forget(result);
    check(result, "requests", xstrdup("one"), error->text, false);
    result->outcome = OUTCOME_ERROR;
    result->notes = xstrdup(error->text);
}

/* The request clauses were asked about a case that they should refuse. */
static void judge_refusal(struct probe_result *result, enum dispatch_gate gate,
                          const struct error *error)
{
    const char *place = result->plan_case->probe->expect.refused_at;

    forget(result);
    check(result, "requests", xstrdup("none: refused before sending"),
          gate == DISPATCH_OPEN ? "the request clauses let it through; it was held back"
                                : error->text,
          gate != DISPATCH_OPEN);
    if (place && gate != DISPATCH_OPEN)
        check(result, "refused at", xstrdup(*place ? place : "the body as a whole"), error->text,
              gate == DISPATCH_REFUSED);
    decide_checks(result);
    if (result->outcome == OUTCOME_PASS)
        result->notes = xstrdup(error->text);
}

bool probe_result_gate(struct probe_result *result, enum dispatch_gate gate,
                       const struct error *error)
{
    bool wanted = result->plan_case->probe->expect.refused;

    if (gate == DISPATCH_OPEN && !wanted)
        return true;
    if (wanted && gate != DISPATCH_SHUT)
        judge_refusal(result, gate, error);
    else
        probe_result_unsent(result, error);
    return false;
}

void probe_result_give_up(struct probe_result *result, enum outcome outcome, const char *format,
                          ...)
{
    struct bytes note;
    va_list args;

    forget(result);
    bytes_init(&note, NOTE_MAX);
    va_start(args, format);
    bytes_vprintf(&note, format, args);
    va_end(args);
    result->outcome = outcome;
    result->notes = bytes_take(&note);
}

enum finding probe_result_finding(const struct probe_result *result)
{
    if (result->outcome == OUTCOME_FAIL)
        return FINDING_UNEXPECTED;
    if (result->outcome != OUTCOME_PASS || result->verdict == NULL)
        return FINDING_NONE;
    if (result->documented != IS_YES)
        return FINDING_NOT_DOCUMENTED;
    if (result->handled == IS_UNKNOWN)
        return FINDING_OPEN;
    return result->handled == IS_YES ? FINDING_HANDLED : FINDING_NOT_HANDLED;
}
