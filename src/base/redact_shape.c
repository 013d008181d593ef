#include "base/redact_shape.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum {
    KEY_MIN = 16,  /* characters behind "sk-" */
    KEY_LOOK = 64, /* of them looked at before deciding */
    KEY_SIGNS = 4, /* digits and inner capitals that no word has */
    BLANKS_MAX = 8,
    BACKSLASHES_MAX = 3,
};

/* Names as they begin in a text; "x-api-key" is found by its end. */
struct credential_name {
    const char *text;
    bool header; /* "name: value" */
    bool query;  /* "name=value" */
    bool inside; /* of a query only: "key=" alone is ordinary code */
};

static const struct credential_name names[] = {
    {.text = "authorization", .header = true},
    {.text = "set-cookie", .header = true},
    {.text = "api-key", .header = true, .query = true},
    {.text = "api_key", .header = true, .query = true},
    {.text = "apikey", .header = true, .query = true},
    {.text = "key", .query = true, .inside = true},
};

const char *const redact_shape_beginnings[] = {"sk-", "aut", "set", "api", "key"};
const size_t redact_shape_beginning_count =
    sizeof(redact_shape_beginnings) / sizeof(*redact_shape_beginnings);

bool redact_is_credential(const char *header_name)
{
    static const char *const headers[] = {
        "authorization",  "proxy-authorization", "x-api-key", "api-key",
        "x-goog-api-key", "set-cookie",          "cookie",
    };

    for (size_t i = 0; i < sizeof(headers) / sizeof(*headers); i++)
        if (strcasecmp(header_name, headers[i]) == 0)
            return true;
    return false;
}

static bool is_key_character(unsigned char byte)
{
    return isalnum(byte) || byte == '-' || byte == '_';
}

bool redact_span_ends(enum redact_span span, unsigned char byte)
{
    switch (span) {
    case SPAN_NONE:
        return true;
    case SPAN_KEY:
        return !is_key_character(byte);
    case SPAN_LINE:
        return byte == '\0' || strchr("\r\n\"\\'`", byte);
    case SPAN_QUOTED:
    case SPAN_ITEM:
        return byte == '\0' || strchr("\r\n\"", byte);
    case SPAN_SOFT:
        return byte == '\0' || strchr("\r\n\"\\'", byte);
    case SPAN_QUERY:
        return byte <= ' ' || byte > '~' || strchr("&#\"'\\<>;,()[]{}|`", byte);
    case SPAN_GAP:
        return byte == '\0' || !strchr(" \t\r\n,", byte);
    }
    return true;
}

/* ---- sk-… ---- */

/* What speaks for a key rather than for words joined by hyphens, counted along a run. */
struct key_signs {
    size_t segment; /* letters and digits since the last "-" or "_" */
    size_t longest;
    size_t signs;
    unsigned char before;
};

static void count_sign(struct key_signs *signs, unsigned char byte)
{
    bool joined = isalnum(byte);

    signs->segment = joined ? signs->segment + 1 : 0;
    if (signs->segment > signs->longest)
        signs->longest = signs->segment;
    signs->signs += isdigit(byte) || (isupper(byte) && islower(signs->before));
    signs->before = byte;
}

/*
 * "sk-" and at least KEY_MIN characters among which there are either KEY_SIGNS digits or inner
 * capitals, or one unbroken segment of KEY_MIN: "sk-learn-based-pipelines" is none.
 */
static ptrdiff_t match_key(const struct redact_view *view, size_t at, struct redact_shape *shape)
{
    struct key_signs signs = {0};

    for (size_t i = 0; i < 3 + KEY_LOOK; i++) {
        unsigned char byte;

        if (at + i >= view->len)
            return view->final ? MATCH_NO : MATCH_MORE;
        byte = view->text[at + i];
        if (i < 3 ? byte != (unsigned char)"sk-"[i] : !is_key_character(byte))
            return MATCH_NO;
        if (i < 3)
            continue;
        count_sign(&signs, byte);
        if (i + 1 >= 3 + KEY_MIN && (signs.signs >= KEY_SIGNS || signs.longest >= KEY_MIN)) {
            *shape = (struct redact_shape){.span = SPAN_KEY, .from = at};
            return (ptrdiff_t)i + 1;
        }
    }
    return MATCH_NO;
}

/* ---- names and their values ---- */

/* A place in the view that moves; `answer` says why a step failed. */
struct reader {
    const struct redact_view *view;
    size_t at;
    ptrdiff_t answer;
};

/* A quote as the text writes it. */
struct quote {
    unsigned char character; /* 0: none */
    size_t backslashes;
};

static bool read_peek(struct reader *reader, size_t ahead, unsigned char *byte)
{
    if (reader->at + ahead >= reader->view->len) {
        reader->answer = reader->view->final ? MATCH_NO : MATCH_MORE;
        return false;
    }
    *byte = reader->view->text[reader->at + ahead];
    return true;
}

static bool read_word(struct reader *reader, const char *word)
{
    unsigned char byte;

    for (; *word; word++, reader->at++) {
        if (!read_peek(reader, 0, &byte))
            return false;
        reader->answer = MATCH_NO;
        if (tolower(byte) != *word)
            return false;
    }
    return true;
}

static bool read_blanks(struct reader *reader)
{
    unsigned char byte;

    for (size_t i = 0; i <= BLANKS_MAX; i++) {
        if (!read_peek(reader, 0, &byte))
            return false;
        if (byte != ' ' && byte != '\t')
            return true;
        reader->at++;
    }
    reader->answer = MATCH_NO;
    return false;
}

/* A quote if there is one; false only when more bytes are needed. */
static bool read_quote(struct reader *reader, struct quote *quote)
{
    unsigned char byte;
    size_t count = 0;

    *quote = (struct quote){0};
    do {
        if (!read_peek(reader, count, &byte))
            return false;
    } while (byte == '\\' && ++count <= BACKSLASHES_MAX);
    if (byte != '"' && (byte != '\'' || count))
        return true;
    *quote = (struct quote){.character = byte, .backslashes = count};
    reader->at += count + 1;
    return true;
}

/* ':' or '=', the latter perhaps encoded. */
static bool read_separator(struct reader *reader, unsigned char *separator)
{
    ptrdiff_t len;

    if (!read_peek(reader, 0, separator))
        return false;
    len = redact_decode(reader->view, reader->at, separator);
    if (len == MATCH_MORE) {
        reader->answer = MATCH_MORE;
        return false;
    }
    reader->at += len > 0 ? (size_t)len : 1;
    return true;
}

static ptrdiff_t found(const struct reader *reader, size_t start, enum redact_span span,
                       struct redact_shape *shape)
{
    *shape = (struct redact_shape){.span = span, .from = reader->at};
    return (ptrdiff_t)(reader->at - start);
}

/*
 * The value of a member whose name was closed by `closing`. It must open in the same way: then
 * both are strings of one JSON text, whatever that text is wrapped in. What is no string stays.
 */
static ptrdiff_t match_member(struct reader *reader, size_t start, const struct quote *closing,
                              struct redact_shape *shape)
{
    bool plain = closing->character == '"' && !closing->backslashes, item = false;
    struct quote opening;
    unsigned char byte;

    if (!read_blanks(reader) || !read_peek(reader, 0, &byte))
        return reader->answer;
    if (plain && byte == '[') {
        item = true;
        reader->at++;
        if (!read_blanks(reader))
            return reader->answer;
    }
    if (!read_quote(reader, &opening))
        return reader->answer;
    if (opening.character != closing->character || opening.backslashes != closing->backslashes)
        return MATCH_NO;
    return found(reader, start, !plain ? SPAN_SOFT : item ? SPAN_ITEM : SPAN_QUOTED, shape);
}

static ptrdiff_t match_name(const struct redact_view *view, size_t at,
                            const struct credential_name *name, struct redact_shape *shape)
{
    struct reader reader = {.view = view, .at = at};
    struct quote closing;
    unsigned char separator;

    if (!read_word(&reader, name->text) || !read_quote(&reader, &closing))
        return reader.answer;
    if (!closing.character && name->query) {
        struct reader query = reader;

        if (!read_separator(&query, &separator))
            return query.answer;
        if (separator == '=')
            return found(&query, at, SPAN_QUERY, shape);
    }
    if (!name->header)
        return MATCH_NO;
    if (!read_blanks(&reader) || !read_peek(&reader, 0, &separator))
        return reader.answer;
    if (separator != ':')
        return MATCH_NO;
    reader.at++;
    if (closing.character)
        return match_member(&reader, at, &closing, shape);
    if (!read_blanks(&reader))
        return reader.answer;
    return found(&reader, at, SPAN_LINE, shape);
}

ptrdiff_t redact_shape_match(const struct redact_view *view, size_t at, unsigned char before,
                             struct redact_shape *shape)
{
    bool more = false, in_query = before == '?' || before == '&' || before == ';';
    ptrdiff_t answer;

    if (isalnum(before))
        return MATCH_NO;
    answer = match_key(view, at, shape);
    if (answer != MATCH_NO)
        return answer;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (names[i].inside && !in_query)
            continue;
        answer = match_name(view, at, &names[i], shape);
        if (answer > 0)
            return answer;
        more |= answer == MATCH_MORE;
    }
    return more ? MATCH_MORE : MATCH_NO;
}
