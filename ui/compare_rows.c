#include "ui/compare_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/diff.h"
#include "base/memory.h"
#include "base/text.h"

enum {
    SLICE_BYTES = 64 * 1024,
    WORDS_MAX = 4000, /* of a line whose words are matched */
    EDITS_MAX = 200,
    APART = 3, /* columns between two facts in one row */
    LINE_MAX = 64 * 1024 * 1024,
};

/* ---- words ---- */

struct word {
    const char *text;
    size_t len;
    int width;
};

struct words {
    struct word *items;
    uint64_t *hashes;
    size_t count, size;
};

static void words_release(struct words *words)
{
    free(words->items);
    free(words->hashes);
}

static void add_word(struct words *words, const char *text, size_t len, int width)
{
    if (words->count == words->size) {
        words->size = words->size ? words->size * 2 : 64;
        words->items = xreallocarray(words->items, words->size, sizeof(*words->items));
        words->hashes = xreallocarray(words->hashes, words->size, sizeof(*words->hashes));
    }
    words->hashes[words->count] = diff_hash(text, len);
    words->items[words->count++] = (struct word){.text = text, .len = len, .width = width};
}

static bool same_word(const void *context, size_t left, size_t right)
{
    const struct words *words = context;
    const struct word *a = &words[0].items[left], *b = &words[1].items[right];

    return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

/* `words` are those of both sides. */
static void match_words(struct diff *diff, const struct words words[2])
{
    const struct diff_sides sides = {
        .left = words[0].hashes,
        .right = words[1].hashes,
        .left_count = words[0].count,
        .right_count = words[1].count,
        .same = same_word,
        .context = words,
    };

    diff_make(diff, &sides, EDITS_MAX);
}

/* With the blanks behind it, and never wider than a column. */
static void split_words(struct words *words, const char *text, size_t len, int columns, bool ascii)
{
    size_t begin = 0, at = 0;
    int width = 0;
    struct glyph glyph;

    while (at < len) {
        text_glyph(text + at, len - at, ascii, &glyph);
        if (at > begin && width + glyph.width > columns) {
            add_word(words, text + begin, at - begin, width);
            begin = at;
            width = 0;
        }
        at += glyph.used;
        width += glyph.width;
        if (text[at - 1] == ' ' && (at == len || text[at] != ' ')) {
            add_word(words, text + begin, at - begin, width);
            begin = at;
            width = 0;
        }
    }
    if (at > begin)
        add_word(words, text + begin, at - begin, width);
}

/* ---- rows ---- */

struct breaking {
    struct compare_rows *rows;
    const struct compare_line *line;
    struct compare_row row; /* being filled */
    int widths[2];
    int columns;
    bool any;
};

static void add_row(struct compare_rows *rows, const struct compare_row *row)
{
    if (rows->count == rows->size) {
        rows->size = rows->size ? rows->size * 2 : 256;
        rows->rows = xreallocarray(rows->rows, rows->size, sizeof(*rows->rows));
    }
    rows->rows[rows->count++] = *row;
}

static void add_side(struct compare_rows *rows, struct compare_row row, unsigned sides)
{
    row.flags = (uint8_t)(row.flags | sides);
    add_row(rows, &row);
}

/* Facts that differ without being a difference: how long it took, when it was. */
static bool is_apart(const struct compare_line *line)
{
    return line->label && line->left && line->right &&
           (line->left_len != line->right_len ||
            memcmp(line->left, line->right, line->left_len) != 0);
}

/* Such facts stand in one row where they are short. */
static bool fits_one_row(const struct breaking *breaking)
{
    const struct compare_line *line = breaking->line;

    return is_apart(line) && (line->sign == COMPARE_SAME || line->varies) &&
           breaking->widths[0] + breaking->widths[1] + APART <= breaking->columns;
}

static void add_sides(const struct breaking *breaking)
{
    const struct compare_row *row = &breaking->row;
    const struct compare_line *line = breaking->line;
    bool first = (row->flags & COMPARE_FIRST) != 0;

    if (breaking->rows->beside || fits_one_row(breaking)) {
        add_side(breaking->rows, *row, COMPARE_LEFT | COMPARE_RIGHT);
    } else if (row->sign == COMPARE_SAME && !is_apart(line)) {
        add_side(breaking->rows, *row, line->right ? COMPARE_RIGHT : COMPARE_LEFT);
    } else {
        if (line->left && (row->left_len || first))
            add_side(breaking->rows, *row, COMPARE_LEFT);
        if (line->right && (row->right_len || first))
            add_side(breaking->rows, *row, COMPARE_RIGHT);
    }
}

static void flush(struct breaking *breaking)
{
    struct compare_row *row = &breaking->row;

    add_sides(breaking);
    row->left += row->left_len;
    row->right += row->right_len;
    row->left_len = row->right_len = 0;
    row->flags = 0;
    row->sign =
        (uint8_t)(breaking->line->sign == COMPARE_CHANGED ? COMPARE_SAME : breaking->line->sign);
    breaking->widths[0] = breaking->widths[1] = 0;
    breaking->any = false;
}

/* A word of either side, or of both; NULL: it has none. */
static void put(struct breaking *breaking, const struct word *left, const struct word *right)
{
    if ((left && breaking->widths[0] + left->width > breaking->columns) ||
        (right && breaking->widths[1] + right->width > breaking->columns))
        flush(breaking);
    if (left) {
        breaking->widths[0] += left->width;
        breaking->row.left_len += (uint32_t)left->len;
    }
    if (right) {
        breaking->widths[1] += right->width;
        breaking->row.right_len += (uint32_t)right->len;
    }
    breaking->any = true;
}

static void put_run(struct breaking *breaking, const struct words words[2],
                    const struct diff_run *run)
{
    size_t most = run->left_len > run->right_len ? run->left_len : run->right_len;

    for (size_t i = 0; i < most; i++) {
        put(breaking, i < run->left_len ? &words[0].items[run->left + i] : NULL,
            i < run->right_len ? &words[1].items[run->right + i] : NULL);
        if (!run->same && breaking->line->sign == COMPARE_CHANGED)
            breaking->row.sign = COMPARE_CHANGED;
    }
}

static void put_words(struct breaking *breaking, const struct words words[2])
{
    const struct compare_line *line = breaking->line;
    bool match =
        line->left && line->right && words[0].count <= WORDS_MAX && words[1].count <= WORDS_MAX;
    struct diff_run whole = {.left_len = words[0].count,
                             .right_len = words[1].count,
                             .same = line->sign != COMPARE_CHANGED};
    struct diff diff = {.runs = &whole, .count = 1};

    if (match)
        match_words(&diff, words);
    for (size_t i = 0; i < diff.count; i++)
        put_run(breaking, words, &diff.runs[i]);
    if (match)
        diff_release(&diff);
}

static void break_line(struct compare_rows *rows, const struct compare_line *line, size_t index)
{
    struct breaking breaking = {
        .rows = rows,
        .line = line,
        .columns = line->label ? rows->facts : rows->text,
        .row = {.line = (uint32_t)index,
                .flags = COMPARE_FIRST,
                .sign = line->label || line->sign != COMPARE_CHANGED ? (uint8_t)line->sign
                                                                     : COMPARE_SAME},
    };
    struct words words[2] = {{.count = 0}, {.count = 0}};

    if (line->left)
        split_words(&words[0], line->left, line->left_len, breaking.columns, rows->ascii);
    if (line->right)
        split_words(&words[1], line->right, line->right_len, breaking.columns, rows->ascii);
    put_words(&breaking, words);
    if (breaking.any || (breaking.row.flags & COMPARE_FIRST))
        flush(&breaking);
    words_release(&words[0]);
    words_release(&words[1]);
}

void compare_rows_reset(struct compare_rows *rows, int facts, int text, bool beside, bool ascii)
{
    rows->beside = beside;
    rows->count = rows->line = 0;
    rows->facts = facts;
    rows->text = text;
    rows->ascii = ascii;
}

void compare_rows_release(struct compare_rows *rows)
{
    free(rows->rows);
    *rows = (struct compare_rows){.count = 0};
}

static bool begins_section(const struct compare *compare, size_t index)
{
    return index == 0 ||
           compare_line(compare, index)->section != compare_line(compare, index - 1)->section;
}

bool compare_rows_extend(struct compare_rows *rows, const struct compare *compare)
{
    size_t count = compare_count(compare), done = 0;

    for (; rows->line < count && done < SLICE_BYTES; rows->line++) {
        const struct compare_line *line = compare_line(compare, rows->line);
        const struct compare_row title = {.line = (uint32_t)rows->line, .flags = COMPARE_TITLE};

        if (begins_section(compare, rows->line))
            add_row(rows, &title);
        break_line(rows, line, rows->line);
        done += line->left_len + line->right_len + 64;
    }
    return rows->line == count;
}

static size_t bytes_of(const struct words *words, size_t from, size_t count)
{
    size_t len = 0;

    for (size_t i = 0; i < count && words->items; i++)
        len += words->items[from + i].len;
    return len;
}

void compare_rows_parts(const struct compare *compare, const struct compare_row *row,
                        void (*each)(void *context, const struct compare_part *part), void *context)
{
    const struct compare_line *line = compare_line(compare, row->line);
    const char *left = line->left ? line->left + row->left : NULL;
    const char *right = line->right ? line->right + row->right : NULL;
    struct compare_part part = {left, right, row->left_len, row->right_len,
                                row->sign == COMPARE_SAME};
    struct words words[2] = {{.count = 0}, {.count = 0}};
    struct diff diff;

    if (row->sign != COMPARE_CHANGED || !left || !right) {
        each(context, &part);
        return;
    }
    split_words(&words[0], left, row->left_len, LINE_MAX, false);
    split_words(&words[1], right, row->right_len, LINE_MAX, false);
    match_words(&diff, words);
    for (size_t i = 0; i < diff.count; i++) {
        const struct diff_run *run = &diff.runs[i];

        part = (struct compare_part){.left = left, .right = right, .same = run->same};
        part.left_len = bytes_of(&words[0], run->left, run->left_len);
        part.right_len = bytes_of(&words[1], run->right, run->right_len);
        each(context, &part);
        left += part.left_len;
        right += part.right_len;
    }
    diff_release(&diff);
    words_release(&words[0]);
    words_release(&words[1]);
}
