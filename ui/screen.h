/*
 * What is on the screen: the frame around panes, their focus, tabs, status and hint line, overlays.
 *
 * Marks what must be drawn anew and draws it once a frame; an event from the network never moves
 * the focus.
 */
#ifndef UI_SCREEN_H
#define UI_SCREEN_H

#include "ui/application.h"
#include "ui/keymap.h"
#include "ui/pane.h"
#include "ui/prompt.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes;
struct picker;
struct screen;

/* Application and keymap are borrowed. */
struct screen *screen_new(struct application *application, const struct keymap *keymap, bool ascii);
void screen_free(struct screen *screen);

void screen_resize(struct screen *screen, int rows, int columns);

/* Learn the colours of the running terminal; needed before screen_draw() may paint. */
void screen_use_terminal(struct screen *screen, bool colour);

/* Something of the model changed: the panes that show it are drawn with the next frame. */
void screen_changed(struct screen *screen, unsigned topics);
void screen_redraw(struct screen *screen); /* everything, the terminal included */
bool screen_is_dirty(const struct screen *screen);

/* Which section of the keymap holds: the focused pane's. */
const char *screen_section(const struct screen *screen);
const struct pane_ops *screen_focused(const struct screen *screen); /* the pane with the focus */
const struct hint *screen_hints(const struct screen *screen);       /* what matters in it now */

/*
 * A list to choose from over all panes; taken over. It goes when another takes its place, when a
 * pane gets the focus, by `back`, or by screen_drop_picker(). NULL: there is none.
 */
void screen_show_picker(struct screen *screen, struct picker *picker);
struct picker *screen_picker(const struct screen *screen);
void screen_drop_picker(struct screen *screen);

/*
 * Offer a request to the overlay if there is one, the focused pane, the owner, then to the screen
 * itself (panes, focus, messages). Flags of enum effect: UNHANDLED is the console's to answer.
 */
bool screen_invite(struct screen *screen); /* see pane.h; false under an overlay */
unsigned screen_request(struct screen *screen, const struct request_call *call);

/* The user's act leads there; `back` returns to where the focus was. */
void screen_visit(struct screen *screen, size_t pane);

/*
 * The pointer was pressed at a place of the screen: the tab, pane and row there get the focus and
 * the cursor. True when that asks for something: `call` is what a key of the hint line does, or
 * what Enter does when it was the `second` press on a row.
 */
bool screen_point(struct screen *screen, int row, int column, bool second,
                  struct request_call *call);

/* Scroll what stands at a place; the focus stays where it is. */
void screen_scroll(struct screen *screen, int row, int column, const struct request_call *call);

/* A part of the focused pane as text (pane.h); false when there is nothing of it. */
bool screen_text(struct screen *screen, enum pane_part part, struct pane_text *text);

/* Draw what is dirty. `prompt` NULL: none is open. `paint` false: only into memory (tests). */
void screen_draw(struct screen *screen, const struct prompt_view *prompt, bool paint);

/* As text, for screen-dump and tests. */
bool screen_dump(struct screen *screen, struct bytes *out);

/* Let panes keep what is unsaved; answers when to call again, INT64_MAX: after a change. */
int64_t screen_keep(struct screen *screen, int64_t now_us);

/* A pane that has caught up with the model: the only way to call what looks at that. */
struct pane *screen_pane(const struct screen *screen, size_t pane);

/*
 * The first pane with something unsaved, as a phrase, or NULL; and a last chance to keep it: `said`
 * receives lines for the user, to be shown when the terminal is given back.
 */
const char *screen_unsaved(const struct screen *screen);
void screen_rescue(struct screen *screen, struct bytes *said);

#endif
