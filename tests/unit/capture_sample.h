/* Everything that a capture can hold, for tests that write one. */
#ifndef TESTS_UNIT_CAPTURE_SAMPLE_H
#define TESTS_UNIT_CAPTURE_SAMPLE_H

#include "evidence/capture.h"

struct sample {
    struct capture_header header; /* points into the rest: do not move */
    struct http_headers request_headers;
    struct request_facts facts;
    struct stream_rules rules;
    struct http_result result;
};

void sample_init(struct sample *sample);
void sample_release(struct sample *sample);

#endif
