#include "ui/term_output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"

enum {
    QUEUE_MAX = 64 * 1024 * 1024, /* a frame of the largest terminal is 4 MB */
    FRAME_LEAST = 1024 * 1024,    /* what must fit: a large one, all of it in other colours */
    FINISH_US = 300000,           /* far more than a terminal takes that reads */
};

/* The open file behind standard output is the shell's too: O_NONBLOCK is set on one of our own. */
static int open_terminal(void)
{
    char name[PATH_MAX];

    if (ttyname_r(STDOUT_FILENO, name, sizeof(name)) != 0)
        return -1;
    return open(name, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
}

bool term_output_init(struct term_output *output)
{
    int copy = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

    *output = (struct term_output){.stream = copy < 0 ? NULL : fdopen(copy, "w")};
    if (!output->stream) {
        if (copy >= 0)
            close(copy);
        return false;
    }
    bytes_init(&output->queue, QUEUE_MAX);
    output->tty = open_terminal();
    output->shared = output->tty < 0;
    if (output->shared)
        output->tty = STDOUT_FILENO;
    return true;
}

void term_output_release(struct term_output *output)
{
    if (!output->stream)
        return;
    fclose(output->stream);
    if (!output->shared)
        close(output->tty);
    bytes_release(&output->queue);
    *output = (struct term_output){.stream = NULL};
}

/* `ulimit -f` holds for memory too, and half a frame is none. */
static int open_memory(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < FRAME_LEAST) {
        errno = EFBIG;
        return -1;
    }
    return memfd_create("cometdeck-screen", MFD_CLOEXEC);
}

bool term_output_divert(struct term_output *output)
{
    int memory = open_memory();
    bool done = memory >= 0 && dup3(memory, fileno(output->stream), O_CLOEXEC) >= 0;

    if (memory >= 0)
        close(memory);
    output->diverted = done;
    return done;
}

/* What curses wrote since the last time. */
static void gather(struct term_output *output)
{
    int memory = fileno(output->stream);
    off_t len = output->diverted ? lseek(memory, 0, SEEK_CUR) : 0;
    char part[8192];

    for (off_t at = 0; at < len;) {
        size_t size = len - at < (off_t)sizeof(part) ? (size_t)(len - at) : sizeof(part);
        ssize_t got = pread(memory, part, size, at);

        if (got <= 0)
            break;
        bytes_append(&output->queue, part, (size_t)got);
        at += got;
    }
    if (len > 0)
        lseek(memory, 0, SEEK_SET);
}

void term_output_put(struct term_output *output, const char *data, size_t len)
{
    gather(output);
    bytes_append(&output->queue, data, len);
}

/* As write(2), never waiting. */
static ssize_t write_some(const struct term_output *output, const char *data, size_t len)
{
    int flags = output->shared ? fcntl(output->tty, F_GETFL) : 0;
    ssize_t written;
    int number;

    if (output->shared)
        fcntl(output->tty, F_SETFL, flags | O_NONBLOCK);
    do
        written = write(output->tty, data, len);
    while (written < 0 && errno == EINTR);
    number = errno;
    if (output->shared)
        fcntl(output->tty, F_SETFL, flags);
    errno = number;
    return written;
}

bool term_output_send(struct term_output *output)
{
    gather(output);
    while (output->queue.len > 0) {
        ssize_t written = write_some(output, output->queue.data, output->queue.len);

        if (written < 0 && errno == EAGAIN)
            return false;
        if (written < 0) /* it is gone: its keys will say so */
            bytes_clear(&output->queue);
        else
            bytes_drop(&output->queue, (size_t)written);
    }
    return true;
}

/* The system drops what it holds, so that there is room; what that cut in two is cancelled. */
static void write_instead(const struct term_output *output, const char *data, size_t len)
{
    static const char cancel = '\030';

    tcflush(output->tty, TCOFLUSH);
    if (write_some(output, &cancel, 1) == 1)
        write_some(output, data, len);
}

void term_output_crash(const struct term_output *output, const char *data, size_t len)
{
    if (write_some(output, data, len) != (ssize_t)len)
        write_instead(output, data, len);
}

void term_output_finish(struct term_output *output, const char *ending, size_t len)
{
    int64_t until_us = clock_now_us(&clock_system) + FINISH_US, left_us = FINISH_US;
    struct pollfd out = {.fd = output->tty, .events = POLLOUT};

    while (!term_output_send(output) && left_us > 0) {
        poll(&out, 1, (int)(left_us / 1000) + 1);
        left_us = until_us - clock_now_us(&clock_system);
    }
    if (output->queue.len > 0) {
        bytes_clear(&output->queue);
        write_instead(output, ending, len);
    }
}
