/*
 * Judge what was recorded: a capture, `curl -i` output, raw body bytes, or what evidence/import
 * reads; at once, or piece by piece as it came.
 *
 * Missing witnesses are named as reasons; bytes whose end is unknown are never judged complete on
 * more than they show. However it is cut into pieces, the judge sees the same bytes: the verdict is
 * that of replay_file(), and there is none before the end.
 */
#ifndef EVIDENCE_REPLAY_H
#define EVIDENCE_REPLAY_H

#include "base/bytes.h"
#include "base/error.h"
#include "evidence/capture.h"
#include "evidence/report.h"
#include "judge/failure.h"
#include "judge/judge.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fixture;
struct redact_stream;
struct import;
struct source;
struct timeline;
struct workspace;

enum replay_origin {
    REPLAY_CAPTURE,
    REPLAY_CURL_INCLUDE, /* `curl -i` */
    REPLAY_RAW,          /* body bytes alone */
    REPLAY_HAR,
    REPLAY_TRACE,   /* `curl --trace` and `--trace-ascii` */
    REPLAY_VERBOSE, /* `curl -v`, pasted */
    REPLAY_LOG,     /* lines of a stream behind prefixes of a log */
    REPLAY_FIXTURE,
};
const char *replay_origin_name(enum replay_origin origin); /* "capture", "curl -i", "HAR", … */

struct replay {
    enum replay_origin origin;
    struct capture_header header; /* of a capture; else what the file tells, redacted, or zero */
    struct judge *judge;
    struct timeline *timeline; /* without an event unless REPLAY_CAPTURE: only captures tell time */
    struct http_result result; /* the head once it came, all of it at the end */
    int64_t read_us;           /* since the start: of what is judged, or was last */
    int64_t next_us;           /* of what comes next; valid after REPLAY_WAITS */
    bool ended;                /* what follows is valid */
    struct verdict verdict;
    struct failure failure;
    char digest[DIGEST_TEXT]; /* of the file as it stands, "" when it was not read to its end */
    char *missing;            /* what such a file does not tell, one a line; NULL: nothing */
    /*
     * For whatever is shown of it. It knows the key, too, where the environment has it under the
     * name that the capture tells: halves of a key in two events are one again in the joined text.
     */
    struct redactor *redactor;
    const struct fixture *fixture; /* of REPLAY_FIXTURE, what it expects */
    /* To be set before the end, where a workspace has some; NULL: the shipped ones. Borrowed. */
    const struct class_table *classes;
    /* ---- private ---- */
    struct capture_reader *reader; /* REPLAY_CAPTURE */
    enum capture_step step;        /* what was read and is not judged yet, if `held` */
    bool held;
    const char *data; /* the rest of a read */
    size_t len;
    const struct http_result *read_result;
    struct error fault;
    struct source *source; /* anything else */
    struct import *import; /* of it, what evidence/import reads; `data` and `len` are its body */
    struct request_facts facts;
    const struct workspace *workspace;
    struct bytes tail; /* of bytes as they came: curl may have written behind them */
    void (*on_body)(void *context, const char *data, size_t len);
    void *body_context;
    struct digest *sum;
    struct redact_stream *stream;
    void (*on_event)(void *context, const struct judge_event *event);
    void *context;
    uint64_t events; /* dispatched so far */
};

/*
 * Open `path` ("-": standard input). `operation` and `rules` are used where the bytes do not bring
 * their own, as captures do. `on_event` may be NULL. `replay` must not move until
 * replay_release(). False is for what cannot be read at all, and for captures of a newer version;
 * nothing is to be released then.
 */
bool replay_open(const char *path, enum operation operation, const struct stream_rules *rules,
                 void (*on_event)(void *context, const struct judge_event *), void *context,
                 struct replay *replay, struct error *error);

/*
 * The same for entry `entry` of a HAR, from 1; 0 takes the only one (evidence/import.h). HARs,
 * traces and logs are read whole while opening; one above IMPORT_MAX is an error. The keys of
 * `workspace`, which may be NULL, are redacted too.
 */
bool replay_open_entry(const char *path, size_t entry, const struct workspace *workspace,
                       enum operation operation, const struct stream_rules *rules,
                       void (*on_event)(void *context, const struct judge_event *), void *context,
                       struct replay *replay, struct error *error);

/* Hear the bytes of the body as they are judged; not those of a capture. */
void replay_on_body(struct replay *replay,
                    void (*on_body)(void *context, const char *data, size_t len), void *context);

/* How far replay_advance() goes; the first limit that is reached ends it. */
struct replay_until {
    int64_t us;      /* since the start: what came later waits. INT64_MAX: nothing does */
    uint64_t events; /* so many events, of a body without events reads; 0: any number */
    size_t bytes;    /* of the file, or one event more: a slice of the work; 0: any number */
};

enum replay_step {
    REPLAY_MORE,  /* a limit other than time was reached */
    REPLAY_WAITS, /* the next is due at `next_us`, later than asked for */
    REPLAY_ENDED, /* verdict, failure and digest stand */
    REPLAY_FAILED /* it cannot be read on: `error`; only replay_release() follows */
};
enum replay_step replay_advance(struct replay *replay, const struct replay_until *until,
                                struct error *error);

/* The rest at once. On false nothing is to be released. */
bool replay_finish(struct replay *replay, struct error *error);

/* How much of the file was judged, 0 to 100; -1 where nobody knows how much there is. */
int replay_percent(const struct replay *replay);

/*
 * replay_open(), and all of it. A capture that is cut, changed or without bodies is judged as far
 * as it goes, with that as reason, and never complete. On false nothing is to be released.
 */
bool replay_file(const char *path, enum operation operation, const struct stream_rules *rules,
                 void (*on_event)(void *context, const struct judge_event *), void *context,
                 struct replay *replay, struct error *error);
void replay_release(struct replay *replay);

/* The same object as exchange_report(). */
struct json *replay_report(const struct replay *replay);

#endif
