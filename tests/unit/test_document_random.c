/*
 * ledger/document over random Markdown: what is loaded is written back byte for byte, an edit
 * changes one line, cmark-gfm sees the tables that we see, and foreign text stays text.
 */
#include "tests/unit/unit.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "ledger/cell.h"
#include "ledger/document.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <stdlib.h>
#include <string.h>

enum { DOCUMENTS = 3000 };

/* ---- chance, the same in every run ---- */

static uint64_t next(uint64_t *seed)
{
    uint64_t z = (*seed += 0x9E3779B97F4A7C15u);

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static size_t pick(uint64_t *seed, size_t count)
{
    return (size_t)(next(seed) % count);
}

#define PICK(seed, list) ((list)[pick((seed), sizeof(list) / sizeof(*(list)))])

/* ---- random documents and texts ---- */

static const char *const containers[] = {"",   "",    "",   "",     "> ", ">",
                                         "- ", "1. ", "  ", "> > ", "\t"};

static const char *const lines[] = {
    "",
    "text",
    "a | b",
    "| `p\\|q` | c\\\\| d |",
    "| one |",
    "| 1 | 2 | 3 | 4 |",
    "||",
    "|",
    "-|-",
    "|---|:-:|",
    "| --- |",
    ":-",
    "---",
    "# Heading",
    "```",
    "<div>",
    "    indented",
    "- | a | b |",
    "- [x] | a | b |",
    "2. | a | b |",
    "[r]: /url",
    "\\",
    "\\| a | b \\",
    "| <b>x</b> | [l](u) |",
    "| \xC3\xA9\xE6\xBC\xA2 | \xFF\xC3 |",
    "| a |\t\f",
    "> | q | r |",
    "***",
    "===",
    "<!-- c",
    "-->",
};

static void add_soup(struct bytes *out, uint64_t *seed, const char *stop)
{
    size_t count = pick(seed, 12);

    for (size_t i = 0; i < count; i++) {
        bytes_puts(out, PICK(seed, containers));
        bytes_puts(out, PICK(seed, lines));
        bytes_puts(out, stop);
    }
}

static void add_table(struct bytes *out, uint64_t *seed, const char *stop)
{
    static const char *const firsts[] = {"", "", "> ", "- ", "> - ", "1. > "};
    static const char *const others[] = {"", "", "> ", "  ", ">   ", "   > "};
    static const char *const cells[] = {"a",        "`x\\|y`", "",         "*e*",  "\\\\", "\\|",
                                        "<br>",     "\xFF",    "[l](u)",   "# no", "- no", "> no",
                                        "\xC3\xA9", "a\\",     "  spaced", "| "};
    size_t container = pick(seed, sizeof(firsts) / sizeof(*firsts));
    size_t columns = 1 + pick(seed, 4), rows = pick(seed, 5);
    bool outer = pick(seed, 3) > 0;

    bytes_puts(out, firsts[container]);
    for (size_t i = 0; i < columns; i++)
        bytes_printf(out, "| h%zu ", i);
    bytes_printf(out, "|%s%s", stop, others[container]);
    for (size_t i = 0; i < columns; i++)
        bytes_puts(out, "|:-");
    bytes_printf(out, "|%s", stop);
    for (size_t row = 0; row < rows; row++) {
        size_t count = pick(seed, 4) ? columns : 1 + pick(seed, 6);

        bytes_puts(out, others[container]);
        for (size_t i = 0; i < count; i++) {
            bytes_puts(out, i || outer ? "| " : "r ");
            bytes_puts(out, PICK(seed, cells));
            bytes_puts(out, " ");
        }
        bytes_printf(out, "%s%s", outer ? "|" : "", stop);
    }
}

static void random_document(struct bytes *out, uint64_t *seed)
{
    static const char *const stops[] = {"\n", "\n", "\r\n", "\r"};
    const char *stop = PICK(seed, stops);

    bytes_clear(out);
    bytes_puts(out, pick(seed, 8) ? "" : "\xEF\xBB\xBF");
    for (size_t i = pick(seed, 4); i > 0; i--) {
        add_soup(out, seed, stop);
        if (pick(seed, 2))
            bytes_puts(out, stop);
        add_table(out, seed, stop);
    }
    add_soup(out, seed, stop);
    if (out->len && pick(seed, 4) == 0)
        bytes_truncate(out, out->len - 1);
}

static char *random_text(uint64_t *seed)
{
    static const char *const parts[] = {
        "|",   "\\",       "`",        "<",    ">",           "&",           "\n",  "\r\n",
        "*",   "_",        "[x](y)",   "# ",   "- ",          "1. ",         "a",   " ",
        "~~",  "![",       "](",       "www.", "http://",     "a@b.example", "\t",  "\xC3\xA9",
        "é",   "<script>", "</td>",    "<!--", "&lt;",        "```",         "---", "\x01",
        "\\|", "|-|",      "@someone", "#12",  "\xE2\x80\xAE"};
    struct bytes out;

    bytes_init(&out, 1 << 16);
    for (size_t i = pick(seed, 9); i > 0; i--)
        bytes_puts(&out, PICK(seed, parts));
    return bytes_take(&out);
}

/* ---- what cmark-gfm sees ---- */

static cmark_node *parsed(const struct document *document, cmark_parser **parser)
{
    static const char *const extensions[] = {"table", "tasklist", "strikethrough", "autolink"};
    size_t len;
    const char *text = document_text(document, &len);

    cmark_gfm_core_extensions_ensure_registered();
    *parser = cmark_parser_new(CMARK_OPT_VALIDATE_UTF8 | CMARK_OPT_UNSAFE);
    for (size_t i = 0; i < 4; i++)
        cmark_parser_attach_syntax_extension(*parser, cmark_find_syntax_extension(extensions[i]));
    cmark_parser_feed(*parser, text, len);
    return cmark_parser_finish(*parser);
}

/* Every table that cmark-gfm finds is offered, with the same shape. */
static void assert_tables(const struct document *document)
{
    cmark_parser *parser;
    cmark_node *root = parsed(document, &parser);
    cmark_iter *iter = cmark_iter_new(root);
    cmark_event_type event;
    size_t tables = 0;

    while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iter);
        struct document_table table;
        size_t rows = 0;

        if (event != CMARK_EVENT_ENTER || strcmp(cmark_node_get_type_string(node), "table") != 0)
            continue;
        assert_true(tables < document_table_count(document));
        document_table(document, tables++, &table);
        for (cmark_node *row = cmark_node_first_child(node); row; row = cmark_node_next(row))
            rows++;
        assert_int_equal(table.rows + 1, rows);
        assert_int_equal(table.columns, cmark_gfm_extensions_get_table_columns(node));
    }
    assert_int_equal(tables, document_table_count(document));
    cmark_iter_free(iter);
    cmark_node_free(root);
    cmark_parser_free(parser);
}

/* The tags of the rendered document, in order. */
static char *tags(const struct document *document)
{
    cmark_parser *parser;
    cmark_node *root = parsed(document, &parser);
    char *html = cmark_render_html(root, CMARK_OPT_UNSAFE | CMARK_OPT_VALIDATE_UTF8,
                                   cmark_parser_get_syntax_extensions(parser));
    char *out = html;

    for (const char *at = html; (at = strchr(at, '<'));) {
        size_t len = strcspn(at, ">");

        len += at[len] == '>';
        memmove(out, at, len);
        out += len;
        at += len;
    }
    *out = '\0';
    cmark_node_free(root);
    cmark_parser_free(parser);
    return html;
}

/* ---- the properties ---- */

struct choice {
    size_t table, row, column;
};

/* A body cell of any table; false when there is none. */
static bool choose(const struct document *document, uint64_t *seed, struct choice *choice)
{
    struct document_table table;

    if (!document_table_count(document))
        return false;
    choice->table = pick(seed, document_table_count(document));
    document_table(document, choice->table, &table);
    if (!table.rows)
        return false;
    choice->row = 1 + pick(seed, table.rows);
    choice->column = pick(seed, table.columns);
    return true;
}

static void assert_text(const struct document *document, const struct bytes *expected)
{
    size_t len;
    const char *text = document_text(document, &len);

    assert_int_equal(len, expected->len);
    assert_memory_equal(text, bytes_text(expected), len);
}

/* Before and behind the line of the row nothing changed. */
static void assert_only_line(const struct document *document, const struct bytes *before,
                             const struct choice *choice)
{
    struct document_table table;
    size_t len, old_len = before->len, line_len;
    const char *text = document_text(document, &len), *line;
    size_t head, tail;

    document_table(document, choice->table, &table);
    line = document_line(document, table.line + 1 + choice->row, &line_len);
    head = (size_t)(line - text);
    tail = len - head - line_len;
    assert_true(head + tail <= old_len);
    assert_memory_equal(text, bytes_text(before), head);
    assert_memory_equal(text + len - tail, bytes_text(before) + old_len - tail, tail);
    for (size_t i = head; i < old_len - tail; i++)
        assert_false(before->data[i] == '\n' || before->data[i] == '\r');
}

static void set(struct document *document, const struct choice *choice, const char *text)
{
    struct error error = {0};

    if (!document_set_cell(document, choice->table, choice->row, choice->column, text, &error))
        fail_msg("%s: [%s] into\n%s", error.text, text, document_text(document, &(size_t){0}));
}

static void assert_cell(const struct document *document, const struct choice *choice,
                        const char *text)
{
    char *source = cell_escape(text, strlen(text));
    char *expected = cell_unescape(source, strlen(source));
    char *cell = document_cell(document, choice->table, choice->row, choice->column);

    assert_string_equal(cell, expected);
    free(source);
    free(expected);
    free(cell);
}

static void keeps_every_byte_and_sees_every_table(void **state)
{
    uint64_t seed = 1;
    struct bytes text;
    size_t tables = 0;

    (void)state;
    bytes_init(&text, 1 << 20);
    for (int i = 0; i < DOCUMENTS; i++) {
        struct document *document;

        random_document(&text, &seed);
        document = document_parse(NULL, bytes_text(&text), text.len, NULL);
        assert_non_null(document);
        assert_text(document, &text);
        assert_tables(document);
        tables += document_table_count(document);
        document_free(document);
    }
    assert_true(tables > DOCUMENTS / 2);
    bytes_release(&text);
}

/* Whatever a person types, it is taken, read back, and changes one line. */
static void an_edit_changes_its_cell_only(void **state)
{
    uint64_t seed = 2;
    struct bytes text;

    (void)state;
    bytes_init(&text, 1 << 20);
    for (int i = 0; i < DOCUMENTS; i++) {
        struct document *document;
        struct choice choice;
        char *typed = random_text(&seed);

        random_document(&text, &seed);
        document = document_parse(NULL, bytes_text(&text), text.len, NULL);
        if (choose(document, &seed, &choice)) {
            set(document, &choice, typed);
            assert_cell(document, &choice, typed);
            assert_only_line(document, &text, &choice);
            assert_tables(document);
            document_undo(document);
            assert_text(document, &text);
        }
        document_free(document);
        free(typed);
    }
    bytes_release(&text);
}

static void an_added_row_changes_nothing_else(void **state)
{
    uint64_t seed = 3;
    struct bytes text;

    (void)state;
    bytes_init(&text, 1 << 20);
    for (int i = 0; i < DOCUMENTS; i++) {
        struct document *document;
        struct document_table table;
        struct error error = {0};
        char *typed = random_text(&seed);
        const char *const cells[] = {typed};

        random_document(&text, &seed);
        document = document_parse(NULL, bytes_text(&text), text.len, NULL);
        if (document_table_count(document)) {
            struct choice choice = {.table = pick(&seed, document_table_count(document))};

            document_table(document, choice.table, &table);
            choice.row = pick(&seed, table.rows + 1);
            if (!document_add_row(document, choice.table, choice.row, cells, 1, &error))
                fail_msg("%s: %zu:%zu in\n%s", error.text, choice.table, choice.row,
                         bytes_text(&text));
            choice.row++;
            assert_cell(document, &choice, typed);
            assert_tables(document);
            document_undo(document);
            assert_text(document, &text);
        }
        document_free(document);
        free(typed);
    }
    bytes_release(&text);
}

/* design.md "Text from the network": hostile text adds no row, column, heading, HTML or link. */
static void foreign_text_stays_text(void **state)
{
    uint64_t seed = 4;
    struct bytes text;

    (void)state;
    bytes_init(&text, 1 << 20);
    for (int i = 0; i < DOCUMENTS; i++) {
        struct document *document;
        struct choice choice;
        char *hostile = random_text(&seed), *cell, *expected, *found;

        random_document(&text, &seed);
        document = document_parse(NULL, bytes_text(&text), text.len, NULL);
        if (*hostile && choose(document, &seed, &choice)) {
            set(document, &choice, "`plain`");
            expected = tags(document);
            cell = cell_escape_foreign(hostile, strlen(hostile));
            set(document, &choice, cell);
            found = tags(document);
            assert_string_equal(found, expected);
            free(cell);
            free(expected);
            free(found);
        }
        document_free(document);
        free(hostile);
    }
    bytes_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_every_byte_and_sees_every_table),
        cmocka_unit_test(an_edit_changes_its_cell_only),
        cmocka_unit_test(an_added_row_changes_nothing_else),
        cmocka_unit_test(foreign_text_stays_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
