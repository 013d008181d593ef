#include "evidence/report.h"

#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/redact.h"
#include "evidence/timeline.h"
#include "judge/verdict.h"

#include <stdlib.h>
#include <string.h>

/* Redacted, and with U+FFFD in the place of NUL, which no JSON library of C keeps. */
static struct json *text_json(const struct redactor *redactor, const char *text, size_t len)
{
    char *copy = xmemdup0(text, len), *nul;
    struct bytes shown;
    struct json *json;
    size_t at = 0;

    redact(redactor, copy, len);
    bytes_init(&shown, 3 * len);
    while ((nul = memchr(copy + at, '\0', len - at))) {
        bytes_append(&shown, copy + at, (size_t)(nul - copy) - at);
        bytes_puts(&shown, "\xEF\xBF\xBD");
        at = (size_t)(nul - copy) + 1;
    }
    bytes_append(&shown, copy + at, len - at);
    json = json_new_string_n(bytes_text(&shown), shown.len);
    bytes_release(&shown);
    free(copy);
    return json;
}

static struct json *string_json(const struct redactor *redactor, const char *text)
{
    return text && *text ? text_json(redactor, text, strlen(text)) : json_new_null();
}

static struct json *reasons_json(const struct redactor *redactor, const struct verdict *verdict)
{
    struct json *list = json_new_array();

    for (size_t i = 0; i < verdict->count; i++) {
        const struct reason *reason = &verdict->reasons[i];
        struct json *json = json_new_object();

        json_set_string(json, "code", reason_name(reason->code));
        json_set(json, "detail", text_json(redactor, reason->detail, strlen(reason->detail)));
        json_append(list, json);
    }
    return list;
}

static struct json *finish_reasons_json(const struct redactor *redactor,
                                        const struct answer *answer)
{
    struct json *list = json_new_array();

    for (size_t i = 0; i < answer->choice_count; i++)
        json_append(list, string_json(redactor, answer->choices[i].finish_reason));
    return list;
}

/* Milliseconds; null for what did not happen. */
static void set_time(struct json *json, const char *name, bool happened, int64_t us)
{
    json_set(json, name, happened ? json_new_real((double)us / 1000) : json_new_null());
}

static struct json *timings_json(const struct http_timings *timings,
                                 const struct timeline *timeline)
{
    const struct {
        const char *name;
        int64_t at_us;
    } phases[] = {
        {"resolved", timings->resolved_us}, {"connected", timings->connected_us},
        {"tls", timings->tls_us},           {"sent", timings->sent_us},
        {"headers", timings->headers_us},   {"first_byte", timings->first_byte_us},
    };
    struct json *json = json_new_object();

    for (size_t i = 0; i < sizeof(phases) / sizeof(*phases); i++)
        set_time(json, phases[i].name, phases[i].at_us != 0, phases[i].at_us - timings->start_us);
    set_time(json, "first_token", timeline->first_us != 0, timeline->first_us);
    set_time(json, "longest_gap", timeline->longest_gap_us != 0, timeline->longest_gap_us);
    set_time(json, "total", timings->end_us != 0, timings->end_us - timings->start_us);
    return json;
}

struct json *report_json(const struct report *report, const struct redactor *redactor)
{
    const struct http_result *result = report->result;
    struct json *json = json_new_object(), *usage;
    const struct answer_choice none = {.text = ""}, *choice = &none;
    struct answer answer;

    judge_answer(report->judge, &answer);
    if (answer.choice_count)
        choice = &answer.choices[0];
    usage = answer.usage ? json_parse(answer.usage, strlen(answer.usage), "usage", NULL) : NULL;
    json_set_string(json, "verdict", verdict_name(report->verdict->kind));
    json_set_string(json, "headline", verdict_headline(report->verdict->kind));
    json_set(json, "reasons", reasons_json(redactor, report->verdict));
    json_set_string(json, "operation", operation_name(report->operation));
    json_set(json, "model", string_json(redactor, report->model ? report->model : answer.model));
    json_set(json, "http_status",
             result->status ? json_new_integer(result->status) : json_new_null());
    json_set_string(json, "framing", framing_name(result->framing));
    json_set(json, "curl", result->curl >= 0 ? json_new_integer(result->curl) : json_new_null());
    json_set(json, "text",
             choice->text ? text_json(redactor, choice->text, choice->text_len)
                          : json_new_string(""));
    json_set(json, "finish_reasons", finish_reasons_json(redactor, &answer));
    json_set(json, "usage", usage ? usage : json_new_null());
    json_set(json, "timings_ms", timings_json(&result->timings, report->timeline));
    json_set_string(json, "class", report->failure->class);
    json_set_string(json, "action", report->failure->action);
    json_set_string(json, "rule", report->failure->rule);
    json_set_string(json, "because", report->failure->because);
    json_set(json, "evidence_id", string_json(redactor, report->id));
    return json;
}
