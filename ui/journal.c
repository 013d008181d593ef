#include "ui/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/redact.h"
#include "base/text.h"
#include "contract/workspace.h"
#include "ui/application.h"

enum { HEADER_MAX = 1 << 16, NUMBERS = 1000 };

struct journal {
    const struct application *application;
    const struct file_ops *ops;
    char *path; /* NULL: nothing is kept */
    int lock;   /* of the file, which it keeps open; -1: none */
};

static const char *const kinds[] = {
    [JOURNAL_LEDGER] = "ledger", [JOURNAL_TYPED] = "typed", [JOURNAL_EDITED] = "edited"};

const char *journal_kind_name(enum journal_kind kind)
{
    return kinds[kind];
}

bool journal_kind_from(const char *name, enum journal_kind *kind)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        if (strcmp(name, kinds[i]) != 0)
            continue;
        *kind = (enum journal_kind)i;
        return true;
    }
    return false;
}

struct journal *journal_new(const struct application *application, const struct file_ops *ops)
{
    struct journal *journal = xcalloc(1, sizeof(*journal));

    journal->application = application;
    journal->ops = ops ? ops : &file_ops_system;
    journal->lock = -1;
    return journal;
}

static void forget(struct journal *journal)
{
    if (journal->lock >= 0)
        journal->ops->close(journal->lock);
    journal->lock = -1;
    free(journal->path);
    journal->path = NULL;
}

void journal_free(struct journal *journal)
{
    if (!journal)
        return;
    forget(journal);
    free(journal);
}

void journal_drop(struct journal *journal)
{
    if (!journal)
        return;
    if (journal->path)
        journal->ops->unlink(journal->path);
    forget(journal);
}

const char *journal_path(const struct journal *journal)
{
    return journal->path;
}

/* ---- where ---- */

size_t journal_folders(const struct application *application, char **folders)
{
    const struct workspace *workspace = application_workspace(application);
    const char *temporary = getenv("TMPDIR");
    char *state = workspace_state_folder();
    size_t count = 0;

    if (workspace->local && !application_is_temporary(application))
        folders[count++] = xstrdup(workspace->local);
    if (state && (count == 0 || strcmp(state, folders[0]) != 0))
        folders[count++] = state;
    else
        free(state);
    folders[count++] = xstrdup(temporary && *temporary ? temporary : "/tmp");
    return count;
}

char *journal_owner(const struct application *application)
{
    const struct workspace *workspace = application_workspace(application);

    if (application_is_temporary(application))
        return xstrdup("demo");
    return xstrdup(workspace->folder ? workspace->folder : "");
}

/* A name that nobody has, also no dead process of the same number. */
static char *fresh_path(const char *folder)
{
    char *path = NULL;

    for (int number = 1; !path && number <= NUMBERS; number++) {
        path = xasprintf("%s/" JOURNAL_PREFIX "%ld-%d", folder, (long)getpid(), number);
        if (access(path, F_OK) == 0) {
            free(path);
            path = NULL;
        }
    }
    return path;
}

/* ---- what ---- */

/* Labels and names are typed too, and may hold a key. */
static void put_text(const struct journal *journal, struct json *root, const char *member,
                     const char *text)
{
    char *safe = text && utf8_valid(text, strlen(text), NULL) ? xstrdup(text) : NULL;

    if (safe)
        redact(application_redactor(journal->application), safe, strlen(safe));
    if (safe)
        json_set_string(root, member, safe);
    free(safe);
}

/* One line of JSON; the text follows as it is. */
static void put_header(const struct journal *journal, const struct journal_note *note,
                       size_t redacted, struct bytes *out)
{
    const struct clock *clock = application_clock(journal->application);
    struct json *root = json_new_object();
    char *owner = journal_owner(journal->application);
    char hash[2 * sizeof(note->seen.hash) + 1];

    snprintf(hash, sizeof(hash), "%016" PRIx64, note->seen.hash);
    json_set_integer(root, "version", JOURNAL_VERSION);
    json_set_string(root, "kind", journal_kind_name(note->kind));
    json_set_string(root, "owner", owner);
    json_set_string(root, "name", "unnamed");
    put_text(journal, root, "name", note->name);
    put_text(journal, root, "path", note->path);
    put_text(journal, root, "draft", note->draft);
    put_text(journal, root, "operation", note->operation);
    json_set_boolean(root, "existed", note->seen.exists);
    json_set_integer(root, "size", (int64_t)note->seen.size);
    json_set_string(root, "hash", hash);
    json_set_integer(root, "kept_ms", clock_wall_ms(clock));
    json_set_boolean(root, "redacted", redacted > 0);
    json_write(root, false, out);
    if (out->len == 0 || out->data[out->len - 1] != '\n')
        bytes_append_byte(out, '\n');
    json_free(root);
    free(owner);
}

/* ---- keeping ---- */

/* The descriptor of what now lies at `path`, locked; -1 and what was there stays. */
static int put_in_place(const struct file_ops *ops, const char *path, const struct bytes *header,
                        const char *text, size_t len)
{
    char *temporary = xasprintf("%s.new", path);
    bool good;
    int fd;

    ops->unlink(temporary); /* a crash left it, or others did: the folder may be everybody's */
    fd = ops->open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    good = fd >= 0;
    if (good) {
        flock(fd, LOCK_EX | LOCK_NB); /* before anybody can see it under its name */
        good = file_write_all(ops, fd, header->data, header->len) &&
               file_write_all(ops, fd, text, len) && ops->rename(temporary, path) == 0;
    }
    if (fd >= 0 && !good) {
        int number = errno;

        ops->close(fd);
        ops->unlink(temporary);
        errno = number;
        fd = -1;
    }
    free(temporary);
    return fd;
}

static bool keep_in(struct journal *journal, const char *folder, const struct bytes *header,
                    const char *text, size_t len, struct error *error)
{
    char *path;
    int fd;

    if (!file_make_folders(folder, 0700, error))
        return false;
    path = fresh_path(folder);
    fd = path ? put_in_place(journal->ops, path, header, text, len) : -1;
    if (fd < 0) {
        error_errno(error, ERROR_FILE, errno, "nothing can be kept in %s", folder);
        free(path);
        return false;
    }
    journal->path = path;
    journal->lock = fd;
    return true;
}

/* The first time it is looked for where; then it stays there. */
static bool begin(struct journal *journal, const struct bytes *header, const char *text, size_t len,
                  struct error *error)
{
    char *folders[JOURNAL_FOLDERS];
    size_t count = journal_folders(journal->application, folders);
    bool kept = false;

    for (size_t i = 0; i < count; i++) {
        kept = kept || keep_in(journal, folders[i], header, text, len, error);
        free(folders[i]);
    }
    return kept;
}

static bool renew(struct journal *journal, const struct bytes *header, const char *text, size_t len,
                  struct error *error)
{
    int fd = put_in_place(journal->ops, journal->path, header, text, len);

    if (fd < 0)
        return error_errno(error, ERROR_FILE, errno, "%s cannot be written", journal->path);
    journal->ops->close(journal->lock);
    journal->lock = fd;
    return true;
}

bool journal_keep(struct journal *journal, const struct journal_note *note, size_t *redacted,
                  struct error *error)
{
    struct bytes header;
    char *safe = NULL;
    size_t line = 0;
    bool kept;

    if (!application_may_write(journal->application, NULL))
        return true;
    if (application_finds_key(journal->application, note->text, note->len, &line)) {
        safe = xmemdup0(note->text, note->len);
        redact(application_redactor(journal->application), safe, note->len);
    } else {
        line = 0;
    }
    bytes_init(&header, HEADER_MAX);
    put_header(journal, note, line, &header);
    kept = (journal->path ? renew : begin)(journal, &header, safe ? safe : note->text, note->len,
                                           error);
    if (redacted)
        *redacted = line;
    bytes_release(&header);
    free(safe);
    return kept;
}
