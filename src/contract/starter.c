#include "contract/starter.h"

#include <string.h>

const struct embedded *starter_file(const char *name)
{
    for (const struct embedded *file = starter_files; file->name; file++)
        if (strcmp(file->name, name) == 0)
            return file;
    return NULL;
}
