/*
 * No control byte of a server reaches the terminal, in any pane or message: every scenario is sent
 * and looked at in every view, while the harness checks each byte that is written.
 */
#include "tests/screen/terminal.h"
#include "tests/unit/unit.h"

#include <ftw.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "contract/workspace.h"
#include "simulator/simulator.h"

enum {
    FILE_LIMIT = 64 * 1024 * 1024,
    ID_SIZE = 128,
    EVIDENCE_US = 30 * 1000 * 1000,
    STEP_US = 20 * 1000,
    PATIENCE_US = 600 * 1000
};

static const char *const demo[] = {"demo", "--pace", "0", NULL};
/* The key of the demo as it is, URL-encoded, base64-encoded in part. */
static const char *const keys[] = {"sk-simulator-accepts-any-key", "simulator-accepts-any",
                                   "c2stc2ltdWxhdG9y", "sk%2Dsimulator"};
static const char *const views[] = {"events", "raw", "headers", "timing", "reasons", "answer"};

/* The id of the evidence that is shown; empty when there is none. */
static void shown_evidence(struct terminal *terminal, char *id, size_t size)
{
    static const char label[] = "evidence  ";
    struct bytes dump;
    const char *at;

    bytes_init(&dump, FILE_LIMIT);
    terminal_dump(terminal, &dump);
    at = strstr(bytes_text(&dump), label);
    at = at ? at + strlen(label) : "";
    snprintf(id, size, "%.*s", (int)strcspn(at, " \n"), at);
    bytes_release(&dump);
}

/* What stood there before does not count. */
static void wait_other_evidence(struct terminal *terminal, const char *before)
{
    char id[ID_SIZE];

    for (;;) {
        shown_evidence(terminal, id, sizeof(id));
        if (strncmp(id, "ev-", 3) == 0 && strcmp(id, before) != 0)
            return;
        if (!terminal_step(terminal, EVIDENCE_US))
            fail_msg("no evidence follows %s", before);
    }
}

/* Some scenarios go on for ever, or until a time limit that is far too long for a test. */
static void send_scenario(struct terminal *terminal, const struct scenario *scenario,
                          const char *operation)
{
    char *lines = xasprintf(":scenario %s\r:operation %s\r:send\r", scenario->name, operation);
    int64_t until_us = clock_now_us(&clock_system) + PATIENCE_US;
    char before[ID_SIZE];

    shown_evidence(terminal, before, sizeof(before));
    terminal_send(terminal, lines, strlen(lines));
    free(lines);
    while (!terminal_is_idle(terminal) && clock_now_us(&clock_system) < until_us)
        terminal_step(terminal, STEP_US);
    if (!terminal_is_idle(terminal))
        terminal_type(terminal, "\003");
    wait_other_evidence(terminal, before);
}

static void every_scenario_is_shown_without_a_control_byte(void **state)
{
    const struct terminal_options options = {.rows = 30, .columns = 120, .arguments = demo};
    struct terminal *terminal = terminal_start(&options);

    (void)state;
    terminal_wait_idle(terminal);
    for (size_t i = 0; i < scenario_count(); i++) {
        const struct scenario *scenario = scenario_get(i);
        bool chat = strstr(scenario->operations, "chat") != NULL;

        if (scenario->scope != SCENARIO_ANSWER)
            continue;
        send_scenario(terminal, scenario, chat ? "chat" : "responses");
        for (size_t j = 0; j < sizeof(views) / sizeof(*views); j++) {
            char *command = xasprintf("view %s", views[j]);

            terminal_command(terminal, command);
            free(command);
        }
    }
    terminal_send(terminal, "Q", 1);
    assert_int_equal(terminal_wait_end(terminal), 0);
    terminal_check_restored(terminal);
    for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
        assert_null(strstr(bytes_text(terminal_raw(terminal)), keys[i]));
    terminal_free(terminal);
}

/* Ids with escapes, pipes and marks that turn text around (scenario catalog-hostile). */
static void hostile_model_ids_are_shown_escaped(void **state)
{
    static const char *const variables[] = {"COMETAPI_API_KEY=sk-hostile-list", NULL};
    const struct simulator_options simulator = {.scenario = "catalog-hostile", .quiet = true};
    uint16_t port;
    int listener = simulator_listen(&simulator, &port, NULL);
    pid_t child = simulator_fork(listener, &simulator, NULL);
    char *url = xasprintf("http://127.0.0.1:%u", (unsigned)port);
    const char *const arguments[] = {"--base-url", url, NULL};
    const struct terminal_options options = {
        .rows = 40, .columns = 140, .arguments = arguments, .variables = variables};
    struct terminal *terminal = terminal_start(&options);

    (void)state;
    close(listener);
    terminal_wait_idle(terminal);
    terminal_type(terminal, "R");
    terminal_wait_text(terminal, " models");
    for (int i = 0; i < 12; i++) {
        terminal_type(terminal, "\r");
        terminal_type(terminal, "j");
    }
    terminal_type(terminal, "s");
    terminal_send(terminal, "Q", 1);
    assert_int_equal(terminal_wait_end(terminal), 0);
    assert_null(strstr(bytes_text(terminal_raw(terminal)), "sk-hostile-list"));
    terminal_free(terminal);
    simulator_stop(child);
    free(url);
}

static const char typed_key[] = "Quartz7Lantern9Meadow";

static int check_file(const char *path, const struct stat *about, int type, struct FTW *where)
{
    struct bytes content;

    (void)where;
    if (strstr(path, typed_key))
        fail_msg("%s is named by the key", path);
    if (type != FTW_F || !S_ISREG(about->st_mode))
        return 0;
    if (!file_read(path, FILE_LIMIT, &content, NULL, NULL))
        return -1;
    if (memmem(bytes_text(&content), content.len, typed_key, strlen(typed_key)))
        fail_msg("%s holds the key", path);
    bytes_release(&content);
    return 0;
}

static int remove_file(const char *path, const struct stat *about, int type, struct FTW *where)
{
    (void)about;
    (void)type;
    (void)where;
    return remove(path);
}

/* In no file, and these were looked at: patterns inside the folder, NULL-terminated. */
static void check_folder(const char *folder, const char *const *patterns)
{
    assert_int_equal(nftw(folder, check_file, 16, FTW_PHYS), 0);
    for (; *patterns; patterns++) {
        char *whole = file_join(folder, *patterns);
        glob_t found;

        if (glob(whole, 0, NULL, &found) != 0)
            fail_msg("nothing was kept in %s", whole);
        globfree(&found);
        free(whole);
    }
}

static struct terminal *start_with_typed_key(const char *workspace)
{
    static const char *const variables[] = {"COMETAPI_API_KEY=Quartz7Lantern9Meadow", NULL};
    const char *const arguments[] = {workspace, "--base-url", "http://127.0.0.1:9", NULL};
    const struct terminal_options options = {
        .rows = 40, .columns = 140, .arguments = arguments, .variables = variables};
    struct terminal *terminal = terminal_start(&options);

    terminal_wait_idle(terminal);
    return terminal;
}

static void type_key(struct terminal *terminal, const char *before, const char *behind)
{
    char *line = xasprintf("%s%s", before, typed_key);

    terminal_type(terminal, line);
    assert_false(terminal_shows(terminal, typed_key));
    if (*behind)
        terminal_type(terminal, behind);
    assert_false(terminal_shows(terminal, typed_key));
    free(line);
}

/* Command lines, drafts, a capture, a picture, a ledger that cannot be written. */
static void type_key_everywhere(struct terminal *terminal)
{
    terminal_command(terminal, "draft new plain");
    type_key(terminal, ":model ", "\r");
    type_key(terminal, ":prompt ", "\r");
    terminal_command(terminal, "send");
    terminal_wait_text(terminal, "connect-failed");
    type_key(terminal, "/", "\r");
    terminal_command(terminal, "model plain");
    terminal_command(terminal, "prompt plain");
    type_key(terminal, ":draft new ", "\r");
    type_key(terminal, ":draft rename ", "\r");
    terminal_command(terminal, "screen-dump dump.txt");
    terminal_command(terminal, "ledger new incident");
    terminal_type(terminal, "4");
    terminal_type(terminal, "e");
    type_key(terminal, "", "\r");
    terminal_command(terminal, "write review.md");
    terminal_wait_text(terminal, "not written: line ");
}

/* What was unsaved at the end comes back without the key. */
static void recover_without_key(const char *workspace)
{
    static const char *const typed[] = {".cometdeck/unsaved-*", NULL};
    struct terminal *terminal = start_with_typed_key(workspace);

    terminal_wait_text(terminal, "Recover it? (r, d, l or x)");
    terminal_type(terminal, "r");
    terminal_wait_text(terminal, "not written");
    type_key(terminal, ":note ", "");
    terminal_signal(terminal, SIGKILL);
    assert_int_equal(terminal_wait_end(terminal), TERMINAL_SIGNALLED + SIGKILL);
    check_folder(terminal_home(terminal), typed + 1);
    check_folder(workspace, typed);
    terminal_free(terminal);

    terminal = start_with_typed_key(workspace);
    terminal_wait_text(terminal, "typed at");
    assert_null(strstr(bytes_text(terminal_raw(terminal)), typed_key));
    terminal_free(terminal);
}

/* SEC A11: a key that is typed where it does not belong is in no picture and no file. */
static void a_typed_key_is_neither_shown_nor_kept(void **state)
{
    static const char *const of_home[] = {".local/state/cometdeck/commands", NULL};
    static const char *const of_workspace[] = {".cometdeck/unsaved-*", ".cometdeck/drafts/*.json",
                                               ".cometdeck/history.db", ".cometdeck/captures/*",
                                               NULL};
    char workspace[] = "/tmp/cometdeck-typed-XXXXXX";
    struct terminal *terminal;

    (void)state;
    assert_non_null(mkdtemp(workspace));
    assert_true(workspace_init(workspace, NULL, NULL));
    terminal = start_with_typed_key(workspace);
    type_key_everywhere(terminal);
    terminal_signal(terminal, SIGTERM);
    assert_int_equal(terminal_wait_end(terminal), 130);
    assert_non_null(strstr(bytes_text(terminal_raw(terminal)),
                           "was not saved; the next start offers it again"));
    assert_null(strstr(bytes_text(terminal_raw(terminal)), typed_key));
    check_folder(terminal_home(terminal), of_home);
    check_folder(workspace, of_workspace);
    terminal_free(terminal);
    recover_without_key(workspace);
    assert_int_equal(nftw(workspace, remove_file, 16, FTW_PHYS | FTW_DEPTH), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scenario_is_shown_without_a_control_byte),
        cmocka_unit_test(hostile_model_ids_are_shown_escaped),
        cmocka_unit_test(a_typed_key_is_neither_shown_nor_kept),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
