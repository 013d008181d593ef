/*
 * What Stream shows of an exchange, as text: pure, from the exchange's state.
 */
#ifndef UI_STREAM_TEXT_H
#define UI_STREAM_TEXT_H

#include "evidence/exchange.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes;

/*
 * The text of the answer that can be shown as it stands in the judge's memory, while it grows: of
 * the first choice. False when the answer has more parts: stream_text_answer() composes them.
 */
bool stream_text_plain(const struct exchange_state *state, const char **text, size_t *len);

/* Every choice with its parts, tool calls, refusals, errors. */
void stream_text_answer(const struct exchange_state *state, struct bytes *out);

/* Request line, status line, headers, trailers. */
void stream_text_headers(const struct exchange_state *state, struct bytes *out);

/* Verdict, every reason with its meaning, what to do, evidence; `differs` may be NULL. */
void stream_text_reasons(const struct exchange_state *state, const char *differs,
                         struct bytes *out);

/* "headers 12 ms  first byte …  tokens 5 in, 7 out" as far as known. */
void stream_text_timings(const struct exchange_state *state, struct bytes *out);

/* "1.24 s", "12 ms" */
void stream_text_duration(struct bytes *out, int64_t us);

/* "1,204 bytes", "58.9 MB" */
void stream_text_size(struct bytes *out, uint64_t size);

#endif
