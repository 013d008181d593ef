#include "evidence/history.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "evidence/history_store.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    QUEUE_MAX = 10000,
    NAME_MAX_BYTES = 64 * 1024,
    CLOSE_TRY_MS = 100,      /* SQLite waits for a lock, but not for each of them */
    CLOSE_WAIT_US = 5000000, /* at the end there is no screen to keep waiting */
};

enum column_kind { COLUMN_ID, COLUMN_TEXT, COLUMN_INT, COLUMN_INT64, COLUMN_COUNT, COLUMN_BOOL };

/* The table: its columns, and where they are in a row. */
struct column {
    const char *name;
    enum column_kind kind;
    size_t offset;
};

static const struct column columns[] = {
    {"id", COLUMN_ID, offsetof(struct history_row, id)},
    {"wall_ms", COLUMN_INT64, offsetof(struct history_row, wall_ms)},
    {"profile", COLUMN_TEXT, offsetof(struct history_row, profile)},
    {"operation", COLUMN_TEXT, offsetof(struct history_row, operation)},
    {"model", COLUMN_TEXT, offsetof(struct history_row, model)},
    {"verdict", COLUMN_TEXT, offsetof(struct history_row, verdict)},
    {"class", COLUMN_TEXT, offsetof(struct history_row, class)},
    {"request_id", COLUMN_TEXT, offsetof(struct history_row, request_id)},
    {"finish_reasons", COLUMN_TEXT, offsetof(struct history_row, finish_reasons)},
    {"capture", COLUMN_TEXT, offsetof(struct history_row, capture)},
    {"digest", COLUMN_TEXT, offsetof(struct history_row, digest)},
    {"status", COLUMN_INT, offsetof(struct history_row, status)},
    {"curl", COLUMN_INT, offsetof(struct history_row, curl)},
    {"simulated", COLUMN_BOOL, offsetof(struct history_row, simulated)},
    {"streamed", COLUMN_BOOL, offsetof(struct history_row, streamed)},
    {"latency_us", COLUMN_INT64, offsetof(struct history_row, latency_us)},
    {"first_byte_us", COLUMN_INT64, offsetof(struct history_row, first_byte_us)},
    {"first_token_us", COLUMN_INT64, offsetof(struct history_row, first_token_us)},
    {"input_tokens", COLUMN_INT64, offsetof(struct history_row, input_tokens)},
    {"output_tokens", COLUMN_INT64, offsetof(struct history_row, output_tokens)},
    {"body_bytes", COLUMN_COUNT, offsetof(struct history_row, body_bytes)},
    {"events", COLUMN_COUNT, offsetof(struct history_row, events)},
    {"note", COLUMN_TEXT, offsetof(struct history_row, note)},
    {"marked", COLUMN_BOOL, offsetof(struct history_row, marked)},
    {"wrong", COLUMN_BOOL, offsetof(struct history_row, wrong)},
    {"test_case", COLUMN_TEXT, offsetof(struct history_row, test_case)},
};
enum { COLUMNS = sizeof(columns) / sizeof(*columns) };

/*
 * What leads from each version of the schema to the next; a new file goes through all of them. The
 * index holds every column that a filter looks at, in the order of the list: a filter that finds
 * little reads it alone.
 */
static const char *const schema_steps[] = {
    "CREATE TABLE exchange(id TEXT PRIMARY KEY NOT NULL, wall_ms INTEGER NOT NULL, profile TEXT,"
    " operation TEXT, model TEXT, verdict TEXT, class TEXT, request_id TEXT, finish_reasons TEXT,"
    " capture TEXT, digest TEXT, status INTEGER, curl INTEGER, simulated INTEGER NOT NULL,"
    " streamed INTEGER NOT NULL, latency_us INTEGER, first_byte_us INTEGER,"
    " first_token_us INTEGER, input_tokens INTEGER, output_tokens INTEGER, body_bytes INTEGER,"
    " events INTEGER) WITHOUT ROWID;"
    "CREATE INDEX exchange_by_time ON exchange(wall_ms, id);"
    "PRAGMA application_id=1129137268;" /* "CMdt" */
    "PRAGMA user_version=1;",
    "ALTER TABLE exchange ADD COLUMN note TEXT;"
    "ALTER TABLE exchange ADD COLUMN marked INTEGER NOT NULL DEFAULT 0;"
    "DROP INDEX exchange_by_time;"
    "CREATE INDEX exchange_by_time ON exchange(wall_ms, id, verdict, class, operation, model,"
    " status, profile, request_id, simulated, marked, note);"
    "PRAGMA user_version=2;",
    "ALTER TABLE exchange ADD COLUMN wrong INTEGER NOT NULL DEFAULT 0;"
    "PRAGMA user_version=3;",
    "ALTER TABLE exchange ADD COLUMN test_case TEXT;"
    "PRAGMA user_version=4;",
};
enum { SCHEMA_VERSION = sizeof(schema_steps) / sizeof(*schema_steps) };

static bool is_busy(int code)
{
    return (code & 0xFF) == SQLITE_BUSY || (code & 0xFF) == SQLITE_LOCKED;
}

bool history_failed(const struct history *history, int code, struct error *error)
{
    const char *hint = "";

    if (is_busy(code))
        hint = " by another process; try again";
    if ((code & 0xFF) == SQLITE_NOTADB || (code & 0xFF) == SQLITE_CORRUPT)
        hint = "; move the file away and a new one is begun";
    return error_set(error, ERROR_FILE, "%s: %s%s", history->path, sqlite3_errstr(code), hint);
}

/* ---- opening ---- */

/* The first value of a query; -1 and `*code` when it fails. */
static int64_t query_integer(sqlite3 *db, const char *sql, int *code)
{
    sqlite3_stmt *statement;
    int64_t value = -1;

    *code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    if (*code != SQLITE_OK)
        return -1;
    if (sqlite3_step(statement) == SQLITE_ROW)
        value = sqlite3_column_int64(statement, 0);
    *code = sqlite3_finalize(statement);
    return value;
}

/* Two that open an old file at once: whoever gets the lock changes it, the other finds it done. */
static int renew_schema(sqlite3 *db)
{
    int code = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    int64_t version;

    if (code != SQLITE_OK)
        return code;
    version = query_integer(db, "PRAGMA user_version", &code);
    if (code == SQLITE_OK && version < 0)
        code = SQLITE_CORRUPT;
    for (; code == SQLITE_OK && version < SCHEMA_VERSION; version++)
        code = sqlite3_exec(db, schema_steps[version], NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    if (code != SQLITE_OK)
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return code;
}

/* Both at one moment: a table that another process makes in between is no stranger's. */
static int read_shape(sqlite3 *db, int64_t *version, int64_t *tables)
{
    int code = sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);

    *version = *tables = 0;
    if (code == SQLITE_OK)
        *version = query_integer(db, "PRAGMA user_version", &code);
    if (code == SQLITE_OK)
        *tables = query_integer(db, "SELECT count(*) FROM sqlite_master", &code);
    if (!sqlite3_get_autocommit(db))
        sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    return code;
}

/* Look before anything is changed: is it a history that we know? `*code` says what SQLite said. */
static bool look(const struct history *history, int64_t *version, int *code, struct error *error)
{
    int64_t tables;

    *code = read_shape(history->db, version, &tables);
    if (*code == SQLITE_OK && *version > SCHEMA_VERSION)
        return error_set(error, ERROR_FILE,
                         "%s was written by a newer cometdeck (schema %lld, this one knows %d); it "
                         "was left as it is",
                         history->path, (long long)*version, SCHEMA_VERSION);
    if (*code == SQLITE_OK && (*version < 0 || (*version == 0 && tables > 0)))
        return error_set(error, ERROR_FILE,
                         "%s is a database, but no history; it was left as it is", history->path);
    return true;
}

/* One that is only read must be up to date already. */
static bool prepare_to_read(struct history *history, struct error *error)
{
    int64_t version;
    int code;

    if (!look(history, &version, &code, error))
        return false;
    if (code == SQLITE_OK && version < SCHEMA_VERSION)
        return error_set(error, ERROR_FILE,
                         "%s was written by an earlier cometdeck; open it once without --readonly",
                         history->path);
    history->ready = code == SQLITE_OK;
    return history->ready || is_busy(code) || history_failed(history, code, error);
}

/* Set the modes and make the table. True when it is ready or only busy. */
static bool prepare(struct history *history, struct error *error)
{
    int64_t version;
    int code;

    if (history->only_read)
        return prepare_to_read(history, error);
    if (!look(history, &version, &code, error))
        return false;
    if (code == SQLITE_OK)
        code = sqlite3_exec(history->db,
                            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                            "PRAGMA wal_autocheckpoint=0",
                            NULL, NULL, NULL);
    if (code == SQLITE_OK && version < SCHEMA_VERSION)
        code = renew_schema(history->db);
    history->ready = code == SQLITE_OK;
    return history->ready || is_busy(code) || history_failed(history, code, error);
}

/* SQLite gives its companions the mode of the file, so that is made first. */
static bool make_file(const char *path, struct error *error)
{
    char *folder = file_folder(path);
    bool good = file_make_folders(folder, 0700, error);
    int fd = good ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;

    free(folder);
    if (fd >= 0)
        return close(fd) == 0;
    return good ? error_errno(error, ERROR_FILE, errno, "%s cannot be opened", path) : false;
}

static struct history *open_as(const char *path, const char *name, int flags, struct error *error)
{
    struct history *history = xcalloc(1, sizeof(*history));
    int code;

    history->path = xstrdup(path);
    history->last = &history->first;
    history->only_read = flags & SQLITE_OPEN_READONLY;
    code = sqlite3_open_v2(name, &history->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK)
        code = history_add_functions(history->db);
    if (code == SQLITE_OK ? prepare(history, error) : history_failed(history, code, error))
        return history;
    history_close(history);
    return NULL;
}

struct history *history_open(const char *path, struct error *error)
{
    return make_file(path, error) ? open_as(path, path, SQLITE_OPEN_READWRITE, error) : NULL;
}

/* What was not moved into the file yet stands in its log: somebody has it open, or was killed. */
static bool has_log(const char *path)
{
    char *log = xasprintf("%s-wal", path);
    struct stat about;
    bool has = stat(log, &about) == 0 && about.st_size > 0;

    free(log);
    return has;
}

struct history *history_open_to_read(const char *path, struct error *error)
{
    struct history *history;
    struct bytes name;

    bytes_init(&name, NAME_MAX_BYTES);
    bytes_puts(&name, "file:");
    for (const char *at = path; *at; at++)
        bytes_printf(&name, strchr("?#%", *at) ? "%%%02X" : "%c", (unsigned char)*at);
    bytes_puts(&name, has_log(path) ? "?mode=ro" : "?immutable=1");
    history = open_as(path, bytes_text(&name), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, error);
    bytes_release(&name);
    return history;
}

/* ---- adding ---- */

static const void *field(const struct history_row *row, const struct column *column)
{
    return (const char *)row + column->offset;
}

static void bind_integer(sqlite3_stmt *statement, int place, int64_t value)
{
    if (value == -1)
        sqlite3_bind_null(statement, place);
    else
        sqlite3_bind_int64(statement, place, value);
}

static void bind_column(sqlite3_stmt *statement, int place, const struct column *column,
                        const struct history_row *row)
{
    const void *at = field(row, column);

    switch (column->kind) {
    case COLUMN_ID:
        sqlite3_bind_text(statement, place, at, -1, SQLITE_STATIC);
        break;
    case COLUMN_TEXT:
        sqlite3_bind_text(statement, place, *(const char *const *)at, -1, SQLITE_STATIC);
        break;
    case COLUMN_INT:
        bind_integer(statement, place, *(const int *)at);
        break;
    case COLUMN_INT64:
        bind_integer(statement, place, *(const int64_t *)at);
        break;
    case COLUMN_COUNT:
        sqlite3_bind_int64(statement, place, (int64_t) * (const uint64_t *)at);
        break;
    case COLUMN_BOOL:
        sqlite3_bind_int(statement, place, *(const bool *)at);
        break;
    }
}

char *history_with_columns(const char *before, const char *after)
{
    size_t size = strlen(before) + strlen(after) + 1;
    char *sql, *end;

    for (size_t i = 0; i < COLUMNS; i++)
        size += strlen(columns[i].name) + 1;
    sql = xmalloc(size);
    end = stpcpy(sql, before);
    for (size_t i = 0; i < COLUMNS; i++) {
        if (i)
            *end++ = ',';
        end = stpcpy(end, columns[i].name);
    }
    stpcpy(end, after);
    return sql;
}

static int insert(struct history *history, const struct history_row *row)
{
    static const char marks[] = ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
    _Static_assert(COLUMNS == 26, "one mark for each column");
    char *sql = history_with_columns("INSERT INTO exchange(", marks);
    sqlite3_stmt *statement;
    int code = sqlite3_prepare_v2(history->db, sql, -1, &statement, NULL);

    free(sql);
    if (code != SQLITE_OK)
        return code;
    for (int i = 0; i < COLUMNS; i++)
        bind_column(statement, i + 1, &columns[i], row);
    sqlite3_step(statement);
    return sqlite3_finalize(statement);
}

void history_row_copy(struct history_row *copy, const struct history_row *row)
{
    *copy = *row;
    for (size_t i = 0; i < COLUMNS; i++)
        if (columns[i].kind == COLUMN_TEXT) {
            const char **text = (const char **)((char *)copy + columns[i].offset);

            *text = xstrdup(*text);
        }
}

void history_row_release(struct history_row *row)
{
    for (size_t i = 0; i < COLUMNS; i++)
        if (columns[i].kind == COLUMN_TEXT)
            free(*(char **)((char *)row + columns[i].offset));
    *row = (struct history_row){0};
}

static struct queued *queued_new(const struct history_row *row)
{
    struct queued *queued = xcalloc(1, sizeof(*queued));

    history_row_copy(&queued->row, row);
    return queued;
}

static void queued_free(struct queued *queued)
{
    history_row_release(&queued->row);
    free(queued);
}

static bool enqueue(struct history *history, const struct history_row *row, struct error *error)
{
    if (history->queued >= QUEUE_MAX)
        return error_set(error, ERROR_FILE,
                         "%s has been busy for too long; the row of %s was not written",
                         history->path, row->id);
    *history->last = queued_new(row);
    history->last = &(*history->last)->next;
    history->queued++;
    return true;
}

static bool waits_for_a_lock(const struct history *history, struct error *error)
{
    if (history->failure.kind != ERROR_NONE && error)
        *error = history->failure;
    return history->failure.kind == ERROR_NONE;
}

bool history_add(struct history *history, const struct history_row *row, struct error *error)
{
    int code;

    /* What waits goes first, so that the order of the rows is that of the attempts. */
    if (history_retry(history) || !history->ready)
        return enqueue(history, row, error) && waits_for_a_lock(history, error);
    code = insert(history, row);
    if (is_busy(code))
        return enqueue(history, row, error);
    return code == SQLITE_OK || history_failed(history, code, error);
}

size_t history_waiting(const struct history *history)
{
    return history ? history->queued : 0;
}

size_t history_retry(struct history *history)
{
    history->failure = (struct error){.kind = ERROR_NONE};
    if (!history->ready && !prepare(history, &history->failure))
        return history->queued;
    while (history->ready && history->first) {
        struct queued *queued = history->first;
        int code = insert(history, &queued->row);

        /* A row of that id is there already: it waits for nothing. */
        if (code != SQLITE_OK && (code & 0xFF) != SQLITE_CONSTRAINT) {
            if (!is_busy(code))
                history_failed(history, code, &history->failure);
            break;
        }
        history->first = queued->next;
        if (!history->first)
            history->last = &history->first;
        history->queued--;
        queued_free(queued);
    }
    return history->queued;
}

void history_checkpoint(struct history *history)
{
    if (history->ready && !history->only_read)
        sqlite3_wal_checkpoint_v2(history->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

/*
 * Where waiting could be a deadlock, as for the first change to WAL, SQLite says busy at once,
 * whatever its timeout: hence several tries.
 */
static void write_or_give_up(struct history *history)
{
    int64_t until_us = clock_now_us(&clock_system) + CLOSE_WAIT_US;

    sqlite3_busy_timeout(history->db, CLOSE_TRY_MS);
    while (history_retry(history) > 0 && history->failure.kind == ERROR_NONE &&
           clock_now_us(&clock_system) < until_us)
        poll(NULL, 0, 1);
}

size_t history_close(struct history *history)
{
    struct queued *next;
    size_t lost;

    if (!history)
        return 0;
    if (history->queued)
        write_or_give_up(history);
    history_checkpoint(history);
    lost = history->queued;
    for (struct queued *queued = history->first; queued; queued = next) {
        next = queued->next;
        queued_free(queued);
    }
    sqlite3_close(history->db);
    free(history->path);
    free(history);
    return lost;
}

/* ---- reading ---- */

static int64_t column_integer(sqlite3_stmt *statement, int place)
{
    if (sqlite3_column_type(statement, place) == SQLITE_NULL)
        return -1;
    return sqlite3_column_int64(statement, place);
}

static void read_column(sqlite3_stmt *statement, int place, const struct column *column,
                        struct history_row *row)
{
    void *at = (char *)row + column->offset;
    const char *text;

    switch (column->kind) {
    case COLUMN_ID:
        text = (const char *)sqlite3_column_text(statement, place);
        strncpy(at, text ? text : "", EVIDENCE_ID - 1);
        break;
    case COLUMN_TEXT:
        *(const char **)at = (const char *)sqlite3_column_text(statement, place);
        break;
    case COLUMN_INT:
        *(int *)at = (int)column_integer(statement, place);
        break;
    case COLUMN_INT64:
        *(int64_t *)at = column_integer(statement, place);
        break;
    case COLUMN_COUNT:
        *(uint64_t *)at = (uint64_t)sqlite3_column_int64(statement, place);
        break;
    case COLUMN_BOOL:
        *(bool *)at = sqlite3_column_int(statement, place) != 0;
        break;
    }
}

void history_read(sqlite3_stmt *statement, struct history_row *row)
{
    *row = (struct history_row){0};
    for (int i = 0; i < COLUMNS; i++)
        read_column(statement, i, &columns[i], row);
}

bool history_usable(struct history *history, struct error *error)
{
    if (!history->ready && !prepare(history, error))
        return false;
    return history->ready || history_failed(history, SQLITE_BUSY, error);
}

sqlite3_stmt *history_prepare(struct history *history, const char *sql, struct error *error)
{
    sqlite3_stmt *statement;
    int code;

    if (!history_usable(history, error))
        return NULL;
    code = sqlite3_prepare_v2(history->db, sql, -1, &statement, NULL);
    if (code == SQLITE_OK)
        return statement;
    history_failed(history, code, error);
    return NULL;
}
