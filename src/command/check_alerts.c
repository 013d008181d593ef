#include "command/check_alerts.h"

#include <stdlib.h>
#include <string.h>

void check_alerts_add(struct check_alerts *alerts, const struct exchange_state *state,
                      const char *profile)
{
    for (size_t i = 0; i < alerts->count; i++)
        if (spike_add(&alerts->groups[i], state, profile))
            return;
    if (alerts->count < CHECK_ALERT_GROUPS)
        spike_add(&alerts->groups[alerts->count++], state, profile);
}

static void put_lines(struct bytes *out, const char *word, const char *lines)
{
    while (*lines) {
        size_t len = strcspn(lines, "\n");

        bytes_printf(out, "%s: %.*s\n", word, (int)len, lines);
        lines += len + (lines[len] == '\n');
    }
}

void check_alerts_end(struct check_alerts *alerts, struct history *history, int64_t began_ms,
                      const struct history_patience *patience)
{
    struct bytes all, some;
    struct error error;
    bool enough;

    bytes_init(&all, SIZE_MAX);
    bytes_init(&some, SIZE_MAX);
    for (size_t i = 0; history && i < alerts->count; i++) {
        bytes_clear(&some);
        if (alerts->groups[i].attempts == 0)
            continue;
        if (spike_compare(&alerts->groups[i], history, began_ms, patience, &some, &enough, &error))
            put_lines(&all, enough ? "alert" : "history", bytes_text(&some));
        else
            put_lines(&all, "history", error.text);
    }
    if (!history)
        bytes_puts(&all, "history: there is none to compare with\n");
    bytes_release(&some);
    free(alerts->lines);
    alerts->lines = bytes_take(&all);
}

void check_alerts_release(struct check_alerts *alerts)
{
    for (size_t i = 0; i < alerts->count; i++)
        spike_release(&alerts->groups[i]);
    free(alerts->lines);
    *alerts = (struct check_alerts){.count = 0};
}
