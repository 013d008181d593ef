/*
 * fsync without waiting for the disk: the kernel does it, and the loop hears of its end.
 *
 * A thread of our own is not needed: Linux takes an fsync through io_submit(2) (since 4.18, also in
 * containers) and tells its end through a descriptor, so that answers are read and keys answered
 * while a slow disk works. Where the kernel cannot, and for a table of file operations that is not
 * the machine's, fsync is called in place. The kernel takes its context apart slowly (about 30 ms
 * at the end of the process), so one is made with the first fsync, and who has nobody to hold up
 * needs no syncer.
 */
#ifndef NET_SYNCER_H
#define NET_SYNCER_H

#include "base/file.h"

struct loop;
struct syncer;

struct syncer *syncer_new(struct loop *loop); /* borrowed */

/* Waits for what is under way, and tells it. NULL is nothing. */
void syncer_free(struct syncer *syncer);

/*
 * What was written to `fd` outlives a power cut when `done` is called with 0; else with an errno.
 * That is once, from the loop or before this returns; until then `fd` stays open, and the loop is
 * not idle. `syncer` NULL: in place. `ops` is not NULL.
 */
void syncer_sync(struct syncer *syncer, const struct file_ops *ops, int fd,
                 void (*done)(void *context, int failure), void *context);

#endif
