#include "base/suggest.h"

#include <string.h>

enum { WORD_MAX = 63 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t edit_distance(const char *a, const char *b)
{
    size_t a_len = strlen(a), b_len = strlen(b);
    size_t rows[3][WORD_MAX + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2], *spare;

    if (a_len > WORD_MAX || b_len > WORD_MAX)
        return a_len > b_len ? a_len : b_len;
    for (size_t j = 0; j <= b_len; j++)
        before[j] = above[j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
        spare = before;
        before = above;
        above = row;
        row = spare;
    }
    return above[b_len];
}

void suggest(struct suggestion *suggestion, const char *typed, const char *candidate)
{
    size_t distance = edit_distance(typed, candidate);
    size_t limit = strlen(candidate) / 3;

    if (limit < 1)
        limit = 1;
    if (distance > limit || distance >= strlen(candidate))
        return;
    if (!suggestion->word || distance < suggestion->distance)
        *suggestion = (struct suggestion){.word = candidate, .distance = distance};
}
