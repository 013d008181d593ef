/*
 * Evidence of what another tool recorded: a capture and a row in the history, with the origin
 * *imported* on both.
 *
 * The capture holds what the file tells and nothing else: `curl` -1 where how it ended is unknown,
 * no times. A prompt is kept only where `bodies` is `always`: it is none of ours. Judged again it
 * gives the same verdict. It verifies no clause: that stands among what *differs from the
 * contract*.
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
struct syncer;
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

/* ---- the same in pieces, for who may not wait ---- */

struct adopting;

/*
 * Opens and begins: what `adoption` points to is borrowed until adopt_free(). HARs, traces and logs
 * are read whole here (evidence/replay.h). `replay` stands as after replay_open(); it is the
 * caller's to release once it is kept, before that adopt_free() does. NULL: nothing is kept, and
 * nothing to be released.
 */
struct adopting *adopt_begin(const struct adoption *adoption, struct replay *replay,
                             struct error *error);

enum adopt_step {
    ADOPT_MORE,
    ADOPT_JUDGED, /* all of it: adopt_keep() follows */
    ADOPT_FAILED, /* `error`: only adopt_free() follows */
};

/* Judge so many further bytes of the file; 0: all. */
enum adopt_step adopt_advance(struct adopting *adopting, size_t bytes, struct error *error);

/* How much was judged, as replay_percent(). */
int adopt_percent(const struct adopting *adopting);

/*
 * After ADOPT_JUDGED: `kept` is called once, from the loop of `syncer` or before this returns, with
 * NULL when capture and row are there for good, else with what failed. Until then it is not freed.
 */
void adopt_keep(struct adopting *adopting, struct syncer *syncer,
                void (*kept)(void *context, const struct error *error), void *context);

/* After it was kept: the path of the capture, valid until adopt_free(). */
const char *adopt_capture(const struct adopting *adopting);

/* What was not kept leaves nothing behind. NULL is nothing. */
void adopt_free(struct adopting *adopting);

#endif
