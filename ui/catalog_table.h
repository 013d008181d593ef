/*
 * The models as a table: the identifier, and beside it what the records tell besides, in aligned
 * columns as far as there is width.
 *
 * Columns come from the records themselves: values that are no objects, which not all records
 * share. What a list tells of owner, kind and date goes first.
 */
#ifndef UI_CATALOG_TABLE_H
#define UI_CATALOG_TABLE_H

#include "catalog/catalog.h"
#include "ui/draw.h"

struct catalog_table;
struct json;

enum { CATALOG_ID_BYTES = 64 * 1024 }; /* of an identifier that are drawn */

struct catalog_table *catalog_table_new(void);
void catalog_table_free(struct catalog_table *table);

/* Learn the columns of a list; call it again whenever the list changed. Nothing of it is kept. */
void catalog_table_learn(struct catalog_table *table, const struct catalog *catalog);

/* The members of the fullest record, besides its identifier. */
size_t catalog_table_members(const struct catalog_table *table);

/*
 * A member that tells a time: "created", "updated_at" and their like, in seconds or milliseconds
 * since 1970, from 2001 to 2100.
 */
bool catalog_table_is_date(const struct json *member, int64_t *wall_ms);

/* Choose what fits; true when there is something besides the identifier, and so a head to draw. */
bool catalog_table_fit(struct catalog_table *table, int columns);

/*
 * The names of the columns, and one model, from where the pen is: a few columns from the border.
 * `marks` has a byte for each of the identifier's that are drawn.
 */
void catalog_table_head(const struct catalog_table *table, struct pen *pen);
void catalog_table_row(const struct catalog_table *table, struct pen *pen, enum style style,
                       const struct catalog_model *model, const unsigned char *marks);

#endif
