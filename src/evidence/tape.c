#include "evidence/tape.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "evidence/capture_line.h"
#include "evidence/record.h"
#include "judge/judge.h"
#include "judge/sse.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    LINE_MAX_BYTES = 256 * 1024 * 1024, /* a request of the largest size, escaped */
    READ_STEP = 64 * 1024,
    FEED_STEP = 16 * 1024, /* events are decoded in parts, so that few more than asked for are */
    SPACING = 64 * 1024,
    MARKS = 16 * 1024,
};

/* ---- lines of the file, from any of them on ---- */

struct lines {
    int fd;
    uint64_t at;       /* of `held` in the file */
    struct bytes held; /* what was read of it */
    size_t taken;      /* of that; the next line begins there */
    bool failed;
};

static void lines_seek(struct lines *lines, uint64_t at)
{
    lines->at = at;
    lines->taken = 0;
    bytes_clear(&lines->held);
}

static bool lines_more(struct lines *lines)
{
    char part[READ_STEP];
    ssize_t got;

    if (lines->taken > 0) {
        bytes_drop(&lines->held, lines->taken);
        lines->at += lines->taken;
        lines->taken = 0;
    }
    do
        got = pread(lines->fd, part, sizeof(part), (off_t)(lines->at + lines->held.len));
    while (got < 0 && errno == EINTR);
    lines->failed |= got < 0;
    return got > 0 && bytes_append(&lines->held, part, (size_t)got);
}

/* The next whole line with its newline, valid until the next call; its place is `*at`. */
static bool lines_next(struct lines *lines, const char **line, size_t *len, uint64_t *at)
{
    size_t searched = 0;

    for (;;) {
        const char *begin = bytes_text(&lines->held) + lines->taken;
        size_t there = lines->held.len - lines->taken;
        const char *newline = memchr(begin + searched, '\n', there - searched);

        if (newline) {
            *line = begin;
            *len = (size_t)(newline - begin) + 1;
            *at = lines->at + lines->taken;
            lines->taken += *len;
            return true;
        }
        searched = there;
        if (!lines_more(lines))
            return false;
    }
}

/* ---- places that are remembered ---- */

struct mark {
    uint64_t offset; /* in the body */
    uint64_t number; /* of the read or event that begins there */
    uint64_t line;   /* of a read: its line in the file */
};

struct marks {
    struct mark *items;
    size_t count, max;
    size_t step;
};

/* Where there are too many, every other one goes, and they lie twice as far apart from then on. */
static void marks_thin(struct marks *marks)
{
    for (size_t i = 0; 2 * i < marks->count; i++)
        marks->items[i] = marks->items[2 * i];
    marks->count = (marks->count + 1) / 2;
    marks->step *= 2;
}

static void marks_add(struct marks *marks, const struct mark *mark)
{
    if (marks->count && mark->offset - marks->items[marks->count - 1].offset < marks->step)
        return;
    if (marks->count == marks->max) {
        marks_thin(marks);
        marks_add(marks, mark);
        return;
    }
    if (!(marks->count & (marks->count - 1)))
        marks->items =
            xreallocarray(marks->items, marks->count ? 2 * marks->count : 1, sizeof(*marks->items));
    marks->items[marks->count++] = *mark;
}

/* The last one whose offset, or number, is not behind `at`; NULL when there is none. */
static const struct mark *marks_find(const struct marks *marks, uint64_t at, bool by_number)
{
    size_t low = 0, high = marks->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct mark *mark = &marks->items[middle];

        if ((by_number ? mark->number : mark->offset) <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? &marks->items[low - 1] : NULL;
}

/* ---- the tape ---- */

struct tape {
    int fd;
    struct record_header record;
    struct lines ahead;  /* where it is being looked through */
    struct lines place;  /* where something is read again */
    struct bytes looked; /* the bytes of one line */
    struct bytes shown;  /* the same, of what is read again */
    struct marks reads, events;
    struct sse sse;
    struct tape_extent extent;
};

static void on_event(void *context, const struct sse_event *event)
{
    struct tape *tape = context;

    marks_add(&tape->events, &(struct mark){.offset = event->offset, .number = event->number});
}

static void on_stray(void *context, const char *line, size_t len, uint64_t offset)
{
    (void)context;
    (void)line;
    (void)len;
    (void)offset;
}

static const struct sse_ops index_ops = {.event = on_event, .stray = on_stray};

static bool read_header(struct tape *tape, const char *path, struct error *error)
{
    const char *line;
    uint64_t at;
    size_t len;

    if (!lines_next(&tape->ahead, &line, &len, &at))
        return error_at(error, ERROR_FILE, path, 1, 0,
                        "this is no capture, or it ends within its first line");
    return record_read_header(path, line, len, &tape->record, error);
}

static int open_file(const char *path, struct error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat status;

    if (fd < 0) {
        error_errno(error, ERROR_FILE, errno, "%s cannot be read", path);
    } else if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
        error_set(error, ERROR_FILE, "%s is no file", path);
        close(fd);
        fd = -1;
    }
    return fd;
}

struct tape *tape_open(const char *path, const struct tape_spacing *spacing, struct error *error)
{
    static const struct tape_spacing usual = {.step = SPACING, .marks = MARKS};
    int fd = open_file(path, error);
    struct tape *tape;

    if (fd < 0)
        return NULL;
    if (!spacing)
        spacing = &usual;
    tape = xcalloc(1, sizeof(*tape));
    tape->fd = tape->ahead.fd = tape->place.fd = fd;
    bytes_init(&tape->ahead.held, LINE_MAX_BYTES);
    bytes_init(&tape->place.held, LINE_MAX_BYTES);
    bytes_init(&tape->looked, LINE_MAX_BYTES);
    bytes_init(&tape->shown, LINE_MAX_BYTES);
    tape->reads = tape->events = (struct marks){.max = spacing->marks, .step = spacing->step};
    if (!read_header(tape, path, error)) {
        tape_close(tape);
        return NULL;
    }
    tape->extent.kept = tape->record.header.body_kept;
    sse_init(&tape->sse, tape->record.rules.max_event_bytes, &index_ops, tape);
    return tape;
}

void tape_close(struct tape *tape)
{
    if (!tape)
        return;
    sse_release(&tape->sse);
    bytes_release(&tape->ahead.held);
    bytes_release(&tape->place.held);
    bytes_release(&tape->looked);
    bytes_release(&tape->shown);
    free(tape->reads.items);
    free(tape->events.items);
    record_header_release(&tape->record);
    close(tape->fd);
    free(tape);
}

const struct capture_header *tape_header(const struct tape *tape)
{
    return &tape->record.header;
}

/* ---- looking through it ---- */

static bool begins_with(const char *line, size_t len, const char *beginning)
{
    return len >= strlen(beginning) && memcmp(line, beginning, strlen(beginning)) == 0;
}

static bool take_read(struct tape *tape, const char *line, size_t len, uint64_t at)
{
    struct tape_extent *extent = &tape->extent;
    struct capture_line read = {0};

    bytes_clear(&tape->looked);
    if (!capture_line_scan(line, len, &read, &tape->looked) || (read.kind != 'n') != extent->kept)
        return false;
    extent->reads++;
    extent->last_us = read.since_start_us;
    marks_add(&tape->reads,
              &(struct mark){.offset = extent->bytes, .number = extent->reads, .line = at});
    if (extent->kept)
        sse_feed(&tape->sse, bytes_text(&tape->looked), tape->looked.len);
    extent->bytes += extent->kept ? tape->looked.len : read.len;
    extent->events = tape->sse.events;
    return true;
}

bool tape_extend(struct tape *tape, size_t budget)
{
    struct tape_extent *extent = &tape->extent;
    uint64_t from = extent->file_at, at;
    const char *line;
    size_t len;

    while (!extent->ended && !extent->broken) {
        if (extent->file_at - from >= budget)
            return true;
        if (!lines_next(&tape->ahead, &line, &len, &at)) {
            extent->broken = tape->ahead.failed;
            return false;
        }
        extent->file_at = at + len;
        if (begins_with(line, len, "{\"end\":"))
            extent->ended = true;
        else if (!begins_with(line, len, "{\"head\":"))
            extent->broken = !take_read(tape, line, len, at);
    }
    return false;
}

void tape_extent(const struct tape *tape, struct tape_extent *extent)
{
    struct stat status;

    *extent = tape->extent;
    if (fstat(tape->fd, &status) == 0)
        extent->file_size = (uint64_t)status.st_size;
}

/* ---- bytes ---- */

/* What a reader of bytes asked for. */
struct wanted {
    uint64_t from, to;
    bool (*piece)(void *context, const struct tape_piece *piece);
    void *context;
};

/* The part of one read that was asked for; false when no more is wanted. */
static bool give_part(const struct wanted *wanted, const struct mark *read,
                      const struct capture_line *line, const struct bytes *data)
{
    size_t len = line->kind == 'n' ? line->len : data->len;
    size_t skip = wanted->from > read->offset ? (size_t)(wanted->from - read->offset) : 0;
    size_t end = wanted->to < read->offset + len ? (size_t)(wanted->to - read->offset) : len;

    if (skip >= end)
        return true;
    return wanted->piece(wanted->context, &(struct tape_piece){
                                              .data = line->kind == 'n' ? NULL : data->data + skip,
                                              .len = end - skip,
                                              .offset = read->offset + skip,
                                              .read = read->number,
                                              .since_start_us = line->since_start_us,
                                              .begins = skip == 0,
                                              .ends = end == len,
                                          });
}

bool tape_read(struct tape *tape, uint64_t offset, uint64_t len,
               bool (*piece)(void *context, const struct tape_piece *piece), void *context)
{
    uint64_t known = tape->extent.bytes, ignored;
    struct wanted wanted = {.from = offset, .piece = piece, .context = context};
    const struct mark *near = marks_find(&tape->reads, offset, false);
    struct mark read;
    const char *line;
    size_t line_len;

    if (offset >= known || !near)
        return true;
    wanted.to = known - offset < len ? known : offset + len;
    read = *near;
    lines_seek(&tape->place, read.line);
    while (read.offset < wanted.to) {
        struct capture_line found = {0};

        bytes_clear(&tape->shown);
        if (!lines_next(&tape->place, &line, &line_len, &ignored) ||
            !capture_line_scan(line, line_len, &found, &tape->shown))
            return false;
        if (!give_part(&wanted, &read, &found, &tape->shown))
            return true;
        read.offset += found.kind == 'n' ? found.len : tape->shown.len;
        read.number++;
    }
    return true;
}

/* ---- events ---- */

/* Events that are decoded from a mark on. */
struct decoding {
    struct judge *judge;
    struct mark from;
    uint64_t first, end;
    int64_t time_us;
    bool done;
    void (*event)(void *context, const struct judge_event *event, int64_t since_start_us);
    void *context;
};

static void on_decoded(void *context, const struct judge_event *event)
{
    struct decoding *decoding = context;
    struct judge_event told = *event;

    told.number += decoding->from.number - 1;
    told.offset += decoding->from.offset;
    decoding->done = told.number + 1 >= decoding->end;
    if (told.number >= decoding->first && told.number < decoding->end)
        decoding->event(decoding->context, &told, decoding->time_us);
}

static bool decode(void *context, const struct tape_piece *piece)
{
    struct decoding *decoding = context;

    decoding->time_us = piece->since_start_us;
    for (size_t at = 0; at < piece->len && !decoding->done; at += FEED_STEP) {
        size_t part = piece->len - at < FEED_STEP ? piece->len - at : FEED_STEP;

        judge_body(decoding->judge, piece->data + at, part);
    }
    return !decoding->done;
}

/* The judge takes the bytes for a stream, wherever in it they begin. */
static void say_event_stream(struct judge *judge)
{
    struct http_headers headers = {0};

    http_headers_add(&headers, "content-type", "text/event-stream");
    judge_headers(judge, 200, &headers);
    http_headers_release(&headers);
}

bool tape_events(struct tape *tape, uint64_t first, uint64_t count,
                 void (*event)(void *context, const struct judge_event *event,
                               int64_t since_start_us),
                 void *context)
{
    const struct mark *near = marks_find(&tape->events, first, true);
    struct decoding decoding = {
        .first = first, .end = first + count, .event = event, .context = context};
    bool good;

    if (!near || count == 0 || first > tape->extent.events)
        return true;
    decoding.from = *near;
    decoding.judge =
        judge_new(tape->record.header.operation, &tape->record.rules, &tape->record.facts);
    judge_on_event(decoding.judge, on_decoded, &decoding);
    say_event_stream(decoding.judge);
    good = tape_read(tape, near->offset, UINT64_MAX - near->offset, decode, &decoding);
    judge_free(decoding.judge);
    return good;
}
