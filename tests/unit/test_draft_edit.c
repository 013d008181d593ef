/* ui/draft_edit: model, prompt and streaming are views of the body that is sent. */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/json.h"
#include "contract/contract.h"
#include "ui/draft_edit.h"
#include "ui/json_edit.h"

static struct contract *contract;

static int open_contract(void **state)
{
    (void)state;
    contract = contract_starter();
    return contract ? 0 : -1;
}

static int close_contract(void **state)
{
    (void)state;
    contract_free(contract);
    return 0;
}

static void check_text(const struct draft_edit *draft, const char *part, bool there)
{
    char *text = draft_edit_text(draft);

    if ((strstr(text, part) != NULL) != there)
        fail_msg("%s", text);
    free(text);
}

static void a_draft_begins_as_the_canary_and_stays_it_for_other_models(void **state)
{
    struct draft_edit *draft = draft_edit_new(contract, NULL);
    char *text, *own;

    (void)state;
    assert_null(draft_edit_model(draft));
    assert_true(draft_edit_set_model(draft, "a/b", NULL));
    assert_string_equal(draft_edit_model(draft), "a/b");
    text = draft_edit_text(draft);
    own = operation_body(contract, OPERATION_CHAT, "a/b", NULL, true);
    assert_string_equal(text, own);
    assert_true(draft_edit_is_canary(draft));
    assert_true(draft_edit_set_stream(draft, false, NULL));
    assert_true(draft_edit_is_canary(draft));
    assert_true(draft_edit_set_prompt(draft, "mine", NULL));
    assert_false(draft_edit_is_canary(draft)); /* B50: the user's text is not kept by policy */
    assert_true(draft_edit_set_prompt(draft, "", NULL));
    assert_true(draft_edit_is_canary(draft));
    free(text);
    free(own);
    draft_edit_free(draft);
}

static void setting_a_value_edits_the_body_and_can_be_undone(void **state)
{
    struct draft_edit *draft = draft_edit_new(contract, "m");

    (void)state;
    assert_true(draft_edit_set_prompt(draft, "one \"two\"", NULL));
    check_text(draft, "\"content\":\"one \\\"two\\\"\"", true);
    assert_true(draft_edit_set_stream(draft, false, NULL));
    check_text(draft, "\"stream\"", false);
    assert_false(draft_edit_stream(draft));
    assert_true(json_edit_undo(draft_edit_body(draft), NULL));
    assert_true(draft_edit_stream(draft));
    assert_true(json_edit_undo(draft_edit_body(draft), NULL));
    assert_string_equal(draft_edit_prompt(draft), contract_string(contract, "canary.prompt"));
    draft_edit_free(draft);
}

static void editing_the_body_shows_in_the_views(void **state)
{
    struct draft_edit *draft = draft_edit_new(contract, "m");
    struct json_edit *body = draft_edit_body(draft);
    struct bytes pointer;
    struct error error;

    (void)state;
    assert_true(json_edit_replace(body, "/model", json_new_string("other"), NULL));
    assert_string_equal(draft_edit_model(draft), "other");
    assert_true(json_edit_add(body, "/messages", NULL, 9,
                              json_edit_read("{\"role\":\"user\",\"content\":\"last\"}", NULL),
                              NULL));
    assert_string_equal(draft_edit_prompt(draft), "last");
    bytes_init(&pointer, 100);
    assert_true(draft_edit_prompt_pointer(draft, &pointer));
    assert_string_equal(bytes_text(&pointer), "/messages/1/content");
    bytes_release(&pointer);
    assert_true(json_edit_remove(body, "/messages", NULL));
    assert_null(draft_edit_prompt(draft));
    assert_false(draft_edit_set_prompt(draft, "x", &error));
    assert_non_null(strstr(error.text, "no prompt"));
    assert_true(json_edit_replace(body, "", json_new_array(), NULL));
    assert_null(draft_edit_model(draft));
    assert_false(draft_edit_set_model(draft, "x", &error));
    assert_false(draft_edit_set_stream(draft, true, &error));
    draft_edit_free(draft);
}

static void another_operation_takes_the_values_over_and_keeps_the_rest(void **state)
{
    struct draft_edit *draft = draft_edit_new(contract, "m");

    (void)state;
    assert_true(draft_edit_set_prompt(draft, "mine", NULL));
    assert_true(json_edit_add(draft_edit_body(draft), "", "seed", 0, json_new_integer(7), NULL));
    draft_edit_set_operation(draft, OPERATION_RESPONSES);
    check_text(draft, "\"input\":\"mine\"", true);
    check_text(draft, "seed", false);
    assert_true(draft_edit_set_prompt(draft, "newer", NULL));
    draft_edit_set_operation(draft, OPERATION_MODELS);
    assert_null(draft_edit_text(draft));
    assert_null(draft_edit_body(draft));
    assert_string_equal(draft_edit_prompt(draft), "newer");
    draft_edit_set_operation(draft, OPERATION_CHAT);
    check_text(draft, "\"content\":\"newer\"", true);
    check_text(draft, "\"seed\":7", true);
    draft_edit_set_operation(draft, OPERATION_MODELS);
    assert_true(draft_edit_set_model(draft, "n", NULL)); /* a model is for a body */
    assert_int_equal(draft_edit_operation(draft), OPERATION_CHAT);
    draft_edit_free(draft);
}

static void the_choice_of_an_operation_is_undone_while_it_is_the_last_thing_done(void **state)
{
    struct draft_edit *draft = draft_edit_new(contract, "m");

    (void)state;
    assert_false(draft_edit_step_operation(draft, true));
    draft_edit_set_operation(draft, OPERATION_RESPONSES);
    assert_false(draft_edit_step_operation(draft, false));
    assert_true(draft_edit_set_prompt(draft, "mine", NULL));
    assert_false(draft_edit_step_operation(draft, true)); /* the prompt goes first */
    assert_true(json_edit_undo(draft_edit_body(draft), NULL));
    assert_true(draft_edit_step_operation(draft, true));
    assert_int_equal(draft_edit_operation(draft), OPERATION_CHAT);
    check_text(draft, "\"messages\"", true);
    assert_false(draft_edit_step_operation(draft, true));
    assert_true(draft_edit_step_operation(draft, false));
    assert_int_equal(draft_edit_operation(draft), OPERATION_RESPONSES);
    draft_edit_set_operation(draft, OPERATION_MODELS);
    assert_true(draft_edit_step_operation(draft, true));
    assert_int_equal(draft_edit_operation(draft), OPERATION_RESPONSES);
    assert_true(draft_edit_step_operation(draft, true));
    assert_int_equal(draft_edit_operation(draft), OPERATION_CHAT);
    for (int i = 0; i < 100; i++)
        draft_edit_set_operation(draft, i % 2 ? OPERATION_CHAT : OPERATION_RESPONSES);
    assert_true(draft_edit_step_operation(draft, true));
    assert_int_equal(draft_edit_operation(draft), OPERATION_RESPONSES);
    assert_true(draft_edit_step_operation(draft, false));
    draft_edit_free(draft);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_draft_begins_as_the_canary_and_stays_it_for_other_models),
        cmocka_unit_test(setting_a_value_edits_the_body_and_can_be_undone),
        cmocka_unit_test(editing_the_body_shows_in_the_views),
        cmocka_unit_test(another_operation_takes_the_values_over_and_keeps_the_rest),
        cmocka_unit_test(the_choice_of_an_operation_is_undone_while_it_is_the_last_thing_done),
    };

    return cmocka_run_group_tests(tests, open_contract, close_contract);
}
