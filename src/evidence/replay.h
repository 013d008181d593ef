/*
 * Judge what was recorded: a capture, `curl -i` output, or raw body bytes.
 *
 * Missing witnesses are named as reasons; bytes whose end is unknown are never judged complete on
 * more than they show.
 */
#ifndef EVIDENCE_REPLAY_H
#define EVIDENCE_REPLAY_H

#include "base/error.h"
#include "evidence/capture.h"
#include "judge/failure.h"
#include "judge/judge.h"

enum replay_origin {
    REPLAY_CAPTURE,
    REPLAY_CURL_INCLUDE, /* `curl -i` */
    REPLAY_RAW,          /* body bytes alone */
};

struct replay {
    enum replay_origin origin;
    struct capture_header header; /* zero but for REPLAY_CAPTURE */
    struct judge *judge;
    struct http_result result;
    struct verdict verdict;
    struct failure failure;
    char digest[DIGEST_TEXT];      /* of the file as it stands */
    struct capture_reader *reader; /* private */
};

/*
 * Read `path` ("-": standard input) to its end and judge it. `operation` is used where the bytes do
 * not say which they answer. `on_event` may be NULL.
 */
bool replay_file(const char *path, enum operation operation, const struct stream_rules *rules,
                 void (*on_event)(void *context, const struct judge_event *), void *context,
                 struct replay *replay, struct error *error);
void replay_release(struct replay *replay);

/* The same object as exchange_report(). */
struct json *replay_report(const struct replay *replay);

#endif
