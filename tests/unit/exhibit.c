#include "tests/unit/unit.h"

#include "tests/unit/exhibit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct http_result make_result(size_t len)
{
    struct http_result result = {
        .status = 200,
        .reason = "OK",
        .version = "1.1",
        .framing = FRAMING_CHUNKED,
        .framed_clean = true,
        .body_bytes = len,
        .requests_sent = 1,
        .timings = {.start_us = 1000,
                    .resolved_us = 2000,
                    .connected_us = 4000,
                    .tls_us = 8000,
                    .sent_us = 9000,
                    .first_header_us = 20000,
                    .headers_us = 21000,
                    .first_byte_us = 30000,
                    .end_us = 50500},
    };

    http_headers_add(&result.headers, "Content-Type", "text/event-stream");
    http_headers_add(&result.headers, "X-Odd", "tab\there");
    return result;
}

/* The same file without its last line. */
static void cut_end(const char *path)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = fopen(path, "r");
    long keep = 0;

    assert_non_null(file);
    while (getline(&text, &size, file) > 0 && strncmp(text, "{\"end\":", 7) != 0)
        keep = ftell(file);
    fclose(file);
    free(text);
    assert_int_equal(truncate(path, keep), 0);
}

void exhibit_write(const char *path, const struct exhibit_parts *parts)
{
    struct http_headers headers = {0};
    struct request_facts facts = {.stream = true, .choices = 1};
    struct stream_rules rules;
    struct http_result result = make_result(parts->answer_len);
    const struct capture_header header = {
        .id = "ev-20261121T111723.456Z-7f3a",
        .wall_ms = 1795259843456,
        .operation = OPERATION_CHAT,
        .profile = "demo",
        .method = "POST",
        .url = parts->url,
        .headers = &headers,
        .auth_header = "Authorization",
        .auth_scheme = parts->auth_scheme,
        .key_alias = "env:COMETAPI_API_KEY",
        .body = parts->request,
        .body_len = parts->request_len,
        .body_kept = !parts->bodies_dropped,
        .facts = &facts,
        .rules = &rules,
        .simulated = true,
    };
    struct capture_writer *writer;
    char digest[DIGEST_TEXT];

    stream_rules_default(&rules);
    http_headers_add(&headers, "Content-Type", "application/json");
    http_headers_add(&headers, "X-Quote", "it's \"$HOME\" `id` \\ !");
    http_headers_add(&headers, "X-Empty", "");
    writer = capture_create(NULL, path, &header, NULL);
    assert_non_null(writer);
    assert_true(capture_head(writer, &result, 20, NULL));
    assert_true(capture_read(writer, parts->answer, parts->answer_len, 30, NULL));
    assert_true(capture_end(writer, &result, digest, NULL));
    if (parts->cut)
        cut_end(path);
    http_headers_release(&headers);
    http_result_release(&result);
    stream_rules_release(&rules);
}
