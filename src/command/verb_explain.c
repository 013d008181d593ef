/* `explain`: what a code means and what to do. */
#include "base/bytes.h"
#include "base/json.h"
#include "base/redact.h"
#include "command/explain.h"
#include "command/options.h"
#include "command/output.h"
#include "command/verb.h"
#include "contract/workspace.h"

#include <limits.h>
#include <stdint.h>

struct explaining {
    const struct explainer *explainer;
    const char *code; /* NULL: all */
};

/* The code is known to be there: it was looked up before. */
static bool write_report(void *context, const struct format_choice *choice, struct bytes *out)
{
    const struct explaining *explaining = context;
    struct json *object;

    if (choice->format == FORMAT_JSON) {
        object = json_new_object();
        json_set(object, "explanations",
                 explaining->code ? explain_json(explaining->explainer, explaining->code, NULL)
                                  : explain_list_json(explaining->explainer));
        json_write(object, true, out);
        json_free(object);
    } else if (explaining->code) {
        explain_text(explaining->explainer, explaining->code, out, NULL);
    } else {
        explain_list(explaining->explainer, out);
    }
    return true;
}

/* "documented and handled" may come as three words. */
static void join(const struct options *options, struct bytes *code)
{
    for (size_t i = 0; i < options->argument_count; i++)
        bytes_printf(code, "%s%s", i > 0 ? " " : "", options->arguments[i]);
}

static int explain(const struct options *options, const char *folder)
{
    struct explaining explaining = {.code = NULL};
    struct explainer *explainer;
    struct error error;
    struct bytes code, found;
    int status;

    explainer = explainer_open(folder, &error);
    if (!explainer)
        return output_error(NULL, &error);
    bytes_init(&code, SIZE_MAX);
    bytes_init(&found, SIZE_MAX);
    join(options, &code);
    explaining.explainer = explainer;
    explaining.code = code.len > 0 ? bytes_text(&code) : NULL;
    if (explaining.code && !explain_line(explainer, explaining.code, &found, &error))
        status = output_error(NULL, &error);
    else
        status = output_report(options, NULL, write_report, &explaining);
    bytes_release(&found);
    bytes_release(&code);
    explainer_free(explainer);
    return status;
}

int verb_explain(const struct options *options)
{
    struct workspace *workspace;
    struct error error;
    int status;

    if (!output_check(options, &error))
        return output_error(NULL, &error);
    workspace = workspace_open(option_value(options, OPTION_WORKSPACE), &error);
    if (!workspace)
        return output_error(NULL, &error);
    status = explain(options, workspace->folder);
    workspace_free(workspace);
    return status;
}
