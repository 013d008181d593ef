/* What is done with the results of a suite: exchanges opened, reviews taken, a report written. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/redact.h"
#include "judge/retry.h"
#include "probe/review.h"
#include "ui/application_state.h"
#include "ui/probe_shelf.h"
#include "ui/suite_run.h"

enum { REPORT_MODE = 0600, REVIEW_MAX = 4096 };

void suite_run_describe(const struct suite_run *suite, struct check_run *run)
{
    *run = (struct check_run){
        .id = suite->id,
        .began_ms = suite->began_ms,
        .took_us = suite->took_us,
        .profile = &suite->profile,
        .base_alias = suite->base_alias,
        .policy_version = retry_policy_version(probe_shelf_policy(suite->shelf)),
        .plan = &suite->plan,
        .runner = suite->runner,
        .reviews = suite->reviews,
        .library = probe_shelf_library(suite->shelf),
        .interrupted = suite->interrupted,
        .alerts = suite->alerts.lines,
    };
}

/* ---- what came ---- */

bool application_open_case(struct application *application, size_t index, size_t attempt,
                           struct error *error)
{
    const struct suite_run *suite = application->suite;
    const struct suite_attempts *attempts;
    const struct probe_result *result;
    const char *name, *capture;

    if (!suite || !suite->runner || index >= suite->plan.count)
        return error_set(error, ERROR_USAGE, "nothing was sent yet");
    name = suite->plan.cases[index].name;
    result = runner_result(suite->runner, index);
    attempts = &suite->attempts[index];
    if (attempt > attempts->count)
        return error_set(error, ERROR_USAGE, "%s: there is no attempt %zu", name, attempt);
    if (attempts->count == 0)
        return error_set(error, ERROR_USAGE, "%s: %s", name,
                         result->notes                        ? result->notes
                         : result->outcome == OUTCOME_RUNNING ? "it still runs"
                                                              : "it did not begin yet");
    capture = attempts->items[(attempt > 0 ? attempt : attempts->count) - 1].capture;
    return capture ? application_open_capture(application, capture, error)
                   : error_set(error, ERROR_FILE, "%s: no capture of it was kept", name);
}

/* ---- what a reviewer says ---- */

/* The next word of `*text`, which goes on behind it. */
static bool take_word(const char **text, const char *word)
{
    size_t len = strlen(word);

    if (strncmp(*text, word, len) != 0 || ((*text)[len] != '\0' && (*text)[len] != ' '))
        return false;
    *text += len + strspn(*text + len, " ");
    return true;
}

static bool read_review(const char *words, struct review *review, struct error *error)
{
    bool known = false;

    if (take_word(&words, review_subject_name(REVIEW_HANDLED)))
        review->subject = REVIEW_HANDLED;
    else if (take_word(&words, review_subject_name(REVIEW_DOCUMENTED)))
        review->subject = REVIEW_DOCUMENTED;
    else
        return error_set(error, ERROR_USAGE,
                         "say documented or handled, then yes, no, unknown or computed, then why");
    for (int i = IS_UNKNOWN; i <= IS_YES && !known; i++) {
        known = take_word(&words, tristate_name((enum tristate)i));
        if (known)
            review->value = (enum tristate)i;
    }
    review->withdrawn = !known && take_word(&words, "computed");
    review->reason = words;
    return known || review->withdrawn ||
           error_set(error, ERROR_USAGE, "is it %s? Say yes, no, unknown or computed, then why",
                     review_subject_name(review->subject));
}

/* What is said of it now, "" when nothing is. */
static void describe_review(const struct reviews *reviews, const struct review *about,
                            struct bytes *out)
{
    struct review review;

    bytes_clear(out);
    if (reviews_find(reviews, about->plan_case, about->subject, &review))
        review_describe(&review, NULL, out);
}

/* Others write the same file: what they said of something else is no conflict. */
static bool meet_others(struct reviews *reviews, const struct review *about, struct error *error)
{
    struct bytes before, now;
    bool good;

    bytes_init(&before, REVIEW_MAX);
    bytes_init(&now, REVIEW_MAX);
    describe_review(reviews, about, &before);
    good = reviews_reread(reviews, error);
    if (good) {
        describe_review(reviews, about, &now);
        good = strcmp(bytes_text(&before), bytes_text(&now)) == 0 ||
               error_set(error, ERROR_CHANGED, "meanwhile: %.*s. Enter says yours all the same",
                         (int)now.len, now.len > 0 ? bytes_text(&now) : "it was taken back");
    }
    bytes_release(&before);
    bytes_release(&now);
    return good;
}

bool application_review_case(struct application *application, size_t index, const char *words,
                             struct error *error)
{
    struct suite_run *suite = application->suite;
    struct review review = {.plan_case = NULL};
    const struct probe_result *result;
    char date[CLOCK_TEXT];
    size_t line;

    if (!application_may_write(application, error))
        return false;
    if (!suite || !suite->runner || index >= suite->plan.count)
        return error_set(error, ERROR_USAGE, "nothing was run yet; there is nothing to say of it");
    if (!read_review(words, &review, error))
        return false;
    if (application_finds_key(application, words, strlen(words), &line))
        return error_set(error, ERROR_CHECK, "the reason holds a key; take it out");
    result = runner_result(suite->runner, index);
    clock_format(clock_wall_ms(application_clock(application)), date);
    date[strcspn(date, "T")] = '\0';
    review.plan_case = suite->plan.cases[index].name;
    review.date = date;
    review.evidence = result->id[0] ? result->id : NULL;
    review.by = review_author();
    review_beside(&review, result);
    application_changed(application, TOPIC_SUITE);
    return meet_others(suite->reviews, &review, error) &&
           reviews_add(suite->reviews, &review, error);
}

bool application_report_suite(struct application *application, enum format format, const char *path,
                              struct error *error)
{
    struct suite_run *suite = application->suite;
    const struct file_stamp absent = {.exists = false};
    struct check_run run;
    struct bytes text;
    bool written;

    if (!application_may_write(application, error))
        return false;
    if (!suite || !suite->runner)
        return error_set(error, ERROR_USAGE, "nothing was run yet; there is nothing to report");
    if (suite->running)
        return error_set(error, ERROR_USAGE, "it still runs; report it when it ended, or ^C first");
    if (file_exists(path))
        return error_set(error, ERROR_FILE, "%s is there already; choose another name", path);
    suite_run_describe(suite, &run);
    bytes_init(&text, SIZE_MAX);
    check_report(&run, format, &text);
    redact(application->redactor, text.data, text.len);
    written =
        file_replace(NULL, path, bytes_text(&text), text.len, REPORT_MODE, &absent, NULL, error);
    bytes_release(&text);
    suite->reported |= written;
    return written;
}
