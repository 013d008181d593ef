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
#include "evidence/report.h"
#include "judge/failure.h"
#include "judge/judge.h"

enum replay_origin {
    REPLAY_CAPTURE,
    REPLAY_CURL_INCLUDE, /* `curl -i` */
    REPLAY_RAW,          /* body bytes alone */
};

struct replay {
    enum replay_origin origin;
    struct capture_header header; /* zero but for its operation unless REPLAY_CAPTURE */
    struct judge *judge;
    struct pace pace; /* zero unless REPLAY_CAPTURE: only captures tell time */
    struct http_result result;
    struct verdict verdict;
    struct failure failure;
    char digest[DIGEST_TEXT]; /* of the file as it stands, "" when it was not read to its end */
    /*
     * For whatever is shown of it. It knows the key, too, where the environment has it under the
     * name that the capture tells: halves of a key in two events are one again in the joined text.
     */
    struct redactor *redactor;
    /* ---- private ---- */
    struct capture_reader *reader;
    void (*on_event)(void *context, const struct judge_event *event);
    void *context;
    int64_t read_us;
};

/*
 * Read `path` ("-": standard input) to its end and judge it. `operation` and `rules` are used where
 * the bytes do not bring their own, as captures do. `on_event` may be NULL. A capture that is cut,
 * changed or without bodies is judged as far as it goes, with that as reason, and never complete;
 * false is for what cannot be read at all, and for captures of a newer version.
 */
bool replay_file(const char *path, enum operation operation, const struct stream_rules *rules,
                 void (*on_event)(void *context, const struct judge_event *), void *context,
                 struct replay *replay, struct error *error);
void replay_release(struct replay *replay);

/* The same object as exchange_report(). */
struct json *replay_report(const struct replay *replay);

#endif
