#include "evidence/keeper.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "contract/workspace.h"
#include "judge/failure.h"
#include "judge/judge.h"
#include "evidence/scratch.h"

#include <stdlib.h>
#include <string.h>

enum { FINISH_REASONS_MAX = 1024 };

/* The first trouble is the cause of what follows; a second kind is told behind it. */
void keeper_trouble(struct keeper *keeper, const struct error *error)
{
    char *before = keeper->trouble;

    if (before && strstr(before, error->text))
        return;
    keeper->trouble = before ? xasprintf("%s; %s", before, error->text) : xstrdup(error->text);
    free(before);
}

static void drop_capture(struct keeper *keeper)
{
    capture_abandon(keeper->writer);
    keeper->writer = NULL;
    free(keeper->path);
    keeper->path = NULL;
}

static bool begin(struct keeper *keeper, const struct file_ops *ops, char *path,
                  const struct capture_header *header, struct error *error)
{
    keeper->writer = capture_create(ops, path, header, error);
    if (keeper->writer)
        keeper->path = path;
    else
        free(path);
    return keeper->writer != NULL;
}

/* LOCAL/captures/ID.jsonl */
static bool begin_local(struct keeper *keeper, const struct file_ops *ops,
                        const struct workspace *workspace, const struct capture_header *header,
                        struct error *error)
{
    char *folder, *name, *path;
    bool good;

    if (!workspace_make_local(workspace, error))
        return false;
    folder = file_join(workspace->local, "captures");
    name = xasprintf("%s.jsonl", header->id);
    path = file_join(folder, name);
    free(name);
    good = file_make_folders(folder, 0700, error);
    free(folder);
    if (good)
        return begin(keeper, ops, path, header, error);
    free(path);
    return false;
}

bool keeper_init(struct keeper *keeper, const struct file_ops *ops,
                 const struct workspace *workspace, const char *path,
                 const struct capture_header *header, struct error *error)
{
    struct error trouble;

    *keeper = (struct keeper){.local = xstrdup(workspace->local)};
    if (path)
        return begin(keeper, ops, xstrdup(path), header, error);
    if (!begin_local(keeper, ops, workspace, header, &trouble))
        keeper_trouble(keeper, &trouble);
    return true;
}

void keeper_look_back(struct keeper *keeper, const struct capture_header *header)
{
    if (!header->body_kept)
        keeper->scratch = scratch_new(header);
}

void keeper_release(struct keeper *keeper)
{
    drop_capture(keeper);
    scratch_free(keeper->scratch);
    free(keeper->trouble);
    free(keeper->local);
    *keeper = (struct keeper){0};
}

void keeper_head(struct keeper *keeper, const struct http_result *result, int64_t since_start_us)
{
    struct error error;

    if (keeper->scratch)
        scratch_head(keeper->scratch, result, since_start_us);
    if (keeper->writer && !capture_head(keeper->writer, result, since_start_us, &error)) {
        keeper_trouble(keeper, &error);
        drop_capture(keeper);
    }
}

void keeper_read(struct keeper *keeper, const char *data, size_t len, int64_t since_start_us)
{
    struct error error;

    if (keeper->scratch)
        scratch_read(keeper->scratch, data, len, since_start_us);
    if (keeper->writer && !capture_read(keeper->writer, data, len, since_start_us, &error)) {
        keeper_trouble(keeper, &error);
        drop_capture(keeper);
    }
}

void keeper_flush(struct keeper *keeper)
{
    struct error error;

    if (keeper->writer && !capture_flush(keeper->writer, &error)) {
        keeper_trouble(keeper, &error);
        drop_capture(keeper);
    }
}

const char *keeper_file(struct keeper *keeper)
{
    if (keeper->scratch)
        return scratch_path(keeper->scratch);
    keeper_flush(keeper);
    return keeper->writer ? capture_writer_path(keeper->writer) : keeper->path;
}

static void capture_ended(void *context, const struct error *error)
{
    struct keeper *keeper = context;

    keeper->writer = NULL;
    if (error) {
        keeper_trouble(keeper, error);
        keeper->digest[0] = '\0';
        drop_capture(keeper);
    }
    keeper->kept(keeper->context);
}

void keeper_end_aside(struct keeper *keeper, struct syncer *syncer,
                      const struct http_result *result, void (*kept)(void *context), void *context)
{
    if (keeper->scratch)
        scratch_end(keeper->scratch, result);
    keeper->kept = kept;
    keeper->context = context;
    if (keeper->writer)
        capture_end_aside(keeper->writer, syncer, result, keeper->digest, capture_ended, keeper);
    else
        kept(context);
}

static void nothing_follows(void *context)
{
    (void)context;
}

void keeper_end(struct keeper *keeper, const struct http_result *result)
{
    keeper_end_aside(keeper, NULL, result, nothing_follows, NULL);
}

/* Relative to the local folder where it lies in it. */
static const char *row_path(const struct keeper *keeper)
{
    size_t len = keeper->local ? strlen(keeper->local) : 0;

    if (keeper->path && len && strncmp(keeper->path, keeper->local, len) == 0 &&
        keeper->path[len] == '/')
        return keeper->path + len + 1;
    return keeper->path;
}

char *keeper_fill_row(struct history_row *row, const struct judge *judge,
                      const struct verdict *verdict, const struct failure *failure,
                      const struct http_result *result)
{
    const struct judge_progress *progress = judge_progress(judge);
    struct bytes finish_reasons;
    struct answer answer;
    char *joined;

    judge_answer(judge, &answer);
    bytes_init(&finish_reasons, FINISH_REASONS_MAX);
    for (size_t i = 0; i < answer.choice_count; i++)
        if (answer.choices[i].finish_reason)
            bytes_printf(&finish_reasons, "%s%s", finish_reasons.len ? "," : "",
                         answer.choices[i].finish_reason);
    joined = bytes_take(&finish_reasons);
    row->verdict = verdict_name(verdict->kind);
    row->class = failure->class;
    row->request_id = answer.request_id;
    row->finish_reasons = *joined ? joined : NULL;
    row->status = result->status;
    row->curl = result->curl;
    row->streamed = progress->event_stream;
    row->input_tokens = answer.input_tokens;
    row->output_tokens = answer.output_tokens;
    row->body_bytes = result->body_bytes;
    row->events = progress->events;
    return joined;
}

void keeper_add_row(struct keeper *keeper, struct history *history, struct history_row *row)
{
    struct error error;

    if (!history)
        return;
    row->capture = row_path(keeper);
    row->digest = keeper->digest[0] ? keeper->digest : NULL;
    if (!history_add(history, row, &error))
        keeper_trouble(keeper, &error);
}
