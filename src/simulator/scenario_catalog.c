/*
 * Scenarios that are a setting of the server: faults of the catalog, and of everything at once. The
 * control path and `simulate --scenario` choose them, `default` takes them back. How to add one:
 * scene.h.
 */
#include "simulator/listing.h"
#include "simulator/scene.h"

#define SETTING(name, summary, operations, verdict, source)         \
    {                                                               \
        name, SCENARIO_SERVER, summary, operations, verdict, source \
    }
#define JSON_TYPE .type = "application/json; charset=utf-8"
#define LISTS(title, explained, row, shape)                                                        \
    {                                                                                              \
        .about = SETTING(title, explained, "models", "", row), .framing = FRAME_LENGTH, JSON_TYPE, \
        .steps = STEPS(MODELS(shape))                                                              \
    }
#define TELLS(title, explained, row, code, body)                                                   \
    {                                                                                              \
        .about = SETTING(title, explained, "models", "", row), .framing = FRAME_LENGTH, JSON_TYPE, \
        .status = (code), .steps = STEPS(BODY(body))                                               \
    }
#define EVERYTHING "models chat responses"

const struct scene scenes_catalog[] = {
    LISTS("default", "no fault: the catalog as it should be", "cometapi.md endpoints: models",
          LISTING_PLAIN),
    LISTS("catalog-envelope", "the catalog in a success envelope, without `object`",
          "cometapi.md endpoints: success envelope", LISTING_ENVELOPE),
    LISTS("catalog-bare", "the catalog as a bare array", "requirement A24", LISTING_BARE),
    LISTS("catalog-unordered", "another order with every request", "cometapi.md endpoints: order",
          LISTING_UNORDERED),
    LISTS("catalog-created-constant", "one `created` for all models",
          "cometapi.md endpoints: created", LISTING_CONSTANT),
    LISTS("catalog-minimal", "records that hold an id and nothing else",
          "requirements A14, E35: optional fields", LISTING_MINIMAL),
    LISTS("catalog-no-id", "one record lacks its id", "requirement A15", LISTING_NO_ID),
    LISTS("catalog-number-id", "one id is a number", "requirement A15", LISTING_NUMBER_ID),
    LISTS("catalog-duplicate", "one id stands there twice", "requirement A27", LISTING_TWICE),
    LISTS("catalog-shrunken", "two thirds of the models are gone", "drift: removed",
          LISTING_SHRUNK),
    LISTS("catalog-grown", "models that were not there before", "drift: added", LISTING_GROWN),
    LISTS("catalog-changed", "another owner and fewer endpoints for some", "drift: changed",
          LISTING_CHANGED),
    LISTS("catalog-huge", "five thousand models more", "large catalog", LISTING_HUGE),
    LISTS("catalog-hostile", "ids with escapes, pipes and right-to-left marks",
          "design.md text from the network", LISTING_HOSTILE),
    LISTS("catalog-extra-fields", "fields nobody knows, nested", "requirement A14: tolerated",
          LISTING_NOTES),
    TELLS("catalog-empty", "an empty catalog", "requirement A26", 200,
          "{\"object\":\"list\",\"data\":[]}\n"),
    TELLS("catalog-null", "200 with `data: null`", "cometapi.md endpoints: data null", 200,
          "{\"object\":\"list\",\"data\":null}\n"),
    TELLS("catalog-error-200", "an error object under a 200", "requirement A24", 200,
          "{\"success\":false,\"message\":\"no such user (request id: @request@)\"}\n"),
    TELLS("catalog-no-collection", "JSON that is no collection", "requirement A26", 200,
          "{\"models\":3}\n"),
    TELLS("catalog-not-json", "text that is no JSON", "requirement A25", 200,
          "models: demo/harbor-nano\n"),
    TELLS("catalog-rejected", "401 for the catalog", "cometapi.md errors: no or bad key", 401,
          "{\"error\":{\"message\":\"Invalid token (request id: @request@)\","
          "\"type\":\"comet_api_error\",\"code\":\"\"}}\n"),
    TELLS("catalog-unavailable", "503 for the catalog", "cometapi.md errors: 5xx", 503,
          "{\"error\":{\"message\":\"try later (request id: @request@)\","
          "\"type\":\"server_error\",\"param\":null,\"code\":null}}\n"),
    {.about = SETTING("catalog-rate-limited", "429 for the catalog, with Retry-After", "models", "",
                      "cometapi.md errors: rate limit"),
     .status = 429,
     .headers = "Retry-After: 7\r\n",
     .framing = FRAME_LENGTH,
     JSON_TYPE,
     .steps = STEPS(BODY("{\"error\":{\"message\":\"Too many requests (request id: @request@)\","
                         "\"type\":\"rate_limit_error\",\"code\":\"rate_limit_exceeded\"}}\n"))},
    {.about = SETTING("catalog-html", "a web page where the catalog should be", "models", "",
                      "cometapi.md errors: wrong path"),
     .framing = FRAME_LENGTH,
     .type = "text/html; charset=utf-8",
     .steps = STEPS(BODY("<!doctype html>\n<title>Console</title>\n<p>Please log in.</p>\n"))},
    {.about = SETTING("catalog-cut", "the catalog stops in the middle, politely", "models", "",
                      "streams.md case 6"),
     .framing = FRAME_CLOSE,
     JSON_TYPE,
     .steps = STEPS(BODY("{\"object\":\"list\",\"data\":[{\"id\":\"demo/harbor-nano\",\"obj"))},
    {.about = SETTING("catalog-clipped", "the catalog, but Content-Length tells half of it",
                      "models", "", "streams.md case 6"),
     .framing = FRAME_LENGTH_CLIPPED,
     JSON_TYPE,
     .steps = STEPS(MODELS(LISTING_PLAIN))},
    {.about =
         SETTING("catalog-stall", "headers, then no catalog", "models", "", "streams.md case 9"),
     JSON_TYPE,
     .steps = STEPS(STALL)},

    {.about =
         SETTING("outage", "503 for everything", EVERYTHING, "errored", "cometapi.md errors: 5xx"),
     .status = 503,
     .framing = FRAME_LENGTH,
     JSON_TYPE,
     .steps = STEPS(BODY("{\"error\":{\"message\":\"down for a while (request id: @request@)\","
                         "\"type\":\"server_error\",\"param\":null,\"code\":null}}\n"))},
    {.about = SETTING("locked-out", "401 for everything, whatever the key", EVERYTHING, "errored",
                      "cometapi.md errors: no or bad key"),
     .status = 401,
     .framing = FRAME_LENGTH,
     JSON_TYPE,
     .steps = STEPS(BODY("{\"error\":{\"message\":\"Invalid token (request id: @request@)\","
                         "\"type\":\"comet_api_error\",\"code\":\"\"}}\n"))},
    {.about = SETTING("required-missing", "an answer without the field that must be there",
                      "chat responses", "malformed", "requirements D53, D77"),
     .framing = FRAME_LENGTH,
     JSON_TYPE,
     .steps = STEPS(BODY("{\"id\":\"@request@\",\"object\":\"response\",\"model\":\"@model@\","
                         "\"status\":\"completed\",\"usage\":null}\n"))},
    {.about = SETTING("accepts-anything", "any key, path, method and body get a whole answer",
                      EVERYTHING, "complete", "requirements A16, B35, D31: what must be refused"),
     .anywhere = true,
     .steps = STEPS(OPEN, ANSWER, FINISH("stop"), USAGE, DONE)},
    {.about = SETTING("reset-everything", "every connection is reset", EVERYTHING, "errored",
                      "requirement E34: retryable network failure"),
     .framing = FRAME_BARE,
     .steps = STEPS(RESET)},
};
const size_t scenes_catalog_count = sizeof(scenes_catalog) / sizeof(*scenes_catalog);
