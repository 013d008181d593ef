#include "command/markup.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/json.h"
#include "base/text.h"
#include "ledger/cell.h"

static void escape(struct bytes *clean, const char *text)
{
    bytes_init(clean, SIZE_MAX);
    text_escape(clean, text ? text : "", text ? strlen(text) : 0, false);
}

void markup_xml(struct bytes *out, const char *text)
{
    struct bytes clean;

    escape(&clean, text);
    for (const char *c = bytes_text(&clean); *c; c++) {
        if (*c == '&')
            bytes_puts(out, "&amp;");
        else if (*c == '<')
            bytes_puts(out, "&lt;");
        else if (*c == '>')
            bytes_puts(out, "&gt;");
        else if (*c == '"')
            bytes_puts(out, "&quot;");
        else
            bytes_append_byte(out, *c);
    }
    bytes_release(&clean);
}

void markup_xml_attribute(struct bytes *out, const char *name, const char *text)
{
    bytes_printf(out, " %s=\"", name);
    markup_xml(out, text);
    bytes_puts(out, "\"");
}

void markup_tap(struct bytes *out, const char *text)
{
    struct bytes clean;

    escape(&clean, text);
    for (const char *c = bytes_text(&clean); *c; c++) {
        if (*c == '#' || *c == '\\')
            bytes_append_byte(out, '\\');
        bytes_append_byte(out, *c);
    }
    bytes_release(&clean);
}

/* A YAML double-quoted scalar is a JSON string. */
void markup_yaml_pair(struct bytes *out, const char *name, const char *text)
{
    struct bytes clean;

    if (!text)
        return;
    bytes_init(&clean, SIZE_MAX);
    text_escape(&clean, text, strlen(text), true);
    bytes_printf(out, "  %s: ", name);
    json_quote(out, bytes_text(&clean), clean.len);
    bytes_puts(out, "\n");
    bytes_release(&clean);
}

void markup_cell(struct bytes *out, const char *text)
{
    char *literal = cell_escape_foreign(text ? text : "", text ? strlen(text) : 0);
    char *cell = cell_escape(literal, strlen(literal));

    bytes_printf(out, " %s |", cell);
    free(cell);
    free(literal);
}
