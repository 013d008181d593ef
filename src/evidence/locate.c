#include "evidence/locate.h"

#include "base/file.h"
#include "base/memory.h"
#include "contract/workspace.h"

#include <stdlib.h>
#include <string.h>

static char *in_folder(const char *folder, const char *id)
{
    char *name = xasprintf("captures/%s.jsonl", id),
         *path = folder ? file_join(folder, name) : NULL;

    free(name);
    if (path && file_exists(path))
        return path;
    free(path);
    return NULL;
}

char *evidence_locate(const struct workspace *workspace, const char *word, struct error *error)
{
    char *path;

    if (strncmp(word, "ev-", 3) != 0 || strchr(word, '/') || file_exists(word))
        return xstrdup(word);
    path = in_folder(workspace->local, word);
    if (!path)
        path = in_folder(workspace->folder, word);
    if (!path)
        error_set(
            error, ERROR_FILE,
            "there is no capture of %s: not in %s%scaptures/ of the workspace (-w names one), "
            "and no file has that name",
            word, workspace->local ? workspace->local : "",
            workspace->local ? "/captures/ and not in " : "");
    return path;
}
