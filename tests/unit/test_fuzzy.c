/* ui/fuzzy: what matches, where, and what comes first. */
#include "tests/unit/unit.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "ui/fuzzy.h"

enum { ROUNDS = 20000, MODELS = 10000, PLACES_MAX = 16 };

static bool matches(const char *pattern, const char *text)
{
    struct fuzzy *fuzzy = fuzzy_new(pattern);
    int score;
    bool found = fuzzy_match(fuzzy, text, strlen(text), &score);

    fuzzy_free(fuzzy);
    return found;
}

static int score_of(const char *pattern, const char *text)
{
    struct fuzzy *fuzzy = fuzzy_new(pattern);
    int score = 0;

    assert_true(fuzzy_match(fuzzy, text, strlen(text), &score));
    fuzzy_free(fuzzy);
    return score;
}

/* The text with what matched in brackets. */
static void check_marks(const char *pattern, const char *text, const char *expected)
{
    struct fuzzy *fuzzy = fuzzy_new(pattern);
    unsigned char *marks = xcalloc(strlen(text) + 1, 1);
    char shown[256] = "";
    size_t at = 0;

    assert_true(fuzzy_mark(fuzzy, text, strlen(text), marks));
    for (size_t i = 0; text[i]; i++) {
        if (marks[i] && (i == 0 || !marks[i - 1]))
            shown[at++] = '[';
        shown[at++] = text[i];
        if (marks[i] && !marks[i + 1])
            shown[at++] = ']';
    }
    assert_string_equal(shown, expected);
    free(marks);
    fuzzy_free(fuzzy);
}

static void characters_match_in_their_order(void **state)
{
    (void)state;
    assert_true(matches("g4o", "openai/gpt-4o"));
    assert_false(matches("o4g", "openai/gpt-4o"));
    assert_true(matches("", "anything"));
    assert_true(matches("   ", ""));
    assert_false(matches("a", ""));
    assert_true(matches("gpt-4o", "gpt-4o"));
    assert_false(matches("gpt-4o-", "gpt-4o"));
}

static void capitals_count_where_one_is_typed(void **state)
{
    (void)state;
    assert_true(matches("gpt", "GPT-4"));
    assert_false(matches("Gpt", "gpt-4"));
    assert_true(matches("Gpt", "Gpt-4"));
    assert_true(matches("gpt X", "gpt-X"));
    assert_true(matches("é", "É"));
    assert_false(matches("É", "é"));
}

static void every_term_must_match_and_signs_say_how(void **state)
{
    (void)state;
    assert_true(matches("mini gpt", "gpt-4o-mini"));
    assert_false(matches("mini claude", "gpt-4o-mini"));
    assert_true(matches("'4o-m", "gpt-4o-mini"));
    assert_false(matches("'4om", "gpt-4o-mini"));
    assert_true(matches("^gpt mini$", "gpt-4o-mini"));
    assert_false(matches("^4o", "gpt-4o-mini"));
    assert_false(matches("4o$", "gpt-4o-mini"));
    assert_true(matches("^gpt-4o$", "gpt-4o"));
    assert_false(matches("^gpt-4$", "gpt-4o"));
    assert_true(matches("gpt !mini", "gpt-4o"));
    assert_false(matches("gpt !mini", "gpt-4o-mini"));
    assert_true(matches("gpt !mni", "gpt-4o-mini")); /* side by side it stands nowhere */
    assert_false(matches("!^gpt", "gpt-4o"));
    assert_true(matches("!^4o", "gpt-4o"));
    assert_false(matches("!4o$", "gpt-4o"));
    assert_false(matches("gpt -4o", "gpt-4o")); /* as History has it */
    assert_true(matches("gpt -mini", "gpt-4o"));
    assert_true(matches("-", "gpt-4o"));
    assert_true(matches("^gpt | ^claude", "claude-3"));
    assert_true(matches("^gpt | ^claude", "gpt-3"));
    assert_false(matches("^gpt | ^claude", "my-gpt"));
    assert_false(matches("^gpt | ^claude mini", "gpt-3"));
    assert_true(matches("a$b", "a$b"));
}

/* What is being typed must not make the list flicker away. */
static void a_sign_alone_is_no_term_yet(void **state)
{
    static const char *const beginnings[] = {"!", "'", "^", "!^", "'^", "gpt !", "gpt |", "| gpt"};

    (void)state;
    for (size_t i = 0; i < sizeof(beginnings) / sizeof(*beginnings); i++)
        assert_true(matches(beginnings[i], "gpt-4o"));
    assert_false(matches("$", "gpt-4o"));
    assert_true(matches("$", "US$"));
}

static void words_go_before_gaps_and_middles(void **state)
{
    static const char *const orders[][3] = {
        {"gm", "gpt-mini", "magma"},
        {"4o", "gpt-4o", "gpt-4-turbo"},
        {"mini", "gpt-4o-mini", "gpt-m-i-n-i"},
        {"son", "claude-sonnet", "claude-person"},
        {"cs", "claude-sonnet", "classic"},
        {"fb", "fooBar", "foobar"},
        {"bar", "foo/bar", "foo-bar"},
        {"gpt", "gpt-4", "x-gpt-4"},
        {"sr", "sim/ready", "sim-stray"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(orders) / sizeof(*orders); i++)
        if (score_of(orders[i][0], orders[i][1]) <= score_of(orders[i][0], orders[i][2]))
            fail_msg("%s: %s should go before %s", orders[i][0], orders[i][1], orders[i][2]);
}

static void the_best_place_is_marked(void **state)
{
    (void)state;
    check_marks("mini", "m-i-gpt-mini", "m-i-gpt-[mini]");
    check_marks("ob", "foo-bar/ob", "foo-bar/[ob]");
    check_marks("fb", "foobarFooBar", "foobar[F]oo[B]ar");
    check_marks("'o", "go on", "go [o]n");
    check_marks("^g n$", "go on", "[g]o o[n]");
    check_marks("!x go", "go on", "[go] on");
    check_marks("", "go on", "go on");
    check_marks("字", "漢字/字", "漢字/[字]");
    check_marks("\xff", "a\xff\xfe", "a[\xff]\xfe");
    check_marks("e", "e\xcc\x81", "[e]\xcc\x81");
}

static void the_better_the_shorter_the_earlier_goes_first(void **state)
{
    struct fuzzy_hit hits[] = {{0, 9, 5}, {1, 3, 5}, {2, 3, 7}, {3, 3, 5}, {4, 1, 1}};
    static const size_t expected[] = {2, 1, 3, 0, 4};

    (void)state;
    fuzzy_sort(hits, 5);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(hits[i].index, expected[i]);
}

/* ---- against all alignments there are ---- */

struct search {
    const char *text, *term;
    size_t count;
    size_t places[PLACES_MAX];
    int best;
    bool found;
};

static void try_all(struct search *search, size_t done, size_t from)
{
    if (done == search->count) {
        int worth = fuzzy_worth(search->text, strlen(search->text), search->places, done);

        if (!search->found || worth > search->best)
            search->best = worth;
        search->found = true;
        return;
    }
    for (size_t at = from; search->text[at]; at++) {
        if ((search->text[at] | 0x20) != (search->term[done] | 0x20))
            continue;
        search->places[done] = at;
        try_all(search, done + 1, at + 1);
    }
}

static void fill(char *text, size_t len, const char *from, unsigned *seed)
{
    for (size_t i = 0; i < len; i++)
        text[i] = from[(unsigned)rand_r(seed) % strlen(from)];
    text[len] = '\0';
}

/* The marks are the places of an alignment that is worth what was answered. */
static void check_marked_worth(struct fuzzy *fuzzy, const struct search *search)
{
    unsigned char marks[32];
    size_t places[PLACES_MAX], count = 0;

    assert_true(fuzzy_mark(fuzzy, search->text, strlen(search->text), marks));
    for (size_t i = 0; search->text[i]; i++)
        if (marks[i])
            places[count++] = i;
    assert_int_equal(count, search->count);
    assert_int_equal(fuzzy_worth(search->text, strlen(search->text), places, count), search->best);
}

static void no_alignment_is_better_than_the_one_found(void **state)
{
    unsigned seed = 7;

    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        char text[16], term[8];
        struct search search = {.text = text, .term = term};
        struct fuzzy *fuzzy;
        int score;

        fill(text, (size_t)(rand_r(&seed) % 15), "aabbBA-/ 1", &seed);
        search.count = 1 + (size_t)(rand_r(&seed) % 5);
        fill(term, search.count, "ab1", &seed);
        try_all(&search, 0, 0);
        fuzzy = fuzzy_new(term);
        if (fuzzy_match(fuzzy, text, strlen(text), &score) != search.found)
            fail_msg("\"%s\" in \"%s\"", term, text);
        if (search.found && score != search.best)
            fail_msg("\"%s\" in \"%s\": %d, but %d is there", term, text, score, search.best);
        if (search.found)
            check_marked_worth(fuzzy, &search);
        fuzzy_free(fuzzy);
    }
}

/* ---- hostile and large ---- */

static void long_texts_and_terms_are_bounded(void **state)
{
    size_t len = (size_t)1 << 20;
    char *text = xcalloc(len + 1, 1);
    unsigned char *marks = xcalloc(len + 1, 1);
    char term[256];
    struct fuzzy *fuzzy;
    int score;

    (void)state;
    memset(text, 'a', len);
    memset(term, 'a', sizeof(term) - 1);
    term[sizeof(term) - 1] = '\0';
    fuzzy = fuzzy_new(term);
    assert_true(fuzzy_match(fuzzy, text, len, &score));
    assert_true(fuzzy_mark(fuzzy, text, len, marks));
    fuzzy_free(fuzzy);
    text[len - 1] = 'b'; /* behind what is looked at */
    fuzzy = fuzzy_new("b");
    assert_false(fuzzy_match(fuzzy, text, len, &score));
    fuzzy_free(fuzzy);
    memset(term, ' ', sizeof(term) - 1);
    for (size_t i = 0; i + 1 < sizeof(term); i += 2)
        term[i] = 'a';
    fuzzy = fuzzy_new(term);
    assert_true(fuzzy_match(fuzzy, text, len, &score));
    fuzzy_free(fuzzy);
    free(marks);
    free(text);
}

static void random_bytes_are_taken(void **state)
{
    unsigned seed = 11;

    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        char text[64], pattern[16];
        unsigned char marks[64];
        struct fuzzy *fuzzy;
        int score;
        bool found;

        for (size_t at = 0; at < sizeof(text); at++)
            text[at] = (char)rand_r(&seed);
        for (size_t at = 0; at < sizeof(pattern); at++)
            pattern[at] = rand_r(&seed) % 3 ? text[at] : "!'^$| "[rand_r(&seed) % 6];
        pattern[sizeof(pattern) - 1] = '\0';
        fuzzy = fuzzy_new(pattern);
        found = fuzzy_match(fuzzy, text, sizeof(text), &score);
        assert_int_equal(fuzzy_mark(fuzzy, text, sizeof(text), marks), found);
        fuzzy_free(fuzzy);
    }
}

static int64_t cpu_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Key to paint is 5 ms; COMETDECK_FIGURES shows what a key costs with 10,000 models. */
static void ten_thousand_models_take_one_key(void **state)
{
    static const char *const patterns[] = {"g", "gpt", "clsonnet mini", "'turbo", "a e i o"};
    char(*ids)[64] = xcalloc(MODELS, sizeof(*ids));
    unsigned seed = 3;

    (void)state;
    for (size_t i = 0; i < MODELS; i++) {
        static const char *const makers[] = {"openai", "anthropic", "google", "meta-llama", "x"};
        static const char *const names[] = {"gpt-4o", "claude-3-5-sonnet", "gemini-pro", "Llama"};

        snprintf(ids[i], sizeof(ids[i]), "%s/%s-%d-mini", makers[rand_r(&seed) % 5],
                 names[rand_r(&seed) % 4], rand_r(&seed) % 10000);
    }
    for (size_t p = 0; p < sizeof(patterns) / sizeof(*patterns); p++) {
        struct fuzzy *fuzzy = fuzzy_new(patterns[p]);
        struct fuzzy_hit *hits = xcalloc(MODELS, sizeof(*hits));
        int64_t begun = cpu_us();
        size_t count = 0;

        for (size_t i = 0; i < MODELS; i++) {
            size_t len = strlen(ids[i]);

            hits[count] = (struct fuzzy_hit){.index = i, .len = len};
            count += fuzzy_match(fuzzy, ids[i], len, &hits[count].score);
        }
        fuzzy_sort(hits, count);
        if (getenv("COMETDECK_FIGURES"))
            print_message("\"%s\": %zu of %d in %d us\n", patterns[p], count, MODELS,
                          (int)(cpu_us() - begun));
        free(hits);
        fuzzy_free(fuzzy);
    }
    free(ids);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters_match_in_their_order),
        cmocka_unit_test(capitals_count_where_one_is_typed),
        cmocka_unit_test(every_term_must_match_and_signs_say_how),
        cmocka_unit_test(a_sign_alone_is_no_term_yet),
        cmocka_unit_test(words_go_before_gaps_and_middles),
        cmocka_unit_test(the_best_place_is_marked),
        cmocka_unit_test(the_better_the_shorter_the_earlier_goes_first),
        cmocka_unit_test(no_alignment_is_better_than_the_one_found),
        cmocka_unit_test(long_texts_and_terms_are_bounded),
        cmocka_unit_test(random_bytes_are_taken),
        cmocka_unit_test(ten_thousand_models_take_one_key),
    };

    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
