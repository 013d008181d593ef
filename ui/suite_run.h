/*
 * A suite as the application holds it: shared by application_suite.c, which plans and runs it, and
 * application_case.c, which does something with what came.
 */
#ifndef UI_SUITE_RUN_H
#define UI_SUITE_RUN_H

#include "command/check_alerts.h"
#include "command/check_report.h"
#include "contract/workspace.h"
#include "evidence/telemetry.h"
#include "ui/application_suite.h"

struct observed;
struct probe_shelf;

struct suite_run {
    unsigned number; /* of the plan */
    struct probe_shelf *shelf;
    char *name;
    struct plan plan;
    struct profile profile; /* a copy: the console may go on with another one */
    char *base_alias;
    struct reviews *reviews;
    struct observed *observed;       /* what is on record of the integration; NULL before a run */
    struct runner *runner;           /* NULL: planned */
    struct suite_attempts *attempts; /* of each case */
    struct suite_blocked blocked;
    char *blocked_because;
    struct check_alerts alerts;
    bool running, interrupted, frozen;
    bool reported; /* a report holds what came */
    char id[TELEMETRY_RUN];
    int64_t began_ms, began_us, took_us;
};

/* For a report; borrowed. */
void suite_run_describe(const struct suite_run *suite, struct check_run *run);

#endif
