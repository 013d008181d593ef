/*
 * --help and --version, from the tables.
 */
#ifndef COMMAND_HELP_H
#define COMMAND_HELP_H

struct bytes;
struct verb;

/* `cometdeck --help`: all verbs; or one verb. */
void help_overview(struct bytes *out);
void help_verb(struct bytes *out, const struct verb *verb);
void help_version(struct bytes *out);

/* The exit statuses, a line each; the manual quotes them. */
void help_statuses(struct bytes *out);

#endif
