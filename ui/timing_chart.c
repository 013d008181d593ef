#include "ui/timing_chart.h"

#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "base/text.h"
#include "evidence/timeline.h"
#include "ui/stream_text.h"

enum {
    LEFT_WIDE = 36,
    LEFT_NARROW = 26,
    WIDE_FROM = 76,
    NAME = 13,
    FIGURE = 9,
    SCALE = 8,      /* of the labels beside the plot */
    EIGHTHS = 8,    /* steps within a cell */
    FLOOR_US = 100, /* the lower end of the logarithmic scale */
    CLOSE = 5,      /* a gap of 1/CLOSE below the limit is close to it */
    TEXT_MAX = 64,
    AXIS_MARKS_FROM = 40,
};

int timing_chart_left(const struct surface *surface)
{
    return surface->columns >= WIDE_FROM ? LEFT_WIDE : LEFT_NARROW;
}

static int chart_columns(const struct surface *surface)
{
    int columns = surface->columns - timing_chart_left(surface) - 1;

    return columns > 0 ? columns : 0;
}

static void draw_duration(struct pen *pen, enum style style, int64_t us, int columns)
{
    struct bytes text;
    int width;

    bytes_init(&text, TEXT_MAX);
    stream_text_duration(&text, us);
    width = text_width(bytes_text(&text), text.len);
    if (width < columns)
        draw_to(pen, pen->column + columns - width);
    draw_text(pen, style, bytes_text(&text));
    bytes_release(&text);
}

/* ---- waterfall ---- */

/* A recording may tell of times beyond its own end. */
static int column_of(int64_t us, int64_t total_us, int columns)
{
    double share = total_us > 0 ? (double)us / (double)total_us : 0;

    return share <= 0 ? 0 : share >= 1 ? columns : (int)(share * columns);
}

static void draw_bar(struct pen *pen, const struct timing *timing, const struct timing_phase *phase)
{
    bool ascii = canvas_is_ascii(pen->surface->canvas);
    int columns = chart_columns(pen->surface), left = pen->column;
    int from = column_of(phase->from_us, timing->total_us, columns);
    int to = column_of(phase->to_us, timing->total_us, columns);
    const char *full = ascii ? "=" : "█", *thin = ascii ? "|" : "▏";

    if (columns == 0)
        return;
    if (from >= columns)
        from = columns - 1;
    draw_to(pen, left + from);
    if (to <= from)
        draw_text(pen, STYLE_LIVE, thin);
    for (int i = from; i < to; i++)
        draw_text(pen, STYLE_LIVE, full);
    if (phase->open)
        draw_text(pen, STYLE_WARNING, ascii ? ">" : "▸");
}

void timing_chart_phase(const struct surface *surface, int row, const struct timing *timing,
                        size_t index)
{
    const struct timing_phase *phase = &timing->phases[index];
    bool wide = timing_chart_left(surface) == LEFT_WIDE;
    struct pen pen;

    draw_begin(&pen, surface, row, false);
    draw_text(&pen, STYLE_PLAIN, " ");
    draw_field(&pen, phase->open ? STYLE_WARNING : STYLE_LABEL, phase->name, strlen(phase->name),
               NAME);
    if (wide)
        draw_duration(&pen, STYLE_DIM, phase->to_us, FIGURE);
    draw_text(&pen, STYLE_PLAIN, "  ");
    draw_duration(&pen, STYLE_STRONG, phase->to_us - phase->from_us, FIGURE);
    draw_to(&pen, timing_chart_left(surface));
    draw_bar(&pen, timing, phase);
    draw_end(&pen);
}

/* ---- gaps ---- */

static int64_t highest(const struct timing *timing)
{
    int64_t us = timing->timeline->longest_gap_us;

    if (timing->silent_us > us)
        us = timing->silent_us;
    if (timing->gap_limit_us > us)
        us = timing->gap_limit_us;
    return us > 10 * FLOOR_US ? us : 10 * FLOOR_US;
}

/* Thousandths of doublings: a logarithm without a library for it. */
static int64_t doublings(int64_t us)
{
    int64_t whole = 63 - __builtin_clzll((unsigned long long)us);

    return whole * 1000 + (int64_t)((double)us / (double)(INT64_C(1) << whole) * 1000) - 1000;
}

/* How high a gap stands in a plot of so many steps; what is there at all stands one high. */
static int64_t height(const struct timing *timing, int64_t us, int64_t steps)
{
    int64_t bottom = doublings(FLOOR_US), range = doublings(highest(timing)) - bottom;
    int64_t up;

    if (us <= 0)
        return 0;
    up = us > FLOOR_US ? (doublings(us) - bottom) * steps / range : 0;
    return up < 1 ? 1 : up > steps ? steps : up;
}

/* The gap whose height that is. */
static int64_t gap_at(const struct timing *timing, int64_t step, int64_t steps)
{
    int64_t low = FLOOR_US, high = highest(timing);

    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;

        if (height(timing, middle, steps) < step)
            low = middle;
        else
            high = middle;
    }
    return step <= 0 ? FLOOR_US : high;
}

/* The figures left of the plot. */
static void draw_figure(struct pen *pen, const struct timing *timing, int level)
{
    static const struct {
        const char *name;
        double share;
    } figures[] = {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"longest", 1}};
    const struct timeline *timeline = timing->timeline;

    draw_text(pen, STYLE_PLAIN, " ");
    if (level < 4 && timeline_gaps(timeline) > 0) {
        draw_field(pen, STYLE_LABEL, figures[level].name, strlen(figures[level].name), FIGURE - 1);
        draw_duration(pen, STYLE_STRONG, timeline_percentile(timeline, figures[level].share),
                      FIGURE - 1);
    } else if (level == 4 && timeline_bursts(timeline) > 0) {
        draw_format(pen, STYLE_DIM, "%" PRIu64 " %% came at once",
                    timeline_bursts(timeline) * 100 / timeline_gaps(timeline));
    }
}

/* Labels at the top, in the middle and at the bottom; the limit has its own. */
static void draw_scale(struct pen *pen, const struct timing *timing, int level, int levels,
                       bool limit)
{
    int left = timing_chart_left(pen->surface);
    int64_t us = gap_at(timing, (int64_t)(levels - level) * EIGHTHS, (int64_t)levels * EIGHTHS);

    draw_to(pen, left - SCALE - 1);
    if (limit && timing->gap_limit_us)
        draw_duration(pen, STYLE_WARNING, timing->gap_limit_us, SCALE);
    else if (level == 0 || level == levels / 2 || level == levels - 1)
        draw_duration(pen, STYLE_DIM, level == levels - 1 ? FLOOR_US : us, SCALE);
    draw_to(pen, left);
}

static const char *partial(int64_t eighths, bool ascii)
{
    static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    static const char *const plain[] = {".", ".", ".", ":", ":", ":", "#", "#"};

    return ascii ? plain[eighths - 1] : blocks[eighths - 1];
}

/* The silence that goes on while nothing comes grows at the right end. */
static int64_t gap_in_column(const struct timing *timing, int column, int columns)
{
    int64_t from_us = (int64_t)((double)timing->total_us * column / columns);
    int64_t to_us = (int64_t)((double)timing->total_us * (column + 1) / columns);
    int64_t us = timeline_gap_between(timing->timeline, from_us, to_us);

    if (timing->silent_us > us && to_us > timing->timeline->last_us)
        us = timing->silent_us;
    return us;
}

static enum style gap_style(const struct timing *timing, int64_t us)
{
    bool close = timing->gap_limit_us && us >= timing->gap_limit_us - timing->gap_limit_us / CLOSE;

    return close ? STYLE_WARNING : STYLE_LIVE;
}

void timing_chart_gaps(const struct surface *surface, int row, const struct timing *timing,
                       int level, int levels)
{
    bool ascii = canvas_is_ascii(surface->canvas);
    int columns = chart_columns(surface);
    int64_t steps = (int64_t)levels * EIGHTHS, below = (int64_t)(levels - 1 - level) * EIGHTHS;
    int64_t limit = height(timing, timing->gap_limit_us, steps);
    bool at_limit = limit > below && limit <= below + EIGHTHS;
    struct pen pen;

    draw_begin(&pen, surface, row, false);
    draw_figure(&pen, timing, level);
    draw_scale(&pen, timing, level, levels, at_limit);
    for (int column = 0; column < columns; column++) {
        int64_t us = gap_in_column(timing, column, columns);
        int64_t over = height(timing, us, steps) - below;

        if (over > 0)
            draw_text(&pen, gap_style(timing, us), partial(over < EIGHTHS ? over : EIGHTHS, ascii));
        else if (at_limit)
            draw_text(&pen, STYLE_WARNING, ascii ? "-" : "┄");
        else
            draw_text(&pen, STYLE_PLAIN, " ");
    }
    draw_end(&pen);
}

/* ---- axis ---- */

void timing_chart_axis(const struct surface *surface, int row, const struct timing *timing)
{
    int left = timing_chart_left(surface), columns = chart_columns(surface);
    struct pen pen;

    draw_begin(&pen, surface, row, false);
    draw_to(&pen, left);
    if (columns > 0) {
        draw_text(&pen, STYLE_DIM, "0");
        if (columns >= AXIS_MARKS_FROM) {
            draw_to(&pen, left + columns / 2 - FIGURE / 2);
            draw_duration(&pen, STYLE_DIM, timing->total_us / 2, 0);
        }
        draw_to(&pen, left + columns - FIGURE);
        draw_duration(&pen, STYLE_DIM, timing->total_us, FIGURE);
    }
    draw_end(&pen);
}
