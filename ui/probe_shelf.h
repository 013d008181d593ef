/*
 * What there is to probe with: the library of probes and suites and the retry policy, as the files
 * were when it was read. Who works with a probe of it holds the shelf, so that the files can be
 * read anew meanwhile.
 */
#ifndef UI_PROBE_SHELF_H
#define UI_PROBE_SHELF_H

#include "base/error.h"

struct library;
struct probe_shelf;
struct retry_policy;

/* `folder` of the workspace, NULL: what is shipped alone. NULL: a file cannot be used. */
struct probe_shelf *probe_shelf_open(const char *folder, struct error *error);

/* One more who holds it; it goes with the last. */
struct probe_shelf *probe_shelf_hold(struct probe_shelf *shelf);
void probe_shelf_drop(struct probe_shelf *shelf); /* NULL is fine */

const struct library *probe_shelf_library(const struct probe_shelf *shelf);
const struct retry_policy *probe_shelf_policy(const struct probe_shelf *shelf);

#endif
