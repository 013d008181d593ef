/* TAP version 13 (testanything.org), which every reader takes: a line a case, a YAML block behind
 * what does not hold. */
#include "command/check_report.h"

#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "base/json.h"
#include "base/text.h"

/* Of a description: "#" begins a directive, "\" escapes. */
static void put_description(struct bytes *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '#' || *text == '\\')
            bytes_append_byte(out, '\\');
        bytes_append_byte(out, *text);
    }
}

/* One line, whatever came from the network. */
static void put_line(struct bytes *out, const char *text)
{
    struct bytes line;

    bytes_init(&line, SIZE_MAX);
    text_escape(&line, text, strlen(text), false);
    put_description(out, bytes_text(&line));
    bytes_release(&line);
}

/* A YAML double-quoted scalar is a JSON string. */
static void put_pair(struct bytes *out, const char *name, const char *text)
{
    if (!text)
        return;
    bytes_printf(out, "  %s: ", name);
    json_quote(out, text, strlen(text));
    bytes_puts(out, "\n");
}

static void put_diagnostics(struct bytes *out, const struct probe_result *result)
{
    bytes_puts(out, "  ---\n");
    put_pair(out, "message", result->notes);
    put_pair(out, "outcome", outcome_name(result->outcome));
    put_pair(out, "endpoint", result->endpoint);
    if (result->http_status > 0)
        bytes_printf(out, "  http_status: %d\n", result->http_status);
    put_pair(out, "verdict", result->verdict);
    put_pair(out, "class", result->failure.class);
    put_pair(out, "action", result->failure.action);
    put_pair(out, "because", check_because(result));
    put_pair(out, "do", check_advice(result));
    put_pair(out, "evidence", result->id[0] ? result->id : NULL);
    bytes_puts(out, "  ...\n");
}

void check_tap(const struct check_run *run, struct bytes *out)
{
    bytes_printf(out, "TAP version 13\n1..%zu\n", run->plan->count);
    for (size_t i = 0; i < run->plan->count; i++) {
        const struct probe_result *result = runner_result(run->runner, i);
        bool skipped = result->outcome == OUTCOME_SKIPPED;

        bytes_printf(out, "%s %zu - ", skipped || result->outcome == OUTCOME_PASS ? "ok" : "not ok",
                     i + 1);
        put_description(out, check_suite_name(result->plan_case));
        bytes_puts(out, ": ");
        put_description(out, result->plan_case->name);
        if (skipped) {
            bytes_puts(out, " # SKIP ");
            put_line(out, result->notes ? result->notes : "");
        }
        bytes_puts(out, "\n");
        if (!skipped && result->outcome != OUTCOME_PASS)
            put_diagnostics(out, result);
    }
}
