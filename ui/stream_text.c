#include "ui/stream_text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "net/transport.h"

enum { SENT_MAX = 1024 * 1024 }; /* of a request body that is shown */
enum { MILLISECOND = 1000, SECOND = 1000 * 1000, KILOBYTE = 1000, MEGABYTE = 1000 * 1000 };

void stream_text_duration(struct bytes *out, int64_t us)
{
    if (us < 10 * MILLISECOND)
        bytes_printf(out, "%.1f ms", (double)us / MILLISECOND);
    else if (us < SECOND)
        bytes_printf(out, "%" PRId64 " ms", us / MILLISECOND);
    else
        bytes_printf(out, "%.2f s", (double)us / SECOND);
}

void stream_text_size(struct bytes *out, uint64_t size)
{
    if (size < 10 * KILOBYTE)
        bytes_printf(out, "%" PRIu64 " bytes", size);
    else if (size < MEGABYTE)
        bytes_printf(out, "%.1f kB", (double)size / KILOBYTE);
    else
        bytes_printf(out, "%.1f MB", (double)size / MEGABYTE);
}

/* ---- the answer ---- */

bool stream_text_is_gone(const struct exchange_state *state)
{
    return state->unkept && judge_progress(state->judge)->bytes == 0;
}

bool stream_text_is_plain(const struct exchange_state *state)
{
    struct answer answer;
    const struct answer_choice *first;

    if (state->running)
        return true;
    judge_answer(state->judge, &answer);
    first = answer.choice_count == 1 ? &answer.choices[0] : NULL;
    return first && !first->refusal_len && !first->reasoning_len && !first->tool_call_count &&
           !answer.error_message;
}

static void add_part(struct bytes *out, const char *title, const char *text, size_t len)
{
    if (len == 0)
        return;
    if (title)
        bytes_printf(out, "[%s]\n", title);
    bytes_append(out, text, len);
    bytes_puts(out, "\n\n");
}

static void add_choice(struct bytes *out, const struct answer_choice *choice, bool several)
{
    if (several)
        bytes_printf(out, "[choice %" PRId64 ", finish %s]\n", choice->index,
                     choice->finish_reason ? choice->finish_reason : "none");
    add_part(out, "reasoning", choice->reasoning, choice->reasoning_len);
    add_part(out, choice->reasoning_len ? "answer" : NULL, choice->text, choice->text_len);
    add_part(out, "refusal", choice->refusal, choice->refusal_len);
    for (size_t i = 0; i < choice->tool_call_count; i++) {
        const struct answer_tool_call *call = &choice->tool_calls[i];

        bytes_printf(out, "[tool call %s%s%s]\n%s\n\n", call->name ? call->name : "without a name",
                     call->id ? " " : "", call->id ? call->id : "",
                     call->arguments ? call->arguments : "");
    }
}

void stream_text_answer(const struct exchange_state *state, struct bytes *out)
{
    struct answer answer;

    judge_answer(state->judge, &answer);
    for (size_t i = 0; i < answer.choice_count; i++)
        add_choice(out, &answer.choices[i], answer.choice_count > 1);
    if (answer.error_message)
        bytes_printf(out, "[error%s%s%s%s]\n%s\n", answer.error_type ? " type " : "",
                     answer.error_type ? answer.error_type : "", answer.error_code ? " code " : "",
                     answer.error_code ? answer.error_code : "", answer.error_message);
    if (out->len == 0)
        bytes_puts(out, stream_text_is_gone(state) ? "(no file keeps it)" : "(no text)");
}

/* ---- headers ---- */

static void add_headers(struct bytes *out, const struct http_headers *headers)
{
    for (size_t i = 0; i < headers->count; i++)
        bytes_printf(out, "%s: %s\n", headers->items[i].name, headers->items[i].value);
}

static void add_request(struct bytes *out, const struct capture_header *sent)
{
    const char *scheme = sent->auth_scheme ? sent->auth_scheme : "";

    add_headers(out, sent->headers);
    if (sent->auth_header) /* as "NAME: VALUE" the redactor would take its name as well */
        bytes_printf(out, "and the key %s in %s%s%s\n",
                     sent->key_alias ? sent->key_alias : "without a name", sent->auth_header,
                     *scheme ? " as " : "", scheme);
    if (!sent->body_kept)
        bytes_puts(out, "(its body is not kept, by policy)\n");
    else if (sent->body)
        bytes_printf(out, "\n%.*s\n", (int)(sent->body_len < SENT_MAX ? sent->body_len : SENT_MAX),
                     sent->body);
}

void stream_text_headers(const struct exchange_state *state, const struct capture_header *sent,
                         struct bytes *out)
{
    const struct http_result *result = state->result;

    bytes_printf(out, "%s %s\n", state->method, state->url);
    if (sent)
        add_request(out, sent);
    bytes_append_byte(out, '\n');
    if (!result || result->status == 0) {
        bytes_puts(out, state->running ? "(no answer yet)\n" : "(no status line came)\n");
        return;
    }
    bytes_printf(out, "HTTP/%s %d %s\n", result->version, result->status, result->reason);
    add_headers(out, &result->headers);
    bytes_printf(out, "\nframing: %s\n", framing_name(result->framing));
    if (result->trailers.count > 0) {
        bytes_puts(out, "\ntrailers:\n");
        add_headers(out, &result->trailers);
    }
}

/* ---- reasons ---- */

void stream_text_reason(const struct reason *reason, struct bytes *out)
{
    bytes_printf(out, "%s%s", reason_is_note(reason->code) ? "note " : "",
                 reason_name(reason->code));
    if (reason->event)
        bytes_printf(out, ", event %" PRIu64, reason->event);
    if (reason->offset != REASON_NOWHERE)
        bytes_printf(out, ", byte %" PRIu64, reason->offset);
}

static void add_reason(struct bytes *out, const struct reason *reason)
{
    stream_text_reason(reason, out);
    bytes_printf(out, "\n  %s\n", reason_meaning(reason->code));
    if (reason->detail[0])
        bytes_printf(out, "  %s\n", reason->detail);
    if (!reason_is_note(reason->code))
        bytes_printf(out, "  %s\n", reason_advice(reason->code));
    bytes_append_byte(out, '\n');
}

static void add_lines(struct bytes *out, const char *title, const char *lines)
{
    if (!lines || !*lines)
        return;
    bytes_printf(out, "%s\n  ", title);
    for (; *lines; lines++) {
        bytes_append_byte(out, *lines);
        if (*lines == '\n')
            bytes_puts(out, "  ");
    }
    bytes_puts(out, "\n\n");
}

static void add_evidence(struct bytes *out, const struct exchange_state *state)
{
    bytes_printf(out, "evidence %s%s%s%s\n", state->id,
                 state->simulated ? ", simulated: no evidence about the API" : "",
                 state->origin ? ", " : "", state->origin ? state->origin : "");
    if (state->capture)
        bytes_printf(out, "capture %s\n", state->capture);
    if (state->digest)
        bytes_printf(out, "sha256 %s\n", state->digest);
    if (state->trouble)
        bytes_printf(out, "not kept: %s\n", state->trouble);
}

void stream_text_reasons(const struct exchange_state *state, const char *differs, struct bytes *out)
{
    const struct verdict *verdict = state->verdict;
    char *naive;

    if (!verdict) {
        bytes_puts(out, "The verdict comes with the end.\n");
        return;
    }
    bytes_printf(out, "%s (%s)\n%s\n\n", verdict_headline(verdict->kind),
                 verdict_name(verdict->kind), verdict_meaning(verdict->kind));
    naive = stream_text_is_gone(state) ? NULL : judge_naive_reading(state->judge);
    if (naive)
        bytes_printf(out, "A client that trusts the end of the stream would have shown:\n  %s\n\n",
                     naive);
    free(naive);
    for (size_t i = 0; i < verdict->count; i++)
        add_reason(out, &verdict->reasons[i]);
    if (state->failure && strcmp(state->failure->class, "none") != 0)
        bytes_printf(out, "class %s, action %s\n  %s\n  %s\n\n", state->failure->class,
                     state->failure->action, state->failure->because, state->failure->advice);
    if (transport_advice(state->result))
        bytes_printf(out, "%s\n\n", transport_advice(state->result));
    add_lines(out, "rests on pending clauses", state->pending);
    add_lines(out, "differs from the contract", differs);
    add_lines(out, "not told by this recording", state->missing);
    add_evidence(out, state);
}

/* ---- timings ---- */

static void add_time(struct bytes *out, const char *name, int64_t us)
{
    if (us <= 0)
        return;
    bytes_printf(out, "%s%s ", out->len ? "   " : "", name);
    stream_text_duration(out, us);
}

static int64_t since(int64_t start_us, int64_t at_us)
{
    return at_us > 0 ? at_us - start_us : 0;
}

void stream_text_timings(const struct exchange_state *state, struct bytes *out)
{
    const struct http_timings *timings = state->result ? &state->result->timings : NULL;

    if (timings) {
        add_time(out, "headers", since(timings->start_us, timings->headers_us));
        add_time(out, "first byte", since(timings->start_us, timings->first_byte_us));
    }
    add_time(out, "first token", state->first_token_us);
    if (timings)
        add_time(out, "total", since(timings->start_us, timings->end_us));
}

/* ---- what the answer says of itself ---- */

void stream_text_finish(const struct exchange_state *state, struct bytes *out)
{
    struct answer answer;
    const char *before = "finish ";

    judge_answer(state->judge, &answer);
    for (size_t i = 0; i < answer.choice_count; i++) {
        if (!answer.choices[i].finish_reason)
            continue;
        bytes_printf(out, "%s%.40s", before, answer.choices[i].finish_reason);
        before = ", ";
    }
    if (before[0] != ',' && judge_progress(state->judge)->event_stream)
        bytes_puts(out, "no finish reason");
}

void stream_text_usage(const struct exchange_state *state, struct bytes *out)
{
    struct answer answer;

    judge_answer(state->judge, &answer);
    if (!answer.usage)
        bytes_puts(out, "no usage");
    else if (answer.input_tokens >= 0 && answer.output_tokens >= 0)
        bytes_printf(out, "tokens %" PRId64 " in, %" PRId64 " out", answer.input_tokens,
                     answer.output_tokens);
    else
        bytes_puts(out, "usage without counts");
}
