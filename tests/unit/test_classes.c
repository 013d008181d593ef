/*
 * The table of failure classes: total over statuses, bodies, curl results and stops; the body
 * outranks the status; a workspace's rules go first (PRB A16 A17 A52–A56 B14 D16 D17).
 */
#include "tests/unit/unit.h"

#include "base/bytes.h"
#include "base/embedded.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "tests/unit/trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

extern const struct embedded class_files[];

static struct class_table *shipped;

static int open_shipped(void **state)
{
    struct error error = {.kind = ERROR_NONE};

    (void)state;
    shipped = class_table_open(NULL, &error);
    if (!shipped)
        fail_msg("%s", error.text);
    return 0;
}

static int close_shipped(void **state)
{
    (void)state;
    class_table_free(shipped);
    return 0;
}

/* ---- vocabularies ---- */

static struct json *shipped_json(void)
{
    struct json *json = json_parse(class_files[0].data, class_files[0].len, "classes.json", NULL);

    assert_non_null(json);
    return json;
}

static void assert_member(const struct json *object, const char *name, const char *wanted)
{
    assert_string_equal(json_string(json_member(object, name)), wanted);
}

/* The rows are made from the file by share/classes.sh, a line each. */
static void the_rows_are_those_of_the_file(void **state)
{
    struct json *json = shipped_json();
    const struct json *item = json_first(json_member(json, "classes"));
    size_t index = 0;

    (void)state;
    for (; item; item = json_next(item), index++) {
        const struct class_row *row = class_table_row(NULL, index);

        assert_non_null(row);
        assert_member(item, "name", row->name);
        assert_member(item, "action", row->action);
        assert_member(item, "meaning", row->meaning);
        assert_member(item, "advice", row->advice);
    }
    assert_true(index > 20);
    assert_null(class_table_row(NULL, index));
    json_free(json);
}

static bool has_action(const char *name)
{
    for (size_t i = 0; class_action_name(i); i++)
        if (strcmp(class_action_name(i), name) == 0)
            return true;
    return false;
}

/* A17: every class has one action, every action is used and explained, every class has a rule. */
static void every_class_has_one_of_the_actions_and_a_rule(void **state)
{
    const struct class_row *row;
    const struct class_rule *rule;

    (void)state;
    for (size_t i = 0; (row = class_table_row(NULL, i)); i++) {
        size_t rules = 0;

        assert_true(has_action(row->action));
        assert_true(strlen(row->meaning) > 10 && strlen(row->advice) > 10);
        for (size_t j = 0; (rule = class_table_rule(shipped, j)); j++)
            rules += rule->class == row->name;
        if (rules == 0)
            fail_msg("no rule leads to %s", row->name);
    }
    for (size_t i = 0; class_action_name(i); i++) {
        size_t classes = 0;

        for (size_t j = 0; (row = class_table_row(NULL, j)); j++)
            classes += strcmp(row->action, class_action_name(i)) == 0;
        assert_true(classes > 0);
        assert_true(strlen(class_action_meaning(i)) > 10);
    }
}

static void assert_enumerates(struct json *schema, const char *pointer, enum class_key key)
{
    const struct json *item = json_first(json_at(schema, pointer));
    const char *word;
    size_t i = 0;

    for (; (word = class_key_word(key, i)); i++, item = json_next(item)) {
        if (!item || strcmp(json_string(item), word) != 0)
            fail_msg("%s lacks %s", pointer, word);
    }
    assert_true(i > 5);
    assert_null(item);
}

static void the_schema_knows_the_same_words(void **state)
{
    static const char when[] = "/properties/rules/items/properties/when/properties";
    char *path = file_join(getenv("abs_top_srcdir"), "share/schema/classes.schema.json");
    char pointer[128];
    struct bytes text;
    struct json *schema, *actions;
    size_t i = 0;

    (void)state;
    assert_true(file_read(path, 1 << 20, &text, NULL, NULL));
    schema = json_parse(bytes_text(&text), text.len, path, NULL);
    assert_non_null(schema);
    for (enum class_key key = 0; key < CLASS_KEY_COUNT; key++) {
        snprintf(pointer, sizeof(pointer), "%s/%s", when, class_key_name(key));
        assert_non_null(json_at(schema, pointer));
        strcat(pointer, "/items/enum");
        if (class_key_word(key, 0))
            assert_enumerates(schema, pointer, key);
    }
    for (i = 0; class_table_row(NULL, i); i++)
        assert_string_equal(
            json_string(json_item(
                json_at(schema, "/properties/classes/items/anyOf/1/properties/name/enum"), i)),
            class_table_row(NULL, i)->name);
    i = 0;
    actions = json_at(schema, "/properties/classes/items/properties/action/enum");
    for (; class_action_name(i); i++)
        assert_string_equal(json_string(json_item(actions, i)), class_action_name(i));
    assert_int_equal(json_count(actions), i);
    json_free(schema);
    bytes_release(&text);
    free(path);
}

/* ---- total ---- */

static void classify(const struct class_table *table, const struct trial *trial,
                     struct failure *failure)
{
    struct http_result result;
    struct judge *judge = trial_run(trial, &result);
    struct verdict verdict;
    struct answer answer;

    judge_verdict(judge, &verdict);
    judge_answer(judge, &answer);
    failure_classify(table, &result, &answer, &verdict, failure);
    if (!class_table_find(table, failure->class) || !has_action(failure->action) ||
        strlen(failure->advice) < 10 || strlen(failure->because) < 10 || !failure->rule[0])
        fail_msg("status %d, curl %d, stop %s: class %s, action %s, rule %s: %s", trial->status,
                 trial->end.curl, stop_name(trial->end.stop), failure->class, failure->action,
                 failure->rule, failure->because);
    if ((verdict.kind == VERDICT_COMPLETE) != (strcmp(failure->class, "none") == 0))
        fail_msg("%s is of class %s", verdict_name(verdict.kind), failure->class);
    verdict_release(&verdict);
    judge_free(judge);
    http_result_release(&result);
}

/* No body, and every envelope that the judge knows, with and without a word it knows. */
static const char *const bodies[] = {
    "",
    "x",
    "<html><head><title>x</title>",
    "{\"oops\":1}",
    "{\"error\":{\"message\":\"m\",\"type\":\"t\",\"param\":null,\"code\":\"c\"}}",
    "{\"error\":{\"message\":\"m\",\"type\":\"invalid_request_error\",\"code\":null}}",
    "{\"error\":{\"message\":\"rate limit\"}}",
    "{\"error\":\"insufficient quota\"}",
    "{\"error\":7}",
    "{\"code\":null,\"message\":\"user quota is not enough\"}",
    "{\"type\":\"error\",\"message\":\"m\",\"code\":\"server_error\"}",
    "{\"base_resp\":{\"status_code\":1004,\"status_msg\":\"m\"}}",
    "{\"detail\":\"Method Not Allowed\"}",
    "{\"message\":\"m\"}",
};

static void every_status_with_every_envelope_has_a_class(void **state)
{
    struct failure failure;

    (void)state;
    for (int status = 100; status <= 599; status++) {
        for (size_t i = 0; i < COUNT(bodies); i++) {
            const struct trial trial = {.operation = OPERATION_CHAT,
                                        .status = status,
                                        .type = "application/json",
                                        .body = bodies[i]};

            classify(shipped, &trial, &failure);
            if ((status < 200 || status > 299) && strcmp(failure.action, "none") == 0)
                fail_msg("status %d, %s: nothing is to be done", status, bodies[i]);
        }
    }
}

static void every_curl_result_with_every_stop_has_a_class(void **state)
{
    enum { CURL_RESULTS = 256 }; /* more than CURL_LAST of any curl */
    static const int strange[] = {-1, 999, 100000};
    struct failure failure;

    (void)state;
    for (int curl = 0; curl < CURL_RESULTS + (int)COUNT(strange); curl++) {
        for (int stop = STOP_NONE; stop <= STOP_BODY_LIMIT; stop++) {
            for (int status = -1; status <= 200; status += 201) {
                const struct trial trial = {
                    .operation = OPERATION_CHAT,
                    .status = status,
                    .body = status < 0 ? "" : "data: {\"x\":1}\n\n",
                    .end = {.curl = curl < CURL_RESULTS ? curl : strange[curl - CURL_RESULTS],
                            .stop = (enum stop)stop},
                };

                classify(shipped, &trial, &failure);
            }
        }
    }
}

/* An ended exchange of which nothing but the verdict is known. */
static void every_verdict_alone_has_a_class(void **state)
{
    const struct answer nothing = {.choice_count = 0};
    struct failure failure;

    (void)state;
    for (int kind = 0; kind < VERDICT_COUNT; kind++) {
        const struct verdict verdict = {.kind = (enum verdict_kind)kind};

        failure_classify(shipped, NULL, &nothing, &verdict, &failure);
        assert_non_null(class_table_find(NULL, failure.class));
        assert_int_equal(strcmp(failure.class, "none") == 0, kind == VERDICT_COMPLETE);
    }
}

/* ---- the body outranks the status ---- */

static void classify_error(const struct class_table *table, int status, const char *member,
                           const char *word, struct failure *failure)
{
    char *body = xasprintf("{\"error\":{\"message\":\"x\",\"%s\":\"%s\"}}", member, word);
    const struct trial trial = {
        .operation = OPERATION_CHAT, .status = status, .type = "application/json", .body = body};

    classify(table, &trial, failure);
    free(body);
}

/* D13 B37: a wrong request is told from a failing provider, an unknown model from an outage.
 * Every code the shipped table knows means the same with every status that is no success. */
static void a_code_means_the_same_whatever_the_status_is(void **state)
{
    const struct class_rule *rule;

    (void)state;
    for (size_t i = 0; (rule = class_table_rule(shipped, i)); i++) {
        const struct class_words *words = &rule->when[CLASS_KEY_CODE];

        for (size_t j = 0; j < words->count; j++) {
            for (int status = 300; status <= 599; status += 7) {
                struct failure failure;

                classify_error(shipped, status, "code", words->items[j], &failure);
                assert_string_equal(failure.class, rule->class);
                assert_string_equal(failure.rule, rule->id);
            }
        }
    }
}

static void it_is_told_what_decided(void **state)
{
    struct failure failure;

    (void)state;
    classify_error(shipped, 503, "code", "model_not_found", &failure);
    assert_string_equal(failure.class, "model-unknown");
    assert_string_equal(failure.because, "the code model_not_found outranks the status 503, which "
                                         "alone would mean overloaded");
    classify_error(shipped, 500, "type", "invalid_request", &failure);
    assert_string_equal(failure.because, "the type invalid_request outranks the status 500, which "
                                         "alone would mean server");
    classify_error(shipped, 401, "code", "invalid_api_key", &failure);
    assert_string_equal(failure.because, "the code invalid_api_key agrees with the status 401");
    classify_error(shipped, 200, "code", "insufficient_quota", &failure);
    assert_string_equal(failure.because, "the code insufficient_quota outranks the status 200");
    classify_error(shipped, 503, "code", "unheard_of", &failure);
    assert_string_equal(failure.because, "the status 503 decides");
}

/* The words of the table are told, never those of the server. */
static void nothing_that_a_server_wrote_is_told(void **state)
{
    struct failure failure;

    (void)state;
    classify_error(shipped, 503, "code", "MODEL_Not_Found", &failure);
    assert_non_null(strstr(failure.because, "the code model_not_found outranks"));
    classify_error(shipped, 500, "code", "sk-live-0123456789abcdef\\u001b[2J", &failure);
    assert_null(strstr(failure.because, "sk-"));
    assert_null(strchr(failure.because, '\033'));
}

/* ---- a workspace's own ---- */

static struct class_table *parse(const char *text)
{
    struct error error = {.kind = ERROR_NONE};
    struct class_table *table = class_table_parse("classes.json", text, strlen(text), &error);

    if (!table)
        fail_msg("%s", error.text);
    return table;
}

#define HOUSE                                                                              \
    "{\"version\": 1, \"classes\": [{\"name\": \"house-limit\", \"action\": \"page\", "    \
    "\"meaning\": \"Our own proxy refuses.\", \"advice\": \"Call the owners of it.\"}],"   \
    "\"rules\": [{\"id\": \"house\", \"when\": {\"code\": [\"house_limit\"]}, \"class\": " \
    "\"house-limit\", \"because\": \"it is ours\"},"                                       \
    "{\"id\": \"house-503\", \"when\": {\"status\": [\"503\"]}, \"class\": \"house-limit\"}]}"

static void the_rules_of_a_workspace_go_first(void **state)
{
    struct class_table *table = parse(HOUSE);
    struct failure failure;

    (void)state;
    classify_error(table, 429, "code", "house_limit", &failure);
    assert_string_equal(failure.class, "house-limit");
    assert_string_equal(failure.action, "page");
    assert_string_equal(failure.because, "the code house_limit outranks the status 429, which "
                                         "alone would mean rate-limit; it is ours");
    /* Even before what the body says: whoever writes a rule on a status means it. */
    classify_error(table, 503, "code", "model_not_found", &failure);
    assert_string_equal(failure.rule, "house-503");
    /* What it does not speak of is as shipped. */
    classify_error(table, 404, "code", "model_not_found", &failure);
    assert_string_equal(failure.rule, "code-model-unknown");
    class_table_free(table);
}

/* What a workspace does not say anew stays; the rules that lead to the class hold as before. */
static void a_workspace_says_a_shipped_class_anew(void **state)
{
    struct class_table *table =
        parse("{\"version\": 1, \"classes\": [{\"name\": \"rate-limit\", \"action\": \"page\"},"
              "{\"name\": \"none\", \"meaning\": \"All is well.\"}]}");
    const struct class_row *anew, *before;
    struct failure failure;

    (void)state;
    classify_error(table, 429, "code", "x", &failure);
    assert_string_equal(failure.class, "rate-limit");
    assert_string_equal(failure.action, "page");
    for (size_t i = 0; (before = class_table_row(NULL, i)); i++) {
        bool words = strcmp(before->name, "none") == 0;

        anew = class_table_row(table, i);
        assert_string_equal(anew->name, before->name);
        assert_string_equal(anew->advice, before->advice);
        assert_string_equal(anew->meaning, words ? "All is well." : before->meaning);
        assert_string_equal(anew->action,
                            strcmp(before->name, "rate-limit") == 0 ? "page" : before->action);
    }
    class_table_free(table);
    assert_string_equal(class_table_find(NULL, "rate-limit")->action, "back-off");
}

/* Whatever a workspace adds, there is a class for everything, and one of the actions. */
static void a_table_of_a_workspace_stays_total(void **state)
{
    struct class_table *table = parse(
        "{\"version\": 1, \"classes\": [{\"name\": \"house\", \"action\": \"page\", "
        "\"meaning\": \"m\", \"advice\": \"Call the owners.\"}, {\"name\": \"server\", \"action\": "
        "\"escalate\"}], \"rules\": [{\"id\": \"r\", \"when\": {\"status\": [\"5xx\"], "
        "\"code\": [\"x\"]}, \"class\": \"house\"}]}");
    struct failure failure;

    (void)state;
    for (int status = 100; status <= 599; status++) {
        classify_error(table, status, "code", "x", &failure);
        assert_non_null(class_table_find(table, failure.class));
        assert_true(has_action(failure.action));
        assert_int_equal(strcmp(failure.class, "house") == 0, status >= 500);
    }
    class_table_free(table);
}

/* A rule without a verdict is for failures only: a complete answer stays one. */
static void no_rule_makes_a_failure_of_what_is_complete(void **state)
{
    struct class_table *table =
        parse("{\"version\": 1, \"rules\": [{\"id\": \"all\", \"when\": {\"status\": "
              "[\"none\", \"100-999\"]}, \"class\": \"provider\"}]}");
    const struct answer nothing = {.choice_count = 0};
    const struct http_result result = {.status = 200};
    struct failure failure;

    (void)state;
    for (int kind = 0; kind < VERDICT_COUNT; kind++) {
        const struct verdict verdict = {.kind = (enum verdict_kind)kind};
        const char *wanted = kind == VERDICT_COMPLETE    ? "none"
                             : kind == VERDICT_CANCELLED ? "cancelled"
                                                         : "provider";

        failure_classify(table, &result, &nothing, &verdict, &failure);
        assert_string_equal(failure.class, wanted);
    }
    class_table_free(table);
}

/* The order among rules that look at the code alone is free, and so among those of the type. */
static void the_order_within_a_group_of_one_key_is_free(void **state)
{
    static const char *const groups[] = {"code", "type"};
    struct json *json = shipped_json(), *rules = json_member(json, "rules");

    (void)state;
    for (size_t i = 0; i < COUNT(groups); i++) {
        struct json *own = json_parse("{\"version\": 1, \"rules\": []}", 27, "own", NULL);
        struct class_table *table;
        struct bytes text;

        for (const struct json *rule = json_first(rules); rule; rule = json_next(rule)) {
            const struct json *when = json_member(rule, "when");

            if (json_count(when) == 1 && json_member(when, groups[i]))
                json_insert(json_member(own, "rules"), 0, json_copy(rule));
        }
        assert_true(json_count(json_member(own, "rules")) > 5);
        bytes_init(&text, 1 << 20);
        json_write(own, true, &text);
        table = parse(bytes_text(&text));
        for (size_t j = 0; !class_table_rule(table, j)->shipped; j++) {
            const struct class_rule *rule = class_table_rule(table, j);
            const struct class_words *words = &rule->when[i == 0 ? CLASS_KEY_CODE : CLASS_KEY_TYPE];

            for (size_t k = 0; k < words->count; k++) {
                struct failure failure, before;

                classify_error(table, 500, groups[i], words->items[k], &failure);
                classify_error(shipped, 500, groups[i], words->items[k], &before);
                assert_string_equal(failure.class, before.class);
            }
        }
        class_table_free(table);
        bytes_release(&text);
        json_free(own);
    }
    json_free(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rows_are_those_of_the_file),
        cmocka_unit_test(every_class_has_one_of_the_actions_and_a_rule),
        cmocka_unit_test(the_schema_knows_the_same_words),
        cmocka_unit_test(every_status_with_every_envelope_has_a_class),
        cmocka_unit_test(every_curl_result_with_every_stop_has_a_class),
        cmocka_unit_test(every_verdict_alone_has_a_class),
        cmocka_unit_test(a_code_means_the_same_whatever_the_status_is),
        cmocka_unit_test(it_is_told_what_decided),
        cmocka_unit_test(nothing_that_a_server_wrote_is_told),
        cmocka_unit_test(the_rules_of_a_workspace_go_first),
        cmocka_unit_test(a_workspace_says_a_shipped_class_anew),
        cmocka_unit_test(a_table_of_a_workspace_stays_total),
        cmocka_unit_test(no_rule_makes_a_failure_of_what_is_complete),
        cmocka_unit_test(the_order_within_a_group_of_one_key_is_free),
    };

    return cmocka_run_group_tests(tests, open_shipped, close_shipped);
}
