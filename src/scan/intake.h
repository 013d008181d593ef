/*
 * The text of a file in pieces, read once: UTF-16 with a byte order mark becomes UTF-8, what holds
 * a NUL in its first 8 KiB is none.
 */
#ifndef SCAN_INTAKE_H
#define SCAN_INTAKE_H

#include <stddef.h>
#include <stdint.h>

enum intake_result {
    INTAKE_READ,
    INTAKE_BINARY,
    INTAKE_FAILED, /* with errno; what was read until then was handed on */
};

/* `*bytes` grows by what was read. */
enum intake_result intake(int fd, void (*piece)(void *context, const char *data, size_t len),
                          void *context, uint64_t *bytes);

#endif
