/* `send`: one request, its answer as it comes, the verdict. */
#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "command/attempts.h"
#include "command/input.h"
#include "command/options.h"
#include "command/output.h"
#include "command/judged.h"
#include "command/session.h"
#include "command/verb.h"
#include "evidence/attempt.h"
#include "contract/body_check.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BODY_MAX = 64 * 1024 * 1024, HELD_MAX = 1024 * 1024 };

struct sending {
    const struct options *options;
    struct session session;
    struct exchange_request request;
    char *body;
    struct session_run run;
    struct output *output;     /* NULL: the body is not shown */
    struct attempts *attempts; /* NULL: one attempt */
    struct bytes held;         /* a body that may not be the last word */
    struct error output_error;
};

static bool check(const struct options *options, struct error *error)
{
    static const enum option_id makers[] = {OPTION_PROMPT, OPTION_STREAM, OPTION_NO_STREAM,
                                            OPTION_MODEL};

    if (option_given(options, OPTION_STREAM) && option_given(options, OPTION_NO_STREAM))
        return error_set(error, ERROR_USAGE, "--stream and --no-stream exclude each other");
    if (option_given(options, OPTION_REGENERATE) && !option_given(options, OPTION_RETRY))
        return error_set(error, ERROR_USAGE, "--regenerate says how far --retry goes; give both");
    for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++) {
        if (option_given(options, OPTION_BODY) && option_given(options, makers[i]))
            return error_set(error, ERROR_USAGE,
                             "--body is sent as it stands; --%s would change nothing in it",
                             option_spec(makers[i])->name);
    }
    for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++) {
        const char *text = option_value(options, makers[i]);
        size_t where;

        if (text && !utf8_valid(text, strlen(text), &where))
            return error_set(error, ERROR_USAGE, "--%s is not valid UTF-8 from its byte %zu on",
                             option_spec(makers[i])->name, where);
    }
    return option_arguments(options, 0, 0, error) && output_check(options, error);
}

static bool read_request(struct sending *sending, struct error *error)
{
    const struct options *options = sending->options;
    struct exchange_request *request = &sending->request;
    const char *operation = option_value(options, OPTION_OPERATION);

    request->operation = OPERATION_CHAT;
    if (operation && (!operation_from_name(operation, &request->operation) ||
                      request->operation == OPERATION_MODELS))
        return error_set(error, ERROR_USAGE, "--operation must be chat or responses, not %s",
                         operation);
    request->capture_path = option_value(options, OPTION_CAPTURE);
    return option_seconds(options, OPTION_TIMEOUT, &request->total_us, error) &&
           option_seconds(options, OPTION_IDLE_TIMEOUT, &request->gap_us, error);
}

static bool make_body(struct sending *sending, struct error *error)
{
    const struct options *options = sending->options;
    const struct session *session = &sending->session;
    const char *file = option_value(options, OPTION_BODY);
    const char *prompt = option_value(options, OPTION_PROMPT);
    struct bytes text;

    if (file) {
        if (!input_read(file, BODY_MAX, &text, error))
            return false;
        sending->request.body_len = text.len;
        sending->body = bytes_take(&text);
    } else if (!session->profile.model) {
        return error_set(
            error, ERROR_USAGE,
            "no model is chosen; give --model ID, set COMETAPI_MODEL or write one into "
            "the profile");
    } else {
        sending->body = operation_body(session->workspace->contract, sending->request.operation,
                                       session->profile.model, prompt,
                                       !option_given(options, OPTION_NO_STREAM));
        sending->request.body_len = strlen(sending->body);
    }
    sending->request.synthetic = !file && !prompt;
    sending->request.body = sending->body;
    sending->request.differs = session->differs;
    return true;
}

/* Nothing is sent that the contract contradicts, unless that is meant (B12 D33 D34). */
static bool check_body(struct sending *sending, struct error *error)
{
    const char *file = option_value(sending->options, OPTION_BODY);
    struct exchange_request *request = &sending->request;

    request->deliberate = option_given(sending->options, OPTION_UNCHECKED);
    return request->deliberate ||
           body_accept(sending->session.workspace->contract, request->operation, file,
                       request->body, request->body_len, "--unchecked sends it all the same",
                       error);
}

/* What may not be the last word is held back: until part of an answer is there, it can be asked
 * again. */
static bool is_shown_at_once(const struct sending *sending)
{
    struct exchange_state state;

    if (!sending->attempts || !sending->run.exchange)
        return !sending->attempts;
    exchange_state(sending->run.exchange, &state);
    return attempt_is_partial(&state);
}

static void show_held(struct sending *sending)
{
    if (sending->held.len > 0)
        output_write(sending->output, sending->held.data, sending->held.len, NULL);
    bytes_clear(&sending->held);
}

static void show(void *context, const char *data, size_t len, int64_t since_us)
{
    struct sending *sending = context;

    (void)since_us;
    if (!is_shown_at_once(sending) && bytes_append(&sending->held, data, len))
        return;
    show_held(sending);
    output_write(sending->output, data, len, NULL);
}

static bool interrupted(void *context)
{
    const struct sending *sending = context;

    return session_interrupted(&sending->session, &sending->run);
}

static bool write_report(void *context, const struct format_choice *choice, struct bytes *out)
{
    const struct sending *sending = context;
    struct judged judged;
    struct json *report;

    judged_from_exchange(&judged, sending->run.exchange);
    if (choice->format == FORMAT_JSON) {
        report = exchange_report(sending->run.exchange);
        if (sending->attempts)
            attempts_report(sending->attempts, report);
        json_write(report, true, out);
        json_free(report);
        return true;
    }
    if (!choice->file)
        return false; /* the body went there, the verdict goes to standard error */
    judged_report(out, &judged);
    bytes_append_byte(out, '\n');
    judged_answer(out, judged.judge);
    return true;
}

static void say_verdict(const struct sending *sending)
{
    struct judged judged;
    struct bytes text;

    judged_from_exchange(&judged, sending->run.exchange);
    bytes_init(&text, SIZE_MAX);
    if (sending->attempts && attempts_regenerated(sending->attempts))
        bytes_puts(&text, "regenerated: ");
    judged_report(&text, &judged);
    if (option_given(sending->options, OPTION_QUIET))
        bytes_truncate(&text, strcspn(bytes_text(&text), "\n"));
    output_lines(sending->session.redactor, bytes_text(&text));
    bytes_release(&text);
}

/* The body goes to standard output unless a report was asked for there. */
static bool body_is_shown(const struct options *options)
{
    const char *telemetry = option_value(options, OPTION_TELEMETRY);

    if (telemetry && strcmp(telemetry, "-") == 0)
        return false;
    for (size_t i = 0; i < options->format_count; i++) {
        if (!options->formats[i].file && options->formats[i].format != FORMAT_TEXT)
            return false;
    }
    return true;
}

static int conclude(struct sending *sending)
{
    struct error error;
    int status = session_status(&sending->run);
    int written;

    if (sending->output) {
        bool stopped, shown;

        show_held(sending);
        stopped = output_stopped(sending->output);
        shown = output_close(sending->output, &error);

        sending->output = NULL;
        status = stopped ? EXIT_INTERRUPTED : status;
        if (!shown) {
            written = output_error(sending->session.redactor, &error);
            status = status == EXIT_HOLDS ? written : status;
        }
    }
    say_verdict(sending);
    written = output_report(sending->options, sending->session.redactor, write_report, sending);
    return status == EXIT_HOLDS ? written : status;
}

/* One attempt, or as many as the policy has; false when none went out. */
static bool send_all(struct sending *sending, struct error *error)
{
    bool sent = false;

    for (;;) {
        if (sending->attempts)
            attempts_prepare(sending->attempts, &sending->request);
        bytes_clear(&sending->held);
        exchange_free(sending->run.exchange);
        sent = session_send(&sending->session, &sending->request, sending->output ? show : NULL,
                            sending, &sending->run, error);
        if (!sent || !sending->attempts || !attempts_again(sending->attempts, &sending->run))
            return sent;
    }
}

/* The cost is said before anything is sent (D68). */
static bool begin_attempts(struct sending *sending, struct error *error)
{
    const struct options *options = sending->options;

    if (!option_given(options, OPTION_RETRY))
        return true;
    sending->attempts = attempts_new(&sending->session, option_given(options, OPTION_REGENERATE),
                                     option_given(options, OPTION_QUIET), error);
    if (sending->attempts)
        attempts_say_cost(sending->attempts);
    return sending->attempts != NULL;
}

int verb_send(const struct options *options)
{
    struct sending sending = {.options = options};
    struct error error = {.kind = ERROR_NONE};
    int status;

    if (!check(options, &error) || !read_request(&sending, &error))
        return output_error(NULL, &error);
    bytes_init(&sending.held, HELD_MAX);
    if (!session_open(&sending.session, options, &error) || !make_body(&sending, &error) ||
        !check_body(&sending, &error) || !begin_attempts(&sending, &error)) {
        status = output_error(sending.session.redactor, &error);
    } else {
        if (body_is_shown(options)) {
            sending.output = output_open(STDOUT_FILENO);
            output_stop_when(sending.output, interrupted, &sending);
        }
        if (send_all(&sending, &error))
            status = conclude(&sending);
        else
            status = output_error(sending.session.redactor, &error);
    }
    if (sending.output)
        output_close(sending.output, NULL);
    exchange_free(sending.run.exchange);
    attempts_free(sending.attempts);
    bytes_release(&sending.held);
    session_close(&sending.session);
    free(sending.body);
    return status;
}
