/* The decoder gives the same events, strays and residue for every cut. */
#include "base/bytes.h"
#include "base/memory.h"
#include "judge/sse.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { EVENT_MAX = 256 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hear_event(void *context, const struct sse_event *event)
{
    struct bytes *log = context;

    bytes_printf(log, "\nevent %" PRIu64 " %" PRIu64 " ", event->number, event->offset);
    bytes_append(log, event->type, event->type_len);
    bytes_append_byte(log, ' ');
    bytes_append(log, event->id, event->id_len);
    bytes_append_byte(log, ' ');
    bytes_append(log, event->data, event->data_len);
}

static void hear_stray(void *context, const char *line, size_t len, uint64_t offset)
{
    struct bytes *log = context;

    bytes_printf(log, "\nstray %" PRIu64 " ", offset);
    bytes_append(log, line, len);
}

static void decode(const uint8_t *data, size_t size, size_t step, struct bytes *log)
{
    static const struct sse_ops ops = {.event = hear_event, .stray = hear_stray};
    struct sse_residue residue;
    struct sse sse;
    size_t now;

    sse_init(&sse, EVENT_MAX, &ops, log);
    for (size_t at = 0; at < size; at += now) {
        char *part;

        now = size - at < step ? size - at : step;
        part = xmemdup0(data + at, now);
        sse_feed(&sse, part, now);
        free(part);
    }
    sse_residue(&sse, &residue);
    sse_end(&sse);
    bytes_printf(log, "\n%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRId64,
                 residue.bytes, residue.offset, sse.oversized, sse.fields, sse.comments, sse.retry);
    sse_release(&sse);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes whole, cut;

    if (!size)
        return 0;
    bytes_init(&whole, (size_t)1 << 26);
    bytes_init(&cut, (size_t)1 << 26);
    decode(data + 1, size - 1, size, &whole);
    decode(data + 1, size - 1, 1 + data[0] % 8, &cut);
    if (whole.len != cut.len || memcmp(bytes_text(&whole), bytes_text(&cut), cut.len) != 0)
        abort();
    bytes_release(&whole);
    bytes_release(&cut);
    return 0;
}
