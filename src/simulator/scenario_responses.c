/* Scenarios of the responses stream alone. How to add one: scene.h. */
#include "simulator/scene.h"

#define ANSWERS(name, summary, verdict, source)                      \
    {                                                                \
        name, SCENARIO_ANSWER, summary, "responses", verdict, source \
    }

#define AN_ANSWER "Nine of ten checks passed."
#define HALF_AN_ANSWER "Nine of ten checks"

/* The message with `text` as an item, and the events that open and close it. */
#define PLACE "\"item_id\":\"msg_sim_0\",\"output_index\":0,\"content_index\":0"
#define PART(text) "{\"type\":\"output_text\",\"text\":\"" text "\",\"annotations\":[]}"
#define ITEM_IN(status, parts)                                        \
    "{\"id\":\"msg_sim_0\",\"type\":\"message\",\"status\":\"" status \
    "\",\"role\":\"assistant\",\"content\":[" parts "]}"
#define ITEM(text) ITEM_IN("completed", PART(text))
#define TEXT_DELTA(text) EVENT("response.output_text.delta", PLACE ",\"delta\":\"" text "\"")
#define TEXT_DONE(text) EVENT("response.output_text.done", PLACE ",\"text\":\"" text "\"")
#define ITEM_DONE(text) \
    EVENT("response.output_item.done", "\"output_index\":0,\"item\":" ITEM(text))
#define COMPLETED(output)                                                                         \
    SETTLED(                                                                                      \
        "response.completed",                                                                     \
        "\"status\":\"completed\",\"error\":null,\"incomplete_details\":null,\"output\":[" output \
        "],\"usage\":{\"input_tokens\":9,\"output_tokens\":5,\"total_tokens\":14}")

const struct scene scenes_responses[] = {
    {.about = ANSWERS("responses-unequal-text", "the final text differs from the deltas",
                      "malformed", "streams.md case 28"),
     .steps = STEPS(OPEN, WORDS(AN_ANSWER), TEXT_DONE("Ten of ten checks passed."),
                    ITEM_DONE("Ten of ten checks passed."),
                    COMPLETED(ITEM("Ten of ten checks passed.")))},
    {.about = ANSWERS("responses-sequence-gap", "a numbered event is missing", "malformed",
                      "streams.md case 28"),
     .steps = STEPS(OPEN, WORDS(HALF_AN_ANSWER), SKIP(1), DELTA(" passed."), FINISH("stop"), DONE)},
    {.about = ANSWERS("responses-two-created", "a second life cycle begins in the first",
                      "malformed", "streams.md case 28"),
     .steps = STEPS(OPEN, WORDS(HALF_AN_ANSWER), OPEN, DELTA(" passed."), FINISH("stop"), DONE)},
    {.about = ANSWERS("responses-two-completed", "two terminal events", "malformed",
                      "streams.md integrity, one life cycle"),
     .steps = STEPS(OPEN, WORDS(AN_ANSWER), FINISH("stop"), DONE, DONE)},
    {.about = ANSWERS("responses-no-terminal", "the text is done, no terminal event comes",
                      "truncated", "streams.md case 29"),
     .steps = STEPS(OPEN, WORDS(AN_ANSWER), FINISH("stop"))},
    {.about = ANSWERS("responses-done-no-terminal", "[DONE] in place of the terminal event",
                      "unproven", "streams.md case 29"),
     .steps = STEPS(OPEN, WORDS(AN_ANSWER), FINISH("stop"), RAW("data: [DONE]\n\n"))},
    {.about = ANSWERS("responses-done-after", "[DONE] behind the terminal event", "complete",
                      "streams.md W2"),
     .steps = STEPS(OPEN, WORDS(AN_ANSWER), FINISH("stop"), DONE, RAW("data: [DONE]\n\n"))},
    {.about = ANSWERS("responses-incomplete", "the terminal event says incomplete", "limited",
                      "streams.md case 30"),
     .steps = STEPS(OPEN, WORDS(HALF_AN_ANSWER), FINISH("length"), DONE)},
    {.about =
         ANSWERS("responses-completed-incomplete", "a completed event whose status is incomplete",
                 "limited", "streams.md case 30"),
     .steps = STEPS(OPEN, WORDS(HALF_AN_ANSWER), FINISH("length"),
                    SETTLED("response.completed",
                            "\"status\":\"incomplete\",\"error\":null,\"incomplete_details\":"
                            "{\"reason\":\"max_output_tokens\"},\"output\":[" ITEM_IN(
                                "incomplete", PART(HALF_AN_ANSWER)) "],\"usage\":null"))},
    {.about = ANSWERS("responses-failed", "the terminal event says failed", "errored",
                      "streams.md case 31"),
     .steps = STEPS(OPEN, WORDS(HALF_AN_ANSWER),
                    SETTLED("response.failed",
                            "\"status\":\"failed\",\"error\":{\"code\":\"server_error\","
                            "\"message\":\"The model gave up.\"},\"output\":[],\"usage\":null"))},
    {.about = ANSWERS("responses-error-flat", "an error event with its members at the top",
                      "errored", "streams.md case 31"),
     .steps = STEPS(OPEN, WORDS(HALF_AN_ANSWER),
                    EVENT("error", "\"code\":\"rate_limit_exceeded\","
                                   "\"message\":\"Too many requests.\",\"param\":null"))},
    {.about = ANSWERS("responses-error-nested", "an error event with an error object in it",
                      "errored", "streams.md case 31"),
     .steps = STEPS(OPEN, WORDS(HALF_AN_ANSWER),
                    EVENT("error", "\"error\":{\"type\":\"server_error\",\"code\":null,"
                                   "\"message\":\"The server had an error.\",\"param\":null}"))},
    {.about = ANSWERS("responses-keepalives-only", "numbered keepalives for ever", "stalled",
                      "streams.md case 38"),
     .pace_ms = 20,
     .steps = STEPS(OPEN, PING, LOOP(1))},
    {.about = ANSWERS("responses-keepalives", "numbered keepalives, then the text goes on",
                      "complete", "streams.md case 38"),
     .steps = STEPS(OPEN, WORDS(HALF_AN_ANSWER), PING, PING, PING, DELTA(" passed."),
                    FINISH("stop"), DONE)},
    {.about = ANSWERS("responses-empty-output", "the final output is empty, the items are done",
                      "complete", "streams.md case 39"),
     .steps = STEPS(OPEN, WORDS(AN_ANSWER), FINISH("stop"), COMPLETED(""))},
    {.about = ANSWERS("responses-nothing-done", "the final output is empty and no item is done",
                      "unproven", "streams.md case 39"),
     .steps = STEPS(OPEN, WORDS(AN_ANSWER), COMPLETED(""))},
    {.about = ANSWERS("responses-shorter-final", "the final text is shorter than the deltas",
                      "malformed", "streams.md case 39"),
     .steps = STEPS(OPEN, WORDS(AN_ANSWER), FINISH("stop"), COMPLETED(ITEM(HALF_AN_ANSWER)))},
    {.about = ANSWERS("responses-done-without-deltas", "all of the text in the done events alone",
                      "complete", "streams.md integrity, done without deltas"),
     .steps = STEPS(OPEN, SAYS(AN_ANSWER, "stop"),
                    EVENT("response.output_item.added",
                          "\"output_index\":0,\"item\":" ITEM_IN("in_progress", "")),
                    TEXT_DONE(AN_ANSWER), ITEM_DONE(AN_ANSWER), COMPLETED(ITEM(AN_ANSWER)))},
    {.about = ANSWERS("responses-early-done", "the text is done after one delta, then goes on",
                      "malformed", "streams.md case 41"),
     .steps = STEPS(OPEN, DELTA("Nine of"), TEXT_DONE("Nine of"), TEXT_DELTA(" ten checks"),
                    TEXT_DELTA(" passed."), FINISH("stop"), DONE)},
    {.about = ANSWERS("responses-nameless", "events without `event:` lines", "complete",
                      "streams.md shapes a reader must take"),
     .style = STYLE_NAMELESS,
     .steps = STEPS(OPEN, WORDS(AN_ANSWER), FINISH("stop"), DONE)},
    {.about = ANSWERS("responses-queued", "queued first, then a whole answer", "complete",
                      "streams.md shapes a reader must take"),
     .steps = STEPS(OPEN, SETTLED("response.queued", "\"status\":\"queued\",\"output\":[]"),
                    WORDS(AN_ANSWER), FINISH("stop"), DONE)},
    {.about = ANSWERS("responses-unknown-events", "events of types nobody knows, numbered",
                      "complete", "streams.md integrity, unknown types count"),
     .steps = STEPS(OPEN, EVENT("response.moon_phase.changed", "\"phase\":\"waxing\""),
                    WORDS(AN_ANSWER), FINISH("stop"), DONE)},
};
const size_t scenes_responses_count = sizeof(scenes_responses) / sizeof(*scenes_responses);
