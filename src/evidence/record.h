/*
 * The first and the last line of a capture as JSON, and the parts of them that a fixture has, too.
 * Private to evidence/capture and evidence/fixture.
 */
#ifndef EVIDENCE_RECORD_H
#define EVIDENCE_RECORD_H

#include "evidence/capture.h"

struct bytes;
struct json;

enum { CAPTURE_VERSION = 1 };

/* Append the line of `header`, with its newline. */
void record_write_header(const struct capture_header *header, struct bytes *out);

/* A header with the memory it rests on. */
struct record_header {
    struct capture_header header;
    struct json *json;
    struct http_headers headers;
    struct request_facts facts;
    struct stream_rules rules;
    char *body;
};

/* `where` and 1 are file and line for messages. Released by the caller in any case. */
bool record_read_header(const char *where, const char *line, size_t len,
                        struct record_header *record, struct error *error);
void record_header_release(struct record_header *record);

/* Append the line of the answer's status line and headers, with its newline. */
void record_write_head(const struct http_result *result, int64_t since_start_us, struct bytes *out);

/* Append the line of `result` up to where its digest goes. */
void record_write_result(const struct http_result *result, struct bytes *out);

/* Of either line, the whole of it; `name` is "head" or "end". Release `*result` in any case. */
bool record_read_result(const char *line, size_t len, const char *name, struct http_result *result,
                        int64_t *since_start_us);

/*
 * No number of a file is further from 0, such as a time in microseconds (31 years): whoever adds
 * them or takes a percentage need not think of overflow.
 */
#define RECORD_NUMBER_MAX INT64_C(1000000000000000)
int64_t record_bounded(int64_t value);

/* ---- parts; what is read is released by its own function, what is written by json_free() ---- */

struct json *record_headers_json(const struct http_headers *headers);
void record_headers_read(const struct json *list, struct http_headers *headers);

struct json *record_facts_json(const struct request_facts *facts);
void record_facts_read(const struct json *json, struct request_facts *facts);

struct json *record_rules_json(const struct stream_rules *rules);
void record_rules_read(const struct json *json, struct stream_rules *rules);

/* Status line, framing and headers; record_end_json() adds how it ended, but for times and peer. */
struct json *record_head_json(const struct http_result *result);
void record_end_json(const struct http_result *result, struct json *json);
void record_result_read(const struct json *json, struct http_result *result);

#endif
