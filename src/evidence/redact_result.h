/*
 * What came besides a body, redacted in place: alike for what is received and for what is read from
 * a file, so that a replay is shown what the live run was.
 */
#ifndef EVIDENCE_REDACT_RESULT_H
#define EVIDENCE_REDACT_RESULT_H

struct answer;
struct bytes;
struct http_headers;
struct http_result;
struct redactor;

/* Names too: a server may put anything there. */
void redact_headers(const struct redactor *redactor, struct http_headers *headers);

/* Headers, trailers, reason phrase, message. */
void redact_result(const struct redactor *redactor, struct http_result *result);

/*
 * The text of the first choice where no event brought any: that of a whole JSON answer. `text`
 * stays as it is when it holds something already.
 */
void redact_whole_answer(const struct redactor *redactor, const struct answer *answer,
                         struct bytes *text);

#endif
