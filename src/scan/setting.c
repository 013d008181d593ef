#include "scan/setting.h"

#include "base/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A value in parts; all of them lie in it, and have a length of 0 where it has none. */
struct part {
    const char *text;
    size_t len;
};

struct url {
    struct part scheme, host,
        path; /* the host with its port; the path without a slash at its end */
};

static bool is(struct part part, const char *text)
{
    return part.len == strlen(text) && strncmp(part.text, text, part.len) == 0;
}

static bool same(struct part one, struct part other)
{
    return one.len == other.len && strncasecmp(one.text, other.text, one.len) == 0;
}

static struct url split(const char *value, size_t len)
{
    const char *end = value + len, *at = value, *mark;
    struct url url = {.scheme = {value, 0}};

    for (mark = value; mark < end && *mark != '?' && *mark != '#';)
        mark++;
    end = mark;
    for (mark = value; mark + 2 < end; mark++)
        if (mark[0] == ':' && mark[1] == '/' && mark[2] == '/')
            break;
    if (mark + 2 < end) {
        url.scheme.len = (size_t)(mark - value);
        at = mark + 3;
    }
    url.host.text = at;
    while (at < end && *at != '/')
        at++;
    mark = memchr(url.host.text, '@', (size_t)(at - url.host.text));
    url.host.text = mark ? mark + 1 : url.host.text;
    url.host.len = (size_t)(at - url.host.text);
    while (end > at && end[-1] == '/')
        end--;
    url.path = (struct part){at, (size_t)(end - at)};
    return url;
}

static struct url split_text(const char *text)
{
    return split(text, strlen(text));
}

static bool name_has(const char *name, const char *word)
{
    return strcasestr(name, word) != NULL;
}

static bool name_has_any(const char *name, const char *const *words)
{
    for (; *words; words++)
        if (name_has(name, *words))
            return true;
    return false;
}

static bool names_base(const char *name)
{
    static const char *const words[] = {"base_url", "base-url", "baseurl", "base.url",
                                        "api_base", "api-base", "apibase", NULL};

    return name_has_any(name, words);
}

/* Where requests go: a link to the documentation may stand behind any other name. */
static bool names_target(const char *name)
{
    static const char *const words[] = {"endpoint", "host", "api_url", "api-url", "apiurl", NULL};

    return names_base(name) || name_has_any(name, words);
}

/* The operation that a name speaks of, -1 for none: "COMETAPI_CHAT_PATH". */
static int named_operation(const char *name)
{
    for (int i = 0; i < OPERATION_COUNT; i++)
        if (name_has(name, operation_name((enum operation)i)))
            return i;
    return -1;
}

static const char *path_clause(int operation)
{
    static const char *const clauses[] = {[OPERATION_MODELS] = "models.path",
                                          [OPERATION_CHAT] = "chat.path",
                                          [OPERATION_RESPONSES] = "responses.path"};

    return operation < 0 ? "chat.path" : clauses[operation];
}

/* ---- answers ---- */

static void agree(struct setting_answer *answer, const char *clause)
{
    answer->result = SETTING_AGREES;
    answer->clause = clause;
}

__attribute__((format(printf, 3, 4))) static void
differ(struct setting_answer *answer, const char *clause, const char *format, ...)
{
    va_list args;

    answer->result = SETTING_DIFFERS;
    answer->clause = clause;
    va_start(args, format);
    vsnprintf(answer->what, sizeof(answer->what), format, args);
    va_end(args);
}

static bool answered(const struct setting_answer *answer)
{
    return answer->result != SETTING_UNRELATED;
}

/* ---- paths ---- */

/* The path is `first` and, behind that, `second`. */
static bool is_joined(struct part path, const char *first, const char *second)
{
    size_t len = strlen(first);

    return path.len >= len && strncmp(path.text, first, len) == 0 &&
           is((struct part){path.text + len, path.len - len}, second);
}

/* The operation whose path it is, when `front` stands in front of that; -1: none. */
static int operation_of(const struct sought *sought, struct part path, const char *front)
{
    for (int i = 0; i < OPERATION_COUNT; i++)
        if (sought->paths[i] && is_joined(path, front, sought->paths[i]))
            return i;
    return -1;
}

/* The same for a path without what all operations begin with. */
static int operation_without_prefix(const struct sought *sought, struct part path)
{
    size_t len = strlen(sought->prefix);

    for (int i = 0; len && i < OPERATION_COUNT; i++)
        if (sought->paths[i] && is(path, sought->paths[i] + len))
            return i;
    return -1;
}

static bool is_page(const struct sought *sought, struct part path)
{
    for (size_t i = 0; i < sought->count; i++)
        if (sought->items[i].kind == SCAN_PATH && sought->items[i].documentation &&
            is(path, sought->items[i].value))
            return true;
    return false;
}

/* Another path of the contract, such as that of the public list; NULL for none. */
static const char *other_clause(const struct sought *sought, struct part path)
{
    for (size_t i = 0; i < sought->count; i++)
        if (sought->items[i].kind == SCAN_PATH && !sought->items[i].partial &&
            !sought->items[i].documentation && is(path, sought->items[i].value))
            return sought->items[i].from;
    return NULL;
}

static void differ_page(struct setting_answer *answer)
{
    differ(answer, "docs.pages",
           "is a page of the documentation, no endpoint: use the path that the page states");
}

/* The path of operation `is_of` where the name, if it says one, wants `wanted`. */
static bool right_operation(const struct sought *sought, int is_of, int wanted,
                            struct setting_answer *answer)
{
    if (wanted < 0 || wanted == is_of || !sought->paths[wanted])
        return true;
    differ(answer, path_clause(wanted), "is the path of %s, and the name says %s: use %s",
           operation_name((enum operation)is_of), operation_name((enum operation)wanted),
           sought->paths[wanted]);
    return false;
}

static void compare_whole(const struct sought *sought, int operation, enum setting_base base,
                          struct setting_answer *answer)
{
    if (base == BASE_PREFIXED && sought->prefix[0])
        differ(answer, path_clause(operation),
               "doubles %s, which the base URL of this file ends with already: leave it out of one",
               sought->prefix);
    else
        agree(answer, path_clause(operation));
}

static void compare_partial(const struct sought *sought, int operation, enum setting_base base,
                            struct setting_answer *answer)
{
    if (base == BASE_PREFIXED)
        agree(answer, path_clause(operation));
    else
        differ(answer, path_clause(operation), "lacks %s: use %s, or end the base URL with it",
               sought->prefix, sought->paths[operation]);
}

/* "/models" alone is everybody's: what lacks its beginning counts where the name says more. */
static bool partial_counts(const char *name, struct part path, enum setting_base base)
{
    return base != BASE_UNKNOWN || named_operation(name) >= 0 ||
           memchr(path.text + 1, '/', path.len - 1) != NULL;
}

static void compare_path(const struct sought *sought, const char *name, struct part path,
                         enum setting_base base, struct setting_answer *answer)
{
    int wanted = named_operation(name), operation;
    bool says_path = name_has(name, "path") || name_has(name, "endpoint") ||
                     name_has(name, "route") || name_has(name, "url") || name_has(name, "uri");

    if (path.len < 2)
        return;
    if (is_page(sought, path)) {
        differ_page(answer);
    } else if ((operation = operation_of(sought, path, "")) >= 0) {
        if (right_operation(sought, operation, wanted, answer))
            compare_whole(sought, operation, base, answer);
    } else if (sought->prefix[0] && (operation = operation_of(sought, path, sought->prefix)) >= 0) {
        differ(answer, path_clause(operation), "has %s twice: use %s", sought->prefix,
               sought->paths[operation]);
    } else if ((operation = operation_without_prefix(sought, path)) >= 0 &&
               partial_counts(name, path, base)) {
        if (right_operation(sought, operation, wanted, answer))
            compare_partial(sought, operation, base, answer);
    } else if (other_clause(sought, path)) {
        agree(answer, other_clause(sought, path));
    } else if (says_path && wanted >= 0 && sought->paths[wanted]) {
        differ(answer, path_clause(wanted), "is not the path of %s: the contract says %s",
               operation_name((enum operation)wanted), sought->paths[wanted]);
    }
}

/* ---- URLs ---- */

static bool is_documentation(const struct sought *sought, struct part host)
{
    for (size_t i = 0; i < sought->count; i++)
        if (sought->items[i].kind == SCAN_BASE_URL && sought->items[i].documentation &&
            same(host, (struct part){sought->items[i].value, strlen(sought->items[i].value)}))
            return true;
    return false;
}

/* The base of that host, NULL when there is none. */
static const struct sought_base *base_of_host(const struct sought *sought, struct part host,
                                              struct part scheme)
{
    const struct sought_base *found = NULL;

    for (size_t i = 0; i < sought->base_count; i++) {
        struct url url = split_text(sought->bases[i].url);

        if (!same(url.host, host))
            continue;
        if (!found || same(url.scheme, scheme))
            found = &sought->bases[i];
    }
    return found;
}

/* What follows the path of the base; false when that is another. */
static bool behind_base(const struct sought_base *base, struct part path, struct part *rest)
{
    struct part own = split_text(base->url).path;

    if (path.len < own.len || strncmp(path.text, own.text, own.len) != 0)
        return false;
    *rest = (struct part){path.text + own.len, path.len - own.len};
    return rest->len == 0 || rest->text[0] == '/';
}

static void compare_rest(const struct sought *sought, const struct sought_base *base,
                         const char *name, struct part rest, struct setting_answer *answer)
{
    const char *prefix = sought->prefix;

    if (rest.len == 0) {
        if (names_base(name) && name_has(name, "openai") && prefix[0])
            differ(answer, "chat.path",
                   "lacks %s: the SDK puts what follows it behind its base URL, and the path is %s",
                   prefix, sought->paths[OPERATION_CHAT] ? sought->paths[OPERATION_CHAT] : prefix);
        else
            agree(answer, base->from);
    } else if (prefix[0] && is(rest, prefix)) {
        agree(answer, base->from);
    } else if (prefix[0] && is_joined(rest, prefix, prefix)) {
        differ(answer, base->from, "has %s twice", prefix);
    } else {
        compare_path(sought, name, rest, BASE_UNKNOWN, answer);
        if (!answered(answer) && names_base(name))
            differ(answer, base->from, "has another path behind the host: %s says %s", base->from,
                   base->url);
    }
}

/* The host is nobody's: worth a word where the name or the path says that it is this API. */
static void compare_other_host(const struct sought *sought, const char *name, struct part path,
                               struct setting_answer *answer)
{
    bool ours = operation_of(sought, path, "") >= 0 || is_page(sought, path) ||
                (strchr(sought->prefix, '/') && operation_of(sought, path, sought->prefix) >= 0);

    if (sought->base_count == 0 || (!ours && !names_base(name)))
        return;
    differ(answer, sought->bases[0].from, "has another host than %s", sought->bases[0].url);
}

static void compare_url(const struct sought *sought, const char *name, const struct url *url,
                        struct setting_answer *answer)
{
    const struct sought_base *base = base_of_host(sought, url->host, url->scheme);
    struct part rest;

    if (is_documentation(sought, url->host)) {
        if (names_target(name) && !name_has(name, "doc"))
            differ(answer, "docs.host", "is the documentation's host, no API: %s%s",
                   sought->base_count ? "the base URL is " : "see the contract",
                   sought->base_count ? sought->bases[0].url : "");
    } else if (!base) {
        compare_other_host(sought, name, url->path, answer);
    } else if (url->scheme.len && !same(split_text(base->url).scheme, url->scheme)) {
        differ(answer, base->from, "has the scheme %.*s: %s says %s", (int)url->scheme.len,
               url->scheme.text, base->from, base->url);
    } else if (!url->scheme.len) {
        agree(answer, base->from);
    } else if (!behind_base(base, url->path, &rest)) {
        differ(answer, base->from, "has another path behind the host: %s says %s", base->from,
               base->url);
    } else {
        compare_rest(sought, base, name, rest, answer);
    }
}

void setting_compare(const struct sought *sought, const char *name, const char *value, size_t len,
                     enum setting_base base, struct setting_answer *answer)
{
    struct url url;

    *answer = (struct setting_answer){.clause = ""};
    if (len == 0)
        return;
    url = split(value, len);
    if (value[0] == '/')
        compare_path(sought, name, url.path, base, answer);
    else
        compare_url(sought, name, &url, answer);
}

enum setting_base setting_base_of(const struct sought *sought, const char *value, size_t len)
{
    struct url url;
    struct part rest;
    const struct sought_base *base;

    if (len == 0 || value[0] == '/')
        return BASE_UNKNOWN;
    url = split(value, len);
    base = url.scheme.len ? base_of_host(sought, url.host, url.scheme) : NULL;
    if (!base || !behind_base(base, url.path, &rest))
        return BASE_UNKNOWN;
    if (rest.len == 0)
        return BASE_BARE;
    return sought->prefix[0] && is(rest, sought->prefix) ? BASE_PREFIXED : BASE_UNKNOWN;
}
