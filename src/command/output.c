#include "command/output.h"
#include "base/bytes.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/redact.h"
#include "base/text.h"
#include "command/options.h"
#include "command/verb.h"
#include "contract/workspace.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    CHARACTER_MAX = 4,
    REPORT_MODE = 0600,
    STOP_ASKED_MS = 100, /* how often, while a reader does not read */
};

struct output {
    int fd;
    bool terminal;
    bool waits;   /* writing may have to wait for a reader */
    bool gone;    /* the reader went away, writing failed or was stopped */
    bool stopped; /* by `stop` */
    bool (*stop)(void *context);
    void *context;
    struct error failure;
    char held[CHARACTER_MAX]; /* the beginning of a character, on a terminal only */
    size_t held_len;
};

static int write_all(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t done = write(fd, data, len);

        if (done > 0) {
            data += done;
            len -= (size_t)done;
        } else if (done < 0 && errno == EAGAIN) {
            poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1);
        } else if (done == 0 || errno != EINTR) {
            return done < 0 ? errno : EIO;
        }
    }
    return 0;
}

struct redactor *output_redactor(void)
{
    struct redactor *redactor = redactor_new();

    workspace_teach(NULL, redactor);
    return redactor;
}

void output_say(const struct redactor *redactor, const char *format, ...)
{
    struct redactor *own = redactor ? NULL : output_redactor();
    struct bytes text, shown;
    va_list args;

    bytes_init(&text, SIZE_MAX);
    bytes_init(&shown, SIZE_MAX);
    va_start(args, format);
    bytes_vprintf(&text, format, args);
    va_end(args);
    if (text.len > 0)
        redact(redactor ? redactor : own, text.data, text.len);
    text_escape(&shown, bytes_text(&text), text.len, false);
    bytes_append_byte(&shown, '\n');
    write_all(STDERR_FILENO, shown.data, shown.len);
    bytes_release(&shown);
    bytes_release(&text);
    redactor_free(own);
}

void output_lines(const struct redactor *redactor, const char *lines)
{
    while (*lines) {
        size_t len = strcspn(lines, "\n");

        output_say(redactor, "%.*s", (int)len, lines);
        lines += len + (lines[len] == '\n');
    }
}

int output_error(const struct redactor *redactor, const struct error *error)
{
    output_say(redactor, "cometdeck: %s", error->text);
    return error_exit_status(error);
}

void output_warn(const struct redactor *redactor, const char *warnings)
{
    while (warnings && *warnings) {
        int len = (int)strcspn(warnings, "\n");

        output_say(redactor, "cometdeck: warning: %.*s", len, warnings);
        warnings += len + (warnings[len] == '\n');
    }
}

struct output *output_open(int fd)
{
    struct output *output = xcalloc(1, sizeof(*output));
    struct stat status;

    output->fd = fd;
    output->terminal = isatty(fd) == 1;
    output->waits = fstat(fd, &status) == 0 && !S_ISREG(status.st_mode);
    return output;
}

void output_stop_when(struct output *output, bool (*stop)(void *context), void *context)
{
    output->stop = stop;
    output->context = context;
}

bool output_stopped(const struct output *output)
{
    return output->stopped;
}

/* True when there is room for PIPE_BUF bytes, or an error to be had; false when it was stopped. */
static bool wait_for_room(struct output *output)
{
    struct pollfd fd = {.fd = output->fd, .events = POLLOUT};

    /* A signal that comes between the question and the wait is seen after the wait. */
    while (poll(&fd, 1, STOP_ASKED_MS) <= 0) {
        if (output->stop(output->context)) {
            output->stopped = true;
            return false;
        }
    }
    return true;
}

/* In pieces that never block where there is room, so that `stop` is asked. */
static int write_while_wanted(struct output *output, const char *data, size_t len)
{
    size_t part;
    int number = 0;

    if (!output->stop || !output->waits)
        return write_all(output->fd, data, len);
    for (; len > 0 && number == 0; data += part, len -= part) {
        part = len < PIPE_BUF ? len : PIPE_BUF;
        if (!wait_for_room(output))
            break;
        number = write_all(output->fd, data, part);
    }
    return number;
}

static bool put(struct output *output, const char *data, size_t len, struct error *error)
{
    int number = write_while_wanted(output, data, len);

    output->gone = number != 0 || output->stopped;
    if (number == 0)
        return true;
    if (number == EPIPE)
        return true;
    error_errno(&output->failure, ERROR_FILE, number, "standard output cannot be written");
    if (error)
        *error = output->failure;
    return false;
}

/* The length of `data` without a character that is cut at its end. */
static size_t whole_characters(const char *data, size_t len)
{
    size_t from = len > CHARACTER_MAX ? len - CHARACTER_MAX : 0;
    uint32_t character;

    while (from < len && ((unsigned char)data[from] & 0xC0) == 0x80)
        from++;
    while (from < len) {
        size_t used = utf8_decode(data + from, len - from, &character);

        if (used == 0)
            return from;
        from += used;
    }
    return len;
}

static bool put_escaped(struct output *output, const char *data, size_t len, struct error *error)
{
    struct bytes text, shown;
    size_t whole;
    bool good;

    bytes_init(&text, SIZE_MAX);
    bytes_init(&shown, SIZE_MAX);
    bytes_append(&text, output->held, output->held_len);
    bytes_append(&text, data, len);
    whole = whole_characters(text.data, text.len);
    output->held_len = text.len - whole;
    memcpy(output->held, text.data + whole, output->held_len);
    text_escape(&shown, text.data, whole, true);
    good = put(output, bytes_text(&shown), shown.len, error);
    bytes_release(&shown);
    bytes_release(&text);
    return good;
}

bool output_write(struct output *output, const void *data, size_t len, struct error *error)
{
    if (output->gone || len == 0)
        return output->failure.kind == ERROR_NONE;
    return output->terminal ? put_escaped(output, data, len, error) : put(output, data, len, error);
}

bool output_close(struct output *output, struct error *error)
{
    bool good;

    if (output->held_len > 0 && !output->gone) {
        struct bytes shown;

        bytes_init(&shown, SIZE_MAX);
        text_escape(&shown, output->held, output->held_len, true);
        put(output, shown.data, shown.len, NULL);
        bytes_release(&shown);
    }
    good = output->failure.kind == ERROR_NONE;
    if (!good && error)
        *error = output->failure;
    free(output);
    return good;
}

static bool to_standard_output(const struct bytes *text, struct error *error)
{
    struct output *output = output_open(STDOUT_FILENO);

    output_write(output, bytes_text(text), text->len, NULL);
    return output_close(output, error);
}

int output_text(const struct bytes *text)
{
    struct error error;

    return to_standard_output(text, &error) ? EXIT_HOLDS : output_error(NULL, &error);
}

bool output_at_once(const struct redactor *redactor, const struct bytes *text)
{
    struct pollfd fd = {.fd = STDOUT_FILENO, .events = POLLOUT};

    if (text->len == 0 || text->len > PIPE_BUF || poll(&fd, 1, 0) != 1 || !(fd.revents & POLLOUT))
        return false;
    redact(redactor, text->data, text->len);
    return to_standard_output(text, NULL);
}

static bool check_file(const char *path, struct error *error)
{
    char *folder = file_folder(path);
    struct stat info;
    bool good = true;

    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode))
        good = error_set(error, ERROR_FILE, "%s is no regular file: no report can be written there",
                         path);
    else if (access(folder, W_OK | X_OK) != 0)
        good = error_errno(error, ERROR_FILE, errno, "no report can be written to %s", path);
    free(folder);
    return good;
}

static bool check_telemetry(const char *path, struct error *error)
{
    char *folder = file_folder(path);
    bool good =
        access(path, F_OK) == 0 ? access(path, W_OK) == 0 : access(folder, W_OK | X_OK) == 0;
    int number = errno;

    free(folder);
    return good || error_errno(error, ERROR_FILE, number, "%s: telemetry cannot be written", path);
}

/* However it is written, of a file that may not be there yet; NULL when its folder is not. */
static char *real_path(const char *path)
{
    char *there = realpath(path, NULL), *folder, *real, *name;
    const char *slash = strrchr(path, '/');

    if (there)
        return there;
    name = file_folder(path);
    folder = realpath(name, NULL);
    free(name);
    real = folder ? file_join(folder, slash ? slash + 1 : path) : NULL;
    free(folder);
    return real;
}

static bool check_apart(const char *path, const char *other, struct error *error)
{
    char *a = real_path(path), *b = real_path(other);
    bool same = a && b && strcmp(a, b) == 0;

    free(a);
    free(b);
    return !same || error_set(error, ERROR_USAGE,
                              "%s and %s are one file: one would overwrite the "
                              "other",
                              other, path);
}

bool output_check(const struct options *options, struct error *error)
{
    const char *telemetry = option_value(options, OPTION_TELEMETRY);

    if (telemetry && strcmp(telemetry, "-") == 0)
        telemetry = NULL;
    if (telemetry && !check_telemetry(telemetry, error))
        return false;
    for (size_t i = 0; i < options->format_count; i++) {
        const char *file = options->formats[i].file;

        if (!file)
            continue;
        if (!check_file(file, error) || (telemetry && !check_apart(file, telemetry, error)))
            return false;
        for (size_t j = 0; j < i; j++)
            if (options->formats[j].file && !check_apart(file, options->formats[j].file, error))
                return false;
    }
    return true;
}

int output_report(const struct options *options, const struct redactor *redactor,
                  bool (*write)(void *context, const struct format_choice *choice,
                                struct bytes *out),
                  void *context)
{
    struct redactor *own = redactor ? NULL : output_redactor();
    int status = EXIT_HOLDS;

    for (size_t i = 0; i < options->format_count; i++) {
        const struct format_choice *choice = &options->formats[i];
        struct error error = {.kind = ERROR_NONE};
        struct bytes text;

        bytes_init(&text, SIZE_MAX);
        if (write(context, choice, &text) && text.len > 0) {
            redact(redactor ? redactor : own, text.data, text.len);
            if (choice->file ? !file_replace(NULL, choice->file, text.data, text.len, REPORT_MODE,
                                             NULL, NULL, &error)
                             : !to_standard_output(&text, &error))
                status = output_error(redactor, &error);
        }
        bytes_release(&text);
    }
    redactor_free(own);
    return status;
}
