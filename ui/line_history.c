#include "ui/line_history.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

static const char file_name[] = "commands";

/* Twice the lines, each as long as can be: a larger file is not ours. */
enum {
    FILE_MAX = 2 * LINE_HISTORY_KEPT * (LINE_HISTORY_BYTES + 1),
    LINES_MOST = 2 * LINE_HISTORY_KEPT,
    OPEN_TURNS = 4
};

/* Prompts and notes are nobody's business but the draft's and the exchange's. */
static bool is_free_text(const char *line)
{
    struct request_call call;

    return request_parse(line, &call, NULL) && call.argument &&
           strstr(request_info(call.request)->arguments, "TEXT");
}

bool line_history_keeps(const struct application *application, const char *line)
{
    size_t len = strlen(line), at;

    return len > 0 && len <= LINE_HISTORY_BYTES && *line != ' ' && !strchr(line, '\n') &&
           utf8_valid(line, len, NULL) && !is_free_text(line) &&
           !application_finds_key(application, line, len, &at);
}

/* Each line in place; the answer is their number. A last one without its end was cut: left out. */
static size_t each_line(struct bytes *text, size_t skip, void (*add)(void *into, const char *line),
                        void *into)
{
    size_t count = 0;

    for (char *line = text->data, *end; line && (end = strchr(line, '\n')); line = end + 1) {
        if (add && count >= skip) {
            *end = '\0';
            add(into, line);
        }
        count++;
    }
    return count;
}

void line_history_load(const char *folder, void (*add)(void *into, const char *line), void *into)
{
    char *path = file_join(folder, file_name);
    struct bytes text;

    if (file_read(path, FILE_MAX, &text, NULL, NULL)) {
        size_t count = each_line(&text, 0, NULL, NULL);

        each_line(&text, count > LINE_HISTORY_KEPT ? count - LINE_HISTORY_KEPT : 0, add, into);
    }
    bytes_release(&text);
    free(path);
}

static void keep_line(void *into, const char *line)
{
    bytes_printf(into, "%s\n", line);
}

/*
 * The newest lines to another file that takes the name. Whoever opened the old one meanwhile sees
 * that it lost its name, and opens again.
 */
static bool cut(const char *folder, const char *path)
{
    char *other = xasprintf("%s.%ld", path, (long)getpid());
    struct bytes text;
    int file;
    bool done;

    bytes_init(&text, FILE_MAX);
    line_history_load(folder, keep_line, &text);
    file = open(other, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    done = file >= 0 && file_write_all(&file_ops_system, file, bytes_text(&text), text.len);
    if (file >= 0)
        done &= close(file) == 0;
    done = done && rename(other, path) == 0;
    if (file >= 0 && !done)
        unlink(other);
    bytes_release(&text);
    free(other);
    return done;
}

/*
 * The file, locked if nobody else has it now: a console that stands still with the lock must not
 * hold this one up. -1 when it cannot be had.
 */
static int open_file(const char *path, bool *locked)
{
    for (int turn = 0; turn < OPEN_TURNS; turn++) {
        int file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
        struct stat ours, named;

        if (file < 0)
            return -1;
        *locked = flock(file, LOCK_EX | LOCK_NB) == 0;
        if (fstat(file, &ours) == 0 && S_ISREG(ours.st_mode) && stat(path, &named) == 0 &&
            ours.st_ino == named.st_ino && ours.st_dev == named.st_dev)
            return file;
        close(file);
    }
    return -1;
}

bool line_history_add(const char *folder, const char *line)
{
    char *path = file_join(folder, file_name), *text = xasprintf("%s\n", line);
    struct bytes all;
    bool added = false, locked = false;
    int file = -1;

    if (file_make_folders(folder, 0700, NULL))
        file = open_file(path, &locked);
    if (file >= 0)
        added = file_write_all(&file_ops_system, file, text, strlen(text));
    if (added && locked && file_read(path, FILE_MAX, &all, NULL, NULL)) {
        if (each_line(&all, 0, NULL, NULL) > LINES_MOST)
            cut(folder, path);
        bytes_release(&all);
    }
    if (file >= 0)
        close(file);
    free(text);
    free(path);
    return added;
}
