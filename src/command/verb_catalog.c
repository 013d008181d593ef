/* `catalog fetch` and `catalog list`. */
#include "catalog/catalog.h"
#include "base/bytes.h"
#include "base/json.h"
#include "base/text.h"
#include "base/redact.h"
#include "base/secret.h"
#include "command/options.h"
#include "command/output.h"
#include "command/judged.h"
#include "command/session.h"
#include "command/verb.h"

#include <stdint.h>
#include <stdlib.h>

enum { ANSWER_MAX = 64 * 1024 * 1024 };

static bool write_catalog(void *context, const struct format_choice *choice, struct bytes *out)
{
    const struct catalog *catalog = context;
    struct json *root, *models;

    if (choice->format == FORMAT_TEXT) {
        for (size_t i = 0; i < catalog->count; i++)
            text_line(out, "%s", catalog->models[i].id);
        return true;
    }
    root = json_new_object();
    models = json_new_array();
    json_set_string(root, "fetched_at", catalog->fetched_at);
    json_set_string(root, "profile", catalog->profile);
    for (size_t i = 0; i < catalog->count; i++)
        json_append(models, json_copy(catalog->models[i].record));
    json_set(root, "models", models);
    json_write(root, true, out);
    json_free(root);
    return true;
}

int verb_catalog_list(const struct options *options)
{
    struct redactor *redactor;
    struct workspace *workspace;
    struct catalog catalog;
    struct error error;
    int status;

    if (!option_arguments(options, 0, 0, &error))
        return output_error(NULL, &error);
    workspace = workspace_open(option_value(options, OPTION_WORKSPACE), &error);
    if (!workspace)
        return output_error(NULL, &error);
    redactor = output_redactor();
    workspace_teach(workspace, redactor);
    if (catalog_load_cache(workspace->local, &catalog, &error)) {
        status = output_report(options, redactor, write_catalog, &catalog);
        output_say(redactor, "%zu models, fetched %s with profile %s", catalog.count,
                   catalog.fetched_at ? catalog.fetched_at : "at an unknown time",
                   catalog.profile ? catalog.profile : "unknown");
        catalog_release(&catalog);
    } else {
        status = output_error(redactor, &error);
    }
    redactor_free(redactor);
    workspace_free(workspace);
    return status;
}

static void collect(void *context, const char *data, size_t len, int64_t since_us)
{
    (void)since_us;
    bytes_append(context, data, len);
}

static int say_failure(const struct session *session, const struct session_run *run)
{
    struct judged judged;
    struct bytes text;

    judged_from_exchange(&judged, run->exchange);
    bytes_init(&text, SIZE_MAX);
    judged_report(&text, &judged);
    output_lines(session->redactor, bytes_text(&text));
    bytes_release(&text);
    return session_status(run);
}

/*
 * From a whole answer to the cache; a list that cannot be used is not kept as one (A15). What else
 * could not be kept is no reason to lose the list: it is printed, and the status tells the rest.
 */
static int keep(const struct options *options, const struct session *session,
                const struct exchange_state *state, const struct bytes *answer)
{
    struct catalog catalog;
    struct error error;
    int status = EXIT_HOLDS, written;

    if (!catalog_from_answer(answer, state->wall_ms, session->profile.name,
                             secret_alias(session->secret), &catalog, &error)) {
        output_error(session->redactor, &error);
        output_say(session->redactor, "evidence %s", state->id);
        return EXIT_FAILS;
    }
    output_say(session->redactor, "%zu models, evidence %s", catalog.count, state->id);
    if (state->trouble) {
        output_say(session->redactor, "not kept: %s", state->trouble);
        status = EXIT_FILE;
    }
    if (!catalog_save_cache(session->workspace->local, &catalog, &error))
        status = output_error(session->redactor, &error);
    written = output_report(options, session->redactor, write_catalog, &catalog);
    catalog_release(&catalog);
    return status == EXIT_HOLDS ? written : status;
}

/* A complete answer is a list even when the attempt could not be kept. */
static int conclude(const struct options *options, const struct session *session,
                    const struct session_run *run, const struct bytes *answer)
{
    struct exchange_state state;

    exchange_state(run->exchange, &state);
    if (state.verdict->kind == VERDICT_COMPLETE)
        return keep(options, session, &state, answer);
    return say_failure(session, run);
}

int verb_catalog_fetch(const struct options *options)
{
    struct exchange_request request = {.operation = OPERATION_MODELS, .synthetic = true};
    struct session session;
    struct session_run run = {.exchange = NULL};
    struct error error;
    struct bytes answer;
    int status;

    if (!option_arguments(options, 0, 0, &error) || !output_check(options, &error) ||
        !option_seconds(options, OPTION_TIMEOUT, &request.total_us, &error))
        return output_error(NULL, &error);
    bytes_init(&answer, ANSWER_MAX);
    if (session_open(&session, options, &error)) {
        request.differs = session.differs;
        session_send(&session, &request, collect, &answer, &run, &error);
    }
    if (!run.exchange)
        status = output_error(session.redactor, &error);
    else
        status = conclude(options, &session, &run, &answer);
    if (run.exchange)
        exchange_free(run.exchange);
    session_close(&session);
    bytes_release(&answer);
    return status;
}
