#include "ui/catalog_notice.h"

#include <string.h>

#include "base/bytes.h"
#include "catalog/catalog.h"
#include "contract/contract.h"
#include "ui/wrap.h"

enum { MARGIN = 2, TEXT_MAX = 8192 };

/* Where the next line goes. */
struct page {
    const struct surface *surface;
    int row;
};

static void add_blank(struct page *page)
{
    draw_line(page->surface, page->row++, STYLE_PLAIN, NULL);
}

static void add_line(struct page *page, enum style style, const char *text, size_t len)
{
    struct pen pen;

    draw_begin(&pen, page->surface, page->row++, false);
    draw_text(&pen, STYLE_PLAIN, "  ");
    draw_cut(&pen, style, text, len);
    draw_end(&pen);
}

static void add_text(struct page *page, enum style style, const char *text)
{
    int columns = page->surface->columns - 2 * MARGIN;
    struct wrap wrap = {.starts = NULL};

    wrap_reset(&wrap, columns > 1 ? columns : 1, canvas_is_ascii(page->surface->canvas));
    wrap_extend(&wrap, text, strlen(text), true);
    for (size_t i = 0; i < wrap.count; i++) {
        const char *line;
        size_t len = wrap_line(&wrap, text, i, &line);

        add_line(page, style, line, len);
    }
    wrap_release(&wrap);
}

static void add_fact(struct page *page, const char *label, const char *text)
{
    struct pen pen;

    draw_begin(&pen, page->surface, page->row++, false);
    draw_text(&pen, STYLE_PLAIN, "  ");
    draw_field(&pen, STYLE_LABEL, label, strlen(label), 9);
    draw_cut(&pen, STYLE_PLAIN, text, strlen(text));
    draw_end(&pen);
}

/* The truth about money: nobody knows but the contract. */
static void add_billing(struct page *page, const struct application *application)
{
    const char *clause =
        contract_string(application_workspace(application)->contract, "account.billing");

    if (application_profile(application)->simulator)
        add_text(page, STYLE_DIM, "It goes to the simulator: nothing is billed.");
    else if (clause)
        add_fact(page, "billing", clause);
    else
        add_text(page, STYLE_DIM,
                 "Whether a list is billed the contract does not say yet (clause "
                 "account.billing).");
}

/* Method, URL and key, as they would go; or why they cannot. */
static void add_request(struct page *page, const struct application *application)
{
    const struct profile *profile = application_profile(application);
    struct http_request request;
    struct error error;
    struct bytes url;

    if (!application_preview_catalog(application, &request, &error)) {
        add_text(page, STYLE_WARNING, error.text);
        return;
    }
    bytes_init(&url, TEXT_MAX);
    bytes_printf(&url, "%s %s", request.method, request.url);
    add_fact(page, "sends", bytes_text(&url));
    bytes_release(&url);
    http_request_release(&request);
    add_fact(page, "key", application_key_alias(application));
    add_fact(page, "profile", profile->name ? profile->name : "none");
    if (application_misses_key(application, &error))
        add_text(page, STYLE_WARNING, error.text);
    add_billing(page, application);
}

static void add_empty(struct page *page, const struct application *application)
{
    const char *flight = application_in_flight(application);
    const char *failure = application_catalog_failure(application);

    if (application_is_fetching(application)) {
        add_text(page, STYLE_LIVE, "The list is being fetched; ^C cancels.");
        add_request(page, application);
        return;
    }
    if (failure) {
        add_text(page, STYLE_BAD, failure);
        add_text(page, STYLE_PLAIN, "Stream shows what came. R tries again, with one request:");
    } else if (application_catalog(application)->fetched_at) {
        add_text(page, STYLE_PLAIN,
                 "The list came back empty. R fetches it again, with one "
                 "request:");
    } else {
        add_text(page, STYLE_PLAIN, "No list of models yet. R fetches it with one request:");
    }
    add_blank(page);
    add_request(page, application);
    add_blank(page);
    if (flight)
        add_text(page, STYLE_DIM, "Something is in flight: R is refused until it ends.");
    add_text(page, STYLE_DIM, "Without a list: :model ID.");
}

void catalog_notice_draw(const struct application *application, const struct surface *surface,
                         const char *filter)
{
    struct page page = {.surface = surface};

    add_blank(&page);
    if (filter) {
        add_text(&page, STYLE_PLAIN, "No model matches:");
        add_line(&page, STYLE_STRONG, filter, strlen(filter));
        add_blank(&page);
        add_text(&page, STYLE_DIM,
                 "Esc shows all of them again. 'x is exact, ^x the beginning, "
                 "x$ the end, !x not.");
    } else {
        add_empty(&page, application);
    }
    draw_blank_from(surface, page.row);
}
