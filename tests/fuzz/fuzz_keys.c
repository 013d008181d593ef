/* Keys: whatever a terminal sends, in any pieces, gives the same events. */
#include "base/bytes.h"
#include "ui/input.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void note(void *context, const struct input_event *event)
{
    char name[KEY_NAME] = "";

    if (event->kind == INPUT_KEY)
        key_name(event->key, name);
    bytes_printf(context, "%d %s %u %zu %d\n", (int)event->kind, name, event->key.code, event->len,
                 event->row);
}

static void feed(struct bytes *out, const uint8_t *data, size_t size, size_t step)
{
    struct input *input = input_new(note, out);

    for (size_t at = 0; at < size; at += step)
        input_feed(input, (const char *)data + at, size - at < step ? size - at : step);
    input_flush(input);
    input_free(input);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes whole, pieces;

    bytes_init(&whole, 1 << 24);
    bytes_init(&pieces, 1 << 24);
    feed(&whole, data, size, size ? size : 1);
    feed(&pieces, data, size, 1);
    if (strcmp(bytes_text(&whole), bytes_text(&pieces)) != 0)
        abort();
    bytes_release(&whole);
    bytes_release(&pieces);
    return 0;
}
