#include "command/observe_live.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/redact.h"
#include "base/text.h"
#include "command/observe_report.h"
#include "command/output.h"
#include "net/loop.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 1024, TABLE_MAX = 256 * 1024, ROWS = 24, COLUMNS = 80 };
#define PERIOD_US INT64_C(200000)

struct observe_live {
    struct loop *loop;
    const struct observation *observation;
    const struct redactor *redactor;
    bool terminal;
    struct loop_timer timer;
    int drawn; /* lines of the table that stand on the terminal */
    char *said[OBSERVATION_SESSIONS_MAX];
};

struct observe_live *observe_live_new(struct loop *loop, const struct observation *observation,
                                      const struct redactor *redactor)
{
    struct observe_live *live = xcalloc(1, sizeof(*live));
    const char *term = getenv("TERM");

    live->loop = loop;
    live->observation = observation;
    live->redactor = redactor;
    live->terminal = isatty(STDERR_FILENO) == 1 && term && strcmp(term, "dumb") != 0;
    return live;
}

static char *line_of(const struct observe_live *live, size_t index)
{
    const struct observed_session *session = observation_session(live->observation, index);
    struct bytes text, line;

    bytes_init(&text, LINE_MAX_BYTES);
    bytes_init(&line, TABLE_MAX);
    observe_session_line(session, &text);
    if (session->finding_count > 0)
        bytes_printf(&text, "; %s", observed_rule_code(session->findings[0].rule));
    redact(live->redactor, text.data, text.len);
    text_escape(&line, bytes_text(&text), text.len, false);
    bytes_release(&text);
    return bytes_take(&line);
}

/* ---- lines ---- */

static bool is_busy(const struct observed_session *session)
{
    for (size_t i = 0; i < session->count; i++)
        if (session->attempts[i].how == OBSERVED_OPEN)
            return true;
    return !session->settled;
}

static void say_changes(struct observe_live *live)
{
    for (size_t i = 0; i < observation_count(live->observation); i++) {
        char *line;

        if (is_busy(observation_session(live->observation, i)))
            continue;
        line = line_of(live, i);
        if (live->said[i] && strcmp(live->said[i], line) == 0) {
            free(line);
            continue;
        }
        output_say(live->redactor, "%s", line);
        free(live->said[i]);
        live->said[i] = line;
    }
}

/* ---- a table ---- */

/* What fits into the columns, so that no line takes two rows. */
static void add_cut(struct bytes *table, const char *line, int columns)
{
    size_t at = 0, len = strlen(line);
    struct glyph glyph;

    for (; at < len; at += glyph.used) {
        text_glyph(line + at, len - at, false, &glyph);
        if (glyph.width > columns)
            break;
        columns -= glyph.width;
    }
    bytes_append(table, line, at);
    bytes_puts(table, "\n");
}

static void draw(struct observe_live *live)
{
    struct winsize size = {.ws_row = 0};
    size_t count = observation_count(live->observation), first;
    struct bytes table;
    int rows, columns;

    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0)
        size = (struct winsize){.ws_row = ROWS, .ws_col = COLUMNS};
    rows = size.ws_row > 3 ? size.ws_row - 3 : 1;
    columns = size.ws_col > 1 ? size.ws_col - 1 : 1;
    first = count > (size_t)rows ? count - (size_t)rows : 0;
    bytes_init(&table, TABLE_MAX);
    if (live->drawn > 0)
        bytes_printf(&table, "\x1b[%dF\x1b[J", live->drawn);
    for (size_t i = first; i < count; i++) {
        char *line = line_of(live, i);

        add_cut(&table, line, columns);
        free(line);
    }
    observe_summary(live->observation, &table);
    bytes_puts(&table, "; ^C ends\n");
    live->drawn = (int)(count - first) + 1;
    /* A terminal that cannot be written to is nobody's loss: the report follows. */
    (void)file_write_all(&file_ops_system, STDERR_FILENO, table.data, table.len);
    bytes_release(&table);
}

/* ---- when ---- */

static void show(void *context)
{
    struct observe_live *live = context;

    if (live->terminal)
        draw(live);
    else
        say_changes(live);
}

void observe_live_changed(struct observe_live *live)
{
    if (!live->timer.armed)
        loop_timer_set(live->loop, &live->timer, clock_now_us(loop_clock(live->loop)) + PERIOD_US,
                       show, live);
}

void observe_live_free(struct observe_live *live)
{
    if (!live)
        return;
    loop_timer_cancel(live->loop, &live->timer);
    show(live);
    for (size_t i = 0; i < OBSERVATION_SESSIONS_MAX; i++)
        free(live->said[i]);
    free(live);
}
