#include "ui/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/text.h"
#include "ui/messages.h"
#include "ui/screen_state.h"
#include "ui/term_type.h"

enum {
    FACTS_MAX = 256,
    MINUTE_MS = 60 * 1000,
    TAB_FRAME = 5,   /* columns of a tab besides its name */
    TAB_POINTER = 2, /* and of the pointer in one of them */
    NAMES_FROM = 52, /* columns of a frame from which all tabs have their names */
    TABS_FROM = 32,  /* and from which they are there at all */
};

struct screen *screen_new(struct application *application, const struct keymap *keymap, bool ascii)
{
    struct screen *screen = xcalloc(1, sizeof(*screen));

    screen->application = application;
    screen->keymap = keymap;
    screen->canvas = canvas_new(1, 1, ascii);
    canvas_use_redactor(screen->canvas, application_redactor(application));
    for (size_t i = 0; i < PANE_COUNT; i++)
        screen->panes[i] = pane_ops(i)->create(application);
    screen->visited[LAYOUT_COMPOSER] = ++screen->visits;
    screen->visited[LAYOUT_CATALOG] = ++screen->visits;
    return screen;
}

void screen_free(struct screen *screen)
{
    if (!screen)
        return;
    for (size_t i = 0; i < PANE_COUNT; i++)
        screen->panes[i]->ops->destroy(screen->panes[i]);
    picker_free(screen->picker);
    canvas_free(screen->canvas);
    free(screen);
}

struct pane *screen_pane(const struct screen *screen, size_t pane)
{
    if (pane_ops(pane)->catch_up)
        pane_ops(pane)->catch_up(screen->panes[pane]);
    return screen->panes[pane];
}

static void relayout(struct screen *screen)
{
    const struct layout_use use = {
        .full = screen->full,
        .stream = screen->visited[LAYOUT_STREAM] > screen->visited[LAYOUT_COMPOSER],
        .below = screen->focus >= LAYOUT_LEDGER,
    };

    layout_make(&screen->layout, screen->rows, screen->columns, &use);
    screen->all_dirty = true;
}

void screen_resize(struct screen *screen, int rows, int columns)
{
    screen->rows = rows;
    screen->columns = columns;
    canvas_resize(screen->canvas, rows, columns);
    screen->terminal_dirty = true;
    relayout(screen);
}

void screen_use_terminal(struct screen *screen, bool colour)
{
    canvas_use_terminal(screen->canvas, colour);
    if (term_type_has_few_signs())
        canvas_use_plain_signs(screen->canvas);
}

void screen_changed(struct screen *screen, unsigned topics)
{
    for (size_t i = 0; i < PANE_COUNT; i++)
        if (pane_ops(i)->topics & topics)
            screen->pane_dirty[i] = true;
    if (topics)
        screen->lines_dirty = true;
}

void screen_redraw(struct screen *screen)
{
    screen->all_dirty = true;
    screen->terminal_dirty = true;
}

bool screen_is_dirty(const struct screen *screen)
{
    bool dirty = screen->all_dirty || screen->lines_dirty || screen->terminal_dirty;

    for (size_t i = 0; i < PANE_COUNT; i++)
        dirty |= screen->pane_dirty[i];
    return dirty;
}

const char *screen_section(const struct screen *screen)
{
    return pane_ops(screen->focus)->name;
}

/* ---- focus ---- */

static void set_overlay(struct screen *screen, enum overlay overlay, struct picker *picker)
{
    picker_free(screen->picker);
    screen->picker = picker;
    screen->overlay = overlay;
    screen->all_dirty = true;
}

void screen_show_picker(struct screen *screen, struct picker *picker)
{
    set_overlay(screen, OVERLAY_PICKER, picker);
}

struct picker *screen_picker(const struct screen *screen)
{
    return screen->picker;
}

void screen_drop_picker(struct screen *screen)
{
    if (screen->picker)
        set_overlay(screen, OVERLAY_NONE, NULL);
}

static void focus(struct screen *screen, size_t pane)
{
    screen->focus = pane;
    screen->visited[pane] = ++screen->visits;
    set_overlay(screen, OVERLAY_NONE, NULL);
    relayout(screen);
}

void screen_visit(struct screen *screen, size_t pane)
{
    if (pane == screen->focus)
        return;
    screen->came_from = screen->focus;
    screen->can_return = true;
    focus(screen, pane);
}

/* A pane that has nothing to show has no tab, unless someone went there. */
static bool has_tab(const struct screen *screen, size_t pane)
{
    const struct pane_ops *ops = pane_ops(pane);

    return !ops->present || screen->focus == pane || ops->present(screen->panes[pane]);
}

size_t screen_shown_pane(const struct screen *screen, const struct region *region)
{
    size_t shown = PANE_COUNT;

    for (size_t i = 0; i < PANE_COUNT; i++) {
        if (!(region->panes & (1U << i)) || !has_tab(screen, i))
            continue;
        if (shown == PANE_COUNT || screen->visited[i] > screen->visited[shown])
            shown = i;
    }
    return shown;
}

void screen_go(struct screen *screen, size_t pane)
{
    screen->can_return = false;
    focus(screen, pane);
}

static bool pane_by_name(const char *name, size_t *pane)
{
    for (size_t i = 0; i < PANE_COUNT; i++) {
        if (strcmp(pane_ops(i)->name, name) == 0) {
            *pane = i;
            return true;
        }
    }
    return false;
}

static unsigned go_to(struct screen *screen, const char *name)
{
    size_t pane;

    if (pane_by_name(name, &pane))
        screen_go(screen, pane);
    else
        application_say(screen->application, MESSAGE_FAILED, "there is no pane \"%s\"", name);
    return EFFECT_DRAW;
}

/* To the next tab, so many places on. */
static unsigned go_along(struct screen *screen, size_t step)
{
    size_t pane = screen->focus;

    do
        pane = (pane + step) % PANE_COUNT;
    while (!has_tab(screen, pane));
    screen_go(screen, pane);
    return EFFECT_DRAW;
}

static unsigned go_back(struct screen *screen)
{
    if (screen->full) {
        screen->full = false;
        relayout(screen);
    } else if (screen->can_return) {
        screen->can_return = false;
        focus(screen, screen->came_from);
    }
    return EFFECT_DRAW;
}

/* ---- requests ---- */

/* A list to choose from and messages take what moves; the rest goes on to where it belongs. */
unsigned screen_overlay_request(struct screen *screen, const struct request_call *call)
{
    switch (call->request) {
    case REQUEST_BACK:
    case REQUEST_CLOSE:
        set_overlay(screen, OVERLAY_NONE, NULL);
        return EFFECT_DRAW;
    default:
        break;
    }
    screen->all_dirty = true;
    if (screen->picker)
        return picker_request(screen->picker, call->request) ? EFFECT_DRAW : EFFECT_UNHANDLED;
    if (list_scroll(&screen->messages, call->request) ||
        request_info(call->request)->group == GROUP_MOVING)
        return EFFECT_DRAW;
    return EFFECT_UNHANDLED;
}

static unsigned own_request(struct screen *screen, const struct request_call *call)
{
    switch (call->request) {
    case REQUEST_PANE:
        return go_to(screen, call->argument);
    case REQUEST_NEXT_PANE:
        return go_along(screen, 1);
    case REQUEST_PREVIOUS_PANE:
        return go_along(screen, PANE_COUNT - 1);
    case REQUEST_FULL_SCREEN:
        screen->full = !screen->full;
        relayout(screen);
        return EFFECT_DRAW;
    case REQUEST_BACK:
        return go_back(screen);
    case REQUEST_CLOSE:
        if (!screen->full && !screen->can_return)
            return EFFECT_UNHANDLED;
        return go_back(screen);
    case REQUEST_MESSAGES:
        screen->messages = (struct list){.top = SIZE_MAX}; /* the newest is at the end */
        set_overlay(screen, OVERLAY_MESSAGES, NULL);
        return EFFECT_DRAW;
    case REQUEST_REDRAW:
        screen_redraw(screen);
        return EFFECT_DRAW;
    default:
        return EFFECT_UNHANDLED;
    }
}

unsigned screen_pane_request(struct screen *screen, size_t pane, const struct request_call *call)
{
    unsigned effects = pane_ops(pane)->request(screen_pane(screen, pane), call);

    if (effects & EFFECT_DRAW)
        screen->pane_dirty[pane] = true;
    if (effects & EFFECT_FOCUS)
        screen_visit(screen, pane);
    return effects;
}

unsigned screen_request(struct screen *screen, const struct request_call *call)
{
    const char *owner = request_info(call->request)->owner;
    unsigned effects = EFFECT_UNHANDLED;
    size_t pane;

    screen->lines_dirty = true;
    if (screen->overlay)
        effects = screen_overlay_request(screen, call);
    if (effects & EFFECT_UNHANDLED)
        effects = screen_pane_request(screen, screen->focus, call);
    if ((effects & EFFECT_UNHANDLED) && pane_by_name(owner, &pane) && pane != screen->focus)
        effects = screen_pane_request(screen, pane, call);
    if (effects & EFFECT_UNHANDLED)
        effects = own_request(screen, call);
    return effects;
}

/* ---- drawing ---- */

/* One tab in a frame: "─ ▸ 3 Stream ", or "─ 3 " where the names do not fit. */
static void draw_tab(struct pen *pen, size_t pane, bool shown, bool brief, enum style frame)
{
    bool here = shown && pen->surface->focused;

    draw_text(pen, frame, draw_sign(pen->surface, SIGN_HORIZONTAL));
    draw_text(pen, frame, " ");
    if (here)
        draw_format(pen, STYLE_FOCUS, "%s ", draw_sign(pen->surface, SIGN_POINTER));
    draw_format(pen,
                here    ? STYLE_FOCUS
                : shown ? STYLE_STRONG
                        : STYLE_DIM,
                "%s ", pane_ops(pane)->key);
    if (shown || !brief)
        draw_format(pen,
                    here    ? STYLE_FOCUS
                    : shown ? STYLE_STRONG
                            : STYLE_DIM,
                    "%s ", pane_ops(pane)->title);
}

/* Facts stand at the right end, behind a piece of frame. */
static bool facts_fit(const struct surface *surface, int column, const char *facts)
{
    return column + text_width(facts, strlen(facts)) + 5 <= surface->columns - 1;
}

/* The rest of a title: the frame, and the facts of the pane where they fit. */
static void draw_title_end(struct pen *pen, const char *facts, enum style frame)
{
    int last = pen->surface->columns - 1;
    int width = text_width(facts, strlen(facts));
    bool fits = width > 0 && facts_fit(pen->surface, pen->column, facts);
    int end = fits ? last - width - 3 : last;

    draw_rule_to(pen, frame, end);
    if (fits) {
        draw_format(pen, STYLE_DIM, " %s ", facts);
        draw_text(pen, frame, draw_sign(pen->surface, SIGN_HORIZONTAL));
    }
    pen->column = last;
    draw_text(pen, frame, draw_sign(pen->surface, SIGN_TOP_RIGHT));
}

/* The columns that all tabs of a region take with their names. */
static int named_tabs(const struct screen *screen, const struct region *region)
{
    int width = 1 + TAB_POINTER;

    for (size_t i = 0; i < PANE_COUNT; i++)
        if ((region->panes & (1U << i)) && has_tab(screen, i))
            width += TAB_FRAME + (int)strlen(pane_ops(i)->title);
    return width;
}

static void draw_title(struct screen *screen, const struct region *region,
                       const struct surface *surface, enum style frame)
{
    size_t shown = screen_shown_pane(screen, region);
    struct bytes facts;
    struct pen pen;
    bool brief;

    bytes_init(&facts, FACTS_MAX);
    if (pane_ops(shown)->facts)
        pane_ops(shown)->facts(screen_pane(screen, shown), &facts);
    brief = surface->columns < NAMES_FROM ||
            (facts.len && !facts_fit(surface, named_tabs(screen, region), bytes_text(&facts)));
    draw_begin(&pen, surface, 0, false);
    draw_text(&pen, frame, draw_sign(surface, SIGN_TOP_LEFT));
    for (size_t i = 0; i < PANE_COUNT; i++) {
        int from = surface->left + pen.column;

        if (!(region->panes & (1U << i)))
            continue;
        if (has_tab(screen, i) && (i == shown || surface->columns >= TABS_FROM))
            draw_tab(&pen, i, i == shown, brief, frame);
        screen->tabs[i] = (struct tab){surface->top, from, surface->left + pen.column};
    }
    draw_title_end(&pen, bytes_text(&facts), frame);
    bytes_release(&facts);
}

static void draw_sides(const struct surface *surface, enum style frame)
{
    struct pen pen;

    for (int row = 1; row < surface->rows - 1; row++) {
        draw_begin(&pen, surface, row, false);
        draw_text(&pen, frame, draw_sign(surface, SIGN_VERTICAL));
        pen.column = surface->columns - 1;
        draw_text(&pen, frame, draw_sign(surface, SIGN_VERTICAL));
    }
    draw_begin(&pen, surface, surface->rows - 1, false);
    draw_text(&pen, frame, draw_sign(surface, SIGN_BOTTOM_LEFT));
    draw_rule_to(&pen, frame, surface->columns - 1);
    draw_text(&pen, frame, draw_sign(surface, SIGN_BOTTOM_RIGHT));
}

struct surface screen_region_surface(const struct screen *screen, const struct region *region)
{
    return (struct surface){
        .canvas = screen->canvas,
        .top = region->top,
        .left = region->left,
        .rows = region->rows,
        .columns = region->columns,
        .focused = screen_shown_pane(screen, region) == screen->focus,
    };
}

struct surface screen_inside(const struct surface *outer)
{
    struct surface inner = *outer;

    inner.top++;
    inner.left++;
    inner.rows -= 2;
    inner.columns -= 2;
    return inner;
}

static void draw_region(struct screen *screen, const struct region *region)
{
    struct surface surface = screen_region_surface(screen, region);
    struct surface inner = screen_inside(&surface);
    size_t shown = screen_shown_pane(screen, region);
    enum style frame = surface.focused ? STYLE_FOCUS : STYLE_BORDER;

    draw_sides(&surface, frame);
    if (surface.focused)
        canvas_park(screen->canvas, inner.top, inner.left); /* unless a row is chosen in it */
    pane_ops(shown)->draw(screen_pane(screen, shown), &inner);
    draw_title(screen, region, &surface, frame); /* drawing may have brought new facts */
}

static void draw_overlay(struct screen *screen)
{
    struct surface surface = {
        .canvas = screen->canvas,
        .top = screen->layout.regions[0].top,
        .rows = screen->layout.prompt_row - screen->layout.regions[0].top,
        .columns = screen->columns,
        .focused = true,
    };
    struct surface inner = screen_inside(&surface);
    const char *title = screen->picker ? picker_kind(screen->picker)->title : "Messages";
    struct bytes facts;
    struct pen pen;

    bytes_init(&facts, FACTS_MAX);
    if (screen->picker)
        picker_facts(screen->picker, &facts);
    draw_sides(&surface, STYLE_FOCUS);
    canvas_park(screen->canvas, inner.top, inner.left);
    draw_begin(&pen, &surface, 0, false);
    draw_format(&pen, STYLE_FOCUS, "%s%s %s ", draw_sign(&surface, SIGN_TOP_LEFT),
                draw_sign(&surface, SIGN_HORIZONTAL), title);
    draw_title_end(&pen, bytes_text(&facts), STYLE_FOCUS);
    bytes_release(&facts);
    if (screen->picker)
        picker_draw(screen->picker, &inner);
    else
        messages_draw(application_messages(screen->application), &screen->messages, &inner);
}

static struct surface line_surface(const struct screen *screen, int row)
{
    return (struct surface){
        .canvas = screen->canvas, .top = row, .rows = 1, .columns = screen->columns};
}

const struct pane_ops *screen_focused(const struct screen *screen)
{
    return pane_ops(screen->focus);
}

const struct hint *screen_hints(const struct screen *screen)
{
    const struct pane_ops *ops = pane_ops(screen->focus);
    const struct hint *hints =
        ops->hints_now ? ops->hints_now(screen_pane(screen, screen->focus)) : NULL;

    return hints ? hints : ops->hints;
}

static void draw_lines(struct screen *screen, const struct prompt_view *prompt)
{
    struct surface top = line_surface(screen, screen->layout.status_row);
    struct surface bottom = line_surface(screen, screen->layout.prompt_row);
    struct status_bottom line = {
        .prompt = prompt,
        .pane = pane_ops(screen->focus),
        .hints = screen_hints(screen),
        .overlay = screen->overlay != OVERLAY_NONE,
        .filled = screen->layout.count == 1 && !screen->full,
        .keymap = screen->keymap,
    };

    bottom.top -= screen->bottom_rows - 1;
    bottom.rows = screen->bottom_rows;
    status_draw(screen->application, &top);
    status_draw_bottom(screen->application, &bottom, &line);
    screen->hints = line.drawn;
    canvas_cursor(screen->canvas, prompt ? screen->layout.prompt_row : -1, line.cursor_column);
}

static void draw_notice(struct screen *screen)
{
    const struct surface surface = {
        .canvas = screen->canvas, .rows = screen->rows, .columns = screen->columns};

    bool says = screen->columns > 1; /* in one column not even a letter of it */

    draw_line(&surface, 0, STYLE_STRONG, says ? "Too small" : NULL);
    draw_line(&surface, 1, STYLE_PLAIN, says ? "20x6 is the least" : NULL);
    draw_blank_from(&surface, 2);
    canvas_cursor(screen->canvas, -1, 0);
}

static bool region_is_dirty(const struct screen *screen, const struct region *region)
{
    return screen->all_dirty || screen->pane_dirty[screen_shown_pane(screen, region)];
}

/* A long message lies over the lowest rows of panes: they are drawn again when it goes. */
static void make_room(struct screen *screen, const struct prompt_view *prompt)
{
    int rows = status_bottom_rows(screen->application, screen->rows, screen->columns,
                                  canvas_is_ascii(screen->canvas), prompt);

    if (rows < screen->bottom_rows)
        screen->all_dirty = true;
    screen->bottom_rows = rows;
}

/* The age of the list is right whenever anything is drawn; nothing is drawn for its sake. */
static void age_catalog(struct screen *screen)
{
    int64_t minutes = application_catalog_age_ms(screen->application) / MINUTE_MS;

    if (minutes != screen->catalog_minutes)
        screen->pane_dirty[LAYOUT_CATALOG] = true;
    screen->catalog_minutes = minutes;
}

void screen_draw(struct screen *screen, const struct prompt_view *prompt, bool paint)
{
    age_catalog(screen);
    make_room(screen, prompt);
    if (screen->layout.count == 0) {
        draw_notice(screen);
    } else {
        for (size_t i = 0; i < screen->layout.count && !screen->overlay; i++)
            if (region_is_dirty(screen, &screen->layout.regions[i]))
                draw_region(screen, &screen->layout.regions[i]);
        if (screen->overlay)
            draw_overlay(screen);
        draw_lines(screen, prompt);
    }
    memset(screen->pane_dirty, 0, sizeof(screen->pane_dirty));
    screen->lines_dirty = screen->all_dirty = false;
    if (paint) {
        canvas_flush(screen->canvas, screen->terminal_dirty);
        screen->terminal_dirty = false;
    }
}

bool screen_dump(struct screen *screen, struct bytes *out)
{
    return canvas_dump(screen->canvas, out);
}
