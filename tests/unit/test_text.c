/* base/text: hostile text comes out visible and as wide as it says (design.md "Text from the
 * network"). */
#include "tests/unit/unit.h"

#include "base/bytes.h"
#include "base/text.h"

#include <locale.h>
#include <string.h>

static void decodes_every_scalar_value_it_encodes(void **state)
{
    struct bytes out;
    uint32_t back;

    (void)state;
    bytes_init(&out, 8);
    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        if (c >= 0xD800 && c <= 0xDFFF)
            continue;
        bytes_clear(&out);
        assert_true(utf8_append(&out, c));
        assert_int_equal(utf8_decode(out.data, out.len, &back), out.len);
        assert_int_equal(back, c);
        for (size_t cut = 0; cut < out.len; cut++)
            assert_int_equal(utf8_decode(out.data, cut, &back), 0);
    }
    bytes_release(&out);
}

static void tells_invalid_bytes_by_place(void **state)
{
    static const struct {
        const char *text;
        size_t where;
    } bad[] = {
        {"\x80", 0},                 /* a continuation alone */
        {"a\xC0\x80", 1},            /* overlong NUL */
        {"ab\xC1\xBF", 2},           /* overlong */
        {"\xE0\x80\x80", 0},         /* overlong */
        {"\xE0\x9F\xBF", 0},         /* overlong */
        {"\xF0\x8F\xBF\xBF", 0},     /* overlong */
        {"\xED\xA0\x80", 0},         /* surrogate */
        {"\xED\xBF\xBF", 0},         /* surrogate */
        {"\xF4\x90\x80\x80", 0},     /* above U+10FFFF */
        {"\xF5\x80\x80\x80", 0},     /* above U+10FFFF */
        {"\xFF", 0},                 /* never */
        {"x\xE2\x82z", 1},           /* interrupted */
        {"\xE2\x82\xAC\xE2\x82", 3}, /* cut */
    };
    size_t where;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(utf8_valid(bad[i].text, strlen(bad[i].text), &where));
        assert_int_equal(where, bad[i].where);
    }
    assert_true(utf8_valid("a\0é€😀", 11, NULL));
}

static void calls_bytes_invalid_as_soon_as_nothing_can_mend_them(void **state)
{
    uint32_t character;

    (void)state;
    assert_int_equal(utf8_decode("\xE0", 1, &character), 0);
    assert_int_equal(utf8_decode("\xE0\x9F", 2, &character), 1);
    assert_int_equal(utf8_decode("\xED\x9F", 2, &character), 0);
    assert_int_equal(utf8_decode("\xED\xA0", 2, &character), 1);
    assert_int_equal(utf8_decode("\xF4\x8F", 2, &character), 0);
    assert_int_equal(utf8_decode("\xF4\x90", 2, &character), 1);
    assert_int_equal(character, UTF8_INVALID);
}

struct shown {
    const char *text;
    const char *shown;
    int width;
    size_t used;
    bool escaped;
};

static void check_glyphs(const struct shown *cases, size_t count, bool ascii)
{
    struct glyph glyph;

    for (size_t i = 0; i < count; i++) {
        text_glyph(cases[i].text, strlen(cases[i].text), ascii, &glyph);
        assert_string_equal(glyph.shown, cases[i].shown);
        assert_int_equal(glyph.shown_len, strlen(cases[i].shown));
        assert_int_equal(glyph.width, cases[i].width);
        assert_int_equal(glyph.used, cases[i].used);
        assert_int_equal(glyph.escaped, cases[i].escaped);
    }
}

static void shows_what_hides_or_reorders(void **state)
{
    static const struct shown cases[] = {
        {"ab", "a", 1, 1, false},
        {"é", "é", 1, 2, false},
        {"漢字", "漢", 2, 3, false},
        {"\x1b[31m", "␛", 1, 1, true},
        {"\n", "␊", 1, 1, true},
        {"\x7f", "␡", 1, 1, true},
        {"\xC2\x9B", "\\u009b", 6, 2, true},              /* C1: a CSI in one character */
        {"\xE2\x80\xAE", "\\u202e", 6, 3, true},          /* right-to-left override */
        {"\xE2\x81\xA6", "\\u2066", 6, 3, true},          /* isolate */
        {"\xD8\x9C", "\\u061c", 6, 2, true},              /* Arabic letter mark */
        {"\xE2\x80\xA8", "\\u2028", 6, 3, true},          /* line separator */
        {"\xE2\x80\x8B", "\\u200b", 6, 3, true},          /* zero width space */
        {"\xEF\xBB\xBF", "\\ufeff", 6, 3, true},          /* byte order mark */
        {"\xEF\xBF\xBF", "\\uffff", 6, 3, true},          /* noncharacter */
        {"\xF3\xA0\x81\x81", "\\U000e0041", 10, 4, true}, /* tag */
        {"\xCC\x81", "\\u0301", 6, 2, true},              /* a mark without a base */
        {"\xFFz", "\\xff", 4, 1, true},
        {"\xE2\x82", "\\xe2", 4, 1, true},        /* cut */
        {"e\xCC\x81x", "e\xCC\x81", 1, 3, false}, /* e with an acute */
        {"", "", 1, 0, false},
    };

    (void)state;
    check_glyphs(cases, sizeof(cases) / sizeof(cases[0]), false);
}

static void shows_only_ascii_when_asked(void **state)
{
    static const struct shown cases[] = {
        {"a", "a", 1, 1, false},           {"\x1b", "^[", 2, 1, true},
        {"\x7f", "^?", 2, 1, true},        {"é", "\\u00e9", 6, 2, true},
        {"😀", "\\U0001f600", 10, 4, true}, {"\xFF", "\\xff", 4, 1, true},
        {"e\xCC\x81", "e", 1, 1, false},   {"…", "~", 1, 3, true}, /* what is cut ends in it */
    };

    (void)state;
    check_glyphs(cases, sizeof(cases) / sizeof(cases[0]), true);
}

static void bounds_a_flood_of_combining_marks(void **state)
{
    char text[1 + 2 * 100 + 1] = "a";
    struct glyph glyph;

    (void)state;
    for (int i = 0; i < 100; i++)
        memcpy(text + 1 + 2 * i, "\xCC\x81", 3);
    text_glyph(text, strlen(text), false, &glyph);
    assert_int_equal(glyph.used, 1 + 2 * 4);
    text_glyph(text + glyph.used, strlen(text) - glyph.used, false, &glyph);
    assert_string_equal(glyph.shown, "\\u0301");
    assert_true(glyph.escaped);
}

static void keeps_a_sequence_as_wide_as_the_sum_of_its_parts(void **state)
{
    static const char heart[] = "\xE2\x9D\xA4\xEF\xB8\x8F"; /* with a selector */
    static const char couple[] = "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x9A\x80"; /* with a joiner */
    struct glyph glyph;

    (void)state;
    text_glyph(heart, strlen(heart), false, &glyph);
    assert_int_equal(glyph.used, strlen(heart));
    assert_int_equal(glyph.width, 1);
    text_glyph(couple, strlen(couple), false, &glyph);
    assert_int_equal(glyph.used, 7);
    assert_int_equal(text_width(couple, strlen(couple)), 4);
}

/* What some terminals add to the character before it and others do not would move the columns. */
static void escapes_what_terminals_disagree_about(void **state)
{
    static const struct shown cases[] = {
        {"\xF0\x9F\x8F\xBD", "\\U0001f3fd", 10, 4, true}, /* a skin tone */
        {"\xEF\xB8\x80", "\\ufe00", 6, 3, true},          /* a selector of no presentation */
        {"\xF3\xA0\x84\x80", "\\U000e0100", 10, 4, true}, /* one that only hides data */
    };

    (void)state;
    check_glyphs(cases, sizeof(cases) / sizeof(cases[0]), false);
}

static void escapes_a_whole_text_for_messages(void **state)
{
    struct bytes out;

    (void)state;
    bytes_init(&out, 100);
    assert_true(text_escape(&out, "a\n\x1b]0;x\a", 8, true));
    assert_string_equal(bytes_text(&out), "a\n␛]0;x␇");
    bytes_clear(&out);
    assert_true(text_escape(&out, "a\nb", 3, false));
    assert_string_equal(bytes_text(&out), "a␊b");
    assert_int_equal(text_width("a\nb", 3), 3);
    bytes_release(&out);
    bytes_init(&out, 2);
    assert_false(text_escape(&out, "abc", 3, false));
    bytes_release(&out);
}

static void escapes_to_ascii_where_the_locale_has_no_utf_8(void **state)
{
    struct bytes out;

    (void)state;
    bytes_init(&out, 100);
    setlocale(LC_ALL, "C");
    assert_true(text_escape(&out, "é\x1b", 3, false));
    setlocale(LC_ALL, "C.UTF-8");
    assert_string_equal(bytes_text(&out), "\\u00e9^[");
    bytes_release(&out);
}

static void a_cut_text_ends_with_a_whole_character(void **state)
{
    (void)state;
    assert_int_equal(utf8_whole("abc", 3, 3), 3);
    assert_int_equal(utf8_whole("abcd", 4, 3), 3);
    assert_int_equal(utf8_whole("a€b", 5, 4), 4);
    assert_int_equal(utf8_whole("a€b", 5, 3), 1);
    assert_int_equal(utf8_whole("a€b", 5, 2), 1);
    assert_int_equal(utf8_whole("😀", 4, 3), 0);
    assert_int_equal(utf8_whole("\x80\x80\x80\x80\x80\x80\x80\x80", 8, 6), 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cut_text_ends_with_a_whole_character),
        cmocka_unit_test(decodes_every_scalar_value_it_encodes),
        cmocka_unit_test(tells_invalid_bytes_by_place),
        cmocka_unit_test(calls_bytes_invalid_as_soon_as_nothing_can_mend_them),
        cmocka_unit_test(shows_what_hides_or_reorders),
        cmocka_unit_test(shows_only_ascii_when_asked),
        cmocka_unit_test(bounds_a_flood_of_combining_marks),
        cmocka_unit_test(keeps_a_sequence_as_wide_as_the_sum_of_its_parts),
        cmocka_unit_test(escapes_what_terminals_disagree_about),
        cmocka_unit_test(escapes_a_whole_text_for_messages),
        cmocka_unit_test(escapes_to_ascii_where_the_locale_has_no_utf_8),
    };

    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
