/*
 * Scenarios that answer with an error, as the API, its gateway or what stands before it would. The
 * routes use the same entries for what a request really does wrong. How to add one: scene.h.
 */
#include "simulator/scene.h"

#define BOTH "chat responses"

/* `...` are further members of the scene. */
#define FAILS(title, explained, row, code, body, ...)                                         \
    {                                                                                         \
        .about = {title, SCENARIO_ANSWER, explained, BOTH, "errored", row}, .status = (code), \
        .framing = FRAME_LENGTH, .steps = STEPS(BODY(body)), __VA_ARGS__                      \
    }
#define JSON_TYPE .type = "application/json; charset=utf-8"
#define HTML_TYPE .type = "text/html; charset=utf-8"
#define HEADERS(lines) .headers = (lines), JSON_TYPE

#define ENVELOPE(message, type, param, code)                                           \
    "{\"error\":{\"message\":\"" message " (request id: @request@)\",\"type\":\"" type \
    "\",\"param\":" param ",\"code\":" code "}}\n"
#define WITHOUT_PARAM(message, type, code)                                             \
    "{\"error\":{\"message\":\"" message " (request id: @request@)\",\"type\":\"" type \
    "\",\"code\":" code "}}\n"
#define GATEWAY "comet_api_error"
#define TOO_MANY \
    WITHOUT_PARAM("Too many requests; slow down", "rate_limit_error", "\"rate_limit_exceeded\"")
#define PAGE(title)                                                                  \
    "<!doctype html>\n<html><head><title>" title "</title></head>\n<body><h1>" title \
    "</h1><p>Simulated by cometdeck.</p></body></html>\n"

const struct scene scenes_errors[] = {
    FAILS("key-rejected", "the key is missing or wrong", "cometapi.md errors: no or bad key", 401,
          WITHOUT_PARAM("Invalid token", GATEWAY, "\"\""), JSON_TYPE),
    FAILS("key-rejected-echo", "the key is wrong, and the message repeats it",
          "cometapi.md errors: no or bad key; design.md secrets", 401,
          ENVELOPE("Incorrect API key provided: @key@", "invalid_request_error", "null",
                   "\"invalid_api_key\""),
          .headers = "X-Echo-Authorization: Bearer @key@\r\n", JSON_TYPE),
    FAILS("key-lacks-model", "the key may not use this model",
          "cometapi.md errors: key lacks the model", 403,
          WITHOUT_PARAM("This token has no access to model @model@", GATEWAY, "\"\""), JSON_TYPE),
    FAILS("model-required", "the request names no model", "cometapi.md errors: model missing", 400,
          WITHOUT_PARAM("model name is required", GATEWAY, "\"\""), JSON_TYPE),
    FAILS("messages-required", "no messages: a 500 that no retry will mend",
          "cometapi.md errors: messages missing or empty", 500,
          ENVELOPE("field messages is required", GATEWAY, "\"\"", "\"invalid_request\""),
          JSON_TYPE),
    FAILS("messages-required-400", "no messages, the way another gateway says it",
          "cometapi.md errors: messages missing or empty (OpenAI)", 400,
          ENVELOPE("Missing required parameter: 'messages'.", "invalid_request_error",
                   "\"messages\"", "\"missing_required_parameter\""),
          JSON_TYPE),
    FAILS("model-not-found", "nobody serves this model: a 503 that no retry will mend",
          "cometapi.md errors: unknown model", 503,
          WITHOUT_PARAM("No available channel for model @model@", GATEWAY, "\"model_not_found\""),
          JSON_TYPE),
    FAILS("model-not-found-404", "an unknown model, the way another gateway says it",
          "cometapi.md errors: unknown model (OpenAI)", 404,
          ENVELOPE("The model `@model@` does not exist or you do not have access to it.",
                   "invalid_request_error", "null", "\"model_not_found\""),
          JSON_TYPE),
    FAILS("quota", "the balance is used up, in a bare envelope", "cometapi.md errors: quota", 403,
          "{\"code\":null,\"message\":\"user quota is not enough\"}\n", JSON_TYPE),
    FAILS(
        "quota-new-api", "the balance is used up, the gateway's wording",
        "cometapi.md errors: quota (new-api)", 403,
        WITHOUT_PARAM("User quota is insufficient", "new_api_error", "\"insufficient_user_quota\""),
        JSON_TYPE),
    FAILS("quota-429", "the balance is used up, but it looks like a rate limit",
          "cometapi.md errors: quota (OpenAI)", 429,
          ENVELOPE("You exceeded your current quota.", "insufficient_quota", "null",
                   "\"insufficient_quota\""),
          JSON_TYPE),

    FAILS("rate-limited", "too many requests, and no word of when to come back",
          "streams.md case 14; cometapi.md errors: rate limit", 429, TOO_MANY, JSON_TYPE),
    FAILS("rate-limited-seconds", "too many requests: Retry-After in seconds",
          "cometapi.md retry hints: seconds", 429, TOO_MANY,
          HEADERS("Retry-After: 7\r\nx-ratelimit-limit-requests: 60\r\n"
                  "x-ratelimit-remaining-requests: 0\r\nx-ratelimit-reset-requests: 7s\r\n")),
    FAILS("rate-limited-fraction", "too many requests: Retry-After in a fraction of seconds",
          "cometapi.md retry hints: fractional seconds", 429, TOO_MANY,
          HEADERS("Retry-After: 1.5\r\n")),
    FAILS("rate-limited-ms", "too many requests: retry-after-ms beside a longer Retry-After",
          "cometapi.md retry hints: retry-after-ms", 429, TOO_MANY,
          HEADERS("retry-after-ms: 350\r\nRetry-After: 30\r\n")),
    FAILS("rate-limited-date", "too many requests: Retry-After as a date",
          "cometapi.md retry hints: HTTP date", 429, TOO_MANY,
          HEADERS("Retry-After: Fri, 01 Jan 2027 00:00:00 GMT\r\n")),
    FAILS("rate-limited-negative", "too many requests: a Retry-After in the past",
          "cometapi.md retry hints: negative", 429, TOO_MANY, HEADERS("Retry-After: -5\r\n")),
    FAILS("rate-limited-absurd", "too many requests: come back in three hundred years",
          "cometapi.md retry hints: absurd", 429, TOO_MANY, HEADERS("Retry-After: 9999999999\r\n")),
    FAILS("rate-limited-nonsense", "too many requests: a Retry-After nobody can read",
          "cometapi.md retry hints: unparseable", 429, TOO_MANY,
          HEADERS("Retry-After: soon\r\nretry-after-ms: NaN\r\n")),

    FAILS("wrong-path", "the path does not exist, said in HTML", "cometapi.md errors: wrong path",
          404, PAGE("404 Not Found"), HTML_TYPE),
    FAILS("redirected", "the path moved to the documentation", "cometapi.md errors: wrong path",
          302, PAGE("Moved"), .headers = "Location: /api/text/chat\r\n", HTML_TYPE),
    FAILS("wrong-method", "this path takes another method", "cometapi.md errors: wrong method", 405,
          ENVELOPE("Method not allowed: @method@", "invalid_request_error", "null", "null"),
          .headers = "Allow: POST\r\n", JSON_TYPE),
    FAILS("malformed-json", "the body is not JSON", "cometapi.md errors: malformed JSON", 400,
          ENVELOPE("We could not parse the JSON body of your request.", "invalid_request_error",
                   "null", "null"),
          JSON_TYPE),
    FAILS("role-rejected", "a message has a role nobody knows", "cometapi.md errors: invalid role",
          400,
          ENVELOPE("Invalid value: the role of messages[@index@] is none of 'system', 'developer', "
                   "'user', 'assistant', 'tool' and 'function'.",
                   "invalid_request_error", "\"messages[@index@].role\"", "\"invalid_value\""),
          JSON_TYPE),
    FAILS("type-rejected", "a field has a type it may not have",
          "cometapi.md errors: documented constraint", 400,
          ENVELOPE("Invalid type for 'temperature': expected a number.", "invalid_request_error",
                   "\"temperature\"", "\"invalid_type\""),
          JSON_TYPE),
    FAILS("too-large", "the body is too large", "cometapi.md errors: oversized", 413,
          WITHOUT_PARAM("request body too large", GATEWAY, "\"read_request_body_failed\""),
          JSON_TYPE),
    FAILS("context-length", "more tokens than the model takes",
          "cometapi.md errors: oversized (OpenAI)", 400,
          ENVELOPE("This model's maximum context length is 8192 tokens.", "invalid_request_error",
                   "\"messages\"", "\"context_length_exceeded\""),
          JSON_TYPE),
    FAILS("edge-timeout", "the edge gave up on its origin", "cometapi.md errors: edge timeout", 524,
          PAGE("524: A timeout occurred"), HTML_TYPE),
    FAILS("bad-gateway", "the gateway got no good answer", "cometapi.md errors: upstream, HTML",
          502, PAGE("502 Bad Gateway"), HTML_TYPE),
    FAILS("server-error", "the server failed", "cometapi.md errors: 5xx", 500,
          ENVELOPE("The server had an error while processing your request.", "server_error", "null",
                   "null"),
          JSON_TYPE),
    FAILS("overloaded", "overloaded, come back in a second", "cometapi.md errors: 5xx", 503,
          ENVELOPE("The engine is overloaded.", "server_error", "null", "\"overloaded\""),
          HEADERS("Retry-After: 1\r\n")),
    FAILS("empty-500", "a 500 without any body", "cometapi.md errors: 5xx", 500, "", JSON_TYPE),

    FAILS("error-200", "an error object under a 200", "cometapi.md errors: the body decides", 200,
          ENVELOPE("upstream error: do request failed", GATEWAY, "\"\"", "\"do_request_failed\""),
          JSON_TYPE),
    FAILS("error-200-bare", "a bare code and message under a 200", "cometapi.md errors: envelopes",
          200, "{\"code\":50001,\"message\":\"engine died (request id: @request@)\"}\n", JSON_TYPE),
    FAILS("error-200-base-resp", "a status inside the body says that it failed",
          "streams.md verdict errored", 200,
          "{\"base_resp\":{\"status_code\":1008,\"status_msg\":\"insufficient balance\"}}\n",
          JSON_TYPE),
    FAILS("error-string", "the error is a string, no object", "cometapi.md errors: envelopes", 400,
          "{\"error\":\"model is loading\"}\n", JSON_TYPE),
    FAILS("error-hostile", "an error message with terminal escapes in it",
          "design.md text from the network", 400,
          ENVELOPE("\\u001b[2J\\u001b]0;owned\\u0007 \\u202edesrever \\u0085 | `x` <b>"
                   "\\nok 1 - owned\\r\\n::error::owned",
                   "invalid_request_error", "null", "null"),
          .headers = "X-Request-Id: req_\x1b[31m\x07_\xff\r\n", JSON_TYPE),

    {.about = {"unavailable-good-stream", SCENARIO_ANSWER, "a whole good stream under a 503", BOTH,
               "errored", "streams.md case 14"},
     .status = 503,
     .steps = STEPS(OPEN, WORDS("All is well, says the body."), FINISH("stop"), DONE)},
    {.about = {"html", SCENARIO_ANSWER, "a web page under a 200", BOTH, "malformed",
               "streams.md case 15"},
     .framing = FRAME_LENGTH,
     .steps = STEPS(BODY(PAGE("Welcome"))),
     HTML_TYPE},
    {.about = {"empty-200", SCENARIO_ANSWER, "a 200 without any body", BOTH, "",
               "streams.md verdict truncated or malformed"},
     .framing = FRAME_LENGTH,
     .steps = STEPS(BODY("")),
     JSON_TYPE},
    {.about = {"no-content", SCENARIO_ANSWER, "204, no content", BOTH, "",
               "streams.md verdict truncated or malformed"},
     .status = 204,
     .framing = FRAME_LENGTH,
     .steps = STEPS(BODY("")),
     .type = ""},
};
const size_t scenes_errors_count = sizeof(scenes_errors) / sizeof(*scenes_errors);
