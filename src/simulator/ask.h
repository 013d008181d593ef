/*
 * What a request asks for, read from its body.
 */
#ifndef SIMULATOR_ASK_H
#define SIMULATOR_ASK_H

#include "simulator/request.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ASK_CHOICES_MAX = 8 };

enum ask_fault {
    ASK_FINE,
    ASK_NOT_JSON,
    ASK_NO_MODEL,
    ASK_NO_MESSAGES, /* or input */
    ASK_BAD_ROLE,
    ASK_BAD_TYPE, /* of temperature */
};

struct ask {
    const char *operation; /* "chat", "responses", "models" or "" */
    enum ask_fault fault;
    size_t fault_index; /* of the message whose role is bad */
    bool stream;
    bool include_usage;
    unsigned choices; /* `n`, 1 when absent */
    char *model;      /* never NULL */
    char *prompt;     /* the last text of a user, never NULL */
    char *key;        /* as sent, never NULL */
    char *method, *path;
    const char *detail; /* static or owned by the request: a phrase for @detail@ */
    int status;         /* instead of the scene's; 0: the scene's */
    uint64_t hash;      /* of method, path and body: ids derive from it */
    uint64_t serial;    /* of the request; 0 where it must not matter */
};

/* Method, path, key and hash; the body is left to ask_read_body(). Release afterwards. */
void ask_init(struct ask *ask, const struct sim_request *request, uint64_t serial);
void ask_release(struct ask *ask);

/* Fills the rest for "chat" or "responses"; `fault` says what is wrong. */
void ask_read_body(struct ask *ask, const char *operation, const struct bytes *body);

#endif
