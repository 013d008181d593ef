/* ui/application: which server and model a request would go to. */
#include "tests/unit/unit.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "evidence/history_query.h"
#include "net/loop.h"
#include "ui/application.h"
#include "ui/composer_export.h"

#include <stdlib.h>
#include <string.h>

static const char two_profiles[] =
    "{\"version\": 1, \"default_profile\": \"a\", \"profiles\": ["
    "{\"name\": \"a\", \"base_url\": \"https://a.example.com/v1\", \"model\": \"model-a\"},"
    "{\"name\": \"b\", \"base_url\": \"https://b.example.com/v1\", \"model\": \"model-b\"}]}";

static char folder[] = "/tmp/cometdeck-application-XXXXXX";

static int make_folder(void **state)
{
    char *path;
    bool good;

    (void)state;
    if (!mkdtemp(folder))
        return -1;
    path = file_join(folder, "cometdeck.json");
    good = file_replace(NULL, path, two_profiles, strlen(two_profiles), 0600, NULL, NULL, NULL);
    free(path);
    return good ? 0 : -1;
}

static int remove_folder(void **state)
{
    char *line = xasprintf("rm -r %s", folder);
    int status = system(line);

    (void)state;
    free(line);
    return status;
}

static void check_target(struct application *application, const char *url, const char *model)
{
    struct draft draft;

    application_draft(application, &draft);
    assert_string_equal(application_profile(application)->base_url, url);
    assert_string_equal(draft.model, model);
}

static void check_choice(const char *base_url, const char *model, const char *then_url,
                         const char *then_model)
{
    struct application_options options = {.workspace = folder};
    struct error error;
    struct loop *loop = loop_new(&clock_system, &error);
    struct application *application;

    options.choice.base_url = base_url;
    options.choice.model = model;
    application = application_new(loop, &options, &error);
    if (!application)
        fail_msg("%s", error.text);
    check_target(application, base_url ? base_url : "https://a.example.com/v1",
                 model ? model : "model-a");
    assert_true(application_use_profile(application, "b", &error));
    assert_string_equal(application_profile(application)->name, "b");
    check_target(application, then_url, then_model);
    application_free(application);
    loop_free(loop);
}

/* SEC: a key goes to the server that was named on the command line, and to no other. */
static void options_of_the_command_line_outlive_a_change_of_the_profile(void **state)
{
    (void)state;
    check_choice(NULL, NULL, "https://b.example.com/v1", "model-b");
    check_choice("http://127.0.0.1:9/v1", NULL, "http://127.0.0.1:9/v1", "model-b");
    check_choice(NULL, "mine", "https://b.example.com/v1", "mine");
    check_choice("http://127.0.0.1:9/v1", "mine", "http://127.0.0.1:9/v1", "mine");
}

static size_t key_line(const struct application *application, const char *text)
{
    size_t line;

    return application_finds_key(application, text, strlen(text), &line) ? line : 0;
}

/* SEC A11: what is written to a ledger holds no key; text about keys is fine. */
static void a_key_in_a_text_is_found_with_its_line(void **state)
{
    const struct application_options options = {.workspace = folder};
    struct error error;
    struct loop *loop = loop_new(&clock_system, &error);
    struct application *application;

    (void)state;
    setenv("COMETAPI_API_KEY", "Zebra:47=Crossing==", 1);
    application = application_new(loop, &options, &error);
    assert_non_null(application);
    assert_int_equal(key_line(application, ""), 0);
    assert_int_equal(key_line(application, "a\nAuthorization: Bearer <demo-key>\n"), 0);
    assert_int_equal(key_line(application, "a\n?key=ALIAS\nBearer: none\n"), 0);
    assert_int_equal(key_line(application, "a\nb\nAuthorization: Zebra:47=Crossing==\n"), 3);
    assert_int_equal(key_line(application, "|x|\n|Zebra:47=Crossing==|"), 2);
    assert_int_equal(key_line(application, "sk-proj-aB3dE5fG7hI9jK1lM3nO5pQ7rS9t"), 1);
    application_free(application);
    loop_free(loop);
    unsetenv("COMETAPI_API_KEY");
}

/* A11: a key that was typed as prompt does not reach the file of an exported command. */
static void a_command_that_holds_a_key_is_not_exported(void **state)
{
    struct application_options options = {
        .workspace = folder,
        .choice = {.base_url = "http://127.0.0.1:9"},
    };
    char *path = file_join(folder, "request.sh");
    struct loop *loop = loop_new(&clock_system, NULL);
    struct application *application = application_new(loop, &options, NULL);

    (void)state;
    assert_non_null(application);
    application_set_prompt(application, "sk-Typed0123456789abcdefghijklm");
    composer_export(application, path);
    assert_false(file_exists(path));
    application_set_prompt(application, "no key");
    composer_export(application, path);
    assert_true(file_exists(path));
    free(path);
    application_free(application);
    loop_free(loop);
}

/* What would go is said soon after the start, and nothing goes. */
static void a_history_over_its_limits_is_told_of(void **state)
{
    static const char limited[] = "{\"version\": 1, \"retention\": {\"count\": 2}, \"profiles\": "
                                  "[{\"name\": \"a\"}]}";
    const struct application_options options = {.workspace = folder};
    char *path = file_join(folder, "cometdeck.json");
    struct loop *loop = loop_new(&clock_system, NULL);
    struct application *application;
    struct history_place place = {.begun = false};
    enum message_kind kind;

    (void)state;
    assert_true(file_replace(NULL, path, limited, strlen(limited), 0600, NULL, NULL, NULL));
    application = application_new(loop, &options, NULL);
    assert_non_null(application);
    for (int i = 0; i < 5; i++) {
        struct history_row row = {.wall_ms = 1000 + i};

        row.id[0] = (char)('a' + i);
        assert_true(history_add(application_history(application), &row, NULL));
    }
    application_clear_message(application); /* there is no contract either */
    for (int i = 0; i < 100 && !application_message(application, &kind); i++)
        loop_iterate(loop, clock_now_us(&clock_system) + 100000);
    assert_non_null(application_message(application, &kind));
    assert_non_null(strstr(application_message(application, &kind), "Remove 3 exchanges"));
    assert_true(history_look(application_history(application), NULL, &place, HISTORY_OLDER,
                             UINT64_MAX, NULL, NULL, NULL, NULL));
    assert_int_equal(place.passed, 5);
    application_free(application);
    loop_free(loop);
    assert_true(
        file_replace(NULL, path, two_profiles, strlen(two_profiles), 0600, NULL, NULL, NULL));
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_of_the_command_line_outlive_a_change_of_the_profile),
        cmocka_unit_test(a_key_in_a_text_is_found_with_its_line),
        cmocka_unit_test(a_command_that_holds_a_key_is_not_exported),
        cmocka_unit_test(a_history_over_its_limits_is_told_of),
    };

    unsetenv("COMETAPI_BASE_URL");
    unsetenv("COMETAPI_MODEL");
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
