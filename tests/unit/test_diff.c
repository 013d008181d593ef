/* base/diff: the shortest way between two sequences, bounded. */
#include "tests/unit/unit.h"

#include "base/diff.h"

#include <stdlib.h>
#include <string.h>

enum { LONG = 40, ROUNDS = 400 };

static struct diff diff;

static void make(const char *left, const char *right, size_t most)
{
    uint64_t sides[2][LONG];

    for (size_t i = 0; left[i]; i++)
        sides[0][i] = (uint64_t)left[i];
    for (size_t i = 0; right[i]; i++)
        sides[1][i] = (uint64_t)right[i];
    diff_make(&diff,
              &(struct diff_sides){.left = sides[0],
                                   .right = sides[1],
                                   .left_count = strlen(left),
                                   .right_count = strlen(right)},
              most);
}

/* The runs are all of both sides in order, and what they call the same is. Answers the edits. */
static size_t check(const char *left, const char *right)
{
    size_t x = 0, y = 0, edits = 0;

    for (size_t i = 0; i < diff.count; i++) {
        const struct diff_run *run = &diff.runs[i];

        assert_int_equal(run->left, x);
        assert_int_equal(run->right, y);
        assert_true(run->left_len + run->right_len > 0);
        if (i)
            assert_true(run->same != diff.runs[i - 1].same);
        if (run->same) {
            assert_int_equal(run->left_len, run->right_len);
            assert_memory_equal(left + x, right + y, run->left_len);
        } else {
            edits += run->left_len + run->right_len;
        }
        x += run->left_len;
        y += run->right_len;
    }
    assert_int_equal(x, strlen(left));
    assert_int_equal(y, strlen(right));
    diff_release(&diff);
    return edits;
}

/* Both lengths less what is common to both, twice. */
static size_t fewest_edits(const char *left, const char *right)
{
    size_t common[LONG + 1][LONG + 1] = {{0}}, n = strlen(left), m = strlen(right);

    for (size_t i = 1; i <= n; i++)
        for (size_t j = 1; j <= m; j++) {
            size_t up = common[i - 1][j], across = common[i][j - 1];

            common[i][j] = left[i - 1] == right[j - 1] ? common[i - 1][j - 1] + 1
                           : up > across               ? up
                                                       : across;
        }
    return n + m - 2 * common[n][m];
}

static void the_way_is_the_shortest(void **state)
{
    char left[LONG] = "", right[LONG] = "";

    (void)state;
    srand(1);
    for (int round = 0; round < ROUNDS; round++) {
        size_t n = (size_t)rand() % LONG, m = (size_t)rand() % LONG;
        int letters = 1 + rand() % 6;

        for (size_t i = 0; i < n; i++)
            left[i] = (char)('a' + rand() % letters);
        for (size_t i = 0; i < m; i++)
            right[i] = (char)('a' + rand() % letters);
        left[n] = right[m] = '\0';
        make(left, right, 2 * LONG);
        assert_int_equal(check(left, right), fewest_edits(left, right));
    }
}

static void ends_need_no_care(void **state)
{
    (void)state;
    make("", "", 10);
    assert_int_equal(check("", ""), 0);
    make("", "abc", 10);
    assert_int_equal(check("", "abc"), 3);
    make("abc", "", 10);
    assert_int_equal(check("abc", ""), 3);
    make("abc", "abc", 0);
    assert_int_equal(check("abc", "abc"), 0);
}

static void what_is_too_far_apart_is_replaced_as_a_whole(void **state)
{
    (void)state;
    make("Xabcdefgh!", "Xhgfedcba!", 3);
    assert_int_equal(diff.count, 3);
    assert_int_equal(check("Xabcdefgh!", "Xhgfedcba!"), 16);
}

static bool same_but(const void *context, size_t left, size_t right)
{
    const size_t *differs = context;

    assert_int_equal(left, right);
    return left != *differs;
}

/* A hash can be had on purpose (FNV-1a is no secret): only the elements tell what is the same. */
static void what_only_hashes_alike_is_no_same(void **state)
{
    const uint64_t hashes[] = {1, 2, 3, 4};
    const size_t differs = 2;
    const struct diff_sides sides = {.left = hashes,
                                     .right = hashes,
                                     .left_count = 4,
                                     .right_count = 4,
                                     .same = same_but,
                                     .context = &differs};

    (void)state;
    assert_int_equal(diff_hash("8yn0iYCKYHlIj4-BwPqk", 20), diff_hash("GReLUrM4wMqfg9yzV3KQ", 20));
    diff_make(&diff, &sides, 10);
    assert_int_equal(diff.count, 3);
    assert_true(diff.runs[0].same && !diff.runs[1].same && diff.runs[2].same);
    assert_int_equal(diff.runs[1].left, 2);
    assert_int_equal(diff.runs[1].right_len, 1);
    diff_release(&diff);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_way_is_the_shortest),
        cmocka_unit_test(ends_need_no_care),
        cmocka_unit_test(what_is_too_far_apart_is_replaced_as_a_whole),
        cmocka_unit_test(what_only_hashes_alike_is_no_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
