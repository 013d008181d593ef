#include "probe/review.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "contract/date.h"
#include "contract/starter.h"

enum { FILE_MAX = 16 * 1024 * 1024, FILE_MODE = 0666 };

static const char *const subjects[] = {
    [REVIEW_DOCUMENTED] = "documented", [REVIEW_HANDLED] = "handled"};
static const char withdrawn[] = "computed";

/* Where `init` puts it; it stands beside the file. */
#define FINDINGS_SCHEMA "schema/findings.schema.json"

struct reviews {
    char *folder, *path;   /* NULL: nothing is kept */
    struct json_file file; /* holds the strings of the items */
    struct review *items;
    size_t count;
    struct file_stamp seen;
};

const char *review_subject_name(enum review_subject subject)
{
    return subjects[subject];
}

/* ---- reading ---- */

static bool value_from(const char *word, struct review *review)
{
    review->withdrawn = strcmp(word, withdrawn) == 0;
    for (int i = IS_UNKNOWN; i <= IS_YES; i++) {
        if (strcmp(tristate_name((enum tristate)i), word) == 0) {
            review->value = (enum tristate)i;
            return true;
        }
    }
    return review->withdrawn;
}

static bool read_what(const struct json_file *file, const struct json *object,
                      struct review *review, struct error *error)
{
    const char *what = NULL;

    if (!json_file_string(file, object, "what", JSON_REQUIRED, &what, error))
        return false;
    review->subject = strcmp(what, subjects[REVIEW_HANDLED]) == 0;
    return strcmp(what, subjects[review->subject]) == 0 ||
           json_file_error_at(file, json_member(object, "what"), error,
                              "what must be documented or handled");
}

static bool read_values(const struct json_file *file, const struct json *object,
                        struct review *review, struct error *error)
{
    const char *value = NULL, *computed = NULL;
    struct review then = {.withdrawn = false};

    if (!json_file_string(file, object, "value", JSON_REQUIRED, &value, error) ||
        !json_file_string(file, object, "computed", JSON_REQUIRED, &computed, error))
        return false;
    if (!value_from(value, review))
        return json_file_error_at(file, json_member(object, "value"), error,
                                  "value must be yes, no, unknown or computed");
    if (!value_from(computed, &then) || then.withdrawn)
        return json_file_error_at(file, json_member(object, "computed"), error,
                                  "computed must be yes, no or unknown");
    review->computed = then.value;
    return true;
}

static bool read_text(const struct json_file *file, const struct json *object, const char *name,
                      const char **text, struct error *error)
{
    return json_file_string(file, object, name, JSON_REQUIRED, text, error) &&
           (**text || json_file_error_at(file, json_member(object, name), error,
                                         "%s must not be empty", name));
}

static bool read_date(const struct json_file *file, const struct json *object, const char **date,
                      struct error *error)
{
    return json_file_string(file, object, "date", JSON_REQUIRED, date, error) &&
           (date_valid(*date) || json_file_error_at(file, json_member(object, "date"), error,
                                                    "date must be a day, YYYY-MM-DD"));
}

static bool read_one(const struct json_file *file, const struct json *object, struct review *review,
                     struct error *error)
{
    static const char *const members[] = {"case",   "what", "value", "computed", "outcome", "class",
                                          "reason", "by",   "date",  "evidence", NULL};

    *review = (struct review){.plan_case = NULL};
    if (json_type(object) != JSON_OBJECT)
        return json_file_error_at(file, object, error, "a finding must be an object");
    return json_file_known(file, object, members, error) &&
           read_text(file, object, "case", &review->plan_case, error) &&
           read_what(file, object, review, error) && read_values(file, object, review, error) &&
           json_file_string(file, object, "outcome", JSON_OPTIONAL, &review->outcome, error) &&
           json_file_string(file, object, "class", JSON_OPTIONAL, &review->failure, error) &&
           read_text(file, object, "reason", &review->reason, error) &&
           json_file_string(file, object, "by", JSON_OPTIONAL, &review->by, error) &&
           read_date(file, object, &review->date, error) &&
           json_file_string(file, object, "evidence", JSON_OPTIONAL, &review->evidence, error);
}

/* `reviews` gets the items, which belong to `file`; what it had stays on false. */
static bool read_file(struct reviews *reviews, const struct json_file *file, struct error *error)
{
    static const char *const members[] = {"$schema", "version", "findings", NULL};
    struct json *list = NULL;
    struct review *items;
    size_t count = 0;
    int64_t version = 0;

    if (json_type(file->root) != JSON_OBJECT)
        return json_file_error(file, "", error, "a file of findings must be an object");
    if (!json_file_known(file, file->root, members, error) ||
        !json_file_integer(file, file->root, "version", JSON_REQUIRED, &version, error))
        return false;
    if (version != 1)
        return json_file_error(file, "/version", error,
                               "version %lld is not known here, only 1: a newer cometdeck wrote it",
                               (long long)version);
    if (!json_file_array(file, file->root, "findings", JSON_REQUIRED, &list, error))
        return false;
    items = xcalloc(json_count(list) + 1, sizeof(*items));
    for (const struct json *item = json_first(list); item; item = json_next(item)) {
        if (!read_one(file, item, &items[count++], error)) {
            free(items);
            return false;
        }
    }
    free(reviews->items);
    reviews->items = items;
    reviews->count = count;
    return true;
}

static bool take_text(struct reviews *reviews, const char *text, size_t len, struct error *error)
{
    struct json_file file;

    if (!json_file_parse(&file, reviews->path ? reviews->path : "findings.json", text, len, error))
        return false;
    if (!read_file(reviews, &file, error)) {
        json_file_release(&file);
        return false;
    }
    json_file_release(&reviews->file);
    reviews->file = file;
    return true;
}

struct reviews *reviews_open(const char *folder, struct error *error)
{
    static const char empty[] =
        "{\"$schema\": \"" FINDINGS_SCHEMA "\", \"version\": 1, \"findings\": []}";
    struct reviews *reviews = xcalloc(1, sizeof(*reviews));
    struct bytes text;
    bool good;

    reviews->folder = xstrdup(folder);
    reviews->path = folder ? file_join(folder, "findings.json") : NULL;
    if (!reviews->path || !file_exists(reviews->path)) {
        good = take_text(reviews, empty, strlen(empty), error);
    } else {
        good = file_read(reviews->path, FILE_MAX, &text, &reviews->seen, error) &&
               take_text(reviews, bytes_text(&text), text.len, error);
        bytes_release(&text);
    }
    if (good)
        return reviews;
    reviews_free(reviews);
    return NULL;
}

void reviews_free(struct reviews *reviews)
{
    if (!reviews)
        return;
    json_file_release(&reviews->file);
    free(reviews->items);
    free(reviews->folder);
    free(reviews->path);
    free(reviews);
}

bool reviews_reread(struct reviews *reviews, struct error *error)
{
    struct reviews *fresh = reviews_open(reviews->folder, error), before = *reviews;

    if (!fresh)
        return false;
    *reviews = *fresh;
    *fresh = before;
    reviews_free(fresh);
    return true;
}

bool reviews_find(const struct reviews *reviews, const char *plan_case, enum review_subject subject,
                  struct review *review)
{
    for (size_t i = reviews->count; i-- > 0;) {
        const struct review *one = &reviews->items[i];

        if (one->subject != subject || strcmp(one->plan_case, plan_case) != 0)
            continue;
        *review = *one;
        return !one->withdrawn;
    }
    return false;
}

size_t reviews_count(const struct reviews *reviews)
{
    return reviews->count;
}

const struct review *reviews_at(const struct reviews *reviews, size_t index)
{
    return &reviews->items[index];
}

/* ---- beside what is computed ---- */

static bool changed(struct bytes *why, const char *what, const char *then, const char *now)
{
    if (!then || strcmp(then, now) == 0)
        return false;
    if (why)
        bytes_printf(why, "the %s is %s now, was %s", what, now, then);
    return true;
}

static enum tristate computed_now(enum review_subject subject, const struct probe_result *result)
{
    return subject == REVIEW_HANDLED ? result->handled : result->documented;
}

/* Whether it can be compared: one that was not made tells nothing. */
static bool is_made(const struct probe_result *result)
{
    return result->outcome == OUTCOME_PASS || result->outcome == OUTCOME_FAIL;
}

static const char *failure_of(const struct probe_result *result)
{
    return result->verdict ? result->failure.class : "none";
}

void review_beside(struct review *review, const struct probe_result *result)
{
    review->computed = computed_now(review->subject, result);
    review->outcome = is_made(result) ? outcome_name(result->outcome) : NULL;
    review->failure = is_made(result) ? failure_of(result) : NULL;
}

const char *review_author(void)
{
    static const char *const variables[] = {"COMETDECK_REVIEWER", "LOGNAME", "USER"};
    const struct passwd *user; /* where nothing was exported, as in a container */

    for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
        const char *name = getenv(variables[i]);

        if (name && *name)
            return name;
    }
    user = getpwuid(geteuid());
    return user && *user->pw_name ? user->pw_name : NULL;
}

bool review_outdated(const struct review *review, const struct probe_result *result,
                     struct bytes *why)
{
    if (!is_made(result))
        return false;
    return changed(why, "outcome", review->outcome, outcome_name(result->outcome)) ||
           changed(why, "class", review->failure, failure_of(result)) ||
           changed(why, "computed value", tristate_name(review->computed),
                   tristate_name(computed_now(review->subject, result)));
}

bool reviews_finding(const struct reviews *reviews, const struct probe_result *result,
                     enum finding *finding)
{
    struct probe_result reviewed = *result;
    struct review review;
    const char *name = result->plan_case->name;
    bool any = false;

    if (reviews_find(reviews, name, REVIEW_DOCUMENTED, &review) &&
        !review_outdated(&review, result, NULL)) {
        reviewed.documented = review.value;
        any = true;
    }
    if (reviews_find(reviews, name, REVIEW_HANDLED, &review) &&
        !review_outdated(&review, result, NULL)) {
        reviewed.handled = review.value;
        any = true;
    }
    *finding = probe_result_finding(&reviewed);
    return any;
}

/* What a person wrote, without what would break a line or a terminal. */
static void put(struct bytes *out, const char *text)
{
    text_escape(out, text, strlen(text), false);
}

void review_describe(const struct review *review, const char *outdated, struct bytes *out)
{
    bytes_puts(out, "reviewer");
    if (outdated)
        bytes_printf(out, ", OUTDATED (%s)", outdated);
    bytes_printf(out, ": %s %s (computed %s then), ", review_subject_name(review->subject),
                 review->withdrawn ? withdrawn : tristate_name(review->value),
                 tristate_name(review->computed));
    if (review->by && *review->by) {
        bytes_puts(out, "by ");
        put(out, review->by);
        bytes_puts(out, ", ");
    }
    bytes_printf(out, "%s: ", review->date);
    put(out, review->reason);
    if (review->evidence && *review->evidence) {
        bytes_puts(out, "; evidence ");
        put(out, review->evidence);
    }
}

/* ---- writing ---- */

static struct json *review_json(const struct review *review)
{
    struct json *object = json_new_object();

    json_set_string(object, "case", review->plan_case);
    json_set_string(object, "what", subjects[review->subject]);
    json_set_string(object, "value", review->withdrawn ? withdrawn : tristate_name(review->value));
    json_set_string(object, "computed", tristate_name(review->computed));
    json_set_string(object, "outcome", review->outcome);
    json_set_string(object, "class", review->failure);
    json_set_string(object, "reason", review->reason);
    json_set_string(object, "by", review->by);
    json_set_string(object, "date", review->date);
    json_set_string(object, "evidence", review->evidence);
    return object;
}

bool reviews_add(struct reviews *reviews, const struct review *review, struct error *error)
{
    struct file_stamp after;
    struct json *root;
    struct bytes text;
    bool written;

    if (!*review->reason)
        return error_set(error, ERROR_USAGE, "say why: a finding without a reason is no finding");
    if (strlen(review->reason) > REVIEW_REASON_MAX)
        return error_set(
            error, ERROR_USAGE,
            "the reason has %zu bytes, at most %d: keep it short and cite what is long",
            strlen(review->reason), REVIEW_REASON_MAX);
    if (!reviews->path)
        return error_set(error, ERROR_USAGE,
                         "findings are kept in a workspace, and there is none: `cometdeck init "
                         "FOLDER` makes one");
    root = json_copy(reviews->file.root);
    json_append(json_member(root, "findings"), review_json(review));
    bytes_init(&text, FILE_MAX);
    written = starter_add_schema(reviews->folder, FINDINGS_SCHEMA, error) &&
              (json_write(root, true, &text) ||
               error_set(error, ERROR_FILE, "%s would be larger than %d bytes", reviews->path,
                         FILE_MAX)) &&
              file_replace(NULL, reviews->path, bytes_text(&text), text.len, FILE_MODE,
                           &reviews->seen, &after, error) &&
              take_text(reviews, bytes_text(&text), text.len, error);
    if (written)
        reviews->seen = after;
    bytes_release(&text);
    json_free(root);
    return written;
}
