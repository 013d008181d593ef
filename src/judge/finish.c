#include "judge/finish.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char default_family[] = "default";
static const char tgi[] = "Together, TGI";
static const char claude[] = "Claude, Bedrock";
static const char gemini[] = "Gemini";
static const char cohere[] = "Cohere";
static const char others[] = "others";

static const struct row {
    const char *family, *reason;
    enum finish_column column;
} rows[] = {
    {default_family, "stop", FINISH_COMPLETE},
    {default_family, "tool_calls", FINISH_COMPLETE},
    {default_family, "function_call", FINISH_COMPLETE},
    {default_family, "completed", FINISH_COMPLETE},
    {default_family, "length", FINISH_LIMITED},
    {default_family, "content_filter", FINISH_LIMITED},
    {default_family, "max_tokens", FINISH_LIMITED},
    {default_family, "max_output_tokens", FINISH_LIMITED},
    {default_family, "incomplete", FINISH_LIMITED},
    {default_family, "error", FINISH_ERRORED},
    {default_family, "abort", FINISH_ERRORED},
    {default_family, "network_error", FINISH_ERRORED},
    {tgi, "eos", FINISH_COMPLETE},
    {tgi, "eos_token", FINISH_COMPLETE},
    {tgi, "stop_sequence", FINISH_COMPLETE},
    {claude, "end_turn", FINISH_COMPLETE},
    {claude, "stop_sequence", FINISH_COMPLETE},
    {claude, "tool_use", FINISH_COMPLETE},
    {claude, "refusal", FINISH_LIMITED},
    {claude, "pause_turn", FINISH_LIMITED},
    {claude, "model_context_window_exceeded", FINISH_LIMITED},
    {claude, "guardrail_intervened", FINISH_LIMITED},
    {claude, "content_filtered", FINISH_LIMITED},
    {gemini, "STOP", FINISH_COMPLETE},
    {gemini, "MAX_TOKENS", FINISH_LIMITED},
    {gemini, "SAFETY", FINISH_LIMITED},
    {gemini, "RECITATION", FINISH_LIMITED},
    {gemini, "BLOCKLIST", FINISH_LIMITED},
    {gemini, "PROHIBITED_CONTENT", FINISH_LIMITED},
    {gemini, "SPII", FINISH_LIMITED},
    {gemini, "MALFORMED_FUNCTION_CALL", FINISH_ERRORED},
    {cohere, "COMPLETE", FINISH_COMPLETE},
    {cohere, "STOP_SEQUENCE", FINISH_COMPLETE},
    {cohere, "TOOL_CALL", FINISH_COMPLETE},
    {cohere, "ERROR_TOXIC", FINISH_LIMITED},
    {cohere, "ERROR", FINISH_ERRORED},
    {others, "end_turn", FINISH_COMPLETE}, /* xAI */
    {others, "end", FINISH_COMPLETE},
    {others, "model_length", FINISH_LIMITED},
    {others, "sensitive", FINISH_LIMITED},
    {others, "insufficient_system_resource", FINISH_ERRORED},
};

static bool by_contract(const struct row *row)
{
    return row->column == FINISH_COMPLETE && row->family != default_family;
}

static bool equal(const char *word, const char *reason, size_t len)
{
    return strlen(word) == len && memcmp(word, reason, len) == 0;
}

static enum finish_column table_column(const char *reason, size_t len)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (!by_contract(&rows[i]) && equal(rows[i].reason, reason, len))
            return rows[i].column;
    }
    return FINISH_UNKNOWN;
}

enum finish_column finish_column(const struct stream_rules *rules, const char *reason, size_t len,
                                 bool *by_alias)
{
    enum finish_column column = table_column(reason, len);

    if (by_alias)
        *by_alias = false;
    for (size_t i = 0; i < rules->alias_count; i++) {
        if (!equal(rules->aliases[i].reason, reason, len))
            continue;
        if (by_alias)
            *by_alias = rules->aliases[i].column != column;
        return rules->aliases[i].column;
    }
    return column;
}

enum finish_column finish_worse(enum finish_column a, enum finish_column b)
{
    static const int badness[] = {
        [FINISH_COMPLETE] = 0,
        [FINISH_LIMITED] = 1,
        [FINISH_UNKNOWN] = 2,
        [FINISH_ERRORED] = 3,
    };

    return badness[a] >= badness[b] ? a : b;
}

bool finish_row(size_t index, const char **family, const char **reason, enum finish_column *column,
                bool *needs_contract)
{
    if (index >= COUNT(rows))
        return false;
    *family = rows[index].family;
    *reason = rows[index].reason;
    *column = rows[index].column;
    *needs_contract = by_contract(&rows[index]);
    return true;
}
