#include "tests/unit/recording.h"

#include "base/file.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct recording recording;

int recording_set_up(void **state)
{
    (void)state;
    strcpy(recording.folder, "/tmp/cometdeck-import-XXXXXX");
    if (!mkdtemp(recording.folder))
        return -1;
    recording.path = file_join(recording.folder, "recording");
    recording.capture = file_join(recording.folder, "capture.jsonl");
    stream_rules_default(&recording.rules);
    return 0;
}

int recording_tear_down(void **state)
{
    char *command = xasprintf("rm -rf %s", recording.folder);
    int answer = system(command);

    (void)state;
    free(command);
    free(recording.path);
    free(recording.capture);
    stream_rules_release(&recording.rules);
    return answer;
}

static void put(const char *text)
{
    FILE *file = fopen(recording.path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

bool try_judge(const char *text, size_t entry, struct replay *replay, struct error *error)
{
    put(text);
    return replay_open_entry(recording.path, entry, NULL, OPERATION_CHAT, &recording.rules, NULL,
                             NULL, replay, error) &&
           replay_finish(replay, error);
}

void judge(const char *text, size_t entry, struct replay *replay)
{
    struct error error = {0};

    if (!try_judge(text, entry, replay, &error))
        fail_msg("%s", error.text);
}

bool has_reason(const struct replay *replay, const char *code)
{
    for (size_t i = 0; i < replay->verdict.count; i++)
        if (strcmp(reason_name(replay->verdict.reasons[i].code), code) == 0)
            return true;
    return false;
}

void assert_judged(const char *text, enum replay_origin origin, const char *verdict,
                   const char *reason)
{
    struct replay replay;

    judge(text, 0, &replay);
    assert_int_equal(replay.origin, origin);
    if (strcmp(verdict_name(replay.verdict.kind), verdict) != 0)
        fail_msg("it is %s, not %s", verdict_name(replay.verdict.kind), verdict);
    if (!has_reason(&replay, reason))
        fail_msg("it lacks %s", reason);
    replay_release(&replay);
}
