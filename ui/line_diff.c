#include "ui/line_diff.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/diff.h"
#include "base/memory.h"

enum {
    CONTEXT = 3,
    EDITS_MAX = 1000, /* some megabytes and milliseconds */
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

static bool same(const void *context, size_t left, size_t right)
{
    const struct side *sides = context;
    const struct part *a = &sides[0].lines[left], *b = &sides[1].lines[right];

    return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

static void add(struct line_diff *diff, char sign, size_t line, const struct part *part)
{
    diff->lines[diff->count++] =
        (struct line_diff_line){.sign = sign, .line = line, .text = part->text, .len = part->len};
    diff->added += sign == '+';
    diff->removed += sign == '-';
}

static uint64_t *hash_lines(const struct side *side)
{
    uint64_t *hashes = xcalloc(side->count + 1, sizeof(*hashes));

    for (size_t i = 0; i < side->count; i++)
        hashes[i] = diff_hash(side->lines[i].text, side->lines[i].len);
    return hashes;
}

static void add_all(struct line_diff *diff, const struct side sides[2])
{
    uint64_t *hashes[2] = {hash_lines(&sides[0]), hash_lines(&sides[1])};
    const struct diff_sides both = {
        .left = hashes[0],
        .right = hashes[1],
        .left_count = sides[0].count,
        .right_count = sides[1].count,
        .same = same,
        .context = sides,
    };
    struct diff runs;

    diff_make(&runs, &both, EDITS_MAX);
    for (size_t r = 0; r < runs.count; r++) {
        const struct diff_run *run = &runs.runs[r];

        for (size_t i = run->left; !run->same && i < run->left + run->left_len; i++)
            add(diff, '-', i + 1, &sides[0].lines[i]);
        for (size_t i = run->right; i < run->right + run->right_len; i++)
            add(diff, run->same ? ' ' : '+', i + 1, &sides[1].lines[i]);
    }
    diff_release(&runs);
    free(hashes[0]);
    free(hashes[1]);
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
    struct side sides[2];

    *diff = (struct line_diff){.count = 0};
    split(&sides[0], old_text, old_len);
    split(&sides[1], new_text, new_len);
    diff->lines = xcalloc(sides[0].count + sides[1].count + 1, sizeof(*diff->lines));
    add_all(diff, sides);
    thin(diff);
    free(sides[0].lines);
    free(sides[1].lines);
}

void line_diff_release(struct line_diff *diff)
{
    free(diff->lines);
    *diff = (struct line_diff){.count = 0};
}
