/*
 * What may reach a terminal: text, and the sequences that curses is known to use. Anything else
 * would be a control byte that came from a server.
 */
#ifndef TESTS_SCREEN_RAW_H
#define TESTS_SCREEN_RAW_H

#include <stdbool.h>
#include <stddef.h>

struct raw_check {
    unsigned char pending[64]; /* the beginning of a sequence or character */
    size_t len;
    bool may_cancel; /* a sequence that was cut off is cancelled by CAN */
    char fault[256]; /* "" as long as all is well */
};

/* False from the first byte that must not be there on; `fault` tells it. */
bool raw_check(struct raw_check *check, const char *data, size_t len);

#endif
