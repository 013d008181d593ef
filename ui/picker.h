/*
 * A list over all panes that is filtered while one types and of which one line is chosen: help, the
 * palette, and what a command of it takes. Pure: who shows it feeds the filter and the moving.
 *
 * A row has three cells, `lead | text | tail`; headings stand between rows as long as nothing is
 * typed. With a filter the rows are ranked by ui/fuzzy.h over the cells that are matched, and what
 * hardly matches, its characters strewn over a sentence, is left out where something matches well.
 */
#ifndef UI_PICKER_H
#define UI_PICKER_H

#include "ui/draw.h"
#include "ui/request.h"

struct bytes;
struct picker;

enum picker_cell { PICKER_LEAD, PICKER_TEXT, PICKER_TAIL, PICKER_CELLS };

struct picker_kind {
    const char *title;          /* of the frame */
    const char *label;          /* of the prompt */
    const char *hint;           /* what Enter does: "runs it" */
    bool matched[PICKER_CELLS]; /* cells that the filter looks at, in this order */
    enum style styles[PICKER_CELLS];
    int detail_rows; /* below the list, for what picker_add_detail() tells of the chosen row */
};

/* `kind` is borrowed and lives longer. */
struct picker *picker_new(const struct picker_kind *kind);
void picker_free(struct picker *picker); /* NULL is fine */
const struct picker_kind *picker_kind(const struct picker *picker);

/* Copies. `line` is what choosing the row means. */
void picker_add_heading(struct picker *picker, const char *text);
void picker_add(struct picker *picker, const char *lead, const char *text, const char *tail,
                const char *line);
/* More of the row that was added last, "LABEL: TEXT" lines; copied. Shown where there is room. */
void picker_add_detail(struct picker *picker, const char *text);
size_t picker_count(const struct picker *picker); /* rows, without headings */

/* What was typed; the cursor goes to the best. */
void picker_filter(struct picker *picker, const char *filter);

/* Moving from row to row; false for any other request. */
bool picker_request(struct picker *picker, enum request request);

/* The cursor to the row that was drawn there; false when none was. */
bool picker_point(struct picker *picker, int row);

/* The line of the row under the cursor, NULL when none matches. Valid as long as the picker. */
const char *picker_line(const struct picker *picker);

void picker_draw(struct picker *picker, const struct surface *surface);
void picker_facts(const struct picker *picker, struct bytes *out); /* "12 of 93" */

#endif
