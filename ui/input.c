#include "ui/input.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/text.h"

enum {
    ESCAPE = 0x1b,
    BELL = 0x07,
    PENDING_MAX = 64, /* no sequence of a key is longer */
    PARAMETERS_MAX = 4,
};

enum state {
    STATE_KEYS,
    STATE_PASTE,
    STATE_STRING,   /* inside an OSC, DCS, APC, PM or SOS string: swallowed */
    STATE_OVERLONG, /* inside a CSI too long for any key: swallowed up to its final byte */
};

struct input {
    void (*event)(void *context, const struct input_event *event);
    void *context;
    enum state state;
    unsigned char pending[PENDING_MAX];
    size_t pending_len;
    unsigned char opener; /* of a string of which nothing else came yet; else 0 */
    struct bytes paste;
    bool paste_cut;
};

struct input *input_new(void (*event)(void *context, const struct input_event *event),
                        void *context)
{
    struct input *input = xcalloc(1, sizeof(*input));

    input->event = event;
    input->context = context;
    bytes_init(&input->paste, INPUT_PASTE_MAX);
    return input;
}

void input_free(struct input *input)
{
    if (!input)
        return;
    bytes_release(&input->paste);
    free(input);
}

static void emit_key(struct input *input, struct key key, size_t used)
{
    const struct input_event event = {
        .kind = INPUT_KEY,
        .key = key,
        .bytes = (const char *)input->pending,
        .len = used,
    };

    input->event(input->context, &event);
}

static void drop(struct input *input, size_t used)
{
    input->pending_len -= used;
    memmove(input->pending, input->pending + used, input->pending_len);
}

/* ---- sequences ---- */

struct sequence {
    unsigned char private; /* '<' for the mouse, 0 for none */
    unsigned char final;
    int parameters[PARAMETERS_MAX];
    size_t count;
    size_t used;
};

static unsigned modifiers_of(int parameter)
{
    unsigned flags = parameter > 1 ? (unsigned)parameter - 1 : 0;

    return flags & (KEY_SHIFTED | KEY_ALT | KEY_CONTROL);
}

/* A character as keyboards of newer protocols name it. */
static struct key key_of_code(int code, unsigned modifiers)
{
    struct key key = {.code = (uint32_t)code, .modifiers = modifiers};

    switch (code) {
    case '\r':
        key.code = KEY_CODE_ENTER;
        break;
    case '\t':
        key.code = KEY_CODE_TAB;
        break;
    case ESCAPE:
        key.code = KEY_CODE_ESCAPE;
        break;
    case 0x7f:
    case 0x08:
        key.code = KEY_CODE_BACKSPACE;
        break;
    default:
        if (code < ' ' || code > 0x10ffff)
            key.code = 0;
        else
            key.modifiers &= ~(unsigned)KEY_SHIFTED;
        break;
    }
    return key;
}

/* CSI n ~ */
static uint32_t code_of_number(int number)
{
    static const struct {
        int number;
        uint32_t code;
    } table[] = {
        {1, KEY_CODE_HOME},     {2, KEY_CODE_INSERT},   {3, KEY_CODE_DELETE},
        {4, KEY_CODE_END},      {5, KEY_CODE_PAGE_UP},  {6, KEY_CODE_PAGE_DOWN},
        {7, KEY_CODE_HOME},     {8, KEY_CODE_END},      {11, KEY_CODE_F1},
        {12, KEY_CODE_F1 + 1},  {13, KEY_CODE_F1 + 2},  {14, KEY_CODE_F1 + 3},
        {15, KEY_CODE_F1 + 4},  {17, KEY_CODE_F1 + 5},  {18, KEY_CODE_F1 + 6},
        {19, KEY_CODE_F1 + 7},  {20, KEY_CODE_F1 + 8},  {21, KEY_CODE_F1 + 9},
        {23, KEY_CODE_F1 + 10}, {24, KEY_CODE_F1 + 11},
    };

    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
        if (table[i].number == number)
            return table[i].code;
    return 0;
}

/* The final byte of CSI and SS3 keys. */
static uint32_t code_of_final(unsigned char final)
{
    switch (final) {
    case 'A':
        return KEY_CODE_UP;
    case 'B':
        return KEY_CODE_DOWN;
    case 'C':
        return KEY_CODE_RIGHT;
    case 'D':
        return KEY_CODE_LEFT;
    case 'H':
        return KEY_CODE_HOME;
    case 'F':
        return KEY_CODE_END;
    case 'M':
        return KEY_CODE_ENTER;
    case 'P':
    case 'Q':
    case 'R':
    case 'S':
        return KEY_CODE_F1 + (uint32_t)(final - 'P');
    default:
        return 0;
    }
}

static void tell_mouse(struct input *input, const struct sequence *sequence)
{
    struct input_event event = {.kind = INPUT_MOUSE};
    int flags = sequence->parameters[0];

    if (sequence->count < 3 || sequence->parameters[1] < 1 || sequence->parameters[2] < 1)
        return;
    event.button = flags & 3;
    event.column = sequence->parameters[1] - 1;
    event.row = sequence->parameters[2] - 1;
    if ((flags & 64) && (flags & 2)) /* a wheel to the sides */
        return;
    if (flags & 64)
        event.action = (flags & 1) ? MOUSE_WHEEL_DOWN : MOUSE_WHEEL_UP;
    else if (flags & 32)
        event.action = MOUSE_MOVE;
    else
        event.action = sequence->final == 'm' ? MOUSE_RELEASE : MOUSE_PRESS;
    input->event(input->context, &event);
}

static void tell_csi(struct input *input, const struct sequence *sequence)
{
    const int *parameters = sequence->parameters;
    struct key key = {.modifiers = modifiers_of(parameters[1])};

    if (sequence->private == '<' && (sequence->final == 'M' || sequence->final == 'm')) {
        tell_mouse(input, sequence);
        return;
    }
    if (sequence->private)
        return;
    switch (sequence->final) {
    case '~':
        if (parameters[0] == 200) {
            input->state = STATE_PASTE;
            return;
        }
        if (parameters[0] == 27 && sequence->count >= 3)
            key = key_of_code(parameters[2], key.modifiers);
        else
            key.code = code_of_number(parameters[0]);
        break;
    case 'u':
        key = key_of_code(parameters[0], key.modifiers);
        break;
    case 'Z':
        key = (struct key){.code = KEY_CODE_TAB, .modifiers = KEY_SHIFTED};
        break;
    default:
        key.code = code_of_final(sequence->final);
        break;
    }
    if (key.code)
        emit_key(input, key, sequence->used);
}

/*
 * Read "ESC [ …". Answers the bytes used, 0 when more must come. A byte that cannot be in a
 * sequence ends it before itself, unnoticed.
 */
static size_t read_csi(const unsigned char *data, size_t len, struct sequence *sequence)
{
    size_t at = 2;

    if (at < len && data[at] == '[') /* the function keys of the Linux console */
        return len > at + 1 ? at + 2 : 0;
    if (at < len && data[at] >= '<' && data[at] <= '?')
        sequence->private = data[at++];
    for (; at < len; at++) {
        unsigned char byte = data[at];
        int *parameter = &sequence->parameters[sequence->count];

        if (byte >= '0' && byte <= '9') {
            if (sequence->count < PARAMETERS_MAX && *parameter < 0x110000)
                *parameter = *parameter * 10 + (byte - '0');
        } else if (byte == ';') {
            if (sequence->count < PARAMETERS_MAX)
                sequence->count++;
        } else if (byte >= 0x40 && byte <= 0x7e) {
            if (sequence->count < PARAMETERS_MAX)
                sequence->count++;
            sequence->final = byte;
            return sequence->used = at + 1;
        } else if (byte < 0x20 || byte > 0x7e) {
            return at;
        }
    }
    return 0;
}

/* "ESC O x", with the modifier digits some terminals put between. */
static size_t take_ss3(struct input *input, bool last)
{
    size_t at = 2;
    unsigned modifiers = 0;

    while (at < input->pending_len && input->pending[at] >= '0' && input->pending[at] <= '9')
        modifiers = modifiers_of(input->pending[at++] - '0');
    if (at < input->pending_len) {
        uint32_t code = code_of_final(input->pending[at]);

        if (code)
            emit_key(input, (struct key){.code = code, .modifiers = modifiers}, at + 1);
        return input->pending[at] < ' ' || input->pending[at] > 0x7e ? at : at + 1;
    }
    if (!last)
        return 0;
    if (at == 2)
        emit_key(input, (struct key){.code = 'O', .modifiers = KEY_ALT}, at);
    return at;
}

static size_t take_csi(struct input *input, bool last)
{
    struct sequence sequence = {0};
    size_t used = read_csi(input->pending, input->pending_len, &sequence);

    if (used == 0 && last) {
        if (input->pending_len == 2)
            emit_key(input, (struct key){.code = '[', .modifiers = KEY_ALT}, 2);
        return input->pending_len;
    }
    if (used == 4 && input->pending[2] == '[') {
        int number = input->pending[3] - 'A';

        if (number >= 0 && number < 5)
            emit_key(input, (struct key){.code = KEY_CODE_F1 + (uint32_t)number}, used);
        return used;
    }
    if (sequence.final)
        tell_csi(input, &sequence);
    return used;
}

/* A character or control byte at `from`; answers the bytes used, 0 when more must come. */
static size_t take_character(struct input *input, size_t from, unsigned modifiers)
{
    unsigned char byte = input->pending[from];
    struct key key = {.modifiers = modifiers};
    size_t used;

    if (byte >= ' ' && byte != 0x7f) {
        used =
            utf8_decode((const char *)input->pending + from, input->pending_len - from, &key.code);
        if (used == 0)
            return 0;
        if (key.code != UTF8_INVALID && !(key.code >= 0x80 && key.code < 0xa0))
            emit_key(input, key, from + used);
        return from + used;
    }
    if (byte == '\r' || byte == '\t' || byte == 0x7f || byte == 0x08) {
        key = key_of_code(byte, modifiers);
    } else {
        key.code = byte == 0 ? ' ' : byte < 0x1b ? (uint32_t)(byte + 0x60) : byte + 0x40u;
        key.modifiers |= KEY_CONTROL;
    }
    emit_key(input, key, from + 1);
    return from + 1;
}

static size_t take_escape(struct input *input, bool last)
{
    if (input->pending_len == 1 || input->pending[1] == ESCAPE) {
        if (input->pending_len == 1 && !last)
            return 0;
        emit_key(input, (struct key){.code = KEY_CODE_ESCAPE}, 1);
        return 1;
    }
    if (input->pending_len == 2 && last) /* Alt with the first byte of what is no sequence */
        return take_character(input, 1, KEY_ALT);
    switch (input->pending[1]) {
    case '[':
        return take_csi(input, last);
    case 'O':
        return take_ss3(input, last);
    case ']':
    case 'P':
    case '_':
    case '^':
    case 'X':
        input->state = STATE_STRING;
        input->opener = input->pending[1];
        return 2;
    default:
        return take_character(input, 1, KEY_ALT);
    }
}

/* Take one thing from the pending bytes; answers the bytes used, 0 when more must come. */
static size_t take(struct input *input, bool last)
{
    size_t used;

    if (input->pending[0] == ESCAPE)
        used = take_escape(input, last);
    else
        used = take_character(input, 0, 0);
    return used == 0 && last ? input->pending_len : used;
}

static void add_key_byte(struct input *input, unsigned char byte)
{
    input->pending[input->pending_len++] = byte;
    while (input->pending_len > 0 && input->state == STATE_KEYS) {
        size_t used = take(input, false);

        if (used == 0)
            break;
        drop(input, used);
    }
    if (input->state == STATE_KEYS && input->pending_len == PENDING_MAX) {
        input->state = STATE_OVERLONG;
        input->pending_len = 0;
    }
}

/* ---- pastes and swallowed strings ---- */

static void end_paste(struct input *input)
{
    const struct input_event event = {
        .kind = INPUT_PASTE,
        .bytes = bytes_text(&input->paste),
        .len = input->paste.len,
        .cut = input->paste_cut,
    };

    input->state = STATE_KEYS;
    input->event(input->context, &event);
    bytes_clear(&input->paste);
    input->paste_cut = false;
}

/* The beginning of the end mark is held in `pending` until it proves to be one or not. */
static void add_paste_byte(struct input *input, unsigned char byte)
{
    static const char mark[] = "\033[201~";

    if (byte == (unsigned char)mark[input->pending_len]) {
        input->pending[input->pending_len++] = byte;
        if (mark[input->pending_len] == '\0') {
            input->pending_len = 0;
            end_paste(input);
        }
        return;
    }
    if (input->pending_len > 0) {
        size_t held = input->pending_len;

        input->pending_len = 0;
        input->paste_cut |= !bytes_append(&input->paste, input->pending, held);
        add_paste_byte(input, byte);
        return;
    }
    input->paste_cut |= !bytes_append_byte(&input->paste, (char)byte);
}

static void add_string_byte(struct input *input, unsigned char byte)
{
    bool escaped = input->pending_len == 1;

    input->opener = 0;
    input->pending_len = 0;
    if (byte == BELL || (escaped && byte == '\\'))
        input->state = STATE_KEYS;
    else if (byte == ESCAPE)
        input->pending[input->pending_len++] = byte;
}

void input_feed(struct input *input, const char *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)data[i];

        switch (input->state) {
        case STATE_KEYS:
            add_key_byte(input, byte);
            break;
        case STATE_PASTE:
            add_paste_byte(input, byte);
            break;
        case STATE_STRING:
            add_string_byte(input, byte);
            break;
        case STATE_OVERLONG:
            if (byte >= 0x40 && byte <= 0x7e)
                input->state = STATE_KEYS;
            break;
        }
    }
}

bool input_split(const struct input_event *event, struct input_event parts[static 2])
{
    bool doubtful = event->kind == INPUT_KEY && (event->key.modifiers & KEY_ALT) &&
                    event->len >= 2 && event->bytes[0] == ESCAPE &&
                    (event->len == 2 || (event->bytes[1] != '[' && event->bytes[1] != 'O'));

    if (!doubtful)
        return false;
    parts[0] = parts[1] = *event;
    parts[0].key = (struct key){.code = KEY_CODE_ESCAPE};
    parts[0].len = 1;
    parts[1].key.modifiers &= ~(unsigned)KEY_ALT;
    parts[1].bytes++;
    parts[1].len--;
    return true;
}

bool input_is_waiting(const struct input *input)
{
    return input->state == STATE_STRING || input->state == STATE_OVERLONG ||
           (input->state == STATE_KEYS && input->pending_len > 0);
}

void input_flush(struct input *input)
{
    if (input->state == STATE_PASTE)
        return;
    if (input->state != STATE_KEYS)
        input->pending_len = 0;
    if (input->state == STATE_STRING && input->opener) {
        input->pending[input->pending_len++] = ESCAPE;
        input->pending[input->pending_len++] = input->opener;
    }
    input->state = STATE_KEYS;
    while (input->pending_len > 0)
        drop(input, take(input, true));
}
