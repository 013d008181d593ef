/* Drawing: the only path of text to the terminal. */
#include "tests/unit/unit.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "ui/draw.h"
#include "ui/wrap.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check_canvas(const struct canvas *canvas, const char *expected)
{
    struct bytes dump;

    bytes_init(&dump, 1 << 20);
    assert_true(canvas_dump(canvas, &dump));
    assert_string_equal(bytes_text(&dump), expected);
    bytes_release(&dump);
}

static void control_bytes_are_shown_and_never_written(void **state)
{
    struct canvas *canvas = canvas_new(2, 30, false);
    const struct surface surface = {.canvas = canvas, .rows = 2, .columns = 30};
    struct bytes dump;

    (void)state;
    draw_line(&surface, 0, STYLE_PLAIN, "a\033[31mb\007\ttab\302\233c");
    draw_line(&surface, 1, STYLE_PLAIN, "\342\200\256over\xff");
    bytes_init(&dump, 4096);
    canvas_dump(canvas, &dump);
    for (size_t i = 0; i < dump.len; i++)
        assert_true(dump.data[i] == '\n' || (unsigned char)dump.data[i] >= ' ');
    assert_null(strstr(bytes_text(&dump), "\342\200\256"));
    assert_null(strstr(bytes_text(&dump), "\302\233"));
    bytes_release(&dump);
    canvas_free(canvas);
}

static void text_is_clipped_by_columns_and_a_wide_character_at_the_border_replaced(void **state)
{
    struct canvas *canvas = canvas_new(4, 10, false);
    const struct surface surface = {.canvas = canvas, .left = 1, .rows = 4, .columns = 5};
    struct pen pen;

    (void)state;
    draw_begin(&pen, &surface, 0, false);
    draw_text(&pen, STYLE_PLAIN, "日本語");
    draw_end(&pen);
    draw_line(&surface, 1, STYLE_PLAIN, "日本語");
    draw_line(&surface, 2, STYLE_PLAIN, "abcdefgh");
    draw_begin(&pen, &surface, 3, false);
    draw_field(&pen, STYLE_PLAIN, "日本", 6, 3);
    draw_text(&pen, STYLE_PLAIN, "|");
    draw_end(&pen);
    check_canvas(canvas, " 日本\n 日本…\n abcd…\n 日…|\n");
    canvas_free(canvas);
}

static void a_wide_character_that_half_fits_leaves_no_half(void **state)
{
    struct canvas *canvas = canvas_new(1, 4, false);
    const struct surface surface = {.canvas = canvas, .rows = 1, .columns = 4};

    (void)state;
    draw_line(&surface, 0, STYLE_PLAIN, "日本語");
    check_canvas(canvas, "日 …\n");
    canvas_free(canvas);
}

/* A selector or a joiner that terminals count differently is not written; joiners of letters are.
 */
static void what_makes_widths_disputed_is_left_out(void **state)
{
    struct canvas *canvas = canvas_new(3, 12, false);
    const struct surface surface = {.canvas = canvas, .rows = 3, .columns = 12};

    (void)state;
    draw_line(&surface, 0, STYLE_PLAIN, "\u26a0\ufe0f hot");
    draw_line(&surface, 1, STYLE_PLAIN, "\U0001f469\u200d\U0001f680|");
    draw_line(&surface, 2, STYLE_PLAIN, "\u0645\u200c\u0645|");
    check_canvas(canvas, "\u26a0 hot\n\U0001f469\U0001f680|\n\u0645\u200c\u0645|\n");
    canvas_free(canvas);
}

static void rows_outside_of_the_surface_draw_nothing(void **state)
{
    struct canvas *canvas = canvas_new(2, 4, false);
    const struct surface surface = {.canvas = canvas, .top = 1, .rows = 5, .columns = 9};

    (void)state;
    draw_line(&surface, -1, STYLE_PLAIN, "xxxx");
    draw_line(&surface, 0, STYLE_PLAIN, "abcdefgh");
    draw_line(&surface, 1, STYLE_PLAIN, "yyyy");
    check_canvas(canvas, "\nabc…\n");
    canvas_free(canvas);
}

static void without_utf8_everything_else_is_escaped(void **state)
{
    struct canvas *canvas = canvas_new(1, 20, true);
    const struct surface surface = {.canvas = canvas, .rows = 1, .columns = 20};
    struct bytes dump;

    (void)state;
    bytes_init(&dump, 4096);
    draw_line(&surface, 0, STYLE_PLAIN, "é日 far too long for it");
    canvas_dump(canvas, &dump);
    for (size_t i = 0; i < dump.len; i++)
        assert_true((unsigned char)dump.data[i] < 0x7f);
    assert_string_equal(draw_sign(&surface, SIGN_TOP_LEFT), "+");
    bytes_release(&dump);
    canvas_free(canvas);
}

/* ---- wrapping ---- */

static void check_wrap(const char *text, int columns, const char *expected)
{
    size_t len = strlen(text);
    struct bytes lines;

    bytes_init(&lines, 1 << 16);
    for (size_t step = 1; step <= len + 1; step++) {
        struct wrap wrap = {.starts = NULL};

        bytes_clear(&lines);
        wrap_reset(&wrap, columns, false);
        for (size_t at = step; at < len; at += step)
            wrap_extend(&wrap, text, at, false);
        assert_true(wrap_extend(&wrap, text, len, true));
        for (size_t i = 0; i < wrap.count; i++) {
            const char *line;
            size_t line_len = wrap_line(&wrap, text, i, &line);

            bytes_append(&lines, line, line_len);
            bytes_append_byte(&lines, '|');
        }
        assert_string_equal(bytes_text(&lines), expected);
        wrap_release(&wrap);
    }
    bytes_release(&lines);
}

static void text_wraps_the_same_however_it_arrives(void **state)
{
    (void)state;
    check_wrap("", 5, "|");
    check_wrap("one two three", 6, "one |two |three|");
    check_wrap("one two three", 7, "one two |three|");
    check_wrap("abcdefghij", 4, "abcd|efgh|ij|");
    check_wrap("a\nb\n\nc\n", 4, "a|b||c||");
    check_wrap("a\r\nb", 4, "a|b|");
    check_wrap("日本語 text", 5, "日本|語 |text|");
    check_wrap("x\ty", 20, "x\ty|");
}

/* A frame costs what was added, whatever stands before it. */
static void a_long_text_is_looked_at_once_and_in_slices(void **state)
{
    size_t len = 4 * (size_t)WRAP_SLICE;
    char *text = malloc(len);
    struct wrap wrap = {.starts = NULL};
    int calls = 1;

    (void)state;
    assert_non_null(text);
    memset(text, 'a', len);
    wrap_reset(&wrap, 80, false);
    while (!wrap_extend(&wrap, text, len, false))
        calls++;
    assert_int_equal(calls, 4);
    assert_int_equal(wrap.count, (len + 79) / 80);
    wrap_release(&wrap);
    free(text);
}

/* The fonts of the Linux console hold lines and arrows, hardly another sign. */
static void plain_signs_are_those_that_every_font_has(void **state)
{
    struct canvas *canvas = canvas_new(1, 10, false);
    const struct surface surface = {.canvas = canvas, .rows = 1, .columns = 10};

    (void)state;
    assert_string_equal(draw_sign(&surface, SIGN_POINTER), "▸");
    canvas_use_plain_signs(canvas);
    assert_string_equal(draw_sign(&surface, SIGN_POINTER), ">");
    assert_string_equal(draw_sign(&surface, SIGN_NO), "x");
    assert_string_equal(draw_sign(&surface, SIGN_HORIZONTAL), "─");
    canvas_free(canvas);
}

/* 64 MB of line ends are no 512 MB of places. */
static void lines_are_limited(void **state)
{
    const size_t len = WRAP_LINES + 1000;
    char *text = xmalloc(len);
    struct wrap wrap = {.starts = NULL};
    const char *line;

    (void)state;
    memset(text, '\n', len);
    wrap_reset(&wrap, 80, false);
    while (!wrap_extend(&wrap, text, len, true))
        ;
    assert_true(wrap.full);
    assert_int_equal(wrap.count, WRAP_LINES);
    assert_int_equal(wrap_line(&wrap, text, wrap.count - 1, &line), 0);
    assert_true(wrap_extend(&wrap, text, len, true)); /* and stays there */
    assert_int_equal(wrap.count, WRAP_LINES);
    wrap_reset(&wrap, 80, false);
    assert_false(wrap.full);
    wrap_release(&wrap);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_limited),
        cmocka_unit_test(plain_signs_are_those_that_every_font_has),
        cmocka_unit_test(control_bytes_are_shown_and_never_written),
        cmocka_unit_test(text_is_clipped_by_columns_and_a_wide_character_at_the_border_replaced),
        cmocka_unit_test(a_wide_character_that_half_fits_leaves_no_half),
        cmocka_unit_test(what_makes_widths_disputed_is_left_out),
        cmocka_unit_test(rows_outside_of_the_surface_draw_nothing),
        cmocka_unit_test(without_utf8_everything_else_is_escaped),
        cmocka_unit_test(text_wraps_the_same_however_it_arrives),
        cmocka_unit_test(a_long_text_is_looked_at_once_and_in_slices),
    };

    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
