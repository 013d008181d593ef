#include "tests/unit/unit.h"

#include "tests/unit/answers.h"
#include "tests/unit/seen.h"

#include "base/file.h"
#include "base/redact.h"
#include "base/secret.h"
#include "probe/canary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEY "sk-unit-canary-0123456789abcdef"
#define AUTH_BODY "{\"error\":{\"message\":\"no\",\"type\":\"x\",\"code\":\"invalid_api_key\"}}"
#define QUOTA_BODY "{\"error\":{\"message\":\"no\",\"type\":\"x\",\"code\":\"insufficient_quota\"}}"

static struct redactor *redactor;
static struct secret *secret;
static struct seen seen;
static struct canary *canary;
static char capture[64];

static int set_up(void **state)
{
    struct error error;

    (void)state;
    redactor = redactor_new();
    secret = secret_new(KEY, strlen(KEY), "unit", &error);
    redactor_add(redactor, secret);
    canary = NULL;
    capture[0] = '\0';
    return 0;
}

static void forget(void)
{
    canary_free(canary);
    canary = NULL;
    if (seen.judge)
        seen_release(&seen);
    seen.judge = NULL;
}

static int tear_down(void **state)
{
    (void)state;
    forget();
    if (capture[0])
        unlink(capture);
    redactor_free(redactor);
    secret_free(secret);
    return 0;
}

/* An answer with a JSON body; what the test changes of it comes before prove(). */
static void came(int status, const char *body)
{
    forget();
    seen_make(&seen, &(struct trial){.operation = OPERATION_CHAT,
                                     .status = status,
                                     .type = "application/json",
                                     .body = body});
}

static void whole(void)
{
    came(200, COMPLETION("Hi", "\"stop\""));
}

static void expect(enum canary_part part, enum tristate holds, const char *words)
{
    canary_free(canary);
    canary = canary_new(&seen.state, NULL, 0, 1, redactor);
    if (canary->holds[part] != holds)
        fail_msg("%s: %s (%s)", canary_part_name(part), tristate_name(canary->holds[part]),
                 canary->detail[part] ? canary->detail[part] : "-");
    if (words && !(canary->detail[part] && strstr(canary->detail[part], words)))
        fail_msg("%s: %s", canary_part_name(part), canary->detail[part]);
}

/* B28: the host that was asked answers itself. */
static void routing_holds_unless_the_host_sends_elsewhere(void **state)
{
    (void)state;
    whole();
    expect(CANARY_ROUTING, IS_YES, "api.example");
    came(302, "moved");
    expect(CANARY_ROUTING, IS_NO, "api.example sends elsewhere with 302");
    came(503, ERROR_BODY);
    expect(CANARY_ROUTING, IS_YES, NULL);
    came(200, "<!doctype html><title>Console</title>");
    expect(CANARY_ROUTING, IS_NO, "something else than the API");
    came(200, "<!doctype html><title>Console</title>");
    expect(CANARY_AUTHENTICATION, IS_UNKNOWN, "says nothing of the key");
    came(-1, "");
    expect(CANARY_ROUTING, IS_UNKNOWN, "did not answer");
}

/* B29: the body says whether the key was taken; another failure says nothing of it. */
static void the_key_is_taken_or_refused_by_what_the_body_says(void **state)
{
    static const struct {
        int status;
        const char *body;
        enum tristate holds;
    } rows[] = {
        {200, COMPLETION("Hi", "\"stop\""), IS_YES},
        {200, "{\"id\":", IS_YES},     /* cut */
        {401, ERROR_BODY, IS_UNKNOWN}, /* its code says that the server failed */
        {401, AUTH_BODY, IS_NO},
        {401, "no", IS_NO},
        {403, "no", IS_NO},
        {500, AUTH_BODY, IS_NO},
        {200, AUTH_BODY, IS_NO},
        {403, QUOTA_BODY, IS_UNKNOWN},
        {404, "no", IS_UNKNOWN},
        {429, "no", IS_UNKNOWN},
        {500, ERROR_BODY, IS_UNKNOWN},
        {503, "no", IS_UNKNOWN},
        {302, "no", IS_UNKNOWN},
        {-1, "", IS_UNKNOWN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        came(rows[i].status, rows[i].body);
        expect(CANARY_AUTHENTICATION, rows[i].holds, NULL);
    }
}

static void status_and_parsing_are_told_apart(void **state)
{
    (void)state;
    whole();
    expect(CANARY_STATUS, IS_YES, "HTTP 200");
    expect(CANARY_PARSING, IS_YES, "complete");
    came(200, "{\"id\":");
    expect(CANARY_STATUS, IS_YES, NULL);
    expect(CANARY_PARSING, IS_NO, NULL);
    came(500, ERROR_BODY);
    expect(CANARY_STATUS, IS_NO, "HTTP 500");
}

/* B31: what should have been kept and was not fails it; where nothing can be kept nobody knows. */
static void telemetry_fails_when_something_was_not_kept(void **state)
{
    (void)state;
    whole();
    expect(CANARY_TELEMETRY, IS_YES, " is kept, "); /* all that it means */
    seen.state.capture = "/nowhere/capture.jsonl";
    seen.state.trouble = "the history is full";
    expect(CANARY_TELEMETRY, IS_NO, "the history is full");
    seen.state.capture = NULL;
    expect(CANARY_TELEMETRY, IS_UNKNOWN, "the history is full");
}

static void kept(const char *text)
{
    struct error error;

    snprintf(capture, sizeof(capture), "/tmp/cometdeck-canary.%d", (int)getpid());
    assert_true(file_replace(NULL, capture, text, strlen(text), 0600, NULL, NULL, &error));
    seen.state.capture = capture;
}

/* B32 A11 */
static void logging_is_safe_when_no_key_is_in_what_was_kept(void **state)
{
    (void)state;
    whole();
    expect(CANARY_LOGGING, IS_UNKNOWN, "no capture");
    kept("{\"d\":\"Hi\"}\n");
    expect(CANARY_LOGGING, IS_YES, "no form of the key");
    kept("{\"d\":\"" KEY "\"}\n");
    expect(CANARY_LOGGING, IS_NO, "of the shape of a key");
}

/* B33 */
static void a_time_limit_that_struck_fails_it(void **state)
{
    static const struct {
        enum stop stop;
        enum tristate holds;
    } rows[] = {
        {STOP_NONE, IS_YES},   {STOP_LINGER, IS_YES}, {STOP_TOTAL, IS_NO},
        {STOP_CONNECT, IS_NO}, {STOP_GAP, IS_NO},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        whole();
        seen.result.stop = rows[i].stop;
        expect(CANARY_TIMEOUT, rows[i].holds, NULL);
    }
}

#define RUN_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUN_TEST(routing_holds_unless_the_host_sends_elsewhere),
        RUN_TEST(the_key_is_taken_or_refused_by_what_the_body_says),
        RUN_TEST(status_and_parsing_are_told_apart),
        RUN_TEST(telemetry_fails_when_something_was_not_kept),
        RUN_TEST(logging_is_safe_when_no_key_is_in_what_was_kept),
        RUN_TEST(a_time_limit_that_struck_fails_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
