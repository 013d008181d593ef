/*
 * Completion of commands and their arguments, from the tables and the model.
 */
#ifndef UI_COMPLETE_H
#define UI_COMPLETE_H

#include "ui/application.h"
#include "ui/request.h"

/* Whole lines that `line` could become, each given to `add`. */
void complete_command(struct application *application, const char *line,
                      void (*add)(void *into, const char *candidate), void *into);

/* The same for a value alone. */
void complete_value(struct application *application, enum completion completion, const char *value,
                    void (*add)(void *into, const char *candidate), void *into);

#endif
