#include "ui/help.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "simulator/simulator.h"
#include "ui/complete.h"

enum { KEYS_MAX = 256, LINE_MAX_BYTES = 1 << 16 };

const struct picker_kind help_kind = {
    .title = "Help",
    .label = "Help, what for? ",
    .hint = "does it",
    .matched = {[PICKER_TEXT] = true, [PICKER_TAIL] = true},
    .styles = {STYLE_KEY, STYLE_PLAIN, STYLE_DIM},
};

const struct picker_kind palette_kind = {
    .title = "Commands",
    .label = "Command: ",
    .hint = "does it",
    .matched = {[PICKER_LEAD] = true, [PICKER_TEXT] = true},
    .styles = {STYLE_STRONG, STYLE_PLAIN, STYLE_KEY},
};

const struct picker_kind argument_kind = {
    .title = "Choose",
    .label = "Which? ",
    .hint = "takes it",
    .matched = {[PICKER_LEAD] = true, [PICKER_TEXT] = true},
    .styles = {STYLE_STRONG, STYLE_DIM, STYLE_DIM},
};

static bool needs_argument(const struct request_info *info)
{
    return info->arguments[0] && info->arguments[0] != '[';
}

/* The command as it is typed; with a blank behind it when something must follow. */
static char *line_of(enum request request, const char *argument)
{
    const struct request_info *info = request_info(request);

    if (argument)
        return xasprintf("%s %s", info->name, argument);
    return xasprintf("%s%s", info->name, needs_argument(info) ? " " : "");
}

static bool same_call(const struct request_call *a, const struct request_call *b)
{
    return a->request == b->request &&
           (a->argument == b->argument ||
            (a->argument && b->argument && strcmp(a->argument, b->argument) == 0));
}

/* ---- keys ---- */

/* All keys of a section that ask for the same, as "k Up"; false when an earlier row had them. */
static bool name_keys(const struct keymap *keymap, const struct pane_ops *pane, size_t index,
                      struct bytes *out)
{
    const struct binding *binding = keymap_get(keymap, index);
    char name[KEY_NAME];

    for (size_t i = 0; i < keymap_count(keymap); i++) {
        const struct binding *other = keymap_get(keymap, i);

        if (strcmp(other->section, binding->section) != 0 ||
            !same_call(&other->call, &binding->call) ||
            keymap_find(keymap, pane->name, other->key) != other)
            continue;
        if (i < index)
            return false;
        key_name(other->key, name);
        bytes_printf(out, "%s%s", out->len ? " " : "", name);
    }
    return out->len > 0;
}

/* The hint lists the keys of that request. */
static bool is_hinted(const struct hint *hints, const struct binding *binding)
{
    for (; hints && hints->request != REQUEST_NONE; hints++)
        if (hints->request == binding->call.request && !binding->call.argument)
            return true;
    return false;
}

/* `hints`: what was listed before, or NULL. */
static void add_keys(struct picker *picker, const struct keymap *keymap,
                     const struct pane_ops *pane, const char *section, const struct hint *hints)
{
    for (size_t i = 0; i < keymap_count(keymap); i++) {
        const struct binding *binding = keymap_get(keymap, i);
        const struct request_info *info = request_info(binding->call.request);
        char *line = line_of(binding->call.request, binding->call.argument);
        char *tail = xasprintf(":%s", line), *text;
        struct bytes keys;

        bytes_init(&keys, KEYS_MAX);
        text = binding->call.argument ? xasprintf("%s: %s", info->help, binding->call.argument)
                                      : xstrdup(info->help);
        if (strcmp(binding->section, section) == 0 && !is_hinted(hints, binding) &&
            name_keys(keymap, pane, i, &keys))
            picker_add(picker, bytes_text(&keys), text, tail, line);
        bytes_release(&keys);
        free(text);
        free(tail);
        free(line);
    }
}

/* What the pane makes of keys that hold everywhere, in its own words. */
static void add_hints(struct picker *picker, const struct keymap *keymap,
                      const struct pane_ops *pane, const struct hint *hints)
{
    for (const struct hint *hint = hints; hint->request != REQUEST_NONE; hint++) {
        const struct binding *binding = keymap_key_of(keymap, pane->name, hint->request);
        char *line, *tail, *text;
        struct bytes keys;
        size_t index = 0;

        if (!binding || strcmp(binding->section, pane->name) == 0)
            continue;
        while (keymap_get(keymap, index) != binding)
            index++;
        bytes_init(&keys, KEYS_MAX);
        name_keys(keymap, pane, index, &keys);
        line = line_of(hint->request, binding->call.argument);
        tail = xasprintf(":%s", line);
        text = xasprintf("%s: %s", hint->label, request_info(hint->request)->help);
        picker_add(picker, bytes_text(&keys), text, tail, line);
        bytes_release(&keys);
        free(text);
        free(tail);
        free(line);
    }
}

/* ---- commands ---- */

/* The keys of a command without an argument: here, else "m in history". Appended. */
static void keys_of(const struct keymap *keymap, const struct pane_ops *pane, enum request request,
                    bool elsewhere, struct bytes *out)
{
    const struct binding *here = keymap_key_of(keymap, pane->name, request);
    char name[KEY_NAME];

    if (here && !here->call.argument) {
        key_name(here->key, name);
        bytes_puts(out, name);
        return;
    }
    for (size_t i = 0; elsewhere && i < keymap_count(keymap); i++) {
        const struct binding *binding = keymap_get(keymap, i);

        if (binding->call.request != request || binding->call.argument ||
            strcmp(binding->section, "all") == 0)
            continue;
        key_name(binding->key, name);
        bytes_printf(out, "%s in %s", name, binding->section);
        return;
    }
}

/* "draft open NAME" */
static char *signature(const struct request_info *info)
{
    return xasprintf("%s%s%s", info->name, info->arguments[0] ? " " : "", info->arguments);
}

static void add_command(struct picker *picker, const struct keymap *keymap,
                        const struct pane_ops *pane, enum request request, bool as_help)
{
    const struct request_info *info = request_info(request);
    char *name = signature(info), *line = line_of(request, NULL), *tail;
    struct bytes keys;

    bytes_init(&keys, KEYS_MAX);
    keys_of(keymap, pane, request, true, &keys);
    if (as_help) {
        tail = xasprintf("%s%s:%s", bytes_text(&keys), keys.len ? "  " : "", name);
        picker_add(picker, "", info->help, tail, line);
        free(tail);
    } else {
        picker_add(picker, name, info->help, bytes_text(&keys), line);
    }
    bytes_release(&keys);
    free(line);
    free(name);
}

/* Has a key here, and so is listed among the keys. */
static bool is_bound(const struct keymap *keymap, const struct pane_ops *pane, enum request request)
{
    return keymap_key_of(keymap, pane->name, request) != NULL;
}

void help_fill(struct picker *picker, const struct keymap *keymap, const struct pane_ops *pane,
               const struct hint *hints)
{
    char *heading = xasprintf("Keys in %s", pane->title);

    picker_add_heading(picker, heading);
    free(heading);
    add_hints(picker, keymap, pane, hints);
    add_keys(picker, keymap, pane, pane->name, NULL);
    picker_add_heading(picker, "Keys everywhere");
    add_keys(picker, keymap, pane, "all", hints);
    for (int group = 0; group < GROUP_COUNT; group++) {
        bool begun = false;

        for (int i = REQUEST_NONE + 1; i < REQUEST_COUNT; i++) {
            if (request_info((enum request)i)->group != (enum request_group)group ||
                is_bound(keymap, pane, (enum request)i))
                continue;
            heading = xasprintf("More: %s", request_group_name((enum request_group)group));
            if (!begun)
                picker_add_heading(picker, heading);
            begun = true;
            free(heading);
            add_command(picker, keymap, pane, (enum request)i, true);
        }
    }
}

/* Moving comes last: nobody looks for it here. */
void palette_fill(struct picker *picker, const struct keymap *keymap, const struct pane_ops *pane)
{
    for (int turn = 1; turn <= GROUP_COUNT; turn++) {
        enum request_group group = (enum request_group)(turn % GROUP_COUNT);

        picker_add_heading(picker, request_group_name(group));
        for (int i = REQUEST_NONE + 1; i < REQUEST_COUNT; i++)
            if (request_info((enum request)i)->group == group && i != REQUEST_PALETTE)
                add_command(picker, keymap, pane, (enum request)i, false);
    }
}

/* ---- what a command takes ---- */

struct filling {
    struct picker *picker;
    const struct request_info *info;
};

static void add_argument(void *into, const char *candidate)
{
    struct filling *filling = into;
    char *line = xasprintf("%s %s", filling->info->name, candidate);
    enum completion completion = filling->info->completion;
    const struct scenario *scenario = NULL;

    if (completion == COMPLETION_SCENARIO || completion == COMPLETION_MODEL)
        scenario = scenario_find(candidate);
    picker_add(filling->picker, candidate, scenario ? scenario->summary : "", "", line);
    free(line);
}

void argument_fill(struct picker *picker, struct application *application, enum request request)
{
    struct filling filling = {.picker = picker, .info = request_info(request)};

    if (filling.info->completion != COMPLETION_FILE)
        complete_value(application, filling.info->completion, "", add_argument, &filling);
}
