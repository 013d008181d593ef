#include "ui/stream_view.h"

#include <string.h>

static const struct stream_view_ops *const views[STREAM_VIEW_COUNT] = {
    &stream_view_answer,  &stream_view_events, &stream_view_raw,
    &stream_view_headers, &stream_view_timing, &stream_view_reasons,
};

const struct stream_view_ops *stream_view_ops(size_t index)
{
    return views[index];
}

size_t stream_view_find(const char *name)
{
    size_t index = 0;

    while (index < STREAM_VIEW_COUNT && strcmp(views[index]->name, name) != 0)
        index++;
    return index;
}
