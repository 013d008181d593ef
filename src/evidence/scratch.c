#include "evidence/scratch.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/memory.h"

enum { PATH_SIZE = 40 };

static const char folder[] = "/proc/self/fd/";

struct scratch {
    int fd;
    char path[PATH_SIZE];
    struct capture_writer *writer; /* NULL: it ended, or nothing more fits */
    size_t len;
    bool full;
};

/* The writer is told of a file "below" the memory, so that nothing of that name is there. */
static int open_memory(const char *path, int flags, mode_t mode)
{
    (void)flags;
    (void)mode;
    return fcntl(atoi(path + sizeof(folder) - 1), F_DUPFD_CLOEXEC, 0);
}

static int sync_nothing(int fd)
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
    .fsync = sync_nothing,
    .close = close,
    .rename = rename_nothing,
    .rename_new = rename_nothing,
    .unlink = unlink_nothing,
};

struct scratch *scratch_new(const struct capture_header *header)
{
    struct capture_header kept = *header;
    struct scratch *scratch = xcalloc(1, sizeof(*scratch));
    char below[PATH_SIZE + 8];
    struct error error;

    kept.body_kept = true;
    scratch->fd = memfd_create("cometdeck scratch", MFD_CLOEXEC);
    if (scratch->fd >= 0) {
        snprintf(scratch->path, sizeof(scratch->path), "%s%d", folder, scratch->fd);
        snprintf(below, sizeof(below), "%s/it", scratch->path);
        scratch->writer = capture_create(&memory_ops, below, &kept, &error);
    }
    if (scratch->writer)
        return scratch;
    scratch_free(scratch);
    return NULL;
}

void scratch_free(struct scratch *scratch)
{
    if (!scratch)
        return;
    capture_abandon(scratch->writer);
    if (scratch->fd >= 0)
        close(scratch->fd);
    free(scratch);
}

static void stop(struct scratch *scratch)
{
    struct error ignored;

    capture_flush(scratch->writer, &ignored);
    capture_abandon(scratch->writer);
    scratch->writer = NULL;
    scratch->full = true;
}

void scratch_head(struct scratch *scratch, const struct http_result *result, int64_t since_start_us)
{
    struct error error;

    if (scratch->writer && !capture_head(scratch->writer, result, since_start_us, &error))
        stop(scratch);
}

void scratch_read(struct scratch *scratch, const char *data, size_t len, int64_t since_start_us)
{
    struct error error;

    if (!scratch->writer)
        return;
    scratch->len += len;
    if (scratch->len > SCRATCH_MAX ||
        !capture_read(scratch->writer, data, len, since_start_us, &error))
        stop(scratch);
}

void scratch_end(struct scratch *scratch, const struct http_result *result)
{
    char digest[DIGEST_TEXT];
    struct error error;

    if (scratch->writer)
        scratch->full |= !capture_end(scratch->writer, result, digest, &error);
    scratch->writer = NULL;
}

const char *scratch_path(struct scratch *scratch)
{
    struct error error;

    if (scratch->writer && !capture_flush(scratch->writer, &error))
        stop(scratch);
    return scratch->path;
}

bool scratch_is_full(const struct scratch *scratch)
{
    return scratch->full;
}
