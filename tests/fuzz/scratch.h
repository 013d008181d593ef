/*
 * A folder with one file in it, for targets whose readers open files: what is fuzzed is its text.
 */
#ifndef TESTS_FUZZ_SCRATCH_H
#define TESTS_FUZZ_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The folder, after `data` was written to `name` in it ("probes/x.json"). Gone when it ends. */
const char *scratch_put(const char *name, const uint8_t *data, size_t size);

/*
 * It is an object of JSON, or one of few that are none: what is shipped is read with each file,
 * which costs more than to see that.
 */
bool scratch_is_worth_it(const uint8_t *data, size_t size);

/* Ends the program, for a fuzzer to see. */
void require(bool holds);

#endif
