#include "base/redact.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "base/redact_pattern.h"
#include "base/redact_shape.h"
#include "base/secret.h"
#include "base/secret_reveal.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * The filter: a match can only begin where the three tables have a bit in common. Each bit stands
 * for one group of beginnings, so that what is ordinary text is passed over without a branch.
 */
enum filter_group {
    GROUP_ESCAPE = 1 << 0, /* any escape: it is one unit, and may hide a first character */
    GROUP_SHAPE = 1 << 1,  /* and the bits above it */
    GROUP_PATTERN = 1 << 6,
    GROUP_OTHER_PATTERN = 1 << 7,
    GROUP_ANY = 0xFF,
    /* Of the shapes the first one alone is a key by itself. */
    GROUP_KEY = GROUP_ESCAPE | GROUP_SHAPE | GROUP_PATTERN | GROUP_OTHER_PATTERN,
};

struct redactor {
    struct redact_patterns patterns;
    unsigned char first[256], second[256], third[256];
};

/* Where a scan stands between two bytes. Offsets count from the bytes of the current call. */
struct cursor {
    unsigned char before;  /* the character in front, 0: none or not ASCII */
    enum redact_span span; /* a value that is being replaced, */
    size_t span_from;      /* from here on */
    size_t cover;          /* a known secret ends here */
    bool numeric;          /* that secret may stand as a JSON number */
    size_t replaced;
};

struct redact_stream {
    const struct redactor *redactor;
    struct cursor cursor;
    struct bytes held;
    size_t given; /* of `held`, by the last call */
};

/* ---- the filter ---- */

static void filter_either_case(struct redactor *redactor, const char *beginning, unsigned char bit)
{
    unsigned char *tables[] = {redactor->first, redactor->second, redactor->third};

    for (size_t i = 0; i < 3; i++) {
        tables[i][(unsigned char)beginning[i]] |= bit;
        tables[i][toupper((unsigned char)beginning[i])] |= bit;
    }
}

/* The second and third character may be escaped, where the first is not. */
static void filter_pattern(struct redactor *redactor, const char *text, unsigned char bit)
{
    static const char escape[] = "%\\", inner[] = "0123456789abcdefABCDEFu/\"";

    redactor->first[(unsigned char)text[0]] |= bit;
    redactor->second[(unsigned char)text[1]] |= bit;
    redactor->third[(unsigned char)text[2]] |= bit;
    for (const char *c = escape; *c; c++) {
        redactor->second[(unsigned char)*c] |= bit;
        redactor->third[(unsigned char)*c] |= bit;
    }
    for (const char *c = inner; *c; c++)
        redactor->third[(unsigned char)*c] |= bit;
}

struct redactor *redactor_new(void)
{
    struct redactor *redactor = xcalloc(1, sizeof(*redactor));

    for (size_t i = 0; i < 256; i++) {
        redactor->second[i] = GROUP_ESCAPE;
        redactor->third[i] = GROUP_ESCAPE;
    }
    redactor->first['\\'] = GROUP_ESCAPE;
    redactor->first['%'] = GROUP_ESCAPE;
    for (size_t i = 0; i < redact_shape_beginning_count; i++)
        filter_either_case(redactor, redact_shape_beginnings[i], (unsigned char)(GROUP_SHAPE << i));
    return redactor;
}

void redactor_free(struct redactor *redactor)
{
    if (!redactor)
        return;
    redact_patterns_release(&redactor->patterns);
    secret_wipe(redactor, sizeof(*redactor));
    free(redactor);
}

void redactor_add(struct redactor *redactor, const struct secret *secret)
{
    size_t len, known = redactor->patterns.count;
    const char *key = secret_reveal(secret, &len);

    redact_patterns_add(&redactor->patterns, key, len);
    for (size_t i = known; i < redactor->patterns.count; i++)
        filter_pattern(redactor, redactor->patterns.items[i].text,
                       i % 2 ? GROUP_OTHER_PATTERN : GROUP_PATTERN);
}

size_t redactor_window(const struct redactor *redactor)
{
    /* A match may begin within the escape that is looked at. */
    size_t pattern = REDACT_UNIT_MAX * (redactor->patterns.longest + 1);

    return pattern > REDACT_SHAPE_WINDOW ? pattern : REDACT_SHAPE_WINDOW;
}

static inline unsigned filter_at(const struct redactor *redactor, const unsigned char *text)
{
    return redactor->first[text[0]] & redactor->second[text[1]] & redactor->third[text[2]];
}

/*
 * The first place from `at` on where a match of one of the `groups` may begin; the last two bytes
 * always are one.
 */
static size_t next_candidate(const struct redactor *redactor, const struct redact_view *view,
                             size_t at, unsigned groups)
{
    const unsigned char *text = view->text;

    while (at + 6 <= view->len &&
           !((filter_at(redactor, text + at) | filter_at(redactor, text + at + 1) |
              filter_at(redactor, text + at + 2) | filter_at(redactor, text + at + 3)) &
             groups))
        at += 4;
    while (at + 3 <= view->len && !(filter_at(redactor, text + at) & groups))
        at++;
    return at;
}

/* ---- the scan ---- */

/* What begins at one place: a single character, or an escape with all its bytes. */
struct unit {
    size_t len;
    unsigned char character; /* 0: not ASCII, or no character that stands beside a word */
};

/* A JSON escape as its scanner sees it, not deeper: so what is replaced never ends inside one. */
static ptrdiff_t read_json_escape(const struct redact_view *view, size_t at, struct unit *unit)
{
    unsigned char next;
    ptrdiff_t len;

    if (at + 1 >= view->len)
        return view->final ? MATCH_NO : MATCH_MORE;
    next = view->text[at + 1];
    if (next == 'u') {
        len = redact_decode(view, at, &unit->character);
        unit->len = len > 0 ? (size_t)len : 1;
        return len;
    }
    if (!next || !strchr("\"\\/bfnrt", next))
        return MATCH_NO;
    unit->len = 2;
    unit->character = ispunct(next) ? next : 0;
    return 2;
}

static ptrdiff_t read_unit(const struct redact_view *view, size_t at, struct unit *unit)
{
    ptrdiff_t len = MATCH_NO;

    *unit = (struct unit){.len = 1, .character = view->text[at]};
    if (view->text[at] == '\\')
        len = read_json_escape(view, at, unit);
    if (view->text[at] == '%')
        len = redact_decode(view, at, &unit->character);
    if (len > 0)
        unit->len = (size_t)len;
    return len;
}

/* Known secrets that begin at the unit or within it. False: more bytes are needed. */
static bool find_secrets(const struct redactor *redactor, const struct redact_view *view, size_t at,
                         const struct unit *unit, struct cursor *cursor)
{
    for (size_t from = at; from < at + unit->len; from++) {
        bool numeric = false;
        ptrdiff_t len = redact_patterns_match(&redactor->patterns, view, from, &numeric);

        if (len == MATCH_MORE)
            return false;
        if (len == MATCH_NO)
            continue;
        cursor->numeric = numeric && (cursor->cover <= at || cursor->numeric);
        if (from + (size_t)len > cursor->cover)
            cursor->cover = from + (size_t)len;
    }
    return true;
}

/* The span as it is at this byte: ended, or begun anew in an array of values. */
static void move_span(struct cursor *cursor, size_t at, unsigned char byte)
{
    if (cursor->span == SPAN_NONE || at < cursor->span_from ||
        !redact_span_ends(cursor->span, byte))
        return;
    if (cursor->span == SPAN_ITEM && byte == '"') {
        cursor->span = SPAN_GAP;
        cursor->span_from = at + 1;
    } else if (cursor->span == SPAN_GAP && byte == '"') {
        cursor->span = SPAN_ITEM;
        cursor->span_from = at + 1;
    } else {
        cursor->span = SPAN_NONE;
    }
}

/*
 * An escape becomes another one for a single character, so that what JSON makes of the text has the
 * same length however it was written.
 */
static void replace_escape(unsigned char *text, size_t len)
{
    static const char long_escape[] = "\\u002a", short_escape[] = "\\/";

    if (text[0] == '\\')
        memcpy(text, len == 2 ? short_escape : long_escape, len);
    else
        memset(text, '*', len);
}

static void replace_unit(struct cursor *cursor, unsigned char *text, size_t at, size_t len)
{
    bool covered = cursor->cover > at;
    bool spanned = cursor->span != SPAN_NONE && cursor->span != SPAN_GAP && at >= cursor->span_from;
    unsigned char byte = text[at];

    if ((!covered && !spanned) || byte < ' ' || byte == '"')
        return;
    cursor->replaced += len;
    if (len > 1)
        replace_escape(text + at, len);
    else if (spanned || !cursor->numeric)
        text[at] = '*';
    else if (isdigit(byte)) /* still a number, and not the digit it was */
        text[at] = byte == '9' ? '8' : '9';
}

/* Decide the unit at `*at` and go behind it. False, with nothing changed: more bytes are needed. */
static bool scan_unit(const struct redactor *redactor, const struct redact_view *view,
                      struct cursor *cursor, unsigned char *text, size_t *at)
{
    struct cursor next = *cursor;
    struct redact_shape shape;
    struct unit unit;

    if (read_unit(view, *at, &unit) == MATCH_MORE ||
        !find_secrets(redactor, view, *at, &unit, &next))
        return false;
    move_span(&next, *at, view->text[*at]);
    if (next.span == SPAN_NONE) {
        ptrdiff_t answer = redact_shape_match(view, *at, next.before, &shape);

        if (answer == MATCH_MORE)
            return false;
        if (answer > 0) {
            next.span = shape.span;
            next.span_from = shape.from;
        }
    }
    *cursor = next;
    replace_unit(cursor, text, *at, unit.len);
    cursor->before = unit.character;
    *at += unit.len;
    return true;
}

/* Redact from the beginning as far as is certain; answers how far. */
static size_t scan(const struct redactor *redactor, struct cursor *cursor, unsigned char *text,
                   size_t len, bool final)
{
    const struct redact_view view = {.text = text, .len = len, .final = final};
    size_t at = 0;

    while (at < len) {
        if (cursor->span == SPAN_NONE && cursor->cover <= at) {
            size_t candidate = next_candidate(redactor, &view, at, GROUP_ANY);

            if (candidate > at)
                cursor->before = text[candidate - 1];
            at = candidate;
        }
        if (at >= len || !scan_unit(redactor, &view, cursor, text, &at))
            break;
    }
    cursor->cover -= cursor->cover < at ? cursor->cover : at;
    cursor->span_from -= cursor->span_from < at ? cursor->span_from : at;
    return at;
}

/* ---- whole texts ---- */

size_t redact(const struct redactor *redactor, char *text, size_t len)
{
    struct cursor cursor = {0};

    scan(redactor, &cursor, (unsigned char *)text, len, true);
    return cursor.replaced;
}

char *redact_copy(const struct redactor *redactor, const char *text)
{
    char *copy = xstrdup(text);

    if (copy)
        redact(redactor, copy, strlen(copy));
    return copy;
}

size_t redact_header(const struct redactor *redactor, const char *name, char *value)
{
    size_t replaced = 0;

    if (!redact_is_credential(name))
        return redact(redactor, value, strlen(value));
    for (; *value; value++) {
        if ((unsigned char)*value < ' ')
            continue;
        *value = '*';
        replaced++;
    }
    return replaced;
}

/* ---- finding ---- */

/* "sk-xxxxxxxxxxxxxxxxxxxx" stands in every manual; and there is one that is nobody's. */
static bool is_example(const char *text, size_t len)
{
    if (len == sizeof(SECRET_NOBODYS) - 1 && memcmp(text, SECRET_NOBODYS, len) == 0)
        return true;
    for (size_t i = 4; i < len; i++)
        if (tolower((unsigned char)text[i]) != tolower((unsigned char)text[3]))
            return false;
    return true;
}

/* The character in front; what ends an escape ("\\n") is none that belongs to a word. */
static unsigned char character_before(const char *text, size_t at)
{
    if (at == 0 || (at >= 2 && text[at - 2] == '\\'))
        return 0;
    return (unsigned char)text[at - 1];
}

static bool is_key_at(const struct redactor *redactor, const struct redact_view *view, size_t at,
                      struct redact_key *key)
{
    const char *text = (const char *)view->text;
    struct redact_shape shape;
    bool numeric;
    ptrdiff_t len = redact_patterns_match(&redactor->patterns, view, at, &numeric);

    if (len > 0) {
        *key = (struct redact_key){.at = at, .len = (size_t)len, .known = true};
        return true;
    }
    if (redact_shape_match(view, at, character_before(text, at), &shape) <= 0 ||
        shape.span != SPAN_KEY)
        return false;
    *key = (struct redact_key){.at = at};
    while (at + key->len < view->len && !redact_span_ends(SPAN_KEY, view->text[at + key->len]))
        key->len++;
    return !is_example(text + at, key->len);
}

bool redact_find_key(const struct redactor *redactor, const char *text, size_t len, size_t from,
                     struct redact_key *key)
{
    const struct redact_view view = {
        .text = (const unsigned char *)text, .len = len, .final = true};

    for (size_t at = from; at < len; at++) {
        at = next_candidate(redactor, &view, at, GROUP_KEY);
        if (at < len && is_key_at(redactor, &view, at, key))
            return true;
    }
    return false;
}

/* ---- comparing ---- */

/* The end of the replaced run around `at`; `at` itself when there is none. */
static size_t replaced_run(const char *text, size_t len, size_t at)
{
    size_t start = at, end = at;

    while (end < len && text[end] == '*')
        end++;
    while (end > at && start > 0 && text[start - 1] == '*')
        start--;
    return end - start >= REDACT_SECRET_MIN ? end : at;
}

void redact_environment(const struct redactor *redactor)
{
    for (char **variable = environ; *variable;) {
        char *copy = redact_copy(redactor, *variable);
        bool secret = strcmp(copy, *variable) != 0;

        memcpy(copy, *variable, strlen(copy));
        copy[strcspn(copy, "=")] = '\0';
        if (!secret || unsetenv(copy) != 0) /* else the others move up */
            variable++;
        secret_wipe(copy, strlen(copy));
        free(copy);
    }
}

bool redact_equal(const char *one, const char *other, size_t len)
{
    size_t at = 0;

    if (!len || memcmp(one, other, len) == 0)
        return true;
    while (at < len) {
        size_t end;

        if (one[at] == other[at]) {
            at++;
            continue;
        }
        end = replaced_run(one[at] == '*' ? one : other, len, at);
        if (end == at)
            return false;
        at = end;
    }
    return true;
}

/* ---- streams ---- */

struct redact_stream *redact_stream_new(const struct redactor *redactor)
{
    struct redact_stream *stream = xcalloc(1, sizeof(*stream));

    stream->redactor = redactor;
    /* Never more than one piece and a window: what is certain leaves with the next call. */
    bytes_init(&stream->held, SIZE_MAX / 2);
    return stream;
}

void redact_stream_free(struct redact_stream *stream)
{
    if (!stream)
        return;
    if (stream->held.data)
        secret_wipe(stream->held.data, stream->held.size);
    bytes_release(&stream->held);
    free(stream);
}

static size_t give(struct redact_stream *stream, bool final, const char **out)
{
    unsigned char *text = (unsigned char *)stream->held.data;

    stream->given = scan(stream->redactor, &stream->cursor, text, stream->held.len, final);
    *out = bytes_text(&stream->held);
    return stream->given;
}

size_t redact_stream_push(struct redact_stream *stream, const char *data, size_t len,
                          const char **out)
{
    bytes_drop(&stream->held, stream->given);
    stream->given = 0;
    bytes_append(&stream->held, data, len);
    return give(stream, false, out);
}

size_t redact_stream_finish(struct redact_stream *stream, const char **out)
{
    bytes_drop(&stream->held, stream->given);
    stream->given = 0;
    return give(stream, true, out);
}
