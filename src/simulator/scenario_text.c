/*
 * Scenarios of how an answer is encoded and of what its text holds: nothing here is missing, and
 * much of it is hostile. How to add one: scene.h.
 */
#include "simulator/scene.h"

#define ANSWERS(name, summary, operations, verdict, source)         \
    {                                                               \
        name, SCENARIO_ANSWER, summary, operations, verdict, source \
    }
#define BOTH "chat responses"
#define CASE_26 "streams.md case 26"
#define HOSTILE "design.md text from the network"
#define SECRETS "design.md secrets"
#define SHAPES "streams.md shapes a reader must take"

#define AN_ANSWER "Grüße: nine of ten checks passed, naïvely counted. ✓"
#define SPOKEN STEPS(OPEN, WORDS(AN_ANSWER), FINISH("stop"), USAGE, DONE)
#define TEXT(t) STEPS(OPEN, DELTA(t), FINISH("stop"), USAGE, DONE)

/* A stream of one chunk and its marker, made with gzip(1) once and for all. */
#define GZIP_BYTES                                                                     \
    "\037\213\010\000\000\000\000\000\002\003\055\217\101\012\302\100\014\105\367\075" \
    "\205\144\135\253\026\124\230\255\272\325\003\110\221\161\046\332\261\155\122\232" \
    "\010\242\364\356\246\342\372\377\367\137\022\275\172\067\373\100\212\340\040\324" \
    "\136\103\327\267\163\111\335\374\376\116\075\344\300\327\007\006\375\207\105\140" \
    "\213\121\023\123\021\352\047\065\126\010\003\172\105\303\127\333\315\266\054\327" \
    "\233\345\062\207\216\043\266\006\331\320\342\077\024\152\116\001\005\334\331\154" \
    "\024\361\005\316\212\126\123\017\356\003\003\267\150\200\027\111\242\236\164\042" \
    "\230\024\151\162\357\114\073\240\010\306\174\366\044\057\015\306\002\306\034\156" \
    "\211\222\324\027\273\100\230\046\235\162\017\143\065\146\131\374\375\165\336\237" \
    "\216\207\052\313\276\351\133\244\017\346\000\000\000"

enum {
    LONG_EVENTS = 2000,
    FLOOD_EVENTS = 200000,
    FILL_UNDER = 16000000, /* the cap is 17 MiB, see contract/rules.c */
    FILL_OVER = 18 * 1024 * 1024,
    LINE = 1024 * 1024,
};

const struct scene scenes_text[] = {
    {.about = ANSWERS("one-byte", "every byte in a chunk of its own", BOTH, "complete", CASE_26),
     .piece = 1,
     .steps = SPOKEN},
    {.about = ANSWERS("utf8-split", "chunks of three bytes cut through characters", BOTH,
                      "complete", CASE_26),
     .piece = 3,
     .steps = SPOKEN},
    {.about = ANSWERS("bom", "a byte order mark in front of the events", BOTH, "complete", CASE_26),
     .steps = STEPS(RAW("\xEF\xBB\xBF"), OPEN, WORDS(AN_ANSWER), FINISH("stop"), USAGE, DONE)},
    {.about = ANSWERS("crlf", "lines end with CR LF", BOTH, "complete", CASE_26),
     .style = STYLE_CRLF,
     .steps = SPOKEN},
    {.about =
         ANSWERS("crlf-split", "lines end with CR LF, cut in between", BOTH, "complete", CASE_26),
     .style = STYLE_CRLF,
     .piece = 1,
     .steps = SPOKEN},
    {.about = ANSWERS("cr", "lines end with CR alone", BOTH, "complete", CASE_26),
     .style = STYLE_CR,
     .steps = SPOKEN},
    {.about =
         ANSWERS("no-space", "no blank behind the colon of a field", BOTH, "complete", CASE_26),
     .style = STYLE_TIGHT,
     .steps = SPOKEN},
    {.about = ANSWERS("gzip", "compressed bytes nobody asked for, declared", BOTH, "malformed",
                      "streams.md case 27"),
     .headers = "Content-Encoding: gzip\r\n",
     .steps = STEPS(RAW(GZIP_BYTES))},
    {.about = ANSWERS("gzip-undeclared", "compressed bytes nobody asked for, undeclared", BOTH,
                      "malformed", "streams.md case 27"),
     .steps = STEPS(RAW(GZIP_BYTES))},
    {.about = ANSWERS("bad-utf8", "an event whose text is no UTF-8", "chat", "malformed",
                      "streams.md integrity"),
     .steps = STEPS(OPEN,
                    RAW("data: {\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"choices\":["
                        "{\"index\":0,\"delta\":{\"content\":\"caf\xE9 \xC0\xAF \xED\xA0\x80\"},"
                        "\"finish_reason\":null}]}\n\n"),
                    FINISH("stop"), DONE)},
    {.about = ANSWERS("raw-control", "raw control bytes within a JSON string", "chat", "malformed",
                      "streams.md integrity"),
     .steps = STEPS(OPEN,
                    RAW("data: {\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"choices\":["
                        "{\"index\":0,\"delta\":{\"content\":\"\x1b[2J\x07\"},"
                        "\"finish_reason\":null}]}\n\n"),
                    FINISH("stop"), DONE)},
    {.about = ANSWERS("big-event", "one event of 16 MB, just under the cap", BOTH, "complete",
                      "streams.md case 33"),
     .steps = STEPS(OPEN, FILL(FILL_UNDER), FINISH("stop"), DONE)},
    {.about = ANSWERS("too-big-event", "one event of 18 MiB, over the cap", BOTH, "malformed",
                      "streams.md case 33"),
     .steps = STEPS(OPEN, FILL(FILL_OVER), FINISH("stop"), DONE)},
    {.about =
         ANSWERS("huge-line", "a million characters without a blank", BOTH, "complete", HOSTILE),
     .steps = STEPS(OPEN, FILL(LINE), FINISH("stop"), DONE)},
    {.about = ANSWERS("long", "2,000 events", BOTH, "complete", "many events"),
     .steps = STEPS(OPEN, MANY(LONG_EVENTS), FINISH("stop"), USAGE, DONE)},
    {.about = ANSWERS("flood", "200,000 events without a pause", BOTH, "complete", "many events"),
     .pace_ms = -1,
     .steps = STEPS(OPEN, MANY(FLOOD_EVENTS), FINISH("stop"), USAGE, DONE)},
    {.about = ANSWERS("slow", "a quarter of a second between two words", BOTH, "complete",
                      "slow tokens"),
     .pace_ms = 250,
     .steps = STEPS(OPEN, WORDS("Patience: every word of this answer is on its way to you."),
                    FINISH("stop"), USAGE, DONE)},
    {.about = ANSWERS("endless", "it talks until you stop it", BOTH, "",
                      "streams.md case 34 (cancelled, when you do)"),
     .pace_ms = 20,
     .steps = STEPS(OPEN, DELTA(" and on"), LOOP(1))},
    {.about = ANSWERS("empty", "a whole answer without any text", BOTH, "complete",
                      "streams.md verdict complete, note empty-content"),
     .steps = STEPS(OPEN, DELTA(""), FINISH("stop"), USAGE, DONE)},
    {.about = ANSWERS("refusal", "the model declines", BOTH, "complete",
                      "streams.md verdict complete, tagged refusal"),
     .steps = STEPS(OPEN, REFUSAL("I cannot help with that."), FINISH("stop"), USAGE, DONE)},
    {.about = ANSWERS("reasoning", "reasoning before the answer", BOTH, "complete", SHAPES),
     .steps = STEPS(OPEN, REASONING("The question is short. So is the answer."), DELTA("Yes"),
                    DELTA("."), FINISH("stop"), USAGE, DONE)},
    {.about = ANSWERS("snapshot", "the model comes back as a dated snapshot", BOTH, "complete",
                      "cometapi.md streaming"),
     .style = STYLE_SNAPSHOT,
     .steps = SPOKEN},
    {.about = ANSWERS("obfuscation", "padding in every event", BOTH, "complete",
                      "cometapi.md streaming"),
     .style = STYLE_OBFUSCATION,
     .steps = SPOKEN},
    {.about = ANSWERS("logprobs-null", "`logprobs: null` in every choice", "chat", "complete",
                      "cometapi.md streaming"),
     .style = STYLE_LOGPROBS,
     .steps = SPOKEN},
    {.about = ANSWERS("latency-checkpoint", "usage with a latency checkpoint within", "chat",
                      "complete", "cometapi.md streaming"),
     .steps = STEPS(OPEN, WORDS(AN_ANSWER), FINISH("stop"),
                    CHUNK("\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":8,"
                          "\"total_tokens\":17,\"latency_checkpoint\":{\"ttft_ms\":41}}"),
                    DONE)},
    {.about = ANSWERS("content-array", "content as an array of parts", "chat", "complete", SHAPES),
     .steps = STEPS(OPEN, SAYS("In parts.", "stop"),
                    CHUNK("\"choices\":[{\"index\":0,\"delta\":{\"content\":[{\"type\":\"text\","
                          "\"text\":\"In parts.\"}]},\"finish_reason\":null}]"),
                    FINISH("stop"), DONE)},

    {.about = ANSWERS("ansi", "terminal escapes in the text", BOTH, "complete", HOSTILE),
     .steps = TEXT("before \x1b[31mred\x1b[0m \x1b]0;title\x07 \x1b[2J\x1b[H \xc2\x9b"
                   "1m \x1bP1;2q\x1b\\ \x1b[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17m after")},
    {.about =
         ANSWERS("control-bytes", "every control character in the text", BOTH, "complete", HOSTILE),
     .steps = TEXT("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13"
                   "\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x7f\xc2\x80\xc2\x85\xc2\x9b"
                   "31m\xc2\x9f end")},
    {.about = ANSWERS("nul-in-text", "\\u0000 in the text", "chat", "complete", HOSTILE),
     .steps = STEPS(OPEN, SAYS("before after", "stop"),
                    CHUNK("\"choices\":[{\"index\":0,\"delta\":{\"content\":"
                          "\"before\\u0000after\"},\"finish_reason\":null}]"),
                    FINISH("stop"), DONE)},
    {.about = ANSWERS("bidi", "overrides that turn the text around", BOTH, "complete", HOSTILE),
     .steps = TEXT("pay \xe2\x80\xae"
                   "001\xe2\x80\xac to \xe2\x81\xa6safe\xe2\x81\xa9 \xe2\x80\x8f mark")},
    {.about = ANSWERS("rtl", "Hebrew and Arabic text", BOTH, "complete", HOSTILE),
     .steps = STEPS(OPEN, WORDS("שלום עולם, هذا نص من اليمين إلى اليسار, and back."),
                    FINISH("stop"), USAGE, DONE)},
    {.about =
         ANSWERS("wide", "wide characters and emoji, joined ones too", BOTH, "complete", HOSTILE),
     .steps = STEPS(
         OPEN,
         WORDS("漢字 かな 한글 ｆｕｌｌ 👩‍🚀 👨‍👩‍👧‍👦 🇨🇭 "
               "☺️ "
               "1️⃣ "
               "end"),
         FINISH("stop"), USAGE, DONE)},
    {.about = ANSWERS("combining", "a flood of combining marks", BOTH, "complete", HOSTILE),
     .steps = TEXT("Z\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030a\u030b"
                   "\u030c\u030d\u030e\u030f\u0310\u0311\u0312\u0313\u0314\u0315\u0316\u0317"
                   "\u0318\u0319\u031a\u031b\u031c\u031d\u031e\u031f\u0320\u0321\u0322\u0323"
                   "\u0324\u0325\u0326\u0327\u0328\u0329\u032a\u032b\u032c\u032d\u032e\u032f"
                   "algo \u0301alone")},
    {.about = ANSWERS("markdown", "pipes, backticks, HTML and headings", BOTH, "complete",
                      "design.md Markdown is escaped"),
     .steps = STEPS(OPEN, DELTA("# Heading\n\n| a | b |\n|---|---|\n| `x|y` | \\| |\n\n"),
                    DELTA("```sh\nrm -rf ./build\n```\n<script>alert(1)</script>\n"),
                    DELTA("- [ ] open\n- [x] done\n\n> quoted *text* [link](http://127.0.0.1/)\n"),
                    FINISH("stop"), USAGE, DONE)},
    {.about = ANSWERS("newlines", "many short and empty lines", BOTH, "complete", HOSTILE),
     .steps = TEXT("one\n\n\ntwo\r\nthree\rfour\n\tfive\n\n\n\n\n")},

    {.about = ANSWERS("echo-key", "the key that was sent comes back, in every form", BOTH,
                      "complete", SECRETS),
     .headers = "X-Echo-Key: @key@\r\nSet-Cookie: session=@key@\r\n",
     .steps = STEPS(OPEN, DELTA("plain "), KEY(KEY_PLAIN), DELTA(" base64 "), KEY(KEY_BASE64),
                    DELTA(" url "), KEY(KEY_URL), DELTA(" escaped "), KEY(KEY_ESCAPED),
                    DELTA(" end"), FINISH("stop"), USAGE, DONE)},
    {.about = ANSWERS("echo-key-halves", "the key comes back in two halves, an event each", BOTH,
                      "complete", SECRETS),
     .steps = STEPS(OPEN, DELTA("halves "), KEY(KEY_HALF_1), KEY(KEY_HALF_2), DELTA(" end"),
                    FINISH("stop"), USAGE, DONE)},
    {.about = ANSWERS("echo-key-bytes", "the same, every byte in a chunk of its own", BOTH,
                      "complete", SECRETS),
     .piece = 1,
     .steps = STEPS(OPEN, KEY(KEY_PLAIN), DELTA(" "), KEY(KEY_BASE64), DELTA(" "), KEY(KEY_ESCAPED),
                    FINISH("stop"), USAGE, DONE)},
};
const size_t scenes_text_count = sizeof(scenes_text) / sizeof(*scenes_text);
