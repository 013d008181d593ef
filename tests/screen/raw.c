#include "tests/screen/raw.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum {
    CANCEL = 0x18,
    ESCAPE = 0x1b,
    PARAMETERS_MAX = 16
}; /* libvterm 0.1 crashes on the seventeenth */

static bool fault(struct raw_check *check, const char *what)
{
    char hex[3 * 16 + 1] = "";

    for (size_t i = 0; i < check->len && i < 16; i++)
        snprintf(hex + 3 * i, 4, " %02x", check->pending[i]);
    snprintf(check->fault, sizeof(check->fault), "%s:%s", what, hex);
    return false;
}

/* CSI: known final bytes, private marker only for modes, few parameters. */
static bool check_csi(struct raw_check *check)
{
    unsigned char final = check->pending[check->len - 1];
    size_t parameters = 1;

    for (size_t i = 2; i + 1 < check->len; i++) {
        unsigned char byte = check->pending[i];

        if (byte == ';')
            parameters++;
        else if (!(byte >= '0' && byte <= '9') && !(byte == '?' && i == 2))
            return fault(check, "a CSI that curses does not write");
    }
    if (parameters > PARAMETERS_MAX)
        return fault(check, "a CSI with too many parameters");
    if (!strchr("ABCDGHJKLMPXZ@bdhlmrtST", final))
        return fault(check, "a CSI with a final byte that curses does not write");
    check->len = 0;
    return true;
}

/* The text for the clipboard goes as it comes, the beginning stays until the end. */
static bool check_clipboard(struct raw_check *check, size_t begin)
{
    unsigned char last = check->pending[check->len - 1];

    if (last == '\007')
        check->len = 0;
    else if (isalnum(last) || strchr("+/=", last))
        check->len = begin;
    else
        return fault(check, "a byte in what goes to the clipboard");
    return true;
}

static bool check_string(struct raw_check *check)
{
    static const char known[] = "\033]104\007", clipboard[] = "\033]52;c;";
    size_t begin = sizeof(clipboard) - 1;

    if (check->len > begin && memcmp(check->pending, clipboard, begin) == 0)
        return check_clipboard(check, begin);
    if (check->len <= begin && memcmp(check->pending, clipboard, check->len) == 0)
        return true;
    if (memcmp(check->pending, known, check->len) != 0)
        return fault(check, "a string for the terminal itself");
    if (check->len == sizeof(known) - 1)
        check->len = 0;
    return true;
}

static bool check_escape(struct raw_check *check)
{
    unsigned char second = check->pending[1];

    if (check->len == 1)
        return true;
    if (second == '[') {
        unsigned char last = check->pending[check->len - 1];

        return check->len > 2 && last >= 0x40 && last <= 0x7e ? check_csi(check) : true;
    }
    if (second == '(' || second == ')') { /* character sets: ASCII or line drawing */
        if (check->len == 2)
            return true;
        if (check->pending[2] != 'B' && check->pending[2] != '0')
            return fault(check, "a character set");
        check->len = 0;
        return true;
    }
    if (second == ']') /* the one string that curses writes: "colours as they were" */
        return check_string(check);
    if (strchr("78=>MDEHc", second)) {
        check->len = 0;
        return true;
    }
    return fault(check, "an escape sequence that curses does not write");
}

/* Characters that reorder or hide text have no place on a screen; joiners (U+200C, D) only shape.
 */
static bool is_treacherous(uint32_t character)
{
    return (character >= 0x80 && character < 0xa0) || character == 0x61c || character == 0x200b ||
           character == 0x200e || character == 0x200f ||
           (character >= 0x2028 && character <= 0x202e) ||
           (character >= 0x2060 && character <= 0x206f) || character == 0xfeff;
}

static bool check_text(struct raw_check *check)
{
    uint32_t character;
    size_t used = utf8_decode((const char *)check->pending, check->len, &character);

    if (used == 0)
        return true;
    if (character == UTF8_INVALID)
        return fault(check, "bytes that are no UTF-8");
    if (is_treacherous(character))
        return fault(check, "a character that reorders or hides text");
    if (character == 0x7f || (character < ' ' && !strchr("\r\n\b\t\016\017", (int)character)) ||
        character == 0)
        return fault(check, "a control byte");
    check->len = 0;
    return true;
}

bool raw_check(struct raw_check *check, const char *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (check->fault[0])
            return false;
        if (check->may_cancel && data[i] == CANCEL) {
            check->len = 0;
            continue;
        }
        if (check->len == sizeof(check->pending))
            return fault(check, "a sequence without end");
        check->pending[check->len++] = (unsigned char)data[i];
        if (check->pending[0] == ESCAPE ? !check_escape(check) : !check_text(check))
            return false;
    }
    return true;
}
