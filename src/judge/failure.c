#include "judge/failure.h"

#include "net/transport.h"

#include "judge/transport_code.h"

#include <string.h>
#include <strings.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum class {
#define FAILURE(symbol, class, action, meaning, advice) CLASS_##symbol,
#include "judge/failures.def"
#undef FAILURE
    CLASS_COUNT,
    CLASS_UNTOLD = CLASS_COUNT, /* this source does not tell */
};

static const struct {
    struct failure failure;
    const char *meaning;
} classes[] = {
#define FAILURE(symbol, class, action, meaning, advice) \
    [CLASS_##symbol] = {{class, action, advice}, meaning},
#include "judge/failures.def"
#undef FAILURE
};

/* Words of `code` and `type` that gateways and providers use, compared exactly without case. */
static const struct word {
    const char *word;
    enum class class;
} codes[] = {
    {"invalid_api_key", CLASS_AUTH},
    {"invalid_token", CLASS_AUTH},
    {"authentication_error", CLASS_AUTH},
    {"permission_error", CLASS_PERMISSION},
    {"permission_denied", CLASS_PERMISSION},
    {"access_denied", CLASS_PERMISSION},
    {"insufficient_quota", CLASS_QUOTA},
    {"insufficient_user_quota", CLASS_QUOTA},
    {"billing_hard_limit_reached", CLASS_QUOTA},
    {"billing_error", CLASS_QUOTA},
    {"rate_limit_exceeded", CLASS_RATE_LIMIT},
    {"rate_limit_error", CLASS_RATE_LIMIT},
    {"too_many_requests", CLASS_RATE_LIMIT},
    {"model_not_found", CLASS_MODEL_UNKNOWN},
    {"context_length_exceeded", CLASS_TOO_LARGE},
    {"string_above_max_length", CLASS_TOO_LARGE},
    {"request_too_large", CLASS_TOO_LARGE},
    {"read_request_body_failed", CLASS_TOO_LARGE},
    {"invalid_request", CLASS_REQUEST},
    {"missing_required_parameter", CLASS_REQUEST},
    {"empty_array", CLASS_REQUEST},
    {"invalid_value", CLASS_REQUEST},
    {"invalid_type", CLASS_REQUEST},
    {"unknown_parameter", CLASS_REQUEST},
    {"unsupported_parameter", CLASS_REQUEST},
    {"unsupported_value", CLASS_REQUEST},
    {"content_policy_violation", CLASS_REQUEST},
    {"overloaded_error", CLASS_OVERLOADED},
    {"server_error", CLASS_SERVER},
    {"internal_error", CLASS_SERVER},
    {"internal_server_error", CLASS_SERVER},
    {"api_error", CLASS_SERVER},
    {"timeout_error", CLASS_EDGE_TIMEOUT},
};

/* Phrases of messages whose code says nothing. */
static const struct word phrases[] = {
    {"quota is not enough", CLASS_QUOTA},
    {"insufficient quota", CLASS_QUOTA},
    {"exceeded your current quota", CLASS_QUOTA},
    {"invalid token", CLASS_AUTH},
    {"invalid api key", CLASS_AUTH},
    {"incorrect api key", CLASS_AUTH},
    {"didn't provide an api key", CLASS_AUTH},
    {"model name is required", CLASS_REQUEST},
    {"must provide a model", CLASS_REQUEST},
    {"maximum context length", CLASS_TOO_LARGE},
    {"no available channel", CLASS_MODEL_UNKNOWN},
    {"model does not exist", CLASS_MODEL_UNKNOWN},
    {"invalid url", CLASS_NOT_FOUND},
    {"rate limit", CLASS_RATE_LIMIT},
};

/* Only believed where neither code nor status is clearer: OpenAI gives it to most 4xx. */
static const char vague_type[] = "invalid_request_error";

static const struct {
    int status;
    enum class class;
} statuses[] = {
    {400, CLASS_REQUEST},      {401, CLASS_AUTH},         {402, CLASS_QUOTA},
    {403, CLASS_PERMISSION},   {404, CLASS_NOT_FOUND},    {405, CLASS_METHOD},
    {406, CLASS_REQUEST},      {407, CLASS_PROXY},        {408, CLASS_EDGE_TIMEOUT},
    {411, CLASS_REQUEST},      {413, CLASS_TOO_LARGE},    {414, CLASS_TOO_LARGE},
    {415, CLASS_REQUEST},      {422, CLASS_REQUEST},      {429, CLASS_RATE_LIMIT},
    {431, CLASS_TOO_LARGE},    {500, CLASS_SERVER},       {502, CLASS_SERVER},
    {503, CLASS_OVERLOADED},   {504, CLASS_EDGE_TIMEOUT}, {522, CLASS_EDGE_TIMEOUT},
    {524, CLASS_EDGE_TIMEOUT}, {529, CLASS_OVERLOADED},
};

static enum class class_of_word(const char *word) {
    for (size_t i = 0; word && i < COUNT(codes);
         i++){if (strcasecmp(codes[i].word, word) == 0) return codes[i].class;}
return CLASS_UNTOLD;
}

static enum class class_of_message(const char *message) {
    for (size_t i = 0; message && i < COUNT(phrases);
         i++){if (strcasestr(message, phrases[i].word)) return phrases[i].class;}
return CLASS_UNTOLD;
}

/* What the body says, without the status. */
static enum class class_of_body(const struct answer *answer) {
    enum class class = class_of_word(answer->error_code);

    if (class == CLASS_UNTOLD) class = class_of_message(answer->error_message);
    return class == CLASS_UNTOLD ? class_of_word(answer->error_type) : class;
}

static enum class class_of_status(int status) {
    for (size_t i = 0; i < COUNT(statuses);
         i++){if (statuses[i].status == status) return statuses[i].class;}
if (status >= 300 && status <= 399) return CLASS_REDIRECT;
return status >= 500 && status <= 599 ? CLASS_SERVER : CLASS_UNEXPECTED;
}

static bool has_reason(const struct verdict *verdict, enum reason_code code)
{
    for (size_t i = 0; i < verdict->count; i++) {
        if (verdict->reasons[i].code == code)
            return true;
    }
    return false;
}

static enum class class_of_transport(const struct http_result *result) {
    static const enum class classes_of[] =
        {
            [TROUBLE_NONE] = CLASS_RESET,
            [TROUBLE_DNS] = CLASS_DNS,
            [TROUBLE_PROXY] = CLASS_PROXY,
            [TROUBLE_CONNECT] = CLASS_REFUSED,
            [TROUBLE_TLS] = CLASS_TLS,
            [TROUBLE_TIMEOUT] = CLASS_TIMEOUT,
            [TROUBLE_CUT] = CLASS_RESET,
            [TROUBLE_OTHER] = CLASS_RESET,
        };

    if (result->stop != STOP_NONE) return CLASS_TIMEOUT;
    /* A proxy that refuses the tunnel shows as a broken connection; only the words tell. */
    if (transport_trouble(result->curl) == TROUBLE_CUT &&
        strcasestr(result->message, "proxy")) return CLASS_PROXY;
    return classes_of[transport_trouble(result->curl)];
}

static enum class class_of_error(const struct http_result *result, const struct answer *answer,
                                 const struct verdict *verdict) {
    int status = result ? result->status : 0;
    bool vague = answer->error_type && strcasecmp(answer->error_type, vague_type) == 0;
    enum class class;

    if (has_reason(verdict, REASON_NOT_HTTP)) return CLASS_NOT_HTTP;
    if (has_reason(verdict, REASON_CONNECT_FAILED) ||
        has_reason(verdict, REASON_NO_REPLY)) return result
        ? class_of_transport(result)
        : CLASS_RESET;
    class = class_of_body(answer);
    if (class != CLASS_UNTOLD) return class;
    if (has_reason(verdict, REASON_HTML) && status >= 200 && status <= 499 && status != 401 &&
        status != 403 && status != 429) return status == 404
        ? CLASS_NOT_FOUND
        : CLASS_NOT_API;
    if (vague && (status < 400 || status > 499)) return CLASS_REQUEST;
    return has_reason(verdict, REASON_HTTP_STATUS) ? class_of_status(status) : CLASS_PROVIDER;
}

static enum class classify(const struct http_result *result, const struct answer *answer,
                           const struct verdict *verdict) {
    switch (verdict->kind){
        case VERDICT_CANCELLED : return CLASS_CANCELLED;
        case VERDICT_ERRORED : return class_of_error(result, answer, verdict);
        case VERDICT_MALFORMED : return has_reason(verdict, REASON_HTML) ? CLASS_NOT_API
                                                                         : CLASS_MALFORMED;
        case VERDICT_LIMITED : return CLASS_LIMITED;
        case VERDICT_COMPLETE : return CLASS_NONE;
        case VERDICT_STALLED : return CLASS_STALLED;
        case VERDICT_UNPROVEN : return CLASS_UNPROVEN;
        case VERDICT_TRUNCATED : break;
    }
return CLASS_TRUNCATED;
}

void failure_classify(const struct http_result *result, const struct answer *answer,
                      const struct verdict *verdict, struct failure *failure)
{
    *failure = classes[classify(result, answer, verdict)].failure;
}

const char *failure_advice(const struct http_result *result, const struct failure *failure,
                           const struct verdict *verdict)
{
    const char *advice = result && result->curl >= 0 ? transport_advice(result) : NULL;

    if (advice)
        return advice;
    if (strcmp(failure->class, "none") != 0 && failure->advice)
        return failure->advice;
    return verdict->kind != VERDICT_COMPLETE && verdict->count > 0
               ? reason_advice(verdict->reasons[0].code)
               : NULL;
}

bool failure_row(size_t index, struct failure *row, const char **meaning)
{
    if (index >= COUNT(classes))
        return false;
    *row = classes[index].failure;
    *meaning = classes[index].meaning;
    return true;
}
