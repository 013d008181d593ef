/*
 * judge/stencil: an event that fits the one before is read as it would be read anew. D57: the
 * shortcut never calls anything valid that is not.
 */
#include "tests/unit/unit.h"

#include "base/bytes.h"
#include "judge/stencil.h"
#include "tests/unit/trial.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- the pattern ---- */

static const char pattern[] = "{\"pad\":\"xyz\",\"t\":\"word\",\"n\":1}";

static struct piece string_at(const char *text, const char *inside)
{
    return (struct piece){JSON_TOKEN_STRING, strstr(text, inside), strlen(inside), false};
}

/* The text that is found in the first hole, "-" when the event does not fit. The caller frees. */
static char *fitted(const char *event, size_t len)
{
    const struct piece holes[STENCIL_HOLES] = {string_at(pattern, "word"),
                                               string_at(pattern, "xyz")};
    struct piece filled[STENCIL_HOLES];
    struct stencil stencil;
    struct bytes out;
    bool valid = json_validate(event, len, NULL);

    bytes_init(&out, 1000);
    stencil_init(&stencil);
    assert_true(stencil_cut(&stencil, pattern, strlen(pattern), holes));
    if (stencil_fits(&stencil, event, len, filled)) {
        assert_true(valid);
        piece_append(&filled[0], &out);
    } else {
        bytes_puts(&out, "-");
    }
    stencil_release(&stencil);
    return bytes_take(&out);
}

static void only_the_strings_in_the_holes_may_differ(void **state)
{
    static const struct {
        const char *event, *text;
    } cases[] = {
        {"{\"pad\":\"xyz\",\"t\":\"word\",\"n\":1}", "word"},
        {"{\"pad\":\"\",\"t\":\"a longer word\",\"n\":1}", "a longer word"},
        {"{\"pad\":\"\\\"\\\\\",\"t\":\"\\u00e9\\n\",\"n\":1}", "\xC3\xA9\n"},
        {"{\"pad\":\"xyz\",\"t\":\"\",\"n\":1}", ""},
        {"{\"pad\":\"xyz\",\"t\":\"\xE2\x82\xAC\",\"n\":1}", "\xE2\x82\xAC"},
        {"{\"pad\":\"xyz\",\"t\":\"word\",\"n\":2}", "-"},
        {"{\"pad\":\"xyz\",\"t\":\"word\",\"n\":1} ", "-"},
        {"{\"pad\":\"xyz\",\"t\":\"word\",\"n\":1", "-"},
        {"{\"pad\":\"xyz\",\"t\":\"word\"}", "-"},
        {"{\"pad\":\"xyz\",\"t\":\"wo\x01rd\",\"n\":1}", "-"},
        {"{\"pad\":\"xyz\",\"t\":\"wo\xFFrd\",\"n\":1}", "-"},
        {"{\"pad\":\"xyz\",\"t\":\"\\ud800\",\"n\":1}", "-"},
        {"{\"pad\":\"xyz\",\"t\":\"\\x\",\"n\":1}", "-"},
        {"{\"pad\":\"xyz\",\"t\":\"w\"ord\",\"n\":1}", "-"},
        {"{\"pad\":\"xyz\",\"t\":\"word\\\",\"n\":1}", "-"},
        {"{\"pad\":1,\"t\":\"word\",\"n\":1}", "-"},
        {"{\"pad\":\"xyz\",\"t\":\"", "-"},
        {"{\"pad\":\"", "-"},
        {"", "-"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *text = fitted(cases[i].event, strlen(cases[i].event));

        assert_string_equal(text, cases[i].text);
        free(text);
    }
}

/* Every prefix and every change of one byte: what fits is valid JSON. */
static void what_fits_is_valid(void **state)
{
    char event[sizeof(pattern)];
    size_t len = strlen(pattern);

    (void)state;
    for (size_t i = 0; i < len; i++) {
        free(fitted(pattern, i));
        for (int byte = 0; byte < 256; byte++) {
            memcpy(event, pattern, sizeof(event));
            event[i] = (char)byte;
            free(fitted(event, len));
        }
    }
}

static void what_is_too_long_is_no_pattern(void **state)
{
    const struct piece holes[STENCIL_HOLES] = {{0}};
    struct piece filled[STENCIL_HOLES];
    struct stencil stencil;
    char *text = malloc(STENCIL_MAX + 1);

    (void)state;
    memset(text, ' ', STENCIL_MAX + 1);
    stencil_init(&stencil);
    assert_false(stencil_fits(&stencil, "", 0, filled));
    assert_true(stencil_cut(&stencil, "1", 1, holes));
    assert_true(stencil_fits(&stencil, "1", 1, filled));
    assert_false(stencil_cut(&stencil, text, STENCIL_MAX + 1, holes));
    assert_false(stencil_fits(&stencil, "1", 1, filled));
    stencil_release(&stencil);
    free(text);
}

/* ---- the chat reader with it and without ---- */

#define CHOICES(rest) "\"choices\":[{\"index\":0," rest "}]"
#define SAYS(text) "\"delta\":{\"content\":\"" text "\"},\"finish_reason\":null"

/* Members of events; many look alike, so that the shortcut is taken often. */
static const char *const members[] = {
    CHOICES(SAYS("a")),
    CHOICES(SAYS("b\\n\\u20ac")),
    CHOICES(SAYS("")),
    CHOICES(SAYS("\\ud83c\\udf0d \\u0000")),
    CHOICES(SAYS("x")) ",\"obfuscation\":\"abc\"",
    CHOICES(SAYS("y")) ",\"obfuscation\":\"\\\"\"",
    CHOICES(SAYS("y")) ",\"obfuscation\":\"\"",
    "\"obfuscation\":\"abc\"," CHOICES(SAYS("z")),
    "\"obfuscation\":\"abcd\"," CHOICES(SAYS("zz")) ",\"more\":\"m\"",
    "\"id\":\"one\",\"model\":\"m\"," CHOICES(SAYS("i")),
    "\"id\":\"two\",\"model\":\"m\"," CHOICES(SAYS("j")),
    "\"id\":\"two\",\"model\":\"m\"," CHOICES(SAYS("k")),
    CHOICES("\"delta\":{\"role\":\"assistant\",\"content\":\"r\"},\"finish_reason\":null"),
    CHOICES("\"delta\":{\"content\":null,\"reasoning_content\":\"hm\"},\"finish_reason\":null"),
    CHOICES("\"delta\":{\"content\":null,\"reasoning_content\":\"so\"},\"finish_reason\":null"),
    CHOICES("\"delta\":{\"content\":\"\",\"reasoning_content\":\"so\"},\"finish_reason\":null"),
    CHOICES("\"delta\":{\"content\":\"c\",\"reasoning_content\":\"so\"},\"finish_reason\":null"),
    CHOICES("\"delta\":{\"reasoning_content\":\"p\",\"reasoning\":\"q\"}"),
    CHOICES("\"delta\":{\"reasoning_content\":\"\",\"reasoning\":\"q\"}"),
    CHOICES("\"delta\":{\"content\":\"c\",\"refusal\":\"no\"}"),
    CHOICES("\"delta\":{\"content\":\"d\",\"refusal\":\"no\"}"),
    CHOICES("\"delta\":{\"content\":\"c\",\"tool_calls\":[]}"),
    CHOICES("\"delta\":{\"content\":\"d\",\"tool_calls\":[]}"),
    CHOICES("\"delta\":{\"content\":\"c\",\"function_call\":{}}"),
    CHOICES("\"delta\":{\"content\":\"c\",\"tool_calls\":[{\"index\":0,\"id\":\"t\",\"function\":"
            "{\"name\":\"f\",\"arguments\":\"{\"}}]}"),
    CHOICES("\"delta\":{\"content\":\"c\"},\"message\":{\"content\":\"c\"}"),
    CHOICES("\"delta\":{\"content\":\"c\"},\"error\":{}"),
    CHOICES("\"delta\":{\"content\":\"c\"},\"error\":{\"message\":\"bad\"}"),
    CHOICES("\"delta\":{\"content\":\"c\"},\"finish_reason\":\"stop\""),
    CHOICES("\"delta\":{\"content\":\"d\"},\"finish_reason\":\"stop\""),
    CHOICES("\"delta\":{},\"finish_reason\":\"stop\""),
    "\"choices\":[{\"index\":1,\"delta\":{\"content\":\"1\"}}]",
    "\"choices\":[{\"index\":1,\"delta\":{\"content\":\"2\"}}]",
    "\"choices\":[{\"delta\":{\"content\":\"n\"}},{\"delta\":{\"content\":\"m\"}}]",
    "\"choices\":[{\"delta\":{\"content\":\"n\"}}]",
    "\"choices\":[null,{\"delta\":{\"content\":\"n\"}}]",
    "\"choices\":[null,{\"delta\":{\"content\":\"o\"}}]",
    "\"choices\":[null,{\"delta\":{\"content\":\"o\"},\"finish_reason\":\"stop\"}]",
    "\"choices\":[{\"delta\":{\"content\":\"n\"}},null]",
    "\"choices\":[0,\"\",[],{\"delta\":{\"content\":\"p\"}}]",
    "\"choices\":[0,\"\",[],{\"delta\":{\"content\":\"q\"}}]",
    "\"choices\":[]",
    "\"usage\":{\"total_tokens\":3}," CHOICES(SAYS("u")),
    "\"usage\":{\"input_tokens\":3}," CHOICES(SAYS("u")),
    "\"usage\":null," CHOICES(SAYS("u")),
    "\"error\":null," CHOICES(SAYS("e")),
    "\"error\":\"\"," CHOICES(SAYS("f")),
    "\"object\":\"error\"," CHOICES(SAYS("f")),
    "\"object\":\"chat.completion.done\"," CHOICES(SAYS("f")),
    "\"object\":\"chat.completion.done\"," CHOICES(SAYS("g")),
    "\"type\":\"error\"," CHOICES(SAYS("f")),
    "\"message\":\"m\",\"code\":1," CHOICES(SAYS("f")),
    "\"success\":false," CHOICES(SAYS("f")),
};

enum { EVENTS = 24, BLANKS = 40, ROUNDS = 3000 };

/* Numbers apart: columns of a fault move with the blanks. */
static void drop_digits(char *text)
{
    char *out = text;

    for (; *text; text++) {
        if (!isdigit((unsigned char)*text))
            *out++ = *text;
    }
    *out = '\0';
}

/*
 * The same events twice: all with the blanks at the same place, so that they may fit each other,
 * and each with blanks in a place of its own, so that none does. Every offset is the same.
 */
static char *judged(const unsigned *picks, bool alike, const struct stream_rules *rules)
{
    static const struct request_facts facts = {.stream = true, .choices = 1};
    struct trial trial = {.operation = OPERATION_CHAT, .rules = rules, .facts = &facts};
    struct http_result result;
    struct judge *judge;
    struct bytes body;
    char *text;

    bytes_init(&body, 1 << 20);
    for (int i = 0; i < EVENTS; i++) {
        int before = alike ? BLANKS / 2 : i;

        bytes_printf(&body, "data: {%*s%s%*s}\n\n", before, "", members[picks[i]], BLANKS - before,
                     "");
    }
    bytes_puts(&body, "data: [DONE]\n\n");
    trial.body = bytes_text(&body);
    judge = trial_run(&trial, &result);
    text = trial_text(judge);
    drop_digits(text);
    judge_free(judge);
    http_result_release(&result);
    bytes_release(&body);
    return text;
}

static void the_shortcut_changes_nothing(void **state)
{
    uint64_t random = 88172645463325252u;
    struct stream_rules done;

    (void)state;
    stream_rules_default(&done);
    done.marker = MARKER_COMPLETION_DONE;
    for (int round = 0; round < ROUNDS; round++) {
        const struct stream_rules *rules = round % 4 == 0 ? &done : NULL;
        unsigned picks[EVENTS];
        unsigned few = 1 + (unsigned)(round % 3); /* neighbours in the table look alike */
        char *alike, *apart;
        unsigned pick = 0;

        for (int i = 0; i < EVENTS; i++) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            if (random % 4 == 0 || i == 0)
                pick = (unsigned)(random >> 8) % COUNT(members);
            picks[i] = (pick + (unsigned)(random >> 40) % few) % COUNT(members);
        }
        alike = judged(picks, true, rules);
        apart = judged(picks, false, rules);
        assert_string_equal(alike, apart);
        free(alike);
        free(apart);
    }
    stream_rules_release(&done);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_strings_in_the_holes_may_differ),
        cmocka_unit_test(what_fits_is_valid),
        cmocka_unit_test(what_is_too_long_is_no_pattern),
        cmocka_unit_test(the_shortcut_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
