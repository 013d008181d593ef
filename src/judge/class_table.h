/*
 * The failure classes there are, and the rules that choose one (PRB A17 B14 D16): data. What comes
 * with the product is share/classes.json, compiled in; a workspace adds classes and rules in
 * FOLDER/classes.json, and says action, meaning or advice of a shipped class anew.
 *
 * A file: {"$schema": …, "version": 1, "classes": [{"name", "action", "meaning", "advice"}, …],
 * "rules": [{"id", "when": {KEY: [WORD, …]}, "class", "because"}, …]}; share/schema says the same.
 *
 * Rules are tried in order, a workspace's before the shipped ones, and the first that holds decides
 * (judge/class_rule.h says what holds). The shipped order is: verdicts that say it all; no answer;
 * then the body, by code, by message, by type; then pages; then the status. So the body outranks
 * the status. Among the rules of one of these groups that look at one key alone the order is free,
 * but for messages, which may hold several phrases. Total: `complete` and `cancelled` have a rule
 * each, and the last one asks for nothing.
 *
 * What is complete is `none`, and nothing else is: a file cannot hide a failure.
 */
#ifndef JUDGE_CLASS_TABLE_H
#define JUDGE_CLASS_TABLE_H

#include "base/error.h"
#include "judge/class_rule.h"

#include <stdbool.h>
#include <stddef.h>

struct class_row {
    const char *name;    /* stable, "model-unknown" */
    const char *action;  /* one of class_action_name() */
    const char *meaning; /* a sentence */
    const char *advice;  /* a sentence */
};

/* The fixed list of actions; NULL behind the last. */
const char *class_action_name(size_t index);
const char *class_action_meaning(size_t index);

struct class_table;

/*
 * The shipped classes and rules, and those of FOLDER/classes.json where there is one. `folder`
 * NULL: the shipped ones alone, which never fails. ERROR_FILE with line and column for a malformed
 * file, an unknown member, word, class or action, a name or an id twice, a rule that would hide a
 * failure, and a rule that is never reached. Names of shipped classes, and what is not said anew of
 * them, outlive every table; what a workspace says lives as long as its table.
 */
struct class_table *class_table_open(const char *folder, struct error *error);
/* The same with the text of a file. */
struct class_table *class_table_parse(const char *path, const char *text, size_t len,
                                      struct error *error);
void class_table_free(struct class_table *table);

/* Shipped classes first. `table` NULL: the shipped ones. NULL behind the last. */
const struct class_row *class_table_row(const struct class_table *table, size_t index);
const struct class_row *class_table_find(const struct class_table *table, const char *name);

/* In the order in which they are tried; NULL behind the last. */
const struct class_rule *class_table_rule(const struct class_table *table, size_t index);

/* The first rule that holds; there always is one. `hits` as in class_rule_holds(). */
const struct class_rule *class_table_decide(const struct class_table *table,
                                            const struct class_facts *facts,
                                            const char *hits[CLASS_KEY_COUNT]);

#endif
