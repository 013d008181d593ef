/* What is unsaved in the panes: kept, told, rescued. */
#include "ui/screen.h"

#include "ui/screen_state.h"

const char *screen_unsaved(const struct screen *screen)
{
    for (size_t i = 0; i < PANE_COUNT; i++) {
        const char *phrase = pane_ops(i)->unsaved ? pane_ops(i)->unsaved(screen->panes[i]) : NULL;

        if (phrase)
            return phrase;
    }
    return NULL;
}

void screen_rescue(struct screen *screen, struct bytes *said)
{
    for (size_t i = 0; i < PANE_COUNT; i++)
        if (pane_ops(i)->rescue)
            pane_ops(i)->rescue(screen->panes[i], said);
}

int64_t screen_keep(struct screen *screen, int64_t now_us)
{
    int64_t due_us = INT64_MAX;

    for (size_t i = 0; i < PANE_COUNT; i++) {
        int64_t next_us =
            pane_ops(i)->keep ? pane_ops(i)->keep(screen->panes[i], now_us) : INT64_MAX;

        due_us = next_us < due_us ? next_us : due_us;
    }
    return due_us;
}
