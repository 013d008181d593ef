/*
 * The list that History shows: the rows around the cursor, which filter they pass, how many there
 * are. Looking is done in pieces, so that no key waits for a filter that hardly anything passes.
 */
#ifndef UI_HISTORY_LIST_H
#define UI_HISTORY_LIST_H

#include "evidence/history_window.h"
#include "ui/list.h"

struct clock;

/* Zeroed: nothing was looked at. Callers read what is above the line. */
struct history_list {
    struct list list; /* of the rows in the window */
    struct history_window window;
    struct history_filter filter;
    uint64_t passed, all; /* as counted last; `counted`: with this filter */
    bool counted;
    /* ---- */
    struct history_place tally;
    struct history_key sought; /* the row that the cursor returns to, `seeks` */
    size_t offset;             /* and the line it stood in */
    bool seeks;
    bool follows; /* the cursor is on the newest row, and goes to what comes */
};

void history_list_release(struct history_list *list);

/* The filter belongs to the list from then on; the cursor goes to the newest row. */
void history_list_filter(struct history_list *list, struct history_filter *filter);

/* Read anew; the cursor stays on its row, or follows the newest when it was there. */
void history_list_reload(struct history_list *list);

/* A row was added: it comes in at the top, where the cursor follows it if it was there. */
void history_list_grew(struct history_list *list);

/*
 * Look for what is missing around the cursor, then count; about `most_us` long. `*more` is true
 * while there is something left to do. Call it before every frame.
 */
bool history_list_work(struct history_list *list, struct history *history,
                       const struct clock *clock, int64_t most_us, bool *more, struct error *error);

/* Is the look for the rows on the screen still going on? */
bool history_list_looks(const struct history_list *list);

/* Moving; false for any other request. */
bool history_list_request(struct history_list *list, enum request request);

/* The row of the cursor, NULL when there is none. */
const struct history_row *history_list_chosen(const struct history_list *list);

#endif
