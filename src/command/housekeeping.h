/*
 * At the end of a verb that keeps evidence: what killed processes left unfinished long ago goes,
 * and a history that has outgrown the workspace's `retention` is told of, since a scheduler never
 * sees the console, which offers to remove it.
 */
#ifndef COMMAND_HOUSEKEEPING_H
#define COMMAND_HOUSEKEEPING_H

struct history;
struct redactor;
struct workspace;

/* Says both on standard error; takes a fraction of a second at most. */
void housekeeping(const struct workspace *workspace, struct history *history,
                  const struct redactor *redactor);

#endif
