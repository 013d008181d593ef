/*
 * One redactor in front of every sink: screen, file, database, log, standard output, environment
 * of a child (design.md "Secrets", SEC A11).
 *
 * It knows the exact key, its percent-encoded, JSON-escaped and base64 forms (all three
 * alignments, both alphabets), `sk-…` shapes, the values of Authorization, X-Api-Key, Set-Cookie
 * and of `key=` in a query. Every replacement has the length of what it replaces, keeps quotes and
 * backslashes out of harm, and so redacted JSON still parses and every offset stays true: bytes
 * become "*", JSON escapes "\u002a" and "\/" (so that unescaped text, too, has one length however
 * it was written), digits of an all-digit key other digits. A secret under four bytes, or one that
 * is part of "true", "false" or "null", is not looked for; the value of an Authorization header is
 * replaced up to the end of its line or of the string it stands in; "sk-" counts as a key only
 * with what words do not have behind it, so "task-force" and "sk-learn-…" stay.
 *
 * What it cannot see is a key in halves with JSON between them, as a server may send it in two
 * events: bytes that are kept or shown as they came (captures, the raw answer on standard output)
 * hold both halves then. Whoever joins such pieces redacts what is joined.
 */
#ifndef BASE_REDACT_H
#define BASE_REDACT_H

#include <stdbool.h>
#include <stddef.h>

struct bytes;
struct redactor;
struct secret;

struct redactor *redactor_new(void);
void redactor_free(struct redactor *redactor);

/* Learn a secret; its bytes are kept in wiped memory. */
void redactor_add(struct redactor *redactor, const struct secret *secret);

/* Redact a whole text in place. Answers how many bytes were replaced. */
size_t redact(const struct redactor *redactor, char *text, size_t len);

/* A redacted copy of a C string; the caller frees. */
char *redact_copy(const struct redactor *redactor, const char *text);

/* A key as it stands in a text. */
struct redact_key {
    size_t at, len;
    bool known; /* one of those learnt, in whatever form; else only the shape sk-… */
};

/*
 * For who looks for keys rather than hides them: the first that begins at `from` or behind. Names
 * of credentials do not make a key of what follows them; a key of one letter only is an example,
 * and the one that is nobody's (SECRET_NOBODYS) is none.
 */
bool redact_find_key(const struct redactor *redactor, const char *text, size_t len, size_t from,
                     struct redact_key *key);

/* The value of one header by its name: Authorization and its like are replaced whole. In place. */
size_t redact_header(const struct redactor *redactor, const char *name, char *value);

/*
 * Unset every variable of this process that would be redacted, the key's own among them: for a
 * child before it becomes another program, which has no business with it.
 */
void redact_environment(const struct redactor *redactor);

/*
 * Two texts that should be the same are, but for what was replaced in one of them: a key that came
 * in halves was not seen in the pieces and is replaced in the whole. Runs of "*" stand for
 * anything.
 */
bool redact_equal(const char *one, const char *other, size_t len);

/*
 * A stream in pieces: the answer is the same as redact() on the whole, for any cut of the pieces.
 * Only bytes that may be the beginning of a match are held back, at most redactor_window().
 */
struct redact_stream;
struct redact_stream *redact_stream_new(const struct redactor *redactor);
void redact_stream_free(struct redact_stream *stream);

/*
 * Push `len` bytes; `*out` and the answer are the redacted bytes that are now certain (valid until
 * the next call). The caller's bytes are not changed.
 */
size_t redact_stream_push(struct redact_stream *stream, const char *data, size_t len,
                          const char **out);

/* The end: the bytes still held back. */
size_t redact_stream_finish(struct redact_stream *stream, const char **out);

size_t redactor_window(const struct redactor *redactor);

#endif
