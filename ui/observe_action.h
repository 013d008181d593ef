/*
 * What is done from a line of Observe: running the application for its scenario, writing the
 * report.
 */
#ifndef UI_OBSERVE_ACTION_H
#define UI_OBSERVE_ACTION_H

struct application;

/* Lives as long as the application, which it borrows. */
struct observe_action {
    struct application *application;
    const char *asked; /* the scenario that the open question is about, a constant */
};

/* The application once more, for one scenario; what it is, is asked when it was not run yet. */
unsigned observe_action_run(struct observe_action *action, const char *name);

/* `words` as in ui/report_words.h; NULL: they are asked for. */
unsigned observe_action_report(struct observe_action *action, const char *words);

#endif
