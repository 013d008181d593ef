/*
 * What is asked before something is sent that may be billed: one place says what it costs and
 * where it goes.
 */
#ifndef UI_APPLICATION_CONFIRM_H
#define UI_APPLICATION_CONFIRM_H

#include "base/error.h"

#include <stdbool.h>

struct application;
struct http_request;

/* How strictly; the simulator is never asked about. */
enum confirm_price {
    CONFIRM_FIRST, /* what goes to production, until yes was said to it for that profile */
    CONFIRM_EACH,  /* everything that may be billed, each time */
};

/*
 * `run` is called at once where nothing is to be asked, else after yes; it says itself what fails.
 * `what` is "send" or "send chat sim/ready again"; `request` tells method and URL. `context` lives
 * as long as the application.
 */
void application_confirm(struct application *application, enum confirm_price price,
                         const char *what, const struct http_request *request,
                         void (*run)(void *context), void *context);

/*
 * Send once more what a capture says was sent, to the profile in force: asked about each time, by
 * Stream and History alike. False, and nothing is asked, where it cannot be sent.
 */
bool application_confirm_again(struct application *application, const char *capture,
                               struct error *error);

#endif
