/* `judge`: the verdict on a recorded answer. */
#include "base/bytes.h"
#include "base/json.h"
#include "base/redact.h"
#include "command/options.h"
#include "command/output.h"
#include "command/judged.h"
#include "command/verb.h"
#include "contract/workspace.h"
#include "evidence/replay.h"
#include "judge/class_table.h"

static bool write_report(void *context, const struct format_choice *choice, struct bytes *out)
{
    const struct replay *replay = context;
    struct judged judged;
    struct json *report;

    if (choice->format == FORMAT_JSON) {
        report = replay_report(replay);
        json_write(report, true, out);
        json_free(report);
        return true;
    }
    judged_from_replay(&judged, replay);
    judged_report(out, &judged);
    return true;
}

static bool read_operation(const struct options *options, enum operation *operation,
                           struct error *error)
{
    const char *name = option_value(options, OPTION_OPERATION);

    *operation = OPERATION_CHAT;
    if (name && !operation_from_name(name, operation))
        return error_set(error, ERROR_USAGE,
                         "--operation must be chat, responses or models, not %s", name);
    return option_arguments(options, 1, 1, error);
}

static bool judge_file(const char *path, enum operation operation, const struct stream_rules *rules,
                       const struct class_table *classes, struct replay *replay,
                       struct error *error)
{
    if (!replay_open(path, operation, rules, NULL, NULL, replay, error))
        return false;
    replay->classes = classes;
    return replay_finish(replay, error);
}

int verb_judge(const struct options *options)
{
    enum operation operation;
    struct redactor *redactor;
    struct workspace *workspace;
    struct class_table *classes;
    struct stream_rules rules;
    struct replay replay;
    struct error error;
    int status, written;

    if (!read_operation(options, &operation, &error))
        return output_error(NULL, &error);
    workspace = workspace_open(option_value(options, OPTION_WORKSPACE), &error);
    if (!workspace)
        return output_error(NULL, &error);
    classes = class_table_open(workspace->folder, &error);
    if (!classes) {
        workspace_free(workspace);
        return output_error(NULL, &error);
    }
    redactor = output_redactor();
    workspace_teach(workspace, redactor);
    output_warn(redactor, workspace->warnings);
    stream_rules_from(workspace->contract, &rules);
    if (judge_file(options->arguments[0], operation, &rules, classes, &replay, &error)) {
        workspace_teach(workspace, replay.redactor);
        status = replay.verdict.kind == VERDICT_COMPLETE ? EXIT_HOLDS : EXIT_FAILS;
        written = output_report(options, replay.redactor, write_report, &replay);
        status = status == EXIT_HOLDS ? written : status;
        replay_release(&replay);
    } else {
        status = output_error(redactor, &error);
    }
    redactor_free(redactor);
    stream_rules_release(&rules);
    class_table_free(classes);
    workspace_free(workspace);
    return status;
}
