/* An application under observation, over the loop of the console. */
#include "ui/application_observe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/redact.h"
#include "command/observe_report.h"
#include "command/observe_watch.h"
#include "contract/workspace.h"
#include "ledger/template.h"
#include "net/transport.h"
#include "ui/application_state.h"
#include "ui/private_simulator.h"

enum { PIPE_SIZE = 1024 * 1024, OUTPUT_KEPT = 4096, REPORT_MODE = 0600, LINE_BYTES = 1024 };

/* The end of what was printed in a session. */
struct printed {
    size_t session;
    struct bytes text;
};

struct observing {
    struct application *application;
    unsigned number; /* see observe_view */
    enum observe_state state;
    struct private_simulator *observed, *reference; /* NULL when they are no longer needed */
    int records, output[2]; /* what the first one tells; what the application prints */
    char *url;
    uint16_t port;
    struct retry_policy *policy;
    struct observe_watch *watch;
    struct observation_about about;
    char *command; /* as it was typed; NULL: none was run */
    char *name;    /* its first word, for the record */
    char *kept, *digest, *trouble;
    char *cited, *verdict; /* strings of the last citation */
    char cited_time[CLOCK_TEXT];
    bool meant; /* by the next `attach` */
    struct printed *printed;
    size_t printed_count;
};

static struct observation *seen(const struct observing *observing)
{
    return observe_watch_observation(observing->watch);
}

bool application_observation(const struct application *application, struct observe_view *view)
{
    const struct observing *observing = application->observing;

    *view = (struct observe_view){.url = NULL};
    if (!observing)
        return false;
    view->number = observing->number;
    view->state = observing->state;
    view->url = observing->url;
    view->port = observing->port;
    view->observation = seen(observing);
    observation_tally(view->observation, &view->tally);
    view->policy = observing->policy;
    observe_names_usual(&view->usual);
    view->command = observing->command;
    view->begun = observe_watch_progress(observing->watch, &view->count);
    view->running = observe_watch_session(observing->watch);
    view->id = observing->about.id;
    view->kept = observing->kept;
    view->trouble = observing->trouble;
    return true;
}

char *observe_view_address(const struct observe_view *view, const char *scenario)
{
    return xasprintf("%s/sim/as/%s/v1", view->url, scenario);
}

/* ---- what the application prints ---- */

static struct bytes *printed_in(struct observing *observing, size_t session)
{
    struct printed *printed;

    for (size_t i = observing->printed_count; i > 0; i--)
        if (observing->printed[i - 1].session == session)
            return &observing->printed[i - 1].text;
    observing->printed = xreallocarray(observing->printed, observing->printed_count + 1,
                                       sizeof(*observing->printed));
    printed = &observing->printed[observing->printed_count++];
    printed->session = session;
    bytes_init(&printed->text, OUTPUT_KEPT);
    return &printed->text;
}

static void on_output(void *context, short revents)
{
    struct observing *observing = context;
    size_t session = observe_watch_session(observing->watch), before;
    char data[OUTPUT_KEPT];
    ssize_t len = read(observing->output[0], data, sizeof(data));
    struct bytes *text;

    (void)revents;
    if (len <= 0 || session == OBSERVE_NO_SESSION)
        return;
    text = printed_in(observing, session);
    before = text->len + (size_t)len;
    bytes_drop(text, before > OUTPUT_KEPT ? before - OUTPUT_KEPT : 0);
    bytes_append(text, data, (size_t)len);
    application_changed(observing->application, TOPIC_OBSERVE);
}

const char *application_observe_output(const struct application *application, size_t session)
{
    const struct observing *observing = application->observing;

    for (size_t i = 0; observing && i < observing->printed_count; i++)
        if (observing->printed[i].session == session)
            return bytes_text(&observing->printed[i].text);
    return NULL;
}

/* ---- the record ---- */

static struct observe_report report_of(const struct observing *observing)
{
    return (struct observe_report){seen(observing), observing->policy, &observing->about,
                                   observing->application->redactor};
}

static bool was_asked(const struct observing *observing)
{
    struct observation_tally tally;

    observation_tally(seen(observing), &tally);
    return tally.requests > 0;
}

/* The path, newly allocated, and into `*digest` what the record carries; NULL: it is not kept. */
static char *write_record(struct observing *observing, char **digest, struct error *error)
{
    struct application *application = observing->application;
    struct observe_report report;

    observing->about.command = observing->name;
    report = report_of(observing);
    return application_may_write(application, error)
               ? observe_keep(application->workspace, &report, digest, error)
               : NULL;
}

/* What was run so far outlives us, however we end; that it cannot be kept is said at the end. */
static void keep_so_far(struct observing *observing)
{
    struct error error;

    observing->about.ended_ms = clock_wall_ms(application_clock(observing->application));
    if (was_asked(observing))
        free(write_record(observing, NULL, &error));
}

/* What nobody asked for but whoever observed would miss: said where it fails. */
static void keep_record(struct observing *observing)
{
    const struct clock *clock = application_clock(observing->application);
    struct error error;

    observation_close(seen(observing), clock_now_us(clock));
    observing->about.ended_ms = clock_wall_ms(clock);
    if (!was_asked(observing))
        return;
    observing->kept = write_record(observing, &observing->digest, &error);
    if (!observing->kept)
        application_fail(observing->application, &error);
}

/* What nobody can say is no success. */
static enum message_kind kind_of(const struct observation_tally *tally)
{
    return tally->no > 0 ? MESSAGE_FAILED : tally->unknown > 0 ? MESSAGE_NOTE : MESSAGE_DONE;
}

static void say_end(const struct observing *observing)
{
    struct application *application = observing->application;
    struct observation_tally tally;
    struct bytes line;

    if (!was_asked(observing)) {
        application_say(application, MESSAGE_NOTE, "Nothing was asked: there is nothing to keep");
        return;
    }
    if (!observing->kept)
        return; /* why was said */
    bytes_init(&line, LINE_BYTES);
    observe_summary(seen(observing), &line);
    observation_tally(seen(observing), &tally);
    application_say(application, kind_of(&tally), "%s; kept as %s", bytes_text(&line),
                    observing->about.id);
    bytes_release(&line);
}

/* ---- what happens ---- */

static void on_changed(void *context)
{
    struct observing *observing = context;

    application_changed(observing->application, TOPIC_OBSERVE);
}

static void on_ran(void *context, size_t session, bool last)
{
    struct observing *observing = context;
    struct observation_tally tally;
    bool stopped = session != OBSERVE_NO_SESSION &&
                   observation_session(seen(observing), session)->exit == OBSERVED_INTERRUPTED;

    if (observing->state != OBSERVE_LIVE)
        return; /* its record is kept, or about to be */
    keep_so_far(observing);
    if (!last)
        return;
    observation_tally(seen(observing), &tally);
    application_say(observing->application, kind_of(&tally),
                    "The run %s: %zu handled, %zu NOT, %zu unknown; :observe stop keeps the record",
                    stopped ? "was stopped" : "is over", tally.yes, tally.no, tally.unknown);
}

static void on_finished(void *context)
{
    struct observing *observing = context;

    observing->state = OBSERVE_ENDED;
    keep_record(observing);
    if (!observing->trouble)
        say_end(observing);
    private_simulator_free(observing->observed);
    private_simulator_free(observing->reference);
    observing->observed = observing->reference = NULL;
    application_changed(observing->application, TOPIC_OBSERVE);
}

static void end(struct observing *observing)
{
    observing->state = OBSERVE_ENDING;
    observe_watch_stop(observing->watch);
    observe_watch_finish(observing->watch);
    application_changed(observing->application, TOPIC_OBSERVE);
}

static void on_failed(void *context, const struct error *error, bool gone)
{
    struct observing *observing = context;

    application_fail(observing->application, error);
    if (!gone || observing->state != OBSERVE_LIVE)
        return; /* others may still ask */
    observing->trouble = xstrdup(error->text);
    end(observing);
}

void application_reap(struct application *application)
{
    if (application->observing)
        observe_watch_reap(application->observing->watch);
}

/* ---- beginning ---- */

static bool open_pipe(int ends[2], struct error *error)
{
    return pipe2(ends, O_CLOEXEC) == 0 ||
           error_errno(error, ERROR_CHECK, errno, "nothing can be observed");
}

static bool start_simulators(struct observing *observing, uint16_t port, struct error *error)
{
    int ends[2];

    if (!open_pipe(ends, error))
        return false;
    observing->records = ends[0];
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    fcntl(ends[1], F_SETFL, O_NONBLOCK);     /* what does not fit is lost and counted */
    fcntl(ends[1], F_SETPIPE_SZ, PIPE_SIZE); /* or as large as the system allows */
    observing->observed = private_simulator_new(port, ends[1], error);
    close(ends[1]);
    if (observing->observed)
        observing->reference = private_simulator_new(0, -1, error);
    if (!observing->reference)
        return false;
    observing->url = xstrdup(private_simulator_url(observing->observed));
    observing->port = private_simulator_port(observing->observed);
    return true;
}

static void start_watch(struct observing *observing)
{
    struct application *application = observing->application;
    const struct clock *clock = application_clock(application);
    struct observe_watch_options options = {
        .loop = application->loop,
        .redactor = application->redactor,
        .policy = observing->policy,
        .classes = application->classes,
        .observed = observing->url,
        .reference = private_simulator_url(observing->reference),
        .records = observing->records,
        .changed = on_changed,
        .ran = on_ran,
        .finished = on_finished,
        .failed = on_failed,
        .context = observing,
    };

    if (!application->transport)
        application->transport = transport_new(application->loop);
    options.transport = application->transport;
    observing->watch = observe_watch_new(&options);
    loop_watch(application->loop, observing->output[0], POLLIN, on_output, observing);
    observing->about = (struct observation_about){
        .began_ms = clock_wall_ms(clock),
        .policy = retry_policy_version(observing->policy),
        .program = PACKAGE_VERSION,
    };
    observation_name(&observing->about, clock_random(clock));
}

static void release(struct observing *observing)
{
    observe_watch_free(observing->watch);
    for (int i = 0; i < 2; i++) {
        if (observing->output[i] < 0)
            continue;
        loop_unwatch(observing->application->loop, observing->output[i]);
        close(observing->output[i]);
    }
    if (observing->records >= 0)
        close(observing->records);
    private_simulator_free(observing->observed);
    private_simulator_free(observing->reference);
    for (size_t i = 0; i < observing->printed_count; i++)
        bytes_release(&observing->printed[i].text);
    free(observing->printed);
    retry_policy_free(observing->policy);
    free(observing->url);
    free(observing->command);
    free(observing->name);
    free(observing->kept);
    free(observing->digest);
    free(observing->cited);
    free(observing->verdict);
    free(observing->trouble);
    free(observing);
}

bool application_observe(struct application *application, uint16_t port, struct error *error)
{
    struct observing *observing = application->observing;

    if (observing && observing->state != OBSERVE_ENDED)
        return error_set(error, ERROR_USAGE, "%s is observed already; :observe stop ends that",
                         observing->url);
    observing = xcalloc(1, sizeof(*observing));
    *observing = (struct observing){.application = application, .records = -1, .output = {-1, -1}};
    observing->policy = retry_policy_open(application->workspace->folder, error);
    if (!observing->policy || !open_pipe(observing->output, error) ||
        !start_simulators(observing, port, error)) {
        release(observing);
        return false;
    }
    fcntl(observing->output[0], F_SETFL, O_NONBLOCK); /* the application's end waits for us */
    start_watch(observing);
    if (application->observing) {
        observing->number = application->observing->number + 1;
        release(application->observing);
    }
    application->observing = observing;
    application_changed(application, TOPIC_OBSERVE);
    return true;
}

/* ---- running the application ---- */

/* "A,B -- COMMAND", "-- COMMAND" or "COMMAND"; answers the command, NULL when there is none. */
static const char *read_words(const char *words, struct observe_names *names, struct error *error)
{
    size_t len = strcspn(words, " ");
    char *text;
    bool good;

    observe_names_usual(names);
    if (strncmp(words, "-- ", 3) == 0)
        return words + 3;
    if (strncmp(words + len, " -- ", 4) != 0)
        return *words ? words : NULL;
    text = xmemdup0(words, len);
    good = observe_names_read(names, text, error);
    free(text);
    return good ? words + len + 4 : NULL;
}

bool application_observe_run(struct application *application, const char *words,
                             struct error *error)
{
    struct observe_run run = {.limit_us = OBSERVE_LIMIT_US};
    struct observing *observing = application->observing;
    const char *command;

    error_set(error, ERROR_USAGE, "no command is named; such as :observe run -- node app.mjs");
    command = read_words(words + strspn(words, " "), &run.names, error);
    if (!command || !command[strspn(command, " ")])
        return false;
    if (!application_may_send(application, error))
        return false;
    if ((!observing || observing->state == OBSERVE_ENDED) &&
        !application_observe(application, 0, error))
        return false;
    observing = application->observing;
    if (observing->state == OBSERVE_ENDING)
        return error_set(error, ERROR_USAGE, "the observation is ending; again when it has");
    run.words = (const char *const[]){"sh", "-c", command};
    run.count = 3;
    run.output = observing->output[1];
    if (!observe_watch_run(observing->watch, &run, error))
        return false;
    free(observing->command);
    free(observing->name);
    observing->command = xstrdup(command);
    observing->name = observe_names_command(command);
    return true;
}

bool application_cancel_observe_run(struct application *application)
{
    struct observe_view view;

    if (!application_observation(application, &view) || view.count == 0)
        return false;
    observe_watch_stop(application->observing->watch);
    return true;
}

/* ---- the end ---- */

bool application_observe_stop(struct application *application, struct error *error)
{
    struct observing *observing = application->observing;

    if (observing && observing->state == OBSERVE_ENDED && !observing->kept &&
        was_asked(observing)) { /* again, after a failure */
        observing->kept = write_record(observing, &observing->digest, error);
        if (observing->kept)
            say_end(observing);
        application_changed(application, TOPIC_OBSERVE);
        return observing->kept != NULL;
    }
    if (!observing || observing->state == OBSERVE_ENDED)
        return error_set(error, ERROR_USAGE, "nothing is observed; :observe begins");
    if (observing->state == OBSERVE_LIVE)
        end(observing);
    return true;
}

void application_conclude_observation(struct application *application)
{
    struct observing *observing = application->observing;

    if (observing && observing->state != OBSERVE_ENDED)
        keep_record(observing);
}

void application_release_observation(struct application *application)
{
    if (application->observing)
        release(application->observing);
    application->observing = NULL;
}

bool application_report_observation(struct application *application, enum format format,
                                    const char *path, struct error *error)
{
    const struct observing *observing = application->observing;
    const struct file_stamp absent = {.exists = false};
    struct observe_report report;
    struct bytes text;
    bool written;

    if (!application_may_write(application, error))
        return false;
    if (!observing || observation_count(seen(observing)) == 0)
        return error_set(error, ERROR_USAGE, "nothing was asked yet; there is nothing to report");
    if (file_exists(path))
        return error_set(error, ERROR_FILE, "%s is there already; choose another name", path);
    report = report_of(observing);
    bytes_init(&text, SIZE_MAX);
    observe_report(&report, format, &text);
    redact(application->redactor, text.data, text.len);
    written =
        file_replace(NULL, path, bytes_text(&text), text.len, REPORT_MODE, &absent, NULL, error);
    bytes_release(&text);
    return written;
}

/* ---- citing ---- */

void application_mean_observation(struct application *application)
{
    if (application->observing)
        application->observing->meant = true;
}

bool application_take_meant(struct application *application)
{
    struct observing *observing = application->observing;
    bool meant = observing && observing->meant;

    if (observing)
        observing->meant = false;
    return meant;
}

bool application_cite_observation(struct application *application, struct citation *citation,
                                  struct error *error)
{
    struct observing *observing = application->observing;
    struct observation_tally tally;

    if (!application_may_write(application, error))
        return false;
    if (!observing || observing->state != OBSERVE_ENDED)
        return error_set(error, ERROR_USAGE,
                         "it is still observed; :observe stop keeps its record");
    if (!observing->kept)
        return error_set(error, ERROR_USAGE, "no record of it is kept that could be cited");
    observation_tally(seen(observing), &tally);
    free(observing->cited);
    free(observing->verdict);
    observing->cited = xasprintf("observations/%s.json", observing->about.id);
    observing->verdict =
        xasprintf("%zu handled, %zu not, %zu unknown", tally.yes, tally.no, tally.unknown);
    clock_format(observing->about.began_ms, observing->cited_time);
    *citation = (struct citation){
        .id = observing->about.id,
        .digest = observing->digest,
        .time = observing->cited_time,
        .operation = "observation",
        .model = observing->name,
        .verdict = observing->verdict,
        .capture = observing->cited,
        .simulated = true,
    };
    return true;
}
