#include "ui/line_diff.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum {
    CONTEXT = 3,
    CELLS_MAX = 4 * 1024 * 1024, /* of the table that finds what both have in common */
};

struct part {
    const char *text;
    size_t len;
};

struct side {
    struct part *lines;
    size_t count;
};

static void split(struct side *side, const char *text, size_t len)
{
    size_t room = 1;

    for (size_t i = 0; i < len; i++)
        room += text[i] == '\n';
    *side = (struct side){.lines = xcalloc(room, sizeof(*side->lines))};
    while (len > 0) {
        const char *end = memchr(text, '\n', len);
        size_t used = end ? (size_t)(end - text) : len;

        side->lines[side->count++] = (struct part){.text = text, .len = used};
        used += end != NULL;
        text += used;
        len -= used;
    }
}

static bool same(const struct part *a, const struct part *b)
{
    return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

static void add(struct line_diff *diff, char sign, size_t line, const struct part *part)
{
    diff->lines[diff->count++] =
        (struct line_diff_line){.sign = sign, .line = line, .text = part->text, .len = part->len};
    diff->added += sign == '+';
    diff->removed += sign == '-';
}

/* Lengths of what `a` from i on and `b` from j on have in common, row by row; NULL: too large. */
static uint32_t *common(const struct part *a, size_t a_count, const struct part *b, size_t b_count)
{
    size_t width = b_count + 1;
    uint32_t *table;

    if (a_count + 1 > CELLS_MAX / width)
        return NULL;
    table = xcalloc((a_count + 1) * width, sizeof(*table));
    for (size_t i = a_count; i-- > 0;) {
        for (size_t j = b_count; j-- > 0;) {
            uint32_t down = table[(i + 1) * width + j], right = table[i * width + j + 1];

            if (same(&a[i], &b[j]))
                table[i * width + j] = table[(i + 1) * width + j + 1] + 1;
            else
                table[i * width + j] = down >= right ? down : right;
        }
    }
    return table;
}

/* The part in which they differ; the numbers of its lines begin behind `before`. */
static void add_middle(struct line_diff *diff, const struct part *a, size_t a_count,
                       const struct part *b, size_t b_count, size_t before)
{
    uint32_t *table = common(a, a_count, b, b_count);
    size_t width = b_count + 1, i = 0, j = 0;

    while (i < a_count || j < b_count) {
        if (table && i < a_count && j < b_count && same(&a[i], &b[j])) {
            add(diff, ' ', before + j + 1, &b[j]);
            i++;
            j++;
        } else if (i < a_count && (j == b_count || !table ||
                                   table[(i + 1) * width + j] >= table[i * width + j + 1])) {
            add(diff, '-', before + i + 1, &a[i]);
            i++;
        } else {
            add(diff, '+', before + j + 1, &b[j]);
            j++;
        }
    }
    free(table);
}

/* What is far from every difference goes; a leap stands for it. */
static void thin(struct line_diff *diff)
{
    static const struct part nothing = {.text = "", .len = 0};
    size_t kept = 0, last = 0, count = diff->count; /* last: behind the last difference */
    struct line_diff_line *all = diff->lines;
    bool leaps = false;

    diff->lines = xcalloc(2 * count + 1, sizeof(*diff->lines));
    diff->count = 0;
    for (size_t i = 0, next = 0; i < count; i++) {
        for (next = next < i ? i : next; next < count && all[next].sign == ' ';)
            next++;
        if (all[i].sign != ' ')
            last = i + 1;
        if ((last && i < last + CONTEXT) || (next < count && next - i <= CONTEXT)) {
            if (leaps || kept == 0)
                add(diff, '@', all[i].line, &nothing);
            diff->lines[diff->count++] = all[i];
            kept++;
            leaps = false;
        } else {
            leaps = true;
        }
    }
    free(all);
}

void line_diff_make(struct line_diff *diff, const char *old_text, size_t old_len,
                    const char *new_text, size_t new_len)
{
    struct side old, new;
    size_t head = 0, tail = 0, least;

    *diff = (struct line_diff){.count = 0};
    split(&old, old_text, old_len);
    split(&new, new_text, new_len);
    least = old.count < new.count ? old.count : new.count;
    while (head < least && same(&old.lines[head], &new.lines[head]))
        head++;
    while (tail < least - head &&
           same(&old.lines[old.count - 1 - tail], &new.lines[new.count - 1 - tail]))
        tail++;
    diff->lines = xcalloc(old.count + new.count + 1, sizeof(*diff->lines));
    for (size_t i = 0; i < head; i++)
        add(diff, ' ', i + 1, &new.lines[i]);
    add_middle(diff, old.lines + head, old.count - head - tail, new.lines + head,
               new.count - head - tail, head);
    for (size_t i = new.count - tail; i < new.count; i++)
        add(diff, ' ', i + 1, &new.lines[i]);
    thin(diff);
    free(old.lines);
    free(new.lines);
}

void line_diff_release(struct line_diff *diff)
{
    free(diff->lines);
    *diff = (struct line_diff){.count = 0};
}
