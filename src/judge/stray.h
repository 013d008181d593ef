/*
 * Lines of an event stream that are no fields, where failures hide: an `error:` field, or bare JSON
 * over one or several lines. Decoders drop them in silence.
 */
#ifndef JUDGE_STRAY_H
#define JUDGE_STRAY_H

#include "judge/account.h"

/* Zeroed means nothing is begun. */
struct stray {
    struct bytes json; /* lines that may become one JSON value */
    unsigned tries;    /* how often they were read already */
};

void stray_release(struct stray *stray);

/* One whole line; what it shows is found at account->offset. */
void stray_take(struct stray *stray, struct account *account, const char *line, size_t len);

#endif
