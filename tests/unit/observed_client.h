/*
 * A client that is observed, for tests: what it does becomes records, what our engine says of it is
 * made up.
 */
#ifndef TESTS_UNIT_OBSERVED_CLIENT_H
#define TESTS_UNIT_OBSERVED_CLIENT_H

#include "tests/unit/unit.h"

#include "probe/observation_record.h"

#include <stdbool.h>
#include <stdint.h>

enum { SECOND = 1000000, MS = 1000 };

struct world {
    struct retry_policy *policy;
    struct observation *observation;
    uint64_t id;
    int64_t at_us;
    const char *scenario;
};
extern struct world world;

int world_set_up(void **state);
int world_tear_down(void **state);

/* A record as it stands. */
void take(const char *line);

struct request {
    const char *scene; /* NULL: the scenario's own */
    const char *body;  /* NULL: always the same */
    const char *values;
    bool key, besides;
};

void wait_ms(int64_t ms);
void run(const char *scenario); /* a command begins */
void exits(int status);
void begun(struct request request);
void ended(const char *how, int status);
void asks(int status); /* one request and its whole answer */
/* As often as told, each so long after the answer before. */
void asks_again(int status, int times, int64_t gap_ms);

extern const struct reference complete;
struct reference error(const char *class, const char *action);
struct reference partial(enum verdict_kind verdict, const char *class, const char *action);
struct reference hinted(int64_t wait_ms_asked);
/* Our engine says this of everything it is asked about. */
void engine_says(struct reference reference);

/* The newest session, and what is said of it. */
const struct observed_session *session(void);
bool found(enum observed_rule rule);
void assert_handled(enum tristate wanted);

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

#endif
