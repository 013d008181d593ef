#include "scan/intake.h"

#include "base/bytes.h"
#include "base/text.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

enum {
    BLOCK = 64 * 1024,
    SNIFFED = 8 * 1024,
    REPLACEMENT = 0xFFFD,
};

/* What UTF-16 leaves between two blocks. */
struct utf16 {
    bool big;
    unsigned char odd; /* the first byte of a unit */
    bool has_odd;
    uint32_t high; /* the first half of a pair, 0: none */
};

static void take_unit(struct utf16 *state, uint32_t unit, struct bytes *out)
{
    bool low = unit >= 0xDC00 && unit <= 0xDFFF;

    if (state->high && low) {
        utf8_append(out, 0x10000 + ((state->high - 0xD800) << 10) + (unit - 0xDC00));
        state->high = 0;
        return;
    }
    if (state->high)
        utf8_append(out, REPLACEMENT);
    state->high = unit >= 0xD800 && unit <= 0xDBFF ? unit : 0;
    if (!state->high)
        utf8_append(out, low ? REPLACEMENT : unit);
}

static void decode(struct utf16 *state, const unsigned char *data, size_t len, struct bytes *out)
{
    for (size_t i = 0; i < len; i++) {
        if (!state->has_odd) {
            state->odd = data[i];
            state->has_odd = true;
            continue;
        }
        state->has_odd = false;
        take_unit(state,
                  state->big ? (uint32_t)state->odd << 8 | data[i]
                             : (uint32_t)data[i] << 8 | state->odd,
                  out);
    }
}

/* As many bytes as there are, up to a block. */
static ssize_t read_block(int fd, char *block)
{
    size_t len = 0;

    while (len < BLOCK) {
        ssize_t got = read(fd, block + len, BLOCK - len);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        len += (size_t)got;
    }
    return (ssize_t)len;
}

enum intake_result intake(int fd, void (*piece)(void *context, const char *data, size_t len),
                          void *context, uint64_t *bytes)
{
    enum intake_result result = INTAKE_READ;
    struct utf16 state = {0};
    struct bytes text;
    char block[BLOCK];
    ssize_t len = read_block(fd, block);
    bool wide =
        len >= 2 && (memcmp(block, "\xFE\xFF", 2) == 0 || memcmp(block, "\xFF\xFE", 2) == 0);
    size_t mark = wide ? 2 : len >= 3 && memcmp(block, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;

    state.big = wide && block[0] == '\xFE';
    if (len > 0 && !wide && memchr(block, 0, len < SNIFFED ? (size_t)len : SNIFFED))
        return INTAKE_BINARY;
    bytes_init(&text, (size_t)3 * BLOCK); /* two bytes become three at most */
    for (; len > 0; len = len == BLOCK ? read_block(fd, block) : 0, mark = 0) {
        *bytes += (uint64_t)len;
        if (!wide) {
            piece(context, block + mark, (size_t)len - mark);
            continue;
        }
        bytes_clear(&text);
        decode(&state, (const unsigned char *)block + mark, (size_t)len - mark, &text);
        piece(context, bytes_text(&text), text.len);
    }
    if (len < 0)
        result = INTAKE_FAILED;
    bytes_release(&text);
    return result;
}
