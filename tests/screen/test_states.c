/*
 * Every pane and its states at four sizes, in 256 colours, without colours and in ASCII.
 *
 * Three consoles walk the same way side by side. tests/screen/expect/states/STATE-SIZE.txt holds
 * what they show: the text, then how it looks in 256 colours and without; at the smallest size also
 * the text and the looks in ASCII with 8 colours. `./dev screens` renews the files.
 */
#include "tests/screen/looks.h"
#include "tests/screen/terminal.h"
#include "tests/unit/unit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"

enum {
    FILE_MAX = 4 * 1024 * 1024,
    STEPS_MAX = 12,
    QUIET_US = 3 * 1000 * 1000, /* a screen that still differs after that will not change */
    SETTLED_US = 60 * 1000,     /* one that is to be written anew stood still that long */
    STEP_US = 6 * 1000,
};

/* The consoles, by what their terminals can do. */
enum { COLOUR, MONO, ASCII, KIND_COUNT };
static const struct {
    const char *locale;
    const char *variables[3];
} kinds[KIND_COUNT] = {
    [COLOUR] = {"C.UTF-8", {"TERM=screen-256color"}},
    [MONO] = {"C.UTF-8", {"TERM=screen-256color", "NO_COLOR=1"}},
    [ASCII] = {"C", {"TERM=screen"}},
};

static const struct {
    int rows, columns;
    const char *name;
} sizes[] = {{24, 80, "80x24"}, {30, 120, "120x30"}, {40, 140, "140x40"}, {60, 200, "200x60"}};
enum { SIZE_COUNT = sizeof(sizes) / sizeof(*sizes) };

/*
 * A step is a command (":…"), a text to wait for ("?…") or to be gone ("!…"), keys behind a "=",
 * else keys. A state
 * begins where the one before it ended; `undo` leaves what would be in the way of the next.
 */
struct state {
    const char *name;
    const char *steps[STEPS_MAX];
    const char *undo;
};

static const struct state states[] = {
    {"start", {"?sim/ready"}, NULL},
    {"catalog-filter", {"1", "/cut"}, "\033"},
    {"catalog-detail", {"i"}, "i"},
    {"composer", {"2"}, NULL},
    {"composer-edit", {":prompt Is this answer whole?", "g", "jjj", "e"}, "\033"},
    {"composer-body", {"jjjjjjjjj"}, NULL},
    {"complete", {":operation chat", ":prompt", ":send", "?COMPLETE", "3"}, NULL},
    {"events", {":view events"}, NULL},
    {"raw", {":view raw"}, NULL},
    {"headers", {":view headers"}, NULL},
    {"incomplete",
     {":view answer", ":scenario cut-mid-stream", ":send", "?INCOMPLETE", "?A client that trusts"},
     NULL},
    {"reasons", {":view reasons"}, NULL},
    {"search", {":view answer", "/backup\r"}, "\033"},
    {"verdict-hidden", {":verdict hide"}, ":verdict show"},
    {"malformed",
     {":view answer", ":scenario content-after-done", ":send", "?MALFORMED", "!in flight"},
     NULL},
    {"failed", {":scenario error-in-stream", ":send", "?ERROR", "!in flight"}, NULL},
    {"ledger", {":ledger new incident", ":attach", "4"}, NULL},
    {"ledger-edit", {"e"}, "\033"},
    {"history", {"5"}, NULL},
    {"history-filter", {"/verdict:trunc\r"}, "/\025\r"},
    {"help", {"?"}, "\033"},
    {"messages", {":messages"}, "\033"},
    {"command", {"=:cat"}, "\033"},
    {"refused", {":nonsense"}, NULL},
    {"full-screen", {"3", "f"}, "f"},
    {"observe", {":observe"}, NULL},
    {"observe-run",
     {":observe run rate-limited,cut-mid-stream -- \"$COMETDECK\" send --quiet >/dev/null",
      "?The run is over"},
     NULL},
    {"observe-attempts", {"j\r"}, "\033"},
    {"observe-kept", {":observe stop", "?kept as"}, NULL},
    {"leaving", {"Q"}, "\033"},
};

static struct terminal *terminals[KIND_COUNT];

static void start(void)
{
    static const char *const demo[] = {"demo", "--pace", "0", NULL};

    for (int i = 0; i < KIND_COUNT; i++) {
        const struct terminal_options options = {
            .rows = sizes[0].rows,
            .columns = sizes[0].columns,
            .arguments = demo,
            .locale = kinds[i].locale,
            .variables = kinds[i].variables,
        };

        terminals[i] = terminal_start(&options);
    }
    for (int i = 0; i < KIND_COUNT; i++)
        terminal_wait_idle(terminals[i]);
}

/* A terminal that keeps its size tells its program nothing. */
static void resize(size_t *current, size_t size)
{
    if (*current == size)
        return;
    *current = size;
    for (int i = 0; i < KIND_COUNT; i++)
        terminal_resize(terminals[i], sizes[size].rows, sizes[size].columns);
    for (int i = 0; i < KIND_COUNT; i++)
        terminal_wait_idle(terminals[i]);
}

static void do_step(const char *step)
{
    for (int i = 0; i < KIND_COUNT; i++) {
        if (step[0] == '?' && step[1])
            terminal_wait_text(terminals[i], step + 1);
        else if (step[0] == '!')
            terminal_wait_gone(terminals[i], step + 1);
        else if (step[0] == '=')
            terminal_type(terminals[i], step + 1);
        else if (step[0] == ':')
            terminal_command(terminals[i], step + 1);
        else
            terminal_type(terminals[i], step);
    }
}

static void add_screen(struct bytes *out, int kind)
{
    terminal_dump(terminals[kind], out);
}

static void add_looks(struct bytes *out, const char *title, int kind, size_t size)
{
    bytes_printf(out, "\n-- %s --\n", title);
    looks_describe(terminal_screen(terminals[kind]), sizes[size].rows, sizes[size].columns, out);
}

/* What the file of a state at a size is to hold, as far as the consoles have drawn. */
static void describe(size_t size, struct bytes *masked)
{
    struct bytes text;

    bytes_init(&text, FILE_MAX);
    add_screen(&text, COLOUR);
    add_looks(&text, "256 colours", COLOUR, size);
    add_looks(&text, "no colours", MONO, size);
    if (size == 0) {
        bytes_puts(&text, "\n-- ASCII --\n");
        add_screen(&text, ASCII);
        add_looks(&text, "8 colours", ASCII, size);
    }
    bytes_clear(masked);
    screen_mask(bytes_text(&text), masked);
    bytes_release(&text);
}

/* Wait until one of the consoles wrote something; false when none did. */
static bool step_all(int64_t wait_us)
{
    bool came = false;

    for (int64_t waited = 0; !came && waited < wait_us; waited += STEP_US)
        for (int i = 0; i < KIND_COUNT; i++)
            came |= terminal_step(terminals[i], STEP_US / KIND_COUNT);
    return came;
}

static void compare(const char *path, size_t size, struct bytes *shown)
{
    struct bytes expected;
    struct error error;

    if (!file_read(path, FILE_MAX, &expected, NULL, &error))
        fail_msg("%s", error.text);
    describe(size, shown);
    while (strcmp(bytes_text(&expected), bytes_text(shown)) != 0) {
        if (!step_all(QUIET_US)) {
            fprintf(stderr, "%s:\n%s\nbut the screen shows:\n%s", path, bytes_text(&expected),
                    bytes_text(shown));
            fail_msg("the screen differs from %s; ./dev screens renews it", path);
        }
        describe(size, shown);
    }
    bytes_release(&expected);
}

static void check_state(const struct state *state, size_t size)
{
    const char *top = getenv("abs_top_srcdir");
    char *path = xasprintf("%s/tests/screen/expect/states/%s-%s.txt", top ? top : "..", state->name,
                           sizes[size].name);
    struct bytes shown;

    bytes_init(&shown, FILE_MAX);
    if (getenv("UPDATE")) {
        while (step_all(SETTLED_US))
            continue;
        describe(size, &shown);
        screen_write(path, &shown);
    } else {
        compare(path, size, &shown);
    }
    bytes_release(&shown);
    free(path);
}

static void every_state_is_shown_as_expected_at_every_size(void **unused)
{
    size_t current = 0;

    (void)unused;
    start();
    for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++) {
        for (int j = 0; j < STEPS_MAX && states[i].steps[j]; j++)
            do_step(states[i].steps[j]);
        for (size_t size = 0; size < SIZE_COUNT; size++) {
            resize(&current, size);
            check_state(&states[i], size);
        }
        resize(&current, 0);
        if (states[i].undo)
            do_step(states[i].undo);
    }
    for (int i = 0; i < KIND_COUNT; i++)
        terminal_free(terminals[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_is_shown_as_expected_at_every_size),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
