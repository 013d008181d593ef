#include "ui/composer_head.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "ui/application.h"

enum { PENDING_MAX = 64 * 1024 };

void composer_head_release(struct composer_head *head)
{
    for (size_t i = 0; i < head->count; i++) {
        free(head->lines[i].text);
        free(head->lines[i].pending);
    }
    free(head->lines);
    *head = (struct composer_head){.count = 0};
}

static struct composer_head_line *add(struct composer_head *head, enum style style, char *text)
{
    head->lines = xreallocarray(head->lines, head->count + 1, sizeof(*head->lines));
    head->lines[head->count] = (struct composer_head_line){.text = text, .style = style};
    return &head->lines[head->count++];
}

/* The header of a clause, for the clauses that are not about method and URL. */
static const char *header_of(const char *clause, const struct http_request *request)
{
    if (strcmp(clause, "auth.header") == 0 || strcmp(clause, "auth.scheme") == 0)
        return request->auth_header;
    if (strcmp(clause, "request.accept") == 0 || strcmp(clause, "stream.accept") == 0)
        return "Accept";
    if (strcmp(clause, "request.content_type") == 0)
        return "Content-Type";
    return NULL;
}

/* The line that a clause is about; the first one for all the others. */
static struct composer_head_line *line_of(struct composer_head *head, const char *clause,
                                          const struct http_request *request)
{
    const char *header = header_of(clause, request);
    size_t len = header ? strlen(header) : 0;

    for (size_t i = 1; header && i < head->count; i++)
        if (strncmp(head->lines[i].text, header, len) == 0 && head->lines[i].text[len] == ':')
            return &head->lines[i];
    return &head->lines[0];
}

/* `pending` holds the ids, one a line. */
static void mark_pending(struct composer_head *head, const struct http_request *request,
                         const char *pending)
{
    while (*pending) {
        size_t len = strcspn(pending, "\n");
        char *clause = xmemdup0(pending, len);
        struct composer_head_line *line = line_of(head, clause, request);
        char *longer = line->pending ? xasprintf("%s, %s", line->pending, clause) : xstrdup(clause);

        free(line->pending);
        line->pending = longer;
        free(clause);
        pending += len + (pending[len] == '\n');
    }
}

static void add_headers(struct composer_head *head, const struct http_request *request,
                        const char *alias)
{
    const char *scheme = request->auth_scheme ? request->auth_scheme : "";

    if (request->auth_header)
        add(head, STYLE_PLAIN,
            xasprintf("%s: %s%s<%s>", request->auth_header, scheme, *scheme ? " " : "", alias));
    for (size_t i = 0; i < request->headers.count; i++)
        add(head, STYLE_PLAIN,
            xasprintf("%s: %s", request->headers.items[i].name, request->headers.items[i].value));
}

void composer_head_make(struct composer_head *head, const struct application *application)
{
    struct http_request request = {.method = NULL};
    struct bytes pending;
    struct error error;

    composer_head_release(head);
    bytes_init(&pending, PENDING_MAX);
    head->refused = !application_preview(application, &request, &pending, &error);
    if (head->refused) {
        add(head, STYLE_BAD, xasprintf("cannot be sent: %s", error.text));
    } else {
        add(head, STYLE_STRONG, xasprintf("%s %s", request.method, request.url));
        add_headers(head, &request, application_key_alias(application));
        mark_pending(head, &request, bytes_text(&pending));
        if (!request.body)
            add(head, STYLE_DIM, xstrdup("(no body)"));
    }
    http_request_release(&request);
    bytes_release(&pending);
}
