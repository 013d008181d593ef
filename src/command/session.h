/*
 * What a verb that talks to a server works with: workspace, profile, key, redactor, loop and
 * transport, opened together and released together.
 */
#ifndef COMMAND_SESSION_H
#define COMMAND_SESSION_H

#include "base/error.h"
#include "contract/workspace.h"
#include "evidence/exchange.h"
#include "evidence/telemetry.h"

#include <stdbool.h>
#include <stddef.h>

struct options;

struct session {
    struct workspace *workspace;
    struct class_table *classes; /* of the workspace */
    struct profile profile;
    char *differs; /* see workspace_profile() */
    struct secret *secret;
    struct redactor *redactor; /* never NULL between open and close */
    struct loop *loop;
    struct transport *transport;
    struct telemetry *telemetry; /* NULL: nobody asked for it */
    char run_id[TELEMETRY_RUN];  /* "run-20261121T111723Z-7f3a": what this process sends */
    struct history *history;     /* NULL: it cannot be written, which was said */
    struct syncer *syncer;       /* of who has more than one exchange to look after, or NULL */
};

/* The profile that the command line asks for. */
struct profile_choice session_choice(const struct options *options);

/*
 * Everything that can fail before something is sent. Close it in any case. `error` is not yet
 * said; say it through `session->redactor`.
 */
bool session_open(struct session *session, const struct options *options, struct error *error);
void session_close(struct session *session);

/* The history of `workspace`; NULL when none can be written, which is said. */
struct history *session_history(const struct workspace *workspace, const struct redactor *redactor);

/* What exchanges of this session work with. */
void session_env(const struct session *session, struct exchange_env *env);

/*
 * Run the loop until loop_stop(). `stop` is called from the loop for a signal that asks to stop,
 * once each; whoever waits for more than that cancels it and goes on until it ended.
 */
void session_run_until_stopped(struct session *session, void (*stop)(void *context), void *context);

/* One exchange from start to end, or until a signal asks to stop. */
struct session_run {
    struct exchange *exchange; /* the caller frees; NULL when nothing was sent */
    bool interrupted;
};
bool session_send(struct session *session, const struct exchange_request *request,
                  void (*body)(void *context, const char *data, size_t len, int64_t since_us),
                  void *context, struct session_run *run, struct error *error);

/*
 * Waits in the loop. `begun` is called when signals are heeded, so that whoever is told of the
 * pause can end it. False, and run->interrupted: a signal asked to stop.
 */
bool session_pause(struct session *session, int64_t wait_us, void (*begun)(void *context),
                   void *context, struct session_run *run);

/* The exit status of what was sent: EXIT_HOLDS only for a complete answer that could be kept. */
int session_status(const struct session_run *run);

/* A signal asked to stop, or will as soon as the loop goes on. */
bool session_interrupted(const struct session *session, const struct session_run *run);

#endif
