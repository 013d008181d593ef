#include "ui/ledger_gaps.h"

#include <stdbool.h>

#include "ledger/document.h"
#include "ledger/template.h"

static bool is_before(const struct ledger_place *a, const struct ledger_place *b)
{
    return a->line != b->line ? a->line < b->line : a->column < b->column;
}

static void add_gap(struct ledger_gaps *gaps, const struct ledger_place *from,
                    const struct ledger_place *place)
{
    if (gaps->count++ == 0)
        gaps->first = *place;
    gaps->last = *place;
    if (from && is_before(place, from))
        gaps->before = *place;
    else if (from && !gaps->after.line && is_before(from, place))
        gaps->after = *place;
}

void ledger_gaps(const struct document *document, const struct ledger_place *from,
                 struct ledger_gaps *gaps)
{
    *gaps = (struct ledger_gaps){.count = 0};
    for (size_t i = 0; i < document_table_count(document); i++) {
        struct document_table table;

        document_table(document, i, &table);
        for (size_t row = 1; row <= table.rows; row++) {
            for (size_t column = 0; column < table.columns; column++) {
                struct ledger_place place = {.line = table.line + 1 + row, .column = column};

                if (ledger_is_pending(document, i, row, column))
                    add_gap(gaps, from, &place);
            }
        }
    }
}
