/*
 * A request as a command line of the curl tool for a POSIX shell, to be copied or kept in a ticket.
 */
#ifndef CONTRACT_CURL_COMMAND_H
#define CONTRACT_CURL_COMMAND_H

#include <stdbool.h>

struct bytes;
struct http_request;

/*
 * Append the command with a newline behind: one option a line. It sends what the transport sends:
 * the same headers and no others but the User-Agent, the body byte for byte, no redirect. The key
 * stands in it as the shell variable `key_variable` (COMETAPI_API_KEY when it is NULL or no name of
 * a variable), whether the request has its secret or not; its value never does. Any byte of the
 * request is quoted, so that the shell runs nothing of it; a body that no argument can hold (NUL
 * bytes, or more than 64 KiB) comes from printf through a pipe.
 *
 * False, and nothing appended, when `out` cannot hold it, or when a header or the method holds what
 * no header may hold.
 */
bool curl_command(const struct http_request *request, const char *key_variable, struct bytes *out);

#endif
