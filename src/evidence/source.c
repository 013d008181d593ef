#include "evidence/source.h"

#include "base/bytes.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_STEP = 256 * 1024 };

struct source {
    int fd;
    char *name;
    struct bytes held; /* one step of reading and one unfinished line, which callers limit */
    size_t at;         /* what of `held` comes next; the rest is dropped when more is read */
    uint64_t dropped;  /* bytes that were in front of `held` */
    uint64_t size;     /* when it was opened, 0: unknown */
    bool ended;
    int failure; /* errno of a failed read */
    char *part;
};

struct source *source_open(const char *path, struct error *error)
{
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct source *source;
    struct stat status = {.st_size = 0};

    if (fd < 0) {
        error_errno(error, ERROR_FILE, errno, "%s cannot be read", path);
        return NULL;
    }
    if (!standard && fstat(fd, &status) == 0 && S_ISCHR(status.st_mode)) {
        error_set(error, ERROR_FILE, "%s is a device, no recording; - reads standard input", path);
        close(fd);
        return NULL;
    }
    source = xmalloc(sizeof(*source));
    *source = (struct source){
        .fd = fd,
        .name = xstrdup(standard ? "standard input" : path),
        .size = !standard && S_ISREG(status.st_mode) ? (uint64_t)status.st_size : 0,
        .part = xmalloc(READ_STEP),
    };
    bytes_init(&source->held, SIZE_MAX / 2);
    return source;
}

bool source_is_file(const char *path, struct error *error)
{
    struct stat status;

    if (strcmp(path, "-") == 0) /* keys would be read as a recording */
        return error_set(error, ERROR_FILE, "standard input is the terminal here: name a file");
    if (stat(path, &status) != 0)
        return error_errno(error, ERROR_FILE, errno, "%s cannot be read", path);
    return S_ISREG(status.st_mode) ||
           error_set(error, ERROR_FILE, "%s is no regular file, so it is no recording", path);
}

void source_close(struct source *source)
{
    if (!source)
        return;
    if (source->fd != STDIN_FILENO)
        close(source->fd);
    bytes_release(&source->held);
    free(source->name);
    free(source->part);
    free(source);
}

const char *source_name(const struct source *source)
{
    return source->name;
}

void source_progress(const struct source *source, uint64_t *consumed, uint64_t *size)
{
    *consumed = source->dropped + source->at;
    *size = source->size;
}

static const char *next(const struct source *source)
{
    return bytes_text(&source->held) + source->at;
}

static size_t there(const struct source *source)
{
    return source->held.len - source->at;
}

/* Some more bytes behind those that are there, which move; false at the end. */
static bool read_more(struct source *source)
{
    ssize_t got;

    if (source->ended)
        return false;
    bytes_drop(&source->held, source->at);
    source->dropped += source->at;
    source->at = 0;
    do
        got = read(source->fd, source->part, READ_STEP);
    while (got < 0 && errno == EINTR);
    if (got > 0)
        return bytes_append(&source->held, source->part, (size_t)got);
    source->failure = got < 0 ? errno : 0;
    source->ended = true;
    return false;
}

static enum source_step end(const struct source *source, struct error *error)
{
    if (!source->failure)
        return SOURCE_END;
    error_errno(error, ERROR_FILE, source->failure, "%s cannot be read", source->name);
    return SOURCE_FAULT;
}

size_t source_peek(struct source *source, size_t want, const char **data)
{
    while (there(source) < want && read_more(source))
        ;
    *data = next(source);
    return there(source) < want ? there(source) : want;
}

enum source_step source_line(struct source *source, size_t max, const char **line, size_t *len,
                             struct error *error)
{
    const char *newline;
    size_t searched = 0;

    do {
        newline = memchr(next(source) + searched, '\n', there(source) - searched);
        searched = there(source);
        *len = newline ? (size_t)(newline - next(source)) + 1 : there(source);
        if (*len > max) {
            error_set(error, ERROR_FILE, "%s holds a line of more than %zu bytes", source->name,
                      max);
            return SOURCE_FAULT;
        }
    } while (!newline && read_more(source));
    *line = next(source);
    source->at += *len;
    if (newline)
        return SOURCE_DATA;
    return *len && !source->failure ? SOURCE_REST : end(source, error);
}

enum source_step source_read(struct source *source, const char **data, size_t *len,
                             struct error *error)
{
    if (!there(source) && !read_more(source))
        return end(source, error);
    *data = next(source);
    *len = there(source);
    source->at += *len;
    return SOURCE_DATA;
}
