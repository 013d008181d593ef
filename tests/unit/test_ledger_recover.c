/* What the Ledger pane keeps for a crash, and what comes back of it. */
#include "tests/unit/ledger_stage.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "ui/pane_ledger.h"
#include "ui/recovery.h"

#include <glob.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static size_t journals(const struct stage *stage)
{
    char *pattern = xasprintf("%s/unsaved-*", stage->folder);
    size_t count = 0;
    glob_t found;

    if (glob(pattern, 0, NULL, &found) == 0) {
        count = found.gl_pathc;
        globfree(&found);
    }
    free(pattern);
    return count;
}

static size_t found(struct stage *stage, struct recovery_list *list)
{
    recovery_find(&stage->application, list);
    return list->count;
}

static void edit_last(struct stage *stage, const char *text)
{
    stage_ask(stage, REQUEST_BOTTOM, NULL);
    stage_ask(stage, REQUEST_EDIT, NULL);
    stage_answer(stage, text);
}

/* What a console that is killed leaves behind: its locks go, its files stay. */
static void die_and_start_again(struct stage *stage)
{
    struct bytes said;

    bytes_init(&said, 4096);
    pane_ledger.rescue(stage->pane, &said);
    bytes_release(&said);
    pane_ledger.destroy(stage->pane);
    stage->pane = pane_ledger.create(&stage->application);
}

static void every_edit_is_kept_until_it_is_written(void **state)
{
    struct stage *stage = *state;
    struct recovery_list list;

    stage->application.workspace.local = stage->folder;
    stage_open_text(stage, "|A|\n|-|\n|x|\n");
    assert_true(pane_ledger.keep(stage->pane, 0) == INT64_MAX);
    assert_int_equal(journals(stage), 0);
    edit_last(stage, "y");
    pane_ledger.keep(stage->pane, 0);
    assert_int_equal(journals(stage), 1);
    assert_int_equal(found(stage, &list), 0); /* its console runs */
    recovery_list_release(&list);
    stage_ask(stage, REQUEST_WRITE, NULL);
    pane_ledger.keep(stage->pane, 0);
    assert_int_equal(journals(stage), 0);
    edit_last(stage, "z");
    pane_ledger.keep(stage->pane, 0);
    stage_ask(stage, REQUEST_UNDO, NULL);
    pane_ledger.keep(stage->pane, INT64_MAX - 1);
    assert_int_equal(journals(stage), 0);
}

static void leaving_on_purpose_keeps_nothing(void **state)
{
    struct stage *stage = *state;

    stage->application.workspace.local = stage->folder;
    stage_open_text(stage, "|A|\n|-|\n|x|\n");
    edit_last(stage, "y");
    pane_ledger.keep(stage->pane, 0);
    pane_ledger.destroy(stage->pane);
    assert_int_equal(journals(stage), 0);
    stage->pane = pane_ledger.create(&stage->application);
}

static void what_is_recovered_is_unsaved_and_an_undo_away_from_the_file(void **state)
{
    struct stage *stage = *state;
    struct recovery_list list;

    stage->application.workspace.local = stage->folder;
    stage_open_text(stage, "|A|\n|-|\n|x|\n");
    edit_last(stage, "y");
    die_and_start_again(stage);
    assert_int_equal(found(stage, &list), 1);
    assert_string_equal(list.items[0].name, "a.md");
    assert_int_equal(recovery_state(&list.items[0]), RECOVERY_SAME);
    assert_true(pane_ledger_recover(stage->pane, &list.items[0], NULL));
    recovery_list_release(&list);
    assert_non_null(strstr(stage->application.message, "Recovered a.md, not written"));
    stage_assert_facts(stage, "a.md, unsaved, 0 pending");
    stage_assert_shown(stage, 12, 40, "│ y");
    stage_assert_file(stage->file, "|A|\n|-|\n|x|\n");
    assert_int_equal(journals(stage), 1); /* a second crash loses nothing either */
    stage_ask(stage, REQUEST_UNDO, NULL);
    stage_assert_shown(stage, 12, 40, "│ x");
    stage_assert_facts(stage, "a.md, 0 pending");
    stage_ask(stage, REQUEST_REDO, NULL);
    stage_ask(stage, REQUEST_WRITE, NULL);
    stage_assert_file(stage->file, "|A|\n|-|\n|y|\n");
    pane_ledger.keep(stage->pane, 0);
}

/* The file was changed since: neither version goes before the user has seen both. */
static void a_recovered_ledger_overwrites_nobody(void **state)
{
    struct stage *stage = *state;
    struct recovery_list list;

    stage->application.workspace.local = stage->folder;
    stage_open_text(stage, "|A|\n|-|\n|x|\n");
    edit_last(stage, "mine");
    die_and_start_again(stage);
    stage_put(stage->file, "|A|\n|-|\n|theirs|\n");
    assert_int_equal(found(stage, &list), 1);
    assert_int_equal(recovery_state(&list.items[0]), RECOVERY_CHANGED);
    assert_true(pane_ledger_recover(stage->pane, &list.items[0], NULL));
    recovery_list_release(&list);
    assert_non_null(strstr(stage->application.message, "was changed since by someone else"));
    stage_ask(stage, REQUEST_WRITE, NULL);
    assert_string_equal(stage->application.label,
                        "a.md changed on disk: d difference, o overwrite it, t take it: ");
    stage_assert_file(stage->file, "|A|\n|-|\n|theirs|\n");
    stage_answer(stage, "d");
    stage_assert_shown(stage, 12, 40, " - |theirs|");
    stage_assert_shown(stage, 12, 40, " + |mine|");
    stage_ask(stage, REQUEST_BACK, NULL);
    stage_answer(stage, "t");
    stage_assert_shown(stage, 12, 40, "│ theirs");
    assert_null(pane_ledger.unsaved(stage->pane));
    stage_ask(stage, REQUEST_UNDO, NULL);
    stage_assert_shown(stage, 12, 40, "│ mine");
    assert_non_null(pane_ledger.unsaved(stage->pane));
    stage_ask(stage, REQUEST_WRITE, NULL); /* theirs was seen: it may be replaced now */
    stage_assert_file(stage->file, "|A|\n|-|\n|mine|\n");
    pane_ledger.keep(stage->pane, 0);
}

static void a_ledger_whose_file_is_gone_is_recovered_all_the_same(void **state)
{
    struct stage *stage = *state;
    struct recovery_list list;

    stage->application.workspace.local = stage->folder;
    stage_open_text(stage, "|A|\n|-|\n|x|\n");
    edit_last(stage, "y");
    die_and_start_again(stage);
    unlink(stage->file);
    assert_int_equal(found(stage, &list), 1);
    assert_int_equal(recovery_state(&list.items[0]), RECOVERY_GONE);
    assert_true(pane_ledger_recover(stage->pane, &list.items[0], NULL));
    recovery_list_release(&list);
    stage_ask(stage, REQUEST_WRITE, stage->file);
    stage_assert_file(stage->file, "|A|\n|-|\n|y|\n");
    pane_ledger.keep(stage->pane, 0);
}

static void an_unsaved_ledger_is_not_replaced_by_a_recovered_one(void **state)
{
    struct stage *stage = *state;
    struct recovery_list list;
    struct error error;

    stage->application.workspace.local = stage->folder;
    stage_open_text(stage, "|A|\n|-|\n|x|\n");
    edit_last(stage, "y");
    die_and_start_again(stage);
    stage_open_text(stage, "|A|\n|-|\n|x|\n");
    edit_last(stage, "z");
    assert_int_equal(found(stage, &list), 1);
    assert_false(pane_ledger_recover(stage->pane, &list.items[0], &error));
    assert_non_null(strstr(error.text, "w writes it, then :recover"));
    assert_true(recovery_discard(&list.items[0], NULL));
    recovery_list_release(&list);
    stage_ask(stage, REQUEST_UNDO, NULL);
}

/* It is kept where that can be done; that it cannot be is said once. */
static void what_cannot_be_kept_is_said(void **state)
{
    struct stage *stage = *state;
    struct bytes said;

    bytes_init(&said, 4096);
    stage->application.workspace.local = (char[]){"/dev/null/x"};
    setenv("XDG_STATE_HOME", "/dev/null", 1);
    setenv("TMPDIR", "/dev/null", 1);
    stage_open_text(stage, "|A|\n|-|\n|x|\n");
    edit_last(stage, "y");
    stage->application.message[0] = '\0';
    pane_ledger.keep(stage->pane, 0);
    assert_non_null(strstr(stage->application.message, "A crash would lose the changes: "));
    stage->application.message[0] = '\0';
    edit_last(stage, "z");
    pane_ledger.keep(stage->pane, INT64_MAX - 1);
    assert_string_equal(stage->application.message, "");
    pane_ledger.rescue(stage->pane, &said);
    assert_non_null(strstr(bytes_text(&said), "ledger a.md was not saved: "));
    setenv("TMPDIR", stage->folder, 1);
    bytes_clear(&said);
    pane_ledger.rescue(stage->pane, &said);
    assert_non_null(strstr(bytes_text(&said), "the next start offers it again"));
    assert_int_equal(journals(stage), 1);
    stage_ask(stage, REQUEST_WRITE, NULL);
    pane_ledger.keep(stage->pane, INT64_MAX - 1);
    unsetenv("TMPDIR");
    bytes_release(&said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(every_edit_is_kept_until_it_is_written),
        STAGED(leaving_on_purpose_keeps_nothing),
        STAGED(what_is_recovered_is_unsaved_and_an_undo_away_from_the_file),
        STAGED(a_recovered_ledger_overwrites_nobody),
        STAGED(a_ledger_whose_file_is_gone_is_recovered_all_the_same),
        STAGED(an_unsaved_ledger_is_not_replaced_by_a_recovered_one),
        STAGED(what_cannot_be_kept_is_said),
    };

    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
