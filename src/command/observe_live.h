/*
 * What is seen while it happens, on standard error: on a terminal a table that is drawn anew in
 * place, elsewhere a line whenever something changed about a session.
 */
#ifndef COMMAND_OBSERVE_LIVE_H
#define COMMAND_OBSERVE_LIVE_H

#include "probe/observation.h"

struct loop;
struct observe_live;
struct redactor;

/* All of it is borrowed. */
struct observe_live *observe_live_new(struct loop *loop, const struct observation *observation,
                                      const struct redactor *redactor);
/* Something was taken in; shown soon, several times a second at most. */
void observe_live_changed(struct observe_live *live);
/* Shows what is not shown yet. NULL is nothing. */
void observe_live_free(struct observe_live *live);

#endif
