/*
 * What a client that trusts the end of the stream would have shown.
 */
#ifndef JUDGE_NAIVE_H
#define JUDGE_NAIVE_H

#include "judge/judge.h"

/* A phrase; the caller frees. */
char *naive_choice(const struct answer_choice *choice);

#endif
