/*
 * Random text that tries to leave its columns: wide, combining, joined, right-to-left, overriding,
 * hidden and invalid. The same for the same seed.
 */
#ifndef TESTS_SCREEN_ODD_TEXT_H
#define TESTS_SCREEN_ODD_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct bytes;

struct odd_text {
    uint64_t state; /* the seed, not 0 */
};

/* 0 to `below` - 1. */
size_t odd_number(struct odd_text *odd, size_t below);

/* Append up to `pieces` pieces. */
void odd_bytes(struct odd_text *odd, size_t pieces, struct bytes *out);

/* The same as the inside of a JSON string: all of it arrives as a server would send it. */
void odd_json(struct odd_text *odd, size_t pieces, struct bytes *out);

/* Without line ends, NUL and pipes: for headers, prompts and cells. */
void odd_line(struct odd_text *odd, size_t pieces, struct bytes *out);

#endif
