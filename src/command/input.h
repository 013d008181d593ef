/*
 * A file that the command line names; "-" is standard input.
 */
#ifndef COMMAND_INPUT_H
#define COMMAND_INPUT_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct bytes;

/* As file_read(). `out` is initialised by the call; released by the caller when true. */
bool input_read(const char *path, size_t max, struct bytes *out, struct error *error);

#endif
