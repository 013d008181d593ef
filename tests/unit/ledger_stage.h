/* The Ledger pane in front of an application that only remembers what it was told. */
#ifndef TESTS_UNIT_LEDGER_STAGE_H
#define TESTS_UNIT_LEDGER_STAGE_H

#include "tests/unit/unit.h"

#include "contract/workspace.h"
#include "ui/application.h"
#include "ui/pane.h"

#include <stdbool.h>

struct application {
    struct workspace workspace;
    struct redactor *redactor;
    struct question question;
    char *label, *initial;
    char message[1024];
    bool can_cite;
};

struct stage {
    struct application application;
    struct pane *pane;
    char folder[64];
    char *file, *other;
};

int stage_set_up(void **state);
int stage_tear_down(void **state);
unsigned stage_ask(struct stage *stage, enum request request, const char *argument);
void stage_answer(struct stage *stage, const char *text);
char *stage_shown(struct stage *stage, int rows, int columns);
void stage_assert_shown(struct stage *stage, int rows, int columns, const char *text);
void stage_assert_facts(struct stage *stage, const char *expected);
void stage_put(const char *path, const char *text);
void stage_open_text(struct stage *stage, const char *text);
void stage_assert_file(const char *path, const char *expected);

#define STAGED(test) cmocka_unit_test_setup_teardown(test, stage_set_up, stage_tear_down)

#endif
