#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

static int64_t system_monotonic_us(void *context)
{
    struct timespec now;

    (void)context;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t system_wall_ms(void *context)
{
    struct timespec now;

    (void)context;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static uint64_t system_random(void *context)
{
    uint64_t bits;

    (void)context;
    /* Up to 256 bytes getrandom() neither blocks for long nor answers short. */
    if (getrandom(&bits, sizeof(bits), 0) != (ssize_t)sizeof(bits))
        bits = (uint64_t)system_monotonic_us(NULL) * UINT64_C(0x9E3779B97F4A7C15);
    return bits;
}

const struct clock clock_system = {
    .monotonic_us = system_monotonic_us,
    .wall_ms = system_wall_ms,
    .random = system_random,
};

int64_t clock_now_us(const struct clock *clock)
{
    return clock->monotonic_us(clock->context);
}

int64_t clock_wall_ms(const struct clock *clock)
{
    return clock->wall_ms(clock->context);
}

uint64_t clock_random(const struct clock *clock)
{
    return clock->random(clock->context);
}

void clock_format(int64_t wall_ms, char text[static CLOCK_TEXT])
{
    time_t seconds = (time_t)(wall_ms / 1000);
    unsigned thousandths = (unsigned)(wall_ms % 1000);
    char whole[64];
    struct tm utc;

    gmtime_r(&seconds, &utc);
    strftime(whole, sizeof(whole), "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(whole + strlen(whole), 8, ".%03uZ", thousandths);
    memcpy(text, whole, CLOCK_TEXT - 1);
    text[CLOCK_TEXT - 1] = '\0';
}
