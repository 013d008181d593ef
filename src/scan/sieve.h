/*
 * The text of one file run through in pieces: where what is sought stands in it.
 *
 * One pass, memory of a stated size whatever the length of file or line: a window moves over the
 * text and keeps what is needed in front of and behind the place it looks at. How the text is cut
 * into pieces changes nothing.
 */
#ifndef SCAN_SIEVE_H
#define SCAN_SIEVE_H

#include "scan/sought.h"

#include <stdbool.h>
#include <stddef.h>

struct redactor;
struct sieve;

enum sieve_mode {
    SIEVE_CODE,     /* every literal that is sought, and keys */
    SIEVE_SETTINGS, /* besides: every URL and path that is the value of a setting */
    SIEVE_KEYS,     /* prose and records: keys alone */
};

enum { SIEVE_NAME = 64, SIEVE_TOKEN_MAX = 512 };

/* Valid during the call. */
struct sieve_hit {
    enum scan_kind kind;
    const struct sought_item *item; /* NULL: a key, or a URL or path that is a setting's value */
    const char *text;               /* the whole URL, path or id as it stands: never to be shown */
    size_t len;
    size_t line, column;      /* from 1, in characters */
    char setting[SIEVE_NAME]; /* in settings: the name it is the value of, "" for none */
    bool quoted;              /* directly behind a quote */
    bool known;               /* a key that a profile names; else one by its shape */
};

/* `hit` may ask sieve_shown() and sieve_excerpt(). */
struct sieve *sieve_new(const struct sought *sought, const struct redactor *redactor,
                        void (*hit)(void *context, const struct sieve_hit *hit), void *context);
void sieve_free(struct sieve *sieve);

void sieve_begin(struct sieve *sieve, enum sieve_mode mode); /* a new text */
void sieve_push(struct sieve *sieve, const char *data, size_t len);
void sieve_finish(struct sieve *sieve);

/*
 * What may be shown of a hit: redacted with all that stands around it, user, password and query
 * left out. Of a key nothing is. The caller frees.
 */
char *sieve_shown(const struct sieve *sieve, const struct sieve_hit *hit);

/* Its line, or as much of that as fits around it; redacted, no length of a key in it. */
char *sieve_excerpt(const struct sieve *sieve, const struct sieve_hit *hit);

#endif
