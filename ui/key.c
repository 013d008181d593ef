#include "ui/key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/text.h"

static const struct {
    const char *name;
    uint32_t code;
} names[] = {
    {"Enter", KEY_CODE_ENTER},
    {"Tab", KEY_CODE_TAB},
    {"Esc", KEY_CODE_ESCAPE},
    {"Backspace", KEY_CODE_BACKSPACE},
    {"Up", KEY_CODE_UP},
    {"Down", KEY_CODE_DOWN},
    {"Left", KEY_CODE_LEFT},
    {"Right", KEY_CODE_RIGHT},
    {"Home", KEY_CODE_HOME},
    {"End", KEY_CODE_END},
    {"PgUp", KEY_CODE_PAGE_UP},
    {"PgDn", KEY_CODE_PAGE_DOWN},
    {"Insert", KEY_CODE_INSERT},
    {"Delete", KEY_CODE_DELETE},
    {"Space", ' '},
};
enum { NAME_COUNT = sizeof(names) / sizeof(*names) };

/* The final byte or number of the CSI sequence of a key; 0 when it has none. */
static const struct {
    uint32_t code;
    char final;
    int number;
} sequences[] = {
    {KEY_CODE_UP, 'A', 0},        {KEY_CODE_DOWN, 'B', 0},    {KEY_CODE_RIGHT, 'C', 0},
    {KEY_CODE_LEFT, 'D', 0},      {KEY_CODE_HOME, 'H', 0},    {KEY_CODE_END, 'F', 0},
    {KEY_CODE_INSERT, '~', 2},    {KEY_CODE_DELETE, '~', 3},  {KEY_CODE_PAGE_UP, '~', 5},
    {KEY_CODE_PAGE_DOWN, '~', 6}, {KEY_CODE_F1, 'P', 0},      {KEY_CODE_F1 + 1, 'Q', 0},
    {KEY_CODE_F1 + 2, 'R', 0},    {KEY_CODE_F1 + 3, 'S', 0},  {KEY_CODE_F1 + 4, '~', 15},
    {KEY_CODE_F1 + 5, '~', 17},   {KEY_CODE_F1 + 6, '~', 18}, {KEY_CODE_F1 + 7, '~', 19},
    {KEY_CODE_F1 + 8, '~', 20},   {KEY_CODE_F1 + 9, '~', 21}, {KEY_CODE_F1 + 10, '~', 23},
    {KEY_CODE_F1 + 11, '~', 24},
};

static void append_sequence(struct bytes *out, struct key key)
{
    for (size_t i = 0; i < sizeof(sequences) / sizeof(*sequences); i++) {
        if (sequences[i].code != key.code)
            continue;
        bytes_printf(out, "\033[%d;%u%c", sequences[i].number ? sequences[i].number : 1,
                     key.modifiers + 1, sequences[i].final);
        return;
    }
}

static void append_plain(struct bytes *out, struct key key)
{
    switch (key.code) {
    case KEY_CODE_ENTER:
        bytes_append_byte(out, '\r');
        break;
    case KEY_CODE_TAB:
        bytes_puts(out, key.modifiers & KEY_SHIFTED ? "\033[Z" : "\t");
        break;
    case KEY_CODE_ESCAPE:
        bytes_append_byte(out, '\033');
        break;
    case KEY_CODE_BACKSPACE:
        bytes_append_byte(out, '\177');
        break;
    default:
        if (key.modifiers & KEY_CONTROL)
            bytes_append_byte(out, (char)(key.code & 0x1f));
        else
            utf8_append(out, key.code);
        break;
    }
}

size_t key_bytes(struct key key, char bytes[static KEY_NAME])
{
    struct bytes out;
    size_t len;

    bytes_init(&out, KEY_NAME - 1);
    if (key.code > KEY_CODE_BACKSPACE) {
        append_sequence(&out, key);
    } else {
        if (key.modifiers & KEY_ALT)
            bytes_append_byte(&out, '\033');
        append_plain(&out, key);
    }
    len = out.len;
    memcpy(bytes, bytes_text(&out), len);
    bytes_release(&out);
    return len;
}

bool key_equal(struct key a, struct key b)
{
    return a.code == b.code && a.modifiers == b.modifiers;
}

static void code_name(uint32_t code, char name[static KEY_NAME])
{
    struct bytes text;

    for (size_t i = 0; i < NAME_COUNT; i++) {
        if (names[i].code == code) {
            snprintf(name, KEY_NAME, "%s", names[i].name);
            return;
        }
    }
    if (code >= KEY_CODE_F1 && code <= KEY_CODE_LAST) {
        snprintf(name, KEY_NAME, "F%u", (unsigned)(code - KEY_CODE_F1 + 1));
        return;
    }
    bytes_init(&text, 8);
    utf8_append(&text, code);
    snprintf(name, KEY_NAME, "%s", bytes_text(&text));
    bytes_release(&text);
}

void key_name(struct key key, char name[static KEY_NAME])
{
    char base[KEY_NAME];
    const char *control = "";

    code_name(key.code, base);
    if (key.modifiers & KEY_CONTROL) {
        bool letter = key.code >= 'a' && key.code <= 'z';

        control = letter ? "^" : "C-";
        if (letter)
            base[0] = (char)(base[0] - 'a' + 'A');
    }
    snprintf(name, KEY_NAME, "%s%s%s%.20s", key.modifiers & KEY_ALT ? "M-" : "",
             key.modifiers & KEY_SHIFTED ? "S-" : "", control, base);
}

/* The modifier that `name` begins with; 0 when it is a key by itself. */
static unsigned take_modifier(const char **name, size_t *len)
{
    static const struct {
        const char *prefix;
        unsigned modifier;
    } prefixes[] = {{"^", KEY_CONTROL}, {"C-", KEY_CONTROL}, {"M-", KEY_ALT}, {"S-", KEY_SHIFTED}};

    for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
        size_t prefix = strlen(prefixes[i].prefix);

        if (*len > prefix && strncmp(*name, prefixes[i].prefix, prefix) == 0) {
            *name += prefix;
            *len -= prefix;
            return prefixes[i].modifier;
        }
    }
    return 0;
}

static uint32_t parse_code(const char *name, size_t len)
{
    uint32_t code;

    for (size_t i = 0; i < NAME_COUNT; i++)
        if (strlen(names[i].name) == len && strncmp(name, names[i].name, len) == 0)
            return names[i].code;
    if (len >= 2 && len <= 3 && name[0] == 'F') {
        long number = strtol(name + 1, NULL, 10);

        if (number >= 1 && number <= 12)
            return KEY_CODE_F1 + (uint32_t)number - 1;
    }
    if (utf8_decode(name, len, &code) == len && code != UTF8_INVALID && code > ' ' && code != 0x7f)
        return code;
    return 0;
}

bool key_parse(const char *name, size_t len, struct key *key)
{
    unsigned modifier;

    *key = (struct key){0};
    if (len == 0)
        return false;
    while ((modifier = take_modifier(&name, &len)))
        key->modifiers |= modifier;
    key->code = parse_code(name, len);
    if ((key->modifiers & KEY_CONTROL) && key->code >= 'A' && key->code <= 'Z')
        key->code += 'a' - 'A';
    return key->code != 0;
}
