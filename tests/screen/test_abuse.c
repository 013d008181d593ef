/*
 * What people do to a console that nobody thought of: keys before the picture is there, tiny
 * terminals, files that are none, answers that are hard to show.
 */
#include "tests/screen/terminal.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const demo[] = {"demo", "--pace", "0", NULL};

static struct terminal *start(int rows, int columns)
{
    const struct terminal_options options = {.rows = rows, .columns = columns, .arguments = demo};
    struct terminal *terminal = terminal_start(&options);

    terminal_wait_text(terminal, "sim/ready");
    return terminal;
}

static void send(struct terminal *terminal, const char *model, const char *until)
{
    char command[128];

    snprintf(command, sizeof(command), "model %s", model);
    terminal_command(terminal, command);
    terminal_command(terminal, "send");
    terminal_wait_text(terminal, until);
}

/* Both keys come in one read: what the second looks at went with the first. */
static void keys_that_follow_a_send_see_nothing_of_the_old_answer(void **state)
{
    static const char *const views[] = {"events", "raw", "reasons", "headers", "timing", "answer"};
    struct terminal *terminal = start(40, 140);

    (void)state;
    send(terminal, "sim/cut-mid-stream", "INCOMPLETE");
    for (size_t i = 0; i < sizeof(views) / sizeof(*views); i++) {
        char command[32];

        snprintf(command, sizeof(command), "view %s", views[i]);
        terminal_command(terminal, command);
        terminal_send(terminal, "r\rjkGgyn", 8);
        terminal_wait_text(terminal, "INCOMPLETE");
    }
    terminal_quit(terminal);
}

/* Every view in a terminal without a row for it. */
static void every_view_survives_a_terminal_without_room(void **state)
{
    static const char *const views[] = {"events", "raw", "reasons", "headers", "timing", "answer"};
    struct terminal *terminal = start(24, 80);

    (void)state;
    send(terminal, "sim/cut-mid-stream", "INCOMPLETE");
    for (size_t i = 0; i < sizeof(views) / sizeof(*views); i++) {
        char command[32];

        snprintf(command, sizeof(command), "view %s", views[i]);
        terminal_command(terminal, command);
        for (int rows = 9; rows >= 5; rows--) {
            terminal_resize(terminal, rows, 20);
            terminal_type(terminal, "Gkg");
        }
        terminal_resize(terminal, 24, 80);
        terminal_wait_text(terminal, "INCOMPLETE");
    }
    terminal_quit(terminal);
}

/* A whole JSON answer has no events, and a text all the same. */
static void an_answer_that_was_not_streamed_is_shown(void **state)
{
    struct terminal *terminal = start(24, 80);

    (void)state;
    terminal_command(terminal, "streaming off");
    send(terminal, "sim/ready", "COMPLETE");
    terminal_wait_text(terminal, "READY");
    terminal_quit(terminal);
}

/* Opening what never ends must not take the console with it. */
static void what_is_no_file_is_not_opened(void **state)
{
    struct terminal *terminal = start(24, 80);
    char path[] = "/tmp/cometdeck-abuse.XXXXXX", command[80];

    (void)state;
    assert_non_null(mkdtemp(path));
    snprintf(command, sizeof(command), "%s/fifo", path);
    assert_int_equal(mkfifo(command, 0600), 0);
    snprintf(command, sizeof(command), "open %s/fifo", path);
    terminal_command(terminal, command);
    terminal_wait_text(terminal, "is no regular file");
    terminal_command(terminal, "open -");
    terminal_wait_text(terminal, "name a file");
    terminal_command(terminal, "open /dev/zero");
    terminal_wait_text(terminal, "is no regular file");
    terminal_quit(terminal);
    snprintf(command, sizeof(command), "%s/fifo", path);
    unlink(command);
    rmdir(path);
}

/*
 * By policy no file keeps the bodies of a prompt of one's own: they can be looked at as long as
 * they are shown, and what is opened later is not judged by what is not there.
 */
static void what_no_file_keeps_is_shown_and_not_judged_anew(void **state)
{
    struct terminal *terminal = start(40, 140);

    (void)state;
    terminal_command(terminal, "prompt words of my own");
    send(terminal, "sim/ready", "COMPLETE");
    terminal_wait_text(terminal, "by policy no file holds these bodies");
    terminal_command(terminal, "view raw");
    terminal_wait_text(terminal, "data: [DONE]");
    terminal_command(terminal, "view headers");
    terminal_wait_text(terminal, "words of my own");
    send(terminal, "sim/cut-mid-stream", "INCOMPLETE");
    terminal_command(terminal, "pane history");
    terminal_send(terminal, "j\r", 2);
    terminal_wait_text(terminal, "judged complete when it was received");
    terminal_wait_text(terminal, "COMPLETE  complete");
    terminal_wait_text(terminal, "(no file keeps it)");
    assert_false(terminal_shows(terminal, "an empty answer"));
    terminal_quit(terminal);
}

/* `ulimit -f` holds for the memory that frames are drawn in: half a picture is none. */
static void a_limit_that_leaves_no_room_for_the_picture_is_said(void **state)
{
    const struct terminal_options options = {
        .rows = 40, .columns = 140, .arguments = (const char *const[]){"--offline", NULL}};
    struct rlimit before, small;
    struct terminal *terminal;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = (struct rlimit){.rlim_cur = 4096, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    terminal = terminal_start(&options);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(terminal_wait_end(terminal), 4);
    assert_non_null(strstr(bytes_text(terminal_raw(terminal)), "ulimit -f"));
    terminal_free(terminal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_that_follow_a_send_see_nothing_of_the_old_answer),
        cmocka_unit_test(every_view_survives_a_terminal_without_room),
        cmocka_unit_test(an_answer_that_was_not_streamed_is_shown),
        cmocka_unit_test(what_is_no_file_is_not_opened),
        cmocka_unit_test(what_no_file_keeps_is_shown_and_not_judged_anew),
        cmocka_unit_test(a_limit_that_leaves_no_room_for_the_picture_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
