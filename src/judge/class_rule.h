/*
 * One rule of the table of failure classes: conditions over what is known of an ended exchange,
 * and how they are told to people. Pure; judge/class_table.h holds the rules and their order.
 */
#ifndef JUDGE_CLASS_RULE_H
#define JUDGE_CLASS_RULE_H

#include "judge/transport_code.h"
#include "judge/verdict.h"
#include "net/http.h"

#include <stdbool.h>
#include <stddef.h>

struct bytes;

/* What of an exchange a class rests on. Strings may be NULL: absent. */
struct class_facts {
    const struct verdict *verdict;
    enum transport_trouble trouble;
    enum stop stop;
    const char *transport_says; /* curl's words */
    int status;                 /* 0: none is known */
    const char *envelope;       /* as in struct answer */
    const char *code, *type, *message;
};

enum class_key {
    CLASS_KEY_VERDICT, /* absent: every verdict but complete and cancelled */
    CLASS_KEY_REASON,  /* a reason code that was found, notes too */
    CLASS_KEY_TROUBLE,
    CLASS_KEY_STOP, /* why we stopped by ourselves */
    CLASS_KEY_TRANSPORT_SAYS,
    CLASS_KEY_STATUS, /* "404", "4xx", "400-428", "none" */
    CLASS_KEY_ENVELOPE,
    CLASS_KEY_CODE,
    CLASS_KEY_TYPE,
    CLASS_KEY_MESSAGE,
    CLASS_KEY_COUNT
};

const char *class_key_name(enum class_key key); /* "transport_says" */

/* Code, type, message and envelope: what the body says. */
bool class_key_is_body(enum class_key key);

/* Whether a word can hold at all under this key: a verdict, a reason, a range of statuses … */
bool class_key_takes(enum class_key key, const char *word);

/* The words a key can take one by one; NULL behind the last, and for keys that take any text. */
const char *class_key_word(enum class_key key, size_t index);

struct class_words {
    const char **items; /* owned; the words themselves are borrowed */
    size_t count;       /* 0: the key asks for nothing */
};

/* All keys with words must hold; of a key's words one is enough. Words compare without case. */
struct class_rule {
    const char *id;
    const char *class;
    const char *because; /* a phrase that says more; NULL: nothing */
    struct class_words when[CLASS_KEY_COUNT];
    bool shipped;
};

void class_rule_release(struct class_rule *rule);

/* Whether it holds; `hits` then has the word that held under each key, NULL where none was asked.
 */
bool class_rule_holds(const struct class_rule *rule, const struct class_facts *facts,
                      const char *hits[CLASS_KEY_COUNT]);

/*
 * Whether the first, standing before the second, leaves it nothing. Ranges and phrases are compared
 * one by one: a true answer is always right, a false one may be too cautious.
 */
bool class_rule_covers(const struct class_rule *first, const struct class_rule *second);

/*
 * Why it decided, as a clause without a full stop: "the code model_not_found outranks the status
 * 503, which alone would mean overloaded". It holds words of the table and numbers alone, nothing a
 * server wrote. `alone` is the class without what the body says.
 */
void class_rule_explain(const struct class_rule *rule, const char *const hits[CLASS_KEY_COUNT],
                        const struct class_facts *facts, const char *alone, struct bytes *out);

#endif
