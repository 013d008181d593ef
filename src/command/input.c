#include "command/input.h"
#include "base/bytes.h"
#include "base/file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static bool read_standard_input(size_t max, struct bytes *out, struct error *error)
{
    char part[16 * 1024];
    ssize_t got;

    bytes_init(out, max);
    while ((got = read(STDIN_FILENO, part, sizeof(part))) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_errno(error, ERROR_FILE, errno, "standard input cannot be read");
        if (!bytes_append(out, part, (size_t)got))
            return error_set(error, ERROR_FILE, "standard input is larger than %zu bytes", max);
    }
    return true;
}

bool input_read(const char *path, size_t max, struct bytes *out, struct error *error)
{
    bool good = strcmp(path, "-") == 0 ? read_standard_input(max, out, error)
                                       : file_read(path, max, out, NULL, error);

    if (!good)
        bytes_release(out);
    return good;
}
