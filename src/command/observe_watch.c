#include "command/observe_watch.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/memory.h"
#include "command/observe_command.h"
#include "contract/contract.h"
#include "net/loop.h"
#include "simulator/ending.h"
#include "simulator/simulator.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What is read at a time: a client that hammers must not keep the loop from its other work. */
enum { READ_SIZE = 64 * 1024, LINES_MAX = 2 * READ_SIZE };
/* Of `n` in a request: each other one is another question, and clients choose it. */
enum { CHOICES_MAX = 16 };
#define PATIENCE_US INT64_C(2000000) /* between asking a process to end and ending it */
#define SETTLE_US INT64_C(60000)     /* the simulator sees a close a little later than it happens */
#define SETTLED_US INT64_C(1000000)
#define FINISH_US INT64_C(30000000) /* longer than our engine waits for any one answer */

struct observe_watch {
    struct observe_watch_options options;
    struct contract *contract; /* the starter's: what the simulator speaks */
    struct referee *referee;
    struct observation *observation;
    struct bytes line; /* the beginning of a record */

    char **words; /* of the application; NULL: none goes on */
    struct observe_run run;
    size_t next, session; /* the next scenario; the session of this one */
    pid_t child;          /* 0: none */
    int64_t ended_us;
    bool stopped; /* the child, at its limit */
    bool interrupted;
    int child_status;
    struct loop_timer limit_timer, settle_timer, finish_timer;
    bool closing;
    int64_t finish_by_us; /* whatever our engine was not told by then is not judged */
};

static int64_t now_us(const struct observe_watch *watch)
{
    return clock_now_us(loop_clock(watch->options.loop));
}

static void changed(struct observe_watch *watch)
{
    if (watch->options.changed)
        watch->options.changed(watch->options.context);
}

/* ---- records ---- */

static void finish(void *context);

static void ask_referee(struct observe_watch *watch)
{
    struct reference_kind kind;

    while (observation_wanted(watch->observation, &kind)) {
        if (!scenario_find(kind.scene) || kind.choices > CHOICES_MAX ||
            !referee_ask(watch->referee, &kind))
            observation_refer(watch->observation, &kind, NULL);
    }
}

static void on_settled(void *context, const struct reference_kind *kind,
                       const struct reference *reference)
{
    struct observe_watch *watch = context;

    observation_refer(watch->observation, kind, reference);
    changed(watch);
}

static void take_lines(struct observe_watch *watch)
{
    const char *text = bytes_text(&watch->line), *end;
    size_t at = 0;

    while ((end = memchr(text + at, '\n', watch->line.len - at))) {
        observation_take(watch->observation, text + at, (size_t)(end - text) - at);
        at = (size_t)(end - text) + 1;
    }
    bytes_drop(&watch->line, at);
    ask_referee(watch);
    changed(watch);
}

static void on_records(void *context, short revents)
{
    struct observe_watch *watch = context;
    char data[READ_SIZE];
    ssize_t len = read(watch->options.records, data, sizeof(data));
    struct error error;

    (void)revents;
    if (len > 0) {
        bytes_append(&watch->line, data, (size_t)len);
        take_lines(watch);
        return;
    }
    if (len < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    loop_unwatch(watch->options.loop, watch->options.records);
    error_set(&error, ERROR_CHECK, "the simulator that was observed ended by itself");
    if (!watch->closing)
        watch->options.failed(watch->options.context, &error, true);
}

/* ---- runs of the application ---- */

static bool begin_run(struct observe_watch *watch, struct error *error);

static void forget_run(struct observe_watch *watch)
{
    for (size_t i = 0; watch->words && i < watch->run.count; i++)
        free(watch->words[i]);
    free(watch->words);
    watch->words = NULL;
}

static void end_run(struct observe_watch *watch)
{
    enum observed_exit exit = watch->interrupted         ? OBSERVED_INTERRUPTED
                              : watch->stopped           ? OBSERVED_STOPPED
                              : watch->child_status == 0 ? OBSERVED_ANSWER
                                                         : OBSERVED_FAILURE;
    int status = WIFSIGNALED(watch->child_status) ? -WTERMSIG(watch->child_status)
                                                  : WEXITSTATUS(watch->child_status);
    bool last = watch->interrupted || watch->next == watch->run.names.count;
    struct error error;

    observation_end(watch->observation, exit, status, watch->run.limit_us);
    if (last)
        forget_run(watch);
    changed(watch);
    if (watch->options.ran)
        watch->options.ran(watch->options.context, watch->session, last);
    if (last || begin_run(watch, &error))
        return;
    forget_run(watch);
    watch->options.failed(watch->options.context, &error, false);
}

/* The application is over; what it did arrives a moment later. */
static void settle(void *context)
{
    struct observe_watch *watch = context;
    int64_t since_us = now_us(watch) - watch->ended_us;

    if (since_us < SETTLE_US ||
        (!observation_is_quiet(watch->observation) && since_us < SETTLED_US))
        loop_timer_set(watch->options.loop, &watch->settle_timer, now_us(watch) + SETTLE_US, settle,
                       watch);
    else
        end_run(watch);
}

void observe_watch_reap(struct observe_watch *watch)
{
    siginfo_t ended = {.si_pid = 0};

    if (watch->child == 0 ||
        waitid(P_PID, (id_t)watch->child, &ended, WEXITED | WNOHANG | WNOWAIT) != 0 ||
        ended.si_pid != watch->child)
        return;
    /* What it left behind asks no more; once it is reaped the number may be of others. */
    kill(-watch->child, SIGKILL);
    waitpid(watch->child, &watch->child_status, 0);
    watch->child = 0;
    watch->ended_us = now_us(watch);
    loop_timer_cancel(watch->options.loop, &watch->limit_timer);
    settle(watch);
}

static void kill_child(void *context)
{
    struct observe_watch *watch = context;

    if (watch->child > 0)
        kill(-watch->child, SIGKILL);
}

static void end_child(void *context)
{
    struct observe_watch *watch = context;

    if (watch->child == 0)
        return;
    watch->stopped = true;
    kill(-watch->child, SIGTERM);
    loop_timer_set(watch->options.loop, &watch->limit_timer, now_us(watch) + PATIENCE_US,
                   kill_child, watch);
}

static bool begin_run(struct observe_watch *watch, struct error *error)
{
    const char *name = watch->run.names.items[watch->next];
    const struct scenario *scenario = scenario_find(name);
    char *root = xasprintf("%s/sim/as/%s", watch->options.observed, name);
    char *base_url = xasprintf("%s/v1", root);
    char *model = xasprintf("sim/%s", scenario->scope == SCENARIO_ANSWER ? name : "ready");
    const struct observe_place place = {name, model, root, base_url, watch->options.redactor};
    int64_t begun_us = now_us(watch); /* what it asks at once comes behind that */
    pid_t child = observe_command_start((const char *const *)watch->words, watch->run.count, &place,
                                        watch->run.output, error);

    free(model);
    free(base_url);
    free(root);
    if (child < 0)
        return false;
    watch->next++;
    watch->child = child;
    watch->stopped = false;
    watch->session = observation_count(watch->observation);
    observation_begin(watch->observation, name, begun_us);
    if (watch->session == observation_count(watch->observation))
        watch->session = OBSERVE_NO_SESSION;
    loop_timer_set(watch->options.loop, &watch->limit_timer, now_us(watch) + watch->run.limit_us,
                   end_child, watch);
    changed(watch);
    return true;
}

bool observe_watch_run(struct observe_watch *watch, const struct observe_run *run,
                       struct error *error)
{
    if (watch->words || watch->closing)
        return error_set(error, ERROR_USAGE, "the application is being run already");
    watch->run = *run;
    watch->words = xcalloc(run->count + 1, sizeof(*watch->words));
    for (size_t i = 0; i < run->count; i++)
        watch->words[i] = xstrdup(run->words[i]);
    watch->next = 0;
    watch->interrupted = false;
    if (begin_run(watch, error)) {
        for (size_t i = 0; i < run->names.count; i++)
            observation_plan(watch->observation, run->names.items[i]);
        return true;
    }
    forget_run(watch);
    return false;
}

void observe_watch_stop(struct observe_watch *watch)
{
    if (!watch->words)
        return;
    watch->interrupted = true;
    end_child(watch);
}

size_t observe_watch_progress(const struct observe_watch *watch, size_t *count)
{
    *count = watch->words ? watch->run.names.count : 0;
    return watch->words ? watch->next : 0;
}

size_t observe_watch_session(const struct observe_watch *watch)
{
    return watch->words ? watch->session : OBSERVE_NO_SESSION;
}

/* ---- the end ---- */

static void finish(void *context)
{
    struct observe_watch *watch = context;

    ask_referee(watch);
    if (!watch->words && (referee_idle(watch->referee) || now_us(watch) >= watch->finish_by_us))
        watch->options.finished(watch->options.context);
    else
        loop_timer_set(watch->options.loop, &watch->finish_timer, now_us(watch) + SETTLE_US, finish,
                       watch);
}

void observe_watch_finish(struct observe_watch *watch)
{
    if (watch->closing)
        return;
    watch->closing = true;
    watch->finish_by_us = now_us(watch) + FINISH_US;
    finish(watch);
}

/* ---- the whole ---- */

struct observe_watch *observe_watch_new(const struct observe_watch_options *options)
{
    struct observe_watch *watch = xcalloc(1, sizeof(*watch));
    struct referee_options referee = {
        .loop = options->loop,
        .transport = options->transport,
        .redactor = options->redactor,
        .classes = options->classes,
        .simulator = options->reference,
        .ended_so = scenario_ended_so,
        .settled = on_settled,
        .context = watch,
    };

    watch->options = *options;
    bytes_init(&watch->line, LINES_MAX);
    watch->contract = contract_starter();
    referee.contract = watch->contract;
    watch->referee = referee_new(&referee);
    watch->observation = observation_new(options->policy);
    loop_watch(options->loop, options->records, POLLIN, on_records, watch);
    return watch;
}

void observe_watch_free(struct observe_watch *watch)
{
    if (!watch)
        return;
    if (watch->child > 0) {
        kill(-watch->child, SIGKILL);
        while (waitpid(watch->child, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    loop_unwatch(watch->options.loop, watch->options.records);
    loop_timer_cancel(watch->options.loop, &watch->limit_timer);
    loop_timer_cancel(watch->options.loop, &watch->settle_timer);
    loop_timer_cancel(watch->options.loop, &watch->finish_timer);
    referee_free(watch->referee);
    observation_free(watch->observation);
    contract_free(watch->contract);
    bytes_release(&watch->line);
    forget_run(watch);
    free(watch);
}

struct observation *observe_watch_observation(const struct observe_watch *watch)
{
    return watch->observation;
}
