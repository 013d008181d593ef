/* ui/pane_ledger: what it shows at every size, and what its keys do to the document. */
#include "tests/unit/ledger_stage.h"

#include "base/file.h"
#include "base/memory.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char small[] = "# T\n\n| Field | Value |\n|--|--|\n| a | *pending* |\n| b | x |\n";

static void without_a_ledger_it_says_how_to_begin(void **state)
{
    struct stage *stage = *state;

    stage_assert_shown(stage, 10, 60, ":ledger new incident");
    stage_ask(stage, REQUEST_ATTACH, NULL);
    assert_non_null(strstr(stage->application.message, "No ledger is open"));
    assert_int_equal(stage_ask(stage, REQUEST_UP, NULL), EFFECT_UNHANDLED);
}

static void tables_are_drawn_aligned(void **state)
{
    struct stage *stage = *state;

    stage_open_text(stage, small);
    stage_assert_shown(stage, 12, 60,
                       " # T\n\n │ Field │ Value     │\n │───────│───────────│\n"
                       "▸│ a     │ *pending* │\n │ b     │ x         │\n");
    stage_assert_facts(stage, "a.md, 1 pending");
}

static void what_is_cut_stands_whole_below(void **state)
{
    struct stage *stage = *state;

    stage_open_text(stage, "|Name|Long|\n|-|-|\n|one|two three four five six seven<br>eight|\n");
    stage_ask(stage, REQUEST_BOTTOM, NULL);
    stage_ask(stage, REQUEST_RIGHT, NULL);
    stage_assert_shown(stage, 12, 30, "│ two three four f… │");
    stage_assert_shown(stage, 12, 30, "Long, column 2/2, row 1/1: o");
    stage_assert_shown(stage, 12, 30, " two three four five six\n seven                       ↓\n");
    stage_assert_shown(stage, 20, 30, " seven\n eight\n");
}

/* In a wide row one cell was changed: that is what the difference shows, h and l move it. */
static void the_difference_shows_what_changed(void **state)
{
    static const char long_row[] = "|one two three four five six seven eight nine ten|x|\n";
    struct stage *stage = *state;
    char *text = xasprintf("|A|B|\n|-|-|\n%s", long_row);

    stage_open_text(stage, text);
    stage_ask(stage, REQUEST_BOTTOM, NULL);
    stage_ask(stage, REQUEST_RIGHT, NULL);
    stage_ask(stage, REQUEST_EDIT, NULL);
    stage_answer(stage, "mine");
    stage_put(stage->file,
              "|A|B|\n|-|-|\n|one two three four five six seven eight nine ten|his|\n");
    stage_ask(stage, REQUEST_WRITE, NULL);
    stage_answer(stage, "d");
    stage_assert_shown(stage, 12, 40, "|his|");
    stage_assert_shown(stage, 12, 40, "|mine|");
    for (int i = 0; i < 5; i++)
        stage_ask(stage, REQUEST_LEFT, NULL);
    stage_assert_shown(stage, 12, 40, " - |one two");
    stage_ask(stage, REQUEST_BACK, NULL);
    stage_answer(stage, "o");
    free(text);
}

/* `:ledger open` of some other file: it is read, and said that it is no ledger. */
static void a_file_without_a_table_is_told_of(void **state)
{
    struct stage *stage = *state;

    stage_open_text(stage, "{\"json\": 1}\n");
    assert_non_null(strstr(stage->application.message, "holds no table"));
    stage_open_text(stage, "|A|\n|-|\n|x|\n");
    stage_ask(stage, REQUEST_DOWN, NULL);
}

static void a_wide_table_moves_with_the_cursor(void **state)
{
    struct stage *stage = *state;

    assert_true(stage_ask(stage, REQUEST_LEDGER_NEW, "incident") & EFFECT_FOCUS);
    stage->application.can_cite = true;
    stage_ask(stage, REQUEST_ATTACH, NULL);
    stage_assert_shown(stage, 20, 40, "│ `ev-");
    for (int i = 0; i < 8; i++)
        stage_ask(stage, REQUEST_RIGHT, NULL);
    stage_assert_shown(stage, 20, 40, "Notes");
    stage_assert_shown(stage, 20, 40, "column 9/9");
    stage_assert_shown(stage, 20, 40, "│ `ev-2026112… <"); /* what names the row stays */
    stage_assert_shown(stage, 20, 25, "\n <");
}

static void rows_are_added_and_removed_and_come_back(void **state)
{
    struct stage *stage = *state;

    stage_open_text(stage, "|A|B|\n|-|-|\n|x|y|\n\nend\n");
    stage_ask(stage, REQUEST_DOWN, NULL);
    stage_ask(stage, REQUEST_DOWN, NULL);
    stage_ask(stage, REQUEST_ROW_ADD, NULL);
    stage_assert_shown(stage, 12, 40, "│ x │ y │\n▸│   │   │");
    stage_ask(stage, REQUEST_EDIT, NULL);
    stage_answer(stage, "z");
    stage_ask(stage, REQUEST_WRITE, NULL);
    stage_assert_file(stage->file, "|A|B|\n|-|-|\n|x|y|\n| z | |\n\nend\n");
    stage_ask(stage, REQUEST_ROW_REMOVE, NULL);
    assert_non_null(strstr(stage->application.label, "Remove the row"));
    stage_answer(stage, "no");
    stage_assert_shown(stage, 12, 40, "│ z");
    stage_ask(stage, REQUEST_ROW_REMOVE, NULL);
    stage_answer(stage, "yes");
    stage_ask(stage, REQUEST_WRITE, NULL);
    stage_assert_file(stage->file, "|A|B|\n|-|-|\n|x|y|\n\nend\n");
    stage_ask(stage, REQUEST_UNDO, NULL);
    stage_assert_shown(stage, 12, 40, "│ z");
    stage_ask(stage, REQUEST_TOP, NULL);
    stage_ask(stage, REQUEST_ROW_REMOVE, NULL);
    assert_non_null(strstr(stage->application.message, "below its header"));
    stage_ask(stage, REQUEST_BOTTOM, NULL);
    stage_ask(stage, REQUEST_ROW_ADD, NULL);
    assert_non_null(strstr(stage->application.message, "added in a table"));
}

static void the_last_row_of_a_file_without_a_line_end_goes_too(void **state)
{
    struct stage *stage = *state;

    stage_open_text(stage, "|A|\r\n|-|\r\n|x|\r\n||");
    stage_ask(stage, REQUEST_BOTTOM, NULL);
    stage_ask(stage, REQUEST_ROW_REMOVE, NULL); /* it says nothing: unasked */
    stage_ask(stage, REQUEST_WRITE, NULL);
    stage_assert_file(stage->file, "|A|\r\n|-|\r\n|x|");
}

static void a_long_cell_has_a_page_of_its_own(void **state)
{
    struct stage *stage = *state;

    stage_open_text(stage, "|Name|Long|\n|-|-|\n|one|1<br>2<br>3<br>4<br>5<br>6<br>7<br>8<br>9|\n");
    stage_ask(stage, REQUEST_BOTTOM, NULL);
    stage_ask(stage, REQUEST_RIGHT, NULL);
    stage_ask(stage, REQUEST_CELL, NULL);
    stage_assert_shown(stage, 6, 40, " Long\n 1\n 2\n 3\n 4\n 5\n");
    stage_ask(stage, REQUEST_BOTTOM, NULL);
    stage_assert_shown(stage, 6, 40, " 8\n 9\n");
    stage_ask(stage, REQUEST_BACK, NULL);
    stage_assert_shown(stage, 12, 40, "│ one");
}

static void any_size_can_be_drawn(void **state)
{
    struct stage *stage = *state;

    stage_ask(stage, REQUEST_LEDGER_NEW, "incident");
    stage_ask(stage, REQUEST_NEXT_GAP, NULL);
    for (int rows = 1; rows < 30; rows += 3)
        for (int columns = 1; columns < 150; columns += 7)
            free(stage_shown(stage, rows, columns));
}

static void editing_starts_from_what_is_there(void **state)
{
    struct stage *stage = *state;

    stage_open_text(stage, "|A|\n|-|\n| x\\|y |\n");
    stage_ask(stage, REQUEST_BOTTOM, NULL);
    stage_ask(stage, REQUEST_ACTIVATE, NULL);
    assert_string_equal(stage->application.label, "A: ");
    assert_string_equal(stage->application.initial, "x|y");
    stage_answer(stage, "p|q");
    stage_assert_facts(stage, "a.md, unsaved, 0 pending");
    assert_string_equal(pane_ledger.unsaved(stage->pane), "ledger a.md");
    stage_ask(stage, REQUEST_WRITE, NULL);
    stage_assert_file(stage->file, "|A|\n|-|\n| p\\|q |\n");
    assert_null(pane_ledger.unsaved(stage->pane));
    stage_ask(stage, REQUEST_UNDO, NULL);
    stage_ask(stage, REQUEST_WRITE, NULL);
    stage_assert_file(stage->file, "|A|\n|-|\n| x\\|y |\n");
    stage_ask(stage, REQUEST_REDO, NULL);
    stage_assert_shown(stage, 8, 40, "p|q");
}

static void giving_up_an_edit_changes_nothing(void **state)
{
    struct stage *stage = *state;

    stage_open_text(stage, small);
    stage_ask(stage, REQUEST_BOTTOM, NULL);
    stage_ask(stage, REQUEST_EDIT, NULL);
    stage_answer(stage, NULL);
    stage_assert_facts(stage, "a.md, 1 pending");
    stage_ask(stage, REQUEST_TOP, NULL);
    stage_ask(stage, REQUEST_EDIT, NULL);
    assert_non_null(strstr(stage->application.message, "Only the cells of tables"));
}

/* E24: the mark makes room for what is typed, and stays when nothing is. */
static void a_pending_cell_is_typed_over(void **state)
{
    struct stage *stage = *state;

    stage_open_text(stage, small);
    stage_ask(stage, REQUEST_RIGHT, NULL);
    stage_ask(stage, REQUEST_EDIT, NULL);
    assert_null(stage->application.initial);
    stage_answer(stage, "");
    stage_assert_facts(stage, "a.md, 1 pending");
    stage_ask(stage, REQUEST_EDIT, NULL);
    stage_answer(stage, "known");
    stage_assert_facts(stage, "a.md, unsaved, 0 pending");
}

/* E24: the open cells are what a reviewer walks through. */
static void gaps_are_walked_in_both_directions_and_around(void **state)
{
    struct stage *stage = *state;

    stage_open_text(stage, "|A|B|\n|-|-|\n|*pending*|x|\n|x||\n");
    stage_assert_shown(stage, 12, 40, "▸│ *pending* │ x");
    stage_ask(stage, REQUEST_NEXT_GAP, NULL);
    stage_assert_shown(stage, 12, 40, "column 2/2, row 2/2");
    stage_ask(stage, REQUEST_NEXT_GAP, NULL);
    stage_assert_shown(stage, 12, 40, "column 1/2, row 1/2");
    stage_ask(stage, REQUEST_PREVIOUS_GAP, NULL);
    stage_assert_shown(stage, 12, 40, "column 2/2, row 2/2");
}

static void attach_cites_once(void **state)
{
    struct stage *stage = *state;

    stage_ask(stage, REQUEST_LEDGER_NEW, "incident");
    stage_ask(stage, REQUEST_ATTACH, NULL);
    assert_string_equal(stage->application.message, "nothing was sent yet");
    stage->application.can_cite = true;
    stage_ask(stage, REQUEST_ATTACH, NULL);
    assert_non_null(strstr(stage->application.message, "ev-20261121-0001 is cited"));
    stage_assert_shown(stage, 20, 200, "`INCOMPLETE` `truncated`, *simulated*");
    stage_ask(stage, REQUEST_ATTACH, NULL);
    assert_non_null(strstr(stage->application.message, "cited here already"));
}

static void where_there_is_room_the_id_of_a_row_is_shown_whole(void **state)
{
    struct stage *stage = *state;

    stage_open_text(stage,
                    "| Evidence | Time | Verdict | Reasons | SHA-256 |\n|--|--|--|--|--|\n"
                    "| ev-20261121T111723.456Z-0a1b | 2026-11-21T11:17:23.456Z | INCOMPLETE | "
                    "ended-early, finish-missing, marker-missing, and more of them | "
                    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff |\n");
    stage_assert_shown(stage, 8, 110,
                       "│ ev-20261121T111723.456Z-0a1b │ 2026-11… │ INCOMPLETE │ ended");
    stage_assert_shown(stage, 8, 110, "│ 0011223… │");
}

static void a_conflict_offers_another_name(void **state)
{
    struct stage *stage = *state;

    stage_open_text(stage, small);
    stage_ask(stage, REQUEST_BOTTOM, NULL);
    stage_ask(stage, REQUEST_EDIT, NULL);
    stage_answer(stage, "mine");
    stage_put(stage->file, "theirs\n");
    stage_ask(stage, REQUEST_WRITE, NULL);
    assert_non_null(strstr(stage->application.label, "a.md changed on disk"));
    stage_answer(stage, NULL);
    assert_non_null(strstr(stage->application.message, ":write OTHER"));
    stage_assert_file(stage->file, "theirs\n");
    stage_ask(stage, REQUEST_WRITE, stage->other);
    stage_assert_facts(stage, "b.md, 1 pending");
    stage_assert_file(stage->file, "theirs\n");
}

static void a_file_that_is_gone_is_told_and_written_anew_where_it_is_named(void **state)
{
    struct stage *stage = *state;

    stage_open_text(stage, small);
    unlink(stage->file);
    stage_ask(stage, REQUEST_WRITE, NULL);
    assert_non_null(strstr(stage->application.message, "a.md is gone"));
    assert_non_null(strstr(stage->application.message, "a.md writes it anew"));
    assert_false(file_exists(stage->file));
    stage_ask(stage, REQUEST_WRITE, stage->file);
    stage_assert_file(stage->file, small);
}

/* Only what a workspace keeps by itself is made: another folder may be mistyped. */
static void a_folder_that_is_missing_is_made_only_when_it_is_one_of_the_workspace(void **state)
{
    struct stage *stage = *state;
    char *wrong = xasprintf("%s/leggers/a.md", stage->folder);
    char *folder = xasprintf("%s/ledgers", stage->folder);
    char *right = xasprintf("%s/a.md", folder);

    stage_open_text(stage, small);
    stage->application.workspace.folder = stage->folder;
    stage_ask(stage, REQUEST_WRITE, wrong);
    assert_non_null(strstr(stage->application.message, "leggers does not exist"));
    stage_ask(stage, REQUEST_WRITE, right);
    stage_assert_file(right, small);
    stage_put(right, "| a |\n|---|\n| the one in ledgers |\n");
    stage_ask(stage, REQUEST_LEDGER_OPEN, "a.md"); /* its name is enough */
    stage_assert_shown(stage, 20, 60, "the one in ledgers");
    stage_assert_facts(stage, "a.md, 0 pending");
    unlink(right);
    rmdir(folder);
    free(right);
    free(folder);
    free(wrong);
}

static void unsaved_changes_go_only_when_that_was_said(void **state)
{
    struct stage *stage = *state;

    stage_open_text(stage, small);
    stage_ask(stage, REQUEST_BOTTOM, NULL);
    stage_ask(stage, REQUEST_EDIT, NULL);
    stage_answer(stage, "mine");
    stage_ask(stage, REQUEST_LEDGER_OPEN, stage->file);
    assert_non_null(strstr(stage->application.label, "a.md is not written"));
    stage_answer(stage, "no");
    stage_assert_facts(stage, "a.md, unsaved, 1 pending");
    stage_ask(stage, REQUEST_LEDGER_OPEN, stage->file);
    stage_answer(stage, "yes");
    stage_assert_facts(stage, "a.md, 1 pending");
}

static void a_ledger_without_a_workspace_asks_where_to_go(void **state)
{
    struct stage *stage = *state;

    stage_ask(stage, REQUEST_LEDGER_NEW, "incident");
    stage_ask(stage, REQUEST_WRITE, NULL);
    assert_string_equal(stage->application.label, "Write ledger to: ");
    stage_answer(stage, NULL);
    assert_non_null(pane_ledger.unsaved(stage->pane));
    stage_ask(stage, REQUEST_WRITE, NULL);
    stage_answer(stage, stage->file);
    assert_null(pane_ledger.unsaved(stage->pane));
    assert_true(file_exists(stage->file));
}

/* A script opens another ledger while a cell is asked for: the answer is not put into that one. */
static void an_open_question_does_not_outlive_its_ledger(void **state)
{
    struct stage *stage = *state;

    stage_open_text(stage, "|A|\n|-|\n|x|\n");
    stage_ask(stage, REQUEST_BOTTOM, NULL);
    stage_ask(stage, REQUEST_EDIT, NULL);
    stage_open_text(stage, "|B|\n|-|\n|kept|\n");
    stage_answer(stage, "of the other");
    assert_null(pane_ledger.unsaved(stage->pane));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(without_a_ledger_it_says_how_to_begin),
        STAGED(tables_are_drawn_aligned),
        STAGED(what_is_cut_stands_whole_below),
        STAGED(the_difference_shows_what_changed),
        STAGED(a_file_without_a_table_is_told_of),
        STAGED(a_wide_table_moves_with_the_cursor),
        STAGED(rows_are_added_and_removed_and_come_back),
        STAGED(the_last_row_of_a_file_without_a_line_end_goes_too),
        STAGED(a_long_cell_has_a_page_of_its_own),
        STAGED(any_size_can_be_drawn),
        STAGED(editing_starts_from_what_is_there),
        STAGED(giving_up_an_edit_changes_nothing),
        STAGED(a_pending_cell_is_typed_over),
        STAGED(gaps_are_walked_in_both_directions_and_around),
        STAGED(attach_cites_once),
        STAGED(where_there_is_room_the_id_of_a_row_is_shown_whole),
        STAGED(a_conflict_offers_another_name),
        STAGED(a_file_that_is_gone_is_told_and_written_anew_where_it_is_named),
        STAGED(a_folder_that_is_missing_is_made_only_when_it_is_one_of_the_workspace),
        STAGED(unsaved_changes_go_only_when_that_was_said),
        STAGED(a_ledger_without_a_workspace_asks_where_to_go),
        STAGED(an_open_question_does_not_outlive_its_ledger),
    };

    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
