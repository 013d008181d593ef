#include "ui/catalog_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"

enum {
    COLUMNS_MAX = 12,
    LEARN_FROM = 500, /* records that columns are learnt from */
    NAME_MAX_BYTES = 40,
    VALUE_BYTES = 256, /* of a value that are looked at */
    VALUE_COLUMNS = 24,
    ID_LEAST = 16,
    ID_MOST = 56,
    MARGIN = 3, /* pointer, mark and blank in front of the identifier */
    GAP = 2,
    DATE_LEN = 10,
};

struct column {
    char *name;
    int width;
    size_t count; /* records that have it */
    bool varies;
    char *first; /* its first value */
};

struct catalog_table {
    struct column columns[COLUMNS_MAX];
    size_t count;
    size_t members; /* of the fullest record */
    int id_width;   /* of the widest identifier */
    int id_columns; /* that it has on the screen */
    size_t shown;   /* columns that fit */
};

struct catalog_table *catalog_table_new(void)
{
    return xcalloc(1, sizeof(struct catalog_table));
}

static void forget(struct catalog_table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        free(table->columns[i].name);
        free(table->columns[i].first);
    }
    table->count = 0;
}

void catalog_table_free(struct catalog_table *table)
{
    forget(table);
    free(table);
}

/* ---- values ---- */

bool catalog_table_is_date(const struct json *value, int64_t *wall_ms)
{
    const char *name = json_name(value) ? json_name(value) : "";
    size_t len = strlen(name);
    bool named = strncmp(name, "created", 7) == 0 || strncmp(name, "updated", 7) == 0 ||
                 (len > 3 && strcmp(name + len - 3, "_at") == 0);

    if (!named || !json_integer(value, wall_ms))
        return false;
    if (*wall_ms >= 1000000000 && *wall_ms < 4102444800)
        *wall_ms *= 1000;
    return *wall_ms >= 1000000000000 && *wall_ms < 4102444800000;
}

/* False for what is no short value: an object, or an array of anything but strings. */
static bool add_value(const struct json *value, struct bytes *out)
{
    const char *text = json_string(value);
    char date[CLOCK_TEXT];
    int64_t wall_ms;

    if (text)
        return bytes_append(out, text, strnlen(text, VALUE_BYTES));
    if (catalog_table_is_date(value, &wall_ms)) {
        clock_format(wall_ms, date);
        return bytes_append(out, date, DATE_LEN);
    }
    if (json_type(value) == JSON_OBJECT)
        return false;
    if (json_type(value) != JSON_ARRAY)
        return json_write(value, false, out);
    for (const struct json *item = json_first(value); item; item = json_next(item)) {
        text = json_string(item);
        if (!text)
            return false;
        if (out->len < VALUE_BYTES)
            bytes_printf(out, "%s%.*s", out->len ? " " : "", VALUE_BYTES, text);
    }
    return true;
}

/* ---- columns ---- */

static struct column *column_of(struct catalog_table *table, const char *name)
{
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->columns[i].name, name) == 0)
            return &table->columns[i];
    if (table->count == COLUMNS_MAX || strlen(name) > NAME_MAX_BYTES || strcmp(name, "id") == 0)
        return NULL;
    table->columns[table->count] =
        (struct column){.name = xstrdup(name), .width = text_width(name, strlen(name))};
    return &table->columns[table->count++];
}

static void learn_value(struct catalog_table *table, const struct json *value)
{
    struct column *column = json_name(value) ? column_of(table, json_name(value)) : NULL;
    struct bytes text;
    int width;

    if (!column)
        return;
    bytes_init(&text, 4 * VALUE_BYTES);
    if (add_value(value, &text)) {
        width = text_width(bytes_text(&text), text.len);
        if (width > column->width)
            column->width = width < VALUE_COLUMNS ? width : VALUE_COLUMNS;
        if (!column->first)
            column->first = xstrdup(bytes_text(&text));
        column->varies |= strcmp(column->first, bytes_text(&text)) != 0;
        column->count++;
    }
    bytes_release(&text);
}

/* What is asked for first of a model; the others follow in their own order. */
static int rank(const char *name)
{
    static const char *const first[] = {"owned_by", "provider",   "created",
                                        "type",     "model_type", "supported_endpoint_types"};
    int i = 0;

    while (i < (int)(sizeof(first) / sizeof(*first)) && strcmp(name, first[i]) != 0)
        i++;
    return i;
}

/* What all records say alike, or few say at all, tells nothing; by rank, else as they came. */
static void choose(struct catalog_table *table, size_t records)
{
    size_t kept = 0;

    for (size_t i = 0; i < table->count; i++) {
        struct column column = table->columns[i];
        size_t at = kept;

        if (column.count * 2 < records || (records > 1 && !column.varies)) {
            free(column.name);
            free(column.first);
            continue;
        }
        for (; at > 0 && rank(table->columns[at - 1].name) > rank(column.name); at--)
            table->columns[at] = table->columns[at - 1];
        table->columns[at] = column;
        kept++;
    }
    table->count = kept;
}

void catalog_table_learn(struct catalog_table *table, const struct catalog *catalog)
{
    size_t records = catalog->count < LEARN_FROM ? catalog->count : LEARN_FROM;

    forget(table);
    table->id_width = ID_LEAST;
    table->members = 0;
    for (size_t i = 0; i < records; i++) {
        const struct catalog_model *model = &catalog->models[i];
        int width = text_width(model->id, strnlen(model->id, VALUE_BYTES));

        if (width > table->id_width)
            table->id_width = width < ID_MOST ? width : ID_MOST;
        if (json_count(model->record) > table->members + 1)
            table->members = json_count(model->record) - 1;
        for (const struct json *value = json_first(model->record); value; value = json_next(value))
            learn_value(table, value);
    }
    choose(table, records);
}

size_t catalog_table_members(const struct catalog_table *table)
{
    return table->members;
}

bool catalog_table_fit(struct catalog_table *table, int columns)
{
    int left = columns - MARGIN - table->id_width;

    table->shown = 0;
    while (table->shown < table->count && left >= table->columns[table->shown].width + GAP)
        left -= table->columns[table->shown++].width + GAP;
    table->id_columns = table->shown ? table->id_width : columns - MARGIN;
    return table->shown > 0;
}

/* ---- drawing ---- */

void catalog_table_head(const struct catalog_table *table, struct pen *pen)
{
    draw_field(pen, STYLE_LABEL, "id", 2, table->id_columns);
    for (size_t i = 0; i < table->shown; i++) {
        const struct column *column = &table->columns[i];

        draw_text(pen, STYLE_PLAIN, "  ");
        draw_field(pen, STYLE_LABEL, column->name, strlen(column->name), column->width);
    }
}

static void draw_id(const struct catalog_table *table, struct pen *pen, enum style style,
                    const char *id, const unsigned char *marks)
{
    const struct surface *whole = pen->surface;
    struct surface narrow = *whole;
    int end = pen->column + table->id_columns;

    if (end < narrow.columns)
        narrow.columns = end;
    pen->surface = &narrow;
    draw_cut_marked(pen, style, id, strnlen(id, CATALOG_ID_BYTES), marks);
    draw_end(pen);
    pen->surface = whole;
}

void catalog_table_row(const struct catalog_table *table, struct pen *pen, enum style style,
                       const struct catalog_model *model, const unsigned char *marks)
{
    draw_id(table, pen, style, model->id, marks);
    for (size_t i = 0; i < table->shown; i++) {
        const struct column *column = &table->columns[i];
        const struct json *value = json_member(model->record, column->name);
        struct bytes text;

        bytes_init(&text, 4 * VALUE_BYTES);
        if (value && !add_value(value, &text))
            bytes_clear(&text);
        draw_text(pen, STYLE_PLAIN, "  ");
        draw_field(pen, STYLE_DIM, bytes_text(&text), text.len, column->width);
        bytes_release(&text);
    }
}
