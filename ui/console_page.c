/* What a pane shows, or a verb says, in the user's pager. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/redact.h"
#include "base/text.h"
#include "ui/console_state.h"

enum { PAGE_MAX = 64 * 1024 * 1024, TAB = 8 };

/*
 * Never to quit at once, which a terminal of its own would show for a blink: as an option behind
 * those of the user, who decides everything else. Without any the pager's own defaults hold.
 */
static const char less_options[] = "LESS";
static const char less_stays[] = "-+F";

static const char *pager(void)
{
    const char *value = getenv("PAGER");

    if (value && *value)
        return value;
    return "if command -v less >/dev/null 2>&1; then less; else more; fi";
}

/*
 * As it would be drawn: pagers hand escape sequences on (`less -R`), and an answer may hold some.
 * Tabs become blanks, which text_escape() would show as escapes.
 */
static bool escape_page(const struct bytes *text, struct bytes *out)
{
    const char *at = bytes_text(text), *end = at + text->len;
    int column = 0;
    bool fits = true;

    while (at < end && fits) {
        size_t len = strcspn(at, "\t\n"), from = out->len;

        len += at[len] == '\0' && at + len < end; /* a NUL is text */
        fits = text_escape(out, at, len, false);
        column += text_width(bytes_text(out) + from, out->len - from);
        at += len;
        if (at < end && *at == '\t') {
            fits = fits && bytes_printf(out, "%*s", TAB - column % TAB, "");
            column += TAB - column % TAB;
            at++;
        } else if (at == end || *at == '\n') {
            fits = fits && bytes_append_byte(out, '\n');
            column = 0;
            at++;
        }
    }
    return fits;
}

/* In memory, so that nothing stays behind whatever ends us or the pager. -1 with `error`. */
static int page_file(const struct bytes *page, struct error *error)
{
    int file = memfd_create("cometdeck page", MFD_CLOEXEC);

    if (file >= 0 && file_write_all(&file_ops_system, file, page->data, page->len) &&
        lseek(file, 0, SEEK_SET) == 0)
        return file;
    error_errno(error, ERROR_FILE, errno, "the text cannot be handed to the pager");
    if (file >= 0)
        close(file);
    return -1;
}

static void page_ended(struct console *console, int status)
{
    if (WIFSIGNALED(status))
        application_say(console->application, MESSAGE_FAILED, "The pager was ended by signal %d",
                        WTERMSIG(status));
    else if (WEXITSTATUS(status) == GUEST_MISSING)
        application_say(console->application, MESSAGE_FAILED,
                        "The pager \"%s\" is not there; PAGER names another one", pager());
    else if (WEXITSTATUS(status) != 0)
        application_say(console->application, MESSAGE_NOTE, "The pager ended with status %d",
                        WEXITSTATUS(status));
}

static bool invite_pager(struct console *console, const char *command, int input,
                         struct error *error)
{
    const char *options = getenv(less_options);
    char *stays = xasprintf("%s%s%s", options ? options : "", options ? " " : "", less_stays);
    struct guest guest = {.command = command,
                          .input = input,
                          .variable = less_options,
                          .value = stays,
                          .ended = page_ended};
    bool shown = console_invite(console, &guest) ||
                 error_set(error, ERROR_FILE, "the pager cannot be started");

    free(stays);
    return shown;
}

static bool show_page(struct console *console, const struct bytes *page, struct error *error)
{
    int input = page_file(page, error);
    bool shown = input >= 0 && invite_pager(console, pager(), input, error);

    if (input >= 0)
        close(input);
    return shown;
}

bool console_page(struct console *console, const char *argument, struct error *error)
{
    struct bytes bytes, page;
    struct pane_text text = {.bytes = &bytes};
    bool shown;

    (void)argument;
    bytes_init(&bytes, PAGE_MAX);
    bytes_init(&page, PAGE_MAX);
    if (!screen_text(console->screen, PANE_ALL, &text) || bytes.len == 0) {
        shown = error_set(error, ERROR_USAGE, "there is nothing to read here");
    } else {
        redact(application_redactor(console->application), bytes.data, bytes.len);
        shown = escape_page(&bytes, &page)
                    ? show_page(console, &page, error)
                    : error_set(error, ERROR_FILE, "this is too long for a pager, above %d MB",
                                PAGE_MAX / 1024 / 1024);
    }
    bytes_release(&page);
    bytes_release(&bytes);
    return shown;
}

/* ---- verbs ---- */

/* One word of a shell, whatever is in it. */
static void add_word(struct bytes *command, const char *word)
{
    bytes_puts(command, " '");
    for (; *word; word++)
        if (*word == '\'')
            bytes_puts(command, "'\\''");
        else
            bytes_append_byte(command, *word);
    bytes_append_byte(command, '\'');
}

/* Our own program says it, since it is what the command line would have said; ^C ends it there. */
static bool page_verb(struct console *console, const char *verb, const char *argument,
                      struct error *error)
{
    const char *folder = application_workspace(console->application)->folder;
    struct bytes command;
    bool shown;

    bytes_init(&command, PAGE_MAX);
    bytes_printf(&command, "{ /proc/%ld/exe %s", (long)getpid(), verb);
    if (folder) {
        bytes_puts(&command, " --workspace");
        add_word(&command, folder);
    }
    if (argument) {
        bytes_puts(&command, " --");
        add_word(&command, argument);
    }
    bytes_printf(&command, " 2>&1; } | { %s; }", pager());
    shown = invite_pager(console, bytes_text(&command), -1, error);
    bytes_release(&command);
    return shown;
}

bool console_page_scan(struct console *console, const char *argument, struct error *error)
{
    return page_verb(console, "scan", argument && argument[0] ? argument : ".", error);
}

bool console_page_policy(struct console *console, const char *argument, struct error *error)
{
    (void)argument;
    return page_verb(console, "policy show", NULL, error);
}
