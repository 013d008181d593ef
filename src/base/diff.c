#include "base/diff.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* The middle of both, behind what they begin with and before what they end with. */
struct middle {
    const uint64_t *left, *right;
    ptrdiff_t left_count, right_count;
};

/*
 * The furthest places on each diagonal after 0, 1, 2 … edits, one row of `width` each: row d tells
 * where d edits lead.
 */
struct trace {
    ptrdiff_t *rows;
    size_t edits; /* the last row */
};

uint64_t diff_hash(const char *text, size_t len)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static void add_run(struct diff *diff, bool same, size_t left_len, size_t right_len)
{
    struct diff_run *last = diff->count ? &diff->runs[diff->count - 1] : NULL, run;

    if (left_len == 0 && right_len == 0)
        return;
    if (last && last->same == same) {
        last->left_len += left_len;
        last->right_len += right_len;
        return;
    }
    run = (struct diff_run){.same = same, .left_len = left_len, .right_len = right_len};
    if (last) {
        run.left = last->left + last->left_len;
        run.right = last->right + last->right_len;
    }
    diff->runs = xreallocarray(diff->runs, diff->count + 1, sizeof(*diff->runs));
    diff->runs[diff->count++] = run;
}

/* Row d holds diagonals -d … d, every second of them, one behind the other. */
static ptrdiff_t *row_of(const struct trace *trace, size_t edits)
{
    return trace->rows + edits * (edits + 1) / 2;
}

/* Where on the left the diagonal is entered: by an element that only the right has, or the left. */
static ptrdiff_t enter(const struct trace *trace, ptrdiff_t edits, ptrdiff_t diagonal)
{
    const ptrdiff_t *before = edits ? row_of(trace, (size_t)edits - 1) : NULL;
    ptrdiff_t place = (diagonal + edits) / 2; /* of the diagonal below it in the row before */

    if (!before)
        return 0;
    if (diagonal == -edits || (diagonal != edits && before[place - 1] < before[place]))
        return before[place];
    return before[place - 1] + 1;
}

/* One more edit; true when the ends are reached. */
static bool advance(const struct middle *middle, struct trace *trace, ptrdiff_t edits)
{
    ptrdiff_t *row = row_of(trace, (size_t)edits);
    bool done = false;

    for (ptrdiff_t diagonal = -edits; diagonal <= edits; diagonal += 2) {
        ptrdiff_t x = enter(trace, edits, diagonal), y = x - diagonal;

        while (x < middle->left_count && y >= 0 && y < middle->right_count &&
               middle->left[x] == middle->right[y])
            x++, y++;
        row[(diagonal + edits) / 2] = x;
        done = done ||
               (diagonal == middle->left_count - middle->right_count && x >= middle->left_count);
    }
    return done;
}

static bool search(const struct middle *middle, struct trace *trace, size_t most)
{
    size_t size = 0;

    for (size_t edits = 0; edits <= most; edits++) {
        if ((edits + 1) * (edits + 2) / 2 > size) {
            size = (edits + 1) * (edits + 2);
            trace->rows = xreallocarray(trace->rows, size, sizeof(*trace->rows));
        }
        if (advance(middle, trace, (ptrdiff_t)edits)) {
            trace->edits = edits;
            return true;
        }
    }
    return false;
}

/* From the ends back to the beginning: how long each stretch is, the last one first. */
static void follow(const struct middle *middle, const struct trace *trace, struct diff *diff)
{
    struct step {
        size_t same;
        bool left;
    } *steps = xcalloc(trace->edits + 1, sizeof(*steps));
    ptrdiff_t x = middle->left_count, diagonal = middle->left_count - middle->right_count;

    for (ptrdiff_t edits = (ptrdiff_t)trace->edits; edits >= 0; edits--) {
        ptrdiff_t entered = enter(trace, edits, diagonal), place = (diagonal + edits) / 2;
        const ptrdiff_t *before = edits ? row_of(trace, (size_t)edits - 1) : NULL;
        bool down = before && (diagonal == -edits ||
                               (diagonal != edits && before[place - 1] < before[place]));

        steps[edits] = (struct step){.same = (size_t)(x - entered), .left = !down};
        x = down ? entered : entered - 1;
        diagonal += down ? 1 : -1;
    }
    for (size_t edits = 0; edits <= trace->edits; edits++) {
        if (edits)
            add_run(diff, false, steps[edits].left, !steps[edits].left);
        add_run(diff, true, steps[edits].same, steps[edits].same);
    }
    free(steps);
}

/* Adds a stretch of one hash, in which only what is the same counts as that. */
static void add_checked(struct diff *diff, const struct diff_sides *sides,
                        const struct diff_run *run)
{
    for (size_t i = 0; i < run->left_len; i++)
        add_run(diff, sides->same(sides->context, run->left + i, run->right + i), 1, 1);
}

static void check(struct diff *diff, const struct diff_sides *sides)
{
    struct diff found = *diff;

    *diff = (struct diff){.count = 0};
    for (size_t i = 0; i < found.count; i++) {
        if (found.runs[i].same)
            add_checked(diff, sides, &found.runs[i]);
        else
            add_run(diff, false, found.runs[i].left_len, found.runs[i].right_len);
    }
    diff_release(&found);
}

void diff_make(struct diff *diff, const struct diff_sides *sides, size_t most)
{
    size_t left_count = sides->left_count, right_count = sides->right_count;
    size_t least = left_count < right_count ? left_count : right_count, begin = 0, end = 0;
    const uint64_t *left = sides->left, *right = sides->right;
    struct trace trace = {.rows = NULL};
    struct middle middle;

    *diff = (struct diff){.count = 0};
    while (begin < least && left[begin] == right[begin])
        begin++;
    while (end < least - begin && left[left_count - 1 - end] == right[right_count - 1 - end])
        end++;
    middle = (struct middle){
        .left = left + begin,
        .right = right + begin,
        .left_count = (ptrdiff_t)(left_count - begin - end),
        .right_count = (ptrdiff_t)(right_count - begin - end),
    };
    add_run(diff, true, begin, begin);
    if (search(&middle, &trace, most))
        follow(&middle, &trace, diff);
    else
        add_run(diff, false, (size_t)middle.left_count, (size_t)middle.right_count);
    add_run(diff, true, end, end);
    free(trace.rows);
    if (sides->same)
        check(diff, sides);
}

void diff_release(struct diff *diff)
{
    free(diff->runs);
    *diff = (struct diff){.count = 0};
}
