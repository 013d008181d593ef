/*
 * What an earlier console left behind: found at the start, offered one by one; and the line that is
 * being typed, which is kept the same way.
 */
#include <errno.h>
#include <glob.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "contract/workspace.h"
#include "ui/console_state.h"
#include "ui/json_edit.h"
#include "ui/layout.h"
#include "ui/pane_ledger.h"

enum {
    TYPED_LEAST = 4, /* bytes; less is sooner typed again than found */
    TYPED_SHOWN = 40,
    NOTICE_MAX = 4096,
    MINUTE_MS = 60 * 1000,
    HOUR_MINUTES = 60,
    DAY_MINUTES = 24 * 60,
};

/* ---- the line that is typed ---- */

void console_keep_typed(struct console *console)
{
    struct journal_note note = {.kind = JOURNAL_TYPED};
    struct prompt_view view;

    if (!prompt_is_open(console->prompt) ||
        (!console->asking_command && console->question.incremental)) {
        journal_drop(console->typed);
        free(console->typed_kept);
        console->typed_kept = NULL;
        return;
    }
    prompt_view(console->prompt, &view);
    if (!view.touched || strlen(view.text) < TYPED_LEAST ||
        (console->typed_kept && strcmp(console->typed_kept, view.text) == 0))
        return;
    free(console->typed_kept);
    console->typed_kept = xstrdup(view.text);
    note.name = view.label;
    note.text = view.text;
    note.len = strlen(view.text);
    journal_keep(console->typed, &note, NULL, NULL); /* what it is typed for tells of trouble */
}

/* ---- texts of the editor ---- */

/* "…/edit-PID-XXXXXX.json" of a process that is no more. */
static bool is_left_behind(const char *path)
{
    const char *name = strrchr(path, '/') + 1;
    char *end;
    long pid = strtol(name + strlen(CONSOLE_EDIT_PREFIX), &end, 10);

    return *end == '-' && pid > 0 && kill((pid_t)pid, 0) < 0 && errno == ESRCH;
}

static void find_edited(struct console *console)
{
    const char *local = application_workspace(console->application)->local;
    char *pattern = local ? xasprintf("%s/" CONSOLE_EDIT_PREFIX "*-*", local) : NULL;
    glob_t found;

    if (!pattern)
        return;
    if (glob(pattern, GLOB_NOSORT, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc && !console->left_edited; i++)
            if (is_left_behind(found.gl_pathv[i]))
                console->left_edited = xstrdup(found.gl_pathv[i]);
        globfree(&found);
    }
    free(pattern);
}

/* A whole body where it is one, else the prompt: the place that such a text mostly is for. */
static bool take_edited(struct console *console, const char *text, size_t len, struct error *error)
{
    struct json_edit *body = application_body(console->application);
    struct json *root = json_parse(text, len, "the text of the editor", error);

    if (root && !body) {
        json_free(root);
        return error_set(error, ERROR_USAGE, "this operation has no body; o chooses another one");
    }
    if (root) {
        if (!json_edit_replace(body, "", root, error))
            return false;
        application_draft_edited(console->application);
        return true;
    }
    if (strstr(console->left_edited, ".json"))
        return false;
    application_set_prompt(console->application, text);
    return true;
}

static bool recover_edited(struct console *console, struct error *error)
{
    struct bytes text;
    bool taken = file_read(console->left_edited, CONSOLE_EDIT_MAX, &text, NULL, error) &&
                 take_edited(console, bytes_text(&text), text.len, error);

    bytes_release(&text);
    if (!taken)
        return false;
    screen_visit(console->screen, LAYOUT_COMPOSER);
    application_say(console->application, MESSAGE_DONE,
                    "The text of the editor is in the draft; u takes it back");
    unlink(console->left_edited);
    return true;
}

/* ---- asking ---- */

static void ask_next(struct console *console);

static const struct recovery *current(const struct console *console)
{
    return console->left.count ? &console->left.items[0] : NULL;
}

static struct pane *ledger(const struct console *console)
{
    return screen_pane(console->screen, LAYOUT_LEDGER);
}

/* The others wait for :recover. */
static void stop_asking(struct console *console)
{
    pane_ledger_tell(ledger(console), NULL);
    recovery_list_release(&console->left);
    free(console->left_edited);
    console->left_edited = NULL;
}

static void put_age(struct bytes *out, int64_t minutes)
{
    if (minutes < HOUR_MINUTES)
        bytes_printf(out, "%lld min ago", (long long)(minutes < 0 ? 0 : minutes));
    else if (minutes < 2 * DAY_MINUTES)
        bytes_printf(out, "%lld h ago", (long long)(minutes / HOUR_MINUTES));
    else
        bytes_printf(out, "%lld days ago", (long long)(minutes / DAY_MINUTES));
}

static const char *state_words(const struct recovery *recovery)
{
    static const char *const words[] = {
        [RECOVERY_SAME] = "the file is as it was",
        [RECOVERY_CHANGED] = "THE FILE WAS CHANGED SINCE",
        [RECOVERY_GONE] = "the file is gone",
        [RECOVERY_NEW] = "it was never written",
    };

    return words[recovery_state(recovery)];
}

static void put_item(const struct console *console, const struct recovery *recovery,
                     struct bytes *out)
{
    int64_t now_ms = clock_wall_ms(loop_clock(console->loop));

    if (recovery->kind == JOURNAL_LEDGER)
        bytes_printf(out, "ledger %s, ", recovery->name);
    else
        bytes_printf(out, "typed at \"%s\": %.*s, ", recovery->name, TYPED_SHOWN, recovery->text);
    put_age(out, (now_ms - recovery->wall_ms) / MINUTE_MS);
    bytes_puts(out, "\n");
    if (recovery->kind == JOURNAL_LEDGER)
        bytes_printf(out, "      %s\n", state_words(recovery));
}

/* The question is short, so that it fits everywhere; what it means stands in the pane. */
static void explain(struct console *console)
{
    const struct recovery *recovery = current(console);
    struct bytes text;

    bytes_init(&text, NOTICE_MAX);
    bytes_puts(&text, "Not saved in an earlier session:\n");
    for (size_t i = 0; recovery && i < console->left.count; i++) {
        bytes_puts(&text, i ? "    " : "  > ");
        put_item(console, &console->left.items[i], &text);
    }
    if (console->left_edited)
        bytes_printf(&text, "%s a text of the editor, %s\n", console->left.count ? "   " : "  >",
                     strrchr(console->left_edited, '/') + 1);
    bytes_puts(&text, "\n  r  recover it; w writes it then\n");
    if (recovery && recovery->kind == JOURNAL_LEDGER)
        bytes_puts(&text, "  d  look at the difference first\n");
    bytes_puts(&text, "  l  later; :recover asks again\n"
                      "  x  discard it\n");
    pane_ledger_tell(ledger(console), bytes_text(&text));
    bytes_release(&text);
}

static void compared(void *context)
{
    ask_next(context);
}

static void drop_first(struct console *console)
{
    if (console->left.count > 0) {
        recovery_list_drop(&console->left, 0);
        return;
    }
    free(console->left_edited);
    console->left_edited = NULL;
}

static void answer_discard(void *context, const char *text)
{
    struct console *console = context;
    const struct recovery *recovery = current(console);
    struct error error;

    if (text && strcmp(text, "yes") == 0) {
        if (recovery ? !recovery_discard(recovery, &error) : unlink(console->left_edited) < 0)
            application_say(console->application, MESSAGE_FAILED, "It cannot be removed");
        else
            application_say(console->application, MESSAGE_DONE, "Discarded");
        drop_first(console);
    }
    ask_next(console);
}

static void recover_typed(struct console *console, const struct recovery *recovery)
{
    prompt_remember(console->prompt, recovery->text);
    application_say(console->application, MESSAGE_DONE, "Up in the line brings it back: %.*s",
                    TYPED_SHOWN, recovery->text);
}

static void recover(struct console *console)
{
    const struct recovery *recovery = current(console);
    struct error error;
    bool done = true;

    if (!recovery)
        done = recover_edited(console, &error);
    else if (recovery->kind == JOURNAL_LEDGER)
        done = pane_ledger_recover(ledger(console), recovery, &error);
    else if ((done = recovery_discard(recovery, &error)))
        recover_typed(console, recovery);
    if (!done)
        application_fail(console->application, &error);
    else if (console->left.count + (console->left_edited != NULL) > 1)
        application_say(console->application, MESSAGE_NOTE,
                        "Recovered; :recover offers what else is kept");
    stop_asking(console);
}

static void answer(void *context, const char *text)
{
    struct console *console = context;
    const struct recovery *recovery = current(console);
    const struct question sure = {.label = "Discard it for good? (yes or no) ",
                                  .answered = answer_discard,
                                  .context = console};

    pane_ledger_tell(ledger(console), NULL);
    if (!recovery && !console->left_edited)
        return;
    if (text && strcmp(text, "r") == 0) {
        recover(console);
    } else if (text && strcmp(text, "d") == 0 && recovery && recovery->kind == JOURNAL_LEDGER) {
        pane_ledger_compare(ledger(console), recovery, compared, console);
        application_say(console->application, MESSAGE_NOTE, "Esc: back to the question");
    } else if (text && strcmp(text, "x") == 0) {
        application_ask(console->application, &sure);
    } else if (!text || strcmp(text, "l") == 0) {
        stop_asking(console);
        application_say(console->application, MESSAGE_NOTE, "It stays kept; :recover asks again");
    } else {
        ask_next(console);
    }
}

static void ask_next(struct console *console)
{
    const struct recovery *recovery = current(console);
    struct question question = {.answered = answer, .context = console};
    bool ledgers = recovery && recovery->kind == JOURNAL_LEDGER;

    if (!recovery && !console->left_edited) {
        stop_asking(console);
        return;
    }
    explain(console);
    question.label = ledgers ? "Recover it? (r, d, l or x) " : "Recover it? (r, l or x) ";
    application_ask(console->application, &question);
}

/* What reached its file after all is no loss. */
static bool is_saved(const struct recovery *recovery)
{
    struct bytes text;
    bool same;

    if (recovery->kind != JOURNAL_LEDGER || !recovery->path || !file_exists(recovery->path) ||
        !file_read(recovery->path, CONSOLE_EDIT_MAX, &text, NULL, NULL))
        return false;
    same = text.len == recovery->len && memcmp(bytes_text(&text), recovery->text, text.len) == 0;
    bytes_release(&text);
    return same;
}

bool console_recover(struct console *console)
{
    if (!application_may_write(console->application, NULL))
        return false; /* nor may what was kept be taken from where it is */
    stop_asking(console);
    recovery_find(console->application, &console->left);
    for (size_t i = console->left.count; i-- > 0;)
        if (is_saved(&console->left.items[i]) && recovery_discard(&console->left.items[i], NULL))
            recovery_list_drop(&console->left, i);
    find_edited(console);
    if (!current(console) && !console->left_edited)
        return false;
    screen_visit(console->screen, LAYOUT_LEDGER);
    ask_next(console);
    return true;
}

void console_recover_end(struct console *console)
{
    bool typing = console->prompt && prompt_is_open(console->prompt);

    if (typing)
        prompt_give_up(console->prompt); /* a question about what is left lets go of it */
    recovery_list_release(&console->left);
    free(console->left_edited);
    console->left_edited = NULL;
    if (!typing) /* what it held is answered */
        journal_drop(console->typed);
    journal_free(console->typed);
    free(console->typed_kept);
}
