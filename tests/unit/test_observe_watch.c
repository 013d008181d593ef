/*
 * What observes an application, without a simulator: records come through a pipe in any pieces, the
 * application is run for one scenario after the other and ended when it takes too long (RTY, E36).
 */
#include "tests/unit/unit.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/redact.h"
#include "command/observe_watch.h"
#include "net/loop.h"
#include "net/transport.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fixture {
    struct loop *loop;
    struct transport *transport;
    struct redactor *redactor;
    struct retry_policy *policy;
    struct observe_watch *watch;
    int records[2];
    size_t changes, ran, finished, failed;
    bool last, gone;
    size_t session;
};

static struct fixture fixture;

static void on_changed(void *context)
{
    (void)context;
    fixture.changes++;
}

static void on_ran(void *context, size_t session, bool last)
{
    (void)context;
    fixture.ran++;
    fixture.session = session;
    fixture.last = last;
}

static void on_finished(void *context)
{
    (void)context;
    fixture.finished++;
}

static void on_failed(void *context, const struct error *error, bool gone)
{
    (void)context;
    assert_true(error->text[0] != '\0');
    fixture.failed++;
    fixture.gone = gone;
}

static void on_child(void *context, int signo)
{
    (void)context;
    (void)signo;
    observe_watch_reap(fixture.watch);
}

static int set_up(void **state)
{
    struct observe_watch_options options = {
        .observed = "http://127.0.0.1:1",
        .reference = "http://127.0.0.1:1",
        .changed = on_changed,
        .ran = on_ran,
        .finished = on_finished,
        .failed = on_failed,
    };

    (void)state;
    fixture = (struct fixture){.session = 99};
    assert_int_equal(pipe2(fixture.records, O_CLOEXEC | O_NONBLOCK), 0);
    fixture.loop = loop_new(&clock_system, NULL);
    fixture.transport = transport_new(fixture.loop);
    fixture.redactor = redactor_new();
    fixture.policy = retry_policy_open(NULL, NULL);
    options.loop = fixture.loop;
    options.transport = fixture.transport;
    options.redactor = fixture.redactor;
    options.policy = fixture.policy;
    options.records = fixture.records[0];
    fixture.watch = observe_watch_new(&options);
    assert_true(loop_signal(fixture.loop, SIGCHLD, on_child, NULL));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    transport_free(fixture.transport);
    observe_watch_free(fixture.watch);
    loop_free(fixture.loop);
    redactor_free(fixture.redactor);
    retry_policy_free(fixture.policy);
    close(fixture.records[0]);
    if (fixture.records[1] >= 0)
        close(fixture.records[1]);
    return 0;
}

/* Until `*count` is `wanted`. */
static void go_on(const size_t *count, size_t wanted)
{
    int64_t until_us = clock_now_us(&clock_system) + 20 * INT64_C(1000000);

    while (*count < wanted && clock_now_us(&clock_system) < until_us)
        loop_iterate(fixture.loop, until_us);
    assert_int_equal(*count, wanted);
}

static void tell(const char *text, size_t len)
{
    assert_int_equal(write(fixture.records[1], text, len), len);
}

static const struct observed_session *session(size_t index)
{
    return observation_session(observe_watch_observation(fixture.watch), index);
}

static struct observe_run run_of(const char *const *words, const char *names)
{
    struct observe_run run = {.words = words, .limit_us = 20 * INT64_C(1000000), .output = -1};

    while (words[run.count])
        run.count++;
    assert_true(observe_names_read(&run.names, names, NULL));
    return run;
}

static void records_come_in_any_pieces(void **state)
{
    static const char line[] =
        "{\"record\":\"begun\",\"at_us\":5,\"id\":1,\"connection\":1,\"method\":\"POST\","
        "\"path\":\"/x\",\"scenario\":\"made-up\",\"scene\":\"made-up\",\"besides\":false,"
        "\"operation\":\"chat\",\"stream\":true,\"choices\":1,\"headers\":[],\"values\":{},"
        "\"idempotency_key\":false,\"body\":\"00\",\"body_bytes\":1}\n";

    (void)state;
    tell(line, 40);
    go_on(&fixture.changes, 1);
    assert_int_equal(observation_count(observe_watch_observation(fixture.watch)), 0);
    tell(line + 40, sizeof(line) - 41);
    tell("nothing at all\n{\"rec", 20);
    go_on(&fixture.changes, 2);
    assert_int_equal(session(0)->count, 1);
    assert_true(session(0)->attempts[0].unknowable); /* no scenario of ours: nobody is asked */
}

static void a_simulator_that_ends_is_told_once(void **state)
{
    (void)state;
    close(fixture.records[1]);
    fixture.records[1] = -1;
    go_on(&fixture.failed, 1);
    assert_true(fixture.gone);
    observe_watch_finish(fixture.watch);
    go_on(&fixture.finished, 1);
    assert_int_equal(fixture.failed, 1);
}

static void the_application_is_run_for_one_after_the_other(void **state)
{
    static const char *const words[] = {"sh", "-c", "test \"$COMETDECK_SCENARIO\" = ready", NULL};
    struct observe_run run = run_of(words, "ready,stall");
    size_t count;

    (void)state;
    assert_int_equal(observe_watch_progress(fixture.watch, &count), 0);
    assert_int_equal(count, 0);
    assert_true(observe_watch_run(fixture.watch, &run, NULL));
    assert_false(observe_watch_run(fixture.watch, &run, NULL));
    assert_int_equal(observe_watch_progress(fixture.watch, &count), 1);
    assert_int_equal(count, 2);
    assert_int_equal(observe_watch_session(fixture.watch), 0);
    go_on(&fixture.ran, 1);
    assert_false(fixture.last);
    go_on(&fixture.ran, 2);
    assert_true(fixture.last);
    assert_int_equal(fixture.session, 1);
    assert_int_equal(session(0)->exit, OBSERVED_ANSWER);
    assert_int_equal(session(1)->exit, OBSERVED_FAILURE);
    assert_int_equal(session(1)->exit_status, 1);
    assert_string_equal(session(1)->scenario, "stall");
    assert_int_equal(observe_watch_session(fixture.watch), OBSERVE_NO_SESSION);
}

static void one_that_takes_too_long_is_ended(void **state)
{
    static const char *const words[] = {"sh", "-c", "while :; do sleep 1; done", NULL};
    struct observe_run run = run_of(words, "ready");

    (void)state;
    run.limit_us = 1000;
    assert_true(observe_watch_run(fixture.watch, &run, NULL));
    go_on(&fixture.ran, 1);
    assert_int_equal(session(0)->exit, OBSERVED_STOPPED);
}

static void a_run_that_is_stopped_begins_no_other(void **state)
{
    static const char *const words[] = {"sleep", "20", NULL};
    struct observe_run run = run_of(words, "ready,stall,silence");

    (void)state;
    assert_true(observe_watch_run(fixture.watch, &run, NULL));
    observe_watch_stop(fixture.watch);
    go_on(&fixture.ran, 1);
    assert_true(fixture.last);
    assert_int_equal(session(0)->exit, OBSERVED_INTERRUPTED);
    assert_int_equal(observation_count(observe_watch_observation(fixture.watch)), 1);
    assert_string_equal(observation_not_run(observe_watch_observation(fixture.watch), 1),
                        "silence");
}

/* R19: the record of an observation is written then; nothing may change it later. */
static void an_end_waits_for_the_application(void **state)
{
    static const char *const words[] = {"sh", "-c",
                                        "trap 'exit 3' TERM; while :; do sleep 0.05; done", NULL};
    struct observe_run run = run_of(words, "ready,stall");

    (void)state;
    assert_true(observe_watch_run(fixture.watch, &run, NULL));
    observe_watch_stop(fixture.watch);
    observe_watch_finish(fixture.watch);
    assert_int_equal(fixture.finished, 0);
    go_on(&fixture.finished, 1);
    assert_int_equal(fixture.ran, 1);
    assert_int_equal(session(0)->exit, OBSERVED_INTERRUPTED);
    assert_int_equal(observe_watch_session(fixture.watch), OBSERVE_NO_SESSION);
}

/* R7: clients choose `n`; each is a question that takes seconds. */
static void many_choices_are_asked_of_nobody(void **state)
{
    static const char line[] =
        "{\"record\":\"begun\",\"at_us\":5,\"id\":1,\"connection\":1,\"method\":\"POST\","
        "\"path\":\"/x\",\"scenario\":\"stall\",\"scene\":\"stall\",\"besides\":false,"
        "\"operation\":\"chat\",\"stream\":true,\"choices\":%d,\"headers\":[],\"values\":{},"
        "\"idempotency_key\":false,\"body\":\"00\",\"body_bytes\":1}\n";
    char text[sizeof(line) + 16];

    (void)state;
    snprintf(text, sizeof(text), line, 17);
    tell(text, strlen(text));
    go_on(&fixture.changes, 1);
    assert_true(session(0)->attempts[0].unknowable);
    observe_watch_finish(fixture.watch);
    assert_int_equal(fixture.finished, 1);
}

/* Killed, and not yet taken note of by whoever inherited it. */
static bool is_zombie(int process)
{
    char *path = xasprintf("/proc/%d/stat", process), status = 'Z';
    FILE *file = fopen(path, "r");

    if (file && fscanf(file, "%*d %*s %c", &status) != 1)
        status = 'Z';
    if (file)
        fclose(file);
    free(path);
    return status == 'Z';
}

static char *make_folder(void)
{
    char *folder = xstrdup("/tmp/cometdeck-watch-XXXXXX");

    assert_non_null(mkdtemp(folder));
    return folder;
}

static void remove_folder(char *folder)
{
    char *command = xasprintf("rm -r %s", folder);

    assert_int_equal(system(command), 0);
    free(command);
    free(folder);
}

/* R21: what it started is ended with it, or it would ask on while another scenario is observed. */
static void what_the_application_left_behind_is_ended(void **state)
{
    char *folder = make_folder();
    char *script = xasprintf("sleep 60 & echo $! >%s/left; exit 0", folder);
    char *path = xasprintf("%s/left", folder);
    const char *const words[] = {"sh", "-c", script, NULL};
    struct observe_run run = run_of(words, "ready");
    int64_t until_us = clock_now_us(&clock_system) + 10 * INT64_C(1000000);
    FILE *file;
    int left = 0;

    (void)state;
    assert_true(observe_watch_run(fixture.watch, &run, NULL));
    go_on(&fixture.ran, 1);
    file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%d", &left), 1);
    assert_int_equal(fclose(file), 0);
    while (kill(left, 0) == 0 && !is_zombie(left) && clock_now_us(&clock_system) < until_us)
        loop_iterate(fixture.loop, clock_now_us(&clock_system) + 1000);
    assert_true(clock_now_us(&clock_system) < until_us);
    remove_folder(folder);
    free(script);
    free(path);
}

/* R21: it is asked to end first, so that it can tidy up; killed only where it does not. */
static void one_that_takes_too_long_is_asked_to_end_first(void **state)
{
    char *folder = make_folder();
    char *script = xasprintf("trap 'echo asked >%s/asked; exit 0' TERM; echo >%s/ready; "
                             "while :; do sleep 0.05; done",
                             folder, folder);
    char *ready = xasprintf("%s/ready", folder), *asked = xasprintf("%s/asked", folder);
    const char *const words[] = {"sh", "-c", script, NULL};
    struct observe_run run = run_of(words, "ready");
    int64_t until_us = clock_now_us(&clock_system) + 10 * INT64_C(1000000);

    (void)state;
    assert_true(observe_watch_run(fixture.watch, &run, NULL));
    while (access(ready, F_OK) != 0 && clock_now_us(&clock_system) < until_us)
        loop_iterate(fixture.loop, clock_now_us(&clock_system) + 1000);
    observe_watch_stop(fixture.watch);
    go_on(&fixture.ran, 1);
    assert_int_equal(access(asked, F_OK), 0);
    remove_folder(folder);
    free(script);
    free(ready);
    free(asked);
}

/* R21: a request that the simulator still answers belongs to the run that made it. */
static void a_run_is_over_when_its_requests_are(void **state)
{
    static const char begun[] =
        "{\"record\":\"begun\",\"at_us\":%lld,\"id\":1,\"connection\":1,\"method\":\"POST\","
        "\"path\":\"/x\",\"scenario\":\"ready\",\"scene\":\"made-up\",\"besides\":false,"
        "\"operation\":\"chat\",\"stream\":true,\"choices\":1,\"headers\":[],\"values\":{},"
        "\"idempotency_key\":false,\"body\":\"00\",\"body_bytes\":1}\n";
    static const char *const words[] = {"true", NULL};
    struct observe_run run = run_of(words, "ready");
    int64_t began_us = clock_now_us(&clock_system);
    char text[sizeof(begun) + 32];

    (void)state;
    assert_true(observe_watch_run(fixture.watch, &run, NULL));
    snprintf(text, sizeof(text), begun, (long long)clock_now_us(&clock_system));
    tell(text, strlen(text));
    go_on(&fixture.ran, 1);
    assert_true(clock_now_us(&clock_system) - began_us >= 900 * 1000);
}

static void what_cannot_be_run_begins_nothing(void **state)
{
    static const char *const words[] = {"/nowhere/no-such-program", NULL};
    struct observe_run run = run_of(words, "ready");
    struct error error;
    size_t count;

    (void)state;
    assert_false(observe_watch_run(fixture.watch, &run, &error));
    assert_non_null(strstr(error.text, "no-such-program"));
    assert_int_equal(observe_watch_progress(fixture.watch, &count), 0);
    assert_int_equal(observation_count(observe_watch_observation(fixture.watch)), 0);
}

static void names_are_scenarios(void **state)
{
    struct observe_names names;
    struct error error;

    (void)state;
    observe_names_usual(&names);
    assert_true(names.count > 30);
    assert_string_equal(names.items[0], "ready");
    for (size_t i = 0; i < names.count; i++) {
        struct observe_names one;

        assert_true(observe_names_read(&one, names.items[i], &error));
    }
    assert_true(observe_names_read(&names, "stall,sim/ready", &error));
    assert_int_equal(names.count, 2);
    assert_string_equal(names.items[1], "ready");
    assert_false(observe_names_read(&names, "stall,no-such", &error));
    assert_non_null(strstr(error.text, "no-such"));
    assert_false(observe_names_read(&names, ",", &error));
}

/* R9: a secret that is set in front of a command is no part of its name, however it is written. */
static void a_command_is_named_by_its_first_word_alone(void **state)
{
    static const struct {
        const char *command, *name;
    } rows[] = {
        {"curl -s http://x", "curl"},
        {" /opt/my-app/bin/run --key=sk-x", "run"},
        {"KEY=of-nobody-else\tOTHER=x env node a.mjs", "env"},
        {"node 'a b'", "node"},
        {"K=\"zz my-private-part\" curl", NULL},
        {"K='zz my-private-part' curl", NULL},
        {"K=zz\\ my-private-part curl", NULL},
        {"K=$(cat my-private-part) curl", NULL},
        {"K=`cat my-private-part` curl", NULL},
        {"<my-private-part curl", NULL},
        {"\"$APPLICATION\"", NULL},
        {"K=x", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char *name = observe_names_command(rows[i].command);

        if (rows[i].name)
            assert_string_equal(name, rows[i].name);
        else
            assert_null(name);
        free(name);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(records_come_in_any_pieces),
        TEST(a_simulator_that_ends_is_told_once),
        TEST(the_application_is_run_for_one_after_the_other),
        TEST(one_that_takes_too_long_is_ended),
        TEST(a_run_that_is_stopped_begins_no_other),
        TEST(an_end_waits_for_the_application),
        TEST(many_choices_are_asked_of_nobody),
        TEST(what_the_application_left_behind_is_ended),
        TEST(one_that_takes_too_long_is_asked_to_end_first),
        TEST(a_run_is_over_when_its_requests_are),
        TEST(what_cannot_be_run_begins_nothing),
        cmocka_unit_test(names_are_scenarios),
        cmocka_unit_test(a_command_is_named_by_its_first_word_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
