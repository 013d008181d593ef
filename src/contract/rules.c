#include "contract/rules.h"

#include <stdlib.h>

enum {
    MILLISECOND = 1000,
    SECOND = 1000 * MILLISECOND,
    MEBIBYTE = 1024 * 1024,
};

void stream_rules_default(struct stream_rules *rules)
{
    *rules = (struct stream_rules){
        .max_event_bytes = 17 * MEBIBYTE,
        .max_body_bytes = 64 * MEBIBYTE,
        .connect_us = 10 * SECOND,
        .headers_us = 60 * SECOND,
        .first_event_us = 60 * SECOND,
        .gap_us = 30 * SECOND,
        .total_us = 600 * (int64_t)SECOND,
        .linger_us = 250 * MILLISECOND,
    };
}

void stream_rules_release(struct stream_rules *rules)
{
    for (size_t i = 0; i < rules->alias_count; i++)
        free(rules->aliases[i].reason);
    rules->alias_count = 0;
}
