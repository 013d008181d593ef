#include "ui/recall.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "evidence/history.h"
#include "evidence/history_query.h"

/* For the row that is looked for. */
struct recalling {
    const struct class_table *classes;
    struct recall *recall;
};

static void set_failure(struct failure *failure, const struct class_table *classes,
                        const char *name)
{
    const struct class_row *row = class_table_find(classes, name ? name : "none");

    if (!row)
        row = class_table_find(classes, "unexpected");
    *failure = (struct failure){.class = row->name, .action = row->action, .advice = row->advice};
    snprintf(failure->because, sizeof(failure->because), "so it was judged when it was received");
}

static bool take_row(void *context, const struct history_row *row)
{
    struct recalling *recalling = context;

    for (int i = 0; row->verdict && i < VERDICT_COUNT; i++) {
        struct recall *recall;

        if (strcmp(verdict_name((enum verdict_kind)i), row->verdict) != 0)
            continue;
        recall = xcalloc(1, sizeof(*recall));
        recall->verdict = (struct verdict){
            .kind = (enum verdict_kind)i, .reasons = xcalloc(1, sizeof(struct reason)), .count = 1};
        recall->verdict.reasons[0] = (struct reason){
            .code = REASON_BODIES_NOT_KEPT,
            .detail = xasprintf("judged %s when it was received; no file holds its bodies, so it "
                                "cannot be judged again",
                                row->verdict),
            .offset = REASON_NOWHERE,
        };
        recall->events = row->events;
        recall->bytes = row->body_bytes;
        set_failure(&recall->failure, recalling->classes, row->class);
        recalling->recall = recall;
    }
    return false;
}

struct recall *recall_find(struct history *history, const struct class_table *classes,
                           const char *id)
{
    struct recalling recalling = {.classes = classes};
    struct error ignored;

    if (history)
        history_find(history, id, take_row, &recalling, &ignored);
    return recalling.recall;
}

void recall_free(struct recall *recall)
{
    if (!recall)
        return;
    verdict_release(&recall->verdict);
    free(recall);
}
