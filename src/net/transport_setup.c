#include "net/transport_setup.h"

#include "base/memory.h"
#include "base/secret.h"
#include "base/secret_reveal.h"
#include "net/proxy.h"

#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { NEVER_MS = INT_MAX }; /* curl's own connect limit, out of the way of ours */

/* ---- curl's memory: the key passes through its buffers, so what it frees is wiped ---- */

static void wiping_free(void *memory)
{
    if (memory)
        secret_wipe(memory, malloc_usable_size(memory));
    free(memory);
}

static void *wiping_realloc(void *old, size_t size)
{
    size_t had = old ? malloc_usable_size(old) : 0;
    void *memory;

    if (size && size <= had)
        return old;
    memory = xmalloc(size);
    if (old)
        memcpy(memory, old, had);
    wiping_free(old);
    return memory;
}

static void wipe_list(struct curl_slist *list)
{
    for (struct curl_slist *line = list; line; line = line->next)
        secret_wipe(line->data, strlen(line->data));
    curl_slist_free_all(list);
}

static bool check_scheme(const char *scheme, const char *host, struct error *error)
{
    if (strcasecmp(scheme, "https") == 0 || host_is_loopback(host))
        return true;
    return error_set(error, ERROR_USAGE,
                     "plain http to %.300s is refused: key and text would be readable on the way; "
                     "use https:// (http:// is for 127.0.0.1, [::1] and localhost only)",
                     host);
}

static bool refuse_url(CURLUcode code, struct error *error)
{
    if (code == CURLUE_USER_NOT_ALLOWED)
        return error_set(error, ERROR_USAGE,
                         "the URL holds a user name or password; take them out, the key comes "
                         "from its own source");
    if (code == CURLUE_UNSUPPORTED_SCHEME)
        return error_set(error, ERROR_USAGE,
                         "the URL begins with neither https:// nor http://; only these are sent");
    return error_set(error, ERROR_USAGE,
                     "the URL cannot be used: %s; write it like https://HOST/v1",
                     curl_url_strerror(code));
}

/* curl reads the URL once; what was checked here is what it connects to. */
static bool set_url(struct transport_setup *setup, const char *text, struct error *error)
{
    char *scheme = NULL, *host = NULL;
    bool fine = false;
    CURLUcode code;

    setup->url = curl_url();
    code = curl_url_set(setup->url, CURLUPART_URL, text,
                        CURLU_DISALLOW_USER | CURLU_PATH_AS_IS | CURLU_NON_SUPPORT_SCHEME);
    if (code == CURLUE_OK)
        code = curl_url_get(setup->url, CURLUPART_SCHEME, &scheme, 0);
    if (code == CURLUE_OK && strcasecmp(scheme, "https") != 0 && strcasecmp(scheme, "http") != 0)
        code = CURLUE_UNSUPPORTED_SCHEME;
    if (code == CURLUE_OK)
        code = curl_url_get(setup->url, CURLUPART_HOST, &host, 0);
    if (code == CURLUE_OK)
        fine = check_scheme(scheme, host, error);
    else
        refuse_url(code, error);
    curl_easy_setopt(setup->easy, CURLOPT_CURLU, setup->url);
    /* Through a proxy, plain http to this machine would leave it after all. */
    if (fine && host_is_loopback(host))
        curl_easy_setopt(setup->easy, CURLOPT_PROXY, "");
    curl_free(scheme);
    curl_free(host);
    return fine;
}

static bool is_token(const char *text)
{
    return text[0] && !text[strspn(text, "!#$%&'*+-.^_`|~0123456789"
                                         "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")];
}

/* The whole line is wiped: it may hold the key, and curl has its own copy. */
static void append_line(struct transport_setup *setup, char *line)
{
    setup->headers = curl_slist_append(setup->headers, line);
    secret_wipe(line, strlen(line));
    free(line);
}

static bool add_header(struct transport_setup *setup, const char *name, const char *value,
                       struct error *error)
{
    if (!is_token(name) || strpbrk(value, "\r\n"))
        return error_set(error, ERROR_CHECK,
                         "the request header \"%.80s\" holds a character that no header may hold",
                         name);
    /* "Name;" is how curl is told of an empty value. */
    append_line(setup, xasprintf(value[0] ? "%s: %s" : "%s;", name, value));
    return true;
}

static bool add_auth(struct transport_setup *setup, const struct http_request *request,
                     struct error *error)
{
    const char *scheme = request->auth_scheme ? request->auth_scheme : "";
    const char *key;
    size_t len;

    if (!request->auth_header || !request->secret)
        return true;
    if (!is_token(request->auth_header) || (scheme[0] && !is_token(scheme)))
        return error_set(error, ERROR_CHECK,
                         "the name of the auth header or its scheme holds a character that no "
                         "header may hold");
    key = secret_reveal(request->secret, &len);
    append_line(setup, xasprintf("%s: %s%s%.*s", request->auth_header, scheme, scheme[0] ? " " : "",
                                 (int)len, key));
    return true;
}

/* What curl would add by itself is taken out unless the request names it. */
static bool set_headers(struct transport_setup *setup, const struct http_request *request,
                        struct error *error)
{
    static const struct {
        const char *name;
        const char *value; /* NULL: the header is not sent */
    } defaults[] = {
        {"Accept-Encoding", "identity"},
        {"User-Agent", "cometdeck/" PACKAGE_VERSION},
        {"Expect", NULL}, /* it costs a second where servers ignore it */
        {"Accept", NULL},
        {"Content-Type", NULL},
    };
    const struct http_headers *headers = &request->headers;

    for (size_t i = 0; i < headers->count; i++) {
        if (!add_header(setup, headers->items[i].name, headers->items[i].value, error))
            return false;
    }
    for (size_t i = 0; i < COUNT(defaults); i++) {
        const char *name = defaults[i].name, *value = defaults[i].value;

        if (!http_headers_get(headers, name))
            append_line(setup, value ? xasprintf("%s: %s", name, value) : xasprintf("%s:", name));
    }
    if (!add_auth(setup, request, error))
        return false;
    curl_easy_setopt(setup->easy, CURLOPT_HTTPHEADER, setup->headers);
    return true;
}

static bool set_method(struct transport_setup *setup, const struct http_request *request,
                       struct error *error)
{
    const char *method = request->method;
    bool takes_body =
        strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 || strcmp(method, "PATCH") == 0;

    if (!is_token(method))
        return error_set(error, ERROR_CHECK, "\"%.80s\" is no HTTP method", method);
    setup->method = xstrdup(method);
    if (strcmp(method, "HEAD") == 0) {
        curl_easy_setopt(setup->easy, CURLOPT_NOBODY, 1L);
        return true;
    }
    if (request->body || takes_body) {
        setup->upload_len = request->body ? request->body_len : 0;
        curl_easy_setopt(setup->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)setup->upload_len);
        curl_easy_setopt(setup->easy, CURLOPT_COPYPOSTFIELDS, request->body ? request->body : "");
    }
    curl_easy_setopt(setup->easy, CURLOPT_CUSTOMREQUEST, method);
    return true;
}

/* As the curl tool does it; the library itself does not read these. */
static void set_trust(CURL *easy)
{
    const char *bundle = getenv("CURL_CA_BUNDLE"), *folder = getenv("SSL_CERT_DIR"),
               *file = getenv("SSL_CERT_FILE");

    if (bundle && bundle[0]) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, bundle);
        return;
    }
    if (folder && folder[0])
        curl_easy_setopt(easy, CURLOPT_CAPATH, folder);
    if (file && file[0])
        curl_easy_setopt(easy, CURLOPT_CAINFO, file);
}

/* A child that is started meanwhile must not hold a connection open that we gave up. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)context;
    (void)purpose;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* Why each is needed: streams.md "Facts about libcurl". */
static void set_rules(CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L); /* or a dead connection re-sends a POST */
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L); /* the key must not travel */
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
    curl_easy_setopt(easy, CURLOPT_HTTP_CONTENT_DECODING, 0L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); /* or a cancel waits for the resolver */
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)NEVER_MS);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)TRANSPORT_READ_MAX);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
}

CURLcode transport_global_init(void)
{
    return curl_global_init_mem(CURL_GLOBAL_DEFAULT, xmalloc, wiping_free, wiping_realloc, xstrdup,
                                xcalloc);
}

bool transport_setup_init(struct transport_setup *setup, const struct http_request *request,
                          struct error *error)
{
    *setup = (struct transport_setup){.easy = curl_easy_init()};
    if (!setup->easy)
        return error_set(error, ERROR_CHECK, "libcurl cannot be used here");
    set_rules(setup->easy);
    set_trust(setup->easy);
    if (request->interface)
        curl_easy_setopt(setup->easy, CURLOPT_INTERFACE, request->interface);
    if (set_url(setup, request->url, error) && set_method(setup, request, error) &&
        set_headers(setup, request, error))
        return true;
    transport_setup_release(setup);
    return false;
}

void transport_setup_release(struct transport_setup *setup)
{
    curl_easy_cleanup(setup->easy);
    curl_url_cleanup(setup->url);
    wipe_list(setup->headers);
    free(setup->method);
}
