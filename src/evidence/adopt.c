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

struct adopting {
    struct adoption adoption;
    struct replay *replay;
    bool open; /* the replay is, and not the caller's yet */
    struct keeper keeper;
    char *origin;
    void (*kept)(void *context, const struct error *error);
    void *context;
};

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

static bool begin(struct adopting *adopting, struct error *error)
{
    const struct adoption *adoption = &adopting->adoption;
    struct replay *replay = adopting->replay;
    struct keeper *keeper = &adopting->keeper;
    char *origin = adopting->origin;
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
    kept.rules = adoption->rules;
    kept.redactor = replay->redactor;
    kept.missing = replay->missing;
    kept.body_kept = adoption->workspace->bodies != BODIES_NEVER &&
                     (!replay->import || replay->import->body_told);
    if (adoption->workspace->bodies != BODIES_ALWAYS) { /* somebody's prompt, none of ours */
        kept.body = NULL;
        kept.body_len = 0;
    }
    if (!keeper_init(keeper, adoption->ops, adoption->workspace, NULL, &kept, error))
        return false;
    if (replay->result.status > 0)
        keeper_head(keeper, &replay->result, 0);
    replay_on_body(replay, on_body, keeper);
    return true;
}

static void add_row(struct adopting *adopting)
{
    const struct replay *replay = adopting->replay;
    struct history_row row = {
        .wall_ms = replay->header.wall_ms,
        .profile = "imported",
        .operation = operation_name(replay->header.operation),
        .model = replay->header.facts ? replay->header.facts->model : NULL,
        .latency_us = -1,
        .first_byte_us = -1,
        .first_token_us = -1,
        .note = adopting->origin,
    };
    char *finish_reasons =
        keeper_fill_row(&row, replay->judge, &replay->verdict, &replay->failure, &replay->result);

    memcpy(row.id, replay->header.id, sizeof(row.id));
    keeper_add_row(&adopting->keeper, adopting->adoption.history, &row);
    free(finish_reasons);
}

/* What could not be kept is an error here: keeping it is all that was asked for. */
static void on_kept(void *context)
{
    struct adopting *adopting = context;
    struct keeper *keeper = &adopting->keeper;
    struct error error;

    if (!keeper->trouble)
        add_row(adopting);
    if (keeper->trouble)
        error_set(&error, ERROR_FILE, "%s could not be kept: %s", adopting->adoption.path,
                  keeper->trouble);
    else
        memcpy(adopting->replay->digest, keeper->digest, sizeof(keeper->digest));
    adopting->open = keeper->trouble != NULL;
    adopting->kept(adopting->context, keeper->trouble ? &error : NULL);
}

void adopt_keep(struct adopting *adopting, struct syncer *syncer,
                void (*kept)(void *context, const struct error *error), void *context)
{
    adopting->kept = kept;
    adopting->context = context;
    keeper_end_aside(&adopting->keeper, syncer, &adopting->replay->result, on_kept, adopting);
}

/* Evidence is made of what another tool recorded. */
static bool may_be_adopted(const struct adopting *adopting, struct error *error)
{
    const char *path = adopting->adoption.path;

    if (adopting->replay->origin == REPLAY_CAPTURE)
        return error_set(error, ERROR_USAGE, "%s is a capture, which is evidence already", path);
    if (adopting->replay->origin == REPLAY_FIXTURE)
        return error_set(error, ERROR_USAGE,
                         "%s is a fixture: made from evidence, and no evidence itself; its "
                         "evidence_id names the capture",
                         path);
    return true;
}

struct adopting *adopt_begin(const struct adoption *adoption, struct replay *replay,
                             struct error *error)
{
    struct adopting *adopting = xcalloc(1, sizeof(*adopting));

    adopting->adoption = *adoption;
    adopting->replay = replay;
    adopting->open =
        replay_open_entry(adoption->path, adoption->entry, adoption->workspace, adoption->operation,
                          adoption->rules, NULL, NULL, adopting->replay, error);
    if (adopting->open && may_be_adopted(adopting, error)) {
        adopting->origin = describe_origin(adopting->replay);
        adopting->replay->classes = adoption->classes;
        if (begin(adopting, error))
            return adopting;
    }
    adopt_free(adopting);
    return NULL;
}

enum adopt_step adopt_advance(struct adopting *adopting, size_t bytes, struct error *error)
{
    const struct replay_until until = {.us = INT64_MAX, .bytes = bytes};

    switch (replay_advance(adopting->replay, &until, error)) {
    case REPLAY_ENDED:
        return ADOPT_JUDGED;
    case REPLAY_FAILED:
        return ADOPT_FAILED;
    case REPLAY_MORE:
    case REPLAY_WAITS:
        break;
    }
    return ADOPT_MORE;
}

int adopt_percent(const struct adopting *adopting)
{
    return replay_percent(adopting->replay);
}

const char *adopt_capture(const struct adopting *adopting)
{
    return adopting->keeper.path;
}

void adopt_free(struct adopting *adopting)
{
    if (!adopting)
        return;
    if (adopting->open)
        replay_release(adopting->replay);
    keeper_release(&adopting->keeper);
    free(adopting->origin);
    free(adopting);
}

/* ---- at once ---- */

struct ending {
    struct error *error;
    bool good;
};

static void note_end(void *context, const struct error *error)
{
    struct ending *ending = context;

    ending->good = !error;
    if (error)
        *ending->error = *error;
}

bool adopt_file(const struct adoption *adoption, struct replay *replay, char **capture,
                struct error *error)
{
    struct adopting *adopting = adopt_begin(adoption, replay, error);
    struct ending ending = {.error = error};

    *capture = NULL;
    if (!adopting)
        return false;
    if (adopt_advance(adopting, 0, error) == ADOPT_JUDGED)
        adopt_keep(adopting, NULL, note_end, &ending);
    if (ending.good)
        *capture = xstrdup(adopting->keeper.path);
    adopt_free(adopting);
    return ending.good;
}
