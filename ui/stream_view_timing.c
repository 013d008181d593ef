/* When things happened: milestones, the gaps between events, the longest ones, the limits. */
#include "ui/stream_view.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "evidence/timeline.h"
#include "ui/application.h"
#include "ui/list.h"
#include "ui/stream_text.h"
#include "ui/timing_chart.h"

enum { TEXT_MAX = 512, LEVELS_MIN = 4, LEVELS_MAX = 8, NAME = 13, FIGURE = 9, SHEET_COLUMNS = 100 };

struct view_timing {
    struct stream_view view;
    struct list list; /* only its top */
};

/* What one drawing is made of. */
struct sheet {
    const struct surface *surface;
    const struct exchange_state *state;
    struct timing timing;
    int levels; /* of the plot */
};

static struct view_timing *self(struct stream_view *view)
{
    return (struct view_timing *)view;
}

static struct stream_view *create(struct application *application)
{
    struct view_timing *timing = xcalloc(1, sizeof(*timing));

    timing->view = (struct stream_view){
        .ops = &stream_view_timing, .application = application, .follow = true};
    return &timing->view;
}

static void destroy(struct stream_view *view)
{
    free(view);
}

static void forget(struct stream_view *view)
{
    self(view)->list.top = 0;
}

/* ---- sections: so many rows each, drawn one by one ---- */

static size_t one_row(const struct sheet *sheet)
{
    (void)sheet;
    return 1;
}

static void draw_rates(const struct sheet *sheet, int row, size_t index)
{
    struct bytes text;

    (void)index;
    bytes_init(&text, TEXT_MAX);
    bytes_puts(&text, " ");
    timing_rates(&sheet->timing, sheet->state, &text);
    draw_line(sheet->surface, row, STYLE_PLAIN, bytes_text(&text));
    bytes_release(&text);
}

static size_t phase_rows(const struct sheet *sheet)
{
    return sheet->timing.phase_count;
}

static void draw_phase(const struct sheet *sheet, int row, size_t index)
{
    timing_chart_phase(sheet->surface, row, &sheet->timing, index);
}

static bool has_gaps(const struct sheet *sheet)
{
    return timeline_gaps(sheet->timing.timeline) > 0 || sheet->timing.silent_us > 0;
}

static size_t gap_title_rows(const struct sheet *sheet)
{
    return has_gaps(sheet) ? 1 : 0;
}

static void draw_gap_title(const struct sheet *sheet, int row, size_t index)
{
    struct pen pen;

    (void)index;
    draw_begin(&pen, sheet->surface, row, false);
    draw_text(&pen, STYLE_LABEL, " gaps between events");
    draw_text(&pen, STYLE_DIM, ", logarithmic");
    if (sheet->timing.gap_limit_us)
        draw_text(&pen, STYLE_WARNING,
                  canvas_is_ascii(sheet->surface->canvas) ? "  --- limit" : "  ┄┄┄ limit");
    draw_end(&pen);
}

static size_t gap_rows(const struct sheet *sheet)
{
    return has_gaps(sheet) ? (size_t)sheet->levels : 0;
}

static void draw_gaps(const struct sheet *sheet, int row, size_t index)
{
    timing_chart_gaps(sheet->surface, row, &sheet->timing, (int)index, sheet->levels);
}

static void draw_axis(const struct sheet *sheet, int row, size_t index)
{
    (void)index;
    timing_chart_axis(sheet->surface, row, &sheet->timing);
}

static size_t longest_rows(const struct sheet *sheet)
{
    size_t count = sheet->timing.timeline->longest_count;

    return count > 0 ? count + 2 : 0;
}

static void draw_longest(const struct sheet *sheet, int row, size_t index)
{
    const struct timeline_gap *gap;
    struct bytes text;
    struct pen pen;

    draw_begin(&pen, sheet->surface, row, false);
    if (index < 2) {
        draw_text(&pen, STYLE_LABEL, index == 1 ? " longest gaps" : NULL);
        draw_text(&pen, STYLE_DIM, index == 1 ? "   Enter shows what ended the first one" : NULL);
        draw_end(&pen);
        return;
    }
    gap = &sheet->timing.timeline->longest[index - 2];
    bytes_init(&text, TEXT_MAX);
    stream_text_duration(&text, gap->us);
    draw_text(&pen, STYLE_PLAIN, "  ");
    draw_field(&pen, STYLE_STRONG, bytes_text(&text), text.len, FIGURE);
    bytes_clear(&text);
    bytes_printf(&text, " before event %" PRIu64 " at ", gap->event);
    stream_text_duration(&text, gap->ended_us);
    bytes_printf(&text, ", byte %" PRIu64, gap->offset);
    draw_cut(&pen, STYLE_PLAIN, bytes_text(&text), text.len);
    draw_end(&pen);
    bytes_release(&text);
}

static size_t limit_rows(const struct sheet *sheet)
{
    size_t count = sheet->timing.limit_count;

    return count > 0 ? count + 2 : 0;
}

/* "gap          60.00 s  3.00 s was the most, 5 %" */
static void describe_limit(const struct timing_limit *limit, struct bytes *out)
{
    if (limit->us > 0)
        stream_text_duration(out, limit->us);
    else
        bytes_puts(out, "none");
    if (limit->used_us < 0)
        return;
    bytes_puts(out, ", used ");
    stream_text_duration(out, limit->used_us);
    if (limit->us > 0)
        bytes_printf(out, ", %" PRId64 " %%", limit->used_us * 100 / limit->us);
}

static void draw_limit(const struct sheet *sheet, int row, size_t index)
{
    const struct timing_limit *limit;
    bool reached;
    struct bytes text;
    struct pen pen;

    if (index < 2) {
        draw_line(sheet->surface, row, STYLE_LABEL, index == 1 ? " limits in force" : NULL);
        return;
    }
    limit = &sheet->timing.limits[index - 2];
    reached = limit->us > 0 && limit->used_us >= limit->us;
    bytes_init(&text, TEXT_MAX);
    describe_limit(limit, &text);
    draw_begin(&pen, sheet->surface, row, false);
    draw_format(&pen, STYLE_PLAIN, "  %-*s", NAME, limit->name);
    draw_cut(&pen, reached ? STYLE_WARNING : STYLE_PLAIN, bytes_text(&text), text.len);
    draw_text(&pen, STYLE_WARNING, reached ? "  reached" : "");
    draw_end(&pen);
    bytes_release(&text);
}

static const struct section {
    size_t (*rows)(const struct sheet *sheet);
    void (*draw)(const struct sheet *sheet, int row, size_t index);
} sections[] = {
    {one_row, draw_rates},        {phase_rows, draw_phase}, {gap_title_rows, draw_gap_title},
    {gap_rows, draw_gaps},        {one_row, draw_axis},     {limit_rows, draw_limit},
    {longest_rows, draw_longest},
};
enum { SECTIONS = sizeof(sections) / sizeof(*sections) };

static size_t count_rows(const struct sheet *sheet)
{
    size_t count = 0;

    for (size_t i = 0; i < SECTIONS; i++)
        count += sections[i].rows(sheet);
    return count;
}

static void draw_row(const struct sheet *sheet, int row, size_t index)
{
    for (size_t i = 0; i < SECTIONS; i++) {
        size_t rows = sections[i].rows(sheet);

        if (index < rows) {
            sections[i].draw(sheet, row, index);
            return;
        }
        index -= rows;
    }
}

/* Both charts fit on one screen where that is possible. */
static int plot_levels(const struct sheet *sheet)
{
    int levels = sheet->surface->rows - (int)sheet->timing.phase_count - 3;

    return levels < LEVELS_MIN ? LEVELS_MIN : levels > LEVELS_MAX ? LEVELS_MAX : levels;
}

static void draw(struct stream_view *view, const struct exchange_state *state,
                 const struct surface *surface)
{
    struct list *list = &self(view)->list;
    struct sheet sheet = {.surface = surface, .state = state};
    int row = 0;

    if (!timing_from(state, application_shown_now_us(view->application), &sheet.timing)) {
        list_fit_view(list, 0, 0);
        draw_line(surface, row++, STYLE_DIM, " (no times)");
        draw_blank_from(surface, row);
        return;
    }
    sheet.levels = plot_levels(&sheet);
    list_fit_view(list, count_rows(&sheet), surface->rows > 0 ? (size_t)surface->rows : 0);
    for (; row < surface->rows && list->top + (size_t)row < list->count; row++)
        draw_row(&sheet, row, list->top + (size_t)row);
    draw_blank_from(surface, row);
}

/* To the event that ended the longest silence. */
static unsigned show_longest(struct stream_view *view)
{
    struct exchange_state state;

    if (!application_shown(view->application, &state) || !state.timeline ||
        state.timeline->longest_count == 0)
        return EFFECT_UNHANDLED;
    view->jump = "events";
    view->jump_place = state.timeline->longest[0].event;
    return EFFECT_DRAW;
}

static unsigned request(struct stream_view *view, const struct request_call *call)
{
    if (call->request == REQUEST_ACTIVATE)
        return show_longest(view);
    return list_scroll(&self(view)->list, call->request) ? EFFECT_DRAW : EFFECT_UNHANDLED;
}

/* As it is drawn, on a sheet of its own. */
static const char *text(struct stream_view *view, const struct exchange_state *state,
                        enum pane_part part, struct bytes *out)
{
    struct view_timing own = {.view = *view};
    struct surface surface = {.columns = SHEET_COLUMNS, .rows = (int)self(view)->list.count};

    (void)part;
    if (surface.rows == 0)
        return NULL;
    surface.canvas = canvas_new(surface.rows, surface.columns, false);
    canvas_use_redactor(surface.canvas, application_redactor(view->application));
    draw(&own.view, state, &surface);
    canvas_dump(surface.canvas, out);
    canvas_free(surface.canvas);
    return "the times";
}

static void place(const struct stream_view *view, struct bytes *out)
{
    list_place(&((const struct view_timing *)view)->list, out);
}

const struct stream_view_ops stream_view_timing = {
    .name = "timing",
    .create = create,
    .destroy = destroy,
    .forget = forget,
    .draw = draw,
    .request = request,
    .place = place,
    .text = text,
};
