/*
 * Starting a suite, or one of its cases once more: what is asked before, in one order. Results that
 * would be lost first, then what goes to production.
 */
#ifndef UI_SUITE_START_H
#define UI_SUITE_START_H

#include <stddef.h>

struct application;

struct suite_start {
    struct application *application;
    size_t asked; /* the case that the open question is about; the count: all of them */
};

/* `index` is a case by its place in the plan, or the count. Says itself what fails. */
void suite_start(struct suite_start *start, size_t index);

#endif
