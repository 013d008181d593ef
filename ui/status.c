#include "ui/status.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/secret.h"
#include "base/text.h"
#include "evidence/exchange.h"
#include "ui/choices.h"
#include "ui/messages.h"

enum {
    GAP = 2,
    SEGMENTS_MAX = 6,
    SEGMENT_TEXT = 256,
    ROOMY_ROWS = 12, /* of a screen from which a message may take several */
    ROOMY_COLUMNS = 80,
    LABEL_ROWS = 3, /* above the line of the answer */
};

/* A part of the status line: shown in order, dropped from the least important on. */
struct segment {
    const char *label;
    const char *text;
    enum style style;
    int rank; /* 0 is dropped last */
    bool dropped;
};

static int segment_width(const struct segment *segment)
{
    int width = text_width(segment->text, strlen(segment->text));

    if (segment->label[0])
        width += (int)strlen(segment->label) + 1;
    return width + GAP;
}

static void drop_until_fitting(struct segment *segments, size_t count, int columns)
{
    int width = 1;

    for (size_t i = 0; i < count; i++)
        width += segment_width(&segments[i]);
    while (width > columns) {
        struct segment *least = NULL;

        for (size_t i = 0; i < count; i++)
            if (!segments[i].dropped && (!least || segments[i].rank > least->rank))
                least = &segments[i];
        if (!least || least->rank == 0)
            return;
        least->dropped = true;
        width -= segment_width(least);
    }
}

static const char *state_word(const struct profile *profile, const struct surface *surface,
                              enum style *style)
{
    *style = STYLE_LIVE;
    if (profile->production) {
        *style = STYLE_BILLABLE;
        return canvas_is_ascii(surface->canvas) ? "PRODUCTION - BILLABLE" : "PRODUCTION · BILLABLE";
    }
    if (profile->simulator)
        return "SIMULATOR";
    return "BILLABLE";
}

void status_draw(const struct application *application, const struct surface *surface)
{
    const struct profile *profile = application_profile(application);
    const char *flight = application_in_flight(application);
    enum style style;
    const char *state = state_word(profile, surface, &style);
    const char *restriction = application_restriction(application);
    struct segment segments[SEGMENTS_MAX] = {
        {"", "cometdeck", STYLE_STRONG, 5, false},
        {"", restriction ? restriction : state, restriction ? STYLE_WARNING : style, 0, false},
        {"profile", profile->name ? profile->name : "none", STYLE_PLAIN, 2, false},
        {"base", application_base_alias(application), STYLE_PLAIN, 3, false},
        {"key", application_key_alias(application), STYLE_PLAIN, 4, false},
        {"in flight", flight ? flight : "", STYLE_LIVE, 1, false},
    };
    size_t count = flight ? SEGMENTS_MAX : SEGMENTS_MAX - 1;
    struct pen pen;

    drop_until_fitting(segments, count, surface->columns);
    draw_begin(&pen, surface, 0, false);
    draw_text(&pen, STYLE_PLAIN, " ");
    for (size_t i = 0; i < count; i++) {
        const struct segment *segment = &segments[i];

        if (segment->dropped)
            continue;
        if (segment->label[0])
            draw_format(&pen, STYLE_LABEL, "%s ", segment->label);
        draw_cut(&pen, segment->style, segment->text, strlen(segment->text));
        draw_text(&pen, STYLE_PLAIN, "  ");
    }
    draw_end(&pen);
}

/* ---- the bottom line ---- */

/* Where to begin so that what is left up to `end` takes at most `most` columns, its `*width`. */
static size_t begin_for(const char *text, size_t end, int most, int *width)
{
    size_t from = 0;

    *width = text_width(text, end);
    while (from<end && * width> most) {
        struct glyph glyph;

        text_glyph(text + from, end - from, false, &glyph);
        from += glyph.used;
        *width -= glyph.width;
    }
    return from;
}

/* How much of the text fits into a row, up to the blank between two words where there is one. */
static size_t row_of_words(const char *text, int columns)
{
    size_t len = strlen(text), used = 0, words = 0;
    int width = 0;

    while (used < len) {
        struct glyph glyph;

        text_glyph(text + used, len - used, false, &glyph);
        if (width + glyph.width > columns)
            return words ? words : used ? used : glyph.used;
        used += glyph.used;
        width += glyph.width;
        if (text[used - 1] == ' ')
            words = used;
    }
    return len;
}

/* What is typed has at most half of the line, the label the rest. */
static int label_room(int columns, const char *typed)
{
    int wanted = text_width(typed, strlen(typed)) + GAP;

    return columns - (wanted < columns / 2 ? wanted : columns / 2);
}

/* A long question begins above its line: what it is about comes before what it asks. */
static int label_rows(const char *label, const char *typed, int columns)
{
    int rows = 0, room = label_room(columns, typed);

    while (rows < LABEL_ROWS && text_width(label, strlen(label)) > room) {
        label += row_of_words(label, columns);
        rows++;
    }
    return rows;
}

/* Answers what of it is left for the line itself. */
static const char *draw_label_above(const struct surface *surface, const char *label, int rows)
{
    for (int row = surface->rows - 1 - rows; row < surface->rows - 1; row++) {
        size_t len = row_of_words(label, surface->columns);
        struct pen pen;

        draw_begin(&pen, surface, row, false);
        draw_cut(&pen, STYLE_STRONG, label, len);
        draw_end(&pen);
        label += len;
    }
    return label;
}

/* Of what is too long even so the end is kept, which asks. */
static void draw_label(struct pen *pen, const char *text, const char *typed)
{
    int most = label_room(pen->surface->columns, typed), width;
    size_t len = strlen(text), from = begin_for(text, len, most, &width);

    if (from > 0) {
        draw_text(pen, STYLE_DIM, canvas_is_ascii(pen->surface->canvas) ? "~" : "…");
        from = begin_for(text, len, most - 1, &width);
    }
    draw_text(pen, STYLE_STRONG, text + from);
}

/* The label, then as much of the text as keeps the cursor in sight. */
static void draw_prompt(const struct surface *surface, struct status_bottom *bottom)
{
    const struct prompt_view *view = bottom->prompt;
    size_t len = strlen(view->text);
    char *text = draw_redact(surface, view->text, len); /* its beginning may be out of sight */
    char *label = draw_redact(surface, view->label, strlen(view->label));
    int width, rows = label_rows(label, text, surface->columns);
    const char *rest;
    size_t from;
    struct pen pen;

    rows = rows < surface->rows ? rows : surface->rows - 1;
    if (surface->rows - rows > 1) {
        struct surface above = *surface;

        above.rows -= 1 + rows;
        choices_draw(view, &above);
    }
    rest = draw_label_above(surface, label, rows);
    draw_begin(&pen, surface, surface->rows - 1, false);
    draw_label(&pen, rest, text);
    from = begin_for(text, view->cursor, surface->columns - pen.column - 1, &width);
    bottom->cursor_column = pen.column + width;
    if (bottom->cursor_column >= surface->columns)
        bottom->cursor_column = surface->columns - 1;
    pen.selected = view->selected;
    draw_bytes(&pen, STYLE_PLAIN, text + from, len - from);
    pen.selected = false;
    draw_end(&pen);
    free(label);
    free(text);
}

/* The columns of "Enter use", 0 where no key is bound to it. */
static int hint_width(const struct status_bottom *bottom, struct hint hint,
                      const struct binding **binding, char name[static KEY_NAME])
{
    *binding = keymap_key_of(bottom->keymap, bottom->pane->name, hint.request);
    if (!*binding)
        return 0;
    key_name((*binding)->key, name);
    return text_width(name, strlen(name)) + 1 + (int)strlen(hint.label);
}

/* Only whole hints, up to the column `end`. */
static void draw_hint(struct pen *pen, struct status_bottom *bottom, struct hint hint, int end)
{
    const struct binding *binding;
    char name[KEY_NAME];
    int width = hint_width(bottom, hint, &binding, name);

    if (!binding || pen->column + width > end)
        return;
    if (bottom->drawn.count < HINT_PLACES)
        bottom->drawn.places[bottom->drawn.count++] =
            (struct hint_place){pen->column, pen->column + width, binding->call};
    draw_text(pen, STYLE_KEY, name);
    draw_format(pen, STYLE_DIM, " %s  ", hint.label);
}

/* What would do nothing now, or only say so, is no hint. */
static bool is_of_use(const struct application *application, const struct status_bottom *bottom,
                      enum request request)
{
    struct exchange_state state;

    switch (request) {
    case REQUEST_FULL_SCREEN:
        return !bottom->filled;
    case REQUEST_CANCEL:
        return false; /* it stands in front while something runs */
    case REQUEST_SEND:
    case REQUEST_AGAIN:
        return application_may_send(application, NULL);
    case REQUEST_REFRESH:
        return bottom->pane != &pane_catalog || application_may_send(application, NULL);
    case REQUEST_ATTACH:
        return application_shown(application, &state) && state.verdict;
    case REQUEST_FOLLOW:
    case REQUEST_NEXT_VIEW:
    case REQUEST_SEARCH:
    case REQUEST_REPLAY:
        return application_shown(application, &state);
    default:
        return true;
    }
}

static void draw_hints(const struct application *application, const struct surface *surface,
                       struct status_bottom *bottom)
{
    static const struct hint common[] = {{REQUEST_HELP, "help"},
                                         {REQUEST_COMMAND, "command"},
                                         {REQUEST_NEXT_PANE, "next pane"},
                                         {REQUEST_FULL_SCREEN, "full"},
                                         {REQUEST_QUIT, "quit"},
                                         {REQUEST_PALETTE, "palette"},
                                         {REQUEST_NONE, NULL}};
    static const struct hint reading[] = {
        {REQUEST_DOWN, "down"}, {REQUEST_UP, "up"}, {REQUEST_BACK, "close"}, {REQUEST_NONE, NULL}};
    const struct binding *binding;
    char name[KEY_NAME];
    int end = surface->columns;
    int help = GAP + hint_width(bottom, common[0], &binding, name);
    struct pen pen;

    draw_begin(&pen, surface, 0, false);
    draw_text(&pen, STYLE_PLAIN, " ");
    for (const struct hint *hint = reading; bottom->overlay && hint->label; hint++)
        draw_hint(&pen, bottom, *hint, end);
    if (!bottom->overlay && application_in_flight(application))
        draw_hint(&pen, bottom, (struct hint){REQUEST_CANCEL, "stop"}, end - help);
    for (const struct hint *hint = bottom->hints; !bottom->overlay && hint->label; hint++)
        if (is_of_use(application, bottom, hint->request))
            draw_hint(&pen, bottom, *hint, end - help); /* help is never crowded out */
    for (const struct hint *hint = common; !bottom->overlay && hint->label; hint++)
        if (is_of_use(application, bottom, hint->request))
            draw_hint(&pen, bottom, *hint, end);
    draw_end(&pen);
}

int status_bottom_rows(const struct application *application, int rows, int columns, bool ascii,
                       const struct prompt_view *prompt)
{
    enum message_kind kind;
    const char *message = application_message(application, &kind);

    if (prompt && rows < ROOMY_ROWS)
        return 1 + choices_rows(prompt, rows, columns);
    if (prompt)
        return 1 + choices_rows(prompt, rows, columns) +
               label_rows(prompt->label, prompt->text, columns);
    if (!message || rows < ROOMY_ROWS)
        return 1;
    return message_rows(message, columns, ascii, columns < ROOMY_COLUMNS ? 3 : 2);
}

void status_draw_bottom(const struct application *application, const struct surface *surface,
                        struct status_bottom *bottom)
{
    enum message_kind kind;
    const char *message = application_message(application, &kind);

    bottom->cursor_column = -1;
    bottom->drawn.count = 0;
    if (bottom->prompt)
        draw_prompt(surface, bottom);
    else if (message)
        message_draw(surface, kind, message);
    else
        draw_hints(application, surface, bottom);
}
