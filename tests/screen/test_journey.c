/*
 * The main job, end to end, on three sizes of screen: choose a model, send, read the verdict, cite
 * the evidence, save the ledger (issue "What must be true at the end").
 */
#include "tests/screen/terminal.h"
#include "tests/unit/unit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"

enum { LEDGER_MAX = 1 << 20 };

static const char *const demo[] = {"demo", "--pace", "0", NULL};

struct size {
    int rows, columns;
    const char *name;
};
static const struct size sizes[] = {{40, 140, "140x40"}, {24, 80, "80x24"}, {12, 40, "40x12"}};
enum { SIZE_COUNT = sizeof(sizes) / sizeof(*sizes) };

static struct terminal *start(const struct size *size)
{
    const struct terminal_options options = {
        .rows = size->rows, .columns = size->columns, .arguments = demo};
    struct terminal *terminal = terminal_start(&options);

    terminal_wait_idle(terminal);
    return terminal;
}

static void expect(struct terminal *terminal, const char *step, const struct size *size)
{
    char *name = xasprintf("journey-%s-%s", step, size->name);

    terminal_expect(terminal, name);
    free(name);
}

/* Catalog: filter, use; then over to Composer. */
static void choose(struct terminal *terminal, const char *filter)
{
    terminal_type(terminal, "1");
    terminal_type(terminal, "/");
    terminal_type(terminal, filter);
    terminal_type(terminal, "\r");
    terminal_type(terminal, "\r");
    terminal_wait_text(terminal, "Composer uses sim/");
    terminal_type(terminal, "\033");
    terminal_type(terminal, "2");
}

static void send_draft(struct terminal *terminal, const char *headline)
{
    terminal_type(terminal, "s");
    terminal_wait_text(terminal, headline);
}

static size_t count(const char *text, const char *part)
{
    size_t found = 0;

    for (const char *at = text; (at = strstr(at, part)); at++)
        found++;
    return found;
}

static void check_ledger(const struct terminal *terminal)
{
    char *path = file_join(terminal_home(terminal), "review.md");
    struct bytes text;
    struct error error;

    if (!file_read(path, LEDGER_MAX, &text, NULL, &error))
        fail_msg("%s", error.text);
    assert_true(count(bytes_text(&text), "ev-20") >= 2);
    assert_non_null(strstr(bytes_text(&text), "sim/ready"));
    assert_non_null(strstr(bytes_text(&text), "sim/cut-mid-stream"));
    assert_non_null(strstr(bytes_text(&text), "COMPLETE"));
    assert_non_null(strstr(bytes_text(&text), "INCOMPLETE"));
    assert_null(strstr(bytes_text(&text), "sk-simulator"));
    bytes_release(&text);
    free(path);
}

static void the_main_job_goes_from_catalog_to_ledger(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        const struct size *size = &sizes[i];
        struct terminal *terminal = start(size);

        terminal_type(terminal, "R");
        terminal_wait_text(terminal, "models");
        choose(terminal, "sim/ready");
        expect(terminal, "composer", size);
        send_draft(terminal, "COMPLETE");
        expect(terminal, "complete", size);
        terminal_command(terminal, "ledger new incident");
        terminal_command(terminal, "attach");
        choose(terminal, "sim/cut-mid-stream");
        send_draft(terminal, "INCOMPLETE");
        terminal_wait_text(terminal, "A client that trusts the end");
        expect(terminal, "incomplete", size);
        terminal_command(terminal, "view reasons");
        expect(terminal, "reasons", size);
        terminal_command(terminal, "attach");
        terminal_command(terminal, "write review.md");
        terminal_type(terminal, "4");
        expect(terminal, "ledger", size);
        check_ledger(terminal);
        assert_null(strstr(bytes_text(terminal_raw(terminal)), "sk-simulator"));
        terminal_send(terminal, "Q", 1);
        assert_int_equal(terminal_wait_end(terminal), 0);
        terminal_check_restored(terminal);
        terminal_free(terminal);
    }
}

static void a_send_right_after_the_start_of_the_demo_is_the_canary(void **state)
{
    struct terminal *terminal = start(&sizes[1]);

    (void)state;
    terminal_command(terminal, "send");
    terminal_wait_text(terminal, "COMPLETE");
    terminal_wait_text(terminal, "sim/ready");
    terminal_wait_text(terminal, "▸ 3 Stream");
    terminal_type(terminal, "\033");
    terminal_wait_text(terminal, "▸ 1 Catalog");
    terminal_send(terminal, "Q", 1);
    assert_int_equal(terminal_wait_end(terminal), 0);
    terminal_free(terminal);
}

/* A filter leads to its first match, and s says which key sends. */
static void a_filter_begins_at_its_best_match(void **state)
{
    struct terminal *terminal = start(&sizes[0]);

    (void)state;
    terminal_type(terminal, "R");
    terminal_wait_text(terminal, "models");
    terminal_type(terminal, "G");
    terminal_type(terminal, "/");
    terminal_type(terminal, "rdy");
    terminal_wait_text(terminal, "▸● sim/ready");
    terminal_type(terminal, "\r");
    terminal_type(terminal, "s");
    terminal_wait_text(terminal, "s again sends POST http");
    terminal_type(terminal, "s");
    terminal_wait_text(terminal, "COMPLETE");
    terminal_send(terminal, "Q", 1);
    assert_int_equal(terminal_wait_end(terminal), 0);
    terminal_free(terminal);
}

static void leaving_with_an_unsaved_ledger_asks(void **state)
{
    struct terminal *terminal = start(&sizes[1]);

    (void)state;
    terminal_command(terminal, "ledger new incident");
    terminal_type(terminal, "Q");
    terminal_wait_text(terminal, "not saved");
    terminal_type(terminal, "no\r");
    terminal_type(terminal, "Q");
    terminal_send(terminal, "yes\r", 4);
    assert_int_equal(terminal_wait_end(terminal), 0);
    terminal_check_restored(terminal);
    terminal_free(terminal);
}

/* Keys that come in one read with the one that opens a question are its answer, not bindings. */
static void type_ahead_answers_the_question_it_follows(void **state)
{
    struct terminal *terminal = start(&sizes[1]);

    (void)state;
    terminal_type(terminal, "R");
    terminal_wait_text(terminal, "models");
    terminal_type(terminal, "/cut-mid\r\r2");
    terminal_wait_text(terminal, "sim/cut-mid-stream");
    terminal_command(terminal, "ledger new incident");
    terminal_type(terminal, "etyped ahead: Q u c\rQno\r");
    terminal_wait_text(terminal, "typed ahead: Q u c");
    terminal_send(terminal, "Qyes\r", 5);
    assert_int_equal(terminal_wait_end(terminal), 0);
    terminal_check_restored(terminal);
    terminal_free(terminal);
}

/*
 * What is in flight has one visible owner, and ^C stops it (streams.md case 34), also when it comes
 * at once with an Esc, which makes M-^C of the two.
 */
static void what_runs_is_shown_and_can_be_stopped(void **state)
{
    struct terminal *terminal = start(&sizes[1]);

    (void)state;
    terminal_command(terminal, "prompt x");
    terminal_send(terminal, ":scenario stall\r:send\r", 22);
    terminal_wait_text(terminal, "in flight chat sim/stall");
    terminal_wait_text(terminal, "RECEIVING");
    terminal_resize(terminal, 40, 140);
    terminal_wait_text(terminal, "4 Ledger");
    terminal_resize(terminal, 9, 33);
    terminal_resize(terminal, 24, 80);
    terminal_wait_text(terminal, "last event");
    terminal_send(terminal, ":half a word", 12);
    terminal_wait_text(terminal, ":half a word");
    terminal_type(terminal, "\033\003");
    terminal_wait_text(terminal, "INCOMPLETE  cancelled");
    terminal_wait_gone(terminal, "in flight");
    terminal_send(terminal, "Q", 1);
    assert_int_equal(terminal_wait_end(terminal), 0);
    terminal_free(terminal);
}

/* The same by --script, whose steps wait for idle; a text that never comes fails it. */
static void a_script_walks_the_same_way(void **state)
{
    static const char script[] = "# canary, then the cut\n:send\nuntil COMPLETE\n"
                                 ":scenario cut-mid-stream\n:send\nuntil INCOMPLETE\n"
                                 ":screen-dump dump.txt\nkeys Q\n";
    static const char wrong[] = "until no such words\n";
    const char *const texts[] = {script, wrong};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        char path[] = "/tmp/cometdeck-script-XXXXXX";
        const char *const arguments[] = {"demo", "--pace", "0", "--script", path, NULL};
        const struct terminal_options options = {.rows = 24, .columns = 80, .arguments = arguments};
        struct terminal *terminal;
        FILE *file = fdopen(mkstemp(path), "w");

        assert_non_null(file);
        fputs(texts[i], file);
        fclose(file);
        terminal = terminal_start(&options);
        assert_int_equal(terminal_wait_end(terminal), i == 0 ? 0 : 1);
        if (i == 0) {
            char *dump = file_join(terminal_home(terminal), "dump.txt");

            assert_true(file_exists(dump));
            free(dump);
        }
        terminal_check_restored(terminal);
        terminal_free(terminal);
        remove(path);
    }
}

/* design.md "Words": `scenario NAME` sets either, a model or the server. */
static void a_scenario_of_the_server_is_told_to_the_simulator(void **state)
{
    struct terminal *terminal = start(&sizes[0]);

    (void)state;
    terminal_command(terminal, "scenario locked-out");
    terminal_wait_text(terminal, "The simulator is set to locked-out");
    terminal_command(terminal, "catalog fetch");
    terminal_wait_text(terminal, "No list: ERROR");
    terminal_wait_text(terminal, "HTTP 401");
    terminal_command(terminal, "scenario default");
    terminal_wait_text(terminal, "The simulator is set to default");
    terminal_command(terminal, "catalog fetch");
    terminal_wait_text(terminal, " models");
    terminal_send(terminal, "Q", 1);
    assert_int_equal(terminal_wait_end(terminal), 0);
    terminal_free(terminal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_main_job_goes_from_catalog_to_ledger),
        cmocka_unit_test(a_send_right_after_the_start_of_the_demo_is_the_canary),
        cmocka_unit_test(a_filter_begins_at_its_best_match),
        cmocka_unit_test(leaving_with_an_unsaved_ledger_asks),
        cmocka_unit_test(type_ahead_answers_the_question_it_follows),
        cmocka_unit_test(what_runs_is_shown_and_can_be_stopped),
        cmocka_unit_test(a_script_walks_the_same_way),
        cmocka_unit_test(a_scenario_of_the_server_is_told_to_the_simulator),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
