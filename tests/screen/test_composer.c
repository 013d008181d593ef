/* Composer: the body as a tree, edited by keys, in the editor, and kept over restarts. */
#include "tests/screen/terminal.h"
#include "tests/unit/unit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"

static const char *const demo[] = {"demo", "--pace", "0", NULL};
static const char *const bare[] = {"--model", "some/model", NULL};
static const char *const nothing[] = {NULL};

struct size {
    int rows, columns;
    const char *name;
};
static const struct size sizes[] = {{40, 140, "140x40"},
                                    {24, 80, "80x24"},
                                    {12, 40, "40x12"},
                                    {30, 120, "120x30"},
                                    {60, 200, "200x60"}};
enum { SIZE_COUNT = sizeof(sizes) / sizeof(*sizes) };

static struct terminal *start(const struct size *size, const char *const *arguments,
                              const char *const *variables)
{
    const struct terminal_options options = {.rows = size->rows,
                                             .columns = size->columns,
                                             .arguments = arguments,
                                             .variables = variables};
    struct terminal *terminal = terminal_start(&options);

    terminal_wait_idle(terminal);
    terminal_type(terminal, "2");
    return terminal;
}

static void expect(struct terminal *terminal, const char *step, const struct size *size)
{
    char *name = xasprintf("composer-%s-%s", step, size->name);

    terminal_expect(terminal, name);
    free(name);
}

static void the_first_send_takes_a_text_and_s(void **state)
{
    struct terminal *terminal = start(&sizes[1], demo, NULL);

    (void)state;
    terminal_type(terminal, "\r");
    terminal_type(terminal, "Say hi"); /* replaces the canary's */
    terminal_type(terminal, "\r");
    terminal_wait_text(terminal, "content: \"Say hi\"");
    terminal_wait_text(terminal, "prompt     Say hi");
    terminal_type(terminal, "s");
    terminal_wait_text(terminal, "COMPLETE");
    terminal_quit(terminal);
}

/* What is pasted on the prompt is the prompt when Enter says so; ^S takes it and sends. */
static void a_paste_on_the_prompt_and_one_key_send(void **state)
{
    struct terminal *terminal = start(&sizes[1], demo, NULL);

    (void)state;
    terminal_type(terminal, "2");
    terminal_type(terminal, "\033[200~pasted q\033[201~");
    terminal_wait_text(terminal, "Prompt (^S sends): pasted q");
    terminal_type(terminal, "\033");
    terminal_wait_text(terminal, "prompt     Return the word READY");
    terminal_type(terminal, "\033[200~pasted q\033[201~");
    terminal_wait_text(terminal, "Prompt (^S sends): pasted q");
    terminal_type(terminal, "\023");
    terminal_wait_text(terminal, "▸ 3 Stream");
    terminal_wait_text(terminal, "COMPLETE");
    terminal_type(terminal, "2");
    terminal_wait_text(terminal, "prompt     pasted q");
    terminal_quit(terminal);
}

static void the_tree_is_folded_and_edited_by_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        struct terminal *terminal = start(&sizes[i], demo, NULL);

        terminal_type(terminal, "f"); /* Composer alone: what is beside it is not tested here */
        terminal_type(terminal, "G");
        terminal_type(terminal, "c");
        terminal_type(terminal, "meta: {\"wide\": \"漢字 and e\xcc\x81\", \"n\": [1.50, null]}");
        terminal_type(terminal, "\r");
        expect(terminal, "added", &sizes[i]);
        terminal_type(terminal, "K");
        terminal_type(terminal, " ");
        expect(terminal, "folded", &sizes[i]);
        terminal_type(terminal, "D");
        terminal_wait_text(terminal, "Removed /meta; u brings it back");
        terminal_type(terminal, "u");
        terminal_wait_text(terminal, "meta: {2}");
        terminal_type(terminal, "u");
        terminal_type(terminal, "u");
        terminal_wait_text(terminal, "Undone: adding /meta");
        terminal_wait_gone(terminal, "meta: {2}");
        terminal_type(terminal, "u");
        terminal_wait_text(terminal, "Nothing to undo");
        terminal_type(terminal, "\x12");
        terminal_wait_text(terminal, "meta");
        terminal_quit(terminal);
    }
}

/* B12 C9 D34: what the contract contradicts is marked where it is, and found by its key. */
static void what_the_contract_contradicts_is_marked_at_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        struct terminal *terminal = start(&sizes[i], demo, NULL);

        terminal_type(terminal, "f");
        terminal_command(terminal, "add tools: {\"kind\": \"<KIND>\"}");
        terminal_type(terminal, "]"); /* there is one problem so far */
        terminal_wait_text(terminal, "to be filled in");
        terminal_type(terminal, "h h");
        terminal_type(terminal, "[");
        terminal_type(terminal, "g");
        terminal_type(terminal, "G");
        terminal_type(terminal, "z"); /* what is folded says so of what is in it */
        terminal_type(terminal, "z");
        terminal_command(terminal, "model x");
        terminal_type(terminal, "]]"); /* round to the only one again */
        expect(terminal, "problems", &sizes[i]);
        terminal_quit(terminal);
    }
}

/* B12 D33: and it is asked about before it goes, unless it changed meanwhile. */
static void what_the_contract_contradicts_is_asked_about_before_it_goes(void **state)
{
    struct terminal *terminal = start(&sizes[1], demo, NULL);

    (void)state;
    terminal_type(terminal, "G");
    terminal_type(terminal, "k");
    terminal_type(terminal, "D");
    terminal_wait_text(terminal, "Removed /max_tokens");
    terminal_command(terminal, "add max_tokens: \"many\"");
    terminal_wait_text(terminal, "max_tokens: \"many\"");
    terminal_type(terminal, "s");
    terminal_wait_text(terminal, "The contract contradicts /max_tokens: send it all the same?");
    terminal_type(terminal, "n\r");
    terminal_wait_text(terminal, "Nothing was sent; ] goes to what is wrong in the body");
    terminal_type(terminal, "s");
    terminal_wait_text(terminal, "(y or n)");
    terminal_type(terminal, "y\r");
    terminal_wait_text(terminal, "COMPLETE");
    terminal_quit(terminal);
}

static void values_keep_their_type_and_a_fault_its_text(void **state)
{
    struct terminal *terminal = start(&sizes[1], demo, NULL);

    (void)state;
    terminal_type(terminal, "\r");
    terminal_type(terminal, "{\"a\": 42\r"); /* a text, whatever it looks like */
    terminal_wait_text(terminal, "content: \"{\\\"a\\\": 42\"");
    terminal_type(terminal, "G");
    terminal_type(terminal, "k");
    terminal_type(terminal, "\r");
    terminal_wait_text(terminal, "/max_tokens, JSON: 64");
    terminal_type(terminal, "01\r");
    terminal_wait_text(terminal, "/max_tokens, JSON, column 1");
    terminal_type(terminal, "\x05\x15"
                            "70000\r");
    terminal_wait_text(terminal, "max_tokens: 70000");
    terminal_type(terminal, "=");
    terminal_type(terminal, "\"many\"\r");
    terminal_wait_text(terminal, "max_tokens: \"many\"  ! must be an integer");
    terminal_type(terminal, "r");
    terminal_type(terminal, "ceiling\r");
    terminal_wait_text(terminal, "ceiling: \"many\"");
    terminal_type(terminal, "u");
    terminal_wait_text(terminal, "Undone: renaming to /ceiling");
    terminal_type(terminal, "u");
    terminal_wait_text(terminal, "Undone: setting /max_tokens");
    terminal_quit(terminal);
}

static void a_long_question_leaves_room_for_its_answer(void **state)
{
    struct terminal *terminal = start(&sizes[2], demo, NULL);

    (void)state;
    terminal_type(terminal, "G");
    terminal_type(terminal, "kkke");
    terminal_wait_text(terminal, "Return the word READY and nothing else.");
    terminal_resize(terminal, 6, 20);
    terminal_type(terminal, "\x15"
                            "abcdefghijklmnop");
    terminal_wait_text(terminal, "… string: hijklmnop");
    terminal_type(terminal, "\r");
    terminal_resize(terminal, 24, 80);
    terminal_wait_text(terminal, "content: \"abcdefghijklmnop\"");
    terminal_quit(terminal);
}

static void the_operation_is_chosen_from_what_there_is(void **state)
{
    struct terminal *terminal = start(&sizes[1], demo, NULL);

    (void)state;
    terminal_type(terminal, "g");
    terminal_type(terminal, "\r");
    terminal_wait_text(terminal, "Operation: chat");
    terminal_wait_text(terminal, "responses"); /* what there is, at once */
    terminal_type(terminal, "\t\t\t");         /* Tab goes through it */
    terminal_wait_text(terminal, "Operation: models");
    terminal_type(terminal, "\x15r\r");
    terminal_wait_text(terminal, "Operation responses: POST http://127.0.0.1:");
    terminal_wait_text(terminal, "/v1/responses");
    terminal_type(terminal, "o");
    terminal_wait_text(terminal, "Operation models: GET http://127.0.0.1:");
    terminal_wait_text(terminal, "no body");
    terminal_quit(terminal);
}

static void the_cursor_does_not_rest_on_the_rule(void **state)
{
    struct terminal *terminal = start(&sizes[1], demo, NULL);

    (void)state;
    terminal_type(terminal, "jjj");
    terminal_wait_text(terminal, "▸ contract");
    terminal_type(terminal, "j");
    terminal_wait_text(terminal, "▸ - body");
    terminal_type(terminal, "k");
    terminal_wait_text(terminal, "▸ contract");
    terminal_type(terminal, "jooG"); /* the list of models takes no body */
    terminal_wait_text(terminal, "▸ contract");
    terminal_wait_text(terminal, "(not sent)");
    terminal_quit(terminal);
}

/* B17 E69: what is missing is marked where it is missing. */
static void what_is_missing_is_marked_at_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        struct terminal *terminal = start(&sizes[i], nothing, NULL);

        terminal_type(terminal, "f");
        expect(terminal, "refused", &sizes[i]);
        terminal_quit(terminal);
    }
}

static void a_body_goes_through_the_editor(void **state)
{
    static const char *const variables[] = {"EDITOR=sed -i s/64/65/", NULL};
    static const char *const failing[] = {"VISUAL=false", NULL};
    static const char *const breaking[] = {"EDITOR=sed -i -e s/BROKEN/66/ -e t -e s/64/BROKEN/",
                                           NULL};
    struct terminal *terminal = start(&sizes[1], demo, variables);

    (void)state;
    terminal_type(terminal, "E");
    terminal_wait_text(terminal, "max_tokens: 65");
    terminal_quit(terminal);
    terminal = start(&sizes[1], demo, failing);
    terminal_type(terminal, "E");
    terminal_wait_text(terminal, "The editor \"false\" failed");
    terminal_wait_text(terminal, "max_tokens: 64");
    terminal_quit(terminal);
    terminal = start(&sizes[1], demo, breaking);
    terminal_type(terminal, "E");
    terminal_wait_text(terminal, "body:10:17. Edit again?");
    terminal_type(terminal, "\033");
    terminal_wait_text(terminal, "The text is kept");
    terminal_wait_text(terminal, "max_tokens: 64");
    terminal_type(terminal, "E");
    terminal_wait_text(terminal, "max_tokens: 66");
    terminal_quit(terminal);
}

static char *write_file(const char *folder, const char *text, size_t len)
{
    char *path = file_join(folder, "from-editor");

    assert_true(file_replace(NULL, path, text, len, 0600, NULL, NULL, NULL));
    return path;
}

/* What an editor leaves that is no body: said where it is wrong, and there for another try. */
static void what_is_no_body_is_refused_where_it_is_wrong(void **state)
{
    static const struct {
        const char *text;
        size_t len;
        const char *said;
    } cases[] = {
        {"", 0, "value is whole, body:1:1. Edit again?"},
        {"{\"a\":1,\n \"a\":2}", 16, "stands twice in its object, body:2:2. Edit again?"},
        {"{\"a\":\"x\0y\"}", 11, "must be escaped, body:1:8. Edit again?"},
        {"{\"a\":\"\xff\"}", 9, ", body:1:7. Edit again?"},
    };
    char folder[] = "/tmp/composer-editor-XXXXXX";
    char *command;

    (void)state;
    assert_non_null(mkdtemp(folder));
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char *path = write_file(folder, cases[i].text, cases[i].len);
        char *variable = xasprintf("EDITOR=cp %s", path);
        const char *const variables[] = {variable, NULL};
        struct terminal *terminal = start(&sizes[1], demo, variables);

        terminal_type(terminal, "E");
        terminal_wait_text(terminal, cases[i].said);
        terminal_wait_text(terminal, "Edit again?");
        terminal_type(terminal, "n\r");
        terminal_wait_text(terminal, "The text is gone, the body as it was");
        terminal_wait_text(terminal, "max_tokens: 64");
        terminal_quit(terminal);
        free(variable);
        free(path);
    }
    command = xasprintf("rm -r %s", folder);
    assert_int_equal(system(command), 0);
    free(command);
}

/* An editor that fails behind a save has saved: that is not thrown away. */
static void what_a_failed_editor_saved_stays(void **state)
{
    static const char *const variables[] = {"EDITOR=sh -c 'echo saved >\"$1\"; exit 1' sh", NULL};
    struct terminal *terminal = start(&sizes[1], demo, variables);

    (void)state;
    terminal_type(terminal, "E");
    terminal_wait_text(terminal, "What it saved is in");
    terminal_wait_text(terminal, "max_tokens: 64");
    terminal_quit(terminal);
}

static void several_lines_go_to_the_editor(void **state)
{
    static const char *const variables[] = {"EDITOR=sed -i s/READY/READY\\\\nor/", NULL};
    struct terminal *terminal = start(&sizes[1], demo, variables);

    (void)state;
    terminal_type(terminal, "\x05");
    terminal_wait_text(terminal, "the word READY\\nor and nothing");
    terminal_type(terminal, "\r"); /* it has two lines now: Enter takes it there too */
    terminal_wait_text(terminal, "the word READY\\nor\\nor and nothing");
    terminal_type(terminal, "uu");
    terminal_wait_text(terminal, "content: \"Return the word READY and nothing else.\"");
    terminal_quit(terminal);
}

/* A kill takes nothing of a draft: it was kept when it was edited. */
static void drafts_outlive_a_kill(void **state)
{
    char folder[] = "/tmp/composer-drafts-XXXXXX";
    char *variable, *command;
    const char *variables[2] = {NULL, NULL};
    struct terminal *terminal;

    (void)state;
    assert_non_null(mkdtemp(folder));
    variable = xasprintf("XDG_STATE_HOME=%s", folder);
    variables[0] = variable;
    terminal = start(&sizes[1], bare, variables);
    terminal_command(terminal, "prompt first of all");
    terminal_command(terminal, "draft new tools");
    terminal_command(terminal, "add tools: []");
    terminal_wait_text(terminal, "tools: [0]");
    terminal_signal(terminal, SIGKILL);
    assert_int_equal(terminal_wait_end(terminal), 1000 + SIGKILL);
    terminal_free(terminal);

    terminal = start(&sizes[1], bare, variables);
    terminal_wait_text(terminal, "draft tools");
    terminal_wait_text(terminal, "tools: [0]");
    terminal_command(terminal, "draft open default");
    terminal_wait_gone(terminal, "tools: [0]");
    terminal_wait_text(terminal, "first of all");
    terminal_type(terminal, "d");
    terminal_wait_text(terminal, "Open draft:");
    terminal_wait_text(terminal, "chat  ");
    terminal_type(terminal, "too\r");
    terminal_wait_text(terminal, "draft tools");
    terminal_command(terminal, "draft rename functions");
    terminal_wait_text(terminal, "draft functions");
    terminal_command(terminal, "draft open tools");
    terminal_wait_text(terminal, "there is no draft tools");
    terminal_command(terminal, "draft rename default");
    terminal_wait_text(terminal, "there is a draft default already");
    terminal_command(terminal, "draft rename tools");
    terminal_command(terminal, "draft open default");
    terminal_command(terminal, "draft delete tools");
    terminal_type(terminal, "yes\r");
    terminal_wait_text(terminal, "Deleted the draft tools");
    terminal_command(terminal, "draft open tools");
    terminal_wait_text(terminal, "there is no draft tools");
    terminal_quit(terminal);
    command = xasprintf("rm -r %s", folder);
    assert_int_equal(system(command), 0);
    free(command);
    free(variable);
}

/* What another console did to the file keeps ours out of it: it is not dropped in silence then. */
static void a_draft_that_is_not_kept_is_asked_about(void **state)
{
    char folder[] = "/tmp/composer-unkept-XXXXXX";
    char *variable, *command;
    const char *variables[2] = {NULL, NULL};
    struct terminal *terminal;

    (void)state;
    assert_non_null(mkdtemp(folder));
    variable = xasprintf("XDG_STATE_HOME=%s", folder);
    variables[0] = variable;
    terminal = start(&sizes[1], bare, variables);
    terminal_command(terminal, "draft new other");
    terminal_command(terminal, "draft new mine");
    command = xasprintf("echo >> $(find %s -name mine.json)", folder);
    assert_int_equal(system(command), 0);
    free(command);
    terminal_command(terminal, "prompt to be kept");
    terminal_wait_text(terminal, "was changed elsewhere");
    terminal_command(terminal, "draft open other");
    terminal_wait_text(terminal, "Open other without it?");
    terminal_type(terminal, "no\r");
    terminal_wait_text(terminal, "to be kept");
    terminal_send(terminal, "Q", 1);
    terminal_wait_text(terminal, "The draft is not saved. Leave without saving?");
    terminal_type(terminal, "no\r:draft new kept\r");
    terminal_wait_text(terminal, "This is the draft kept now");
    terminal_command(terminal, "draft open other");
    terminal_wait_gone(terminal, "to be kept");
    terminal_quit(terminal);
    command = xasprintf("rm -r %s", folder);
    assert_int_equal(system(command), 0);
    free(command);
    free(variable);
}

static void the_request_is_saved_as_a_command_without_the_key(void **state)
{
    struct terminal *terminal = start(&sizes[1], demo, NULL);
    char *path = file_join(terminal_home(terminal), "request.sh");
    struct bytes text;

    (void)state;
    terminal_type(terminal, "x");
    terminal_type(terminal, "\r");
    terminal_wait_text(terminal, "Saved in request.sh");
    assert_true(file_read(path, 1 << 20, &text, NULL, NULL));
    assert_non_null(strstr(bytes_text(&text), "Bearer $COMETDECK_DEMO_KEY\""));
    assert_null(strstr(bytes_text(&text), "sk-simulator"));
    bytes_release(&text);
    free(path);
    terminal_type(terminal, "x");
    terminal_type(terminal, "\r");
    terminal_wait_text(terminal, "request.sh is there already");
    terminal_quit(terminal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_send_takes_a_text_and_s),
        cmocka_unit_test(a_paste_on_the_prompt_and_one_key_send),
        cmocka_unit_test(the_tree_is_folded_and_edited_by_keys),
        cmocka_unit_test(what_is_missing_is_marked_at_its_place),
        cmocka_unit_test(what_the_contract_contradicts_is_marked_at_its_place),
        cmocka_unit_test(what_the_contract_contradicts_is_asked_about_before_it_goes),
        cmocka_unit_test(values_keep_their_type_and_a_fault_its_text),
        cmocka_unit_test(the_cursor_does_not_rest_on_the_rule),
        cmocka_unit_test(a_long_question_leaves_room_for_its_answer),
        cmocka_unit_test(the_operation_is_chosen_from_what_there_is),
        cmocka_unit_test(a_body_goes_through_the_editor),
        cmocka_unit_test(what_is_no_body_is_refused_where_it_is_wrong),
        cmocka_unit_test(what_a_failed_editor_saved_stays),
        cmocka_unit_test(several_lines_go_to_the_editor),
        cmocka_unit_test(drafts_outlive_a_kill),
        cmocka_unit_test(a_draft_that_is_not_kept_is_asked_about),
        cmocka_unit_test(the_request_is_saved_as_a_command_without_the_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
