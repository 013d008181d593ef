/* evidence/har: an archive that other tools read, and nothing in it that was not to be seen. */
#include "tests/unit/unit.h"

#include "base/bytes.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/redact.h"
#include "base/secret.h"
#include "evidence/export.h"
#include "tests/unit/exhibit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[64];
static char *capture, *archive;
static struct redactor *shapes;

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/cometdeck-har-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    capture = file_join(folder, "capture.jsonl");
    archive = file_join(folder, "out.har");
    shapes = redactor_new();
    return 0;
}

static int remove_folder(void **state)
{
    char *command = xasprintf("rm -rf %s", folder);
    int answer = system(command);

    (void)state;
    free(command);
    free(capture);
    free(archive);
    redactor_free(shapes);
    return answer;
}

static struct json *export(const struct exhibit_parts *parts)
{
    struct error error = {0};
    struct bytes text;
    struct json *json;

    exhibit_write(capture, parts);
    if (!export_write("har", capture, archive, shapes, NULL, &error) ||
        !file_read(archive, 1 << 20, &text, NULL, &error))
        fail_msg("%s", error.text);
    json = json_parse(bytes_text(&text), text.len, "the archive", &error);
    if (!json)
        fail_msg("%s", error.text);
    bytes_release(&text);
    return json;
}

static const char *string_at(struct json *root, const char *pointer)
{
    const char *text = json_string(json_at(root, pointer));

    if (!text)
        fail_msg("no string at %s", pointer);
    return text;
}

static void assert_number(struct json *root, const char *pointer, double number)
{
    double value;

    if (!json_real(json_at(root, pointer), &value))
        fail_msg("no number at %s", pointer);
    assert_true(value == number);
}

#define ENTRY "/log/entries/0"

/* Every member that HAR 1.2 does not call optional, with its type. */
static void assert_structure(struct json *root)
{
    static const struct {
        const char *pointer;
        enum json_type type;
    } members[] = {
        {"/log/version", JSON_STRING},
        {"/log/creator/name", JSON_STRING},
        {"/log/creator/version", JSON_STRING},
        {"/log/entries", JSON_ARRAY},
        {ENTRY "/startedDateTime", JSON_STRING},
        {ENTRY "/time", JSON_NUMBER},
        {ENTRY "/cache", JSON_OBJECT},
        {ENTRY "/request/method", JSON_STRING},
        {ENTRY "/request/url", JSON_STRING},
        {ENTRY "/request/httpVersion", JSON_STRING},
        {ENTRY "/request/cookies", JSON_ARRAY},
        {ENTRY "/request/headers", JSON_ARRAY},
        {ENTRY "/request/queryString", JSON_ARRAY},
        {ENTRY "/request/headersSize", JSON_NUMBER},
        {ENTRY "/request/bodySize", JSON_NUMBER},
        {ENTRY "/response/status", JSON_NUMBER},
        {ENTRY "/response/statusText", JSON_STRING},
        {ENTRY "/response/httpVersion", JSON_STRING},
        {ENTRY "/response/cookies", JSON_ARRAY},
        {ENTRY "/response/headers", JSON_ARRAY},
        {ENTRY "/response/content/size", JSON_NUMBER},
        {ENTRY "/response/content/mimeType", JSON_STRING},
        {ENTRY "/response/redirectURL", JSON_STRING},
        {ENTRY "/response/headersSize", JSON_NUMBER},
        {ENTRY "/response/bodySize", JSON_NUMBER},
        {ENTRY "/timings/send", JSON_NUMBER},
        {ENTRY "/timings/wait", JSON_NUMBER},
        {ENTRY "/timings/receive", JSON_NUMBER},
    };

    for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++)
        if (json_type(json_at(root, members[i].pointer)) != members[i].type)
            fail_msg("%s is not there, or of another type", members[i].pointer);
    assert_string_equal(string_at(root, "/log/version"), "1.2");
}

static void an_archive_tells_the_exchange(void **state)
{
    static const char answer[] = "data: {\"a\":\"é\"}\n\n";
    const struct exhibit_parts parts = {
        .url = "https://api.example.com/v1/chat?x=1&key=sk-0123456789abcdefghijklmn&flag",
        .request = "{\"model\":\"m\"}",
        .request_len = 13,
        .answer = answer,
        .answer_len = sizeof(answer) - 1};
    struct json *root = export(&parts);

    (void)state;
    assert_structure(root);
    assert_string_equal(string_at(root, ENTRY "/startedDateTime"), "2026-11-21T11:17:23.456Z");
    assert_string_equal(string_at(root, ENTRY "/request/postData/text"), "{\"model\":\"m\"}");
    assert_string_equal(string_at(root, ENTRY "/request/postData/mimeType"), "application/json");
    assert_string_equal(string_at(root, ENTRY "/request/queryString/0/name"), "x");
    assert_string_equal(string_at(root, ENTRY "/request/queryString/2/name"), "flag");
    assert_string_equal(string_at(root, ENTRY "/response/content/text"), answer);
    assert_null(json_at(root, ENTRY "/response/content/encoding"));
    assert_non_null(strstr(string_at(root, ENTRY "/comment"), "simulated"));
    assert_number(root, ENTRY "/time", 49.5);
    assert_number(root, ENTRY "/timings/dns", 1);
    assert_number(root, ENTRY "/timings/connect", 6);
    assert_number(root, ENTRY "/timings/ssl", 4);
    assert_number(root, ENTRY "/timings/send", 1);
    assert_number(root, ENTRY "/timings/wait", 11);
    assert_number(root, ENTRY "/timings/receive", 30.5);
    json_free(root);
}

static void no_key_stands_in_an_archive(void **state)
{
    static const char key[] = "sk-0123456789abcdefghijklmn";
    char *answer = xasprintf("data: {\"key\":\"%s\"}\n\n", key);
    char *url = xasprintf("https://api.example.com/v1/chat?key=%s", key);
    const struct exhibit_parts parts = {.url = url,
                                        .request = answer,
                                        .request_len = strlen(answer),
                                        .answer = answer,
                                        .answer_len = strlen(answer)};
    struct json *root = export(&parts);
    struct bytes text;

    (void)state;
    bytes_init(&text, 1 << 20);
    json_write(root, true, &text);
    assert_null(strstr(bytes_text(&text), "0123456789abcdef"));
    assert_non_null(strstr(bytes_text(&text), "env:COMETAPI_API_KEY"));
    bytes_release(&text);
    json_free(root);
    free(answer);
    free(url);
}

static void bytes_that_are_no_text_stand_in_base64(void **state)
{
    static const char answer[] = "a\0b\xFF";
    const struct exhibit_parts parts = {
        .url = "http://127.0.0.1/", .answer = answer, .answer_len = 4};
    struct json *root = export(&parts);

    (void)state;
    assert_structure(root);
    assert_string_equal(string_at(root, ENTRY "/response/content/text"), "YQBi/w==");
    assert_string_equal(string_at(root, ENTRY "/response/content/encoding"), "base64");
    json_free(root);
}

static void what_is_missing_is_said(void **state)
{
    struct exhibit_parts parts = {.url = "http://127.0.0.1/",
                                  .request = "{}",
                                  .request_len = 2,
                                  .answer = "data: x\n\n",
                                  .answer_len = 9,
                                  .bodies_dropped = true};
    struct json *root = export(&parts);

    (void)state;
    assert_structure(root);
    assert_null(json_at(root, ENTRY "/response/content/text"));
    assert_null(json_at(root, ENTRY "/request/postData"));
    assert_non_null(strstr(string_at(root, ENTRY "/comment"), "bodies were not kept"));
    json_free(root);
    unlink(capture);
    unlink(archive);
    parts.bodies_dropped = false;
    parts.cut = true;
    root = export(&parts);
    assert_structure(root);
    assert_string_equal(string_at(root, ENTRY "/response/content/text"), "data: x\n\n");
    assert_non_null(strstr(string_at(root, ENTRY "/comment"), "is cut"));
    json_free(root);
}

static ssize_t full_disk(int fd, const void *data, size_t len)
{
    (void)fd;
    (void)data;
    (void)len;
    errno = ENOSPC;
    return -1;
}

/* Somebody else's reader and rules: har.jq says what the format asks for. */
static void another_reader_finds_it_sound(void **state)
{
    static const char answer[] = "data: {\"a\":\"\xC3\xA9\"}\n\n";
    const struct exhibit_parts parts[] = {
        {.url = "https://api.example.com/v1/chat?x=1",
         .request = "{}",
         .request_len = 2,
         .answer = answer,
         .answer_len = sizeof(answer) - 1},
        {.url = "http://127.0.0.1/", .answer = "a\0b\xFF", .answer_len = 4},
        {.url = "http://127.0.0.1/", .answer = "x", .answer_len = 1, .bodies_dropped = true},
    };
    const char *source = getenv("abs_top_srcdir");
    char *command;

    (void)state;
    if (!source || system("command -v jq >/dev/null") != 0)
        skip();
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
        unlink(capture);
        unlink(archive);
        json_free(export(&parts[i]));
        command = xasprintf("jq -e -f %s/tests/unit/har.jq %s >/dev/null", source, archive);
        assert_int_equal(system(command), 0);
        free(command);
    }
}

static void an_archive_is_written_whole_or_not_at_all(void **state)
{
    const struct exhibit_parts parts = {.url = "http://127.0.0.1/", .answer = "x", .answer_len = 1};
    struct file_ops ops = file_ops_system;
    struct error error;

    (void)state;
    ops.write = full_disk;
    exhibit_write(capture, &parts);
    assert_false(export_write("har", capture, archive, shapes, &ops, &error));
    assert_false(file_exists(archive));
    assert_true(export_write("har", capture, archive, shapes, NULL, &error));
    assert_false(export_write("har", capture, archive, shapes, NULL, &error));
    assert_non_null(strstr(error.text, "there already"));
    assert_false(export_write("har", "/nowhere", archive, shapes, NULL, &error));
    assert_false(export_write("hra", capture, archive, shapes, NULL, &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    assert_non_null(strstr(error.text, "did you mean har"));
}

static void every_kind_of_export_is_written(void **state)
{
    const struct exhibit_parts parts = {.url = "http://127.0.0.1/",
                                        .request = "{}",
                                        .request_len = 2,
                                        .answer = "x",
                                        .answer_len = 1};
    const char *name, *suffix, *meaning;
    struct error error = {0};
    struct bytes text, original;
    size_t count = 0;

    (void)state;
    exhibit_write(capture, &parts);
    for (; export_kind(count, &name, &suffix, &meaning); count++) {
        assert_true(*suffix && *meaning);
        unlink(archive);
        if (!export_write(name, capture, archive, shapes, NULL, &error))
            fail_msg("%s: %s", name, error.text);
    }
    assert_int_equal(count, 3);
    assert_true(file_read(capture, 1 << 20, &original, NULL, NULL));
    assert_true(
        file_read(archive, 1 << 20, &text, NULL, NULL)); /* the last is the capture itself */
    assert_int_equal(text.len, original.len);
    assert_memory_equal(text.data, original.data, text.len);
    bytes_release(&text);
    bytes_release(&original);
}

/* A key of no known shape, learnt after the capture was written, stands in no export of it. */
static void a_key_that_is_known_now_stands_in_no_export(void **state)
{
    static const char body[] = "{\"prompt\":\"plain-word-99 is it\"}";
    const struct exhibit_parts parts = {.url = "http://127.0.0.1/plain-word-99",
                                        .request = body,
                                        .request_len = sizeof(body) - 1,
                                        .answer = body,
                                        .answer_len = sizeof(body) - 1,
                                        .auth_scheme = "Bearer"};
    struct secret *secret = secret_new("plain-word-99", 13, "test", NULL);
    struct redactor *redactor = redactor_new();
    const char *name, *suffix, *meaning;
    struct error error = {0};
    struct bytes text;

    (void)state;
    redactor_add(redactor, secret);
    exhibit_write(capture, &parts);
    for (size_t i = 0; export_kind(i, &name, &suffix, &meaning); i++) {
        unlink(archive);
        if (!export_write(name, capture, archive, redactor, NULL, &error) ||
            !file_read(archive, 1 << 20, &text, NULL, &error))
            fail_msg("%s: %s", name, error.text);
        assert_non_null(strstr(bytes_text(&text), "is it"));
        assert_null(strstr(bytes_text(&text), "plain-word-99"));
        bytes_release(&text);
    }
    redactor_free(redactor);
    secret_free(secret);
}

static enum capture_step last_step(const char *path)
{
    struct capture_reader *reader = capture_open(path, NULL);
    const struct http_result *result;
    enum capture_step step;
    const char *data;
    int64_t at_us;
    size_t len;

    assert_non_null(reader);
    do
        step = capture_next(reader, &data, &len, &at_us, &result, NULL);
    while (step == CAPTURE_HEAD || step == CAPTURE_READ);
    capture_close(reader);
    return step;
}

/* What the key is taken out of is a sound capture again; what somebody changed stays broken. */
static void a_capture_is_sealed_anew_only_when_it_was_sound(void **state)
{
    const struct exhibit_parts parts = {
        .url = "http://127.0.0.1/", .answer = "plain-word-99 other", .answer_len = 19};
    struct secret *secret = secret_new("plain-word-99", 13, "test", NULL);
    struct redactor *redactor = redactor_new();
    struct error error = {0};
    char *command;

    (void)state;
    redactor_add(redactor, secret);
    exhibit_write(capture, &parts);
    assert_true(export_write("capture", capture, archive, redactor, NULL, &error));
    assert_int_equal(last_step(archive), CAPTURE_END);
    unlink(archive);
    command = xasprintf("sed -i s/other/0ther/ %s", capture);
    assert_int_equal(system(command), 0);
    free(command);
    assert_true(export_write("capture", capture, archive, redactor, NULL, &error));
    assert_int_equal(last_step(archive), CAPTURE_BROKEN);
    redactor_free(redactor);
    secret_free(secret);
}

#define FOLDER_TEST(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(an_archive_tells_the_exchange),
        FOLDER_TEST(no_key_stands_in_an_archive),
        FOLDER_TEST(bytes_that_are_no_text_stand_in_base64),
        FOLDER_TEST(what_is_missing_is_said),
        FOLDER_TEST(another_reader_finds_it_sound),
        FOLDER_TEST(an_archive_is_written_whole_or_not_at_all),
        FOLDER_TEST(a_key_that_is_known_now_stands_in_no_export),
        FOLDER_TEST(a_capture_is_sealed_anew_only_when_it_was_sound),
        FOLDER_TEST(every_kind_of_export_is_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
