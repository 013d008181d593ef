/*
 * The probes and suites there are: those that come with the product (share/probes, compiled in)
 * and a workspace's own, FOLDER/probes/?.json. An id of the workspace replaces the shipped one,
 * whoever shows its results says so (`replaces`): refusing it would break a workspace whenever a
 * newer cometdeck ships an id that it has.
 *
 * A file: {"$schema": …, "version": 1, "probes": [probe, …], "suites": [{"id", "title",
 * "requests_max", "probes": [ID, …]}, …]}.
 */
#ifndef PROBE_LIBRARY_H
#define PROBE_LIBRARY_H

#include "probe/probe.h"

#include <stddef.h>

/* No cap is said: it is what its cases can send in the worst case of the retry policy. */
enum { SUITE_BY_POLICY = -1 };

struct suite {
    const char *id;
    const char *title;
    int requests_max;          /* of one run, retries included (D38); SUITE_BY_POLICY: see there */
    struct probe_words probes; /* ids, in the order of the run */
    const char *origin;        /* as in struct probe */
    bool replaces;
    const struct json_file *file; /* where it stands, for messages */
    const struct json *json;
};

struct library;

/*
 * `folder` NULL: what is shipped alone. Every fault is ERROR_FILE with file, line and column: a
 * malformed file, an unknown member, an id twice in the workspace, a suite that names a probe that
 * does not exist. Files are read in the order of their names.
 */
struct library *library_open(const char *folder, bool (*is_scenario)(const char *name),
                             struct error *error);

/*
 * The same for people, who see what is said: of the workspace every file that cannot be used is
 * left out whole, so that one does not take the others with it.
 */
struct library *library_open_usable(const char *folder, bool (*is_scenario)(const char *name),
                                    struct error *error);

/* What is wrong with the files that were left out, a line each; "" for none. */
const char *library_left_out(const struct library *library);

void library_free(struct library *library);

size_t library_probe_count(const struct library *library);
const struct probe *library_probe(const struct library *library, size_t index);
const struct probe *library_find_probe(const struct library *library, const char *id); /* or NULL */

size_t library_suite_count(const struct library *library);
const struct suite *library_suite(const struct library *library, size_t index);
const struct suite *library_find_suite(const struct library *library, const char *id); /* or NULL */

#endif
