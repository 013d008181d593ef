#include "probe/probe.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/suggest.h"
#include "evidence/fixture.h"
#include "judge/class_table.h"
#include "judge/verdict.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { ID_MAX = 60, TIMEOUT_MAX_MS = 3600000, OVERSIZE_MAX = 64 * 1024 * 1024, CHOICES_TEXT = 512 };

static const char *const cadences[] = {
    "continuous", "release", "sdk-change", "rotation", "model-change", "docs-change",
};

static const char *const streams[] = {
    [PROBE_WHOLE] = "no", [PROBE_STREAMED] = "yes", [PROBE_BOTH] = "both"};
static const char *const targets[] = {
    [PROBE_ENDPOINT] = "endpoint", [PROBE_SIMULATOR] = "simulator"};
static const char *const keys[] = {
    [PROBE_KEY_PROFILE] = "profile", [PROBE_KEY_NONE] = "none", [PROBE_KEY_INVALID] = "invalid"};
static const char *const networks[] = {[PROBE_NETWORK_NORMAL] = "normal",
                                       [PROBE_NETWORK_REFUSED] = "refused",
                                       [PROBE_NETWORK_NO_NAME] = "no-name"};
static const char *const contents[] = {[PROBE_CONTENT_ANY] = "any",
                                       [PROBE_CONTENT_PRESENT] = "present",
                                       [PROBE_CONTENT_ABSENT] = "absent"};
static const char *const error_bodies[] = {
    [PROBE_ERROR_ANY] = "any", [PROBE_ERROR_ENVELOPE] = "envelope", [PROBE_ERROR_NONE] = "none"};

/* ---- words ---- */

bool probe_looks_into_body(const struct probe *probe)
{
    return probe->expect.present.count > 0 || probe->expect.absent.count > 0;
}

bool probe_is_id(const char *text)
{
    size_t len = strlen(text);

    return len > 0 && len <= ID_MAX && text[0] != '-' &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

bool probe_read_words(const struct json_file *file, const struct json *object, const char *name,
                      bool needed, struct probe_words *words, struct error *error)
{
    struct json *list = NULL;

    *words = (struct probe_words){.count = 0};
    if (!json_file_array(file, object, name, needed ? JSON_REQUIRED : JSON_OPTIONAL, &list, error))
        return false;
    if (!list)
        return true;
    if (json_count(list) > PROBE_WORDS_MAX || (needed && json_count(list) == 0))
        return json_file_error_at(file, list, error, "%s must be a list of %d to %d words", name,
                                  needed ? 1 : 0, PROBE_WORDS_MAX);
    words->items = xcalloc(json_count(list) + 1, sizeof(*words->items));
    for (const struct json *item = json_first(list); item; item = json_next(item)) {
        const char *word = json_string(item);

        if (!word || !*word) {
            probe_words_release(words);
            return json_file_error_at(file, item, error, "%s must hold words", name);
        }
        words->items[words->count++] = word;
    }
    return true;
}

void probe_words_release(struct probe_words *words)
{
    free(words->items);
    *words = (struct probe_words){.count = 0};
}

bool probe_words_hold(const struct probe_words *words, const char *word)
{
    for (size_t i = 0; i < words->count; i++)
        if (strcmp(words->items[i], word) == 0)
            return true;
    return false;
}

/* ---- members ---- */

/* Why an expectation that people ask for does not exist, or NULL. */
static const char *never_expected(const char *name)
{
    static const char *const refused[] = {"text",   "wording", "contains", "latency", "latency_ms",
                                          "tokens", "usage",   "price",    "cost",    "equals"};

    for (size_t i = 0; i < COUNT(refused); i++)
        if (strcmp(refused[i], name) == 0)
            return "a probe never asserts wording, latency, tokens or price (B34 C28 C29 D30)";
    return NULL;
}

bool probe_known_members(const struct json_file *file, const struct json *object,
                         const char *const *names, struct error *error)
{
    for (const struct json *member = json_first(object); member; member = json_next(member)) {
        if (never_expected(json_name(member)))
            return json_file_error_at(file, member, error, "\"%s\": %s", json_name(member),
                                      never_expected(json_name(member)));
    }
    return json_file_known(file, object, names, error);
}

static bool no_choice(const struct json_file *file, const struct json *item,
                      const char *const *names, size_t count, struct error *error)
{
    struct bytes list;
    bool good;

    bytes_init(&list, CHOICES_TEXT);
    for (size_t i = 0; i < count; i++)
        bytes_printf(&list, "%s%s", i == 0 ? "" : i + 1 == count ? " or " : ", ", names[i]);
    good =
        json_file_error_at(file, item, error, "%s must be %s", json_name(item), bytes_text(&list));
    bytes_release(&list);
    return good;
}

/* One of a list of names; `*value` stays when it is absent. */
static bool read_choice(const struct json_file *file, const struct json *object, const char *name,
                        const char *const *names, size_t count, int *value, struct error *error)
{
    const char *text = NULL;

    if (!json_file_string(file, object, name, JSON_OPTIONAL, &text, error))
        return false;
    if (!text)
        return true;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], text) == 0) {
            *value = (int)i;
            return true;
        }
    }
    return no_choice(file, json_member(object, name), names, count, error);
}

#define READ_CHOICE(file, object, name, names, field, error) \
    read_choice(file, object, name, names, COUNT(names), (int *)(field), error)

static bool read_bounded(const struct json_file *file, const struct json *object, const char *name,
                         int64_t most, int64_t *value, struct error *error)
{
    return json_file_integer(file, object, name, JSON_OPTIONAL, value, error) &&
           ((*value >= 0 && *value <= most) ||
            json_file_error_at(file, json_member(object, name), error, "%s must be from 0 to %lld",
                               name, (long long)most));
}

/* Every word must pass `known`; the first that does not is named at its place. */
static bool check_words(const struct json_file *file, const struct json *object, const char *name,
                        bool (*known)(const char *word), const char *what, struct error *error)
{
    for (const struct json *item = json_first(json_member(object, name)); item;
         item = json_next(item))
        if (!known(json_string(item)))
            return json_file_error_at(file, item, error, "\"%.60s\" is no %s", json_string(item),
                                      what);
    return true;
}

static bool check_classes(const struct json_file *file, const struct json *object, const char *name,
                          const struct class_table *classes, struct error *error)
{
    for (const struct json *item = json_first(json_member(object, name)); item;
         item = json_next(item))
        if (!class_table_find(classes, json_string(item)))
            return json_file_error_at(file, item, error, "\"%.60s\" is no failure class",
                                      json_string(item));
    return true;
}

/* ---- vocabularies ---- */

bool probe_is_cadence(const char *word)
{
    for (size_t i = 0; i < COUNT(cadences); i++)
        if (strcmp(cadences[i], word) == 0)
            return true;
    return false;
}

/* "A16", "D9": a row of requirements.md. */
bool probe_is_requirement(const char *word)
{
    return strchr("ABCDE", word[0]) && word[1] >= '1' && word[1] <= '9' &&
           strspn(word + 1, "0123456789") == strlen(word + 1) && strlen(word) <= 3;
}

bool probe_is_status(const char *word)
{
    return strlen(word) == 3 && word[0] >= '1' && word[0] <= '5' &&
           (strcmp(word + 1, "xx") == 0 || strspn(word + 1, "0123456789") == 2);
}

bool probe_is_verdict(const char *word)
{
    for (int i = 0; i < VERDICT_COUNT; i++)
        if (strcmp(verdict_name((enum verdict_kind)i), word) == 0)
            return true;
    return false;
}

static bool is_pointer(const char *word)
{
    return word[0] == '/';
}

/* ---- parts ---- */

static bool read_refused_at(const struct json_file *file, const struct json *part,
                            struct probe_expectation *expect, struct error *error)
{
    const char *place = NULL;

    if (!json_file_string(file, part, "refused_at", JSON_OPTIONAL, &place, error))
        return false;
    expect->refused_at = place;
    if (!place || (expect->refused && (!*place || is_pointer(place))))
        return true;
    return json_file_error_at(file, json_member(part, "refused_at"), error,
                              expect->refused ? "refused_at must be a JSON Pointer, or \"\" for "
                                                "the body as a whole"
                                              : "\"refused_at\" belongs to \"refused\": true");
}

static bool read_expectation(const struct json_file *file, const struct json *object,
                             const struct class_table *classes, struct probe_expectation *expect,
                             struct error *error)
{
    static const char *const members[] = {"status",  "class",      "verdict",    "present",
                                          "absent",  "content",    "error_body", "streamed",
                                          "refused", "refused_at", NULL};
    struct json *part = NULL;

    if (!json_file_object(file, object, "expect", JSON_REQUIRED, &part, error) ||
        !probe_known_members(file, part, members, error))
        return false;
    if (json_count(part) == 0)
        return json_file_error_at(file, part, error, "a probe that expects nothing proves nothing");
    return probe_read_words(file, part, "status", false, &expect->statuses, error) &&
           check_words(file, part, "status", probe_is_status, "status such as 401 or 4xx", error) &&
           probe_read_words(file, part, "class", false, &expect->failures, error) &&
           check_classes(file, part, "class", classes, error) &&
           probe_read_words(file, part, "verdict", false, &expect->verdicts, error) &&
           check_words(file, part, "verdict", probe_is_verdict, "verdict", error) &&
           probe_read_words(file, part, "present", false, &expect->present, error) &&
           check_words(file, part, "present", is_pointer, "JSON Pointer", error) &&
           probe_read_words(file, part, "absent", false, &expect->absent, error) &&
           check_words(file, part, "absent", is_pointer, "JSON Pointer", error) &&
           READ_CHOICE(file, part, "content", contents, &expect->content, error) &&
           READ_CHOICE(file, part, "error_body", error_bodies, &expect->error_body, error) &&
           json_file_boolean(file, part, "streamed", JSON_OPTIONAL, &expect->streamed, error) &&
           json_file_boolean(file, part, "refused", JSON_OPTIONAL, &expect->refused, error) &&
           read_refused_at(file, part, expect, error);
}

static bool read_headers(const struct json_file *file, const struct json *object,
                         struct probe_change *change, struct error *error)
{
    struct json *headers = NULL;

    if (!json_file_object(file, object, "headers", JSON_OPTIONAL, &headers, error))
        return false;
    for (const struct json *item = json_first(headers); item; item = json_next(item)) {
        if (json_type(item) != JSON_STRING && json_type(item) != JSON_NULL)
            return json_file_error_at(file, item, error,
                                      "a header is a string, or null to leave it out");
        if (!*json_name(item) || strpbrk(json_name(item), " :\r\n"))
            return json_file_error_at(
                file, item, error,
                "\"%.60s\" is no name of a header: it has a space, a colon or "
                "a line break in it, or nothing",
                json_name(item));
        if (json_string(item) && strpbrk(json_string(item), "\r\n"))
            return json_file_error_at(file, item, error,
                                      "the header %.60s cannot be sent: its value has a line break "
                                      "in it",
                                      json_name(item));
    }
    change->headers = headers;
    return true;
}

static bool read_change(const struct json_file *file, const struct json *object,
                        struct probe_change *change, struct error *error)
{
    static const char *const members[] = {"method",   "path_suffix", "path_clause", "headers",
                                          "key",      "network",     "timeout_ms",  "raw_body",
                                          "oversize", NULL};
    struct json *part = NULL;

    if (!json_file_object(file, object, "request", JSON_OPTIONAL, &part, error))
        return false;
    if (!part)
        return true;
    return probe_known_members(file, part, members, error) &&
           json_file_string(file, part, "method", JSON_OPTIONAL, &change->method, error) &&
           json_file_string(file, part, "path_suffix", JSON_OPTIONAL, &change->path_suffix,
                            error) &&
           json_file_string(file, part, "path_clause", JSON_OPTIONAL, &change->path_clause,
                            error) &&
           json_file_string(file, part, "raw_body", JSON_OPTIONAL, &change->raw_body, error) &&
           READ_CHOICE(file, part, "key", keys, &change->key, error) &&
           READ_CHOICE(file, part, "network", networks, &change->network, error) &&
           read_bounded(file, part, "timeout_ms", TIMEOUT_MAX_MS, &change->timeout_ms, error) &&
           read_bounded(file, part, "oversize", OVERSIZE_MAX, &change->oversize, error) &&
           read_headers(file, part, change, error);
}

static bool read_operations(const struct json_file *file, const struct json *object,
                            struct probe *probe, struct error *error)
{
    struct probe_words words;
    enum operation operation;

    if (!probe_read_words(file, object, "operations", true, &words, error))
        return false;
    probe_words_release(&words);
    for (const struct json *item = json_first(json_member(object, "operations")); item;
         item = json_next(item)) {
        if (!operation_from_name(json_string(item), &operation))
            return json_file_error_at(file, item, error,
                                      "an operation is models, chat or responses");
        probe->operations[operation] = true;
    }
    return true;
}

static bool check_patch(const struct json_file *file, const struct json *patch, struct error *error)
{
    static const char *const members[] = {"op", "path", "value", NULL};

    for (const struct json *step = json_first(patch); step; step = json_next(step)) {
        const char *op = json_string(json_member(step, "op"));
        const char *path = json_string(json_member(step, "path"));

        if (json_type(step) != JSON_OBJECT || !op ||
            (strcmp(op, "add") != 0 && strcmp(op, "remove") != 0 && strcmp(op, "replace") != 0))
            return json_file_error_at(file, step, error,
                                      "a step of a mutation has \"op\": add, remove or replace");
        if (!probe_known_members(file, step, members, error))
            return false;
        if (!path || (*path && *path != '/'))
            return json_file_error_at(file, step, error,
                                      "a step of a mutation has \"path\", a JSON Pointer");
        if ((strcmp(op, "remove") == 0) == (json_member(step, "value") != NULL))
            return json_file_error_at(file, step, error,
                                      "add and replace have a \"value\", remove has none");
    }
    return true;
}

/*
 * `name` is one value of type `type` for every operation, or an object that tells them apart by
 * their names. An object that is itself the value has no member named after an operation.
 */
static bool read_each(const struct json_file *file, const struct json *object, const char *name,
                      enum json_type type, const struct json *each[OPERATION_COUNT],
                      struct error *error)
{
    const struct json *value = json_member(object, name);
    bool apart = false;

    if (!value || json_type(value) == JSON_NULL)
        return true;
    for (int i = 0; i < OPERATION_COUNT; i++)
        apart = apart || (json_type(value) == JSON_OBJECT &&
                          json_member(value, operation_name((enum operation)i)));
    for (int i = 0; i < OPERATION_COUNT; i++) {
        each[i] = apart ? json_member(value, operation_name((enum operation)i)) : value;
        if (each[i] && json_type(each[i]) != type)
            return json_file_error_at(file, each[i], error, "%s must be %s, or one an operation",
                                      name, type == JSON_ARRAY ? "a list" : "an object");
    }
    return true;
}

static bool read_mutations(const struct json_file *file, const struct json *object,
                           struct probe *probe, struct error *error)
{
    if (!read_each(file, object, "body", JSON_OBJECT, probe->bodies, error) ||
        !read_each(file, object, "mutation", JSON_ARRAY, probe->mutations, error))
        return false;
    for (int i = 0; i < OPERATION_COUNT; i++)
        if (probe->mutations[i] && !check_patch(file, probe->mutations[i], error))
            return false;
    return true;
}

static bool read_target(const struct json_file *file, const struct json *object,
                        bool (*is_scenario)(const char *name), struct probe *probe,
                        struct error *error)
{
    if (!READ_CHOICE(file, object, "target", targets, &probe->target, error) ||
        !json_file_string(file, object, "scenario", JSON_OPTIONAL, &probe->scenario, error))
        return false;
    if ((probe->target == PROBE_SIMULATOR) != (probe->scenario != NULL))
        return json_file_error_at(
            file, json_member(object, probe->scenario ? "scenario" : "target"), error,
            "\"scenario\" belongs to the target simulator, and to it alone");
    if (probe->change.network != PROBE_NETWORK_NORMAL && !probe->scenario)
        return json_file_error_at(file, object, error,
                                  "\"network\" belongs to the target simulator: a real endpoint "
                                  "is not made to fail");
    return !probe->scenario || is_scenario(probe->scenario) ||
           json_file_error_at(file, json_member(object, "scenario"), error,
                              "the simulator has no scenario \"%.60s\"; `cometdeck simulate "
                              "--list` tells them",
                              probe->scenario);
}

/* A canary is a right request to the endpoint: what is wrong on purpose proves none of it. */
static bool check_canary(const struct json_file *file, const struct json *object,
                         const struct probe *probe, struct error *error)
{
    const char *other = probe->negative                    ? "negative"
                        : probe->target == PROBE_SIMULATOR ? "for the simulator"
                        : probe->expect.refused            ? "refused before sending"
                                                           : NULL;

    return !probe->canary || !other ||
           json_file_error_at(file, json_member(object, "canary"), error,
                              "a canary is a right request to the endpoint, and this probe is %s",
                              other);
}

static bool read_words(const struct json_file *file, const struct json *object,
                       bool (*is_scenario)(const char *name), struct probe *probe,
                       struct error *error)
{
    return probe_read_words(file, object, "requirements", false, &probe->requirements, error) &&
           check_words(file, object, "requirements", probe_is_requirement,
                       "requirement such as B36", error) &&
           probe_read_words(file, object, "cadence", false, &probe->cadence, error) &&
           check_words(file, object, "cadence", probe_is_cadence, "cadence: " PROBE_CADENCES,
                       error) &&
           probe_read_words(file, object, "clauses", false, &probe->clauses, error) &&
           probe_read_words(file, object, "scenarios", false, &probe->scenarios, error) &&
           check_words(file, object, "scenarios", is_scenario, "scenario of the simulator", error);
}

static bool read_head(const struct json_file *file, const struct json *object, struct probe *probe,
                      struct error *error)
{
    static const char *const members[] = {
        "id",         "title",         "explanation", "requirements", "cadence",  "operations",
        "stream",     "target",        "scenario",    "body",         "mutation", "negative",
        "deliberate", "may_be_billed", "canary",      "request",      "expect",   "clauses",
        "scenarios",  "fixture",       NULL};

    if (json_type(object) != JSON_OBJECT)
        return json_file_error_at(file, object, error, "a probe must be an object");
    return probe_known_members(file, object, members, error) &&
           json_file_string(file, object, "id", JSON_REQUIRED, &probe->id, error) &&
           (probe_is_id(probe->id) ||
            json_file_error_at(file, json_member(object, "id"), error,
                               "an id is made of a-z, 0-9 and - (at most %d)", ID_MAX)) &&
           json_file_string(file, object, "title", JSON_REQUIRED, &probe->title, error) &&
           json_file_string(file, object, "explanation", JSON_OPTIONAL, &probe->explanation,
                            error) &&
           json_file_boolean(file, object, "negative", JSON_OPTIONAL, &probe->negative, error) &&
           json_file_boolean(file, object, "deliberate", JSON_OPTIONAL, &probe->deliberate,
                             error) &&
           json_file_boolean(file, object, "may_be_billed", JSON_OPTIONAL, &probe->may_be_billed,
                             error) &&
           json_file_boolean(file, object, "canary", JSON_OPTIONAL, &probe->canary, error) &&
           READ_CHOICE(file, object, "stream", streams, &probe->stream, error);
}

/* What asks for no stream expects none. */
static bool check_streamed(const struct json_file *file, const struct json *object,
                           const struct probe *probe, struct error *error)
{
    return !probe->expect.streamed || probe->stream != PROBE_WHOLE ||
           json_file_error_at(file, json_member(json_member(object, "expect"), "streamed"), error,
                              "\"streamed\" belongs to a probe whose \"stream\" is yes or both");
}

/* A shape is that of one operation, and of a stream or a whole answer. */
static bool read_fixture(const struct json_file *file, const struct json *object,
                         struct probe *probe, struct error *error)
{
    const struct json *value = json_member(object, "fixture");
    enum operation operation;
    size_t count = 0;
    bool told;

    if (!json_file_string(file, object, "fixture", JSON_OPTIONAL, &probe->fixture, error))
        return false;
    if (!probe->fixture)
        return true;
    if (!fixture_split(probe->fixture, &operation, &told, NULL) || !told)
        return json_file_error_at(file, value, error,
                                  "a fixture is called OPERATION/NAME, such as chat/ready");
    for (int i = 0; i < OPERATION_COUNT; i++)
        count += probe->operations[i];
    if (count != 1 || !probe->operations[operation])
        return json_file_error_at(file, value, error,
                                  "the fixture is one of %s, so must the probe be, and of nothing "
                                  "else",
                                  operation_name(operation));
    if (operation != OPERATION_MODELS && probe->stream == PROBE_BOTH)
        return json_file_error_at(file, value, error,
                                  "a stream and a whole answer have two shapes: with a fixture "
                                  "\"stream\" is yes or no");
    return !probe->expect.refused ||
           json_file_error_at(file, value, error, "what is refused before sending has no answer");
}

bool probe_read(const struct json_file *file, const struct json *object,
                bool (*is_scenario)(const char *name), const struct class_table *classes,
                struct probe *probe, struct error *error)
{
    *probe = (struct probe){.may_be_billed = true};
    if (read_head(file, object, probe, error) && read_operations(file, object, probe, error) &&
        read_change(file, object, &probe->change, error) &&
        read_target(file, object, is_scenario, probe, error) &&
        read_mutations(file, object, probe, error) &&
        read_expectation(file, object, classes, &probe->expect, error) &&
        check_streamed(file, object, probe, error) && check_canary(file, object, probe, error) &&
        read_fixture(file, object, probe, error) &&
        read_words(file, object, is_scenario, probe, error))
        return true;
    probe_release(probe);
    return false;
}

void probe_release(struct probe *probe)
{
    probe_words_release(&probe->requirements);
    probe_words_release(&probe->cadence);
    probe_words_release(&probe->clauses);
    probe_words_release(&probe->scenarios);
    probe_words_release(&probe->expect.statuses);
    probe_words_release(&probe->expect.failures);
    probe_words_release(&probe->expect.verdicts);
    probe_words_release(&probe->expect.present);
    probe_words_release(&probe->expect.absent);
}
