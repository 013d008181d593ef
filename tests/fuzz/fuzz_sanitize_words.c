/*
 * Parts of answers in any order, with words of a person wherever somebody's words may stand: none
 * of them comes out, however broken the whole is (D29 B54).
 */
#include "base/bytes.h"
#include "evidence/sanitize.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const words[] = {"Jane", "Doe", "lupus", "example.com"};

/*
 * None is the name of a member that may hold a word, of an error beside the answer, or ends where
 * what follows would be a name: all of these stay, and may be anything.
 */
static const char *const parts[] = {
    "Jane Doe",
    "Jane",
    " has lupus. ",
    "lupus@example.com",
    "Doe\\n\\u00e9",
    "{",
    "}",
    "[",
    "]",
    ",",
    "17",
    "\",",
    "\"}",
    "\"]",
    "\"content\":\"",
    "\"message\":\"",
    "\"message\":{\"content\":\"",
    "\"choices\":[{\"message\":\"",
    "\"choices\":[{\"index\":0,\"text\":\"",
    "\"output\":[{\"type\":\"mcp_call\",\"error\":\"",
    "\"output\":[{\"error\":{\"message\":\"",
    "\"metadata\":{\"name\":\"",
    "\"metadata\":{\"error\":{\"message\":\"",
    "\"id\":\"",
    "\"tenant_id\":\"",
    "\"arguments\":\"{\\\"city\\\":\\\"",
    "\\\"}\"}",
    "\"logprobs\":[{\"token\":\"",
    "<think>",
    "<html>",
    "\n",
    "\r\n\r\n",
    "\ndata: ",
    "\n\ndata: ",
    "\n\ndata: [DONE]",
    ",\n: ",
    ",\nid: ",
    ",\nevent: a ",
    ",\nretry: ",
    "\xc3\xa9",
    "\xff",
};

static void need_unsaid(const struct bytes *text, bool stream)
{
    struct bytes out;

    bytes_init(&out, text->len);
    sanitize_body(bytes_text(text), text->len, stream, false, &out);
    for (size_t i = 0; i < COUNT(words); i++)
        if (strcasestr(bytes_text(&out), words[i]))
            abort();
    bytes_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes text;

    bytes_init(&text, SIZE_MAX);
    for (size_t i = 0; i < size; i++)
        bytes_puts(&text, parts[data[i] % COUNT(parts)]);
    need_unsaid(&text, false);
    need_unsaid(&text, true);
    bytes_release(&text);
    return 0;
}
