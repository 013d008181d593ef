#include "scan/sieve.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "base/needles.h"
#include "base/redact.h"
#include "base/secret.h"
#include "scan/glimpse.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    WINDOW = 256 * 1024, /* looked at in one go */
    SECRET_MIN = 12,     /* the shortest value behind the name of a key that counts */
    LOOK_BACK = 256,     /* for the name in front of "value:" */
};

/* Where each of the three finders goes on, as offsets into the window. */
enum finder {
    FIND_KEY,
    FIND_NEEDLE,
    FIND_VALUE,
    FINDER_COUNT,
};

struct sieve {
    const struct sought *sought;
    const struct redactor *redactor;
    void (*hit)(void *context, const struct sieve_hit *hit);
    void *context;
    enum sieve_mode mode;
    struct bytes window;
    size_t margin; /* bytes kept on both sides of what is looked at */
    size_t next[FINDER_COUNT];
    size_t place, line, column; /* offset `place` is at this line and column */
};

/* What one finder found. */
struct found {
    size_t at, len;
    size_t end; /* where the finder goes on */
    size_t tag;
    bool known;
};

struct sieve *sieve_new(const struct sought *sought, const struct redactor *redactor,
                        void (*hit)(void *context, const struct sieve_hit *hit), void *context)
{
    struct sieve *sieve = xcalloc(1, sizeof(*sieve));

    sieve->sought = sought;
    sieve->redactor = redactor;
    sieve->hit = hit;
    sieve->context = context;
    sieve->margin = redactor_window(redactor) + 2 * SIEVE_TOKEN_MAX;
    bytes_init(&sieve->window, SIZE_MAX);
    return sieve;
}

void sieve_free(struct sieve *sieve)
{
    if (!sieve)
        return;
    if (sieve->window.data)
        secret_wipe(sieve->window.data, sieve->window.size);
    bytes_release(&sieve->window);
    free(sieve);
}

void sieve_begin(struct sieve *sieve, enum sieve_mode mode)
{
    bytes_clear(&sieve->window);
    memset(sieve->next, 0, sizeof(sieve->next));
    sieve->mode = mode;
    sieve->place = 0;
    sieve->line = 1;
    sieve->column = 1;
}

/* ---- characters ---- */

static unsigned char byte_at(const struct sieve *sieve, size_t at)
{
    return at < sieve->window.len ? (unsigned char)sieve->window.data[at] : 0;
}

static unsigned char byte_before(const struct sieve *sieve, size_t at)
{
    return at > 0 ? (unsigned char)sieve->window.data[at - 1] : 0;
}

static bool is_quote(unsigned char byte)
{
    return byte == '"' || byte == '\'' || byte == '`';
}

static bool is_blank(unsigned char byte)
{
    return byte == ' ' || byte == '\t';
}

static bool is_name(unsigned char byte)
{
    return isalnum(byte) || byte == '_' || byte == '-' || byte == '.';
}

/* A part of a URL that needs no escaping where it stands, in any language. */
static bool is_url(unsigned char byte)
{
    return byte > ' ' && byte < 0x7F && !strchr("\"'`<>\\{}|^()[],;$*", byte);
}

/* ---- places ---- */

static void count(struct sieve *sieve, size_t to)
{
    const char *text = sieve->window.data, *newline;

    while (sieve->place < to && (newline = memchr(text + sieve->place, '\n', to - sieve->place))) {
        sieve->line++;
        sieve->column = 1;
        sieve->place = (size_t)(newline - text) + 1;
    }
    for (; sieve->place < to; sieve->place++)
        sieve->column += ((unsigned char)text[sieve->place] & 0xC0) != 0x80;
}

/* A URL may begin in front of what was found in it, on the same line. */
static void count_back(struct sieve *sieve, size_t to)
{
    for (; sieve->place > to; sieve->place--)
        sieve->column -= ((unsigned char)sieve->window.data[sieve->place - 1] & 0xC0) != 0x80;
}

/* ---- what stands around a place ---- */

/* The end of the URL or path that begins at `at`. */
static size_t token_end(const struct sieve *sieve, size_t at)
{
    size_t end = at;

    while (end < sieve->window.len && end - at < SIEVE_TOKEN_MAX && is_url(byte_at(sieve, end)))
        end++;
    while (end > at && strchr(".:!?", sieve->window.data[end - 1]))
        end--;
    return end;
}

/* "http://" or "https://" that ends with the two slashes at `slashes`; its length, 0: none. */
static size_t scheme_before(const struct sieve *sieve, size_t slashes)
{
    static const char *const schemes[] = {"https:", "http:"};

    for (size_t i = 0; i < 2; i++) {
        size_t len = strlen(schemes[i]);

        if (slashes >= len &&
            strncasecmp(sieve->window.data + slashes - len, schemes[i], len) == 0 &&
            !isalnum(byte_before(sieve, slashes - len)))
            return len;
    }
    return 0;
}

/* Where the URL begins in which `at` stands; `at` when it stands in none. */
static size_t url_start(const struct sieve *sieve, size_t at)
{
    for (size_t i = at; i > 1 && at - i < SIEVE_TOKEN_MAX; i--) {
        if (!is_url(byte_before(sieve, i)))
            return at;
        if (byte_before(sieve, i) == '/' && byte_before(sieve, i - 1) == '/' &&
            scheme_before(sieve, i - 2))
            return i - 2 - scheme_before(sieve, i - 2);
    }
    return at;
}

/* The word that ends at `end`, as a name; where it begins. */
static size_t name_before(const struct sieve *sieve, size_t end, char *name)
{
    size_t from = end;

    while (from > 0 && end - from < SIEVE_NAME - 1 && is_name(byte_before(sieve, from)))
        from--;
    memcpy(name, sieve->window.data + from, end - from);
    name[end - from] = '\0';
    return from;
}

/* "- name: BASE_URL" in front of "value: …", as Kubernetes writes it. */
static void name_of_value(const struct sieve *sieve, size_t at, char *name)
{
    static const char word[] = "name";
    const size_t len = sizeof(word) - 1;

    for (size_t i = at; i > len && at - i < LOOK_BACK; i--) {
        size_t from = i, end;

        if (strncmp(sieve->window.data + i - len, word, len) != 0 ||
            isalnum(byte_before(sieve, i - len)))
            continue;
        while (from < at && (is_quote(byte_at(sieve, from)) || is_blank(byte_at(sieve, from)) ||
                             byte_at(sieve, from) == ':' || byte_at(sieve, from) == '='))
            from++;
        for (end = from; end < at && is_name(byte_at(sieve, end));)
            end++;
        if (end > from)
            name_before(sieve, end, name);
        return;
    }
}

static size_t back_over(const struct sieve *sieve, size_t at, bool quotes)
{
    while (at > 0 &&
           (is_blank(byte_before(sieve, at)) || (quotes && is_quote(byte_before(sieve, at)))))
        at--;
    return at;
}

static void setting_before(const struct sieve *sieve, size_t at, char *name)
{
    unsigned char separator;

    name[0] = '\0';
    at = back_over(sieve, at, true);
    separator = byte_before(sieve, at);
    if (separator != ':' && separator != '=')
        return;
    at = name_before(sieve, back_over(sieve, at - 1, true), name);
    if (strcasecmp(name, "value") == 0)
        name_of_value(sieve, at, name);
}

/* What is commented out in a file of settings configures nothing. */
static bool in_comment(const struct sieve *sieve, size_t at)
{
    size_t from = at;

    while (from > 0 && at - from < sieve->margin / 2 && byte_before(sieve, from) != '\n')
        from--;
    while (from < at && is_blank(byte_at(sieve, from)))
        from++;
    return from < at && (byte_at(sieve, from) == '#' || byte_at(sieve, from) == ';' ||
                         (byte_at(sieve, from) == '/' && byte_at(sieve, from + 1) == '/'));
}

/* ---- the finders ---- */

/* What may go on an id: "gpt-4" is not in "gpt-4o", "gpt-4-turbo", "gpt-4.1" or "x/gpt-4". */
static bool model_stands_alone(const struct sieve *sieve, const struct found *found)
{
    unsigned char before = byte_before(sieve, found->at);
    unsigned char after = byte_at(sieve, found->at + found->len);

    if (isalnum(before) || (before && strchr("_-./@:", before) && before != ':'))
        return false;
    if (isalnum(after) || after == '_' || after >= 0x80)
        return false;
    if (after && strchr("-./:@", after))
        return !isalnum(byte_at(sieve, found->at + found->len + 1));
    return true;
}

static bool host_stands_alone(const struct sieve *sieve, const struct found *found)
{
    unsigned char before = byte_before(sieve, found->at);
    unsigned char after = byte_at(sieve, found->at + found->len);

    return !isalnum(before) && before != '-' && before != '.' && !isalnum(after) && after != '-' &&
           after != '_' && !(after == '.' && isalnum(byte_at(sieve, found->at + found->len + 1)));
}

/* "$BASE/v1/models" is the path, "src/v1/models" is another. */
static bool behind_variable(const struct sieve *sieve, size_t at)
{
    size_t from = at;

    while (from > 0 && at - from < SIEVE_NAME &&
           (isalnum(byte_before(sieve, from)) || byte_before(sieve, from) == '_'))
        from--;
    return from < at && (byte_before(sieve, from) == '$' || byte_before(sieve, from) == '%');
}

static bool path_stands_alone(const struct sieve *sieve, const struct found *found)
{
    unsigned char before = byte_before(sieve, found->at);
    unsigned char after = byte_at(sieve, found->at + found->len);

    if (isalnum(after) || after == '_' || after == '-')
        return false;
    if (isalnum(before) || before == '_')
        return behind_variable(sieve, found->at);
    return !before || !strchr("-.~@/*", before);
}

/* Whether a literal of this look is more than an example: "your-key-here", "${KEY}", "get_key()".
 */
static bool looks_secret(const struct sieve *sieve, size_t from, size_t end, bool quoted)
{
    size_t digits = 0, letters = 0;
    unsigned char after = byte_at(sieve, end);

    for (size_t at = from; at < end; at++) {
        digits += isdigit(byte_at(sieve, at)) != 0;
        letters += isalpha(byte_at(sieve, at)) != 0;
    }
    return end - from >= SECRET_MIN && digits > 1 && letters > 1 &&
           strncmp(sieve->window.data + from, "sk-", 3) != 0 && /* found by that already */
           (quoted ? is_quote(after) : after <= ' ' || after == '#');
}

/* "NAME=value" or "NAME": "value", on one line: the value becomes what was found. */
static bool holds_key(const struct sieve *sieve, struct found *found)
{
    size_t at = found->at + found->len, end;
    bool quoted;

    if (is_name(byte_before(sieve, found->at)))
        return false;
    while (is_quote(byte_at(sieve, at)) || is_blank(byte_at(sieve, at)))
        at++;
    if (byte_at(sieve, at) != '=' && byte_at(sieve, at) != ':')
        return false;
    for (at++; is_blank(byte_at(sieve, at));)
        at++;
    quoted = is_quote(byte_at(sieve, at));
    at += quoted;
    for (end = at; isalnum(byte_at(sieve, end)) ||
                   (byte_at(sieve, end) && strchr("_-+/=.~", byte_at(sieve, end)));)
        if (++end - at > SIEVE_TOKEN_MAX)
            return false;
    if ((!quoted && sieve->mode != SIEVE_SETTINGS) || !looks_secret(sieve, at, end, quoted))
        return false;
    found->at = at;
    found->len = end - at;
    found->end = end;
    return true;
}

/* The needle that was found is what it looks like; a URL around it becomes what was found. */
static bool needle_holds(const struct sieve *sieve, struct found *found)
{
    const struct sought_item *item = &sieve->sought->items[found->tag];
    size_t start;

    if (item->kind == SCAN_MODEL) {
        if (found->len > strlen(item->value)) { /* with its quotes */
            found->at++;
            found->len -= 2;
            return true;
        }
        return model_stands_alone(sieve, found);
    }
    if (item->kind == SCAN_KEY)
        return holds_key(sieve, found);
    start = url_start(sieve, found->at);
    if (sieve->mode == SIEVE_SETTINGS && (item->kind == SCAN_PATH || start < found->at))
        return false; /* a value, which another finder finds */
    if (item->kind == SCAN_BASE_URL ? !host_stands_alone(sieve, found)
                                    : start == found->at && !path_stands_alone(sieve, found))
        return false;
    found->end = token_end(sieve, found->at);
    if (found->end < found->at + found->len)
        found->end = found->at + found->len;
    if (start < found->at || item->kind == SCAN_BASE_URL) {
        found->at = start;
        found->len = found->end - start;
    }
    return true;
}

static bool find_needle(const struct sieve *sieve, size_t from, size_t to, struct found *found)
{
    struct needles_match match;

    while (
        needles_next(sieve->sought->needles, sieve->window.data, sieve->window.len, from, &match) &&
        match.at < to) {
        *found = (struct found){
            .at = match.at, .len = match.len, .end = match.at + match.len, .tag = match.tag};
        if (needle_holds(sieve, found))
            return true;
        from = match.at + 1;
    }
    return false;
}

static bool find_key(const struct sieve *sieve, size_t from, size_t to, struct found *found)
{
    struct redact_key key;

    if (!redact_find_key(sieve->redactor, sieve->window.data, sieve->window.len, from, &key) ||
        key.at >= to)
        return false;
    *found =
        (struct found){.at = key.at, .len = key.len, .end = key.at + key.len, .known = key.known};
    return true;
}

/* A URL, or a path that begins a value: what stands behind a blank, a quote or a separator. */
static bool value_at(const struct sieve *sieve, size_t slash, struct found *found)
{
    size_t scheme = byte_at(sieve, slash + 1) == '/' ? scheme_before(sieve, slash) : 0;
    unsigned char before = byte_before(sieve, slash);

    if (!scheme &&
        (!isalnum(byte_at(sieve, slash + 1)) || (before && !is_blank(before) && !is_quote(before) &&
                                                 before != '=' && before != ':' && before != '\n')))
        return false;
    found->at = slash - scheme;
    found->end = token_end(sieve, found->at);
    found->len = found->end - found->at;
    return found->len > 1;
}

static bool find_value(const struct sieve *sieve, size_t from, size_t to, struct found *found)
{
    const char *text = sieve->window.data, *slash;

    while (from < to && (slash = memchr(text + from, '/', to - from))) {
        *found = (struct found){.tag = SIZE_MAX};
        if (value_at(sieve, (size_t)(slash - text), found) && !in_comment(sieve, found->at))
            return true;
        from = (size_t)(slash - text) + 1;
    }
    return false;
}

static bool find(const struct sieve *sieve, enum finder finder, size_t to, struct found *found)
{
    size_t from = sieve->next[finder];

    if (from >= to || (finder != FIND_KEY && sieve->mode == SIEVE_KEYS) ||
        (finder == FIND_VALUE && sieve->mode != SIEVE_SETTINGS))
        return false;
    if (finder == FIND_NEEDLE)
        return find_needle(sieve, from, to, found);
    return finder == FIND_KEY ? find_key(sieve, from, to, found)
                              : find_value(sieve, from, to, found);
}

/* ---- the window ---- */

static void tell(struct sieve *sieve, enum finder finder, const struct found *found)
{
    struct sieve_hit hit = {.text = sieve->window.data + found->at,
                            .len = found->len,
                            .known = found->known,
                            .quoted = is_quote(byte_before(sieve, found->at))};

    if (found->at < sieve->place)
        count_back(sieve, found->at);
    count(sieve, found->at);
    hit.line = sieve->line;
    hit.column = sieve->column;
    if (finder == FIND_NEEDLE) {
        hit.item = &sieve->sought->items[found->tag];
        hit.kind = hit.item->kind;
        if (strncasecmp(hit.text, "http", 4) == 0)
            hit.kind = hit.kind == SCAN_PATH ? SCAN_BASE_URL : hit.kind;
    } else if (finder == FIND_VALUE) {
        hit.kind = hit.text[0] == '/' ? SCAN_PATH : SCAN_BASE_URL;
    }
    if (sieve->mode == SIEVE_SETTINGS && hit.kind != SCAN_KEY)
        setting_before(sieve, found->at, hit.setting);
    sieve->hit(sieve->context, &hit);
}

/* All that begins in front of `to`, in the order in which it stands. */
static void look(struct sieve *sieve, size_t to)
{
    struct found found[FINDER_COUNT];
    bool there[FINDER_COUNT];

    for (int i = 0; i < FINDER_COUNT; i++)
        there[i] = find(sieve, (enum finder)i, to, &found[i]);
    for (;;) {
        int first = -1;

        for (int i = 0; i < FINDER_COUNT; i++)
            if (there[i] && (first < 0 || found[i].at < found[first].at))
                first = i;
        if (first < 0)
            break;
        tell(sieve, (enum finder)first, &found[first]);
        sieve->next[first] = found[first].end;
        there[first] = find(sieve, (enum finder)first, to, &found[first]);
    }
    for (int i = 0; i < FINDER_COUNT; i++)
        if (sieve->next[i] < to)
            sieve->next[i] = to;
}

/* Drop what is no longer looked back at. */
static void move(struct sieve *sieve, size_t to)
{
    size_t drop = to > sieve->margin ? to - sieve->margin : 0;

    count(sieve, drop);
    for (int i = 0; i < FINDER_COUNT; i++)
        sieve->next[i] -= drop;
    sieve->place -= drop;
    bytes_drop(&sieve->window, drop);
}

void sieve_push(struct sieve *sieve, const char *data, size_t len)
{
    while (len > 0) {
        size_t room = WINDOW + 2 * sieve->margin - sieve->window.len;
        size_t part = len < room ? len : room;

        bytes_append(&sieve->window, data, part);
        data += part;
        len -= part;
        if (part == room) {
            look(sieve, sieve->window.len - sieve->margin);
            move(sieve, sieve->window.len - sieve->margin);
        }
    }
}

void sieve_finish(struct sieve *sieve)
{
    if (sieve->window.len > 0)
        look(sieve, sieve->window.len);
}

/* ---- what may be shown ---- */

static struct glimpse_view view_of(const struct sieve *sieve, const struct sieve_hit *hit)
{
    return (struct glimpse_view){.redactor = sieve->redactor,
                                 .text = sieve->window.data,
                                 .len = sieve->window.len,
                                 .at = (size_t)(hit->text - sieve->window.data),
                                 .part = hit->len,
                                 .margin = sieve->margin};
}

char *sieve_shown(const struct sieve *sieve, const struct sieve_hit *hit)
{
    const struct glimpse_view view = view_of(sieve, hit);

    return hit->kind == SCAN_KEY ? xstrdup("")
                                 : glimpse_part(&view, hit->kind == SCAN_BASE_URL ? "?#" : "");
}

char *sieve_excerpt(const struct sieve *sieve, const struct sieve_hit *hit)
{
    const struct glimpse_view view = view_of(sieve, hit);

    return glimpse_line(&view);
}
