#include "command/judge_fixture.h"

#include "base/clock.h"
#include "command/options.h"
#include "contract/workspace.h"
#include "evidence/fixture_keep.h"
#include "evidence/replay.h"

#include <string.h>

static bool needs_folder(const struct workspace *workspace, struct error *error)
{
    return workspace->folder ||
           error_set(error, ERROR_USAGE,
                     "fixtures are kept in a workspace, and there is none: `cometdeck init` makes "
                     "one");
}

bool judge_fixture_begin(struct judge_fixture *fixture, const struct options *options,
                         const struct workspace *workspace, struct error *error)
{
    const char *name = option_value(options, OPTION_FIXTURE);

    *fixture = (struct judge_fixture){.compares = false};
    bytes_init(&fixture->body, SHAPE_TEXT_MAX);
    if (!name)
        return true;
    if (option_given(options, OPTION_KEEP))
        return error_set(error, ERROR_USAGE, "--keep and --fixture are two runs: first keep it");
    fixture->compares = needs_folder(workspace, error) &&
                        fixture_open(&fixture->wanted, workspace->folder, name, error);
    return fixture->compares;
}

void judge_fixture_release(struct judge_fixture *fixture)
{
    if (fixture->compares)
        fixture_release(&fixture->wanted);
    shape_release(&fixture->shape);
    bytes_release(&fixture->body);
    fixture_report_release(&fixture->report);
}

void judge_fixture_on_event(void *context, const struct judge_event *event)
{
    struct judge_fixture *fixture = context;

    if (fixture->compares)
        shape_add_text(&fixture->shape, event->data, event->data_len);
}

void judge_fixture_on_body(void *context, const char *data, size_t len)
{
    struct judge_fixture *fixture = context;

    if (fixture->compares)
        bytes_append(&fixture->body, data, len);
}

static void compare(struct judge_fixture *fixture, const struct replay *replay, const char *path)
{
    bool streamed = judge_progress(replay->judge)->event_stream;

    if (!streamed && replay->origin == REPLAY_CAPTURE) {
        bytes_release(&fixture->body);
        capture_body(path, SHAPE_TEXT_MAX, &fixture->body);
    }
    if (!streamed && fixture->body.len > 0)
        shape_add_text(&fixture->shape, fixture->body.data, fixture->body.len);
    fixture_report_init(&fixture->report, fixture->wanted.name);
    fixture_report_shape(&fixture->report, &fixture->wanted, replay->header.operation,
                         &fixture->shape, streamed);
}

void judge_fixture_end(struct judge_fixture *fixture, const struct replay *replay, const char *path)
{
    if (fixture->compares) {
        compare(fixture, replay, path);
    } else if (replay->fixture) {
        fixture_report_init(&fixture->report, replay->fixture->name);
        fixture->report.holds = fixture_holds(replay->fixture, &replay->verdict, &replay->failure,
                                              &fixture->report.differs, &fixture->report.notes);
    }
}

static void put_lines(struct bytes *out, const char *sign, const struct bytes *lines)
{
    for (const char *line = bytes_text(lines); *line;) {
        size_t len = strcspn(line, "\n");

        bytes_printf(out, "  %s %.*s\n", sign, (int)len, line);
        line += len + (line[len] == '\n');
    }
}

void judge_fixture_text(const struct judge_fixture *fixture, struct bytes *out)
{
    const struct fixture_report *report = &fixture->report;

    if (!report->name)
        return;
    bytes_printf(out, "fixture %s: %s\n", report->name,
                 fixture->compares ? report->holds ? "the shape holds" : "the shape does not hold"
                 : report->holds   ? "judged as it says"
                                   : "no longer judged as it says");
    put_lines(out, "-", &report->differs);
    put_lines(out, "note", &report->notes);
}

struct json *judge_fixture_json(const struct judge_fixture *fixture)
{
    return fixture->report.name ? fixture_report_json(&fixture->report) : json_new_null();
}

bool judge_fixture_keep(const struct options *options, const struct workspace *workspace,
                        const struct class_table *classes, const struct redactor *redactor,
                        char **path, struct error *error)
{
    const struct fixture_keep keep = {
        .workspace = workspace,
        .capture = options->arguments[0],
        .name = option_value(options, OPTION_KEEP_FIXTURE),
        .with_text = option_given(options, OPTION_WITH_TEXT),
        .replace = option_given(options, OPTION_REPLACE),
        .wall_ms = clock_wall_ms(&clock_system),
        .redactor = redactor,
        .classes = classes,
    };

    *path = NULL;
    if (option_given(options, OPTION_KEEP) || option_given(options, OPTION_FIXTURE))
        return error_set(error, ERROR_USAGE,
                         "--keep-fixture goes with neither --keep nor --fixture");
    return needs_folder(workspace, error) && fixture_keep(&keep, path, error);
}
