/* ui/drafts: drafts come back byte for byte, and none is overwritten that another console wrote. */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"
#include "contract/contract.h"
#include "ui/draft_edit.h"
#include "ui/drafts.h"
#include "ui/json_edit.h"

static struct contract *contract;
static char local[64];

static int make_folder(void **state)
{
    (void)state;
    strcpy(local, "/tmp/drafts-XXXXXX");
    return mkdtemp(local) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char *command = xasprintf("rm -r %s", local);
    int status = system(command);

    (void)state;
    free(command);
    return status;
}

static struct draft_edit *new_draft(const char *prompt)
{
    struct draft_edit *draft = draft_edit_new(contract, "some/model");

    assert_true(draft_edit_set_prompt(draft, prompt, NULL));
    return draft;
}

static void save(const char *name, const struct draft_edit *draft, struct file_stamp *seen)
{
    struct error error;

    if (!drafts_save(local, name, draft, NULL, seen, &error))
        fail_msg("%s", error.text);
}

static void a_draft_comes_back_with_every_body_and_byte(void **state)
{
    struct draft_edit *draft = new_draft("é \"quoted\"\nsecond line"), *again;
    struct file_stamp seen = {.exists = false}, read;
    struct stat about;
    struct error error;
    char *path = xasprintf("%s/drafts/a.json", local), *before, *after;

    (void)state;
    assert_true(
        json_edit_add(draft_edit_body(draft), "", "top_p", 0, json_edit_read("0.50", NULL), NULL));
    draft_edit_set_operation(draft, OPERATION_RESPONSES);
    draft_edit_set_operation(draft, OPERATION_CHAT);
    save("a", draft, &seen);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600); /* prompts are the user's own */
    again = drafts_load(local, "a", contract, &read, &error);
    if (!again)
        fail_msg("%s", error.text);
    before = draft_edit_text(draft);
    after = draft_edit_text(again);
    assert_string_equal(after, before);
    assert_int_equal(draft_edit_operation(again), OPERATION_CHAT);
    assert_non_null(draft_edit_body_of(again, OPERATION_RESPONSES));
    free(before);
    free(after);
    free(path);
    draft_edit_free(draft);
    draft_edit_free(again);
}

static void an_operation_without_a_body_is_kept_too(void **state)
{
    struct draft_edit *draft = new_draft("x"), *again;
    struct file_stamp seen = {.exists = false};

    (void)state;
    draft_edit_set_operation(draft, OPERATION_MODELS);
    save("m", draft, &seen);
    again = drafts_load(local, "m", contract, &seen, NULL);
    assert_non_null(again);
    assert_int_equal(draft_edit_operation(again), OPERATION_MODELS);
    assert_string_equal(draft_edit_prompt(again), "x");
    draft_edit_free(draft);
    draft_edit_free(again);
}

static void two_consoles_do_not_overwrite_each_other(void **state)
{
    struct draft_edit *mine = new_draft("mine"), *other;
    struct file_stamp seen = {.exists = false}, other_seen;
    struct error error;

    (void)state;
    save("a", mine, &seen);
    other = drafts_load(local, "a", contract, &other_seen, NULL);
    assert_true(draft_edit_set_prompt(other, "other", NULL));
    save("a", other, &other_seen);
    assert_false(drafts_save(local, "a", mine, NULL, &seen, &error));
    assert_int_equal(error.kind, ERROR_CHANGED);
    seen = (struct file_stamp){.exists = false}; /* nor is one that is new to us */
    assert_false(drafts_save(local, "a", mine, NULL, &seen, &error));
    draft_edit_free(mine);
    draft_edit_free(other);
}

static void the_open_one_is_remembered_and_all_are_listed(void **state)
{
    struct draft_edit *draft = new_draft("x");
    struct file_stamp seen = {.exists = false};
    char *name;

    (void)state;
    assert_null(drafts_current(local));
    save("one", draft, &seen);
    assert_true(drafts_set_current(local, "one", NULL));
    name = drafts_current(local);
    assert_string_equal(name, "one");
    free(name);
    assert_true(drafts_delete(local, "one", NULL));
    assert_null(drafts_current(local)); /* it is gone */
    assert_false(drafts_delete(local, "one", NULL));
    draft_edit_free(draft);
}

static void write_file(const char *name, const char *text)
{
    char *path = xasprintf("%s/drafts/%s.json", local, name);

    assert_true(file_replace(NULL, path, text, strlen(text), 0600, NULL, NULL, NULL));
    free(path);
}

static void a_file_that_is_no_draft_is_told_with_its_place(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"{", "x.json:1:2"},
        {"{\"version\": 2, \"operation\": \"chat\", \"bodies\": {}}", "newer version"},
        {"{\"version\": 1, \"operation\": \"sing\", \"bodies\": {}}", "no operation \"sing\""},
        {"{\"version\": 1, \"operation\": \"chat\", \"bodies\": {\"models\": 1}}", "with a body"},
        {"[]", "x.json:1:1"},
    };
    struct draft_edit *draft = new_draft("x");
    struct file_stamp seen = {.exists = false};
    struct error error;

    (void)state;
    save("other", draft, &seen);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        write_file("x", cases[i].text);
        assert_null(drafts_load(local, "x", contract, &seen, &error));
        if (!strstr(error.text, cases[i].message))
            fail_msg("%s", error.text);
    }
    draft_edit_free(draft);
}

static void a_name_never_leaves_its_folder(void **state)
{
    static const char *const bad[] = {"", ".", "..", "../x", "a/b", ".hidden", "a b", "é"};

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_false(draft_name_check(bad[i], NULL));
    assert_true(draft_name_check("Tool-call_2.b", NULL));
}

static void a_draft_is_renamed_and_replaces_none(void **state)
{
    struct draft_edit *draft = new_draft("x");
    struct file_stamp first = {.exists = false}, second = {.exists = false};
    struct error error;

    (void)state;
    save("before", draft, &first);
    save("other", draft, &second);
    assert_false(drafts_rename(local, "before", "other", &error));
    assert_true(drafts_exist(local, "before"));
    assert_true(drafts_rename(local, "before", "after", &error));
    assert_false(drafts_exist(local, "before"));
    assert_true(drafts_exist(local, "after"));
    save("after", draft, &first); /* the same file under its new name: nobody changed it */
    assert_true(drafts_rename(local, "never-saved", "still-not", &error));
    draft_edit_free(draft);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)
        IN_FOLDER(a_draft_comes_back_with_every_body_and_byte),
        IN_FOLDER(a_draft_is_renamed_and_replaces_none),
        IN_FOLDER(an_operation_without_a_body_is_kept_too),
        IN_FOLDER(two_consoles_do_not_overwrite_each_other),
        IN_FOLDER(the_open_one_is_remembered_and_all_are_listed),
        IN_FOLDER(a_file_that_is_no_draft_is_told_with_its_place),
        cmocka_unit_test(a_name_never_leaves_its_folder),
    };
    int failed;

    contract = contract_starter();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    contract_free(contract);
    return failed;
}
