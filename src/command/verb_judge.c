/* `judge`: the verdict on a recorded answer. */
#include "base/bytes.h"
#include "base/json.h"
#include "base/redact.h"
#include "base/clock.h"
#include "command/input.h"
#include "command/judge_fixture.h"
#include "command/options.h"
#include "command/output.h"
#include "command/judged.h"
#include "command/session.h"
#include "command/verb.h"
#include "contract/workspace.h"
#include "evidence/adopt.h"
#include "evidence/history.h"
#include "evidence/import.h"
#include "evidence/locate.h"
#include "evidence/replay.h"
#include "judge/class_table.h"

#include <stdlib.h>
#include <string.h>

enum { ENTRY_MAX = 1000000 };

struct judgement {
    struct replay replay;
    char *capture; /* NULL: it was not kept */
    struct judge_fixture fixture;
};

static bool write_report(void *context, const struct format_choice *choice, struct bytes *out)
{
    const struct judgement *judgement = context;
    const struct replay *replay = &judgement->replay;
    struct judged judged;
    struct json *report;

    if (choice->format == FORMAT_JSON) {
        report = replay_report(replay);
        json_set_string(report, "origin", replay_origin_name(replay->origin));
        json_set(report, "not_told", json_new_lines(replay->missing));
        json_set_string(report, "capture", judgement->capture);
        json_set(report, "fixture", judge_fixture_json(&judgement->fixture));
        json_write(report, true, out);
        json_free(report);
        return true;
    }
    judged_from_replay(&judged, replay);
    judged.capture = judgement->capture;
    judged_report(out, &judged);
    judge_fixture_text(&judgement->fixture, out);
    return true;
}

static bool read_options(const struct options *options, struct adoption *adoption,
                         struct error *error)
{
    const char *name = option_value(options, OPTION_OPERATION);
    int64_t entry = 0;

    adoption->operation = OPERATION_CHAT;
    if (name && !operation_from_name(name, &adoption->operation))
        return error_set(error, ERROR_USAGE,
                         "--operation must be chat, responses or models, not %s", name);
    if (!option_integer(options, OPTION_ENTRY, 1, ENTRY_MAX, &entry, error) ||
        !option_arguments(options, 1, 1, error))
        return false;
    adoption->entry = (size_t)entry;
    adoption->path = options->arguments[0];
    return true;
}

/* As it is, or kept as evidence; `replay` is to be released when true. */
static bool judge_file(const struct options *options, struct adoption *adoption,
                       const struct redactor *redactor, struct judgement *judgement,
                       struct error *error)
{
    struct replay *replay = &judgement->replay;
    size_t lost;
    bool good;

    if (!option_given(options, OPTION_KEEP)) {
        if (!replay_open_entry(adoption->path, adoption->entry, adoption->workspace,
                               adoption->operation, adoption->rules, judge_fixture_on_event,
                               &judgement->fixture, replay, error))
            return false;
        replay->classes = adoption->classes;
        replay_on_body(replay, judge_fixture_on_body, &judgement->fixture);
        return replay_finish(replay, error);
    }
    adoption->history = session_history(adoption->workspace, redactor);
    good = adopt_file(adoption, replay, &judgement->capture, error);
    lost = history_close(adoption->history);
    if (lost > 0)
        output_say(redactor, "cometdeck: %zu rows of the history could not be written", lost);
    return good;
}

/*
 * A status line speaks for itself; whether an answer was whole nobody can tell whose bytes were not
 * kept, or of which nothing is told. NULL: it was judged.
 */
static const char *why_unchecked(const struct replay *replay)
{
    const struct http_result *result = &replay->result;
    bool bytes_alone =
        replay->origin == REPLAY_RAW || replay->origin == REPLAY_CURL_INCLUDE || replay->fixture;

    if (replay->verdict.kind == VERDICT_ERRORED)
        return NULL;
    if (replay->origin == REPLAY_CAPTURE && !replay->header.body_kept)
        return "cannot be judged again: no bodies were kept, as `bodies` in cometdeck.json had it; "
               "the verdict of the live run stands in the history";
    if (!bytes_alone && result->status == 0 && result->body_bytes == 0 && result->curl <= 0 &&
        result->stop == STOP_NONE)
        return "cannot be judged: it tells neither a status nor a body nor how it ended";
    if (!bytes_alone && !replay->header.body_kept)
        return "cannot be judged: it holds no body of the answer; save it with its content";
    return NULL;
}

static int status_of(const struct judgement *judgement, const char *path,
                     const struct redactor *redactor)
{
    const char *unchecked = why_unchecked(&judgement->replay);

    if (unchecked) {
        output_say(redactor, "cometdeck: %s %s", path, unchecked);
        return EXIT_UNCHECKED;
    }
    if (judgement->replay.fixture)
        return judgement->fixture.report.holds ? EXIT_HOLDS : EXIT_FAILS;
    if (judgement->fixture.report.name && !judgement->fixture.report.holds)
        return EXIT_FAILS;
    return judgement->replay.verdict.kind == VERDICT_COMPLETE ? EXIT_HOLDS : EXIT_FAILS;
}

static int judge(const struct options *options, struct adoption *adoption,
                 const struct redactor *redactor)
{
    struct judgement judgement = {.capture = NULL};
    struct error error;
    int status, written;

    if (!judge_fixture_begin(&judgement.fixture, options, adoption->workspace, &error))
        return output_error(redactor, &error);
    if (!judge_file(options, adoption, redactor, &judgement, &error)) {
        judge_fixture_release(&judgement.fixture);
        return output_error(redactor, &error);
    }
    judge_fixture_end(&judgement.fixture, &judgement.replay, adoption->path);
    workspace_teach(adoption->workspace, judgement.replay.redactor);
    status = status_of(&judgement, adoption->path, redactor);
    written = output_report(options, judgement.replay.redactor, write_report, &judgement);
    judge_fixture_release(&judgement.fixture);
    replay_release(&judgement.replay);
    free(judgement.capture);
    return status == EXIT_HOLDS ? written : status;
}

/* What was made is judged, so that it is seen what it is worth. */
static int keep_fixture(const struct options *options, struct adoption *adoption,
                        const struct redactor *redactor)
{
    struct error error;
    char *path;
    int status;

    if (!judge_fixture_keep(options, adoption->workspace, adoption->classes, redactor, &path,
                            &error))
        return output_error(redactor, &error);
    output_say(redactor, "cometdeck: kept as %s", path);
    adoption->path = path;
    status = judge(options, adoption, redactor);
    free(path);
    return status;
}

static int list_entries(const char *path, const struct redactor *redactor)
{
    struct bytes text, rows;
    struct error error;
    int status;
    bool good;

    if (!input_read(path, IMPORT_MAX, &text, &error))
        return output_error(redactor, &error);
    bytes_init(&rows, IMPORT_MAX);
    good = import_list(path, bytes_text(&text), text.len, &rows, &error);
    if (good && rows.len)
        redact(redactor, rows.data, rows.len);
    status = good ? output_text(&rows) : output_error(redactor, &error);
    bytes_release(&rows);
    bytes_release(&text);
    return status;
}

/* With a workspace, classes and the rules of its contract. */
static int judge_there(const struct options *options, const struct adoption *asked,
                       const struct workspace *workspace, struct error *error)
{
    struct adoption adoption = *asked;
    struct redactor *redactor = output_redactor();
    char *path = evidence_locate(workspace, options->arguments[0], error);
    struct stream_rules rules;
    int status;

    workspace_teach(workspace, redactor);
    output_warn(redactor, workspace->warnings);
    stream_rules_from(workspace->contract, &rules);
    adoption.workspace = workspace;
    adoption.rules = &rules;
    if (path)
        adoption.path = options->arguments[0] = path;
    status = !path                                ? output_error(redactor, error)
             : option_given(options, OPTION_LIST) ? list_entries(path, redactor)
             : option_given(options, OPTION_KEEP_FIXTURE)
                 ? keep_fixture(options, &adoption, redactor)
                 : judge(options, &adoption, redactor);
    redactor_free(redactor);
    stream_rules_release(&rules);
    free(path);
    return status;
}

int verb_judge(const struct options *options)
{
    struct adoption adoption = {.clock = &clock_system};
    struct workspace *workspace;
    struct class_table *classes;
    struct error error;
    int status;

    if (!read_options(options, &adoption, &error))
        return output_error(NULL, &error);
    workspace = workspace_open(option_value(options, OPTION_WORKSPACE), &error);
    if (!workspace)
        return output_error(NULL, &error);
    classes = class_table_open(workspace->folder, &error);
    adoption.classes = classes;
    status =
        classes ? judge_there(options, &adoption, workspace, &error) : output_error(NULL, &error);
    class_table_free(classes);
    workspace_free(workspace);
    return status;
}
