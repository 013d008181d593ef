/*
 * What other tools call a failed transfer, as curl's number for it: Chromium's net_error_list.h,
 * Firefox's nsresult names and those of NSS, which its HARs and Playwright's tell.
 */
#include "evidence/import_kinds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CURL_LAST = 200 /* above all of its numbers */ };

/* Where `words` begin so; the first that fits. 0: its user ended it. */
static const struct {
    const char *words;
    int curl;
} failures[] = {
    {"ERR_NAME_", 6},
    {"ERR_DNS_", 6},
    {"ERR_ICANN_NAME_COLLISION", 6},
    {"NS_ERROR_UNKNOWN_HOST", 6},
    {"ERR_CONNECTION_REFUSED", 7},
    {"ERR_CONNECTION_FAILED", 7},
    {"ERR_ADDRESS_", 7},
    {"ERR_INTERNET_DISCONNECTED", 7},
    {"ERR_NETWORK_ACCESS_DENIED", 7},
    {"NS_ERROR_CONNECTION_REFUSED", 7},
    {"NS_ERROR_OFFLINE", 7},
    {"ERR_INCOMPLETE_CHUNKED_ENCODING", 18},
    {"ERR_CONTENT_LENGTH_MISMATCH", 18},
    {"NS_ERROR_NET_PARTIAL_TRANSFER", 18},
    {"ERR_CONNECTION_TIMED_OUT", 28},
    {"ERR_TIMED_OUT", 28},
    {"NS_ERROR_NET_TIMEOUT", 28},
    {"ERR_SSL_", 35},
    {"ERR_BAD_SSL_", 35},
    {"SSL_ERROR_", 35},
    {"ERR_TOO_MANY_REDIRECTS", 47},
    {"NS_ERROR_REDIRECT_LOOP", 47},
    {"ERR_EMPTY_RESPONSE", 52},
    {"ERR_CONNECTION_RESET", 56},
    {"ERR_CONNECTION_CLOSED", 56},
    {"ERR_CONNECTION_ABORTED", 56},
    {"ERR_NETWORK_CHANGED", 56},
    {"ERR_SOCKET_NOT_CONNECTED", 56},
    {"NS_ERROR_NET_RESET", 56},
    {"NS_ERROR_NET_INTERRUPT", 56},
    {"ERR_CERT_", 60},
    {"SEC_ERROR_", 60},
    {"MOZILLA_PKIX_ERROR_", 60},
    {"ERR_CONTENT_DECODING_FAILED", 61},
    {"NS_ERROR_INVALID_CONTENT_ENCODING", 61},
    {"ERR_HTTP2_", 92},
    {"ERR_SPDY_", 92},
    {"NS_ERROR_NET_HTTP2_", 92},
    {"ERR_QUIC_", 95},
    {"ERR_PROXY_", 97},
    {"ERR_TUNNEL_", 97},
    {"ERR_SOCKS_", 97},
    {"NS_ERROR_PROXY_", 97},
    {"NS_ERROR_UNKNOWN_PROXY_HOST", 5},
    {"ERR_INVALID_HTTP_RESPONSE", 8},
    {"ERR_ABORTED", 0},
    {"NS_BINDING_ABORTED", 0},
    {"NS_ERROR_ABORT", 0},
};

static bool read_own(const char *words, struct http_result *result)
{
    static const char curl[] = "curl ", stopped[] = "stopped: ";
    char *end;
    long number;

    if (strncmp(words, stopped, strlen(stopped)) == 0) {
        result->stop = stop_from_name(words + strlen(stopped));
        result->curl = result->stop == STOP_NONE ? -1 : 42; /* aborted by its user */
        return result->stop != STOP_NONE;
    }
    if (strncmp(words, curl, strlen(curl)) != 0)
        return false;
    number = strtol(words + strlen(curl), &end, 10);
    if (number <= 0 || number >= CURL_LAST || strncmp(end, ": ", 2) != 0)
        return false;
    result->curl = (int)number;
    snprintf(result->message, sizeof(result->message), "%s", end + 2);
    return true;
}

bool import_failure(const char *words, struct http_result *result)
{
    const char *name = strncmp(words, "net::", 5) == 0 ? words + 5 : words;

    snprintf(result->message, sizeof(result->message), "%s", words);
    if (read_own(words, result))
        return true;
    for (size_t i = 0; i < sizeof(failures) / sizeof(*failures); i++)
        if (strncmp(name, failures[i].words, strlen(failures[i].words)) == 0) {
            result->curl = failures[i].curl ? failures[i].curl : 42;
            result->stop = failures[i].curl ? STOP_NONE : STOP_USER;
            return true;
        }
    result->message[0] = '\0';
    return false;
}
