/* The simulator's connections, settings and process: nobody waits for others, nothing stays behind.
 */
#include "tests/unit/sim_client.h"
#include "tests/unit/unit.h"

#include "base/memory.h"
#include "simulator/request.h"
#include "simulator/scene.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHAT "/v1/chat/completions"
#define KEY_LINE "Authorization: Bearer sk-test-0123456789\r\n"

enum { CROWD = 100, MORE_THAN_IT_HOLDS = 600 };

static int start(void **state)
{
    static struct sim_server server;

    sim_server_start(&server, NULL);
    *state = &server;
    return 0;
}

static int stop(void **state)
{
    sim_server_stop(*state);
    return 0;
}

/* ---- connections ---- */

static void takes_a_request_byte_by_byte(void **state)
{
    static const char request[] = "GET /v1/models/nobody HTTP/1.1\r\nHost: x\r\n" KEY_LINE "\r\n";
    struct sim_reply reply;
    int fd = sim_connect(*state);

    for (size_t i = 0; i < sizeof(request) - 1; i++)
        sim_write(fd, request + i, 1);
    sim_read(fd, 0, &reply);
    assert_int_equal(reply.status, 200);
    close(fd);
    sim_reply_release(&reply);
}

static void answers_requests_sent_ahead_in_order(void **state)
{
    struct sim_reply reply;
    int fd = sim_connect(*state);

    sim_puts(fd, "GET /v1/one HTTP/1.1\r\nHost: x\r\n\r\nGET /v1/two HTTP/1.1\r\nHost: x\r\n"
                 "Connection: close\r\n\r\n");
    sim_read(fd, 0, &reply);
    assert_non_null(strstr(bytes_text(&reply.raw), "/v1/one"));
    /* Both may have come with one read. */
    while (!strstr(bytes_text(&reply.raw), "/v1/two)")) {
        char more[4096];
        ssize_t len = recv(fd, more, sizeof(more), 0);

        assert_true(len > 0);
        bytes_append(&reply.raw, more, (size_t)len);
    }
    assert_non_null(strstr(bytes_text(&reply.raw), "Connection: close"));
    close(fd);
    sim_reply_release(&reply);
}

static void answers_a_client_that_closed_its_half(void **state)
{
    struct sim_reply reply;
    char *body = sim_body("chat", "sim/long", true);
    int fd = sim_connect(*state);

    sim_post(fd, CHAT, body);
    shutdown(fd, SHUT_WR);
    sim_read(fd, 0, &reply);
    assert_int_equal(reply.end, SIM_TOLD);
    assert_non_null(strstr(bytes_text(&reply.body), "word2000"));
    close(fd);
    free(body);
    sim_reply_release(&reply);
}

static void says_continue_to_a_client_that_waits(void **state)
{
    struct sim_reply reply;
    char first[64] = "";
    int fd = sim_connect(*state);

    sim_puts(fd, "POST " CHAT " HTTP/1.1\r\nHost: x\r\n" KEY_LINE
                 "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    assert_int_equal(recv(fd, first, 25, MSG_WAITALL), 25);
    assert_string_equal(first, "HTTP/1.1 100 Continue\r\n\r\n");
    sim_puts(fd, "{}");
    sim_read(fd, 0, &reply);
    assert_int_equal(reply.status, 400);
    close(fd);
    sim_reply_release(&reply);
}

/* 413 arrives although the client goes on sending. */
static void refuses_a_body_that_is_too_large(void **state)
{
    char *filler = xmalloc(SIM_REQUEST_BODY_MAX + 1);
    struct sim_reply reply;
    int fd = sim_connect(*state);

    memset(filler, ' ', SIM_REQUEST_BODY_MAX);
    filler[SIM_REQUEST_BODY_MAX] = '\0';
    sim_puts(fd,
             "POST " CHAT " HTTP/1.1\r\nHost: x\r\n" KEY_LINE "Content-Length: 4194305\r\n\r\n");
    sim_puts(fd, filler);
    sim_read(fd, 0, &reply);
    assert_int_equal(reply.status, 413);
    assert_non_null(strstr(bytes_text(&reply.body), "read_request_body_failed"));
    assert_true(sim_reply_has(&reply, "Connection: close"));
    close(fd);
    free(filler);
    sim_reply_release(&reply);
}

static void serves_others_while_one_reads_nothing(void **state)
{
    char *body = sim_body("chat", "sim/flood", true);
    struct sim_reply reply;
    int lazy = sim_connect(*state);

    sim_post(lazy, CHAT, body);
    for (int i = 0; i < 20; i++) {
        sim_ask(*state, "responses", "sim/ready", true, 0, &reply);
        assert_int_equal(reply.end, SIM_TOLD);
        sim_reply_release(&reply);
    }
    sim_read(lazy, 0, &reply); /* and in the end it gets all of it */
    assert_int_equal(reply.end, SIM_TOLD);
    assert_non_null(strstr(bytes_text(&reply.body) + reply.body.len - 4096, "word200000"));
    close(lazy);
    free(body);
    sim_reply_release(&reply);
}

static void serves_a_hundred_at_once(void **state)
{
    char *body = sim_body("chat", "sim/long", true);
    int fds[CROWD];
    struct sim_reply first, reply;

    for (int i = 0; i < CROWD; i++) {
        fds[i] = sim_connect(*state);
        sim_post(fds[i], CHAT, body);
    }
    for (int i = CROWD - 1; i >= 0; i--) {
        sim_read(fds[i], 0, i == CROWD - 1 ? &first : &reply);
        if (i < CROWD - 1) {
            assert_int_equal(reply.end, SIM_TOLD);
            assert_string_equal(bytes_text(&reply.body), bytes_text(&first.body));
            sim_reply_release(&reply);
        }
        close(fds[i]);
    }
    sim_reply_release(&first);
    free(body);
}

static void forgets_clients_that_leave(void **state)
{
    static const char *const models[] = {"sim/stall", "sim/endless", "sim/flood", "sim/silence",
                                         "sim/comments-forever"};
    struct sim_reply reply;

    for (int i = 0; i < MORE_THAN_IT_HOLDS; i++) {
        char *body = sim_body("chat", models[i % 5], true);
        int fd = sim_connect(*state);

        sim_post(fd, CHAT, body);
        close(fd);
        free(body);
    }
    sim_ask(*state, "chat", "sim/ready", true, 0, &reply);
    assert_int_equal(reply.end, SIM_TOLD);
    sim_reply_release(&reply);
}

static void pauses_between_events_and_not_between_clients(void **state)
{
    const struct simulator_options options = {.quiet = true, .pace_ms = 3600000};
    struct sim_server server;
    struct sim_reply reply;
    int fd;

    (void)state;
    sim_server_start(&server, &options);
    sim_ask(&server, "chat", "sim/ready", true, 1, &reply); /* the first event comes at once */
    assert_null(strstr(bytes_text(&reply.body), "READY"));  /* the second is an hour away */
    assert_int_equal(reply.end, SIM_OPEN);
    sim_reply_release(&reply);
    fd = sim_connect(&server);
    sim_puts(fd, "GET /v1/models HTTP/1.1\r\nHost: x\r\n" KEY_LINE "\r\n");
    sim_read(fd, 0, &reply);
    assert_int_equal(reply.end, SIM_TOLD);
    close(fd);
    sim_reply_release(&reply);
    sim_server_stop(&server);
}

/* ---- settings ---- */

static void get(const struct sim_server *server, const char *path, struct sim_reply *reply)
{
    char *head = xasprintf("GET %s HTTP/1.1\r\nHost: x\r\n" KEY_LINE "\r\n", path);
    int fd = sim_connect(server);

    sim_puts(fd, head);
    sim_read(fd, 0, reply);
    close(fd);
    free(head);
}

static void choose(const struct sim_server *server, const char *name)
{
    char *path = xasprintf("/sim/scenario?name=%s", name);
    struct sim_reply reply;
    int fd = sim_connect(server);

    sim_post(fd, path, "");
    sim_read(fd, 0, &reply);
    assert_int_equal(reply.status, 200);
    close(fd);
    free(path);
    sim_reply_release(&reply);
}

static void takes_settings_by_its_control_path(void **state)
{
    struct sim_reply reply, again;

    choose(*state, "catalog-null");
    get(*state, "/v1/models", &reply);
    assert_string_equal(bytes_text(&reply.body), "{\"object\":\"list\",\"data\":null}\n");
    sim_reply_release(&reply);
    choose(*state, "catalog-unordered");
    get(*state, "/v1/models", &reply);
    get(*state, "/v1/models", &again);
    assert_int_equal(reply.body.len, again.body.len);
    assert_string_not_equal(bytes_text(&reply.body), bytes_text(&again.body));
    sim_reply_release(&reply);
    sim_reply_release(&again);
    choose(*state, "outage");
    sim_ask(*state, "responses", "sim/ready", true, 0, &reply);
    assert_int_equal(reply.status, 503);
    sim_reply_release(&reply);
    /* An answer as a setting: whatever the model, for a client that has its own. */
    choose(*state, "sim/rate-limited");
    sim_ask(*state, "chat", "my/own-model", true, 0, &reply);
    assert_int_equal(reply.status, 429);
    sim_reply_release(&reply);
    choose(*state, "default");
    sim_ask(*state, "chat", "my/own-model", true, 0, &reply);
    assert_int_equal(reply.status, 503);
    sim_reply_release(&reply);
}

static void begins_with_the_scenario_it_was_given(void **state)
{
    const struct simulator_options options = {.quiet = true, .scenario = "catalog-empty"};
    struct sim_server server;
    struct sim_reply reply;

    (void)state;
    sim_server_start(&server, &options);
    get(&server, "/v1/models", &reply);
    assert_string_equal(bytes_text(&reply.body), "{\"object\":\"list\",\"data\":[]}\n");
    sim_reply_release(&reply);
    sim_server_stop(&server);
}

static void every_setting_answers(void **state)
{
    for (size_t i = 0; i < scenario_count(); i++) {
        const struct scene *scene = scene_find(scenario_get(i)->name);
        struct sim_reply reply;

        if (scene->about.scope != SCENARIO_SERVER ||
            strcmp(scene->about.name, "catalog-stall") == 0)
            continue;
        choose(*state, scene->about.name);
        get(*state, "/v1/models", &reply);
        if (scene->framing != FRAME_BARE)
            assert_int_equal(reply.status, scene->status ? scene->status : 200);
        sim_reply_release(&reply);
    }
    choose(*state, "default");
}

/* streams.md case 32: what reached the server is counted, so a client can be caught re-sending. */
static void counts_what_it_was_asked(void **state)
{
    struct sim_server server;
    struct sim_reply reply;

    (void)state;
    sim_server_start(&server, NULL);
    sim_ask(&server, "chat", "sim/no-reply-close", true, 0, &reply);
    sim_reply_release(&reply);
    get(&server, "/sim/scenario", &reply);
    assert_string_equal(bytes_text(&reply.body), "{\"scenario\":\"default\",\"requests\":1}\n");
    sim_reply_release(&reply);
    sim_server_stop(&server);
}

/* ---- the process ---- */

static void listens_on_loopback_only(void **state)
{
    static const char *const hosts[] = {"0.0.0.0",   "::", "localhost",
                                        "192.0.2.1", "",   "127.0.0.1 "};
    uint16_t port;

    (void)state;
    for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++) {
        struct error error = {.kind = ERROR_NONE};

        assert_int_equal(
            simulator_listen(&(struct simulator_options){.host = hosts[i]}, &port, &error), -1);
        assert_int_equal(error.kind, ERROR_USAGE);
    }
    assert_int_equal(
        simulator_listen(&(struct simulator_options){.scenario = "no-such"}, &port, NULL), -1);
}

static void says_when_the_port_is_taken(void **state)
{
    const struct sim_server *server = *state;
    struct error error = {.kind = ERROR_NONE};

    assert_int_equal(
        simulator_listen(&(struct simulator_options){.port = server->port}, NULL, &error), -1);
    assert_int_equal(error.kind, ERROR_CHECK);
    assert_non_null(strstr(error.text, "choose another"));
}

static void runs_in_a_process_group_of_its_own(void **state)
{
    const struct sim_server *server = *state;

    assert_int_equal(getpgid(server->child), server->child);
    assert_int_not_equal(getpgid(server->child), getpgrp());
}

/* Its parent is killed before it could stop it. */
static void dies_with_its_parent(void **state)
{
    struct pollfd gone = {.events = POLLIN};
    struct sim_server server;
    int ends[2];
    pid_t parent;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    parent = fork();
    if (parent == 0) {
        sim_server_start(&server, NULL);
        if (write(ends[1], &server, sizeof(server)) != (ssize_t)sizeof(server))
            _exit(1);
        pause();
    }
    assert_int_equal(read(ends[0], &server, sizeof(server)), sizeof(server));
    gone.fd = (int)syscall(SYS_pidfd_open, server.child, 0);
    assert_true(gone.fd >= 0);
    kill(parent, SIGKILL);
    waitpid(parent, NULL, 0);
    assert_int_equal(poll(&gone, 1, 60000), 1);
    close(gone.fd);
    close(ends[0]);
    close(ends[1]);
}

/* One line a request, in which no byte of a client reaches a terminal. */
static void tells_each_request_in_an_escaped_line(void **state)
{
    int ends[2], keep = dup(STDERR_FILENO), fd;
    struct sim_server server;
    struct sim_reply reply;
    char line[512] = "";
    ssize_t len;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    sim_server_start(&server, &(struct simulator_options){.quiet = false});
    dup2(keep, STDERR_FILENO);
    close(ends[1]);
    fd = sim_connect(&server);
    sim_post(fd, CHAT, "{\"model\":\"\\u001b[31m\\u202e\",\"messages\":[]}");
    sim_read(fd, 0, &reply);
    close(fd);
    sim_server_stop(&server);
    len = read(ends[0], line, sizeof(line) - 1);
    assert_true(len > 0);
    assert_null(strchr(line, '\x1b'));
    assert_non_null(strstr(line, "POST " CHAT " "));
    assert_non_null(strstr(line, " model-not-found 503\n"));
    assert_null(strstr(line, "sk-test")); /* the key is no business of a log */
    close(ends[0]);
    close(keep);
    sim_reply_release(&reply);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_a_request_byte_by_byte),
        cmocka_unit_test(answers_requests_sent_ahead_in_order),
        cmocka_unit_test(answers_a_client_that_closed_its_half),
        cmocka_unit_test(says_continue_to_a_client_that_waits),
        cmocka_unit_test(refuses_a_body_that_is_too_large),
        cmocka_unit_test(serves_others_while_one_reads_nothing),
        cmocka_unit_test(serves_a_hundred_at_once),
        cmocka_unit_test(forgets_clients_that_leave),
        cmocka_unit_test(pauses_between_events_and_not_between_clients),
        cmocka_unit_test(takes_settings_by_its_control_path),
        cmocka_unit_test(begins_with_the_scenario_it_was_given),
        cmocka_unit_test(every_setting_answers),
        cmocka_unit_test(counts_what_it_was_asked),
        cmocka_unit_test(listens_on_loopback_only),
        cmocka_unit_test(says_when_the_port_is_taken),
        cmocka_unit_test(runs_in_a_process_group_of_its_own),
        cmocka_unit_test(dies_with_its_parent),
        cmocka_unit_test(tells_each_request_in_an_escaped_line),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
