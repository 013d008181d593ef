/*
 * Findings that a team accepts: the member `scan` of cometdeck.json,
 * {"allow": [{"path": GLOB, "kind": KIND, "reason": TEXT}, …]}.
 *
 * All three are needed. The path counts from the workspace; `*` goes through folders too. A key is
 * accepted in one named file only, without a pattern.
 */
#ifndef SCAN_ALLOW_H
#define SCAN_ALLOW_H

#include "base/error.h"
#include "scan/sought.h"

#include <stdbool.h>
#include <stddef.h>

struct allow_rule {
    char *path;
    enum scan_kind kind;
    char *reason;
    size_t used;
};

struct allow {
    struct allow_rule *rules;
    size_t count;
};

enum { ALLOW_MAX = 1000 };

/* Of the workspace in `folder`, which may be NULL. Release it in any case. */
bool allow_read(struct allow *allow, const char *folder, struct error *error);

/* The same from the text of the file. */
bool allow_parse(struct allow *allow, const char *name, const char *text, size_t len,
                 struct error *error);
void allow_release(struct allow *allow);

/* The first rule for it, which counts this use; NULL: none. `path` is relative to the workspace. */
const struct allow_rule *allow_find(struct allow *allow, const char *path, enum scan_kind kind);

#endif
