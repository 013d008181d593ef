/* The text of one cell or line as a whole, wrapped, in the place of the ledger until it is closed.
 */
#ifndef UI_LEDGER_READER_H
#define UI_LEDGER_READER_H

#include "ui/draw.h"
#include "ui/request.h"

#include <stdbool.h>
#include <stddef.h>

struct ledger_reader;

/* Both are copied; `name` is its title. */
struct ledger_reader *ledger_reader_new(const char *name, const char *text);
void ledger_reader_free(struct ledger_reader *reader);

/* What moves; false for any other request. */
bool ledger_reader_request(struct ledger_reader *reader, enum request request);
void ledger_reader_draw(struct ledger_reader *reader, const struct surface *surface);

#endif
