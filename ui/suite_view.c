#include "ui/suite_view.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "base/bytes.h"
#include "base/text.h"
#include "command/check_report.h"
#include "contract/workspace.h"
#include "probe/canary.h"
#include "probe/describe.h"
#include "probe/review.h"
#include "ui/application_suite.h"
#include "ui/stream_text.h"

enum {
    CELL_MAX = 4096,
    GAUGE_MOST = 40,
    GAUGE_FROM = 60,
    MARGIN = 2,
    NAME_MIN = 16,
    NAME_MOST = 38
};

/* ---- cells ---- */

static enum outcome outcome_of(const struct suite_row *line)
{
    return line->result ? line->result->outcome : OUTCOME_WAITING;
}

static bool is_settled(const struct suite_row *line)
{
    return line->result && outcome_of(line) >= OUTCOME_PASS;
}

/* What failed stands out without colour: in capitals, with a sign of its own. */
static const char *outcome_word(const struct suite_row *line, enum style *style, const char **sign)
{
    static const struct {
        const char *word;
        enum style style;
        const char *sign;
    } looks[] = {
        [OUTCOME_WAITING] = {"waiting", STYLE_DIM, "."},
        [OUTCOME_RUNNING] = {"running", STYLE_LIVE, ">"},
        [OUTCOME_PASS] = {"pass", STYLE_GOOD, NULL},
        [OUTCOME_FAIL] = {"FAIL", STYLE_BAD, NULL},
        [OUTCOME_SKIPPED] = {"skipped", STYLE_DIM, "-"},
        [OUTCOME_STOPPED] = {"stopped", STYLE_DIM, "-"},
        [OUTCOME_ERROR] = {"ERROR", STYLE_BAD, "!"},
    };
    enum outcome outcome = outcome_of(line);

    *style = looks[outcome].style;
    *sign = looks[outcome].sign;
    if (line->hidden && is_settled(line)) {
        *style = STYLE_PLAIN;
        *sign = " ";
        return "done";
    }
    return looks[outcome].word;
}

static bool shows_answer(const struct suite_row *line)
{
    return line->result && line->result->verdict && !line->hidden;
}

static void sent_cell(const struct suite_row *line, struct bytes *out)
{
    describe_change(line->plan_case->probe, line->plan_case->operation, out);
}

static void expected_cell(const struct suite_row *line, struct bytes *out)
{
    describe_expectation(line->plan_case->probe, out);
}

void suite_view_cost(const struct suite_row *line, struct bytes *out)
{
    const struct plan_case *plan_case = line->plan_case;
    const struct probe *probe = plan_case->probe;

    if (probe->expect.refused)
        bytes_puts(out, "sends nothing");
    else if (probe->target == PROBE_SIMULATOR)
        bytes_puts(out, "simulated");
    else
        bytes_printf(out, "%d%s", plan_case->attempts_max,
                     probe->may_be_billed ? " may be billed" : " not billed");
}

static void status_cell(const struct suite_row *line, struct bytes *out)
{
    if (shows_answer(line) && line->result->http_status > 0)
        bytes_printf(out, "%d", line->result->http_status);
}

static void verdict_cell(const struct suite_row *line, struct bytes *out)
{
    if (shows_answer(line))
        bytes_puts(out, line->result->verdict);
    else if (is_settled(line) && !line->hidden && line->result->attempts == 0)
        bytes_puts(out, "not sent");
}

static void class_cell(const struct suite_row *line, struct bytes *out)
{
    if (shows_answer(line))
        bytes_puts(out, line->result->failure.class);
}

static void action_cell(const struct suite_row *line, struct bytes *out)
{
    if (shows_answer(line))
        bytes_puts(out, line->result->failure.action);
}

/* A star: a reviewer says so; what is computed stands in the detail beside it. */
static void finding_cell(const struct suite_row *line, enum review_subject subject,
                         enum tristate computed, struct bytes *out)
{
    struct review review;
    bool reviewed = reviews_find(line->reviews, line->plan_case->name, subject, &review) &&
                    !(line->result && review_outdated(&review, line->result, NULL));
    enum tristate value = reviewed ? review.value : computed;

    if (line->result && (line->result->verdict || reviewed))
        bytes_printf(out, "%s%s", value == IS_UNKNOWN ? "?" : tristate_name(value),
                     reviewed ? "*" : "");
}

/* How many of the things that a canary proves hold. */
static void parts_cell(const struct suite_row *line, struct bytes *out)
{
    const struct canary *canary = shows_answer(line) ? line->result->canary : NULL;
    int held = 0;

    if (!canary)
        return;
    for (enum canary_part part = 0; part < CANARY_PARTS; part++)
        held += canary->holds[part] == IS_YES;
    bytes_printf(out, "%d/%d", held, CANARY_PARTS);
}

static void documented_cell(const struct suite_row *line, struct bytes *out)
{
    if (line->result && !line->hidden)
        finding_cell(line, REVIEW_DOCUMENTED, line->result->documented, out);
}

static void handled_cell(const struct suite_row *line, struct bytes *out)
{
    if (line->result && !line->hidden)
        finding_cell(line, REVIEW_HANDLED, line->result->handled, out);
}

static void evidence_cell(const struct suite_row *line, struct bytes *out)
{
    if (line->result)
        bytes_printf(out, "%s%s", line->result->id, line->result->simulated ? " sim" : "");
}

/* ---- columns ---- */

enum { FLEXIBLE = 0 };

static const struct suite_column {
    const char *title;
    int width; /* FLEXIBLE: what the others leave, in equal parts */
    int from;  /* shown when the pane has so many columns */
    bool planned, run;
    void (*text)(const struct suite_row *line, struct bytes *out);
} columns[] = {
    {"HTTP", 4, 50, false, true, status_cell},
    {"verdict", 11, 64, false, true, verdict_cell},
    {"class", 18, 86, false, true, class_cell},
    {"action", 20, 150, false, true, action_cell},
    {"holds", 5, 130, false, true, parts_cell},
    {"doc?", 4, 72, false, true, documented_cell},
    {"hnd?", 4, 76, false, true, handled_cell},
    {"costs", 15, 60, true, false, suite_view_cost},
    {"sends", FLEXIBLE, 104, true, true, sent_cell},
    {"expects", FLEXIBLE, 130, true, false, expected_cell},
    {"evidence", 33, 178, false, true, evidence_cell},
};
enum { COLUMNS = sizeof(columns) / sizeof(*columns), OUTCOME_COLUMNS = 10 };

static bool is_shown(const struct surface *surface, const struct suite_column *column, bool planned)
{
    return surface->columns >= column->from && (planned ? column->planned : column->run);
}

/* The name of the case, and each of the flexible columns. */
struct widths {
    int name, flexible;
};

static struct widths widths_for(const struct surface *surface, bool planned)
{
    int left = surface->columns - MARGIN - (planned ? 0 : OUTCOME_COLUMNS), flexible = 0;
    struct widths widths = {.name = left};

    for (size_t i = 0; i < COLUMNS; i++) {
        if (!is_shown(surface, &columns[i], planned))
            continue;
        left -= columns[i].width ? columns[i].width + 1 : 1;
        flexible += columns[i].width == FLEXIBLE;
    }
    widths.name = flexible && left / 2 < NAME_MOST ? left / 2 : flexible ? NAME_MOST : left - 1;
    if (widths.name < NAME_MIN)
        widths.name = NAME_MIN;
    if (flexible)
        widths.flexible = (left - widths.name - 1) / flexible;
    return widths;
}

static int width_of(const struct suite_column *column, const struct widths *widths)
{
    return column->width ? column->width : widths->flexible;
}

void suite_view_titles(const struct surface *surface, int row, bool planned)
{
    struct widths widths = widths_for(surface, planned);
    struct pen pen;

    draw_begin(&pen, surface, row, false);
    draw_to(&pen, MARGIN);
    if (!planned)
        draw_field(&pen, STYLE_LABEL, "outcome", strlen("outcome"), OUTCOME_COLUMNS);
    draw_field(&pen, STYLE_LABEL, "case", strlen("case"), widths.name);
    for (size_t i = 0; i < COLUMNS; i++) {
        if (!is_shown(surface, &columns[i], planned))
            continue;
        draw_text(&pen, STYLE_PLAIN, " ");
        draw_field(&pen, STYLE_LABEL, columns[i].title, strlen(columns[i].title),
                   width_of(&columns[i], &widths));
    }
    draw_end(&pen);
}

static void draw_outcome(struct pen *pen, const struct suite_row *line)
{
    enum style style;
    const char *sign, *word = outcome_word(line, &style, &sign);

    if (!sign)
        sign = draw_sign(pen->surface, outcome_of(line) == OUTCOME_PASS ? SIGN_YES : SIGN_NO);
    draw_format(pen, style, "%s %s", sign, word);
    draw_to(pen, MARGIN + OUTCOME_COLUMNS);
}

void suite_view_row(const struct surface *surface, int row, const struct suite_row *line)
{
    bool planned = !line->result;
    struct widths widths = widths_for(surface, planned);
    const char *name = line->plan_case->name;
    struct bytes cell;
    struct pen pen;

    bytes_init(&cell, CELL_MAX);
    draw_begin(&pen, surface, row, line->selected && surface->focused);
    draw_text(&pen, STYLE_FOCUS,
              line->selected && surface->focused ? draw_sign(surface, SIGN_POINTER) : " ");
    draw_to(&pen, MARGIN);
    if (!planned)
        draw_outcome(&pen, line);
    draw_field(&pen, STYLE_PLAIN, name, strlen(name), widths.name);
    for (size_t i = 0; i < COLUMNS; i++) {
        if (!is_shown(surface, &columns[i], planned))
            continue;
        bytes_clear(&cell);
        columns[i].text(line, &cell);
        draw_text(&pen, STYLE_PLAIN, " ");
        draw_field(&pen, STYLE_PLAIN, bytes_text(&cell), cell.len, width_of(&columns[i], &widths));
    }
    draw_end(&pen);
    bytes_release(&cell);
}

void suite_view_text(const struct suite_row *line, struct bytes *out)
{
    enum style style;
    const char *sign, *word = outcome_word(line, &style, &sign);

    bytes_printf(out, "%s\t%s", line->result ? word : "planned", line->plan_case->name);
    for (size_t i = 0; i < COLUMNS; i++) {
        if (!(line->result ? columns[i].run : columns[i].planned))
            continue;
        bytes_puts(out, "\t");
        columns[i].text(line, out);
    }
    if (shows_answer(line) && line->result->canary) {
        bytes_puts(out, "\t");
        check_canary(line->result->canary, out);
    }
}

/* ---- above the rows ---- */

/* What Enter does with a plan. */
static void add_next(const struct suite_view *suite, struct bytes *out)
{
    if (suite->restriction)
        bytes_printf(out, "%s: it is only read, nothing can be sent", suite->restriction);
    else
        bytes_puts(out, "Nothing was sent yet: Enter starts it");
    if (suite->behind)
        bytes_printf(out, ", Esc leads back to the results of %s.", suite->behind);
    else
        bytes_puts(out, ", Esc leaves.");
}

static void add_blocked(const struct suite_view *suite, struct bytes *out)
{
    if (suite->blocked.count > 0)
        bytes_printf(out, "refused: %zu of them, which will not be sent: %s\n",
                     suite->blocked.count, suite->blocked.because);
}

void suite_view_plan(const struct suite_view *suite, struct bytes *out)
{
    const struct suite *chosen = suite->plan->cases[0].suite;
    const struct profile *profile = suite->profile;

    bytes_printf(out, "%s: %s\n", suite->name,
                 chosen ? chosen->title : suite->plan->cases[0].probe->title);
    bytes_puts(out, "costs: ");
    describe_cost(suite->plan, out);
    bytes_puts(out, "\n");
    add_blocked(suite, out);
    bytes_printf(out, "to: %s with profile %s, model %s%s%s\n", suite->base_alias,
                 profile->name ? profile->name : "none", profile->model ? profile->model : "none",
                 profile->production  ? "; PRODUCTION, BILLABLE"
                 : profile->simulator ? "; SIMULATOR"
                                      : "; BILLABLE",
                 profile->production && suite->plan->negative
                     ? ": its name must be typed, for some of it is wrong on purpose"
                     : "");
    add_next(suite, out);
}

/* What must not be missed comes first. */
void suite_view_brief(const struct suite_view *suite, struct bytes *out)
{
    const struct plan *plan = suite->plan;

    bytes_printf(out, "%" PRId64 " request%s, %" PRId64 " may be billed%s", plan->requests,
                 plan->requests == 1 ? "" : "s", plan->billable,
                 suite->profile->production  ? "; PRODUCTION"
                 : suite->profile->simulator ? ""
                                             : "; BILLABLE");
    if (suite->blocked.count > 0)
        bytes_printf(out, "; %zu cannot be sent", suite->blocked.count);
    bytes_printf(out, ".\n%s: i tells all%s", suite->restriction ? suite->restriction : "Not sent",
                 suite->restriction ? "" : ", Enter starts");
}

static void draw_bar(struct pen *pen, size_t done, size_t all)
{
    int most = pen->surface->columns / 4, width = most < GAUGE_MOST ? most : GAUGE_MOST;
    int full = all ? (int)((size_t)width * done / all) : 0;

    draw_text(pen, STYLE_DIM, "[");
    for (int i = 0; i < width; i++)
        draw_text(pen, i < full ? STYLE_STRONG : STYLE_DIM, i < full ? "#" : ".");
    draw_text(pen, STYLE_DIM, "] ");
}

static void draw_part(struct pen *pen, enum style style, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Only whole: half a number tells another one. */
static void draw_part(struct pen *pen, enum style style, const char *format, ...)
{
    struct bytes part;
    va_list args;

    bytes_init(&part, CELL_MAX);
    va_start(args, format);
    bytes_vprintf(&part, format, args);
    va_end(args);
    if (pen->column + text_width(bytes_text(&part), part.len) <= pen->surface->columns)
        draw_bytes(pen, style, bytes_text(&part), part.len);
    bytes_release(&part);
}

static void draw_count(struct pen *pen, enum style style, size_t count, const char *word)
{
    if (count > 0)
        draw_part(pen, style, "  %zu %s", count, word);
}

void suite_view_gauge(const struct surface *surface, int row, const struct suite_view *suite,
                      bool hidden)
{
    const struct runner_tally *tally = &suite->tally;
    size_t all = suite->plan->count;
    size_t done = all - tally->running - tally->waiting - tally->skipped - tally->stopped;
    struct bytes took;
    struct pen pen;

    bytes_init(&took, CELL_MAX);
    stream_text_duration(&took, suite->took_us);
    draw_begin(&pen, surface, row, false);
    draw_text(&pen, STYLE_PLAIN, " ");
    if (surface->columns >= GAUGE_FROM)
        draw_bar(&pen, done, all);
    draw_format(&pen, STYLE_STRONG, "%zu/%zu", done, all);
    draw_count(&pen, STYLE_LIVE, tally->running, "running");
    if (tally->pause_us > 0)
        draw_part(&pen, STYLE_WARNING, "  asked to pause %" PRId64 " s",
                  (tally->pause_us + 999999) / 1000000);
    if (!hidden) {
        draw_count(&pen, STYLE_BAD, tally->failed, "FAILED");
        draw_count(&pen, STYLE_BAD, tally->errors, "ERRORS");
        draw_count(&pen, STYLE_WARNING, tally->stopped, "stopped");
        draw_count(&pen, STYLE_GOOD, tally->passed, "passed");
        draw_count(&pen, STYLE_DIM, tally->skipped, "skipped");
    }
    draw_part(&pen, STYLE_DIM, "  %" PRId64 " request%s", tally->requests,
              tally->requests == 1 ? "" : "s");
    draw_part(&pen, STYLE_DIM, "  %s", bytes_text(&took));
    draw_end(&pen);
    bytes_release(&took);
}

int suite_view_alerts(const struct surface *surface, int row, int most, const char *alerts)
{
    static const char word[] = "alert: ";
    int end = row + most;

    while (alerts && *alerts && row < end) {
        size_t len = strcspn(alerts, "\n");
        struct pen pen;

        if (strncmp(alerts, word, strlen(word)) == 0) {
            draw_begin(&pen, surface, row++, false);
            draw_text(&pen, STYLE_PLAIN, " ");
            draw_cut(&pen, STYLE_WARNING, alerts, len);
            draw_end(&pen);
        }
        alerts += len + (alerts[len] == '\n');
    }
    return row;
}
