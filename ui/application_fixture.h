/*
 * Keeping an answer as a fixture of the workspace (D29): fixtures/OPERATION/NAME.json, see
 * evidence/fixture_keep.h. Part of the application.
 */
#ifndef UI_APPLICATION_FIXTURE_H
#define UI_APPLICATION_FIXTURE_H

#include "base/error.h"

#include <stdbool.h>

struct application;

/*
 * `words`: "NAME", or "NAME text" so that what was said stays in it. Asks before one that is there
 * is replaced, and says what became of it. False with `error` where nothing can be kept.
 */
bool application_keep_fixture(struct application *application, const char *capture,
                              const char *words, struct error *error);

/* The same of what Stream shows. */
bool application_keep_shown(struct application *application, const char *words,
                            struct error *error);

#endif
