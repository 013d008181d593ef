/* What a person should look at after a curl result. The numbers are curl's and never change; no
 * curl header is needed for them. */
#include "net/transport.h"

#include <stddef.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const curl_advice[] = {
    [1] = "That port does not speak HTTP/1.1. Check host, port and scheme of the base URL.",
    [5] = "The proxy's name cannot be resolved. Check https_proxy, http_proxy and all_proxy in the "
          "environment.",
    [6] = "The host name cannot be resolved. Check the spelling of the base URL, then DNS and the "
          "network.",
    [7] = "Nothing accepts connections there. Check host and port of the base URL, a firewall, and "
          "that the service runs.",
    [8] = "That port does not speak HTTP that can be read. Check host, port and scheme of the base "
          "URL.",
    [18] = "The connection ended inside the answer's header block. It may have been processed and "
           "billed: look for it at the provider before sending again.",
    [28] = "No answer came in time. Check the network and the time limits of the profile.",
    [35] = "The TLS handshake failed. Check that the port speaks https and that nothing between "
           "(proxy, inspection) breaks TLS.",
    [45] = "The interface of the profile cannot be used. Check its name or address there.",
    [52] = "The server closed the connection without an answer. The request may have been "
           "processed: look for it at the provider before sending again.",
    [55] = "The request could not be sent whole. Check the network; a server or proxy may refuse "
           "bodies of this size.",
    [56] = "The connection was reset before an answer came, or the proxy refused it. The request "
           "may have been processed: look for it at the provider before sending again.",
    [58] = "The client certificate cannot be used. Check the TLS set-up of the environment.",
    [60] = "The server's certificate is not trusted. Check the host name of the base URL, the "
           "clock, and the CA bundle (CURL_CA_BUNDLE, SSL_CERT_FILE, SSL_CERT_DIR).",
    [77] = "The CA bundle cannot be read. Check the file named by CURL_CA_BUNDLE or SSL_CERT_FILE.",
    [97] = "The proxy refused the connection. Check https_proxy and all_proxy in the environment.",
};

static const char *const stop_advice[] = {
    [STOP_USER] = "You stopped it before an answer came. The request may have been processed.",
    [STOP_CONNECT] = "No connection within the connect limit. Check the network, a firewall or the "
                     "proxy, then the limit of the profile.",
    [STOP_HEADERS] = "Connected, but no answer began within the headers limit. The request may "
                     "have been processed: look for it at the provider before sending again.",
    [STOP_TOTAL] = "No answer within the overall deadline. The request may have been processed; "
                   "check the limit of the profile.",
    [STOP_HEADER_LIMIT] = "The answer's header block is larger than is taken. Check what stands "
                          "between here and the API.",
};

const char *transport_advice(const struct http_result *result)
{
    if (result->status || (result->curl < 0 && result->stop == STOP_NONE))
        return NULL; /* it was not told how it ended */
    if ((size_t)result->stop < COUNT(stop_advice) && stop_advice[result->stop])
        return stop_advice[result->stop];
    if (result->curl > 0 && (size_t)result->curl < COUNT(curl_advice) && curl_advice[result->curl])
        return curl_advice[result->curl];
    return "No answer came. Check the base URL, the network and the proxy settings.";
}
