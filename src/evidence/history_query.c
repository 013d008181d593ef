#include "evidence/history_query.h"

#include "base/bytes.h"
#include "evidence/history_store.h"

#include <stdlib.h>
#include <string.h>

enum { SQL_MAX = 16 * 1024 };

/* What must hold for a term; each has one parameter. All columns are in the index by time. */
static const char *const conditions[] = {
    [HISTORY_VERDICT] = "instr(?,','||coalesce(verdict,'')||',')>0",
    [HISTORY_CLASS] = "instr(?,','||coalesce(class,'')||',')>0",
    [HISTORY_OPERATION] = "instr(?,','||coalesce(operation,'')||',')>0",
    [HISTORY_MODEL] = "holds(?,model)",
    [HISTORY_PROFILE] = "holds(?,profile)",
    [HISTORY_STATUS] = "coalesce(status,0) GLOB ?",
    [HISTORY_SINCE] = "wall_ms>=?",
    [HISTORY_UNTIL] = "wall_ms<?",
    [HISTORY_SIMULATED] = "simulated=?",
    [HISTORY_MARKED] = "marked=?",
    [HISTORY_NOTED] = "(note IS NOT NULL)=?",
    [HISTORY_TEXT] = "holds(?,id,model,request_id,note)",
};
_Static_assert(sizeof(conditions) / sizeof(*conditions) == HISTORY_FIELDS, "one for each field");

/* holds(needle, text, ...): in any of the texts, without regard to the case of ASCII letters. */
static void holds(sqlite3_context *context, int count, sqlite3_value **values)
{
    const char *needle = (const char *)sqlite3_value_text(values[0]);
    bool found = false;

    for (int i = 1; needle && !found && i < count; i++) {
        const char *text = (const char *)sqlite3_value_text(values[i]);

        found = text && strcasestr(text, needle);
    }
    sqlite3_result_int(context, found);
}

int history_add_functions(sqlite3 *db)
{
    return sqlite3_create_function_v2(db, "holds", -1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
                                      holds, NULL, NULL, NULL);
}

struct history_key history_key(const struct history_row *row)
{
    struct history_key key = {.wall_ms = row->wall_ms};

    memcpy(key.id, row->id, sizeof(key.id));
    return key;
}

static void add_conditions(const struct history_filter *filter, struct bytes *sql)
{
    for (size_t i = 0; filter && i < filter->count; i++)
        bytes_printf(sql, " AND %s(%s)", filter->terms[i].unless ? "NOT " : "",
                     conditions[filter->terms[i].field]);
}

/* Answers the place behind the last parameter of the filter. */
static int bind_filter(sqlite3_stmt *statement, int place, const struct history_filter *filter)
{
    for (size_t i = 0; filter && i < filter->count; i++, place++)
        if (filter->terms[i].text)
            sqlite3_bind_text(statement, place, filter->terms[i].text, -1, SQLITE_STATIC);
        else
            sqlite3_bind_int64(statement, place, filter->terms[i].number);
    return place;
}

bool history_count(struct history *history, const struct history_filter *filter, uint64_t *count,
                   struct error *error)
{
    sqlite3_stmt *statement;
    struct bytes sql;
    int code;

    *count = 0;
    bytes_init(&sql, SQL_MAX);
    bytes_puts(&sql, "SELECT count(*) FROM exchange INDEXED BY exchange_by_time WHERE 1");
    add_conditions(filter, &sql);
    statement = history_prepare(history, bytes_text(&sql), error);
    bytes_release(&sql);
    if (!statement)
        return false;
    bind_filter(statement, 1, filter);
    if (sqlite3_step(statement) == SQLITE_ROW)
        *count = (uint64_t)sqlite3_column_int64(statement, 0);
    code = sqlite3_finalize(statement);
    return code == SQLITE_OK || history_failed(history, code, error);
}

/* Hand the rows of a statement to `each`; the statement is gone afterwards. */
static bool give_rows(struct history *history, sqlite3_stmt *statement,
                      bool (*each)(void *context, const struct history_row *row), void *context,
                      size_t *given, struct error *error)
{
    int code;

    *given = 0;
    while (sqlite3_step(statement) == SQLITE_ROW) {
        struct history_row row;

        history_read(statement, &row);
        ++*given;
        if (!each(context, &row))
            break;
    }
    code = sqlite3_finalize(statement);
    return code == SQLITE_OK || history_failed(history, code, error);
}

/*
 * The ids come out of the index alone, then their rows: SQLite would else look up each row before
 * it asks the filter.
 */
static sqlite3_stmt *prepare_page(struct history *history, const struct history_filter *filter,
                                  bool from, enum history_direction direction, struct error *error)
{
    const char *order = direction == HISTORY_OLDER ? "DESC" : "ASC";
    sqlite3_stmt *statement;
    struct bytes tail;
    char *text;

    bytes_init(&tail, SQL_MAX);
    bytes_printf(&tail,
                 " FROM (SELECT id AS found FROM exchange INDEXED BY exchange_by_time WHERE %s",
                 !from                        ? "1"
                 : direction == HISTORY_OLDER ? "(wall_ms,id)<(?,?)"
                                              : "(wall_ms,id)>(?,?)");
    add_conditions(filter, &tail);
    bytes_printf(&tail,
                 " ORDER BY wall_ms %s, id %s LIMIT ?) CROSS JOIN exchange ON id=found"
                 " ORDER BY wall_ms %s, id %s",
                 order, order, order, order);
    text = history_with_columns("SELECT ", bytes_text(&tail));
    statement = history_prepare(history, text, error);
    free(text);
    bytes_release(&tail);
    return statement;
}

bool history_page(struct history *history, const struct history_filter *filter,
                  const struct history_key *from, enum history_direction direction, size_t limit,
                  bool (*each)(void *context, const struct history_row *row), void *context,
                  struct error *error)
{
    sqlite3_stmt *statement = prepare_page(history, filter, from != NULL, direction, error);
    int place = 1;
    size_t given;

    if (!statement)
        return false;
    if (from) {
        sqlite3_bind_int64(statement, place++, from->wall_ms);
        sqlite3_bind_text(statement, place++, from->id, -1, SQLITE_STATIC);
    }
    place = bind_filter(statement, place, filter);
    sqlite3_bind_int64(statement, place, limit > INT64_MAX ? INT64_MAX : (int64_t)limit);
    return give_rows(history, statement, each, context, &given, error);
}

static bool no_such_row(const char *id, struct error *error)
{
    return error_set(error, ERROR_FILE, "the history has no exchange %s; it may have been removed",
                     id);
}

bool history_find(struct history *history, const char *id,
                  bool (*each)(void *context, const struct history_row *row), void *context,
                  struct error *error)
{
    char *sql = history_with_columns("SELECT ", " FROM exchange WHERE id=?");
    sqlite3_stmt *statement = history_prepare(history, sql, error);
    size_t given;

    free(sql);
    if (!statement)
        return false;
    sqlite3_bind_text(statement, 1, id, -1, SQLITE_STATIC);
    if (!give_rows(history, statement, each, context, &given, error))
        return false;
    return given > 0 || no_such_row(id, error);
}

/* Runs what changes the row of `id`, its last parameter; the statement is gone afterwards. */
static bool change(struct history *history, sqlite3_stmt *statement, int place, const char *id,
                   struct error *error)
{
    int code;

    sqlite3_bind_text(statement, place, id, -1, SQLITE_STATIC);
    sqlite3_step(statement);
    code = sqlite3_finalize(statement);
    if (code != SQLITE_OK)
        return history_failed(history, code, error);
    return sqlite3_changes(history->db) > 0 || no_such_row(id, error);
}

bool history_annotate(struct history *history, const char *id, const char *note,
                      struct error *error)
{
    sqlite3_stmt *statement =
        history_prepare(history, "UPDATE exchange SET note=? WHERE id=?", error);

    if (!statement)
        return false;
    if (note && *note)
        sqlite3_bind_text(statement, 1, note, -1, SQLITE_STATIC);
    return change(history, statement, 2, id, error);
}

bool history_mark(struct history *history, const char *id, bool marked, struct error *error)
{
    sqlite3_stmt *statement =
        history_prepare(history, "UPDATE exchange SET marked=? WHERE id=?", error);

    if (!statement)
        return false;
    sqlite3_bind_int(statement, 1, marked);
    return change(history, statement, 2, id, error);
}

static bool execute(struct history *history, const char *sql, struct error *error)
{
    int code = sqlite3_exec(history->db, sql, NULL, NULL, NULL);

    return code == SQLITE_OK || history_failed(history, code, error);
}

static bool remove_unless_kept(struct history *history, const char *id, bool *removed,
                               struct error *error)
{
    sqlite3_stmt *statement = history_prepare(
        history, "DELETE FROM exchange WHERE id=? AND marked=0 AND note IS NULL", error);
    int code;

    if (!statement)
        return false;
    sqlite3_bind_text(statement, 1, id, -1, SQLITE_STATIC);
    sqlite3_step(statement);
    code = sqlite3_finalize(statement);
    *removed = code == SQLITE_OK && sqlite3_changes(history->db) > 0;
    return code == SQLITE_OK || history_failed(history, code, error);
}

bool history_remove(struct history *history, const char *id,
                    bool (*also)(void *context, struct error *error), void *context, bool *removed,
                    struct error *error)
{
    bool good;

    *removed = false;
    if (!history_usable(history, error) || !execute(history, "BEGIN IMMEDIATE", error))
        return false;
    good = remove_unless_kept(history, id, removed, error) &&
           (!*removed || !also || also(context, error)) && execute(history, "COMMIT", error);
    if (!good) {
        *removed = false;
        sqlite3_exec(history->db, "ROLLBACK", NULL, NULL, NULL);
    }
    return good;
}
