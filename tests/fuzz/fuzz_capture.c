/*
 * A capture gives back what was written in any pieces; any other file is read without harm, and
 * judged piece by piece as it is at once.
 */
#include "base/file.h"
#include "base/memory.h"
#include "evidence/capture.h"
#include "evidence/replay.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Everything is written into one memory file, whatever its name. */
static int file = -1;

static int open_memory(const char *path, int flags, mode_t mode)
{
    (void)path;
    (void)mode;
    return flags & O_DIRECTORY ? -1 : dup(file);
}

static int succeed(int fd)
{
    (void)fd;
    return 0;
}

static int rename_nothing(const char *from, const char *to)
{
    (void)from;
    (void)to;
    return 0;
}

static int unlink_nothing(const char *path)
{
    (void)path;
    return 0;
}

static const struct file_ops memory_ops = {
    .open = open_memory,
    .write = write,
    .fsync = succeed,
    .close = close,
    .rename = rename_nothing,
    .rename_new = rename_nothing,
    .unlink = unlink_nothing,
};

static void need(bool good)
{
    if (!good)
        abort();
}

static enum capture_step read_all(struct capture_reader *reader, const char *expected, size_t len)
{
    const struct http_result *result;
    struct error error;
    enum capture_step step;
    const char *data;
    size_t part, at = 0;
    int64_t at_us;

    while ((step = capture_next(reader, &data, &part, &at_us, &result, &error)) == CAPTURE_READ ||
           step == CAPTURE_HEAD) {
        if (!expected || step == CAPTURE_HEAD)
            continue;
        need(part <= len - at && memcmp(expected + at, data, part) == 0);
        at += part;
    }
    need(!expected || (step == CAPTURE_END && at == len));
    return step;
}

static void write_all(const char *text, size_t len, size_t step)
{
    const struct request_facts facts = {.choices = 1};
    const struct http_result result = {.status = 200};
    struct capture_header header = {.id = "ev-fuzz",
                                    .operation = OPERATION_CHAT,
                                    .body = text,
                                    .body_len = len,
                                    .body_kept = true,
                                    .facts = &facts};
    struct stream_rules rules;
    struct capture_writer *writer;
    char digest[DIGEST_TEXT];

    stream_rules_default(&rules);
    header.rules = &rules;
    writer = capture_create(&memory_ops, "/proc/none/capture", &header, NULL);
    for (size_t at = 0; at < len; at += step)
        need(capture_read(writer, text + at, step < len - at ? step : len - at, 1, NULL));
    need(capture_end(writer, &result, digest, NULL));
}

/* The verdict of `path`, gone through with these limits; its name is a constant. */
static const char *judge(const char *path, struct replay_until until, size_t *reasons)
{
    struct stream_rules rules;
    struct replay replay;
    struct error error;
    const char *verdict = NULL;
    enum replay_step step;

    stream_rules_default(&rules);
    if (!replay_open(path, OPERATION_CHAT, &rules, NULL, NULL, &replay, &error))
        return NULL;
    while ((step = replay_advance(&replay, &until, &error)) == REPLAY_MORE ||
           step == REPLAY_WAITS) {
        need(!replay.ended);
        if (step == REPLAY_WAITS) {
            need(replay.next_us > until.us);
            until.us = replay.next_us;
        }
    }
    if (step == REPLAY_ENDED) {
        verdict = verdict_name(replay.verdict.kind);
        *reasons = replay.verdict.count;
    }
    replay_release(&replay);
    return verdict;
}

static void judge_in_pieces(const char *path)
{
    static const struct replay_until pieces[] = {
        {.us = INT64_MAX, .events = 1}, {.us = INT64_MAX, .bytes = 100}, {.us = 0}};
    const struct replay_until all = {.us = INT64_MAX};
    size_t reasons = 0, others = 0;
    const char *verdict = judge(path, all, &reasons);

    for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
        need(judge(path, pieces[i], &others) == verdict);
        need(reasons == others);
    }
}

/* An odd first byte: the rest is a body to keep; an even one: the rest is the file. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct capture_reader *reader;
    struct error error;
    bool body = size && data[0] % 2;
    const char *text = (const char *)data + 1;
    char *path;

    if (!size)
        return 0;
    size--;
    file = memfd_create("capture", MFD_CLOEXEC);
    need(file >= 0);
    if (body)
        write_all(text, size, 1 + data[0] / 2u);
    else
        need(file_write_all(&file_ops_system, file, text, size));
    path = xasprintf("/proc/self/fd/%d", file);
    reader = capture_open(path, &error);
    need(reader || !body);
    if (reader) {
        if (body)
            need(capture_reader_header(reader)->body_len == size &&
                 memcmp(capture_reader_header(reader)->body, text, size) == 0);
        read_all(reader, body ? text : NULL, size);
    }
    capture_close(reader);
    judge_in_pieces(path);
    free(path);
    close(file);
    return 0;
}
