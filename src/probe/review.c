#include "probe/review.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"

enum { FILE_MAX = 16 * 1024 * 1024, FILE_MODE = 0666 };

static const char *const subjects[] = {
    [REVIEW_DOCUMENTED] = "documented", [REVIEW_HANDLED] = "handled"};
static const char withdrawn[] = "computed";

struct reviews {
    char *path; /* NULL: nothing is kept */
    struct json_file file;
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

/* A member of one of ours that is no string, or no word of ours, is a fault of the file. */
static bool read_one(const struct json_file *file, const struct json *object, struct review *review,
                     struct error *error)
{
    const char *what = NULL, *value = NULL;

    *review = (struct review){.plan_case = NULL};
    if (json_type(object) != JSON_OBJECT)
        return json_file_error_at(file, object, error, "a finding must be an object");
    if (!json_file_string(file, object, "case", JSON_REQUIRED, &review->plan_case, error) ||
        !json_file_string(file, object, "what", JSON_REQUIRED, &what, error) ||
        !json_file_string(file, object, "value", JSON_REQUIRED, &value, error) ||
        !json_file_string(file, object, "reason", JSON_REQUIRED, &review->reason, error) ||
        !json_file_string(file, object, "date", JSON_REQUIRED, &review->date, error) ||
        !json_file_string(file, object, "evidence", JSON_OPTIONAL, &review->evidence, error))
        return false;
    if (!value_from(value, review))
        return json_file_error_at(file, json_member(object, "value"), error,
                                  "value must be yes, no, unknown or computed");
    if (strcmp(what, subjects[REVIEW_DOCUMENTED]) != 0 &&
        strcmp(what, subjects[REVIEW_HANDLED]) != 0)
        return json_file_error_at(file, json_member(object, "what"), error,
                                  "what must be documented or handled");
    review->subject = strcmp(what, subjects[REVIEW_HANDLED]) == 0;
    return true;
}

static bool check_file(const struct json_file *file, struct error *error)
{
    struct json *list = NULL;
    struct review review;

    if (json_type(file->root) != JSON_OBJECT)
        return json_file_error(file, "", error, "a file of findings must be an object");
    if (!json_file_array(file, file->root, "findings", JSON_REQUIRED, &list, error))
        return false;
    for (const struct json *item = json_first(list); item; item = json_next(item))
        if (!read_one(file, item, &review, error))
            return false;
    return true;
}

static bool take_text(struct reviews *reviews, const char *text, size_t len, struct error *error)
{
    struct json_file file;

    if (!json_file_parse(&file, reviews->path ? reviews->path : "findings.json", text, len, error))
        return false;
    if (!check_file(&file, error)) {
        json_file_release(&file);
        return false;
    }
    json_file_release(&reviews->file);
    reviews->file = file;
    return true;
}

struct reviews *reviews_open(const char *folder, struct error *error)
{
    static const char empty[] = "{\"version\": 1, \"findings\": []}";
    struct reviews *reviews = xcalloc(1, sizeof(*reviews));
    struct bytes text;
    bool good;

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
    free(reviews->path);
    free(reviews);
}

bool reviews_find(const struct reviews *reviews, const char *plan_case, enum review_subject subject,
                  struct review *review)
{
    bool found = false;
    struct review one;

    for (const struct json *item = json_first(json_member(reviews->file.root, "findings")); item;
         item = json_next(item)) {
        if (!read_one(&reviews->file, item, &one, NULL) || one.subject != subject ||
            strcmp(one.plan_case, plan_case) != 0)
            continue;
        *review = one;
        found = !one.withdrawn;
    }
    return found;
}

/* ---- writing ---- */

static struct json *review_json(const struct review *review)
{
    struct json *object = json_new_object();

    json_set_string(object, "case", review->plan_case);
    json_set_string(object, "what", subjects[review->subject]);
    json_set_string(object, "value", review->withdrawn ? withdrawn : tristate_name(review->value));
    json_set_string(object, "computed", tristate_name(review->computed));
    json_set_string(object, "reason", review->reason);
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
    if (!reviews->path)
        return error_set(error, ERROR_USAGE,
                         "findings are kept in a workspace, and there is none: `cometdeck init "
                         "FOLDER` makes one");
    root = json_copy(reviews->file.root);
    json_append(json_member(root, "findings"), review_json(review));
    bytes_init(&text, FILE_MAX);
    written = (json_write(root, true, &text) ||
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
