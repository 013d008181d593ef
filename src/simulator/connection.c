#include "simulator/connection.h"

#include "base/memory.h"
#include "base/text.h"
#include "simulator/observer.h"
#include "simulator/play.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <linux/sockios.h>
#include <unistd.h>

enum {
    READ_SIZE = 16 * 1024,
    QUEUE_LOW = 64 * 1024, /* below this the next events are made */
    QUEUE_MAX = 2 * PLAY_UNIT_MAX,
    PENDING_MAX = 64 * 1024, /* of requests that follow before the answer is out */
    LENGTH_SURPLUS = 64,     /* what FRAME_LENGTH_SHORT promises too much */
    RESET_CHECK_US = 1000,
};
#define IDLE_US INT64_C(60000000)  /* without a whole request */
#define LINGER_US INT64_C(2000000) /* for the client to close after us */
#define RESET_US INT64_C(5000000)  /* for the bytes in front of a reset to arrive */

enum phase {
    PHASE_READING,
    PHASE_PLAYING,
    PHASE_FLUSHING, /* all is made; what the queue holds goes out, then `ending` */
    PHASE_STALLED,
    PHASE_RESETTING, /* all is sent; it must have arrived before the reset */
    PHASE_LINGERING, /* our side is closed; what still comes is dropped */
};

enum ending {
    ENDING_KEEP,
    ENDING_CLOSE,
    ENDING_RESET,
    ENDING_STALL,
};

struct connection {
    int fd;
    struct connection_env *env;
    enum phase phase;
    enum ending ending;
    bool peer_closed;
    bool keep; /* the answer was promised to be followed by others */
    bool chunked;
    int64_t due_us;     /* of the next event, or when patience ends */
    int64_t patient_us; /* RESETTING: until then */
    struct sim_request request;
    struct bytes pending; /* bytes of the next request */
    const struct scene *scene;
    struct ask ask;
    struct play play;
    bool playing; /* `ask` and `play` hold something */
    struct bytes unit;
    struct bytes queue;
    size_t sent; /* of the queue */
    /* For the observer, if there is one. */
    uint64_t number;
    uint64_t observed;    /* id of the request that is answered; 0: none, or its end is told */
    uint64_t left_open;   /* id of the one after which our side was closed */
    uint64_t answer_sent; /* bytes */
    int64_t touched_us;   /* of the last byte sent, or of closing our side */
    const char *how;      /* the answer ends, once that is known */
};

struct connection *connection_new(int fd, struct connection_env *env, int64_t now_us)
{
    struct connection *connection = xcalloc(1, sizeof(*connection));

    connection->fd = fd;
    connection->env = env;
    connection->phase = PHASE_READING;
    connection->due_us = now_us + IDLE_US;
    connection->number = observer_connection(env->observer);
    sim_request_init(&connection->request, 0);
    bytes_init(&connection->pending, PENDING_MAX);
    bytes_init(&connection->unit, PLAY_UNIT_MAX);
    bytes_init(&connection->queue, QUEUE_MAX);
    return connection;
}

static void release_answer(struct connection *connection)
{
    if (!connection->playing)
        return;
    play_release(&connection->play);
    ask_release(&connection->ask);
    connection->playing = false;
}

/* What is sent and was not yet taken from us, or not yet acknowledged. */
static size_t unread(const struct connection *connection)
{
    int left = 0;

    if (ioctl(connection->fd, SIOCOUTQ, &left) < 0 || left < 0)
        left = 0;
    return connection->queue.len - connection->sent + (size_t)left;
}

static int answer_status(const struct connection *connection)
{
    if (connection->ask.status)
        return connection->ask.status;
    return connection->scene->status ? connection->scene->status : 200;
}

/* Tell the observer how the answer ended; once. */
static void observe_end(struct connection *connection, const char *how)
{
    const struct observed_end end = {
        .id = connection->observed,
        .status = connection->answer_sent > 0 && connection->scene->framing != FRAME_BARE
                      ? answer_status(connection)
                      : 0,
        .sent = connection->answer_sent,
        .how = how,
        .last_sent_us = connection->touched_us,
        .unread = unread(connection),
    };

    if (!connection->observed)
        return;
    observer_ended(connection->env->observer, &end);
    connection->observed = 0;
}

/* The connection is over: by us as the scene says, or by the client before that. */
static void observe_over(struct connection *connection)
{
    bool ours = connection->phase == PHASE_STALLED || connection->phase == PHASE_RESETTING;

    observe_end(connection, ours ? connection->how : "left");
    observer_gone(connection->env->observer, connection->left_open, connection->touched_us);
}

void connection_free(struct connection *connection)
{
    if (!connection)
        return;
    observe_over(connection);
    release_answer(connection);
    sim_request_release(&connection->request);
    bytes_release(&connection->pending);
    bytes_release(&connection->unit);
    bytes_release(&connection->queue);
    close(connection->fd);
    free(connection);
}

int connection_fd(const struct connection *connection)
{
    return connection->fd;
}

short connection_events(const struct connection *connection)
{
    short events = 0;

    if (connection->phase == PHASE_READING || connection->phase == PHASE_LINGERING)
        events |= POLLIN;
    if (!connection->peer_closed)
        events |= POLLRDHUP;
    if (connection->sent < connection->queue.len)
        events |= POLLOUT;
    return events;
}

int64_t connection_due_us(const struct connection *connection)
{
    /* A full queue waits for the client, not for the time of the next event. */
    if (connection->phase == PHASE_PLAYING && connection->queue.len - connection->sent >= QUEUE_LOW)
        return INT64_MAX;
    return connection->due_us;
}

/* ---- the head ---- */

static const char *reason_phrase(int status)
{
    static const struct {
        int status;
        const char *phrase;
    } phrases[] = {
        {200, "OK"},
        {204, "No Content"},
        {302, "Found"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {417, "Expectation Failed"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {505, "HTTP Version Not Supported"},
    };

    for (size_t i = 0; i < sizeof(phrases) / sizeof(*phrases); i++)
        if (phrases[i].status == status)
            return phrases[i].phrase;
    return "";
}

/* The scene tells its end as HTTP means it, so that another request may follow. */
static bool ends_well(const struct scene *scene)
{
    const struct step *step = scene->steps;

    while (step->kind < STEP_LOOP && step->kind != STEP_END)
        step++;
    return step->kind == STEP_END &&
           (scene->framing == FRAME_CHUNKED || scene->framing == FRAME_LENGTH);
}

static void put_type(struct connection *connection)
{
    const char *type = connection->scene->type;

    if (!type)
        type = connection->play.streamed ? "text/event-stream; charset=utf-8"
                                         : "application/json; charset=utf-8";
    if (*type)
        bytes_printf(&connection->queue, "Content-Type: %s\r\n", type);
}

static void put_framing(struct connection *connection)
{
    enum scene_framing framing = connection->scene->framing;
    size_t length = 0;

    if (answer_status(connection) == 204)
        return;
    if (framing != FRAME_CHUNKED && framing != FRAME_CLOSE)
        length = play_length(connection->scene, &connection->ask);
    switch (framing) {
    case FRAME_CHUNKED:
        if (connection->chunked)
            bytes_puts(&connection->queue, "Transfer-Encoding: chunked\r\n");
        break;
    case FRAME_LENGTH_SHORT:
        length += LENGTH_SURPLUS;
        break;
    case FRAME_LENGTH_CLIPPED:
        length /= 2;
        break;
    case FRAME_LENGTH:
    case FRAME_CLOSE:
    case FRAME_BARE:
        break;
    }
    if (framing == FRAME_LENGTH || framing == FRAME_LENGTH_SHORT || framing == FRAME_LENGTH_CLIPPED)
        bytes_printf(&connection->queue, "Content-Length: %zu\r\n", length);
}

static void put_head(struct connection *connection)
{
    struct bytes *queue = &connection->queue;
    int status = answer_status(connection);

    if (connection->scene->framing == FRAME_BARE)
        return;
    bytes_printf(queue, "HTTP/1.1 %d %s\r\n", status, reason_phrase(status));
    bytes_puts(queue, "Server: cometdeck-simulator\r\n");
    put_type(connection);
    put_framing(connection);
    if (connection->scene->headers)
        play_expand(&connection->play, queue, connection->scene->headers);
    bytes_printf(queue, "X-Request-Id: sim%016" PRIx64 "\r\n", connection->ask.hash);
    bytes_printf(queue, "Connection: %s\r\n\r\n", connection->keep ? "keep-alive" : "close");
}

/* ---- requests ---- */

static void put_escaped(struct bytes *line, const char *text)
{
    text_escape(line, text, strlen(text), false);
}

/* A key that was sent in the wrong place stays out of the log, too. */
static void hide_key(struct bytes *line, const char *key)
{
    enum { KEY_MIN = 8 };
    size_t len = strlen(key);
    char *at = line->data;

    while (len >= KEY_MIN && (at = strstr(at, key)))
        at = (char *)memset(at, '*', len) + len;
}

static void log_request(const struct connection *connection)
{
    const struct ask *ask = &connection->ask;
    struct bytes line;

    if (connection->env->quiet)
        return;
    bytes_init(&line, PLAY_UNIT_MAX);
    put_escaped(&line, *ask->method ? ask->method : "-");
    bytes_puts(&line, " ");
    put_escaped(&line, *ask->path ? ask->path : "-");
    bytes_puts(&line, " ");
    put_escaped(&line, *ask->model ? ask->model : "-");
    bytes_printf(&line, " %s ", connection->scene->about.name);
    if (connection->scene->framing == FRAME_BARE)
        bytes_puts(&line, "-\n");
    else
        bytes_printf(&line, "%d\n", answer_status(connection));
    hide_key(&line, ask->key);
    /* One write a line: lines of several writers do not mix. Nobody to tell if it fails. */
    if (write(STDERR_FILENO, bytes_text(&line), line.len) < 0)
        errno = 0;
    bytes_release(&line);
}

static void start_answer(struct connection *connection, int64_t now_us)
{
    const struct sim_request *request = &connection->request;

    release_answer(connection);
    connection->scene = route_request(&connection->env->route, request, &connection->ask);
    play_init(&connection->play, connection->scene, &connection->ask);
    connection->playing = true;
    connection->chunked = connection->scene->framing == FRAME_CHUNKED && request->minor == 1 &&
                          answer_status(connection) != 204;
    connection->keep = request->state == SIM_REQUEST_WHOLE && request->keep_alive &&
                       ends_well(connection->scene) &&
                       (connection->chunked || connection->scene->framing == FRAME_LENGTH);
    log_request(connection);
    connection->observed =
        observer_begun(connection->env->observer, connection->number, &connection->env->route,
                       request, &connection->ask, connection->scene);
    connection->answer_sent = 0;
    connection->touched_us = now_us;
    put_head(connection);
    connection->phase = PHASE_PLAYING;
    connection->due_us = now_us;
}

/* Use what is there; the answer begins once the request is whole, or known to be bad. */
static void use_bytes(struct connection *connection, const char *data, size_t len, int64_t now_us)
{
    size_t used = sim_request_feed(&connection->request, data, len);

    if (connection->request.expects_continue) {
        connection->request.expects_continue = false;
        bytes_puts(&connection->queue, "HTTP/1.1 100 Continue\r\n\r\n");
    }
    if (connection->request.state == SIM_REQUEST_MORE)
        return;
    bytes_append(&connection->pending, data + used, len - used);
    start_answer(connection, now_us);
}

/* False when the client has left. */
static bool read_request(struct connection *connection, int64_t now_us)
{
    char data[READ_SIZE];
    ssize_t len;

    while (connection->phase == PHASE_READING) {
        len = recv(connection->fd, data, sizeof(data), 0);
        if (len < 0)
            return errno == EAGAIN || errno == EINTR;
        if (len == 0)
            return false;
        use_bytes(connection, data, (size_t)len, now_us);
    }
    return true;
}

/* Answered, and the next request may come, or is there already. */
static void next_request(struct connection *connection, int64_t now_us)
{
    struct bytes early = connection->pending;

    release_answer(connection);
    sim_request_release(&connection->request);
    sim_request_init(&connection->request, 0);
    bytes_init(&connection->pending, PENDING_MAX);
    connection->phase = PHASE_READING;
    connection->due_us = now_us + IDLE_US;
    if (early.len)
        use_bytes(connection, early.data, early.len, now_us);
    bytes_release(&early);
}

/* ---- the answer ---- */

static void put_chunk(struct connection *connection, const char *data, size_t len)
{
    bytes_printf(&connection->queue, "%zx\r\n", len);
    bytes_append(&connection->queue, data, len);
    bytes_puts(&connection->queue, "\r\n");
}

static void put_unit(struct connection *connection)
{
    const struct bytes *unit = &connection->unit;
    size_t piece = connection->scene->piece ? connection->scene->piece : unit->len;

    if (!connection->chunked) {
        bytes_append(&connection->queue, unit->data, unit->len);
        return;
    }
    for (size_t at = 0; at < unit->len; at += piece)
        put_chunk(connection, unit->data + at, piece < unit->len - at ? piece : unit->len - at);
}

/* Nothing but the end of the connection tells the end of the answer. */
static bool ends_by_closing(const struct connection *connection)
{
    enum scene_framing framing = connection->scene->framing;

    return framing == FRAME_CLOSE || framing == FRAME_BARE ||
           (framing == FRAME_CHUNKED && !connection->chunked);
}

static void end_answer(struct connection *connection, enum play_outcome outcome)
{
    static const enum ending endings[] = {
        [PLAY_WHOLE] = ENDING_CLOSE, [PLAY_FIN] = ENDING_CLOSE,    [PLAY_RESET] = ENDING_RESET,
        [PLAY_STALL] = ENDING_STALL, [PLAY_GARBLE] = ENDING_CLOSE,
    };
    static const char *const words[] = {
        [PLAY_WHOLE] = "told",    [PLAY_FIN] = "cut",    [PLAY_RESET] = "reset",
        [PLAY_STALL] = "stalled", [PLAY_GARBLE] = "cut",
    };

    connection->ending = endings[outcome];
    connection->how = words[outcome];
    if (outcome == PLAY_WHOLE && connection->scene->framing == FRAME_LENGTH_SHORT)
        connection->how = "cut";
    if ((outcome == PLAY_WHOLE || outcome == PLAY_FIN) && ends_by_closing(connection))
        connection->how = "closed";
    if (outcome == PLAY_GARBLE)
        bytes_puts(&connection->queue, "zz\r\nno size\r\n");
    if (outcome == PLAY_WHOLE && connection->chunked)
        bytes_puts(&connection->queue, "0\r\n\r\n");
    if (outcome == PLAY_WHOLE && connection->keep)
        connection->ending = ENDING_KEEP;
    connection->phase = PHASE_FLUSHING;
    connection->due_us = INT64_MAX;
}

static int64_t pace_us(const struct connection *connection)
{
    int pace = connection->env->pace_ms;

    if (!connection->play.streamed || pace < 0 || connection->scene->pace_ms < 0)
        return 0;
    return (int64_t)(connection->scene->pace_ms > pace ? connection->scene->pace_ms : pace) * 1000;
}

/* Make the events that are due, as long as the queue is low. */
static void play_due(struct connection *connection, int64_t now_us)
{
    while (connection->phase == PHASE_PLAYING && connection->due_us <= now_us &&
           connection->queue.len - connection->sent < QUEUE_LOW) {
        enum play_outcome outcome;

        bytes_clear(&connection->unit);
        outcome = play_next(&connection->play, &connection->unit);
        if (outcome != PLAY_BYTES) {
            end_answer(connection, outcome);
            return;
        }
        put_unit(connection);
        if (pace_us(connection))
            connection->due_us = now_us + pace_us(connection);
    }
}

/* False when the client has left. */
static bool send_queue(struct connection *connection, int64_t now_us)
{
    struct bytes *queue = &connection->queue;

    while (connection->sent < queue->len) {
        ssize_t len = send(connection->fd, queue->data + connection->sent,
                           queue->len - connection->sent, MSG_NOSIGNAL);

        if (len < 0 && errno == EINTR)
            continue;
        if (len < 0)
            return errno == EAGAIN;
        connection->sent += (size_t)len;
        connection->answer_sent += (uint64_t)len;
        connection->touched_us = now_us;
    }
    bytes_clear(queue);
    connection->sent = 0;
    return true;
}

/* Everything is sent: end it. */
static void end_flushed(struct connection *connection, int64_t now_us)
{
    switch (connection->ending) {
    case ENDING_KEEP:
        observe_end(connection, connection->how);
        next_request(connection, now_us);
        break;
    case ENDING_STALL:
        connection->phase = PHASE_STALLED;
        connection->due_us = INT64_MAX;
        break;
    case ENDING_RESET:
        connection->phase = PHASE_RESETTING;
        connection->due_us = now_us;
        connection->patient_us = now_us + RESET_US;
        break;
    case ENDING_CLOSE:
        connection->left_open = connection->observed;
        observe_end(connection, connection->how);
        connection->touched_us = now_us;
        shutdown(connection->fd, SHUT_WR);
        connection->phase = PHASE_LINGERING;
        connection->due_us = now_us + LINGER_US;
        break;
    }
}

/* A reset overtakes what is still on its way, so wait until all of it was acknowledged. */
static bool step_reset(struct connection *connection, int64_t now_us)
{
    const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    int left = 0;

    if (ioctl(connection->fd, SIOCOUTQ, &left) == 0 && left > 0 &&
        now_us < connection->patient_us) {
        connection->due_us = now_us + RESET_CHECK_US;
        return true;
    }
    setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    return false;
}

/* Drop what comes until the client closes too: closing with bytes unread would reset. */
static bool step_linger(struct connection *connection, int64_t now_us)
{
    char data[READ_SIZE];
    ssize_t len;

    while ((len = recv(connection->fd, data, sizeof(data), 0)) > 0)
        ;
    return len < 0 && (errno == EAGAIN || errno == EINTR) && now_us < connection->due_us;
}

bool connection_step(struct connection *connection, short ready, int64_t now_us)
{
    if (ready & (POLLERR | POLLNVAL))
        return false;
    if (ready & POLLRDHUP)
        connection->peer_closed = true;
    if (connection->phase == PHASE_LINGERING)
        return step_linger(connection, now_us);
    if (connection->phase == PHASE_READING) {
        if ((ready & (POLLIN | POLLHUP | POLLRDHUP)) && !read_request(connection, now_us))
            return false;
        if (connection->phase == PHASE_READING && now_us >= connection->due_us)
            return false;
    }
    play_due(connection, now_us);
    if (!send_queue(connection, now_us))
        return false;
    if (connection->phase == PHASE_FLUSHING && connection->sent == connection->queue.len)
        end_flushed(connection, now_us);
    if (connection->phase == PHASE_RESETTING)
        return step_reset(connection, now_us);
    /* A client that closed only its own half cannot be told from one that left. */
    return !(connection->phase == PHASE_STALLED && connection->peer_closed);
}
