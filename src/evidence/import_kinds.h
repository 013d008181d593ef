/*
 * The readers of evidence/import, a file each. Private to it.
 */
#ifndef EVIDENCE_IMPORT_KINDS_H
#define EVIDENCE_IMPORT_KINDS_H

#include "evidence/import.h"

bool import_read_har(const char *name, const char *text, size_t len, size_t entry,
                     struct import *import, struct error *error);
bool import_list_har(const char *name, const char *text, size_t len, struct bytes *out,
                     struct error *error);

bool import_is_trace(const char *text, size_t len);
bool import_read_trace(const char *name, const char *text, size_t len, struct import *import,
                       struct error *error);

/* `curl -v`, as it is pasted. */
bool import_is_verbose(const char *text, size_t len);
bool import_read_verbose(const char *name, const char *text, size_t len, struct import *import,
                         struct error *error);

bool import_is_log(const char *text, size_t len);
bool import_read_log(const char *name, const char *text, size_t len, struct import *import,
                     struct error *error);

bool import_read_fixture(const char *name, const char *text, size_t len, struct import *import,
                         struct error *error);

/* Behind "12:34:56.789012 " and "[0-0] ", which options of curl put in front of its lines. */
void import_skip_prefixes(const char **line, size_t *len);

/* A request begins: whatever was before it (a proxy's tunnel, a redirect) is not what we judge. */
void import_forget_answer(struct import *import);
/* Its head, lines as they went over the wire. */
void import_request_head(struct import *import, const char *text, size_t left);

/* Words of curl about how it ended, where they are that. The first that tells a failure holds. */
void import_curl_says(struct http_result *result, const char *words, size_t len);
/* "curl: (18) …"; false for any other line. */
bool import_curl_line(struct http_result *result, const char *line, size_t len);

/*
 * A failed transfer in the words of another tool, or in ours (evidence/har); false for words that
 * tell no kind of failure we know: how it ended is unknown then.
 */
bool import_failure(const char *words, struct http_result *result);

/* One more thing that the file does not tell. */
void import_misses(struct import *import, const char *what);

/* The next line of `*text` without its end, which is stepped over; false behind the last one. */
bool import_line(const char **text, size_t *left, const char **line, size_t *len);

#endif
