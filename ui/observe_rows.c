#include "ui/observe_rows.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "command/observe_report.h"
#include "command/observe_watch.h"
#include "ui/observe_text.h"

enum {
    CELL_MAX = 1024,
    MARGIN = 2,
    HANDLED_COLUMNS = 10,
    NAME_MIN = 16,
    NAME_MOST = 30,
    PATH_FROM = 110
};

/* ---- cells ---- */

static void verdict_cell(const struct observed_session *session, struct bytes *out)
{
    const struct reference *reference = observed_reference(session);

    bytes_puts(out, reference ? verdict_name(reference->verdict) : "");
}

static void class_cell(const struct observed_session *session, struct bytes *out)
{
    const struct reference *reference = observed_reference(session);

    bytes_puts(out, reference ? reference->failure.class : "");
}

static void attempts_cell(const struct observed_session *session, struct bytes *out)
{
    bytes_printf(out, "%" PRIu64, session->count + session->beyond);
}

static void gaps_cell(const struct observed_session *session, struct bytes *out)
{
    observe_gaps(session, out);
}

static void count_cell(const struct observed_session *session, struct bytes *out)
{
    bytes_printf(out, "%zu", session->finding_count);
}

/* ---- columns ---- */

enum { FLEXIBLE = 0, ALWAYS = 10000 };

static const struct observe_column {
    const char *title;
    int width;       /* FLEXIBLE: what the others leave, in equal parts */
    int from, below; /* shown when the pane has so many columns, and no more than that */
    void (*text)(const struct observed_session *session, struct bytes *out);
} columns[] = {
    {"tries", 5, 36, ALWAYS, attempts_cell},
    {"class", 14, 58, ALWAYS, class_cell},
    {"verdict", 10, 132, ALWAYS, verdict_cell},
    {"gaps", 14, 72, ALWAYS, gaps_cell},
    {"Retry-After", 13, 92, ALWAYS, observe_text_hint},
    {"finds", 5, 44, 106, count_cell},
    {"findings", FLEXIBLE, 106, ALWAYS, observe_text_findings},
    {"ended", FLEXIBLE, 120, ALWAYS, observe_end},
};
enum { COLUMNS = sizeof(columns) / sizeof(*columns) };

static bool is_shown(const struct surface *surface, const struct observe_column *column)
{
    return surface->columns >= column->from && surface->columns < column->below;
}

struct widths {
    int name, flexible;
};

static struct widths widths_for(const struct surface *surface)
{
    int left = surface->columns - MARGIN - HANDLED_COLUMNS, flexible = 0;
    struct widths widths;

    for (size_t i = 0; i < COLUMNS; i++) {
        if (!is_shown(surface, &columns[i]))
            continue;
        left -= columns[i].width + 1;
        flexible += columns[i].width == FLEXIBLE;
    }
    widths.name = left > NAME_MOST ? NAME_MOST : left < NAME_MIN ? NAME_MIN : left;
    widths.flexible = flexible ? (left - widths.name) / flexible : 0;
    return widths;
}

static int width_of(const struct observe_column *column, const struct widths *widths)
{
    return column->width ? column->width : widths->flexible;
}

void observe_rows_titles(const struct surface *surface, int row)
{
    struct widths widths = widths_for(surface);
    struct pen pen;

    draw_begin(&pen, surface, row, false);
    draw_to(&pen, MARGIN);
    draw_field(&pen, STYLE_LABEL, "handled", strlen("handled"), HANDLED_COLUMNS);
    draw_field(&pen, STYLE_LABEL, "scenario", strlen("scenario"), widths.name);
    for (size_t i = 0; i < COLUMNS; i++) {
        if (!is_shown(surface, &columns[i]))
            continue;
        draw_text(&pen, STYLE_PLAIN, " ");
        draw_field(&pen, STYLE_LABEL, columns[i].title, strlen(columns[i].title),
                   width_of(&columns[i], &widths));
    }
    draw_end(&pen);
}

/* Never by colour alone: a sign and a word, what is wrong in capitals. */
static void draw_handled(struct pen *pen, const struct observe_row *line)
{
    const char *word = observe_text_handled(line->session), *sign = "?";
    enum style style = STYLE_WARNING;

    if (!line->session) {
        sign = ".";
        style = STYLE_DIM;
    } else if (line->session->handled == IS_YES) {
        sign = draw_sign(pen->surface, SIGN_YES);
        style = STYLE_GOOD;
    } else if (line->session->handled == IS_NO) {
        sign = draw_sign(pen->surface, SIGN_NO);
        style = STYLE_BAD;
    } else if (strcmp(word, "open") == 0) {
        sign = ">";
        style = STYLE_LIVE;
    }
    draw_format(pen, style, "%s %s", sign, word);
    draw_to(pen, MARGIN + HANDLED_COLUMNS);
}

void observe_rows_draw(const struct surface *surface, int row, const struct observe_row *line)
{
    struct widths widths = widths_for(surface);
    enum style style = line->session ? STYLE_PLAIN : STYLE_DIM;
    struct bytes cell;
    struct pen pen;

    bytes_init(&cell, CELL_MAX);
    draw_begin(&pen, surface, row, line->selected && surface->focused);
    draw_text(&pen, STYLE_FOCUS,
              line->selected && surface->focused ? draw_sign(surface, SIGN_POINTER) : " ");
    draw_to(&pen, MARGIN);
    draw_handled(&pen, line);
    draw_field(&pen, style, line->name, strlen(line->name), widths.name);
    for (size_t i = 0; line->session && i < COLUMNS; i++) {
        if (!is_shown(surface, &columns[i]))
            continue;
        bytes_clear(&cell);
        columns[i].text(line->session, &cell);
        draw_text(&pen, STYLE_PLAIN, " ");
        draw_field(&pen, style, bytes_text(&cell), cell.len, width_of(&columns[i], &widths));
    }
    draw_end(&pen);
    bytes_release(&cell);
}

void observe_rows_text(const struct observe_row *line, struct bytes *out)
{
    bytes_printf(out, "%s\t%s", observe_text_handled(line->session), line->name);
    for (size_t i = 0; line->session && i < COLUMNS; i++) {
        if (columns[i].text == count_cell)
            continue;
        bytes_puts(out, "\t");
        columns[i].text(line->session, out);
    }
}

/* ---- above them ---- */

static void draw_count(struct pen *pen, enum style style, uint64_t count, const char *word)
{
    if (count > 0)
        draw_format(pen, style, "  %" PRIu64 " %s", count, word);
}

void observe_rows_state(const struct surface *surface, int row, const struct observe_view *view)
{
    static const struct {
        const char *word;
        enum style style;
    } states[] = {[OBSERVE_LIVE] = {"watching", STYLE_LIVE},
                  [OBSERVE_ENDING] = {"ending", STYLE_WARNING},
                  [OBSERVE_ENDED] = {"ended", STYLE_STRONG}};
    const struct observation_tally *tally = &view->tally;
    struct pen pen;

    draw_begin(&pen, surface, row, false);
    draw_text(&pen, STYLE_PLAIN, " ");
    draw_text(&pen, states[view->state].style, states[view->state].word);
    if (view->count > 0)
        draw_format(&pen, STYLE_LIVE, "  run %zu/%zu", view->begun, view->count);
    draw_count(&pen, STYLE_BAD, tally->no, "NOT handled");
    draw_count(&pen, STYLE_GOOD, tally->yes, "handled");
    draw_count(&pen, STYLE_WARNING, tally->unknown, "unknown");
    draw_format(&pen, STYLE_DIM, "  %" PRIu64 " requests", tally->requests);
    draw_count(&pen, STYLE_WARNING, tally->lost, "records LOST");
    if (view->command) {
        draw_text(&pen, STYLE_LABEL, "  of ");
        draw_cut(&pen, STYLE_PLAIN, view->command, strlen(view->command));
    }
    draw_end(&pen);
}

void observe_rows_place(const struct surface *surface, int row, const struct observe_view *view,
                        const char *scenario)
{
    struct pen pen;
    char *address;

    draw_begin(&pen, surface, row, false);
    draw_text(&pen, STYLE_PLAIN, " ");
    if (view->state == OBSERVE_ENDED) {
        draw_text(&pen, STYLE_LABEL, view->kept ? "kept as " : "not kept");
        if (view->kept)
            draw_text(&pen, STYLE_STRONG, view->id);
        else if (view->trouble)
            draw_format(&pen, STYLE_BAD, ": %s", view->trouble);
        if (view->kept && surface->columns >= PATH_FROM) {
            draw_text(&pen, STYLE_LABEL, ", ");
            draw_cut(&pen, STYLE_PLAIN, view->kept, strlen(view->kept));
        }
    } else {
        address = observe_view_address(view, scenario);
        draw_text(&pen, STYLE_LABEL, surface->columns < 70 ? "at " : "OPENAI_BASE_URL=");
        draw_cut(&pen, STYLE_STRONG, address, strlen(address));
        free(address);
    }
    draw_end(&pen);
}
