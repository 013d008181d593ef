#include "ui/loaded_probe.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "contract/workspace.h"
#include "probe/dispatch.h"
#include "probe/mutate.h"
#include "ui/draft_edit.h"
#include "ui/probe_shelf.h"

struct loaded_probe {
    struct probe_shelf *shelf;
    struct plan plan; /* the cases of the probe */
    size_t at;        /* the one that is shown */
    char *model;
    struct json *before;
    char *raw;
    size_t raw_len;
    struct draft_edit *draft; /* NULL: it was taken */
};

const struct plan_case *loaded_probe_case(const struct loaded_probe *probe)
{
    return &probe->plan.cases[probe->at];
}

struct probe_shelf *loaded_probe_shelf(const struct loaded_probe *probe)
{
    return probe->shelf;
}

const char *loaded_probe_model(const struct loaded_probe *probe)
{
    return probe->model;
}

struct draft_edit *loaded_probe_take_draft(struct loaded_probe *probe)
{
    struct draft_edit *draft = probe->draft;

    probe->draft = NULL;
    return draft;
}

const struct json *loaded_probe_before(const struct loaded_probe *probe)
{
    return probe->before;
}

const char *loaded_probe_raw(const struct loaded_probe *probe, size_t *len)
{
    *len = probe->raw ? probe->raw_len : 0;
    return probe->raw;
}

/* Of one operation, the nearest in streaming; the first where the probe has not the operation. */
static size_t nearest(const struct plan *plan, enum operation operation, bool stream)
{
    size_t best = 0;
    int worth = -1;

    for (size_t i = 0; i < plan->count; i++) {
        int now = 2 * (plan->cases[i].operation == operation) + (plan->cases[i].stream == stream);

        if (now > worth) {
            worth = now;
            best = i;
        }
    }
    return best;
}

static bool choose(struct loaded_probe *probe, const struct loaded_wish *wish, struct error *error)
{
    const struct plan_choice choice = {.names = &wish->id, .name_count = 1};
    const struct library *library = probe_shelf_library(probe->shelf);
    const struct plan_case *plan_case;

    if (!library_find_probe(library, wish->id) && library_find_suite(library, wish->id))
        return error_set(error, ERROR_USAGE, "%s is a suite; :suite %s shows what it would send",
                         wish->id, wish->id);
    if (!plan_make(&probe->plan, library, &choice, NULL, error))
        return false;
    probe->at = nearest(&probe->plan, wish->operation, wish->stream);
    plan_case = loaded_probe_case(probe);
    if ((wish->operation_is_a_must && plan_case->operation != wish->operation) ||
        (wish->stream_is_a_must && plan_case->stream != wish->stream))
        return error_set(error, ERROR_USAGE, "the probe %s has no such case; the nearest is %s",
                         plan_case->probe->id, plan_case->name);
    return true;
}

static const char *model_of(const struct loaded_probe *probe)
{
    const struct profile profile = {.model = probe->model};

    return dispatch_model(loaded_probe_case(probe), &profile);
}

/* The body before its mutation, NULL where there is none. */
static struct json *body_before(const struct loaded_probe *probe, const struct contract *contract)
{
    const struct plan_case *plan_case = loaded_probe_case(probe);
    struct probe plain = *plan_case->probe;
    struct json *before = NULL;
    size_t len;
    char *text;

    memset(plain.mutations, 0, sizeof(plain.mutations));
    if (mutate_body(&plain, contract, plan_case->operation, model_of(probe), plan_case->stream,
                    &text, &len, NULL, NULL) &&
        text)
        before = json_parse(text, len, "the body", NULL);
    free(text);
    return before;
}

static bool is_raw(const struct probe *probe)
{
    return probe->change.raw_body || probe->change.oversize > 0;
}

static bool make_bodies(struct loaded_probe *probe, const struct contract *contract,
                        struct error *error)
{
    const struct plan_case *plan_case = loaded_probe_case(probe);
    struct json *body = NULL;
    size_t len;
    char *text;

    if (!mutate_body(plan_case->probe, contract, plan_case->operation, model_of(probe),
                     plan_case->stream, &text, &len, NULL, error))
        return false;
    probe->draft = draft_edit_new(contract, model_of(probe));
    if (text && !is_raw(plan_case->probe))
        body = json_parse(text, len, "the body", NULL);
    draft_edit_put(probe->draft, plan_case->operation, body);
    if (body) {
        probe->before = body_before(probe, contract);
    } else if (text) {
        probe->raw = text;
        probe->raw_len = len;
        text = NULL;
    }
    free(text);
    return true;
}

struct loaded_probe *loaded_probe_new(struct probe_shelf *shelf, const struct contract *contract,
                                      const struct loaded_wish *wish, struct error *error)
{
    struct loaded_probe *probe = xcalloc(1, sizeof(*probe));

    probe->shelf = probe_shelf_hold(shelf);
    probe->model = xstrdup(wish->model);
    if (choose(probe, wish, error) && make_bodies(probe, contract, error))
        return probe;
    loaded_probe_free(probe);
    return NULL;
}

void loaded_probe_free(struct loaded_probe *probe)
{
    if (!probe)
        return;
    draft_edit_free(probe->draft);
    json_free(probe->before);
    free(probe->raw);
    plan_release(&probe->plan);
    probe_shelf_drop(probe->shelf);
    free(probe->model);
    free(probe);
}
