/*
 * The base URL an operation's path is put behind.
 */
#ifndef CONTRACT_BASE_URL_H
#define CONTRACT_BASE_URL_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * An http or https URL with a host, and without placeholder, user, password, query or fragment.
 * `what` is how messages call it: "the clause base.url". Errors are of kind `kind`.
 */
bool base_url_check(const char *what, const char *url, enum error_kind kind, struct error *error);

/* The host of a checked URL, lower case, without its port; the caller frees. */
char *base_url_host(const char *url);

/*
 * How a URL without an alias is called: its host and port, never user, password, path or query;
 * "none" for what is no URL, and for NULL. The caller frees.
 */
char *base_url_name(const char *url);

/*
 * "https://host/prefix/" and "/v1/x" with exactly one slash between. NULL where the path repeats
 * the last part of the base URL ("…/v1" and "/v1/…"), the usual slip. The caller frees.
 */
char *base_url_join(const char *url, const char *path, struct error *error);

/* The first `<placeholder>` in `text`, NULL when there is none (B17 E69). Its length in `*len`. */
const char *placeholder_find(const char *text, size_t *len);

#endif
