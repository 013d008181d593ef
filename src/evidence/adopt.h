/*
 * Evidence of what another tool recorded: a capture and a row in the history, with the origin
 * *imported* on both.
 *
 * The capture holds what the file tells and nothing else: `curl` -1 where how it ended is unknown,
 * no times. Judged again it gives the same verdict. It verifies no clause: that stands among what
 * *differs from the contract*.
 */
#ifndef EVIDENCE_ADOPT_H
#define EVIDENCE_ADOPT_H

#include "base/error.h"
#include "contract/operation.h"

#include <stdbool.h>
#include <stddef.h>

struct class_table;
struct clock;
struct file_ops;
struct history;
struct redactor;
struct replay;
struct stream_rules;
struct workspace;

struct adoption {
    const char *path;
    size_t entry;             /* of a HAR; 0: the only one */
    enum operation operation; /* where the file does not show it */
    const struct workspace *workspace;
    const struct stream_rules *rules;
    const struct class_table *classes; /* NULL: what is shipped */
    const struct clock *clock;
    struct history *history;    /* NULL: no row is written */
    const struct file_ops *ops; /* NULL: the machine's */
};

/*
 * Judge the file to its end and keep it. `replay` stands as after replay_file(), with the id and
 * the digest of the capture; `*capture` is its path, which the caller frees. On false nothing is
 * kept and nothing is to be released. A capture is evidence already and refused, and so is a
 * fixture, which is none.
 */
bool adopt_file(const struct adoption *adoption, struct replay *replay, char **capture,
                struct error *error);

#endif
