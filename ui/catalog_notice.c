#include "ui/catalog_notice.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "catalog/catalog.h"
#include "contract/contract.h"
#include "ui/wrap.h"

enum { MARGIN = 2, LABEL_COLUMNS = 9, TEXT_MAX = 8192 };

/* Where the next line goes. */
struct page {
    const struct surface *surface;
    int row;
};

static void add_blank(struct page *page)
{
    draw_line(page->surface, page->row++, STYLE_PLAIN, NULL);
}

/* Wrapped, from the column `indent` on. */
static void add_wrapped(struct page *page, enum style style, int indent, const char *text,
                        const char *label)
{
    const struct surface *surface = page->surface;
    int columns = surface->columns - indent;
    char *safe = draw_redact(surface, text, strlen(text)); /* it is broken into lines */
    struct wrap wrap = {.starts = NULL};

    wrap_reset(&wrap, columns > 1 ? columns : 1, canvas_is_ascii(surface->canvas));
    wrap_extend(&wrap, safe, strlen(safe), true);
    for (size_t i = 0; i < wrap.count; i++) {
        const char *line;
        size_t len = wrap_line(&wrap, safe, i, &line);
        struct pen pen;

        draw_begin(&pen, surface, page->row++, false);
        draw_to(&pen, MARGIN);
        draw_text(&pen, STYLE_LABEL, i == 0 ? label : NULL);
        draw_to(&pen, indent);
        draw_bytes(&pen, style, line, len); /* a blank at its end may lie behind the border */
        draw_end(&pen);
    }
    wrap_release(&wrap);
    free(safe);
}

static void add_text(struct page *page, enum style style, const char *text)
{
    add_wrapped(page, style, MARGIN, text, NULL);
}

static void add_fact(struct page *page, const char *label, const char *text)
{
    add_wrapped(page, STYLE_PLAIN, MARGIN + LABEL_COLUMNS, text, label);
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
                 "Whether it is billed the contract does not say yet (clause "
                 "account.billing).");
}

/* Method, URL and key, as they would go. */
static void add_request(struct page *page, const struct application *application,
                        const struct http_request *request)
{
    const struct profile *profile = application_profile(application);
    struct bytes line;

    bytes_init(&line, TEXT_MAX);
    bytes_printf(&line, "%s %s", request->method, request->url);
    add_text(page, STYLE_STRONG, bytes_text(&line));
    bytes_release(&line);
    add_fact(page, "key", application_key_alias(application));
    add_fact(page, "profile", profile->name ? profile->name : "none");
    add_billing(page, application);
}

/* Why there is none: a sentence that ends open. */
static void add_why(struct page *page, const struct application *application)
{
    const char *failure = application_catalog_failure(application);

    if (failure)
        add_text(page, STYLE_BAD, failure);
    else if (application_catalog(application)->fetched_at)
        add_text(page, STYLE_PLAIN, "The list came back empty.");
    else
        add_text(page, STYLE_PLAIN, "No list of models yet.");
}

/* What R would do now. */
static void add_next(struct page *page, const struct application *application)
{
    const char *flight = application_in_flight(application);
    struct http_request request;
    struct error error;

    if (!application_preview_catalog(application, &request, &error)) {
        add_text(page, STYLE_PLAIN, "R cannot fetch it:");
        add_text(page, STYLE_WARNING, error.text);
        return;
    }
    if (!application_may_send(application, &error)) {
        add_text(page, STYLE_WARNING, error.text);
        add_text(page, STYLE_PLAIN, "Then R sends one request for it:");
    } else if (application_misses_key(application, &error)) {
        add_text(page, STYLE_WARNING, error.text);
        add_text(page, STYLE_PLAIN, "With a key R sends one request for it:");
    } else if (flight) {
        add_text(page, STYLE_PLAIN, "Something is in flight; when it ended R sends one request:");
    } else if (application_catalog_failure(application)) {
        add_text(page, STYLE_PLAIN, "Stream shows what came. R tries again with one request:");
    } else {
        add_text(page, STYLE_PLAIN, "R sends one request for it:");
    }
    add_blank(page);
    add_request(page, application, &request);
    http_request_release(&request);
}

static void add_empty(struct page *page, const struct application *application)
{
    struct http_request request;
    struct error error;

    if (application_is_fetching(application)) {
        add_text(page, STYLE_LIVE, "The list is being fetched; ^C cancels.");
        add_blank(page);
        if (!application_preview_catalog(application, &request, &error))
            return;
        add_request(page, application, &request);
        http_request_release(&request);
        return;
    }
    add_why(page, application);
    add_next(page, application);
    add_blank(page);
    add_text(page, STYLE_DIM, "Without a list: :model ID.");
}

void catalog_notice_draw(const struct application *application, const struct surface *surface,
                         const char *filter)
{
    struct page page = {.surface = surface};

    add_blank(&page);
    if (filter) {
        add_text(&page, STYLE_PLAIN, "No model matches:");
        add_text(&page, STYLE_STRONG, filter);
        add_blank(&page);
        add_text(&page, STYLE_DIM,
                 "Esc shows all of them again. 'x is exact, ^x the beginning, "
                 "x$ the end, !x not.");
    } else {
        add_empty(&page, application);
    }
    draw_blank_from(surface, page.row);
}
