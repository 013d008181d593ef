#include "command/scan_report.h"

#include "base/bytes.h"
#include "base/json.h"
#include "base/text.h"
#include "scan/allow.h"
#include "scan/survey.h"

#include <inttypes.h>
#include <string.h>

/* What to do about a finding, by its state. */
static const char *advice(enum survey_state state)
{
    static const char *const words[] = {
        [SURVEY_KEY] = "take it out, have it revoked, and read the key from the environment: who "
                       "has a copy of this file has the key",
        [SURVEY_SCATTERED] = "read it from configuration, or from one registry of models",
        [SURVEY_DOCUMENTATION] = "use the endpoint that the page states (docs.pages, docs.host)",
        [SURVEY_DIFFERS] =
            "mend the setting; or mend the clause, with its source, if that is wrong",
        [SURVEY_AGREES] = ""};

    return words[state];
}

/* ---- text ---- */

static void put(struct bytes *out, const char *text)
{
    text_escape(out, text, strlen(text), false);
}

static void put_place(struct bytes *out, const struct survey_finding *finding)
{
    put(out, finding->file);
    bytes_printf(out, ":%zu:%zu: %s: ", finding->line, finding->column,
                 scan_kind_name(finding->kind));
}

static void put_finding(struct bytes *out, const struct survey_finding *finding)
{
    put_place(out, finding);
    put(out, finding->value);
    bytes_printf(out, "%s%s", finding->value[0] ? " " : "", finding->what);
    if (finding->clause[0]) {
        bytes_puts(out, " (");
        put(out, finding->clause);
        bytes_puts(out, ")");
    }
    bytes_puts(out, "\n");
    if (finding->excerpt[0]) {
        bytes_puts(out, "    ");
        put(out, finding->excerpt);
        bytes_puts(out, "\n");
    }
}

static void put_values(struct bytes *out, const struct survey *survey)
{
    bool first = true;

    for (size_t i = 0; i < survey->sought->count; i++) {
        const struct survey_value *value = &survey->values[i];

        if (!value->in_code || survey->sought->items[i].documentation)
            continue;
        bytes_printf(out, "%s  ", first ? "\nin code:\n" : "");
        put(out, survey->sought->items[i].value);
        bytes_printf(out, "  %zu %s in %zu %s, ", value->in_code,
                     value->in_code == 1 ? "time" : "times", value->files,
                     value->files == 1 ? "file" : "files");
        if (value->configured_at) {
            bytes_puts(out, "configured at ");
            put(out, value->configured_at);
        } else {
            bytes_puts(out, "in no file of settings");
        }
        bytes_puts(out, "\n");
        first = false;
    }
}

static void put_agreeing(struct bytes *out, const struct survey *survey)
{
    if (survey->agrees > 0)
        bytes_puts(out, "\nas the contract says:\n");
    for (size_t i = 0; i < survey->count; i++) {
        const struct survey_finding *finding = &survey->findings[i];

        if (finding->state != SURVEY_AGREES)
            continue;
        bytes_puts(out, "  ");
        put_place(out, finding);
        put(out, finding->value);
        bytes_puts(out, " (");
        put(out, finding->clause);
        bytes_puts(out, ")\n");
    }
}

static void put_advice(struct bytes *out, const struct survey *survey)
{
    bool said[SURVEY_AGREES] = {false};

    for (size_t i = 0; i < survey->count; i++)
        if (survey->findings[i].state != SURVEY_AGREES)
            said[survey->findings[i].state] = true;
    for (int i = 0; i < SURVEY_AGREES; i++)
        if (said[i])
            bytes_printf(out, "%s: %s\n", survey_state_name((enum survey_state)i),
                         advice((enum survey_state)i));
}

/* "1 key", "3 paths" are told as kinds, so that a kind reads as in the lines above. */
static void put_sums(struct bytes *out, const struct survey *survey)
{
    const char *between = " (";

    bytes_printf(out, "%zu %s", survey->found, survey->found == 1 ? "finding" : "findings");
    for (int i = 0; i < SCAN_KIND_COUNT; i++) {
        if (!survey->counts[i])
            continue;
        bytes_printf(out, "%s%zu %s", between, survey->counts[i],
                     scan_kind_name((enum scan_kind)i));
        between = ", ";
    }
    bytes_printf(out, "%s; %zu %s with the contract; %zu accepted by scan.allow\n",
                 survey->found ? ")" : "", survey->agrees,
                 survey->agrees == 1 ? "setting agrees" : "settings agree", survey->accepted);
    bytes_printf(out, "looked at %" PRIu64 " %s, %.1f MB; passed over: ", survey->files,
                 survey->files == 1 ? "file" : "files", (double)survey->bytes / 1e6);
    bytes_printf(out, "%zu folders that are no source, %zu binary files, %zu links, %zu others\n",
                 survey->folders, survey->binaries, survey->links, survey->specials);
}

static void put_rests(struct bytes *out, const struct survey *survey, const struct allow *allow)
{
    if (survey->found + survey->agrees > survey->count)
        bytes_printf(out, "%zu more are counted and not listed\n",
                     survey->found + survey->agrees - survey->count);
    if (!survey->sought->models)
        bytes_puts(out,
                   "no model id is looked for: none is in a profile or in --model, and no list "
                   "was fetched (`cometdeck catalog fetch`)\n");
    if (survey->sought->models_left_out)
        bytes_printf(out,
                     "%zu model ids are not looked for: shorter than 2 bytes, longer than "
                     "256, or over %d of them\n",
                     survey->sought->models_left_out, SOUGHT_MODELS_MAX);
    for (size_t i = 0; i < allow->count; i++) {
        if (allow->rules[i].used)
            continue;
        bytes_puts(out, "scan.allow: nothing is found any more for ");
        put(out, allow->rules[i].path);
        bytes_printf(out, " (%s)\n", scan_kind_name(allow->rules[i].kind));
    }
    for (size_t i = 0; i < survey->missed_kept; i++) {
        bytes_puts(out, "not looked at: ");
        put(out, survey->missed[i].file);
        bytes_printf(out, ": %s\n", survey->missed[i].why);
    }
    if (survey->missed_count > survey->missed_kept)
        bytes_printf(out, "not looked at: %zu more\n", survey->missed_count - survey->missed_kept);
}

void scan_report_text(const struct survey *survey, const struct allow *allow, struct bytes *out)
{
    for (size_t i = 0; i < survey->count; i++)
        if (survey->findings[i].state != SURVEY_AGREES)
            put_finding(out, &survey->findings[i]);
    put_values(out, survey);
    put_agreeing(out, survey);
    if (out->len > 0)
        bytes_puts(out, "\n");
    put_advice(out, survey);
    put_sums(out, survey);
    put_rests(out, survey, allow);
}

/* ---- JSON ---- */

static struct json *finding_json(const struct survey_finding *finding)
{
    struct json *object = json_new_object();

    json_set_string(object, "file", finding->file);
    json_set_integer(object, "line", (int64_t)finding->line);
    json_set_integer(object, "column", (int64_t)finding->column);
    json_set_string(object, "kind", scan_kind_name(finding->kind));
    json_set_string(object, "state", survey_state_name(finding->state));
    json_set_string(object, "value", finding->value[0] ? finding->value : NULL);
    json_set_string(object, "setting", finding->setting[0] ? finding->setting : NULL);
    json_set_string(object, "clause", finding->clause[0] ? finding->clause : NULL);
    json_set_string(object, "what", finding->what);
    json_set_string(object, "excerpt", finding->excerpt[0] ? finding->excerpt : NULL);
    json_set_string(object, "do", advice(finding->state));
    return object;
}

static struct json *values_json(const struct survey *survey)
{
    struct json *list = json_new_array();

    for (size_t i = 0; i < survey->sought->count; i++) {
        const struct survey_value *value = &survey->values[i];
        struct json *object;

        if (!value->in_code && !value->in_settings)
            continue;
        object = json_new_object();
        json_set_string(object, "value", survey->sought->items[i].value);
        json_set_string(object, "kind", scan_kind_name(survey->sought->items[i].kind));
        json_set_string(object, "from", survey->sought->items[i].from);
        json_set_integer(object, "in_code", (int64_t)value->in_code);
        json_set_integer(object, "files", (int64_t)value->files);
        json_set_integer(object, "in_settings", (int64_t)value->in_settings);
        json_set_string(object, "configured_at", value->configured_at);
        json_append(list, object);
    }
    return list;
}

static struct json *allow_json(const struct allow *allow)
{
    struct json *list = json_new_array();

    for (size_t i = 0; i < allow->count; i++) {
        struct json *object = json_new_object();

        json_set_string(object, "path", allow->rules[i].path);
        json_set_string(object, "kind", scan_kind_name(allow->rules[i].kind));
        json_set_string(object, "reason", allow->rules[i].reason);
        json_set_integer(object, "accepted", (int64_t)allow->rules[i].used);
        json_append(list, object);
    }
    return list;
}

static struct json *missed_json(const struct survey *survey)
{
    struct json *list = json_new_array();

    for (size_t i = 0; i < survey->missed_kept; i++) {
        struct json *object = json_new_object();

        json_set_string(object, "file", survey->missed[i].file);
        json_set_string(object, "why", survey->missed[i].why);
        json_append(list, object);
    }
    return list;
}

static struct json *passed_over_json(const struct survey *survey)
{
    struct json *object = json_new_object();

    json_set_integer(object, "folders", (int64_t)survey->folders);
    json_set_integer(object, "binary_files", (int64_t)survey->binaries);
    json_set_integer(object, "links", (int64_t)survey->links);
    json_set_integer(object, "others", (int64_t)survey->specials);
    return object;
}

void scan_report_json(const struct survey *survey, const struct allow *allow, struct bytes *out)
{
    struct json *root = json_new_object(), *findings = json_new_array();
    struct json *agrees = json_new_array(), *counts = json_new_object();

    for (size_t i = 0; i < survey->count; i++)
        json_append(survey->findings[i].state == SURVEY_AGREES ? agrees : findings,
                    finding_json(&survey->findings[i]));
    for (int i = 0; i < SCAN_KIND_COUNT; i++)
        json_set_integer(counts, scan_kind_name((enum scan_kind)i), (int64_t)survey->counts[i]);
    json_set_integer(root, "version", 1);
    json_set_integer(root, "found", (int64_t)survey->found);
    json_set(root, "counts", counts);
    json_set_integer(root, "agree", (int64_t)survey->agrees);
    json_set_integer(root, "accepted", (int64_t)survey->accepted);
    json_set_integer(root, "not_listed", (int64_t)(survey->found + survey->agrees - survey->count));
    json_set(root, "findings", findings);
    json_set(root, "agreeing", agrees);
    json_set(root, "values", values_json(survey));
    json_set(root, "allow", allow_json(allow));
    json_set_integer(root, "files", (int64_t)survey->files);
    json_set_integer(root, "bytes", (int64_t)survey->bytes);
    json_set(root, "passed_over", passed_over_json(survey));
    json_set_integer(root, "not_looked_at_count", (int64_t)survey->missed_count);
    json_set(root, "not_looked_at", missed_json(survey));
    json_set_integer(root, "models_not_sought", (int64_t)survey->sought->models_left_out);
    json_write(root, true, out);
    json_free(root);
}
