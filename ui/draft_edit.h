/*
 * What Composer would send, while it is edited: an operation, and a body for each that sends one.
 *
 * The body is the truth. Model, prompt and streaming are views of it: reading them looks into the
 * body, setting them is an edit of it like any other, with its undo. A body begins as the canary of
 * its operation; another operation takes model, prompt and streaming over and keeps the rest of
 * its own.
 */
#ifndef UI_DRAFT_EDIT_H
#define UI_DRAFT_EDIT_H

#include "base/error.h"
#include "contract/operation.h"

#include <stdbool.h>

struct bytes;
struct contract;
struct draft_edit;
struct json;
struct json_edit;

/* Chat with streaming. `contract` outlives it; `model` NULL: none is chosen. */
struct draft_edit *draft_edit_new(const struct contract *contract, const char *model);
void draft_edit_free(struct draft_edit *draft); /* NULL is fine */

enum operation draft_edit_operation(const struct draft_edit *draft);
void draft_edit_set_operation(struct draft_edit *draft, enum operation operation);

/* Take a choice of an operation back, or make it again. False when it is not what was done
 * last. */
bool draft_edit_step_operation(struct draft_edit *draft, bool undo);

/* The body of the operation, NULL where it sends none. */
struct json_edit *draft_edit_body(const struct draft_edit *draft);

/* The body of any operation, NULL where it sends none or was not wanted yet. */
struct json_edit *draft_edit_body_of(const struct draft_edit *draft, enum operation operation);

/*
 * The operation with another body, taken over, without a way back to the one before; NULL leaves
 * the one it has, or gives it the canary.
 */
void draft_edit_put(struct draft_edit *draft, enum operation operation, struct json *body);

/* As it goes on the wire; the caller frees. NULL where nothing is sent. */
char *draft_edit_text(const struct draft_edit *draft);

/* It is the canary with another model at most: nothing of it is the user's text. */
bool draft_edit_is_canary(const struct draft_edit *draft);

/*
 * Views; with an operation that sends no body, those of the last one that does. Strings are valid
 * until the next change. NULL: no model is chosen, there is no place for a prompt.
 */
const char *draft_edit_model(const struct draft_edit *draft);
const char *draft_edit_prompt(const struct draft_edit *draft);
bool draft_edit_stream(const struct draft_edit *draft);

/* Where the prompt stands: the text of the last message of the user. False: nowhere. */
bool draft_edit_prompt_pointer(const struct draft_edit *draft, struct bytes *pointer);

/* False with `error` when the body has no place for it. `prompt` NULL or "": the canary's own. */
bool draft_edit_set_model(struct draft_edit *draft, const char *model, struct error *error);
bool draft_edit_set_prompt(struct draft_edit *draft, const char *prompt, struct error *error);
bool draft_edit_set_stream(struct draft_edit *draft, bool stream, struct error *error);

#endif
