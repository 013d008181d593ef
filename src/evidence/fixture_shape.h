/*
 * The shape of today's answer beside that of a fixture (D72): which members came, went, or are of
 * another type. The wording, times and numbers of an answer are never compared.
 */
#ifndef EVIDENCE_FIXTURE_SHAPE_H
#define EVIDENCE_FIXTURE_SHAPE_H

#include "evidence/fixture.h"
#include "evidence/shape.h"

struct class_table;

/*
 * Judge a fixture by its own rules; `verdict` and `shape` are the caller's to release, `shape` is
 * added to and may be NULL. Strings of `failure` as for failure_classify().
 */
void fixture_judge(const struct fixture *fixture, const struct class_table *classes,
                   struct verdict *verdict, struct failure *failure, struct shape *shape);

enum fixture_sign {
    FIXTURE_MISSING, /* the answer lacks it */
    FIXTURE_CHANGED, /* it is of another type */
    FIXTURE_ADDED,   /* the fixture lacks it */
};
const char *fixture_sign_word(enum fixture_sign sign); /* "missing", "changed", "added" */

/*
 * `mismatch`: a client that reads what the fixture has may break. That is so for a member that is
 * required and missing, one of a type that it never had, and a list or an object that is required
 * and null. Everything else is told, and no more: members that are new, optional ones that did not
 * come, a null.
 */
struct fixture_difference {
    enum fixture_sign sign;
    bool mismatch;
    char *path;
    unsigned wanted, got; /* types as in struct shape_path, 0: not there */
};

struct fixture_differences {
    struct fixture_difference *items; /* mismatches first, then in the order of their paths */
    size_t count, mismatches;
};

/*
 * `streamed`: today's answer is a stream. An answer of the other form than the fixture's has
 * another shape as a whole, which is one mismatch.
 */
void fixture_compare(const struct fixture *fixture, const struct shape *today, bool streamed,
                     struct fixture_differences *differences);
void fixture_differences_release(struct fixture_differences *differences);

/* "choices[].index is missing (number in the fixture)": of one; redact what is shown of it. */
void fixture_describe(const struct fixture_difference *difference, struct bytes *out);

/* What came of looking at a fixture, for people and for programs. */
struct fixture_report {
    char *name;
    bool holds;
    struct bytes differs, notes; /* a line each */
};
void fixture_report_init(struct fixture_report *report, const char *name);
void fixture_report_release(struct fixture_report *report);

/* Compare, see fixture_compare(); an answer of another operation is a difference, too. */
void fixture_report_shape(struct fixture_report *report, const struct fixture *fixture,
                          enum operation operation, const struct shape *today, bool streamed);

/* {"name", "holds", "differs": […], "notes": […]} */
struct json *fixture_report_json(const struct fixture_report *report);

#endif
