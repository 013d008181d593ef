#include "evidence/fixture_shape.h"

#include "base/memory.h"
#include "base/text.h"
#include "judge/failure.h"
#include "judge/judge.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { TYPES_MAX = 64 };

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
    if (!difference->wanted && !difference->got) {
        bytes_printf(out, "the answer is not of the fixture's form %s", difference->path);
        return;
    }
    text_escape(out, difference->path, strlen(difference->path), false);
    switch (difference->sign) {
    case FIXTURE_MISSING:
        bytes_printf(out, " is missing (%s in the fixture)", wanted);
        return;
    case FIXTURE_ADDED:
        bytes_printf(out, " is new (%s)", got);
        return;
    case FIXTURE_CHANGED:
        bytes_printf(out, " is %s, not %s", got, wanted);
        return;
    }
}

/* ---- reports ---- */

void fixture_report_init(struct fixture_report *report, const char *name)
{
    *report = (struct fixture_report){.name = xstrdup(name)};
    bytes_init(&report->differs, SIZE_MAX);
    bytes_init(&report->notes, SIZE_MAX);
}

void fixture_report_release(struct fixture_report *report)
{
    free(report->name);
    bytes_release(&report->differs);
    bytes_release(&report->notes);
    *report = (struct fixture_report){.name = NULL};
}

void fixture_report_shape(struct fixture_report *report, const struct fixture *fixture,
                          enum operation operation, const struct shape *today, bool streamed)
{
    struct fixture_differences differences;

    if (operation != fixture->operation)
        bytes_printf(&report->differs, "the answer is one of %s, the fixture of %s",
                     operation_name(operation), operation_name(fixture->operation));
    fixture_compare(fixture, today, streamed, &differences);
    for (size_t i = 0; i < differences.count; i++) {
        struct bytes *out = differences.items[i].mismatch ? &report->differs : &report->notes;

        bytes_puts(out, out->len ? "\n" : "");
        fixture_describe(&differences.items[i], out);
    }
    fixture_differences_release(&differences);
    report->holds = report->differs.len == 0;
}

struct json *fixture_report_json(const struct fixture_report *report)
{
    struct json *object = json_new_object();

    json_set_string(object, "name", report->name);
    json_set_boolean(object, "holds", report->holds);
    json_set(object, "differs", json_new_lines(bytes_text(&report->differs)));
    json_set(object, "notes", json_new_lines(bytes_text(&report->notes)));
    return object;
}
