#include "tests/screen/offspring.h"

#include "tests/unit/unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

enum { TEXT_SIZE = 4096, LIMIT_US = 10 * 1000 * 1000, PAUSE_US = 1000 };

/* The beginning of /proc/PID/NAME; NULs become blanks. Empty when it is gone. */
static size_t read_proc(pid_t pid, const char *name, char text[static TEXT_SIZE])
{
    char path[64];
    ssize_t len;
    int fd;

    snprintf(path, sizeof(path), "/proc/%ld/%s", (long)pid, name);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    len = fd < 0 ? 0 : read(fd, text, TEXT_SIZE - 1);
    if (fd >= 0)
        close(fd);
    if (len < 0)
        len = 0;
    for (ssize_t i = 0; i < len; i++)
        if (!text[i])
            text[i] = ' ';
    text[len] = '\0';
    return (size_t)len;
}

struct process {
    char state;
    long parent;
    unsigned long long begun; /* in ticks since the system started */
};

/* What is told of it stands behind the name, which ends with the last parenthesis. */
static bool read_process(pid_t pid, struct process *process)
{
    char text[TEXT_SIZE], *end;

    read_proc(pid, "stat", text);
    end = strrchr(text, ')');
    return end && sscanf(end,
                         ") %c %ld %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d "
                         "%*d %*d %llu",
                         &process->state, &process->parent, &process->begun) == 3;
}

static size_t count_children(pid_t parent, const char *words, pid_t *child)
{
    DIR *processes = opendir("/proc");
    unsigned long long youngest = 0;
    struct dirent *entry;
    size_t count = 0;

    assert_non_null(processes);
    while ((entry = readdir(processes))) {
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        char text[TEXT_SIZE];
        struct process process;

        if (pid <= 0 || !read_process(pid, &process) || process.parent != parent ||
            process.state == 'Z')
            continue;
        read_proc(pid, "cmdline", text);
        if (!strstr(text, words))
            continue;
        /* Numbers begin anew one day: a higher one is not always the younger process. */
        if (process.begun >= youngest)
            *child = pid;
        if (process.begun > youngest)
            youngest = process.begun;
        count++;
    }
    closedir(processes);
    return count;
}

/* One that was just begun has no command line yet. */
pid_t offspring_wait(pid_t parent, const char *words, size_t count)
{
    int64_t until_us = clock_now_us(&clock_system) + LIMIT_US;
    pid_t child = 0;

    while (count_children(parent, words, &child) != count) {
        if (clock_now_us(&clock_system) > until_us)
            fail_msg("there are not %zu children \"%s\"", count, words);
        usleep(PAUSE_US);
    }
    return child;
}

void offspring_wait_end(pid_t child)
{
    int64_t until_us = clock_now_us(&clock_system) + LIMIT_US;
    struct process process;

    while (read_process(child, &process) && process.state != 'Z' && process.state != 'X') {
        if (clock_now_us(&clock_system) > until_us)
            fail_msg("process %ld still runs", (long)child);
        usleep(PAUSE_US);
    }
}

void offspring_kill(pid_t parent, const char *words)
{
    pid_t child = offspring_wait(parent, words, 1);

    assert_int_equal(kill(child, SIGKILL), 0);
    offspring_wait_end(child);
}
