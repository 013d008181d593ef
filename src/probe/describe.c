#include "probe/describe.h"

#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "base/json.h"
#include "base/text.h"

enum { VALUE_SHOWN = 60 };

/* Begins the next phrase of a list. */
static struct bytes *also(struct bytes *out, size_t from)
{
    if (out->len > from)
        bytes_puts(out, ", ");
    return out;
}

static void describe_value(const struct json *value, struct bytes *out)
{
    struct bytes text;

    bytes_init(&text, SIZE_MAX);
    json_write(value, false, &text);
    if (text.len > VALUE_SHOWN)
        bytes_printf(out, "%.*s…", (int)utf8_whole(text.data, text.len, VALUE_SHOWN),
                     bytes_text(&text));
    else
        bytes_puts(out, bytes_text(&text));
    bytes_release(&text);
}

static void describe_step(const struct json *step, struct bytes *out)
{
    const char *path = json_string(json_member(step, "path"));

    if (strcmp(json_string(json_member(step, "op")), "remove") == 0) {
        bytes_printf(out, "without %s", path);
        return;
    }
    bytes_printf(out, "%s = ", path);
    describe_value(json_member(step, "value"), out);
}

static void describe_headers(const struct json *headers, struct bytes *out, size_t from)
{
    for (const struct json *header = json_first(headers); header; header = json_next(header)) {
        if (json_string(header))
            bytes_printf(also(out, from), "%s: %s", json_name(header), json_string(header));
        else
            bytes_printf(also(out, from), "without %s", json_name(header));
    }
}

static void describe_request(const struct probe_change *change, struct bytes *out, size_t from)
{
    if (change->key == PROBE_KEY_NONE)
        bytes_puts(also(out, from), "no key");
    if (change->key == PROBE_KEY_INVALID)
        bytes_puts(also(out, from), "a key that is nobody's");
    if (change->method)
        bytes_printf(also(out, from), "method %s", change->method);
    if (change->path_suffix)
        bytes_printf(also(out, from), "path …%s", change->path_suffix);
    if (change->path_clause)
        bytes_printf(also(out, from), "path of the clause %s", change->path_clause);
    describe_headers(change->headers, out, from);
    if (change->raw_body)
        bytes_printf(also(out, from), "body %s", change->raw_body);
    if (change->oversize > 0)
        bytes_printf(also(out, from), "%" PRId64 " byte%s over the limit", change->oversize,
                     change->oversize == 1 ? "" : "s");
    if (change->timeout_ms > 0)
        bytes_printf(also(out, from), "given up after %" PRId64 " ms", change->timeout_ms);
}

void describe_steps(const struct probe *probe, const struct json *steps, enum operation operation,
                    struct bytes *out)
{
    static const char *const networks[] = {[PROBE_NETWORK_REFUSED] = "a port that refuses",
                                           [PROBE_NETWORK_NO_NAME] = "a host without an address"};
    size_t from = out->len;

    for (const struct json *step = json_first(steps); step; step = json_next(step))
        describe_step(step, also(out, from));
    if (probe->bodies[operation])
        bytes_puts(also(out, from), "a body of its own");
    describe_request(&probe->change, out, from);
    if (probe->change.network != PROBE_NETWORK_NORMAL)
        bytes_puts(also(out, from), networks[probe->change.network]);
    else if (probe->scenario)
        bytes_printf(also(out, from), "scenario %s", probe->scenario);
    if (out->len == from)
        bytes_puts(out, "as the contract says");
}

void describe_change(const struct probe *probe, enum operation operation, struct bytes *out)
{
    describe_steps(probe, probe->mutations[operation], operation, out);
}

static void describe_words(const char *label, const struct probe_words *words, struct bytes *out,
                           size_t from)
{
    for (size_t i = 0; i < words->count; i++)
        bytes_printf(i == 0 ? also(out, from) : out, "%s%s", i == 0 ? label : " or ",
                     words->items[i]);
}

static void describe_pointers(const struct probe_words *pointers, const char *how,
                              struct bytes *out, size_t from)
{
    for (size_t i = 0; i < pointers->count; i++)
        bytes_printf(also(out, from), "%s %s", pointers->items[i], how);
}

void describe_expectation(const struct probe *probe, struct bytes *out)
{
    const struct probe_expectation *expect = &probe->expect;
    size_t from = out->len;

    if (expect->refused)
        bytes_printf(also(out, from), "refused before sending%s%s",
                     expect->refused_at && *expect->refused_at ? " at " : "",
                     expect->refused_at ? expect->refused_at : "");
    describe_words("status ", &expect->statuses, out, from);
    describe_words("class ", &expect->failures, out, from);
    describe_words("verdict ", &expect->verdicts, out, from);
    if (expect->error_body == PROBE_ERROR_ENVELOPE)
        bytes_puts(also(out, from), "an error with a message");
    if (expect->error_body == PROBE_ERROR_NONE)
        bytes_puts(also(out, from), "no error");
    if (expect->content == PROBE_CONTENT_PRESENT)
        bytes_puts(also(out, from), "content");
    if (expect->content == PROBE_CONTENT_ABSENT)
        bytes_puts(also(out, from), "no content");
    if (expect->streamed)
        bytes_puts(also(out, from), "an event stream");
    describe_pointers(&expect->present, "present", out, from);
    describe_pointers(&expect->absent, "absent", out, from);
    if (probe->fixture)
        bytes_printf(also(out, from), "the shape of %s", probe->fixture);
}

static void put_own(struct bytes *out, const char *what, const char *id, const char *origin)
{
    bytes_printf(out, "own %s %s (%s) in place of the shipped one", what, id, origin);
}

bool describe_own(const struct plan_case *plan_case, struct bytes *out)
{
    const struct suite *suite = plan_case->suite;
    const struct probe *probe = plan_case->probe;
    bool both = suite && suite->replaces && probe->replaces;

    if (suite && suite->replaces)
        put_own(out, "suite", suite->id, suite->origin);
    bytes_puts(out, both ? "; " : "");
    if (probe->replaces)
        put_own(out, "probe", probe->id, probe->origin);
    return (suite && suite->replaces) || probe->replaces;
}

void describe_all_own(const struct plan *plan, struct bytes *out)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct suite *suite = plan->cases[i].suite;
        const struct probe *probe = plan->cases[i].probe;
        bool suite_told = !suite || !suite->replaces, probe_told = !probe->replaces;

        for (size_t j = 0; j < i; j++) {
            suite_told = suite_told || plan->cases[j].suite == suite;
            probe_told = probe_told || plan->cases[j].probe == probe;
        }
        if (!suite_told)
            put_own(out, "suite", suite->id, suite->origin);
        bytes_puts(out, suite_told ? "" : "\n");
        if (!probe_told)
            put_own(out, "probe", probe->id, probe->origin);
        bytes_puts(out, probe_told ? "" : "\n");
    }
}

void describe_cost(const struct plan *plan, struct bytes *out)
{
    bytes_printf(out, "%zu case%s: at most %" PRId64 " request%s to the endpoint", plan->count,
                 plan->count == 1 ? "" : "s", plan->requests, plan->requests == 1 ? "" : "s");
    if (plan->requests > 0)
        bytes_printf(out, ", of which %" PRId64 " may be billed", plan->billable);
    if (plan->simulated > 0)
        bytes_printf(out, "; %" PRId64 " to a private simulator", plan->simulated);
    if (plan->refused > 0)
        bytes_printf(out, "; %zu refused before sending", plan->refused);
    bytes_puts(out, ".");
}
