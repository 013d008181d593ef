#include "ui/history_view.h"

#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "judge/verdict.h"
#include "ui/stream_text.h"

enum {
    MEASURES_FROM = 100,
    LEAST_VALUE = 6,
    CELL_MAX = 256,
    MODEL_MIN = 12,
    DAY_AT = 5,
    TIME_AT = 11,
    TIME_END = 19
};

/* ---- cells ---- */

static enum style verdict_style(const char *verdict, enum sign *sign)
{
    static const enum style styles[VERDICT_COUNT] = {
        [VERDICT_CANCELLED] = STYLE_WARNING, [VERDICT_ERRORED] = STYLE_BAD,
        [VERDICT_MALFORMED] = STYLE_BAD,     [VERDICT_LIMITED] = STYLE_WARNING,
        [VERDICT_COMPLETE] = STYLE_GOOD,     [VERDICT_STALLED] = STYLE_WARNING,
        [VERDICT_UNPROVEN] = STYLE_WARNING,  [VERDICT_TRUNCATED] = STYLE_WARNING,
    };

    for (int i = 0; verdict && i < VERDICT_COUNT; i++)
        if (strcmp(verdict_name((enum verdict_kind)i), verdict) == 0) {
            bool whole = i == VERDICT_COMPLETE || i == VERDICT_LIMITED;

            *sign = whole ? SIGN_YES : SIGN_NO;
            return styles[i];
        }
    *sign = SIGN_DOT;
    return STYLE_DIM;
}

/* "2026-11-21 11:17:23" from `from` on, in UTC as the evidence id. */
static void add_time(const struct history_row *exchange, int from, struct bytes *out)
{
    char text[CLOCK_TEXT];

    clock_format(exchange->wall_ms, text);
    text[TIME_AT - 1] = ' ';
    bytes_append(out, text + from, (size_t)(TIME_END - from));
}

static void day_cell(const struct history_row *exchange, struct bytes *out)
{
    add_time(exchange, DAY_AT, out);
}

static void class_cell(const struct history_row *exchange, struct bytes *out)
{
    if (exchange->class && strcmp(exchange->class, "none") != 0)
        bytes_puts(out, exchange->class);
}

static void operation_cell(const struct history_row *exchange, struct bytes *out)
{
    bytes_puts(out, exchange->operation ? exchange->operation : "");
}

static void model_cell(const struct history_row *exchange, struct bytes *out)
{
    bytes_puts(out, exchange->model ? exchange->model : "");
}

static void status_cell(const struct history_row *exchange, struct bytes *out)
{
    if (exchange->status > 0)
        bytes_printf(out, "%d", exchange->status);
}

static void latency_cell(const struct history_row *exchange, struct bytes *out)
{
    if (exchange->latency_us > 0)
        stream_text_duration(out, exchange->latency_us);
}

static void tokens_cell(const struct history_row *exchange, struct bytes *out)
{
    if (exchange->input_tokens >= 0 && exchange->output_tokens >= 0)
        bytes_printf(out, "%" PRId64 "/%" PRId64, exchange->input_tokens, exchange->output_tokens);
}

static void first_cell(const struct history_row *exchange, struct bytes *out)
{
    if (exchange->first_token_us > 0)
        stream_text_duration(out, exchange->first_token_us);
}

static void finish_cell(const struct history_row *exchange, struct bytes *out)
{
    bytes_puts(out, exchange->finish_reasons ? exchange->finish_reasons : "");
}

static void profile_cell(const struct history_row *exchange, struct bytes *out)
{
    bytes_puts(out, exchange->profile ? exchange->profile : "");
}

static void note_cell(const struct history_row *exchange, struct bytes *out)
{
    bytes_puts(out, exchange->note ? exchange->note : "");
}

/* ---- columns ---- */

static const struct view_column {
    const char *title;
    int width; /* 0: the room that is left */
    int from;  /* shown when the pane has so many columns */
    bool right;
    void (*text)(const struct history_row *exchange, struct bytes *out);
} columns[] = {
    {"time (UTC)", 14, 40, false, day_cell},   {"verdict", 11, 0, false, NULL},
    {"class", 20, 110, false, class_cell},     {"operation", 9, 80, false, operation_cell},
    {"model", 0, 0, false, model_cell},        {"HTTP", 4, 60, true, status_cell},
    {"took", 8, 70, true, latency_cell},       {"tokens", 11, 100, true, tokens_cell},
    {"first", 8, 150, true, first_cell},       {"finish", 14, 150, false, finish_cell},
    {"profile", 14, 170, false, profile_cell}, {"note", 30, 190, false, note_cell},
};
enum { COLUMNS = sizeof(columns) / sizeof(*columns), SIGNS = 4 };

static bool has_room(const struct surface *surface, const struct view_column *column)
{
    return surface->columns >= column->from;
}

/* What the columns of fixed width leave to the model. */
static int model_width(const struct surface *surface)
{
    int left = surface->columns - SIGNS;

    for (size_t i = 0; i < COLUMNS; i++)
        if (has_room(surface, &columns[i]))
            left -= columns[i].width + 1;
    return left < MODEL_MIN ? MODEL_MIN : left;
}

static void draw_cell(struct pen *pen, enum style style, const struct view_column *column,
                      const char *text, size_t len)
{
    int width = column->width ? column->width : model_width(pen->surface);

    if (column->right && (int)len < width)
        draw_to(pen, pen->column + width - (int)len);
    draw_field(pen, style, text, len, column->right && (int)len < width ? (int)len : width);
    draw_text(pen, STYLE_PLAIN, " ");
}

/* What the filter looks for in a column; NULL: nothing. */
static const char *needle_of(const struct history_filter *filter, const struct view_column *column)
{
    for (size_t i = 0; filter && i < filter->count; i++) {
        const struct history_term *term = &filter->terms[i];
        bool here = (column->text == model_cell &&
                     (term->field == HISTORY_MODEL || term->field == HISTORY_TEXT)) ||
                    (column->text == note_cell && term->field == HISTORY_TEXT) ||
                    (column->text == profile_cell && term->field == HISTORY_PROFILE);

        if (here && !term->unless)
            return term->text;
    }
    return NULL;
}

/* A row that holds what the filter looks for says where. */
static void draw_found(struct pen *pen, enum style style, const struct view_column *column,
                       const char *text, size_t len, const char *needle)
{
    const char *found = needle ? strcasestr(text, needle) : NULL;
    int width = column->width ? column->width : model_width(pen->surface);
    unsigned char marks[CELL_MAX] = {0};
    const struct surface *surface = pen->surface;
    struct surface cell = *surface;

    if (!found || len > sizeof(marks)) {
        draw_cell(pen, style, column, text, len);
        return;
    }
    memset(marks + (found - text), 1, strlen(needle));
    if (cell.columns > pen->column + width)
        cell.columns = pen->column + width;
    pen->surface = &cell;
    draw_cut_marked(pen, style, text, len, marks);
    draw_to(pen, cell.columns);
    pen->surface = surface;
    draw_text(pen, STYLE_PLAIN, " ");
}

void history_view_titles(const struct surface *surface, int row)
{
    struct pen pen;

    draw_begin(&pen, surface, row, false);
    draw_to(&pen, SIGNS);
    for (size_t i = 0; i < COLUMNS; i++)
        if (has_room(surface, &columns[i]))
            draw_cell(&pen, STYLE_DIM, &columns[i], columns[i].title, strlen(columns[i].title));
    draw_end(&pen);
}

static const char *or_nothing(const char *text)
{
    return text ? text : "";
}

bool history_view_text(const struct history_row *exchange, bool hidden, struct bytes *out)
{
    add_time(exchange, 0, out);
    return bytes_printf(
        out, "\t%s\t%s\t%s\t%s\t%s\n", exchange->id, hidden ? "" : or_nothing(exchange->verdict),
        or_nothing(exchange->operation), or_nothing(exchange->model), or_nothing(exchange->note));
}

void history_view_row(const struct surface *surface, int row, const struct history_row *exchange,
                      const struct history_row_state *state)
{
    const char *name = state->hidden ? "hidden" : exchange->verdict;
    struct bytes cell;
    enum sign sign;
    enum style verdict = verdict_style(name, &sign);
    struct pen pen;

    bytes_init(&cell, CELL_MAX);
    draw_begin(&pen, surface, row, surface->focused && state->selected);
    draw_text(&pen, STYLE_FOCUS, state->selected ? draw_sign(surface, SIGN_POINTER) : " ");
    draw_text(&pen, STYLE_STRONG, exchange->marked ? "*" : " ");
    draw_text(&pen, STYLE_STRONG, exchange->note ? "+" : " ");
    draw_text(&pen, STYLE_STRONG, state->base ? "=" : " ");
    for (size_t i = 0; i < COLUMNS; i++) {
        enum style style = STYLE_PLAIN;

        if (!has_room(surface, &columns[i]))
            continue;
        bytes_clear(&cell);
        if (state->hidden && columns[i].text == class_cell) {
            bytes_puts(&cell, "");
        } else if (columns[i].text) {
            columns[i].text(exchange, &cell);
        } else {
            style = verdict;
            bytes_printf(&cell, "%s %s", draw_sign(surface, sign), name ? name : "");
        }
        draw_found(&pen, style, &columns[i], bytes_text(&cell), cell.len,
                   needle_of(state->filter, &columns[i]));
    }
    draw_end(&pen);
    bytes_release(&cell);
}

/* A value may be cut; without room for its label and the beginning of it, it is left out. */
static void draw_labelled(struct pen *pen, const char *label, const char *text)
{
    if (!text || pen->column + (int)strlen(label) + LEAST_VALUE > pen->surface->columns)
        return;
    draw_format(pen, STYLE_LABEL, "%s ", label);
    draw_cut(pen, STYLE_PLAIN, text, strlen(text));
    draw_text(pen, STYLE_PLAIN, "  ");
}

void history_view_rule(const struct surface *surface, int row)
{
    struct pen pen;

    draw_begin(&pen, surface, row, false);
    draw_rule_to(&pen, STYLE_BORDER, surface->columns);
    draw_end(&pen);
}

/* "2026-10-21 16:26:14 UTC, 31 d ago" */
static void draw_when(struct pen *pen, const struct history_row *exchange, int64_t now_ms)
{
    static const struct {
        int64_t ms;
        const char *unit;
    } units[] = {{86400000, "d"}, {3600000, "h"}, {60000, "min"}};
    int64_t age_ms = now_ms - exchange->wall_ms;
    struct bytes text;
    size_t i = 0;

    bytes_init(&text, CELL_MAX);
    add_time(exchange, 0, &text);
    while (i < 2 && age_ms < units[i].ms)
        i++;
    if (age_ms >= 0 && age_ms < units[2].ms)
        bytes_puts(&text, " UTC, just now");
    else if (age_ms >= 0)
        bytes_printf(&text, " UTC, %" PRId64 " %s ago", age_ms / units[i].ms, units[i].unit);
    draw_labelled(pen, "at", bytes_text(&text));
    bytes_release(&text);
}

static void draw_duration(struct pen *pen, const char *label, int64_t us)
{
    struct bytes text;

    if (us <= 0)
        return;
    bytes_init(&text, CELL_MAX);
    stream_text_duration(&text, us);
    draw_labelled(pen, label, bytes_text(&text));
    bytes_release(&text);
}

static void draw_measures(struct pen *pen, const struct history_row *exchange)
{
    struct bytes text;

    bytes_init(&text, CELL_MAX);
    if (exchange->status > 0)
        bytes_printf(&text, "%d", exchange->status);
    draw_labelled(pen, "HTTP", text.len ? bytes_text(&text) : NULL);
    if (exchange->curl > 0)
        draw_format(pen, STYLE_WARNING, "curl %d  ", exchange->curl);
    draw_duration(pen, "took", exchange->latency_us);
    if (pen->surface->columns < MEASURES_FROM) {
        bytes_release(&text);
        return;
    }
    draw_duration(pen, "first byte", exchange->first_byte_us);
    draw_duration(pen, "first token", exchange->first_token_us);
    bytes_clear(&text);
    bytes_printf(&text, "%" PRIu64 " in %" PRIu64 " bytes", exchange->events, exchange->body_bytes);
    draw_labelled(pen, "events", exchange->body_bytes ? bytes_text(&text) : NULL);
    bytes_clear(&text);
    tokens_cell(exchange, &text);
    draw_labelled(pen, "tokens", text.len ? bytes_text(&text) : NULL);
    bytes_release(&text);
}

void history_view_detail(const struct surface *surface, int row, const struct history_row *exchange,
                         int64_t now_ms, bool hidden)
{
    bool roomy = surface->rows - row > HISTORY_DETAIL;
    struct pen pen;

    history_view_rule(surface, row);
    draw_begin(&pen, surface, ++row, false);
    draw_format(&pen, STYLE_STRONG, " %s", exchange->id);
    draw_text(&pen, STYLE_LIVE, exchange->simulated ? "  simulated  " : "  ");
    draw_labelled(&pen, "class", hidden ? NULL : exchange->class);
    draw_labelled(&pen, "profile", exchange->profile);
    draw_labelled(&pen, "finish", exchange->finish_reasons);
    draw_labelled(&pen, "request id", exchange->request_id);
    draw_end(&pen);
    if (roomy) {
        draw_begin(&pen, surface, ++row, false);
        draw_text(&pen, STYLE_PLAIN, " ");
        draw_when(&pen, exchange, now_ms);
        draw_measures(&pen, exchange);
        draw_end(&pen);
    }
    draw_begin(&pen, surface, ++row, false);
    draw_text(&pen, STYLE_PLAIN, " ");
    if (exchange->note)
        draw_labelled(&pen, "note", exchange->note);
    else
        draw_text(&pen, STYLE_DIM,
                  exchange->capture ? "no note" : "no note, no capture: it cannot be opened");
    draw_end(&pen);
}
