/* Copying: to tmux, to the terminal, or to a file, whichever can take it. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/redact.h"
#include "contract/workspace.h"
#include "ui/console_state.h"

enum {
    COPY_MAX = 64 * 1024 * 1024,
    TMUX_LIMIT_US = 5 * 1000 * 1000, /* until it is given up */
    FOLDER_MODE = 0700,
    FILE_MODE = 0600,
};

/* What is being copied, as long as tmux is taking it. */
struct copying {
    struct bytes text;
    const char *what;
    char *size; /* "9 bytes" */
    pid_t pid;  /* of the tmux client, 0: it has ended */
    int pipe;   /* its standard input, -1: closed */
    size_t written;
    struct loop_timer limit;
};

void console_copy_free(struct console *console)
{
    struct copying *copying = console->copying;

    if (!copying)
        return;
    console->copying = NULL;
    loop_timer_cancel(console->loop, &copying->limit);
    if (copying->pipe >= 0) {
        loop_unwatch(console->loop, copying->pipe);
        close(copying->pipe);
    }
    if (copying->pid > 0) {
        kill(copying->pid, SIGKILL);
        waitpid(copying->pid, NULL, 0); /* at once: nothing holds a kill back */
    }
    bytes_release(&copying->text);
    free(copying->size);
    free(copying);
}

/* ---- a file, the last way ---- */

/* Where the session keeps what is gone with it, else our own folder. The caller frees. */
static char *copy_folder(void)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");

    return runtime && runtime[0] == '/' ? file_join(runtime, "cometdeck")
                                        : workspace_state_folder();
}

static bool copy_to_file(struct console *console, struct error *error)
{
    struct copying *copying = console->copying;
    char *folder, *path;
    bool written;

    if (!application_may_write(console->application, error))
        return false;
    folder = copy_folder();
    if (!folder)
        return error_set(error, ERROR_FILE, "not copied: there is no folder for it; set HOME");
    path = file_join(folder, "copied");
    written = file_make_folders(folder, FOLDER_MODE, error) &&
              file_replace(NULL, path, bytes_text(&copying->text), copying->text.len, FILE_MODE,
                           NULL, NULL, error);
    if (written)
        application_say(console->application, MESSAGE_DONE, "Copied %s, %s, to the file %s",
                        copying->what, copying->size, path);
    free(path);
    free(folder);
    return written;
}

/* ---- the terminal ---- */

/* Without tmux, or after it failed. */
static void copy_further(struct console *console)
{
    struct copying *copying = console->copying;
    struct error error;

    if (console->guest_pid == 0 && term_clip(console->term, copying->text.data, copying->text.len))
        application_say(console->application, MESSAGE_DONE,
                        "Sent %s, %s, to the terminal; none says whether it took it", copying->what,
                        copying->size);
    else if (!copy_to_file(console, &error))
        application_fail(console->application, &error);
    console_copy_free(console);
}

/* ---- tmux ---- */

static void run_tmux(int input, const struct redactor *redactor)
{
    int nowhere = open("/dev/null", O_WRONLY);

    redact_environment(redactor);
    dup2(input, STDIN_FILENO);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    signal(SIGPIPE, SIG_DFL);
    close_range(3, ~0U, 0);
    execlp("tmux", "tmux", "load-buffer", "-w", "-", (char *)NULL);
    _exit(GUEST_MISSING);
}

static void close_pipe(struct console *console)
{
    loop_unwatch(console->loop, console->copying->pipe);
    close(console->copying->pipe);
    console->copying->pipe = -1;
}

static void on_pipe(void *context, short revents)
{
    struct console *console = context;
    struct copying *copying = console->copying;
    size_t left = copying->text.len - copying->written;
    ssize_t written = write(copying->pipe, copying->text.data + copying->written, left);

    (void)revents;
    if (written > 0)
        copying->written += (size_t)written;
    else if (written < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (written < 0 || copying->written == copying->text.len)
        close_pipe(console); /* its end tells the rest */
}

static void on_limit(void *context)
{
    copy_further(context);
}

void console_copy_ended(struct console *console)
{
    struct copying *copying = console->copying;
    int status;

    if (!copying || copying->pid <= 0 || waitpid(copying->pid, &status, WNOHANG) != copying->pid)
        return;
    copying->pid = 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && copying->written == copying->text.len) {
        application_say(console->application, MESSAGE_DONE, "Copied %s, %s, to tmux", copying->what,
                        copying->size);
        console_copy_free(console);
    } else {
        copy_further(console);
    }
}

/* False: it cannot be started. */
static bool start_tmux(struct console *console)
{
    struct copying *copying = console->copying;
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) < 0)
        return false;
    copying->pid = fork();
    if (copying->pid == 0)
        run_tmux(ends[0], application_redactor(console->application));
    close(ends[0]);
    if (copying->pid < 0) {
        copying->pid = 0;
        close(ends[1]);
        return false;
    }
    copying->pipe = ends[1];
    fcntl(copying->pipe, F_SETFL, O_NONBLOCK);
    loop_watch(console->loop, copying->pipe, POLLOUT, on_pipe, console);
    loop_timer_set(console->loop, &copying->limit,
                   clock_now_us(loop_clock(console->loop)) + TMUX_LIMIT_US, on_limit, console);
    return true;
}

static bool read_part(const char *argument, enum pane_part *part, struct error *error)
{
    *part = argument && strcmp(argument, "all") == 0 ? PANE_ALL : PANE_HERE;
    if (*part == PANE_ALL || !argument || strcmp(argument, "here") == 0)
        return true;
    return error_set(error, ERROR_USAGE, "copy takes here or all, not \"%s\"", argument);
}

bool console_copy(struct console *console, const char *argument, struct error *error)
{
    struct pane_text text = {0};
    struct copying *copying;
    enum pane_part part;

    if (!read_part(argument, &part, error))
        return false;
    console_copy_free(console); /* the later one counts */
    copying = console->copying = xcalloc(1, sizeof(*copying));
    copying->pipe = -1;
    bytes_init(&copying->text, COPY_MAX);
    text.bytes = &copying->text;
    if (!screen_text(console->screen, part, &text) || copying->text.len == 0) {
        console_copy_free(console);
        return error_set(error, ERROR_USAGE, "there is nothing to copy here");
    }
    redact(application_redactor(console->application), copying->text.data, copying->text.len);
    copying->what = text.what;
    copying->size = xasprintf("%zu byte%s", copying->text.len, copying->text.len == 1 ? "" : "s");
    if (!getenv("TMUX") || !start_tmux(console))
        copy_further(console);
    return true;
}
