/* ui/application_probe: what stands in Composer stays there until what replaces it is whole. */
#include "tests/unit/unit.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "contract/body_check.h"
#include "net/loop.h"
#include "probe/plan.h"
#include "ui/application.h"
#include "ui/application_probe.h"
#include "ui/composer_head.h"
#include "ui/composer_set.h"
#include "ui/json_edit.h"

#include <stdlib.h>
#include <string.h>

static const char own_probes[] =
    "{\"version\": 1, \"probes\": [{\"id\": \"half\", \"title\": \"Half of it\","
    " \"operations\": [\"chat\", \"responses\"], \"stream\": \"no\","
    " \"negative\": true, \"deliberate\": true, \"may_be_billed\": false,"
    " \"mutation\": [{\"op\": \"replace\", \"path\": \"/messages/0/role\", \"value\": \"x\"}],"
    " \"expect\": {\"status\": [\"4xx\"]}}]}";

static const char profile[] =
    "{\"version\": 1, \"default_profile\": \"a\", \"profiles\": [{\"name\": \"a\", "
    "\"base_url\": \"http://127.0.0.1:9\", \"model\": \"sim/ready\"}]}";

static char folder[] = "/tmp/cometdeck-application-probe-XXXXXX";

static bool put(const char *name, const char *text)
{
    char *path = file_join(folder, name);
    bool good = file_replace(NULL, path, text, strlen(text), 0600, NULL, NULL, NULL);

    free(path);
    return good;
}

static int make_folder(void **state)
{
    char *probes;
    bool good;

    (void)state;
    if (!mkdtemp(folder))
        return -1;
    probes = file_join(folder, "probes");
    good = file_make_folders(probes, 0700, NULL) && put("probes/own.json", own_probes) &&
           put("cometdeck.json", profile);
    free(probes);
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

struct world {
    struct loop *loop;
    struct application *application;
};

static int set_up(void **state)
{
    static struct world world;
    const struct application_options options = {.workspace = folder};
    struct error error;

    world.loop = loop_new(&clock_system, &error);
    world.application = application_new(world.loop, &options, &error);
    *state = &world;
    return world.application ? 0 : -1;
}

static int tear_down(void **state)
{
    struct world *world = *state;

    application_free(world->application);
    loop_free(world->loop);
    return 0;
}

static void load(struct application *application, const char *id)
{
    struct error error;

    if (!application_load_probe(application, id, &error))
        fail_msg("%s", error.text);
}

static void edit(struct application *application)
{
    struct json_edit *body = application_body(application);
    struct error error;

    if (!json_edit_add(body, "", "seed", 0, json_new_integer(7), &error))
        fail_msg("%s", error.text);
    application_draft_edited(application);
}

static void answer(struct application *application, const char *text)
{
    struct question question;

    assert_true(application_take_question(application, &question));
    assert_non_null(strstr(question.label, "was edited"));
    question.answered(question.context, text);
}

static void check_case(const struct application *application, const char *name)
{
    assert_non_null(application_probe_case(application));
    assert_string_equal(application_probe_case(application)->name, name);
}

/* PRB: the case on screen, its body and its mutation stay of one piece. */
static void a_mutation_that_does_not_fit_leaves_what_is_shown(void **state)
{
    struct application *application = ((struct world *)*state)->application;
    struct http_request request = {.method = NULL};
    enum message_kind kind;

    load(application, "half");
    composer_set_operation(application, "responses");
    assert_non_null(application_message(application, &kind));
    assert_int_equal(kind, MESSAGE_FAILED);
    check_case(application, "half chat");
    assert_int_equal(json_type(application_probe_before(application)), JSON_OBJECT);
    assert_true(application_preview(application, &request, NULL, NULL));
    assert_non_null(strstr(request.body, "\"role\":\"x\""));
    http_request_release(&request);
}

/* Nor is the model another one then. */
static void a_case_that_is_not_there_is_no_success(void **state)
{
    struct application *application = ((struct world *)*state)->application;
    enum message_kind kind;

    load(application, "half");
    composer_set_streaming(application, "on");
    assert_non_null(application_message(application, &kind));
    assert_int_equal(kind, MESSAGE_FAILED);
    composer_set_operation(application, "models");
    assert_non_null(application_message(application, &kind));
    assert_int_equal(kind, MESSAGE_FAILED);
    check_case(application, "half chat");
}

static void a_probe_that_is_not_there_drops_none(void **state)
{
    struct application *application = ((struct world *)*state)->application;
    struct error error;

    load(application, "half");
    edit(application);
    assert_false(application_load_probe(application, "nosuch", &error));
    assert_false(application_is_asking(application));
    check_case(application, "half chat");
    assert_true(application_probe_edited(application));
}

static void edits_of_a_probe_go_only_after_yes(void **state)
{
    struct application *application = ((struct world *)*state)->application;

    load(application, "half");
    edit(application);
    load(application, "wrong-type");
    check_case(application, "half chat");
    answer(application, "n");
    check_case(application, "half chat");
    assert_true(application_probe_edited(application));
    load(application, "wrong-type");
    load(application, "no-model"); /* gives the question before up */
    answer(application, "yes");
    check_case(application, "no-model chat");
    assert_false(application_probe_edited(application));
}

static void edits_of_a_case_are_asked_about_before_another_is_shown(void **state)
{
    struct application *application = ((struct world *)*state)->application;

    load(application, "wrong-type");
    edit(application);
    composer_set_operation(application, "responses");
    check_case(application, "wrong-type chat");
    answer(application, "yes");
    check_case(application, "wrong-type responses");
    edit(application);
    application_set_model(application, "sim/other");
    answer(application, NULL);
    assert_true(application_probe_edited(application));
    check_case(application, "wrong-type responses");
}

/* What stands in the head, a row a line. */
static void read_head(const struct application *application, struct bytes *out)
{
    const struct body_problems problems = {.count = 0};
    struct composer_head head = {.rows = NULL};
    struct draft draft;
    const char *what;

    application_draft(application, &draft);
    composer_head_make(&head, application, &problems);
    bytes_clear(out);
    for (size_t i = 0; i < head.count; i++) {
        composer_head_text(&head, i, &draft, &what, out);
        bytes_puts(out, "\n");
    }
    composer_head_release(&head);
}

static void check_head(const struct application *application, const char *const *told, bool are)
{
    struct bytes text;

    bytes_init(&text, SIZE_MAX);
    read_head(application, &text);
    for (; *told; told++)
        if ((strstr(bytes_text(&text), *told) != NULL) != are)
            fail_msg("%s: %s", *told, bytes_text(&text));
    bytes_release(&text);
}

/* PRB: what is told of a probe is what would be sent. */
static void an_edited_case_is_told_as_it_is_now(void **state)
{
    static const char *const was[] = {"/temperature = \"hot\"", NULL};
    static const char *const is[] = {"wrong-type chat, edited: ", "/temperature = 3", NULL};
    static const char *const unbilled[] = {"not billed", NULL};
    struct application *application = ((struct world *)*state)->application;

    load(application, "wrong-type");
    check_head(application, was, true);
    check_head(application, is, false);
    assert_true(json_edit_replace(application_body(application), "/temperature",
                                  json_new_integer(3), NULL));
    application_draft_edited(application);
    check_head(application, was, false);
    check_head(application, is, true);
    assert_true(json_edit_undo(application_body(application), NULL));
    application_draft_edited(application);
    check_head(application, was, true);
    load(application, "no-model");
    check_head(application, unbilled, true);
    edit(application);
    check_head(application, unbilled, false);
}

static void of_a_body_that_is_no_tree_nothing_is_made_up(void **state)
{
    static const char *const made_up[] = {"\non\n", "\noff\n", "Return the word", NULL};
    struct application *application = ((struct world *)*state)->application;
    enum message_kind kind;

    load(application, "malformed-json");
    check_head(application, made_up, false);
    application_set_prompt(application, "Something");
    assert_non_null(application_message(application, &kind));
    assert_int_equal(kind, MESSAGE_FAILED);
    assert_false(application_probe_edited(application));
}

static void where_nobody_is_no_simulator_is_named(void **state)
{
    static const char *const simulator[] = {"private-simulator", "private simulator", NULL};
    static const char *const nobody[] = {"http://port-that-refuses/v1/chat/completions",
                                         "reaches nobody", NULL};
    static const char *const no_name[] = {"https://cometdeck.invalid/v1/chat/completions", NULL};
    struct application *application = ((struct world *)*state)->application;

    load(application, "connection-refused");
    check_head(application, simulator, false);
    check_head(application, nobody, true);
    load(application, "no-such-host");
    check_head(application, no_name, true);
}

/* The draft comes back as it was, whatever stood in its place. */
static void the_draft_waits_behind_any_number_of_probes(void **state)
{
    struct application *application = ((struct world *)*state)->application;
    struct draft draft;

    application_set_prompt(application, "My own words");
    load(application, "half");
    load(application, "wrong-type");
    composer_set_operation(application, "responses");
    assert_true(application_drop_probe(application));
    application_draft(application, &draft);
    assert_string_equal(draft.prompt, "My own words");
    assert_int_equal(draft.operation, OPERATION_CHAT);
    assert_string_equal(application_draft_name(application), DRAFT_DEFAULT);
}

#define TRIED(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TRIED(a_mutation_that_does_not_fit_leaves_what_is_shown),
        TRIED(a_case_that_is_not_there_is_no_success),
        TRIED(a_probe_that_is_not_there_drops_none),
        TRIED(edits_of_a_probe_go_only_after_yes),
        TRIED(edits_of_a_case_are_asked_about_before_another_is_shown),
        TRIED(an_edited_case_is_told_as_it_is_now),
        TRIED(of_a_body_that_is_no_tree_nothing_is_made_up),
        TRIED(where_nobody_is_no_simulator_is_named),
        TRIED(the_draft_waits_behind_any_number_of_probes),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
