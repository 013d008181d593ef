#include "contract/base_url.h"

#include "base/memory.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *placeholder_find(const char *text, size_t *len)
{
    for (const char *open = strchr(text, '<'); open; open = strchr(open + 1, '<')) {
        size_t inner = strcspn(open + 1, "<>");

        if (inner && open[1 + inner] == '>') {
            *len = inner + 2;
            return open;
        }
    }
    return NULL;
}

/* Behind "http://" or "https://", NULL for any other scheme. */
static const char *authority_of(const char *url)
{
    if (strncasecmp(url, "https://", 8) == 0)
        return url + 8;
    return strncasecmp(url, "http://", 7) == 0 ? url + 7 : NULL;
}

static bool is_plain(const char *url)
{
    for (; *url; url++)
        if (*url <= ' ' || *url > '~' || *url == '\\')
            return false;
    return true;
}

/* "host", "host:8080", "[::1]:80": a host and, where there is one, a port of digits. */
static bool has_host(const char *authority)
{
    size_t len = strcspn(authority, "/"), host;

    if (*authority == '[') {
        const char *end = memchr(authority, ']', len);

        host = end ? (size_t)(end + 1 - authority) : 0;
        if (host < 3)
            return false;
    } else {
        host = strcspn(authority, ":/");
        if (!host)
            return false;
    }
    if (host == len)
        return true;
    return authority[host] == ':' && len - host > 1 && len - host <= 6 &&
           strspn(authority + host + 1, "0123456789") == len - host - 1;
}

bool base_url_check(const char *what, const char *url, enum error_kind kind, struct error *error)
{
    const char *authority = authority_of(url), *placeholder;
    size_t len;

    placeholder = placeholder_find(url, &len);
    if (placeholder)
        return error_set(error, kind, "%s still holds the placeholder %.*s", what, (int)len,
                         placeholder);
    if (authority && strchr(authority, '@'))
        return error_set(error, kind, "%s must not hold a user or password", what);
    if (!is_plain(url) || !authority || !has_host(authority))
        return error_set(error, kind,
                         "%s must be a URL such as https://api.example.com: http or https, a host, "
                         "perhaps a port and a path",
                         what);
    if (strpbrk(authority, "?#"))
        return error_set(error, kind, "%s must end with its path: no ? and no #", what);
    return true;
}

char *base_url_host(const char *url)
{
    const char *authority = authority_of(url);
    size_t len = *authority == '[' ? strcspn(authority, "]") + 1 : strcspn(authority, ":/");
    char *host = xmemdup0(authority, len);

    for (char *at = host; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    return host;
}

char *base_url_name(const char *url)
{
    const char *start = url ? strstr(url, "://") : NULL;
    const char *end, *user;

    if (!start)
        return xstrdup("none");
    start += 3;
    end = start + strcspn(start, "/?#");
    while ((user = memchr(start, '@', (size_t)(end - start))))
        start = user + 1;
    return xmemdup0(start, (size_t)(end - start));
}

/* The first part of the path is the last one of the base. */
static bool repeats(const char *base, size_t base_len, const char *path)
{
    size_t part = path[0] == '/' ? 1 + strcspn(path + 1, "/") : 0;

    return part > 1 && base_len > part && memcmp(base + base_len - part, path, part) == 0 &&
           memchr(authority_of(base), '/', base_len - (size_t)(authority_of(base) - base)) != NULL;
}

char *base_url_join(const char *url, const char *path, struct error *error)
{
    size_t len = strlen(url);

    while (len && url[len - 1] == '/')
        len--;
    if (repeats(url, len, path)) {
        error_set(error, ERROR_FILE,
                  "the base URL %s and the path %s both have %.*s: leave it out of the base URL",
                  url, path, (int)(1 + strcspn(path + 1, "/")), path);
        return NULL;
    }
    return xasprintf("%.*s%s%s", (int)len, url, path[0] == '/' ? "" : "/", path);
}
