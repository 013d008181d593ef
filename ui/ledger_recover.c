/* What the Ledger pane keeps for a crash, and how it comes back. */
#include "ui/pane_ledger.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/memory.h"
#include "contract/workspace.h"
#include "ui/application.h"
#include "ui/journal.h"
#include "ui/ledger_state.h"
#include "ui/recovery.h"

enum { COST_SHIFT = 4 }; /* a rest of 1 µs for every 16 bytes: a large ledger is kept less often */

/* ---- keeping ---- */

static char *absolute(const char *path)
{
    char *here = path && *path != '/' ? getcwd(NULL, 0) : NULL;
    char *whole = here ? file_join(here, path) : xstrdup(path);

    free(here);
    return whole;
}

static bool keep_text(struct pane_ledger *pane, size_t *redacted, struct error *error)
{
    const struct document *document = pane->document;
    char *path = absolute(document_path(document));
    struct journal_note note = {
        .kind = JOURNAL_LEDGER,
        .name = path ? ledger_name(document) : "ledger.md",
        .path = path,
        .seen = *document_seen(document),
    };
    bool kept;

    note.text = document_text(document, &note.len);
    kept = journal_keep(pane->journal, &note, redacted, error);
    free(path);
    return kept;
}

/* Each trouble is told once, not with every key. */
static void keep(struct pane_ledger *pane)
{
    struct application *application = pane->pane.application;
    struct error error;
    size_t redacted;

    if (!keep_text(pane, &redacted, &error)) {
        if (!pane->keeping_failed)
            application_say(application, MESSAGE_FAILED,
                            "A crash would lose the changes: %s; w writes them", error.text);
        pane->keeping_failed = true;
        return;
    }
    pane->keeping_failed = false;
    if (redacted && !pane->keeping_redacted)
        application_say(application, MESSAGE_NOTE,
                        "Line %zu holds a key: what is kept for a crash is without it", redacted);
    pane->keeping_redacted = redacted > 0;
}

static bool is_unsaved(const struct pane_ledger *pane)
{
    return pane->document && document_is_changed(pane->document);
}

int64_t ledger_keep(struct pane_ledger *pane, int64_t now_us)
{
    size_t len;

    if (!pane->unkept)
        return INT64_MAX;
    if (is_unsaved(pane) && now_us < pane->keep_due_us)
        return pane->keep_due_us;
    pane->unkept = false;
    if (!is_unsaved(pane)) {
        journal_drop(pane->journal);
        return INT64_MAX;
    }
    keep(pane);
    document_text(pane->document, &len);
    pane->keep_due_us = now_us + (int64_t)(len >> COST_SHIFT);
    return INT64_MAX;
}

void ledger_rescue(struct pane_ledger *pane, struct bytes *said)
{
    struct error error;

    if (!is_unsaved(pane))
        return;
    pane->rescued = true;
    if (keep_text(pane, NULL, &error))
        bytes_printf(said, "ledger %s was not saved; the next start offers it again\n",
                     ledger_name(pane->document));
    else
        bytes_printf(said, "ledger %s was not saved: %s\n", ledger_name(pane->document),
                     error.text);
}

void ledger_keep_end(struct pane_ledger *pane)
{
    if (!pane->rescued)
        journal_drop(pane->journal);
    journal_free(pane->journal);
}

/* ---- coming back ---- */

static bool folder_is_there(const char *path)
{
    char *folder = file_folder(path);
    bool there = file_exists(folder);

    free(folder);
    return there;
}

/* Where it will be written: its own place, or where the folder went with a demonstration, ours. */
static char *place_for(const struct pane_ledger *pane, const struct recovery *recovery)
{
    const struct workspace *workspace = application_workspace(pane->pane.application);
    const char *dot = strrchr(recovery->name, '.');
    int stem = (int)(dot ? dot - recovery->name : (long)strlen(recovery->name));
    char *path = NULL;

    if (recovery->path && folder_is_there(recovery->path))
        return xstrdup(recovery->path);
    if (!workspace->folder)
        return xstrdup(recovery->path);
    for (int number = 1; !path || file_exists(path); number++) {
        free(path);
        path = number == 1 ? xasprintf("%s/ledgers/%s", workspace->folder, recovery->name)
                           : xasprintf("%s/ledgers/%.*s-%d%s", workspace->folder, stem,
                                       recovery->name, number, dot ? dot : "");
    }
    return path;
}

/* As unsaved changes of what is on disk, so that undo leads there. */
static struct document *rebuild(const struct pane_ledger *pane, const struct recovery *recovery,
                                struct error *error)
{
    enum recovery_state state = recovery_state(recovery);
    struct document *document = NULL;
    char *path;

    if (state == RECOVERY_SAME || state == RECOVERY_CHANGED)
        document = document_load(recovery->path, NULL);
    if (document && !document_take_text(document, recovery->text, recovery->len, error)) {
        document_free(document);
        return NULL;
    }
    if (!document) {
        path = place_for(pane, recovery);
        document = document_parse(path, recovery->text, recovery->len, error);
        free(path);
    }
    /* A save is held against what was read then: what came since is not overwritten. */
    if (document && (state == RECOVERY_CHANGED || state == RECOVERY_GONE) &&
        (!recovery->path || strcmp(document_path(document), recovery->path) == 0))
        document_rebase(document, &recovery->seen, false);
    return document;
}

static void tell(struct pane_ledger *pane, const struct recovery *recovery,
                 enum recovery_state state)
{
    const char *name = ledger_name(pane->document);
    struct application *application = pane->pane.application;

    if (state == RECOVERY_CHANGED)
        application_say(application, MESSAGE_NOTE,
                        "Recovered, not written. %s was changed since by someone else: w shows "
                        "both before anything is overwritten",
                        name);
    else if (recovery->redacted)
        application_say(application, MESSAGE_NOTE,
                        "Recovered %s, not written; a key had been taken out of it", name);
    else
        application_say(application, MESSAGE_DONE, "Recovered %s, not written: w writes it%s", name,
                        state == RECOVERY_SAME ? ", u takes it back" : "");
}

bool pane_ledger_recover(struct pane *base, const struct recovery *recovery, struct error *error)
{
    struct pane_ledger *pane = (struct pane_ledger *)base;
    enum recovery_state state = recovery_state(recovery);
    struct document *document;
    size_t line;

    if (is_unsaved(pane))
        return error_set(error, ERROR_USAGE, "%s is not written; w writes it, then :recover",
                         ledger_name(pane->document));
    document = rebuild(pane, recovery, error);
    if (!document)
        return false;
    ledger_show(pane, document);
    line = document_changed_line(document);
    if (line)
        ledger_go_to(pane, line, 0);
    /* Kept anew before the old one goes. */
    if (is_unsaved(pane) && !keep_text(pane, NULL, error))
        return false;
    pane->unkept = false;
    tell(pane, recovery, state);
    return recovery_discard(recovery, error);
}

/* ---- looking at both ---- */

void ledger_look(struct pane_ledger *pane, const struct ledger_version *old,
                 const struct ledger_version *new, void (*closed)(void *context), void *context)
{
    ledger_compare_free(pane->compare);
    pane->compare = ledger_compare_new(old, new);
    pane->compare_closed = closed;
    pane->compare_context = context;
    application_changed(pane->pane.application, TOPIC_LEDGER);
}

void pane_ledger_compare(struct pane *base, const struct recovery *recovery,
                         void (*closed)(void *context), void *context)
{
    struct pane_ledger *pane = (struct pane_ledger *)base;
    struct ledger_version old = {.text = ""}, new = {
                                                  .name = "what was kept, not written",
                                                  .text = recovery->text,
                                                  .len = recovery->len,
                                              };
    char *name = xasprintf("%s on disk", recovery->name);
    struct bytes text;
    bool there = recovery->path && file_read(recovery->path, LEDGER_BYTES, &text, NULL, NULL);

    old.name = there ? name : "nothing: there is no such file";
    if (there) {
        old.text = bytes_text(&text);
        old.len = text.len;
    }
    ledger_look(pane, &old, &new, closed, context);
    if (there)
        bytes_release(&text);
    free(name);
}

void pane_ledger_tell(struct pane *base, const char *text)
{
    struct pane_ledger *pane = (struct pane_ledger *)base;

    free(pane->notice);
    pane->notice = xstrdup(text);
    application_changed(base->application, TOPIC_LEDGER);
}
