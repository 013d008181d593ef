/*
 * The starter workspace: the files of share/starter, compiled in.
 */
#ifndef CONTRACT_STARTER_H
#define CONTRACT_STARTER_H

#include "base/embedded.h"

extern const struct embedded starter_files[];

/* The file of that name, NULL when there is none. */
const struct embedded *starter_file(const char *name);

#endif
