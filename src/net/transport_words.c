/* What a curl result is called, and what a person should look at after it. The numbers are curl's
 * and never change; no curl header is needed for them. */
#include "net/transport.h"

#include <stddef.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const curl_names[] = {
    [0] = "CURLE_OK",
    [1] = "CURLE_UNSUPPORTED_PROTOCOL",
    [2] = "CURLE_FAILED_INIT",
    [3] = "CURLE_URL_MALFORMAT",
    [4] = "CURLE_NOT_BUILT_IN",
    [5] = "CURLE_COULDNT_RESOLVE_PROXY",
    [6] = "CURLE_COULDNT_RESOLVE_HOST",
    [7] = "CURLE_COULDNT_CONNECT",
    [8] = "CURLE_WEIRD_SERVER_REPLY",
    [16] = "CURLE_HTTP2",
    [18] = "CURLE_PARTIAL_FILE",
    [23] = "CURLE_WRITE_ERROR",
    [26] = "CURLE_READ_ERROR",
    [27] = "CURLE_OUT_OF_MEMORY",
    [28] = "CURLE_OPERATION_TIMEDOUT",
    [35] = "CURLE_SSL_CONNECT_ERROR",
    [42] = "CURLE_ABORTED_BY_CALLBACK",
    [43] = "CURLE_BAD_FUNCTION_ARGUMENT",
    [45] = "CURLE_INTERFACE_FAILED",
    [47] = "CURLE_TOO_MANY_REDIRECTS",
    [52] = "CURLE_GOT_NOTHING",
    [53] = "CURLE_SSL_ENGINE_NOTFOUND",
    [54] = "CURLE_SSL_ENGINE_SETFAILED",
    [55] = "CURLE_SEND_ERROR",
    [56] = "CURLE_RECV_ERROR",
    [58] = "CURLE_SSL_CERTPROBLEM",
    [59] = "CURLE_SSL_CIPHER",
    [60] = "CURLE_PEER_FAILED_VERIFICATION",
    [61] = "CURLE_BAD_CONTENT_ENCODING",
    [63] = "CURLE_FILESIZE_EXCEEDED",
    [65] = "CURLE_SEND_FAIL_REWIND",
    [66] = "CURLE_SSL_ENGINE_INITFAILED",
    [67] = "CURLE_LOGIN_DENIED",
    [77] = "CURLE_SSL_CACERT_BADFILE",
    [80] = "CURLE_SSL_SHUTDOWN_FAILED",
    [81] = "CURLE_AGAIN",
    [82] = "CURLE_SSL_CRL_BADFILE",
    [83] = "CURLE_SSL_ISSUER_ERROR",
    [88] = "CURLE_CHUNK_FAILED",
    [89] = "CURLE_NO_CONNECTION_AVAILABLE",
    [90] = "CURLE_SSL_PINNEDPUBKEYNOTMATCH",
    [91] = "CURLE_SSL_INVALIDCERTSTATUS",
    [92] = "CURLE_HTTP2_STREAM",
    [93] = "CURLE_RECURSIVE_API_CALL",
    [94] = "CURLE_AUTH_ERROR",
    [95] = "CURLE_HTTP3",
    [96] = "CURLE_QUIC_CONNECT_ERROR",
    [97] = "CURLE_PROXY",
    [98] = "CURLE_SSL_CLIENTCERT",
};

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

const char *transport_curl_name(int curl)
{
    if (curl < 0 || (size_t)curl >= COUNT(curl_names) || !curl_names[curl])
        return "unknown";
    return curl_names[curl];
}

const char *transport_advice(const struct http_result *result)
{
    if (result->status)
        return NULL;
    if ((size_t)result->stop < COUNT(stop_advice) && stop_advice[result->stop])
        return stop_advice[result->stop];
    if (result->curl > 0 && (size_t)result->curl < COUNT(curl_advice) && curl_advice[result->curl])
        return curl_advice[result->curl];
    return "No answer came. Check the base URL, the network and the proxy settings.";
}
