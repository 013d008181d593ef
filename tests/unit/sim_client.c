#include "tests/unit/sim_client.h"

#include "tests/unit/unit.h"

#include "base/memory.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    REPLY_MAX = 128 * 1024 * 1024,
    PATIENCE_S = 60,
    BEGINNING = 20, /* units that must do of a scene without an end */
};

void sim_server_start(struct sim_server *server, const struct simulator_options *options)
{
    const struct simulator_options plain = {.quiet = true};
    struct error error = {.kind = ERROR_NONE};
    int listener;

    listener = simulator_listen(options ? options : &plain, &server->port, &error);
    if (listener < 0)
        fail_msg("%s", error.text);
    server->child = simulator_fork(listener, options ? options : &plain, &error);
    close(listener);
    assert_true(server->child > 0);
}

void sim_server_stop(struct sim_server *server)
{
    simulator_stop(server->child);
    server->child = 0;
}

int sim_connect(const struct sim_server *server)
{
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(server->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

void sim_write(int fd, const char *data, size_t len)
{
    while (len) {
        ssize_t sent = send(fd, data, len, MSG_NOSIGNAL);

        if (sent < 0 && (errno == EPIPE || errno == ECONNRESET))
            return; /* it has answered already */
        assert_true(sent > 0);
        data += sent;
        len -= (size_t)sent;
    }
}

void sim_puts(int fd, const char *text)
{
    sim_write(fd, text, strlen(text));
}

/* ---- framing ---- */

enum phase { PHASE_HEAD, PHASE_SIZE, PHASE_DATA, PHASE_LAST, PHASE_LENGTH, PHASE_CLOSE };

static const char *header_value(const struct sim_reply *reply, const char *name)
{
    size_t len = strlen(name);

    for (const char *at = strchr(bytes_text(&reply->head), '\n'); at; at = strchr(at, '\n')) {
        at++;
        if (strncasecmp(at, name, len) == 0 && at[len] == ':')
            return at + len + 1 + strspn(at + len + 1, " ");
    }
    return NULL;
}

static bool take_head(struct sim_reply *reply)
{
    const char *start = bytes_text(&reply->raw) + reply->at, *end = strstr(start, "\r\n\r\n");
    const char *coding, *length;

    if (!end)
        return false;
    bytes_clear(&reply->head);
    bytes_append(&reply->head, start, (size_t)(end - start) + 4);
    reply->at += reply->head.len;
    reply->status = atoi(start + strlen("HTTP/1.1 "));
    if (reply->status == 100)
        return true;
    coding = header_value(reply, "Transfer-Encoding");
    length = header_value(reply, "Content-Length");
    reply->chunked = coding && strncmp(coding, "chunked\r\n", 9) == 0;
    reply->has_length = length != NULL;
    reply->length = length ? strtoul(length, NULL, 10) : 0;
    if (reply->status == 204)
        reply->end = SIM_TOLD;
    reply->phase = reply->chunked ? PHASE_SIZE : length ? PHASE_LENGTH : PHASE_CLOSE;
    return true;
}

static bool take_size(struct sim_reply *reply)
{
    const char *start = bytes_text(&reply->raw) + reply->at;
    const char *end = memchr(start, '\n', reply->raw.len - reply->at);
    char *digits_end;

    if (!end)
        return false;
    reply->left = strtoul(start, &digits_end, 16);
    if (digits_end == start || *digits_end != '\r')
        reply->end = SIM_WRONG;
    reply->at += (size_t)(end - start) + 1;
    reply->phase = reply->left ? PHASE_DATA : PHASE_LAST;
    return true;
}

static bool take_data(struct sim_reply *reply)
{
    if (reply->raw.len - reply->at < reply->left + 2)
        return false;
    bytes_append(&reply->body, reply->raw.data + reply->at, reply->left);
    reply->at += reply->left + 2;
    reply->phase = PHASE_SIZE;
    return true;
}

static bool take_plain(struct sim_reply *reply)
{
    size_t part = reply->raw.len - reply->at;

    if (reply->phase == PHASE_LENGTH && part > reply->length - reply->body.len)
        part = reply->length - reply->body.len;
    bytes_append(&reply->body, bytes_text(&reply->raw) + reply->at, part);
    reply->at += part;
    if (reply->phase == PHASE_LENGTH && reply->body.len == reply->length)
        reply->end = SIM_TOLD;
    return false;
}

/* Take what can be taken; false when more bytes are needed. */
static bool take(struct sim_reply *reply)
{
    switch ((enum phase)reply->phase) {
    case PHASE_HEAD:
        return take_head(reply);
    case PHASE_SIZE:
        return take_size(reply);
    case PHASE_DATA:
        return take_data(reply);
    case PHASE_LAST:
        if (reply->raw.len - reply->at >= 2) {
            reply->at += 2;
            reply->end = SIM_TOLD;
        }
        return false;
    case PHASE_LENGTH:
    case PHASE_CLOSE:
        break;
    }
    return take_plain(reply);
}

static bool has_enough(const struct sim_reply *reply, size_t enough)
{
    if (enough == SIM_HEAD)
        return reply->head.len > 0;
    return enough && reply->body.len >= enough;
}

void sim_read(int fd, size_t enough, struct sim_reply *reply)
{
    static char data[256 * 1024];

    *reply = (struct sim_reply){.end = SIM_OPEN, .phase = PHASE_HEAD};
    bytes_init(&reply->head, REPLY_MAX);
    bytes_init(&reply->body, REPLY_MAX);
    bytes_init(&reply->raw, REPLY_MAX);
    while (reply->end == SIM_OPEN && !has_enough(reply, enough)) {
        ssize_t len = recv(fd, data, sizeof(data), 0);

        if (len < 0 && errno == ECONNRESET)
            reply->end = SIM_RESET;
        else if (len == 0)
            reply->end = SIM_EOF;
        else if (len < 0)
            fail_msg("the simulator was silent: %s", strerror(errno));
        else
            bytes_append(&reply->raw, data, (size_t)len);
        while (reply->end == SIM_OPEN && take(reply))
            ;
    }
}

void sim_reply_release(struct sim_reply *reply)
{
    bytes_release(&reply->head);
    bytes_release(&reply->body);
    bytes_release(&reply->raw);
}

bool sim_reply_has(const struct sim_reply *reply, const char *header)
{
    return strstr(bytes_text(&reply->head), header) != NULL;
}

/* ---- requests ---- */

static char *request_head(const char *path, const char *body)
{
    return xasprintf("POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %zu\r\n"
                     "Authorization: Bearer sk-test-0123456789\r\n\r\n",
                     path, strlen(body));
}

void sim_post(int fd, const char *path, const char *body)
{
    char *head = request_head(path, body);

    sim_puts(fd, head);
    sim_puts(fd, body);
    free(head);
}

const char *sim_path(const char *operation)
{
    return strcmp(operation, "chat") == 0 ? "/v1/chat/completions" : "/v1/responses";
}

char *sim_body(const char *operation, const char *model, bool stream)
{
    const char *say = "\"Return the word READY and nothing else.\"";

    if (strcmp(operation, "chat") == 0)
        return xasprintf("{\"model\":\"%s\",\"stream\":%s,\"messages\":"
                         "[{\"role\":\"user\",\"content\":%s}]}",
                         model, stream ? "true" : "false", say);
    return xasprintf("{\"model\":\"%s\",\"stream\":%s,\"input\":%s}", model,
                     stream ? "true" : "false", say);
}

bool sim_is_endless(const struct scene *scene)
{
    for (const struct step *step = scene->steps; step->kind != STEP_END; step++)
        if (step->kind == STEP_LOOP)
            return true;
    return false;
}

static enum play_outcome play_scene(const struct scene *scene, const struct ask *ask,
                                    struct bytes *out)
{
    enum play_outcome outcome = PLAY_BYTES;
    struct play play;

    play_init(&play, scene, ask);
    bytes_init(out, (size_t)4 * PLAY_UNIT_MAX);
    for (size_t i = 0; outcome == PLAY_BYTES && (i < BEGINNING || !sim_is_endless(scene)); i++)
        outcome = play_next(&play, out);
    play_release(&play);
    return outcome;
}

enum play_outcome sim_expected(const struct scene *scene, const char *operation, bool stream,
                               struct bytes *out)
{
    char *model = xasprintf("sim/%s", scene->about.name);
    char *body = sim_body(operation, model, stream);
    char *head = request_head(sim_path(operation), body);
    enum play_outcome outcome;
    struct sim_request request;
    struct ask ask;

    sim_request_init(&request, 0);
    sim_request_feed(&request, head, strlen(head));
    sim_request_feed(&request, body, strlen(body));
    ask_init(&ask, &request, 0);
    ask_read_body(&ask, operation, &request.body);
    outcome = play_scene(scene, &ask, out);
    ask_release(&ask);
    sim_request_release(&request);
    free(head);
    free(body);
    free(model);
    return outcome;
}

void sim_ask(const struct sim_server *server, const char *operation, const char *model, bool stream,
             size_t enough, struct sim_reply *reply)
{
    char *body = sim_body(operation, model, stream);
    int fd = sim_connect(server);

    sim_post(fd, sim_path(operation), body);
    sim_read(fd, enough, reply);
    close(fd);
    free(body);
}
