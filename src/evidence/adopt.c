#include "evidence/adopt.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/memory.h"
#include "contract/workspace.h"
#include "evidence/import.h"
#include "evidence/keeper.h"
#include "evidence/replay.h"
#include "judge/judge.h"

#include <stdlib.h>
#include <string.h>

enum { ORIGIN_MAX = 512 };

static void on_body(void *context, const char *data, size_t len)
{
    keeper_read(context, data, len, 0);
}

/* "imported (HAR, entry 2 of 5, recorded 2026-11-20T09:00:00Z)" */
static char *describe_origin(const struct replay *replay)
{
    const struct import *import = replay->import;
    struct bytes text;

    bytes_init(&text, ORIGIN_MAX);
    bytes_printf(&text, "imported (%s", replay_origin_name(replay->origin));
    if (import && import->entries > 1)
        bytes_printf(&text, ", entry %zu of %zu", import->entry, import->entries);
    if (import && import->recorded)
        bytes_printf(&text, ", recorded %.40s", import->recorded);
    bytes_puts(&text, ")");
    return bytes_take(&text);
}

static bool begin(struct keeper *keeper, const struct adoption *adoption, struct replay *replay,
                  const char *origin, struct error *error)
{
    static const struct request_facts unknown = {.choices = 1};
    static const struct http_headers none = {0};
    struct capture_header *header = &replay->header;
    struct capture_header kept;

    header->wall_ms = clock_wall_ms(adoption->clock);
    evidence_make_id(header->id, header->wall_ms, clock_random(adoption->clock));
    kept = *header;
    kept.origin = origin;
    kept.differs = origin;
    kept.profile = "imported";
    kept.method = header->method ? header->method : "";
    kept.url = header->url ? header->url : "";
    kept.headers = header->headers ? header->headers : &none;
    kept.facts = header->facts ? header->facts : &unknown;
    kept.rules = adoption->rules;
    kept.redactor = replay->redactor;
    kept.body_kept = adoption->workspace->bodies != BODIES_NEVER &&
                     (!replay->import || replay->import->body_told);
    if (!keeper_init(keeper, adoption->ops, adoption->workspace, NULL, &kept, error))
        return false;
    if (replay->result.status > 0)
        keeper_head(keeper, &replay->result, 0);
    replay_on_body(replay, on_body, keeper);
    return true;
}

static void add_row(struct keeper *keeper, const struct adoption *adoption,
                    const struct replay *replay, const char *origin)
{
    struct history_row row = {
        .wall_ms = replay->header.wall_ms,
        .profile = "imported",
        .operation = operation_name(replay->header.operation),
        .model = replay->header.facts ? replay->header.facts->model : NULL,
        .latency_us = -1,
        .first_byte_us = -1,
        .first_token_us = -1,
        .note = origin,
    };
    char *finish_reasons =
        keeper_fill_row(&row, replay->judge, &replay->verdict, &replay->failure, &replay->result);

    memcpy(row.id, replay->header.id, sizeof(row.id));
    keeper_add_row(keeper, adoption->history, &row);
    free(finish_reasons);
}

/* What could not be kept is an error here: keeping it is all that was asked for. */
static bool end(struct keeper *keeper, const struct adoption *adoption, struct replay *replay,
                const char *origin, char **capture, struct error *error)
{
    keeper_end(keeper, &replay->result);
    if (!keeper->trouble)
        add_row(keeper, adoption, replay, origin);
    if (keeper->trouble)
        return error_set(error, ERROR_FILE, "%s could not be kept: %s", adoption->path,
                         keeper->trouble);
    memcpy(replay->digest, keeper->digest, sizeof(replay->digest));
    *capture = xstrdup(keeper->path);
    return true;
}

bool adopt_file(const struct adoption *adoption, struct replay *replay, char **capture,
                struct error *error)
{
    struct keeper keeper = {0};
    char *origin = NULL;
    bool open, good;

    *capture = NULL;
    open = replay_open_entry(adoption->path, adoption->entry, adoption->workspace,
                             adoption->operation, adoption->rules, NULL, NULL, replay, error);
    if (!open)
        return false;
    if (replay->origin == REPLAY_CAPTURE) {
        error_set(error, ERROR_USAGE, "%s is a capture, which is evidence already", adoption->path);
        good = false;
    } else if (replay->origin == REPLAY_FIXTURE) {
        error_set(error, ERROR_USAGE,
                  "%s is a fixture: made from evidence, and no evidence itself; its evidence_id "
                  "names the capture",
                  adoption->path);
        good = false;
    } else {
        origin = describe_origin(replay);
        good = begin(&keeper, adoption, replay, origin, error);
    }
    if (good) {
        replay->classes = adoption->classes;
        open = good = replay_finish(replay, error);
        good = good && end(&keeper, adoption, replay, origin, capture, error);
    }
    if (!good && open)
        replay_release(replay);
    keeper_release(&keeper);
    free(origin);
    return good;
}
