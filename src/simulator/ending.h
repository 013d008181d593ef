/*
 * How an answer of a scenario ends, as a client of it sees that.
 */
#ifndef SIMULATOR_ENDING_H
#define SIMULATOR_ENDING_H

#include <stdbool.h>

struct http_result;

/*
 * Whether `result` (NULL: none came) ended as the scenario ends: false for a simulator that died,
 * for limits that a slow machine ran into, and for a name that no scenario has.
 */
bool scenario_ended_so(const char *name, const struct http_result *result);

#endif
