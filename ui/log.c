#include "ui/log.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/redact.h"

enum { RUN_MAX = 16 * 1024 * 1024 };

int64_t log_begin(const char *path)
{
    struct stat about;

    return path && stat(path, &about) == 0 ? (int64_t)about.st_size : -1;
}

/* A replacement has the length of what it replaces, so the file is mended where it stands. */
static void mend(int fd, off_t from, const struct redactor *redactor)
{
    char *text = xmalloc(RUN_MAX);
    ssize_t got = pread(fd, text, RUN_MAX, from);

    if (got > 0 && redact(redactor, text, (size_t)got) > 0 &&
        pwrite(fd, text, (size_t)got, from) != got)
        (void)!ftruncate(fd, from); /* rather nothing than half of it */
    if (got == RUN_MAX)
        (void)!ftruncate(fd, from + RUN_MAX);
    free(text);
}

void log_end(const char *path, int64_t before, const struct redactor *redactor)
{
    int fd = path ? open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW) : -1;
    struct stat about;

    if (fd < 0)
        return;
    if (fstat(fd, &about) == 0 && about.st_size == 0 && before < 0)
        unlink(path);
    else if (about.st_size > (off_t)before)
        mend(fd, before < 0 ? 0 : (off_t)before, redactor);
    close(fd);
}
