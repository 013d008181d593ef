/* base/secret: where keys come from, and that nothing but the alias of one is ever said (A11). */
#include "tests/unit/unit.h"

#include "base/memory.h"
#include "base/secret.h"
#include "base/secret_reveal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define KEY "sk-test-0123456789abcdef"

static void assert_source_gives_key(const char *source, const char *alias)
{
    struct error error = {0};
    struct secret *secret = secret_from_source(source, &error);
    size_t len;

    assert_string_equal(error.text, "");
    assert_non_null(secret);
    assert_memory_equal(secret_reveal(secret, &len), KEY, strlen(KEY));
    assert_int_equal(len, strlen(KEY));
    assert_string_equal(secret_alias(secret), alias);
    secret_free(secret);
}

static void assert_source_fails(const char *source, enum error_kind kind, const char *says)
{
    struct error error = {0};

    assert_null(secret_from_source(source, &error));
    assert_int_equal(error.kind, kind);
    assert_non_null(strstr(error.text, says));
    assert_null(strstr(error.text, KEY));
}

static void takes_it_from_the_environment(void **state)
{
    (void)state;
    setenv("UNIT_KEY", KEY, 1);
    assert_source_gives_key("env:UNIT_KEY", "env:UNIT_KEY");
    unsetenv("UNIT_KEY");
    assert_source_fails("env:UNIT_KEY", ERROR_CHECK, "UNIT_KEY is not set");
    setenv("UNIT_KEY", "two words", 1);
    assert_source_fails("env:UNIT_KEY", ERROR_CHECK, "visible ASCII");
}

static void takes_the_first_line_of_a_file(void **state)
{
    char path[] = "/tmp/cometdeck-secret-XXXXXX";
    int fd = mkstemp(path);
    char *source = xasprintf("file:%s", path);

    (void)state;
    assert_int_equal(write(fd, KEY " \r\nsecond\n", strlen(KEY) + 10), strlen(KEY) + 10);
    assert_source_gives_key(source, source);
    assert_int_equal(ftruncate(fd, 0), 0);
    assert_source_fails(source, ERROR_CHECK, path);
    unlink(path);
    assert_source_fails(source, ERROR_CHECK, "cannot be read");
    close(fd);
    free(source);
}

static void takes_it_from_a_descriptor_and_closes_that(void **state)
{
    int ends[2];
    char *source;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], KEY "\n", strlen(KEY) + 1), strlen(KEY) + 1);
    close(ends[1]);
    source = xasprintf("fd:%d", ends[0]);
    assert_source_gives_key(source, source);
    assert_source_fails(source, ERROR_CHECK, "cannot be read");
    assert_source_fails("fd:x", ERROR_FILE, "fd:3");
    assert_source_fails("fd:-1", ERROR_FILE, "fd:3");
    free(source);
}

static void takes_it_from_a_command(void **state)
{
    (void)state;
    assert_source_gives_key("command:printf '" KEY "\\nmore\\n'", "command:printf");
    assert_source_gives_key("command:cat; echo " KEY, "command:cat;"); /* nothing to read */
    assert_source_fails("command:exit 3", ERROR_CHECK, "status 3");
    assert_source_fails("command:true", ERROR_CHECK, "command:true holds is no key");
    /* A writer of more than a pipe holds is not killed half way. */
    assert_source_gives_key("command:echo " KEY "; head -c 300000 /dev/zero", "command:echo");
    /* One that never ends is not waited for. */
    assert_source_fails("command:echo " KEY "; exec cat /dev/zero", ERROR_CHECK, "failed");
    assert_source_fails("file:/dev/zero", ERROR_CHECK, "no key");
}

/* Nobody waits for ever for a command that asks what nobody hears, whatever it does with its
 * output. */
static void a_command_that_does_not_end_is_stopped(void **state)
{
    static const char *const commands[] = {"exec sleep 1000", "echo " KEY "; exec sleep 1000",
                                           "echo " KEY "; exec >&-; exec sleep 1000"};
    struct error error;

    (void)state;
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        assert_null(secret_from_command(commands[i], 50000, &error));
        assert_int_equal(error.kind, ERROR_CHECK);
        assert_non_null(strstr(error.text, "did not end"));
        assert_null(strstr(error.text, KEY));
    }
}

/* A11: what is known before a profile is in force; looking runs nothing and waits for nobody. */
static void peeks_where_that_costs_nothing(void **state)
{
    static const char *const others[] = {"command:echo unit-key",   "fd:0",
                                         "file:/dev/zero",          "file:/nonexistent",
                                         "env:COMETDECK_UNIT_NONE", "unit"};
    struct secret *secret;

    (void)state;
    setenv("COMETDECK_UNIT_KEY", "unit-key", 1);
    secret = secret_peek("env:COMETDECK_UNIT_KEY");
    assert_non_null(secret);
    secret_free(secret);
    unsetenv("COMETDECK_UNIT_KEY");
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_null(secret_peek(others[i]));
}

static void a_key_in_the_place_of_a_source_is_not_shown(void **state)
{
    (void)state;
    assert_source_fails(KEY, ERROR_FILE, "must begin with");
    assert_source_fails("env:" KEY, ERROR_FILE, "must name");
}

static void refuses_what_is_no_key(void **state)
{
    char *longest = xmalloc(4097);

    (void)state;
    memset(longest, 'k', 4097);
    assert_null(secret_new("", 0, "x", NULL));
    assert_null(secret_new("a\nb", 3, "x", NULL));
    assert_null(secret_new("a\0b", 3, "x", NULL));
    assert_null(secret_new("\xC3\xA4", 2, "x", NULL));
    assert_null(secret_new(longest, 4097, "x", NULL));
    secret_free(secret_new(longest, 4096, "x", NULL));
    free(longest);
}

/* A11: it appears in no core file. */
static void core_dumps_are_off_while_a_key_is_held(void **state)
{
    struct secret *secret = secret_new(KEY, strlen(KEY), "x", NULL);
    struct rlimit limit;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_CORE, &limit), 0);
    assert_int_equal(limit.rlim_cur, 0);
    assert_int_equal(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
    secret_free(secret);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_it_from_the_environment),
        cmocka_unit_test(takes_the_first_line_of_a_file),
        cmocka_unit_test(takes_it_from_a_descriptor_and_closes_that),
        cmocka_unit_test(takes_it_from_a_command),
        cmocka_unit_test(a_command_that_does_not_end_is_stopped),
        cmocka_unit_test(peeks_where_that_costs_nothing),
        cmocka_unit_test(a_key_in_the_place_of_a_source_is_not_shown),
        cmocka_unit_test(refuses_what_is_no_key),
        cmocka_unit_test(core_dumps_are_off_while_a_key_is_held),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
