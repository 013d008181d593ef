#include "ui/stream_tape.h"

#include "judge/judge.h"
#include "ui/application.h"

enum { SLICE = 1024 * 1024 }; /* a few milliseconds */

void stream_tape_extend(struct application *application, const struct exchange_state *state,
                        struct stream_tape *tape)
{
    const struct judge_progress *progress = judge_progress(state->judge);

    *tape = (struct stream_tape){.tape = application_tape(application)};
    if (!tape->tape)
        return;
    tape->behind = tape_extend(tape->tape, SLICE);
    tape_extent(tape->tape, &tape->extent);
    if (tape->behind)
        application_changed(application, TOPIC_EXCHANGE);
    if (!tape->extent.kept)
        return;
    if (tape->extent.bytes >= progress->bytes) {
        tape->extent.bytes = progress->bytes;
        tape->behind = false;
    }
    if (tape->extent.events > progress->events)
        tape->extent.events = progress->events;
}

const char *stream_tape_missing(const struct stream_tape *tape, const struct exchange_state *state)
{
    const struct judge_progress *progress = judge_progress(state->judge);

    if (!tape->tape)
        return state->trouble ? " No capture of it could be kept, so its bytes are gone."
                              : " There is no capture of it, so its bytes are gone.";
    if (!tape->extent.kept)
        return " The policy for bodies keeps lengths and times only: its bytes are gone.";
    if (tape->extent.broken && tape->extent.bytes < progress->bytes)
        return " Its capture cannot be read any more as it was written.";
    return NULL;
}

int stream_tape_percent(const struct stream_tape *tape)
{
    return tape->extent.file_size > 0 ? (int)(tape->extent.file_at * 100 / tape->extent.file_size)
                                      : 100;
}
