/* Any bytes as a ledger: nothing is lost by reading, editing and taking back. */
#include "base/memory.h"
#include "base/text.h"
#include "ledger/cell.h"
#include "ledger/document.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void assert_text(const struct document *document, const char *text, size_t len)
{
    size_t now_len;
    const char *now = document_text(document, &now_len);

    check(now_len == len && memcmp(now, text, len) == 0);
}

/* A cell set to what it holds changes nothing; one set to other text holds that. */
static void edit(struct document *document, size_t table, size_t row, size_t column,
                 const char *text, const char *before, size_t before_len)
{
    char *cell = document_cell(document, table, row, column), *now, *source, *expected;

    check(document_set_cell(document, table, row, column, cell, NULL));
    assert_text(document, before, before_len);
    source = cell_escape(text, strlen(text));
    expected = cell_unescape(source, strlen(source));
    check(document_set_cell(document, table, row, column, text, NULL));
    now = document_cell(document, table, row, column);
    check(strcmp(now, expected) == 0);
    document_undo(document);
    assert_text(document, before, before_len);
    free(cell);
    free(now);
    free(source);
    free(expected);
}

static void edit_all(struct document *document, const char *typed, const char *foreign,
                     const char *before, size_t len)
{
    size_t budget = 16;

    for (size_t i = 0; i < document_table_count(document); i++) {
        struct document_table table;
        const char *const cells[] = {typed};

        document_table(document, i, &table);
        for (size_t row = 1; row <= table.rows; row++)
            for (size_t column = 0; column < table.columns && budget; column++, budget--)
                edit(document, i, row, column, budget % 2 ? typed : foreign, before, len);
        check(document_add_row(document, i, table.rows, cells, 1, NULL));
        document_undo(document);
        assert_text(document, before, len);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    size_t typed_len = size < 8 ? size : 8;
    char *typed = xmemdup0(text, typed_len), *foreign = cell_escape_foreign(text, typed_len);
    struct document *document = size <= 4096 ? document_parse("l.md", text, size, NULL) : NULL;

    if (document) {
        assert_text(document, text, size);
        edit_all(document, utf8_valid(typed, strlen(typed), NULL) ? typed : "x", foreign, text,
                 size);
    }
    document_free(document);
    free(foreign);
    free(typed);
    return 0;
}
