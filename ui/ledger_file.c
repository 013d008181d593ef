/* The files of the Ledger pane: opening, beginning, writing, and what others changed meanwhile. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "contract/workspace.h"
#include "ledger/template.h"
#include "ui/application.h"
#include "ui/ledger_state.h"

enum { DATE = 10 };

/* `folder` is one that a workspace keeps ledgers or captures in, whatever its spelling. */
static bool is_of_workspace(const struct workspace *workspace, const char *folder)
{
    const char *slash = strrchr(folder, '/');
    const char *name = slash ? slash + 1 : folder;
    char *parent, *real, *own;
    bool of_workspace;

    if (!workspace->folder || (strcmp(name, "ledgers") != 0 && strcmp(name, "captures") != 0))
        return false;
    parent = slash ? xmemdup0(folder, (size_t)(slash - folder) + 1) : xstrdup(".");
    real = realpath(parent, NULL);
    own = realpath(workspace->folder, NULL);
    of_workspace = real && own && strcmp(real, own) == 0;
    free(parent);
    free(real);
    free(own);
    return of_workspace;
}

/* What a workspace needs is made; any other folder that is missing is more likely mistyped. */
static bool find_folder(const struct workspace *workspace, const char *path, struct error *error)
{
    const char *slash = strrchr(path, '/');
    char *folder;
    bool good;

    if (!slash || slash == path)
        return true;
    folder = xmemdup0(path, (size_t)(slash - path));
    if (file_exists(folder))
        good = true;
    else if (is_of_workspace(workspace, folder))
        good = file_make_folders(folder, 0755, error);
    else
        good = error_set(error, ERROR_FILE, "the folder %s does not exist; nothing was written",
                         folder);
    free(folder);
    return good;
}

/* A ledger goes into git: the key never does, and it is the user who takes it out. */
static bool is_free_of_key(const struct pane_ledger *pane, struct error *error)
{
    size_t len, line;
    const char *text = document_text(pane->document, &len);

    if (!application_finds_key(pane->pane.application, text, len, &line))
        return true;
    return error_set(error, ERROR_CHECK,
                     "not written: line %zu of %s holds a key; take it out, then write", line,
                     ledger_name(pane->document));
}

/* ---- a file that somebody else wrote to meanwhile ---- */

static void ask_conflict(void *context);

/* What lies there now, read anew for every question and every answer. */
static bool read_theirs(struct pane_ledger *pane, struct bytes *text, struct error *error)
{
    return file_read(document_path(pane->document), LEDGER_BYTES, text, &pane->theirs, error);
}

static void look_at_both(struct pane_ledger *pane, const struct bytes *theirs)
{
    const char *name = ledger_name(pane->document);
    char *on_disk = xasprintf("%s on disk, as somebody else wrote it", name);
    struct ledger_version old = {.text = bytes_text(theirs), .len = theirs->len},
                          new = {.name = "yours, not written"};

    old.name = on_disk;
    new.text = document_text(pane->document, &new.len);
    ledger_look(pane, &old, &new, ask_conflict, pane);
    application_say(pane->pane.application, MESSAGE_NOTE, "Esc: back to the question");
    free(on_disk);
}

static bool overwrite(struct pane_ledger *pane, struct error *error)
{
    document_rebase(pane->document, &pane->theirs, false);
    if (!document_save(pane->document, NULL, NULL, error))
        return false;
    application_say(pane->pane.application, MESSAGE_DONE, "Wrote %s over the other version",
                    document_path(pane->document));
    return true;
}

/* As an edit, so that one's own is an undo away. */
static bool take_theirs(struct pane_ledger *pane, const struct bytes *theirs, struct error *error)
{
    if (!document_take_text(pane->document, bytes_text(theirs), theirs->len, error))
        return false;
    document_rebase(pane->document, &pane->theirs, true);
    application_say(pane->pane.application, MESSAGE_DONE,
                    "This is the version on disk; u brings yours back");
    return true;
}

static bool is_version(const struct file_stamp *a, const struct file_stamp *b)
{
    return a->exists == b->exists && a->size == b->size && a->hash == b->hash;
}

static void answer_conflict(void *context, const char *text)
{
    struct pane_ledger *pane = context;
    struct file_stamp asked = pane->theirs;
    struct error error;
    struct bytes theirs;
    bool done = true;

    if (!text || !pane->document || !strchr("dot", *text) || strlen(text) != 1) {
        application_say(pane->pane.application, MESSAGE_NOTE,
                        "Nothing was written; :write OTHER saves yours beside it");
        return;
    }
    if (!read_theirs(pane, &theirs, &error)) {
        application_fail(pane->pane.application, &error);
        return;
    }
    if (*text == 'd')
        look_at_both(pane, &theirs);
    else if (!is_version(&asked, &pane->theirs)) /* it changed again: another question */
        ask_conflict(pane);
    else
        done = *text == 'o' ? overwrite(pane, &error) : take_theirs(pane, &theirs, &error);
    if (!done)
        application_fail(pane->pane.application, &error);
    bytes_release(&theirs);
    ledger_changed(pane);
}

static void ask_conflict(void *context)
{
    struct pane_ledger *pane = context;
    struct question question = {.answered = answer_conflict, .context = pane};
    struct error error;
    struct bytes theirs;
    char *label;

    if (!read_theirs(pane, &theirs, &error)) {
        application_fail(pane->pane.application, &error);
        return;
    }
    bytes_release(&theirs);
    label = xasprintf("%s changed on disk: d difference, o overwrite it, t take it: ",
                      ledger_name(pane->document));
    question.label = label;
    application_ask(pane->pane.application, &question);
    free(label);
}

/* ---- writing ---- */

static bool is_own(const struct pane_ledger *pane, const char *path)
{
    const char *own = document_path(pane->document);

    return own && (!path || strcmp(path, own) == 0);
}

static void write_to(void *context, const char *path)
{
    struct pane_ledger *pane = context;
    struct application *application = pane->pane.application;
    const char *target = path ? path : document_path(pane->document);
    struct error error;

    if (!target || !*target)
        return;
    if (is_free_of_key(pane, &error) &&
        find_folder(application_workspace(application), target, &error) &&
        document_save(pane->document, NULL, path, &error))
        application_say(application, MESSAGE_DONE, "Wrote %s", document_path(pane->document));
    else if (error.kind == ERROR_CHANGED && !file_exists(target))
        application_say(application, MESSAGE_FAILED, "%s; :write %s writes it anew", error.text,
                        target);
    else if (error.kind == ERROR_CHANGED && is_own(pane, path))
        ask_conflict(pane);
    else
        application_fail(application, &error);
    ledger_changed(pane);
}

unsigned ledger_write(struct pane_ledger *pane, const char *path)
{
    const struct question question = {
        .label = "Write ledger to: ",
        .completion = COMPLETION_FILE,
        .answered = write_to,
        .context = pane,
    };
    struct error error;

    if (!application_may_write(pane->pane.application, &error))
        application_fail(pane->pane.application, &error);
    else if (path || document_path(pane->document))
        write_to(pane, path);
    else
        application_ask(pane->pane.application, &question);
    return EFFECT_DRAW;
}

/* "WORKSPACE/ledgers/incident-2026-11-21.md", numbered when it is taken; NULL: no workspace. */
static char *fresh_path(const struct pane_ledger *pane, const char *template, const char *today)
{
    const struct workspace *workspace = application_workspace(pane->pane.application);
    char *path = NULL;

    if (!workspace->folder)
        return NULL;
    for (int number = 1; !path || file_exists(path); number++) {
        free(path);
        path = number == 1 ? xasprintf("%s/ledgers/%s-%s.md", workspace->folder, template, today)
                           : xasprintf("%s/ledgers/%s-%s-%d.md", workspace->folder, template, today,
                                       number);
    }
    return path;
}

static struct document *from_template(const struct pane_ledger *pane, const char *name,
                                      struct error *error)
{
    char today[CLOCK_TEXT];
    struct document *document;
    char *path;

    if (!application_may_write(pane->pane.application, error))
        return NULL;
    clock_format(clock_wall_ms(application_clock(pane->pane.application)), today);
    today[DATE] = '\0';
    path = fresh_path(pane, name, today);
    document = template_new(name, path, today, error);
    free(path);
    return document;
}

/* A name alone is also that of a ledger of the workspace; the caller frees. */
static char *find_ledger(const struct pane_ledger *pane, const char *name)
{
    const struct workspace *workspace = application_workspace(pane->pane.application);
    char *own;

    if (!workspace->folder || strchr(name, '/') || file_exists(name))
        return xstrdup(name);
    own = xasprintf("%s/ledgers/%s", workspace->folder, name);
    if (file_exists(own))
        return own;
    free(own);
    return xstrdup(name);
}

char *ledger_title(const struct pane_ledger *pane)
{
    const char *path = document_path(pane->document), *name = ledger_name(pane->document);
    char *found = path ? find_ledger(pane, name) : NULL;
    char *real = path ? realpath(path, NULL) : NULL, *other = found ? realpath(found, NULL) : NULL;
    bool by_name = !real || (other && strcmp(real, other) == 0);

    free(found);
    free(real);
    free(other);
    return xstrdup(path && !by_name ? path : name);
}

static unsigned open_now(struct pane_ledger *pane, const struct request_call *call)
{
    struct application *application = pane->pane.application;
    struct document *document = NULL;
    struct error error;

    if (call->request == REQUEST_LEDGER_NEW) {
        document = from_template(pane, call->argument, &error);
    } else {
        char *path = find_ledger(pane, call->argument);

        document = document_load(path, &error);
        free(path);
    }
    if (!document) {
        application_fail(application, &error);
        return EFFECT_DRAW;
    }
    if (document_table_count(document) == 0)
        application_say(application, MESSAGE_NOTE,
                        "%s holds no table: it is opened to read; :ledger new begins a ledger",
                        call->argument);
    ledger_show(pane, document);
    return EFFECT_DRAW | EFFECT_FOCUS;
}

static void drop_answered(void *context, const char *text)
{
    struct pane_ledger *pane = context;

    if (text && strcmp(text, "yes") == 0)
        open_now(pane, &pane->dropped);
    else
        application_say(pane->pane.application, MESSAGE_NOTE, "Kept %s",
                        ledger_name(pane->document));
    application_changed(pane->pane.application, TOPIC_LEDGER);
}

/* Another ledger takes the place of this one; what is unsaved goes only when that was said. */
unsigned ledger_open(struct pane_ledger *pane, const struct request_call *call)
{
    char *label;

    if (!pane->document || !document_is_changed(pane->document))
        return open_now(pane, call);
    free(pane->argument);
    pane->argument = xstrdup(call->argument);
    pane->dropped = (struct request_call){call->request, pane->argument};
    label = xasprintf("%s is not written. Type yes to drop it: ", ledger_name(pane->document));
    application_ask(
        pane->pane.application,
        &(const struct question){.label = label, .answered = drop_answered, .context = pane});
    free(label);
    return EFFECT_DRAW | EFFECT_FOCUS;
}

unsigned ledger_reload(struct pane_ledger *pane)
{
    struct application *application = pane->pane.application;
    struct ledger_place place = ledger_here(pane);
    struct document *document;
    struct error error;

    if (document_is_changed(pane->document)) {
        application_say(application, MESSAGE_FAILED, "%s has unsaved changes; w writes them first",
                        ledger_name(pane->document));
        return EFFECT_DRAW;
    }
    document = document_load(document_path(pane->document), &error);
    if (!document) {
        application_fail(application, &error);
        return EFFECT_DRAW;
    }
    ledger_show(pane, document);
    ledger_go_to(pane, place.line, place.column);
    application_say(application, MESSAGE_DONE, "Read %s again", document_path(document));
    return EFFECT_DRAW;
}
