/*
 * An application under observation, over any loop: what its simulator tells is taken in, our own
 * engine is asked what each scenario is worth, and the application is run for one after the other.
 *
 * The simulator that is observed and the one that our engine asks are the caller's, as are the
 * signals: `simulate --observe` forks the two, the console starts the program anew for each.
 */
#ifndef COMMAND_OBSERVE_WATCH_H
#define COMMAND_OBSERVE_WATCH_H

#include "command/observe_names.h"
#include "probe/observation.h"

#include <stddef.h>
#include <stdint.h>

struct class_table;
struct loop;
struct observe_watch;
struct redactor;
struct transport;

/* How long the application has for one scenario where nobody says otherwise. */
#define OBSERVE_LIMIT_US INT64_C(90000000)

/* All of it is borrowed and outlives the watch. */
struct observe_watch_options {
    struct loop *loop;
    struct transport *transport;
    const struct redactor *redactor;
    const struct retry_policy *policy;
    const struct class_table *classes; /* NULL: the shipped ones */
    const char *observed, *reference;  /* base URLs of the two, without their version */
    int records;                       /* what the first one tells; it does not block */

    /* From the loop, none of them may free the watch. */
    void (*changed)(void *context);                        /* something was taken in or found out */
    void (*ran)(void *context, size_t session, bool last); /* the application ended */
    void (*finished)(void *context);                       /* follows observe_watch_finish() */
    /* The observed simulator ended by itself; or, not `gone`, the application cannot be started. */
    void (*failed)(void *context, const struct error *error, bool gone);
    void *context;
};

struct observe_watch *observe_watch_new(const struct observe_watch_options *options);
void observe_watch_free(struct observe_watch *watch); /* ends the application; NULL is nothing */

/* Lives as long as the watch. */
struct observation *observe_watch_observation(const struct observe_watch *watch);

/* What the application is, and for which scenarios it is run. Copied. */
struct observe_run {
    const char *const *words;
    size_t count;
    struct observe_names names;
    int64_t limit_us; /* for one of them */
    int output;       /* what it prints goes there; -1: nowhere */
};

/* Begin; false, with nothing begun, when it cannot be started or another one goes on. */
bool observe_watch_run(struct observe_watch *watch, const struct observe_run *run,
                       struct error *error);

/* End it: nobody saw how it took its last answer. `ran` follows. */
void observe_watch_stop(struct observe_watch *watch);

/* How many of its scenarios were begun, and of how many; 0 of 0: none goes on. */
size_t observe_watch_progress(const struct observe_watch *watch, size_t *count);

/* The session that it is run for now; OBSERVE_NO_SESSION: none, or there are too many. */
#define OBSERVE_NO_SESSION SIZE_MAX
size_t observe_watch_session(const struct observe_watch *watch);

/* A child ended, says the system: perhaps the application. */
void observe_watch_reap(struct observe_watch *watch);

/*
 * Nothing more is waited for: `finished` follows once no application runs and our engine answered
 * what it was asked, within half a minute; at once when it has. It is the caller who closes the
 * observation.
 */
void observe_watch_finish(struct observe_watch *watch);

#endif
