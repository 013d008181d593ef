/*
 * Time and chance, passed in so that tests hold them.
 *
 * Monotonic time is in microseconds from an arbitrary start and never goes back; wall time is in
 * milliseconds since 1970-01-01 UTC. Whoever needs either takes a `const struct clock *`.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

struct clock {
    int64_t (*monotonic_us)(void *context);
    int64_t (*wall_ms)(void *context);
    uint64_t (*random)(void *context); /* 64 unpredictable bits */
    void *context;
};

/* The machine's own. */
extern const struct clock clock_system;

int64_t clock_now_us(const struct clock *clock);
int64_t clock_wall_ms(const struct clock *clock);
uint64_t clock_random(const struct clock *clock);

enum { CLOCK_TEXT = 25 };

/* "2026-11-21T11:17:23.456Z" into `text`, always CLOCK_TEXT bytes with the NUL. */
void clock_format(int64_t wall_ms, char text[static CLOCK_TEXT]);

#endif
