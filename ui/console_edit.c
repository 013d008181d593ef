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

/*
 * In the local folder, for nobody else; mkstemps() gives it mode 0600. No key comes to lie there,
 * as in no draft.
 */
static char *write_text(const struct console *console, const struct editing *editing,
                        struct error *error)
{
    const struct workspace *workspace = application_workspace(console->application);
    size_t line;
    char *path;
    int file;

    if (application_finds_key(console->application, editing->text, editing->len, &line)) {
        error_set(error, ERROR_CHECK,
                  "line %zu holds a key, which would come to lie in a file: take it out here first",
                  line);
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

/* What it is of, so that it comes back there after a crash. */
static void note(struct console *console)
{
    const struct editing *editing = &console->editing;
    struct draft draft;
    struct journal_note note = {.kind = JOURNAL_EDITED,
                                .name = editing->pointer,
                                .path = console->edited,
                                .draft = application_draft_name(console->application),
                                .text = editing->text,
                                .len = editing->len};

    application_draft(console->application, &draft);
    note.operation = operation_name(draft.operation);
    journal_keep(console->edited_note, &note, NULL, NULL); /* the file is there in any case */
}

/* It was taken, or the user let it go. */
static void drop_edited(struct console *console)
{
    if (console->edited)
        unlink(console->edited);
    journal_drop(console->edited_note);
    free(console->edited);
    console->edited = NULL;
}

/* It stays where it is, and :recover offers it. */
static void leave_edited(struct console *console)
{
    journal_free(console->edited_note);
    console->edited_note = journal_new(console->application, NULL);
    free(console->edited);
    console->edited = NULL;
}

static void edit_ended(struct console *console, int status);

void console_edit(struct console *console, const struct editing *editing)
{
    struct guest guest = {.input = -1, .ended = edit_ended};
    struct error error;
    char *command;

    drop_edited(console); /* what was refused goes on in this one, or was let go */
    if (!editing->text)
        return;
    console->editing = *editing;
    console->edited = write_text(console, editing, &error);
    if (!console->edited) {
        application_fail(console->application, &error);
        return;
    }
    note(console);
    command = xasprintf("%s \"$1\"", editor());
    guest.command = command;
    guest.argument = console->edited;
    if (!console_invite(console, &guest)) {
        application_say(console->application, MESSAGE_FAILED, "The editor cannot be started");
        drop_edited(console);
    }
    free(command);
}

/* The text as it was left; its file goes once it is taken. */
static void hand_over(struct console *console)
{
    struct bytes text;
    struct error error;

    if (!file_read(console->edited, CONSOLE_EDIT_MAX, &text, NULL, &error)) {
        application_say(console->application, MESSAGE_FAILED,
                        "%s. Nothing is changed; the file stays where it is", error.text);
        leave_edited(console);
    } else if (console->editing.done(console->editing.context, bytes_text(&text), text.len)) {
        drop_edited(console);
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

    bytes_release(&text);
    if (same) {
        application_say(console->application, MESSAGE_FAILED,
                        "The editor \"%s\" failed; nothing is changed. EDITOR names another one",
                        editor());
        drop_edited(console);
    } else {
        application_say(
            console->application, MESSAGE_FAILED,
            "The editor failed; nothing is changed. What it saved is in %s; :recover takes it",
            console->edited);
        leave_edited(console);
    }
}

static void edit_ended(struct console *console, int status)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        hand_over(console);
    else
        keep_saved(console);
}
