/*
 * No cell is ever drawn outside of its pane, whatever the text (issue "Tests and figures"): random
 * text goes through every way of drawing and into the data of every pane, at random sizes. What
 * stands around the pane must stay as it was, and what libvterm shows must be the canvas.
 */
#include "tests/screen/odd_text.h"
#include "tests/screen/raw.h"
#include "tests/screen/terminal.h"
#include "tests/unit/raw_server.h"
#include "tests/unit/unit.h"

#include <locale.h>
#include <ncurses.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <vterm.h>
#include <wchar.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "evidence/exchange.h"
#include "net/loop.h"
#include "ui/application.h"
#include "ui/draw.h"
#include "ui/pane.h"

enum {
    TEXT_MAX = 1 << 20,
    ROWS = 24,
    COLUMNS = 60,
    ROUNDS = 1500,
    FLUSHES = 400,
    DRAWS = 120, /* of each pane */
    MODELS = 60,
    DELTAS = 150,
    CELLS = 40,
};

static const wchar_t around = L'#';

/* ---- around a surface ---- */

/* The characters of a row with their columns: `columns[i]` is where the i-th begins. */
static size_t read_row(const char *row, size_t len, wchar_t *characters, int *columns)
{
    size_t count = 0;
    int column = 0;

    for (size_t at = 0; at < len;) {
        uint32_t character;
        int width;
        size_t used = utf8_decode(row + at, len - at, &character);

        assert_true(used > 0 && character != UTF8_INVALID);
        characters[count] = (wchar_t)character;
        width = wcwidth((wchar_t)character);
        columns[count++] =
            width == 0 ? column - 1 : column; /* a mark stands on what is before it */
        column += width;
        at += used;
    }
    columns[count] = column;
    return count;
}

/* Outside of the surface every cell is as fill() left it, and no row is wider or narrower. */
static void check_around(const struct canvas *canvas, const struct surface *surface)
{
    wchar_t characters[8 * COLUMNS];
    int columns[8 * COLUMNS + 1];
    struct bytes dump;
    const char *row;

    bytes_init(&dump, TEXT_MAX);
    assert_true(canvas_dump(canvas, &dump));
    row = bytes_text(&dump);
    for (int i = 0; i < ROWS; i++) {
        size_t len = strcspn(row, "\n");
        size_t count = read_row(row, len, characters, columns);
        bool inside = i >= surface->top && i < surface->top + surface->rows;

        assert_int_equal(columns[count], COLUMNS);
        for (size_t j = 0; j < count; j++)
            if (!inside || columns[j] < surface->left ||
                columns[j] >= surface->left + surface->columns)
                assert_int_equal(characters[j], around);
        row += len + 1;
    }
    bytes_release(&dump);
}

static void fill(struct canvas *canvas)
{
    const struct surface whole = {.canvas = canvas, .rows = ROWS, .columns = COLUMNS};

    for (int row = 0; row < ROWS; row++) {
        struct pen pen;

        draw_begin(&pen, &whole, row, false);
        for (int column = 0; column < COLUMNS; column++)
            draw_text(&pen, STYLE_PLAIN, "#");
    }
}

/* At least one column stays free on each side, so that every row of the dump keeps its end. */
static struct surface any_surface(struct odd_text *odd, struct canvas *canvas)
{
    struct surface surface = {.canvas = canvas};

    surface.rows = 1 + (int)odd_number(odd, ROWS - 1);
    surface.columns = 1 + (int)odd_number(odd, COLUMNS - 2);
    surface.top = (int)odd_number(odd, (size_t)(ROWS - surface.rows + 1));
    surface.left = 1 + (int)odd_number(odd, (size_t)(COLUMNS - 1 - surface.columns));
    return surface;
}

static void draw_something(struct odd_text *odd, const struct surface *surface, int row)
{
    int room = 1 + (int)odd_number(odd, COLUMNS);
    struct bytes text;
    struct pen pen;

    bytes_init(&text, TEXT_MAX);
    odd_bytes(odd, 20, &text);
    draw_begin(&pen, surface, row, odd_number(odd, 4) == 0);
    switch (odd_number(odd, 5)) {
    case 0:
        draw_bytes(&pen, STYLE_STRONG, bytes_text(&text), text.len);
        break;
    case 1:
        draw_cut(&pen, STYLE_DIM, bytes_text(&text), text.len);
        break;
    case 2:
        for (int i = 0; i < 3; i++)
            draw_field(&pen, STYLE_GOOD, bytes_text(&text), text.len, room / 3);
        break;
    case 3:
        draw_to(&pen, room);
        draw_cut(&pen, STYLE_BAD, bytes_text(&text), text.len);
        break;
    default:
        draw_format(&pen, STYLE_KEY, "%s ", bytes_text(&text));
        draw_text(&pen, STYLE_PLAIN, bytes_text(&text));
        break;
    }
    draw_end(&pen);
    bytes_release(&text);
}

static void no_way_of_drawing_leaves_its_surface(void **state)
{
    struct odd_text odd = {.state = 20261121};

    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        struct canvas *canvas = canvas_new(ROWS, COLUMNS, i % 8 == 0);
        struct surface surface = any_surface(&odd, canvas);

        fill(canvas);
        for (int j = 0; j < 6; j++)
            draw_something(&odd, &surface, (int)odd_number(&odd, ROWS) - 1);
        check_around(canvas, &surface);
        canvas_free(canvas);
    }
}

/* ---- panes ---- */

struct stage {
    struct odd_text odd;
    struct loop *loop;
    struct application *application;
    struct raw_server *server;
    struct bytes models, answer;
    char folder[64];
};

static void make_models(struct stage *stage)
{
    struct bytes *out = &stage->models;

    bytes_init(out, TEXT_MAX);
    bytes_puts(out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
                    "\r\n{\"object\":\"list\",\"data\":[");
    for (int i = 0; i < MODELS; i++) {
        bytes_printf(out, "%s{\"id\":\"%d", i ? "," : "", i);
        odd_json(&stage->odd, 6, out);
        bytes_puts(out, "\",\"object\":\"model\",\"owned_by\":\"");
        odd_json(&stage->odd, 6, out);
        bytes_puts(out, "\"}");
    }
    bytes_puts(out, "]}");
}

static void make_answer(struct stage *stage)
{
    struct bytes *out = &stage->answer;

    bytes_init(out, TEXT_MAX);
    bytes_puts(out, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nX-Request-Id: ");
    odd_line(&stage->odd, 12, out);
    bytes_puts(out, "\r\nX-Odd: ");
    odd_line(&stage->odd, 30, out);
    bytes_puts(out, "\r\nConnection: close\r\n\r\n");
    for (int i = 0; i < DELTAS; i++) {
        bytes_puts(out, "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,"
                        "\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"");
        odd_json(&stage->odd, 8, out);
        bytes_puts(out, "\"},\"finish_reason\":null}]}\n\n");
        if (i % 16 == 15) {
            bytes_puts(out, "event: ");
            odd_line(&stage->odd, 6, out);
            bytes_puts(out, "\ndata: ");
            odd_line(&stage->odd, 6, out);
            bytes_puts(out, "\n\n");
        }
    }
}

/* A ledger whose cells hold what they can. */
static char *make_ledger(struct stage *stage)
{
    char *path = file_join(stage->folder, "odd.md");
    struct bytes out;

    bytes_init(&out, TEXT_MAX);
    bytes_puts(&out, "# Odd\n\n| one | two | three |\n|---|---|---|\n");
    for (int i = 0; i < CELLS; i++) {
        for (int j = 0; j < 3; j++) {
            bytes_puts(&out, "| ");
            odd_line(&stage->odd, 5, &out);
        }
        bytes_puts(&out, " |\n");
    }
    assert_true(file_replace(NULL, path, bytes_text(&out), out.len, 0600, NULL, NULL, NULL));
    bytes_release(&out);
    return path;
}

static int64_t stop_when_done(void *context)
{
    struct stage *stage = context;

    application_take_changed(stage->application);
    if (!application_in_flight(stage->application))
        loop_stop(stage->loop, 0);
    return INT64_MAX;
}

static void begin(struct stage *stage)
{
    static struct raw_step models[4], answer[4];
    static const struct raw_step *const scripts[] = {models, answer};
    struct application_options options = {.workspace = NULL};
    struct error error = {.kind = ERROR_NONE};

    *stage = (struct stage){.odd = {.state = 7}};
    strcpy(stage->folder, "/tmp/cometdeck-width-XXXXXX");
    assert_non_null(mkdtemp(stage->folder));
    setenv("HOME", stage->folder, 1);
    setenv("COMETAPI_API_KEY", "Zebra:47=Crossing==", 1);
    make_models(stage);
    make_answer(stage);
    models[0] = answer[0] = (struct raw_step)RAW_EXPECT;
    models[1] = (struct raw_step)RAW_SEND_BYTES(stage->models.data, stage->models.len);
    answer[1] = (struct raw_step)RAW_SEND_BYTES(stage->answer.data, stage->answer.len);
    models[2] = answer[2] = (struct raw_step)RAW_FIN;
    stage->server = raw_server_start_scripts(scripts, 2);
    stage->loop = loop_new(&clock_system, &error);
    options.choice.base_url = raw_server_url(stage->server);
    options.choice.model = "m";
    stage->application = application_new(stage->loop, &options, &error);
    if (!stage->application)
        fail_msg("%s", error.text);
    loop_on_frame(stage->loop, stop_when_done, stage);
}

static void end(struct stage *stage)
{
    char *line = xasprintf("rm -r %s", stage->folder);

    application_free(stage->application);
    loop_free(stage->loop);
    raw_server_stop(stage->server);
    bytes_release(&stage->models);
    bytes_release(&stage->answer);
    assert_int_equal(system(line), 0);
    free(line);
    unsetenv("COMETAPI_API_KEY");
}

/* Catalog, answer, prompt, note: all that a pane can show comes from others. */
static void receive(struct stage *stage)
{
    struct exchange_state state;
    struct bytes text;
    struct error error = {.kind = ERROR_NONE};

    bytes_init(&text, TEXT_MAX);
    odd_line(&stage->odd, 40, &text);
    if (!application_fetch_catalog(stage->application, &error))
        fail_msg("%s", error.text);
    loop_run(stage->loop);
    application_set_prompt(stage->application, bytes_text(&text));
    if (!application_send(stage->application, false, &error))
        fail_msg("%s", error.text);
    loop_run(stage->loop);
    assert_true(application_shown(stage->application, &state));
    application_annotate(stage->application, state.id, bytes_text(&text), NULL);
    bytes_release(&text);
}

static void ask(struct pane *pane, enum request request, const char *argument)
{
    const struct request_call call = {.request = request, .argument = argument};

    pane->ops->request(pane, &call);
}

/* Moves about and changes what is shown. */
static void stir(struct odd_text *odd, struct pane *pane)
{
    static const enum request moves[] = {
        REQUEST_UP,        REQUEST_DOWN,      REQUEST_LEFT,     REQUEST_RIGHT,
        REQUEST_TOP,       REQUEST_BOTTOM,    REQUEST_HALF_UP,  REQUEST_HALF_DOWN,
        REQUEST_PAGE_UP,   REQUEST_PAGE_DOWN, REQUEST_FOLD,     REQUEST_FOLD_ALL,
        REQUEST_NEXT_VIEW, REQUEST_FOLLOW,    REQUEST_NEXT_GAP, REQUEST_PREVIOUS_GAP,
    };

    for (size_t i = odd_number(odd, 4); i > 0; i--)
        ask(pane, moves[odd_number(odd, sizeof(moves) / sizeof(*moves))], NULL);
}

static void no_pane_draws_outside_of_itself(void **state)
{
    struct stage stage;
    char *ledger;

    (void)state;
    begin(&stage);
    receive(&stage);
    ledger = make_ledger(&stage);
    for (size_t i = 0; i < PANE_COUNT; i++) {
        struct pane *pane = pane_ops(i)->create(stage.application);

        if (strcmp(pane->ops->name, "ledger") == 0)
            ask(pane, REQUEST_LEDGER_OPEN, ledger);
        for (int j = 0; j < DRAWS; j++) {
            struct canvas *canvas = canvas_new(ROWS, COLUMNS, j % 8 == 0);
            struct surface surface = any_surface(&stage.odd, canvas);

            surface.focused = j % 2;
            fill(canvas);
            pane->ops->draw(pane, &surface);
            check_around(canvas, &surface);
            canvas_free(canvas);
            stir(&stage.odd, pane);
        }
        pane->ops->destroy(pane);
    }
    free(ledger);
    end(&stage);
}

/* ---- the terminal ---- */

struct screen_check {
    FILE *out;
    long taken;
    VTerm *vterm;
    VTermScreen *screen;
    struct raw_check raw;
};

static void take(struct screen_check *check)
{
    char data[65536];
    ssize_t got;

    fflush(check->out);
    while ((got = pread(fileno(check->out), data, sizeof(data), check->taken)) > 0) {
        if (!raw_check(&check->raw, data, (size_t)got))
            fail_msg("the terminal got %s", check->raw.fault);
        vterm_input_write(check->vterm, data, (size_t)got);
        check->taken += got;
    }
}

static void check_same(struct screen_check *check, const struct canvas *canvas, int round)
{
    const char *wanted, *got;
    struct bytes drawn, shown;

    bytes_init(&drawn, TEXT_MAX);
    bytes_init(&shown, TEXT_MAX);
    canvas_dump(canvas, &drawn);
    screen_dump_cells(check->screen, ROWS, COLUMNS, &shown);
    wanted = bytes_text(&drawn);
    got = bytes_text(&shown);
    for (int row = 0; row < ROWS; row++) {
        size_t wanted_len = strcspn(wanted, "\n"), got_len = strcspn(got, "\n");

        if (wanted_len != got_len || memcmp(wanted, got, got_len) != 0)
            fail_msg("round %d, row %d: drawn\n%.*s\nshown\n%.*s", round, row, (int)wanted_len,
                     wanted, (int)got_len, got);
        wanted += wanted_len + 1;
        got += got_len + 1;
    }
    bytes_release(&drawn);
    bytes_release(&shown);
}

/*
 * One of two panes beside each other: whole rows of them are drawn. In the last column, where a
 * frame stands, libvterm would drop marks.
 */
static struct surface any_pane(struct odd_text *odd, struct canvas *canvas)
{
    int border = COLUMNS * 2 / 5;
    bool left = odd_number(odd, 2) == 0;

    return (struct surface){.canvas = canvas,
                            .left = left ? 0 : border,
                            .rows = ROWS,
                            .columns = left ? border : COLUMNS - border - 1};
}

/* ncurses loses track when half a wide character is overwritten: rows go to it whole. */
static void the_terminal_shows_the_canvas_after_every_change(void **state)
{
    struct canvas *canvas = canvas_new(ROWS, COLUMNS, false);
    struct screen_check check = {.out = tmpfile()};
    struct odd_text odd = {.state = 99};
    SCREEN *curses;

    (void)state;
    assert_non_null(check.out);
    setenv("LINES", "24", 1);
    setenv("COLUMNS", "60", 1);
    curses = newterm("screen-256color", check.out, stdin);
    assert_non_null(curses);
    check.vterm = vterm_new(ROWS, COLUMNS);
    vterm_set_utf8(check.vterm, 1);
    check.screen = vterm_obtain_screen(check.vterm);
    vterm_screen_enable_altscreen(check.screen, 1);
    vterm_screen_reset(check.screen, 1);
    canvas_use_terminal(canvas, true);
    for (int i = 0; i < FLUSHES; i++) {
        struct surface surface = any_pane(&odd, canvas);

        for (size_t j = odd_number(&odd, 8); j > 0; j--)
            draw_something(&odd, &surface, (int)odd_number(&odd, ROWS));
        canvas_flush(canvas, i == 0);
        take(&check);
        check_same(&check, canvas, i);
    }
    endwin();
    delscreen(curses);
    vterm_free(check.vterm);
    fclose(check.out);
    canvas_free(canvas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_way_of_drawing_leaves_its_surface),
        cmocka_unit_test(no_pane_draws_outside_of_itself),
        cmocka_unit_test(the_terminal_shows_the_canvas_after_every_change),
    };

    setlocale(LC_ALL, "C.UTF-8");
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
