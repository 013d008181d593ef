/*
 * What observations on record say about scenarios: whether the reviewed integration handles them
 * (E36 E37). Our own handling proves nothing about it.
 */
#ifndef PROBE_OBSERVED_H
#define PROBE_OBSERVED_H

#include "probe/probe.h"
#include "probe/result.h"

#include <stdint.h>

struct observed;

enum { OBSERVED_DAYS_MAX = 90 }; /* older ones are stale */

/*
 * The records of FOLDER/observations/; `folder` NULL, or without that folder: none. One that cannot
 * be read, or whose digest is not its own, answers nothing and is named in observed_warnings(), as
 * a folder that cannot be read is.
 * `policy` is the version of the retry policy in force (NULL: any will do): what was judged by
 * another one is stale.
 */
struct observed *observed_open(const char *folder, const char *policy, int64_t wall_ms);
void observed_free(struct observed *observed); /* NULL is nothing */

/* A line each; NULL: nothing to say. */
const char *observed_warnings(const struct observed *observed);

/*
 * The newest observation of each scenario decides: no where one is not handled, yes where all are,
 * else unknown, as for none. `*by` is newly allocated, for people: ids of observations and what
 * they lack; NULL when there is nothing to say.
 */
enum tristate observed_answer(const struct observed *observed, const struct probe_words *scenarios,
                              char **by);

#endif
