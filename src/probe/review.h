/*
 * What a reviewer says of a case beside what is computed: documented?, handled?, with the reason
 * and the day, in FOLDER/findings.json. No names: who it was stands in the version control. Nothing
 * is overwritten: a later word on the same case comes behind the earlier one and holds.
 *
 * {"version": 1, "findings": [{"case", "what", "value", "computed", "reason", "date", "evidence"}]}
 */
#ifndef PROBE_REVIEW_H
#define PROBE_REVIEW_H

#include "base/error.h"
#include "probe/result.h"

#include <stdbool.h>

struct reviews;

enum review_subject { REVIEW_DOCUMENTED, REVIEW_HANDLED };
const char *review_subject_name(enum review_subject subject); /* "documented" */

struct review {
    const char *plan_case; /* the name of the case, "no-key chat" */
    enum review_subject subject;
    bool withdrawn;         /* the computed value holds again */
    enum tristate value;    /* unless withdrawn */
    enum tristate computed; /* what it stood beside */
    const char *reason;
    const char *date;     /* YYYY-MM-DD */
    const char *evidence; /* an id, or NULL */
};

/* `folder` NULL, or without the file: none. NULL with ERROR_FILE when it cannot be read. */
struct reviews *reviews_open(const char *folder, struct error *error);
void reviews_free(struct reviews *reviews); /* NULL is fine */

/* What holds for a case; false: what is computed. Strings live as long as `reviews`. */
bool reviews_find(const struct reviews *reviews, const char *plan_case, enum review_subject subject,
                  struct review *review);

/*
 * Append to the file, atomically; `reviews` holds it afterwards. ERROR_USAGE for an empty reason,
 * ERROR_CHANGED when the file is no longer what was read.
 */
bool reviews_add(struct reviews *reviews, const struct review *review, struct error *error);

#endif
