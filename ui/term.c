#include "ui/term.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <ncurses.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/bytes.h"
#include "base/memory.h"
#include "ui/term_output.h"
#include "ui/term_type.h"

enum { SIZE_MAX_EACH = 1000, CRASH_SIGNALS = 7, CRASH_STACK = 64 * 1024 };

/*
 * Pastes come marked (2004). A terminal that reorders right-to-left text takes a row of the screen
 * for a paragraph, so that two panes beside each other could change places: it is told to leave the
 * order of cells alone (ECMA-48, BDSM); one that never reorders ignores it.
 */
static const char modes_on[] = "\033[?2004h\033[8l";
static const char modes_off[] = "\033[8h\033[?2004l";
static const char mouse_on[] = "\033[?1000h\033[?1006h"; /* presses and wheel, as decimals */
static const char mouse_off[] = "\033[?1006l\033[?1000l";
static const char clip_begin[] = "\033]52;c;";
static const char clip_end[] = "\007";
static const int crash_signals[CRASH_SIGNALS] = {SIGSEGV, SIGBUS,  SIGILL, SIGFPE,
                                                 SIGABRT, SIGTRAP, SIGSYS};
const int term_ending_signals[] = {SIGHUP,    SIGTERM, SIGINT,    SIGQUIT, SIGUSR1,
                                   SIGUSR2,   SIGALRM, SIGVTALRM, SIGPROF, SIGXCPU,
                                   SIGSTKFLT, SIGIO,   SIGPWR,    0};

struct term {
    SCREEN *screen;
    struct term_output output;
    struct termios before, ours;
    int log;           /* -1: none */
    int stderr_before; /* -1: standard error is where it was */
    bool mouse;
    struct bytes restore;
    struct sigaction crash_before[CRASH_SIGNALS];
    void *crash_stack;
};

/* The crash handler takes no context: what it needs is prepared here. */
static const struct term *volatile crash_term;

bool term_is_utf8(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

bool term_wants_colour(void)
{
    const char *value = getenv("NO_COLOR");

    return !value || !*value;
}

int term_descriptor(const struct term *term)
{
    (void)term;
    return STDIN_FILENO;
}

/* Only what is allowed in a signal handler. */
static void restore_in_crash(void)
{
    const struct term *term = crash_term;

    if (!term)
        return;
    crash_term = NULL;
    term_output_crash(&term->output, term->restore.data, term->restore.len);
    tcsetattr(STDIN_FILENO, TCSANOW, &term->before);
    if (term->stderr_before >= 0)
        dup2(term->stderr_before, STDERR_FILENO);
}

static void crashed(int signo)
{
    const struct term *term = crash_term;

    restore_in_crash();
    if (term) {
        for (int i = 0; i < CRASH_SIGNALS; i++)
            sigaction(crash_signals[i], &term->crash_before[i], NULL);
    } else {
        signal(signo, SIG_DFL);
    }
    raise(signo);
}

static void watch_crashes(struct term *term)
{
    struct sigaction action = {.sa_handler = crashed, .sa_flags = SA_ONSTACK};
    stack_t stack = {.ss_size = CRASH_STACK};

    stack.ss_sp = term->crash_stack = xmalloc(CRASH_STACK);
    sigaltstack(&stack, NULL);
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < CRASH_SIGNALS; i++)
        sigaction(crash_signals[i], &action, &term->crash_before[i]);
    memory_set_exhausted(restore_in_crash);
    crash_term = term;
}

static void unwatch_crashes(struct term *term)
{
    const stack_t none = {.ss_flags = SS_DISABLE};

    crash_term = NULL;
    memory_set_exhausted(NULL);
    for (int i = 0; i < CRASH_SIGNALS; i++)
        sigaction(crash_signals[i], &term->crash_before[i], NULL);
    sigaltstack(&none, NULL);
    free(term->crash_stack);
}

/* Append a string of the terminal's description without its padding marks ("$<5>"). */
static void add_capability(struct bytes *out, const char *name)
{
    char key[16] = "";
    const char *text;

    memcpy(key, name, strlen(name) < sizeof(key) ? strlen(name) : sizeof(key) - 1);
    text = tigetstr(key);
    if (!text || text == (char *)-1)
        return;
    while (*text) {
        const char *end = text[0] == '$' && text[1] == '<' ? strchr(text, '>') : NULL;

        if (end)
            text = end + 1;
        else
            bytes_append_byte(out, *text++);
    }
}

static void prepare_restore(struct term *term)
{
    bytes_init(&term->restore, 1024);
    bytes_puts(&term->restore, mouse_off);
    bytes_puts(&term->restore, modes_off);
    add_capability(&term->restore, "sgr0");
    add_capability(&term->restore, "rmcup");
    add_capability(&term->restore, "cnorm");
}

static void redirect_stderr(struct term *term)
{
    if (term->stderr_before >= 0)
        return;
    fflush(stderr);
    term->stderr_before = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (term->stderr_before >= 0 && term->log >= 0)
        dup2(term->log, STDERR_FILENO);
}

static void restore_stderr(struct term *term)
{
    if (term->stderr_before < 0)
        return;
    fflush(stderr);
    dup2(term->stderr_before, STDERR_FILENO);
    close(term->stderr_before);
    term->stderr_before = -1;
}

static void open_log(struct term *term, const char *log)
{
    term->log = -1;
    if (log)
        term->log = open(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (term->log < 0)
        term->log = open("/dev/null", O_WRONLY | O_CLOEXEC);
}

/* Curses reads and sets the modes while it writes to the terminal itself, and no more after that.
 */
static bool start_curses(struct term *term, struct error *error)
{
    if (!term_output_init(&term->output))
        return error_errno(error, ERROR_CHECK, errno,
                           "no descriptor for the terminal can be had; raise the limit of open "
                           "files (ulimit -n)");
    term->screen = newterm(NULL, term->output.stream, stdin);
    if (!term->screen)
        return error_set(error, ERROR_CHECK, "the terminal cannot be taken");
    raw();
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    typeahead(-1);
    tcgetattr(STDIN_FILENO, &term->ours);
    if (!term_output_divert(&term->output)) {
        error_errno(error, ERROR_CHECK, errno,
                    errno == EFBIG ? "the limit of file sizes (ulimit -f) leaves no room for the "
                                     "screen, which is drawn in memory first: 1 MB is needed"
                                   : "no memory for the terminal can be had");
        endwin();
        delscreen(term->screen);
        return false;
    }
    return true;
}

/* What is ours alone, besides what curses knows of. */
static void set_modes(struct term *term)
{
    term_output_put(&term->output, modes_on, sizeof(modes_on) - 1);
    if (term->mouse)
        term_output_put(&term->output, mouse_on, sizeof(mouse_on) - 1);
}

struct term *term_new(const char *log, struct error *error)
{
    struct term *term = xcalloc(1, sizeof(*term));

    term->stderr_before = -1;
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) ||
        tcgetattr(STDIN_FILENO, &term->before) < 0) {
        error_set(error, ERROR_USAGE,
                  "the console needs a terminal on standard input and output; "
                  "`cometdeck --help` lists the verbs that need none");
        free(term);
        return NULL;
    }
    if (!term_type_suffices(error) || !start_curses(term, error)) {
        term_output_release(&term->output);
        free(term);
        return NULL;
    }
    prepare_restore(term);
    watch_crashes(term);
    open_log(term, log);
    redirect_stderr(term);
    curs_set(0);
    set_modes(term);
    return term;
}

/* Everything out or away, then the modes at once: to wait for the output could be for ever. */
static void give_back(struct term *term)
{
    if (term->mouse)
        term_output_put(&term->output, mouse_off, sizeof(mouse_off) - 1);
    term_output_put(&term->output, modes_off, sizeof(modes_off) - 1);
    curs_set(1);
    endwin();
    term_output_finish(&term->output, term->restore.data, term->restore.len);
    tcsetattr(STDIN_FILENO, TCSANOW, &term->before);
    restore_stderr(term);
}

void term_free(struct term *term)
{
    if (!term)
        return;
    give_back(term);
    if (term->log >= 0)
        close(term->log);
    unwatch_crashes(term);
    delscreen(term->screen);
    term_output_release(&term->output);
    bytes_release(&term->restore);
    free(term);
}

bool term_send(struct term *term)
{
    return term_output_send(&term->output);
}

int term_output_descriptor(const struct term *term)
{
    return term->output.tty;
}

ssize_t term_read(struct term *term, char *data, size_t size)
{
    ssize_t got;

    do
        got = read(term_descriptor(term), data, size);
    while (got < 0 && errno == EINTR);
    return got;
}

static int within(int value)
{
    return value < 1 ? 1 : value > SIZE_MAX_EACH ? SIZE_MAX_EACH : value;
}

void term_size(struct term *term, int *rows, int *columns)
{
    struct winsize size;

    (void)term;
    *rows = LINES;
    *columns = COLS;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0) {
        *rows = size.ws_row;
        *columns = size.ws_col;
    }
    *rows = within(*rows);
    *columns = within(*columns);
    if (*rows != LINES || *columns != COLS)
        resizeterm(*rows, *columns);
}

void term_resume(struct term *term)
{
    redirect_stderr(term);
    tcsetattr(STDIN_FILENO, TCSANOW, &term->ours);
    if (!isendwin()) /* stopped from outside: the modes are anyone's guess */
        endwin();
    refresh();
    set_modes(term);
}

void term_lend(struct term *term)
{
    give_back(term);
}

void term_set_mouse(struct term *term, bool on)
{
    if (term->mouse == on)
        return;
    term->mouse = on;
    term_output_put(&term->output, on ? mouse_on : mouse_off,
                    (on ? sizeof(mouse_on) : sizeof(mouse_off)) - 1);
}

/* GNU screen passes no OSC 52 on, and the others would show it or drop it. */
static bool knows_clipboard(void)
{
    static const char *const without[] = {"linux", "vt", "dumb", "cons", "sun", "wy"};
    const char *type = getenv("TERM");

    if (!type || getenv("STY"))
        return false;
    for (size_t i = 0; i < sizeof(without) / sizeof(*without); i++)
        if (strncmp(type, without[i], strlen(without[i])) == 0)
            return false;
    return true;
}

bool term_clip(struct term *term, const void *data, size_t len)
{
    size_t begin = sizeof(clip_begin) - 1, end = sizeof(clip_end) - 1;
    size_t whole = begin + BASE64_LENGTH(len) + end;
    char *sequence;

    if (len > TERM_CLIP_MAX || !knows_clipboard())
        return false;
    sequence = xmalloc(whole);
    memcpy(sequence, clip_begin, begin);
    base64_encode(data, len, sequence + begin);
    memcpy(sequence + whole - end, clip_end, end);
    term_output_put(&term->output, sequence, whole);
    free(sequence);
    return true;
}

/* By SIGTSTP and not SIGSTOP: where no shell would wake us again, nothing happens. */
static void stop(pid_t whom)
{
    struct sigaction action = {.sa_handler = SIG_DFL};
    struct sigaction before;

    sigaction(SIGTSTP, &action, &before);
    kill(whom, SIGTSTP);
    sigaction(SIGTSTP, &before, NULL);
}

void term_stop(void)
{
    stop(getpid());
}

void term_suspend(struct term *term)
{
    term_lend(term);
    stop(0);
    term_resume(term);
}

void term_hold_signals(bool hold)
{
    sigset_t ending;

    sigemptyset(&ending);
    for (size_t i = 0; term_ending_signals[i]; i++)
        sigaddset(&ending, term_ending_signals[i]);
    sigprocmask(hold ? SIG_BLOCK : SIG_UNBLOCK, &ending, NULL);
}
