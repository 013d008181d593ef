/*
 * An application under observation: where it is to be pointed, a row for each session while it
 * happens, its attempts, the record that answers *handled?* (RTY B41–B45, STR D57 D58, E36).
 */
#include "tests/screen/offspring.h"
#include "tests/screen/terminal.h"
#include "tests/unit/unit.h"

#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "contract/workspace.h"

static const char *const demo[] = {"demo", "--pace", "0", NULL};
static const char simulators[] = "simulate --parent";
static const char observed[] = "--observe --pace 0";

static const struct size {
    int rows, columns;
    const char *name;
} sizes[] = {{24, 80, "80x24"}, {12, 40, "40x12"}, {30, 120, "120x30"}, {60, 200, "200x60"}};
enum {
    SIZE_COUNT = sizeof(sizes) / sizeof(*sizes),
    PATIENCE_US = 1000 * 1000, /* on a machine that does much else; alone it is some 3 ms */
};

/* This program itself is the application: it takes a whole answer, and no other. */
#define APPLICATION "\"$COMETDECK\" send --quiet >/dev/null"

static struct terminal *start(const struct size *size, const char *const *arguments)
{
    const struct terminal_options options = {
        .rows = size->rows, .columns = size->columns, .arguments = arguments};
    struct terminal *terminal = terminal_start(&options);

    terminal_wait_idle(terminal);
    return terminal;
}

static void leave(struct terminal *terminal)
{
    terminal_send(terminal, "Q", 1);
    assert_int_equal(terminal_wait_end(terminal), 0);
    terminal_check_restored(terminal);
    terminal_free(terminal);
}

static void expect(struct terminal *terminal, const char *step, const struct size *size)
{
    char *name = xasprintf("observe-%s-%s", step, size->name);

    terminal_expect(terminal, name);
    free(name);
}

/* "http://127.0.0.1:PORT", as the screen shows it. */
static char *shown_url(struct terminal *terminal)
{
    static const char before[] = "http://127.0.0.1:";
    struct bytes screen;
    const char *at;
    char *url;

    bytes_init(&screen, 1024 * 1024);
    terminal_dump(terminal, &screen);
    at = strstr(bytes_text(&screen), before);
    assert_non_null(at);
    url = xmemdup0(at, sizeof(before) - 1 + strspn(at + sizeof(before) - 1, "0123456789"));
    bytes_release(&screen);
    return url;
}

/* A client of its own, which nobody started for us. */
static void client(const char *url, const char *scenario, const char *options)
{
    char *command = xasprintf(
        "curl -s -f -o client.out --max-time 5 %s -H 'Authorization: Bearer sk-any-key-will-do' "
        "-d '{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}' "
        "-H 'Content-Type: application/json' %s/sim/as/%s/v1/chat/completions",
        options, url, scenario);

    assert_true(WIFEXITED(system(command)));
    unlink("client.out");
    free(command);
}

static int connect_to(const char *url)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((uint16_t)strtoul(strrchr(url, ':') + 1, NULL, 10));
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

static void send_raw(const char *url, const char *head, const char *rest)
{
    int fd = connect_to(url);
    char answer[4096];

    assert_int_equal(write(fd, head, strlen(head)), strlen(head));
    assert_int_equal(write(fd, rest, strlen(rest)), strlen(rest));
    shutdown(fd, SHUT_WR);
    while (read(fd, answer, sizeof(answer)) > 0)
        continue;
    close(fd);
}

/* A process that asks without a pause until it is killed. */
static pid_t hammer(const char *url)
{
    static const char request[] = "POST /sim/as/key-rejected/v1/chat/completions HTTP/1.1\r\n"
                                  "Host: x\r\nContent-Length: 2\r\n\r\n{}";
    pid_t child = fork();
    char answer[4096];
    int fd = -1;

    assert_true(child >= 0);
    if (child > 0)
        return child;
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* it outlives no test that fails */
    for (;;) {
        if (fd < 0)
            fd = connect_to(url);
        if (write(fd, request, sizeof(request) - 1) < 0 || read(fd, answer, sizeof(answer)) <= 0) {
            close(fd);
            fd = -1;
        }
    }
}

static bool curl_is_missing(void)
{
    return system("command -v curl >/dev/null") != 0;
}

static void where_to_point_stands_there_at_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        struct terminal *terminal = start(&sizes[i], demo);

        terminal_command(terminal, "observe");
        terminal_type(terminal, "f");
        expect(terminal, "begun", &sizes[i]);
        leave(terminal);
    }
}

/* What it does to each scenario, and every attempt with what is to be done about it. */
static void an_application_is_run_for_each_scenario(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        struct terminal *terminal = start(&sizes[i], demo);

        terminal_type(terminal, "f");
        terminal_command(terminal, "observe run key-rejected,cut-mid-stream,ready -- " APPLICATION);
        terminal_wait_text(terminal, "The run is over: 3 handled");
        expect(terminal, "run", &sizes[i]);
        terminal_type(terminal, "j\r");
        expect(terminal, "attempts", &sizes[i]);
        terminal_type(terminal, "\033");
        terminal_wait_text(terminal, "key-rejected");
        leave(terminal);
    }
}

static void a_client_is_seen_while_it_asks(void **state)
{
    struct terminal *terminal = start(&sizes[2], demo);
    char *url;

    (void)state;
    if (curl_is_missing())
        skip();
    terminal_command(terminal, "observe");
    terminal_type(terminal, "f");
    url = shown_url(terminal);
    client(url, "ready", "");
    terminal_wait_text(terminal, "? unknown ready");
    client(url, "key-rejected", "--retry 2 --retry-all-errors --retry-delay 1");
    terminal_wait_text(terminal, "✗ NO      key-rejected");
    terminal_wait_text(terminal, "retried-never");
    terminal_type(terminal, "G");
    terminal_type(terminal, "n\r");
    terminal_wait_text(terminal, "THE SAME AS 1, without an idempotency key");
    terminal_wait_text(terminal, "headers: host user-agent accept authorization");
    terminal_wait_text(terminal, "do: Take this class out of what is retried");
    terminal_type(terminal, "\033");
    terminal_type(terminal, "/rejec\r");
    terminal_wait_text(terminal, "3 of 35");
    terminal_wait_gone(terminal, "unknown ready");
    terminal_type(terminal, "\033");
    terminal_wait_text(terminal, "? unknown ready");
    leave(terminal);
    free(url);
}

/* What was typed is still there when it was refused. */
static void a_refused_report_is_asked_once_more(void **state)
{
    struct terminal *terminal = start(&sizes[2], demo);

    (void)state;
    terminal_command(terminal, "observe run ready -- " APPLICATION);
    terminal_wait_text(terminal, "The run is over");
    terminal_type(terminal, "x");
    terminal_type(terminal, "text /etc/passwd\r");
    terminal_wait_text(terminal, "/etc/passwd is there already");
    terminal_wait_text(terminal, "text /etc/passwd");
    terminal_send(terminal, "\003", 1);
    terminal_wait_gone(terminal, "Again: ");
    leave(terminal);
}

/* E36: the record answers it, for the suites that follow. */
static void the_record_answers_whether_a_probe_is_handled(void **state)
{
    struct terminal *terminal = start(&sizes[3], demo);

    (void)state;
    terminal_command(terminal, "observe run cut-mid-stream -- " APPLICATION);
    terminal_wait_text(terminal, "The run is over: 1 handled");
    terminal_command(terminal, "observe stop");
    terminal_wait_text(terminal, "kept as obs-");
    terminal_command(terminal, "suite streaming");
    terminal_type(terminal, "f\r");
    terminal_wait_text(terminal, "0 failed, 0 errors");
    terminal_type(terminal, "/stream-cut\r");
    terminal_wait_text(terminal, "handled yes (cut-mid-stream yes in obs-");
    leave(terminal);
}

/* The record is evidence of its own: its id, its digest, and that it is simulated. */
static void an_observation_is_cited_in_the_ledger(void **state)
{
    struct terminal *terminal = start(&sizes[3], demo);

    (void)state;
    terminal_command(terminal, "ledger new incident");
    terminal_command(terminal, "observe run cut-mid-stream,ready -- "
                               "TOKEN=of-nobody-else /usr/bin/env " APPLICATION);
    terminal_wait_text(terminal, "The run is over: 2 handled");
    terminal_type(terminal, "a");
    terminal_wait_text(terminal, "it is still observed; :observe stop keeps its record");
    terminal_type(terminal, "w");
    terminal_wait_text(terminal, "kept as obs-");
    terminal_type(terminal, "a");
    terminal_wait_text(terminal, "is cited in");
    terminal_type(terminal, "4f");
    terminal_wait_text(terminal, "`2 handled, 0 not, 0 unknow");
    terminal_wait_text(terminal, "`observation` │ `env` ");
    terminal_wait_gone(terminal, "of-nobody-else");
    terminal_type(terminal, "9a");
    terminal_wait_text(terminal, "is cited here already");
    terminal_type(terminal, "4a"); /* there an exchange is meant, as ever */
    terminal_wait_text(terminal, "nothing was sent yet");
    terminal_send(terminal, "Q", 1);
    terminal_wait_text(terminal, "is not saved");
    terminal_send(terminal, "yes\r", 4);
    assert_int_equal(terminal_wait_end(terminal), 0);
    terminal_free(terminal);
}

static void a_simulator_that_dies_is_told_and_begun_anew(void **state)
{
    struct terminal *terminal = start(&sizes[0], demo);
    char *url;

    (void)state;
    if (curl_is_missing())
        skip();
    terminal_command(terminal, "observe");
    url = shown_url(terminal);
    client(url, "ready", "");
    terminal_wait_text(terminal, "? unknown ready");
    offspring_kill(terminal_process(terminal), observed);
    terminal_wait_text(terminal, "the simulator that was observed ended by itself");
    terminal_wait_text(terminal, "ended  1 unknown  1 requests");
    terminal_wait_text(terminal, "kept as obs-");
    terminal_type(terminal, "R");
    terminal_wait_text(terminal, "watching  0 requests");
    terminal_wait_text(terminal, url); /* the application need not be told anew */
    leave(terminal);
    free(url);
}

static void what_runs_is_stopped_and_shows_what_it_printed(void **state)
{
    struct terminal *terminal = start(&sizes[2], demo);

    (void)state;
    terminal_type(terminal, "f");
    terminal_send(terminal, ":observe run -- echo I wait; sleep 60\r", 38);
    terminal_wait_text(terminal, "run 1/35");
    terminal_wait_text(terminal, "I wait");
    terminal_send(terminal, "\003", 1);
    terminal_wait_text(terminal, "The run was stopped: 0 handled, 0 NOT, 1 unknown");
    terminal_wait_gone(terminal, "run 1/35");
    terminal_command(terminal, "observe run no-such -- true");
    terminal_wait_text(terminal, "there is no scenario no-such");
    terminal_command(terminal, "observe 70000");
    terminal_wait_text(terminal, "\"70000\" is no port");
    terminal_command(terminal, "observe stop");
    terminal_wait_text(terminal, "there is nothing to keep");
    terminal_command(terminal, "observe stop");
    terminal_wait_text(terminal, "nothing is observed");
    leave(terminal);
}

/* C1, bidi and control bytes in what a client names, half requests, a body over the limit. */
static void hostile_clients_write_nothing_on_the_screen(void **state)
{
    static const char head[] = "POST /sim/as/ready/v1/chat/completions HTTP/1.1\r\nHost: x\r\n"
                               "Authorization: Bearer sk-any-key-will-do\r\n";
    static const char *const rests[] = {
        "User-Agent: \033]0;owned\007\303\050 \342\200\256\302\233\r\nContent-Length: 2\r\n\r\n{}",
        "X-\033[31m\302\205: 1\r\nContent-Length: 2\r\n\r\n{}",
        "Content-Length: 1000\r\n\r\n{\"mo",
        "Content-Le",
        "\377\376\001\r\n\r\n",
    };
    struct terminal *terminal = start(&sizes[2], demo);
    char *url;

    (void)state;
    terminal_command(terminal, "observe");
    terminal_type(terminal, "f");
    url = shown_url(terminal);
    for (size_t i = 0; i < sizeof(rests) / sizeof(*rests); i++)
        send_raw(url, head, rests[i]);
    terminal_wait_text(terminal, "3 requests"); /* the others were none */
    terminal_type(terminal, "\r");
    terminal_wait_text(terminal, "␛]0;owned");
    leave(terminal); /* every byte was checked as it came */
    free(url);
}

/* Records may be lost, keys wait for none of it. */
static void a_client_that_hammers_makes_no_key_wait(void **state)
{
    struct terminal *terminal = start(&sizes[2], demo);
    pid_t child;
    char *url;

    (void)state;
    terminal_command(terminal, "observe");
    url = shown_url(terminal);
    child = hammer(url);
    terminal_wait_text(terminal, "NO      key-rejected");
    for (int i = 0; i < 20; i++) {
        int64_t sent_us = clock_now_us(&clock_system);

        terminal_send(terminal, i % 2 == 0 ? "?" : "\003", 1);
        if (i % 2 == 0)
            terminal_wait_text(terminal, "Help, what for?");
        else
            terminal_wait_gone(terminal, "Help, what for?");
        assert_true(clock_now_us(&clock_system) - sent_us < PATIENCE_US);
    }
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    leave(terminal);
    free(url);
}

static void nothing_outlives_the_console(void **state)
{
    struct terminal *terminal = start(&sizes[0], demo);
    pid_t child, reference, keeper, application;

    (void)state;
    terminal_send(terminal, ":observe run ready -- sleep 61.7; sleep 61.8\r", 45);
    /* First what is started first: between fork and exec a child has the console's command line. */
    reference = offspring_wait(terminal_process(terminal), simulators, 2);
    child = offspring_wait(terminal_process(terminal), observed, 1);
    keeper = offspring_wait(terminal_process(terminal), "demo", 2); /* behind the simulator */
    application = offspring_wait(keeper, "sleep 61.7", 1);
    application = offspring_wait(application, "sleep 61.7", 1);
    assert_int_equal(kill(terminal_process(terminal), SIGKILL), 0);
    assert_int_equal(terminal_wait_end(terminal), TERMINAL_SIGNALLED + SIGKILL);
    offspring_wait_end(child);
    offspring_wait_end(reference);
    offspring_wait_end(application);
    terminal_free(terminal);
}

/* What is repaired may be tried again, and is kept then. */
static void a_record_that_could_not_be_kept_is_kept_when_asked_again(void **state)
{
    char folder[] = "/tmp/cometdeck-observe.XXXXXX";
    const char *const arguments[] = {folder, "--base-url", "http://127.0.0.1:9", NULL};
    struct terminal *terminal;
    struct error error;
    char *path;

    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_true(workspace_init(folder, NULL, &error));
    path = file_join(folder, "observations");
    assert_int_equal(fclose(fopen(path, "w")), 0);
    terminal = start(&sizes[2], arguments);
    terminal_command(terminal, "observe run ready -- " APPLICATION);
    terminal_wait_text(terminal, "The run is over: 1 handled");
    terminal_command(terminal, "observe stop");
    terminal_wait_text(terminal, "not kept");
    assert_int_equal(unlink(path), 0);
    terminal_command(terminal, "observe stop");
    terminal_wait_text(terminal, "kept as obs-");
    terminal_command(terminal, "observe stop");
    terminal_wait_text(terminal, "nothing is observed");
    leave(terminal);
    free(path);
    path = xasprintf("rm -r %s", folder);
    assert_int_equal(system(path), 0);
    free(path);
}

/* Nothing leaves this machine, so it is good offline; what an application does is not ours. */
static void a_restricted_console_watches_and_runs_nothing(void **state)
{
    static const char *const offline[] = {"demo", "--offline", NULL};
    static const char *const readonly[] = {"demo", "--readonly", NULL};
    struct terminal *terminal = start(&sizes[0], offline);
    char *url;

    (void)state;
    terminal_command(terminal, "observe run -- true");
    terminal_wait_text(terminal, "OFFLINE: nothing is sent");
    terminal_command(terminal, "observe");
    terminal_wait_text(terminal, "watching");
    leave(terminal);
    if (curl_is_missing())
        skip();
    terminal = start(&sizes[0], readonly);
    terminal_command(terminal, "observe");
    url = shown_url(terminal);
    client(url, "ready", "");
    terminal_wait_text(terminal, "? unknown ready");
    terminal_type(terminal, "x"); /* asks for no file that it will not write */
    terminal_wait_text(terminal, "READ-ONLY");
    terminal_command(terminal, "observe stop");
    terminal_wait_text(terminal, "READ-ONLY: nothing is written");
    terminal_wait_text(terminal, "not kept");
    leave(terminal);
    free(url);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_to_point_stands_there_at_once),
        cmocka_unit_test(an_application_is_run_for_each_scenario),
        cmocka_unit_test(a_client_is_seen_while_it_asks),
        cmocka_unit_test(a_refused_report_is_asked_once_more),
        cmocka_unit_test(the_record_answers_whether_a_probe_is_handled),
        cmocka_unit_test(an_observation_is_cited_in_the_ledger),
        cmocka_unit_test(a_simulator_that_dies_is_told_and_begun_anew),
        cmocka_unit_test(what_runs_is_stopped_and_shows_what_it_printed),
        cmocka_unit_test(hostile_clients_write_nothing_on_the_screen),
        cmocka_unit_test(a_client_that_hammers_makes_no_key_wait),
        cmocka_unit_test(nothing_outlives_the_console),
        cmocka_unit_test(a_record_that_could_not_be_kept_is_kept_when_asked_again),
        cmocka_unit_test(a_restricted_console_watches_and_runs_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
