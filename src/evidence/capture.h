/*
 * A capture: one attempt as JSON Lines (design.md "Words").
 *
 * A header line (version, evidence id, time, operation, request as sent without the key, request
 * facts, rules in force, `simulated`), a line with the status and headers of the answer as soon as
 * they are there, one line per read (`t` microseconds since the start, `d`
 * text where the bytes are whole valid UTF-8, else `b` base64), and an end line (curl result, stop,
 * framing, status, headers, trailers, timings). That line ends in CAPTURE_TAIL with the SHA-256 of
 * every byte of the file before the tail: `head -c -78 FILE | sha256sum` tells the same. What
 * it holds was redacted before. Without its end line, or when the digest does not match, a capture
 * is never judged complete. Lines go to the file in blocks, the head at once, the others at the
 * latest with capture_flush(): memory does not grow with the stream, and of a process that was
 * killed PATH.ID.part tells how far it came.
 *
 * Where the policy keeps no bodies, a read's line holds its length `n` in the place of its bytes:
 * times and sizes can be looked at, but such a capture cannot be replayed.
 */
#ifndef EVIDENCE_CAPTURE_H
#define EVIDENCE_CAPTURE_H

#include "base/error.h"
#include "base/file.h"
#include "contract/operation.h"
#include "contract/rules.h"
#include "evidence/digest.h"
#include "net/http.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CAPTURE_TAIL ",\"sha256\":\"%s\"}\n"

struct bytes;
struct redactor;
struct source;
struct syncer;

enum { EVIDENCE_ID = 40 }; /* "ev-20261121T111723.456Z-7f3a" fits with its NUL; sorts by time */

/* The id of an attempt at `wall_ms`; `chance` tells two of the same millisecond apart. */
void evidence_make_id(char id[static EVIDENCE_ID], int64_t wall_ms, uint64_t chance);

/* Everything of an attempt that is known before its answer. Strings are borrowed. */
struct capture_header {
    char id[EVIDENCE_ID];
    int64_t wall_ms;
    enum operation operation;
    const char *profile;
    const char *method, *url;            /* redacted */
    const struct http_headers *headers;  /* as sent; auth is the name of its source */
    const char *auth_header, *key_alias; /* may be NULL */
    const char *auth_scheme;             /* "Bearer", "" for the bare key; NULL: not told */
    const char *body;                    /* NULL: policy keeps none; see `body_kept` */
    size_t body_len;
    bool body_kept; /* false: neither the request's nor the answer's bytes are kept */
    const struct request_facts *facts; /* NULL: nobody knows what was asked for */
    const struct stream_rules *rules;
    bool simulated;
    const char *differs; /* one a line, NULL: nothing differs from the contract */
    const char *origin;  /* "imported (…)": another tool sent it; NULL: cometdeck did */
    const char *missing; /* what its recording did not tell, one a line; NULL: nothing */
    /* For writing: the whole line passes it, whatever is in it. NULL: it was redacted before. */
    const struct redactor *redactor;
};

/* ---- writing ---- */

struct capture_writer;

/*
 * Creates `path` (0600, must not exist) as PATH.ID.part, its name until capture_end(): what another
 * attempt left behind stands in nobody's way.
 */
struct capture_writer *capture_create(const struct file_ops *ops, const char *path,
                                      const struct capture_header *header, struct error *error);

/*
 * Status line and headers, before the first read: so that a capture that is cut still tells them.
 * False as for capture_read().
 */
bool capture_head(struct capture_writer *writer, const struct http_result *result,
                  int64_t since_start_us, struct error *error);

/* A read of more bytes than this takes several lines. */
enum { CAPTURE_READ_MAX = 1024 * 1024 };

/*
 * Bytes of the body as read, at `since_start_us`. False: writing failed, `error` says so; from then
 * on nothing more is written, and capture_end() fails as well.
 */
bool capture_read(struct capture_writer *writer, const char *data, size_t len,
                  int64_t since_start_us, struct error *error);

/* Write what is held back. False as for capture_read(). */
bool capture_flush(struct capture_writer *writer, struct error *error);

/* The name that the file has now: while its folder is waited for, it has its final one already. */
const char *capture_writer_path(const struct capture_writer *writer);

/*
 * The end line, flush, fsync, the final path. `digest` receives the SHA-256 of the whole file. The
 * writer is gone afterwards in any case; on false nothing of it is left, and a file that somebody
 * made under the final name meanwhile is as it was. Waits for the disk.
 */
bool capture_end(struct capture_writer *writer, const struct http_result *result,
                 char digest[static DIGEST_TEXT], struct error *error);

/*
 * The same without waiting for the disk: `ended` is called once, from the loop of `syncer` or
 * before this returns, with NULL when the capture is there for good, else with what failed. Until
 * then nobody may cite it, and `writer` stays, for its path alone.
 */
void capture_end_aside(struct capture_writer *writer, struct syncer *syncer,
                       const struct http_result *result, char digest[static DIGEST_TEXT],
                       void (*ended)(void *context, const struct error *error), void *context);
void capture_abandon(struct capture_writer *writer); /* no file is left */

/* ---- reading ---- */

struct capture_reader;

/*
 * Opens and reads the header line. `header` of the reader stays valid until capture_close().
 * A version above the known one, or a first line that is none, is ERROR_FILE with its line.
 */
struct capture_reader *capture_open(const char *path, struct error *error);
/* The same from a source that was only looked at; it belongs to the reader, also on failure. */
struct capture_reader *capture_open_source(struct source *source, struct error *error);
const struct capture_header *capture_reader_header(const struct capture_reader *reader);
void capture_close(struct capture_reader *reader);

enum capture_step {
    CAPTURE_HEAD, /* `*result` (status, headers) and `*since_start_us`; valid until capture_close()
                   */
    CAPTURE_READ, /* `*data`, `*len`, `*since_start_us` are set, valid until the next call; */
                  /* `*data` is NULL where the header says that bodies were not kept */
    CAPTURE_END,  /* `*result` is set, valid until capture_close() */
    CAPTURE_CUT,  /* the file ends without an end line */
    CAPTURE_BROKEN, /* a line is no line of a capture, or the digest does not match: `error` */
};
enum capture_step capture_next(struct capture_reader *reader, const char **data, size_t *len,
                               int64_t *since_start_us, const struct http_result **result,
                               struct error *error);

/* As source_progress(). */
void capture_reader_progress(const struct capture_reader *reader, uint64_t *consumed,
                             uint64_t *size);

/* SHA-256 of what was read so far; after END or CUT that of the whole file. */
void capture_reader_digest(const struct capture_reader *reader, char digest[static DIGEST_TEXT]);

/*
 * All bytes of the answer's body, once more from the file: `out` is initialised by the call. False
 * when the capture cannot be read, was changed, keeps no bodies, or holds more than `max` bytes.
 */
bool capture_body(const char *path, size_t max, struct bytes *out);

/* The capture holds more; no more of it than that is read, and nothing behind it is looked at. */
bool capture_body_exceeds(const char *path, size_t max);

#endif
