#include "net/head.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

void head_init(struct head *head, size_t max_bytes)
{
    *head = (struct head){.left = max_bytes && max_bytes < HEAD_MAX ? max_bytes : HEAD_MAX};
    bytes_init(&head->name, HEAD_MAX);
    bytes_init(&head->value, HEAD_MAX);
}

void head_release(struct head *head)
{
    bytes_release(&head->name);
    bytes_release(&head->value);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Hand the open field over; only now is it known that no folded line follows. */
static void close_field(struct head *head, struct http_result *result)
{
    struct http_headers *headers =
        head->at == HEAD_AT_TRAILERS ? &result->trailers : &result->headers;

    if (head->open)
        http_headers_add(headers, bytes_text(&head->name), bytes_text(&head->value));
    head->open = false;
}

/* Append to the open value without the blanks around, NUL as blank. */
static void append_value(struct head *head, const char *text, size_t len)
{
    size_t from = head->value.len;

    while (len > 0 && is_blank(text[0])) {
        text++;
        len--;
    }
    while (len > 0 && is_blank(text[len - 1]))
        len--;
    bytes_append(&head->value, text, len);
    for (size_t i = from; i < head->value.len; i++) {
        if (head->value.data[i] == '\0')
            head->value.data[i] = ' ';
    }
}

static void take_field(struct head *head, struct http_result *result, const char *line, size_t len)
{
    const char *colon;
    size_t name_len;

    if (is_blank(line[0])) {
        if (head->open) {
            bytes_append_byte(&head->value, ' ');
            append_value(head, line, len);
        }
        return;
    }
    close_field(head, result);
    colon = memchr(line, ':', len);
    if (!colon || colon == line || memchr(line, '\0', (size_t)(colon - line)))
        return;
    for (name_len = (size_t)(colon - line); name_len > 0 && is_blank(line[name_len - 1]);)
        name_len--;
    bytes_clear(&head->name);
    bytes_append(&head->name, line, name_len);
    bytes_clear(&head->value);
    append_value(head, colon + 1, len - (size_t)(colon - line) - 1);
    head->open = true;
}

/* The bytes up to the next blank, cut to fit `out`; answers how many the line spends on them. */
static size_t take_word(const char *line, size_t len, char *out, size_t size)
{
    size_t n = 0;

    while (n < len && !is_blank(line[n]))
        n++;
    snprintf(out, size, "%.*s", (int)(n < size ? n : size - 1), line);
    while (n < len && is_blank(line[n]))
        n++;
    return n;
}

static void forget_status(struct http_result *result)
{
    http_headers_release(&result->headers);
    result->status = 0;
    result->reason[0] = result->version[0] = '\0';
}

/* "HTTP/1.1 200 OK" */
static void take_status(struct http_result *result, const char *line, size_t len)
{
    char digits[8];
    size_t used;

    forget_status(result);
    if (len < 5 || strncasecmp(line, "HTTP/", 5) != 0)
        return;
    used = 5 + take_word(line + 5, len - 5, result->version, sizeof(result->version));
    used += take_word(line + used, len - used, digits, sizeof(digits));
    for (const char *digit = digits; isdigit((unsigned char)*digit); digit++)
        result->status = result->status * 10 + (*digit - '0');
    len -= used;
    snprintf(result->reason, sizeof(result->reason), "%.*s",
             (int)(len < sizeof(result->reason) ? len : sizeof(result->reason) - 1), line + used);
}

static bool is_interim(int status)
{
    return status >= 100 && status < 200 && status != 101;
}

enum head_step head_line(struct head *head, struct http_result *result, const char *line,
                         size_t len)
{
    if (len > head->left)
        return HEAD_TOO_BIG;
    head->left -= len;
    while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r'))
        len--;
    if (head->at == HEAD_AT_STATUS) {
        take_status(result, line, len);
        head->at = HEAD_AT_FIELDS;
        return HEAD_MORE;
    }
    if (len > 0) {
        take_field(head, result, line, len);
        return HEAD_MORE;
    }
    close_field(head, result);
    if (head->at == HEAD_AT_TRAILERS)
        return HEAD_MORE;
    if (is_interim(result->status)) {
        forget_status(result); /* alone it is no answer */
        head->at = HEAD_AT_STATUS;
        return HEAD_MORE;
    }
    head->at = HEAD_AT_TRAILERS;
    return HEAD_WHOLE;
}

void head_end(struct head *head, struct http_result *result)
{
    close_field(head, result);
}

/* The next element of a comma list; false at its end. */
static bool next_element(const char **list, const char **element, size_t *len)
{
    const char *at = *list + strspn(*list, ", \t");
    size_t n = strcspn(at, ",");

    *element = at;
    *list = at + n;
    while (n > 0 && is_blank(at[n - 1]))
        n--;
    *len = n;
    return n > 0;
}

static bool is_word(const char *text, size_t len, const char *word)
{
    return len == strlen(word) && strncasecmp(text, word, len) == 0;
}

/* Whether `list` names `word`, and whether it names anything else that changes the bytes. */
static bool names_coding(const char *list, const char *word, bool *other)
{
    const char *element;
    size_t len;
    bool found = false;

    while (next_element(&list, &element, &len)) {
        if (is_word(element, len, word))
            found = true;
        else if (!is_word(element, len, "identity"))
            *other = true;
    }
    return found;
}

enum framing head_framing(const struct http_headers *headers, int status, const char *method,
                          bool *encoded)
{
    const char *length = NULL;
    bool chunked = false, sane = true;

    *encoded = false;
    for (size_t i = 0; i < headers->count; i++) {
        const char *name = headers->items[i].name, *value = headers->items[i].value;

        if (strcasecmp(name, "Content-Encoding") == 0) {
            names_coding(value, "identity", encoded);
        } else if (strcasecmp(name, "Transfer-Encoding") == 0) {
            if (names_coding(value, "chunked", encoded))
                chunked = true;
        } else if (strcasecmp(name, "Content-Length") == 0) {
            if (!*value || value[strspn(value, "0123456789")] || strlen(value) > 18 ||
                (length && strcmp(length, value) != 0))
                sane = false;
            length = value;
        }
    }
    if (strcmp(method, "HEAD") == 0 || status == 204 || status == 304 || is_interim(status))
        return FRAMING_NONE;
    if (chunked)
        return FRAMING_CHUNKED;
    if (!length)
        return FRAMING_CLOSE;
    return sane ? FRAMING_LENGTH : FRAMING_UNKNOWN;
}
