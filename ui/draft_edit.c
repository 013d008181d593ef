#include "ui/draft_edit.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"
#include "contract/base_url.h"
#include "contract/contract.h"
#include "ui/json_edit.h"

enum { BODY_MAX = 64 * 1024 * 1024, POINTER_MAX = 256, CHOICES_MAX = 32 };

static const char no_object[] = "the body is no object: it has no members to set";

struct place {
    enum operation operation, bodied;
    size_t done; /* steps of the body then: another number means that it was edited since */
};

struct choice {
    struct place before, after;
};

struct draft_edit {
    struct choice choices[CHOICES_MAX]; /* of the operation: `chosen` to undo, then those to redo */
    size_t chosen, choice_count;
    const struct contract *contract;
    enum operation operation;
    enum operation bodied;                     /* the last one with a body */
    struct json_edit *bodies[OPERATION_COUNT]; /* NULL: none, or not wanted yet */
};

static struct json *canary(const struct contract *contract, enum operation operation,
                           const char *model, const char *prompt, bool stream)
{
    char *text = operation_body(contract, operation, model, prompt, stream);
    struct json *body = text ? json_parse(text, strlen(text), "the canary", NULL) : NULL;

    free(text);
    return body;
}

struct draft_edit *draft_edit_new(const struct contract *contract, const char *model)
{
    struct draft_edit *draft = xcalloc(1, sizeof(*draft));

    draft->contract = contract;
    draft->operation = draft->bodied = OPERATION_CHAT;
    draft->bodies[OPERATION_CHAT] =
        json_edit_new(canary(contract, OPERATION_CHAT, model, NULL, true));
    return draft;
}

void draft_edit_free(struct draft_edit *draft)
{
    if (!draft)
        return;
    for (int i = 0; i < OPERATION_COUNT; i++)
        json_edit_free(draft->bodies[i]);
    free(draft);
}

enum operation draft_edit_operation(const struct draft_edit *draft)
{
    return draft->operation;
}

struct json_edit *draft_edit_body(const struct draft_edit *draft)
{
    return draft->bodies[draft->operation];
}

struct json_edit *draft_edit_body_of(const struct draft_edit *draft, enum operation operation)
{
    return draft->bodies[operation];
}

void draft_edit_put(struct draft_edit *draft, enum operation operation, struct json *body)
{
    if (!body) {
        draft_edit_set_operation(draft, operation);
        draft->chosen = draft->choice_count = 0;
        return;
    }
    draft->operation = operation;
    json_edit_free(draft->bodies[operation]);
    draft->bodies[operation] = json_edit_new(body);
    draft->bodied = operation;
}

char *draft_edit_text(const struct draft_edit *draft)
{
    const struct json_edit *body = draft_edit_body(draft);
    struct bytes text;

    if (!body)
        return NULL;
    bytes_init(&text, BODY_MAX);
    json_write(json_edit_root(body), false, &text);
    return bytes_take(&text);
}

static struct json *root(const struct draft_edit *draft)
{
    return json_edit_root(draft->bodies[draft->bodied]);
}

bool draft_edit_is_canary(const struct draft_edit *draft)
{
    struct json *own =
        canary(draft->contract, draft->bodied, json_string(json_member(root(draft), "model")), NULL,
               draft_edit_stream(draft));
    bool same = json_equal(own, root(draft));

    json_free(own);
    return same;
}

/* ---- model ---- */

const char *draft_edit_model(const struct draft_edit *draft)
{
    const char *model = json_string(json_member(root(draft), "model"));
    size_t len;

    return model && *model && !placeholder_find(model, &len) ? model : NULL;
}

/* An edit of the members of the body as one step. `copy` is taken over. */
static bool replace_members(struct draft_edit *draft, struct json *copy, struct error *error)
{
    if (json_type(copy) == JSON_OBJECT)
        return json_edit_replace(draft->bodies[draft->bodied], "", copy, error);
    json_free(copy);
    return error_set(error, ERROR_USAGE, "%s", no_object);
}

bool draft_edit_set_model(struct draft_edit *draft, const char *model, struct error *error)
{
    if (json_type(root(draft)) != JSON_OBJECT)
        return error_set(error, ERROR_USAGE, "%s", no_object);
    draft->operation = draft->bodied; /* a model is of no use to an operation without a body */
    if (json_member(root(draft), "model"))
        return json_edit_replace(draft->bodies[draft->bodied], "/model", json_new_string(model),
                                 error);
    return json_edit_add(draft->bodies[draft->bodied], "", "model", 0, json_new_string(model),
                         error);
}

/* ---- streaming ---- */

bool draft_edit_stream(const struct draft_edit *draft)
{
    return json_boolean(json_member(root(draft), "stream"), false);
}

static void take_member(struct json *object, const char *name)
{
    struct json *member = json_member(object, name);

    if (member)
        json_free(json_take(object, member));
}

/* What goes along with a stream is the canary's affair. */
bool draft_edit_set_stream(struct draft_edit *draft, bool stream, struct error *error)
{
    static const char options[] = "stream_options";
    struct json *copy = json_copy(root(draft));
    struct json *own = canary(draft->contract, draft->bodied, "", NULL, true);

    if (json_type(copy) == JSON_OBJECT && stream) {
        json_set_boolean(copy, "stream", true);
        if (json_member(own, options) && !json_member(copy, options))
            json_set(copy, options, json_copy(json_member(own, options)));
    } else if (json_type(copy) == JSON_OBJECT) {
        take_member(copy, "stream");
        take_member(copy, options);
    }
    json_free(own);
    return replace_members(draft, copy, error);
}

/* ---- the prompt ---- */

/* The last message of the user whose content is a text. */
static bool find_message(const struct json *messages, const char *name, struct bytes *pointer)
{
    const struct json *found = NULL;
    size_t index = 0, at = 0;

    for (const struct json *message = json_first(messages); message;
         message = json_next(message), at++) {
        const char *role = json_string(json_member(message, "role"));

        if (role && strcmp(role, "user") == 0 && json_string(json_member(message, "content"))) {
            found = message;
            index = at;
        }
    }
    return found && bytes_printf(pointer, "/%s/%zu/content", name, index);
}

bool draft_edit_prompt_pointer(const struct draft_edit *draft, struct bytes *pointer)
{
    const char *name = draft->bodied == OPERATION_CHAT ? "messages" : "input";
    const struct json *place = json_member(root(draft), name);

    if (json_string(place))
        return bytes_printf(pointer, "/%s", name);
    return json_type(place) == JSON_ARRAY && find_message(place, name, pointer);
}

const char *draft_edit_prompt(const struct draft_edit *draft)
{
    const char *prompt = NULL;
    struct bytes pointer;

    bytes_init(&pointer, POINTER_MAX);
    if (draft_edit_prompt_pointer(draft, &pointer))
        prompt = json_string(json_at(root(draft), bytes_text(&pointer)));
    bytes_release(&pointer);
    return prompt;
}

bool draft_edit_set_prompt(struct draft_edit *draft, const char *prompt, struct error *error)
{
    struct bytes pointer;
    bool done;

    if (!prompt || !*prompt)
        prompt = contract_string(draft->contract, "canary.prompt");
    bytes_init(&pointer, POINTER_MAX);
    if (draft_edit_prompt_pointer(draft, &pointer))
        done = json_edit_replace(draft->bodies[draft->bodied], bytes_text(&pointer),
                                 json_new_string(prompt ? prompt : "<PROMPT>"), error);
    else
        done = error_set(error, ERROR_USAGE,
                         "the body holds no message of the user with a text: there is no prompt "
                         "to set");
    bytes_release(&pointer);
    return done;
}

/* ---- the operation ---- */

/* What was chosen goes along; where the other body has no place for it, that stays as it is. */
static void carry_over(struct draft_edit *draft, enum operation to)
{
    char *model = xstrdup(draft_edit_model(draft)), *prompt = xstrdup(draft_edit_prompt(draft));
    bool stream = draft_edit_stream(draft);

    draft->bodied = to;
    if (!draft->bodies[to])
        draft->bodies[to] = json_edit_new(canary(draft->contract, to, model, prompt, stream));
    if (model)
        draft_edit_set_model(draft, model, NULL);
    if (prompt)
        draft_edit_set_prompt(draft, prompt, NULL);
    if (stream != draft_edit_stream(draft))
        draft_edit_set_stream(draft, stream, NULL);
    free(model);
    free(prompt);
}

static struct place place_of(const struct draft_edit *draft)
{
    return (struct place){draft->operation, draft->bodied,
                          json_edit_done(draft->bodies[draft->bodied])};
}

static bool is_at(const struct draft_edit *draft, const struct place *place)
{
    const struct place here = place_of(draft);

    return here.operation == place->operation && here.bodied == place->bodied &&
           here.done == place->done;
}

static void go_to(struct draft_edit *draft, const struct place *place)
{
    draft->operation = place->operation;
    draft->bodied = place->bodied;
}

/* The oldest choice is forgotten first. */
static void remember(struct draft_edit *draft, const struct choice *choice)
{
    if (draft->chosen == CHOICES_MAX) {
        draft->chosen--;
        memmove(draft->choices, draft->choices + 1, draft->chosen * sizeof(*draft->choices));
    }
    draft->choices[draft->chosen++] = *choice;
    draft->choice_count = draft->chosen;
}

void draft_edit_set_operation(struct draft_edit *draft, enum operation operation)
{
    struct choice choice = {.before = place_of(draft)};

    if (operation == draft->operation)
        return;
    if (operation != OPERATION_MODELS && operation != draft->bodied)
        carry_over(draft, operation);
    draft->operation = operation;
    choice.after = place_of(draft);
    remember(draft, &choice);
}

bool draft_edit_step_operation(struct draft_edit *draft, bool undo)
{
    const struct choice *choice;

    if (draft->chosen == (undo ? 0 : draft->choice_count))
        return false;
    choice = &draft->choices[undo ? draft->chosen - 1 : draft->chosen];
    if (!is_at(draft, undo ? &choice->after : &choice->before))
        return false;
    go_to(draft, undo ? &choice->before : &choice->after);
    draft->chosen = undo ? draft->chosen - 1 : draft->chosen + 1;
    return true;
}
