/*
 * Recordings of other tools as one exchange: an entry of a HAR, `curl --trace` or `--trace-ascii`
 * output, pasted `curl -v`, a log that holds the lines of a stream behind prefixes of its own; and
 * a fixture of ours.
 *
 * Pure: text in, values out, nothing is redacted yet. Nothing is invented: what such a file does
 * not tell stays unknown (`curl` -1, no status, no times), and is listed in `missing`. Formats: HAR
 * 1.2 as browsers and proxies write it, with `_error` in the answer where the transfer failed;
 * curl's own tool_cb_dbg.c; lines of docker, compose and journald, plain or as JSON.
 */
#ifndef EVIDENCE_IMPORT_H
#define EVIDENCE_IMPORT_H

#include "base/bytes.h"
#include "base/error.h"
#include "contract/operation.h"
#include "net/http.h"

#include <stdbool.h>
#include <stddef.h>

struct fixture;

enum {
    IMPORT_MAX = 100 * 1024 * 1024, /* of a file, which is read whole */
    IMPORT_LOOK = 64 * 1024,        /* of it, to tell what it is */
};

enum import_kind {
    IMPORT_NONE, /* nothing of these */
    IMPORT_HAR,
    IMPORT_TRACE,
    IMPORT_VERBOSE,
    IMPORT_LOG,
    IMPORT_FIXTURE,
};
const char *import_kind_name(enum import_kind kind); /* "HAR", "curl trace", … */

struct import {
    enum import_kind kind;
    size_t entry, entries;       /* of a HAR: which of how many, from 1 */
    char *method, *url;          /* NULL: not told */
    char *recorded;              /* when it happened, as it is written there; or NULL */
    struct http_headers headers; /* of the request, with its secrets */
    struct bytes request;        /* its body */
    bool request_told;
    struct http_result result; /* curl -1: how it ended is not told */
    bool head_told;            /* status line and headers are */
    struct bytes body;
    bool body_told;          /* false: the exchange is there, its bytes are not */
    bool body_cut;           /* fewer bytes than the file itself says */
    struct bytes missing;    /* what the file does not tell, one a line */
    struct fixture *fixture; /* whose facts and rules hold, and what it expects; NULL: none */
};

/* What a file is, by its name ("….har") and first IMPORT_LOOK bytes. */
enum import_kind import_detect(const char *name, const char *text, size_t len);

/* Begins like what nobody can read as text: in UTF-16, or compressed. What to do; or NULL. */
const char *import_unreadable(const char *text, size_t len);

/* "curl: (18) …", the last line of what was pasted: how it ended, into `result`. How long that line
 * is with what is in front of it on its own; 0: there is none. */
size_t import_curl_tail(const char *text, size_t len, struct http_result *result);

/*
 * Read all of a file. `entry` counts from 1, 0 takes the only one: where there are several that is
 * ERROR_USAGE, which lists them. A file that is not what `kind` says is ERROR_FILE with line and
 * column. Release `*import` in any case.
 */
bool import_read(enum import_kind kind, const char *name, const char *text, size_t len,
                 size_t entry, struct import *import, struct error *error);
void import_release(struct import *import);

/* A line for each entry of a HAR: number, method, URL, status. */
bool import_list(const char *name, const char *text, size_t len, struct bytes *out,
                 struct error *error);

/* What was asked, by the request; `fallback` where it does not show. */
enum operation import_operation(const struct import *import, enum operation fallback);

#endif
