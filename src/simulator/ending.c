#include "simulator/ending.h"

#include "net/http.h"
#include "simulator/scene.h"

enum { CURL_NOT_CONNECTED = 7 };

static bool tells_its_end(const struct scene *scene)
{
    return scene->framing == FRAME_CHUNKED || scene->framing == FRAME_LENGTH ||
           scene->framing == FRAME_CLOSE;
}

bool scenario_ended_so(const char *name, const struct http_result *result)
{
    const struct scene *scene = scene_find(name);
    enum stop stop = result ? result->stop : STOP_NONE;
    bool silent = stop == STOP_HEADERS || stop == STOP_FIRST_EVENT || stop == STOP_GAP;

    if (!scene || !result || result->curl == CURL_NOT_CONNECTED || stop == STOP_CONNECT)
        return false;
    if (stop == STOP_LINGER || stop == STOP_HEADER_LIMIT || stop == STOP_BODY_LIMIT)
        return true;
    switch (scene_end(scene)) {
    case STEP_STALL:
    case STEP_LOOP: /* nothing but our timers ends them */
        return silent || stop == STOP_TOTAL;
    case STEP_END:
        return stop == STOP_NONE && (result->status > 0 || scene->framing == FRAME_BARE) &&
               (result->curl == 0 || !tells_its_end(scene));
    default:
        return stop == STOP_NONE && (result->status > 0 || scene->framing == FRAME_BARE);
    }
}
