#include "contract/curl_command.h"

#include <string.h>

#include "base/bytes.h"
#include "net/http.h"

enum { ARGUMENT_MAX = 64 * 1024 }; /* Linux takes 128 KiB in one argument (MAX_ARG_STRLEN) */

static const char default_variable[] = "COMETAPI_API_KEY";
static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char digits[] = "0123456789";

/* As HTTP has it (RFC 9110 §5.6.2). curl would take a name that begins with @ for a file. */
static bool is_token(const char *text)
{
    size_t len = 0;

    while (text[len] && (strchr(letters, text[len]) || strchr(digits, text[len]) ||
                         strchr("!#$%&'*+-.^_`|~", text[len])))
        len++;
    return len > 0 && text[len] == '\0';
}

static bool is_variable(const char *name)
{
    size_t len = 0;

    if (!name || strchr(digits, name[0])) /* the end counts as found: no empty name either */
        return false;
    while (name[len] &&
           (name[len] == '_' || strchr(letters, name[len]) || strchr(digits, name[len])))
        len++;
    return name[len] == '\0';
}

/* Between single quotes the shell leaves every byte alone but the quote itself. */
static bool add_inside(struct bytes *out, const char *text, size_t len)
{
    bool fits = true;

    while (len > 0) {
        const char *quote = memchr(text, '\'', len);
        size_t run = quote ? (size_t)(quote - text) : len;

        fits &= bytes_append(out, text, run);
        if (quote)
            fits &= bytes_puts(out, "'\\''");
        run += quote != NULL;
        text += run;
        len -= run;
    }
    return fits;
}

static bool add_quoted(struct bytes *out, const char *text, size_t len)
{
    return bytes_append_byte(out, '\'') && add_inside(out, text, len) &&
           bytes_append_byte(out, '\'');
}

static bool add_option(struct bytes *out, const char *option, const char *value)
{
    return bytes_puts(out, " \\\n  ") && bytes_puts(out, option) && bytes_append_byte(out, ' ') &&
           add_quoted(out, value, strlen(value));
}

/* ---- the body ---- */

static bool needs_pipe(const struct http_request *request)
{
    return request->body &&
           (request->body_len > ARGUMENT_MAX || memchr(request->body, '\0', request->body_len));
}

/* printf is part of every shell, so that the length of an argument does not limit it. */
static bool add_piped_body(struct bytes *out, const char *body, size_t len)
{
    bool fits = bytes_puts(out, "printf '");

    for (size_t i = 0; i < len; i++) {
        switch (body[i]) {
        case '\0':
            fits &= bytes_puts(out, "\\000");
            break;
        case '\\':
            fits &= bytes_puts(out, "\\\\");
            break;
        case '%':
            fits &= bytes_puts(out, "%%");
            break;
        case '-': /* the first one would begin an option */
            fits &= bytes_puts(out, i == 0 ? "\\055" : "-");
            break;
        default:
            fits &= add_inside(out, &body[i], 1);
            break;
        }
    }
    return bytes_puts(out, "' |\n") && fits;
}

static bool add_body(struct bytes *out, const struct http_request *request)
{
    const char *method = request->method;

    if (needs_pipe(request))
        return bytes_puts(out, " \\\n  --data-binary @-");
    if (request->body) /* "raw": a body that begins with @ is no file */
        return bytes_puts(out, " \\\n  --data-raw ") &&
               add_quoted(out, request->body, request->body_len);
    if (strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 || strcmp(method, "PATCH") == 0)
        return bytes_puts(out, " \\\n  --data-raw ''");
    return true;
}

/* ---- headers ---- */

static bool add_header(struct bytes *out, const char *name, const char *value)
{
    if (!is_token(name) || strpbrk(value, "\r\n"))
        return false;
    /* "Name;" is how curl is told of an empty value */
    return bytes_puts(out, " \\\n  --header '") && add_inside(out, name, strlen(name)) &&
           bytes_puts(out, value[0] ? ": " : ";") && add_inside(out, value, strlen(value)) &&
           bytes_append_byte(out, '\'');
}

/* A token holds nothing that is special between double quotes but ` and $. */
static bool add_token(struct bytes *out, const char *token)
{
    bool fits = true;

    for (; *token; token++) {
        if (*token == '`' || *token == '$')
            fits &= bytes_append_byte(out, '\\');
        fits &= bytes_append_byte(out, *token);
    }
    return fits;
}

static bool add_auth(struct bytes *out, const struct http_request *request, const char *variable)
{
    const char *scheme = request->auth_scheme ? request->auth_scheme : "";

    if (!request->auth_header)
        return true;
    if (!is_token(request->auth_header) || (scheme[0] && !is_token(scheme)))
        return false;
    return bytes_puts(out, " \\\n  --header \"") && add_token(out, request->auth_header) &&
           bytes_puts(out, ": ") && add_token(out, scheme) &&
           bytes_printf(out, "%s$%s\"", scheme[0] ? " " : "", variable);
}

/* What curl would add by itself is taken out unless the request names it, as the transport does. */
static bool add_headers(struct bytes *out, const struct http_request *request, const char *variable)
{
    static const struct {
        const char *name, *option;
    } defaults[] = {
        {"Accept-Encoding", "Accept-Encoding: identity"},
        {"Accept", "Accept:"},
        {"Content-Type", "Content-Type:"},
        {"Expect", "Expect:"},
    };
    const struct http_headers *headers = &request->headers;

    for (size_t i = 0; i < headers->count; i++)
        if (!add_header(out, headers->items[i].name, headers->items[i].value))
            return false;
    for (size_t i = 0; i < sizeof(defaults) / sizeof(*defaults); i++) {
        bool of_body = i >= 2; /* curl adds these for a body only */

        if (http_headers_get(headers, defaults[i].name) || (of_body && !request->body))
            continue;
        if (!add_option(out, "--header", defaults[i].option))
            return false;
    }
    return add_auth(out, request, variable);
}

static bool add_command(struct bytes *out, const struct http_request *request, const char *variable)
{
    if (!is_token(request->method))
        return false;
    if (needs_pipe(request) && !add_piped_body(out, request->body, request->body_len))
        return false;
    if (!bytes_puts(out, "curl --no-buffer --include --globoff --path-as-is --http1.1"))
        return false;
    if (strcmp(request->method, "HEAD") == 0) {
        if (!bytes_puts(out, " --head"))
            return false;
    } else if (!add_option(out, "--request", request->method)) {
        return false;
    }
    return add_option(out, "--url", request->url) && add_headers(out, request, variable) &&
           add_body(out, request) && bytes_append_byte(out, '\n');
}

bool curl_command(const struct http_request *request, const char *key_variable, struct bytes *out)
{
    size_t before = out->len;

    if (add_command(out, request, is_variable(key_variable) ? key_variable : default_variable))
        return true;
    bytes_truncate(out, before);
    return false;
}
