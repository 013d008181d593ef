/*
 * Plays a scene: its steps become the bytes of one body, an event at a time.
 *
 * Pure and deterministic: no clock, no socket; the same scene and the same question give the same
 * bytes. A play holds no more than one event and the text said so far.
 */
#ifndef SIMULATOR_PLAY_H
#define SIMULATOR_PLAY_H

#include "base/bytes.h"
#include "simulator/ask.h"
#include "simulator/scene.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct encoder;

enum play_outcome {
    PLAY_BYTES, /* a unit was appended: an event, or a piece that belongs together */
    PLAY_WHOLE, /* the end, to be told as the framing tells it */
    PLAY_FIN,   /* the other ends: see enum step_kind */
    PLAY_RESET,
    PLAY_STALL,
    PLAY_GARBLE,
};

/* What was said so far; the encoders keep it. */
struct draft {
    struct bytes text, reasoning, refusal;
    struct bytes calls;     /* of chat: the finished ones as JSON, with commas between */
    struct bytes call_name; /* the open one, "" when none is */
    struct bytes arguments;
    unsigned call_count;
    const char *finish; /* the reason, NULL: none yet */
    const char *error;  /* the body of an answer that failed, NULL: it did not */
    size_t tokens;
    /* responses */
    int item;            /* enum draft_item */
    struct bytes output; /* the finished items as JSON, with commas between */
    unsigned item_count; /* of finished ones */
    uint64_t sequence;   /* the next number */
};

struct play {
    const struct scene *scene; /* borrowed, as is `ask`; both outlive the play */
    const struct ask *ask;
    const struct encoder *encoder;
    bool plain; /* the scene is a plain body: nothing is streamed or folded */
    size_t step;
    size_t at;             /* how far into the step */
    size_t events;         /* written so far */
    bool streamed;         /* the body is an event stream */
    bool folded;           /* the one object of an answer that is not streamed was sent */
    enum play_outcome end; /* of a folded answer */
    struct draft draft;
};

void play_init(struct play *play, const struct scene *scene, const struct ask *ask);
void play_release(struct play *play);

/* Append the next unit to `out`, or answer how it ends; asked again, the end is the same. */
enum play_outcome play_next(struct play *play, struct bytes *out);

/*
 * Append `text` with @model@, @request@, @method@, @path@, @key@, @detail@, @index@ and @serial@
 * replaced by what the request holds, fit for the inside of a JSON string.
 */
void play_expand(const struct play *play, struct bytes *out, const char *text);

/* The bytes it would send from the beginning to its end; a loop counts as an end. */
size_t play_length(const struct scene *scene, const struct ask *ask);

enum { PLAY_UNIT_MAX = 64 * 1024 * 1024 }; /* a maximum for `out` that every scene keeps */

#endif
