/* ledger/template: what a review starts from, and how evidence is cited in it. */
#include "tests/unit/unit.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "ledger/template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct document *incident(void)
{
    struct error error = {0};
    struct document *document = template_new("incident", "l.md", "2026-11-21", &error);

    assert_non_null(document);
    return document;
}

static const struct citation cut = {
    .id = "ev-20261121-0001",
    .digest = "0123456789abcdef",
    .time = "2026-11-21T11:17:23.456Z",
    .operation = "chat",
    .model = "sim/cut-mid-stream",
    .verdict = "truncated",
    .headline = "INCOMPLETE",
    .reasons = "no-marker, no-finish",
    .capture = "captures/ev-20261121-0001.jsonl",
    .simulated = true,
};

static void assert_has(const struct document *document, const char *text)
{
    size_t len;

    assert_non_null(strstr(document_text(document, &len), text));
}

static void every_template_parses(void **state)
{
    (void)state;
    assert_true(template_count() > 0);
    for (size_t i = 0; i < template_count(); i++) {
        struct document *document = template_new(template_name(i), "x.md", "2026-11-21", NULL);

        assert_non_null(document);
        assert_true(document_is_changed(document)); /* no file holds it yet */
        document_free(document);
    }
}

static void an_unknown_template_is_refused_by_name(void **state)
{
    struct error error = {0};

    (void)state;
    assert_null(template_new("incidents", "l.md", "2026-11-21", &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    assert_non_null(strstr(error.text, "incident"));
}

/* E10–E14 triggers, E23 record, E15–E21 areas, E25 checks, E29–E35 cases, E47–E53 closing items. */
static void the_incident_template_holds_the_tables_of_a_review(void **state)
{
    static const struct {
        const char *heading;
        size_t columns, rows;
    } expected[] = {
        {"Why we review", 3, 5},  {"Review record", 2, 9},
        {"Contract areas", 6, 7}, {"Documentation against configuration", 4, 8},
        {"Negative cases", 5, 7}, {"Retry and fallback", 5, 5},
        {"Closing items", 4, 7},  {"Decision", 2, 5},
        {"Runbook", 2, 6},        {"Evidence", 9, 0},
        {"Sources", 5, 3},
    };
    struct document *document = incident();

    (void)state;
    assert_int_equal(document_table_count(document), sizeof(expected) / sizeof(*expected));
    for (size_t i = 0; i < document_table_count(document); i++) {
        struct document_table table;

        document_table(document, i, &table);
        assert_string_equal(table.heading, expected[i].heading);
        assert_int_equal(table.columns, expected[i].columns);
        assert_int_equal(table.rows, expected[i].rows);
    }
    document_free(document);
}

static void the_incident_template_cites_its_requirements(void **state)
{
    static const struct {
        int first, last;
    } ranges[] = {{10, 21}, {23, 26}, {29, 54}, {60, 67}};
    struct document *document = incident();
    char mark[16];

    (void)state;
    for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++) {
        for (int id = ranges[i].first; id <= ranges[i].last; id++) {
            snprintf(mark, sizeof(mark), "E%d)", id);
            assert_has(document, mark);
        }
    }
    assert_has(document, "| Review started | 2026-11-21 |");
    document_free(document);
}

/* E24: what is missing is pending. Only the start is known, and fixed texts. */
static void what_is_not_known_yet_is_pending(void **state)
{
    struct document *document = incident();
    struct document_table table;

    (void)state;
    for (size_t i = 0; i < document_table_count(document); i++) {
        document_table(document, i, &table);
        if (strcmp(table.heading, "Contract areas") == 0)
            for (size_t row = 1; row <= table.rows; row++) {
                assert_false(ledger_is_pending(document, i, row, 1));
                assert_true(ledger_is_pending(document, i, row, 2));
                assert_true(ledger_is_pending(document, i, row, 3));
                assert_true(ledger_is_pending(document, i, row, 5));
            }
    }
    assert_false(ledger_is_pending(document, 0, 1, 2)); /* Notes may stay empty */
    assert_true(document_set_cell(document, 0, 1, 1, "", NULL));
    assert_true(ledger_is_pending(document, 0, 1, 1));
    assert_true(document_set_cell(document, 0, 1, 1, "yes", NULL));
    assert_false(ledger_is_pending(document, 0, 1, 1));
    document_free(document);
}

static void attach_cites_by_id_and_digest_and_marks_the_simulator(void **state)
{
    struct document *document = incident();
    struct error error = {0};

    (void)state;
    assert_true(ledger_attach(document, &cut, &error));
    assert_has(document, "|\n| `ev-20261121-0001` | `2026-11-21T11:17:23.456Z` | `chat` | "
                         "`sim/cut-mid-stream` | `INCOMPLETE` `truncated`, *simulated* | "
                         "`no-marker, no-finish` | `0123456789abcdef` | "
                         "`captures/ev-20261121-0001.jsonl` | |\n");
    assert_false(ledger_attach(document, &cut, &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    assert_non_null(strstr(error.text, "cited here already"));
    assert_true(document_undo(document));
    assert_true(ledger_attach(document, &cut, &error));
    document_free(document);
}

static void an_id_that_begins_alike_is_another_one(void **state)
{
    struct document *document = incident();
    struct citation other = cut;

    (void)state;
    other.id = "ev-20261121-00012";
    assert_true(ledger_attach(document, &other, NULL));
    assert_true(ledger_attach(document, &cut, NULL));
    document_free(document);
}

/* E24 */
static void unknown_facts_are_cited_as_pending(void **state)
{
    struct document *document = incident();
    const struct citation bare = {.id = "ev-1"};

    (void)state;
    assert_true(ledger_attach(document, &bare, NULL));
    assert_has(document, "| `ev-1` | *pending* | *pending* | – | *pending* | – | *pending* | "
                         "*pending* | |\n");
    document_free(document);
}

/* design.md "Text from the network" */
static void hostile_citations_stay_in_their_row(void **state)
{
    struct document *document = incident();
    struct document_table before, after;
    struct citation hostile = cut;
    long table = ledger_evidence_table(document);
    char *cell;

    (void)state;
    hostile.model = "x` | COMPLETE |\n# <b>\n|-|\x1b[31m \\| [a](http://b)";
    hostile.simulated = false;
    document_table(document, (size_t)table, &before);
    assert_true(ledger_attach(document, &hostile, NULL));
    document_table(document, (size_t)table, &after);
    assert_int_equal(after.rows, before.rows + 1);
    assert_int_equal(after.columns, before.columns);
    cell = document_cell(document, (size_t)table, after.rows, 4);
    assert_string_equal(cell, "`INCOMPLETE` `truncated`");
    free(cell);
    document_free(document);
}

static void columns_are_found_by_name_and_others_stay_the_readers(void **state)
{
    const char text[] = "|a|\n|-|\n\n> | Mine | SHA-256 | Evidence |\n> |---|---|---|\n";
    struct document *document = document_parse("l.md", text, sizeof(text) - 1, NULL);

    (void)state;
    assert_true(ledger_attach(document, &cut, NULL));
    assert_has(document, "|---|\n> | | `0123456789abcdef` | `ev-20261121-0001` |\n");
    document_free(document);
}

static void a_ledger_without_an_evidence_table_says_what_to_add(void **state)
{
    struct document *document = document_parse("l.md", "# x\n", 4, NULL);
    struct error error = {0};

    (void)state;
    assert_false(ledger_attach(document, &cut, &error));
    assert_non_null(strstr(error.text, "l.md has no evidence table"));
    document_free(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_template_parses),
        cmocka_unit_test(an_unknown_template_is_refused_by_name),
        cmocka_unit_test(the_incident_template_holds_the_tables_of_a_review),
        cmocka_unit_test(the_incident_template_cites_its_requirements),
        cmocka_unit_test(what_is_not_known_yet_is_pending),
        cmocka_unit_test(attach_cites_by_id_and_digest_and_marks_the_simulator),
        cmocka_unit_test(an_id_that_begins_alike_is_another_one),
        cmocka_unit_test(unknown_facts_are_cited_as_pending),
        cmocka_unit_test(hostile_citations_stay_in_their_row),
        cmocka_unit_test(columns_are_found_by_name_and_others_stay_the_readers),
        cmocka_unit_test(a_ledger_without_an_evidence_table_says_what_to_add),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
