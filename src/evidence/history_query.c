#include "evidence/history_query.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "evidence/history_store.h"

#include <stdlib.h>
#include <string.h>

enum {
    SQL_MAX = 16 * 1024,
    LOOK_STRIDE = 128, /* rows between two glances at the clock: some 50 µs */
};

/* What must hold for a term; each has one parameter. All columns are in the index by time. */
static const char *const conditions[] = {
    [HISTORY_VERDICT] = "among(?,verdict)",
    [HISTORY_CLASS] = "among(?,class)",
    [HISTORY_OPERATION] = "among(?,operation)",
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

/* among(",a,b,", word): one of them. */
static void among(sqlite3_context *context, int count, sqlite3_value **values)
{
    const char *list = (const char *)sqlite3_value_text(values[0]);
    const char *word = (const char *)sqlite3_value_text(values[1]);
    size_t len = word ? strlen(word) : 0;

    (void)count;
    while (list && len && *list++ && (strncmp(list, word, len) != 0 || list[len] != ','))
        list = strchr(list, ',');
    sqlite3_result_int(context, list && len && *list);
}

int history_add_functions(sqlite3 *db)
{
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
    int code = sqlite3_create_function_v2(db, "holds", -1, flags, NULL, holds, NULL, NULL, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_create_function_v2(db, "among", 2, flags, NULL, among, NULL, NULL, NULL);
    return code;
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
        bytes_printf(sql, "%s%s(%s)", i ? " AND " : ",", filter->terms[i].unless ? "NOT " : "",
                     conditions[filter->terms[i].field]);
    if (!filter || filter->count == 0)
        bytes_puts(sql, ",1");
}

static void bind_filter(sqlite3_stmt *statement, int place, const struct history_filter *filter)
{
    for (size_t i = 0; filter && i < filter->count; i++, place++)
        if (filter->terms[i].text)
            sqlite3_bind_text(statement, place, filter->terms[i].text, -1, SQLITE_STATIC);
        else
            sqlite3_bind_int64(statement, place, filter->terms[i].number);
}

/* ---- looking ---- */

struct look {
    struct history_place *place;
    sqlite3_stmt *keys; /* moment, id, whether it passes */
    sqlite3_stmt *rows; /* the row of an id; NULL: they are only counted */
    uint64_t limit;
    bool (*each)(void *context, const struct history_row *row);
    void *context;
};

/* Keys and the filter's answer come out of the index alone; only what passes is fetched. */
static sqlite3_stmt *prepare_keys(struct history *history, const struct history_filter *filter,
                                  const struct history_place *place,
                                  enum history_direction direction, struct error *error)
{
    const bool older = direction == HISTORY_OLDER;
    const char *order = older ? "DESC" : "ASC";
    sqlite3_stmt *statement;
    struct bytes sql;
    int next = filter ? (int)filter->count + 1 : 1;

    bytes_init(&sql, SQL_MAX);
    bytes_puts(&sql, "SELECT wall_ms,id");
    add_conditions(filter, &sql);
    bytes_puts(&sql, " FROM exchange INDEXED BY exchange_by_time");
    if (place->begun)
        bytes_printf(&sql, " WHERE (wall_ms,id)%s(?,?)", older ? "<" : ">");
    bytes_printf(&sql, " ORDER BY wall_ms %s, id %s", order, order);
    statement = history_prepare(history, bytes_text(&sql), error);
    bytes_release(&sql);
    if (!statement)
        return NULL;
    bind_filter(statement, 1, filter);
    if (place->begun) {
        sqlite3_bind_int64(statement, next, place->key.wall_ms);
        sqlite3_bind_text(statement, next + 1, place->key.id, -1, SQLITE_TRANSIENT);
    }
    return statement;
}

static sqlite3_stmt *prepare_row(struct history *history, const char *id, struct error *error)
{
    char *sql = history_with_columns("SELECT ", " FROM exchange WHERE id=?");
    sqlite3_stmt *statement = history_prepare(history, sql, error);

    free(sql);
    if (statement && id)
        sqlite3_bind_text(statement, 1, id, -1, SQLITE_STATIC);
    return statement;
}

/* Hand the row of the key over; false when that was enough. */
static bool give_row(const struct look *look)
{
    struct history_row row;
    bool more = true;

    sqlite3_bind_value(look->rows, 1, sqlite3_column_value(look->keys, 1));
    if (sqlite3_step(look->rows) == SQLITE_ROW) {
        history_read(look->rows, &row);
        more = look->each(look->context, &row);
    }
    sqlite3_reset(look->rows);
    return more;
}

static void remember(const struct look *look)
{
    const char *id = (const char *)sqlite3_column_text(look->keys, 1);

    look->place->key = (struct history_key){.wall_ms = sqlite3_column_int64(look->keys, 0)};
    strncpy(look->place->key.id, id ? id : "", EVIDENCE_ID - 1);
    look->place->begun = true;
}

/* An SQLite code. */
static int go_on(const struct look *look, const struct history_patience *patience)
{
    struct history_place *place = look->place;
    bool more = true;
    int code;

    while ((code = sqlite3_step(look->keys)) == SQLITE_ROW) {
        place->looked++;
        remember(look); /* behind the last one there is none to ask */
        if (sqlite3_column_int(look->keys, 2)) {
            place->passed++;
            more = (!look->rows || give_row(look)) && place->passed < look->limit;
        }
        if (more && patience && place->looked % LOOK_STRIDE == 0)
            more = clock_now_us(patience->clock) < patience->until_us;
        if (!more)
            return SQLITE_OK;
    }
    place->ended = code == SQLITE_DONE;
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

bool history_look(struct history *history, const struct history_filter *filter,
                  struct history_place *place, enum history_direction direction, uint64_t limit,
                  const struct history_patience *patience,
                  bool (*each)(void *context, const struct history_row *row), void *context,
                  struct error *error)
{
    uint64_t most = limit > UINT64_MAX - place->passed ? UINT64_MAX : place->passed + limit;
    struct look look = {.place = place, .limit = most, .each = each, .context = context};
    bool good = false;
    int code;

    look.keys = prepare_keys(history, filter, place, direction, error);
    if (look.keys && each)
        look.rows = prepare_row(history, NULL, error);
    if (look.keys && (look.rows || !each)) {
        code = go_on(&look, patience);
        good = code == SQLITE_OK || history_failed(history, code, error);
    }
    sqlite3_finalize(look.keys);
    sqlite3_finalize(look.rows);
    return good;
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
    sqlite3_stmt *statement = prepare_row(history, id, error);
    struct history_row row;
    bool found;
    int code;

    if (!statement)
        return false;
    found = sqlite3_step(statement) == SQLITE_ROW;
    if (found) {
        history_read(statement, &row);
        each(context, &row);
    }
    code = sqlite3_finalize(statement);
    if (code != SQLITE_OK)
        return history_failed(history, code, error);
    return found || no_such_row(id, error);
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
