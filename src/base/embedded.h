/*
 * Files of share/ that are compiled in by share/embed.sh, so that the program works uninstalled.
 *
 * Each group is one array whose last row has no name; its owner declares it.
 */
#ifndef BASE_EMBEDDED_H
#define BASE_EMBEDDED_H

#include <stddef.h>

struct embedded {
    const char *name; /* relative to its folder in share/ */
    const char *data; /* NUL-terminated behind `len` */
    size_t len;
};

#endif
