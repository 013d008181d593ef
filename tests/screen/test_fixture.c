/* `:keep fixture` in Stream and History: what is written, what is asked, what is refused (D29). */
#include "tests/screen/terminal.h"
#include "tests/unit/unit.h"

#include "base/file.h"
#include "base/memory.h"
#include "contract/workspace.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* On the throw-away workspace of the demo. */
static struct terminal *start(const char *word)
{
    const char *const demo[] = {"demo", "--pace", "0", word, NULL};
    const struct terminal_options options = {.rows = 24, .columns = 80, .arguments = demo};
    struct terminal *terminal = terminal_start(&options);

    terminal_wait_idle(terminal);
    return terminal;
}

static void answer(struct terminal *terminal, const char *question, const char *text)
{
    terminal_wait_text(terminal, question);
    terminal_type(terminal, text);
    terminal_type(terminal, "\r");
}

static void an_answer_is_kept_after_a_question_where_one_is_there(void **state)
{
    struct terminal *terminal = start(NULL);

    (void)state;
    terminal_command(terminal, "keep fixture early");
    terminal_wait_text(terminal, "there is nothing to keep");
    terminal_command(terminal, "scenario cut-mid-stream");
    terminal_command(terminal, "send");
    terminal_wait_text(terminal, "INCOMPLETE");
    terminal_command(terminal, "keep fixture cut");
    terminal_wait_text(terminal, "fixtures/chat/cut.json is kept");
    terminal_command(terminal, "keep fixture cut text");
    answer(terminal, "is there already. Replace it?", "no");
    terminal_wait_text(terminal, "The fixture is as it was");
    terminal_command(terminal, "keep fixture chat/cut text");
    answer(terminal, "is there already. Replace it?", "yes");
    terminal_wait_text(terminal, "is kept, with what was said");
    terminal_command(terminal, "keep fixture responses/cut");
    terminal_wait_text(terminal, "the capture is of chat, not of responses");
    terminal_command(terminal, "keep fixture ../../cut");
    terminal_wait_text(terminal, "a fixture is called OPERATION/NAME");
    terminal_command(terminal, "keep fixture cut words");
    terminal_wait_text(terminal, "not \"words\"");
    terminal_quit(terminal);
}

static void history_keeps_the_row_of_the_cursor(void **state)
{
    struct terminal *terminal = start(NULL);

    (void)state;
    terminal_command(terminal, "send");
    terminal_wait_text(terminal, "COMPLETE");
    terminal_command(terminal, "pane history");
    terminal_type(terminal, "G"); /* the list of models was fetched first */
    terminal_command(terminal, "keep fixture list");
    terminal_wait_text(terminal, "fixtures/models/list.json is kept");
    terminal_type(terminal, "g");
    terminal_command(terminal, "keep fixture newest");
    terminal_wait_text(terminal, "fixtures/chat/newest.json is kept");
    terminal_quit(terminal);
}

static void read_only_keeps_nothing(void **state)
{
    struct terminal *terminal = start("--readonly");

    (void)state;
    terminal_command(terminal, "keep fixture x");
    terminal_wait_text(terminal, "READ-ONLY: nothing is written");
    terminal_quit(terminal);
}

/* D72: what a suite compares with is read before it can be started. */
static void a_suite_whose_fixture_is_missing_is_not_planned(void **state)
{
    static const char probes[] =
        "{\"version\": 1, \"probes\": [{\"id\": \"shape\", \"title\": \"t\", \"operations\": "
        "[\"chat\"], \"fixture\": \"chat/none\", \"expect\": {\"status\": [\"2xx\"]}}], "
        "\"suites\": [{\"id\": \"own\", \"title\": \"Own\", \"requests_max\": 9, \"probes\": "
        "[\"shape\"]}]}";
    char folder[] = "/tmp/cometdeck-fixture-XXXXXX";
    const char *const arguments[] = {folder, NULL};
    const struct terminal_options options = {.rows = 24, .columns = 80, .arguments = arguments};
    struct terminal *terminal;
    struct error error;
    char *path, *sub;

    (void)state;
    assert_non_null(mkdtemp(folder));
    if (!workspace_init(folder, NULL, &error))
        fail_msg("%s", error.text);
    sub = file_join(folder, "probes");
    path = file_join(sub, "own.json");
    assert_true(file_make_folders(sub, 0700, NULL));
    assert_true(file_replace(NULL, path, probes, strlen(probes), 0600, NULL, NULL, NULL));
    free(path);
    free(sub);
    terminal = terminal_start(&options);
    terminal_wait_idle(terminal);
    terminal_command(terminal, "suite own");
    terminal_wait_text(terminal, "none.json");
    terminal_quit(terminal);
    path = xasprintf("rm -r %s", folder);
    assert_int_equal(system(path), 0);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_kept_after_a_question_where_one_is_there),
        cmocka_unit_test(history_keeps_the_row_of_the_cursor),
        cmocka_unit_test(read_only_keeps_nothing),
        cmocka_unit_test(a_suite_whose_fixture_is_missing_is_not_planned),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
