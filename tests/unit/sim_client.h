/*
 * A raw client of the simulator, for tests: it writes what it is told and takes framing apart by
 * itself, so that nothing between it and the server hides what was on the wire.
 */
#ifndef TESTS_UNIT_SIM_CLIENT_H
#define TESTS_UNIT_SIM_CLIENT_H

#include "base/bytes.h"
#include "simulator/play.h"
#include "simulator/simulator.h"

#include <stdbool.h>
#include <stdint.h>

struct sim_server {
    pid_t child;
    uint16_t port;
};

/* A simulator in a child; `options` NULL: quiet, no pause, any key. Fails the test if it cannot. */
void sim_server_start(struct sim_server *server, const struct simulator_options *options);
void sim_server_stop(struct sim_server *server);

enum sim_end {
    SIM_OPEN,  /* it was not waited for */
    SIM_TOLD,  /* the framing told the end: last chunk, or all of Content-Length */
    SIM_EOF,   /* the connection was closed */
    SIM_RESET, /* … with a reset */
    SIM_WRONG, /* the framing was broken */
};

struct sim_reply {
    int status;        /* 0: no status line came */
    struct bytes head; /* with its blank line */
    struct bytes body; /* without framing */
    struct bytes raw;
    bool chunked, has_length;
    size_t length;
    enum sim_end end;
    /* ---- */
    size_t at;   /* of raw: taken apart so far */
    size_t left; /* of the chunk */
    int phase;
};

/* Every call fails the test on what it does not expect; none waits longer than a minute. */
int sim_connect(const struct sim_server *server);
void sim_write(int fd, const char *data, size_t len);
void sim_puts(int fd, const char *text);

/*
 * Read one reply: until its end is told, the connection ends, or `enough` bytes of body are there
 * (0: no such limit; SIM_HEAD: the head is enough). `reply` is initialised here; release it.
 */
#define SIM_HEAD SIZE_MAX
void sim_read(int fd, size_t enough, struct sim_reply *reply);
void sim_reply_release(struct sim_reply *reply);

/* `reply` has that header with that value. */
bool sim_reply_has(const struct sim_reply *reply, const char *header);

/* POST `body` to `path` with a good key. The caller closes what it connected. */
void sim_post(int fd, const char *path, const char *body);

/* A good body for `operation` ("chat", "responses") and `model`; the caller frees. */
char *sim_body(const char *operation, const char *model, bool stream);
const char *sim_path(const char *operation);

/*
 * What the scene must send to sim_body(), made in this process: the same request gives the same
 * bytes. Of one without an end, the beginning. Answers how it ends, PLAY_BYTES for no end.
 */
enum play_outcome sim_expected(const struct scene *scene, const char *operation, bool stream,
                               struct bytes *out);
bool sim_is_endless(const struct scene *scene);

/* All of it: connect, post, read, close. */
void sim_ask(const struct sim_server *server, const char *operation, const char *model, bool stream,
             size_t enough, struct sim_reply *reply);

#endif
