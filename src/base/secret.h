/*
 * The key. Opaque: only the transport reveals it, into the header it sends (SEC A11 B22 E26).
 *
 * The bytes live in locked memory that is wiped on free, and core dumps are off from the first
 * secret on. Nothing prints a secret; what users see is its alias, the name of its source.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct secret;

/* Copies; the caller wipes its own. A key is 1 to 4096 bytes of visible ASCII, else NULL. */
struct secret *secret_new(const char *bytes, size_t len, const char *alias, struct error *error);
void secret_free(struct secret *secret);

/*
 * From a source as written in a profile: "env:NAME", "file:PATH" (first line), "fd:N",
 * "command:WORDS" (its first line of output; run by sh). A value on the command line is never one.
 * NULL with a message that names the source, never the value.
 */
struct secret *secret_from_source(const char *source, struct error *error);

/* "command:WORDS", killed after `limit_us`; above it is half a minute. */
struct secret *secret_from_command(const char *words, int64_t limit_us, struct error *error);

/*
 * The same where looking costs nothing: of env:, and of file: when that is a plain file. NULL for
 * what would run, wait or be used up, and where there is no key.
 */
struct secret *secret_peek(const char *source);

/* The name of the source, e.g. "env:COMETAPI_API_KEY"; valid while the secret lives. */
const char *secret_alias(const struct secret *secret);

/*
 * A key of the right shape that is nobody's, for probes that are to be refused: not derived from
 * any key, and refused by our own simulator too.
 */
#define SECRET_NOBODYS "sk-cometdeck0nobody0s0key0000000000000000000000"

/* Overwrite `len` bytes in a way the compiler does not remove. */
void secret_wipe(void *bytes, size_t len);

#endif
