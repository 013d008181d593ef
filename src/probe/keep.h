/*
 * Keeping a request as a probe of the workspace: FOLDER/probes/own.json.
 */
#ifndef PROBE_KEEP_H
#define PROBE_KEEP_H

#include "probe/probe.h"

struct bytes;
struct contract;

/* What is kept; all of it borrowed. */
struct probe_keep {
    const char *id, *title;
    const char *expectation; /* words: "4xx auth", "complete content", "unsent" */
    const char *tags;        /* words: requirements, cadences, ids of clauses; NULL: none */
    enum operation operation;
    bool stream;
    const struct json *before, *after; /* the mutation leads from one to the other; NULL: no body */
    const struct probe *from;          /* whose changes of the request are kept too; NULL: none */
    bool edited;                       /* the body is not the one of `from` any more */
    bool wrong;                        /* the contract contradicts the body */
    const struct class_table *classes; /* NULL: the shipped ones */
    const struct contract *contract;   /* whose clauses `tags` may name */
};

/*
 * Append it to the file, atomically; a file that is not there yet is made, and so is the schema
 * that its `$schema` leads to. ERROR_USAGE for an expectation or a tag that cannot be read,
 * ERROR_CHANGED when someone else writes it just now. What is written can be read by probe_read().
 */
bool probe_keep(const char *folder, const struct probe_keep *keep,
                bool (*is_scenario)(const char *name), struct error *error);

/* The tags of a probe as they are typed: "B36 D33 release errors.auth.status". */
void probe_tags(const struct probe *probe, struct bytes *out);

/* The steps of JSON Patch that lead from one value to another, as an array; the caller frees. */
struct json *probe_mutation(const struct json *before, const struct json *after);

#endif
