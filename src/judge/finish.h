/*
 * Finish reasons and what they say about the answer (streams.md "Finish reasons").
 *
 * The limited and errored columns of every family hold everywhere, since they can only make a
 * verdict worse. Of the complete column only the default family holds; another word counts as
 * complete only when the contract says so (finish.aliases). Words compare exactly.
 */
#ifndef JUDGE_FINISH_H
#define JUDGE_FINISH_H

#include "contract/rules.h"

/* `by_alias` (may be NULL) tells whether the contract decided, other than the table would. */
enum finish_column finish_column(const struct stream_rules *rules, const char *reason, size_t len,
                                 bool *by_alias);

/* The worse of two: errored, unknown, limited, complete. */
enum finish_column finish_worse(enum finish_column a, enum finish_column b);

/* Rows of the table for help texts: family, word, column; false behind the last. */
bool finish_row(size_t index, const char **family, const char **reason, enum finish_column *column,
                bool *needs_contract);

#endif
