/* judge/class_table: what a file of classes gets wrong is refused at its place (PRB A17 D16). */
#include "tests/unit/unit.h"

#include "judge/class_table.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define RULE(when, rest) \
    "{\"version\": 1,\n \"rules\": [{\"id\": \"r\", \"when\": {" when "}, " rest
#define RULE_1 "\"class\": \"auth\"}"

static void a_file_that_cannot_be_used_is_refused_at_its_place(void **state)
{
    static const struct {
        const char *text, *words;
    } files[] = {
        {"[", "classes.json:1:"},
        {"[]", "must be an object"},
        {"{}", "version"},
        {"{\"version\": 2}", "classes.json:1:13: version 2"},
        {"{\"version\": 1, \"rule\": []}", "did you mean \"rules\""},
        {"{\"version\": 1, \"rules\": {}}", "classes.json:1:25"},
        {"{\"version\": 1, \"rules\": [7]}", "a rule must be an object"},
        {"{\"version\": 1, \"classes\": [7]}", "a class must be an object"},
        {"{\"version\": 1, \"classes\": [{\"name\": \"x\", \"action\": \"pages\", \"meaning\": "
         "\"m\", \"advice\": \"a\"}]}",
         "there is no action \"pages\"; did you mean \"page\"?"},
        {"{\"version\": 1, \"classes\": [{\"name\": \"auth\"}]}",
         "classes.json:1:28: the class \"auth\" is a shipped one, and nothing of it is replaced"},
        {"{\"version\": 1, \"classes\": [{\"name\": \"auth\", \"action\": \"page\"},\n"
         "{\"name\": \"auth\", \"advice\": \"a\"}]}",
         "classes.json:2:10: the class \"auth\" stands here twice"},
        {"{\"version\": 1, \"classes\": [{\"name\": \"auth\", \"advice\": null}]}", "advice"},
        {"{\"version\": 1, \"classes\": [{\"name\": \"auth\", \"action\": \"pages\"}]}",
         "did you mean \"page\"?"},
        {"{\"version\": 1, \"classes\": [{\"name\": \"none\", \"action\": \"page\"}]}",
         "its action is none"},
        {"{\"version\": 1, \"classes\": [{\"name\": \"outh\", \"action\": \"page\"}]}", "meaning"},
        {"{\"version\": 1, \"classes\": [{\"name\": \"No Name\", \"action\": \"page\"}]}",
         "made of a-z"},
        {"{\"version\": 1, \"classes\": [{\"name\": \"x\", \"action\": \"page\", \"meaning\": "
         "\"\", \"advice\": \"a\"}]}",
         "meaning must be a sentence"},
        {RULE("\"code\": [\"x\"]", "\"class\": \"outh\"}]}"),
         "classes.json:2:58: there is no class \"outh\"; did you mean \"auth\"?"},
        {RULE("\"code\": [\"x\"]", "\"klass\": \"auth\"}]}"), "did you mean \"class\""},
        {RULE("\"kode\": [\"x\"]", RULE_1 "]}"), "did you mean \"code\""},
        {RULE("\"code\": \"x\"", RULE_1 "]}"), "classes.json:2:41"},
        {RULE("\"code\": []", RULE_1 "]}"), "leave it out"},
        {RULE("\"code\": [7]", RULE_1 "]}"), "must be a string"},
        {RULE("\"code\": [\"\"]", RULE_1 "]}"), "would always hold"},
        {RULE("\"status\": [\"6000\"]", RULE_1 "]}"), "\"400-428\""},
        {RULE("\"status\": [\"500-400\"]", RULE_1 "]}"), "\"400-428\""},
        {RULE("\"status\": [\"0xx\"]", RULE_1 "]}"), "\"400-428\""},
        {RULE("\"reason\": [\"finish-mising\"]", RULE_1 "]}"), "did you mean \"finish-missing\"?"},
        {RULE("\"verdict\": [\"cut\"]", RULE_1 "]}"), "there is no verdict \"cut\""},
        {RULE("\"stop\": [\"gap\"]", RULE_1 "]}"), "there is no stop"},
        {RULE("\"trouble\": [\"dn\"]", RULE_1 "]}"), "did you mean \"dns\"?"},
        {RULE("", RULE_1 "]}"), "would take every answer"},
        {RULE("\"code\": [\"x\"]", "\"class\": \"none\"}]}"), "would hide a failure"},
        {RULE("\"verdict\": [\"complete\", \"errored\"]", "\"class\": \"none\"}]}"),
         "would hide a failure"},
        {RULE("\"verdict\": [\"complete\"]", RULE_1 "]}"), "is no failure"},
        {RULE("\"code\": [\"x\"]",
              RULE_1 ",\n{\"id\": \"r\", \"when\": {\"code\": [\"y\"]}, \"class\": \"auth\"}]}"),
         "classes.json:3:8: the rule \"r\" stands here twice"},
        {RULE("\"code\": [\"x\", \"y\"]",
              RULE_1 ",\n{\"id\": \"s\", \"when\": {\"code\": [\"Y\"]}, \"class\": \"auth\"}]}"),
         "classes.json:3:1: the rule \"s\" is never reached: \"r\" before it"},
        {RULE("\"status\": [\"4xx\"]", RULE_1 ",\n{\"id\": \"s\", \"when\": {\"status\": "
                                              "[\"404\", \"410-420\"], \"code\": [\"y\"]}, "
                                              "\"class\": \"auth\"}]}"),
         "never reached"},
        {RULE("\"message\": [\"quota\"]", RULE_1 ",\n{\"id\": \"s\", \"when\": {\"message\": "
                                                 "[\"no quota left\"]}, \"class\": \"auth\"}]}"),
         "never reached"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(files); i++) {
        struct error error = {.kind = ERROR_NONE};

        if (class_table_parse("classes.json", files[i].text, strlen(files[i].text), &error))
            fail_msg("accepted: %s", files[i].text);
        assert_int_equal(error.kind, ERROR_FILE);
        if (!strstr(error.text, "classes.json:") || !strstr(error.text, files[i].words))
            fail_msg("\"%s\" does not say \"%s\"", error.text, files[i].words);
    }
}

/* Not reached is only what an earlier rule takes whole. */
static void rules_that_share_some_words_are_fine(void **state)
{
    static const char text[] =
        "{\"version\": 1, \"rules\": ["
        "{\"id\": \"a\", \"when\": {\"message\": [\"no quota left\"]}, \"class\": \"quota\"},"
        "{\"id\": \"b\", \"when\": {\"message\": [\"quota\"]}, \"class\": \"auth\"},"
        "{\"id\": \"c\", \"when\": {\"status\": [\"404\"]}, \"class\": \"auth\"},"
        "{\"id\": \"d\", \"when\": {\"status\": [\"4xx\"]}, \"class\": \"request\"},"
        "{\"id\": \"e\", \"when\": {\"status\": [\"4xx\"], \"verdict\": [\"cancelled\"]}, "
        "\"class\": \"cancelled\"}]}";
    struct error error = {.kind = ERROR_NONE};
    struct class_table *table = class_table_parse("classes.json", text, strlen(text), &error);

    (void)state;
    if (!table)
        fail_msg("%s", error.text);
    class_table_free(table);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_that_cannot_be_used_is_refused_at_its_place),
        cmocka_unit_test(rules_that_share_some_words_are_fine),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
