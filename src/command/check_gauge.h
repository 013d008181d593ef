/*
 * What is seen of a run while it happens, on standard error: a line for each failure as soon as it
 * is known, and on a terminal a gauge below, redrawn in place and gone at the end. Where the report
 * follows on the same terminal it tells the failures, and the gauge counts them.
 */
#ifndef COMMAND_CHECK_GAUGE_H
#define COMMAND_CHECK_GAUGE_H

#include <stdbool.h>
#include <stddef.h>

struct check_gauge;
struct loop;
struct plan;
struct redactor;
struct runner;

/* All of it is borrowed. `report_follows`: on standard output. */
struct check_gauge *check_gauge_new(struct loop *loop, const struct plan *plan,
                                    const struct redactor *redactor, bool report_follows);

/* The result of a case moved on. The gauge follows soon, ten times a second at most. */
void check_gauge_changed(struct check_gauge *gauge, const struct runner *runner, size_t index);

/* Before something else is written to the terminal; it comes again with the next change. */
void check_gauge_clear(struct check_gauge *gauge);

/* Nothing of the gauge stays. NULL is nothing. */
void check_gauge_free(struct check_gauge *gauge);

#endif
