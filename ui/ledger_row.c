/* Rows of a ledger's tables: a new one, and one that goes. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ledger/template.h"
#include "ui/application.h"
#include "ui/confirm.h"
#include "ui/ledger_state.h"

unsigned ledger_add_row(struct pane_ledger *pane)
{
    struct application *application = pane->pane.application;
    struct ledger_place place = ledger_here(pane);
    struct document_table table;
    struct error error;

    if (place.table < 0) {
        application_say(application, MESSAGE_NOTE,
                        "A row is added in a table; ] goes to the next open cell");
        return EFFECT_NONE;
    }
    if (!document_add_row(pane->document, (size_t)place.table, place.row, NULL, 0, &error)) {
        application_fail(application, &error);
        return EFFECT_DRAW;
    }
    ledger_changed(pane);
    document_table(pane->document, (size_t)place.table, &table);
    ledger_go_to(pane, table.line + 2 + place.row, 0);
    application_say(application, MESSAGE_DONE, "A new row: Enter fills the cell, u takes it back");
    return EFFECT_DRAW;
}

/* Nothing is lost with it: every cell is empty or says that it is open. */
static bool is_blank(const struct document *document, const struct ledger_place *place)
{
    struct document_table table;
    bool blank = true;

    document_table(document, (size_t)place->table, &table);
    for (size_t i = 0; blank && i < table.columns; i++) {
        char *cell = document_cell(document, (size_t)place->table, place->row, i);

        blank = !*cell || strcmp(cell, LEDGER_PENDING) == 0;
        free(cell);
    }
    return blank;
}

static void remove_row(struct pane_ledger *pane, const struct ledger_place *place)
{
    struct error error;

    if (document_remove_row(pane->document, (size_t)place->table, place->row, &error))
        application_say(pane->pane.application, MESSAGE_DONE, "The row is gone; u brings it back");
    else
        application_fail(pane->pane.application, &error);
    ledger_changed(pane);
}

static void answer(void *context, const char *text)
{
    struct pane_ledger *pane = context;

    if (!pane->document || pane->edited.line == 0)
        return;
    if (confirm_yes(text))
        remove_row(pane, &pane->edited);
    else
        application_say(pane->pane.application, MESSAGE_NOTE, "The row stays");
}

unsigned ledger_remove_row(struct pane_ledger *pane)
{
    const struct question question = {.label = "Remove the row with what it says? (yes or no) ",
                                      .answered = answer,
                                      .context = pane};

    pane->edited = ledger_here(pane);
    if (!pane->edited.body)
        application_say(pane->pane.application, MESSAGE_NOTE,
                        "Only the rows of a table are removed here, below its header");
    else if (is_blank(pane->document, &pane->edited))
        remove_row(pane, &pane->edited);
    else
        application_ask(pane->pane.application, &question);
    return EFFECT_DRAW;
}
