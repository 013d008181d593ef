/* base/json: trees that keep what was written, pointers, patches and places in files. */
#include "tests/unit/unit.h"

#include "base/bytes.h"
#include "base/json.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct json *parse(const char *text)
{
    struct error error;
    struct json *root = json_parse(text, strlen(text), "test", &error);

    if (!root)
        fail_msg("%s", error.text);
    return root;
}

static void expect_text(const struct json *value, bool pretty, const char *expected)
{
    struct bytes out;

    bytes_init(&out, 1 << 20);
    assert_true(json_write(value, pretty, &out));
    assert_string_equal(bytes_text(&out), expected);
    bytes_release(&out);
}

static void keeps_numbers_order_and_case_as_written(void **state)
{
    static const char text[] =
        "{\"b\":1.50,\"a\":1e400,\"A\":12345678901234567890123,"
        "\"n\":[-0,0.10,1E+2],\"é\":\"\\u0001\\\"\\\\/\",\"t\":true,\"z\":null}";
    struct json *root = parse(text);
    int64_t integer;
    double real;

    (void)state;
    expect_text(root, false, text);
    assert_string_equal(json_number_text(json_member(root, "b")), "1.50");
    assert_false(json_real(json_member(root, "a"), &real));
    assert_false(json_integer(json_member(root, "A"), &integer));
    assert_ptr_not_equal(json_member(root, "a"), json_member(root, "A"));
    assert_null(json_member(root, "B"));
    json_free(root);
}

static void writes_one_member_a_line(void **state)
{
    struct json *root = parse("{\"a\":[1,{\"b\":[]}],\"c\":{}}");

    (void)state;
    expect_text(root, true,
                "{\n  \"a\": [\n    1,\n    {\n      \"b\": []\n    }\n  ],\n  \"c\": {}\n}\n");
    json_free(root);
    root = parse("\"x\"");
    expect_text(root, true, "\"x\"\n");
    json_free(root);
}

static void reports_faults_by_line_and_column(void **state)
{
    struct error error;

    (void)state;
    assert_null(json_parse("{\n \"a\": tru}", 12, "probes/x.json", &error));
    assert_int_equal(error.kind, ERROR_FILE);
    assert_non_null(strstr(error.text, "probes/x.json:2:10: "));
    assert_null(json_parse("{\"a\":1,\"a\":2}", 13, "x", &error));
    assert_null(json_parse("[1]]", 4, "x", &error));
    assert_null(json_parse("", 0, "x", NULL));
}

static void reports_a_nul_rather_than_shorten_a_string(void **state)
{
    struct error error;

    (void)state;
    assert_null(json_parse("[\"a\\u0000b\"]", 12, "the answer", &error));
    assert_non_null(strstr(error.text, "\\u0000"));
    assert_null(json_parse("{\"a\\u0000b\":1}", 14, "the answer", &error));
}

static void reads_integers_exactly(void **state)
{
    static const struct {
        const char *text;
        bool exact;
        int64_t value;
    } cases[] = {
        {"0", true, 0},
        {"-7", true, -7},
        {"9223372036854775807", true, INT64_MAX},
        {"-9223372036854775808", true, INT64_MIN},
        {"9223372036854775808", false, 0},
        {"2.0", true, 2},
        {"1e3", true, 1000},
        {"1.5", false, 0},
        {"1e30", false, 0},
        {"9007199254740993.0", true, 9007199254740992},
    };
    int64_t value;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct json *number = parse(cases[i].text);

        assert_int_equal(json_integer(number, &value), cases[i].exact);
        if (cases[i].exact)
            assert_int_equal(value, cases[i].value);
        json_free(number);
    }
}

static void answers_absent_for_null_and_other_types(void **state)
{
    struct json *root = parse("{\"s\":\"x\"}");
    double real;

    (void)state;
    assert_int_equal(json_type(NULL), JSON_ABSENT);
    assert_null(json_member(json_item(json_member(NULL, "a"), 3), "b"));
    assert_null(json_string(root));
    assert_null(json_member(json_member(root, "s"), "x"));
    assert_null(json_item(root, 1));
    assert_false(json_real(json_member(root, "s"), &real));
    assert_true(json_boolean(NULL, true));
    assert_int_equal(json_count(NULL), 0);
    assert_null(json_copy(NULL));
    json_free(root);
}

static void builds_and_edits_in_place(void **state)
{
    struct json *root = json_new_object(), *array = json_new_array(), *copy, *taken;

    (void)state;
    json_set_string(root, "name", "a\"b");
    json_set_string(root, "none", NULL);
    json_set_integer(root, "big", INT64_MIN);
    json_set_real(root, "tenth", 0.1);
    json_set_real(root, "not", NAN);
    json_set_boolean(root, "yes", true);
    json_set(root, "list", array);
    json_append(array, json_new_string_n("xyz", 2));
    json_insert(array, 0, json_new_integer(1));
    json_insert(array, 2, json_new_integer(2));
    json_set_string(root, "name", "new");
    expect_text(root, false,
                "{\"name\":\"new\",\"none\":null,\"big\":-9223372036854775808,\"tenth\":0.1,"
                "\"not\":null,\"yes\":true,\"list\":[1,\"xy\",2]}");
    copy = json_copy(array);
    assert_null(json_name(copy));
    assert_true(json_equal(copy, array));
    taken = json_take(root, array);
    assert_null(json_name(taken));
    json_set(root, "name", taken);
    json_free(copy);
    expect_text(json_first(root), false, "[1,\"xy\",2]");
    json_free(root);
}

static void compares_members_in_any_order(void **state)
{
    struct json *a = parse("{\"a\":1,\"b\":[1,{\"x\":null}]}"),
                *b = parse("{\"b\":[1,{\"x\":null}],\"a\":1}"),
                *c = parse("{\"b\":[{\"x\":null},1],\"a\":1}");

    (void)state;
    assert_true(json_equal(a, b));
    assert_false(json_equal(a, c));
    json_free(a);
    json_free(b);
    json_free(c);
}

static void ignores_the_locale_for_numbers(void **state)
{
    struct json *number;
    double real;

    (void)state;
    /* Where no such locale is installed the rest holds as well. */
    setlocale(LC_NUMERIC, "de_DE.UTF-8");
    number = json_new_real(1.5);
    assert_string_equal(json_number_text(number), "1.5");
    assert_true(json_real(number, &real));
    assert_true(real == 1.5);
    json_free(number);
    setlocale(LC_NUMERIC, "C");
}

static void quotes_any_bytes_as_valid_json(void **state)
{
    struct bytes out;

    (void)state;
    bytes_init(&out, 100);
    assert_true(json_quote(&out, "a\"\\\n\0\x1f\xFFé\xE2\x82", 11));
    assert_string_equal(bytes_text(&out),
                        "\"a\\\"\\\\\\n\\u0000\\u001f\xEF\xBF\xBDé\xEF\xBF\xBD\xEF\xBF\xBD\"");
    bytes_release(&out);
}

/* RFC 6901 §5. */
static void finds_the_examples_of_rfc_6901(void **state)
{
    static const struct {
        const char *pointer;
        const char *value; /* NULL: nothing */
    } cases[] = {
        {"/foo", "[\"bar\",\"baz\"]"},
        {"/foo/0", "\"bar\""},
        {"/", "0"},
        {"/a~1b", "1"},
        {"/c%d", "2"},
        {"/e^f", "3"},
        {"/g|h", "4"},
        {"/i\\j", "5"},
        {"/k\"l", "6"},
        {"/ ", "7"},
        {"/m~0n", "8"},
        {"/foo/2", NULL},
        {"/foo/-", NULL},
        {"/foo/00", NULL},
        {"/foo/+0", NULL},
        {"/foo/0/x", NULL},
        {"/m~2n", NULL},
        {"/m~", NULL},
        {"foo", NULL},
        {"/nope/x", NULL},
        {"/foo/99999999999999999999", NULL},
    };
    struct json *root = parse("{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"c%d\":2,\"e^f\":3,"
                              "\"g|h\":4,\"i\\\\j\":5,\"k\\\"l\":6,\" \":7,\"m~n\":8}");

    (void)state;
    assert_ptr_equal(json_at(root, ""), root);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct json *found = json_at(root, cases[i].pointer);

        if (cases[i].value)
            expect_text(found, false, cases[i].value);
        else
            assert_null(found);
    }
    json_free(root);
}

struct patch {
    char operation; /* a, r(emove) or = */
    const char *before;
    const char *pointer;
    const char *value;
    const char *after; /* NULL: refused */
};

/* RFC 6902 appendix A, as far as it concerns the three operations; then the edges of ours. */
static const struct patch patches[] = {
    /* A.1 to A.5 */
    {'a', "{\"foo\":\"bar\"}", "/baz", "\"qux\"", "{\"foo\":\"bar\",\"baz\":\"qux\"}"},
    {'a', "{\"foo\":[\"bar\",\"baz\"]}", "/foo/1", "\"qux\"",
     "{\"foo\":[\"bar\",\"qux\",\"baz\"]}"},
    {'r', "{\"baz\":\"qux\",\"foo\":\"bar\"}", "/baz", NULL, "{\"foo\":\"bar\"}"},
    {'r', "{\"foo\":[\"bar\",\"qux\",\"baz\"]}", "/foo/1", NULL, "{\"foo\":[\"bar\",\"baz\"]}"},
    {'=', "{\"baz\":\"qux\",\"foo\":\"bar\"}", "/baz", "\"boo\"",
     "{\"baz\":\"boo\",\"foo\":\"bar\"}"},
    /* A.10: a nested member object */
    {'a', "{\"foo\":\"bar\"}", "/child", "{\"grandchild\":{}}",
     "{\"foo\":\"bar\",\"child\":{\"grandchild\":{}}}"},
    /* A.12: to a nonexistent target */
    {'a', "{\"foo\":\"bar\"}", "/baz/bat", "\"qux\"", NULL},
    /* A.14: escapes are unescaped once */
    {'=', "{\"/\":9,\"~1\":10}", "/~01", "11", "{\"/\":9,\"~1\":11}"},
    /* A.16: an array value */
    {'a', "{\"foo\":[\"bar\"]}", "/foo/-", "[\"abc\",\"def\"]",
     "{\"foo\":[\"bar\",[\"abc\",\"def\"]]}"},
    /* Adding what exists replaces it in place. */
    {'a', "{\"a\":1,\"b\":2}", "/a", "3", "{\"a\":3,\"b\":2}"},
    {'a', "[1,2]", "/0", "0", "[0,1,2]"},
    {'a', "[1,2]", "/2", "3", "[1,2,3]"},
    {'a', "[1,2]", "/3", "3", NULL},
    {'a', "[1,2]", "/x", "3", NULL},
    {'a', "[1,2]", "/01", "3", NULL},
    {'a', "{}", "a", "3", NULL},
    {'a', "{}", "/~", "3", NULL},
    {'a', "1", "/a", "3", NULL},
    {'a', "{\"a\":\"x\"}", "/a/b/c", "3", NULL},
    {'a', "{\"a\":1}", "", "[]", "[]"},
    {'=', "{\"a\":1}", "", "[]", "[]"},
    {'=', "{\"a\":1}", "/b", "2", NULL},
    {'=', "[1]", "/0", "2", "[2]"},
    {'=', "[1]", "/-", "2", NULL},
    {'r', "[1]", "/0", NULL, "[]"},
    {'r', "[1]", "/1", NULL, NULL},
    {'r', "{\"a\":1}", "/b", NULL, NULL},
    {'r', "{\"a\":1}", "", NULL, NULL},
};

static void patches_as_rfc_6902_says(void **state)
{
    struct error error;

    (void)state;
    for (size_t i = 0; i < COUNT(patches); i++) {
        const struct patch *patch = &patches[i];
        struct json *root = parse(patch->before);
        struct json *value = patch->value ? parse(patch->value) : NULL;
        bool done;

        error_clear(&error);
        if (patch->operation == 'a')
            done = json_patch_add(&root, patch->pointer, value, &error);
        else if (patch->operation == '=')
            done = json_patch_replace(&root, patch->pointer, value, &error);
        else
            done = json_patch_remove(&root, patch->pointer, &error);
        assert_int_equal(done, patch->after != NULL);
        assert_int_equal(error.kind, done ? ERROR_NONE : ERROR_FILE);
        expect_text(root, false, done ? patch->after : patch->before);
        json_free(root);
    }
}

static void says_which_part_of_a_pointer_is_missing(void **state)
{
    struct json *root = parse("{\"messages\":[{\"role\":\"user\"}]}");
    struct error error;

    (void)state;
    assert_false(json_patch_remove(&root, "/messages/3/role", &error));
    assert_non_null(strstr(error.text, "nothing is at \"/messages/3\""));
    json_free(root);
}

static const char file_text[] = "{\n"
                                "  \"version\": 1,\n"
                                "  \"profiles\": [\n"
                                "    {\"name\": \"a\"},\n"
                                "    {\"name\": 2, \"a/b\": {\"x\": null}, \"n\": 1.5}\n"
                                "  ]\n"
                                "}\n";

static void tells_the_place_of_a_value_in_its_file(void **state)
{
    static const struct {
        const char *pointer, *place;
    } cases[] = {
        {"", "w.json:1:1: bad"},
        {"/version", "w.json:2:14: bad"},
        {"/profiles/1", "w.json:5:5: bad"},
        {"/profiles/0/name", "w.json:4:14: bad"},
        {"/profiles/1/name", "w.json:5:14: bad"},
        {"/profiles/1/a~1b/x", "w.json:5:30: bad"},
        {"/profiles/1/missing/x", "w.json:5:5: bad"},
        {"/profiles/7", "w.json:3:15: bad"},
        {"/profiles/-", "w.json:3:15: bad"},
        {"/nope", "w.json:1:1: bad"},
    };
    struct json_file file;
    struct error error;

    (void)state;
    assert_true(json_file_parse(&file, "w.json", file_text, strlen(file_text), &error));
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_false(json_file_error(&file, cases[i].pointer, &error, "%s", "bad"));
        assert_string_equal(error.text, cases[i].place);
    }
    json_file_error_at(&file, json_at(file.root, "/profiles/1/name"), &error, "bad");
    assert_string_equal(error.text, "w.json:5:14: bad");
    json_file_release(&file);
}

static void reads_typed_members_or_says_what_they_must_be(void **state)
{
    const char *string = "kept";
    struct json *array = NULL, *object = NULL, *second;
    int64_t integer = 7;
    bool boolean = true;
    struct json_file file;
    struct error error;

    (void)state;
    assert_true(json_file_parse(&file, "w.json", file_text, strlen(file_text), &error));
    assert_true(json_file_integer(&file, file.root, "version", JSON_REQUIRED, &integer, &error));
    assert_int_equal(integer, 1);
    assert_true(json_file_array(&file, file.root, "profiles", JSON_REQUIRED, &array, &error));
    second = json_item(array, 1);
    assert_false(json_file_string(&file, second, "name", JSON_OPTIONAL, &string, &error));
    assert_string_equal(error.text, "w.json:5:14: /profiles/1/name must be a string");
    assert_false(json_file_string(&file, second, "url", JSON_REQUIRED, &string, &error));
    assert_string_equal(error.text, "w.json:5:5: /profiles/1/url must be a string and is missing");
    assert_true(json_file_string(&file, second, "url", JSON_OPTIONAL, &string, &error));
    assert_string_equal(string, "kept");
    assert_true(json_file_boolean(&file, second, "on", JSON_OPTIONAL, &boolean, &error));
    assert_true(boolean);
    assert_false(json_file_integer(&file, second, "n", JSON_OPTIONAL, &integer, &error));
    assert_true(json_file_object(&file, second, "a/b", JSON_REQUIRED, &object, &error));
    assert_false(json_file_string(&file, object, "x", JSON_REQUIRED, &string, &error));
    assert_true(json_file_string(&file, object, "x", JSON_OPTIONAL, &string, &error));
    assert_false(json_file_object(&file, second, "n", JSON_OPTIONAL, &object, NULL));
    json_file_release(&file);
    assert_false(json_file_parse(&file, "w.json", "{", 1, &error));
    json_file_release(&file);
}

static void lines_become_a_list(void **state)
{
    static const char *const rows[][2] = {
        {NULL, "[]"}, {"", "[]"}, {"a", "[\"a\"]"}, {"a\n\nb\n", "[\"a\",\"\",\"b\"]"}};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct json *list = json_new_lines(rows[i][0]);

        expect_text(list, false, rows[i][1]);
        json_free(list);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_numbers_order_and_case_as_written),
        cmocka_unit_test(writes_one_member_a_line),
        cmocka_unit_test(reports_faults_by_line_and_column),
        cmocka_unit_test(reports_a_nul_rather_than_shorten_a_string),
        cmocka_unit_test(reads_integers_exactly),
        cmocka_unit_test(answers_absent_for_null_and_other_types),
        cmocka_unit_test(builds_and_edits_in_place),
        cmocka_unit_test(compares_members_in_any_order),
        cmocka_unit_test(ignores_the_locale_for_numbers),
        cmocka_unit_test(quotes_any_bytes_as_valid_json),
        cmocka_unit_test(finds_the_examples_of_rfc_6901),
        cmocka_unit_test(patches_as_rfc_6902_says),
        cmocka_unit_test(says_which_part_of_a_pointer_is_missing),
        cmocka_unit_test(tells_the_place_of_a_value_in_its_file),
        cmocka_unit_test(reads_typed_members_or_says_what_they_must_be),
        cmocka_unit_test(lines_become_a_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
