/*
 * Captures of processes that were killed: LOCAL/captures/NAME.jsonl.ID.part. Each tells how far its
 * answer came (`judge` reads it), so it stays for a while; no row of the history knows of it, so
 * nothing else would ever remove it.
 */
#ifndef EVIDENCE_LEFTOVER_H
#define EVIDENCE_LEFTOVER_H

#include <stddef.h>
#include <stdint.h>

enum { LEFTOVER_DAYS = 7 };

/*
 * Remove those that nobody wrote to for LEFTOVER_DAYS before `now_ms`; answers how many. A folder
 * that cannot be read, or a file that cannot be removed, is left for another time.
 */
size_t leftover_sweep(const char *local, int64_t now_ms);

/*
 * How many there are that nobody writes any more: of each the process is gone, and its request may
 * have been billed. `*newest` is the path of the last one, the caller frees; NULL: there is none.
 */
size_t leftover_find(const char *local, char **newest);

#endif
