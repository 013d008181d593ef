/*
 * A probe in Composer: its case stands in the place of the draft, which waits untouched until the
 * probe is dropped. What is edited meanwhile is the case; nothing of it is kept but by
 * application_keep_probe().
 */
#ifndef UI_APPLICATION_PROBE_H
#define UI_APPLICATION_PROBE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct application;
struct exchange_state;
struct json;
struct library;
struct plan_case;
struct retry_policy;

/*
 * Read from the files of the workspace as they are now; valid until the next call. A file of probes
 * that cannot be used is left out, which is said. NULL: a fault.
 */
const struct library *application_library(struct application *application, struct error *error);

/* The same without reading anew what was read before; NULL: it cannot be used. */
const struct library *application_known_library(struct application *application);

/* Read with it; NULL before. */
const struct retry_policy *application_retry_policy(const struct application *application);

/*
 * Of the cases of a probe the one that is nearest to what Composer shows. What stands there stays
 * where it cannot be loaded; a probe that was edited goes only after a yes, which is asked for.
 */
bool application_load_probe(struct application *application, const char *id, struct error *error);

/* The draft is back; false when no probe was there. */
bool application_drop_probe(struct application *application);

/* The case that stands in Composer, NULL: the draft does. */
const struct plan_case *application_probe_case(const struct application *application);

/* Its body before the probe's mutation, NULL: it has none that is a tree. */
const struct json *application_probe_before(const struct application *application);

/* A body that is sent as it stands and shown by its length alone; NULL: there is none. */
const char *application_probe_raw(const struct application *application, size_t *len);

/* Behind the name of a case that was edited, wherever it is told. */
#define PROBE_EDITED ", edited"

/* The case was edited since it was loaded. */
bool application_probe_edited(const struct application *application);

/*
 * Whether the profile in force would take the case of the probe that is shown: a production profile
 * takes nothing that is only pending (B17), which `error` then tells.
 */
bool application_probe_open(const struct application *application, struct error *error);

/* Send it; what came is judged by what the probe expects, which is said. */
bool application_send_probe(struct application *application, struct error *error);

/*
 * What stands in Composer as a probe of the workspace, in its probes/own.json. `expectation` is in
 * words: "4xx auth", "complete content", "unsent" (refused before); so are `tags`, which may be
 * empty: "B36 release errors.auth.status". ERROR_USAGE for an id that is there already, words that
 * cannot be read, and without a workspace.
 */
bool application_may_keep_probe(struct application *application, const char *id,
                                struct error *error);
bool application_keep_probe(struct application *application, const char *id, const char *title,
                            const char *tags, const char *expectation, struct error *error);

#endif
