#include "evidence/fixture_keep.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/redact.h"
#include "contract/contract.h"
#include "contract/starter.h"
#include "contract/workspace.h"
#include "evidence/digest.h"
#include "evidence/fixture.h"
#include "evidence/fixture_shape.h"
#include "evidence/record.h"
#include "evidence/replay.h"
#include "evidence/sanitize.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* Where `init` puts it. */
#define FIXTURE_SCHEMA "schema/fixture.schema.json"

enum {
    BODY_MAX = FIXTURE_MAX / 2,
    POINTER_MAX = 1024,
    TYPES_MAX = 64,
    FOLDER_MODE = 0777,
    FILE_MODE = 0666,
    ERROR_STATUS = 400,
};

/* ---- headers ---- */

/* What framing, content and limits rest on. A name that ends in "-" stands for all that begin so.
 */
static bool matters(const char *name)
{
    static const char *const names[] = {
        "allow",          "connection",     "content-",          "location",         "ratelimit-",
        "retry-after",    "retry-after-ms", "transfer-encoding", "www-authenticate", "x-ratelimit-",
        "x-should-retry",
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        size_t len = strlen(names[i]);

        if (names[i][len - 1] == '-' ? strncasecmp(name, names[i], len) == 0
                                     : strcasecmp(name, names[i]) == 0)
            return true;
    }
    return false;
}

static void keep_headers(const struct http_headers *from, struct http_headers *to)
{
    for (size_t i = 0; i < from->count; i++)
        if (matters(from->items[i].name))
            http_headers_add(to, from->items[i].name, from->items[i].value);
}

/* ---- what is required ---- */

/* "/choices/0/message/content" as a path of the shape; of a stream that of its pieces. */
static void path_of(const char *pointer, enum operation operation, bool stream, struct bytes *path)
{
    if (stream && operation == OPERATION_RESPONSES)
        bytes_puts(path, "response");
    while (*pointer == '/') {
        size_t len = strcspn(++pointer, "/");

        if (strspn(pointer, "0123456789*") >= len)
            bytes_puts(path, "[]");
        else if (stream && operation == OPERATION_CHAT && len == strlen("message") &&
                 strncmp(pointer, "message", len) == 0)
            bytes_puts(path, ".delta");
        else
            bytes_printf(path, "%s%.*s", path->len ? "." : "", (int)len, pointer);
        pointer += len;
    }
}

static void require(struct json *required, const struct json *shape, const struct bytes *path)
{
    if (path->len > 0 && json_member(shape, bytes_text(path)))
        json_append(required, json_new_string(bytes_text(path)));
}

/* The list of models has clauses of another form: where the records are, and what names one. */
static void require_records(const struct contract *contract, const struct json *shape,
                            struct json *required)
{
    const char *records = contract_string(contract, "models.response.records");
    const char *identifier = contract_string(contract, "models.response.identifier");
    struct bytes path;

    bytes_init(&path, POINTER_MAX);
    path_of(records ? records : "", OPERATION_MODELS, false, &path);
    require(required, shape, &path);
    bytes_puts(&path, "[]");
    require(required, shape, &path);
    bytes_printf(&path, ".%s", identifier ? identifier : "");
    require(required, shape, &path);
    bytes_release(&path);
}

/*
 * What a clause OPERATION.response.* calls required, as far as it came; what may be null is to be
 * there, too.
 */
static struct json *required_paths(const struct contract *contract, enum operation operation,
                                   bool stream, const struct json *shape)
{
    char *prefix = xasprintf("%s.response.", operation_name(operation));
    struct json *required = json_new_array();
    struct bytes path;

    bytes_init(&path, POINTER_MAX);
    for (size_t i = 0; i < contract_count(contract); i++) {
        const struct clause *clause = contract_clause(contract, i);
        const char *presence = json_string(json_member(clause->value, "presence"));
        const char *pointer = json_string(json_member(clause->value, "pointer"));

        if (strncmp(clause->id, prefix, strlen(prefix)) != 0 || !presence || !pointer ||
            (strcmp(presence, "required") != 0 && strcmp(presence, "nullable") != 0))
            continue;
        bytes_clear(&path);
        path_of(pointer, operation, stream, &path);
        require(required, shape, &path);
    }
    if (operation == OPERATION_MODELS)
        require_records(contract, shape, required);
    bytes_release(&path);
    free(prefix);
    return required;
}

/* ---- the file ---- */

static void set_time(struct json *object, const char *name, int64_t wall_ms)
{
    char text[CLOCK_TEXT];

    clock_format(wall_ms, text);
    json_set_string(object, name, text);
}

/* So that a reader knows whether the contract is still the same. */
static void set_contract(struct json *root, const struct contract *contract)
{
    struct digest *digest = digest_new();
    char text[DIGEST_TEXT];
    struct bytes written;

    bytes_init(&written, SIZE_MAX);
    contract_write(contract, &written);
    digest_update(digest, bytes_text(&written), written.len);
    digest_text(digest, text);
    digest_free(digest);
    json_set_string(root, "contract", text);
    bytes_release(&written);
}

static struct json *shape_json(const struct shape *shape)
{
    struct json *object = json_new_object();
    char types[TYPES_MAX];

    for (size_t i = 0; i < shape->count; i++)
        if (*shape->paths[i].path)
            json_set_string(object, shape->paths[i].path,
                            shape_types(shape->paths[i].types, types, sizeof(types)));
    return object;
}

static struct json *expected_json(const struct fixture_keep *keep, const struct replay *replay,
                                  const struct fixture *made)
{
    struct json *expected = json_new_object(), *shape;
    struct shape paths = {.count = 0};
    struct verdict verdict;
    struct failure failure;

    fixture_judge(made, keep->classes, &verdict, &failure, &paths);
    verdict_release(&verdict);
    shape = shape_json(&paths);
    shape_release(&paths);
    json_set_string(expected, "verdict", verdict_name(replay->verdict.kind));
    json_set(expected, "reasons", fixture_codes(&replay->verdict, false));
    json_set(expected, "notes", fixture_codes(&replay->verdict, true));
    json_set_string(expected, "class", replay->failure.class);
    json_set_string(expected, "action", replay->failure.action);
    json_set(expected, "shape", shape);
    json_set(expected, "required",
             required_paths(keep->workspace->contract, made->operation, made->stream, shape));
    return expected;
}

static struct json *fixture_json(const struct fixture_keep *keep, const char *name,
                                 const struct replay *replay, const struct fixture *made)
{
    const struct capture_header *header = &replay->header;
    char *whole = xasprintf("%s/%s", operation_name(made->operation), name);
    struct json *root = json_new_object();

    json_set_string(root, "$schema", "../../" FIXTURE_SCHEMA);
    json_set_integer(root, "version", FIXTURE_VERSION);
    json_set_string(root, "name", whole);
    json_set_string(root, "operation", operation_name(made->operation));
    set_time(root, "kept_at", keep->wall_ms);
    set_time(root, "answered_at", header->wall_ms);
    json_set_string(root, "evidence_id", header->id);
    json_set_boolean(root, "simulated", header->simulated);
    json_set_string(root, "origin", header->origin);
    set_contract(root, keep->workspace->contract);
    json_set_string(root, "text",
                    keep->with_text || made->operation == OPERATION_MODELS ? "kept" : "replaced");
    json_set(root, "request", record_facts_json(&made->facts));
    json_set(root, "rules", record_rules_json(header->rules));
    json_set(
        root, "response",
        fixture_response(&made->result, bytes_text(&made->body), made->body.len, made->stream));
    json_set(root, "expected", expected_json(keep, replay, made));
    free(whole);
    return root;
}

/* ---- making it ---- */

static size_t body_max(const struct fixture_keep *keep)
{
    return keep->body_max ? keep->body_max : BODY_MAX;
}

/* Looked at before anything is judged: who has little time gives a small maximum. */
static bool is_small_enough(const struct fixture_keep *keep, struct error *error)
{
    size_t max = body_max(keep);

    return !capture_body_exceeds(keep->capture, max) ||
           error_set(error, ERROR_FILE, "the body of %s is larger than the %zu kB that %s",
                     keep->capture, max / 1024,
                     max < BODY_MAX ? "are kept here; `cometdeck judge --keep-fixture "
                                      "NAME CAPTURE` takes more"
                                    : "a fixture may have");
}

/* The answer as it will stand in the file. */
static bool sanitize(const struct fixture_keep *keep, const struct replay *replay,
                     struct fixture *made, struct error *error)
{
    struct bytes body;
    bool good = capture_body(keep->capture, body_max(keep), &body);
    bool stream = judge_progress(replay->judge)->event_stream;
    /* Of a recording that tells no request: what came is not blamed for its form. */
    struct request_facts unknown = {.stream = stream, .choices = 1};

    *made = (struct fixture){
        .operation = replay->header.operation,
        .stream = stream,
        .facts = replay->header.facts ? *replay->header.facts : unknown,
        .rules = *replay->header.rules,
        .result = replay->result,
    };
    made->result.headers = made->result.trailers = (struct http_headers){.count = 0};
    keep_headers(&replay->result.headers, &made->result.headers);
    bytes_init(&made->body, BODY_MAX);
    if (good && (keep->with_text || made->operation == OPERATION_MODELS))
        bytes_append(&made->body, body.data, body.len);
    else if (good)
        sanitize_body(bytes_text(&body), body.len, made->stream,
                      replay->result.status >= ERROR_STATUS, &made->body);
    bytes_release(&body);
    return good ||
           error_set(error, ERROR_FILE, "the body of %s cannot be read again", keep->capture);
}

/* What is borrowed from the replay stays there. */
static void release_made(struct fixture *made)
{
    http_headers_release(&made->result.headers);
    bytes_release(&made->body);
}

/* It must say what the capture says, or it is none. */
static bool verify(const struct fixture_keep *keep, const char *path, const struct bytes *text,
                   struct error *error)
{
    struct fixture fixture;
    struct verdict verdict;
    struct failure failure;
    struct bytes differs;
    bool holds;

    if (!fixture_parse(&fixture, path, bytes_text(text), text->len, error))
        return false;
    bytes_init(&differs, SIZE_MAX);
    fixture_judge(&fixture, keep->classes, &verdict, &failure, NULL);
    holds = fixture_holds(&fixture, &verdict, &failure, &differs, &differs) && differs.len == 0;
    if (!holds)
        error_set(error, ERROR_FILE,
                  "%s was not written: as a fixture the answer would be judged otherwise (%s)%s",
                  path, bytes_text(&differs),
                  keep->with_text ? "; cite the capture itself"
                                  : "; keep it with its text, if the team may read that, or cite "
                                    "the capture itself");
    bytes_release(&differs);
    verdict_release(&verdict);
    fixture_release(&fixture);
    return holds;
}

static bool write_file(const struct fixture_keep *keep, const char *path, const struct bytes *text,
                       struct error *error)
{
    struct file_stamp seen = {.exists = false};
    char *folder = file_folder(path);
    struct bytes there;
    bool good = true;

    if (file_exists(path) && keep->replace) {
        good = file_read(path, SIZE_MAX, &there, &seen, error);
        bytes_release(&there);
    } else if (file_exists(path)) {
        good =
            error_set(error, ERROR_USAGE,
                      "%s is there already: --replace replaces it, or choose another name", path);
    }
    good =
        good && file_make_folders(folder, FOLDER_MODE, error) &&
        starter_add_schema(keep->workspace->folder, FIXTURE_SCHEMA, error) &&
        file_replace(keep->ops, path, bytes_text(text), text->len, FILE_MODE, &seen, NULL, error);
    free(folder);
    return good;
}

static bool keep_replay(const struct fixture_keep *keep, const struct replay *replay,
                        const char *name, const char *path, struct error *error)
{
    struct fixture made;
    struct json *root;
    struct bytes text;
    bool good = sanitize(keep, replay, &made, error);

    bytes_init(&text, FIXTURE_MAX);
    if (good) {
        root = fixture_json(keep, name, replay, &made);
        good = json_write(root, true, &text) ||
               error_set(error, ERROR_FILE, "%s would be larger than %d MiB", path,
                         FIXTURE_MAX / 1024 / 1024);
        json_free(root);
    }
    if (good) {
        redact(keep->redactor, text.data, text.len);
        good = verify(keep, path, &text, error) && write_file(keep, path, &text, error);
    }
    release_made(&made);
    bytes_release(&text);
    return good;
}

static bool is_usable(const struct fixture_keep *keep, const struct replay *replay,
                      struct error *error)
{
    if (replay->origin != REPLAY_CAPTURE)
        return error_set(error, ERROR_USAGE,
                         "%s is no capture: a fixture is made of evidence; `judge --keep` makes "
                         "some of it",
                         keep->capture);
    if (!replay->header.body_kept)
        return error_set(error, ERROR_USAGE,
                         "%s keeps no bodies, as `bodies` in cometdeck.json had it: there is "
                         "nothing to make a fixture of",
                         keep->capture);
    for (size_t i = 0; i < replay->verdict.count; i++)
        if (replay->verdict.reasons[i].code == REASON_CAPTURE_CUT ||
            replay->verdict.reasons[i].code == REASON_CAPTURE_BROKEN)
            return error_set(error, ERROR_FILE, "%s is no sound evidence: %s", keep->capture,
                             reason_meaning(replay->verdict.reasons[i].code));
    return true;
}

/* The name without its operation; NULL: `error`. */
static const char *check_name(const struct fixture_keep *keep, enum operation of,
                              struct error *error)
{
    enum operation operation = of;
    bool told;
    const char *name = fixture_split(keep->name, &operation, &told, error);

    if (name && operation != of) {
        error_set(error, ERROR_USAGE, "the capture is of %s, not of %s", operation_name(of),
                  operation_name(operation));
        return NULL;
    }
    return name;
}

static bool is_regular(const char *path, struct error *error)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return error_errno(error, ERROR_FILE, errno, "%s cannot be read", path);
    return S_ISREG(status.st_mode) ||
           error_set(error, ERROR_FILE, "%s is no file: a fixture is made of a capture", path);
}

char *fixture_target(const struct fixture_keep *keep, struct error *error)
{
    enum operation operation;
    struct capture_reader *reader;
    const char *name;

    if (!is_regular(keep->capture, error))
        return NULL;
    reader = capture_open(keep->capture, error);
    if (!reader)
        return NULL;
    operation = capture_reader_header(reader)->operation;
    capture_close(reader);
    name = check_name(keep, operation, error);
    return name ? fixture_path(keep->workspace->folder, operation, name) : NULL;
}

bool fixture_keep(const struct fixture_keep *keep, char **path, struct error *error)
{
    struct stream_rules rules;
    enum operation ignored;
    struct replay replay;
    const char *name;
    bool told, good;

    *path = NULL;
    if (!fixture_split(keep->name, &ignored, &told, error) || !is_regular(keep->capture, error))
        return false;
    if (keep->with_text && keep->workspace->bodies == BODIES_NEVER)
        return error_set(error, ERROR_USAGE,
                         "`bodies` in cometdeck.json is never: no text of an answer is kept");
    if (!is_small_enough(keep, error))
        return false;
    stream_rules_default(&rules);
    if (!replay_open(keep->capture, OPERATION_CHAT, &rules, NULL, NULL, &replay, error))
        return false;
    replay.classes = keep->classes;
    if (!replay_finish(&replay, error))
        return false;
    name =
        is_usable(keep, &replay, error) ? check_name(keep, replay.header.operation, error) : NULL;
    if (name)
        *path = fixture_path(keep->workspace->folder, replay.header.operation, name);
    good = name && keep_replay(keep, &replay, name, *path, error);
    replay_release(&replay);
    if (!good) {
        free(*path);
        *path = NULL;
    }
    return good;
}
