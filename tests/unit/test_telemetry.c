/* evidence/telemetry: what becomes of a line that does not get to its file whole. */
#include "tests/unit/unit.h"

#include "tests/unit/exchange_world.h"

#include "base/bytes.h"
#include "base/file.h"
#include "base/json.h"
#include "contract/contract.h"
#include "evidence/telemetry.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* An attempt that ended, and a file for its record. */
struct desk {
    struct world *world;
    struct canned answer;
    struct exchange_state state;
    struct request_facts facts;
    struct telemetry_labels labels;
    struct telemetry_attempt attempt;
    char *path;
};

static void lay_out(struct desk *desk, struct world *world)
{
    struct exchange_request request = world_chat();

    *desk = (struct desk){.world = world, .answer = canned_stream(CHUNK("a", "\"stop\"") DONE)};
    world_run(world, &desk->answer, &request, NULL, &desk->state);
    telemetry_labels_init(&desk->labels, &world->profile, world->workspace.contract, NULL, 1,
                          false);
    desk->attempt = (struct telemetry_attempt){
        .state = &desk->state,
        .facts = &desk->facts,
        .contract = world->workspace.contract,
        .labels = &desk->labels,
    };
    desk->path = file_join(world->folder, "t.jsonl");
}

static void clear_away(struct desk *desk)
{
    telemetry_labels_release(&desk->labels);
    canned_release(&desk->answer);
    free(desk->path);
}

/* How long the file is; every line of it but `broken` ones must be an object. */
static size_t read_lines(const struct desk *desk, size_t *lines, size_t *broken)
{
    struct bytes text;
    struct error error;
    size_t len;

    *lines = *broken = 0;
    if (!file_read(desk->path, 1 << 20, &text, NULL, &error))
        fail_msg("%s", error.text);
    for (const char *at = bytes_text(&text); *at; at += strcspn(at, "\n") + 1) {
        struct json *line = json_parse(at, strcspn(at, "\n"), desk->path, NULL);

        assert_non_null(strchr(at, '\n'));
        *broken += json_type(line) != JSON_OBJECT;
        ++*lines;
        json_free(line);
    }
    len = text.len;
    bytes_release(&text);
    return len;
}

/* B53: a disk that fills within a line costs that line, and neither the one before nor behind. */
static void half_a_line_is_taken_back(void **state)
{
    struct rlimit before, small;
    struct telemetry *telemetry;
    struct error error = {.kind = ERROR_NONE};
    struct desk desk;
    size_t lines, broken, len;

    lay_out(&desk, *state);
    signal(SIGXFSZ, SIG_IGN);
    telemetry = telemetry_open(desk.path, "run-1", NULL);
    assert_true(telemetry_add(telemetry, &desk.attempt, desk.world->redactor, &error));
    len = read_lines(&desk, &lines, &broken);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = len + 20;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_false(telemetry_add(telemetry, &desk.attempt, desk.world->redactor, &error));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_non_null(strstr(error.text, "could not be written"));
    assert_int_equal(read_lines(&desk, &lines, &broken), len);
    assert_true(telemetry_add(telemetry, &desk.attempt, desk.world->redactor, &error));
    read_lines(&desk, &lines, &broken);
    assert_int_equal(lines, 2);
    assert_int_equal(broken, 0);
    telemetry_close(telemetry);
    clear_away(&desk);
}

/* What somebody else left half is not glued to the next line. */
static void a_line_begins_behind_a_torn_one(void **state)
{
    struct telemetry *telemetry;
    struct error error = {.kind = ERROR_NONE};
    struct desk desk;
    size_t lines, broken;

    lay_out(&desk, *state);
    assert_true(file_replace(NULL, desk.path, "{\"timest", 8, 0600, NULL, NULL, &error));
    telemetry = telemetry_open(desk.path, "run-1", NULL);
    for (int i = 0; i < 2; i++)
        assert_true(telemetry_add(telemetry, &desk.attempt, desk.world->redactor, &error));
    read_lines(&desk, &lines, &broken);
    assert_int_equal(lines, 3);
    assert_int_equal(broken, 1);
    telemetry_close(telemetry);
    clear_away(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(half_a_line_is_taken_back),
        WORLD_TEST(a_line_begins_behind_a_torn_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
