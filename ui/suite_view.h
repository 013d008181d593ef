/*
 * How a suite looks: what it would send, the gauge of a run, a row for each case, what is known of
 * one. Signs and words tell an outcome, colour only repeats it.
 */
#ifndef UI_SUITE_VIEW_H
#define UI_SUITE_VIEW_H

#include "ui/draw.h"

#include <stdbool.h>

struct bytes;
struct plan_case;
struct probe_result;
struct suite_attempts;
struct suite_view;

/* A case with what came of it. */
struct suite_row {
    const struct plan_case *plan_case;
    const struct probe_result *result;     /* NULL: planned */
    const struct suite_attempts *attempts; /* NULL: planned */
    bool selected;
    const struct reviews *reviews;
    bool hidden; /* verdicts are hidden: neither it nor what tells it is shown */
};

/* What is read before the start, in sentences. */
void suite_view_plan(const struct suite_view *suite, struct bytes *out);

/* The same where there is no room for it: what it costs and where to read all of it. */
void suite_view_brief(const struct suite_view *suite, struct bytes *out);

/* One row: "[####....] 12/45 …". */
void suite_view_gauge(const struct surface *surface, int row, const struct suite_view *suite,
                      bool hidden);

/* What is unlike the history, at most `most` rows from `row` on. Answers the row behind them. */
int suite_view_alerts(const struct surface *surface, int row, int most, const char *alerts);

/* Over the rows, and a row; `planned` has other columns. */
void suite_view_titles(const struct surface *surface, int row, bool planned);
void suite_view_row(const struct surface *surface, int row, const struct suite_row *line);

/* The same for copying and for the filter: everything, separated by tabs. */
void suite_view_text(const struct suite_row *line, struct bytes *out);

/* What it may cost: "3 may be billed". */
void suite_view_cost(const struct suite_row *line, struct bytes *out);

/*
 * All that is known of a case, "LABEL: TEXT" lines. One for each attempt where there were several,
 * with its number behind the label.
 */
#define SUITE_VIEW_ATTEMPT "attempt: "
void suite_view_detail(const struct suite_row *line, struct bytes *out);

#endif
