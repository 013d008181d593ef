/* What `curl --trace` and `curl -v` have in common: the head of a request, and curl's own words. */
#include "evidence/import_kinds.h"

#include "base/memory.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGE_MAX = 200, NUMBER_MAX = 200 /* above all of curl's */ };

void import_forget_answer(struct import *import)
{
    http_result_release(&import->result);
    import->result = (struct http_result){.curl = -1};
    bytes_clear(&import->body);
}

void import_request_head(struct import *import, const char *text, size_t left)
{
    const char *line, *colon;
    char *host = NULL, *target = NULL;
    size_t len;

    bytes_clear(&import->request);
    http_headers_release(&import->headers);
    free(import->method);
    free(import->url);
    import->method = import->url = NULL;
    import->request_told = true;
    if (import_line(&text, &left, &line, &len)) {
        size_t word = strcspn(line, " \r\n");
        size_t path = line[word] == ' ' ? strcspn(line + word + 1, " \r\n") : 0;

        import->method = xmemdup0(line, word);
        target = xmemdup0(line + word + (path > 0), path);
    }
    while (import_line(&text, &left, &line, &len)) {
        char *name, *value;

        colon = memchr(line, ':', len);
        if (!colon || colon == line)
            continue;
        name = xmemdup0(line, (size_t)(colon - line));
        colon += 1 + (colon + 1 < line + len && colon[1] == ' ');
        value = xmemdup0(colon, (size_t)(line + len - colon));
        if (strcasecmp(name, "host") == 0 && !host)
            host = xstrdup(value);
        http_headers_add(&import->headers, name, value);
        free(name);
        free(value);
    }
    if (target) /* whether it went over TLS stands nowhere in it */
        import->url = host ? xasprintf("//%s%s", host, target) : xstrdup(target);
    free(host);
    free(target);
}

/* curl's words for its own numbers, of the versions 7.6x to 8.x. */
static const struct {
    const char *words;
    int curl;
} ends[] = {
    {"left intact", 0},           {"Could not resolve host", 6},   {"Failed to connect", 7},
    {"Couldn't connect", 7},      {"transfer closed with", 18},    {"Operation timed out", 28},
    {"Connection timed out", 28}, {"Empty reply from server", 52}, {"Recv failure", 56},
    {"unexpected eof", 56},       {"was not closed cleanly", 92},
};

static void set_end(struct http_result *result, int curl, const char *words, size_t len)
{
    result->curl = curl;
    result->message[0] = '\0';
    if (curl > 0)
        snprintf(result->message, sizeof(result->message), "%.*s",
                 (int)(len < MESSAGE_MAX ? len : MESSAGE_MAX), words);
}

void import_curl_says(struct http_result *result, const char *words, size_t len)
{
    for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
        if (result->curl <= 0 && memmem(words, len, ends[i].words, strlen(ends[i].words))) {
            set_end(result, ends[i].curl, words, len);
            return;
        }
}

bool import_curl_line(struct http_result *result, const char *line, size_t len)
{
    static const char mark[] = "curl: (";
    size_t at = strlen(mark);
    int number = 0;

    if (len < at || memcmp(line, mark, at) != 0)
        return false;
    while (at < len && isdigit((unsigned char)line[at]) && number < NUMBER_MAX)
        number = number * 10 + line[at++] - '0';
    if (number <= 0 || number >= NUMBER_MAX || len - at < 2 || memcmp(line + at, ") ", 2) != 0)
        return false;
    set_end(result, number, line + at + 2, len - at - 2);
    return true;
}

/* Behind a body without a newline at its end it stands on the same line. */
size_t import_curl_tail(const char *text, size_t len, struct http_result *result)
{
    static const char mark[] = "curl: (";
    size_t end = len;

    while (end > 0 && (text[end - 1] == '\n' || text[end - 1] == '\r'))
        end--;
    for (size_t at = end; at-- > 0 && text[at] != '\n';) {
        if (end - at < strlen(mark) || memcmp(text + at, mark, strlen(mark)) != 0)
            continue;
        if (at > 0 && !strchr("\n}]>", text[at - 1]))
            return 0;
        return import_curl_line(result, text + at, end - at) ? len - at : 0;
    }
    return 0;
}
