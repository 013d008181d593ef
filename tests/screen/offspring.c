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

/* Its state and parent stand behind the name, which ends with the last parenthesis. */
static bool read_state(pid_t pid, char *state, long *parent)
{
    char text[TEXT_SIZE], *end;

    read_proc(pid, "stat", text);
    end = strrchr(text, ')');
    return end && sscanf(end, ") %c %ld", state, parent) == 2;
}

static size_t count_children(pid_t parent, const char *words, pid_t *child)
{
    DIR *processes = opendir("/proc");
    struct dirent *entry;
    size_t count = 0;

    assert_non_null(processes);
    while ((entry = readdir(processes))) {
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        char text[TEXT_SIZE], state;
        long its;

        if (pid <= 0 || !read_state(pid, &state, &its) || its != parent || state == 'Z')
            continue;
        read_proc(pid, "cmdline", text);
        if (!strstr(text, words))
            continue;
        *child = pid;
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
    char state;
    long parent;

    while (read_state(child, &state, &parent) && state != 'Z' && state != 'X') {
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
