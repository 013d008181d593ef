/* catalog/catalog: models as they came, byte for byte and in their order. */
#include "tests/unit/unit.h"

#include "base/bytes.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "catalog/catalog.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void parse(const char *text, struct catalog *catalog)
{
    struct error error;

    if (!catalog_parse(text, strlen(text), "the answer", catalog, &error))
        fail_msg("%s", error.text);
}

/* A2 A31 A32: case, punctuation, prefixes and spaces stay; A30: so does the order. */
static void keeps_identifiers_and_their_order(void **state)
{
    static const char *const ids[] = {"Org/Model:v1.0", " lead",        "trail ",
                                      "org/model:V1.0", "é\\u0301|`x`", "a\tb"};
    struct catalog catalog;

    (void)state;
    parse("{\"object\":\"list\",\"data\":[{\"id\":\"Org/Model:v1.0\"},{\"id\":\" lead\"},"
          "{\"id\":\"trail \"},{\"id\":\"org/model:V1.0\"},{\"id\":\"\\u00e9\\\\u0301|`x`\"},"
          "{\"id\":\"a\\tb\"}]}",
          &catalog);
    assert_int_equal(catalog.count, COUNT(ids));
    for (size_t i = 0; i < COUNT(ids); i++)
        assert_string_equal(catalog.models[i].id, ids[i]);
    catalog_release(&catalog);
}

/* A14: extra fields are tolerated and kept; the envelope may be any of the known ones. */
static void takes_every_known_envelope_and_extra_fields(void **state)
{
    static const char *const texts[] = {
        "{\"object\":\"list\",\"data\":[{\"id\":\"m\",\"x\":{\"y\":[1.50]}}]}",
        "{\"success\":true,\"message\":\"\",\"data\":[{\"id\":\"m\",\"x\":{\"y\":[1.50]}}]}",
        "{\"data\":[{\"x\":{\"y\":[1.50]},\"id\":\"m\"}],\"error\":null}",
        "[{\"id\":\"m\",\"x\":{\"y\":[1.50]}}]",
    };
    struct catalog catalog;

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        const struct json *y;

        parse(texts[i], &catalog);
        assert_int_equal(catalog.count, 1);
        assert_string_equal(catalog.models[0].id, "m");
        y = json_member(json_member(catalog.models[0].record, "x"), "y");
        assert_string_equal(json_number_text(json_item(y, 0)), "1.50");
        catalog_release(&catalog);
    }
    parse("{\"data\":[]}", &catalog);
    assert_int_equal(catalog.count, 0);
    catalog_release(&catalog);
}

/* A15 A24–A28: what is no list of records with identifiers fails, and says where. */
static void fails_visibly_with_the_index_of_a_bad_record(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"{\"data\":[{\"id\":\"a\"},{\"name\":\"b\"}]}", "the answer:1:21: record 1 "},
        {"{\"data\":[{\"id\":\"a\"},\n{\"id\":7}]}", "the answer:2:7: record 1 "},
        {"{\"data\":[{\"id\":\"\"}]}", "record 0 "},
        {"{\"data\":[{\"ID\":\"a\"}]}", "record 0 "},
        {"{\"data\":[null]}", "record 0 "},
        {"[\"a\"]", "record 0 "},
        {"{\"data\":null}", "null where its list should be"},
        {"{\"success\":true,\"data\":null}", "null where its list should be"},
        {"{\"data\":{}}", "this is no catalog"},
        {"{}", "this is no catalog"},
        {"7", "this is no catalog"},
        {"{\"error\":{\"message\":\"Invalid token\",\"code\":\"\"}}", "instead of a list: Invalid"},
        {"{\"error\":\"nope\",\"data\":[]}", "instead of a list: nope"},
        {"{\"code\":null,\"message\":\"user quota is not enough\"}", "user quota is not enough"},
        {"{\"success\":false,\"data\":[]}", "instead of a list: without a message"},
        {"<!doctype html>", "the answer:1:1: expected a JSON value"},
        {"", "the text ends before"},
        {"{\"data\":[{\"id\":\"a\"}]", "the text ends before"},
        {"{\"data\":[{\"id\":\"a\\u0000b\"}]}", "\\u0000"},
        {"{\"data\":[{\"id\":\"a\",\"id\":\"b\"}]}", "stands twice"},
    };
    struct catalog catalog;
    struct error error;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_false(
            catalog_parse(cases[i].text, strlen(cases[i].text), "the answer", &catalog, &error));
        if (!strstr(error.text, cases[i].message))
            fail_msg("\"%s\" lacks \"%s\"", error.text, cases[i].message);
        assert_null(catalog.root);
    }
}

static void reads_long_lists_in_linear_time(void **state)
{
    enum { SMALL = 5000, LARGE = 20 * SMALL };
    clock_t took[2];
    struct bytes text;

    (void)state;
    for (int run = 0; run < 2; run++) {
        size_t count = run ? LARGE : SMALL;
        struct catalog catalog;
        clock_t begin;

        bytes_init(&text, (size_t)1 << 26);
        bytes_puts(&text, "{\"data\":[");
        for (size_t i = 0; i < count; i++)
            bytes_printf(&text, "%s{\"id\":\"org/model-%zu\",\"object\":\"model\",\"created\":1}",
                         i ? "," : "", i);
        bytes_puts(&text, "]}");
        begin = clock();
        assert_true(catalog_parse(bytes_text(&text), text.len, "x", &catalog, NULL));
        took[run] = clock() - begin;
        assert_int_equal(catalog.count, count);
        assert_string_equal(catalog.models[4999].id, "org/model-4999");
        catalog_release(&catalog);
        bytes_release(&text);
    }
    /* Twenty times the list: a quadratic reader would take four hundred times as long. */
    assert_true(took[1] < 100 * (took[0] + CLOCKS_PER_SEC / 1000));
}

/* C5 C15: when and with which key alias the list was fetched stays with it. */
static void caches_the_last_list_privately(void **state)
{
    char *folder = xstrdup("/tmp/cometdeck-XXXXXX"), *local, *path;
    struct catalog catalog, again;
    struct error error;
    struct stat info;

    (void)state;
    assert_non_null(mkdtemp(folder));
    local = file_join(folder, ".cometdeck");
    path = file_join(local, "catalog.json");
    assert_false(catalog_load_cache(local, &again, &error));
    assert_int_equal(error.kind, ERROR_CHECK);
    assert_false(catalog_load_cache(NULL, &again, &error));
    assert_int_equal(error.kind, ERROR_CHECK);

    parse("{\"success\":true,\"data\":[{\"id\":\" A/b \",\"created\":1.0}]}", &catalog);
    catalog.fetched_at = xstrdup("2026-07-01T00:00:00.000Z");
    catalog.profile = xstrdup("p");
    catalog.key_alias = xstrdup("env:COMETAPI_KEY");
    assert_true(catalog_save_cache(local, &catalog, &error));
    assert_false(catalog_save_cache(NULL, &catalog, &error));
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);

    assert_true(catalog_load_cache(local, &again, &error));
    assert_int_equal(again.count, 1);
    assert_string_equal(again.models[0].id, " A/b ");
    assert_true(json_equal(again.root, catalog.root));
    assert_string_equal(again.fetched_at, catalog.fetched_at);
    assert_string_equal(again.profile, "p");
    assert_string_equal(again.key_alias, "env:COMETAPI_KEY");
    catalog_release(&again);
    catalog_release(&catalog);

    assert_true(file_replace(NULL, path, "{\"version\":1", 12, 0600, NULL, NULL, &error));
    assert_false(catalog_load_cache(local, &again, &error));
    assert_int_equal(error.kind, ERROR_FILE);
    assert_true(file_replace(NULL, path, "{\"version\":2}", 13, 0600, NULL, NULL, &error));
    assert_false(catalog_load_cache(local, &again, &error));
    assert_non_null(strstr(error.text, "catalog fetch"));

    assert_int_equal(unlink(path) | rmdir(local) | rmdir(folder), 0);
    free(path);
    free(local);
    free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_identifiers_and_their_order),
        cmocka_unit_test(takes_every_known_envelope_and_extra_fields),
        cmocka_unit_test(fails_visibly_with_the_index_of_a_bad_record),
        cmocka_unit_test(reads_long_lists_in_linear_time),
        cmocka_unit_test(caches_the_last_list_privately),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
