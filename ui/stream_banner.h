/*
 * The banner of Stream: where the exchange stands, or its headline, reasons and what a client that
 * trusts the end of the stream would have shown.
 */
#ifndef UI_STREAM_BANNER_H
#define UI_STREAM_BANNER_H

#include "evidence/exchange.h"
#include "ui/draw.h"

struct application;

/*
 * Draw at most `rows` rows from the top; answers how many. What is replayed is marked as that and
 * has no verdict; one that is hidden is not told.
 */
int stream_banner_draw(const struct application *application, const struct exchange_state *state,
                       const struct surface *surface, int rows);

#endif
