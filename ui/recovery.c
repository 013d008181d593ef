#include "ui/recovery.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/redact.h"
#include "contract/workspace.h"
#include "ui/application.h"

enum { NUMBERS = 1000, CANDIDATES = 3 };

static const char prefix[] = "recovered-";

/* Where it may be kept, best first: the answer is their number; the caller frees them. */
static size_t candidates(const struct application *application, char **folders)
{
    const struct workspace *workspace = application_workspace(application);
    const char *temporary = getenv("TMPDIR");
    char *state = workspace_state_folder();
    size_t count = 0;

    if (workspace->local && !application_is_temporary(application))
        folders[count++] = xstrdup(workspace->local);
    if (state)
        folders[count++] = state;
    folders[count++] = xstrdup(temporary && *temporary ? temporary : "/tmp");
    return count;
}

/* A new file, or -1 with errno. */
static int create_numbered(const char *folder, const char *name, char **path)
{
    for (int number = 1; number <= NUMBERS; number++) {
        int fd;

        *path = number == 1 ? xasprintf("%s/%s%s", folder, prefix, name)
                            : xasprintf("%s/%s%d-%s", folder, prefix, number, name);
        fd = open(*path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd >= 0 || errno != EEXIST || number == NUMBERS)
            return fd;
        free(*path);
    }
    return -1;
}

static bool write_out(int fd, const char *text, size_t len)
{
    bool good = file_write_all(&file_ops_system, fd, text, len) && fsync(fd) == 0;

    return close(fd) == 0 && good;
}

/* The path of what is now kept, or NULL. */
static char *save_in(const char *folder, const char *name, const char *text, size_t len,
                     struct error *error)
{
    char *path = NULL;
    int fd;

    if (!file_make_folders(folder, 0700, error))
        return NULL;
    fd = create_numbered(folder, name, &path);
    if (fd >= 0 && write_out(fd, text, len))
        return path;
    error_errno(error, ERROR_FILE, errno, "%s: it cannot be kept there", path);
    if (fd >= 0)
        unlink(path);
    free(path);
    return NULL;
}

void recovery_keep(const struct application *application, const char *name, const char *text,
                   size_t len, struct bytes *said)
{
    char *folders[CANDIDATES], *path = NULL, *safe = xmemdup0(text, len);
    size_t count = candidates(application, folders), line;
    struct error error;

    if (application_finds_key(application, text, len, &line))
        redact(application_redactor(application), safe, len);
    for (size_t i = 0; i < count; i++) {
        if (!path)
            path = save_in(folders[i], name, safe, len, &error);
        free(folders[i]);
    }
    if (path)
        bytes_printf(said, "ledger %s was not saved; it is kept in %s\n", name, path);
    else
        bytes_printf(said, "ledger %s was not saved: %s\n", name, error.text);
    free(path);
    free(safe);
}

/* Short, so that it can be read in a message. */
static char *relative(char *path)
{
    char *here = getcwd(NULL, 0);
    size_t len = here ? strlen(here) : 0;

    if (len > 1 && strncmp(path, here, len) == 0 && path[len] == '/')
        memmove(path, path + len + 1, strlen(path + len + 1) + 1);
    free(here);
    return path;
}

static bool is_newer(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec : a->tv_nsec > b->tv_nsec;
}

/* The newest of one folder. */
static char *find_in(const char *folder, size_t *count)
{
    DIR *stream = opendir(folder);
    const struct dirent *entry;
    struct timespec newest_time = {0};
    char *newest = NULL;

    while (stream && (entry = readdir(stream))) {
        struct stat about;

        if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0 ||
            fstatat(dirfd(stream), entry->d_name, &about, AT_SYMLINK_NOFOLLOW) < 0 ||
            !S_ISREG(about.st_mode) || about.st_uid != geteuid())
            continue;
        if ((*count)++ > 0 && !is_newer(&about.st_mtim, &newest_time))
            continue;
        newest_time = about.st_mtim;
        free(newest);
        newest = file_join(folder, entry->d_name);
    }
    if (stream)
        closedir(stream);
    return newest;
}

char *recovery_find(const struct application *application, size_t *count)
{
    char *folders[CANDIDATES], *newest = NULL;
    size_t folder_count = candidates(application, folders);

    *count = 0;
    for (size_t i = 0; i < folder_count; i++) {
        if (!newest)
            newest = find_in(folders[i], count);
        free(folders[i]);
    }
    return newest ? relative(newest) : NULL;
}
