/*
 * What came besides a body, redacted in place: alike for what is received and for what is read from
 * a file, so that a replay is shown what the live run was.
 */
#ifndef EVIDENCE_REDACT_RESULT_H
#define EVIDENCE_REDACT_RESULT_H

struct http_headers;
struct http_result;
struct redactor;

/* Names too: a server may put anything there. */
void redact_headers(const struct redactor *redactor, struct http_headers *headers);

/* Headers, trailers, reason phrase, message. */
void redact_result(const struct redactor *redactor, struct http_result *result);

#endif
