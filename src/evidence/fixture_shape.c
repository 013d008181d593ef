#include "evidence/fixture_shape.h"

#include "base/memory.h"
#include "judge/failure.h"
#include "judge/judge.h"

#include <stdlib.h>
#include <string.h>

enum { TYPES_MAX = 64, SUMMARY_MAX = 2000 };

/* A member that stands for a list or an object cannot be done without. */
#define PARENTS ((1U << JSON_ARRAY) | (1U << JSON_OBJECT))
#define ABSENT_TYPE (1U << JSON_NULL)

/* ---- judging ---- */

static void on_event(void *context, const struct judge_event *event)
{
    shape_add_text(context, event->data, event->data_len);
}

void fixture_judge(const struct fixture *fixture, const struct class_table *classes,
                   struct verdict *verdict, struct failure *failure, struct shape *shape)
{
    struct judge *judge = judge_new(fixture->operation, &fixture->rules, &fixture->facts);
    struct answer answer;

    if (shape)
        judge_on_event(judge, on_event, shape);
    if (fixture->result.status > 0)
        judge_headers(judge, fixture->result.status, &fixture->result.headers);
    if (fixture->body.len > 0)
        judge_body(judge, fixture->body.data, fixture->body.len);
    if (shape && !fixture->stream && fixture->body.len > 0)
        shape_add_text(shape, fixture->body.data, fixture->body.len);
    judge_end(judge, &fixture->result);
    judge_verdict(judge, verdict);
    judge_answer(judge, &answer);
    failure_classify(classes, &fixture->result, &answer, verdict, failure);
    judge_free(judge);
}

/* ---- comparing ---- */

const char *fixture_sign_word(enum fixture_sign sign)
{
    static const char *const words[] = {
        [FIXTURE_MISSING] = "missing", [FIXTURE_CHANGED] = "changed", [FIXTURE_ADDED] = "added"};

    return words[sign];
}

static void add(struct fixture_differences *differences, enum fixture_sign sign, bool mismatch,
                const char *path, unsigned wanted, unsigned got)
{
    differences->items =
        xreallocarray(differences->items, differences->count + 1, sizeof(*differences->items));
    differences->items[differences->count++] =
        (struct fixture_difference){sign, mismatch, xstrdup(path), wanted, got};
    differences->mismatches += mismatch;
}

static bool is_required(const struct fixture *fixture, const char *path)
{
    for (const struct json *item = json_first(fixture->required); item; item = json_next(item))
        if (strcmp(json_string(item), path) == 0)
            return true;
    return false;
}

/* Whether the part of a path in front of its last member is there: else that one is told. */
static bool has_parent(const struct shape *today, const char *path)
{
    const char *dot = strrchr(path, '.');
    size_t len = strlen(path);
    char *parent;
    bool has;

    if (len > 2 && strcmp(path + len - 2, "[]") == 0)
        len -= 2;
    else if (dot)
        len = (size_t)(dot - path);
    else
        return true;
    parent = xmemdup0(path, len);
    has = shape_find(today, parent) != NULL;
    free(parent);
    return has;
}

static void compare_path(const struct fixture *fixture, const struct json *row,
                         const struct shape *today, struct fixture_differences *differences)
{
    const char *path = json_name(row);
    unsigned wanted = shape_types_from(json_string(row)), other;
    const struct shape_path *now = shape_find(today, path);
    bool required = is_required(fixture, path);

    if (!now) {
        if (required || has_parent(today, path))
            add(differences, FIXTURE_MISSING, required, path, wanted, 0);
        return;
    }
    other = now->types & ~wanted;
    if (other == 0)
        return;
    add(differences, FIXTURE_CHANGED, other != ABSENT_TYPE || (required && (wanted & PARENTS) != 0),
        path, wanted, now->types);
}

static int by_weight(const void *left, const void *right)
{
    const struct fixture_difference *a = left, *b = right;

    if (a->mismatch != b->mismatch)
        return a->mismatch ? -1 : 1;
    return strcmp(a->path, b->path);
}

void fixture_compare(const struct fixture *fixture, const struct shape *today, bool streamed,
                     struct fixture_differences *differences)
{
    *differences = (struct fixture_differences){.count = 0};
    if (streamed != fixture->stream) {
        add(differences, FIXTURE_CHANGED, true, fixture->stream ? "(a stream)" : "(a whole answer)",
            0, 0);
        return;
    }
    for (const struct json *row = json_first(fixture->shape); row; row = json_next(row))
        compare_path(fixture, row, today, differences);
    for (size_t i = 0; i < today->count; i++) {
        const char *path = today->paths[i].path;

        if (*path && !json_member(fixture->shape, path))
            add(differences, FIXTURE_ADDED, false, path, 0, today->paths[i].types);
    }
    if (differences->count > 0)
        qsort(differences->items, differences->count, sizeof(*differences->items), by_weight);
}

void fixture_differences_release(struct fixture_differences *differences)
{
    for (size_t i = 0; i < differences->count; i++)
        free(differences->items[i].path);
    free(differences->items);
    *differences = (struct fixture_differences){.count = 0};
}

/* ---- telling ---- */

void fixture_describe(const struct fixture_difference *difference, struct bytes *out)
{
    char wanted[TYPES_MAX], got[TYPES_MAX];

    shape_types(difference->wanted, wanted, sizeof(wanted));
    shape_types(difference->got, got, sizeof(got));
    switch (difference->sign) {
    case FIXTURE_MISSING:
        bytes_printf(out, "%s is missing (%s in the fixture)", difference->path, wanted);
        return;
    case FIXTURE_ADDED:
        bytes_printf(out, "%s is new (%s)", difference->path, got);
        return;
    case FIXTURE_CHANGED:
        break;
    }
    if (difference->wanted)
        bytes_printf(out, "%s is %s, not %s", difference->path, got, wanted);
    else
        bytes_printf(out, "the answer is not of the fixture's form %s", difference->path);
}

void fixture_summary(const struct fixture_differences *differences, bool mismatches,
                     struct bytes *out)
{
    size_t before = out->len, left = 0;

    for (size_t i = 0; i < differences->count; i++) {
        if (differences->items[i].mismatch != mismatches)
            continue;
        if (out->len - before > SUMMARY_MAX) {
            left++;
            continue;
        }
        if (out->len > before)
            bytes_puts(out, "; ");
        fixture_describe(&differences->items[i], out);
    }
    if (left > 0)
        bytes_printf(out, "; and %zu more", left);
}
