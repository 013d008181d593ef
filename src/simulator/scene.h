/*
 * A scene: a scenario with what the server does for it, as data.
 *
 * One mechanism plays them all (play.h). To add a scenario, add one entry to the table of its group
 * (scenario_chat.c, scenario_responses.c, scenario_text.c, scenario_errors.c, scenario_catalog.c):
 *
 *     {.about = {"no-done", SCENARIO_ANSWER, "the answer ends without its marker", "chat",
 *                "unproven", "streams.md case 2"},
 *      .steps = STEPS(OPEN, WORDS("All of the text."), FINISH("stop"))},
 *
 * The steps say what is told; the operation asked decides how that is written (encode.h); `framing`
 * how the end of the body is told; a step may end the connection in a way of its own. Nothing else
 * is needed: --list, the model list, the tests of every scenario and its verdict read the table.
 *
 * Asked for an answer that is not streamed, the steps are folded into one object; it is sent whole
 * if they hold a FINISH, else the first half of it, and ended as the scene says. A promised verdict
 * concerns the streamed answer.
 */
#ifndef SIMULATOR_SCENE_H
#define SIMULATOR_SCENE_H

#include "simulator/simulator.h"

#include <stdbool.h>
#include <stddef.h>

enum step_kind {
    STEP_END, /* the end of the body, told as the framing tells it */
    /* What the answer says, written by the operation's encoder. */
    STEP_OPEN,      /* the role; for responses `created` and `in_progress` */
    STEP_ANSWER,    /* READY for the canary, else a few sentences; an event a word */
    STEP_WORDS,     /* `text`, an event a word */
    STEP_DELTA,     /* `text` in one event */
    STEP_MANY,      /* `number` short events */
    STEP_FILL,      /* one event with `number` bytes of text */
    STEP_REASONING, /* `text` as reasoning, an event a word */
    STEP_REFUSAL,   /* `text` as a refusal, an event a word */
    STEP_CALL,      /* a tool call begins: `text` is the tool's name */
    STEP_ARGUMENTS, /* `text` more of its arguments */
    STEP_KEY,       /* the key that was sent, in the form `number` of enum key_form */
    STEP_FINISH,    /* `text` is the reason; for responses the items are closed */
    STEP_USAGE,     /* if it was asked for */
    STEP_USAGE_ALWAYS,
    STEP_DONE,  /* [DONE]; for responses the terminal event */
    STEP_ERROR, /* `text`, a JSON object, as an event; the whole body when not streamed */
    STEP_SAYS,  /* nothing on the wire: what literal steps amount to when folded */
    /* Literal. In all but RAW, @model@ and the like are replaced (play.c). */
    STEP_CHUNK,   /* a chat chunk: `text` is its members behind "model" */
    STEP_EVENT,   /* an event of type `text`, `more` its members behind "sequence_number" */
    STEP_SETTLED, /* as EVENT, `more` the members of its "response" behind "model" */
    STEP_DATA,    /* `text` as the data of an event */
    STEP_RAW,     /* `number` bytes at `text` */
    STEP_BODY,    /* `text`, a whole body: never folded */
    STEP_SKIP,    /* `number` sequence numbers are left out */
    STEP_PING,    /* a numbered keepalive event of responses */
    /* The catalog. */
    STEP_MODELS, /* GET /v1/models in the form `number` of enum listing */
    STEP_MODEL,  /* one record */
    STEP_PRICED, /* GET /api/models */
    STEP_SERVER, /* the answer of the control path */
    /* Ways to end. */
    STEP_LOOP,   /* the last `number` steps again, for ever */
    STEP_FIN,    /* close without telling the end */
    STEP_RESET,  /* RST, once all bytes have arrived */
    STEP_STALL,  /* silence until the client leaves */
    STEP_GARBLE, /* a chunk size that is no number, then close */
};

enum key_form {
    KEY_PLAIN,
    KEY_BASE64,
    KEY_URL,     /* every byte as %XX */
    KEY_ESCAPED, /* every byte as a JSON \u escape */
    KEY_HALF_1,  /* the two halves, for two events */
    KEY_HALF_2,
};

struct step {
    enum step_kind kind;
    const char *text;
    const char *more;
    size_t number;
};

#define STEPS(...) ((const struct step[]){__VA_ARGS__, {.kind = STEP_END}})
#define OPEN              \
    {                     \
        .kind = STEP_OPEN \
    }
#define ANSWER              \
    {                       \
        .kind = STEP_ANSWER \
    }
#define WORDS(t)                        \
    {                                   \
        .kind = STEP_WORDS, .text = (t) \
    }
#define DELTA(t)                        \
    {                                   \
        .kind = STEP_DELTA, .text = (t) \
    }
#define MANY(n)                          \
    {                                    \
        .kind = STEP_MANY, .number = (n) \
    }
#define FILL(n)                          \
    {                                    \
        .kind = STEP_FILL, .number = (n) \
    }
#define REASONING(t)                        \
    {                                       \
        .kind = STEP_REASONING, .text = (t) \
    }
#define REFUSAL(t)                        \
    {                                     \
        .kind = STEP_REFUSAL, .text = (t) \
    }
#define CALL(t)                        \
    {                                  \
        .kind = STEP_CALL, .text = (t) \
    }
#define ARGUMENTS(t)                        \
    {                                       \
        .kind = STEP_ARGUMENTS, .text = (t) \
    }
#define KEY(form)                          \
    {                                      \
        .kind = STEP_KEY, .number = (form) \
    }
#define FINISH(t)                        \
    {                                    \
        .kind = STEP_FINISH, .text = (t) \
    }
#define USAGE              \
    {                      \
        .kind = STEP_USAGE \
    }
#define USAGE_ALWAYS              \
    {                             \
        .kind = STEP_USAGE_ALWAYS \
    }
#define DONE              \
    {                     \
        .kind = STEP_DONE \
    }
#define ERROR(t)                        \
    {                                   \
        .kind = STEP_ERROR, .text = (t) \
    }
#define SAYS(t, reason)                                  \
    {                                                    \
        .kind = STEP_SAYS, .text = (t), .more = (reason) \
    }
#define CHUNK(t)                        \
    {                                   \
        .kind = STEP_CHUNK, .text = (t) \
    }
#define EVENT(type, t)                                  \
    {                                                   \
        .kind = STEP_EVENT, .text = (type), .more = (t) \
    }
#define SETTLED(type, t)                                  \
    {                                                     \
        .kind = STEP_SETTLED, .text = (type), .more = (t) \
    }
#define DATA(t)                        \
    {                                  \
        .kind = STEP_DATA, .text = (t) \
    }
#define RAW(t)                                                 \
    {                                                          \
        .kind = STEP_RAW, .text = (t), .number = sizeof(t) - 1 \
    }
#define BODY(t)                        \
    {                                  \
        .kind = STEP_BODY, .text = (t) \
    }
#define SKIP(n)                          \
    {                                    \
        .kind = STEP_SKIP, .number = (n) \
    }
#define PING              \
    {                     \
        .kind = STEP_PING \
    }
#define MODELS(form)                          \
    {                                         \
        .kind = STEP_MODELS, .number = (form) \
    }
#define LOOP(n)                          \
    {                                    \
        .kind = STEP_LOOP, .number = (n) \
    }
#define FIN              \
    {                    \
        .kind = STEP_FIN \
    }
#define RESET              \
    {                      \
        .kind = STEP_RESET \
    }
#define GARBLE              \
    {                       \
        .kind = STEP_GARBLE \
    }
#define STALL              \
    {                      \
        .kind = STEP_STALL \
    }

enum scene_framing {
    FRAME_CHUNKED,
    FRAME_LENGTH,
    FRAME_CLOSE,          /* by closing the connection */
    FRAME_LENGTH_SHORT,   /* Content-Length tells more than is sent */
    FRAME_LENGTH_CLIPPED, /* Content-Length tells half of what is sent */
    FRAME_BARE,           /* no head: the steps are all that is sent */
};

/* How the events are written; any of them together. */
enum scene_style {
    STYLE_CRLF = 1 << 0,
    STYLE_CR = 1 << 1,
    STYLE_TIGHT = 1 << 2,      /* no blank behind the colon */
    STYLE_NAMELESS = 1 << 3,   /* responses without `event:` lines */
    STYLE_ROTATE = 1 << 4,     /* another id in every event */
    STYLE_SNAPSHOT = 1 << 5,   /* the model comes back as a dated snapshot */
    STYLE_NULL_ERROR = 1 << 6, /* `"error":null` in every event */
    STYLE_FOLDED = 1 << 7,     /* not streamed although a stream was asked for */
    STYLE_OBFUSCATION = 1 << 8,
    STYLE_LOGPROBS = 1 << 9,  /* `"logprobs":null` in every choice */
    STYLE_NO_USAGE = 1 << 10, /* none in what is told whole, either */
};

struct scene {
    struct scenario about;
    const struct step *steps;
    int status;          /* 0: 200 */
    const char *type;    /* Content-Type; NULL: as the answer is; "": none is sent */
    const char *headers; /* further header lines, each with its CRLF; NULL: none */
    enum scene_framing framing;
    unsigned style;   /* enum scene_style */
    size_t piece;     /* bytes a write (and chunk); 0: an event */
    int pace_ms;      /* at least this between two events; below 0: never a pause */
    unsigned choices; /* answers this many choices whatever `n` asks; 0: as asked */
    bool anywhere;    /* answers whatever path, method, key and body it is asked with */
};

/* The scene of a scenario; NULL when there is none by that name. Accepts "sim/NAME" too. */
const struct scene *scene_find(const char *name);

/*
 * How its body ends: STEP_END as the framing tells it, STEP_LOOP never, STEP_FIN, STEP_RESET,
 * STEP_STALL or STEP_GARBLE.
 */
enum step_kind scene_end(const struct scene *scene);

/* `scene` answers `operation` ("chat", "responses", "models"). */
bool scene_answers(const struct scene *scene, const char *operation);

/* The groups, joined by scenario.c. */
extern const struct scene scenes_chat[], scenes_responses[], scenes_text[], scenes_errors[],
    scenes_catalog[];
extern const size_t scenes_chat_count, scenes_responses_count, scenes_text_count,
    scenes_errors_count, scenes_catalog_count;

#endif
