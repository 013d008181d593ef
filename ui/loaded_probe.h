/*
 * One case of a probe, with the bodies that show it. Made whole or not at all: what stands on the
 * screen stays there until another one is made.
 */
#ifndef UI_LOADED_PROBE_H
#define UI_LOADED_PROBE_H

#include "base/error.h"
#include "contract/operation.h"

#include <stdbool.h>
#include <stddef.h>

struct contract;
struct draft_edit;
struct json;
struct loaded_probe;
struct plan_case;
struct probe_shelf;

/* Which case; borrowed. */
struct loaded_wish {
    const char *id;
    enum operation operation; /* the nearest case to both is taken, */
    bool stream;
    bool operation_is_a_must, stream_is_a_must; /* unless that is not enough */
    const char *model; /* where the probe leaves it to us; NULL: none is chosen */
};

/*
 * Holds `shelf`, not the contract. NULL with `error`: there is no such probe or case, or its
 * mutation does not apply to the body.
 */
struct loaded_probe *loaded_probe_new(struct probe_shelf *shelf, const struct contract *contract,
                                      const struct loaded_wish *wish, struct error *error);
void loaded_probe_free(struct loaded_probe *probe); /* NULL is fine */

const struct plan_case *loaded_probe_case(const struct loaded_probe *probe);
struct probe_shelf *loaded_probe_shelf(const struct loaded_probe *probe);
const char *loaded_probe_model(const struct loaded_probe *probe);

/* The draft that shows it, once; the caller frees. */
struct draft_edit *loaded_probe_take_draft(struct loaded_probe *probe);

/* The body before the probe's mutation, NULL: none that is a tree. */
const struct json *loaded_probe_before(const struct loaded_probe *probe);

/* A body that is no tree: no JSON, or grown to megabytes. NULL: it is one, or there is none. */
const char *loaded_probe_raw(const struct loaded_probe *probe, size_t *len);

#endif
