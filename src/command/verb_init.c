/* `init`: the starter workspace. */
#include "command/options.h"
#include "command/output.h"
#include "command/verb.h"
#include "contract/workspace.h"

#include <stdlib.h>
#include <string.h>

int verb_init(const struct options *options)
{
    const char *folder = ".";
    struct error error;
    char *kept;

    if (!option_arguments(options, 0, 1, &error))
        return output_error(NULL, &error);
    if (options->argument_count > 0)
        folder = options->arguments[0];
    else if (option_given(options, OPTION_WORKSPACE))
        folder = option_value(options, OPTION_WORKSPACE);
    if (!workspace_init(folder, &kept, &error))
        return output_error(NULL, &error);
    output_say(NULL,
               "The starter workspace is %s%s: its clauses are documented or pending, none is "
               "observed. Read contract.json first, then set COMETAPI_API_KEY and send.",
               strcmp(folder, ".") == 0 ? "this folder" : "in ",
               strcmp(folder, ".") == 0 ? "" : folder);
    if (kept)
        output_say(NULL, "Left as it was, for it was there already: %s.%s", kept,
                   strstr(kept, ".gitignore")
                       ? " /.cometdeck/ belongs in .gitignore: captures are no matter of git."
                       : "");
    free(kept);
    return EXIT_HOLDS;
}
