/*
 * An application under observation in the console: a simulator of its own that it is pointed at, or
 * run against, and what was seen of it. One observation at a time; the last one stays to be read.
 */
#ifndef UI_APPLICATION_OBSERVE_H
#define UI_APPLICATION_OBSERVE_H

#include "command/observe_names.h"
#include "command/options.h"
#include "probe/observation.h"

#include <stdint.h>

struct application;
struct citation;

enum observe_state {
    OBSERVE_LIVE,   /* the simulator serves */
    OBSERVE_ENDING, /* our engine is still asked what some answers are worth */
    OBSERVE_ENDED,
};

struct observe_view {
    unsigned number; /* of the observation: another one has another number */
    enum observe_state state;
    const char *url; /* of the simulator, without scenario and version */
    uint16_t port;
    const struct observation *observation;
    struct observation_tally tally;
    const struct retry_policy *policy;
    struct observe_names usual; /* what the application is run for, or could be tried with */
    const char *command;        /* that was run last; NULL: none was */
    size_t begun, count;        /* of its scenarios; 0 of 0: it does not run */
    size_t running;             /* the session that it runs for; OBSERVE_NO_SESSION: none */
    const char *id;             /* of the record */
    const char *kept;           /* where that lies; NULL: it is not kept */
    const char *trouble;        /* why it ended by itself; NULL: it did not */
};

/* False when nothing was observed. Valid until the next call that is not const. */
bool application_observation(const struct application *application, struct observe_view *view);

/* The base URL for a client library; the caller frees. */
char *observe_view_address(const struct observe_view *view, const char *scenario);

/*
 * Begin; `port` 0: any free one. Nothing leaves this machine, so it is good offline too. Refused
 * while another one goes on.
 */
bool application_observe(struct application *application, uint16_t port, struct error *error);

/*
 * Run the application for each of the usual scenarios, or those that are named: "COMMAND" or
 * "A,B -- COMMAND", for `sh -c`. Begins an observation where none goes on. Refused where nothing
 * may be sent: what an application does besides is not ours.
 */
bool application_observe_run(struct application *application, const char *words,
                             struct error *error);

/* End it and keep the record; of one that ended and could not be kept: keep it now. */
bool application_observe_stop(struct application *application, struct error *error);

/* The end of what the application printed in a session; NULL: nothing. */
const char *application_observe_output(const struct application *application, size_t session);

/* Write the report, as of now, to a file that is not there yet. */
bool application_report_observation(struct application *application, enum format format,
                                    const char *path, struct error *error);

/*
 * The next `attach` means the observation; application_take_meant() answers that, once. Its record
 * is cited as application_cite() cites an exchange.
 */
void application_mean_observation(struct application *application);
bool application_take_meant(struct application *application);
bool application_cite_observation(struct application *application, struct citation *citation,
                                  struct error *error);

/* A child of the console ended. */
void application_reap(struct application *application);

#endif
