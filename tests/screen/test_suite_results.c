/*
 * What came of a suite: read to its end at every size, each attempt reached, nothing of it lost or
 * hidden without a word (PRB, CAN, TEL). The endpoint of the workspace is a port that nobody
 * listens on: what goes there ends at once.
 */
#include "tests/screen/terminal.h"
#include "tests/unit/unit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"

static const char *const demo[] = {"demo", "--pace", "0", NULL};
static const char *const variables[] = {"COMETDECK_REVIEWER=ada",
                                        "LIVE_KEY=sk-live-live-live-live-live-live", NULL};

/* One is sent to the endpoint, and tried again; one never leaves the machine. */
static const char probes[] =
    "{\"version\": 1, \"probes\": [{\"id\": \"busy\", \"title\": \"Too many\", \"operations\": "
    "[\"chat\"], \"target\": \"simulator\", \"scenario\": \"rate-limited-ms\", \"may_be_billed\": "
    "false, \"expect\": {\"status\": [\"2xx\"]}}, {\"id\": \"silent\", \"title\": \"Silent\", "
    "\"operations\": [\"chat\"], \"target\": \"simulator\", \"scenario\": \"silence\", "
    "\"may_be_billed\": false, \"expect\": {\"status\": [\"2xx\"]}}, {\"id\": \"ask\", \"title\": "
    "\"Ask\", "
    "\"operations\": [\"models\"], \"may_be_billed\": true, \"expect\": {\"status\": [\"2xx\"]}}]}"
    "\n";

static const char profiles[] =
    "{\"version\": 1, \"default_profile\": \"live\", \"profiles\": [{\"name\": \"live\", "
    "\"base_url\": \"http://127.0.0.1:1\", \"key_source\": \"env:LIVE_KEY\", \"model\": "
    "\"some/model\"}]}\n";

static char *make_workspace(void)
{
    char *folder = xstrdup("/tmp/cometdeck-results-XXXXXX"), *path;

    assert_non_null(mkdtemp(folder));
    path = file_join(folder, "cometdeck.json");
    assert_true(file_replace(NULL, path, profiles, strlen(profiles), 0600, NULL, NULL, NULL));
    free(path);
    path = xasprintf("mkdir %s/probes", folder);
    assert_int_equal(system(path), 0);
    free(path);
    path = file_join(folder, "probes/own.json");
    assert_true(file_replace(NULL, path, probes, strlen(probes), 0600, NULL, NULL, NULL));
    free(path);
    return folder;
}

static void remove_workspace(char *folder)
{
    char *command = xasprintf("rm -r %s", folder);

    assert_int_equal(system(command), 0);
    free(command);
    free(folder);
}

static struct terminal *start(int rows, int columns, const char *const *arguments)
{
    const struct terminal_options options = {
        .rows = rows, .columns = columns, .arguments = arguments, .variables = variables};
    struct terminal *terminal = terminal_start(&options);

    terminal_wait_idle(terminal);
    return terminal;
}

static struct terminal *start_in(const char *folder, const char *how)
{
    const char *arguments[] = {"--workspace", folder, how, NULL};

    return start(24, 80, arguments);
}

static void leave(struct terminal *terminal)
{
    assert_null(strstr(bytes_text(terminal_raw(terminal)), "sk-live"));
    terminal_quit(terminal);
}

/* Its answer is in no report: leaving asks. */
static void leave_without(struct terminal *terminal)
{
    assert_null(strstr(bytes_text(terminal_raw(terminal)), "sk-live"));
    terminal_type(terminal, "Q");
    terminal_wait_text(terminal, "The run of the suite (x reports it) is not saved");
    terminal_send(terminal, "yes\r", 4);
    assert_int_equal(terminal_wait_end(terminal), 0);
    terminal_free(terminal);
}

static void run(struct terminal *terminal, const char *name, const char *until)
{
    char *command = xasprintf("suite %s", name);

    terminal_command(terminal, command);
    terminal_type(terminal, "\r");
    terminal_wait_text(terminal, until);
    free(command);
}

/* The row of the screen that shows `text`, from 0. */
static int row_of(struct terminal *terminal, const char *text)
{
    struct bytes screen;
    const char *at;
    int row = 0;

    terminal_wait_text(terminal, text);
    bytes_init(&screen, SIZE_MAX);
    terminal_dump(terminal, &screen);
    at = strstr(bytes_text(&screen), text);
    assert_non_null(at);
    for (const char *c = bytes_text(&screen); c < at; c++)
        row += *c == '\n';
    bytes_release(&screen);
    return row;
}

static void type_times(struct terminal *terminal, const char *key, int times)
{
    for (int i = 0; i < times; i++)
        terminal_type(terminal, key);
}

/* ---- reading ---- */

/* What does not fit is told, and all of it is one key away, however small the screen is. */
static void a_case_is_read_to_its_end_at_every_size(void **state)
{
    struct terminal *terminal = start(24, 80, demo);

    (void)state;
    run(terminal, "canary", "9/9");
    terminal_wait_text(terminal, "more line");
    terminal_wait_gone(terminal, "expects: ");
    terminal_type(terminal, "i");
    terminal_wait_text(terminal, "expects: ");
    terminal_wait_gone(terminal, "outcome");
    terminal_resize(terminal, 12, 40);
    terminal_wait_text(terminal, "more lines");
    terminal_expect(terminal, "suite-results-page-40x12");
    type_times(terminal, "\033[<65;5;5M", 8); /* the wheel */
    terminal_wait_text(terminal, "the end");
    terminal_type(terminal, "g");
    terminal_wait_gone(terminal, "the end");
    terminal_type(terminal, "G");
    terminal_wait_text(terminal, "expects: ");
    terminal_wait_text(terminal, "the end");
    terminal_resize(terminal, 6, 20);
    terminal_type(terminal, "g");
    terminal_wait_text(terminal, "models-list");
    terminal_type(terminal, "G");
    terminal_wait_gone(terminal, "models-list");
    terminal_resize(terminal, 24, 80);
    terminal_type(terminal, "\033");
    terminal_wait_text(terminal, "outcome");
    leave(terminal);
}

/* B3 B28: each thing that a canary proves is told, not only that all of them hold. */
static void the_parts_of_a_canary_are_told(void **state)
{
    struct terminal *terminal = start(40, 140, demo);

    (void)state;
    run(terminal, "canary-ready", "4/4");
    terminal_type(terminal, "f");
    terminal_wait_text(terminal, "holds");
    terminal_wait_text(terminal, "7/7");
    terminal_wait_text(terminal, "canary: routing yes, authentication yes");
    leave(terminal);
}

/* What stands behind `label` up to the next blank; the caller frees. */
static char *word_behind(struct terminal *terminal, const char *label)
{
    struct bytes screen;
    const char *at;
    char *word;

    terminal_wait_text(terminal, label);
    bytes_init(&screen, SIZE_MAX);
    terminal_dump(terminal, &screen);
    at = strstr(bytes_text(&screen), label) + strlen(label);
    word = xasprintf("%.*s", (int)strcspn(at, " \n"), at);
    bytes_release(&screen);
    return word;
}

/* The first attempts may be billed like the last one: each is opened. */
static void each_attempt_is_reached(void **state)
{
    char *folder = make_workspace(), *first, *noted;
    struct terminal *terminal = start_in(folder, NULL);

    (void)state;
    run(terminal, "ask", "1 ERRORS");
    terminal_type(terminal, "i");
    first = word_behind(terminal, "attempt: 1  ");
    terminal_wait_text(terminal, "attempt: 2");
    type_times(terminal, "j", row_of(terminal, "attempt: 1") - row_of(terminal, "ask models: "));
    terminal_type(terminal, "\r");
    terminal_wait_text(terminal, "connect-failed");
    terminal_wait_text(terminal, first);
    terminal_type(terminal, "\033");
    terminal_wait_text(terminal, "attempt: 2");
    noted = xasprintf("Noted at %s", first);
    terminal_command(terminal, "annotate of the first one");
    terminal_wait_text(terminal, noted);
    leave_without(terminal);
    remove_workspace(folder);
    free(noted);
    free(first);
}

/* ---- the filter ---- */

static void a_filter_hides_no_failure_without_a_word(void **state)
{
    struct terminal *terminal = start(24, 80, demo);

    (void)state;
    terminal_command(terminal, "scenario outage");
    terminal_wait_text(terminal, "set to outage");
    run(terminal, "catalog", "2 FAILED");
    terminal_command(terminal, "filter cut");
    terminal_wait_text(terminal, "1 of 15");
    terminal_type(terminal, "n");
    terminal_wait_text(terminal, "the filter hides 2 that did");
    terminal_command(terminal, "filter zzzz");
    terminal_wait_text(terminal, "0 of 15");
    for (const char *key = "\rriea;"; *key; key++) {
        char typed[] = {*key, '\0'};

        terminal_type(terminal, typed);
        terminal_wait_text(terminal, "No case passes the filter");
        terminal_type(terminal, "k");
        terminal_wait_gone(terminal, "No case passes the filter");
    }
    terminal_type(terminal, "x"); /* the report is of all of them */
    terminal_wait_text(terminal, "Report as text");
    terminal_type(terminal, "\033");
    terminal_type(terminal, "\033");
    terminal_wait_text(terminal, "list-null");
    leave(terminal);
}

/* ---- while it runs, and stopped ---- */

/* What was sent and stopped may be billed; what was not made did not pass. */
static void a_stopped_run_is_no_success(void **state)
{
    struct terminal *terminal = start(24, 80, demo);

    (void)state;
    terminal_command(terminal, "scenario catalog-stall");
    terminal_wait_text(terminal, "set to catalog-stall");
    terminal_command(terminal, "suite catalog");
    terminal_send(terminal, "\r", 1);
    terminal_wait_text(terminal, "2 running  13 passed");
    terminal_send(terminal, "\003", 1);
    terminal_wait_text(terminal, "interrupted: ");
    terminal_wait_text(terminal, "2 stopped");
    terminal_wait_gone(terminal, "\xe2\x9c\x93 catalog: interrupted");
    terminal_wait_text(terminal, "13/15  2 stopped  13 passed");
    terminal_wait_text(terminal, "- stopped models-list");
    leave(terminal);
}

static void time_goes_on_while_nothing_comes(void **state)
{
    char *folder = make_workspace();
    struct terminal *terminal = start_in(folder, NULL);

    (void)state;
    terminal_command(terminal, "suite silent");
    terminal_send(terminal, "\r", 1);
    terminal_wait_text(terminal, "1 running");
    terminal_wait_text(terminal, "1 request  1.");
    terminal_wait_text(terminal, "1 request  2.");
    terminal_send(terminal, "\003", 1);
    terminal_wait_text(terminal, "interrupted: ");
    leave(terminal);
    remove_workspace(folder);
}

/* D50: why nothing moves is told while it does not. */
static void a_pause_that_was_asked_for_is_told(void **state)
{
    struct terminal *terminal = start(24, 80, demo);

    (void)state;
    terminal_command(terminal, "scenario catalog-rate-limited");
    terminal_wait_text(terminal, "set to catalog-rate-limited");
    terminal_command(terminal, "suite catalog");
    terminal_send(terminal, "\r", 1);
    terminal_wait_text(terminal, "asked to pause 7 s");
    terminal_wait_text(terminal, "asked to pause 6 s");
    terminal_send(terminal, "\003", 1);
    terminal_wait_text(terminal, "interrupted: ");
    terminal_wait_gone(terminal, "asked to pause");
    leave(terminal);
}

/* Whatever waits for the end of it is told when that came, without the focus as well. */
static void what_waits_for_its_end_is_told(void **state)
{
    char *folder = make_workspace();
    const char *arguments[] = {"--workspace", folder, NULL};
    struct terminal *terminal = start(40, 140, arguments);

    (void)state;
    terminal_command(terminal, "suite silent");
    terminal_send(terminal, "\r", 1);
    terminal_wait_text(terminal, "1 running");
    terminal_send(terminal, "\f", 1);
    terminal_wait_text(terminal, "Something is in flight; when it ended");
    terminal_send(terminal, "\003", 1);
    terminal_wait_text(terminal, "interrupted: ");
    terminal_wait_gone(terminal, "Something is in flight");
    leave(terminal);
    remove_workspace(folder);
}

/* B51: the console compares with the own history as check does, and its report says so. */
static void what_is_unlike_the_history_is_an_alert(void **state)
{
    struct terminal *terminal = start(24, 80, demo);
    char *path = xasprintf("%s/suite.json", terminal_home(terminal)), *command;
    struct bytes report;

    (void)state;
    run(terminal, "canary", "9/9");
    for (int i = 0; i < 6; i++) {
        terminal_type(terminal, "R");
        terminal_wait_text(terminal, "9/9  9 passed");
    }
    terminal_wait_gone(terminal, "alert: ");
    terminal_command(terminal, "scenario outage");
    terminal_wait_text(terminal, "set to outage");
    terminal_type(terminal, "R");
    terminal_wait_text(terminal, "9 FAILED");
    terminal_wait_text(terminal, "alert: errors of chat");
    command = xasprintf("report json %s", path);
    terminal_command(terminal, command);
    terminal_wait_text(terminal, "is written");
    assert_true(file_read(path, SIZE_MAX, &report, NULL, NULL));
    assert_non_null(strstr(bytes_text(&report), "\"alert: errors of chat"));
    bytes_release(&report);
    free(command);
    free(path);
    leave(terminal);
}

/* ---- kept ---- */

/* A plan is only looked at; what another run would replace is asked about. */
static void results_are_not_lost_without_a_question(void **state)
{
    char *folder = make_workspace();
    struct terminal *terminal = start_in(folder, NULL);

    (void)state;
    run(terminal, "ask", "1/1");
    terminal_wait_text(terminal, "1 ERRORS");
    terminal_command(terminal, "suite streaming");
    terminal_wait_text(terminal, "Esc leads back to the results of ask");
    terminal_type(terminal, "\033");
    terminal_wait_text(terminal, "1 ERRORS");
    terminal_command(terminal, "suite busy");
    terminal_type(terminal, "\r");
    terminal_wait_text(terminal, "Starting replaces the results of ask");
    terminal_type(terminal, "n\r");
    terminal_wait_text(terminal, "Nothing was sent");
    terminal_type(terminal, "\033");
    terminal_type(terminal, "R");
    terminal_wait_text(terminal, "Starting replaces the results of ask");
    terminal_type(terminal, "y\r");
    terminal_wait_text(terminal, "1 ERRORS");
    terminal_type(terminal, "Q");
    terminal_wait_text(terminal, "The run of the suite (x reports it) is not saved");
    terminal_type(terminal, "no\r");
    terminal_wait_gone(terminal, "is not saved");
    terminal_type(terminal, "x");
    terminal_type(terminal, "text ");
    terminal_type(terminal, folder);
    terminal_type(terminal, "/ask.txt\r");
    terminal_wait_text(terminal, "is written");
    run(terminal, "busy", "1/1");
    leave(terminal);
    remove_workspace(folder);
}

/* What was typed is still there when it was refused. */
static void a_refused_answer_is_asked_once_more(void **state)
{
    char *folder = make_workspace();
    struct terminal *terminal = start_in(folder, NULL);

    (void)state;
    run(terminal, "ask", "1/1");
    terminal_type(terminal, "e");
    terminal_type(terminal, "handled maybe so\r");
    terminal_wait_text(terminal, "is it handled? Say yes, no, unknown or computed");
    terminal_wait_text(terminal, "handled maybe so");
    type_times(terminal, "\177", 8);
    terminal_type(terminal, "yes the client says so\r");
    terminal_wait_text(terminal, "reviewer: handled yes");
    terminal_wait_text(terminal, "Kept in findings.json");
    terminal_type(terminal, "x");
    terminal_type(terminal, "text ");
    terminal_type(terminal, folder);
    terminal_type(terminal, "/findings.json\r");
    terminal_wait_text(terminal, "is there already");
    type_times(terminal, "\177", 13);
    terminal_type(terminal, "a.txt\r");
    terminal_wait_text(terminal, "a.txt is written");
    leave(terminal);
    remove_workspace(folder);
}

/* No history has a row of it, and it may be billed: the next start tells. */
static void what_was_in_flight_when_it_was_killed_is_told(void **state)
{
    char *folder = make_workspace();
    struct terminal *terminal = start_in(folder, NULL);

    (void)state;
    terminal_command(terminal, "suite silent");
    terminal_send(terminal, "\r", 1);
    terminal_wait_text(terminal, "1 running");
    terminal_signal(terminal, SIGKILL);
    assert_int_equal(terminal_wait_end(terminal), TERMINAL_SIGNALLED + SIGKILL);
    terminal_free(terminal);
    terminal = start_in(folder, NULL);
    terminal_wait_text(terminal, "1 exchange was in flight when a session was killed");
    terminal_type(terminal, "k");
    terminal_wait_gone(terminal, "when a session was killed");
    terminal_command(terminal, "recover");
    terminal_wait_text(terminal, "capture-cut");
    terminal_wait_text(terminal, "goes after 7 days");
    leave(terminal);
    remove_workspace(folder);
}

/* ---- other reviewers ---- */

static void say_as_another(const char *folder, const char *plan_case, const char *reason)
{
    char *path = file_join(folder, "findings.json");
    char *text = xasprintf("{\"version\": 1, \"findings\": [{\"case\": \"%s\", \"what\": "
                           "\"handled\", \"value\": \"no\", \"computed\": \"unknown\", "
                           "\"reason\": \"%s\", \"by\": \"grace\", \"date\": \"2026-11-20\"}]}\n",
                           plan_case, reason);

    assert_true(file_replace(NULL, path, text, strlen(text), 0600, NULL, NULL, NULL));
    free(text);
    free(path);
}

static void two_reviewers_do_not_shut_each_other_out(void **state)
{
    char *folder = make_workspace();
    struct terminal *terminal = start_in(folder, NULL);

    (void)state;
    run(terminal, "ask", "1/1");
    say_as_another(folder, "another case", "of something else"); /* no conflict */
    terminal_command(terminal, "finding handled yes the client retries");
    terminal_wait_text(terminal, "Kept in findings.json");
    say_as_another(folder, "ask models", "it does not");
    terminal_command(terminal, "finding handled yes it does after all");
    terminal_wait_text(terminal, "by grace, 2026-11-20");
    terminal_type(terminal, "\r");
    terminal_wait_text(terminal, "Kept in findings.json");
    terminal_wait_text(terminal, "after all; evidence");
    leave_without(terminal);
    remove_workspace(folder);
}

/* ---- plans ---- */

static void a_restricted_console_promises_nothing(void **state)
{
    static const char *const offline[] = {"demo", "--offline", NULL};
    static const char *const readonly[] = {"demo", "--readonly", NULL};
    struct terminal *terminal = start(24, 80, offline);

    (void)state;
    terminal_command(terminal, "suite smoke");
    terminal_wait_text(terminal, "OFFLINE: it is only read");
    terminal_wait_gone(terminal, "Enter start");
    terminal_type(terminal, "e");
    terminal_wait_text(terminal, "nothing was run yet");
    leave(terminal);
    terminal = start(24, 80, readonly);
    terminal_command(terminal, "suite smoke");
    terminal_wait_text(terminal, "READ-ONLY: it is only read");
    terminal_type(terminal, "x");
    terminal_wait_gone(terminal, "Report as");
    leave(terminal);
}

/* What it costs comes first where there is room for little. */
static void a_plan_in_a_small_window_tells_its_cost(void **state)
{
    struct terminal *terminal = start(12, 40, demo);

    (void)state;
    terminal_command(terminal, "suite negative");
    terminal_wait_text(terminal, "28 requests, 4 may be billed");
    terminal_wait_text(terminal, "i tells all, Enter starts");
    terminal_type(terminal, "i");
    terminal_wait_text(terminal, "costs: 72 cases");
    terminal_type(terminal, "i");
    terminal_resize(terminal, 6, 20);
    terminal_wait_text(terminal, "28 requests, 4 may");
    leave(terminal);
}

/* A plan is known by its number: it may lie where the one before lay. */
static void every_plan_begins_at_its_first_case(void **state)
{
    struct terminal *terminal = start(24, 80, demo);

    (void)state;
    for (int i = 0; i < 4; i++) {
        terminal_command(terminal, i % 2 ? "suite canary" : "suite catalog");
        terminal_wait_text(terminal, "\xe2\x96\xb8 models-list models");
        terminal_command(terminal, "filter list");
        terminal_wait_text(terminal, "with list");
        terminal_type(terminal, "G");
    }
    leave(terminal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_is_read_to_its_end_at_every_size),
        cmocka_unit_test(the_parts_of_a_canary_are_told),
        cmocka_unit_test(each_attempt_is_reached),
        cmocka_unit_test(a_filter_hides_no_failure_without_a_word),
        cmocka_unit_test(a_stopped_run_is_no_success),
        cmocka_unit_test(time_goes_on_while_nothing_comes),
        cmocka_unit_test(a_pause_that_was_asked_for_is_told),
        cmocka_unit_test(what_waits_for_its_end_is_told),
        cmocka_unit_test(what_is_unlike_the_history_is_an_alert),
        cmocka_unit_test(results_are_not_lost_without_a_question),
        cmocka_unit_test(what_was_in_flight_when_it_was_killed_is_told),
        cmocka_unit_test(a_refused_answer_is_asked_once_more),
        cmocka_unit_test(two_reviewers_do_not_shut_each_other_out),
        cmocka_unit_test(a_restricted_console_promises_nothing),
        cmocka_unit_test(a_plan_in_a_small_window_tells_its_cost),
        cmocka_unit_test(every_plan_begins_at_its_first_case),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
