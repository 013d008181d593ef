#include "tests/fuzz/scratch.h"

#include "base/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64], file[160], sub[160];

void require(bool holds)
{
    if (!holds)
        abort();
}

static void remove_all(void)
{
    unlink(file);
    if (sub[0])
        rmdir(sub);
    rmdir(folder);
}

static void make(const char *name)
{
    const char *slash = strchr(name, '/');

    snprintf(folder, sizeof(folder), "%s/cometdeck-fuzz-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    require(mkdtemp(folder) != NULL);
    if (slash) {
        snprintf(sub, sizeof(sub), "%s/%.*s", folder, (int)(slash - name), name);
        require(mkdir(sub, 0700) == 0);
    }
    snprintf(file, sizeof(file), "%s/%s", folder, name);
    require(atexit(remove_all) == 0);
}

bool scratch_is_worth_it(const uint8_t *data, size_t size)
{
    struct json *json = json_parse((const char *)data, size, "it", NULL);
    bool object = json_type(json) == JSON_OBJECT;

    json_free(json);
    return object || size % 64 == 0;
}

const char *scratch_put(const char *name, const uint8_t *data, size_t size)
{
    FILE *out;

    if (!folder[0])
        make(name);
    out = fopen(file, "w");
    require(out != NULL);
    require(fwrite(data, 1, size, out) == size && fclose(out) == 0);
    return folder;
}
