/*
 * scan/sieve and base/needles: what is sought is found wherever it stands and however the text is
 * cut (A71 D3 E6 E55); values of settings beside the contract (B20 B21 C3 C51).
 */
#include "tests/unit/unit.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "base/needles.h"
#include "base/redact.h"
#include "base/secret.h"
#include "contract/contract.h"
#include "scan/setting.h"
#include "scan/sieve.h"
#include "scan/sought.h"

#include <string.h>

static uint32_t random_next(uint32_t *seed)
{
    *seed = *seed * 1664525U + 1013904223U;
    return *seed >> 8;
}

/* ---- needles ---- */

static void the_longest_of_several_at_one_place_is_found(void **state)
{
    struct needles *needles = needles_new();
    struct needles_match match;
    const char text[] = "a gpt-4o-mini, gpt-4";

    (void)state;
    assert_true(needles_add(needles, "gpt-4", 5, 1));
    assert_true(needles_add(needles, "gpt-4o-mini", 11, 2));
    assert_false(needles_add(needles, "gpt-4", 5, 3));
    assert_false(needles_add(needles, "ab", 2, 4));
    assert_true(needles_next(needles, text, strlen(text), 0, &match));
    assert_int_equal(match.at, 2);
    assert_int_equal(match.tag, 2);
    assert_true(needles_next(needles, text, strlen(text), 3, &match));
    assert_int_equal(match.at, 15);
    assert_int_equal(match.tag, 1);
    assert_false(needles_next(needles, text, strlen(text) - 1, 3, &match));
    needles_free(needles);
}

/* The same as comparing at every place, for random sets over a small alphabet. */
static void needles_find_what_a_plain_comparison_finds(void **state)
{
    uint32_t seed = 7;

    (void)state;
    for (int round = 0; round < 400; round++) {
        struct needles *needles = needles_new();
        char words[12][16], text[300];
        size_t lens[12], count = 1 + random_next(&seed) % 12, from = 0;
        size_t least = 3 + random_next(&seed) % 8;
        struct needles_match match;

        for (size_t i = 0; i < count; i++) {
            lens[i] = least + random_next(&seed) % 5;
            for (size_t k = 0; k < lens[i]; k++)
                words[i][k] = (char)('a' + random_next(&seed) % 2);
            needles_add(needles, words[i], lens[i], i);
        }
        for (size_t i = 0; i < sizeof(text); i++)
            text[i] = (char)('a' + random_next(&seed) % 2);
        for (size_t at = 0; at < sizeof(text); at++) {
            size_t longest = 0;

            for (size_t i = 0; i < count; i++)
                if (lens[i] > longest && lens[i] <= sizeof(text) - at &&
                    memcmp(text + at, words[i], lens[i]) == 0)
                    longest = lens[i];
            if (!longest)
                continue;
            assert_true(needles_next(needles, text, sizeof(text), from, &match));
            assert_int_equal(match.at, at);
            assert_int_equal(match.len, longest);
            from = at + 1;
        }
        assert_false(needles_next(needles, text, sizeof(text), from, &match));
        needles_free(needles);
    }
}

/* ---- the sieve ---- */

struct world {
    struct contract *contract;
    struct sought *sought;
    struct redactor *redactor;
    struct sieve *sieve;
    struct bytes told; /* "LINE:COLUMN KIND SHOWN\n" */
};

static void tell(void *context, const struct sieve_hit *hit)
{
    struct world *world = context;
    char *shown = sieve_shown(world->sieve, hit);

    bytes_printf(&world->told, "%zu:%zu %s %s\n", hit->line, hit->column, scan_kind_name(hit->kind),
                 hit->kind == SCAN_KEY ? "-" : shown);
    free(shown);
}

static int set_up(void **state)
{
    struct world *world = xcalloc(1, sizeof(*world));
    struct secret *secret = secret_new("tops3cretvalue", 14, "env:X", NULL);

    world->contract = contract_starter();
    world->sought = sought_new(world->contract);
    sought_add_model(world->sought, "model-a", "test");
    sought_add_model(world->sought, "o3", "test");
    world->redactor = redactor_new();
    redactor_add(world->redactor, secret);
    secret_free(secret);
    world->sieve = sieve_new(world->sought, world->redactor, tell, world);
    bytes_init(&world->told, SIZE_MAX);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;

    bytes_release(&world->told);
    sieve_free(world->sieve);
    redactor_free(world->redactor);
    sought_free(world->sought);
    contract_free(world->contract);
    free(world);
    return 0;
}

static const char *told_of(struct world *world, enum sieve_mode mode, const char *text)
{
    bytes_clear(&world->told);
    sieve_begin(world->sieve, mode);
    sieve_push(world->sieve, text, strlen(text));
    sieve_finish(world->sieve);
    return bytes_text(&world->told);
}

struct sample {
    const char *text, *told;
};

static void literals_in_code_are_found_and_their_neighbours_are_not(void **state)
{
    static const struct sample samples[] = {
        {"x = 'model-a'", "1:6 model model-a\n"},
        {"model-a-mini xmodel-a v/model-a model-a.5 model-a:free model-ab", ""},
        {"model-a. model-a:", "1:1 model model-a\n1:10 model model-a\n"},
        {"o3 = 'o3'", "1:7 model o3\n"},
        {"\xc3\xa9\n\xc3\xa9\xc3\xa9 model-a", "2:4 model model-a\n"},
        {"get('/v1/models')", "1:6 path /v1/models\n"},
        {"get('/v1/models/x')", "1:6 path /v1/models\n"},
        {"src/v1/models ./v1/models @/v1/models /v1/models-x /v1/modelsx", ""},
        {"curl $BASE/v1/models", "1:11 path /v1/models\n"},
        {"f'{base}/chat/completions'", "1:9 path /chat/completions\n"},
        {"\"https://api.cometapi.com/v1/models?x=1\"",
         "1:2 base-url https://api.cometapi.com/v1/models\n"},
        {"https://a:b@api.cometapi.com/", "1:1 base-url https://****@api.cometapi.com/\n"},
        {"https://x.org/v1/chat/completions", "1:1 base-url https://x.org/v1/chat/completions\n"},
        {"myapi.cometapi.com api.cometapi.com.evil.org", ""},
        {"'api.cometapi.com'", "1:2 base-url api.cometapi.com\n"},
        {"'/api/text/chat'", "1:2 path /api/text/chat\n"},
        {"'sk-abcDEF1234567890abcDEF12'", "1:2 key -\n"},
        {"'sk-xxxxxxxxxxxxxxxxxxxxxxxx' sk-learn-based-pipelines", ""},
        {"api_key = os.environ['KEY']; Authorization: Bearer", ""},
        {"a tops3cretvalue", "1:3 key -\n"},
        {"a dG9wczNjcmV0dmFsdWU=", "1:3 key -\n"}, /* the same in base64 */
        {"a tops%33cretvalue", "1:3 key -\n"},
        {"\"x\\nsk-abcDEF1234567890abcDEF12\"", "1:5 key -\n"},
        {"COMETAPI_API_KEY = 'a1b2c3d4e5f6g7'", "1:21 key -\n"},
        {"COMETAPI_API_KEY = getenv12('X') MY_COMETAPI_API_KEY='a1b2c3d4e5f6g7'", ""},
        {"COMETAPI_API_KEY='your-key-goes-here'", ""},
        {"\r\n'model-a'\r\n'model-a'", "2:2 model model-a\n3:2 model model-a\n"},
        {"", ""},
    };

    for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++)
        assert_string_equal(told_of(*state, SIEVE_CODE, samples[i].text), samples[i].told);
}

static void prose_is_looked_at_for_keys_alone(void **state)
{
    assert_string_equal(
        told_of(*state, SIEVE_KEYS, "model-a https://api.cometapi.com/v1/models tops3cretvalue"),
        "1:44 key -\n");
}

/* Literals planted in random text are found at their places, for any cut into pieces. */
static void what_is_planted_is_found_however_the_text_is_cut(void **state)
{
    static const char *const planted[] = {"model-a", "'o3'", "/v1/chat/completions",
                                          "https://api.cometapi.com/v1", "tops3cretvalue"};
    static const char *const told[] = {"model model-a", "model o3", "path /v1/chat/completions",
                                       "base-url https://api.cometapi.com/v1", "key -"};
    static const char *const filler[] = {
        "x",    " ",  "\n", "\r\n",   "\xc3\xa9", "\xe2\x82\xac", "q",  "7",
        "\xff", "\"", "//", "https:", "/v1",      "model-",       "sk-"};
    struct world *world = *state;
    uint32_t seed = 20261121;

    for (int round = 0; round < 6; round++) {
        struct bytes text, expected;
        size_t line = 1, column = 1, counted = 0;

        bytes_init(&text, SIZE_MAX);
        bytes_init(&expected, SIZE_MAX);
        while (text.len < 900000) {
            size_t run = random_next(&seed) % (round % 2 ? 40000 : 400), pick;
            const char *piece;

            for (size_t i = 0; i < run; i++) {
                piece = filler[random_next(&seed) % (sizeof(filler) / sizeof(*filler))];
                bytes_puts(&text, piece);
            }
            bytes_puts(&text, " ");
            pick = random_next(&seed) % 5;
            for (; counted < text.len; counted++) {
                size_t at = counted;

                column += ((unsigned char)text.data[at] & 0xC0) != 0x80;
                if (text.data[at] == '\n') {
                    line++;
                    column = 1;
                }
            }
            bytes_printf(&expected, "%zu:%zu %s\n", line, column + (pick == 1), told[pick]);
            bytes_puts(&text, planted[pick]);
            bytes_puts(&text, " ");
        }
        for (int cut = 0; cut < 3; cut++) {
            bytes_clear(&world->told);
            sieve_begin(world->sieve, SIEVE_CODE);
            for (size_t at = 0, part; at < text.len; at += part) {
                part = 1 + random_next(&seed) % (cut ? 70000 : 700);
                part = part < text.len - at ? part : text.len - at;
                sieve_push(world->sieve, text.data + at, part);
            }
            sieve_finish(world->sieve);
            assert_string_equal(bytes_text(&world->told), bytes_text(&expected));
        }
        bytes_release(&text);
        bytes_release(&expected);
    }
}

/* So close together that whatever is a border inside is within one of them. */
static void what_stands_at_a_border_of_the_window_is_found_once(void **state)
{
    static const char piece[] = "x=https://api.cometapi.com/v1;model-a \"tops3cretvalue\"\n";
    struct world *world = *state;
    struct bytes text, expected;

    bytes_init(&text, SIZE_MAX);
    bytes_init(&expected, SIZE_MAX);
    for (size_t line = 2; line < 12000; line++) {
        bytes_puts(&text, piece);
        bytes_printf(&expected,
                     "%zu:3 base-url https://api.cometapi.com/v1\n%zu:31 model model-a\n"
                     "%zu:40 key -\n",
                     line, line, line);
    }
    /* Each round the lines are one byte off; the first is none that is looked for. */
    for (size_t shift = 0; shift < sizeof(piece); shift++) {
        char blanks[sizeof(piece)];

        memset(blanks, '\r', shift);
        bytes_clear(&world->told);
        sieve_begin(world->sieve, SIEVE_CODE);
        sieve_push(world->sieve, blanks, shift);
        sieve_push(world->sieve, "\n", 1);
        sieve_push(world->sieve, text.data, text.len);
        sieve_finish(world->sieve);
        if (strcmp(bytes_text(&world->told), bytes_text(&expected)) != 0)
            fail_msg("not all is found, %zu bytes shifted", shift);
    }
    bytes_release(&text);
    bytes_release(&expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_of_several_at_one_place_is_found),
        cmocka_unit_test(needles_find_what_a_plain_comparison_finds),
        cmocka_unit_test_setup_teardown(literals_in_code_are_found_and_their_neighbours_are_not,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(prose_is_looked_at_for_keys_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_stands_at_a_border_of_the_window_is_found_once, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_planted_is_found_however_the_text_is_cut, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
