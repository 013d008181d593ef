#include "command/check_gauge.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "command/check_report.h"
#include "command/output.h"
#include "net/loop.h"
#include "probe/plan.h"
#include "probe/runner.h"

enum {
    PERIOD_US = 100 * 1000,
    AGE_US = 1000 * 1000,
    CELLS = 20,
    COLUMNS = 80,
    LINE_MAX_BYTES = 256,
    NOTES_SHOWN = 300
};

static const char clear_line[] = "\r\x1b[K";

struct check_gauge {
    struct loop *loop;
    const struct plan *plan;
    const struct redactor *redactor;
    const struct runner *runner;
    bool terminal, drawn;
    bool tells; /* failures as they come */
    bool soon;  /* the timer is for a change, not for the age */
    bool *told; /* of each case: its failure was said */
    struct loop_timer timer;
    int64_t began_us;
};

struct check_gauge *check_gauge_new(struct loop *loop, const struct plan *plan,
                                    const struct redactor *redactor, bool report_follows)
{
    struct check_gauge *gauge = xcalloc(1, sizeof(*gauge));
    const char *term = getenv("TERM");

    gauge->loop = loop;
    gauge->plan = plan;
    gauge->redactor = redactor;
    gauge->terminal = isatty(STDERR_FILENO) == 1 && term && strcmp(term, "dumb") != 0;
    gauge->tells = !report_follows || !gauge->terminal || isatty(STDOUT_FILENO) != 1;
    gauge->told = xcalloc(plan->count + 1, sizeof(*gauge->told));
    gauge->began_us = clock_now_us(loop_clock(loop));
    return gauge;
}

/* A terminal that cannot be written to is nobody's loss: the report follows. */
static void put(const char *text, size_t len)
{
    (void)file_write_all(&file_ops_system, STDERR_FILENO, text, len);
}

void check_gauge_clear(struct check_gauge *gauge)
{
    if (gauge->drawn)
        put(clear_line, strlen(clear_line));
    gauge->drawn = false;
}

static void draw_in(struct check_gauge *gauge, int64_t delay_us);

static void draw(void *context)
{
    struct check_gauge *gauge = context;
    struct winsize size = {.ws_col = 0};
    struct runner_tally tally;
    struct bytes line;
    size_t settled, filled, columns;

    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        size.ws_col = COLUMNS;
    columns = size.ws_col > 1 ? size.ws_col - 1U : 1;
    runner_tally(gauge->runner, &tally);
    settled = gauge->plan->count - tally.running - tally.waiting;
    filled = gauge->plan->count ? settled * CELLS / gauge->plan->count : 0;
    bytes_init(&line, LINE_MAX_BYTES);
    bytes_append_byte(&line, '[');
    for (size_t i = 0; i < CELLS; i++)
        bytes_append_byte(&line, i < filled ? '#' : '.');
    bytes_printf(&line, "] %zu of %zu, %zu failed, %zu running, %" PRId64 " s; ^C stops", settled,
                 gauge->plan->count, tally.failed + tally.errors, tally.running,
                 (clock_now_us(loop_clock(gauge->loop)) - gauge->began_us) / 1000000);
    if (tally.pause_us > 0)
        bytes_printf(&line, "; the endpoint asked for a pause, %" PRId64 " s more",
                     (tally.pause_us + 999999) / 1000000);
    if (line.len > columns)
        bytes_truncate(&line, columns);
    put(clear_line, strlen(clear_line));
    put(line.data, line.len);
    bytes_release(&line);
    gauge->drawn = true;
    gauge->soon = false;
    draw_in(gauge, AGE_US);
}

static void draw_in(struct check_gauge *gauge, int64_t delay_us)
{
    loop_timer_set(gauge->loop, &gauge->timer, clock_now_us(loop_clock(gauge->loop)) + delay_us,
                   draw, gauge);
}

static void say_failure(struct check_gauge *gauge, const struct probe_result *result)
{
    const char *notes = result->notes ? result->notes : "see the report";

    check_gauge_clear(gauge);
    output_say(gauge->redactor, "%s %s %s: %.*s", outcome_name(result->outcome),
               check_suite_name(result->plan_case), result->plan_case->name,
               (int)utf8_whole(notes, strlen(notes), NOTES_SHOWN), notes);
}

void check_gauge_changed(struct check_gauge *gauge, const struct runner *runner, size_t index)
{
    const struct probe_result *result = runner_result(runner, index);

    gauge->runner = runner;
    if ((result->outcome == OUTCOME_FAIL || result->outcome == OUTCOME_ERROR) && gauge->tells &&
        !gauge->told[index]) {
        gauge->told[index] = true;
        say_failure(gauge, result);
    }
    if (gauge->terminal && !gauge->soon)
        draw_in(gauge, PERIOD_US);
    gauge->soon = true;
}

void check_gauge_free(struct check_gauge *gauge)
{
    if (!gauge)
        return;
    loop_timer_cancel(gauge->loop, &gauge->timer);
    check_gauge_clear(gauge);
    free(gauge->told);
    free(gauge);
}
