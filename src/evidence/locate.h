/*
 * Where the capture of an evidence id lies.
 */
#ifndef EVIDENCE_LOCATE_H
#define EVIDENCE_LOCATE_H

#include "base/error.h"

#include <stdbool.h>

struct workspace;

/*
 * `word` as the path of a capture, newly allocated: that of the id it is ("ev-…"), where it is kept
 * or was attached; a copy of any other word, and of a file by that name. NULL with ERROR_FILE for
 * an id of which this workspace has no capture.
 */
char *evidence_locate(const struct workspace *workspace, const char *word, struct error *error);

#endif
