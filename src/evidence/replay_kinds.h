/*
 * The readers behind evidence/replay: a capture, bytes as they came, and what evidence/import read.
 * For them alone.
 */
#ifndef EVIDENCE_REPLAY_KINDS_H
#define EVIDENCE_REPLAY_KINDS_H

#include "evidence/replay.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stream_rules;

/* What is left of one call of replay_advance(). */
struct replay_allowance {
    int64_t us;
    uint64_t events; /* UINT64_MAX: any number */
    size_t bytes;
};
bool replay_is_spent(const struct replay_allowance *left);
void replay_spend(size_t *left, size_t amount); /* down to 0 */

/* ---- what all of them need ---- */

bool replay_begins_with(const struct replay *replay, const char *beginning);
/* Teaches the redactor, then makes the judge with the operation of the header. */
void replay_start_judge(struct replay *replay, const struct stream_rules *rules,
                        const struct request_facts *facts);
/* Bytes of a body that is in no capture: to the judge and to whoever listens. */
void replay_hear_body(struct replay *replay, const char *data, size_t len);
/* Up to the end of a line, with it: no event ends elsewhere. */
size_t replay_line_length(const char *data, size_t len);
/* Where the end is unknown: a Content-Length that shows that something is missing. */
void replay_compare_length(struct http_result *result);
/* Verdict and failure, after judge_end(). */
void replay_conclude(struct replay *replay);

/* ---- of each kind ---- */

bool replay_capture_open(struct replay *replay, struct error *error); /* takes `source` */
enum replay_step replay_capture_advance(struct replay *replay, struct replay_allowance *left);

bool replay_plain_has_head(const struct replay *replay); /* as `curl -i` prints one */
bool replay_plain_open(struct replay *replay, const struct stream_rules *rules,
                       struct error *error);
enum replay_step replay_plain_advance(struct replay *replay, struct replay_allowance *left,
                                      struct error *error);

#endif
