/*
 * The curl results that the judge tells apart, by number: curl's header belongs to the transport
 * alone, and captures hold numbers. They are part of curl's stable ABI.
 */
#ifndef JUDGE_TRANSPORT_CODE_H
#define JUDGE_TRANSPORT_CODE_H

#include <stdbool.h>

enum transport_trouble {
    TROUBLE_NONE,
    TROUBLE_DNS,
    TROUBLE_PROXY,
    TROUBLE_CONNECT,
    TROUBLE_TLS,
    TROUBLE_TIMEOUT,
    TROUBLE_CUT, /* the connection ended or broke while it was used */
    TROUBLE_OTHER,
};

enum transport_trouble transport_trouble(int curl);
const char *
transport_trouble_name(enum transport_trouble trouble); /* "dns"; NULL beyond the last */

/* What came is no HTTP that can be read; `message` is curl's own. */
bool transport_code_unreadable(int curl, const char *message);

/* It failed before a request could be sent. */
bool transport_code_connects(int curl);

#endif
