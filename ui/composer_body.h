/*
 * The body in Composer: the lines of its tree, and the requests that fold, move and edit it.
 */
#ifndef UI_COMPOSER_BODY_H
#define UI_COMPOSER_BODY_H

#include "ui/request.h"

#include <stdbool.h>
#include <stddef.h>

struct application;
struct composer_body;
struct json_tree;

struct composer_body *composer_body_new(struct application *application);
void composer_body_free(struct composer_body *body);

/* Lay the tree out for the draft as it is; no lines when the operation sends no body. */
void composer_body_show(struct composer_body *body);
struct json_tree *composer_body_tree(const struct composer_body *body);

/* Where an edit moved the cursor; after composer_body_show(). False: nowhere. */
bool composer_body_take_wanted(struct composer_body *body, size_t *line);

/* The text at `pointer` in the user's editor: it has several lines. */
void composer_body_edit_text(struct composer_body *body, const char *pointer);

/*
 * Answer a request as a pane does (flags of enum effect). `here`: the cursor is in the body, on
 * `*line`; otherwise only what needs no line is answered. `*line` receives where the cursor goes
 * while the body stays as it is; after an edit composer_body_take_wanted() tells.
 */
unsigned composer_body_request(struct composer_body *body, const struct request_call *call,
                               bool here, size_t *line);

#endif
