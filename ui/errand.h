/*
 * A file that is written by a process of its own, so that no key waits for what that takes: quoting
 * megabytes, the lock of another console, the disk. The child has a copy of everything as it was
 * when the errand began; what it did comes back as a result. It goes on when the console is killed.
 */
#ifndef UI_ERRAND_H
#define UI_ERRAND_H

#include "base/error.h"
#include "base/file.h"

#include <stdbool.h>

struct errand;
struct loop;

struct errand_result {
    bool done;
    struct file_stamp stamp; /* of the file as it is now */
    struct error error;      /* when it was not done */
};

/* `ended` is called from the loop, or from errand_finish(). Borrows the loop. */
struct errand *errand_new(struct loop *loop,
                          void (*ended)(void *context, const struct errand_result *result),
                          void *context);
void errand_free(struct errand *errand); /* waits for what runs; NULL is fine */

bool errand_runs(const struct errand *errand);

/*
 * Let a child call `run`, which may write files and nothing else. Where there can be no child it is
 * called here. Not while one runs.
 */
void errand_start(struct errand *errand, void (*run)(void *context, struct errand_result *result),
                  void *context);

/* Wait for what runs: `ended` was called afterwards. */
void errand_finish(struct errand *errand);

#endif
