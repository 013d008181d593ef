/*
 * Keeping a request as a probe of the workspace: FOLDER/probes/own.json.
 */
#ifndef PROBE_KEEP_H
#define PROBE_KEEP_H

#include "probe/probe.h"

/* What is kept; all of it borrowed. */
struct probe_keep {
    const char *id, *title;
    const char *expectation; /* words: "4xx auth", "complete content", "unsent" */
    enum operation operation;
    bool stream;
    const struct json *before, *after; /* the mutation leads from one to the other; NULL: no body */
    const struct probe *from;          /* whose changes of the request are kept too; NULL: none */
    bool wrong;                        /* the contract contradicts the body */
    const struct class_table *classes; /* NULL: the shipped ones */
};

/*
 * Append it to the file, atomically; a file that is not there yet is made. ERROR_USAGE for an
 * expectation that cannot be read, ERROR_CHANGED when someone else writes it just now. What is
 * written can be read by probe_read().
 */
bool probe_keep(const char *folder, const struct probe_keep *keep,
                bool (*is_scenario)(const char *name), struct error *error);

/* The steps of JSON Patch that lead from one value to another, as an array; the caller frees. */
struct json *probe_mutation(const struct json *before, const struct json *after);

#endif
