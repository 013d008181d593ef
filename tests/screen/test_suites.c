/*
 * Probes and suites: chosen by what they send, expect and cost; a probe in Composer with what it
 * changes marked; a suite read before it is sent, then a row for each case (PRB, CAN).
 */
#include "tests/screen/offspring.h"
#include "tests/screen/terminal.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/memory.h"

static const char *const demo[] = {"demo", "--pace", "0", NULL};

static const struct size {
    int rows, columns;
    const char *name;
} sizes[] = {{40, 140, "140x40"},
             {24, 80, "80x24"},
             {12, 40, "40x12"},
             {30, 120, "120x30"},
             {60, 200, "200x60"}};
static const char *const reviewer[] = {"COMETDECK_REVIEWER=ada", NULL};

enum { SIZE_COUNT = sizeof(sizes) / sizeof(*sizes) };

static struct terminal *start(const struct size *size, const char *const *arguments,
                              const char *const *variables)
{
    const struct terminal_options options = {.rows = size->rows,
                                             .columns = size->columns,
                                             .arguments = arguments,
                                             .variables = variables};
    struct terminal *terminal = terminal_start(&options);

    terminal_wait_idle(terminal);
    return terminal;
}

static void leave(struct terminal *terminal)
{
    assert_null(strstr(bytes_text(terminal_raw(terminal)), "sk-simulator"));
    terminal_send(terminal, "Q", 1);
    assert_int_equal(terminal_wait_end(terminal), 0);
    terminal_check_restored(terminal);
    terminal_free(terminal);
}

static void expect(struct terminal *terminal, const char *step, const struct size *size)
{
    char *name = xasprintf("suites-%s-%s", step, size->name);

    terminal_expect(terminal, name);
    free(name);
}

static void the_picker_tells_what_is_sent_expected_and_may_be_billed(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        struct terminal *terminal = start(&sizes[i], demo, NULL);

        terminal_type(terminal, "p");
        terminal_type(terminal, "no-model"); /* a probe by its id, and others by their words */
        expect(terminal, "picker", &sizes[i]);
        terminal_type(terminal, "\033");
        leave(terminal);
    }
}

/* D33: what the probe takes away, adds and replaces is told by signs and words. */
static void a_probe_stands_in_composer_with_its_changes_marked(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        struct terminal *terminal = start(&sizes[i], demo, NULL);

        terminal_command(terminal, "probe wrong-type");
        terminal_type(terminal, "f");
        expect(terminal, "replaced", &sizes[i]);
        terminal_command(terminal, "probe no-model");
        expect(terminal, "removed", &sizes[i]);
        terminal_type(terminal, "D"); /* what is gone cannot be removed once more */
        terminal_wait_text(terminal, "The probe leaves this out");
        leave(terminal);
    }
}

static void a_probe_is_sent_as_it_is_and_judged_by_what_it_expects(void **state)
{
    struct terminal *terminal = start(&sizes[1], demo, NULL);

    (void)state;
    terminal_command(terminal, "probe no-key");
    terminal_wait_text(terminal, "no key");
    terminal_wait_gone(terminal, "Authorization");
    terminal_type(terminal, "s");
    terminal_wait_text(terminal, "no-key chat: PASS, as expected: status 4xx, class auth");
    terminal_wait_text(terminal, "HTTP 401");
    terminal_command(terminal, "probe stream-cut"); /* a private simulator is started for it */
    terminal_type(terminal, "s");
    terminal_wait_text(terminal, "PASS, as expected: verdict truncated");
    terminal_command(terminal, "probe placeholder-refused");
    terminal_type(terminal, "s");
    terminal_wait_text(terminal, "PASS, refused before sending");
    terminal_type(terminal, "2]\r"); /* with a real model nothing speaks against it any more */
    terminal_wait_text(terminal, "/model, string:");
    terminal_type(terminal, "\x01\x0bsome/model\r");
    terminal_wait_gone(terminal, "to be filled in");
    terminal_type(terminal, "s");
    terminal_wait_text(terminal, "FAIL, nothing was sent");
    leave(terminal);
}

/* It may die like any process: who needs it next starts it again. */
static void a_private_simulator_that_was_killed_is_started_again(void **state)
{
    struct terminal *terminal = start(&sizes[1], demo, NULL);

    (void)state;
    terminal_command(terminal, "probe stream-cut");
    for (int i = 0; i < 2; i++) {
        terminal_type(terminal, "s");
        terminal_wait_text(terminal, "PASS, as expected: verdict truncated");
        offspring_kill(terminal_process(terminal), "simulate --parent");
        terminal_type(terminal, "2");
        terminal_wait_gone(terminal, "PASS, as expected");
    }
    terminal_command(terminal, "suite streaming");
    terminal_type(terminal, "\r");
    terminal_wait_text(terminal, "0 failed, 0 errors");
    leave(terminal);
}

/* The draft waits untouched; an edited case is not dropped without a word. */
static void escape_leads_back_to_the_draft(void **state)
{
    struct terminal *terminal = start(&sizes[0], demo, NULL);

    (void)state;
    terminal_command(terminal, "prompt My own words");
    terminal_command(terminal, "probe wrong-role");
    terminal_wait_text(terminal, "PROBE wrong-role");
    terminal_wait_gone(terminal, "My own words");
    terminal_command(terminal, "draft new other");
    terminal_wait_text(terminal, "a probe stands in the place of the draft");
    terminal_type(terminal, "\033");
    terminal_wait_text(terminal, "My own words");
    terminal_wait_text(terminal, "Back to the draft");
    terminal_command(terminal, "probe wrong-role");
    terminal_command(terminal, "add seed: 7");
    terminal_wait_text(terminal, "seed: 7  added");
    terminal_type(terminal, "\033");
    terminal_wait_text(terminal, "The probe was edited");
    terminal_type(terminal, "n\r");
    terminal_wait_text(terminal, "PROBE wrong-role");
    terminal_command(terminal, "probe off");
    terminal_type(terminal, "y\r");
    terminal_wait_text(terminal, "My own words");
    terminal_command(terminal, "probe off");
    terminal_wait_text(terminal, "No probe is shown");
    leave(terminal);
}

static void what_stands_in_composer_is_kept_as_a_probe(void **state)
{
    struct terminal *terminal = start(&sizes[0], demo, NULL);

    (void)state;
    terminal_command(terminal, "add seed: \"x\"");
    terminal_command(terminal, "keep probe no-model");
    terminal_wait_text(terminal, "there is a probe no-model already");
    terminal_command(terminal, "keep probe seed-is-a-word");
    terminal_type(terminal, "A seed that is a word\r");
    terminal_type(terminal, "\r"); /* no rows, no cadence, no clauses */
    terminal_type(terminal, "4xx nonsense\r");
    terminal_wait_text(terminal, "\"nonsense\" is no status");
    terminal_command(terminal, "keep probe seed-is-a-word");
    terminal_type(terminal, "A seed that is a word\r");
    terminal_type(terminal, "E32 releas\r");
    terminal_type(terminal, "4xx request\r");
    terminal_wait_text(terminal, "\"releas\" is no requirement");
    terminal_command(terminal, "keep probe seed-is-a-word");
    terminal_type(terminal, "A seed that is a word\r");
    terminal_type(terminal, "E32 release\r");
    terminal_type(terminal, "4xx request\r");
    terminal_wait_text(terminal, "seed-is-a-word is a probe of the workspace now");
    terminal_command(terminal, "keep probe seed-is-a-word");
    terminal_wait_text(terminal, "there is a probe seed-is-a-word already");
    terminal_command(terminal, "probe seed-is-a-word");
    terminal_wait_text(terminal, "seed: \"x\"  added");
    terminal_wait_text(terminal, "status 4xx, class request");
    leave(terminal);
}

/* D38 D44: what it would send and what may be billed is read before anything goes out. */
static void a_suite_is_read_before_it_starts_and_has_a_row_for_each_case(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        struct terminal *terminal = start(&sizes[i], demo, NULL);

        terminal_command(terminal, "suite negative");
        terminal_type(terminal, "f"); /* the pane alone: what is beside it is not tested here */
        expect(terminal, "planned", &sizes[i]);
        terminal_type(terminal, "\r");
        terminal_wait_text(terminal, "72/72");
        terminal_type(terminal, "j");
        expect(terminal, "run", &sizes[i]);
        leave(terminal);
    }
}

/* What failed stands out by its words; a case is looked at, run again, noted, reviewed. */
static void a_case_that_fails_is_found_and_looked_at(void **state)
{
    struct terminal *terminal = start(&sizes[1], demo, reviewer);

    (void)state;
    terminal_command(terminal, "scenario outage");
    terminal_wait_text(terminal, "set to outage");
    terminal_command(terminal, "suite catalog");
    terminal_type(terminal, "\r");
    terminal_wait_text(terminal, "2 FAILED");
    terminal_type(terminal, "n");
    terminal_wait_text(terminal, "▸ ✗ FAIL    models-no-key");
    terminal_type(terminal, "n"); /* and round */
    terminal_wait_text(terminal, "▸ ✗ FAIL    models-list");
    expect(terminal, "failed", &sizes[1]);
    terminal_type(terminal, "\r");
    terminal_wait_text(terminal, "HTTP 503");
    terminal_type(terminal, "\033");
    terminal_wait_text(terminal, "FAIL    models-list");
    terminal_command(terminal, "scenario default");
    terminal_wait_text(terminal, "set to default");
    terminal_type(terminal, "r");
    terminal_wait_text(terminal, "1 FAILED  14 passed");
    terminal_wait_text(terminal, "pass    models-list");
    terminal_type(terminal, "e");
    terminal_type(terminal, "handled yes\r");
    terminal_wait_text(terminal, "a finding without a reason");
    terminal_type(terminal, " the client shows an empty list\r");
    terminal_wait_text(terminal, "yes*");
    terminal_wait_text(terminal, "by ada, ");
    terminal_wait_text(terminal, "client shows an empty list; evidence");
    terminal_command(terminal, "finding handled computed it was another list");
    terminal_wait_gone(terminal, "yes*");
    terminal_type(terminal, "/");
    terminal_type(terminal, "cut\r");
    terminal_wait_text(terminal, "1 of 15");
    terminal_wait_gone(terminal, "list-null");
    terminal_type(terminal, "\033");
    terminal_wait_text(terminal, "list-null");
    leave(terminal);
}

static void assert_holds(const char *path, const char *words)
{
    struct bytes text;

    assert_true(file_read(path, 1 << 20, &text, NULL, NULL));
    if (!strstr(bytes_text(&text), words))
        fail_msg("%s lacks \"%s\"", path, words);
    bytes_release(&text);
}

static void a_report_is_written_in_the_formats_of_check(void **state)
{
    static const char *const formats[] = {"text", "markdown", "junit", "json", "tap"};
    struct terminal *terminal = start(&sizes[1], demo, reviewer);
    char folder[] = "/tmp/cometdeck-report-XXXXXX";

    (void)state;
    assert_non_null(mkdtemp(folder));
    terminal_command(terminal, "suite smoke");
    terminal_command(terminal, "report text");
    terminal_wait_text(terminal, "nothing was run yet");
    terminal_type(terminal, "\r");
    terminal_wait_text(terminal, "8/8");
    terminal_type(terminal, "e");
    terminal_type(terminal, "handled yes the client copes\r");
    terminal_wait_text(terminal, "Kept in findings.json");
    for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
        char *path = xasprintf("%s/%s", folder, formats[i]);
        char *command = xasprintf("report %s %s", formats[i], path);

        terminal_command(terminal, command);
        terminal_wait_text(terminal, "is written");
        assert_holds(path, "the client copes"); /* and what is computed beside it */
        assert_holds(path, "unknown");
        terminal_command(terminal, command);
        terminal_wait_text(terminal, "is there already");
        terminal_type(terminal, "\033");
        assert_int_equal(unlink(path), 0);
        free(command);
        free(path);
    }
    assert_int_equal(rmdir(folder), 0);
    leave(terminal);
}

/* One thing is in flight; what did not begin says why. */
static void a_suite_is_stopped_and_nothing_else_is_sent_meanwhile(void **state)
{
    struct terminal *terminal = start(&sizes[1], demo, NULL);

    (void)state;
    terminal_command(terminal, "scenario catalog-stall");
    terminal_wait_text(terminal, "set to catalog-stall");
    terminal_command(terminal, "suite catalog");
    terminal_send(terminal, "\r", 1);
    terminal_wait_text(terminal, "suite catalog");
    terminal_send(terminal, ":send\r", 6);
    terminal_wait_text(terminal, "is in flight; cancel it first");
    terminal_wait_text(terminal, "in flight suite catalog 13/15");
    terminal_send(terminal, "\003", 1);
    terminal_wait_text(terminal, "interrupted: ");
    terminal_wait_text(terminal, "skipped");
    leave(terminal);
}

/* Said once, before anything is sent; the plan takes the model that is chosen then. */
static void a_suite_without_a_model_waits_for_one(void **state)
{
    static const char *const arguments[] = {"--base-url", "http://127.0.0.1:1", NULL};
    static const char *const variables[] = {"COMETAPI_API_KEY=sk-nobody-nobody-nobody-nobody",
                                            NULL};
    struct terminal *terminal = start(&sizes[0], arguments, variables);

    (void)state;
    terminal_command(terminal, "suite smoke");
    terminal_type(terminal, "\r");
    terminal_wait_text(terminal, "no model is chosen, and 6 of 8 cases need one");
    terminal_wait_text(terminal, "Nothing was sent yet");
    terminal_command(terminal, "model some/model");
    terminal_type(terminal, "0\r");
    terminal_wait_text(terminal, "8 ERRORS"); /* nobody listens there */
    terminal_send(terminal, "Q", 1);
    terminal_wait_text(terminal, "Leave without saving?");
    terminal_send(terminal, "yes\r", 4);
    assert_int_equal(terminal_wait_end(terminal), 0);
    terminal_free(terminal);
}

/* Of a production profile that nobody answers for; its clauses are only pending, or documented. */
static char *live_workspace(bool documented)
{
    static const char profiles[] =
        "{\"version\": 1, \"default_profile\": \"live\", \"profiles\": [{\"name\": \"live\", "
        "\"base_url\": \"http://127.0.0.1:1\", \"key_source\": \"env:LIVE_KEY\", "
        "\"production\": true, \"model\": \"some/model\"}]}\n";
    char *folder = xstrdup("/tmp/cometdeck-live-XXXXXX"), *path, *command;

    assert_non_null(mkdtemp(folder));
    path = file_join(folder, "cometdeck.json");
    command = xasprintf("\"$COMETDECK\" init %s 2>/dev/null && sed -i "
                        "'s/\"accessed\": null/\"accessed\": \"2026-11-20\"/' %s/contract.json",
                        folder, folder);
    if (documented)
        assert_int_equal(system(command), 0);
    unlink(path);
    assert_true(file_replace(NULL, path, profiles, strlen(profiles), 0600, NULL, NULL, NULL));
    free(command);
    free(path);
    return folder;
}

static struct terminal *start_live(const char *folder)
{
    static const char *const variables[] = {"LIVE_KEY=sk-live-live-live-live-live-live", NULL};
    const char *arguments[] = {"--workspace", folder, NULL};

    return start(&sizes[1], arguments, variables);
}

static void leave_live(struct terminal *terminal, char *folder)
{
    char *command = xasprintf("rm -r %s", folder);

    assert_null(strstr(bytes_text(terminal_raw(terminal)), "sk-live"));
    leave(terminal);
    assert_int_equal(system(command), 0);
    free(command);
    free(folder);
}

/* E29 D38: what is wrong on purpose goes to production only when its name was typed. */
static void negative_probes_go_to_production_only_by_its_name(void **state)
{
    char *folder = live_workspace(true);
    struct terminal *terminal = start_live(folder);

    (void)state;
    terminal_command(terminal, "suite negative");
    terminal_wait_text(terminal, "PRODUCTION, BILLABLE");
    terminal_wait_gone(terminal, "refused: ");
    terminal_type(terminal, "\r");
    terminal_wait_text(terminal, "Type live to send it");
    terminal_type(terminal, "y\r");
    terminal_wait_text(terminal, "Nothing was sent");
    terminal_wait_text(terminal, "planned");
    terminal_command(terminal, "probe no-key");
    terminal_type(terminal, "s");
    terminal_wait_text(terminal, "Type live to send it");
    terminal_type(terminal, "no\r");
    terminal_wait_text(terminal, "Nothing was sent");
    leave_live(terminal, folder);
}

/* A report in the folder of probes, say: it is told, and everything else is there. */
static void a_bad_file_of_probes_takes_no_suite_away(void **state)
{
    char *folder = live_workspace(true), *probes = file_join(folder, "probes");
    char *path = file_join(probes, "report.json");
    struct terminal *terminal;

    (void)state;
    assert_true(file_make_folders(probes, 0700, NULL));
    assert_true(file_replace(NULL, path, "{\"run_id\": 1}", 13, 0600, NULL, NULL, NULL));
    terminal = start_live(folder);
    terminal_type(terminal, "p");
    terminal_wait_text(terminal, "! left out: ");
    terminal_wait_text(terminal, "Canary: ");
    terminal_type(terminal, "\033");
    terminal_command(terminal, "suite mine");
    terminal_wait_text(terminal, "there is no suite or probe \"mine\"");
    terminal_wait_text(terminal, "; left out:");
    terminal_command(terminal, "suite negative");
    terminal_wait_text(terminal, "planned");
    terminal_wait_text(terminal, "Left out:");
    leave_live(terminal, folder);
    free(path);
    free(probes);
}

/* B17: said before anything is typed, and before any of it fails. */
static void what_production_will_not_take_is_told_first(void **state)
{
    char *folder = live_workspace(false);
    struct terminal *terminal = start_live(folder);

    (void)state;
    terminal_command(terminal, "suite no-model");
    terminal_wait_text(terminal, "refused: 2 of them, which will not be sent");
    terminal_wait_text(terminal, "only pending");
    terminal_type(terminal, "\r");
    terminal_wait_text(terminal, "nothing of it can be sent");
    terminal_wait_gone(terminal, "Type live to send it");
    terminal_command(terminal, "probe wrong-role");
    terminal_type(terminal, "s");
    terminal_wait_text(terminal, "only pending");
    terminal_wait_gone(terminal, "Type live to send it");
    leave_live(terminal, folder);
}

static void a_restricted_console_reads_plans_and_sends_nothing(void **state)
{
    static const char *const offline[] = {"demo", "--offline", NULL};
    struct terminal *terminal = start(&sizes[1], offline, NULL);

    (void)state;
    terminal_command(terminal, "suite smoke");
    terminal_wait_text(terminal, "8 cases");
    terminal_type(terminal, "\r");
    terminal_wait_text(terminal, "OFFLINE: nothing is sent");
    leave(terminal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_picker_tells_what_is_sent_expected_and_may_be_billed),
        cmocka_unit_test(a_probe_stands_in_composer_with_its_changes_marked),
        cmocka_unit_test(a_probe_is_sent_as_it_is_and_judged_by_what_it_expects),
        cmocka_unit_test(a_private_simulator_that_was_killed_is_started_again),
        cmocka_unit_test(escape_leads_back_to_the_draft),
        cmocka_unit_test(what_stands_in_composer_is_kept_as_a_probe),
        cmocka_unit_test(a_suite_is_read_before_it_starts_and_has_a_row_for_each_case),
        cmocka_unit_test(a_case_that_fails_is_found_and_looked_at),
        cmocka_unit_test(a_report_is_written_in_the_formats_of_check),
        cmocka_unit_test(a_suite_is_stopped_and_nothing_else_is_sent_meanwhile),
        cmocka_unit_test(a_suite_without_a_model_waits_for_one),
        cmocka_unit_test(a_bad_file_of_probes_takes_no_suite_away),
        cmocka_unit_test(negative_probes_go_to_production_only_by_its_name),
        cmocka_unit_test(what_production_will_not_take_is_told_first),
        cmocka_unit_test(a_restricted_console_reads_plans_and_sends_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
