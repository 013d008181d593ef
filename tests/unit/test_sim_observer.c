/* What the simulator tells of its clients, from real sockets (E36): how answers end on both sides,
 * and neither key nor prompt. */
#include "tests/unit/sim_client.h"
#include "tests/unit/unit.h"

#include "base/json.h"
#include "base/memory.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHAT "/v1/chat/completions"
#define SENT_KEY "sk-test-0123456789"

enum { PATIENCE_MS = 60000, CROWD = 300, DELUGE = 40, PIPE_SIZE = 1024 * 1024 };

struct fixture {
    struct sim_server server;
    int records;
    struct bytes text;
    size_t at; /* lines before this were looked at */
};

static struct fixture fixture;

static void start(int pace_ms)
{
    struct simulator_options options = {.quiet = true, .pace_ms = pace_ms};
    int ends[2];

    assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    fcntl(ends[1], F_SETPIPE_SZ, PIPE_SIZE);
    options.observe_fd = ends[1];
    sim_server_start(&fixture.server, &options);
    close(ends[1]);
    fixture.records = ends[0];
    bytes_init(&fixture.text, SIZE_MAX);
    fixture.at = 0;
}

static void stop(void)
{
    sim_server_stop(&fixture.server);
    close(fixture.records);
    bytes_release(&fixture.text);
}

static int set_up(void **state)
{
    (void)state;
    start(-1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    stop();
    return 0;
}

/* The next record, of any kind. The caller frees. */
static struct json *next_record(void)
{
    struct json *record;
    char *end;

    while (!(end = fixture.text.len > fixture.at
                       ? memchr(fixture.text.data + fixture.at, '\n', fixture.text.len - fixture.at)
                       : NULL)) {
        struct pollfd slot = {.fd = fixture.records, .events = POLLIN};
        char data[4096];
        ssize_t len;

        assert_int_equal(poll(&slot, 1, PATIENCE_MS), 1);
        len = read(fixture.records, data, sizeof(data));
        assert_true(len > 0);
        bytes_append(&fixture.text, data, (size_t)len);
    }
    record = json_parse(fixture.text.data + fixture.at,
                        (size_t)(end - fixture.text.data) - fixture.at, "a record", NULL);
    assert_non_null(record);
    assert_true((size_t)(end - fixture.text.data) - fixture.at < PIPE_BUF);
    fixture.at = (size_t)(end - fixture.text.data) + 1;
    return record;
}

static const char *text_of(const struct json *record, const char *name)
{
    const char *text = json_string(json_member(record, name));

    return text ? text : "";
}

static int64_t number_of(const struct json *record, const char *name)
{
    int64_t number = -1;

    json_integer(json_member(record, name), &number);
    return number;
}

/* The next one, which must be of this kind. */
static struct json *expect(const char *kind)
{
    struct json *record = next_record();

    assert_string_equal(text_of(record, "record"), kind);
    return record;
}

/* A request is told as of `scenario`, answered by `scene`, and ends like that. */
static void expect_both(const char *scenario, const char *scene, const char *how)
{
    struct json *begun = expect("begun"), *ended = expect("ended");

    assert_string_equal(text_of(begun, "scenario"), scenario);
    assert_string_equal(text_of(begun, "scene"), scene);
    assert_string_equal(text_of(ended, "how"), how);
    assert_int_equal(number_of(begun, "id"), number_of(ended, "id"));
    json_free(begun);
    json_free(ended);
}

static void ask(const char *model, const char *path)
{
    struct sim_reply reply;
    char *body = sim_body("chat", model, true);
    int fd = sim_connect(&fixture.server);

    sim_post(fd, path, body);
    sim_read(fd, 0, &reply);
    close(fd);
    sim_reply_release(&reply);
    free(body);
}

/* ---- how answers end ---- */

static void a_whole_answer_is_told(void **state)
{
    struct json *begun, *ended;

    (void)state;
    ask("sim/ready", CHAT);
    begun = expect("begun");
    ended = expect("ended");
    assert_string_equal(text_of(begun, "method"), "POST");
    assert_string_equal(text_of(begun, "path"), CHAT);
    assert_string_equal(text_of(begun, "operation"), "chat");
    assert_true(json_boolean(json_member(begun, "stream"), false));
    assert_int_equal(strlen(text_of(begun, "body")), 16);
    assert_string_equal(text_of(ended, "how"), "told");
    assert_int_equal(number_of(ended, "status"), 200);
    assert_true(number_of(ended, "sent") > 100);
    json_free(begun);
    json_free(ended);
}

static void every_way_to_end_has_its_word(void **state)
{
    (void)state;
    ask("sim/cut-clean-chunked", CHAT);
    expect_both("cut-clean-chunked", "cut-clean-chunked", "told");
    ask("sim/cut-missing-last-chunk", CHAT);
    expect_both("cut-missing-last-chunk", "cut-missing-last-chunk", "cut");
    json_free(expect("gone"));
    ask("sim/cut-mid-stream", CHAT);
    expect_both("cut-mid-stream", "cut-mid-stream", "closed");
    json_free(expect("gone"));
    ask("sim/cut-short-length", CHAT);
    expect_both("cut-short-length", "cut-short-length", "cut");
    json_free(expect("gone"));
    ask("sim/cut-reset", CHAT);
    expect_both("cut-reset", "cut-reset", "reset");
}

static void a_client_that_leaves_a_silence_is_seen(void **state)
{
    struct sim_reply reply;
    struct json *ended;
    char *body = sim_body("chat", "sim/stall", true);
    int fd = sim_connect(&fixture.server);

    (void)state;
    sim_post(fd, CHAT, body);
    sim_read(fd, 10, &reply);
    json_free(expect("begun"));
    close(fd);
    ended = expect("ended");
    assert_string_equal(text_of(ended, "how"), "stalled");
    assert_true(number_of(ended, "quiet_us") >= 0);
    json_free(ended);
    sim_reply_release(&reply);
    free(body);
}

static void a_client_that_leaves_early_is_seen(void **state)
{
    struct sim_reply reply;
    struct json *ended;
    char *body = sim_body("chat", "sim/flood", true);
    int fd = sim_connect(&fixture.server);

    (void)state;
    sim_post(fd, CHAT, body);
    sim_read(fd, 10, &reply);
    json_free(expect("begun"));
    close(fd);
    ended = expect("ended");
    assert_string_equal(text_of(ended, "how"), "left");
    assert_true(number_of(ended, "unread") > 0);
    json_free(ended);
    sim_reply_release(&reply);
    free(body);
}

/* ---- what is told of requests ---- */

static void a_scenario_is_known_by_model_path_and_setting(void **state)
{
    (void)state;
    ask("sim/server-error", CHAT);
    expect_both("server-error", "server-error", "told");
    ask("sim/ready", "/sim/as/overloaded" CHAT);
    expect_both("overloaded", "overloaded", "told");
    ask("nobody-serves-this", CHAT);
    expect_both("model-not-found", "model-not-found", "told");
    ask("x", "/sim/scenario?name=bad-gateway"); /* the control path itself is not told */
    ask("sim/ready", CHAT);
    expect_both("bad-gateway", "bad-gateway", "told");
}

static void one_connection_keeps_its_number(void **state)
{
    char *body = sim_body("chat", "sim/ready", true);
    int64_t connections[3];
    int fd = sim_connect(&fixture.server);

    (void)state;
    for (int i = 0; i < 3; i++) {
        struct sim_reply reply;
        struct json *begun;

        if (i == 2) {
            close(fd);
            fd = sim_connect(&fixture.server);
        }
        sim_post(fd, CHAT, body);
        sim_read(fd, 0, &reply);
        sim_reply_release(&reply);
        begun = expect("begun");
        connections[i] = number_of(begun, "connection");
        assert_int_equal(number_of(begun, "id"), i + 1);
        json_free(begun);
        json_free(expect("ended"));
    }
    close(fd);
    assert_int_equal(connections[0], connections[1]);
    assert_int_not_equal(connections[1], connections[2]);
    free(body);
}

static char *digest_told(const char *model)
{
    struct json *begun;
    char *digest;

    ask(model, CHAT);
    begun = expect("begun");
    digest = xstrdup(text_of(begun, "body"));
    json_free(begun);
    json_free(expect("ended"));
    return digest;
}

/* Equal bodies are known as equal while it runs, and say nothing elsewhere. */
static void digests_tell_bodies_apart_in_one_run_only(void **state)
{
    char *first = digest_told("sim/ready"), *same = digest_told("sim/ready");
    char *other = digest_told("sim/server-error"), *later;

    (void)state;
    assert_string_equal(first, same);
    assert_string_not_equal(first, other);
    stop();
    start(-1);
    later = digest_told("sim/ready");
    assert_string_not_equal(first, later);
    free(first);
    free(same);
    free(other);
    free(later);
}

static void requests_beside_the_scenario_are_marked(void **state)
{
    struct sim_reply reply;
    struct json *begun;
    int fd = sim_connect(&fixture.server);

    (void)state;
    sim_puts(fd, "GET /sim/as/server-error/v1/models HTTP/1.1\r\nHost: x\r\n"
                 "Authorization: Bearer " SENT_KEY "\r\n\r\n");
    sim_read(fd, 0, &reply);
    close(fd);
    begun = expect("begun");
    assert_string_equal(text_of(begun, "scenario"), "server-error");
    assert_true(json_boolean(json_member(begun, "besides"), false));
    json_free(begun);
    sim_reply_release(&reply);
}

static void neither_key_nor_prompt_nor_query_is_told(void **state)
{
    static const char body[] = "{\"model\":\"sim/ready\",\"messages\":[{\"role\":\"user\","
                               "\"content\":\"an unheard-of prompt\"}]}";
    struct sim_reply reply;
    struct bytes request;
    struct json *begun;
    int fd = sim_connect(&fixture.server);

    (void)state;
    bytes_init(&request, SIZE_MAX);
    bytes_printf(&request,
                 "POST " CHAT "?key=" SENT_KEY
                 " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " SENT_KEY
                 "\r\nX-Api-Key: " SENT_KEY "\r\nCookie: a=" SENT_KEY "\r\nUser-Agent: unit/1\r\n"
                 "Idempotency-Key: secret-4711\r\nX-Stainless-Retry-Count: 2\r\n"
                 "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                 sizeof(body) - 1, body);
    sim_write(fd, request.data, request.len);
    sim_read(fd, 0, &reply);
    close(fd);
    begun = expect("begun");
    json_free(expect("ended"));
    assert_null(strstr(fixture.text.data, SENT_KEY));
    assert_null(strstr(fixture.text.data, "unheard-of"));
    assert_null(strstr(fixture.text.data, "4711"));
    assert_true(json_boolean(json_member(begun, "idempotency_key"), false));
    assert_string_equal(text_of(json_member(begun, "values"), "user-agent"), "unit/1");
    assert_string_equal(text_of(json_member(begun, "values"), "x-stainless-retry-count"), "2");
    assert_non_null(strstr(fixture.text.data, "\"cookie\""));
    json_free(begun);
    bytes_release(&request);
    sim_reply_release(&reply);
}

/* ---- hostile clients ---- */

static void long_and_many_headers_are_cut(void **state)
{
    struct sim_reply reply;
    struct bytes request;
    struct json *begun;
    int fd = sim_connect(&fixture.server);

    (void)state;
    bytes_init(&request, SIZE_MAX);
    bytes_puts(&request, "GET /v1/models HTTP/1.1\r\nHost: x\r\nUser-Agent: ");
    for (int i = 0; i < 5000; i++)
        bytes_append_byte(&request, '"');
    for (int i = 0; i < 90; i++)
        bytes_printf(&request, "\r\nX-%0300d: \xff\x01%d", i, i);
    bytes_puts(&request, "\r\n\r\n");
    sim_write(fd, request.data, request.len);
    sim_read(fd, 0, &reply);
    close(fd);
    begun = expect("begun");
    assert_true(json_count(json_member(begun, "headers")) <= 40);
    json_free(begun);
    json_free(expect("ended"));
    bytes_release(&request);
    sim_reply_release(&reply);
}

/* Answers the id it is about, -1 for one that tells what was lost. */
static int64_t count_record(int64_t *told, int64_t *lost)
{
    struct json *record = next_record();
    bool gap = strcmp(text_of(record, "record"), "lost") == 0;
    int64_t id = number_of(record, "id");

    *told += !gap;
    *lost += gap ? number_of(record, "count") : 0;
    json_free(record);
    return id;
}

/* What no scenario answers: a request that is none, a path that nobody serves. */
static void bad_requests_and_unknown_paths_are_told_as_besides(void **state)
{
    static const char *const requests[] = {
        "GET /v1/nothing HTTP/1.1\r\nHost: x\r\n\r\n",
        "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /sim/as/no-such/v1/models HTTP/1.1\r\nHost: x\r\n\r\n" SENT_KEY,
        "no request at all\r\n\r\n",
        "GET /v1/models HTTP/1.1\r\nbad header\r\n\r\n",
        "POST /v1/responses HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(requests) / sizeof(*requests); i++) {
        struct sim_reply reply;
        struct json *record;
        int fd = sim_connect(&fixture.server);

        sim_puts(fd, requests[i]);
        sim_read(fd, SIM_HEAD, &reply);
        assert_true(reply.status >= 400);
        close(fd);
        sim_reply_release(&reply);
        if (i == 2)
            continue; /* as the control path: a slip of a name, no session */
        do
            record = next_record();
        while (strcmp(text_of(record, "record"), "begun") != 0 && (json_free(record), true));
        assert_true(i == 5 || json_boolean(json_member(record, "besides"), false));
        json_free(record);
    }
}

/* Nobody reads the records: the answers come all the same, and what was lost is counted. */
static void a_reader_that_does_not_read_holds_up_nobody(void **state)
{
    char *body = sim_body("chat", "sim/server-error", true);
    int fd = sim_connect(&fixture.server);
    int64_t told = 0, lost = 0;

    (void)state;
    fcntl(fixture.records, F_SETPIPE_SZ, 4096);
    for (int i = 0; i < DELUGE; i++) {
        struct sim_reply reply;

        sim_post(fd, CHAT, body);
        sim_read(fd, 0, &reply);
        assert_int_equal(reply.status, 500);
        sim_reply_release(&reply);
    }
    while (poll(&(struct pollfd){.fd = fixture.records, .events = POLLIN}, 1, 0) == 1)
        count_record(&told, &lost);
    sim_post(fd, CHAT, body);
    while (count_record(&told, &lost) != DELUGE + 1)
        ;
    assert_true(lost > 0);
    json_free(expect("ended"));
    told -= 1; /* of the one request behind them */
    assert_int_equal(told + lost, 2 * DELUGE);
    close(fd);
    free(body);
}

static void a_crowd_is_told_one_by_one(void **state)
{
    char *body = sim_body("chat", "sim/server-error", true);
    int fds[CROWD];
    bool seen[CROWD + 1] = {false};

    (void)state;
    for (int i = 0; i < CROWD; i++)
        fds[i] = sim_connect(&fixture.server);
    for (int i = 0; i < CROWD; i++)
        sim_post(fds[i], CHAT, body);
    for (int ended = 0; ended < CROWD;) {
        struct json *record = next_record();
        int64_t id = number_of(record, "id");

        assert_in_range(id, 1, CROWD);
        if (strcmp(text_of(record, "record"), "ended") == 0) {
            assert_false(seen[id]);
            seen[id] = true;
            ended++;
        }
        json_free(record);
    }
    for (int i = 0; i < CROWD; i++)
        close(fds[i]);
    free(body);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_whole_answer_is_told),
        TEST(every_way_to_end_has_its_word),
        TEST(a_client_that_leaves_a_silence_is_seen),
        TEST(a_client_that_leaves_early_is_seen),
        TEST(a_scenario_is_known_by_model_path_and_setting),
        TEST(one_connection_keeps_its_number),
        TEST(digests_tell_bodies_apart_in_one_run_only),
        TEST(requests_beside_the_scenario_are_marked),
        TEST(neither_key_nor_prompt_nor_query_is_told),
        TEST(long_and_many_headers_are_cut),
        TEST(bad_requests_and_unknown_paths_are_told_as_besides),
        TEST(a_reader_that_does_not_read_holds_up_nobody),
        TEST(a_crowd_is_told_one_by_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
