/* A text in the user's editor: it has the terminal meanwhile, and what runs goes on. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/memory.h"
#include "contract/workspace.h"
#include "ui/console_state.h"

/* What a user set for other programs, VISUAL first, as they do. */
static const char *editor(void)
{
    static const char *const names[] = {"VISUAL", "EDITOR"};

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        const char *value = getenv(names[i]);

        if (value && *value)
            return value;
    }
    return "vi";
}

/* In the local folder, for nobody else; mkstemps() gives it mode 0600. */
static char *write_text(const struct console *console, const struct editing *editing,
                        struct error *error)
{
    const struct workspace *workspace = application_workspace(console->application);
    size_t line;
    char *path;
    int file;

    if (application_finds_key(console->application, editing->text, editing->len, &line)) {
        error_set(error, ERROR_CHECK,
                  "the text holds a key and would lie in a file for the editor; take it out first");
        return NULL;
    }
    if (!application_may_write(console->application, error) ||
        !workspace_make_local(workspace, error))
        return NULL;
    path = xasprintf("%s/" CONSOLE_EDIT_PREFIX "%ld-XXXXXX%s", workspace->local, (long)getpid(),
                     editing->suffix);
    file = mkstemps(path, (int)strlen(editing->suffix));
    if (file >= 0 && file_write_all(&file_ops_system, file, editing->text, editing->len)) {
        close(file);
        return path;
    }
    error_errno(error, ERROR_FILE, errno, "%s: the text cannot be written for the editor", path);
    if (file >= 0) {
        close(file);
        unlink(path);
    }
    free(path);
    return NULL;
}

static void edit_ended(struct console *console, int status);

void console_edit(struct console *console, const struct editing *editing)
{
    struct guest guest = {.input = -1, .ended = edit_ended};
    struct error error;
    char *command;

    console->editing = *editing;
    console->edited = write_text(console, editing, &error);
    if (!console->edited) {
        application_fail(console->application, &error);
        return;
    }
    command = xasprintf("%s \"$1\"", editor());
    guest.command = command;
    guest.argument = console->edited;
    if (!console_invite(console, &guest)) {
        application_say(console->application, MESSAGE_FAILED, "The editor cannot be started");
        unlink(console->edited);
        free(console->edited);
        console->edited = NULL;
    }
    free(command);
}

/* The text as it was left; its file goes unless it cannot be read. */
static void hand_over(struct console *console)
{
    struct bytes text;
    struct error error;

    if (file_read(console->edited, CONSOLE_EDIT_MAX, &text, NULL, &error)) {
        unlink(console->edited);
        console->editing.done(console->editing.context, bytes_text(&text), text.len);
    } else {
        application_say(console->application, MESSAGE_FAILED,
                        "%s. Nothing is changed; the file stays where it is", error.text);
    }
    bytes_release(&text);
}

/* What a failed editor saved before is the user's: its file stays when it differs. */
static void keep_saved(struct console *console)
{
    struct bytes text;
    bool read = file_read(console->edited, CONSOLE_EDIT_MAX, &text, NULL, NULL);
    bool same = read && text.len == console->editing.len &&
                memcmp(bytes_text(&text), console->editing.text, text.len) == 0;

    if (same) {
        unlink(console->edited);
        application_say(console->application, MESSAGE_FAILED,
                        "The editor \"%s\" failed; nothing is changed. EDITOR names another one",
                        editor());
    } else {
        application_say(console->application, MESSAGE_FAILED,
                        "The editor failed; nothing is changed. What it saved is in %s",
                        console->edited);
    }
    bytes_release(&text);
}

static void edit_ended(struct console *console, int status)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        hand_over(console);
    } else {
        keep_saved(console);
    }
    free(console->edited);
    console->edited = NULL;
}
