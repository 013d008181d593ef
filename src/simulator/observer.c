#include "simulator/observer.h"

#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"
#include "evidence/digest.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum {
    NAMES_MAX = 40,
    NAME_MAX_LEN = 40,
    VALUE_MAX = 80,
    PATH_LEN_MAX = 120,
    DIGEST_KEPT = 16, /* hexadecimal digits */
    LINE_SIZE = 64 * 1024,
};

struct observer {
    int fd;
    const struct clock *clock;
    uint64_t salt[2];
    uint64_t connections, requests;
    uint64_t lost;
};

/* Headers whose values tell how a client behaves and never who it is. */
static const char *const harmless[] = {
    "user-agent",          "accept",
    "content-type",        "accept-encoding",
    "x-stainless-lang",    "x-stainless-package-version",
    "x-stainless-async",   "x-stainless-retry-count",
    "x-stainless-timeout",
};

struct observer *observer_new(int fd, const struct clock *clock)
{
    struct observer *observer = xcalloc(1, sizeof(*observer));

    observer->fd = fd;
    observer->clock = clock;
    observer->salt[0] = clock_random(clock);
    observer->salt[1] = clock_random(clock);
    return observer;
}

void observer_free(struct observer *observer)
{
    free(observer);
}

uint64_t observer_connection(struct observer *observer)
{
    return observer ? ++observer->connections : 0;
}

/* ---- writing ---- */

/* A pipe takes a line of at most PIPE_BUF bytes whole or not at all. */
static bool put_line(struct observer *observer, const struct bytes *line)
{
    ssize_t done;

    do
        done = write(observer->fd, bytes_text(line), line->len);
    while (done < 0 && errno == EINTR);
    return done == (ssize_t)line->len;
}

static void tell_lost(struct observer *observer)
{
    struct bytes line;

    bytes_init(&line, LINE_SIZE);
    bytes_printf(&line, "{\"record\":\"lost\",\"count\":%" PRIu64 "}\n", observer->lost);
    if (put_line(observer, &line))
        observer->lost = 0;
    bytes_release(&line);
}

static void tell(struct observer *observer, struct bytes *line)
{
    if (observer->lost > 0)
        tell_lost(observer);
    if (line->len > PIPE_BUF || observer->lost > 0 || !put_line(observer, line))
        observer->lost++;
    bytes_release(line);
}

static void begin_line(const struct observer *observer, struct bytes *line, const char *record,
                       uint64_t id)
{
    bytes_init(line, LINE_SIZE);
    bytes_printf(line, "{\"record\":\"%s\",\"at_us\":%" PRId64 ",\"id\":%" PRIu64, record,
                 clock_now_us(observer->clock), id);
}

static void put_text(struct bytes *line, const char *name, const char *text, size_t max)
{
    bytes_printf(line, ",\"%s\":", name);
    json_quote(line, text, strnlen(text, max));
}

/* ---- a request ---- */

/* What is no scenario answers no operation. */
static bool is_about(const struct scene *scene, const struct ask *ask)
{
    return scene->about.operations && scene_answers(scene, ask->operation);
}

/* What was asked for: by path, by setting, by model; else what answered. */
static void put_scenario(struct bytes *line, const struct route *route, const struct ask *ask,
                         const struct scene *scene)
{
    static const char as[] = "/sim/as/";
    const struct scene *asked = NULL;

    if (strncmp(ask->path, as, sizeof(as) - 1) == 0) {
        const char *name = ask->path + sizeof(as) - 1;
        char *own = xmemdup0(name, strcspn(name, "/"));

        asked = scene_find(own);
        free(own);
    } else if (route->setting) {
        asked = route->setting;
    } else if (strncmp(ask->model, "sim/", 4) == 0) {
        asked = scene_find(ask->model);
    }
    put_text(line, "scenario", asked ? asked->about.name : scene->about.name, SIZE_MAX);
    put_text(line, "scene", scene->about.name, SIZE_MAX);
    bytes_printf(line, ",\"besides\":%s", is_about(asked ? asked : scene, ask) ? "false" : "true");
}

static void put_name(struct bytes *line, const char *name)
{
    char lower[NAME_MAX_LEN + 1];
    size_t len = 0;

    for (; len < NAME_MAX_LEN && name[len]; len++)
        lower[len] = (char)tolower((unsigned char)name[len]);
    json_quote(line, lower, len);
}

static void put_headers(struct bytes *line, const struct sim_request *request)
{
    bool whole = request->state == SIM_REQUEST_WHOLE; /* else nothing is sure of its head */
    const char *head = bytes_text(&request->head);
    const char *comma = "";

    bytes_puts(line, ",\"headers\":[");
    for (size_t i = 0; whole && i < request->header_count && i < NAMES_MAX; i++) {
        bytes_puts(line, i > 0 ? "," : "");
        put_name(line, head + request->headers[i].name);
    }
    bytes_puts(line, "],\"values\":{");
    for (size_t i = 0; i < sizeof(harmless) / sizeof(*harmless); i++) {
        const char *value = whole ? sim_request_header(request, harmless[i]) : NULL;

        if (!value)
            continue;
        bytes_puts(line, comma);
        put_name(line, harmless[i]);
        bytes_puts(line, ":");
        json_quote(line, value, strnlen(value, VALUE_MAX));
        comma = ",";
    }
    bytes_puts(line, "}");
}

/* Two requests are one and the same to us when method, path and body are. */
static void put_body(const struct observer *observer, struct bytes *line,
                     const struct sim_request *request)
{
    struct digest *digest = digest_new();
    char text[DIGEST_TEXT];

    digest_update(digest, observer->salt, sizeof(observer->salt));
    digest_update(digest, bytes_text(&request->body), request->body.len);
    digest_text(digest, text);
    digest_free(digest);
    put_text(line, "body", text, DIGEST_KEPT);
    bytes_printf(line, ",\"body_bytes\":%zu", request->body.len);
}

uint64_t observer_begun(struct observer *observer, uint64_t connection, const struct route *route,
                        const struct sim_request *request, const struct ask *ask,
                        const struct scene *scene)
{
    struct bytes line;
    uint64_t id;

    if (!observer || strcmp(scene->about.name, "control") == 0)
        return 0;
    id = ++observer->requests;
    begin_line(observer, &line, "begun", id);
    bytes_printf(&line, ",\"connection\":%" PRIu64, connection);
    put_text(&line, "method", ask->method, VALUE_MAX);
    put_text(&line, "path", ask->path, PATH_LEN_MAX);
    put_scenario(&line, route, ask, scene);
    put_text(&line, "operation", ask->operation, SIZE_MAX);
    bytes_printf(&line, ",\"stream\":%s,\"choices\":%u", ask->stream ? "true" : "false",
                 ask->choices);
    put_headers(&line, request);
    bytes_printf(&line, ",\"idempotency_key\":%s",
                 request->state == SIM_REQUEST_WHOLE &&
                         sim_request_header(request, "Idempotency-Key")
                     ? "true"
                     : "false");
    put_body(observer, &line, request);
    bytes_puts(&line, "}\n");
    tell(observer, &line);
    return id;
}

/* ---- and its end ---- */

void observer_ended(struct observer *observer, const struct observed_end *end)
{
    struct bytes line;

    if (!observer || !end->id)
        return;
    begin_line(observer, &line, "ended", end->id);
    bytes_printf(&line, ",\"status\":%d,\"sent\":%" PRIu64 ",\"how\":\"%s\"", end->status,
                 end->sent, end->how);
    bytes_printf(&line, ",\"quiet_us\":%" PRId64 ",\"unread\":%zu}\n",
                 end->last_sent_us ? clock_now_us(observer->clock) - end->last_sent_us : 0,
                 end->unread);
    tell(observer, &line);
}

void observer_gone(struct observer *observer, uint64_t id, int64_t since_us)
{
    struct bytes line;

    if (!observer || !id)
        return;
    begin_line(observer, &line, "gone", id);
    bytes_printf(&line, ",\"kept_us\":%" PRId64 "}\n", clock_now_us(observer->clock) - since_us);
    tell(observer, &line);
}
