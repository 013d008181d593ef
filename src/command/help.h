/*
 * --help and --version, from the tables.
 */
#ifndef COMMAND_HELP_H
#define COMMAND_HELP_H

#include <stdbool.h>

struct bytes;
struct verb;

/* `cometdeck --help`: all verbs; or one verb. */
void help_overview(struct bytes *out);
void help_verb(struct bytes *out, const struct verb *verb);
/* The verbs that begin with `word`; false when there is none, and nothing is written. */
bool help_group(struct bytes *out, const char *word);
void help_version(struct bytes *out);

/* The exit statuses, a line each; the manual quotes them. */
void help_statuses(struct bytes *out);

#endif
