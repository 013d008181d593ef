/*
 * What stands above the body in Composer, as rows: the values that make the request, the request
 * line as it goes on the wire, its headers with the key by the name of its source, the pending
 * clauses it rests on, what is wrong with the body. Headers and clauses are one row each until they
 * are opened.
 */
#ifndef UI_COMPOSER_HEAD_H
#define UI_COMPOSER_HEAD_H

#include "ui/draw.h"

#include <stdbool.h>
#include <stddef.h>

struct application;
struct body_problems;
struct bytes;
struct draft;

enum composer_row_kind {
    COMPOSER_OPERATION,
    COMPOSER_MODEL,
    COMPOSER_STREAM,
    COMPOSER_PROMPT,
    COMPOSER_PROBE,   /* of a probe that stands in the place of the draft */
    COMPOSER_CHANGES, /* what it sends that is not as the contract says */
    COMPOSER_EXPECTS,
    COMPOSER_COST,
    COMPOSER_RAW, /* a body that is no tree */
    COMPOSER_REQUEST,
    COMPOSER_HEADERS, /* all of them; the key opens one row for each */
    COMPOSER_HEADER,
    COMPOSER_CLAUSES, /* the same for clauses */
    COMPOSER_CLAUSE,
    COMPOSER_PROBLEMS,
    COMPOSER_RULE, /* the last one: the body follows */
};

/* A header and its value, a clause and what it is about. */
struct composer_pair {
    char *name, *text;
};

struct composer_pairs {
    struct composer_pair *items;
    size_t count;
    bool open; /* each has a row */
};

struct composer_row {
    enum composer_row_kind kind;
    size_t index; /* of a header or clause */
    char *text;   /* NULL: drawn from the draft or the pairs */
};

struct composer_head {
    struct composer_row *rows;
    size_t count;
    struct composer_pairs headers, clauses;
    bool refused; /* it cannot be sent: the text of the request row says why */
};

/* Make it anew for the draft as it is; `head` is zeroed before its first time. */
void composer_head_make(struct composer_head *head, const struct application *application,
                        const struct body_problems *problems);
void composer_head_release(struct composer_head *head);

/* One more row while it is made; `text` is taken over. */
void composer_head_add(struct composer_head *head, enum composer_row_kind kind, char *text);

/* Open or close the list that the row is of; false when it is of none. Make the head anew then. */
bool composer_head_open(struct composer_head *head, size_t row, bool open);

/* The list of the row is open; false also for a row of no list. */
bool composer_head_is_open(const struct composer_head *head, size_t row);

/* The first row of that kind, the last row when there is none. */
size_t composer_head_row(const struct composer_head *head, enum composer_row_kind kind);

/*
 * What a row says, as it is: a value, the request line, a header, the name of a clause; appended.
 * `*what` names it. False: there is nothing.
 */
bool composer_head_text(const struct composer_head *head, size_t row, const struct draft *draft,
                        const char **what, struct bytes *out);

/* `column` of a row is on the sign that opens and closes its list. */
bool composer_head_is_sign(const struct composer_head *head, size_t row, int column);

void composer_head_draw(const struct composer_head *head, size_t index, const struct draft *draft,
                        struct pen *pen);

#endif
