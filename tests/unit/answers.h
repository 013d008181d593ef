/* Bodies of answers, written so that a test row reads as what the server sent. */
#ifndef TESTS_UNIT_ANSWERS_H
#define TESTS_UNIT_ANSWERS_H

#define EVENT(data) "data: " data "\n\n"
#define DONE EVENT("[DONE]")

/* ---- chat ---- */

#define CHUNK_HEAD "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"model\":\"m-1\","
#define CHUNK(choice) EVENT(CHUNK_HEAD "\"choices\":[" choice "]}")
#define CHOICE(index, delta, finish) \
    "{\"index\":" index ",\"delta\":" delta ",\"finish_reason\":" finish "}"
#define ROLE CHUNK(CHOICE("0", "{\"role\":\"assistant\",\"content\":\"\"}", "null"))
#define DELTA(text) CHUNK(CHOICE("0", "{\"content\":\"" text "\"}", "null"))
#define DELTA_OF(index, text) CHUNK(CHOICE(index, "{\"content\":\"" text "\"}", "null"))
#define FINISH(reason) CHUNK(CHOICE("0", "{}", "\"" reason "\""))
#define FINISH_OF(index, reason) CHUNK(CHOICE(index, "{}", "\"" reason "\""))
#define LAST_DELTA(text, reason) CHUNK(CHOICE("0", "{\"content\":\"" text "\"}", "\"" reason "\""))
#define USAGE                                                                                 \
    EVENT(CHUNK_HEAD "\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2," \
                     "\"total_tokens\":5}}")
#define CALL(index, id, name, arguments)                                   \
    CHUNK(CHOICE("0",                                                      \
                 "{\"tool_calls\":[{\"index\":" index ",\"id\":\"" id      \
                 "\",\"type\":\"function\",\"function\":{\"name\":\"" name \
                 "\",\"arguments\":\"" arguments "\"}}]}",                 \
                 "null"))
#define CALL_MORE(index, arguments)                                                               \
    CHUNK(CHOICE("0",                                                                             \
                 "{\"tool_calls\":[{\"index\":" index ",\"function\":{\"arguments\":\"" arguments \
                 "\"}}]}",                                                                        \
                 "null"))
#define COMPLETION(text, finish)                                                                 \
    "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"model\":\"m-1\",\"choices\":["      \
    "{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"" text                       \
    "\"},\"finish_reason\":" finish "}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2," \
    "\"total_tokens\":5}}"
#define ERROR_BODY                                                                        \
    "{\"error\":{\"message\":\"upstream died\",\"type\":\"server_error\",\"param\":null," \
    "\"code\":null}}"

/* ---- responses ---- */

#define TYPED(type, rest) "event: " type "\ndata: {\"type\":\"" type "\"" rest "}\n\n"
#define NUMBERED(number, type, rest) TYPED(type, ",\"sequence_number\":" number rest)
#define RESPONSE(status, output)                                                             \
    ",\"response\":{\"id\":\"resp_1\",\"object\":\"response\",\"model\":\"m-1\",\"status\":" \
    "\"" status "\",\"error\":null,\"incomplete_details\":null,\"output\":" output           \
    ",\"usage\":{\"input_tokens\":3,\"output_tokens\":2,\"total_tokens\":5}}"
#define MESSAGE(text)                                                                         \
    "{\"type\":\"message\",\"id\":\"msg_1\",\"role\":\"assistant\",\"status\":\"completed\"," \
    "\"content\":[{\"type\":\"output_text\",\"text\":\"" text "\",\"annotations\":[]}]}"
#define CREATED TYPED("response.created", RESPONSE("in_progress", "[]"))
#define ITEM_ADDED                      \
    TYPED("response.output_item.added", \
          ",\"output_index\":0,\"item\":{\"type\":\"message\",\"id\":\"msg_1\",\"content\":[]}")
#define TEXT_DELTA(text)                \
    TYPED("response.output_text.delta", \
          ",\"output_index\":0,\"content_index\":0,\"delta\":\"" text "\"")
#define TEXT_DONE(text)                \
    TYPED("response.output_text.done", \
          ",\"output_index\":0,\"content_index\":0,\"text\":\"" text "\"")
#define ITEM_DONE(text) \
    TYPED("response.output_item.done", ",\"output_index\":0,\"item\":" MESSAGE(text))
#define COMPLETED(text) TYPED("response.completed", RESPONSE("completed", "[" MESSAGE(text) "]"))

#endif
