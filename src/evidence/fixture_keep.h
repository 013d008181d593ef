/*
 * A capture becomes a fixture of the workspace (D29 D6).
 *
 * Of the headers those stay that framing, content and limits rest on; nothing of the request but
 * what the readers must know of it (stream, choices, tools that may be called without arguments,
 * the model). What was said is replaced (evidence/sanitize) unless the text is asked for. A fixture
 * is only written when it replays to what the capture is judged, and the whole file has passed
 * the redactor.
 */
#ifndef EVIDENCE_FIXTURE_KEEP_H
#define EVIDENCE_FIXTURE_KEEP_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct class_table;
struct file_ops;
struct redactor;
struct workspace;

/* All borrowed. */
struct fixture_keep {
    const struct workspace *workspace; /* with a folder */
    const char *capture;               /* its path */
    const char *name;                  /* "ready" or "chat/ready" */
    bool with_text;                    /* refused where the policy `bodies` is never */
    bool replace;                      /* one that is there already */
    size_t body_max;                   /* of a body that is kept; 0: FIXTURE_MAX / 2 */
    int64_t wall_ms;                   /* now */
    const struct redactor *redactor;
    const struct class_table *classes; /* NULL: the shipped ones */
    const struct file_ops *ops;        /* NULL: the machine's */
};

/*
 * `*path` is newly allocated, NULL on false. ERROR_USAGE for a name that is none or of another
 * operation than the capture, for one that is there already, and for what the policy forbids;
 * ERROR_FILE for a capture that was cut, changed, or keeps no bodies, and where its body is larger
 * than a fixture may be.
 */
bool fixture_keep(const struct fixture_keep *keep, char **path, struct error *error);

/* Where it would be written, from the first line of the capture; the caller frees. NULL: `error`.
 */
char *fixture_target(const struct fixture_keep *keep, struct error *error);

#endif
