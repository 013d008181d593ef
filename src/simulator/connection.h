/*
 * One client of the simulator: reads requests, plays their scenes, ends as the scene says.
 *
 * Never blocks: the server tells it what the socket is ready for and what time it is. A client that
 * reads slowly fills its own queue and no other.
 */
#ifndef SIMULATOR_CONNECTION_H
#define SIMULATOR_CONNECTION_H

#include "simulator/route.h"

#include <stdbool.h>
#include <stdint.h>

struct connection;
struct observer;

/* What all connections of a server share. */
struct connection_env {
    struct route route;
    int pace_ms;
    bool quiet;
    struct observer *observer; /* NULL: nobody watches */
};

/* Takes over `fd`, which does not block. `env` outlives it. */
struct connection *connection_new(int fd, struct connection_env *env, int64_t now_us);
void connection_free(struct connection *connection);

/* What it waits for: poll(2) events, and a time (INT64_MAX: none). */
int connection_fd(const struct connection *connection);
short connection_events(const struct connection *connection);
int64_t connection_due_us(const struct connection *connection);

/* Go on as far as possible without waiting; false when it is over and may be freed. */
bool connection_step(struct connection *connection, short ready, int64_t now_us);

#endif
