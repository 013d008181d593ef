/*
 * Drafts that outlive the console: LOCAL/drafts/NAME.json, and which of them is open.
 *
 * {"version": 1, "operation": "chat", "bodies": {"chat": {…}, "responses": {…}}}
 *
 * Files are written whole or not at all, for their owner alone. One that changed since it was read,
 * by another console, is left as it is (ERROR_CHANGED), and so is one that cannot be read.
 */
#ifndef UI_DRAFTS_H
#define UI_DRAFTS_H

#include "base/error.h"
#include "base/file.h"

#include <stdbool.h>
#include <stdint.h>

struct contract;
struct draft_edit;
struct redactor;

enum { DRAFT_NAME_MAX = 64 };

/* Letters, digits, ".", "_" and "-", not "." first; else false with `error`. */
bool draft_name_check(const char *name, struct error *error);

bool drafts_exist(const char *local, const char *name);

/* When it was written last, and its length. False: there is none. */
bool drafts_look(const char *local, const char *name, int64_t *changed_ms, uint64_t *size);

/* NULL with `error`: there is none, or it cannot be read ("FILE:LINE:COLUMN: …"). */
struct draft_edit *drafts_load(const char *local, const char *name, const struct contract *contract,
                               struct file_stamp *seen, struct error *error);

/*
 * What `redactor` (NULL: none) takes for a key is kept replaced. `seen` is what drafts_load() or
 * the last save gave; a new draft has seen no file.
 */
bool drafts_save(const char *local, const char *name, const struct draft_edit *draft,
                 const struct redactor *redactor, struct file_stamp *seen, struct error *error);

/* `to` must not exist. One that was never saved has no file: nothing happens. */
bool drafts_rename(const char *local, const char *name, const char *to, struct error *error);
bool drafts_delete(const char *local, const char *name, struct error *error);

/* The one that was open last; allocated, NULL when there is none. */
char *drafts_current(const char *local);
bool drafts_set_current(const char *local, const char *name, struct error *error);

/* Every name there is, in no order. */
void drafts_each(const char *local, void (*found)(void *context, const char *name), void *context);

#endif
