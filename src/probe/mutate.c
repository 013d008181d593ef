#include "probe/mutate.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"
#include "contract/contract.h"

enum { BODY_MAX = 256 * 1024 * 1024 };

static struct json *canary(const struct contract *contract, enum operation operation,
                           const char *model, bool stream)
{
    char *text = operation_body(contract, operation, model, NULL, stream);
    struct json *body = json_parse(text, strlen(text), "the canary", NULL);

    free(text);
    return body;
}

/* The probe's own body; model and stream are the case's unless it says something itself. */
static struct json *own(const struct json *body, const char *model, bool stream,
                        struct json *pattern)
{
    struct json *copy = json_copy(body);

    if (!json_member(copy, "model"))
        json_set(copy, "model",
                 model ? json_new_string(model) : json_copy(json_member(pattern, "model")));
    if (stream && !json_member(copy, "stream"))
        json_set_boolean(copy, "stream", true);
    json_free(pattern);
    return copy;
}

static bool apply_step(struct json **body, const struct json *step, struct error *error)
{
    const char *op = json_string(json_member(step, "op"));
    const char *path = json_string(json_member(step, "path"));

    if (strcmp(op, "remove") == 0)
        return json_patch_remove(body, path, error);
    if (strcmp(op, "add") == 0)
        return json_patch_add(body, path, json_copy(json_member(step, "value")), error);
    return json_patch_replace(body, path, json_copy(json_member(step, "value")), error);
}

static bool apply(const struct probe *probe, enum operation operation, struct json **body,
                  struct bytes *places, struct error *error)
{
    const struct json *patch = probe->mutations[operation];
    size_t number = 0;

    for (const struct json *step = json_first(patch); step; step = json_next(step)) {
        struct error fault;

        number++;
        if (!apply_step(body, step, &fault))
            return error_set(error, ERROR_FILE,
                             "%s: step %zu of the mutation of the probe %s does not apply to the "
                             "%s body: %s",
                             probe->origin, number, probe->id, operation_name(operation),
                             fault.text);
        if (places)
            bytes_printf(places, "%s%s", places->len > 0 ? "\n" : "",
                         json_string(json_member(step, "path")));
    }
    return true;
}

/* Where the prompt of a body stands, or NULL. */
static struct json *prompt_of(struct json *body, struct json **parent)
{
    struct json *message = json_at(body, "/messages/0");

    *parent = message ? message : body;
    return json_member(*parent, message ? "content" : "input");
}

static bool write_body(const struct json *body, struct bytes *text, struct error *error)
{
    bytes_clear(text);
    return json_write(body, false, text) ||
           error_set(error, ERROR_FILE, "the body would have more than %d bytes", BODY_MAX);
}

/* Words: real input, no blanks that a server could skip. */
static void add_words(struct bytes *text, size_t len)
{
    static const char words[] = "xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx xxxxx ";

    for (; len >= sizeof(words) - 1; len -= sizeof(words) - 1)
        bytes_append(text, words, sizeof(words) - 1);
    for (; len > 0; len--)
        bytes_append_byte(text, len % 6 == 0 ? ' ' : 'x');
}

/* What a body of `len` bytes lacks to exceed the limit by what the probe asks. */
static bool find_missing(const struct probe *probe, const struct contract *contract, size_t len,
                         int64_t *missing, struct error *error)
{
    int64_t limit = contract_integer(contract, "limits.input_bytes", -1);

    if (limit < 0)
        return error_set(error, ERROR_FILE,
                         "the probe %s exceeds a limit, and the contract has none: say one in the "
                         "clause limits.input_bytes",
                         probe->id);
    if (limit > BODY_MAX - probe->change.oversize)
        return error_set(error, ERROR_FILE,
                         "the probe %s exceeds limits.input_bytes, which is %" PRId64
                         ": no body of more than %d bytes is made",
                         probe->id, limit, BODY_MAX);
    *missing = limit + probe->change.oversize - (int64_t)len;
    return true;
}

/* Until the body exceeds the limit of the contract. */
static bool grow(const struct probe *probe, const struct contract *contract, struct json *body,
                 size_t len, struct error *error)
{
    int64_t missing = 0;
    struct json *parent, *prompt = prompt_of(body, &parent);
    const char *text = json_string(prompt);
    struct bytes long_text;

    if (!find_missing(probe, contract, len, &missing, error))
        return false;
    if (missing <= 0)
        return true;
    if (!text)
        return error_set(error, ERROR_FILE,
                         "the probe %s exceeds a limit, and its body has no prompt that could "
                         "grow: it stands in /messages/0/content or in /input, as a text",
                         probe->id);
    bytes_init(&long_text, BODY_MAX);
    bytes_puts(&long_text, text);
    add_words(&long_text, (size_t)missing);
    json_replace(parent, prompt, json_new_string(bytes_text(&long_text)));
    bytes_release(&long_text);
    return true;
}

static bool finish(const struct probe *probe, const struct contract *contract, struct json *body,
                   char **out, size_t *len, struct error *error)
{
    struct bytes text;
    bool good;

    bytes_init(&text, BODY_MAX);
    good = write_body(body, &text, error);
    if (good && probe->change.oversize > 0)
        good = grow(probe, contract, body, text.len, error) && write_body(body, &text, error);
    *len = text.len;
    if (good)
        *out = bytes_take(&text);
    bytes_release(&text);
    return good;
}

bool mutate_body(const struct probe *probe, const struct contract *contract,
                 enum operation operation, const char *model, bool stream, char **body, size_t *len,
                 struct bytes *places, struct error *error)
{
    const char *raw = probe->change.raw_body;
    struct json *tree;
    bool good;

    *body = NULL;
    *len = 0;
    if (operation == OPERATION_MODELS)
        return true;
    if (raw) {
        *body = xstrdup(raw);
        *len = strlen(raw);
        return true;
    }
    tree = canary(contract, operation, model, stream);
    if (probe->bodies[operation])
        tree = own(probe->bodies[operation], model, stream, tree);
    good = apply(probe, operation, &tree, places, error) &&
           finish(probe, contract, tree, body, len, error);
    json_free(tree);
    return good;
}
