/*
 * The insides of the application, shared by its files: the model and what it does.
 */
#ifndef UI_APPLICATION_STATE_H
#define UI_APPLICATION_STATE_H

#include "base/bytes.h"
#include "base/clock.h"
#include "catalog/catalog.h"
#include "evidence/exchange.h"
#include "evidence/replay.h"
#include "evidence/retention.h"
#include "net/loop.h"
#include "ui/application.h"
#include "ui/errand.h"
#include "ui/events.h"
#include "ui/recall.h"

struct confirmation;

struct application {
    struct loop *loop;
    struct workspace *workspace;
    bool temporary;
    bool offline, readonly;
    struct profile_choice choice;
    struct profile profile;
    char *differs;
    char *base_alias;
    struct class_table *classes; /* of the workspace */

    struct secret *secret; /* NULL until it is needed, or missing */
    struct redactor *redactor;
    struct transport *transport; /* NULL before the first request */
    struct syncer *syncer;       /* see application_syncer() */
    struct importing *importing; /* NULL: nothing is */
    struct history *history;     /* NULL before the first request, or when it cannot be had */
    bool history_tried;
    struct loop_timer tend_timer; /* tries again what waits, moves what is written */
    int64_t tend_us;              /* until the next try */
    bool tend_told;               /* that something waits */
    size_t tend_rows;             /* added since they were moved */

    struct draft_edit *draft;
    unsigned draft_version;
    char *draft_name; /* NULL: it is not kept */
    struct file_stamp draft_seen;
    bool draft_waits;      /* an edit of it is to be kept */
    bool draft_unkept;     /* an edit of it is in no file and will not be */
    struct errand *keeper; /* writes it */

    struct probe_shelf *shelf;         /* as it was read last; NULL: not yet */
    struct probe_place *place;         /* of a probe that stands for the draft; NULL: none */
    struct sent_probe *sent_probe;     /* what `exchange` is judged by; NULL: nothing */
    struct private_simulator *private; /* NULL: none was needed yet */
    struct suite_run *suite;           /* planned or run last; NULL: none */
    struct observing *observing;       /* going on, or the last one; NULL: none */
    struct suite_run *suite_behind;    /* the run that a plan stands before; NULL: none */
    unsigned suite_number;             /* of the plan that was made last */

    struct catalog catalog;
    int64_t catalog_ms; /* wall time of the list, 0: unknown */
    unsigned catalog_version;
    char *catalog_failure; /* why the last fetch brought no list; NULL: it did */

    struct exchange *exchange; /* what Stream shows, unless a capture was opened */
    struct replay *opened;     /* the capture that Stream shows, or NULL */
    char *opened_path;
    char *opened_text; /* of its first choice, redacted as a whole */
    size_t opened_text_len;
    struct recall *recall;     /* of an opened capture without bodies; NULL: not known */
    struct opening *opening;   /* a capture that is being judged, or NULL */
    struct replayer *replayer; /* of what Stream shows, or NULL */
    struct tape *tape;         /* of what Stream shows, when it was asked for */
    bool tape_tried;
    unsigned shown_version;
    bool verdict_hidden;
    bool look; /* at Stream: the user asked for it */
    unsigned history_version, history_added;
    struct telemetry *telemetry; /* of the workspace's setting; NULL: none, or it failed */
    bool telemetry_tried;
    char *fixture_capture, *fixture_name; /* what is asked about, see application_fixture.h */
    bool fixture_text;
    struct retention_plan prune; /* what is looked for, asked about, or goes now */
    bool prune_asks;             /* the user asked; else it is only told of */
    struct loop_timer prune_timer;
    bool sending; /* `exchange` runs */
    struct events *events;
    struct exchange *fetch; /* the last request for the list */
    bool fetching;
    bool unasked; /* that request was nobody's wish: success is no news */
    struct bytes fetched;
    struct transfer *telling; /* what is told to the simulator itself, while it runs */
    const char *told;
    char *flight;
    char *cited; /* strings of the last citation */
    char *cited_reasons;
    char cited_time[CLOCK_TEXT];

    unsigned changed;
    enum message_kind message_kind;
    char *message; /* NULL: none */
    struct messages *messages;
    struct editing editing;
    char *editing_text; /* NULL: none was asked for */
    char *editing_pointer;
    bool editing_waits;
    bool asking;
    struct question question;
    char *question_label;
    char *question_initial;
    struct confirmation *confirmations; /* that wait for their answers */
    char *confirmed;                    /* the production profile yes was said to, or NULL */
};

/* Those that wait, when nobody will answer any more. */
void application_release_confirmations(struct application *application);

/* A row was added to the history; or anything else of it changed. */
void application_history_grew(struct application *application);
void application_history_changed(struct application *application);

/* Answers how many rows were lost. */
size_t application_close_history(struct application *application);

/* Tell, soon, when the history is over the limits that the workspace sets. */
void application_watch_retention(struct application *application);

/* Curl, SQLite and the key, before a request; false when one is in flight or there is no key. */
bool application_prepare(struct application *application, struct error *error);

/* What is in flight: "chat sim/ready"; NULL, NULL: nothing. */
void application_set_flight(struct application *application, const char *what, const char *whose);

/* Stream shows nothing any more: neither exchange nor capture, and no events. */
void application_drop_shown(struct application *application);

/* Send a request that was prepared for; what is in flight is called by operation and model. */
bool application_start(struct application *application, const struct exchange_request *request,
                       const char *model, struct error *error);

/* The same where another one starts the exchange; NULL from `start` is a failure. */
bool application_start_by(struct application *application, const char *what, const char *whose,
                          struct exchange *(*start)(void *context, const struct exchange_env *env,
                                                    const struct exchange_observer *observer,
                                                    struct error *error),
                          void *context, struct error *error);

/* What an exchange works with, after application_prepare(). */
struct exchange_env application_env(const struct application *application);

/* The key, when it is needed. False with ERROR_CHECK when there is none. */
bool application_need_secret(struct application *application, struct error *error);

/* The base URL of the private simulator, which is started where none runs; NULL: it cannot be. */
const char *application_private_simulator(struct application *application, struct error *error);

/* ---- the probe in Composer (application_probe.c) ---- */

/* An exchange that it sent ended. */
void application_probe_done(struct application *application, const struct exchange_state *state);
void application_probe_body(struct application *application, const char *data, size_t len);

/*
 * Another case of the probe: NULL, or the operation; streamed or not; the model. False: it is not
 * shown now; why is said, or it is asked whether edits may go.
 */
bool application_turn_probe(struct application *application, const enum operation *operation,
                            const bool *stream, const char *model);

/* The profile is another one. */
void application_reload_probe(struct application *application);
void application_release_probe(struct application *application);

/* The request as application_preview() gives it. */
bool application_preview_probe(const struct application *application, struct http_request *request,
                               struct bytes *pending, struct error *error);

/* ---- the suite (application_suite.c) ---- */

bool application_cancel_suite(struct application *application); /* false: none runs */

/* What is imported: false when nothing is. What is judged already will be kept. */
bool application_cancel_import(struct application *application);
/* The console is being left: what is kept already goes with the syncer. */
void application_leave_import(struct application *application);

/* Made when it is needed first. */
struct syncer *application_syncer(struct application *application);
bool application_suite_runs(const struct application *application);
void application_freeze_suite(struct application *application); /* the profile is another one */
void application_release_suite(struct application *application);

/* ---- an application under observation (application_observe.c) ---- */

bool application_cancel_observe_run(struct application *application); /* false: none goes on */

/* Before the transport goes, and behind it. */
void application_conclude_observation(struct application *application);
void application_release_observation(struct application *application);

/* Wall time of "2026-11-21T11:17:23.456Z", 0 for anything else. */
int64_t application_parse_time(const char *text);

/* What came of keeping the draft. */
void application_draft_kept(void *context, const struct errand_result *result);

/* The draft that was open last, or the canary. */
void application_restore_draft(struct application *application);

/* Answers how many rows of the history were lost. */
size_t application_release_requests(struct application *application);

#endif
