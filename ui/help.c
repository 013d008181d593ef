#include "ui/help.h"

#include <string.h>

#include "base/bytes.h"

enum { KEY_COLUMNS = 14, COMMAND_COLUMNS = 44, KEYS_MAX = 256 };

/* Lines are counted by drawing them: those above or below the surface go nowhere. */
struct page {
    const struct surface *surface;
    size_t top;  /* first line that is shown */
    size_t line; /* the next one */
};

static int page_row(const struct page *page)
{
    return page->line < page->top ? -1 : (int)(page->line - page->top);
}

static void add_heading(struct page *page, const char *before, const char *name)
{
    struct pen pen;

    if (page->line > 0) {
        draw_line(page->surface, page_row(page), STYLE_PLAIN, NULL);
        page->line++;
    }
    draw_begin(&pen, page->surface, page_row(page), false);
    draw_format(&pen, STYLE_FOCUS, " %s%s", before, name);
    draw_end(&pen);
    page->line++;
}

static bool same_call(const struct request_call *a, const struct request_call *b)
{
    return a->request == b->request &&
           (a->argument == b->argument ||
            (a->argument && b->argument && strcmp(a->argument, b->argument) == 0));
}

/* All keys of a section that ask for the same, as "k Up"; false when an earlier row had them. */
static bool name_keys(const struct help *help, size_t index, struct bytes *out)
{
    const struct binding *binding = keymap_get(help->keymap, index);
    char name[KEY_NAME];

    for (size_t i = 0; i < keymap_count(help->keymap); i++) {
        const struct binding *other = keymap_get(help->keymap, i);

        if (strcmp(other->section, binding->section) != 0 ||
            !same_call(&other->call, &binding->call) ||
            keymap_find(help->keymap, help->pane->name, other->key) != other)
            continue;
        if (i < index)
            return false;
        key_name(other->key, name);
        bytes_printf(out, "%s%s", out->len ? " " : "", name);
    }
    return out->len > 0;
}

static void add_row(struct page *page, const char *keys, const char *text, const char *argument)
{
    struct pen pen;

    draw_begin(&pen, page->surface, page_row(page), false);
    draw_text(&pen, STYLE_PLAIN, "  ");
    draw_text(&pen, STYLE_KEY, keys);
    draw_text(&pen, STYLE_PLAIN, "  ");
    draw_to(&pen, KEY_COLUMNS);
    draw_cut(&pen, STYLE_PLAIN, text, strlen(text));
    if (argument)
        draw_format(&pen, STYLE_DIM, ": %s", argument);
    draw_end(&pen);
    page->line++;
}

static void add_keys(struct page *page, const struct help *help, const char *section)
{
    for (size_t i = 0; i < keymap_count(help->keymap); i++) {
        const struct binding *binding = keymap_get(help->keymap, i);
        struct bytes keys;

        bytes_init(&keys, KEYS_MAX);
        if (strcmp(binding->section, section) == 0 && name_keys(help, i, &keys))
            add_row(page, bytes_text(&keys), request_info(binding->call.request)->help,
                    binding->call.argument);
        bytes_release(&keys);
    }
}

/* What the pane makes of keys that hold everywhere, in its own words. */
static void add_hints(struct page *page, const struct help *help)
{
    for (const struct hint *hint = help->pane->hints; hint->request != REQUEST_NONE; hint++) {
        const struct binding *binding =
            keymap_key_of(help->keymap, help->pane->name, hint->request);
        char name[KEY_NAME];

        if (!binding || strcmp(binding->section, help->pane->name) == 0)
            continue;
        key_name(binding->key, name);
        add_row(page, name, hint->label, NULL);
    }
}

static void add_commands(struct page *page, enum request_group group)
{
    for (int i = REQUEST_NONE + 1; i < REQUEST_COUNT; i++) {
        const struct request_info *info = request_info((enum request)i);
        struct pen pen;

        if (info->group != group)
            continue;
        draw_begin(&pen, page->surface, page_row(page), false);
        draw_format(&pen, STYLE_KEY, "  :%s", info->name);
        draw_format(&pen, STYLE_PLAIN, " %s  ", info->arguments);
        draw_to(&pen, COMMAND_COLUMNS);
        draw_cut(&pen, STYLE_PLAIN, info->help, strlen(info->help));
        draw_end(&pen);
        page->line++;
    }
}

static size_t draw_page(struct help *help, const struct surface *surface)
{
    struct page page = {.surface = surface, .top = help->list.top};

    add_heading(&page, "Keys in ", help->pane->title);
    add_hints(&page, help);
    add_keys(&page, help, help->pane->name);
    add_heading(&page, "Keys everywhere", "");
    add_keys(&page, help, "all");
    for (int group = GROUP_MOVING + 1; group < GROUP_COUNT; group++) {
        add_heading(&page, "Commands: ", request_group_name((enum request_group)group));
        add_commands(&page, (enum request_group)group);
    }
    if (page.line >= page.top)
        draw_blank_from(surface, (int)(page.line - page.top));
    return page.line;
}

void help_draw(struct help *help, const struct surface *surface)
{
    size_t top = help->list.top;
    size_t lines = draw_page(help, surface);

    list_fit_view(&help->list, lines, (size_t)surface->rows);
    if (help->list.top != top)
        draw_page(help, surface);
}
