#include "evidence/capture.h"

#include "base/base64.h"
#include "base/bytes.h"
#include "base/memory.h"
#include "base/redact.h"
#include "base/text.h"
#include "evidence/record.h"
#include "net/syncer.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>

enum {
    BUFFER_SIZE = 256 * 1024,
    SLICE = 12 * 1024, /* divisible by three; six times that fits the buffer */
    LINE_EDGE = 64,    /* what a line of a read holds besides its bytes */
};

struct capture_writer {
    const struct file_ops *ops;
    char *path;
    char *temporary;
    int fd; /* at the end that of the folder */
    struct digest *digest;
    char *buffer;
    size_t used;
    bool body_kept;
    int failure; /* errno of the first write that failed; nothing is written after it */
    /* of the end: */
    bool renamed;
    struct syncer *syncer;
    void (*ended)(void *context, const struct error *error);
    void *context;
};

/* ---- writing through the buffer ---- */

static bool failed(const struct capture_writer *writer, struct error *error)
{
    return error_errno(error, ERROR_FILE, writer->failure,
                       "%s cannot be written, nothing of this answer is kept", writer->path);
}

static void flush(struct capture_writer *writer)
{
    if (writer->used == 0)
        return;
    if (!writer->failure && !file_write_all(writer->ops, writer->fd, writer->buffer, writer->used))
        writer->failure = errno;
    digest_update(writer->digest, writer->buffer, writer->used);
    writer->used = 0;
}

/* Where the next `len` bytes may be put; `len` is at most BUFFER_SIZE. */
static char *room(struct capture_writer *writer, size_t len)
{
    if (BUFFER_SIZE - writer->used < len)
        flush(writer);
    return writer->buffer + writer->used;
}

static void put(struct capture_writer *writer, const char *data, size_t len)
{
    while (len) {
        size_t part = len < SLICE ? len : SLICE;

        memcpy(room(writer, part), data, part);
        writer->used += part;
        data += part;
        len -= part;
    }
}

/* 0: as it stands; 'u': \u00XX; else the letter behind the backslash. */
static const char escapes[256] = {
    'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'b',         't',           'n', 'u',
    'f', 'r', 'u', 'u', 'u', 'u', 'u', 'u', 'u',         'u',           'u', 'u',
    'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', ['"'] = '"', ['\\'] = '\\',
};

/* How many of the eight bytes at `in` stand as they are before the first that does not. */
static size_t plain_bytes(const unsigned char *in)
{
    static const uint64_t ones = 0x0101010101010101, highs = 0x8080808080808080;
    uint64_t word, quote, backslash, special;

    memcpy(&word, in, sizeof(word));
    word = le64toh(word); /* the lowest bits come first in memory */
    quote = word ^ ones * '"';
    backslash = word ^ ones * '\\';
    special = (((word - ones * ' ') & ~word) | ((quote - ones) & ~quote) |
               ((backslash - ones) & ~backslash)) &
              highs;
    return special ? (size_t)__builtin_ctzll(special) / 8 : sizeof(word);
}

static char *escape_byte(char *out, unsigned char byte)
{
    static const char digits[] = "0123456789abcdef";
    char escaped = escapes[byte];

    if (!escaped) {
        *out++ = (char)byte;
        return out;
    }
    *out++ = '\\';
    *out++ = escaped;
    if (escaped != 'u')
        return out;
    *out++ = '0';
    *out++ = '0';
    *out++ = digits[byte >> 4];
    *out++ = digits[byte & 15];
    return out;
}

/* Valid UTF-8 as the inside of a JSON string; at most six bytes for each. */
static char *escape(char *out, const unsigned char *in, size_t len)
{
    const unsigned char *end = in + len;

    while (end - in >= 8) {
        size_t plain = plain_bytes(in);

        memcpy(out, in, 8); /* all eight have room: each of them will take as much or more */
        out += plain;
        in += plain;
        if (plain < 8)
            out = escape_byte(out, *in++);
    }
    while (in < end)
        out = escape_byte(out, *in++);
    return out;
}

static void put_text(struct capture_writer *writer, const char *data, size_t len)
{
    for (size_t at = 0; at < len; at += SLICE) {
        size_t part = len - at < SLICE ? len - at : SLICE;
        char *out = room(writer, 6 * SLICE);

        out = escape(out, (const unsigned char *)data + at, part);
        writer->used = (size_t)(out - writer->buffer);
    }
}

static void put_base64(struct capture_writer *writer, const char *data, size_t len)
{
    for (size_t at = 0; at < len; at += SLICE) {
        size_t part = len - at < SLICE ? len - at : SLICE;

        writer->used += base64_encode(data + at, part, room(writer, BASE64_LENGTH(SLICE)));
    }
}

static void put_read(struct capture_writer *writer, const char *data, size_t len,
                     int64_t since_start_us)
{
    bool text = writer->body_kept && utf8_valid(data, len, NULL);
    char *edge = room(writer, LINE_EDGE);

    if (!writer->body_kept) {
        writer->used += (size_t)snprintf(edge, LINE_EDGE, "{\"t\":%" PRId64 ",\"n\":%zu}\n",
                                         since_start_us, len);
        return;
    }
    writer->used += (size_t)snprintf(edge, LINE_EDGE, "{\"t\":%" PRId64 ",\"%c\":\"",
                                     since_start_us, text ? 'd' : 'b');
    if (text)
        put_text(writer, data, len);
    else
        put_base64(writer, data, len);
    put(writer, "\"}\n", 3);
}

/* ---- the writer ---- */

static void writer_free(struct capture_writer *writer)
{
    if (writer->fd >= 0)
        writer->ops->close(writer->fd);
    digest_free(writer->digest);
    free(writer->buffer);
    free(writer->temporary);
    free(writer->path);
    free(writer);
}

static bool open_temporary(struct capture_writer *writer, struct error *error)
{
    if (file_exists(writer->path))
        return error_set(error, ERROR_FILE, "%s exists already; a capture replaces nothing",
                         writer->path);
    writer->fd =
        writer->ops->open(writer->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (writer->fd < 0)
        return error_errno(error, ERROR_FILE, errno,
                           "%s cannot be made, nothing of this answer is kept", writer->temporary);
    (void)flock(writer->fd, LOCK_EX | LOCK_NB); /* tells leftover_find() that it is being written */
    return true;
}

struct capture_writer *capture_create(const struct file_ops *ops, const char *path,
                                      const struct capture_header *header, struct error *error)
{
    struct capture_writer *writer = xmalloc(sizeof(*writer));
    struct bytes line;

    *writer = (struct capture_writer){
        .ops = ops ? ops : &file_ops_system,
        .path = xstrdup(path),
        .temporary = xasprintf("%s.%s.part", path, header->id),
        .fd = -1,
        .digest = digest_new(),
        .buffer = xmalloc(BUFFER_SIZE),
        .body_kept = header->body_kept,
    };
    if (!open_temporary(writer, error)) {
        writer_free(writer);
        return NULL;
    }
    /* Bounded by what was sent, which is in memory anyway. */
    bytes_init(&line, SIZE_MAX / 2);
    record_write_header(header, &line);
    if (header->redactor)
        redact(header->redactor, line.data, line.len);
    put(writer, bytes_text(&line), line.len);
    bytes_release(&line);
    flush(writer);
    return writer;
}

bool capture_head(struct capture_writer *writer, const struct http_result *result,
                  int64_t since_start_us, struct error *error)
{
    struct bytes line;

    bytes_init(&line, SIZE_MAX / 2); /* bounded by the limit on header bytes */
    record_write_head(result, since_start_us, &line);
    put(writer, bytes_text(&line), line.len);
    bytes_release(&line);
    return capture_flush(writer, error);
}

bool capture_flush(struct capture_writer *writer, struct error *error)
{
    flush(writer);
    return !writer->failure || failed(writer, error);
}

const char *capture_writer_path(const struct capture_writer *writer)
{
    return writer->renamed ? writer->path : writer->temporary;
}

bool capture_read(struct capture_writer *writer, const char *data, size_t len,
                  int64_t since_start_us, struct error *error)
{
    while (len && !writer->failure) {
        size_t part = len < CAPTURE_READ_MAX ? len : CAPTURE_READ_MAX;

        put_read(writer, data, part, since_start_us);
        data += part;
        len -= part;
    }
    return !writer->failure || failed(writer, error);
}

/* The digest covers everything in front of it, so that no byte of the file can change unseen. */
static void put_end(struct capture_writer *writer, const struct http_result *result,
                    char digest[static DIGEST_TEXT])
{
    char text[DIGEST_TEXT];
    struct bytes line;

    bytes_init(&line, SIZE_MAX / 2);
    record_write_result(result, &line);
    put(writer, bytes_text(&line), line.len);
    bytes_release(&line);
    flush(writer);
    digest_text(writer->digest, text);
    writer->used = (size_t)snprintf(writer->buffer, BUFFER_SIZE, CAPTURE_TAIL, text);
    flush(writer);
    digest_text(writer->digest, digest);
}

/* ---- its end ---- */

static void conclude(struct capture_writer *writer)
{
    void (*ended)(void *context, const struct error *error) = writer->ended;
    void *context = writer->context;
    bool good = !writer->failure;
    struct error error;

    if (!good) {
        failed(writer, &error);
        writer->ops->unlink(writer->temporary);
    }
    writer_free(writer);
    ended(context, good ? NULL : &error);
}

/* A folder that cannot be synced is no failure: the file is whole. */
static void folder_synced(void *context, int failure)
{
    (void)failure;
    conclude(context);
}

static void file_synced(void *context, int failure)
{
    struct capture_writer *writer = context;
    const struct file_ops *ops = writer->ops;

    writer->failure = failure;
    if (ops->close(writer->fd) < 0 && !writer->failure)
        writer->failure = errno;
    writer->fd = -1;
    if (!writer->failure && ops->rename_new(writer->temporary, writer->path) < 0)
        writer->failure = errno;
    writer->renamed = !writer->failure;
    if (writer->renamed)
        writer->fd = file_open_folder(ops, writer->path);
    if (writer->fd >= 0)
        syncer_sync(writer->syncer, ops, writer->fd, folder_synced, writer);
    else
        conclude(writer);
}

void capture_end_aside(struct capture_writer *writer, struct syncer *syncer,
                       const struct http_result *result, char digest[static DIGEST_TEXT],
                       void (*ended)(void *context, const struct error *error), void *context)
{
    put_end(writer, result, digest);
    writer->syncer = syncer;
    writer->ended = ended;
    writer->context = context;
    if (writer->failure)
        conclude(writer);
    else
        syncer_sync(syncer, writer->ops, writer->fd, file_synced, writer);
}

struct ending {
    struct error *error;
    bool good;
};

static void note_end(void *context, const struct error *error)
{
    struct ending *ending = context;

    ending->good = !error;
    if (error && ending->error)
        *ending->error = *error;
}

bool capture_end(struct capture_writer *writer, const struct http_result *result,
                 char digest[static DIGEST_TEXT], struct error *error)
{
    struct ending ending = {.error = error};

    capture_end_aside(writer, NULL, result, digest, note_end, &ending);
    return ending.good;
}

void capture_abandon(struct capture_writer *writer)
{
    if (!writer)
        return;
    writer->ops->unlink(writer->temporary);
    writer_free(writer);
}
