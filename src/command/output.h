/*
 * What a verb prints. Everything passes the redactor; what goes to a terminal is escaped besides.
 */
#ifndef COMMAND_OUTPUT_H
#define COMMAND_OUTPUT_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct bytes;
struct format_choice;
struct options;
struct redactor;

/*
 * A redactor that knows the keys of the default variables besides the shapes of keys, for what is
 * said before a profile is in force. Where `redactor` is NULL below, this one is used.
 */
struct redactor *output_redactor(void);

/* A line on standard error: whatever is in it, it stays one. */
void output_say(const struct redactor *redactor, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Each line of a text of ours on standard error; words of others in it must not bring lines of
 * their own (text_escape()).
 */
void output_lines(const struct redactor *redactor, const char *lines);

/* "cometdeck: …" on standard error; answers the exit status of the error. */
int output_error(const struct redactor *redactor, const struct error *error);

/* Each line of `warnings`, which may be NULL, on standard error. */
void output_warn(const struct redactor *redactor, const char *warnings);

/*
 * Standard output as a stream of bytes that are already redacted. On a terminal control bytes
 * are escaped, and a character is held back until it is whole. A reader that went away (EPIPE) ends
 * the writing without an error: what is kept elsewhere is still wanted.
 */
struct output;
struct output *output_open(int fd);
/*
 * A reader that does not read must not hold up who wants to stop: `stop` is asked whenever it would
 * be waited for; when it answers true, the rest is not written.
 */
void output_stop_when(struct output *output, bool (*stop)(void *context), void *context);
bool output_stopped(const struct output *output);
bool output_write(struct output *output, const void *data, size_t len, struct error *error);
/* Writes what is held back; false when that or anything before it failed. */
bool output_close(struct output *output, struct error *error);

/* Text of our own on standard output; answers EXIT_HOLDS, or the status when that failed (said). */
int output_text(const struct bytes *text);

/*
 * The same where it is taken at once, so that no reader holds up what goes on meanwhile; else
 * false, and nothing is written. Redacted like a report.
 */
bool output_at_once(const struct redactor *redactor, const struct bytes *text);

/*
 * Whether the files of --format and --telemetry could be written now, and are no two names of one
 * file: asked before anything is sent and billed.
 */
bool output_check(const struct options *options, struct error *error);

/*
 * The report of a verb in every format that was asked for, to standard output or atomically to its
 * file. `write` appends one format to `out`, answering false when there is nothing in that format
 * for standard output. Answers EXIT_HOLDS, or the status of what could not be written (said).
 */
int output_report(const struct options *options, const struct redactor *redactor,
                  bool (*write)(void *context, const struct format_choice *choice,
                                struct bytes *out),
                  void *context);

#endif
