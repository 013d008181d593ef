#include "probe/mutate.h"

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

/* Words until the body is so many bytes long: real input, no blanks that a server could skip. */
static void grow(struct json *body, size_t len, size_t wanted)
{
    struct json *parent, *prompt = prompt_of(body, &parent);
    const char *text = json_string(prompt);
    struct bytes long_text;

    if (!text || wanted <= len)
        return;
    bytes_init(&long_text, BODY_MAX);
    bytes_puts(&long_text, text);
    for (size_t missing = wanted - len; missing > 0; missing--)
        bytes_append_byte(&long_text, missing % 6 == 0 ? ' ' : 'x');
    json_replace(parent, prompt, json_new_string(bytes_text(&long_text)));
    bytes_release(&long_text);
}

static bool write_body(const struct json *body, struct bytes *text, struct error *error)
{
    bytes_clear(text);
    return json_write(body, false, text) ||
           error_set(error, ERROR_FILE, "the body would have more than %d bytes", BODY_MAX);
}

static bool finish(const struct probe *probe, const struct contract *contract, struct json *body,
                   char **out, size_t *len, struct error *error)
{
    struct bytes text;
    bool good;

    bytes_init(&text, BODY_MAX);
    good = write_body(body, &text, error);
    if (good && probe->change.oversize > 0) {
        grow(
            body, text.len,
            (size_t)(contract_integer(contract, "limits.input_bytes", 0) + probe->change.oversize));
        good = write_body(body, &text, error);
    }
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
