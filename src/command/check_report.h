/*
 * The report of `check`, in every format: text for people, TAP and JUnit XML for what runs tests,
 * JSON for programs, Markdown for the summary of a forge's job, JSON
 * Lines for a log. Pure: from results to bytes.
 */
#ifndef COMMAND_CHECK_REPORT_H
#define COMMAND_CHECK_REPORT_H

#include "command/options.h"
#include "probe/runner.h"

struct bytes;
struct canary;
struct json;
struct profile;
struct reviews;

/* A run that ended; all of it borrowed. */
struct check_run {
    const char *id; /* "run-20261121T111723Z-7f3a" */
    int64_t began_ms;
    int64_t took_us;
    const struct profile *profile;
    const char *base_alias;
    const char *policy_version; /* of the retry policy */
    const struct plan *plan;
    const struct runner *runner;
    const struct reviews *reviews; /* what people say of its cases; NULL: nothing */
    const struct library *library; /* tells which of them no probe makes any more; may be NULL */
    bool interrupted;
    bool verbose;       /* the text tells of what passed as much as of what did not */
    size_t told;        /* so many cases of the text were shown already: it begins behind them */
    const char *alerts; /* "alert: …" or "history: …", one a line: command/check_alerts.h */
};

/* Append the report; `check` has every format. */
void check_report(const struct check_run *run, enum format format, struct bytes *out);

/* One case of the text, with the title of its suite where that begins. */
void check_text_case(const struct check_run *run, size_t index, struct bytes *out);

/* One line for standard error: what came of it. */
void check_summary(const struct check_run *run, struct bytes *out);

/* The name of the suite of a case; that of the probe when it was asked for by its id. */
const char *check_suite_name(const struct plan_case *plan_case);

/* {"name", "origin", "replaces_shipped"} of the suite of a case. */
struct json *check_suite_json(const struct plan_case *plan_case);

/* Whether what came of it is the simulator's, or would be; and how every format says so. */
bool check_simulated(const struct check_run *run, const struct probe_result *result);
extern const char check_simulated_note[]; /* "simulated: no evidence about the API" */

/* "routing yes, authentication yes, …; finish stop": on one line. */
void check_canary(const struct canary *canary, struct bytes *out);

/* Private to the formats. */
void check_text(const struct check_run *run, struct bytes *out);
void check_tap(const struct check_run *run, struct bytes *out);
void check_junit(const struct check_run *run, struct bytes *out);
void check_json(const struct check_run *run, struct bytes *out);
void check_markdown(const struct check_run *run, struct bytes *out);
void check_jsonl(const struct check_run *run, struct bytes *out);

/* What the case itself changes against the contract, on one line; false, and nothing, for none. */
bool check_departure(const struct probe_result *result, struct bytes *out);

/* Whether the shape of the answer is that of the case's fixture, and what is new in it: lines. */
void check_fixture(const struct probe_result *result, const char *indent, struct bytes *out);

/* When the answer asks to be asked again: "to wait 30.00 s (retry-after)"; false, nothing: it does
 * not. */
bool check_asks(const struct probe_result *result, struct bytes *out);

/* "classes auth; fix-credentials …": what an operator does about a result that is no pass. */
const char *check_advice(const struct probe_result *result);

/* What a reader is told of a case that passed; NULL: nothing. */
const char *check_note(const struct probe_result *result);

/* What chose its class; NULL where nothing failed. */
const char *check_because(const struct probe_result *result);

#endif
