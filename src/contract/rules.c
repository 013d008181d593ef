#include "contract/rules.h"

#include "base/json.h"
#include "base/memory.h"
#include "contract/contract.h"

#include <stdlib.h>
#include <string.h>

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
        .max_stream_bytes = 1024 * MEBIBYTE,
        .connect_us = 10 * SECOND,
        .headers_us = 60 * SECOND,
        .first_event_us = 60 * SECOND,
        .gap_us = 30 * SECOND,
        .total_us = 600 * (int64_t)SECOND,
        .linger_us = 250 * MILLISECOND,
    };
}

/* The position of the clause's value in `words`, 0 (the default) when it is none of them. */
static int word_index(const struct contract *contract, const char *id, const char *const *words)
{
    const char *value = contract_string(contract, id);

    for (int i = 0; value && words[i]; i++)
        if (strcmp(words[i], value) == 0)
            return i;
    return 0;
}

static void read_words(const struct contract *contract, struct stream_rules *rules)
{
    static const char *const markers[] = {"required", "optional-if-framed-clean",
                                          "chat.completion.done", NULL};
    static const char *const origins[] = {"model", "gateway", NULL};
    static const char *const finishes[] = {"required", "absent", NULL};
    static const char *const sequences[] = {"strict", "ignore", NULL};

    rules->marker = (enum marker_rule)word_index(contract, "stream.marker", markers);
    rules->marker_origin =
        (enum marker_origin)word_index(contract, "stream.marker_origin", origins);
    rules->finish = (enum finish_rule)word_index(contract, "stream.finish_reason", finishes);
    rules->sequence = (enum sequence_rule)word_index(contract, "responses.sequence", sequences);
}

static enum finish_column column_from_name(const char *name)
{
    if (strcmp(name, "complete") == 0)
        return FINISH_COMPLETE;
    return strcmp(name, "limited") == 0 ? FINISH_LIMITED : FINISH_ERRORED;
}

static void read_aliases(const struct contract *contract, struct stream_rules *rules)
{
    const struct clause *clause = contract_find(contract, "finish.aliases");
    const struct json *member = clause ? json_first(clause->value) : NULL;

    for (; member && rules->alias_count < FINISH_ALIASES_MAX; member = json_next(member))
        rules->aliases[rules->alias_count++] = (struct finish_alias){
            .reason = xstrdup(json_name(member)),
            .column = column_from_name(json_string(member)),
        };
}

/* Milliseconds in the contract, microseconds here; absurdly long means a year. */
static void read_time(const struct contract *contract, const char *id, int64_t *us)
{
    static const int64_t year = 365 * 86400 * (int64_t)1000;
    int64_t ms = contract_integer(contract, id, *us / MILLISECOND);

    *us = (ms < year ? ms : year) * MILLISECOND;
}

static void read_size(const struct contract *contract, const char *id, size_t *size)
{
    *size = (size_t)contract_integer(contract, id, (int64_t)*size);
}

void stream_rules_from(const struct contract *contract, struct stream_rules *rules)
{
    stream_rules_default(rules);
    read_words(contract, rules);
    read_aliases(contract, rules);
    read_size(contract, "limits.event_bytes", &rules->max_event_bytes);
    read_size(contract, "limits.body_bytes", &rules->max_body_bytes);
    read_size(contract, "limits.stream_bytes", &rules->max_stream_bytes);
    read_time(contract, "limits.connect_ms", &rules->connect_us);
    read_time(contract, "limits.headers_ms", &rules->headers_us);
    read_time(contract, "limits.first_event_ms", &rules->first_event_us);
    read_time(contract, "limits.gap_ms", &rules->gap_us);
    read_time(contract, "limits.total_ms", &rules->total_us);
    read_time(contract, "limits.linger_ms", &rules->linger_us);
}

void stream_rules_release(struct stream_rules *rules)
{
    for (size_t i = 0; i < rules->alias_count; i++)
        free(rules->aliases[i].reason);
    rules->alias_count = 0;
}
