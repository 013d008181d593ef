/* ui/json_edit, ui/json_tree: a body as a tree that is folded, edited, and put back as it was. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"
#include "ui/json_edit.h"
#include "ui/json_tree.h"

enum { TEXT_MAX = 64 * 1024 * 1024, TREES = 200, STEPS = 120 };

static const char body[] = "{\"model\": \"sim/ready\", \"messages\": [{\"role\": \"user\", "
                           "\"content\": \"hi\"}], \"temperature\": 0.10, \"a/b~\": {}}";

static struct json *parse(const char *text)
{
    struct error error;
    struct json *value = json_parse(text, strlen(text), "test", &error);

    if (!value)
        fail_msg("%s", error.text);
    return value;
}

static char *written(const struct json *value)
{
    struct bytes text;

    bytes_init(&text, TEXT_MAX);
    assert_true(json_write(value, false, &text));
    return bytes_take(&text);
}

static void check_text(const struct json *value, const char *expected)
{
    char *text = written(value);

    assert_string_equal(text, expected);
    free(text);
}

/* ---- what is shown ---- */

/* Every line as "DEPTH POINTER PREVIEW". */
static char *shown(const struct json_tree *tree)
{
    struct bytes text;

    bytes_init(&text, TEXT_MAX);
    for (size_t i = 0; i < json_tree_count(tree); i++) {
        const struct json_tree_line *line = json_tree_line(tree, i);

        bytes_printf(&text, "%d ", line->depth);
        json_tree_pointer(tree, i, &text);
        bytes_append_byte(&text, ' ');
        json_tree_preview(line, 20, &text);
        bytes_append_byte(&text, '\n');
    }
    return bytes_take(&text);
}

static void check_shown(struct json_tree *tree, const struct json *root, const char *expected)
{
    char *text;

    json_tree_show(tree, root);
    text = shown(tree);
    assert_string_equal(text, expected);
    free(text);
}

static void every_value_is_a_line_and_folding_hides_what_is_below(void **state)
{
    struct json_tree *tree = json_tree_new();
    struct json *root = parse(body);

    (void)state;
    check_shown(tree, root,
                "0  {4}\n1 /model \"sim/ready\"\n1 /messages [1]\n2 /messages/0 {2}\n"
                "3 /messages/0/role \"user\"\n3 /messages/0/content \"hi\"\n"
                "1 /temperature 0.10\n1 /a~1b~0 {0}\n");
    assert_true(json_tree_fold(tree, 2, true));
    check_shown(tree, root,
                "0  {4}\n1 /model \"sim/ready\"\n1 /messages [1] [{\"role\": \"user\", \"co…\n"
                "1 /temperature 0.10\n1 /a~1b~0 {0}\n");
    assert_false(json_tree_fold(tree, 1, true)); /* nothing is below */
    assert_false(json_tree_fold(tree, 4, true));
    json_tree_fold_all(tree, false);
    json_tree_show(tree, root);
    assert_int_equal(json_tree_count(tree), 8);
    json_tree_fold_all(tree, true);
    json_tree_show(tree, root);
    assert_int_equal(json_tree_count(tree), 5); /* the root stays open */
    json_tree_free(tree);
    json_free(root);
}

static void one_moves_to_siblings_and_parents_and_finds_pointers(void **state)
{
    struct json_tree *tree = json_tree_new();
    struct json *root = parse(body);

    (void)state;
    json_tree_show(tree, root);
    assert_int_equal(json_tree_sibling(tree, 2, true), 6);
    assert_int_equal(json_tree_sibling(tree, 6, false), 2);
    assert_int_equal(json_tree_sibling(tree, 5, true), 5);
    assert_int_equal(json_tree_sibling(tree, 0, false), 0);
    assert_int_equal(json_tree_parent(tree, 5), 3);
    assert_int_equal(json_tree_parent(tree, 0), 0);
    assert_int_equal(json_tree_find(tree, "/messages/0/content"), 5);
    assert_int_equal(json_tree_find(tree, "/a~1b~0"), 7);
    assert_int_equal(json_tree_find(tree, "/messages/7"), 2); /* the nearest above */
    assert_int_equal(json_tree_find(tree, "/mode"), 0);
    assert_int_equal(json_tree_find(tree, ""), 0);
    json_tree_free(tree);
    json_free(root);
}

static void what_is_folded_moves_along_with_the_items_of_an_array(void **state)
{
    struct json_tree *tree = json_tree_new();
    struct json *root = parse("[[1],[2],[3]]");
    struct json *rest = parse("[[2],[3]]");

    (void)state;
    json_tree_show(tree, root);
    assert_true(json_tree_fold(tree, 3, true));
    check_shown(tree, root, "0  [3]\n1 /0 [1]\n2 /0/0 1\n1 /1 [1] [2]\n1 /2 [1]\n2 /2/0 3\n");
    json_tree_shift(tree, "", 0, -1);
    check_shown(tree, rest, "0  [2]\n1 /0 [1] [2]\n1 /1 [1]\n2 /1/0 3\n");
    json_tree_shift(tree, "", 0, 1);
    check_shown(tree, root, "0  [3]\n1 /0 [1]\n2 /0/0 1\n1 /1 [1] [2]\n1 /2 [1]\n2 /2/0 3\n");
    json_tree_free(tree);
    json_free(root);
    json_free(rest);
}

/* Every marked line as "SIGN POINTER\n". */
static char *marks(const struct json_tree *tree)
{
    struct bytes text;

    bytes_init(&text, TEXT_MAX);
    for (size_t line = 0; line < json_tree_count(tree); line++) {
        if (json_tree_line(tree, line)->mark == JSON_TREE_SAME)
            continue;
        bytes_printf(&text, "%c ", " +~-"[json_tree_line(tree, line)->mark]);
        json_tree_pointer(tree, line, &text);
        bytes_puts(&text, "\n");
    }
    return bytes_take(&text);
}

/* D33 D35: what a probe changes stands at its place, what it takes away has a line too. */
static void what_differs_from_another_value_is_marked_at_its_place(void **state)
{
    struct json *before = parse(body),
                *after = parse("{\"messages\": [{\"role\": \"nobody\"}, 1], \"temperature\": 0.10, "
                               "\"a/b~\": [], \"n\": 2}");
    struct json_tree *tree = json_tree_new();
    char *text;

    (void)state;
    json_tree_compare(tree, before);
    json_tree_show(tree, after);
    text = marks(tree);
    assert_string_equal(text, "~ /messages/0/role\n- /messages/0/content\n+ /messages/1\n"
                              "~ /a~1b~0\n+ /n\n- /model\n");
    assert_int_equal(json_tree_first_mark(tree), json_tree_find(tree, "/messages/0/role"));
    assert_false(json_tree_fold(tree, json_tree_find(tree, "/model"), true));
    free(text);
    json_tree_compare(tree, NULL);
    json_tree_show(tree, after);
    text = marks(tree);
    assert_string_equal(text, "");
    assert_int_equal(json_tree_first_mark(tree), 0);
    free(text);
    json_tree_free(tree);
    json_free(after);
    json_free(before);
}

static void a_long_string_is_cut_between_characters(void **state)
{
    struct json_tree *tree = json_tree_new();
    struct json *root = parse("\"ééééééééééééé\"");

    (void)state;
    check_shown(tree, root, "0  \"éééééééééé…\n");
    json_tree_show(tree, NULL);
    assert_int_equal(json_tree_count(tree), 0);
    json_tree_free(tree);
    json_free(root);
}

/* ---- edits ---- */

static void edits_are_undone_and_done_again(void **state)
{
    struct json_edit *edit = json_edit_new(parse("{\"a\":1.50,\"b\":[1,2],\"c\":{}}"));
    struct error error;
    struct bytes where;

    (void)state;
    bytes_init(&where, 100);
    assert_true(json_edit_add(edit, "/b", NULL, 1, parse("\"x\""), &error));
    assert_true(json_edit_add(edit, "/c", "d", 0, parse("null"), &error));
    assert_true(json_edit_remove(edit, "/a", &error));
    assert_true(json_edit_move(edit, "/c", false, &error));
    assert_true(json_edit_move(edit, "/b/0", true, &error));
    assert_true(json_edit_replace(edit, "/b/1", parse("1e2"), &error));
    check_text(json_edit_root(edit), "{\"c\":{\"d\":null},\"b\":[\"x\",1e2,2]}");
    assert_true(json_edit_undo(edit, &where));
    assert_string_equal(bytes_text(&where), "/b/1");
    assert_true(json_edit_undo(edit, &where));
    assert_string_equal(bytes_text(&where), "/b/0");
    assert_true(json_edit_undo(edit, &where));
    assert_string_equal(bytes_text(&where), "/c");
    assert_true(json_edit_undo(edit, &where));
    assert_string_equal(bytes_text(&where), "/a");
    for (int i = 0; i < 2; i++)
        assert_true(json_edit_undo(edit, NULL));
    assert_false(json_edit_undo(edit, NULL));
    check_text(json_edit_root(edit), "{\"a\":1.50,\"b\":[1,2],\"c\":{}}");
    while (json_edit_redo(edit, NULL))
        ;
    check_text(json_edit_root(edit), "{\"c\":{\"d\":null},\"b\":[\"x\",1e2,2]}");
    assert_true(json_edit_undo(edit, NULL));
    assert_true(json_edit_replace(edit, "/b/1", parse("7"), &error));
    assert_false(json_edit_redo(edit, NULL)); /* another way was taken */
    bytes_release(&where);
    json_edit_free(edit);
}

static void an_edit_that_cannot_be_says_why_and_changes_nothing(void **state)
{
    static const char text[] = "{\"a\":1,\"b\":[1]}";
    struct json_edit *edit = json_edit_new(parse(text));
    struct error error;

    (void)state;
    assert_false(json_edit_add(edit, "", "a", 0, parse("2"), &error));
    assert_non_null(strstr(error.text, "\"a\" already"));
    assert_false(json_edit_add(edit, "", NULL, 0, parse("2"), &error));
    assert_false(json_edit_add(edit, "/a", "x", 0, parse("2"), &error));
    assert_false(json_edit_add(edit, "/z", "x", 0, parse("2"), &error));
    assert_false(json_edit_remove(edit, "", &error));
    assert_non_null(strstr(error.text, "whole body"));
    assert_false(json_edit_remove(edit, "/b/1", &error));
    assert_false(json_edit_move(edit, "/a", false, &error));
    assert_false(json_edit_move(edit, "/b", true, &error));
    assert_false(json_edit_replace(edit, "/z", parse("2"), &error));
    assert_true(json_edit_replace(edit, "/a", parse("1"), &error)); /* equal: no step */
    assert_false(json_edit_undo(edit, NULL));
    check_text(json_edit_root(edit), text);
    json_edit_free(edit);
}

static void the_way_back_is_bounded_and_its_last_step_is_kept(void **state)
{
    struct json_edit *edit = json_edit_new(parse("0"));
    char *big = xmalloc(JSON_EDIT_BYTES + 10);
    int undone = 0;

    (void)state;
    for (int i = 1; i <= JSON_EDIT_STEPS + 50; i++)
        assert_true(json_edit_replace(edit, "", json_new_integer(i), NULL));
    while (json_edit_undo(edit, NULL))
        undone++;
    assert_int_equal(undone, JSON_EDIT_STEPS);
    check_text(json_edit_root(edit), "50");
    memset(big, 'x', JSON_EDIT_BYTES + 9);
    big[JSON_EDIT_BYTES + 9] = '\0';
    assert_true(json_edit_replace(edit, "", json_new_string(big), NULL));
    assert_true(json_edit_replace(edit, "", json_new_integer(1), NULL));
    assert_true(json_edit_undo(edit, NULL));
    assert_int_equal(strlen(json_string(json_edit_root(edit))), JSON_EDIT_BYTES + 9);
    assert_false(json_edit_undo(edit, NULL));
    free(big);
    json_edit_free(edit);
}

/* ---- what is typed ---- */

static void what_is_typed_is_json_where_it_is_some_else_a_string(void **state)
{
    static const struct {
        const char *typed, *json; /* NULL: refused */
    } cases[] = {
        {"1.0", "1.0"},
        {" true", "true"},
        {"hello", "\"hello\""},
        {"\"42\"", "\"42\""},
        {"{\"a\": [1]}", "{\"a\":[1]}"},
        {"{\"a\": 1", NULL}, /* what begins so is meant as JSON, and no string silently */
        {"[see above] go", NULL},
        {"", "\"\""},
        {"\"open", NULL},
        {"NaN", "\"NaN\""},
        {"01", "\"01\""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct json *value = json_edit_read(cases[i].typed, NULL);

        if (cases[i].json)
            check_text(value, cases[i].json);
        else
            assert_null(value);
        json_free(value);
    }
}

/* What is typed for JSON is refused at its column; a string is plain where a line can hold it. */
static void json_is_refused_at_its_column(void **state)
{
    struct error error;
    size_t column = 0;

    (void)state;
    assert_null(json_edit_read_json("[1, 02]", &column, &error));
    assert_int_equal(column, 5);
    assert_non_null(strstr(error.text, "column 5"));
    assert_null(json_edit_read_json("hello", &column, &error));
    assert_int_equal(column, 1);
    assert_null(json_edit_read_json("\"\\u0000\"", &column, &error));
    assert_null(json_edit_read_json("", &column, &error));
    assert_true(json_edit_is_plain("é \"q\" 42 {"));
    assert_true(json_edit_is_plain(""));
    assert_false(json_edit_is_plain("a\nb"));
    assert_false(json_edit_is_plain("a\tb"));
    assert_false(json_edit_is_plain("\xff"));
}

static void a_member_is_renamed_in_its_place(void **state)
{
    struct json_edit *edit = json_edit_new(parse("{\"a\":1,\"b\":[2],\"c\":3}"));
    struct error error;
    struct bytes what;

    (void)state;
    bytes_init(&what, TEXT_MAX);
    assert_true(json_edit_rename(edit, "/b", "x/y", &error));
    check_text(json_edit_root(edit), "{\"a\":1,\"x/y\":[2],\"c\":3}");
    assert_false(json_edit_rename(edit, "/a", "c", &error));
    assert_non_null(strstr(error.text, "\"c\" already"));
    assert_false(json_edit_rename(edit, "/x~1y/0", "z", &error));
    assert_false(json_edit_rename(edit, "", "z", &error));
    assert_true(json_edit_rename(edit, "/a", "a", &error)); /* the same: no step */
    assert_true(json_edit_describe(edit, true, &what));
    assert_string_equal(bytes_text(&what), "renaming to /x~1y");
    assert_false(json_edit_describe(edit, false, &what));
    assert_true(json_edit_undo(edit, NULL));
    check_text(json_edit_root(edit), "{\"a\":1,\"b\":[2],\"c\":3}");
    assert_false(json_edit_describe(edit, true, &what));
    bytes_release(&what);
    json_edit_free(edit);
}

/* Neighbours exchange places at either end of lists of two, three and more. */
static void neighbours_exchange_their_places(void **state)
{
    (void)state;
    for (int count = 2; count <= 5; count++) {
        for (int at = 0; at + 1 < count; at++) {
            struct json *list = json_new_array(), *child;
            int order[5];

            for (int i = 0; i < count; i++) {
                json_append(list, json_new_integer(i));
                order[i] = i == at ? at + 1 : i == at + 1 ? at : i;
            }
            json_exchange(list, json_item(list, (size_t)at));
            json_append(list, json_new_integer(99)); /* the end is found by the first one's link */
            child = json_first(list);
            for (int i = 0; i < count; i++, child = json_next(child)) {
                int64_t number;

                assert_true(json_integer(child, &number));
                assert_int_equal(number, order[i]);
            }
            assert_null(json_next(child));
            json_free(json_take(list, json_first(list)));
            assert_int_equal(json_count(list), count);
            json_free(list);
        }
    }
}

/* What is folded stays so under another name, with all that is folded in it. */
static void folds_go_along_with_a_new_name(void **state)
{
    struct json *root = parse("{\"a\":{\"b\":[1]},\"ab\":[2]}"), *renamed;
    struct json_tree *tree = json_tree_new();

    (void)state;
    json_tree_show(tree, root);
    json_tree_fold(tree, json_tree_find(tree, "/a/b"), true);
    json_tree_fold(tree, json_tree_find(tree, "/ab"), true);
    json_tree_repoint(tree, "/a", "/new");
    renamed = parse("{\"new\":{\"b\":[1]},\"ab\":[2]}");
    json_tree_show(tree, renamed);
    assert_true(json_tree_line(tree, json_tree_find(tree, "/new/b"))->folded);
    assert_true(json_tree_line(tree, json_tree_find(tree, "/ab"))->folded);
    assert_true(json_tree_line(tree, json_tree_find(tree, "/new"))->open);
    json_tree_free(tree);
    json_free(root);
    json_free(renamed);
}

/* ---- random trees, random edits ---- */

static uint64_t next(uint64_t *seed, uint64_t below)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed % below;
}

static struct json *random_value(uint64_t *seed, int depth)
{
    static const char *const leaves[] = {
        "null",  "true", "-0.0",      "1e400", "12345678901234567890",
        "\"x\"", "\"\"", "\"\\n/~\"", "[]",    "{}"};
    static const char *const names[] = {"a", "b/c", "~", "", "0", "é"};
    bool object = next(seed, 2);
    struct json *value;

    if (depth == 0 || next(seed, 3) == 0)
        return parse(leaves[next(seed, sizeof(leaves) / sizeof(*leaves))]);
    value = object ? json_new_object() : json_new_array();
    for (size_t i = next(seed, 6); i > 0; i--) {
        struct json *child = random_value(seed, depth - 1);

        if (object)
            json_set(value, names[next(seed, sizeof(names) / sizeof(*names))], child);
        else
            json_append(value, child);
    }
    return value;
}

static void edit_at_random(struct json_edit *edit, const char *pointer, uint64_t *seed)
{
    static const char *const names[] = {"a", "b/c", "~", "", "new", NULL};

    switch (next(seed, 8)) {
    case 0:
        json_edit_replace(edit, pointer, random_value(seed, 2), NULL);
        break;
    case 1:
    case 2:
        json_edit_add(edit, pointer, names[next(seed, 6)], next(seed, 4), random_value(seed, 2),
                      NULL);
        break;
    case 3:
        json_edit_remove(edit, pointer, NULL);
        break;
    case 4:
        json_edit_undo(edit, NULL);
        break;
    case 5:
        json_edit_rename(edit, pointer, names[next(seed, 5)], NULL);
        break;
    default:
        json_edit_move(edit, pointer, next(seed, 2), NULL);
        break;
    }
}

/* Each line's pointer leads to its value, and finds its line again. */
static void check_lines(const struct json_tree *tree, struct json *root)
{
    for (size_t i = 0; i < json_tree_count(tree); i++) {
        struct bytes pointer;

        bytes_init(&pointer, TEXT_MAX);
        json_tree_pointer(tree, i, &pointer);
        assert_ptr_equal(json_at(root, bytes_text(&pointer)), json_tree_line(tree, i)->value);
        assert_int_equal(json_tree_find(tree, bytes_text(&pointer)), i);
        bytes_release(&pointer);
    }
}

static void undo_to_the_beginning_gives_every_byte_back(void **state)
{
    uint64_t seed = 20261121;

    (void)state;
    for (int i = 0; i < TREES; i++) {
        struct json_edit *edit = json_edit_new(random_value(&seed, 4));
        struct json_tree *tree = json_tree_new();
        char *before = written(json_edit_root(edit)), *after;

        for (int step = 0; step < STEPS; step++) {
            struct bytes pointer;

            json_tree_show(tree, json_edit_root(edit));
            check_lines(tree, json_edit_root(edit));
            bytes_init(&pointer, TEXT_MAX);
            json_tree_pointer(tree, next(&seed, json_tree_count(tree)), &pointer);
            json_tree_fold(tree, next(&seed, json_tree_count(tree)), next(&seed, 2));
            edit_at_random(edit, bytes_text(&pointer), &seed);
            bytes_release(&pointer);
        }
        while (json_edit_redo(edit, NULL))
            ;
        after = written(json_edit_root(edit));
        while (json_edit_undo(edit, NULL))
            ;
        check_text(json_edit_root(edit), before);
        while (json_edit_redo(edit, NULL))
            ;
        check_text(json_edit_root(edit), after);
        free(before);
        free(after);
        json_tree_free(tree);
        json_edit_free(edit);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folds_go_along_with_a_new_name),
        cmocka_unit_test(every_value_is_a_line_and_folding_hides_what_is_below),
        cmocka_unit_test(one_moves_to_siblings_and_parents_and_finds_pointers),
        cmocka_unit_test(what_is_folded_moves_along_with_the_items_of_an_array),
        cmocka_unit_test(what_differs_from_another_value_is_marked_at_its_place),
        cmocka_unit_test(a_long_string_is_cut_between_characters),
        cmocka_unit_test(edits_are_undone_and_done_again),
        cmocka_unit_test(an_edit_that_cannot_be_says_why_and_changes_nothing),
        cmocka_unit_test(the_way_back_is_bounded_and_its_last_step_is_kept),
        cmocka_unit_test(what_is_typed_is_json_where_it_is_some_else_a_string),
        cmocka_unit_test(json_is_refused_at_its_column),
        cmocka_unit_test(a_member_is_renamed_in_its_place),
        cmocka_unit_test(neighbours_exchange_their_places),
        cmocka_unit_test(undo_to_the_beginning_gives_every_byte_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
