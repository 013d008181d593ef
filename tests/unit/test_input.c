/* The own key reader: issue 1 "Console, first part", style.md "One loop". */
#include "tests/unit/unit.h"

#include "base/bytes.h"
#include "ui/input.h"

#include <stdio.h>
#include <string.h>

static void note(void *context, const struct input_event *event)
{
    struct bytes *out = context;
    char name[KEY_NAME];

    switch (event->kind) {
    case INPUT_KEY:
        key_name(event->key, name);
        bytes_printf(out, "%s ", name);
        break;
    case INPUT_PASTE:
        bytes_printf(out, "paste(%.*s%s) ", (int)event->len, event->bytes, event->cut ? "…" : "");
        break;
    case INPUT_MOUSE:
        bytes_printf(out, "mouse(%d,%d,%d,%d) ", (int)event->action, event->button, event->row,
                     event->column);
        break;
    }
}

/* Feed in pieces of `step` bytes, flush, compare. */
static void check_in_pieces(const char *data, size_t len, size_t step, const char *expected)
{
    struct bytes out;
    struct input *input = input_new(note, &out);

    bytes_init(&out, 1 << 16);
    for (size_t at = 0; at < len; at += step)
        input_feed(input, data + at, len - at < step ? len - at : step);
    input_flush(input);
    assert_false(input_is_waiting(input));
    assert_string_equal(bytes_text(&out), expected);
    input_free(input);
    bytes_release(&out);
}

static const struct {
    const char *bytes;
    const char *events;
} cases[] = {
    {"aZ1 ", "a Z 1 Space "},
    {"\r\n\t", "Enter ^J Tab "},
    {"\x01\x03\x1a", "^A ^C ^Z "},
    {"\x7f\x08", "Backspace Backspace "},
    {"\033", "Esc "},
    {"\033\033", "Esc Esc "},
    {"\033x", "M-x "},
    {"\033[", "M-[ "},
    {"\033O", "M-O "},
    {"\033]", "M-] "}, /* strings of the terminal, of which nothing came */
    {"\033P", "M-P "},
    {"\033[A\033[B\033[C\033[D", "Up Down Right Left "},
    {"\033OA\033OP\033OS", "Up F1 F4 "},
    {"\033[1;5C\033[1;2A\033[1;3B", "C-Right S-Up M-Down "},
    {"\033[H\033[F\033[1~\033[4~\033[7~\033[8~", "Home End Home End Home End "},
    {"\033[2~\033[3~\033[5~\033[6~", "Insert Delete PgUp PgDn "},
    {"\033[15~\033[24~\033[[A\033[[E", "F5 F12 F1 F5 "},
    {"\033[Z", "S-Tab "},
    {"\033[13u\033[27u\033[97;5u\033[27;5;98~", "Enter Esc ^A ^B "},
    {"\033[<0;3;5M\033[<0;3;5m\033[<64;1;1M\033[<65;1;1M",
     "mouse(0,0,4,2) mouse(1,0,4,2) mouse(3,0,0,0) mouse(4,1,0,0) "},
    {"é日😀", "é 日 😀 "},
    {"\033é", "M-é "},
    {"\033[200~q\n:quit\033[A\033[201~q", "paste(q\n:quit\033[A) q "},
    {"\033[200~\033[20\033[201~", "paste(\033[20) "},
    {"\033]0;title q\007a", "a "},
    {"\033]0;title q\033\\a", "a "},
    {"\033P1$r q\033\\a", "a "},
    {"\033[?1;2ca", "a "},
    {"\033[99999999999;3;4;5;6;7~a", "a "},
    {"\xff\xc3(a", "( a "},
    {"\xc2\x9b"
     "A",
     "A "}, /* a C1 control is no key */
    {"\033[I\033[Oa", "a "},
};

static void keys_and_sequences_are_told_apart_in_any_pieces(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        for (size_t step = 1; step < 8; step++)
            check_in_pieces(cases[i].bytes, strlen(cases[i].bytes), step, cases[i].events);
}

static void a_sequence_longer_than_any_key_is_swallowed_whole(void **state)
{
    struct bytes text;

    (void)state;
    bytes_init(&text, 4096);
    bytes_puts(&text, "\033[");
    for (int i = 0; i < 400; i++)
        bytes_puts(&text, "1;");
    bytes_puts(&text, "Aq");
    check_in_pieces(bytes_text(&text), text.len, 1, "q ");
    check_in_pieces(bytes_text(&text), text.len, 100, "q ");
    bytes_release(&text);
}

static void count_paste(void *context, const struct input_event *event)
{
    assert_int_equal(event->kind, INPUT_PASTE);
    assert_int_equal(event->len, INPUT_PASTE_MAX);
    assert_true(event->cut);
    ++*(int *)context;
}

static void a_paste_beyond_the_limit_is_cut_and_says_so(void **state)
{
    static char block[4096];
    int pastes = 0;
    struct input *input = input_new(count_paste, &pastes);

    (void)state;
    memset(block, 'q', sizeof(block));
    input_feed(input, "\033[200~", 6);
    for (int i = 0; i < 300; i++)
        input_feed(input, block, sizeof(block));
    input_flush(input);
    input_feed(input, "\033[201~", 6);
    assert_int_equal(pastes, 1);
    input_free(input);
}

static void a_lone_escape_waits_for_its_time_and_a_key_does_not(void **state)
{
    struct bytes out;
    struct input *input = input_new(note, &out);

    (void)state;
    bytes_init(&out, 1 << 10);
    input_feed(input, "a", 1);
    assert_false(input_is_waiting(input));
    input_feed(input, "\033", 1);
    assert_true(input_is_waiting(input));
    assert_string_equal(bytes_text(&out), "a ");
    input_flush(input);
    assert_string_equal(bytes_text(&out), "a Esc ");
    input_free(input);
    bytes_release(&out);
}

static void note_parts(void *context, const struct input_event *event)
{
    struct input_event parts[2];
    struct bytes *out = context;

    if (!input_split(event, parts)) {
        note(context, event);
        return;
    }
    for (int i = 0; i < 2; i++) {
        note(context, &parts[i]);
        bytes_printf(out, "%zu ", parts[i].len);
    }
}

/* Esc and a key typed at once, as over a slow line, are what a key with Alt sends. */
static void what_may_be_alt_or_two_keys_is_split(void **state)
{
    static const struct {
        const char *bytes;
        const char *events;
    } doubtful[] = {
        {"\033\003", "Esc 1 ^C 1 "},
        {"\033q", "Esc 1 q 1 "},
        {"\033é", "Esc 1 é 2 "},
        {"\033[", "Esc 1 [ 1 "},
        {"\033\177", "Esc 1 Backspace 1 "},
        {"\033[1;3B\033[97;3u", "M-Down M-a "},
        {"q\033", "q Esc "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(doubtful) / sizeof(*doubtful); i++) {
        struct bytes out;
        struct input *input = input_new(note_parts, &out);

        bytes_init(&out, 1 << 10);
        input_feed(input, doubtful[i].bytes, strlen(doubtful[i].bytes));
        input_flush(input);
        assert_string_equal(bytes_text(&out), doubtful[i].events);
        input_free(input);
        bytes_release(&out);
    }
}

static void every_key_name_reads_back(void **state)
{
    static const char *const names[] = {"Enter", "S-Tab", "^C",   "M-x", "F1",     "F12", "é",
                                        "Space", "C-Up",  "M-^A", "/",   "Delete", "^",   "S-PgUp"};
    struct key key;
    char name[KEY_NAME];

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        assert_true(key_parse(names[i], strlen(names[i]), &key));
        key_name(key, name);
        assert_string_equal(name, names[i]);
    }
    assert_true(key_parse("C-c", 3, &key));
    key_name(key, name);
    assert_string_equal(name, "^C");
    assert_false(key_parse("", 0, &key));
    assert_false(key_parse("Nonsense", 8, &key));
    assert_false(key_parse("F13", 3, &key));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_and_sequences_are_told_apart_in_any_pieces),
        cmocka_unit_test(a_sequence_longer_than_any_key_is_swallowed_whole),
        cmocka_unit_test(a_paste_beyond_the_limit_is_cut_and_says_so),
        cmocka_unit_test(a_lone_escape_waits_for_its_time_and_a_key_does_not),
        cmocka_unit_test(what_may_be_alt_or_two_keys_is_split),
        cmocka_unit_test(every_key_name_reads_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
