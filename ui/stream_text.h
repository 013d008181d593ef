/*
 * What Stream shows of an exchange, as text: pure, from the exchange's state. What is composed of
 * several parts must pass the redactor before it is shown.
 */
#ifndef UI_STREAM_TEXT_H
#define UI_STREAM_TEXT_H

#include "evidence/exchange.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes;

/*
 * The text of the first choice is all there is to show, as far as is known: `state->text` can be
 * shown as it stands, while it grows. Otherwise stream_text_answer() composes the parts.
 */
bool stream_text_is_plain(const struct exchange_state *state);

/* Bodies came, and by policy none of them is here: nothing can be said of them anew. */
bool stream_text_is_gone(const struct exchange_state *state);

/* Every choice with its parts, tool calls, refusals, errors. */
void stream_text_answer(const struct exchange_state *state, struct bytes *out);

/*
 * The request as it was sent, its key by the name of its source; status line, headers, trailers.
 * `sent` NULL: what else was sent than method and URL is not known any more.
 */
void stream_text_headers(const struct exchange_state *state, const struct capture_header *sent,
                         struct bytes *out);

/* "note NAME, event 3, byte 120": the line that a reason begins with. */
void stream_text_reason(const struct reason *reason, struct bytes *out);

/* Verdict, every reason with its meaning, what to do, evidence; `differs` may be NULL. */
void stream_text_reasons(const struct exchange_state *state, const char *differs,
                         struct bytes *out);

/* "finish stop", "finish stop, length" of several choices, "no finish reason" in an event stream.
 */
void stream_text_finish(const struct exchange_state *state, struct bytes *out);

/* "tokens 5 in, 7 out", "no usage" */
void stream_text_usage(const struct exchange_state *state, struct bytes *out);

/* "headers 12 ms  first byte …  total …" as far as known. */
void stream_text_timings(const struct exchange_state *state, struct bytes *out);

/* "1.24 s", "12 ms" */
void stream_text_duration(struct bytes *out, int64_t us);

/* "1,204 bytes", "58.9 MB" */
void stream_text_size(struct bytes *out, uint64_t size);

#endif
