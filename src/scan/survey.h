/*
 * What a scan of files found: the findings in the order of files and lines, and the sums.
 *
 * In code every literal that is sought is scattered. In settings URLs and paths are compared with
 * the contract, and a model id stands where it belongs. A key is a finding everywhere.
 */
#ifndef SCAN_SURVEY_H
#define SCAN_SURVEY_H

#include "base/error.h"
#include "scan/sieve.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct allow;
struct allow_rule;
struct redactor;

enum survey_state {
    SURVEY_KEY,
    SURVEY_SCATTERED,     /* a literal in code */
    SURVEY_DOCUMENTATION, /* the same, and it is no endpoint (C51) */
    SURVEY_DIFFERS,       /* a setting that contradicts the contract */
    SURVEY_AGREES,        /* a setting that is as the contract says: no finding */
};
const char *survey_state_name(enum survey_state state);

/* Strings are redacted and may hold any byte but NUL. */
struct survey_finding {
    enum scan_kind kind;
    enum survey_state state;
    const char *file; /* as it was named; belongs to the survey */
    size_t line, column;
    char *value;   /* "" for a key */
    char *setting; /* "" when it is no setting's value */
    char *clause;  /* or where else the value comes from; "" for a key */
    char *what;    /* one sentence, to be read behind the value */
    char *excerpt; /* "" for a key */
};

/* What is known of a value that is sought. */
struct survey_value {
    size_t in_code; /* how often, accepted ones not counted */
    size_t files;   /* in how many */
    size_t last_file;
    size_t in_settings;
    char *configured_at; /* the first of them, "FILE:LINE" */
};

struct survey_missed {
    char *file;
    const char *why; /* static */
};

/* What is over is counted, not kept. */
enum { SURVEY_FINDINGS_MAX = 10000, SURVEY_MISSED_MAX = 1000 };

struct survey {
    const struct sought *sought;
    struct survey_finding *findings;
    size_t count; /* kept */
    size_t counts[SCAN_KIND_COUNT];
    size_t found;  /* all of them */
    size_t agrees; /* settings that do */
    size_t accepted;
    struct survey_value *values; /* for each item of `sought` */
    struct survey_missed *missed;
    size_t missed_kept, missed_count;
    bool failed; /* something could not be read */
    uint64_t files, bytes;
    size_t folders, links, specials, binaries; /* passed over */
    struct survey_run *run;                    /* private */
};

/* Who accepts what, and the workspace that its paths count from; of both NULL is none. */
struct survey_choice {
    struct allow *allow;
    const char *workspace; /* absolute */
};

void survey_init(struct survey *survey, const struct sought *sought,
                 const struct redactor *redactor, const struct survey_choice *choice);
void survey_release(struct survey *survey);

/* A folder with all below it, or a file. */
bool survey_add(struct survey *survey, const char *root, struct error *error);

#endif
