/* A text in the user's editor: it has the terminal meanwhile, and what runs goes on. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/memory.h"
#include "contract/workspace.h"
#include "ui/console_state.h"

enum { TEXT_MAX = 64 * 1024 * 1024 };

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
    char *path;
    int file;

    if (!workspace_make_local(workspace, error))
        return NULL;
    path = xasprintf("%s/edit-XXXXXX%s", workspace->local, editing->suffix);
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

static void run_editor(const char *path)
{
    char *command = xasprintf("%s \"$1\"", editor());

    signal(SIGPIPE, SIG_DFL); /* what is ignored stays so over an exec */
    close_range(3, ~0U, 0);
    execl("/bin/sh", "sh", "-c", command, "sh", path, (char *)NULL);
    _exit(127);
}

void console_edit(struct console *console, const struct editing *editing)
{
    struct error error;

    console->editing = *editing;
    console->edited = write_text(console, editing, &error);
    if (!console->edited) {
        application_fail(console->application, &error);
        return;
    }
    console_lend_terminal(console);
    console->editor = fork();
    if (console->editor == 0)
        run_editor(console->edited);
    if (console->editor < 0) {
        console->editor = 0;
        console_take_terminal(console);
        application_say(console->application, MESSAGE_FAILED, "The editor cannot be started");
    }
}

/* The text as it was left; its file goes unless it cannot be read. */
static void hand_over(struct console *console)
{
    struct bytes text;
    struct error error;

    if (file_read(console->edited, TEXT_MAX, &text, NULL, &error)) {
        unlink(console->edited);
        console->editing.done(console->editing.context, bytes_text(&text), text.len);
    } else {
        application_fail(console->application, &error);
    }
    bytes_release(&text);
}

void console_edit_ended(struct console *console)
{
    int status;

    if (console->editor == 0 || waitpid(console->editor, &status, WNOHANG) != console->editor)
        return;
    console->editor = 0;
    console_take_terminal(console);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        hand_over(console);
    } else {
        unlink(console->edited);
        application_say(console->application, MESSAGE_FAILED,
                        "The editor \"%s\" failed; nothing is changed. EDITOR names another one",
                        editor());
    }
    free(console->edited);
    console->edited = NULL;
}
