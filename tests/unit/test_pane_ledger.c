/* ui/pane_ledger: what it shows at every size, and what its keys do to the document. */
#include "tests/unit/unit.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "contract/workspace.h"
#include "ledger/template.h"
#include "ui/application.h"
#include "ui/draw.h"
#include "ui/pane.h"
#include "ui/recovery.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- an application that only remembers ---- */

struct application {
    struct workspace workspace;
    struct question question;
    char *label, *initial;
    char message[1024];
    bool can_cite;
};

const struct clock *application_clock(const struct application *application)
{
    (void)application;
    return &clock_system;
}

const struct workspace *application_workspace(const struct application *application)
{
    return &application->workspace;
}

bool application_is_temporary(const struct application *application)
{
    (void)application;
    return false;
}

bool application_finds_key(const struct application *application, const char *text, size_t len,
                           size_t *line)
{
    (void)application;
    (void)text;
    (void)len;
    (void)line;
    return false;
}

const struct redactor *application_redactor(const struct application *application)
{
    (void)application;
    return NULL;
}

void application_changed(struct application *application, unsigned topics)
{
    (void)application;
    assert_int_equal(topics, TOPIC_LEDGER);
}

void application_say(struct application *application, enum message_kind kind, const char *format,
                     ...)
{
    va_list args;

    (void)kind;
    va_start(args, format);
    vsnprintf(application->message, sizeof(application->message), format, args);
    va_end(args);
}

void application_fail(struct application *application, const struct error *error)
{
    application_say(application, MESSAGE_FAILED, "%s", error->text);
}

void application_ask(struct application *application, const struct question *question)
{
    free(application->label);
    free(application->initial);
    application->question = *question;
    application->label = xstrdup(question->label);
    application->initial = xstrdup(question->initial);
}

bool application_cite(struct application *application, struct citation *citation,
                      struct error *error)
{
    if (!application->can_cite)
        return error_set(error, ERROR_CHECK, "nothing was sent yet");
    *citation = (struct citation){.id = "ev-20261121-0001",
                                  .time = "2026-11-21T11:17:23.456Z",
                                  .operation = "chat",
                                  .model = "sim/cut-mid-stream",
                                  .verdict = "truncated",
                                  .headline = "INCOMPLETE",
                                  .digest = "0123",
                                  .capture = "captures/ev.jsonl",
                                  .simulated = true};
    return true;
}

/* ---- the pane in front of it ---- */

struct stage {
    struct application application;
    struct pane *pane;
    char folder[64];
    char *file, *other;
};

static int set_up(void **state)
{
    struct stage *stage = xcalloc(1, sizeof(*stage));

    strcpy(stage->folder, "/tmp/cometdeck-pane-XXXXXX");
    assert_non_null(mkdtemp(stage->folder));
    setenv("XDG_STATE_HOME", stage->folder, 1); /* what a console kept there is not ours */
    stage->file = file_join(stage->folder, "a.md");
    stage->other = file_join(stage->folder, "b.md");
    stage->pane = pane_ledger.create(&stage->application);
    *state = stage;
    return 0;
}

static int tear_down(void **state)
{
    struct stage *stage = *state;

    pane_ledger.destroy(stage->pane);
    unlink(stage->file);
    unlink(stage->other);
    assert_int_equal(rmdir(stage->folder), 0);
    unsetenv("XDG_STATE_HOME");
    free(stage->file);
    free(stage->other);
    free(stage->application.label);
    free(stage->application.initial);
    free(stage);
    return 0;
}

static unsigned ask(struct stage *stage, enum request request, const char *argument)
{
    const struct request_call call = {.request = request, .argument = argument};

    return pane_ledger.request(stage->pane, &call);
}

static void answer(struct stage *stage, const char *text)
{
    stage->application.question.answered(stage->application.question.context, text);
}

/* The pane as text; the caller frees. */
static char *shown(struct stage *stage, int rows, int columns)
{
    struct canvas *canvas = canvas_new(rows, columns, false);
    const struct surface surface = {
        .canvas = canvas, .rows = rows, .columns = columns, .focused = true};
    struct bytes out;

    bytes_init(&out, 1 << 20);
    pane_ledger.draw(stage->pane, &surface);
    canvas_dump(canvas, &out);
    canvas_free(canvas);
    return bytes_take(&out);
}

static void assert_shown(struct stage *stage, int rows, int columns, const char *text)
{
    char *screen = shown(stage, rows, columns);

    if (!strstr(screen, text))
        fail_msg("[%s] is not shown in\n%s", text, screen);
    free(screen);
}

static void assert_facts(struct stage *stage, const char *expected)
{
    struct bytes out;

    bytes_init(&out, 1024);
    pane_ledger.facts(stage->pane, &out);
    assert_string_equal(bytes_text(&out), expected);
    bytes_release(&out);
}

static void put(const char *path, const char *text)
{
    assert_true(file_replace(NULL, path, text, strlen(text), 0644, NULL, NULL, NULL));
}

static void open_text(struct stage *stage, const char *text)
{
    put(stage->file, text);
    assert_true(ask(stage, REQUEST_LEDGER_OPEN, stage->file) & EFFECT_FOCUS);
}

static void assert_file(const char *path, const char *expected)
{
    struct bytes text;

    assert_true(file_read(path, 1 << 20, &text, NULL, NULL));
    assert_string_equal(bytes_text(&text), expected);
    bytes_release(&text);
}

static const char small[] = "# T\n\n| Field | Value |\n|--|--|\n| a | *pending* |\n| b | x |\n";

static void without_a_ledger_it_says_how_to_begin(void **state)
{
    struct stage *stage = *state;

    assert_shown(stage, 10, 60, ":ledger new incident");
    ask(stage, REQUEST_ATTACH, NULL);
    assert_non_null(strstr(stage->application.message, "No ledger is open"));
    assert_int_equal(ask(stage, REQUEST_UP, NULL), EFFECT_UNHANDLED);
}

static void tables_are_drawn_aligned(void **state)
{
    struct stage *stage = *state;

    open_text(stage, small);
    assert_shown(stage, 12, 60,
                 " # T\n\n │ Field │ Value     │\n │───────│───────────│\n"
                 "▸│ a     │ *pending* │\n │ b     │ x         │\n");
    assert_facts(stage, "a.md, 1 pending");
}

static void what_is_cut_stands_whole_below(void **state)
{
    struct stage *stage = *state;

    open_text(stage, "|Name|Long|\n|-|-|\n|one|two three four five six seven<br>eight|\n");
    ask(stage, REQUEST_BOTTOM, NULL);
    ask(stage, REQUEST_RIGHT, NULL);
    assert_shown(stage, 12, 30, "│ two three four f… │");
    assert_shown(stage, 12, 30, "Long, column 2/2, row 1/1: o");
    assert_shown(stage, 12, 30, " two three four five six\n seven                       ↓\n");
    assert_shown(stage, 20, 30, " seven\n eight\n");
}

static void a_wide_table_moves_with_the_cursor(void **state)
{
    struct stage *stage = *state;

    assert_true(ask(stage, REQUEST_LEDGER_NEW, "incident") & EFFECT_FOCUS);
    stage->application.can_cite = true;
    ask(stage, REQUEST_ATTACH, NULL);
    assert_shown(stage, 20, 40, "│ `ev-");
    for (int i = 0; i < 8; i++)
        ask(stage, REQUEST_RIGHT, NULL);
    assert_shown(stage, 20, 40, "Notes");
    assert_shown(stage, 20, 40, "column 9/9");
    assert_shown(stage, 20, 40, "\n <");
}

static void any_size_can_be_drawn(void **state)
{
    struct stage *stage = *state;

    ask(stage, REQUEST_LEDGER_NEW, "incident");
    ask(stage, REQUEST_NEXT_GAP, NULL);
    for (int rows = 1; rows < 30; rows += 3)
        for (int columns = 1; columns < 150; columns += 7)
            free(shown(stage, rows, columns));
}

static void editing_starts_from_what_is_there(void **state)
{
    struct stage *stage = *state;

    open_text(stage, "|A|\n|-|\n| x\\|y |\n");
    ask(stage, REQUEST_BOTTOM, NULL);
    ask(stage, REQUEST_ACTIVATE, NULL);
    assert_string_equal(stage->application.label, "A: ");
    assert_string_equal(stage->application.initial, "x|y");
    answer(stage, "p|q");
    assert_facts(stage, "a.md, unsaved, 0 pending");
    assert_string_equal(pane_ledger.unsaved(stage->pane), "ledger a.md");
    ask(stage, REQUEST_WRITE, NULL);
    assert_file(stage->file, "|A|\n|-|\n| p\\|q |\n");
    assert_null(pane_ledger.unsaved(stage->pane));
    ask(stage, REQUEST_UNDO, NULL);
    ask(stage, REQUEST_WRITE, NULL);
    assert_file(stage->file, "|A|\n|-|\n| x\\|y |\n");
    ask(stage, REQUEST_REDO, NULL);
    assert_shown(stage, 8, 40, "p|q");
}

static void giving_up_an_edit_changes_nothing(void **state)
{
    struct stage *stage = *state;

    open_text(stage, small);
    ask(stage, REQUEST_BOTTOM, NULL);
    ask(stage, REQUEST_EDIT, NULL);
    answer(stage, NULL);
    assert_facts(stage, "a.md, 1 pending");
    ask(stage, REQUEST_TOP, NULL);
    ask(stage, REQUEST_EDIT, NULL);
    assert_non_null(strstr(stage->application.message, "Only the cells of tables"));
}

/* E24: the mark makes room for what is typed, and stays when nothing is. */
static void a_pending_cell_is_typed_over(void **state)
{
    struct stage *stage = *state;

    open_text(stage, small);
    ask(stage, REQUEST_RIGHT, NULL);
    ask(stage, REQUEST_EDIT, NULL);
    assert_null(stage->application.initial);
    answer(stage, "");
    assert_facts(stage, "a.md, 1 pending");
    ask(stage, REQUEST_EDIT, NULL);
    answer(stage, "known");
    assert_facts(stage, "a.md, unsaved, 0 pending");
}

/* E24: the open cells are what a reviewer walks through. */
static void gaps_are_walked_in_both_directions_and_around(void **state)
{
    struct stage *stage = *state;

    open_text(stage, "|A|B|\n|-|-|\n|*pending*|x|\n|x||\n");
    assert_shown(stage, 12, 40, "▸│ *pending* │ x");
    ask(stage, REQUEST_NEXT_GAP, NULL);
    assert_shown(stage, 12, 40, "column 2/2, row 2/2");
    ask(stage, REQUEST_NEXT_GAP, NULL);
    assert_shown(stage, 12, 40, "column 1/2, row 1/2");
    ask(stage, REQUEST_PREVIOUS_GAP, NULL);
    assert_shown(stage, 12, 40, "column 2/2, row 2/2");
}

static void attach_cites_once(void **state)
{
    struct stage *stage = *state;

    ask(stage, REQUEST_LEDGER_NEW, "incident");
    ask(stage, REQUEST_ATTACH, NULL);
    assert_string_equal(stage->application.message, "nothing was sent yet");
    stage->application.can_cite = true;
    ask(stage, REQUEST_ATTACH, NULL);
    assert_non_null(strstr(stage->application.message, "ev-20261121-0001 is cited"));
    assert_shown(stage, 20, 200, "`INCOMPLETE` `truncated`, *simulated*");
    ask(stage, REQUEST_ATTACH, NULL);
    assert_non_null(strstr(stage->application.message, "cited here already"));
}

static void where_there_is_room_the_id_of_a_row_is_shown_whole(void **state)
{
    struct stage *stage = *state;

    open_text(stage, "| Evidence | Time | Verdict | Reasons | SHA-256 |\n|--|--|--|--|--|\n"
                     "| ev-20261121T111723.456Z-0a1b | 2026-11-21T11:17:23.456Z | INCOMPLETE | "
                     "ended-early, finish-missing, marker-missing, and more of them | "
                     "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff |\n");
    assert_shown(stage, 8, 110, "│ ev-20261121T111723.456Z-0a1b │ 2026-11… │ INCOMPLETE │ ended");
    assert_shown(stage, 8, 110, "│ 0011223… │");
}

static void a_conflict_offers_another_name(void **state)
{
    struct stage *stage = *state;

    open_text(stage, small);
    ask(stage, REQUEST_BOTTOM, NULL);
    ask(stage, REQUEST_EDIT, NULL);
    answer(stage, "mine");
    put(stage->file, "theirs\n");
    ask(stage, REQUEST_WRITE, NULL);
    assert_non_null(strstr(stage->application.message, ":write OTHER"));
    assert_file(stage->file, "theirs\n");
    ask(stage, REQUEST_WRITE, stage->other);
    assert_facts(stage, "b.md, 1 pending");
    assert_file(stage->file, "theirs\n");
}

static void a_file_that_is_gone_is_told_and_written_anew_where_it_is_named(void **state)
{
    struct stage *stage = *state;

    open_text(stage, small);
    unlink(stage->file);
    ask(stage, REQUEST_WRITE, NULL);
    assert_non_null(strstr(stage->application.message, "a.md is gone"));
    assert_non_null(strstr(stage->application.message, "a.md writes it anew"));
    assert_false(file_exists(stage->file));
    ask(stage, REQUEST_WRITE, stage->file);
    assert_file(stage->file, small);
}

/* Only what a workspace keeps by itself is made: another folder may be mistyped. */
static void a_folder_that_is_missing_is_made_only_when_it_is_one_of_the_workspace(void **state)
{
    struct stage *stage = *state;
    char *wrong = xasprintf("%s/leggers/a.md", stage->folder);
    char *folder = xasprintf("%s/ledgers", stage->folder);
    char *right = xasprintf("%s/a.md", folder);

    open_text(stage, small);
    stage->application.workspace.folder = stage->folder;
    ask(stage, REQUEST_WRITE, wrong);
    assert_non_null(strstr(stage->application.message, "leggers does not exist"));
    ask(stage, REQUEST_WRITE, right);
    assert_file(right, small);
    unlink(right);
    rmdir(folder);
    free(right);
    free(folder);
    free(wrong);
}

static void unsaved_changes_go_only_when_that_was_said(void **state)
{
    struct stage *stage = *state;

    open_text(stage, small);
    ask(stage, REQUEST_BOTTOM, NULL);
    ask(stage, REQUEST_EDIT, NULL);
    answer(stage, "mine");
    ask(stage, REQUEST_LEDGER_OPEN, stage->file);
    assert_non_null(strstr(stage->application.label, "a.md is not written"));
    answer(stage, "no");
    assert_facts(stage, "a.md, unsaved, 1 pending");
    ask(stage, REQUEST_LEDGER_OPEN, stage->file);
    answer(stage, "yes");
    assert_facts(stage, "a.md, 1 pending");
}

static void a_ledger_without_a_workspace_asks_where_to_go(void **state)
{
    struct stage *stage = *state;

    ask(stage, REQUEST_LEDGER_NEW, "incident");
    ask(stage, REQUEST_WRITE, NULL);
    assert_string_equal(stage->application.label, "Write ledger to: ");
    answer(stage, NULL);
    assert_non_null(pane_ledger.unsaved(stage->pane));
    ask(stage, REQUEST_WRITE, NULL);
    answer(stage, stage->file);
    assert_null(pane_ledger.unsaved(stage->pane));
    assert_true(file_exists(stage->file));
}

/* A script opens another ledger while a cell is asked for: the answer is not put into that one. */
static void an_open_question_does_not_outlive_its_ledger(void **state)
{
    struct stage *stage = *state;

    open_text(stage, "|A|\n|-|\n|x|\n");
    ask(stage, REQUEST_BOTTOM, NULL);
    ask(stage, REQUEST_EDIT, NULL);
    open_text(stage, "|B|\n|-|\n|kept|\n");
    answer(stage, "of the other");
    assert_null(pane_ledger.unsaved(stage->pane));
}

/* The terminal went away: nothing typed is lost, nothing kept before is replaced, and it is said.
 */
static void what_is_unsaved_is_rescued(void **state)
{
    static const char *const cells[] = {"y", "z"};
    struct stage *stage = *state;
    char *rescued[] = {file_join(stage->folder, "recovered-a.md"),
                       file_join(stage->folder, "recovered-2-a.md")};
    struct bytes said;
    size_t count;
    char *found;

    bytes_init(&said, 4096);
    stage->application.workspace.local = stage->folder;
    assert_null(recovery_find(&stage->application, &count));
    open_text(stage, "|A|\n|-|\n|x|\n");
    pane_ledger.rescue(stage->pane, &said);
    assert_false(file_exists(rescued[0]));
    ask(stage, REQUEST_BOTTOM, NULL);
    for (size_t i = 0; i < 2; i++) {
        ask(stage, REQUEST_EDIT, NULL);
        answer(stage, cells[i]);
        bytes_clear(&said);
        pane_ledger.rescue(stage->pane, &said);
        assert_non_null(strstr(bytes_text(&said), rescued[i]));
    }
    assert_file(rescued[0], "|A|\n|-|\n|y|\n");
    assert_file(rescued[1], "|A|\n|-|\n|z|\n");
    found = recovery_find(&stage->application, &count);
    assert_int_equal(count, 2);
    assert_non_null(found);
    free(found);
    for (size_t i = 0; i < 2; i++) {
        unlink(rescued[i]);
        free(rescued[i]);
    }
    bytes_release(&said);
}

/* It is kept where that can be done; that it cannot be is said too. */
static void what_cannot_be_rescued_is_said(void **state)
{
    struct stage *stage = *state;
    char *rescued = file_join(stage->folder, "recovered-a.md");
    struct bytes said;

    bytes_init(&said, 4096);
    stage->application.workspace.local = (char[]){"/dev/null/x"};
    setenv("XDG_STATE_HOME", "/dev/null", 1);
    setenv("TMPDIR", "/dev/null", 1);
    open_text(stage, "|A|\n|-|\n|x|\n");
    ask(stage, REQUEST_BOTTOM, NULL);
    ask(stage, REQUEST_EDIT, NULL);
    answer(stage, "y");
    pane_ledger.rescue(stage->pane, &said);
    assert_non_null(strstr(bytes_text(&said), "ledger a.md was not saved: "));
    setenv("TMPDIR", stage->folder, 1);
    bytes_clear(&said);
    pane_ledger.rescue(stage->pane, &said);
    assert_non_null(strstr(bytes_text(&said), rescued));
    assert_int_equal(unlink(rescued), 0);
    unsetenv("XDG_STATE_HOME");
    unsetenv("TMPDIR");
    free(rescued);
    bytes_release(&said);
}

#define STAGED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(without_a_ledger_it_says_how_to_begin),
        STAGED(tables_are_drawn_aligned),
        STAGED(what_is_cut_stands_whole_below),
        STAGED(a_wide_table_moves_with_the_cursor),
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
        STAGED(what_is_unsaved_is_rescued),
        STAGED(what_cannot_be_rescued_is_said),
    };

    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
