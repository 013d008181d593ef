#include "evidence/telemetry.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/redact.h"
#include "contract/contract.h"
#include "contract/workspace.h"
#include "evidence/exchange.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 64 * 1024, CLAUSE_MAX = 64 };

struct telemetry {
    int fd;
    bool torn; /* the file ends within a line */
    char *path, *run_id;
};

void telemetry_name_run(char id[static TELEMETRY_RUN], const struct clock *clock)
{
    char now[CLOCK_TEXT];

    clock_format(clock_wall_ms(clock), now);
    snprintf(id, TELEMETRY_RUN, "run-%.4s%.2s%.2sT%.2s%.2s%.2sZ-%04x", now, now + 5, now + 8,
             now + 11, now + 14, now + 17, (unsigned)(clock_random(clock) & 0xffff));
}

/* A process that was killed, or an older one on a full disk, may have left half a line. */
static bool ends_torn(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat info;
    char last = '\n';

    if (fd < 0)
        return false;
    if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0 &&
        pread(fd, &last, 1, info.st_size - 1) != 1)
        last = '\n';
    close(fd);
    return last != '\n';
}

/* Whoever reads a FIFO, or does not, never holds up a run: what it does not take is lost, and said.
 */
enum { WRITE_FLAGS = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK };

struct telemetry *telemetry_open(const char *path, const char *run_id, struct error *error)
{
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? STDOUT_FILENO : open(path, WRITE_FLAGS, 0600);
    struct telemetry *telemetry;

    if (fd < 0 && errno == ENXIO) {
        error_set(error, ERROR_FILE,
                  "%s: telemetry cannot be written: nobody reads this FIFO; start its reader first",
                  path);
        return NULL;
    }
    if (fd < 0) {
        error_errno(error, ERROR_FILE, errno, "%s: telemetry cannot be written", path);
        return NULL;
    }
    telemetry = xmalloc(sizeof(*telemetry));
    *telemetry = (struct telemetry){
        .fd = fd,
        .torn = !standard && ends_torn(path),
        .path = xstrdup(standard ? "standard output" : path),
        .run_id = xstrdup(run_id),
    };
    return telemetry;
}

void telemetry_close(struct telemetry *telemetry)
{
    if (!telemetry)
        return;
    if (telemetry->fd != STDOUT_FILENO)
        close(telemetry->fd);
    free(telemetry->path);
    free(telemetry->run_id);
    free(telemetry);
}

void telemetry_labels_init(struct telemetry_labels *labels, const struct profile *profile,
                           const struct contract *contract, const char *test_case, int attempt,
                           bool regenerated)
{
    *labels = (struct telemetry_labels){
        .environment = xstrdup(profile->environment),
        .service = xstrdup(profile->service),
        .profile = xstrdup(profile->name),
        .base = profile_base_name(profile, contract),
        .test_case = xstrdup(test_case),
        .attempt = attempt > 0 ? attempt : 1,
        .regenerated = regenerated,
    };
}

void telemetry_labels_release(struct telemetry_labels *labels)
{
    free(labels->environment);
    free(labels->service);
    free(labels->profile);
    free(labels->base);
    free(labels->test_case);
    *labels = (struct telemetry_labels){.attempt = 0};
}

/* ---- the parts of a line; what is absent is left out ---- */

static void set_text(struct json *line, const char *name, const char *text)
{
    if (text && *text)
        json_set_string(line, name, text);
}

static void set_ms(struct json *line, const char *name, int64_t from_us, int64_t to_us)
{
    if (to_us > 0 && to_us >= from_us)
        json_set_real(line, name, (double)(to_us - from_us) / 1000);
}

static void add_who(struct json *line, const struct telemetry_attempt *attempt, const char *run_id)
{
    const struct exchange_state *state = attempt->state;
    char at[CLOCK_TEXT];

    clock_format(state->wall_ms, at);
    json_set_string(line, "timestamp", at);
    json_set_string(line, "schema_url", TELEMETRY_SCHEMA);
    set_text(line, "cometdeck.run_id", run_id);
    json_set_string(line, "cometdeck.evidence_id", state->id);
    set_text(line, "cometdeck.test_case", attempt->labels->test_case);
    set_text(line, "deployment.environment.name", attempt->labels->environment);
    set_text(line, "service.name", attempt->labels->service);
    set_text(line, "cometdeck.profile", attempt->labels->profile);
    set_text(line, "cometdeck.base", attempt->labels->base);
    json_set_boolean(line, "cometdeck.simulated", state->simulated);
    set_text(line, "cometdeck.differs", state->differs);
}

/* Host and port of "https://host:port/…"; the port that the scheme implies where none stands. */
static void add_server(struct json *line, const char *url)
{
    const char *host = strstr(url, "://"), *end, *colon = NULL;
    char *name;

    if (!host)
        return;
    host += 3;
    end = host + strcspn(host, "/?#");
    for (const char *at = host; at < end; at++)
        colon = *at == ':' ? at : *at == ']' ? NULL : colon;
    name = xmemdup0(host, (size_t)((colon ? colon : end) - host));
    set_text(line, "server.address", name);
    json_set_integer(line, "server.port",
                     colon                              ? strtol(colon + 1, NULL, 10)
                     : strncmp(url, "https://", 8) == 0 ? 443
                                                        : 80);
    free(name);
}

/* Both kinds of answers are "chat" in the conventions; models has no word there. */
static void add_request(struct json *line, const struct telemetry_attempt *attempt)
{
    const struct exchange_state *state = attempt->state;
    const struct request_facts *facts = attempt->facts;

    if (state->operation != OPERATION_MODELS)
        json_set_string(line, "gen_ai.operation.name", "chat");
    set_text(line, "gen_ai.provider.name", attempt->labels->base);
    json_set_string(line, "cometdeck.operation", operation_name(state->operation));
    set_text(line, "gen_ai.request.model", state->model);
    json_set_boolean(line, "gen_ai.request.stream", facts->stream);
    if (facts->max_tokens > 0)
        json_set_integer(line, "gen_ai.request.max_tokens", facts->max_tokens);
    if (facts->has_temperature)
        json_set_real(line, "gen_ai.request.temperature", facts->temperature);
    add_server(line, state->url);
}

static bool usage_is_documented(const struct telemetry_attempt *attempt)
{
    const struct clause *clause;
    enum clause_status status;
    char id[CLAUSE_MAX];

    snprintf(id, sizeof(id), "%s.response.usage", operation_name(attempt->state->operation));
    clause = contract_find(attempt->contract, id);
    if (!clause)
        return false;
    status = clause_status(clause);
    return status == CLAUSE_DOCUMENTED || status == CLAUSE_VERIFIED;
}

static void add_answer(struct json *line, const struct telemetry_attempt *attempt)
{
    struct json *reasons = json_new_array();
    struct answer answer;

    judge_answer(attempt->state->judge, &answer);
    set_text(line, "gen_ai.response.id", answer.id);
    set_text(line, "gen_ai.response.model", answer.model);
    for (size_t i = 0; i < answer.choice_count; i++)
        if (answer.choices[i].finish_reason)
            json_append(reasons, json_new_string(answer.choices[i].finish_reason));
    if (json_count(reasons) > 0)
        json_set(line, "gen_ai.response.finish_reasons", reasons);
    else
        json_free(reasons);
    if (usage_is_documented(attempt)) {
        if (answer.input_tokens >= 0)
            json_set_integer(line, "gen_ai.usage.input_tokens", answer.input_tokens);
        if (answer.output_tokens >= 0)
            json_set_integer(line, "gen_ai.usage.output_tokens", answer.output_tokens);
    }
    set_text(line, "cometdeck.request_id", answer.request_id);
}

static bool is_timeout(enum stop stop)
{
    return stop == STOP_CONNECT || stop == STOP_HEADERS || stop == STOP_FIRST_EVENT ||
           stop == STOP_GAP || stop == STOP_TOTAL;
}

static bool has_reason(const struct verdict *verdict, enum reason_code code)
{
    for (size_t i = 0; i < verdict->count; i++)
        if (verdict->reasons[i].code == code)
            return true;
    return false;
}

/* What the reader made of the answer (D61): words of their own, coarser than verdict and reason. */
static const char *parse_outcome(const struct exchange_state *state)
{
    static const struct {
        enum reason_code code;
        const char *word;
    } words[] = {
        {REASON_WRONG_ANSWER, "missing-field"},    {REASON_COLLECTION_MISSING, "missing-field"},
        {REASON_RECORD_NAMELESS, "missing-field"}, {REASON_FINISH_MISSING, "missing-field"},
        {REASON_INVALID_JSON, "invalid-json"},     {REASON_INVALID_UTF8, "invalid-json"},
        {REASON_EVENT_CUT, "invalid-json"},        {REASON_HTML, "invalid-json"},
        {REASON_NOT_AN_ANSWER, "invalid-json"},    {REASON_EMPTY_CONTENT, "empty-content"},
    };
    enum verdict_kind kind = state->verdict->kind;
    bool looked_into = kind != VERDICT_ERRORED && kind != VERDICT_TRUNCATED;

    if (is_timeout(state->result->stop))
        return "timeout";
    if (state->result->status == 0)
        return "no-answer";
    for (size_t i = 0; looked_into && i < sizeof(words) / sizeof(*words); i++)
        if (has_reason(state->verdict, words[i].code))
            return words[i].word;
    return kind == VERDICT_COMPLETE || kind == VERDICT_LIMITED ? "success"
           : kind == VERDICT_ERRORED                           ? "error"
           : kind == VERDICT_MALFORMED                         ? "malformed"
                                                               : "cut";
}

static void add_outcome(struct json *line, const struct telemetry_attempt *attempt)
{
    const struct exchange_state *state = attempt->state;
    const struct http_timings *at = &state->result->timings;

    if (state->result->status > 0)
        json_set_integer(line, "http.response.status_code", state->result->status);
    if (strcmp(state->failure->class, "none") != 0) {
        json_set_string(line, "error.type", state->failure->class);
        json_set_string(line, "cometdeck.action", state->failure->action);
    }
    json_set_string(line, "cometdeck.verdict", verdict_name(state->verdict->kind));
    json_set_string(line, "cometdeck.parse_outcome", parse_outcome(state));
    json_set_integer(line, "cometdeck.timeouts", is_timeout(state->result->stop));
    json_set_integer(line, "cometdeck.attempt", attempt->labels->attempt);
    json_set_integer(line, "cometdeck.retries", attempt->labels->attempt - 1);
    json_set_boolean(line, "cometdeck.regenerated", attempt->labels->regenerated);
    json_set_boolean(line, "cometdeck.fallback", false); /* it is only ever advice (D11) */
    if (state->result->stop != STOP_NONE)
        json_set_string(line, "cometdeck.stop", stop_name(state->result->stop));
    set_ms(line, "cometdeck.latency_ms", at->start_us, at->end_us);
    set_ms(line, "cometdeck.first_byte_ms", at->start_us, at->first_byte_us);
    set_ms(line, "cometdeck.first_token_ms", 0, state->first_token_us);
}

void telemetry_format(const struct telemetry_attempt *attempt, const char *run_id,
                      struct bytes *out)
{
    struct json *line = json_new_object();

    add_who(line, attempt, run_id);
    add_request(line, attempt);
    add_answer(line, attempt);
    add_outcome(line, attempt);
    json_write(line, false, out);
    bytes_append_byte(out, '\n');
    json_free(line);
}

/* The line as it goes into the file; false when it is too long. */
static bool make_line(const struct telemetry *telemetry, const struct telemetry_attempt *attempt,
                      const struct redactor *redactor, struct bytes *line)
{
    size_t from = 0;

    if (telemetry->torn)
        from = (size_t)bytes_append_byte(line, '\n');
    telemetry_format(attempt, telemetry->run_id, line);
    if (line->len == from || line->data[line->len - 1] != '\n' || line->data[from] != '{')
        return false;
    redact(redactor, line->data, line->len);
    return true;
}

/*
 * Half a line is none. Where another process wrote behind it the half stays, and the next line
 * begins on a line of its own.
 */
static void take_back(struct telemetry *telemetry, off_t written)
{
    off_t end = lseek(telemetry->fd, 0, SEEK_CUR);
    struct stat info;

    telemetry->torn = end < written || fstat(telemetry->fd, &info) != 0 || info.st_size != end ||
                      ftruncate(telemetry->fd, end - written) != 0;
}

/* 0, or the errno of what failed. */
static int append(struct telemetry *telemetry, const struct bytes *line)
{
    ssize_t written;
    int number;

    do
        written = write(telemetry->fd, line->data, line->len);
    while (written < 0 && errno == EINTR);
    number = written < 0 ? errno : ENOSPC;
    if (written == (ssize_t)line->len)
        telemetry->torn = false;
    else if (written > 0)
        take_back(telemetry, written);
    return written == (ssize_t)line->len ? 0 : number;
}

bool telemetry_add(struct telemetry *telemetry, const struct telemetry_attempt *attempt,
                   const struct redactor *redactor, struct error *error)
{
    struct bytes line;
    bool good;
    int number;

    bytes_init(&line, LINE_MAX_BYTES);
    good = make_line(telemetry, attempt, redactor, &line);
    number = good ? append(telemetry, &line) : 0;
    bytes_release(&line);
    if (!good)
        return error_set(error, ERROR_FILE,
                         "%s: the telemetry of %s is longer than %d bytes and left out",
                         telemetry->path, attempt->state->id, LINE_MAX_BYTES);
    return number == 0 ||
           error_errno(error, ERROR_FILE, number, "%s: the telemetry of %s could not be written",
                       telemetry->path, attempt->state->id);
}
