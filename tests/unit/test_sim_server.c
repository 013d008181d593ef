/* The simulator over real sockets: what it answers, how it ends, and that nobody waits for others.
 */
#include "tests/unit/sim_client.h"
#include "tests/unit/unit.h"

#include "base/memory.h"
#include "simulator/scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHAT "/v1/chat/completions"
#define KEY_LINE "Authorization: Bearer sk-test-0123456789\r\n"

static int start(void **state)
{
    static struct sim_server server;

    sim_server_start(&server, &(struct simulator_options){.quiet = true, .pace_ms = -1});
    *state = &server;
    return 0;
}

static int stop(void **state)
{
    sim_server_stop(*state);
    return 0;
}

/* ---- what a request does wrong (cometapi.md "Errors") ---- */

#define GOOD_BODY \
    "{\"model\":\"sim/ready\",\"messages\":[{\"role\":\"user\",\"content\":\"READY?\"}]}"

static const struct request_case {
    const char *method, *path, *headers, *body;
    int status;
    const char *told; /* somewhere in the answer */
} request_cases[] = {
    {"POST", CHAT, KEY_LINE, GOOD_BODY, 200, "\"content\":\"READY\""},
    {"POST", CHAT, "", GOOD_BODY, 401, "(request id: sim"},
    {"POST", CHAT, "Authorization: Basic sk-test\r\n", GOOD_BODY, 401, "Invalid token"},
    {"POST", CHAT, "Authorization: Bearer pk-test\r\n", GOOD_BODY, 401, "\"code\":\"\""},
    {"POST", CHAT, "Authorization: Bearer sk-\r\n", GOOD_BODY, 401, "Invalid token"},
    {"POST", CHAT, "X-Api-Key: sk-test\r\n", GOOD_BODY, 401, "Invalid token"},
    {"POST", CHAT, KEY_LINE, "{\"messages\":[]}", 400, "model name is required"},
    {"POST", CHAT, KEY_LINE, "{\"model\":3}", 400, "model name is required"},
    {"POST", CHAT, KEY_LINE, "{\"model\":\"sim/ready\"}", 500, "\"code\":\"invalid_request\""},
    {"POST", CHAT, KEY_LINE, "{\"model\":\"sim/ready\",\"messages\":[]}", 500,
     "\"code\":\"invalid_request\""},
    {"POST", "/v1/responses", KEY_LINE, "{\"model\":\"sim/ready\",\"input\":\"\"}", 500,
     "\"code\":\"invalid_request\""},
    {"POST", CHAT, KEY_LINE, "{\"model\":\"nobody/knows\",\"messages\":[]}", 503,
     "\"code\":\"model_not_found\""},
    {"POST", CHAT, KEY_LINE, "{\"model\":\"sim/catalog-null\",\"messages\":[]}", 503,
     "\"code\":\"model_not_found\""},
    {"POST", CHAT, KEY_LINE, "{\"model\":\"sim/ready\",", 400, "could not parse"},
    {"POST", CHAT, KEY_LINE, "[]", 400, "could not parse"},
    {"POST", CHAT, KEY_LINE, "", 400, "could not parse"},
    {"POST", CHAT, KEY_LINE,
     "{\"model\":\"sim/ready\",\"messages\":[{\"role\":\"user\",\"content\":\"\"},"
     "{\"role\":\"wizard\"}]}",
     400, "\"param\":\"messages[1].role\""},
    {"POST", "/v1/responses", KEY_LINE, "{\"model\":\"sim/done-only\",\"input\":\"x\"}", 400,
     "scenario of chat only"},
    {"GET", CHAT, KEY_LINE, "", 404, "Invalid URL (GET " CHAT ")"},
    {"PUT", "/v1/models", KEY_LINE, "", 404, "Invalid URL (PUT /v1/models)"},
    {"POST", "/v1/chat/completion", KEY_LINE, GOOD_BODY, 404, "Invalid URL"},
    {"POST", "/v1/a\"b\\c", KEY_LINE, GOOD_BODY, 404, "/v1/a\\\"b\\\\c"},
    {"POST", "/api/text/chat", KEY_LINE, GOOD_BODY, 200, "<title>Chat completions</title>"},
    {"POST", "/", KEY_LINE, GOOD_BODY, 200, "<!doctype html>"},
    {"GET", "/anything/else", "", "", 200, "<!doctype html>"},
    {"GET", "/v1/models", KEY_LINE, "", 200, "\"id\":\"sim/cut-mid-stream\""},
    {"GET", "/v1/models", "", "", 401, "Invalid token"},
    {"GET", "/v1/models/sim/ready", KEY_LINE, "", 200, "\"id\":\"sim/ready\""},
    {"GET", "/v1/models/sim%2Fready", KEY_LINE, "", 200, "\"id\":\"sim/ready\""},
    {"GET", "/v1/models/nobody", KEY_LINE, "", 200, "\"error\":{"},
    {"GET", "/api/models", "", "", 200, "\"output\":null"},
    {"GET", "/sim/scenario", "", "", 200, "{\"scenario\":\"default\",\"requests\":"},
    {"POST", "/sim/scenario?name=no-such", "", "", 404, "simulate --list"},
};

static void send_request(int fd, const struct request_case *one)
{
    char *head = xasprintf("%s %s HTTP/1.1\r\nHost: x\r\n%sContent-Length: %zu\r\n\r\n%s",
                           one->method, one->path, one->headers, strlen(one->body), one->body);

    sim_puts(fd, head);
    free(head);
}

static void answers_each_request_as_the_api_would(void **state)
{
    for (size_t i = 0; i < sizeof(request_cases) / sizeof(*request_cases); i++) {
        const struct request_case *one = &request_cases[i];
        struct sim_reply reply;
        int fd = sim_connect(*state);

        send_request(fd, one);
        sim_read(fd, 0, &reply);
        if (reply.status != one->status || !strstr(bytes_text(&reply.body), one->told))
            fail_msg("%s %s: %d %s", one->method, one->path, reply.status, bytes_text(&reply.raw));
        assert_int_equal(reply.end, SIM_TOLD);
        close(fd);
        sim_reply_release(&reply);
    }
}

static void answers_the_same_request_with_the_same_bytes(void **state)
{
    for (size_t i = 0; i < sizeof(request_cases) / sizeof(*request_cases); i++) {
        struct sim_reply once, again;
        int fd = sim_connect(*state);

        if (strstr(request_cases[i].path, "/sim/"))
            continue;
        send_request(fd, &request_cases[i]);
        sim_read(fd, 0, &once);
        send_request(fd, &request_cases[i]); /* on the same connection */
        sim_read(fd, 0, &again);
        assert_string_equal(bytes_text(&once.raw), bytes_text(&again.raw));
        close(fd);
        sim_reply_release(&once);
        sim_reply_release(&again);
    }
}

static void takes_only_the_key_it_was_given(void **state)
{
    const struct simulator_options options = {.quiet = true, .key = "sk-test-0123456789"};
    struct sim_server server;
    struct sim_reply reply;
    int fd;

    (void)state;
    sim_server_start(&server, &options);
    sim_ask(&server, "chat", "sim/ready", false, 0, &reply);
    assert_int_equal(reply.status, 200);
    sim_reply_release(&reply);
    fd = sim_connect(&server);
    sim_puts(fd, "GET /v1/models HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sk-other\r\n\r\n");
    sim_read(fd, 0, &reply);
    assert_int_equal(reply.status, 401);
    close(fd);
    sim_reply_release(&reply);
    sim_server_stop(&server);
}

/* ---- every scenario on the wire ---- */

/* How the client must see it end. */
static enum sim_end expected_end(const struct scene *scene, enum play_outcome outcome)
{
    switch (outcome) {
    case PLAY_RESET:
        return SIM_RESET;
    case PLAY_FIN:
        return SIM_EOF;
    case PLAY_GARBLE:
        return SIM_WRONG;
    case PLAY_STALL:
    case PLAY_BYTES:
        return SIM_OPEN;
    case PLAY_WHOLE:
        break;
    }
    if (scene->framing == FRAME_CLOSE || scene->framing == FRAME_LENGTH_SHORT)
        return SIM_EOF;
    return SIM_TOLD;
}

static void assert_reply(const struct scene *scene, const struct sim_reply *reply,
                         const struct bytes *body, enum sim_end end)
{
    size_t len = scene->framing == FRAME_LENGTH_CLIPPED ? body->len / 2 : body->len;
    bool fits =
        end == SIM_OPEN && sim_is_endless(scene) ? reply->body.len >= len : reply->body.len == len;

    if (reply->end != end || !fits || memcmp(bytes_text(&reply->body), bytes_text(body), len) != 0)
        fail_msg("sim/%s: end %d, not %d; %zu bytes, not %zu", scene->about.name, reply->end, end,
                 reply->body.len, len);
    assert_int_equal(reply->status, scene->status ? scene->status : 200);
    assert_int_equal(reply->chunked, scene->framing == FRAME_CHUNKED && scene->status != 204);
    if (scene->framing == FRAME_LENGTH_SHORT)
        assert_true(reply->length > body->len);
}

static void check_on_the_wire(const struct sim_server *server, const struct scene *scene,
                              const char *operation, bool stream)
{
    char *model = xasprintf("sim/%s", scene->about.name);
    char *body = sim_body(operation, model, stream);
    struct bytes bytes;
    enum play_outcome outcome = sim_expected(scene, operation, stream, &bytes);
    enum sim_end end = expected_end(scene, outcome);
    struct sim_reply reply;
    int fd = sim_connect(server);

    sim_post(fd, sim_path(operation), body);
    if (end != SIM_OPEN || bytes.len) {
        sim_read(fd, end == SIM_OPEN ? bytes.len : 0, &reply);
        if (scene->framing == FRAME_BARE) /* the steps are all there is, head included */
            assert_string_equal(bytes_text(&reply.raw), bytes_text(&bytes));
        else
            assert_reply(scene, &reply, &bytes, end);
        sim_reply_release(&reply);
    }
    close(fd);
    bytes_release(&bytes);
    free(body);
    free(model);
}

/* Framing, ending and bytes of every answer are those of its table entry. */
static void sends_every_scenario_as_its_entry_says(void **state)
{
    static const char *const operations[] = {"chat", "responses"};

    for (size_t i = 0; i < scenario_count(); i++) {
        const struct scene *scene = scene_find(scenario_get(i)->name);

        for (size_t k = 0; k < 2; k++) {
            if (scene->about.scope != SCENARIO_ANSWER || !scene_answers(scene, operations[k]))
                continue;
            check_on_the_wire(*state, scene, operations[k], true);
            check_on_the_wire(*state, scene, operations[k], false);
        }
    }
}

static void tells_a_reset_from_a_close(void **state)
{
    struct sim_reply reply;

    sim_ask(*state, "chat", "sim/cut-reset", true, 0, &reply);
    assert_int_equal(reply.end, SIM_RESET);
    assert_non_null(strstr(bytes_text(&reply.body), "writers")); /* all of it came before */
    sim_reply_release(&reply);
    sim_ask(*state, "chat", "sim/cut-mid-stream", true, 0, &reply);
    assert_int_equal(reply.end, SIM_EOF);
    assert_false(reply.chunked || reply.has_length);
    sim_reply_release(&reply);
    sim_ask(*state, "chat", "sim/no-reply-reset", true, 0, &reply);
    assert_int_equal(reply.end, SIM_RESET);
    assert_int_equal(reply.raw.len, 0);
    sim_reply_release(&reply);
    sim_ask(*state, "chat", "sim/cut-bad-chunk", true, 0, &reply);
    assert_int_equal(reply.end, SIM_WRONG);
    sim_reply_release(&reply);
}

static void answers_n_choices_and_usage_when_asked(void **state)
{
    struct sim_reply reply;
    int fd = sim_connect(*state);

    sim_post(fd, CHAT,
             "{\"model\":\"demo/harbor-nano\",\"n\":3,\"stream\":true,\"stream_options\":"
             "{\"include_usage\":true},\"messages\":[{\"role\":\"user\",\"content\":\"READY\"}]}");
    sim_read(fd, 0, &reply);
    assert_non_null(strstr(bytes_text(&reply.body), "{\"index\":2,\"delta\":{\"content\":"));
    assert_non_null(strstr(bytes_text(&reply.body), "\"usage\":{\"prompt_tokens\":"));
    close(fd);
    sim_reply_release(&reply);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_each_request_as_the_api_would),
        cmocka_unit_test(answers_the_same_request_with_the_same_bytes),
        cmocka_unit_test(takes_only_the_key_it_was_given),
        cmocka_unit_test(sends_every_scenario_as_its_entry_says),
        cmocka_unit_test(tells_a_reset_from_a_close),
        cmocka_unit_test(answers_n_choices_and_usage_when_asked),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
