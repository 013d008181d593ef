/* What of a request body the judge must know. */
#include "contract/operation.h"

#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CHOICES_MAX = 1024 };

/* A function of the chat form stands in `function`, of the responses form in the tool itself. */
static const struct json *function_of(const struct json *tool)
{
    const struct json *function = json_member(tool, "function");

    return function ? function : tool;
}

/*
 * It may be called with empty arguments: its parameters require nothing. Custom tools take text,
 * not JSON; they are lenient too.
 */
static bool is_lenient(const struct json *tool)
{
    const struct json *parameters = json_member(function_of(tool), "parameters");

    return json_count(json_member(parameters, "required")) == 0;
}

static void read_tools(const struct json *tools, struct request_facts *facts)
{
    struct bytes names;
    bool all = json_count(tools) > 0;

    bytes_init(&names, SIZE_MAX / 2);
    for (const struct json *tool = json_first(tools); tool; tool = json_next(tool)) {
        const char *name = json_string(json_member(function_of(tool), "name"));

        if (!is_lenient(tool)) {
            all = false;
        } else if (name && !strchr(name, '\n')) {
            bytes_printf(&names, "%s%s", names.len ? "\n" : "", name);
        }
    }
    facts->tools_without_required = all;
    if (names.len)
        facts->lenient_tools = bytes_take(&names);
    bytes_release(&names);
}

static void read_numbers(const struct json *root, struct request_facts *facts)
{
    static const char *const ceilings[] = {"max_tokens", "max_completion_tokens",
                                           "max_output_tokens"};

    for (size_t i = 0; i < sizeof(ceilings) / sizeof(*ceilings); i++)
        json_integer(json_member(root, ceilings[i]), &facts->max_tokens);
    facts->has_temperature = json_real(json_member(root, "temperature"), &facts->temperature);
}

void request_facts_from(enum operation operation, const char *body, size_t body_len,
                        struct request_facts *facts)
{
    struct json *root;
    int64_t choices;

    *facts = (struct request_facts){.choices = 1};
    if (operation == OPERATION_MODELS || !body_len)
        return;
    root = json_parse(body, body_len, "the request", NULL);
    facts->stream = json_boolean(json_member(root, "stream"), false);
    if (json_integer(json_member(root, "n"), &choices) && choices > 0 && choices <= CHOICES_MAX)
        facts->choices = (int)choices;
    facts->include_usage =
        json_boolean(json_member(json_member(root, "stream_options"), "include_usage"), false);
    read_tools(json_member(root, "tools"), facts);
    read_numbers(root, facts);
    facts->model = xstrdup(json_string(json_member(root, "model")));
    json_free(root);
}

void request_facts_release(struct request_facts *facts)
{
    free(facts->lenient_tools);
    free(facts->model);
    *facts = (struct request_facts){.choices = 1};
}
