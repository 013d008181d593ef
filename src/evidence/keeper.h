/*
 * What is kept of an exchange while it runs: the capture and the row in the history. Keeping never
 * stops the stream; what failed is told as `trouble`.
 */
#ifndef EVIDENCE_KEEPER_H
#define EVIDENCE_KEEPER_H

#include "evidence/capture.h"
#include "evidence/history.h"

struct scratch;
struct failure;
struct judge;
struct syncer;
struct verdict;
struct workspace;

/* Callers read the part above the line. */
struct keeper {
    char *path;               /* of the capture, NULL: none is kept */
    char digest[DIGEST_TEXT]; /* "" until the end */
    char *trouble;            /* NULL: nothing failed */
    /* ---- */
    struct capture_writer *writer;
    void (*kept)(void *context); /* see keeper_end_aside() */
    void *context;
    struct scratch *scratch; /* what is looked at meanwhile; NULL: nothing, or the capture is */
    char *local;             /* folder, NULL: none */
};

/*
 * Begin the capture `path`, or where that is NULL one in the local folder. False only for a path
 * that was asked for: it is an error before anything was sent, the other is trouble.
 */
bool keeper_init(struct keeper *keeper, const struct file_ops *ops,
                 const struct workspace *workspace, const char *path,
                 const struct capture_header *header, struct error *error);
void keeper_release(struct keeper *keeper); /* without keeper_end() no file is left */

void keeper_head(struct keeper *keeper, const struct http_result *result, int64_t since_start_us);
void keeper_read(struct keeper *keeper, const char *data, size_t len, int64_t since_start_us);
void keeper_flush(struct keeper *keeper); /* so that a process that is killed leaves it readable */

/*
 * From now on keep in memory what the policy keeps in no file, for keeper_file(). Right behind
 * keeper_init(), with the same header; nothing where bodies are kept anyway.
 */
void keeper_look_back(struct keeper *keeper, const struct capture_header *header);

/*
 * Flush, and the name that the file has now, also while it grows, or that in memory; NULL: neither
 * is there.
 */
const char *keeper_file(struct keeper *keeper);

/* Waits until what is kept would outlive a power cut, or did not work. */
void keeper_end(struct keeper *keeper, const struct http_result *result);

/*
 * The same without waiting: `kept` is called once, from the loop of `syncer` or before this
 * returns. The keeper stays where it is until then, and is not released.
 */
void keeper_end_aside(struct keeper *keeper, struct syncer *syncer,
                      const struct http_result *result, void (*kept)(void *context), void *context);

/*
 * What was judged, into `row`. Strings are those of the judge, but for the answer of this function,
 * which the caller frees when the row was added.
 */
char *keeper_fill_row(struct history_row *row, const struct judge *judge,
                      const struct verdict *verdict, const struct failure *failure,
                      const struct http_result *result);

/* Something else that could not be kept. */
void keeper_trouble(struct keeper *keeper, const struct error *error);

/* `row` but for its `capture` and `digest`; `history` may be NULL. */
void keeper_add_row(struct keeper *keeper, struct history *history, struct history_row *row);

#endif
