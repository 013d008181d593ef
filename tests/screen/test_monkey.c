/*
 * Keys, commands, clicks and new sizes at random, several in one read, those that change things
 * among them: whatever the order, the console lives and leaves in order. The seed is fixed, so that
 * a failure comes back; MONKEY_SEED and MONKEY_SECONDS try others, for longer.
 */
#include "tests/screen/terminal.h"
#include "tests/unit/unit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum {
    SEED = 20261121,
    SECONDS = 5,
    RUNS = 3,
    BURSTS_MOST = 3000, /* in a run */
    KEYS_MOST = 6,      /* of a burst, which is one read */
    STEP_US = 4000,
    RECENT = 12,
    BURST_MAX = 512,
};

/* No key of it leaves or stops the console; %d is a small number, %s a scenario. */
static const char *const keys[] = {
    "j",
    "k",
    "h",
    "l",
    "g",
    "G",
    "\004",
    "\025",
    "1",
    "2",
    "3",
    "4",
    "5",
    "\t",
    "f",
    "?",
    "\033",
    "\r",
    "r",
    "R",
    "s",
    "a",
    "m",
    "n",
    "N",
    "=",
    "c",
    "d",
    "x",
    "D",
    "u",
    "\022",
    "e",
    "o",
    "p",
    "]",
    "[",
    "z",
    "F",
    " ",
    ".",
    ">",
    "+",
    "-",
    "y",
    "Y",
    "v",
    "E",
    "J",
    "K",
    "i",
    "t",
    "P",
    "w",
    "\003",
    "\f",
    "\033[A",
    "\033[B",
    "\033[5~",
    "\033[6~",
    "\023",
    "/a\r",
    "/sim\r",
    "/\033",
    "y\r",
    "yes\r",
    "no\r",
    "\033[200~pasted\ntext\033[201~",
    ":view events\r",
    ":view raw\r",
    ":view headers\r",
    ":view timing\r",
    ":view reasons\r",
    ":view answer\r",
    ":replay\r",
    ":replay step\r",
    ":replay end\r",
    ":replay 100\r",
    ":pane history\r",
    ":pane stream\r",
    ":pane catalog\r",
    ":compare\r",
    ":base\r",
    ":goto 3\r",
    ":goto 0x10\r",
    ":search READY\r",
    ":streaming off\r",
    ":streaming on\r",
    ":operation models\r",
    ":operation responses\r",
    ":operation chat\r",
    ":draft new a%d\r",
    ":draft open a%d\r",
    ":draft delete a%d\r",
    ":draft rename b%d\r",
    ":ledger new incident\r",
    ":attach\r",
    ":undo\r",
    ":redo\r",
    ":messages\r",
    ":row add\r",
    ":cell\r",
    ":copy all\r",
    ":copy\r",
    ":page\r",
    ":mark\r",
    ":annotate hi\r",
    ":history prune 3\r",
    ":verdict hide\r",
    ":verdict show\r",
    ":catalog fetch\r",
    ":inspect\r",
    ":scenario %s\r",
    ":cancel\r",
    ":profile default\r",
    ":fold-all\r",
    ":add {\"x\":1}\r",
    ":rename q\r",
    ":remove\r",
    ":move-up\r",
    ":next-problem\r",
    ":help\r",
    ":palette\r",
    ":recover\r",
    ":prompt %d\r",
    ":write m%d.md\r",
    ":ledger open m%d.md\r",
    ":export curl c%d.sh\r",
    ":filter model:sim\r",
    ":send\r",
    ":send\r",
    ":send\r",
};

static const char *const scenarios[] = {
    "ready",     "slow-loris", "no-done-reset", "done-close",  "stop-then-silence",
    "tool-call", "error-500",  "malformed",     "two-choices", "cut-mid-stream"};

static const struct {
    int rows, columns;
} sizes[] = {{40, 140}, {24, 80}, {30, 120}, {50, 200}, {12, 40}, {6, 20}};

struct monkey {
    uint64_t state;
    struct terminal *terminal;
    int rows, columns;
    char recent[RECENT][BURST_MAX]; /* what it did last */
    size_t bursts;
};

static unsigned draw(struct monkey *monkey, size_t count)
{
    monkey->state ^= monkey->state << 13;
    monkey->state ^= monkey->state >> 7;
    monkey->state ^= monkey->state << 17;
    return (unsigned)((monkey->state >> 16) % count);
}

static void pick(struct monkey *monkey, char *text, size_t size)
{
    const char *key = keys[draw(monkey, sizeof(keys) / sizeof(*keys))], *at;
    unsigned kind = draw(monkey, 20);

    if (kind < 3)
        snprintf(text, size, "\033[<0;%u;%uM", 1 + draw(monkey, (size_t)monkey->columns),
                 1 + draw(monkey, (size_t)monkey->rows));
    else if (kind < 4)
        snprintf(text, size, "\033[<%u;%u;%uM", 64 + draw(monkey, 2),
                 1 + draw(monkey, (size_t)monkey->columns), 1 + draw(monkey, (size_t)monkey->rows));
    else if ((at = strstr(key, "%d")))
        snprintf(text, size, "%.*s%u%s", (int)(at - key), key, 1 + draw(monkey, 3), at + 2);
    else if ((at = strstr(key, "%s")))
        snprintf(text, size, "%.*s%s%s", (int)(at - key), key,
                 scenarios[draw(monkey, sizeof(scenarios) / sizeof(*scenarios))], at + 2);
    else
        snprintf(text, size, "%s", key);
}

static void burst(struct monkey *monkey)
{
    char *text = monkey->recent[monkey->bursts++ % RECENT];
    size_t len = 0;

    for (unsigned count = 1 + draw(monkey, KEYS_MOST); count > 0; count--) {
        pick(monkey, text + len, BURST_MAX - len);
        len += strlen(text + len);
    }
    terminal_send(monkey->terminal, text, len);
    if (draw(monkey, 40) == 0) {
        unsigned size = draw(monkey, sizeof(sizes) / sizeof(*sizes));

        monkey->rows = sizes[size].rows;
        monkey->columns = sizes[size].columns;
        terminal_resize(monkey->terminal, monkey->rows, monkey->columns);
    }
    if (monkey->bursts % RECENT == 0)
        terminal_signal(monkey->terminal, SIGCONT); /* Help and the palette can suspend it */
    terminal_step(monkey->terminal, STEP_US);
}

static void tell(const struct monkey *monkey)
{
    size_t first = monkey->bursts > RECENT ? monkey->bursts - RECENT : 0;

    for (size_t i = first; i < monkey->bursts; i++) {
        fputs("# ", stderr);
        for (const char *at = monkey->recent[i % RECENT]; *at; at++)
            fprintf(stderr, *at < ' ' ? "\\%03o" : "%c", *at);
        fputc('\n', stderr);
    }
}

static void run(struct monkey *monkey, int64_t until_us)
{
    static const char *const demo[] = {"demo", "--pace", "0", NULL};
    static const char *const variables[] = {"EDITOR=true", "PAGER=true", NULL};
    struct terminal_options options = {.arguments = demo, .variables = variables};
    bool left;
    int status;

    options.rows = monkey->rows = 40;
    options.columns = monkey->columns = 140;
    monkey->bursts = 0;
    monkey->terminal = terminal_start(&options);
    terminal_wait_text(monkey->terminal, "sim/ready");
    while (monkey->bursts < BURSTS_MOST && clock_now_us(&clock_system) < until_us &&
           !terminal_has_ended(monkey->terminal))
        burst(monkey);
    left = terminal_has_ended(monkey->terminal); /* which they can run as well */
    terminal_signal(monkey->terminal, SIGTERM);
    terminal_signal(monkey->terminal, SIGCONT);
    status = terminal_wait_end(monkey->terminal);
    if (status != 130 && !(left && status == 0))
        tell(monkey);
    assert_true(status == 130 || (left && status == 0));
    terminal_check_restored(monkey->terminal);
    terminal_free(monkey->terminal);
}

static long number(const char *name, long otherwise)
{
    const char *text = getenv(name);

    return text && *text ? strtol(text, NULL, 10) : otherwise;
}

static void whatever_is_typed_the_console_lives(void **state)
{
    struct monkey monkey = {.state = (uint64_t)number("MONKEY_SEED", SEED)};
    int64_t run_us = number("MONKEY_SECONDS", SECONDS) * 1000 * 1000 / RUNS;

    (void)state;
    for (int i = 0; i < RUNS; i++)
        run(&monkey, clock_now_us(&clock_system) + run_us);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(whatever_is_typed_the_console_lives)};

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
