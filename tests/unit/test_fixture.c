/* evidence/fixture, fixture_keep, fixture_shape (D29 D6 D72, B54 D62 A28). */
#include "tests/unit/unit.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/redact.h"
#include "contract/contract.h"
#include "contract/workspace.h"
#include "evidence/fixture_keep.h"
#include "evidence/fixture_shape.h"
#include "tests/unit/exhibit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[64];
static char *capture;
static struct workspace workspace;
static struct redactor *redactor;

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/cometdeck-fixture-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    capture = file_join(folder, "capture.jsonl");
    workspace = (struct workspace){
        .folder = folder, .contract = contract_starter(), .bodies = BODIES_PROBES};
    redactor = redactor_new();
    return 0;
}

static int tear_down(void **state)
{
    char *command = xasprintf("rm -rf %s", folder);
    int answer = system(command);

    (void)state;
    contract_free(workspace.contract);
    redactor_free(redactor);
    free(command);
    free(capture);
    return answer;
}

/* ---- random answers ---- */

static uint64_t seed;

static unsigned random_below(unsigned limit)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(seed >> 33) % limit;
}

static void put_chunk(struct bytes *out, const char *delta, const char *finish)
{
    static const char *const ends[] = {"\n\n", "\n\n", "\n\n", "\r\n\r\n"};

    bytes_printf(out,
                 "data: {\"id\":\"chatcmpl-0123456789ab\",\"object\":\"chat.completion.chunk\","
                 "\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":%s,\"finish_reason\":%s}]}%s",
                 delta, finish, ends[random_below(4)]);
}

static void put_words(struct bytes *out)
{
    static const char *const words[] = {"secretly",
                                        " Zanzibar\\n",
                                        "\\\"quoted\\\"",
                                        "h\\u00e9",
                                        "h\xc3\xa9",
                                        "\\ud83d\\ude00",
                                        "",
                                        " ",
                                        "true",
                                        "17"};
    char *delta =
        xasprintf("{\"content\":\"%s%s\"}", words[random_below(10)], words[random_below(10)]);

    put_chunk(out, delta, "null");
    free(delta);
}

/* Escaped as it stands in the arguments of a chunk; one character of it each. */
static const char *const argument[] = {
    "{",    "\\\"", "c",    "\\\"", ":",    " ", "\\\"", "S", "\\\\", "\\\"", "\\\\", "n",
    "\\\"", ",",    "\\\"", "n",    "\\\"", ":", "-",    "1", "2",    ".",    "5",    "e",
    "3",    ",",    "\\\"", "b",    "\\\"", ":", "t",    "r", "u",    "e",    "}"};

/* Two calls whose pieces come by turns. */
static void put_calls(struct bytes *out)
{
    enum { PIECES = sizeof(argument) / sizeof(*argument) };
    size_t at[2] = {0, 0};

    for (int i = 0; i < 2; i++) {
        char *delta = xasprintf("{\"tool_calls\":[{\"index\":%d,\"id\":\"call_%d\",\"function\":{"
                                "\"name\":\"f\",\"arguments\":\"\"}}]}",
                                i, i);
        put_chunk(out, delta, "null");
        free(delta);
    }
    while (at[0] < PIECES || at[1] < PIECES) {
        int call = at[0] < PIECES && (at[1] == PIECES || random_below(2)) ? 0 : 1;
        struct bytes delta;

        bytes_init(&delta, SIZE_MAX);
        bytes_printf(&delta, "{\"tool_calls\":[{\"index\":%d,\"function\":{\"arguments\":\"", call);
        for (unsigned left = 1 + random_below(9); left > 0 && at[call] < PIECES; left--)
            bytes_puts(&delta, argument[at[call]++]);
        bytes_puts(&delta, "\"}}]}");
        put_chunk(out, bytes_text(&delta), "null");
        bytes_release(&delta);
    }
}

static void put_oddity(struct bytes *out)
{
    static const char *const odd[] = {
        ": keepalive\n\n",
        "event: ping\ndata: {}\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\"cu\n\n",
        "data: not json at all\n\n",
        "data: {\"content\":\"\xff\xfe\"}\n\n",
        "{\"error\":{\"message\":\"bare\"}}\n\n",
        "error: {\"message\":\"x\"}\n\n",
        "data: {\"error\":{\"message\":\"overloaded\",\"type\":\"server_error\"}}\n\n",
        "data: [DONE]\n\n",
        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}\n\n",
        "id: 7\nretry: 10\ndata:  \n\n",
        "data: [DONE]x\n\n",
    };

    bytes_puts(out, odd[random_below(sizeof(odd) / sizeof(*odd))]);
}

static void make_answer(struct bytes *out)
{
    unsigned pieces = random_below(8);

    bytes_clear(out);
    put_chunk(out, "{\"role\":\"assistant\",\"content\":\"\"}", "null");
    while (pieces-- > 0)
        put_words(out);
    if (random_below(3) == 0)
        put_calls(out);
    if (random_below(2))
        put_oddity(out);
    if (random_below(5))
        put_chunk(out, "{}", random_below(3) ? "\"stop\"" : "\"length\"");
    if (random_below(5))
        bytes_puts(out, "data: [DONE]\n\n");
    if (random_below(4) == 0)
        put_oddity(out);
    if (random_below(4) == 0)
        bytes_truncate(out, random_below((unsigned)out->len));
}

static bool keep(const char *name, const struct file_ops *ops, struct error *error)
{
    const struct fixture_keep fixture = {.workspace = &workspace,
                                         .capture = capture,
                                         .name = name,
                                         .replace = true,
                                         .redactor = redactor,
                                         .ops = ops};
    char *path;
    bool kept = fixture_keep(&fixture, &path, error);

    free(path);
    return kept;
}

static void open_kept(struct fixture *fixture, const char *name)
{
    struct error error = {0};

    if (!fixture_open(fixture, folder, name, &error))
        fail_msg("%s", error.text);
}

/* Whoever keeps an answer may rely on it: what is written replays, and hardly any is refused. */
static void random_answers_replay_from_their_fixtures(void **state)
{
    enum { ROUNDS = 600 };
    struct bytes answer;
    size_t refused = 0;

    (void)state;
    bytes_init(&answer, SIZE_MAX);
    for (seed = 1; seed <= ROUNDS; seed++) {
        uint64_t round = seed;
        struct fixture fixture;
        struct error error = {0};

        make_answer(&answer);
        exhibit_write(capture, &(struct exhibit_parts){.url = "u",
                                                       .answer = bytes_text(&answer),
                                                       .answer_len = answer.len});
        if (!keep("random", NULL, &error)) {
            if (!strstr(error.text, "judged otherwise"))
                fail_msg("round %zu: %s", (size_t)round, error.text);
            refused++;
        } else {
            open_kept(&fixture, "chat/random");
            assert_null(strstr(bytes_text(&fixture.body), "secret"));
            assert_null(strstr(bytes_text(&fixture.body), "Zanzibar"));
            fixture_release(&fixture);
        }
        assert_int_equal(unlink(capture), 0);
        seed = round;
    }
    bytes_release(&answer);
    if (refused > 0)
        fail_msg("%zu of %d were refused", refused, ROUNDS);
}

/* ---- files ---- */

#define WHOLE                                                                                     \
    "data: "                                                                                      \
    "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hi\"},\"finish_reason\":\"stop\"}]}\n\n" \
    "data: [DONE]\n\n"

static void write_whole(void)
{
    exhibit_write(capture, &(struct exhibit_parts){.url = "u",
                                                   .request = "{\"messages\":[\"my prompt\"]}",
                                                   .request_len = 26,
                                                   .answer = WHOLE,
                                                   .answer_len = strlen(WHOLE)});
}

static ssize_t full_write(int fd, const void *data, size_t len)
{
    (void)fd;
    (void)data;
    (void)len;
    errno = ENOSPC;
    return -1;
}

static int no_rename(const char *from, const char *to)
{
    (void)from;
    (void)to;
    errno = EIO;
    return -1;
}

static void a_full_disk_leaves_what_was_there(void **state)
{
    struct file_ops full = file_ops_system, stuck = file_ops_system;
    char *path = fixture_path(folder, OPERATION_CHAT, "whole"), *command;
    struct error error = {0};
    struct fixture fixture;

    (void)state;
    full.write = full_write;
    stuck.rename = no_rename;
    write_whole();
    assert_false(keep("whole", &full, &error));
    assert_non_null(strstr(error.text, "No space left"));
    assert_false(file_exists(path));
    assert_true(keep("whole", NULL, &error));
    assert_false(keep("whole", &full, &error));
    assert_false(keep("whole", &stuck, &error));
    open_kept(&fixture, "chat/whole");
    assert_null(strstr(fixture.file.text, "my prompt"));
    fixture_release(&fixture);
    command = xasprintf("test $(ls -A %s/fixtures/chat | wc -l) = 1", folder);
    assert_int_equal(system(command), 0);
    free(command);
    free(path);
}

/* The end of a large capture is not even looked at: it is cut here, which nobody says. */
static void a_large_body_is_refused_before_it_is_judged(void **state)
{
    struct fixture_keep fixture = {.workspace = &workspace,
                                   .capture = capture,
                                   .name = "large",
                                   .body_max = strlen(WHOLE),
                                   .redactor = redactor};
    struct exhibit_parts parts = {
        .url = "u", .answer = WHOLE, .answer_len = strlen(WHOLE), .cut = true};
    struct error error = {0};
    char *path;

    (void)state;
    exhibit_write(capture, &parts);
    assert_false(fixture_keep(&fixture, &path, &error));
    assert_non_null(strstr(error.text, "no sound evidence"));
    fixture.body_max--;
    assert_false(fixture_keep(&fixture, &path, &error));
    assert_non_null(strstr(error.text, "is larger than"));
    assert_null(path);
}

static void no_name_leaves_the_folder(void **state)
{
    static const char *const names[] = {"",    "..",      "../x", "chat/../x", "chat/",
                                        "/x",  "a/b",     "-x",   "Ready",     "x.json",
                                        "x y", "chat//x", "cha/x"};
    struct error error = {0};

    (void)state;
    write_whole();
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (keep(names[i], NULL, &error))
            fail_msg("\"%s\" is a name", names[i]);
        assert_int_equal(error.kind, ERROR_USAGE);
        assert_false(fixture_is_name(names[i]));
    }
    assert_true(fixture_is_name("responses/a-1"));
}

/* ---- shapes ---- */

static void compare(const char *body, struct fixture_report *report)
{
    struct shape shape = {.count = 0};
    struct fixture fixture;

    open_kept(&fixture, "chat/whole");
    shape_add_text(&shape, body, strlen(body));
    fixture_report_init(report, "chat/whole");
    fixture_report_shape(report, &fixture, OPERATION_CHAT, &shape, true);
    shape_release(&shape);
    fixture_release(&fixture);
}

/* The clauses of the starter contract: choices, content and finish_reason must be there. */
static void a_shape_holds_unless_a_client_may_break(void **state)
{
#define EVENT(content, more) \
    "{\"choices\":[{\"index\":0,\"delta\":{" content "},\"finish_reason\":\"stop\"}]" more "}"
    static const struct {
        const char *body, *said;
        bool holds;
    } rows[] = {
        {EVENT("\"content\":\"other words\"", ""), "", true},
        {EVENT("\"content\":\"a\",\"role\":\"assistant\"", ",\"id\":1"), "id is new (number)",
         true},
        {EVENT("\"content\":null", ""), "choices[].delta.content is null, not string", true},
        {EVENT("\"content\":[1]", ""), "choices[].delta.content is array, not string", false},
        {EVENT("", ""), "choices[].delta.content is missing (string in the fixture)", false},
        {"{\"choices\":null}", "choices is null, not array", false},
        {"{\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":null}]}",
         "choices[].index is missing (number in the fixture)", true},
    };
    struct error error = {0};

    (void)state;
    write_whole();
    assert_true(keep("whole", NULL, &error));
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct fixture_report report;

        compare(rows[i].body, &report);
        if (report.holds != rows[i].holds)
            fail_msg("row %zu: %s", i, bytes_text(&report.differs));
        assert_non_null(
            strstr(bytes_text(report.holds ? &report.notes : &report.differs), rows[i].said));
        fixture_report_release(&report);
    }
}

/* What a server calls its members reaches no terminal as it is. */
static void the_name_of_a_member_is_escaped(void **state)
{
    struct fixture_report report;
    struct error error = {0};

    (void)state;
    write_whole();
    assert_true(keep("whole", NULL, &error));
    compare(EVENT("\"content\":\"a\"", ",\"a\\u001b[2J\\nb\":1"), &report);
    assert_true(report.holds);
    assert_null(strchr(bytes_text(&report.notes), '\033'));
    assert_null(strstr(bytes_text(&report.notes), "J\nb"));
    fixture_report_release(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(random_answers_replay_from_their_fixtures, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_full_disk_leaves_what_was_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_large_body_is_refused_before_it_is_judged, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(no_name_leaves_the_folder, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_shape_holds_unless_a_client_may_break, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_name_of_a_member_is_escaped, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
