/* Run a body through a judge, framed and ended as a test says. */
#ifndef TESTS_UNIT_TRIAL_H
#define TESTS_UNIT_TRIAL_H

#include "contract/operation.h"
#include "contract/rules.h"
#include "judge/failure.h"
#include "judge/judge.h"

/* How the bytes end; zeroed: a clean chunked end. */
struct trial_end {
    bool unknown; /* judge_end(NULL) */
    int curl;
    enum framing framing; /* FRAMING_UNKNOWN stands for chunked */
    enum stop stop;
};

struct trial {
    enum operation operation;
    int status;       /* 0: 200; -1: no status line came */
    const char *type; /* content type; NULL: text/event-stream; "": none */
    const char *encoding;
    const char *body;
    size_t len; /* 0: strlen */
    struct trial_end end;
    const struct stream_rules *rules;  /* NULL: defaults */
    const struct request_facts *facts; /* NULL: a stream of one choice was asked for */
    size_t step;                       /* bytes a read; 0: all at once */
    uint64_t seed;                     /* not 0: reads of random length up to `step` */
};

/* The caller frees the judge. */
struct judge *trial_run(const struct trial *trial, struct http_result *result);

/* Everything the judge decided, as text: verdict, reasons, answer. The caller frees. */
char *trial_text(const struct judge *judge);

bool trial_has(const struct verdict *verdict, const char *code);

#endif
