/*
 * Requests: everything the console can be asked to do, by key, command line or script.
 *
 * One list (request.def) gives the enum, the names of commands, their dispatch, help, completion
 * and the manual. A request that the focused pane leaves unhandled goes to the pane that owns it,
 * then to the console.
 */
#ifndef UI_REQUEST_H
#define UI_REQUEST_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum request {
    REQUEST_NONE,
#define REQUEST(symbol, name, arguments, completion, owner, group, help) REQUEST_##symbol,
#include "ui/request.def"
#undef REQUEST
    REQUEST_COUNT
};

enum request_group {
    GROUP_MOVING,
    GROUP_PANES,
    GROUP_CATALOG,
    GROUP_COMPOSER,
    GROUP_PROBES,
    GROUP_STREAM,
    GROUP_LEDGER,
    GROUP_HISTORY,
    GROUP_CONSOLE,
};
enum { GROUP_COUNT = GROUP_CONSOLE + 1 };

/* Where the words for an argument come from. */
enum completion {
    COMPLETION_NONE,
    COMPLETION_PANE,
    COMPLETION_MODEL,
    COMPLETION_SCENARIO,
    COMPLETION_OPERATION,
    COMPLETION_ON_OFF,
    COMPLETION_VIEW,
    COMPLETION_TEMPLATE,
    COMPLETION_PROFILE,
    COMPLETION_FILE,
    COMPLETION_DRAFT,
    COMPLETION_EXPORT,
    COMPLETION_HISTORY_FILTER,
    COMPLETION_REPLAY,
    COMPLETION_HIDE,
    COMPLETION_PART,
    COMPLETION_CODE, /* what `explain` knows */
    COMPLETION_PROBE,
    COMPLETION_SUITE,
    COMPLETION_REPORT,
    COMPLETION_FINDING,
};

struct request_info {
    const char *name;      /* "catalog fetch" */
    const char *arguments; /* "", "ID", "[FILE]" */
    enum completion completion;
    const char *owner; /* name of a pane, or "" */
    enum request_group group;
    const char *help;
};

/* For REQUEST_NONE a row of empty strings. */
const struct request_info *request_info(enum request request);
const char *request_group_name(enum request_group group); /* "Moving", … */

/* A request with its argument: NULL when none was given. */
struct request_call {
    enum request request;
    const char *argument;
};

/* The request of exactly this name; NONE when there is none. */
enum request request_find(const char *name);

/*
 * Read "model sim/ready". The argument points into `line`, which lives on. Unknown names are errors
 * with the nearest known one; so are an argument that is missing and one that is not taken.
 */
bool request_parse(const char *line, struct request_call *call, struct error *error);

#endif
