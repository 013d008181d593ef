/*
 * A terminal that does not read (^S, an ssh that hangs, a stopped reader): nothing but drawing
 * waits for it (design.md "Console": drawing is throttled, reception never).
 */
#include "tests/screen/terminal.h"
#include "tests/unit/unit.h"

#include <glob.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"

enum {
    LIMIT_US = 30 * 1000 * 1000,
    LEAVES_US = 1000 * 1000, /* the requirement */
    SLACK_US = 1000 * 1000,  /* of a loaded machine */
    STUCK_US = 100 * 1000,   /* as long it took nothing */
};

static struct terminal *start(void)
{
    static const char *const demo[] = {"demo", "--pace", "0", NULL};
    const struct terminal_options options = {.rows = 40, .columns = 140, .arguments = demo};
    struct terminal *terminal = terminal_start(&options);

    terminal_wait_idle(terminal);
    terminal_wait_text(terminal, "sim/ready");
    return terminal;
}

/* Ask for whole screens without reading any, until the console has one that the terminal refuses.
 */
static void fill(struct terminal *terminal)
{
    int64_t until_us = clock_now_us(&clock_system) + LIMIT_US;
    int64_t changed_us = clock_now_us(&clock_system);
    int waiting = terminal_unread(terminal), now;

    while (clock_now_us(&clock_system) - changed_us < STUCK_US) {
        assert_true(clock_now_us(&clock_system) < until_us);
        terminal_send(terminal, "\f", 1);
        terminal_wait_unread(terminal, 1000);
        now = terminal_unread(terminal);
        if (now != waiting)
            changed_us = clock_now_us(&clock_system);
        waiting = now;
    }
    assert_true(waiting > 0);
}

/* Captures that have their end line: one for each answer that was received whole. */
static size_t captures_ended(const struct terminal *terminal)
{
    char *pattern =
        xasprintf("%s/cometdeck-demo-*/.cometdeck/captures/*.jsonl", terminal_home(terminal));
    size_t ended = 0;
    glob_t found;

    if (glob(pattern, 0, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++) {
            char *command = xasprintf("tail -n 1 '%s' | grep -q sha256", found.gl_pathv[i]);

            ended += system(command) == 0;
            free(command);
        }
        globfree(&found);
    }
    free(pattern);
    return ended;
}

static void what_ends_a_program_ends_it_within_a_second(void **state)
{
    static const int signals[] = {SIGTERM, SIGHUP};

    (void)state;
    for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
        struct terminal *terminal = start();
        int64_t begun_us;

        fill(terminal);
        begun_us = clock_now_us(&clock_system);
        terminal_signal(terminal, signals[i]);
        assert_int_equal(terminal_wait_end_unread(terminal), 130);
        assert_true(clock_now_us(&clock_system) - begun_us < LEAVES_US + SLACK_US);
        terminal_check_restored(terminal); /* what is read later puts it in order */
        terminal_free(terminal);
    }
}

static void a_crash_ends_it_too(void **state)
{
    struct terminal *terminal = start();

    (void)state;
    fill(terminal);
    terminal_signal(terminal, SIGSYS);
    assert_int_equal(terminal_wait_end_unread(terminal), TERMINAL_SIGNALLED + SIGSYS);
    terminal_check_restored(terminal);
    terminal_free(terminal);
}

static void reception_goes_on_and_the_picture_is_right_afterwards(void **state)
{
    int64_t until_us = clock_now_us(&clock_system) + LIMIT_US;
    struct terminal *terminal = start();
    size_t before = captures_ended(terminal); /* of the list of models */

    (void)state;
    assert_true(before > 0);
    fill(terminal);
    terminal_send(terminal, ":send\r", 6);
    while (captures_ended(terminal) == before)
        assert_true(clock_now_us(&clock_system) < until_us);
    terminal_wait_text(terminal, "COMPLETE"); /* reads again */
    terminal_wait_text(terminal, "▸ 3 Stream");
    terminal_wait_text(terminal, "1 Catalog");
    terminal_type(terminal, "2");
    terminal_wait_text(terminal, "▸ 2 Composer");
    terminal_send(terminal, "Q", 1);
    assert_int_equal(terminal_wait_end(terminal), 0);
    terminal_check_restored(terminal);
    terminal_free(terminal);
}

static void leaving_by_a_key_does_not_wait_either(void **state)
{
    struct terminal *terminal = start();

    (void)state;
    fill(terminal);
    terminal_send(terminal, "Q", 1);
    assert_int_equal(terminal_wait_end_unread(terminal), 0);
    terminal_check_restored(terminal);
    terminal_free(terminal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_ends_a_program_ends_it_within_a_second),
        cmocka_unit_test(a_crash_ends_it_too),
        cmocka_unit_test(reception_goes_on_and_the_picture_is_right_afterwards),
        cmocka_unit_test(leaving_by_a_key_does_not_wait_either),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
