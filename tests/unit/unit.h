/* cmocka with the headers it wants before its own. */
#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

/* A program without which nothing here can be tried: where it is missing all is skipped, in TAP. */
static inline void unit_need(const char *program)
{
    char look[64];

    snprintf(look, sizeof(look), "command -v %s >/dev/null 2>&1", program);
    if (system(look) == 0)
        return;
    printf("1..0 # SKIP %s is not installed\n", program);
    exit(EXIT_SUCCESS);
}

#endif
