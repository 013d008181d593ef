/* evidence/compare: two captures beside each other, in slices, and nothing in it that was a key. */
#include "tests/unit/unit.h"

#include "base/bytes.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/redact.h"
#include "base/secret.h"
#include "evidence/compare.h"
#include "tests/unit/exhibit.h"

#include <stdlib.h>
#include <string.h>

static char folder[64];
static char *paths[2];
static struct redactor *redactor;
static struct stream_rules rules;
static struct compare *compare;

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/cometdeck-compare-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    paths[0] = file_join(folder, "left.jsonl");
    paths[1] = file_join(folder, "right.jsonl");
    redactor = redactor_new();
    stream_rules_default(&rules);
    return 0;
}

static int tear_down(void **state)
{
    char *command = xasprintf("rm -rf %s", folder);
    int answer = system(command);

    (void)state;
    compare_free(compare);
    compare = NULL;
    redactor_free(redactor);
    stream_rules_release(&rules);
    free(command);
    free(paths[0]);
    free(paths[1]);
    return answer;
}

/* A stream of one event for each line of text. */
static char *make_stream(const char *text, bool done)
{
    struct bytes out;

    bytes_init(&out, 1 << 26);
    while (*text) {
        size_t len = strcspn(text, "\n");

        len += text[len] == '\n';
        bytes_printf(
            &out, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%.*s%s\"}}]}\n\n",
            (int)(len - (text[len - 1] == '\n')), text, text[len - 1] == '\n' ? "\\n" : "");
        text += len;
    }
    bytes_puts(&out, done ? "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":"
                            "\"stop\"}]}\n\ndata: [DONE]\n\n"
                          : "");
    return bytes_take(&out);
}

static void write_side(int side, const char *request, const char *text, bool done)
{
    char *answer = make_stream(text, done);
    const struct exhibit_parts parts = {
        .url = "http://127.0.0.1/v1/chat",
        .request = request,
        .request_len = strlen(request),
        .answer = answer,
        .answer_len = strlen(answer),
    };

    exhibit_write(paths[side], &parts);
    free(answer);
}

static size_t compare_both(void)
{
    struct error error = {0};
    enum compare_step step;
    size_t slices = 0;

    compare = compare_open(paths[0], paths[1], redactor, &rules, &error);
    if (!compare)
        fail_msg("%s", error.text);
    while ((step = compare_advance(compare, &error)) == COMPARE_MORE)
        slices++;
    if (step != COMPARE_DONE)
        fail_msg("%s", error.text);
    return slices;
}

static const struct compare_line *find(enum compare_section section, const char *label)
{
    for (size_t i = 0; i < compare_count(compare); i++) {
        const struct compare_line *line = compare_line(compare, i);

        if (line->section == section && line->label && strcmp(line->label, label) == 0)
            return line;
    }
    fail_msg("there is no line %s", label);
    return NULL;
}

static void assert_line(enum compare_section section, const char *label, enum compare_sign sign,
                        const char *left, const char *right)
{
    const struct compare_line *line = find(section, label);

    assert_int_equal(line->sign, sign);
    if (left)
        assert_string_equal(line->left, left);
    else
        assert_null(line->left);
    if (right)
        assert_string_equal(line->right, right);
    else
        assert_null(line->right);
}

/* "same a|a", one a line. */
static char *text_lines(void)
{
    struct bytes out;

    bytes_init(&out, 1 << 20);
    for (size_t i = 0; i < compare_count(compare); i++) {
        const struct compare_line *line = compare_line(compare, i);

        if (line->section == COMPARE_TEXT)
            bytes_printf(&out, "%s %.*s|%.*s\n", compare_sign_word(line->sign), (int)line->left_len,
                         line->left ? line->left : "", (int)line->right_len,
                         line->right ? line->right : "");
    }
    return bytes_take(&out);
}

static void every_section_tells_its_differences(void **state)
{
    char *text;

    (void)state;
    write_side(0, "{\"model\":\"a\",\"n\":1,\"m\":[1,2]}", "one\ntwo words\nthree\n", true);
    write_side(1, "{\"model\":\"b\",\"m\":[1],\"x/y\":{}}", "one\ntwo wonders\nmore\nthree\nfour",
               false);
    compare_both();
    assert_line(COMPARE_VERDICT, "finish reason", COMPARE_REMOVED, "stop", NULL);
    assert_int_equal(find(COMPARE_VERDICT, "verdict")->sign, COMPARE_CHANGED);
    assert_line(COMPARE_REQUEST, "/model", COMPARE_CHANGED, "\"a\"", "\"b\"");
    assert_line(COMPARE_REQUEST, "/n", COMPARE_REMOVED, "1", NULL);
    assert_line(COMPARE_REQUEST, "/m/1", COMPARE_REMOVED, "2", NULL);
    assert_line(COMPARE_REQUEST, "/x~1y", COMPARE_ADDED, NULL, "{}");
    assert_line(COMPARE_HEADERS, "Content-Type", COMPARE_SAME, "text/event-stream",
                "text/event-stream");
    assert_line(COMPARE_SHAPE, "choices[].delta.content", COMPARE_SAME, "string x3", "string x5");
    assert_line(COMPARE_SHAPE, "choices[].finish_reason", COMPARE_REMOVED, "string x1", NULL);
    assert_line(COMPARE_SHAPE, "[DONE]", COMPARE_REMOVED, "x1", NULL);
    assert_line(COMPARE_TIMING, "total", COMPARE_SAME, "49.5 ms", "49.5 ms  x1.00");
    text = text_lines();
    assert_string_equal(text, "same one|one\nchanged two words|two wonders\nonly right |more\n"
                              "same three|three\nonly right |four\n");
    free(text);
    assert_int_equal(compare_differences(compare, COMPARE_TEXT), 3);
    assert_int_equal(compare_differences(compare, COMPARE_HEADERS), 0);
}

/* FNV-1a gives both words one hash; they are two answers. */
static void answers_of_one_hash_are_two(void **state)
{
    char *text;

    (void)state;
    write_side(0, "{}", "a\n8yn0iYCKYHlIj4-BwPqk\nb\n", true);
    write_side(1, "{}", "a\nGReLUrM4wMqfg9yzV3KQ\nb\n", true);
    compare_both();
    text = text_lines();
    assert_string_equal(text,
                        "same a|a\nchanged 8yn0iYCKYHlIj4-BwPqk|GReLUrM4wMqfg9yzV3KQ\nsame b|b\n");
    assert_int_equal(compare_differences(compare, COMPARE_TEXT), 1);
    free(text);
}

static void no_key_stands_in_it_though_it_came_in_halves(void **state)
{
    struct secret *secret = secret_new("plain-word-99", 13, "test", NULL);
    char *text;

    (void)state;
    redactor_add(redactor, secret);
    write_side(0, "{\"model\":\"plain-word-99\"}", "say plain-word-99 now\n", true);
    write_side(1, "{\"model\":\"b\"}", "say nothing\n", true);
    compare_both();
    text = text_lines();
    assert_null(strstr(text, "plain-word-99"));
    assert_non_null(strstr(text, "say ************* now"));
    assert_null(strstr(find(COMPARE_REQUEST, "/model")->left, "plain-word-99"));
    free(text);
    secret_free(secret);
}

/* Megabytes take many slices; a line without an end is cut where its sentences end. */
static void long_texts_are_read_in_slices(void **state)
{
    struct bytes one, other;
    size_t changed = 0;

    (void)state;
    bytes_init(&one, 1 << 24);
    bytes_init(&other, 1 << 24);
    bytes_puts(&other, "Only here. ");
    for (int i = 0; i < 40000; i++) {
        bytes_printf(&one, "This is sentence %d of many. ", i);
        bytes_printf(&other, "This is sentence %d of many. ", i == 20000 ? -1 : i);
    }
    write_side(0, "{}", bytes_text(&one), true);
    write_side(1, "{}", bytes_text(&other), true);
    assert_true(compare_both() > 10);
    for (size_t i = 0; i < compare_count(compare); i++)
        changed += compare_line(compare, i)->section == COMPARE_TEXT &&
                   compare_line(compare, i)->sign != COMPARE_SAME;
    assert_int_equal(changed, 2);
    bytes_release(&one);
    bytes_release(&other);
}

static void what_is_no_capture_is_refused(void **state)
{
    struct error error = {0};

    (void)state;
    write_side(0, "{}", "a\n", true);
    assert_null(compare_open(paths[0], paths[1], redactor, &rules, &error));
    assert_true(error.text[0] != '\0');
    assert_true(file_replace(NULL, paths[1], "hello\n", 6, 0600, NULL, NULL, NULL));
    assert_null(compare_open(paths[0], paths[1], redactor, &rules, &error));
    assert_non_null(strstr(error.text, "no capture"));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_section_tells_its_differences),
        TEST(answers_of_one_hash_are_two),
        TEST(no_key_stands_in_it_though_it_came_in_halves),
        TEST(long_texts_are_read_in_slices),
        TEST(what_is_no_capture_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
