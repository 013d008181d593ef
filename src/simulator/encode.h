/*
 * How an operation writes what the steps of a scene say.
 *
 * An encoder appends whole events to `out` and keeps the draft of the play, from which the object
 * of an answer that is not streamed is written. encode.c holds what both share.
 */
#ifndef SIMULATOR_ENCODE_H
#define SIMULATOR_ENCODE_H

#include "simulator/play.h"

enum channel {
    CHANNEL_TEXT,
    CHANNEL_REASONING,
    CHANNEL_REFUSAL,
};

/* A piece of text: as it reads, and as it stands between the quotes of a JSON string. */
struct said {
    const char *text;
    size_t len;
    const char *quoted;
};

struct encoder {
    void (*open)(struct play *play, struct bytes *out);
    void (*say)(struct play *play, struct bytes *out, enum channel channel,
                const struct said *said);
    void (*call)(struct play *play, struct bytes *out, const char *name);
    void (*arguments)(struct play *play, struct bytes *out, const struct said *said);
    void (*finish)(struct play *play, struct bytes *out, const char *reason);
    void (*usage)(struct play *play, struct bytes *out);
    void (*done)(struct play *play, struct bytes *out);
    /* The one object of an answer that is not streamed. */
    void (*whole)(struct play *play, struct bytes *out);
    /* The literal steps CHUNK or EVENT and SETTLED; `members` has its @names@ replaced. */
    void (*literal)(struct play *play, struct bytes *out, const struct step *step,
                    const char *members);
};

extern const struct encoder encoder_chat;
extern const struct encoder encoder_responses;

/* The value of every `created`: 2026-01-01. */
#define ENCODE_CREATED "1767225600"

/* An event's lines around its data; `type` NULL: no `event:` line. */
void encode_event_begin(struct play *play, struct bytes *out, const char *type);
void encode_event_end(struct play *play, struct bytes *out);

/* A whole event. */
void encode_event(struct play *play, struct bytes *out, const char *type, const char *data);

/* PREFIX and the hash of the request; another one in every event if the scene rotates them. */
void encode_id(const struct play *play, struct bytes *out, const char *prefix);

/* The model as it comes back, as a JSON string. */
void encode_model(const struct play *play, struct bytes *out);

/* A JSON string of what is there so far. */
void encode_string(struct bytes *out, const struct bytes *text);

/* `,"NAME":` with the counts of the request and the draft under the given member names. */
void encode_usage(const struct play *play, struct bytes *out, const char *input,
                  const char *output);

#endif
