/* Drafts: which there are, opening another one, giving them names. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "contract/workspace.h"
#include "ui/confirm.h"
#include "ui/console_state.h"
#include "ui/draft_edit.h"
#include "ui/drafts.h"
#include "ui/layout.h"
#include "ui/picker.h"

enum { GLANCE_MAX = 1 << 20 /* bytes of a draft of which the list tells more than its time */ };

static const struct picker_kind draft_kind = {
    .title = "Drafts",
    .label = "Open draft: ",
    .hint = "opens it",
    .matched = {[PICKER_LEAD] = true, [PICKER_TEXT] = true},
    .styles = {STYLE_STRONG, STYLE_PLAIN, STYLE_DIM},
};

/* ---- the list ---- */

struct draft_row {
    char *name;
    int64_t changed_ms;
    uint64_t size;
};

struct draft_rows {
    const char *local;
    struct draft_row *rows;
    size_t count;
};

static void add_row(void *context, const char *name)
{
    struct draft_rows *rows = context;
    struct draft_row row = {.name = xstrdup(name)};

    if (!drafts_look(rows->local, name, &row.changed_ms, &row.size)) {
        free(row.name); /* it went meanwhile */
        return;
    }
    rows->rows = xreallocarray(rows->rows, rows->count + 1, sizeof(*rows->rows));
    rows->rows[rows->count++] = row;
}

static int newer_first(const void *a, const void *b)
{
    const struct draft_row *one = a, *other = b;

    if (one->changed_ms != other->changed_ms)
        return one->changed_ms < other->changed_ms ? 1 : -1;
    return strcmp(one->name, other->name);
}

/* "chat  sim/ready"; the caller frees. */
static char *describe(const struct console *console, const struct draft_rows *rows,
                      const struct draft_row *row)
{
    const struct contract *contract = application_workspace(console->application)->contract;
    struct draft_edit *draft = NULL;
    struct file_stamp seen;
    struct error error;
    char *text;

    if (row->size > GLANCE_MAX)
        return xasprintf("%llu MB", (unsigned long long)(row->size >> 20));
    draft = drafts_load(rows->local, row->name, contract, &seen, &error);
    if (!draft)
        return xstrdup("cannot be read");
    text = xasprintf("%s  %s", operation_name(draft_edit_operation(draft)),
                     draft_edit_model(draft) ? draft_edit_model(draft) : "no model");
    draft_edit_free(draft);
    return text;
}

static void fill(const struct console *console, const struct draft_rows *rows,
                 struct picker *picker)
{
    const char *open = application_draft_name(console->application);

    for (size_t i = 0; i < rows->count; i++) {
        const struct draft_row *row = &rows->rows[i];
        bool is_open = open && strcmp(open, row->name) == 0;
        char *text = describe(console, rows, row), *line = xasprintf("draft open %s", row->name);
        char time[CLOCK_TEXT], *tail;

        clock_format(row->changed_ms, time);
        tail = xasprintf("%.10s %.5sZ%s", time, time + 11, is_open ? ", open" : "");
        picker_add(picker, row->name, text, tail, line);
        free(text);
        free(line);
        free(tail);
    }
}

static void choose(struct console *console)
{
    const char *open = application_draft_name(console->application);
    struct draft_rows rows = {.local = application_workspace(console->application)->local};
    struct picker *picker;
    size_t others = 0;

    if (rows.local)
        drafts_each(rows.local, add_row, &rows);
    for (size_t i = 0; i < rows.count; i++)
        others += !open || strcmp(rows.rows[i].name, open) != 0;
    if (others > 0) {
        qsort(rows.rows, rows.count, sizeof(*rows.rows), newer_first);
        picker = picker_new(&draft_kind);
        fill(console, &rows, picker);
        console_show_picker(console, picker);
    } else {
        application_say(
            console->application, MESSAGE_NOTE,
            "There is no other draft yet; :draft new NAME goes on in a copy of this one");
    }
    for (size_t i = 0; i < rows.count; i++)
        free(rows.rows[i].name);
    free(rows.rows);
}

/* ---- opening ---- */

static bool open_now(struct console *console, const char *name, struct error *error)
{
    if (!application_draft_open(console->application, name, error))
        return false;
    screen_visit(console->screen, LAYOUT_COMPOSER);
    return true;
}

static void answer_open(void *context, const char *text)
{
    struct console *console = context;
    char *name = console_take_asked(console);
    struct error error;

    if (confirm_yes(text) && !open_now(console, name, &error))
        application_fail(console->application, &error);
    free(name);
}

/* What is in no file would be gone with the draft that is shown. */
bool console_open_draft(struct console *console, const char *argument, struct error *error)
{
    char *label;

    if (!argument) {
        choose(console);
        return true;
    }
    if (!application_draft_is_unkept(console->application))
        return open_now(console, argument, error);
    label = xasprintf("This draft is not saved (:draft new NAME keeps it). Open %s without it? "
                      "(yes or no) ",
                      argument);
    console_ask_about(console, argument, label, answer_open);
    free(label);
    return true;
}

/* ---- names ---- */

bool console_new_draft(struct console *console, const char *argument, struct error *error)
{
    if (!application_draft_new(console->application, argument, error))
        return false;
    application_say(console->application, MESSAGE_DONE, "This is the draft %s now", argument);
    screen_visit(console->screen, LAYOUT_COMPOSER);
    return true;
}

bool console_rename_draft(struct console *console, const char *argument, struct error *error)
{
    if (!application_draft_rename(console->application, argument, error))
        return false;
    application_say(console->application, MESSAGE_DONE, "The draft is called %s now", argument);
    return true;
}

static void answer_delete(void *context, const char *text)
{
    struct console *console = context;
    char *name = console_take_asked(console);
    struct error error;

    if (confirm_yes(text)) {
        if (application_draft_delete(console->application, name, &error))
            application_say(console->application, MESSAGE_DONE, "Deleted the draft %s", name);
        else
            application_fail(console->application, &error);
    }
    free(name);
}

bool console_delete_draft(struct console *console, const char *argument, struct error *error)
{
    char *label;

    if (!application_may_write(console->application, error))
        return false;
    label = xasprintf("Delete the draft %s for good? (yes or no) ", argument);
    console_ask_about(console, argument, label, answer_delete);
    free(label);
    return true;
}
