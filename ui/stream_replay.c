#include "ui/stream_replay.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "ui/application.h"
#include "ui/pane.h"
#include "ui/stream_text.h"

/* "10", "0.5", "x10", "10x"; 0 for anything else. */
static int64_t read_speed(const char *words)
{
    const char *digits = words[0] == 'x' ? words + 1 : words;
    char *end;
    double times;

    if (!strchr("0123456789.", digits[0]))
        return 0;
    times = strtod(digits, &end);
    if (*end == 'x')
        end++;
    if (*end || times * REPLAYER_PACE < REPLAYER_SLOWEST ||
        times * REPLAYER_PACE > REPLAYER_FASTEST)
        return 0;
    return (int64_t)(times * REPLAYER_PACE + 0.5);
}

static bool start(struct application *application, int64_t speed)
{
    struct error error;
    bool started = application_replay(application, speed, &error);

    if (!started)
        application_fail(application, &error);
    return started;
}

static bool drive(struct application *application, enum replay_drive drive)
{
    bool driven = application_drive_replay(application, drive);

    if (!driven)
        application_say(application, MESSAGE_NOTE, "Nothing is replayed; :replay begins");
    return driven;
}

bool stream_replay_request(struct application *application, const char *words)
{
    static const struct {
        const char *word;
        enum replay_drive drive;
    } drives[] = {
        {"skip", DRIVE_SKIP},
        {"faster", DRIVE_FASTER},
        {"slower", DRIVE_SLOWER},
    };

    if (!words)
        return start(application, REPLAYER_PACE);
    if (strcmp(words, "step") == 0)
        return start(application, 0);
    if (strcmp(words, "end") == 0)
        return application_stop_capture(application);
    for (size_t i = 0; i < sizeof(drives) / sizeof(*drives); i++)
        if (strcmp(drives[i].word, words) == 0)
            return drive(application, drives[i].drive);
    if (read_speed(words))
        return start(application, read_speed(words));
    application_say(application, MESSAGE_FAILED,
                    ":replay takes 0.01 to 1000, step, skip, faster, slower or end, not \"%s\"",
                    words);
    return false;
}

const struct hint *stream_replay_hints(const struct application *application)
{
    static const struct hint judged[] = {{REQUEST_BACK, "give up"}, {REQUEST_NONE, NULL}};
    static const struct hint paused[] = {{REQUEST_PAUSE, "go on"},
                                         {REQUEST_NEXT_VIEW, "view"},
                                         {REQUEST_FOLLOW, "follow"},
                                         {REQUEST_BACK, "end"},
                                         {REQUEST_NONE, NULL}};
    static const struct hint plays[] = {{REQUEST_PAUSE, "pause"},
                                        {REQUEST_NEXT_VIEW, "view"},
                                        {REQUEST_FOLLOW, "follow"},
                                        {REQUEST_BACK, "end"},
                                        {REQUEST_NONE, NULL}};
    struct replayer_view view;
    int percent;

    if (application_opening(application, &percent))
        return judged;
    if (application_replays(application, &view))
        return view.paused ? paused : plays;
    return NULL;
}

void stream_replay_name(const struct replayer_view *view, bool ascii, struct bytes *out)
{
    bytes_puts(out, "REPLAY ");
    if (view->paused)
        bytes_puts(out, "paused");
    else
        bytes_printf(out, "%s%g", ascii ? "x" : "×", (double)view->speed / REPLAYER_PACE);
}

void stream_replay_place(const struct replayer_view *view, struct bytes *out)
{
    int64_t ahead_us = view->next_us - view->position_us;

    stream_text_duration(out, view->position_us);
    if (view->total_us > 0) {
        bytes_puts(out, " of ");
        stream_text_duration(out, view->total_us);
    }
    if (view->next_us >= 0 && ahead_us >= REPLAYER_LONG_US)
        bytes_printf(out, ", nothing for %" PRId64 " s (> skips)", ahead_us / 1000000);
}
