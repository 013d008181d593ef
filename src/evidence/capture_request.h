/*
 * What a capture says was sent, as a request once more: to send it again, or as a curl command.
 */
#ifndef EVIDENCE_CAPTURE_REQUEST_H
#define EVIDENCE_CAPTURE_REQUEST_H

#include "base/error.h"
#include "contract/operation.h"
#include "net/http.h"

#include <stdbool.h>

struct bytes;
struct redactor;

/*
 * The request without its secret; the caller releases it, after an error too. `operation` may be
 * NULL. An error when the capture cannot be read, or the body was not kept. A capture of an earlier
 * cometdeck does not tell the word in front of the key: that is Bearer for Authorization, else
 * none.
 */
bool capture_request(const char *capture, enum operation *operation, struct http_request *request,
                     struct error *error);

/* Append it as curl_command() writes it, redacted once more by who knows the key. */
bool capture_curl_command(const char *capture, const struct redactor *redactor, struct bytes *out,
                          struct error *error);

#endif
