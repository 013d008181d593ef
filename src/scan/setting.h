/*
 * A value of a file of settings compared with the contract (B20 B21 C3 C51).
 *
 * Which setting means what is read from its name and its value. A URL is compared when its name
 * says base URL, or its host, or its path is one of the contract's or of its documentation. A path
 * is compared when it is one of those, or its name says which operation's it is. A base URL may end
 * with what all operations begin with ("/v1"), as SDKs want it; then the paths beside it must not.
 */
#ifndef SCAN_SETTING_H
#define SCAN_SETTING_H

#include "scan/sought.h"

#include <stddef.h>

enum setting_result {
    SETTING_UNRELATED,
    SETTING_AGREES,
    SETTING_DIFFERS,
};

/* What the base URLs of the same file end with. */
enum setting_base {
    BASE_UNKNOWN,
    BASE_BARE,     /* as the contract has it */
    BASE_PREFIXED, /* with "/v1" */
};

struct setting_answer {
    enum setting_result result;
    const char *clause; /* agreed with or contradicted: belongs to `sought`, or is static */
    char what[400];     /* one sentence, without the value itself; "" when it agrees */
};

/* `value` is a URL with a scheme, a bare host, or a path that begins with "/". */
void setting_compare(const struct sought *sought, const char *name, const char *value, size_t len,
                     enum setting_base base, struct setting_answer *answer);

/* What the value says about the paths beside it; BASE_UNKNOWN for what is no base URL. */
enum setting_base setting_base_of(const struct sought *sought, const char *value, size_t len);

#endif
