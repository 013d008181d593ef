/*
 * Runs a command in a terminal of its own and measures how it answers, for bench/run.sh.
 *
 *   console [-s COLUMNSxROWS] [-r TOP,LEFT,ROWS,COLUMNS] [STEP…] MODE COMMAND [ARGUMENT…]
 *
 * Steps, done in their order before the measure:
 *   -w TEXT   wait until a line of the screen shows TEXT (ASCII)
 *   -k KEYS   send KEYS
 *   -q MS     wait until nothing was written for MS milliseconds
 *
 * Modes:
 *   first     prints the microseconds from before the fork until the last step was done
 *   keys=N    sends j and k in turn, N keys; prints for each the microseconds until the cells of
 *             the region (-r, default all) are others than before
 *   watch=S   prints "WAKE_UPS BYTES WRITES CPU_US WALL_US" of S seconds without a key: voluntary
 *             context switches and processor time of the command, output taken from the terminal
 *   peak      prints the KiB of memory that the command had at most when the last step was done
 *
 * Times are taken as the bytes are read, before they are looked at.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <vterm.h>

enum {
    STEPS_MAX = 16,
    LIMIT_US = 60 * 1000 * 1000, /* only a hang takes so long */
    END_US = 3 * 1000 * 1000,
    GAP_US = 33 * 1000,    /* a held key repeats about 30 times a second */
    GAP_STEP_US = 1709,    /* spreads the keys over the frames */
    GAP_SPREAD_US = 16000, /* of a frame */
};

struct step {
    char kind;
    const char *value;
};

struct plan {
    int rows, columns;
    VTermRect region;
    struct step steps[STEPS_MAX];
    size_t step_count;
    const char *mode;
    char **command;
};

struct meter {
    pid_t child;
    int master;
    bool ended;
    int64_t started_us;
    int64_t read_us; /* when the last bytes came */
    long long bytes;
    long long reads;
    VTerm *vterm;
    VTermScreen *screen;
    const struct plan *plan;
};

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

/* One line of the screen, everything but ASCII as a question mark. */
static void read_line(const struct meter *meter, int row, char *line)
{
    for (int column = 0; column < meter->plan->columns; column++) {
        VTermPos position = {.row = row, .col = column};
        VTermScreenCell cell;

        vterm_screen_get_cell(meter->screen, position, &cell);
        line[column] = cell.chars[0] == 0 ? ' ' : cell.chars[0] < 0x7f ? (char)cell.chars[0] : '?';
    }
    line[meter->plan->columns] = '\0';
}

__attribute__((noreturn, format(printf, 2, 3))) static void die(const struct meter *meter,
                                                                const char *format, ...)
{
    va_list arguments;
    char line[1024];

    fputs("console: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    for (int row = 0; meter && row < meter->plan->rows; row++) {
        read_line(meter, row, line);
        fprintf(stderr, "|%s\n", line);
    }
    if (meter && !meter->ended)
        kill(meter->child, SIGKILL);
    exit(1);
}

/* ---- the terminal ---- */

static void start(struct meter *meter, const struct plan *plan)
{
    struct winsize size = {.ws_row = (unsigned short)plan->rows,
                           .ws_col = (unsigned short)plan->columns};

    *meter = (struct meter){.plan = plan};
    meter->vterm = vterm_new(plan->rows, plan->columns);
    vterm_set_utf8(meter->vterm, 1);
    meter->screen = vterm_obtain_screen(meter->vterm);
    vterm_screen_enable_altscreen(meter->screen, 1);
    vterm_screen_reset(meter->screen, 1);
    meter->started_us = now_us();
    meter->child = forkpty(&meter->master, NULL, NULL, &size);
    if (meter->child == 0) {
        execvp(plan->command[0], plan->command);
        perror(plan->command[0]);
        _exit(127);
    }
    if (meter->child < 0)
        die(NULL, "no terminal can be had: %s", strerror(errno));
    fcntl(meter->master, F_SETFL, O_NONBLOCK);
}

/* Wait for output until `until_us` and take all that is there; false when there was none. */
static bool take(struct meter *meter, int64_t until_us)
{
    struct pollfd fd = {.fd = meter->master, .events = POLLIN};
    int64_t left_us = until_us - now_us();
    struct timespec left = {.tv_sec = left_us > 0 ? left_us / 1000000 : 0,
                            .tv_nsec = left_us > 0 ? left_us % 1000000 * 1000 : 0};
    char data[65536];
    bool came = false;
    ssize_t got;

    if (meter->ended || ppoll(&fd, 1, &left, NULL) <= 0)
        return false;
    while ((got = read(meter->master, data, sizeof(data))) > 0) {
        meter->read_us = now_us();
        meter->bytes += got;
        meter->reads++;
        vterm_input_write(meter->vterm, data, (size_t)got);
        came = true;
    }
    meter->ended = got == 0 || (got < 0 && errno == EIO);
    return came;
}

static void send_keys(struct meter *meter, const char *keys)
{
    if (write(meter->master, keys, strlen(keys)) != (ssize_t)strlen(keys))
        die(meter, "the terminal takes no keys: %s", strerror(errno));
}

static bool shows(const struct meter *meter, const char *text)
{
    char line[1024];

    for (int row = 0; row < meter->plan->rows; row++) {
        read_line(meter, row, line);
        if (strstr(line, text))
            return true;
    }
    return false;
}

/* A number for what the region shows, looks included (FNV-1a). */
static uint64_t look(const struct meter *meter)
{
    const VTermRect *region = &meter->plan->region;
    uint64_t sum = 14695981039346656037u;

    for (int row = region->start_row; row < region->end_row; row++) {
        for (int column = region->start_col; column < region->end_col; column++) {
            VTermPos position = {.row = row, .col = column};
            VTermScreenCell cell;

            vterm_screen_get_cell(meter->screen, position, &cell);
            sum = (sum ^ cell.chars[0]) * 1099511628211u;
            sum = (sum ^ (cell.attrs.bold | cell.attrs.reverse << 1u)) * 1099511628211u;
        }
    }
    return sum;
}

/* ---- steps ---- */

static void wait_text(struct meter *meter, const char *text)
{
    int64_t until_us = now_us() + LIMIT_US;

    while (!shows(meter, text))
        if (!take(meter, until_us) && (meter->ended || now_us() >= until_us))
            die(meter, "%s did not show \"%s\"", meter->plan->command[0], text);
}

static void wait_quiet(struct meter *meter, int64_t quiet_us)
{
    int64_t until_us = now_us() + LIMIT_US;

    while (take(meter, now_us() + quiet_us))
        if (now_us() >= until_us)
            die(meter, "%s never ceases to write", meter->plan->command[0]);
}

static void do_step(struct meter *meter, const struct step *step)
{
    if (step->kind == 'w')
        wait_text(meter, step->value);
    else if (step->kind == 'k')
        send_keys(meter, step->value);
    else
        wait_quiet(meter, strtol(step->value, NULL, 10) * 1000LL);
}

/* ---- modes ---- */

static void measure_keys(struct meter *meter, long count)
{
    for (long i = 0; i < count; i++) {
        int64_t gap_us = GAP_US + i * GAP_STEP_US % GAP_SPREAD_US, sent_us, until_us;
        uint64_t before;

        for (until_us = now_us() + gap_us; now_us() < until_us;)
            take(meter, until_us);
        before = look(meter);
        sent_us = now_us();
        until_us = sent_us + LIMIT_US;
        send_keys(meter, i % 2 ? "k" : "j");
        while (look(meter) == before)
            if (!take(meter, until_us) && (meter->ended || now_us() >= until_us))
                die(meter, "key %ld changed nothing", i + 1);
        printf("%lld\n", (long long)(meter->read_us - sent_us));
    }
}

/* The number behind `name` in a file of /proc/PID; -1 when it is not there. */
static long long process_number(pid_t pid, const char *file, const char *name)
{
    char path[64], line[256];
    long long number = -1;
    FILE *stream;

    snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
    stream = fopen(path, "r");
    while (stream && fgets(line, sizeof(line), stream))
        if (strncmp(line, name, strlen(name)) == 0)
            number = strtoll(line + strlen(name), NULL, 10);
    if (stream)
        fclose(stream);
    return number;
}

static void measure_watch(struct meter *meter, long seconds)
{
    long long switches = process_number(meter->child, "status", "voluntary_ctxt_switches:");
    long long busy_ns = process_number(meter->child, "schedstat", "");
    long long bytes = meter->bytes, reads = meter->reads;
    int64_t from_us = now_us(), until_us = from_us + seconds * 1000000LL;

    if (switches < 0 || busy_ns < 0)
        die(NULL, "this system has no /proc/PID/status and schedstat");
    while (now_us() < until_us && !meter->ended)
        take(meter, until_us);
    if (meter->ended)
        die(meter, "%s ended", meter->plan->command[0]);
    switches = process_number(meter->child, "status", "voluntary_ctxt_switches:") - switches;
    busy_ns = process_number(meter->child, "schedstat", "") - busy_ns;
    printf("%lld %lld %lld %lld %lld\n", switches, meter->bytes - bytes, meter->reads - reads,
           busy_ns / 1000, (long long)(now_us() - from_us));
}

/* Ask it to end, taking what it still writes, so that it restores what it has to. */
static void finish(struct meter *meter)
{
    int64_t until_us = now_us() + END_US;

    kill(meter->child, SIGTERM);
    while (!meter->ended && now_us() < until_us)
        take(meter, until_us);
    if (!meter->ended)
        kill(meter->child, SIGKILL);
    waitpid(meter->child, NULL, 0);
    close(meter->master);
    vterm_free(meter->vterm);
}

/* ---- the command line ---- */

static bool read_options(int argc, char **argv, struct plan *plan)
{
    VTermRect *region = &plan->region;
    int option, height, width;
    bool good = true;

    *plan = (struct plan){.rows = 40, .columns = 140, .region = {0, INT_MAX, 0, INT_MAX}};
    while ((option = getopt(argc, argv, "+s:r:w:k:q:")) != -1) {
        if (option == 's') {
            good &= sscanf(optarg, "%dx%d", &plan->columns, &plan->rows) == 2;
        } else if (option == 'r') {
            good &= sscanf(optarg, "%d,%d,%d,%d", &region->start_row, &region->start_col, &height,
                           &width) == 4;
            region->end_row = region->start_row + height;
            region->end_col = region->start_col + width;
        } else if (option == '?' || plan->step_count == STEPS_MAX) {
            good = false;
        } else {
            plan->steps[plan->step_count++] = (struct step){(char)option, optarg};
        }
        if (!good)
            return false;
    }
    if (region->end_row > plan->rows)
        region->end_row = plan->rows;
    if (region->end_col > plan->columns)
        region->end_col = plan->columns;
    if (argc - optind < 2 || plan->rows < 1 || plan->columns < 1 || plan->columns > 1000)
        return false;
    plan->mode = argv[optind];
    plan->command = argv + optind + 1;
    return true;
}

int main(int argc, char **argv)
{
    struct plan plan;
    struct meter meter;

    if (!read_options(argc, argv, &plan)) {
        fputs("usage: console [-s COLUMNSxROWS] [-r TOP,LEFT,ROWS,COLUMNS] [-w TEXT | -k KEYS | "
              "-q MS]... first|keys=N|watch=S|peak COMMAND [ARGUMENT...]\n",
              stderr);
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    start(&meter, &plan);
    for (size_t i = 0; i < plan.step_count; i++)
        do_step(&meter, &plan.steps[i]);
    if (strncmp(plan.mode, "keys=", 5) == 0)
        measure_keys(&meter, strtol(plan.mode + 5, NULL, 10));
    else if (strncmp(plan.mode, "watch=", 6) == 0)
        measure_watch(&meter, strtol(plan.mode + 6, NULL, 10));
    else if (strcmp(plan.mode, "peak") == 0)
        printf("%lld\n", process_number(meter.child, "status", "VmHWM:"));
    else
        printf("%lld\n", (long long)(meter.read_us - meter.started_us));
    finish(&meter);
    return 0;
}
