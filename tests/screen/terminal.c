#include "tests/screen/terminal.h"

#include "tests/screen/raw.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>
#include <vterm.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"

enum {
    RAW_MAX = 256 * 1024 * 1024,
    LIMIT_US = 60 * 1000 * 1000, /* far above what anything takes: only a hang reaches it */
    STEP_MS = 100,               /* a look now and then whether it has ended */
    ARGUMENTS_MAX = 32,
};

struct terminal {
    pid_t child;
    int master;
    int slave; /* kept open, so that the modes can be read after the end */
    int idle;
    struct termios before;
    VTerm *vterm;
    VTermScreen *screen;
    int rows, columns;
    struct raw_check check;
    struct bytes raw;
    size_t idle_seen;
    bool ended;
    int status;
    char home[64];
};

static void become_console(const struct terminal_options *options, const struct terminal *terminal,
                           int idle)
{
    const char *program = getenv("COMETDECK");
    const char *arguments[ARGUMENTS_MAX] = {program ? program : "./cometdeck"};
    char number[16];
    size_t count = 1;

    for (size_t i = 0; options->arguments && options->arguments[i]; i++)
        arguments[count++] = options->arguments[i];
    snprintf(number, sizeof(number), "%d", idle);
    arguments[count++] = "--idle-fd";
    arguments[count++] = number;
    setenv("TERM", "screen-256color", 1); /* libvterm 0.1 miscounts REP, which xterm's has */
    setenv("LC_ALL", options->locale ? options->locale : "C.UTF-8", 1);
    setenv("HOME", terminal->home, 1);
    setenv("TMPDIR", terminal->home, 1);
    setenv("INPUTRC", "/dev/null", 1);
    unsetenv("XDG_STATE_HOME");
    unsetenv("XDG_CONFIG_HOME");
    unsetenv("LINES");
    unsetenv("COLUMNS");
    unsetenv("NO_COLOR");
    unsetenv("TMUX"); /* what is copied goes to the terminal of the test */
    unsetenv("STY");
    unsetenv("XDG_RUNTIME_DIR");
    unsetenv("PAGER");
    unsetenv("LESS");
    for (size_t i = 0; options->variables && options->variables[i]; i++) {
        char *name = xstrdup(options->variables[i]);

        *strchr(name, '=') = '\0';
        setenv(name, name + strlen(name) + 1, 1);
    }
    if (chdir(terminal->home) == 0)
        execv(arguments[0], (char *const *)(uintptr_t)arguments);
    _exit(127);
}

static void show(struct terminal *terminal, const char *data, size_t len)
{
    bytes_append(&terminal->raw, data, len);
    if (!raw_check(&terminal->check, data, len))
        fail_msg("the terminal got %s", terminal->check.fault);
    vterm_input_write(terminal->vterm, data, len);
}

struct terminal *terminal_start(const struct terminal_options *options)
{
    struct terminal *terminal = xcalloc(1, sizeof(*terminal));
    struct winsize size = {.ws_row = (unsigned short)options->rows,
                           .ws_col = (unsigned short)options->columns};
    int pipe_ends[2];

    strcpy(terminal->home, "/tmp/cometdeck-screen-XXXXXX");
    assert_non_null(mkdtemp(terminal->home));
    assert_int_equal(pipe(pipe_ends), 0);
    assert_int_equal(openpty(&terminal->master, &terminal->slave, NULL, NULL, &size), 0);
    assert_int_equal(tcgetattr(terminal->slave, &terminal->before), 0);
    terminal->child = fork();
    assert_true(terminal->child >= 0);
    if (terminal->child == 0) {
        int slave = dup(terminal->slave);

        close(terminal->master);
        close(terminal->slave);
        close(pipe_ends[0]);
        if (login_tty(slave) == 0)
            become_console(options, terminal, pipe_ends[1]);
        _exit(126);
    }
    close(pipe_ends[1]);
    terminal->idle = pipe_ends[0];
    fcntl(terminal->idle, F_SETFL, O_NONBLOCK);
    fcntl(terminal->master, F_SETFL, O_NONBLOCK);
    bytes_init(&terminal->raw, RAW_MAX);
    terminal->rows = options->rows;
    terminal->columns = options->columns;
    terminal->vterm = vterm_new(options->rows, options->columns);
    vterm_set_utf8(terminal->vterm, 1);
    terminal->screen = vterm_obtain_screen(terminal->vterm);
    vterm_screen_enable_altscreen(terminal->screen, 1);
    vterm_screen_reset(terminal->screen, 1);
    return terminal;
}

static void take_output(struct terminal *terminal)
{
    char data[65536];
    ssize_t got;

    while (terminal->master >= 0 && (got = read(terminal->master, data, sizeof(data))) > 0)
        show(terminal, data, (size_t)got);
}

static void take_idle(struct terminal *terminal)
{
    char data[256];
    ssize_t got;

    while ((got = read(terminal->idle, data, sizeof(data))) > 0)
        for (ssize_t i = 0; i < got; i++)
            terminal->idle_seen += data[i] == '\n';
}

static void note_end(struct terminal *terminal)
{
    int status;

    if (terminal->ended || waitpid(terminal->child, &status, WNOHANG) != terminal->child)
        return;
    terminal->ended = true;
    terminal->status =
        WIFEXITED(status) ? WEXITSTATUS(status) : TERMINAL_SIGNALLED + WTERMSIG(status);
}

/* Wait for output, idle or the end, `wait_ms` at most; all that came is taken. */
static void step_at_most(struct terminal *terminal, int64_t until_us, int wait_ms)
{
    struct pollfd fds[2] = {{.fd = terminal->master, .events = POLLIN},
                            {.fd = terminal->idle, .events = POLLIN}};

    if (clock_now_us(&clock_system) > until_us) {
        struct bytes dump;

        bytes_init(&dump, RAW_MAX);
        terminal_dump(terminal, &dump);
        fputs(bytes_text(&dump), stderr);
        bytes_release(&dump);
        fail_msg("the console did not answer in time");
    }
    poll(fds, 2, wait_ms);
    note_end(terminal);
    take_idle(terminal);
    take_output(terminal);
}

static void step(struct terminal *terminal, int64_t until_us)
{
    step_at_most(terminal, until_us, STEP_MS);
}

static int64_t limit_us(void)
{
    return clock_now_us(&clock_system) + LIMIT_US;
}

bool terminal_is_idle(const struct terminal *terminal)
{
    return terminal->idle_seen > 0;
}

void terminal_wait_idle(struct terminal *terminal)
{
    int64_t until_us = limit_us();

    while (terminal->idle_seen == 0) {
        step(terminal, until_us);
        if (terminal->ended && terminal->idle_seen == 0) {
            fprintf(stderr, "%.2000s\n", bytes_text(&terminal->raw));
            fail_msg("the console ended with status %d", terminal->status);
        }
    }
    terminal->idle_seen = 0;
    take_output(terminal);
}

void terminal_wait_text(struct terminal *terminal, const char *text)
{
    int64_t until_us = limit_us();

    while (!terminal_shows(terminal, text)) {
        step(terminal, until_us);
        if (terminal->ended)
            fail_msg("the console ended before it showed \"%s\"", text);
    }
}

void terminal_wait_gone(struct terminal *terminal, const char *text)
{
    int64_t until_us = limit_us();

    while (terminal_shows(terminal, text))
        step(terminal, until_us);
}

bool terminal_step(struct terminal *terminal, int64_t wait_us)
{
    int64_t until_us = clock_now_us(&clock_system) + wait_us, left_us = wait_us;
    size_t before = terminal->raw.len;

    for (; terminal->raw.len == before && left_us > 0;
         left_us = until_us - clock_now_us(&clock_system))
        step_at_most(terminal, limit_us(),
                     left_us < STEP_MS * 1000 ? (int)(left_us / 1000) : STEP_MS);
    return terminal->raw.len != before;
}

void terminal_send(struct terminal *terminal, const void *bytes, size_t len)
{
    int64_t until_us = limit_us();
    const char *at = bytes;

    while (len > 0 && !terminal->ended) {
        ssize_t sent = write(terminal->master, at, len);

        if (sent < 0 && errno != EAGAIN && errno != EINTR)
            fail_msg("the pty takes nothing: %s", strerror(errno));
        if (sent > 0) {
            at += sent;
            len -= (size_t)sent;
        } else {
            take_output(terminal);
            note_end(terminal);
            if (clock_now_us(&clock_system) > until_us)
                fail_msg("the console does not take what is typed");
        }
    }
}

void terminal_type(struct terminal *terminal, const char *bytes)
{
    take_idle(terminal);
    terminal->idle_seen = 0;
    terminal_send(terminal, bytes, strlen(bytes));
    terminal_wait_idle(terminal);
}

void terminal_command(struct terminal *terminal, const char *command)
{
    char *line = xasprintf(":%s\r", command);

    terminal_type(terminal, line);
    free(line);
}

void terminal_resize(struct terminal *terminal, int rows, int columns)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};

    take_idle(terminal);
    terminal->idle_seen = 0;
    take_output(terminal);
    terminal->rows = rows;
    terminal->columns = columns;
    vterm_set_size(terminal->vterm, rows, columns);
    ioctl(terminal->master, TIOCSWINSZ, &size);
}

bool terminal_has_ended(const struct terminal *terminal)
{
    return terminal->ended;
}

void terminal_signal(struct terminal *terminal, int signo)
{
    take_idle(terminal);
    terminal->idle_seen = 0;
    if (!terminal->ended) /* its number may be another one's by now */
        kill(terminal->child, signo);
}

void terminal_hang_up(struct terminal *terminal)
{
    take_output(terminal);
    close(terminal->master);
    terminal->master = -1;
}

int terminal_wait_end(struct terminal *terminal)
{
    int64_t until_us = limit_us();

    while (!terminal->ended)
        step(terminal, until_us);
    take_output(terminal);
    return terminal->status;
}

int terminal_wait_end_unread(struct terminal *terminal)
{
    int64_t until_us = limit_us();

    while (!terminal->ended) {
        poll(NULL, 0, 1);
        note_end(terminal);
        if (clock_now_us(&clock_system) > until_us)
            fail_msg("the console did not end without being read");
    }
    terminal->check.may_cancel = true;
    take_output(terminal);
    return terminal->status;
}

int terminal_unread(const struct terminal *terminal)
{
    int count = 0;

    assert_int_equal(ioctl(terminal->master, FIONREAD, &count), 0);
    return count;
}

void terminal_wait_unread(const struct terminal *terminal, int64_t wait_us)
{
    int64_t until_us = clock_now_us(&clock_system) + wait_us;
    int before = terminal_unread(terminal);

    while (terminal_unread(terminal) == before && clock_now_us(&clock_system) < until_us)
        poll(NULL, 0, 1);
}

static void add_cell(struct bytes *out, const VTermScreenCell *cell)
{
    if (cell->chars[0] == 0) {
        bytes_append_byte(out, ' ');
        return;
    }
    for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell->chars[i]; i++)
        utf8_append(out, cell->chars[i]);
}

void screen_dump_cells(struct VTermScreen *screen, int rows, int columns, struct bytes *out)
{
    for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns;) {
            VTermScreenCell cell;
            VTermPos position = {.row = row, .col = column};

            vterm_screen_get_cell(screen, position, &cell);
            add_cell(out, &cell);
            column += cell.width > 0 ? cell.width : 1;
        }
        while (out->len > 0 && out->data[out->len - 1] == ' ')
            bytes_truncate(out, out->len - 1);
        bytes_append_byte(out, '\n');
    }
}

void terminal_dump(struct terminal *terminal, struct bytes *out)
{
    screen_dump_cells(terminal->screen, terminal->rows, terminal->columns, out);
}

bool terminal_shows(struct terminal *terminal, const char *text)
{
    struct bytes dump;
    bool shows;

    bytes_init(&dump, RAW_MAX);
    terminal_dump(terminal, &dump);
    shows = strstr(bytes_text(&dump), text) != NULL;
    bytes_release(&dump);
    return shows;
}

void terminal_cursor(const struct terminal *terminal, int *row, int *column)
{
    VTermPos place;

    vterm_state_get_cursorpos(vterm_obtain_state(terminal->vterm), &place);
    *row = place.row;
    *column = place.col;
}

struct VTermScreen *terminal_screen(const struct terminal *terminal)
{
    return terminal->screen;
}

const struct bytes *terminal_raw(const struct terminal *terminal)
{
    return &terminal->raw;
}

pid_t terminal_process(const struct terminal *terminal)
{
    return terminal->child;
}

const char *terminal_home(const struct terminal *terminal)
{
    return terminal->home;
}

/* The last of two sequences that was written is `wanted`. */
static void check_last(const struct terminal *terminal, const char *wanted, const char *other)
{
    const char *text = bytes_text(&terminal->raw);
    const char *last_wanted = NULL, *last_other = NULL;

    for (const char *at = text; (at = strstr(at, wanted)); at++)
        last_wanted = at;
    for (const char *at = text; (at = strstr(at, other)); at++)
        last_other = at;
    if (!last_wanted || (last_other && last_other > last_wanted))
        fail_msg("the terminal was not restored: \\e%s is missing", wanted + 1);
}

void terminal_check_restored(struct terminal *terminal)
{
    struct termios now;

    check_last(terminal, "\033[?1049l", "\033[?1049h");
    check_last(terminal, "\033[?2004l", "\033[?2004h");
    check_last(terminal, "\033[8h", "\033[8l");
    check_last(terminal, "\033[?25h", "\033[?25l");
    assert_int_equal(tcgetattr(terminal->slave, &now), 0);
    assert_int_equal(now.c_lflag, terminal->before.c_lflag);
    assert_int_equal(now.c_iflag, terminal->before.c_iflag);
    assert_int_equal(now.c_oflag, terminal->before.c_oflag);
}

static int remove_entry(const char *path, const struct stat *about, int type, struct FTW *where)
{
    (void)about;
    (void)type;
    (void)where;
    return remove(path);
}

void terminal_free(struct terminal *terminal)
{
    if (!terminal->ended) {
        kill(terminal->child, SIGKILL);
        waitpid(terminal->child, NULL, 0);
    }
    if (terminal->master >= 0)
        close(terminal->master);
    close(terminal->slave);
    close(terminal->idle);
    vterm_free(terminal->vterm);
    bytes_release(&terminal->raw);
    nftw(terminal->home, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(terminal);
}

void terminal_quit(struct terminal *terminal)
{
    terminal_send(terminal, "Q", 1);
    assert_int_equal(terminal_wait_end(terminal), 0);
    terminal_check_restored(terminal);
    terminal_free(terminal);
}
