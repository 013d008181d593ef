/*
 * While 5,000 events a second arrive: hundreds of resizes, down to one cell, and keys of all kinds,
 * many in one read. Nothing is drawn wrong, lost or stuck; what is written stays checked byte by
 * byte, and at the end the screen is whole.
 */
#include "tests/screen/odd_text.h"
#include "tests/screen/terminal.h"
#include "tests/unit/unit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "base/bytes.h"
#include "base/memory.h"

enum {
    RESIZES = 300,
    KEYS = 400,
    ROWS_MOST = 100,
    COLUMNS_MOST = 300,
    STEP_US = 4 * 1000, /* that long a size stands at most */
    PATIENCE_US = 100 * 1000,
    CANCELS_MOST = 300,
    DUMP_MAX = 1 << 20,
};

struct torrent {
    pid_t server;
    char url[64];
    struct terminal *terminal;
};

/* Beside the program under test; it writes its port as the first line. */
static void start_server(struct torrent *torrent)
{
    const char *program = getenv("COMETDECK");
    const char *slash = program ? strrchr(program, '/') : NULL;
    char *path = xasprintf("%.*s/tests/screen/torrent", slash ? (int)(slash - program) : 1,
                           slash ? program : ".");
    unsigned port = 0;
    int ends[2];
    FILE *said;

    assert_int_equal(pipe(ends), 0);
    torrent->server = fork();
    if (torrent->server == 0) {
        setpgid(0, 0);
#ifdef __linux__
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* it must not hold the output of a test that failed */
#endif
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execl(path, path, "-r", "5000", "-n", "100000000", (char *)NULL);
        _exit(127);
    }
    setpgid(torrent->server, torrent->server);
    close(ends[1]);
    said = fdopen(ends[0], "r");
    assert_non_null(said);
    assert_int_equal(fscanf(said, "%u", &port), 1);
    fclose(said);
    snprintf(torrent->url, sizeof(torrent->url), "http://127.0.0.1:%u", port);
    free(path);
}

static void begin(struct torrent *torrent)
{
    static const char *const variables[] = {"COMETAPI_API_KEY=sk-storm-0123456789abcdef", NULL};
    const char *const arguments[] = {"--base-url", torrent->url, "--model", "bench", NULL};
    const struct terminal_options options = {
        .rows = 40, .columns = 140, .arguments = arguments, .variables = variables};

    start_server(torrent);
    torrent->terminal = terminal_start(&options);
    terminal_wait_idle(torrent->terminal);
    terminal_type(torrent->terminal, "R");
    terminal_wait_text(torrent->terminal, "bench-0");
    terminal_send(torrent->terminal, ":send\r", 6);
    terminal_wait_text(torrent->terminal, "RECEIVING");
}

/* All edges of the screen are frame: whatever came was drawn where it belongs. */
static void check_frame(struct terminal *terminal, int columns)
{
    struct bytes dump;
    const char *line;
    size_t frames = 0;

    bytes_init(&dump, DUMP_MAX);
    terminal_dump(terminal, &dump);
    line = strchr(bytes_text(&dump), '\n') + 1;
    for (; strncmp(line, "└", 3) != 0; line = strchr(line, '\n') + 1) {
        size_t len = strcspn(line, "\n");

        assert_true(strncmp(line, "│", 3) == 0 || strncmp(line, "┌", 3) == 0);
        assert_true(len > 6);
        assert_true(strncmp(line + len - 3, "│", 3) == 0 || strncmp(line + len - 3, "┐", 3) == 0);
        frames++;
    }
    assert_true(frames > 3 && columns > 3);
    bytes_release(&dump);
}

static bool something_runs(struct terminal *terminal)
{
    return terminal_shows(terminal, "in flight") &&
           !terminal_shows(terminal, "Nothing is in flight");
}

/* ^C closes a prompt, then takes what runs; Q leaves; the terminal is as it was. */
static void end(struct torrent *torrent)
{
    struct terminal *terminal = torrent->terminal;

    terminal_resize(terminal, 24, 80);
    terminal_wait_text(terminal, "in flight");
    for (int i = 0; something_runs(terminal); i++) {
        if (i == CANCELS_MOST)
            fail_msg("^C stops nothing");
        terminal_send(terminal, "\003", 1);
        terminal_step(terminal, PATIENCE_US);
    }
    terminal_type(terminal, "3");
    terminal_wait_text(terminal, "INCOMPLETE  cancelled");
    check_frame(terminal, 80);
    terminal_send(terminal, "Q", 1);
    assert_int_equal(terminal_wait_end(terminal), 0);
    terminal_check_restored(terminal);
    terminal_free(terminal);
    kill(-torrent->server, SIGKILL);
    waitpid(torrent->server, NULL, 0);
}

static void a_storm_of_resizes_during_a_stream_leaves_a_whole_screen(void **state)
{
    static const int extremes[][2] = {
        {1, 1}, {ROWS_MOST, COLUMNS_MOST}, {1, 300}, {100, 1}, {6, 20}, {5, 19}, {2, 2}};
    enum { EXTREMES = sizeof(extremes) / sizeof(*extremes) };
    struct odd_text odd = {.state = 4711};
    struct torrent torrent;

    (void)state;
    begin(&torrent);
    for (int i = 0; i < RESIZES; i++) {
        bool extreme = i % 5 == 0;
        const int *size = extremes[odd_number(&odd, EXTREMES)];

        terminal_resize(torrent.terminal, extreme ? size[0] : 1 + (int)odd_number(&odd, ROWS_MOST),
                        extreme ? size[1] : 1 + (int)odd_number(&odd, COLUMNS_MOST));
        terminal_step(torrent.terminal, (int64_t)odd_number(&odd, STEP_US) + 1);
    }
    terminal_resize(torrent.terminal, 30, 120);
    terminal_wait_text(torrent.terminal, "RECEIVING");
    end(&torrent);
}

/* Nothing among them sends, leaves, stops, starts another program or writes a file. */
static void keys_of_all_kinds_at_once_do_no_harm_during_a_stream(void **state)
{
    static const char *const keys[] = {
        "j",
        "k",
        "h",
        "l",
        "g",
        "G",
        "\004",
        "\025",
        "1",
        "2",
        "3",
        "4",
        "5",
        "\t",
        "\033[Z",
        "f",
        "?",
        "\033",
        "/a\r",
        "/\033",
        ":\033",
        ":pane stream\r",
        ":messages\r",
        "\014",
        "\033[A",
        "\033[B",
        "\033[5~",
        "\033[6~",
        "F",
        "n",
        "N",
        ":view events\r",
        ":view headers\r",
        ":view answer\r",
        ":nonsense\r",
        "\033[200~pasted Q s\r\033[201~",
        "\033OP",
        "]",
        "[",
        "z",
    };
    struct odd_text odd = {.state = 815};
    struct torrent torrent;

    (void)state;
    begin(&torrent);
    for (int i = 0; i < KEYS; i++) {
        const char *some = keys[odd_number(&odd, sizeof(keys) / sizeof(*keys))];

        terminal_send(torrent.terminal, some, strlen(some));
        if (i % 7 == 0)
            terminal_step(torrent.terminal, STEP_US);
        if (i % 50 == 0)
            terminal_resize(torrent.terminal, 24 + (int)odd_number(&odd, 40),
                            80 + (int)odd_number(&odd, 100));
    }
    end(&torrent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_storm_of_resizes_during_a_stream_leaves_a_whole_screen),
        cmocka_unit_test(keys_of_all_kinds_at_once_do_no_harm_during_a_stream),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
