#include "tests/unit/capture_sample.h"

#include "base/memory.h"

void sample_init(struct sample *sample)
{
    static char model[] = "sim/x";

    *sample = (struct sample){
        .facts = {.stream = true, .choices = 2, .include_usage = true, .model = model},
        .result =
            {
                .curl = 18,
                .message = "transfer closed",
                .status = 200,
                .reason = "OK",
                .version = "1.1",
                .framing = FRAMING_CHUNKED,
                .stop = STOP_GAP,
                .timings = {.start_us = 5, .end_us = 9000000000},
                .body_bytes = 77,
                .peer = "127.0.0.1:80",
                .requests_sent = 1,
            },
    };
    stream_rules_default(&sample->rules);
    sample->rules.marker = MARKER_OPTIONAL_IF_FRAMED_CLEAN;
    sample->rules.aliases[0] =
        (struct finish_alias){.reason = xstrdup("eos"), .column = FINISH_COMPLETE};
    sample->rules.alias_count = 1;
    sample->rules.gap_us = 123;
    http_headers_add(&sample->request_headers, "Accept", "text/event-stream");
    http_headers_add(&sample->result.headers, "content-type", "text/event-stream");
    http_headers_add(&sample->result.headers, "x", "1");
    http_headers_add(&sample->result.headers, "x", "2");
    http_headers_add(&sample->result.trailers, "checksum", "\"q\"");
    sample->header = (struct capture_header){
        .id = "ev-20261121T111723.456Z-7f3a",
        .wall_ms = 1795259843456,
        .operation = OPERATION_RESPONSES,
        .profile = "demo",
        .method = "POST",
        .url = "http://127.0.0.1/v1/responses",
        .headers = &sample->request_headers,
        .auth_header = "Authorization",
        .key_alias = "env:KEY",
        .body = "{\"n\":2}",
        .body_len = 7,
        .body_kept = true,
        .facts = &sample->facts,
        .rules = &sample->rules,
        .simulated = true,
        .differs = "base URL\nmodel",
    };
}

void sample_release(struct sample *sample)
{
    http_headers_release(&sample->request_headers);
    http_result_release(&sample->result);
    stream_rules_release(&sample->rules);
}
