/*
 * The head of an HTTP/1 answer, line by line: status line, fields, later the trailers.
 *
 * Interim answers (1xx but 101) are passed over. Fields keep their order and duplicates; a folded
 * line is joined with one blank, a NUL becomes one (RFC 9110 §5.5, RFC 9112 §5.2); a line without a
 * colon is no field and left out. The work is linear and the bytes are bounded.
 */
#ifndef NET_HEAD_H
#define NET_HEAD_H

#include "base/bytes.h"
#include "net/http.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    /* The most lines together may hold, whatever limit is asked for; curl gives up at 300 KiB. */
    HEAD_MAX = 256 * 1024,
};

enum head_step {
    HEAD_MORE,
    HEAD_WHOLE,   /* this line ended the final head; what follows are trailers */
    HEAD_TOO_BIG, /* the limit is passed, the line was not taken */
};

/* Private but for embedding. */
struct head {
    size_t left;
    enum { HEAD_AT_STATUS, HEAD_AT_FIELDS, HEAD_AT_TRAILERS } at;
    struct bytes name;
    struct bytes value; /* of the field that a folded line may still continue */
    bool open;
};

/* `max_bytes` 0 or above HEAD_MAX means HEAD_MAX; interim answers and trailers count too. */
void head_init(struct head *head, size_t max_bytes);
void head_release(struct head *head);

/* One line with its end. Sets status, version, reason, headers and trailers of `result`. */
enum head_step head_line(struct head *head, struct http_result *result, const char *line,
                         size_t len);

/* No more lines come: the last trailer is whole. */
void head_end(struct head *head, struct http_result *result);

/*
 * How the body of this answer ends (RFC 9112 §6.3). `encoded` is set when its bytes are not the
 * content itself: a content coding, or a transfer coding besides chunked. Lengths that are none or
 * contradict each other give FRAMING_UNKNOWN.
 */
enum framing head_framing(const struct http_headers *headers, int status, const char *method,
                          bool *encoded);

#endif
