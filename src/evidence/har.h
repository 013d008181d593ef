/*
 * A capture as HTTP Archive 1.2, for the tools that read that: browsers, proxies, importers.
 *
 * One entry. Text that JSON holds exactly stands as text, anything else as base64. What was
 * redacted stays so, and the key is its source's name. The end of a capture that is cut, or was
 * kept without bodies, is said in the entry's comment.
 */
#ifndef EVIDENCE_HAR_H
#define EVIDENCE_HAR_H

#include "base/error.h"

#include <stdbool.h>

struct bytes;
struct redactor;

/*
 * Append the archive of the capture `capture`, redacted once more by `redactor`, which may know a
 * key that whoever wrote the capture did not. False when it cannot be read or was changed.
 */
bool har_write(const char *capture, const struct redactor *redactor, struct bytes *out,
               struct error *error);

#endif
