/*
 * Stream's views of everything that was received: events, raw bytes, headers, reasons, and what
 * leads through them: search, goto, and the way from a reason to its bytes (issue "Stream").
 */
#include "tests/screen/terminal.h"
#include "tests/unit/unit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/memory.h"
#include "evidence/capture.h"

enum { BODY_MAX = 1 << 20, READ = 70, READ_US = 12500 };

static const char *const demo[] = {"demo", "--pace", "0", NULL};

struct size {
    int rows, columns;
    const char *name;
};
static const struct size sizes[] = {{40, 140, "140x40"}, {24, 80, "80x24"}, {12, 40, "40x12"}};
enum { SIZE_COUNT = sizeof(sizes) / sizeof(*sizes) };

/* ---- a capture whose reads and times are the same in every run ---- */

static void add_delta(struct bytes *body, const char *delta)
{
    bytes_printf(body,
                 "data: {\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"choices\":"
                 "[{\"index\":0,\"delta\":{%s},\"finish_reason\":null}]}\n\n",
                 delta);
}

/* Controls, marks that turn text round, bytes that are no UTF-8, other line ends; cut in the end.
 */
static void make_body(struct bytes *body)
{
    bytes_init(body, BODY_MAX);
    add_delta(body, "\"role\":\"assistant\",\"content\":\"\"");
    add_delta(body, "\"content\":\"The first\\u001b[31m word\"");
    add_delta(body, "\"content\":\" turned \xe2\x80\xae round\"");
    bytes_puts(body, ": ping\n\nevent: other\r\ndata: \x1b[2Jbare \xff text\tend\r\n\r\n");
    for (int i = 0; i < 60; i++) {
        char *delta = xasprintf("\"content\":\" word %d\"", i);

        add_delta(body, delta);
        free(delta);
    }
    bytes_puts(body, "data: {\"id\":\"x\",\"choices\":[],\"usage\":{\"prompt_tokens\":5,"
                     "\"completion_tokens\":7,\"total_tokens\":12}}\n\n");
    add_delta(body, "\"content\":\" Needle\"");
    bytes_puts(body, "data: {\"id\":\"x\",\"choi");
}

static char *write_capture(const char *folder, bool kept)
{
    struct http_headers sent = {0};
    struct http_result result = {.status = 200,
                                 .reason = "OK",
                                 .version = "1.1",
                                 .framing = FRAMING_CLOSE,
                                 .timings = {.start_us = 1, .end_us = 5000000}};
    static char model[] = "m";
    const struct request_facts facts = {.stream = true, .choices = 1, .model = model};
    struct capture_header header = {
        .id = "ev-20261121T111723.456Z-7f3a",
        .wall_ms = 1795259843456,
        .operation = OPERATION_CHAT,
        .profile = "demo",
        .method = "POST",
        .url = "http://127.0.0.1/v1/chat/completions",
        .headers = &sent,
        .auth_header = "Authorization",
        .auth_scheme = "Bearer",
        .key_alias = "env:KEY",
        .body = "{\"model\":\"m\"}",
        .body_len = 13,
        .body_kept = kept,
        .facts = &facts,
    };
    char *path = file_join(folder, "capture.jsonl"), digest[DIGEST_TEXT];
    struct stream_rules rules;
    struct capture_writer *writer;
    struct bytes body;

    stream_rules_default(&rules);
    header.rules = &rules;
    http_headers_add(&sent, "Accept", "text/event-stream");
    http_headers_add(&result.headers, "content-type", "text/event-stream");
    http_headers_add(&result.headers, "x-twice", "one");
    http_headers_add(&result.headers, "x-twice", "two \x1b[31m");
    http_headers_add(&result.trailers, "x-checksum", "abc");
    make_body(&body);
    writer = capture_create(NULL, path, &header, NULL);
    assert_non_null(writer);
    assert_true(capture_head(writer, &result, 9000, NULL));
    for (size_t at = 0; at < body.len; at += READ)
        assert_true(capture_read(writer, body.data + at,
                                 body.len - at < READ ? body.len - at : READ,
                                 (int64_t)(at / READ + 1) * READ_US, NULL));
    assert_true(capture_end(writer, &result, digest, NULL));
    http_headers_release(&sent);
    http_headers_release(&result.headers);
    http_headers_release(&result.trailers);
    stream_rules_release(&rules);
    bytes_release(&body);
    return path;
}

/* ---- a console that shows it ---- */

static struct terminal *start(const struct size *size)
{
    const struct terminal_options options = {
        .rows = size->rows, .columns = size->columns, .arguments = demo};
    struct terminal *terminal = terminal_start(&options);

    terminal_wait_idle(terminal);
    return terminal;
}

static struct terminal *open_capture(const struct size *size, bool kept)
{
    struct terminal *terminal = start(size);
    char *path = write_capture(terminal_home(terminal), kept);
    char *command = xasprintf("open %s", path);

    terminal_command(terminal, command);
    terminal_wait_text(terminal, "▸ 3 Stream");
    terminal_type(terminal, "f");
    free(command);
    free(path);
    return terminal;
}

static void expect(struct terminal *terminal, const char *step, const struct size *size)
{
    char *name = xasprintf("stream-%s-%s", step, size->name);

    terminal_expect(terminal, name);
    free(name);
}

/* ---- the views ---- */

static void every_view_shows_all_that_came(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        const struct size *size = &sizes[i];
        struct terminal *terminal = open_capture(size, true);

        terminal_type(terminal, "]");
        terminal_type(terminal, "g");
        expect(terminal, "events", size);
        terminal_command(terminal, "goto 2");
        terminal_type(terminal, "\r");
        expect(terminal, "event", size);
        terminal_type(terminal, "l"); /* the next one */
        terminal_wait_text(terminal, "event 3 of 66");
        terminal_type(terminal, "\033");
        terminal_type(terminal, "]");
        terminal_type(terminal, "g");
        expect(terminal, "raw", size);
        terminal_type(terminal, "G");
        expect(terminal, "raw-end", size);
        terminal_type(terminal, "]");
        expect(terminal, "headers", size);
        terminal_command(terminal, "view reasons");
        expect(terminal, "reasons", size);
        terminal_quit(terminal);
    }
}

/* A reason leads to its bytes, and Esc back to it. */
static void a_reason_leads_to_its_bytes_and_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct terminal *terminal = open_capture(&sizes[i], true);

        terminal_command(terminal, "view reasons");
        terminal_type(terminal, "\r");
        terminal_wait_text(terminal, "[raw]");
        expect(terminal, "jump", &sizes[i]);
        terminal_type(terminal, "\033");
        terminal_wait_text(terminal, "[reasons]");
        terminal_quit(terminal);
    }
}

/* The text goes to its end, and with it what Enter asks about. */
static void the_chosen_reason_goes_to_the_end_with_the_text(void **state)
{
    struct terminal *terminal = start(&sizes[0]);

    (void)state;
    terminal_command(terminal, "scenario cut-mid-stream");
    terminal_command(terminal, "send");
    terminal_wait_text(terminal, "INCOMPLETE");
    terminal_command(terminal, "view reasons");
    terminal_type(terminal, "G\r");
    terminal_wait_text(terminal, "marker-missing rests on no one place");
    terminal_type(terminal, "g\r");
    terminal_wait_text(terminal, "[raw]");
    terminal_quit(terminal);
}

/* ---- search ---- */

static void search_reaches_everything_in_every_view(void **state)
{
    static const struct {
        const char *view, *text, *place;
    } cases[] = {
        {"events", "needle", "needle: event 66"},
        {"events", "prompt_tok", "prompt_tok: event 65"},
        {"raw", "needle", "needle: byte "},
        {"raw", "[2J", "[2J: byte "},
        {"answer", "word 33", "word 33: line 3 of 4"},
        {"headers", "TWICE", "No \"TWICE\" in headers"},
        {"headers", "twice", "twice: line "},
        {"reasons", "no sound", "no sound: line 2 "},
    };
    struct terminal *terminal = open_capture(&sizes[0], true);

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char *view = xasprintf("view %s", cases[i].view);

        terminal_command(terminal, view);
        terminal_type(terminal, "g");
        terminal_type(terminal, "/");
        terminal_type(terminal, cases[i].text);
        terminal_type(terminal, "\r");
        terminal_wait_text(terminal, cases[i].place);
        free(view);
    }
    terminal_quit(terminal);
}

static void n_and_N_go_round_and_say_so(void **state)
{
    struct terminal *terminal = open_capture(&sizes[1], true);

    (void)state;
    terminal_type(terminal, "]");
    terminal_type(terminal, "n");
    terminal_wait_text(terminal, "Nothing was searched for yet");
    terminal_type(terminal, "g");
    terminal_type(terminal, "/");
    terminal_type(terminal, "word 5\r");
    terminal_wait_text(terminal, "word 5: event 10");
    terminal_type(terminal, "n");
    terminal_wait_text(terminal, "word 5: event 55");
    expect(terminal, "found", &sizes[1]);
    terminal_type(terminal, "N");
    terminal_wait_text(terminal, "word 5: event 10");
    terminal_type(terminal, "N");
    terminal_wait_text(terminal, "From the end again, word 5: event 64");
    terminal_type(terminal, "n");
    terminal_wait_text(terminal, "From the beginning again, word 5: event 10");
    terminal_type(terminal, "/");
    terminal_type(terminal, "nowhere\r");
    terminal_wait_text(terminal, "No \"nowhere\" in events");
    terminal_quit(terminal);
}

/* ---- places ---- */

static void goto_takes_what_the_view_counts(void **state)
{
    struct terminal *terminal = open_capture(&sizes[0], true);

    (void)state;
    terminal_command(terminal, "view events");
    terminal_command(terminal, "goto 64");
    terminal_wait_text(terminal, "▸    64");
    terminal_command(terminal, "goto 67");
    terminal_wait_text(terminal, "1 to 66, not \"67\"");
    terminal_command(terminal, "view raw");
    terminal_command(terminal, "goto 0x8a");
    terminal_wait_text(terminal, "▸0000008a");
    terminal_command(terminal, "goto 99999999");
    terminal_wait_text(terminal, "the last of its bytes is");
    terminal_command(terminal, "goto x");
    terminal_wait_text(terminal, "8000 or 0x1f40, not \"x\"");
    terminal_quit(terminal);
}

/* Policy `never`: it is said what is gone. */
static void what_was_not_kept_is_said(void **state)
{
    struct terminal *terminal = open_capture(&sizes[1], false);

    (void)state;
    terminal_command(terminal, "view raw");
    terminal_wait_text(terminal, "The policy for bodies keeps lengths and times only");
    terminal_quit(terminal);
}

/* ---- while it comes ---- */

static void moving_up_pauses_and_the_end_follows_again(void **state)
{
    struct terminal *terminal = start(&sizes[1]);

    (void)state;
    terminal_command(terminal, "scenario stall");
    terminal_send(terminal, ":send\r", 6);
    terminal_wait_text(terminal, "RECEIVING");
    terminal_send(terminal, ":view events\r", 13);
    terminal_wait_text(terminal, "content \"");
    terminal_send(terminal, "k", 1);
    terminal_wait_text(terminal, "PAUSED");
    terminal_send(terminal, "G", 1);
    terminal_wait_gone(terminal, "PAUSED");
    terminal_send(terminal, ":view raw\r", 10);
    terminal_wait_text(terminal, "data: {");
    terminal_send(terminal, "\003", 1);
    terminal_wait_text(terminal, "INCOMPLETE");
    terminal_quit(terminal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_view_shows_all_that_came),
        cmocka_unit_test(a_reason_leads_to_its_bytes_and_back),
        cmocka_unit_test(search_reaches_everything_in_every_view),
        cmocka_unit_test(n_and_N_go_round_and_say_so),
        cmocka_unit_test(goto_takes_what_the_view_counts),
        cmocka_unit_test(the_chosen_reason_goes_to_the_end_with_the_text),
        cmocka_unit_test(what_was_not_kept_is_said),
        cmocka_unit_test(moving_up_pauses_and_the_end_follows_again),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
