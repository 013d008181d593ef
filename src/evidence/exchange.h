/*
 * An exchange: one attempt on the wire, from request to evidence (design.md "Words").
 *
 * It joins the transport, the redactor, the judge, the capture and the history. Bytes are redacted
 * first, then captured and judged, so that a replay of the capture gives the same verdict. Its
 * event timers (first event, gap, linger) are those of `rules`. It marks itself changed; whoever
 * shows it looks once a frame. Ends exactly once, and is kept however it ends: of one that is freed
 * while it runs there are capture and row of a cancelled exchange.
 *
 * It has ended when its capture would outlive a power cut: row, record and `done` come after that,
 * so nothing ever cites evidence that can still be lost. The loop does not wait for the disk
 * meanwhile (net/syncer.h).
 */
#ifndef EVIDENCE_EXCHANGE_H
#define EVIDENCE_EXCHANGE_H

#include "base/error.h"
#include "contract/operation.h"
#include "contract/rules.h"
#include "evidence/capture.h"
#include "judge/failure.h"
#include "judge/judge.h"
#include "net/transport.h"

#include <stdbool.h>
#include <stdint.h>

struct contract;
struct exchange;
struct history;
struct profile;
struct redactor;
struct secret;
struct syncer;
struct telemetry;
struct timeline;
struct workspace;

/*
 * What an exchange works with; borrowed, and it outlives it, but for profile and secret. One that
 * was freed while it ran needs it until the loop says that it is kept, or until transport_free()
 * and syncer_free(): so the transport goes first, then the syncer, then history, redactor,
 * workspace and loop.
 */
struct exchange_env {
    struct loop *loop;
    struct transport *transport;
    const struct redactor *redactor;
    const struct workspace *workspace;
    const struct profile *profile;
    const struct secret *secret;       /* the profile's key; NULL: none is sent */
    const struct class_table *classes; /* NULL: the shipped ones */
    struct history *history;           /* NULL: no row is written */
    struct telemetry *telemetry;       /* NULL: no record of the attempt is written */
    struct syncer *syncer;             /* NULL: the end of an exchange waits for the disk */
    const struct file_ops *file_ops;   /* NULL: the machine's */
};

struct exchange_request {
    enum operation operation;
    const char *body; /* NULL: none */
    size_t body_len;
    /*
     * Where the capture goes; bodies are kept in it unless the policy is `never`, and a file that
     * is there already is an error before anything is sent. NULL: LOCAL/captures/ID.jsonl.
     */
    const char *capture_path;
    const char *differs; /* see workspace_profile() */
    /* A probe's: what of the request is not as the contract says; NULL: nothing. */
    const struct request_change *change;
    bool deliberate;          /* larger than limits.input_bytes on purpose */
    bool wrong;               /* on purpose; so is what is deliberate */
    bool synthetic;           /* one of our own prompts: bodies may be kept under policy `probes` */
    bool look_back;           /* hold in memory what no file keeps, for exchange_flush() */
    const char *test_case;    /* of a probe, for telemetry; NULL: none */
    int attempt;              /* the number of this one; 0 counts as 1 */
    bool regenerated;         /* it asks again after partial output */
    int64_t total_us, gap_us; /* 0: those of the contract; gap_us is for the first event too */
    int64_t left_us; /* of a deadline over several attempts: total_us is no longer; 0: none */
};

/*
 * All calls come from the loop (or from transport_free() and syncer_free()); any may be NULL. From
 * any of them the exchange may be cancelled or freed and another one started; after it was freed
 * none is called.
 */
struct exchange_observer {
    void (*body)(void *context, const char *data, size_t len,
                 int64_t since_start_us); /* redacted */
    void (*event)(void *context, const struct judge_event *event, int64_t since_start_us);
    void (*changed)(void *context); /* something to show changed */
    void (*done)(void *context);    /* the outcome is there */
    void *context;
};

/* NULL when nothing was sent; `error` says why. */
struct exchange *exchange_start(const struct exchange_env *env,
                                const struct exchange_request *request,
                                const struct exchange_observer *observer, struct error *error);
/* Cancels what runs, without a `done`. What its state points to is gone; NULL is nothing. */
void exchange_free(struct exchange *exchange);
void exchange_cancel(struct exchange *exchange); /* the user's stop; `done` follows */

/*
 * Write what the capture holds back, so that all that came is in its file. Answers the name that
 * this has now, NULL when no capture is kept; see `trouble`.
 */
const char *exchange_flush(struct exchange *exchange);

/* What it is and where it stands; pointers live as long as the exchange. */
struct exchange_state {
    const char *id; /* ev-… */
    enum operation operation;
    const char *method, *url, *model; /* as sent, redacted */
    bool running;
    bool simulated;
    bool wrong;            /* on purpose: what comes is no measure of what is usual */
    const char *test_case; /* of a probe; NULL: none */
    const char *origin;    /* of a capture that tells one: "imported (HAR)"; NULL: sent by us */
    const char *missing;   /* what its recording did not tell, one a line; NULL: nothing */
    int64_t started_us, last_event_us; /* monotonic; last_event_us 0: none yet */
    int64_t first_token_us;            /* since start, 0: none yet */
    int64_t wall_ms;
    const struct http_result *result; /* as far as known */
    const struct judge *judge;
    const struct timeline *timeline;
    const struct stream_rules *rules; /* in force; NULL: unknown */
    const struct verdict *verdict;    /* NULL while running */
    const struct failure *failure;    /* NULL while running */
    const char *text; /* of the first choice so far, redacted across its events: a key
                         in two deltas is none here; not the judge's to show */
    size_t text_len;
    const char *pending; /* ids of pending clauses it rests on, "" none */
    const char *differs; /* from the contract, one a line, redacted; NULL: nothing */
    const char *capture; /* path, NULL: none was kept, or not yet */
    const char *digest;  /* SHA-256 of the capture, NULL: none */
    bool unkept;         /* by policy no file holds the bodies of request and answer */
    const char *trouble; /* what could not be kept (disk full …), NULL: nothing */
};
void exchange_state(const struct exchange *exchange, struct exchange_state *state);

/* The object of `send --format json` (design.md "Shape"); the caller frees it with json_free(). */
struct json *exchange_report(const struct exchange *exchange);

#endif
