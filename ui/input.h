/*
 * From the bytes a terminal sends to keys and pastes: an own decoder, since that of ncurses waits
 * a second after every lone Esc (style.md "One loop").
 *
 * Pure: bytes in, events out, in whatever pieces they came. A sequence that is not understood is
 * swallowed whole; none of its bytes ever passes for a key. What a terminal brackets as a paste is
 * one event and never a key.
 */
#ifndef UI_INPUT_H
#define UI_INPUT_H

#include "ui/key.h"

#include <stdbool.h>
#include <stddef.h>

enum input_kind {
    INPUT_KEY,
    INPUT_PASTE,
    INPUT_MOUSE,
};

enum mouse_action { MOUSE_PRESS, MOUSE_RELEASE, MOUSE_MOVE, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };

struct input_event {
    enum input_kind kind;
    struct key key;    /* of a key */
    const char *bytes; /* of a key: as it came; of a paste: its text, whatever it holds */
    size_t len;
    bool cut; /* the paste was longer than INPUT_PASTE_MAX: the rest is lost */
    enum mouse_action action;
    int button, row, column; /* of the mouse, counted from 0 */
};

enum { INPUT_PASTE_MAX = 1 << 20 };

struct input;

struct input *input_new(void (*event)(void *context, const struct input_event *event),
                        void *context);
void input_free(struct input *input);

/* Events are told during the call; their bytes are valid during theirs. */
void input_feed(struct input *input, const char *data, size_t len);

/*
 * Most terminals send the same for a key with Alt as for Esc and that key typed at once. Of such an
 * event: the two keys that it may be, with `event`'s bytes. False: it is one key for certain.
 */
bool input_split(const struct input_event *event, struct input_event parts[static 2]);

/*
 * Bytes wait that may be the beginning of a sequence or a key by themselves (a lone Esc). When
 * nothing follows for INPUT_WAIT_US, input_flush() takes them for what they are.
 */
enum { INPUT_WAIT_US = 50000 };
bool input_is_waiting(const struct input *input);
void input_flush(struct input *input);

#endif
