#include "contract/body_check.h"

#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"
#include "contract/contract.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POINTER_MAX = 1 << 20, WORDS_MAX = 4096 };

/* The walk through a body, for one clause or for all placeholders. */
struct walk {
    struct body_problems *problems;
    struct bytes pointer;        /* where the walk is */
    const struct clause *clause; /* NULL: placeholders */
};

void body_problems_release(struct body_problems *problems)
{
    for (size_t i = 0; i < problems->kept; i++) {
        free(problems->items[i].pointer);
        free(problems->items[i].text);
    }
    free(problems->items);
    *problems = (struct body_problems){.items = NULL};
}

/* `text` is taken over. */
static void add(struct walk *walk, const struct json *value, bool refused, char *text)
{
    struct body_problems *problems = walk->problems;

    problems->count++;
    if (problems->kept == BODY_PROBLEMS_MAX) {
        free(text);
        return;
    }
    problems->items = xreallocarray(problems->items, problems->kept + 1, sizeof(*problems->items));
    problems->items[problems->kept++] =
        (struct body_problem){.value = value,
                              .pointer = xstrdup(bytes_text(&walk->pointer)),
                              .text = text,
                              .refused = refused};
}

/* ---- placeholders ---- */

static void check_text(struct walk *walk, const struct json *value, const char *text)
{
    size_t len;
    const char *found = text ? operation_placeholder(text, &len) : NULL;

    if (found && len == strlen(text))
        add(walk, value, true, xstrdup("to be filled in"));
    else if (found)
        add(walk, value, true,
            xasprintf("to be filled in: %.*s", (int)(len < 80 ? len : 80), found));
}

/* Depth is bounded by what json_parse() takes. */
static void find_placeholders(struct walk *walk, const struct json *value)
{
    size_t before = walk->pointer.len, index = 0;

    check_text(walk, value, json_string(value));
    for (const struct json *child = json_first(value); child; child = json_next(child), index++) {
        if (json_name(child))
            json_pointer_add(&walk->pointer, json_name(child));
        else
            bytes_printf(&walk->pointer, "/%zu", index);
        check_text(walk, child, json_name(child));
        find_placeholders(walk, child);
        bytes_truncate(&walk->pointer, before);
    }
}

/* ---- clauses ---- */

static const struct {
    const char *name;
    const char *article;
    enum json_type type;
} types[] = {
    {"string", "a", JSON_STRING},   {"number", "a", JSON_NUMBER}, {"integer", "an", JSON_NUMBER},
    {"boolean", "a", JSON_BOOLEAN}, {"array", "an", JSON_ARRAY},  {"object", "an", JSON_OBJECT},
    {"null", "", JSON_NULL},
};
enum { TYPE_COUNT = sizeof(types) / sizeof(*types) };

/* TYPE_COUNT: there is no such type. */
static size_t type_number(const struct json *name)
{
    size_t i = 0;

    while (json_string(name) && i < TYPE_COUNT && strcmp(types[i].name, json_string(name)) != 0)
        i++;
    return json_string(name) ? i : TYPE_COUNT;
}

static bool is_type(const struct json *value, const struct json *name)
{
    size_t type = type_number(name);
    int64_t number;

    if (type == TYPE_COUNT || json_type(value) != types[type].type)
        return type == TYPE_COUNT;
    return strcmp(types[type].name, "integer") != 0 || json_integer(value, &number);
}

/* `wanted` is a name, or a list of which one suffices. */
static bool has_type(const struct json *value, const struct json *wanted)
{
    const struct json *name = json_first(wanted);

    if (!name)
        return !json_string(wanted) || is_type(value, wanted);
    for (; name; name = json_next(name))
        if (is_type(value, name))
            return true;
    return false;
}

static void add_type(struct bytes *words, const struct json *name)
{
    size_t type = type_number(name);

    if (type < TYPE_COUNT)
        bytes_printf(words, "%s%s%s%s", words->len ? " or " : "", types[type].article,
                     types[type].article[0] ? " " : "", types[type].name);
}

static bool check_type(struct walk *walk, const struct json *value, const struct json *wanted)
{
    struct bytes words;

    if (has_type(value, wanted))
        return true;
    bytes_init(&words, WORDS_MAX);
    add_type(&words, wanted);
    for (const struct json *name = json_first(wanted); name; name = json_next(name))
        add_type(&words, name);
    add(walk, value, false, xasprintf("must be %s (%s)", bytes_text(&words), walk->clause->id));
    bytes_release(&words);
    return false;
}

static void check_values(struct walk *walk, const struct json *value, const struct json *allowed)
{
    struct bytes words;

    if (!json_first(allowed))
        return;
    bytes_init(&words, WORDS_MAX);
    for (const struct json *one = json_first(allowed); one; one = json_next(one)) {
        if (json_equal(one, value)) {
            bytes_release(&words);
            return;
        }
        bytes_puts(&words, words.len ? ", " : "");
        if (json_string(one))
            bytes_puts(&words, json_string(one));
        else
            json_write(one, false, &words);
    }
    add(walk, value, false,
        xasprintf("must be one of %s (%s)", bytes_text(&words), walk->clause->id));
    bytes_release(&words);
}

static bool is_empty(const struct json *value)
{
    const char *text = json_string(value);
    bool holds = json_type(value) == JSON_ARRAY || json_type(value) == JSON_OBJECT;

    return text ? !*text : holds && json_count(value) == 0;
}

static void check_field(struct walk *walk, const struct json *value)
{
    const struct json *rule = walk->clause->value;

    if (!check_type(walk, value, json_member(rule, "type")))
        return;
    check_values(walk, value, json_member(rule, "values"));
    if (json_boolean(json_member(rule, "not_empty"), false) && is_empty(value))
        add(walk, value, false, xasprintf("must not be empty (%s)", walk->clause->id));
}

static void check_missing(struct walk *walk, const struct json *parent, const char *token)
{
    const char *presence = json_string(json_member(walk->clause->value, "presence"));

    if (presence && strcmp(presence, "required") == 0 && json_type(parent) == JSON_OBJECT)
        add(walk, parent, false, xasprintf("lacks \"%s\" (%s)", token + 1, walk->clause->id));
}

static void follow(struct walk *walk, struct json *value, const char *rest);

static void follow_items(struct walk *walk, struct json *array, const char *rest)
{
    size_t before = walk->pointer.len, index = 0;

    for (struct json *item = json_first(array); item; item = json_next(item)) {
        bytes_printf(&walk->pointer, "/%zu", index++);
        follow(walk, item, rest);
        bytes_truncate(&walk->pointer, before);
    }
}

/* One token of the clause's pointer after the other. */
static void follow(struct walk *walk, struct json *value, const char *rest)
{
    size_t before = walk->pointer.len, len = *rest ? 1 + strcspn(rest + 1, "/") : 0;
    struct json *child;
    char *token;

    if (len == 0) {
        check_field(walk, value);
        return;
    }
    token = xmemdup0(rest, len);
    child = json_at(value, token);
    if (strcmp(token, "/*") == 0 && json_type(value) == JSON_ARRAY) {
        follow_items(walk, value, rest + len);
    } else if (child) {
        bytes_puts(&walk->pointer, token);
        follow(walk, child, rest + len);
        bytes_truncate(&walk->pointer, before);
    } else if (!rest[len]) {
        check_missing(walk, value, token);
    }
    free(token);
}

static bool is_about(const struct clause *clause, enum operation operation)
{
    char begin[64];
    int len = snprintf(begin, sizeof(begin), "%s.request.", operation_name(operation));

    return strncmp(clause->id, begin, (size_t)len) == 0 &&
           json_string(json_member(clause->value, "pointer"));
}

void body_check(const struct contract *contract, enum operation operation, struct json *body,
                size_t body_len, struct body_problems *problems)
{
    struct walk walk = {.problems = problems};
    struct error error;

    body_problems_release(problems);
    if (!body)
        return;
    bytes_init(&walk.pointer, POINTER_MAX);
    if (!operation_input_fits(contract, body_len, &error))
        add(&walk, body, false, xstrdup(error.text));
    find_placeholders(&walk, body);
    for (size_t i = 0; i < contract_count(contract); i++) {
        walk.clause = contract_clause(contract, i);
        if (is_about(walk.clause, operation))
            follow(&walk, body, json_string(json_member(walk.clause->value, "pointer")));
    }
    bytes_release(&walk.pointer);
}

/* ---- what the contract does not know ---- */

/* The number of request clauses of the operation; `*named` tells whether one names the member. */
static size_t look_up(const struct contract *contract, enum operation operation, const char *member,
                      bool *named)
{
    size_t clauses = 0, len = strlen(member);

    *named = false;
    for (size_t i = 0; i < contract_count(contract); i++) {
        const struct clause *clause = contract_clause(contract, i);
        const char *pointer;

        if (!is_about(clause, operation))
            continue;
        clauses++;
        pointer = json_string(json_member(clause->value, "pointer"));
        *named |= strncmp(pointer, member, len) == 0 && (!pointer[len] || pointer[len] == '/');
    }
    return clauses;
}

void body_undocumented(const struct contract *contract, enum operation operation,
                       const struct json *body, struct bytes *out)
{
    struct bytes pointer;
    bool named;

    bytes_init(&pointer, POINTER_MAX);
    for (const struct json *member = json_first(body); member; member = json_next(member)) {
        bytes_clear(&pointer);
        json_pointer_add(&pointer, json_name(member));
        if (look_up(contract, operation, bytes_text(&pointer), &named) > 0 && !named)
            bytes_printf(out, "%s%s", out->len > 0 ? "\n" : "", bytes_text(&pointer));
    }
    bytes_release(&pointer);
}

/* ---- the gate ---- */

static bool refuse(const struct json_file *file, bool placed, const struct body_problems *problems,
                   const char *anyway, struct error *error)
{
    const struct body_problem *first = &problems->items[0];
    struct bytes text;

    bytes_init(&text, WORDS_MAX);
    bytes_printf(&text, "%s %s", *first->pointer ? first->pointer : "the body", first->text);
    if (problems->count > 1)
        bytes_printf(&text, ", and %zu more", problems->count - 1);
    if (anyway && !first->refused)
        bytes_printf(&text, "; %s", anyway);
    if (placed)
        json_file_error(file, first->pointer, error, "%s", bytes_text(&text));
    else
        error_set(error, ERROR_FILE, "%s", bytes_text(&text));
    bytes_release(&text);
    return false;
}

bool body_accept(const struct contract *contract, enum operation operation, const char *name,
                 const char *text, size_t len, const char *anyway, struct error *error)
{
    struct body_problems problems = {.count = 0};
    struct json_file file;
    struct error fault;
    bool good;

    if (!operation_input_fits(contract, len, &fault) ||
        !json_file_parse(&file, name ? name : "the body", text, len, &fault))
        return error_set(error, ERROR_FILE, "%s%s%s", fault.text, anyway ? "; " : "",
                         anyway ? anyway : "");
    body_check(contract, operation, file.root, len, &problems);
    good = problems.count == 0 || refuse(&file, name != NULL, &problems, anyway, error);
    body_problems_release(&problems);
    json_file_release(&file);
    return good;
}

bool body_breaks_at(const struct contract *contract, enum operation operation, const char *text,
                    size_t len, const char *pointer)
{
    struct body_problems problems = {.count = 0};
    struct json *body =
        operation_input_fits(contract, len, NULL) ? json_parse(text, len, "the body", NULL) : NULL;
    bool found = !body && !*pointer;

    body_check(contract, operation, body, len, &problems);
    for (size_t i = 0; i < problems.kept && !found; i++)
        found = strcmp(problems.items[i].pointer, pointer) == 0;
    body_problems_release(&problems);
    json_free(body);
    return found;
}
