#include "judge/transport_code.h"

#include <stddef.h>
#include <string.h>

static const struct {
    int curl;
    enum transport_trouble trouble;
} codes[] = {
    {5, TROUBLE_PROXY},    /* the proxy's name does not resolve */
    {45, TROUBLE_CONNECT}, /* the interface to go out by */
    {6, TROUBLE_DNS},      {7, TROUBLE_CONNECT}, {16, TROUBLE_CUT}, /* HTTP/2 framing */
    {18, TROUBLE_CUT},                                              /* fewer bytes than announced */
    {28, TROUBLE_TIMEOUT}, {35, TROUBLE_TLS},    {52, TROUBLE_CUT}, /* nothing came */
    {53, TROUBLE_TLS},     {54, TROUBLE_TLS},    {55, TROUBLE_CUT}, {56, TROUBLE_CUT},
    {58, TROUBLE_TLS},     {59, TROUBLE_TLS},    {60, TROUBLE_TLS}, {64, TROUBLE_TLS},
    {66, TROUBLE_TLS},     {77, TROUBLE_TLS},    {80, TROUBLE_TLS}, {82, TROUBLE_TLS},
    {83, TROUBLE_TLS},     {90, TROUBLE_TLS},    {91, TROUBLE_TLS}, {92, TROUBLE_CUT},
    {97, TROUBLE_PROXY},   {98, TROUBLE_TLS},
};

enum transport_trouble transport_trouble(int curl)
{
    if (curl <= 0)
        return TROUBLE_NONE;
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        if (codes[i].curl == curl)
            return codes[i].trouble;
    }
    return TROUBLE_OTHER;
}

const char *transport_trouble_name(enum transport_trouble trouble)
{
    static const char *const names[] = {
        [TROUBLE_NONE] = "none",       [TROUBLE_DNS] = "dns",     [TROUBLE_PROXY] = "proxy",
        [TROUBLE_CONNECT] = "connect", [TROUBLE_TLS] = "tls",     [TROUBLE_TIMEOUT] = "timeout",
        [TROUBLE_CUT] = "cut",         [TROUBLE_OTHER] = "other",
    };

    return (size_t)trouble < sizeof(names) / sizeof(names[0]) ? names[trouble] : NULL;
}

bool transport_code_unreadable(int curl, const char *message)
{
    enum { UNSUPPORTED_PROTOCOL = 1, WEIRD_SERVER_REPLY = 8, RECV_ERROR = 56 };

    return curl == UNSUPPORTED_PROTOCOL || curl == WEIRD_SERVER_REPLY ||
           (curl == RECV_ERROR && strcasestr(message, "chunk"));
}

bool transport_code_connects(int curl)
{
    enum transport_trouble trouble = transport_trouble(curl);

    return trouble == TROUBLE_DNS || trouble == TROUBLE_PROXY || trouble == TROUBLE_CONNECT ||
           trouble == TROUBLE_TLS;
}
