#include "command/check_reviews.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "command/check_report.h"
#include "probe/library.h"

enum { WHY_MAX = 4096 };

static const enum review_subject subjects[] = {REVIEW_DOCUMENTED, REVIEW_HANDLED};
enum { SUBJECTS = sizeof(subjects) / sizeof(subjects[0]) };

/* Why it is outdated, NULL when it is not; the caller frees. */
static char *outdated_by(const struct review *review, const struct probe_result *result)
{
    struct bytes why;
    char *text = NULL;

    bytes_init(&why, WHY_MAX);
    if (review_outdated(review, result, &why))
        text = bytes_take(&why);
    bytes_release(&why);
    return text;
}

bool check_review(const struct check_run *run, const struct probe_result *result,
                  enum review_subject subject, struct bytes *out)
{
    struct review review;
    char *outdated;

    if (!run->reviews || !reviews_find(run->reviews, result->plan_case->name, subject, &review))
        return false;
    outdated = outdated_by(&review, result);
    review_describe(&review, outdated, out);
    free(outdated);
    return true;
}

bool check_reviews(const struct check_run *run, const struct probe_result *result,
                   struct bytes *out)
{
    struct bytes one;
    bool any = false;

    bytes_init(&one, SIZE_MAX);
    for (size_t i = 0; i < SUBJECTS; i++) {
        bytes_clear(&one);
        if (!check_review(run, result, subjects[i], &one))
            continue;
        bytes_printf(out, "%s%s", any ? "; " : "", bytes_text(&one));
        any = true;
    }
    bytes_release(&one);
    return any;
}

const char *check_reviewed_finding(const struct check_run *run, const struct probe_result *result)
{
    enum finding finding;

    if (!run->reviews || !reviews_finding(run->reviews, result, &finding) ||
        finding == probe_result_finding(result))
        return NULL;
    return finding_name(finding);
}

/* ---- of other cases ---- */

static bool is_planned(const struct check_run *run, const char *name)
{
    for (size_t i = 0; i < run->plan->count; i++)
        if (strcmp(run->plan->cases[i].name, name) == 0)
            return true;
    return false;
}

/* "PROBE OPERATION", " stream" behind it for a streamed one: see struct plan_case. */
static bool is_case(const struct library *library, const char *name)
{
    size_t len = strcspn(name, " ");
    char *id = xmemdup0(name, len), *word = xstrdup(name + len + (name[len] == ' '));
    const struct probe *probe = library_find_probe(library, id);
    char *stream = strstr(word, " stream");
    enum operation operation;
    bool there;

    if (stream)
        *stream = '\0';
    there = probe && operation_from_name(word, &operation) && probe->operations[operation] &&
            (stream ? probe->stream != PROBE_WHOLE : probe->stream != PROBE_STREAMED);
    free(word);
    free(id);
    return there;
}

/* The review at `index` where it holds, and its case is none of the run's; else NULL. */
static const struct review *elsewhere(const struct check_run *run, size_t index)
{
    const struct review *review = reviews_at(run->reviews, index);
    struct review held;

    if (is_planned(run, review->plan_case) ||
        !reviews_find(run->reviews, review->plan_case, review->subject, &held) ||
        held.reason != review->reason)
        return NULL;
    return review;
}

static const char *gone(const struct check_run *run, const struct review *review)
{
    return run->library && !is_case(run->library, review->plan_case)
               ? "no probe makes this case any more"
               : NULL;
}

void check_reviews_elsewhere(const struct check_run *run, struct bytes *out)
{
    for (size_t i = 0; run->reviews && i < reviews_count(run->reviews); i++) {
        const struct review *review = elsewhere(run, i);

        if (!review)
            continue;
        text_escape(out, review->plan_case, strlen(review->plan_case), false);
        bytes_puts(out, ", not in this run: ");
        review_describe(review, gone(run, review), out);
        bytes_puts(out, "\n");
    }
}

/* ---- JSON ---- */

static struct json *review_json(const struct review *review, const char *outdated)
{
    struct json *object = json_new_object();

    json_set_string(object, "what", review_subject_name(review->subject));
    json_set_string(object, "value", tristate_name(review->value));
    json_set_string(object, "computed_then", tristate_name(review->computed));
    json_set_string(object, "reason", review->reason);
    json_set_string(object, "by", review->by);
    json_set_string(object, "date", review->date);
    json_set_string(object, "evidence", review->evidence);
    json_set_string(object, "outdated", outdated);
    return object;
}

struct json *check_reviews_json(const struct check_run *run, const struct probe_result *result)
{
    struct json *list = json_new_array();
    struct review review;

    for (size_t i = 0; run->reviews && i < SUBJECTS; i++) {
        char *outdated;

        if (!reviews_find(run->reviews, result->plan_case->name, subjects[i], &review))
            continue;
        outdated = outdated_by(&review, result);
        json_append(list, review_json(&review, outdated));
        free(outdated);
    }
    return list;
}

struct json *check_reviews_elsewhere_json(const struct check_run *run)
{
    struct json *list = json_new_array();

    for (size_t i = 0; run->reviews && i < reviews_count(run->reviews); i++) {
        const struct review *review = elsewhere(run, i);
        struct json *object;

        if (!review)
            continue;
        object = review_json(review, gone(run, review));
        json_set_string(object, "case", review->plan_case);
        json_append(list, object);
    }
    return list;
}
