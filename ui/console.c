#include "ui/console.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/redact.h"
#include "command/output.h"
#include "command/verb.h"
#include "net/loop.h"
#include "ui/application_observe.h"
#include "ui/console_state.h"
#include "ui/layout.h"
#include "ui/line_history.h"
#include "ui/log.h"
#include "ui/script.h"

enum {
    FRAME_US = 16000,    /* between frames that only the network asks for */
    KEY_FRAME_US = 2000, /* a key does not wait for its turn, a flood of them does */
    SECOND_US = 1000000,
    READ_SIZE = 4096,
    DUMP_MAX = 16 * 1024 * 1024,
};

/* ---- keys ---- */

static const struct binding *find_binding(const struct console *console, struct key key)
{
    return keymap_find(console->keymap, screen_section(console->screen), key);
}

static bool is_cancel(struct key key)
{
    return key_equal(key, (struct key){'c', KEY_CONTROL});
}

static bool is_send(struct key key)
{
    return key_equal(key, (struct key){'s', KEY_CONTROL});
}

static void answer_and_send(struct console *console)
{
    const struct request_call send = {.request = REQUEST_SEND};

    prompt_key(console->prompt, "\r", 1);
    console_request(console, &send);
}

/* A paste is the beginning of an answer where the focused pane knows a question for it. */
static void take_paste(struct console *console, const struct input_event *event)
{
    if (!prompt_is_open(console->prompt) && screen_invite(console->screen))
        console_show_question(console, true);
    if (prompt_is_open(console->prompt))
        prompt_paste(console->prompt, event->bytes, event->len, event->cut);
    else
        application_say(console->application, MESSAGE_NOTE,
                        "A paste is taken where something is typed, such as behind :");
}

static void take_key(struct console *console, const struct input_event *event)
{
    const struct binding *binding;
    char name[KEY_NAME];

    application_clear_message(console->application);
    if (prompt_is_open(console->prompt)) {
        if (event->key.code == KEY_CODE_ESCAPE || is_cancel(event->key))
            prompt_give_up(console->prompt);
        else if (is_send(event->key) && !console->asking_command && !console->picking &&
                 console->question.sends)
            answer_and_send(console);
        else if (!console_pick_key(console, event->key))
            prompt_key(console->prompt, event->bytes, event->len);
        return;
    }
    binding = find_binding(console, event->key);
    if (binding) {
        console_request(console, &binding->call);
    } else {
        key_name(event->key, name);
        application_say(console->application, MESSAGE_NOTE,
                        "%s does nothing here; ? shows what does", name);
    }
}

/* A key with Alt that means something where we are; if not, Esc and the key were typed at once. */
static bool is_known(const struct console *console, const struct input_event *event)
{
    if (!prompt_is_open(console->prompt))
        return find_binding(console, event->key) != NULL;
    return prompt_knows(console->prompt, event->bytes, event->len);
}

static void on_input(void *context, const struct input_event *event)
{
    struct console *console = context;
    bool waits = application_is_asking(console->application); /* that was no key's doing */
    struct input_event parts[2];

    if (input_split(event, parts) && !is_known(console, event)) {
        on_input(console, &parts[0]);
        on_input(console, &parts[1]);
        return;
    }
    screen_changed(console->screen, TOPIC_STATUS);
    switch (event->kind) {
    case INPUT_KEY:
        take_key(console, event);
        break;
    case INPUT_PASTE:
        take_paste(console, event);
        break;
    case INPUT_MOUSE:
        console_mouse(console, event);
        break;
    }
    console_show_question(console, !waits); /* the next key of the same read is its answer */
}

static void on_escape_time(void *context)
{
    struct console *console = context;

    input_flush(console->input);
}

void console_feed(struct console *console, const char *data, size_t len)
{
    input_feed(console->input, data, len);
    if (input_is_waiting(console->input))
        loop_timer_set(console->loop, &console->escape_timer,
                       clock_now_us(loop_clock(console->loop)) + INPUT_WAIT_US, on_escape_time,
                       console);
    else
        loop_timer_cancel(console->loop, &console->escape_timer);
}

void console_rescue(struct console *console)
{
    console_keep_typed(console);
    screen_rescue(console->screen, &console->farewell);
}

/* The terminal is gone, or we are asked to go: keep what is unsaved and leave in order. */
static void leave_now(struct console *console)
{
    if (console->guest_pid > 0)
        kill(console->guest_pid, SIGHUP);
    console_rescue(console);
    loop_stop(console->loop, EXIT_INTERRUPTED);
}

static void on_terminal(void *context, short revents)
{
    struct console *console = context;
    char data[READ_SIZE];
    ssize_t got;

    (void)revents;
    console->stirred = true;
    console->keyed = true;
    got = term_read(console->term, data, sizeof(data));
    if (got > 0)
        console_feed(console, data, (size_t)got);
    else if (got == 0 || errno != EAGAIN)
        leave_now(console);
}

/* ---- signals ---- */

static void resize(struct console *console)
{
    int rows, columns;

    term_size(console->term, &rows, &columns);
    screen_resize(console->screen, rows, columns);
    prompt_resize(console->prompt, rows, columns);
}

void console_suspend(struct console *console)
{
    term_suspend(console->term);
    resize(console);
}

void console_lend_terminal(struct console *console)
{
    loop_unwatch(console->loop, term_descriptor(console->term));
    term_lend(console->term);
}

void console_take_terminal(struct console *console)
{
    term_resume(console->term);
    loop_watch(console->loop, term_descriptor(console->term), POLLIN, on_terminal, console);
    resize(console);
    console->stirred = true;
}

/* A guest has the terminal: what the keys of it raise is the guest's affair. */
static bool is_of_guest(const struct console *console, int signo)
{
    if (console->guest_pid == 0)
        return false;
    if (signo == SIGTSTP)
        term_stop(); /* it stops as well, and the shell waits for us both */
    return signo == SIGTSTP || signo == SIGCONT || signo == SIGINT || signo == SIGQUIT ||
           signo == SIGWINCH;
}

static void on_signal(void *context, int signo)
{
    struct console *console = context;

    console->stirred = true;
    if (is_of_guest(console, signo))
        return;
    switch (signo) {
    case SIGCHLD:
        console_guest_ended(console);
        console_copy_ended(console);
        application_reap(console->application);
        break;
    case SIGWINCH:
        resize(console);
        break;
    case SIGTSTP:
        console_suspend(console);
        break;
    case SIGCONT:
        term_resume(console->term);
        resize(console);
        break;
    default:
        leave_now(console);
        break;
    }
}

/* ---- the frame ---- */

static void on_tick(void *context)
{
    struct console *console = context;

    application_changed(console->application, TOPIC_EXCHANGE | TOPIC_STATUS | TOPIC_SUITE);
}

/* The age of the last event runs while a stream is open, and only then. */
static void keep_ticking(struct console *console, int64_t now_us)
{
    bool running = application_ticks(console->application);

    if (running && !console->tick_timer.armed)
        loop_timer_set(console->loop, &console->tick_timer, now_us + SECOND_US, on_tick, console);
    else if (!running)
        loop_timer_cancel(console->loop, &console->tick_timer);
}

static void draw(struct console *console)
{
    struct prompt_view view;
    bool open = prompt_is_open(console->prompt);

    if (open)
        prompt_view(console->prompt, &view);
    screen_draw(console->screen, open ? &view : NULL, true);
}

static void on_writable(void *context, short revents)
{
    struct console *console = context;

    (void)revents;
    if (term_send(console->term))
        loop_unwatch(console->loop, term_output_descriptor(console->term));
}

/* A terminal that does not read is waited for like everything else; nothing is drawn meanwhile. */
static bool send_output(struct console *console)
{
    bool sent = term_send(console->term);

    if (!sent)
        loop_watch(console->loop, term_output_descriptor(console->term), POLLOUT, on_writable,
                   console);
    return sent;
}

static void report_idle(struct console *console)
{
    if (console->stirred && console->idle_fd >= 0 && write(console->idle_fd, "idle\n", 5) < 0)
        console->idle_fd = -1;
    console->stirred = false;
}

/* Behind the drawing: no key waits for it. */
static int64_t keep(struct console *console, int64_t now_us)
{
    int64_t due_us;

    console_keep_typed(console);
    due_us = screen_keep(console->screen, now_us);
    return application_has_changed(console->application) ? now_us + KEY_FRAME_US : due_us;
}

static int64_t on_frame(void *context)
{
    struct console *console = context;
    int64_t now_us = clock_now_us(loop_clock(console->loop));
    struct editing editing;
    int64_t kept_us;
    bool idle;

    if (console->guest_pid == 0 && application_take_editing(console->application, &editing))
        console_edit(console, &editing);
    if (console->guest_pid != 0) /* received is all the same, drawn when it ends */
        return INT64_MAX;
    screen_changed(console->screen, application_take_changed(console->application));
    if (application_take_look(console->application))
        screen_visit(console->screen, LAYOUT_STREAM);
    console_show_question(console, false);
    console_pick_ended(console);
    keep_ticking(console, now_us);
    if (screen_is_dirty(console->screen)) {
        int64_t due_us = console->last_frame_us + (console->keyed ? KEY_FRAME_US : FRAME_US);

        console->stirred = true;
        if (now_us < due_us)
            return due_us;
        if (!send_output(console))
            return keep(console, now_us);
        draw(console);
        send_output(console);
        console->last_frame_us = now_us;
        console->keyed = false;
        if (console->wants_catalog) {
            console->wants_catalog = false;
            application_begin_catalog(console->application);
        }
        if (application_has_changed(console->application)) /* a pane needs another slice */
            return now_us + FRAME_US;
    }
    kept_us = keep(console, now_us);
    idle = send_output(console) && kept_us == INT64_MAX && loop_is_idle(console->loop) &&
           !application_in_flight(console->application);
    if (console_run_script(console, idle))
        return now_us;
    if (idle)
        report_idle(console);
    return kept_us;
}

/* ---- beginning and end ---- */

static char *log_path(const struct application *application)
{
    const char *local = application_workspace(application)->local;

    if (!application_may_write(application, NULL))
        return NULL;
    return local && file_exists(local) ? file_join(local, "console.log") : NULL;
}

static void remember_line(void *into, const char *line)
{
    const struct console *console = into;

    prompt_remember(console->prompt, line);
}

/* Of the `:` line. The demo leaves nothing behind, and --readonly writes nothing. */
static void load_lines(struct console *console, const struct application_options *options)
{
    char *folder = options->temporary ? NULL : workspace_state_folder();

    if (folder)
        line_history_load(folder, remember_line, console);
    if (options->readonly)
        free(folder);
    else
        console->line_folder = folder;
}

static bool open_terminal(struct console *console, struct error *error)
{
    console->log = log_path(console->application);
    console->log_before = log_begin(console->log);
    loop_signal(console->loop, SIGWINCH, on_signal, console);
    for (size_t i = 0; term_ending_signals[i]; i++)
        loop_signal(console->loop, term_ending_signals[i], on_signal, console);
    term_hold_signals(false);
    console->prompt = prompt_new();
    console->term = term_new(console->log, error);
    if (!console->term)
        return false;
    loop_signal(console->loop, SIGTSTP, on_signal, console);
    loop_signal(console->loop, SIGCONT, on_signal, console);
    loop_signal(console->loop, SIGCHLD, on_signal, console);
    loop_watch(console->loop, term_descriptor(console->term), POLLIN, on_terminal, console);
    return true;
}

static bool open_console(struct console *console, const struct console_options *options,
                         struct error *error)
{
    console->loop = loop_new(&clock_system, error);
    if (!console->loop)
        return false;
    console->application = application_new(console->loop, &options->application, error);
    if (!console->application)
        return false;
    if (options->script && !(console->script = script_load(options->script, error)))
        return false;
    if (!open_terminal(console, error))
        return false;
    load_lines(console, &options->application);
    console->keymap = keymap_default();
    console->input = input_new(on_input, console);
    console->screen = screen_new(console->application, console->keymap, !term_is_utf8());
    screen_use_terminal(console->screen, term_wants_colour());
    console->mouse = !options->without_mouse;
    term_set_mouse(console->term, console->mouse);
    resize(console);
    console->typed = journal_new(console->application, NULL);
    console->edited_note = journal_new(console->application, NULL);
    console_tell_killed(console);
    if (!options->script) /* its steps are no answers */
        console_recover(console);
    loop_on_frame(console->loop, on_frame, console);
    return true;
}

static void close_console(struct console *console)
{
    size_t lost;

    if (console->farewell.len > 0)
        redact(application_redactor(console->application), console->farewell.data,
               console->farewell.len);
    console_copy_free(console);
    term_hold_signals(true); /* a second hangup, of the shell's end, must not cut this short */
    term_free(console->term);
    if (console->log)
        log_end(console->log, console->log_before, application_redactor(console->application));
    free(console->log);
    console_recover_end(console);
    prompt_free(console->prompt);
    input_free(console->input);
    screen_free(console->screen);
    keymap_free(console->keymap);
    script_free(console->script);
    lost = application_free(console->application);
    if (lost)
        bytes_printf(&console->farewell,
                     "%zu exchange%s not in the history: another process held it to the end\n",
                     lost, lost == 1 ? " is" : "s are");
    loop_free(console->loop);
    free(console->asked);
    free(console->keeping);
    free(console->keeping_title);
    free(console->keeping_tags);
    free(console->line_folder);
}

int console_run(const struct console_options *options)
{
    struct console console = {
        .idle_fd = options->idle_fd,
        .stirred = true,
        .wants_catalog = options->begins_with_catalog && !options->application.offline &&
                         !options->application.readonly,
    };
    struct error error = {.kind = ERROR_NONE};
    int status;

    bytes_init(&console.farewell, DUMP_MAX);
    if (open_console(&console, options, &error))
        status = loop_run(console.loop);
    else
        status = error_exit_status(&error);
    close_console(&console);
    if (console.farewell.len > 0)
        output_say(NULL, "%.*s", (int)console.farewell.len - 1, bytes_text(&console.farewell));
    bytes_release(&console.farewell);
    if (error.kind != ERROR_NONE)
        output_error(NULL, &error);
    if (console.failure.kind != ERROR_NONE)
        output_error(NULL, &console.failure);
    return status;
}
