#include "ui/stream_raw.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/redact.h"
#include "base/text.h"
#include "evidence/tape.h"

enum {
    BEFORE = 16 * 1024, /* of the window: rows above, and a key that begins out of sight */
    BEHIND = 64 * 1024,
    WINDOW_MAX = 4 * 1024 * 1024,
    TAIL_MOST = 3, /* bytes of a character behind its first */
};

void raw_init(struct raw *raw)
{
    *raw = (struct raw){.columns = 1};
    bytes_init(&raw->bytes, WINDOW_MAX);
}

void raw_release(struct raw *raw)
{
    bytes_release(&raw->bytes);
    free(raw->reads);
}

void raw_forget(struct raw *raw)
{
    bytes_clear(&raw->bytes);
    raw->read_count = 0;
    raw->from = 0;
    raw->failed = false;
}

/* ---- the window ---- */

static bool add_piece(void *context, const struct tape_piece *piece)
{
    struct raw *raw = context;

    if (!piece->data || !bytes_append(&raw->bytes, piece->data, piece->len))
        return false;
    if (!piece->begins)
        return true;
    if (raw->read_count == raw->read_size) {
        raw->read_size = raw->read_size ? 2 * raw->read_size : 64;
        raw->reads = xreallocarray(raw->reads, raw->read_size, sizeof(*raw->reads));
    }
    raw->reads[raw->read_count++] =
        (struct raw_read){.offset = piece->offset, .since_start_us = piece->since_start_us};
    return true;
}

static void load(struct raw *raw, uint64_t from, uint64_t to)
{
    from = from > BEFORE ? from - BEFORE : 0;
    to = raw->end - to > BEHIND ? to + BEHIND : raw->end;
    raw_forget(raw);
    raw->from = from;
    raw->failed = !tape_read(raw->tape, from, to - from, add_piece, raw);
    if (raw->bytes.len > 0)
        redact(raw->redactor, raw->bytes.data, raw->bytes.len);
}

const char *raw_bytes(struct raw *raw, uint64_t offset, size_t len, size_t *there)
{
    uint64_t to;

    *there = 0;
    if (offset >= raw->end)
        return "";
    to = raw->end - offset < len ? raw->end : offset + len;
    if (offset < raw->from || to > raw->from + raw->bytes.len)
        load(raw, offset, to);
    if (offset < raw->from || offset >= raw->from + raw->bytes.len)
        return "";
    *there = raw->bytes.len - (size_t)(offset - raw->from);
    *there = *there < len ? *there : len;
    return raw->bytes.data + (offset - raw->from);
}

const struct raw_read *raw_read_in(const struct raw *raw, uint64_t from, uint64_t to)
{
    size_t low = 0, high = raw->read_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (raw->reads[middle].offset < from)
            low = middle + 1;
        else
            high = middle;
    }
    return low < raw->read_count && raw->reads[low].offset < to ? &raw->reads[low] : NULL;
}

/* ---- segments: lines, and pieces of long ones ---- */

static bool is_tail(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

/* Whether a line ends with the byte at `at`, which may be the first half of CR LF. */
static bool ends_line(const char *bytes, size_t at, size_t there, bool last)
{
    if (bytes[at] == '\n')
        return true;
    return bytes[at] == '\r' && (at + 1 < there ? bytes[at + 1] != '\n' : last);
}

/* Whether a line is so long at a multiple of RAW_SEGMENT that it is cut there. */
static bool is_cut(struct raw *raw, uint64_t multiple)
{
    size_t there;
    const char *bytes;

    if (multiple == 0 || multiple >= raw->end)
        return true;
    bytes = raw_bytes(raw, multiple - RAW_SEGMENT, RAW_SEGMENT + 1, &there);
    for (size_t i = 0; i < there && i < RAW_SEGMENT; i++)
        if (ends_line(bytes, i, there, false))
            return false;
    return true;
}

/* Such a multiple, or the beginning of the character that would be torn there. */
static uint64_t cut_at(struct raw *raw, uint64_t multiple)
{
    size_t there;
    const char *bytes;

    if (multiple == 0 || multiple >= raw->end)
        return multiple;
    bytes = raw_bytes(raw, multiple - TAIL_MOST, TAIL_MOST + 1, &there);
    if (there <= TAIL_MOST)
        return multiple;
    for (int back = 0; back <= TAIL_MOST; back++)
        if (!is_tail(bytes[TAIL_MOST - back]))
            return multiple - (uint64_t)back;
    return multiple;
}

/* The end of the line that goes on at `from`, at most `to`; `to` itself when there is none. */
static uint64_t find_line_end(struct raw *raw, uint64_t from, uint64_t to)
{
    size_t there;
    const char *bytes = raw_bytes(raw, from, (size_t)(to - from) + 1, &there);

    for (size_t i = 0; i < there && from + i < to; i++)
        if (ends_line(bytes, i, there, from + there >= raw->end))
            return from + i + 1;
    return to;
}

/* Where the segment ends that begins at `from`. */
static uint64_t segment_end(struct raw *raw, uint64_t from)
{
    for (uint64_t multiple = (from / RAW_SEGMENT + 1) * RAW_SEGMENT;; multiple += RAW_SEGMENT) {
        uint64_t cut = cut_at(raw, multiple), end;

        cut = cut < raw->end ? cut : raw->end;
        if (cut <= from) /* the one that it begins at */
            continue;
        end = find_line_end(raw, from, cut);
        if (end < cut || cut == raw->end || is_cut(raw, multiple))
            return end;
    }
}

/* Where the segment begins that holds the byte at `offset`. */
static uint64_t segment_begin(struct raw *raw, uint64_t offset)
{
    uint64_t multiple = offset / RAW_SEGMENT * RAW_SEGMENT, from;
    const char *bytes;
    size_t there, at;

    if (cut_at(raw, multiple + RAW_SEGMENT) <= offset)
        multiple += RAW_SEGMENT;
    /* Where it is not cut a line begins within the segment before. */
    from = is_cut(raw, multiple) ? cut_at(raw, multiple) : multiple - RAW_SEGMENT;
    bytes = raw_bytes(raw, from, (size_t)(offset - from) + 1, &there);
    at = from + there > offset ? (size_t)(offset - from) : there;
    for (; at > 0; at--)
        if (ends_line(bytes, at - 1, there, false))
            return from + at;
    return from;
}

/* ---- rows ---- */

/* Where a row ends that begins at `row`, of a segment that ends at `end`. */
static uint64_t row_end(struct raw *raw, uint64_t row, uint64_t end)
{
    size_t there, at = 0;
    const char *bytes = raw_bytes(raw, row, (size_t)(end - row), &there);
    int column = 0;

    while (at < there) {
        struct glyph glyph;

        text_glyph(bytes + at, there - at, raw->ascii, &glyph);
        if (column > 0 && column + glyph.width > raw->columns)
            break;
        column += glyph.width;
        at += glyph.used;
    }
    return at > 0 ? row + at : end;
}

uint64_t raw_next(struct raw *raw, uint64_t row)
{
    return row >= raw->end ? raw->end : row_end(raw, row, segment_end(raw, row));
}

uint64_t raw_row(struct raw *raw, uint64_t offset)
{
    uint64_t row, end;

    if (raw->end == 0)
        return 0;
    if (offset >= raw->end)
        offset = raw->end - 1;
    row = segment_begin(raw, offset);
    end = segment_end(raw, row);
    for (;;) {
        uint64_t next = row_end(raw, row, end);

        if (next > offset || next >= end)
            return row;
        row = next;
    }
}

uint64_t raw_previous(struct raw *raw, uint64_t row)
{
    return row > 0 ? raw_row(raw, row - 1) : 0;
}

uint64_t raw_line_begin(struct raw *raw, uint64_t offset)
{
    return offset < raw->end ? segment_begin(raw, offset) : raw->end;
}

uint64_t raw_line_end(struct raw *raw, uint64_t offset)
{
    return offset < raw->end ? segment_end(raw, segment_begin(raw, offset)) : raw->end;
}
