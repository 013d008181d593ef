/*
 * What an earlier console left behind: found at the start, offered one by one; and the line that is
 * being typed, which is kept the same way.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "contract/operation.h"
#include "contract/workspace.h"
#include "evidence/leftover.h"
#include "ui/composer_editor.h"
#include "ui/console_state.h"
#include "ui/drafts.h"
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

/* The draft and the body that it was of: no other one has that place. */
static bool open_draft_of(struct console *console, const struct recovery *recovery,
                          struct error *error)
{
    struct application *application = console->application;
    const char *open = application_draft_name(application);
    const char *local = application_workspace(application)->local;
    bool elsewhere = recovery->draft && (!open || strcmp(open, recovery->draft) != 0);
    enum operation operation;
    struct draft draft;

    /* One that nobody changed yet has no file: any other is as good as it was. */
    if (elsewhere && local && drafts_exist(local, recovery->draft)) {
        if (application_draft_is_unkept(application))
            return error_set(error, ERROR_USAGE,
                             "it is of the draft %s and this one is not saved: :draft new NAME "
                             "keeps it, then :recover",
                             recovery->draft);
        if (!application_draft_open(application, recovery->draft, error))
            return false;
    }
    application_draft(application, &draft);
    if (recovery->operation && operation_from_name(recovery->operation, &operation) &&
        operation != draft.operation && !application_set_operation(application, operation))
        return error_set(error, ERROR_USAGE,
                         "it is of a body of %s; Esc in Composer leads from the probe back to the "
                         "draft, then :recover",
                         recovery->operation);
    return true;
}

static bool recover_edited(struct console *console, const struct recovery *recovery,
                           struct error *error)
{
    const char *dot = strrchr(recovery->path, '.');
    bool json = dot && strcmp(dot, ".json") == 0, taken;
    struct bytes text;

    if (!open_draft_of(console, recovery, error))
        return false;
    taken = file_read(recovery->path, CONSOLE_EDIT_MAX, &text, NULL, error) &&
            composer_editor_put(console->application, recovery->name, json, bytes_text(&text),
                                text.len, error);
    bytes_release(&text);
    if (!taken) {
        struct error why = *error;

        return error_set(error, why.kind, "%s. It stays in %s", why.text, recovery->path);
    }
    unlink(recovery->path);
    screen_visit(console->screen, LAYOUT_COMPOSER);
    application_say(console->application, MESSAGE_DONE,
                    "The text of the editor is in the draft; u takes it back");
    return recovery_discard(recovery, error);
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

/* Bytes of the part of a text that is shown: whole characters. */
static int shown(const char *text)
{
    size_t len = 0, next = 0, all = strlen(text);
    uint32_t character;

    while (next <= TYPED_SHOWN && len < all) {
        len = next;
        next += utf8_decode(text + len, all - len, &character);
        if (next == len)
            break;
    }
    return (int)len;
}

static void put_item(const struct console *console, const struct recovery *recovery,
                     struct bytes *out)
{
    int64_t now_ms = clock_wall_ms(loop_clock(console->loop));
    const char *text = recovery->text;

    if (recovery->kind == JOURNAL_LEDGER)
        bytes_printf(out, "ledger %s, ", recovery->name);
    else if (recovery->kind == JOURNAL_EDITED)
        bytes_printf(out, "a text of the editor, %s of the draft %s, ",
                     *recovery->name ? recovery->name : "the body",
                     recovery->draft ? recovery->draft : "that has no name");
    else
        bytes_printf(out, "typed at \"%s\": %.*s%s, ", recovery->name, shown(text), text,
                     text[shown(text)] ? "…" : "");
    put_age(out, (now_ms - recovery->wall_ms) / MINUTE_MS);
    bytes_puts(out, "\n");
    if (recovery->kind == JOURNAL_LEDGER)
        bytes_printf(out, "      %s\n", state_words(recovery));
}

/*
 * The question is short, so that it fits everywhere; what it means stands in the pane, and what
 * came of the last answer, as the question lies over the message.
 */
static void explain(struct console *console)
{
    const struct recovery *recovery = current(console);
    enum message_kind kind;
    const char *said = application_message(console->application, &kind);
    struct bytes text;

    bytes_init(&text, NOTICE_MAX);
    if (said)
        bytes_printf(&text, "%s\n\n", said);
    bytes_puts(&text, "Not saved in an earlier session:\n");
    for (size_t i = 0; i < console->left.count; i++) {
        bytes_puts(&text, i ? "    " : "  > ");
        put_item(console, &console->left.items[i], &text);
    }
    bytes_printf(&text, "\n  r  recover it%s\n",
                 recovery->kind == JOURNAL_LEDGER ? "; w writes it then" : "");
    if (recovery->kind == JOURNAL_LEDGER)
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

/* With the file of the editor, which is kept by its name alone. */
static bool discard(const struct recovery *recovery, struct error *error)
{
    if (recovery->kind == JOURNAL_EDITED && recovery->path && unlink(recovery->path) < 0 &&
        errno != ENOENT)
        return error_errno(error, ERROR_FILE, errno, "%s cannot be removed", recovery->path);
    return recovery_discard(recovery, error);
}

static void answer_discard(void *context, const char *text)
{
    struct console *console = context;
    struct error error;

    if (current(console) && text && strcmp(text, "yes") == 0) {
        if (discard(current(console), &error))
            application_say(console->application, MESSAGE_DONE, "Discarded");
        else
            application_fail(console->application, &error);
        recovery_list_drop(&console->left, 0);
    }
    ask_next(console);
}

static bool recover_typed(struct console *console, const struct recovery *recovery,
                          struct error *error)
{
    if (!recovery_discard(recovery, error))
        return false;
    prompt_remember(console->prompt, recovery->text);
    application_say(console->application, MESSAGE_DONE, "Up in the line brings it back: %.*s%s",
                    shown(recovery->text), recovery->text,
                    recovery->text[shown(recovery->text)] ? "…" : "");
    return true;
}

static bool recover(struct console *console, const struct recovery *recovery, struct error *error)
{
    switch (recovery->kind) {
    case JOURNAL_LEDGER:
        return pane_ledger_recover(ledger(console), recovery, error);
    case JOURNAL_EDITED:
        return recover_edited(console, recovery, error);
    default:
        return recover_typed(console, recovery, error);
    }
}

/* On with the next; what cannot be recovered now waits for :recover, with all behind it. */
static void answer_recover(struct console *console)
{
    struct error error;

    if (recover(console, current(console), &error)) {
        recovery_list_drop(&console->left, 0);
        ask_next(console);
    } else {
        application_fail(console->application, &error);
        stop_asking(console);
    }
}

static void answer(void *context, const char *text)
{
    struct console *console = context;
    const struct recovery *recovery = current(console);
    const struct question sure = {.label = "Discard it for good? (yes or no) ",
                                  .answered = answer_discard,
                                  .context = console};

    pane_ledger_tell(ledger(console), NULL);
    if (!recovery)
        return;
    if (text && strcmp(text, "r") == 0) {
        answer_recover(console);
    } else if (text && strcmp(text, "d") == 0 && recovery->kind == JOURNAL_LEDGER) {
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
    bool differs = recovery && recovery->kind == JOURNAL_LEDGER;

    if (!recovery) {
        stop_asking(console);
        return;
    }
    explain(console);
    question.label = differs ? "Recover it? (r, d, l or x) " : "Recover it? (r, l or x) ";
    question.keys = differs ? "rdlx" : "rlx";
    application_ask(console->application, &question);
}

/* What reached its file after all is no loss. */
static bool is_saved(const struct recovery *recovery)
{
    bool edited = recovery->kind == JOURNAL_EDITED; /* its editor changed nothing, or it is gone */
    struct bytes text;
    bool same;

    if (recovery->kind == JOURNAL_TYPED || !recovery->path)
        return false;
    if (!file_exists(recovery->path))
        return edited;
    if (!file_read(recovery->path, CONSOLE_EDIT_MAX, &text, NULL, NULL))
        return false;
    same = text.len == recovery->len && memcmp(bytes_text(&text), recovery->text, text.len) == 0;
    bytes_release(&text);
    return same;
}

/* What was in flight then is in no history, and perhaps billed. NULL: nothing; the caller frees. */
static char *find_killed(const struct console *console, size_t *count)
{
    const char *local = application_workspace(console->application)->local;
    char *newest = NULL;

    *count = local ? leftover_find(local, &newest) : 0;
    return newest;
}

void console_tell_killed(struct console *console)
{
    size_t count;
    char *newest = find_killed(console, &count);

    if (newest)
        application_say(console->application, MESSAGE_NOTE,
                        "%zu exchange%s in flight when a session was killed, perhaps billed; "
                        ":recover judges %s",
                        count, count == 1 ? " was" : "s were", count == 1 ? "it" : "the last");
    free(newest);
}

bool console_judge_killed(struct console *console, bool *found, struct error *error)
{
    size_t count;
    char *newest = find_killed(console, &count);
    bool good = true;

    *found = newest != NULL;
    if (newest)
        good = application_open_capture(console->application, newest, error);
    if (newest && good)
        application_say(console->application, MESSAGE_NOTE,
                        "The last of %zu; what is left of a killed session goes after %d days: %s",
                        count, LEFTOVER_DAYS, newest);
    free(newest);
    return good;
}

bool console_recover(struct console *console)
{
    if (!application_may_write(console->application, NULL))
        return false; /* nor may what was kept be taken from where it is */
    stop_asking(console);
    recovery_find(console->application, &console->left);
    for (size_t i = console->left.count; i-- > 0;)
        if (is_saved(&console->left.items[i]) && discard(&console->left.items[i], NULL))
            recovery_list_drop(&console->left, i);
    if (!current(console))
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
    if (!typing) /* what it held is answered */
        journal_drop(console->typed);
    journal_free(console->typed);
    journal_free(console->edited_note); /* what could not be taken is offered at the next start */
    free(console->edited);
    free(console->typed_kept);
}
