#include "ui/help.h"

#include <string.h>

#include "base/text.h"

enum { KEY_COLUMNS = 12, COMMAND_COLUMNS = 34 };

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

static void add_key(struct page *page, const struct binding *binding)
{
    const struct request_info *info = request_info(binding->call.request);
    char name[KEY_NAME];
    struct pen pen;

    key_name(binding->key, name);
    draw_begin(&pen, page->surface, page_row(page), false);
    draw_text(&pen, STYLE_PLAIN, "  ");
    draw_text(&pen, STYLE_KEY, name);
    draw_to(&pen, KEY_COLUMNS);
    draw_cut(&pen, STYLE_PLAIN, info->help, strlen(info->help));
    if (binding->call.argument)
        draw_format(&pen, STYLE_DIM, ": %s", binding->call.argument);
    draw_end(&pen);
    page->line++;
}

static void add_keys(struct page *page, const struct help *help, const char *section)
{
    for (size_t i = 0; i < keymap_count(help->keymap); i++) {
        const struct binding *binding = keymap_get(help->keymap, i);

        if (strcmp(binding->section, section) == 0 &&
            keymap_find(help->keymap, help->pane->name, binding->key) == binding)
            add_key(page, binding);
    }
}

static void add_commands(struct page *page)
{
    for (int i = REQUEST_NONE + 1; i < REQUEST_COUNT; i++) {
        const struct request_info *info = request_info((enum request)i);
        struct pen pen;

        if (info->group == GROUP_MOVING)
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
    add_keys(&page, help, help->pane->name);
    add_heading(&page, "Keys everywhere", "");
    add_keys(&page, help, "all");
    add_heading(&page, "Commands", "");
    add_commands(&page);
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
