#include "judge/sse.h"

#include <string.h>

static const char byte_order_mark[] = "\xEF\xBB\xBF";

enum {
    FIELD_ROOM = 64, /* what a line may hold besides the data of one whole event */
    RETRY_DIGITS = 15,
};

void sse_init(struct sse *sse, size_t max_event, const struct sse_ops *ops, void *context)
{
    *sse = (struct sse){.ops = ops, .context = context, .max_event = max_event, .retry = -1};
    bytes_init(&sse->line, max_event + FIELD_ROOM);
    bytes_init(&sse->data, max_event + 1);
    bytes_init(&sse->type, max_event + FIELD_ROOM);
    bytes_init(&sse->id, max_event + FIELD_ROOM);
}

void sse_release(struct sse *sse)
{
    bytes_release(&sse->line);
    bytes_release(&sse->data);
    bytes_release(&sse->type);
    bytes_release(&sse->id);
}

/* The pending event is too large: it is read to its end and dropped. */
static void drop_event(struct sse *sse)
{
    sse->over = true;
    sse->slice = NULL;
    bytes_clear(&sse->data);
    if (sse->oversized)
        return;
    sse->oversized = sse->events + 1;
    sse->oversized_offset = sse->event_offset;
}

static void begin_event(struct sse *sse)
{
    if (sse->in_event)
        return;
    sse->in_event = true;
    sse->event_offset = sse->line_offset;
}

static void reset_event(struct sse *sse)
{
    sse->in_event = sse->has_data = sse->over = false;
    sse->slice = NULL;
    bytes_clear(&sse->data);
    bytes_clear(&sse->type);
}

/* The slice points into memory that the caller is about to take back. */
static void keep_slice(struct sse *sse)
{
    if (!sse->slice)
        return;
    bytes_append(&sse->data, sse->slice, sse->slice_len);
    sse->slice = NULL;
}

static void dispatch(struct sse *sse)
{
    struct sse_event event;

    if (sse->over)
        sse->events++;
    if (sse->over || !sse->has_data) {
        reset_event(sse);
        return;
    }
    event = (struct sse_event){
        .number = ++sse->events,
        .offset = sse->event_offset,
        .type = sse->type.len ? sse->type.data : "message",
        .type_len = sse->type.len ? sse->type.len : strlen("message"),
        .data = sse->slice ? sse->slice : bytes_text(&sse->data),
        .data_len = sse->slice ? sse->slice_len : sse->data.len,
        .id = bytes_text(&sse->id),
        .id_len = sse->id.len,
    };
    sse->ops->event(sse->context, &event);
    reset_event(sse);
}

/* `in_read`: the value lies in the caller's read and stays there until sse_feed() returns. */
static void add_data(struct sse *sse, const char *value, size_t len, bool in_read)
{
    size_t have = sse->slice ? sse->slice_len : sse->data.len;

    if (sse->over)
        return;
    if ((sse->has_data ? have + 1 : 0) + len > sse->max_event) {
        drop_event(sse);
        return;
    }
    if (!sse->has_data && in_read) {
        sse->slice = value;
        sse->slice_len = len;
    } else {
        keep_slice(sse);
        if (sse->has_data)
            bytes_append_byte(&sse->data, '\n');
        bytes_append(&sse->data, value, len);
    }
    sse->has_data = true;
}

static void set_retry(struct sse *sse, const char *value, size_t len)
{
    int64_t retry = 0;

    if (!len || len > RETRY_DIGITS)
        return;
    for (size_t i = 0; i < len; i++) {
        if (value[i] < '0' || value[i] > '9')
            return;
        retry = retry * 10 + (value[i] - '0');
    }
    sse->retry = retry;
}

static void set_field(struct bytes *field, const char *value, size_t len)
{
    bytes_clear(field);
    bytes_append(field, value, len);
}

static bool name_is(const char *name, size_t len, const char *word)
{
    return strlen(word) == len && memcmp(name, word, len) == 0;
}

static void take_field(struct sse *sse, const char *line, size_t len, bool in_read)
{
    const char *colon = memchr(line, ':', len);
    size_t name_len = colon ? (size_t)(colon - line) : len;
    const char *value = colon ? colon + 1 : line + len;
    size_t value_len = (size_t)(line + len - value);

    if (value_len && *value == ' ') {
        value++;
        value_len--;
    }
    if (!name_is(line, name_len, "data") && !name_is(line, name_len, "event") &&
        !name_is(line, name_len, "id") && !name_is(line, name_len, "retry")) {
        sse->strays++;
        sse->ops->stray(sse->context, line, len, sse->line_offset);
        return;
    }
    sse->fields++;
    begin_event(sse);
    if (*line == 'd')
        add_data(sse, value, value_len, in_read);
    else if (*line == 'e')
        set_field(&sse->type, value, value_len);
    else if (*line == 'r')
        set_retry(sse, value, value_len);
    else if (!memchr(value, '\0', value_len))
        set_field(&sse->id, value, value_len);
}

static void take_line(struct sse *sse, const char *line, size_t len, bool in_read)
{
    if (!len) {
        dispatch(sse);
    } else if (*line == ':') {
        sse->comments++;
    } else if (len > sse->line.max) {
        begin_event(sse);
        drop_event(sse);
    } else {
        take_field(sse, line, len, in_read);
    }
}

/* One more part of a line that is not whole within a read. */
static void join_line(struct sse *sse, const char *part, size_t len)
{
    if (sse->skip_line)
        return;
    if (!sse->line.len && *part == ':') {
        sse->comments++;
        sse->skip_line = true;
    } else if (!bytes_append(&sse->line, part, len)) {
        bytes_clear(&sse->line);
        begin_event(sse);
        drop_event(sse);
        sse->skip_line = true;
    }
}

/* The bytes up to the end of this read begin a line, or go on with one. */
static void keep_line(struct sse *sse, const char *part, size_t len, uint64_t offset)
{
    if (!sse->line.len && !sse->skip_line)
        sse->line_offset = offset;
    join_line(sse, part, len);
}

/* `part` ends a line; its beginning may lie in earlier reads. */
static void end_line(struct sse *sse, const char *part, size_t len, uint64_t offset)
{
    if (!sse->line.len && !sse->skip_line) {
        sse->line_offset = offset;
        take_line(sse, part, len, true);
        return;
    }
    if (len)
        join_line(sse, part, len);
    if (!sse->skip_line)
        take_line(sse, sse->line.data, sse->line.len, false);
    sse->skip_line = false;
    bytes_clear(&sse->line);
}

/* Pass over one byte order mark at the very beginning. Answers the bytes used. */
static size_t skip_mark(struct sse *sse, const char *data, size_t len)
{
    const unsigned char whole = sizeof(byte_order_mark) - 1;
    size_t used = 0;

    while (sse->bom < whole && used < len && data[used] == byte_order_mark[sse->bom]) {
        sse->bom++;
        used++;
    }
    if (sse->bom < whole && used < len) {
        /* It was none; the bytes passed over in earlier reads begin the first line. */
        bytes_append(&sse->line, byte_order_mark, (size_t)(sse->bom - used));
        sse->bom = whole;
        used = 0;
    }
    return used;
}

/* The next `byte` at or behind `at`, `end` when there is none; `known` is an earlier answer. */
static const char *next_byte(const char *known, char byte, const char *at, const char *end)
{
    if (known && known >= at)
        return known;
    known = memchr(at, byte, (size_t)(end - at));
    return known ? known : end;
}

void sse_feed(struct sse *sse, const char *data, size_t len)
{
    const char *end = data + len, *at, *lf = NULL, *cr = NULL, *eol;
    const uint64_t base = sse->offset;

    if (!len)
        return;
    sse->offset += len;
    at = data + skip_mark(sse, data, len);
    while (at < end) {
        if (sse->skip_lf) {
            sse->skip_lf = false;
            if (*at == '\n') {
                at++;
                continue;
            }
        }
        lf = next_byte(lf, '\n', at, end);
        cr = next_byte(cr, '\r', at, end);
        eol = lf < cr ? lf : cr;
        if (eol == end) {
            keep_line(sse, at, (size_t)(end - at), base + (uint64_t)(at - data));
            break;
        }
        end_line(sse, at, (size_t)(eol - at), base + (uint64_t)(at - data));
        sse->skip_lf = *eol == '\r';
        at = eol + 1;
    }
    keep_slice(sse);
}

void sse_end(struct sse *sse)
{
    const char *line = bytes_text(&sse->line);

    if (*line == '{' || strncmp(line, "error", strlen("error")) == 0)
        sse->ops->stray(sse->context, line, sse->line.len, sse->line_offset);
}

void sse_residue(const struct sse *sse, struct sse_residue *residue)
{
    *residue = (struct sse_residue){
        .data = sse->has_data ? (sse->slice ? sse->slice : bytes_text(&sse->data)) : NULL,
        .data_len = sse->slice ? sse->slice_len : sse->data.len,
        .line = bytes_text(&sse->line),
        .line_len = sse->line.len,
    };
    if (!sse->in_event && !sse->line.len)
        return;
    residue->offset = sse->in_event ? sse->event_offset : sse->line_offset;
    residue->bytes = sse->offset - residue->offset;
}
