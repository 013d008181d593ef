#include "contract/starter.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"

enum { FILE_MODE = 0666, FOLDER_MODE = 0777 };

static const struct embedded *find(const struct embedded *files, const char *name)
{
    for (const struct embedded *file = files; file->name; file++)
        if (strcmp(file->name, name) == 0)
            return file;
    return NULL;
}

const struct embedded *starter_file(const char *name)
{
    return find(starter_files, name);
}

bool starter_add_schema(const char *folder, const char *name, struct error *error)
{
    const struct embedded *file = find(schema_files, name);
    const struct file_stamp absent = {.exists = false};
    char *path = file_join(folder, name), *parent = file_folder(path);
    bool good = file_exists(path) ||
                (file_make_folders(parent, FOLDER_MODE, error) &&
                 file_replace(NULL, path, file->data, file->len, FILE_MODE, &absent, NULL, error));

    free(parent);
    free(path);
    return good;
}
