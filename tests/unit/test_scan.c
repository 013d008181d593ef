/* ledger/scan and ledger/cell: where cells are, and the two ways of writing one. */
#include "tests/unit/unit.h"

#include "ledger/cell.h"
#include "ledger/scan.h"

#include <stdlib.h>
#include <string.h>

/* The cells of a row, joined by "/". */
static void cells(const char *line, bool item, char *out)
{
    struct scan_row row;
    struct scan_cell cell;
    size_t len = strlen(line);

    *out = '\0';
    scan_row_start(&row, line, len, scan_prefix(line, len, item));
    while (scan_row_next(&row, &cell)) {
        strncat(out, line + cell.start, cell.end - cell.start);
        strcat(out, "/");
    }
}

static void splits_at_every_pipe_that_no_backslash_precedes(void **state)
{
    static const struct {
        const char *line, *cells;
    } rows[] = {
        {"| a | b |", "a/b/"},
        {"a | b", "a/b/"},
        {"|a|b", "a/b/"},
        {"a|b|", "a/b/"},
        {"  | a |  | c |  ", "a//c/"},
        {"||", "/"},
        {"|", ""},
        {"| |", "/"},
        {"a", "a/"},
        {"| a \\| b | c |", "a \\| b/c/"},
        {"| a \\\\| b | c |", "a \\\\| b/c/"},
        {"| `x\\|y` | `p|q` |", "`x\\|y`/`p/q`/"},
        {"\\| a | b", "\\| a/b/"},
        {"> | a | b |", "a/b/"},
        {"> > a | b", "a/b/"},
        {">| a\t|\tb |", "a/b/"},
        {"| a | \f", "a/"},
    };
    char found[128];

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        cells(rows[i].line, false, found);
        assert_string_equal(found, rows[i].cells);
    }
}

static void strips_list_markers_from_header_rows_only(void **state)
{
    static const char *const items[] = {"- | a | b |",     "12. | a | b |",
                                        "> * | a | b |",   "- - 1) | a | b |",
                                        "- [x] | a | b |", "\xEF\xBB\xBF- | a | b |"};
    char found[128];

    (void)state;
    for (size_t i = 0; i < sizeof(items) / sizeof(*items); i++) {
        cells(items[i], true, found);
        assert_string_equal(found, "a/b/");
    }
    cells("- | a | b |", false, found);
    assert_string_equal(found, "-/a/b/");
    cells("[x] | a | b |", true, found);
    assert_string_equal(found, "[x]/a/b/");
}

static void takes_every_line_end_of_commonmark(void **state)
{
    const char text[] = "a\nb\r\nc\rd";
    const size_t whole[] = {2, 3, 2, 1};
    size_t at = 0, content;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(scan_line(text + at, 8 - at, &content), whole[i]);
        assert_int_equal(content, 1);
        at += whole[i];
    }
    assert_int_equal(scan_line(text + at, 8 - at, &content), 0);
}

/* 12 kB of short rows below a wide delimiter row cost cmark-gfm 0.9 s and 918 MB. */
static void bounds_the_cells_before_anything_is_parsed(void **state)
{
    struct {
        const char *text;
        uint64_t area;
    } small[] = {
        {"", 0},
        {"just\nprose\n", 0},
        {"a|b\n-|-\n1|2\n", 6},
        {"> a|b\n> -|-\n> 1|2\n\nx\n", 6},
        {"a|b\n-|-\n\nc|d\n:-:|-\n1\n2\n", 12},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(small) / sizeof(*small); i++) {
        uint64_t area = scan_table_area(small[i].text, strlen(small[i].text));

        assert_true(area >= small[i].area && area <= 2 * small[i].area);
    }
}

static void what_a_person_edits_is_the_source_without_pipe_escapes(void **state)
{
    static const char *const sources[] = {"",          "a",        "a \\| b", "\\\\|", "`x\\|y`",
                                          "\\*a\\*\\", "[l](u)",   "\\\\\\|", "<br>",  "é\xFF",
                                          "\\|\\|\\|", "a\\\\\\b", "**b**"};

    (void)state;
    for (size_t i = 0; i < sizeof(sources) / sizeof(*sources); i++) {
        char *text = cell_unescape(sources[i], strlen(sources[i]));
        char *back = cell_escape(text, strlen(text));

        assert_string_equal(back, sources[i]);
        free(back);
        free(text);
    }
}

static void typed_line_ends_become_breaks(void **state)
{
    const char text[] = "\n one\r\ntwo\rthree\nfour|\n";
    char *source = cell_escape(text, sizeof(text) - 1);

    (void)state;
    assert_string_equal(source, "one<br>two<br>three<br>four\\|");
    free(source);
}

static void foreign_text_becomes_one_code_span(void **state)
{
    static const struct {
        const char *text, *cell;
    } texts[] = {
        {"", ""},
        {"sim/ready", "`sim/ready`"},
        {"a`b", "``a`b``"},
        {"``", "``` `` ```"},
        {"`", "`` ` ``"},
        {" x", "`  x `"},
        {"<b>|</b>", "`<b>|</b>`"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        char *cell = cell_escape_foreign(texts[i].text, strlen(texts[i].text));

        assert_string_equal(cell, texts[i].cell);
        free(cell);
    }
}

static void foreign_text_holds_no_control_byte_and_is_bounded(void **state)
{
    char text[5000], *cell;

    (void)state;
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (char)(i * 7);
    cell = cell_escape_foreign(text, sizeof(text));
    assert_true(strlen(cell) < CELL_FOREIGN + 64);
    for (const char *c = cell; *c; c++)
        assert_true((unsigned char)*c >= 0x20 && *c != 0x7F);
    free(cell);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_at_every_pipe_that_no_backslash_precedes),
        cmocka_unit_test(strips_list_markers_from_header_rows_only),
        cmocka_unit_test(takes_every_line_end_of_commonmark),
        cmocka_unit_test(bounds_the_cells_before_anything_is_parsed),
        cmocka_unit_test(what_a_person_edits_is_the_source_without_pipe_escapes),
        cmocka_unit_test(typed_line_ends_become_breaks),
        cmocka_unit_test(foreign_text_becomes_one_code_span),
        cmocka_unit_test(foreign_text_holds_no_control_byte_and_is_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
