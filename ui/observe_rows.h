/*
 * How Observe shows its rows: what stands above them, the titles, a line for each session. Columns
 * come with the room there is.
 */
#ifndef UI_OBSERVE_ROWS_H
#define UI_OBSERVE_ROWS_H

#include "ui/application_observe.h"
#include "ui/draw.h"

struct bytes;

struct observe_row {
    const char *name;                       /* of the scenario */
    const struct observed_session *session; /* NULL: nobody asked yet */
    bool selected;
};

/* Where it stands, in one row: how many are handled, and how far the application was run. */
void observe_rows_state(const struct surface *surface, int row, const struct observe_view *view);

/* Where the application is to be pointed for a scenario, or what became of the record. */
void observe_rows_place(const struct surface *surface, int row, const struct observe_view *view,
                        const char *scenario);

void observe_rows_titles(const struct surface *surface, int row);
void observe_rows_draw(const struct surface *surface, int row, const struct observe_row *line);

/* All cells of a row, with tabs between them: what is filtered and copied. */
void observe_rows_text(const struct observe_row *line, struct bytes *out);

#endif
