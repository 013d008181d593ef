/*
 * The report of an observation, in every format; pure, from sessions to bytes.
 */
#ifndef COMMAND_OBSERVE_REPORT_H
#define COMMAND_OBSERVE_REPORT_H

#include "command/options.h"
#include "probe/observation_record.h"

struct bytes;
struct workspace;

struct observe_report {
    const struct observation *observation;
    const struct retry_policy *policy;
    const struct observation_about *about;
    const struct redactor *redactor;
};

void observe_report(const struct observe_report *report, enum format format, struct bytes *out);

/*
 * Keep the record in the workspace, or in its local folder where there is none; answers the path,
 * NULL with `error`. Path and `*digest`, which the record carries, are the caller's to free;
 * `digest` may be NULL.
 */
char *observe_keep(struct workspace *workspace, const struct observe_report *report, char **digest,
                   struct error *error);

/* One line, without its newline: "2 handled, 1 not, 0 unknown; 12 requests". */
void observe_summary(const struct observation *observation, struct bytes *out);

/* Seconds between its attempts, "0.41 1.2 s"; false, with nothing written, when there are none. */
bool observe_gaps(const struct observed_session *session, struct bytes *out);

/* How it ended, "HTTP 429, end sent; exit 1"; nothing for a session in which nothing happened. */
void observe_end(const struct observed_session *session, struct bytes *out);

/* The line of a session, without its newline: also for who watches while it happens. */
void observe_session_line(const struct observed_session *session, struct bytes *out);

#endif
