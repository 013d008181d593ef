/*
 * What must hold for any bytes that a server sends: the verdict, its reasons and the answer do not
 * depend on the reads, and nothing is complete without the marker.
 */
#ifndef TESTS_FUZZ_JUDGE_PROPERTY_H
#define TESTS_FUZZ_JUDGE_PROPERTY_H

#include "contract/operation.h"

#include <stddef.h>
#include <stdint.h>

/* The first two bytes choose how the rest is cut and framed. Aborts where a property fails. */
void judge_property(enum operation operation, const uint8_t *data, size_t size);

#endif
