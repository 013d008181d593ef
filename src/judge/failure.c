#include "judge/failure.h"

#include "base/bytes.h"
#include "net/transport.h"

#include <stdio.h>
#include <string.h>

static void gather_facts(const struct http_result *result, const struct answer *answer,
                         const struct verdict *verdict, struct class_facts *facts)
{
    *facts = (struct class_facts){
        .verdict = verdict,
        .envelope = answer->error_envelope,
        .code = answer->error_code,
        .type = answer->error_type,
        .message = answer->error_message,
    };
    if (!result)
        return;
    facts->trouble = transport_trouble(result->curl);
    facts->stop = result->stop;
    facts->transport_says = result->message;
    facts->status = result->status;
}

/* What the class would be if the body said nothing. */
static const char *class_without_body(const struct class_table *classes,
                                      const struct class_facts *facts)
{
    struct class_facts rest = *facts;
    const char *hits[CLASS_KEY_COUNT];

    rest.envelope = rest.code = rest.type = rest.message = NULL;
    return class_table_decide(classes, &rest, hits)->class;
}

static void decide_class(const struct class_table *classes, const struct class_facts *facts,
                         struct failure *failure)
{
    const char *hits[CLASS_KEY_COUNT];
    const struct class_rule *rule = class_table_decide(classes, facts, hits);
    const struct class_row *row = class_table_find(classes, rule->class);
    struct bytes because;

    *failure = (struct failure){.class = row->name, .action = row->action, .advice = row->advice};
    bytes_init(&because, FAILURE_BECAUSE - 1);
    class_rule_explain(rule, hits, facts, class_without_body(classes, facts), &because);
    snprintf(failure->rule, sizeof(failure->rule), "%s", rule->id);
    snprintf(failure->because, sizeof(failure->because), "%s", bytes_text(&because));
    bytes_release(&because);
}

void failure_classify(const struct class_table *classes, const struct http_result *result,
                      const struct answer *answer, const struct verdict *verdict,
                      struct failure *failure)
{
    struct class_table *shipped = classes ? NULL : class_table_open(NULL, NULL);
    struct class_facts facts;

    gather_facts(result, answer, verdict, &facts);
    decide_class(classes ? classes : shipped, &facts, failure);
    class_table_free(shipped);
}

const char *failure_advice(const struct http_result *result, const struct failure *failure,
                           const struct verdict *verdict)
{
    const char *advice = result ? transport_advice(result) : NULL;

    if (advice)
        return advice;
    if (strcmp(failure->class, "none") != 0 && failure->advice)
        return failure->advice;
    return verdict->kind != VERDICT_COMPLETE && verdict->count > 0
               ? reason_advice(verdict->reasons[0].code)
               : NULL;
}
