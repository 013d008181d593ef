/*
 * What our own engine makes of a scenario: the measure that clients are held against.
 *
 * No table says which class or which Retry-After a scenario has: the referee sends a request of the
 * same kind to a private simulator, which nobody observes, and classifies the answer as `send`
 * would. So the two cannot disagree.
 */
#ifndef PROBE_REFERENCE_H
#define PROBE_REFERENCE_H

#include "evidence/exchange.h"
#include "judge/retry_hint.h"

#include <stdbool.h>

enum { REFERENCE_SCENE = 48 };

/* Two requests of the same kind are answered alike. */
struct reference_kind {
    char scene[REFERENCE_SCENE]; /* what answered */
    enum operation operation;
    bool stream;
    unsigned choices; /* `n` of the request */
};
bool reference_kind_equal(const struct reference_kind *a, const struct reference_kind *b);

struct reference {
    enum verdict_kind verdict;
    struct failure failure;
    bool partial; /* something of an answer was received */
    struct retry_hint hint;
};

struct http_result;
struct referee;

struct referee_options {
    struct loop *loop;
    struct transport *transport;
    const struct redactor *redactor;
    struct contract *contract;
    const struct class_table *classes; /* NULL: the shipped ones */
    const char *simulator;             /* base URL of the private one, as http://127.0.0.1:PORT */
    int64_t total_us, gap_us; /* patience with what never ends and with silence; 0: 20 s and 4 s */
    /*
     * Whether an answer (NULL: none came) ended as that scenario does: a simulator that died, or a
     * machine too slow for the limits, must not become the measure. The scenarios are not seen from
     * here.
     */
    bool (*ended_so)(const char *scene, const struct http_result *result);
    /*
     * A question is settled; `reference` NULL: it could not be classified, as when the private
     * simulator does not answer, or not to the end that the scene has.
     */
    void (*settled)(void *context, const struct reference_kind *kind,
                    const struct reference *reference);
    void *context;
};

/* All of `options` is borrowed and outlives the referee; free the transport first. */
struct referee *referee_new(const struct referee_options *options);
void referee_free(struct referee *referee);

/*
 * Ask about a kind: `settled` follows, from the loop, at the latest when patience is at its end.
 * Answers false when it was asked already.
 */
bool referee_ask(struct referee *referee, const struct reference_kind *kind);

/* Nothing is being asked. */
bool referee_idle(const struct referee *referee);

#endif
