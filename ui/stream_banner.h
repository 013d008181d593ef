/*
 * The banner of Stream: where the exchange stands, or its headline, reasons and what a client that
 * trusts the end of the stream would have shown.
 */
#ifndef UI_STREAM_BANNER_H
#define UI_STREAM_BANNER_H

#include "evidence/exchange.h"
#include "ui/draw.h"

struct redactor;

/* Draw at most `rows` rows from the top; answers how many. `now_us` is monotonic. */
int stream_banner_draw(const struct exchange_state *state, const struct redactor *redactor,
                       int64_t now_us, const struct surface *surface, int rows);

#endif
