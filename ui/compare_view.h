/*
 * Two exchanges side by side on a surface: title rows, facts, text; from difference to difference.
 * Where there are not columns enough the sides stand below each other.
 */
#ifndef UI_COMPARE_VIEW_H
#define UI_COMPARE_VIEW_H

#include "base/error.h"
#include "ui/compare_rows.h"
#include "ui/draw.h"
#include "ui/list.h"

struct bytes;
struct clock;
struct stream_rules;

/* Zeroed: closed. Private but for embedding. */
struct compare_view {
    struct compare *compare; /* NULL: closed */
    struct compare_rows rows;
    struct list list; /* only its top */
    size_t sought;    /* the difference that was jumped to, `chosen` */
    bool chosen;
    bool seeks; /* `sought` is shown as soon as its row is there */
    bool done;  /* compared and broken into rows */
};

/* Open the captures of both; what was open is closed. */
bool compare_view_open(struct compare_view *view, const char *left, const char *right,
                       const struct redactor *redactor, const struct stream_rules *rules,
                       struct error *error);
void compare_view_close(struct compare_view *view);

/*
 * A slice of the work, about `most_us` long; `*more` while there is some left. False: it cannot be
 * read, and the view is closed.
 */
bool compare_view_work(struct compare_view *view, const struct clock *clock, int64_t most_us,
                       bool *more, struct error *error);

/* To the next difference or the one before; false when there is none. */
bool compare_view_seek(struct compare_view *view, bool forward);

/* Moving; false for any other request. */
bool compare_view_request(struct compare_view *view, enum request request);

void compare_view_draw(struct compare_view *view, const struct surface *surface);

/* All lines, the fields of each between tabs: section, sign, label, left, right. */
bool compare_view_text(const struct compare_view *view, struct bytes *out);

/* "7 differences besides timing", which is never the same. */
void compare_view_facts(const struct compare_view *view, struct bytes *out);

#endif
