/*
 * A curl handle set up for one request: private to net/transport.
 *
 * Everything that decides what goes on the wire is here; the callbacks and the life of a transfer
 * are in transport.c. The lists and the memory that the key passes through are wiped.
 */
#ifndef NET_TRANSPORT_SETUP_H
#define NET_TRANSPORT_SETUP_H

#include "base/error.h"
#include "net/http.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

enum { TRANSPORT_READ_MAX = 512 * 1024 }; /* curl's largest read */

struct transport_setup {
    CURL *easy;
    CURLU *url;                 /* as checked, and as connected to */
    struct curl_slist *headers; /* holds the key */
    char *method;
    size_t upload_len; /* of the request's body */
};

/* curl_global_init() with memory that is wiped when curl frees it. */
CURLcode transport_global_init(void);

/* On false nothing is left to release. The request is read during the call only. */
bool transport_setup_init(struct transport_setup *setup, const struct http_request *request,
                          struct error *error);

/* The handle must have been taken from its multi handle before. */
void transport_setup_release(struct transport_setup *setup);

#endif
