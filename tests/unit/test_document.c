/* ledger/document: cells are edited in place, every other byte stays (design.md "Words"). */
#include "tests/unit/unit.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "ledger/document.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct document *parse(const char *text)
{
    struct error error = {0};
    struct document *document = document_parse("l.md", text, strlen(text), &error);

    assert_non_null(document);
    return document;
}

static void assert_text(const struct document *document, const char *expected)
{
    size_t len;
    const char *text = document_text(document, &len);

    assert_int_equal(len, strlen(expected));
    assert_string_equal(text, expected);
}

static void assert_cell(const struct document *document, size_t row, size_t column,
                        const char *expected)
{
    char *cell = document_cell(document, 0, row, column);

    assert_string_equal(cell, expected);
    free(cell);
}

static void finds_tables_with_their_heading_and_shape(void **state)
{
    struct document *document = parse("# One *two* `three`\n\ntext\n| a | b |\n|---|---|\n| 1 | 2 "
                                      "|\n| 3 |\n\nLast\n----\n\n> - | x |\n>   |:-:|\n");
    struct document_table table;

    (void)state;
    assert_int_equal(document_table_count(document), 2);
    document_table(document, 0, &table);
    assert_int_equal(table.line, 4);
    assert_int_equal(table.columns, 2);
    assert_int_equal(table.rows, 2);
    assert_string_equal(table.heading, "One two three");
    document_table(document, 1, &table);
    assert_int_equal(table.line, 12);
    assert_int_equal(table.columns, 1);
    assert_int_equal(table.rows, 0);
    assert_string_equal(table.heading, "Last");
    document_free(document);
}

/* Text before, row, column, new text, text after. */
static const struct {
    const char *before;
    size_t row, column;
    const char *cell, *after;
} edits[] = {
    {"|a|b|\n|-|-|\n| 1 | 2 |\n", 1, 1, "x", "|a|b|\n|-|-|\n| 1 | x |\n"},
    {"|a|b|\n|-|-|\n|  1  |2|\n", 1, 0, "x", "|a|b|\n|-|-|\n|  x  |2|\n"},
    {"|a|b|\n|-|-|\n| 1 | 2 |\n", 1, 0, "p|q", "|a|b|\n|-|-|\n| p\\|q | 2 |\n"},
    {"|a|b|\n|-|-|\n| 1 | 2 |\n", 1, 0, "`p|q`", "|a|b|\n|-|-|\n| `p\\|q` | 2 |\n"},
    {"|a|b|\n|-|-|\n| 1 | 2 |\n", 1, 0, "\\", "|a|b|\n|-|-|\n| \\ | 2 |\n"},
    {"|a|b|\n|-|-|\n|1|2|\n", 1, 0, "x\\", "|a|b|\n|-|-|\n|x\\ |2|\n"},
    {"|a|b|\n|-|-|\n| 1 | 2 |\n", 1, 0, "1\n2", "|a|b|\n|-|-|\n| 1<br>2 | 2 |\n"},
    {"|a|b|\n|-|-|\n| 1 | 2 |\n", 1, 1, "", "|a|b|\n|-|-|\n| 1 |  |\n"},
    {"|a|b|\n|-|-|\n||2|\n", 1, 0, "x", "|a|b|\n|-|-|\n| x |2|\n"},
    /* CRLF, BOM, no final newline, invalid UTF-8 elsewhere */
    {"|a|b|\r\n|-|-|\r\n| 1 | 2 |\r\n", 1, 1, "x", "|a|b|\r\n|-|-|\r\n| 1 | x |\r\n"},
    {"\xEF\xBB\xBF|a|b|\n|-|-|\n| 1 | 2 |", 1, 1, "x", "\xEF\xBB\xBF|a|b|\n|-|-|\n| 1 | x |"},
    {"\xFF|a|b|\n\n|a|b|\n|-|-|\n|1\xFE|2|", 1, 1, "x", "\xFF|a|b|\n\n|a|b|\n|-|-|\n|1\xFE|x|"},
    /* containers */
    {"> |a|b|\n> |-|-|\n> | 1 | 2 |\n", 1, 0, "x", "> |a|b|\n> |-|-|\n> | x | 2 |\n"},
    {"- |a|b|\n  |-|-|\n  | 1 | 2 |\n", 1, 0, "x", "- |a|b|\n  |-|-|\n  | x | 2 |\n"},
    {"1. > a|b\n   > -|-\n   > 1|2\n", 1, 1, "x", "1. > a|b\n   > -|-\n   > 1|x\n"},
    /* rows without outer pipes */
    {"a|b\n-|-\n1|2\n", 1, 0, "# x", "a|b\n-|-\n| # x|2\n"},
    {"a|b\n-|-\n1|2\n", 1, 0, "", "a|b\n-|-\n| |2\n"},
    {"a|b\n-|-\n1|2\n", 1, 1, "", "a|b\n-|-\n1| |\n"},
    {"a\n:-\n1\n", 1, 0, "", "a\n:-\n| |\n"},
    {"a\n:-\n1\n", 1, 0, "> - x", "a\n:-\n| > - x |\n"},
    /* ragged rows */
    {"|a|b|c|\n|-|-|-|\n| 1 |\n", 1, 2, "x", "|a|b|c|\n|-|-|-|\n| 1 |  | x |\n"},
    {"a|b|c\n-|-|-\n1\n", 1, 1, "x", "a|b|c\n-|-|-\n1 | x |\n"},
    {"|a|b|\n|-|-|\n|1|2|3|\n", 1, 1, "x", "|a|b|\n|-|-|\n|1|x|3|\n"},
};

static void changes_the_bytes_of_one_cell(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(edits) / sizeof(*edits); i++) {
        struct document *document = parse(edits[i].before);
        struct error error = {0};

        if (!document_set_cell(document, 0, edits[i].row, edits[i].column, edits[i].cell, &error))
            fail_msg("%zu: %s", i, error.text);
        assert_text(document, edits[i].after);
        assert_true(document_undo(document));
        assert_text(document, edits[i].before);
        assert_false(document_undo(document));
        assert_true(document_redo(document));
        assert_text(document, edits[i].after);
        document_free(document);
    }
}

static void setting_what_is_there_changes_nothing(void **state)
{
    struct document *document = parse("|a|b|\n|-|-|\n|| \\| |\n|\xFF|\n");

    (void)state;
    for (size_t row = 1; row <= 2; row++) {
        for (size_t column = 0; column < 2; column++) {
            char *cell = document_cell(document, 0, row, column);

            assert_true(document_set_cell(document, 0, row, column, cell, NULL));
            free(cell);
        }
    }
    assert_false(document_undo(document));
    document_free(document);
}

static void refuses_what_is_no_body_cell_or_no_text(void **state)
{
    struct document *document = parse("|a|b|\n|-|-|\n|1|2|\n");
    struct error error = {0};

    (void)state;
    assert_false(document_set_cell(document, 0, 0, 0, "x", &error));
    assert_false(document_set_cell(document, 0, 2, 0, "x", &error));
    assert_false(document_set_cell(document, 0, 1, 2, "x", &error));
    assert_false(document_set_cell(document, 0, 1, 1, "\xC3", &error));
    assert_non_null(strstr(error.text, "l.md:3: "));
    assert_text(document, "|a|b|\n|-|-|\n|1|2|\n");
    document_free(document);
}

/* Text before, behind which row, text after. */
static const struct {
    const char *before;
    size_t row;
    const char *after;
} rows[] = {
    {"|a|b|\n|-|-|\n|1|2|\nx\n\ny", 1, "|a|b|\n|-|-|\n|1|2|\n| p\\|q | |\nx\n\ny"},
    {"|a|b|\n|-|-|\n|1|2|\n", 0, "|a|b|\n|-|-|\n| p\\|q | |\n|1|2|\n"},
    {"|a|b|\n|-|-|\n", 0, "|a|b|\n|-|-|\n| p\\|q | |\n"},
    {"|a|b|\n|-|-|", 0, "|a|b|\n|-|-|\n| p\\|q | |"},
    {"|a|b|\r\n|-|-|\r\n|1|2|", 1, "|a|b|\r\n|-|-|\r\n|1|2|\r\n| p\\|q | |"},
    {"> - |a|b|\n>   |-|-|\n\n# H\n", 0, "> - |a|b|\n>   |-|-|\n>   | p\\|q | |\n\n# H\n"},
};

static void adds_rows_in_the_style_of_the_table(void **state)
{
    const char *const cells[] = {"p|q"};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct document *document = parse(rows[i].before);
        struct error error = {0};

        if (!document_add_row(document, 0, rows[i].row, cells, 1, &error))
            fail_msg("%zu: %s", i, error.text);
        assert_text(document, rows[i].after);
        assert_cell(document, rows[i].row + 1, 0, "p|q");
        assert_cell(document, rows[i].row + 1, 1, "");
        assert_true(document_undo(document));
        assert_text(document, rows[i].before);
        document_free(document);
    }
}

static void refuses_rows_that_do_not_fit(void **state)
{
    const char *const cells[] = {"1", "2", "3"};
    struct document *document = parse("|a|b|\n|-|-|\n");
    struct error error = {0};

    (void)state;
    assert_false(document_add_row(document, 0, 1, cells, 2, &error));
    assert_false(document_add_row(document, 0, 0, cells, 3, &error));
    document_free(document);
}

static void refuses_texts_that_cannot_be_a_ledger(void **state)
{
    struct error error = {0};
    struct bytes wide;

    (void)state;
    assert_null(document_parse("l.md", "a\nb\0c", 5, &error));
    assert_non_null(strstr(error.text, "l.md:2:2: "));
    bytes_init(&wide, 1 << 20);
    for (int i = 0; i < 4000; i++)
        bytes_puts(&wide, "|a");
    bytes_puts(&wide, "\n");
    for (int i = 0; i < 4000; i++)
        bytes_puts(&wide, "|-");
    bytes_puts(&wide, "\n");
    for (int i = 0; i < 2000; i++)
        bytes_puts(&wide, "x\n");
    assert_null(document_parse("l.md", bytes_text(&wide), wide.len, &error));
    assert_int_equal(error.kind, ERROR_FILE);
    bytes_release(&wide);
}

static void finds_tables_and_columns_by_their_header(void **state)
{
    struct document *document = parse("|a|b|\n|-|-|\n\n| a | `c` | d|\n|-|-|-|\n");
    const char *const ac[] = {"a", "`c`"}, *const b[] = {"b"};

    (void)state;
    assert_int_equal(document_find_table(document, ac, 2), 1);
    assert_int_equal(document_find_table(document, ac, 1), 0);
    assert_int_equal(document_find_table(document, b, 1), -1);
    assert_int_equal(document_find_column(document, 1, "d"), 2);
    assert_int_equal(document_find_column(document, 1, "e"), -1);
    document_free(document);
}

static void redo_ends_with_the_next_edit(void **state)
{
    struct document *document = parse("|a|\n|-|\n|1|\n");

    (void)state;
    assert_true(document_set_cell(document, 0, 1, 0, "2", NULL));
    assert_true(document_set_cell(document, 0, 1, 0, "3", NULL));
    assert_true(document_undo(document));
    assert_true(document_set_cell(document, 0, 1, 0, "4", NULL));
    assert_false(document_redo(document));
    assert_true(document_undo(document));
    assert_cell(document, 1, 0, "2");
    document_free(document);
}

/* ---- files ---- */

static char *in_folder(const char *folder, const char *name)
{
    return file_join(folder, name);
}

static void put(const char *path, const char *text)
{
    assert_true(file_replace(NULL, path, text, strlen(text), 0644, NULL, NULL, NULL));
}

static void assert_file(const char *path, const char *expected)
{
    struct bytes text;

    assert_true(file_read(path, 1 << 20, &text, NULL, NULL));
    assert_string_equal(bytes_text(&text), expected);
    bytes_release(&text);
}

struct place {
    char folder[64];
    char *one, *other;
};

static int make_place(void **state)
{
    struct place *place = xcalloc(1, sizeof(*place));

    strcpy(place->folder, "/tmp/cometdeck-document-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    place->one = in_folder(place->folder, "one.md");
    place->other = in_folder(place->folder, "other.md");
    *state = place;
    return 0;
}

static int drop_place(void **state)
{
    struct place *place = *state;

    unlink(place->one);
    unlink(place->other);
    assert_int_equal(rmdir(place->folder), 0); /* no temporary file was left */
    free(place->one);
    free(place->other);
    free(place);
    return 0;
}

static void saves_and_knows_what_is_unsaved(void **state)
{
    struct place *place = *state;
    struct document *document;

    put(place->one, "|a|\r\n|-|\r\n|1|");
    document = document_load(place->one, NULL);
    assert_non_null(document);
    assert_false(document_is_changed(document));
    assert_true(document_set_cell(document, 0, 1, 0, "2", NULL));
    assert_true(document_is_changed(document));
    assert_true(document_save(document, NULL, NULL, NULL));
    assert_false(document_is_changed(document));
    assert_file(place->one, "|a|\r\n|-|\r\n|2|");
    assert_true(document_undo(document));
    assert_true(document_is_changed(document));
    assert_true(document_redo(document));
    assert_false(document_is_changed(document));
    document_free(document);
}

/* design.md "Files": two writers lose nothing. */
static void refuses_to_replace_what_another_wrote(void **state)
{
    struct place *place = *state;
    struct error error = {0};
    struct document *document;

    put(place->one, "|a|\n|-|\n|1|\n");
    document = document_load(place->one, NULL);
    assert_true(document_set_cell(document, 0, 1, 0, "2", NULL));
    put(place->one, "|a|\n|-|\n|9|\n");
    assert_false(document_save(document, NULL, NULL, &error));
    assert_int_equal(error.kind, ERROR_CHANGED);
    assert_file(place->one, "|a|\n|-|\n|9|\n");
    assert_true(document_is_changed(document));
    put(place->other, "mine\n");
    assert_false(document_save(document, NULL, place->other, &error));
    assert_int_equal(error.kind, ERROR_CHANGED);
    assert_file(place->other, "mine\n");
    unlink(place->other);
    assert_true(document_save(document, NULL, place->other, NULL));
    assert_file(place->other, "|a|\n|-|\n|2|\n");
    assert_string_equal(document_path(document), place->other);
    document_free(document);
}

static void its_own_name_spelled_differently_is_its_own(void **state)
{
    struct place *place = *state;
    struct document *document;
    char *spelled = xasprintf("%s/./one.md", place->folder);

    put(place->one, "|a|\n|-|\n|1|\n");
    document = document_load(place->one, NULL);
    assert_true(document_set_cell(document, 0, 1, 0, "2", NULL));
    assert_true(document_save(document, NULL, spelled, NULL));
    assert_file(place->one, "|a|\n|-|\n|2|\n");
    document_free(document);
    free(spelled);
}

static ssize_t disk_full(int fd, const void *data, size_t len)
{
    (void)fd;
    (void)data;
    (void)len;
    errno = ENOSPC;
    return -1;
}

static void a_full_disk_leaves_the_old_file(void **state)
{
    struct place *place = *state;
    struct file_ops full = file_ops_system;
    struct error error = {0};
    struct document *document;

    full.write = disk_full;
    put(place->one, "|a|\n|-|\n|1|\n");
    document = document_load(place->one, NULL);
    assert_true(document_set_cell(document, 0, 1, 0, "2", NULL));
    assert_false(document_save(document, &full, NULL, &error));
    assert_int_equal(error.kind, ERROR_FILE);
    assert_true(document_is_changed(document));
    assert_file(place->one, "|a|\n|-|\n|1|\n");
    document_free(document);
}

#define WITH_PLACE(test) cmocka_unit_test_setup_teardown(test, make_place, drop_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_tables_with_their_heading_and_shape),
        cmocka_unit_test(changes_the_bytes_of_one_cell),
        cmocka_unit_test(setting_what_is_there_changes_nothing),
        cmocka_unit_test(refuses_what_is_no_body_cell_or_no_text),
        cmocka_unit_test(adds_rows_in_the_style_of_the_table),
        cmocka_unit_test(refuses_rows_that_do_not_fit),
        cmocka_unit_test(refuses_texts_that_cannot_be_a_ledger),
        cmocka_unit_test(finds_tables_and_columns_by_their_header),
        cmocka_unit_test(redo_ends_with_the_next_edit),
        WITH_PLACE(saves_and_knows_what_is_unsaved),
        WITH_PLACE(refuses_to_replace_what_another_wrote),
        WITH_PLACE(its_own_name_spelled_differently_is_its_own),
        WITH_PLACE(a_full_disk_leaves_the_old_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
