/*
 * What reviewers say beside what is computed, for the reports of `check` (E36): every format tells
 * both. Nothing of it sets an outcome.
 */
#ifndef COMMAND_CHECK_REVIEWS_H
#define COMMAND_CHECK_REVIEWS_H

#include "probe/review.h"

#include <stdbool.h>

struct bytes;
struct check_run;
struct json;

/*
 * Append what holds of a case, a line without its newline: "reviewer: handled yes (computed unknown
 * then), by ada, 2026-11-21: the client asks for a key", or "reviewer, OUTDATED (the class is
 * server now, was auth): …". False, and nothing, where no reviewer said something.
 */
bool check_review(const struct check_run *run, const struct probe_result *result,
                  enum review_subject subject, struct bytes *out);

/* Both of a case, "; " between, on one line. False where there are none. */
bool check_reviews(const struct check_run *run, const struct probe_result *result,
                   struct bytes *out);

/* "documented and handled": the finding where a reviewer's word changes it; else NULL. */
const char *check_reviewed_finding(const struct check_run *run, const struct probe_result *result);

/* What holds of cases that this run does not have, a line each: "no-key chat: reviewer: …". */
void check_reviews_elsewhere(const struct check_run *run, struct bytes *out);

/* The same as arrays of objects; the caller frees. */
struct json *check_reviews_json(const struct check_run *run, const struct probe_result *result);
struct json *check_reviews_elsewhere_json(const struct check_run *run);

#endif
