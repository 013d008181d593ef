#include "probe/keep.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/suggest.h"
#include "contract/contract.h"
#include "contract/starter.h"
#include "judge/class_table.h"
#include "judge/verdict.h"

/* Where `init` puts it. */
#define PROBES_SCHEMA "schema/probes.schema.json"

enum { FILE_MAX = 16 * 1024 * 1024, POINTER_MAX = 64 * 1024, FILE_MODE = 0666 };

/* ---- the mutation ---- */

/* `value` NULL: a step without one. */
static void add_step(struct json *steps, const char *op, const char *pointer,
                     const struct json *value)
{
    struct json *step = json_new_object();

    json_set_string(step, "op", op);
    json_set_string(step, "path", pointer);
    if (value)
        json_set(step, "value", json_copy(value));
    json_append(steps, step);
}

static bool can_descend(const struct json *before, const struct json *after)
{
    enum json_type type = json_type(before);

    if (type != json_type(after))
        return false;
    return type == JSON_OBJECT || (type == JSON_ARRAY && json_count(before) == json_count(after));
}

static void compare(const struct json *before, const struct json *after, struct bytes *pointer,
                    struct json *steps)
{
    size_t len = pointer->len, index = 0;

    if (json_equal(before, after))
        return;
    if (!can_descend(before, after)) {
        add_step(steps, "replace", bytes_text(pointer), after);
        return;
    }
    for (const struct json *child = json_first(before); child; child = json_next(child), index++) {
        const char *name = json_name(child);
        const struct json *now = name ? json_member(after, name) : json_item(after, index);

        if (name)
            json_pointer_add(pointer, name);
        else
            bytes_printf(pointer, "/%zu", index);
        if (now)
            compare(child, now, pointer, steps);
        else
            add_step(steps, "remove", bytes_text(pointer), NULL);
        bytes_truncate(pointer, len);
    }
    for (const struct json *child = json_first(after); child; child = json_next(child)) {
        if (!json_name(child) || json_member(before, json_name(child)))
            continue;
        json_pointer_add(pointer, json_name(child));
        add_step(steps, "add", bytes_text(pointer), child);
        bytes_truncate(pointer, len);
    }
}

struct json *probe_mutation(const struct json *before, const struct json *after)
{
    struct json *steps = json_new_array();
    struct bytes pointer;

    bytes_init(&pointer, POINTER_MAX);
    compare(before, after, &pointer, steps);
    bytes_release(&pointer);
    return steps;
}

/* ---- the expectation ---- */

static void add_word(struct json *expect, const char *list, const char *word)
{
    if (!json_member(expect, list))
        json_set(expect, list, json_new_array());
    json_append(json_member(expect, list), json_new_string(word));
}

static bool add_expected(const struct class_table *classes, struct json *expect, const char *word,
                         struct error *error)
{
    if (probe_is_status(word))
        add_word(expect, "status", word);
    else if (probe_is_verdict(word))
        add_word(expect, "verdict", word);
    else if (class_table_find(classes, word))
        add_word(expect, "class", word);
    else if (strcmp(word, "content") == 0)
        json_set_string(expect, "content", "present");
    else if (strcmp(word, "no-content") == 0)
        json_set_string(expect, "content", "absent");
    else if (strcmp(word, "unsent") == 0)
        json_set_boolean(expect, "refused", true);
    else
        return error_set(error, ERROR_USAGE,
                         "\"%.40s\" is no status (4xx), class (auth), verdict (complete), content, "
                         "no-content or unsent (refused before sending)",
                         word);
    return true;
}

/* NULL with `error` where a word is none of them. */
static struct json *read_expectation(const struct class_table *classes, const char *text,
                                     struct error *error)
{
    struct json *expect = json_new_object();
    char *copy = xstrdup(text), *rest = NULL;
    bool good = true;

    for (char *word = strtok_r(copy, " ,", &rest); word && good; word = strtok_r(NULL, " ,", &rest))
        good = add_expected(classes, expect, word, error);
    free(copy);
    if (good && json_count(expect) == 0)
        good = error_set(error, ERROR_USAGE, "a probe that expects nothing proves nothing");
    if (good)
        return expect;
    json_free(expect);
    return NULL;
}

/* ---- the tags ---- */

/* The clause, or NULL with `error` naming the nearest. */
static const struct clause *find_clause(const struct contract *contract, const char *id,
                                        struct error *error)
{
    const struct clause *clause = contract ? contract_find(contract, id) : NULL;
    struct suggestion near = {.word = NULL};

    if (clause)
        return clause;
    for (size_t i = 0; contract && i < contract_count(contract); i++)
        suggest(&near, id, contract_clause(contract, i)->id);
    error_set(error, ERROR_USAGE,
              "\"%.40s\" is no requirement (B36), no cadence (" PROBE_CADENCES
              ") and no clause of the contract%s%s%s",
              id, near.word ? "; did you mean " : "", near.word ? near.word : "",
              near.word ? "?" : "");
    return NULL;
}

/* Into the members of the probe they belong to; a list that would be empty is left out. */
static bool add_tags(const struct probe_keep *keep, struct json *object, struct error *error)
{
    char *copy = xstrdup(keep->tags ? keep->tags : ""), *rest = NULL;
    bool good = true;

    for (char *word = strtok_r(copy, " ,", &rest); word && good;
         word = strtok_r(NULL, " ,", &rest)) {
        if (probe_is_requirement(word))
            add_word(object, "requirements", word);
        else if (probe_is_cadence(word))
            add_word(object, "cadence", word);
        else if (find_clause(keep->contract, word, error))
            add_word(object, "clauses", word);
        else
            good = false;
    }
    free(copy);
    return good;
}

static void put_words(const struct probe_words *words, struct bytes *out)
{
    for (size_t i = 0; i < words->count; i++)
        bytes_printf(out, "%s%s", out->len > 0 ? " " : "", words->items[i]);
}

void probe_tags(const struct probe *probe, struct bytes *out)
{
    put_words(&probe->requirements, out);
    put_words(&probe->cadence, out);
    put_words(&probe->clauses, out);
}

/* ---- the probe ---- */

static const char *key_word(enum probe_key key)
{
    return key == PROBE_KEY_NONE ? "none" : "invalid";
}

static void set_text(struct json *object, const char *name, const char *text)
{
    if (text)
        json_set_string(object, name, text);
}

static struct json *request_of(const struct probe *from)
{
    const struct probe_change *change = &from->change;
    struct json *request = json_new_object();

    set_text(request, "method", change->method);
    set_text(request, "path_suffix", change->path_suffix);
    set_text(request, "path_clause", change->path_clause);
    if (change->headers)
        json_set(request, "headers", json_copy(change->headers));
    if (change->key != PROBE_KEY_PROFILE)
        json_set_string(request, "key", key_word(change->key));
    if (change->network != PROBE_NETWORK_NORMAL)
        json_set_string(request, "network",
                        change->network == PROBE_NETWORK_REFUSED ? "refused" : "no-name");
    if (change->timeout_ms > 0)
        json_set_integer(request, "timeout_ms", change->timeout_ms);
    set_text(request, "raw_body", change->raw_body);
    if (change->oversize > 0)
        json_set_integer(request, "oversize", change->oversize);
    return request;
}

static bool is_wrong(const struct probe_keep *keep, const struct json *expect)
{
    const char *status = json_string(json_item(json_member(expect, "status"), 0));

    return keep->wrong || (keep->from && keep->from->negative) ||
           (status && (*status == '4' || *status == '5'));
}

static void add_from(struct json *object, const struct probe_keep *keep)
{
    const struct json *body = keep->from->bodies[keep->operation];
    struct json *request = request_of(keep->from);

    if (keep->from->target == PROBE_SIMULATOR) {
        json_set_string(object, "target", "simulator");
        json_set_string(object, "scenario", keep->from->scenario);
    }
    for (size_t i = 0; i < keep->from->scenarios.count; i++)
        add_word(object, "scenarios", keep->from->scenarios.items[i]);
    if (body)
        json_set(object, "body", json_copy(body));
    if (keep->from->fixture)
        json_set_string(object, "fixture", keep->from->fixture);
    if (json_count(request) > 0)
        json_set(object, "request", request);
    else
        json_free(request);
}

/* What is sent to the endpoint may be, unless a probe says of just that body that it is not. */
static bool may_be_billed(const struct probe_keep *keep)
{
    if (!keep->from)
        return true;
    return keep->from->target == PROBE_ENDPOINT && (keep->edited || keep->from->may_be_billed);
}

/* `expect` is taken over; `object` has the tags. */
static void complete(const struct probe_keep *keep, struct json *object, struct json *expect)
{
    struct json *operations = json_new_array(), *mutation;
    bool wrong = is_wrong(keep, expect), refused = json_member(expect, "refused") != NULL;

    json_append(operations, json_new_string(operation_name(keep->operation)));
    json_set(object, "operations", operations);
    if (keep->operation != OPERATION_MODELS)
        json_set_string(object, "stream", keep->stream ? "yes" : "no");
    json_set_boolean(object, "negative", wrong);
    json_set_boolean(object, "deliberate", wrong && !refused);
    json_set_boolean(object, "may_be_billed", !refused && may_be_billed(keep));
    if (keep->from && keep->from->canary && !wrong && !refused)
        json_set_boolean(object, "canary", true);
    if (keep->from)
        add_from(object, keep);
    if (keep->before && keep->after) {
        mutation = probe_mutation(keep->before, keep->after);
        if (json_count(mutation) > 0)
            json_set(object, "mutation", mutation);
        else
            json_free(mutation);
    }
    json_set(object, "expect", expect);
}

/* `expect` is taken over. NULL with `error` for a tag that is none. */
static struct json *probe_json(const struct probe_keep *keep, struct json *expect,
                               struct error *error)
{
    struct json *object = json_new_object();

    json_set_string(object, "id", keep->id);
    json_set_string(object, "title", keep->title);
    if (add_tags(keep, object, error)) {
        complete(keep, object, expect);
        return object;
    }
    json_free(expect);
    json_free(object);
    return NULL;
}

/* ---- the file ---- */

/* What is there, or the beginning of a new one; NULL with `error`. */
static struct json *read_own(const char *path, struct file_stamp *seen, struct error *error)
{
    struct json *root = NULL;
    struct bytes text;

    if (!file_exists(path)) {
        *seen = (struct file_stamp){.exists = false};
        root = json_new_object();
        json_set_string(root, "$schema", "../" PROBES_SCHEMA);
        json_set_integer(root, "version", 1);
        json_set(root, "probes", json_new_array());
        return root;
    }
    if (file_read(path, FILE_MAX, &text, seen, error))
        root = json_parse(bytes_text(&text), text.len, path, error);
    bytes_release(&text);
    if (root && json_type(json_member(root, "probes")) != JSON_ARRAY)
        json_set(root, "probes", json_new_array());
    return root;
}

/* It must come back as it is meant: the last of its probes. */
static bool check(const char *path, const struct bytes *text, bool (*is_scenario)(const char *name),
                  const struct class_table *classes, struct error *error)
{
    struct json_file file;
    struct probe probe;
    struct json *probes;
    bool good;

    if (!json_file_parse(&file, path, bytes_text(text), text->len, error))
        return false;
    probes = json_member(file.root, "probes");
    good = probe_read(&file, json_item(probes, json_count(probes) - 1), is_scenario, classes,
                      &probe, error);
    if (good)
        probe_release(&probe);
    json_file_release(&file);
    return good;
}

/* `probe` is taken over. */
static bool append(const char *folder, struct json *probe, const struct probe_keep *keep,
                   bool (*is_scenario)(const char *name), struct error *error)
{
    char *probes = file_join(folder, "probes"), *path = file_join(probes, "own.json");
    struct file_stamp seen;
    struct json *root = read_own(path, &seen, error);
    struct bytes text;
    bool kept = false;

    bytes_init(&text, FILE_MAX);
    if (root) {
        json_append(json_member(root, "probes"), probe);
        kept = (json_write(root, true, &text) ||
                error_set(error, ERROR_FILE, "%s would be larger than %d bytes", path, FILE_MAX)) &&
               check(path, &text, is_scenario, keep->classes, error) &&
               starter_add_schema(folder, PROBES_SCHEMA, error) &&
               file_make_folders(probes, 0777, error) &&
               file_replace(NULL, path, bytes_text(&text), text.len, FILE_MODE, &seen, NULL, error);
    } else {
        json_free(probe);
    }
    bytes_release(&text);
    json_free(root);
    free(path);
    free(probes);
    return kept;
}

bool probe_keep(const char *folder, const struct probe_keep *keep,
                bool (*is_scenario)(const char *name), struct error *error)
{
    struct json *expect = read_expectation(keep->classes, keep->expectation, error);
    struct json *probe = expect ? probe_json(keep, expect, error) : NULL;

    return probe && append(folder, probe, keep, is_scenario, error);
}
