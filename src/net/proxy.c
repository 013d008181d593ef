#include "net/proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool host_is_loopback(const char *host)
{
    char bare[INET6_ADDRSTRLEN + 2];
    struct in_addr v4;
    struct in6_addr v6;
    size_t len = strlen(host);

    if (strcasecmp(host, "localhost") == 0)
        return true;
    if (inet_pton(AF_INET, host, &v4) == 1)
        return ntohl(v4.s_addr) >> 24 == 127;
    if (len < 3 || len >= sizeof(bare) || host[0] != '[')
        return false;
    snprintf(bare, sizeof(bare), "%.*s", (int)len - 2, host + 1);
    return inet_pton(AF_INET6, bare, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

static const char *value_of(const char *name)
{
    const char *value = getenv(name);

    return value && *value ? value : NULL;
}

/* The host is the domain that `len` bytes at `domain` name, or lies in it. */
static bool lies_in(const char *host, const char *domain, size_t len)
{
    size_t host_len = strlen(host);

    if (len && *domain == '.') {
        domain++;
        len--;
    }
    if (len && domain[len - 1] == '.')
        len--;
    return len && host_len >= len && strncasecmp(host + host_len - len, domain, len) == 0 &&
           (host_len == len || host[host_len - len - 1] == '.');
}

static bool is_exempt(const char *host)
{
    const char *list = value_of("no_proxy");

    if (!list)
        list = value_of("NO_PROXY");
    if (!list)
        return false;
    if (strcmp(list, "*") == 0)
        return true;
    while (*list) {
        size_t len = strcspn(list, ", \t");

        if (lies_in(host, list, len))
            return true;
        list += len;
        list += strspn(list, ", \t");
    }
    return false;
}

const char *proxy_variable(const char *host)
{
    static const char *const names[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};

    if (host_is_loopback(host) || is_exempt(host))
        return NULL;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (value_of(names[i]))
            return names[i];
    return NULL;
}

const char *trust_variable(void)
{
    static const char *const names[] = {"CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"};

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        const char *value = getenv(names[i]);

        if (value && *value)
            return names[i];
    }
    return NULL;
}
