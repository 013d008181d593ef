#include "base/secret.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/secret_reveal.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SECRET_MAX = 4096,
    COMMAND_LIMIT_US = 30 * 1000 * 1000, /* an agent may ask its user meanwhile */
    CHILD_ASKED_MS = 5,
};
#define NEVER INT64_MAX

struct secret {
    char *bytes; /* SECRET_MAX of mapped, locked memory */
    size_t len;
    char *alias;
};

/* The first line of a source, while it is being read. */
struct line {
    char text[SECRET_MAX + 3]; /* one too many shows, and CR LF */
    size_t len;
    bool whole;
};

void secret_wipe(void *bytes, size_t len)
{
    explicit_bzero(bytes, len);
}

/* A crash of a process that holds a key must leave nothing behind (A11: no core file). */
static void forbid_core_dumps(void)
{
    const struct rlimit none = {0};

    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static bool usable(const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (bytes[i] < 0x21 || bytes[i] > 0x7E)
            return false;
    return len > 0 && len <= SECRET_MAX;
}

struct secret *secret_new(const char *bytes, size_t len, const char *alias, struct error *error)
{
    struct secret *secret;
    void *memory;

    if (!alias)
        alias = "key";
    if (!usable(bytes, len)) {
        error_set(error, ERROR_CHECK,
                  "what %s holds is no key: 1 to %d visible ASCII characters are needed", alias,
                  SECRET_MAX);
        return NULL;
    }
    memory = mmap(NULL, SECRET_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        error_errno(error, ERROR_CHECK, errno, "no memory for the key of %s", alias);
        return NULL;
    }
    forbid_core_dumps();
    /* Best effort: the limit on locked memory may be 0. */
    mlock(memory, SECRET_MAX);
    madvise(memory, SECRET_MAX, MADV_DONTDUMP);
    memcpy(memory, bytes, len);
    secret = xmalloc(sizeof(*secret));
    *secret = (struct secret){.bytes = memory, .len = len, .alias = xstrdup(alias)};
    return secret;
}

void secret_free(struct secret *secret)
{
    if (!secret)
        return;
    secret_wipe(secret->bytes, SECRET_MAX);
    munlock(secret->bytes, SECRET_MAX);
    munmap(secret->bytes, SECRET_MAX);
    free(secret->alias);
    free(secret);
}

const char *secret_alias(const struct secret *secret)
{
    return secret->alias;
}

const char *secret_reveal(const struct secret *secret, size_t *len)
{
    *len = secret->len;
    return secret->bytes;
}

/* ---- sources ---- */

/* Until something can be read, or the end: true. False with ETIMEDOUT. */
static bool wait_to_read(int fd, int64_t until_us)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};

    while (until_us != NEVER) {
        int64_t left_us = until_us - clock_now_us(&clock_system);

        if (left_us <= 0) {
            errno = ETIMEDOUT;
            return false;
        }
        if (poll(&wait, 1, (int)(left_us / 1000) + 1) > 0)
            break;
    }
    return true;
}

/*
 * Take the first line from `fd` and read on to its end, so that a writer never gets SIGPIPE; but
 * some never end (/dev/zero, a command that goes on for ever).
 */
static bool read_line(int fd, struct line *line, int64_t until_us)
{
    enum { READ_MAX = 1024 * 1024 };
    char part[512];
    size_t total = 0;
    ssize_t got = 0;

    while (total < READ_MAX) {
        got = wait_to_read(fd, until_us) ? read(fd, part, sizeof(part)) : -1;
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        total += (size_t)got;
        for (ssize_t i = 0; i < got && !line->whole; i++) {
            line->whole = part[i] == '\n' || line->len == sizeof(line->text);
            if (!line->whole)
                line->text[line->len++] = part[i];
        }
    }
    secret_wipe(part, sizeof(part));
    return got >= 0;
}

static struct secret *secret_from_line(struct line *line, const char *alias, struct error *error)
{
    size_t len = line->len;

    while (len && isspace((unsigned char)line->text[len - 1]))
        len--;
    return secret_new(line->text, len, alias, error);
}

static bool is_variable_name(const char *name)
{
    if (!isalpha((unsigned char)*name) && *name != '_')
        return false;
    while (isalnum((unsigned char)*name) || *name == '_')
        name++;
    return !*name;
}

static struct secret *from_environment(const char *source, const char *name, struct error *error)
{
    const char *value;

    /* A key that was put where its variable's name belongs must not be shown. */
    if (!is_variable_name(name)) {
        error_set(error, ERROR_FILE, "the key source env: must name an environment variable");
        return NULL;
    }
    value = getenv(name);
    if (!value || !*value) {
        error_set(error, ERROR_CHECK, "no key: the environment variable %s is not set", name);
        return NULL;
    }
    return secret_new(value, strlen(value), source, error);
}

/* "~/" is the home folder; the caller frees. */
static char *full_path(const char *path)
{
    const char *home = getenv("HOME");

    return path[0] == '~' && path[1] == '/' && home ? xasprintf("%s%s", home, path + 1)
                                                    : xstrdup(path);
}

static struct secret *from_file(const char *source, const char *path, struct error *error)
{
    struct secret *secret = NULL;
    struct line line = {0};
    char *full = full_path(path);
    int fd;

    fd = open(full, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0 || !read_line(fd, &line, NEVER))
        error_errno(error, ERROR_CHECK, errno, "no key: %s cannot be read", full);
    else
        secret = secret_from_line(&line, source, error);
    if (fd >= 0)
        close(fd);
    free(full);
    secret_wipe(&line, sizeof(line));
    return secret;
}

static struct secret *from_descriptor(const char *source, const char *number, struct error *error)
{
    struct secret *secret = NULL;
    struct line line = {0};
    char *end;
    long fd;

    errno = 0;
    fd = strtol(number, &end, 10);
    if (!isdigit((unsigned char)*number) || *end || errno || fd > INT_MAX) {
        error_set(error, ERROR_FILE, "the key source fd: must name an open descriptor, as in fd:3");
        return NULL;
    }
    if (!read_line((int)fd, &line, NEVER))
        error_errno(error, ERROR_CHECK, errno, "no key: descriptor %ld cannot be read", fd);
    else
        secret = secret_from_line(&line, source, error);
    /* No child inherits what is left of it; the standard three keep their places. */
    if (fd > STDERR_FILENO)
        close((int)fd);
    secret_wipe(&line, sizeof(line));
    return secret;
}

/* sh -c WORDS with nothing to read and its output on `out`; 0 or an errno value. */
static int spawn_shell(const char *words, int out, pid_t *child)
{
    char *argv[] = {(char[]){"sh"}, (char[]){"-c"}, xstrdup(words), NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t defaults;
    int number;

    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    number = posix_spawn(child, "/bin/sh", &actions, &attributes, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    free(argv[2]);
    return number;
}

/* Its status when it ended by itself in time; else it is killed, and false. */
static bool await_child(pid_t child, int64_t until_us, int *status)
{
    while (waitpid(child, status, WNOHANG) != child) {
        if (clock_now_us(&clock_system) >= until_us) {
            kill(child, SIGKILL);
            while (waitpid(child, status, 0) < 0 && errno == EINTR)
                ;
            return false;
        }
        poll(NULL, 0, CHILD_ASKED_MS);
    }
    return true;
}

static bool run_command(const char *words, int64_t limit_us, const char *alias, struct line *line,
                        struct error *error)
{
    int64_t until_us = clock_now_us(&clock_system) + limit_us;
    int ends[2], number, status = -1;
    bool in_time = true;
    pid_t child;

    if (pipe2(ends, O_CLOEXEC) < 0)
        return error_errno(error, ERROR_CHECK, errno, "no key: %s cannot be run", alias);
    number = spawn_shell(words, ends[1], &child);
    close(ends[1]);
    if (number == 0)
        in_time = read_line(ends[0], line, until_us);
    close(ends[0]); /* before the wait: one that writes on and on would not end */
    if (number == 0)
        in_time = await_child(child, in_time ? until_us : 0, &status) && in_time;
    if (number)
        return error_errno(error, ERROR_CHECK, number, "no key: %s cannot be run", alias);
    if (!in_time)
        return error_set(error, ERROR_CHECK,
                         "no key: %s did not end within %d seconds and was stopped; does it wait "
                         "for a question to be answered? Run it by hand first",
                         alias, (int)(limit_us / 1000000));
    if (!WIFEXITED(status) || WEXITSTATUS(status))
        return error_set(error, ERROR_CHECK,
                         "no key: %s failed (status %d); run it by hand to see why", alias,
                         WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return true;
}

struct secret *secret_from_command(const char *words, int64_t limit_us, struct error *error)
{
    char *alias = xasprintf("command:%.*s", (int)strcspn(words, " \t"), words);
    struct secret *secret = NULL;
    struct line line = {0};

    if (run_command(words, limit_us, alias, &line, error))
        secret = secret_from_line(&line, alias, error);
    secret_wipe(&line, sizeof(line));
    free(alias);
    return secret;
}

struct secret *secret_from_source(const char *source, struct error *error)
{
    if (strncmp(source, "env:", 4) == 0)
        return from_environment(source, source + 4, error);
    if (strncmp(source, "file:", 5) == 0)
        return from_file(source, source + 5, error);
    if (strncmp(source, "fd:", 3) == 0)
        return from_descriptor(source, source + 3, error);
    if (strncmp(source, "command:", 8) == 0)
        return secret_from_command(source + 8, COMMAND_LIMIT_US, error);
    error_set(error, ERROR_FILE,
              "the key source must begin with env:, file:, fd: or command:; what it says is not "
              "shown, it may be the key itself");
    return NULL;
}

struct secret *secret_peek(const char *source)
{
    struct stat status;
    bool plain = false;
    char *full;

    if (strncmp(source, "file:", 5) == 0) {
        full = full_path(source + 5);
        plain = stat(full, &status) == 0 && S_ISREG(status.st_mode);
        free(full);
    }
    return plain || strncmp(source, "env:", 4) == 0 ? secret_from_source(source, NULL) : NULL;
}
