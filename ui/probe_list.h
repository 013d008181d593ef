/*
 * What the picker of probes and suites holds: title, requirements, operations, what is sent, what
 * is expected, what it costs.
 */
#ifndef UI_PROBE_LIST_H
#define UI_PROBE_LIST_H

#include "ui/picker.h"

struct library;
struct retry_policy;

extern const struct picker_kind probe_list_kind;

/* Rows stand for `:suite NAME` and `:probe ID`. */
void probe_list_fill(struct picker *picker, const struct library *library,
                     const struct retry_policy *policy);

#endif
