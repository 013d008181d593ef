#include "command/housekeeping.h"

#include <stdlib.h>

#include "base/clock.h"
#include "command/output.h"
#include "contract/workspace.h"
#include "evidence/leftover.h"
#include "evidence/retention.h"

enum { LOOK_US = 200 * 1000 };

static void sweep(const struct workspace *workspace, const struct redactor *redactor)
{
    size_t removed = leftover_sweep(workspace->local, clock_wall_ms(&clock_system));

    if (removed > 0)
        output_say(
            redactor,
            "cometdeck: removed %zu unfinished capture%s (*.part) of processes that were killed "
            "more than %d days ago",
            removed, removed == 1 ? "" : "s", LEFTOVER_DAYS);
}

static void tell_growth(const struct workspace *workspace, struct history *history,
                        const struct redactor *redactor)
{
    const struct history_patience patience = {&clock_system, clock_now_us(&clock_system) + LOOK_US};
    struct retention_plan plan;
    struct error error;

    if (!retention_limits_any(&workspace->retention))
        return;
    retention_begin(&plan, &workspace->retention, clock_wall_ms(&clock_system));
    if (retention_look(&plan, history, workspace, &patience, &error) && plan.rows > 0) {
        char *excess = retention_excess(&plan);

        output_say(redactor,
                   "cometdeck: the history has outgrown `retention` of cometdeck.json by %s%s; "
                   ":history prune of the console removes that",
                   plan.made ? "" : "at least ", excess);
        free(excess);
    }
    retention_release(&plan);
}

void housekeeping(const struct workspace *workspace, struct history *history,
                  const struct redactor *redactor)
{
    sweep(workspace, redactor);
    tell_growth(workspace, history, redactor);
}
