/*
 * What a code means and what to do about it, from the tables that the program works with: verdicts,
 * reasons, failure classes and the rules that choose them, actions, what is said of applications,
 * findings, outcomes, scenarios, probes and suites. `explain` and the console share it.
 */
#ifndef COMMAND_EXPLAIN_H
#define COMMAND_EXPLAIN_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct bytes;
struct explainer;
struct json;

/* With the classes, the retry policy and the probes of the workspace; NULL: the shipped ones. */
struct explainer *explainer_open(const char *folder, struct error *error);
void explainer_free(struct explainer *explainer);

/*
 * Every meaning of `code`, without case and with `-`, `_` and blanks alike: some words are codes of
 * several tables. Text is appended to `out`; json is an array. ERROR_USAGE with what is near when
 * there is none.
 */
bool explain_text(const struct explainer *explainer, const char *code, struct bytes *out,
                  struct error *error);
struct json *explain_json(const struct explainer *explainer, const char *code, struct error *error);

/* All codes, table by table, a line each; json is an array without what to do. */
void explain_list(const struct explainer *explainer, struct bytes *out);
struct json *explain_list_json(const struct explainer *explainer);

/* `add` is called once with every code that is one word. */
void explain_codes(const struct explainer *explainer, void (*add)(void *context, const char *code),
                   void *context);

/* All its meanings in one line, without details. */
bool explain_line(const struct explainer *explainer, const char *code, struct bytes *out,
                  struct error *error);

#endif
