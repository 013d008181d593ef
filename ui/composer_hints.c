#include "ui/composer_hints.h"

#include "base/bytes.h"
#include "ui/application.h"
#include "ui/application_probe.h"
#include "ui/json_edit.h"

enum { STEP_MAX = 4096 };

struct hints {
    struct hint *list;
    size_t count;
};

static void add(struct hints *hints, enum request request, const char *label)
{
    if (hints->count < PANE_HINTS)
        hints->list[hints->count++] = (struct hint){request, label};
}

static bool can_step(const struct application *application, bool undo)
{
    const struct json_edit *edit = application_body(application);
    struct bytes text;
    bool can;

    bytes_init(&text, STEP_MAX);
    can = edit && json_edit_describe(edit, undo, &text);
    bytes_release(&text);
    return can;
}

/* What Enter does there. */
static const char *activation(const struct composer_place *place)
{
    if (!place->row)
        return "edit";
    switch (place->row->kind) {
    case COMPOSER_STREAM:
        return "switch";
    case COMPOSER_PROMPT:
        return "type a prompt";
    case COMPOSER_PROBE:
    case COMPOSER_CHANGES:
    case COMPOSER_EXPECTS:
    case COMPOSER_COST:
    case COMPOSER_RAW:
    case COMPOSER_REQUEST:
        return "read";
    case COMPOSER_HEADERS:
    case COMPOSER_HEADER:
    case COMPOSER_CLAUSES:
    case COMPOSER_CLAUSE:
        return "open";
    case COMPOSER_PROBLEMS:
        return "go there";
    default:
        return "edit";
    }
}

void composer_hints_make(const struct application *application, const struct composer_place *place,
                         struct hint list[static PANE_HINTS + 1])
{
    struct hints hints = {.list = list};
    bool probe = application_probe_case(application) != NULL;

    add(&hints, REQUEST_SEND, probe ? "send the probe" : "send");
    if (probe)
        add(&hints, REQUEST_BACK, "back to the draft");
    add(&hints, REQUEST_ACTIVATE, activation(place));
    if (place->problems)
        add(&hints, REQUEST_NEXT_PROBLEM, "next problem");
    if (!place->row && !probe) {
        add(&hints, REQUEST_ADD, "add");
        add(&hints, REQUEST_REMOVE, "remove");
    }
    if (!place->row && place->folds)
        add(&hints, REQUEST_FOLD, "fold");
    if (can_step(application, true))
        add(&hints, REQUEST_UNDO, "undo");
    else if (can_step(application, false))
        add(&hints, REQUEST_REDO, "redo");
    if (!probe)
        add(&hints, REQUEST_EDIT_BODY, "editor");
    add(&hints, REQUEST_PROBE, "probes");
    add(&hints, REQUEST_OPERATION, "operation");
    if (place->row)
        add(&hints, REQUEST_STREAMING, "streaming");
    if (!probe) {
        add(&hints, REQUEST_DRAFT, "drafts");
        add(&hints, REQUEST_EXPORT_CURL, "as curl");
    }
    list[hints.count] = (struct hint){REQUEST_NONE, NULL};
}
