/* The console's tables and geometry: requests, keymap, layout, lists, scripts. */
#include "tests/unit/unit.h"

#include "base/bytes.h"
#include "ui/draw.h"
#include "ui/keymap.h"
#include "ui/layout.h"
#include "ui/list.h"
#include "ui/messages.h"
#include "ui/pane.h"
#include "ui/request.h"
#include "ui/script.h"

#include <locale.h>
#include <stdbool.h>
#include <string.h>

/* ---- requests ---- */

static void every_request_is_named_once_helped_and_owned_by_a_pane_there_is(void **state)
{
    (void)state;
    for (int i = REQUEST_NONE + 1; i < REQUEST_COUNT; i++) {
        const struct request_info *info = request_info((enum request)i);
        bool owned = info->owner[0] == '\0';

        for (int j = REQUEST_NONE + 1; j < i; j++)
            assert_string_not_equal(request_info((enum request)j)->name, info->name);
        assert_true(strlen(info->help) > 5);
        assert_true(info->completion == COMPLETION_NONE || info->arguments[0]);
        for (size_t j = 0; j < PANE_COUNT; j++)
            owned |= strcmp(pane_ops(j)->name, info->owner) == 0;
        assert_true(owned);
    }
}

static void check_parse(const char *line, enum request request, const char *argument)
{
    struct request_call call;
    struct error error;

    if (!request_parse(line, &call, &error))
        fail_msg("%s", error.text);
    assert_int_equal(call.request, request);
    if (argument)
        assert_string_equal(call.argument, argument);
    else
        assert_null(call.argument);
}

static void commands_are_read_with_their_arguments(void **state)
{
    (void)state;
    check_parse("send", REQUEST_SEND, NULL);
    check_parse("  :send", REQUEST_SEND, NULL);
    check_parse("catalog fetch", REQUEST_CATALOG_FETCH, NULL);
    check_parse("model gpt 5", REQUEST_MODEL, "gpt 5");
    check_parse("ledger new incident", REQUEST_LEDGER_NEW, "incident");
    check_parse("write", REQUEST_WRITE, NULL);
    check_parse("write /tmp/x y.md", REQUEST_WRITE, "/tmp/x y.md");
    check_parse("qui", REQUEST_QUIT, NULL);
}

static void check_refused(const char *line, const char *message)
{
    struct request_call call;
    struct error error;

    assert_false(request_parse(line, &call, &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    if (!strstr(error.text, message))
        fail_msg("%s", error.text);
}

static void what_is_no_command_is_refused_with_a_suggestion(void **state)
{
    (void)state;
    check_refused("sned", "did you mean \"send\"?");
    check_refused("leger new incident", "unknown command");
    check_refused("zzzzzzzz", "help lists them all");
    check_refused("model", "model needs ID");
    check_refused("send now", "send takes no argument");
    check_refused("", "unknown command");
}

/* ---- the keymap ---- */

static void the_shipped_keymap_reads_and_binds_what_panes_hint_at(void **state)
{
    struct keymap *keymap = keymap_default();

    (void)state;
    assert_non_null(keymap);
    for (size_t i = 0; i < PANE_COUNT; i++)
        for (const struct hint *hint = pane_ops(i)->hints; hint->request != REQUEST_NONE; hint++)
            assert_non_null(keymap_key_of(keymap, pane_ops(i)->name, hint->request));
    assert_non_null(keymap_key_of(keymap, "catalog", REQUEST_HELP));
    keymap_free(keymap);
}

static void the_pane_goes_before_all_and_a_later_line_before_an_earlier(void **state)
{
    static const char text[] =
        "# keys\n[all]\ns review\nx quit\n[composer]\ns send\n[all]\nx help\n";
    struct keymap *keymap = keymap_parse("test", text, sizeof(text) - 1, NULL);
    struct key s, x;

    (void)state;
    assert_non_null(keymap);
    assert_true(key_parse("s", 1, &s));
    assert_true(key_parse("x", 1, &x));
    assert_int_equal(keymap_find(keymap, "composer", s)->call.request, REQUEST_SEND);
    assert_int_equal(keymap_find(keymap, "stream", s)->call.request, REQUEST_REVIEW);
    assert_int_equal(keymap_find(keymap, "stream", x)->call.request, REQUEST_HELP);
    assert_null(keymap_key_of(keymap, "composer", REQUEST_REVIEW));
    keymap_free(keymap);
}

static void a_faulty_keymap_is_told_with_its_line(void **state)
{
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"s send\n", "k:1: a section"},
        {"[all]\n\nNope send\n", "k:3:1: \"Nope\" is no key"},
        {"[all]\ns sned\n", "k:2: unknown command"},
        {"[nowhere]\n", "k:1: there is no pane \"nowhere\""},
        {"[all\n", "k:1: a section is written [NAME]"},
    };
    struct error error;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        assert_null(keymap_parse("k", cases[i].text, strlen(cases[i].text), &error));
        if (!strstr(error.text, cases[i].message))
            fail_msg("%s", error.text);
    }
}

/* ---- the layout ---- */

static struct layout_use use_number(int number)
{
    return (struct layout_use){
        .full = number % 8 == 7, .stream = (number & 1) != 0, .below = (number & 2) != 0};
}

static void regions_never_overlap_and_hold_every_pane_once(void **state)
{
    (void)state;
    for (int rows = 1; rows <= 200; rows++) {
        for (int columns = 1; columns <= 500; columns += columns < 160 ? 1 : 17) {
            const struct layout_use use = use_number(rows + columns);
            struct layout layout;
            unsigned panes = 0;
            long area = 0;

            layout_make(&layout, rows, columns, &use);
            if (layout.count == 0) {
                assert_true(rows < LAYOUT_ROWS_MIN || columns < LAYOUT_COLUMNS_MIN);
                continue;
            }
            for (size_t i = 0; i < layout.count; i++) {
                const struct region *region = &layout.regions[i];

                assert_true(region->rows >= 3 && region->columns >= 3);
                assert_true(region->top >= 1 && region->top + region->rows <= rows - 1);
                assert_true(region->left >= 0 && region->left + region->columns <= columns);
                assert_int_equal(panes & region->panes, 0);
                panes |= region->panes;
                area += (long)region->rows * region->columns;
            }
            assert_int_equal(panes, (1U << PANE_COUNT) - 1);
            assert_int_equal(area, (long)(rows - 2) * columns);
        }
    }
}

static size_t count_regions(int rows, int columns, bool full)
{
    const struct layout_use use = {.full = full};
    struct layout layout;

    layout_make(&layout, rows, columns, &use);
    return layout.count;
}

static void the_layout_widens_with_the_terminal(void **state)
{
    (void)state;
    assert_int_equal(count_regions(40, 140, false), 4);
    assert_int_equal(count_regions(30, 120, false), 2);
    assert_int_equal(count_regions(24, 80, false), 1);
    assert_int_equal(count_regions(40, 140, true), 1);
    assert_int_equal(count_regions(5, 140, false), 0);
}

static const struct region *region_of(const struct layout *layout, enum layout_pane pane)
{
    for (size_t i = 0; i < layout->count; i++)
        if (layout->regions[i].panes & (1U << pane))
            return &layout->regions[i];
    return NULL;
}

/* 17 rows of Composer at 140x40 hold its head and the whole canary, 12 the beginning of it. */
static void what_is_used_gets_the_room(void **state)
{
    static const struct layout_use composing = {.stream = false}, watching = {.stream = true},
                                   reviewing = {.below = true};
    struct layout layout;

    (void)state;
    for (int rows = 40; rows <= 100; rows++) {
        layout_make(&layout, rows, 140, &composing);
        assert_true(region_of(&layout, LAYOUT_COMPOSER)->rows >= 19);
        assert_true(region_of(&layout, LAYOUT_STREAM)->rows >= 9);
        layout_make(&layout, rows, 140, &watching);
        assert_true(region_of(&layout, LAYOUT_STREAM)->rows >= 17);
        assert_true(region_of(&layout, LAYOUT_COMPOSER)->rows >= 14);
        assert_true(region_of(&layout, LAYOUT_LEDGER)->rows >= 7);
        layout_make(&layout, rows, 140, &reviewing);
        assert_true(region_of(&layout, LAYOUT_HISTORY)->rows >= 19);
        assert_true(region_of(&layout, LAYOUT_STREAM)->rows >= 6);
    }
}

/* Whoever uses one of them moves nothing. */
static void composer_and_stream_stand_side_by_side_where_there_is_width(void **state)
{
    static const struct layout_use composing = {.stream = false}, watching = {.stream = true};
    struct layout one, other;

    (void)state;
    for (int columns = 180; columns <= 500; columns++) {
        layout_make(&one, 40, columns, &composing);
        layout_make(&other, 40, columns, &watching);
        assert_memory_equal(&one, &other, sizeof(one));
        assert_int_equal(region_of(&one, LAYOUT_COMPOSER)->top,
                         region_of(&one, LAYOUT_STREAM)->top);
        assert_true(region_of(&one, LAYOUT_COMPOSER)->columns >= 67);
        assert_true(region_of(&one, LAYOUT_STREAM)->columns >= 67);
        assert_true(region_of(&one, LAYOUT_CATALOG)->columns >= 45);
    }
}

/* ---- lists ---- */

static void a_list_keeps_its_cursor_in_sight(void **state)
{
    struct list list = {.count = 0};

    (void)state;
    list_fit(&list, 100, 10);
    assert_true(list_request(&list, REQUEST_BOTTOM));
    assert_int_equal(list.cursor, 99);
    assert_int_equal(list.top, 90);
    assert_true(list_request(&list, REQUEST_PAGE_UP));
    assert_int_equal(list.cursor, 89);
    assert_int_equal(list.top, 89);
    list_fit(&list, 5, 10);
    assert_int_equal(list.cursor, 4);
    assert_int_equal(list.top, 0);
    list_fit(&list, 0, 0);
    assert_true(list_request(&list, REQUEST_DOWN));
    assert_true(list_request(&list, REQUEST_HALF_UP));
    assert_int_equal(list.cursor, 0);
    assert_false(list_request(&list, REQUEST_SEND));
}

/* ---- messages ---- */

static void check_message(int columns, int rows, const char *text, const char *expected)
{
    struct canvas *canvas = canvas_new(rows, columns, false);
    const struct surface surface = {.canvas = canvas, .rows = rows, .columns = columns};
    struct bytes dump;

    bytes_init(&dump, 4096);
    assert_true(message_rows(text, columns, false, 3) >= rows);
    message_draw(&surface, MESSAGE_FAILED, text);
    canvas_dump(canvas, &dump);
    assert_string_equal(bytes_text(&dump), expected);
    bytes_release(&dump);
    canvas_free(canvas);
}

static void a_long_message_keeps_what_to_do_and_says_where_the_rest_is(void **state)
{
    static const char text[] =
        "/somewhere/quite/deep/incident.md was changed by someone else since "
        "it was read; nothing was written; :write OTHER saves yours";

    (void)state;
    assert_int_equal(message_rows("short", 80, false, 2), 1);
    check_message(80, 2, text,
                  " ✗ /somewhere/quite/deep/incident.md was changed by someone else since it was\n"
                  "   read; nothing was written; :write OTHER saves yours\n");
    check_message(40, 3, text,
                  " ✗ /somewhere/quite/deep/incident.md\n"
                  "   was changed by someone else since it\n"
                  "   … OTHER saves yours  :messages\n");
    check_message(40, 1, text, " ✗ /somewhere/quite/deep/inc…  :messages\n");
    check_message(24, 2, text, " ✗ /somewhere/quite/dee\n   … OTHER saves yours\n");
}

static void the_last_messages_are_read_again_the_newest_in_sight(void **state)
{
    struct canvas *canvas = canvas_new(2, 30, false);
    const struct surface surface = {.canvas = canvas, .rows = 2, .columns = 30};
    struct messages *messages = messages_new();
    struct list list = {.top = SIZE_MAX};
    struct bytes dump;

    (void)state;
    for (int i = 0; i < MESSAGES_KEPT + 5; i++)
        messages_add(messages, MESSAGE_NOTE, i % 2 ? "odd" : "even");
    messages_add(messages, MESSAGE_FAILED, "the last one");
    messages_add(messages, MESSAGE_FAILED, "the last one");
    messages_draw(messages, &list, &surface);
    assert_int_equal(list.count, MESSAGES_KEPT);
    bytes_init(&dump, 4096);
    canvas_dump(canvas, &dump);
    assert_string_equal(bytes_text(&dump), "   even\n ✗ the last one\n");
    bytes_release(&dump);
    messages_free(messages);
    canvas_free(canvas);
}

/* ---- scripts ---- */

static void a_script_gives_commands_and_the_bytes_of_keys(void **state)
{
    static const char text[] = "# a demonstration\n:send\nkeys j ^D Enter F5 C-Up\ntype é q\n"
                               "paste a\\nb\nuntil COMPLETE\nnow :cancel\n";
    static const struct {
        enum script_action action;
        bool now;
        const char *text;
    } steps[] = {
        {SCRIPT_COMMAND, false, "send"},   {SCRIPT_KEYS, false, "j\004\r\033[15;1~\033[1;5A"},
        {SCRIPT_KEYS, false, "é q"},       {SCRIPT_KEYS, false, "\033[200~a\nb\033[201~"},
        {SCRIPT_UNTIL, false, "COMPLETE"}, {SCRIPT_COMMAND, true, "cancel"},
    };
    struct error error;
    struct script *script = script_parse("s", text, sizeof(text) - 1, &error);

    (void)state;
    assert_non_null(script);
    for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
        const struct script_step *step = script_peek(script);

        assert_non_null(step);
        assert_int_equal(step->action, steps[i].action);
        assert_int_equal(step->now, steps[i].now);
        assert_string_equal(step->text, steps[i].text);
        assert_int_equal(step->line, i + 2);
        script_advance(script);
    }
    assert_null(script_peek(script));
    script_free(script);
    assert_null(script_parse("s", "\nkeys Nope\n", 11, &error));
    assert_non_null(strstr(error.text, "s:2: \"Nope\" is no key"));
    assert_null(script_parse("s", "dance\n", 6, &error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_request_is_named_once_helped_and_owned_by_a_pane_there_is),
        cmocka_unit_test(commands_are_read_with_their_arguments),
        cmocka_unit_test(what_is_no_command_is_refused_with_a_suggestion),
        cmocka_unit_test(the_shipped_keymap_reads_and_binds_what_panes_hint_at),
        cmocka_unit_test(the_pane_goes_before_all_and_a_later_line_before_an_earlier),
        cmocka_unit_test(a_faulty_keymap_is_told_with_its_line),
        cmocka_unit_test(regions_never_overlap_and_hold_every_pane_once),
        cmocka_unit_test(the_layout_widens_with_the_terminal),
        cmocka_unit_test(what_is_used_gets_the_room),
        cmocka_unit_test(composer_and_stream_stand_side_by_side_where_there_is_width),
        cmocka_unit_test(a_list_keeps_its_cursor_in_sight),
        cmocka_unit_test(a_long_message_keeps_what_to_do_and_says_where_the_rest_is),
        cmocka_unit_test(the_last_messages_are_read_again_the_newest_in_sight),
        cmocka_unit_test(a_script_gives_commands_and_the_bytes_of_keys),
    };

    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
