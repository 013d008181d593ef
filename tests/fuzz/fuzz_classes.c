/*
 * classes.json: whatever is accepted still gives every exchange a class and an action of the fixed
 * list, calls complete what is complete and nothing else, and tells why in printable words of its
 * own length.
 */
#include "judge/failure.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void require(bool holds)
{
    if (!holds)
        abort();
}

static bool is_action(const char *name)
{
    for (size_t i = 0; class_action_name(i); i++)
        if (strcmp(class_action_name(i), name) == 0)
            return true;
    return false;
}

static void check(const struct class_table *table, const struct http_result *result,
                  const struct answer *answer, const struct verdict *verdict)
{
    struct failure failure;

    failure_classify(table, result, answer, verdict, &failure);
    require(class_table_find(table, failure.class) != NULL);
    require(is_action(failure.action));
    require((verdict->kind == VERDICT_COMPLETE) == (strcmp(failure.class, "none") == 0));
    require(failure.rule[0] && failure.because[0]);
    require(strlen(failure.because) < FAILURE_BECAUSE);
}

/* Words of the rules are what an answer holds, so that they are hit. */
static void check_rule(const struct class_table *table, const struct class_rule *rule)
{
    static char phrase[] = "x", detail[] = "";
    const struct class_words *codes = &rule->when[CLASS_KEY_CODE],
                             *types = &rule->when[CLASS_KEY_TYPE],
                             *messages = &rule->when[CLASS_KEY_MESSAGE];
    struct reason reasons[] = {{.code = REASON_HTTP_STATUS, .detail = detail}};
    const struct answer answer = {
        .error_code = codes->count > 0 ? codes->items[0] : phrase,
        .error_type = types->count > 0 ? types->items[0] : NULL,
        .error_message = messages->count > 0 ? messages->items[0] : NULL,
    };

    for (int kind = 0; kind < VERDICT_COUNT; kind++) {
        const struct verdict verdict = {
            .kind = (enum verdict_kind)kind, .reasons = reasons, .count = 1};

        for (int status = 0; status <= 599; status += 67) {
            const struct http_result result = {.status = status, .curl = status / 10};

            check(table, &result, &answer, &verdict);
        }
        check(table, NULL, &answer, &verdict);
    }
    require(class_rule_covers(rule, rule));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error error = {.kind = ERROR_NONE};
    struct class_table *table = class_table_parse("classes.json", (const char *)data, size, &error);
    const struct class_rule *rule;

    if (!table) {
        require(error.kind == ERROR_FILE && error.text[0]);
        return 0;
    }
    for (size_t i = 0; (rule = class_table_rule(table, i)) && !rule->shipped && i < 16; i++)
        check_rule(table, rule);
    class_table_free(table);
    return 0;
}
