/*
 * The console: terminal, loop, screen and model joined.
 *
 * One iteration: signals and keys become requests, requests change the model, the frame draws what
 * is dirty, at most once in 16 ms, and the last change is always drawn.
 */
#ifndef UI_CONSOLE_H
#define UI_CONSOLE_H

#include "ui/application.h"

struct console_options {
    struct application_options application;
    bool begins_with_catalog; /* a request costs nothing here: fetch the list after the first frame
                               */
    const char *script;       /* file to feed, or NULL */
    bool without_mouse;       /* at first */
    int idle_fd;              /* a line goes there whenever the console became idle; -1: none */
};

/* Runs until the user leaves; answers the exit status. Errors are said on standard error. */
int console_run(const struct console_options *options);

#endif
