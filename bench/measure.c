/*
 * Runs a command and tells what it used, children waited for included.
 *
 *   measure FILE COMMAND [ARGUMENT…]
 *
 * Appends "CPU_US WALL_US PEAK_KIB" to FILE and exits with the command's status.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long microseconds(struct timeval time)
{
    return time.tv_sec * 1000000LL + time.tv_usec;
}

static long long now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

int main(int argc, char **argv)
{
    long long start_us = now_us();
    struct rusage used;
    int status;
    FILE *file;
    pid_t pid;

    if (argc < 3) {
        fprintf(stderr, "usage: measure FILE COMMAND [ARGUMENT...]\n");
        return 2;
    }
    pid = fork();
    if (pid == 0) {
        execvp(argv[2], argv + 2);
        perror(argv[2]);
        _exit(127);
    }
    if (pid < 0 || wait4(pid, &status, 0, &used) < 0) {
        perror("measure");
        return 125;
    }
    file = fopen(argv[1], "a");
    if (!file) {
        perror(argv[1]);
        return 125;
    }
    fprintf(file, "%lld %lld %ld\n", microseconds(used.ru_utime) + microseconds(used.ru_stime),
            now_us() - start_us, used.ru_maxrss);
    fclose(file);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}
