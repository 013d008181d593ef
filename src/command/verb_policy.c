/* `policy show` and `policy set`: when is asked again, and its numbers (RTY B4 E45 E67). */
#include "base/bytes.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/redact.h"
#include "base/text.h"
#include "command/options.h"
#include "command/output.h"
#include "command/verb.h"
#include "contract/workspace.h"
#include "judge/class_table.h"
#include "judge/retry.h"
#include "probe/plan.h"
#include "simulator/simulator.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

enum { DAY_TEXT = 10 };

/* ---- show ---- */

/* The row of the class at `index`, under its name also where the policy has none of it. */
static bool class_row(const struct retry_policy *policy, size_t index, struct retry_row *row)
{
    const struct class_row *class = class_table_row(retry_policy_classes(policy), index);

    if (!class)
        return false;
    *row = *retry_policy_find(policy, class->name);
    row->failure = class->name;
    return true;
}

static void write_text(const struct retry_policy *policy, struct bytes *out)
{
    struct retry_row row;

    bytes_printf(out, "retry policy %s\n\n", retry_policy_version(policy));
    for (int i = 0; i < RETRY_NUMBER_COUNT; i++) {
        const struct retry_number *number = retry_policy_number(policy, (enum retry_number_name)i);

        text_line(out, "%-14s %8" PRId64 "  %s%s%s%s%s", number->name, number->value,
                  number->origin, number->reason ? ", " : "",
                  !number->reason   ? ""
                  : number->changed ? number->changed
                                    : "changed",
                  number->reason ? ": " : "", number->reason ? number->reason : "");
    }
    bytes_puts(out, "\nclass          again    fallback\n");
    for (size_t i = 0; class_row(policy, i, &row); i++)
        text_line(out, "%-14s %-8s %-8s %s", row.failure, retry_rule_name(row.retry),
                  retry_fallback_name(row.fallback), row.why);
}

static struct json *number_json(const struct retry_number *number)
{
    struct json *object = json_new_object();

    json_set_string(object, "name", number->name);
    json_set_integer(object, "value", number->value);
    json_set_string(object, "origin", number->origin);
    json_set_string(object, "reason", number->reason);
    json_set_string(object, "changed", number->changed);
    return object;
}

static struct json *row_json(const struct retry_row *row)
{
    struct json *object = json_new_object();

    json_set_string(object, "failure", row->failure);
    json_set_string(object, "retry", retry_rule_name(row->retry));
    json_set_string(object, "fallback", retry_fallback_name(row->fallback));
    json_set_string(object, "why", row->why);
    json_set_string(object, "origin", row->origin);
    return object;
}

static void write_json(const struct retry_policy *policy, struct bytes *out)
{
    struct json *object = json_new_object(), *numbers = json_new_array(), *rows = json_new_array();
    struct retry_row row;

    for (int i = 0; i < RETRY_NUMBER_COUNT; i++)
        json_append(numbers, number_json(retry_policy_number(policy, (enum retry_number_name)i)));
    for (size_t i = 0; class_row(policy, i, &row); i++)
        json_append(rows, row_json(&row));
    json_set_string(object, "version", retry_policy_version(policy));
    json_set(object, "numbers", numbers);
    json_set(object, "rows", rows);
    json_write(object, true, out);
    json_free(object);
}

static bool write_report(void *context, const struct format_choice *choice, struct bytes *out)
{
    if (choice->format == FORMAT_JSON)
        write_json(context, out);
    else
        write_text(context, out);
    return true;
}

static int show(const struct options *options, const struct workspace *workspace)
{
    struct error error;
    struct retry_policy *policy = retry_policy_open(workspace->folder, &error);
    int status;

    if (!policy)
        return output_error(NULL, &error);
    status = output_report(options, NULL, write_report, policy);
    retry_policy_free(policy);
    return status;
}

int verb_policy_show(const struct options *options)
{
    struct workspace *workspace;
    struct error error;
    int status;

    if (!option_arguments(options, 0, 0, &error) || !output_check(options, &error))
        return output_error(NULL, &error);
    workspace = workspace_open(option_value(options, OPTION_WORKSPACE), &error);
    if (!workspace)
        return output_error(NULL, &error);
    status = show(options, workspace);
    workspace_free(workspace);
    return status;
}

/* ---- set ---- */

static bool read_value(const char *text, int64_t *value, struct error *error)
{
    char *end;

    errno = 0;
    *value = strtoll(text, &end, 10);
    return (*text && !*end && errno == 0) ||
           error_set(error, ERROR_USAGE, "\"%.40s\" is no whole number", text);
}

static bool change(const struct workspace *workspace, const struct options *options, int64_t value,
                   struct error *error)
{
    struct redactor *redactor;
    char today[CLOCK_TEXT], *reason;
    bool good;

    if (!workspace->folder)
        return error_set(error, ERROR_USAGE,
                         "there is no workspace here to keep it in; `cometdeck init` makes one");
    clock_format(clock_wall_ms(&clock_system), today);
    today[DAY_TEXT] = '\0';
    redactor = output_redactor();
    workspace_teach(workspace, redactor);
    reason = redact_copy(redactor, option_value(options, OPTION_REASON));
    good =
        retry_policy_change(workspace->folder, options->arguments[0], value, reason, today, error);
    free(reason);
    redactor_free(redactor);
    return good;
}

/* Suites that `check` will refuse from now on, each a warning: the number itself is fine. */
static void warn_of_suites(const struct workspace *workspace)
{
    struct retry_policy *policy = retry_policy_open(workspace->folder, NULL);
    struct library *library = library_open(workspace->folder, scenario_exists, NULL);

    for (size_t i = 0; policy && library && i < library_suite_count(library); i++) {
        const char *const names[] = {library_suite(library, i)->id};
        const struct plan_choice choice = {.names = names, .name_count = 1};
        struct error error;
        struct plan plan;

        if (plan_make(&plan, library, &choice, policy, &error))
            plan_release(&plan);
        else
            output_warn(NULL, error.text);
    }
    library_free(library);
    retry_policy_free(policy);
}

int verb_policy_set(const struct options *options)
{
    struct workspace *workspace;
    struct error error;
    int64_t value;
    int status;

    if (!option_arguments(options, 2, 2, &error) || !output_check(options, &error) ||
        !read_value(options->arguments[1], &value, &error))
        return output_error(NULL, &error);
    workspace = workspace_open(option_value(options, OPTION_WORKSPACE), &error);
    if (!workspace)
        return output_error(NULL, &error);
    if (change(workspace, options, value, &error)) {
        status = show(options, workspace);
        warn_of_suites(workspace);
    } else {
        status = output_error(NULL, &error);
    }
    workspace_free(workspace);
    return status;
}
