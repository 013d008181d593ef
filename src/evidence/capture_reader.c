#include "evidence/capture.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "evidence/capture_line.h"
#include "evidence/record.h"
#include "evidence/source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    LINE_MAX_BYTES = 256 * 1024 * 1024, /* a request of the largest size, escaped */
    TAIL_LENGTH = sizeof(CAPTURE_TAIL) - 1 - 2 + DIGEST_TEXT - 1,
};

struct capture_reader {
    struct source *source;
    struct digest *digest;
    struct record_header record;
    struct http_result head;
    struct http_result result;
    struct bytes data;
    size_t line; /* number of the last one, from 1 */
    enum capture_step last;
};

/* ---- opening ---- */

static bool read_first_line(struct capture_reader *reader, struct error *error)
{
    const char *name = source_name(reader->source), *line;
    size_t len;

    reader->line = 1;
    switch (source_line(reader->source, LINE_MAX_BYTES, &line, &len, error)) {
    case SOURCE_DATA:
        digest_update(reader->digest, line, len);
        return record_read_header(name, line, len, &reader->record, error);
    case SOURCE_REST:
    case SOURCE_END:
        return error_at(error, ERROR_FILE, name, 1, 0,
                        "this is no capture, or it ends within its first line");
    case SOURCE_FAULT:
        break;
    }
    return false;
}

struct capture_reader *capture_open_source(struct source *source, struct error *error)
{
    struct capture_reader *reader = xcalloc(1, sizeof(*reader));

    reader->source = source;
    reader->digest = digest_new();
    reader->last = CAPTURE_READ;
    /* Escaping only ever makes longer. */
    bytes_init(&reader->data, LINE_MAX_BYTES);
    if (read_first_line(reader, error))
        return reader;
    capture_close(reader);
    return NULL;
}

struct capture_reader *capture_open(const char *path, struct error *error)
{
    struct source *source = source_open(path, error);

    return source ? capture_open_source(source, error) : NULL;
}

const struct capture_header *capture_reader_header(const struct capture_reader *reader)
{
    return &reader->record.header;
}

void capture_reader_digest(const struct capture_reader *reader, char digest[static DIGEST_TEXT])
{
    digest_text(reader->digest, digest);
}

void capture_reader_progress(const struct capture_reader *reader, uint64_t *consumed,
                             uint64_t *size)
{
    source_progress(reader->source, consumed, size);
}

void capture_close(struct capture_reader *reader)
{
    if (!reader)
        return;
    source_close(reader->source);
    digest_free(reader->digest);
    record_header_release(&reader->record);
    http_result_release(&reader->head);
    http_result_release(&reader->result);
    bytes_release(&reader->data);
    free(reader);
}

/* ---- lines ---- */

static enum capture_step broken(const struct capture_reader *reader, struct error *error,
                                const char *what)
{
    error_at(error, ERROR_FILE, source_name(reader->source), reader->line, 0, "%s", what);
    return CAPTURE_BROKEN;
}

static enum capture_step read_end(struct capture_reader *reader, const char *line, size_t len,
                                  const struct http_result **result, struct error *error)
{
    char digest[DIGEST_TEXT], tail[TAIL_LENGTH + 1];
    const char *more;
    int64_t ignored;

    if (len < TAIL_LENGTH)
        return broken(reader, error, "this is no line of a capture");
    digest_update(reader->digest, line, len - TAIL_LENGTH);
    digest_text(reader->digest, digest);
    snprintf(tail, sizeof(tail), CAPTURE_TAIL, digest);
    if (memcmp(line + len - TAIL_LENGTH, tail, TAIL_LENGTH) != 0)
        return broken(reader, error,
                      "the digest does not match: the capture was changed since it was written");
    digest_update(reader->digest, tail, TAIL_LENGTH);
    if (!record_read_result(line, len, "end", &reader->result, &ignored))
        return broken(reader, error, "this is no line of a capture");
    if (source_peek(reader->source, 1, &more))
        return broken(reader, error, "something follows the last line of the capture");
    *result = &reader->result;
    return CAPTURE_END;
}

/* At most one, before the first read. */
static enum capture_step read_head(struct capture_reader *reader, const char *line, size_t len,
                                   int64_t *since_start_us, const struct http_result **result,
                                   struct error *error)
{
    digest_update(reader->digest, line, len);
    if (reader->line != 2 || !record_read_result(line, len, "head", &reader->head, since_start_us))
        return broken(reader, error, "this is no line of a capture");
    *result = &reader->head;
    return CAPTURE_HEAD;
}

static bool begins_with(const char *line, size_t len, const char *beginning)
{
    return len >= strlen(beginning) && memcmp(line, beginning, strlen(beginning)) == 0;
}

static enum capture_step read_step(struct capture_reader *reader, const char *line, size_t len,
                                   const char **data, size_t *data_len, int64_t *since_start_us,
                                   const struct http_result **result, struct error *error)
{
    struct capture_line read = {0};

    if (begins_with(line, len, "{\"end\":"))
        return read_end(reader, line, len, result, error);
    if (begins_with(line, len, "{\"head\":"))
        return read_head(reader, line, len, since_start_us, result, error);
    digest_update(reader->digest, line, len);
    bytes_clear(&reader->data);
    if (!capture_line_scan(line, len, &read, &reader->data))
        return broken(reader, error, "this is no line of a capture");
    if ((read.kind == 'n') == reader->record.header.body_kept)
        return broken(reader, error, "the first line says otherwise about what was kept");
    *data = read.kind == 'n' ? NULL : bytes_text(&reader->data);
    *data_len = read.kind == 'n' ? read.len : reader->data.len;
    *since_start_us = record_bounded(read.since_start_us);
    return CAPTURE_READ;
}

enum capture_step capture_next(struct capture_reader *reader, const char **data, size_t *len,
                               int64_t *since_start_us, const struct http_result **result,
                               struct error *error)
{
    const char *line;
    size_t line_len;

    if (reader->last != CAPTURE_READ && reader->last != CAPTURE_HEAD)
        return reader->last;
    reader->line++;
    switch (source_line(reader->source, LINE_MAX_BYTES, &line, &line_len, error)) {
    case SOURCE_DATA:
        reader->last = read_step(reader, line, line_len, data, len, since_start_us, result, error);
        break;
    case SOURCE_REST:
        digest_update(reader->digest, line, line_len);
        reader->last = CAPTURE_CUT;
        break;
    case SOURCE_END:
        reader->last = CAPTURE_CUT;
        break;
    case SOURCE_FAULT:
        reader->last = CAPTURE_BROKEN;
        break;
    }
    return reader->last;
}

enum body_read { BODY_WHOLE, BODY_LARGER, BODY_UNREAD };

static enum body_read read_body(const char *path, struct bytes *out)
{
    struct stat status;
    bool again = stat(path, &status) == 0 && S_ISREG(status.st_mode); /* no pipe is read twice */
    struct capture_reader *reader = again ? capture_open(path, NULL) : NULL;
    enum capture_step step = reader ? CAPTURE_READ : CAPTURE_BROKEN;
    enum body_read answer = BODY_UNREAD;
    const struct http_result *result;
    const char *data;
    int64_t at_us;
    size_t len;

    while (step == CAPTURE_HEAD || step == CAPTURE_READ) {
        step = capture_next(reader, &data, &len, &at_us, &result, NULL);
        if (step != CAPTURE_READ)
            continue;
        if (data && !bytes_append(out, data, len))
            answer = BODY_LARGER;
        if (!data || answer == BODY_LARGER)
            break;
    }
    capture_close(reader);
    return step == CAPTURE_END || step == CAPTURE_CUT ? BODY_WHOLE : answer;
}

bool capture_body(const char *path, size_t max, struct bytes *out)
{
    bytes_init(out, max);
    return read_body(path, out) == BODY_WHOLE;
}

bool capture_body_exceeds(const char *path, size_t max)
{
    struct bytes body;
    bool exceeds;

    bytes_init(&body, max);
    exceeds = read_body(path, &body) == BODY_LARGER;
    bytes_release(&body);
    return exceeds;
}
