/* A recording of another tool, taken over in the console: judged, kept, cited as imported. */
#include "tests/screen/terminal.h"
#include "tests/unit/unit.h"

#include "base/file.h"
#include "base/memory.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char log_text[] = "10:00 app | start\n10:01 app | data: "
                               "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"half an "
                               "answer\"},\"finish_reason\":null}]}\n";
static const char har_text[] =
    "{\"log\":{\"entries\":[{\"request\":{\"method\":\"GET\"},\"response\":{\"status\":503}},"
    "{\"request\":{\"method\":\"POST\",\"url\":\"https://h/x\",\"postData\":{\"text\":"
    "\"{\\\"messages\\\":[]}\"}},\"response\":{\"status\":200,\"content\":{\"text\":"
    "\"{\\\"choices\\\":[{\\\"index\\\":0,\\\"message\\\":{\\\"content\\\":\\\"whole\\\"},"
    "\\\"finish_reason\\\":\\\"stop\\\"}]}\"}}}]}}";

static char *put(struct terminal *terminal, const char *name, const char *text)
{
    char *path = file_join(terminal_home(terminal), name);
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    return path;
}

static void import(struct terminal *terminal, const char *path, const char *entry)
{
    char *command = xasprintf("import %s%s", path, entry);

    terminal_command(terminal, command);
    free(command);
}

static void a_recording_is_judged_kept_and_cited_as_imported(void **state)
{
    static const char *const demo[] = {"demo", "--pace", "0", NULL};
    const struct terminal_options options = {.rows = 40, .columns = 140, .arguments = demo};
    struct terminal *terminal = terminal_start(&options);
    char *text, *har;

    (void)state;
    terminal_wait_idle(terminal);
    text = put(terminal, "container.log", log_text);
    har = put(terminal, "browser.har", har_text);
    import(terminal, text, "");
    terminal_wait_text(terminal, "INCOMPLETE");
    terminal_wait_text(terminal, "is imported as ev-");
    terminal_wait_text(terminal, "half an answer");
    terminal_command(terminal, "view reasons");
    terminal_type(terminal, "G");
    terminal_wait_text(terminal, "imported (log)");
    terminal_wait_gone(terminal, "differs from the contract"); /* the profile does, not this */
    import(terminal, har, "");
    terminal_wait_text(terminal, "choose one with :import FILE N");
    import(terminal, har, " 2");
    terminal_wait_text(terminal, "COMPLETE  complete");
    terminal_command(terminal, "ledger new incident");
    terminal_wait_text(terminal, "incident");
    terminal_command(terminal, "attach");
    terminal_wait_text(terminal, "is cited in");
    for (int column = 1; column < 5; column++)
        terminal_type(terminal, "l");
    terminal_wait_text(terminal, "*imported*");
    import(terminal, "/nowhere/x.har", "");
    terminal_wait_text(terminal, "cannot be read");
    free(text);
    text = file_join(terminal_home(terminal), "pipe");
    assert_int_equal(mkfifo(text, 0600), 0); /* nobody will ever write into it */
    import(terminal, text, "");
    terminal_wait_text(terminal, "is no regular file");
    terminal_free(terminal);
    free(text);
    free(har);
}

/* Some 90 MB of a stream. */
static char *put_large(struct terminal *terminal)
{
    enum { EVENTS = 600000 };
    static const char event[] = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":"
                                "\"word after word after word after word after word after word "
                                "after word after word\"},\"finish_reason\":null}]}\n\n";
    char *path = file_join(terminal_home(terminal), "large.sse");
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    for (int i = 0; i < EVENTS; i++)
        assert_true(fputs(event, file) >= 0);
    assert_int_equal(fclose(file), 0);
    return path;
}

/* Nothing of the console is awaited. */
static void type_at_once(struct terminal *terminal, const char *before, const char *what,
                         const char *behind)
{
    char *keys = xasprintf("%s%s%s", before, what, behind);

    terminal_send(terminal, keys, strlen(keys));
    free(keys);
}

/* A key is answered while it is judged, and one of them stops it. */
static void a_large_one_holds_no_key_up_and_can_be_cancelled(void **state)
{
    static const char *const demo[] = {"demo", "--pace", "0", NULL};
    const struct terminal_options options = {.rows = 40, .columns = 140, .arguments = demo};
    struct terminal *terminal = terminal_start(&options);
    char *large;

    (void)state;
    terminal_wait_idle(terminal);
    large = put_large(terminal);
    type_at_once(terminal, ":import ", large, "\r");
    terminal_wait_text(terminal, "in flight import");
    type_at_once(terminal, ":verdict hide\r", "", "");
    terminal_wait_text(terminal, "Verdicts are hidden");
    terminal_wait_text(terminal, "in flight import");
    type_at_once(terminal, "\003", "", "");
    terminal_wait_text(terminal, "Nothing of ");
    terminal_wait_idle(terminal);
    type_at_once(terminal, ":import ", large, "\r"); /* and leave in the middle of it */
    terminal_wait_text(terminal, "in flight import");
    terminal_free(terminal);
    free(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_large_one_holds_no_key_up_and_can_be_cancelled),
        cmocka_unit_test(a_recording_is_judged_kept_and_cited_as_imported),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
