/*
 * base/json_scan and base/json: the scanner's tokens are balanced, a cut of an accepted text is
 * either accepted or called cut, and what the tree is built from comes out the same.
 */
#include "base/bytes.h"
#include "base/json.h"
#include "base/json_scan.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { OUT_MAX = 1 << 24 };

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* The depth of the scan is what its tokens say, and a fault stays one. */
static bool walk(const char *text, size_t len)
{
    struct json_scan scan;
    enum json_token token;
    size_t depth = 0;

    json_scan_init(&scan, text, len);
    do {
        token = json_scan_next(&scan);
        if (token == JSON_TOKEN_FAULT)
            break;
        depth += token == JSON_TOKEN_OBJECT || token == JSON_TOKEN_ARRAY;
        depth -= token == JSON_TOKEN_OBJECT_END || token == JSON_TOKEN_ARRAY_END;
        require(scan.depth == depth && depth <= JSON_DEPTH_MAX);
        require(scan.start >= text && scan.start + scan.length <= text + len);
    } while (token != JSON_TOKEN_END);
    require(token == JSON_TOKEN_END ? depth == 0 : json_scan_next(&scan) == JSON_TOKEN_FAULT);
    json_scan_release(&scan);
    return token == JSON_TOKEN_END;
}

static void round_trip(const struct json *root, bool pretty)
{
    struct bytes out;
    struct json *again;

    bytes_init(&out, OUT_MAX);
    require(json_write(root, pretty, &out));
    again = json_parse(bytes_text(&out), out.len, "again", NULL);
    require(again && json_equal(root, again));
    json_free(again);
    bytes_release(&out);
}

static void check_tree(const char *text, size_t len, bool accepted)
{
    struct json *root = json_parse(text, len, "input", NULL);

    if (!root) {
        /* The tree refuses one thing more: a NUL, which only an escape can write. */
        require(!accepted || memmem(text, len, "\\u0000", 6));
        return;
    }
    require(accepted);
    round_trip(root, true);
    round_trip(root, false);
    json_free(root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct json_fault fault;
    bool accepted = walk(text, size);

    require(accepted == json_validate(text, size, &fault));
    if (accepted)
        require(json_validate(text, size - 1, &fault) || fault.cut);
    else
        require(fault.offset <= size && fault.line >= 1 && fault.column >= 1);
    check_tree(text, size, accepted);
    return 0;
}
