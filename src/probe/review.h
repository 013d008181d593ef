/*
 * What a reviewer says of a case beside what is computed: documented?, handled?, with the reason,
 * the day and, where it is told, by whom, in FOLDER/findings.json. Nothing is overwritten: a later
 * word on the same case comes behind the earlier one and holds. No outcome rests on it.
 *
 * {"$schema", "version": 1, "findings": [{"case", "what", "value", "computed", "outcome", "class",
 * "reason", "by", "date", "evidence"}]}; share/schema/findings.schema.json says the same.
 */
#ifndef PROBE_REVIEW_H
#define PROBE_REVIEW_H

#include "base/error.h"
#include "probe/result.h"

#include <stdbool.h>
#include <stddef.h>

struct bytes;
struct reviews;

/* Bytes of a reason: it is read in a row of a report. */
enum { REVIEW_REASON_MAX = 4096 };

enum review_subject { REVIEW_DOCUMENTED, REVIEW_HANDLED };
const char *review_subject_name(enum review_subject subject); /* "documented" */

struct review {
    const char *plan_case; /* the name of the case, "no-key chat" */
    enum review_subject subject;
    bool withdrawn;      /* the computed value holds again */
    enum tristate value; /* unless withdrawn */
    const char *reason;
    const char *by;       /* NULL: it is not told; version control may know */
    const char *date;     /* YYYY-MM-DD */
    const char *evidence; /* an id, or NULL */
    /* What it stood beside: review_beside(). NULL: the case was not made, or it was not told. */
    enum tristate computed;
    const char *outcome, *failure;
};

/*
 * `folder` NULL, or without the file: none. NULL with ERROR_FILE, line and column for a malformed
 * file, an unknown member and a word that is none of ours.
 */
struct reviews *reviews_open(const char *folder, struct error *error);
void reviews_free(struct reviews *reviews); /* NULL is fine */

/* What others wrote meanwhile is read; false as reviews_open() tells: what was read before stays.
 */
bool reviews_reread(struct reviews *reviews, struct error *error);

/*
 * What holds for a case, the last word on it; false: what is computed. Strings live until something
 * is added or `reviews` is freed.
 */
bool reviews_find(const struct reviews *reviews, const char *plan_case, enum review_subject subject,
                  struct review *review);

/* In the order of the file, what is withdrawn and what is no longer in force too. */
size_t reviews_count(const struct reviews *reviews);
const struct review *reviews_at(const struct reviews *reviews, size_t index);

/*
 * Who writes: COMETDECK_REVIEWER, else the name of the login, as the environment or the system has
 * it; NULL: nobody knows. Valid until the environment changes or the system is asked again.
 */
const char *review_author(void);

/* Notes what of a case the review stands beside. Strings are those of the result. */
void review_beside(struct review *review, const struct probe_result *result);

/*
 * Whether the case is no longer what the review was about: `why` (may be NULL) then gets a phrase,
 * "the class is server now, was auth". A case that was not made tells nothing.
 */
bool review_outdated(const struct review *review, const struct probe_result *result,
                     struct bytes *why);

/*
 * The finding with what reviewers say in the place of what is computed, where it is not outdated
 * (E36–E39). What is unexpected stays so: no word closes it (E39). False: no review changes it.
 */
bool reviews_finding(const struct reviews *reviews, const struct probe_result *result,
                     enum finding *finding);

/*
 * Append all of it on one line: "reviewer: handled yes (computed unknown then), by ada, 2026-11-21:
 * the client asks for a key". `outdated` is why it no longer fits, NULL: it does.
 */
void review_describe(const struct review *review, const char *outdated, struct bytes *out);

/*
 * Append to the file, atomically; `reviews` holds it afterwards. ERROR_USAGE for an empty reason,
 * ERROR_CHANGED when the file is no longer what was read.
 */
bool reviews_add(struct reviews *reviews, const struct review *review, struct error *error);

#endif
