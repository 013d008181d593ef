#include "evidence/retention.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/memory.h"
#include "contract/workspace.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { DATE_LENGTH = 10, WARNING_MAX = 256 };

struct retention_item {
    char id[EVIDENCE_ID];
    char *capture; /* full path, NULL: it has none in the local folder */
};

/* ---- planning ---- */

struct walk {
    struct retention_plan *plan;
    const struct workspace *workspace;
};

/* Where the row's capture lies if that is the local folder; the caller frees. NULL: elsewhere. */
static char *local_capture(const struct workspace *workspace, const struct history_row *row)
{
    if (!workspace->local || !row->capture || row->capture[0] == '/' ||
        strstr(row->capture, "..") != NULL)
        return NULL;
    return file_join(workspace->local, row->capture);
}

static bool is_promoted(const struct workspace *workspace, const char *capture)
{
    const char *slash = capture ? strrchr(capture, '/') : NULL;
    char *name, *path;
    bool promoted;

    if (!workspace->folder || !slash)
        return false;
    name = xasprintf("captures%s", slash);
    path = workspace_path(workspace, name);
    promoted = file_exists(path);
    free(name);
    free(path);
    return promoted;
}

static bool is_over(const struct retention_plan *plan, const struct history_row *row)
{
    const struct retention_limits *limits = &plan->limits;

    return (limits->rows && plan->place.looked > limits->rows) ||
           (limits->age_ms && plan->now_ms - row->wall_ms > limits->age_ms) ||
           (limits->capture_bytes && plan->seen_bytes > limits->capture_bytes);
}

static void add_item(struct retention_plan *plan, const struct history_row *row, char *capture,
                     uint64_t bytes)
{
    if (plan->rows == plan->size) {
        plan->size = plan->size ? plan->size * 2 : 64;
        plan->items = xreallocarray(plan->items, plan->size, sizeof(*plan->items));
    }
    plan->items[plan->rows].capture = capture;
    memcpy(plan->items[plan->rows].id, row->id, sizeof(row->id));
    if (!plan->rows++)
        plan->newest_ms = row->wall_ms;
    plan->oldest_ms = row->wall_ms;
    plan->captures += capture != NULL;
    plan->bytes += bytes;
}

static bool look_at(void *context, const struct history_row *row)
{
    struct walk *walk = context;
    char *capture = local_capture(walk->workspace, row);
    struct stat info;
    uint64_t bytes = 0;

    if (capture && stat(capture, &info) == 0)
        bytes = (uint64_t)info.st_size;
    walk->plan->seen_bytes += bytes;
    if (!is_over(walk->plan, row)) {
        free(capture);
    } else if (row->marked || row->note || is_promoted(walk->workspace, capture)) {
        walk->plan->kept++;
        free(capture);
    } else {
        if (!bytes) { /* it is gone already */
            free(capture);
            capture = NULL;
        }
        add_item(walk->plan, row, capture, bytes);
    }
    return true;
}

void retention_begin(struct retention_plan *plan, const struct retention_limits *limits,
                     int64_t now_ms)
{
    *plan = (struct retention_plan){.limits = *limits, .now_ms = now_ms};
}

bool retention_look(struct retention_plan *plan, struct history *history,
                    const struct workspace *workspace, const struct history_patience *patience,
                    struct error *error)
{
    struct walk walk = {.plan = plan, .workspace = workspace};
    bool good = history_look(history, NULL, &plan->place, HISTORY_OLDER, UINT64_MAX, patience,
                             look_at, &walk, error);

    plan->made = good && plan->place.ended;
    plan->left = plan->made ? plan->rows : 0;
    return good;
}

void retention_release(struct retention_plan *plan)
{
    for (size_t i = 0; i < plan->rows; i++)
        free(plan->items[i].capture);
    free(plan->items);
    *plan = (struct retention_plan){0};
}

static void add_size(struct bytes *out, uint64_t bytes)
{
    if (bytes < 10000)
        bytes_printf(out, "%" PRIu64 " bytes", bytes);
    else if (bytes < 10000000)
        bytes_printf(out, "%.1f kB", (double)bytes / 1e3);
    else
        bytes_printf(out, "%.1f MB", (double)bytes / 1e6);
}

char *retention_excess(const struct retention_plan *plan)
{
    char oldest[CLOCK_TEXT], newest[CLOCK_TEXT];
    struct bytes text;

    bytes_init(&text, WARNING_MAX);
    clock_format(plan->oldest_ms, oldest);
    clock_format(plan->newest_ms, newest);
    bytes_printf(&text, "%zu exchange%s of %.*s to %.*s and %zu capture%s (", plan->rows,
                 plan->rows == 1 ? "" : "s", DATE_LENGTH, oldest, DATE_LENGTH, newest,
                 plan->captures, plan->captures == 1 ? "" : "s");
    add_size(&text, plan->bytes);
    bytes_puts(&text, ")");
    return bytes_take(&text);
}

char *retention_describe(const struct retention_plan *plan)
{
    char *excess = retention_excess(plan);
    struct bytes text;

    bytes_init(&text, WARNING_MAX);
    if (plan->rows == 0)
        bytes_puts(&text, "Nothing goes");
    else
        bytes_printf(&text, "Remove %s", excess);
    free(excess);
    if (plan->kept)
        bytes_printf(&text, "; %zu that %s marked, noted or attached stay%s", plan->kept,
                     plan->kept == 1 ? "is" : "are", plan->kept == 1 ? "s" : "");
    return bytes_take(&text);
}

/* ---- doing ---- */

struct removal {
    const struct file_ops *ops;
    const char *capture;
};

static bool remove_capture(void *context, struct error *error)
{
    const struct removal *removal = context;

    if (!removal->capture || removal->ops->unlink(removal->capture) == 0 || errno == ENOENT)
        return true;
    return error_errno(error, ERROR_FILE, errno, "%s cannot be removed", removal->capture);
}

bool retention_step(struct retention_plan *plan, struct history *history,
                    const struct workspace *workspace, const struct file_ops *ops, size_t most,
                    struct error *error)
{
    struct removal removal = {.ops = ops ? ops : &file_ops_system};
    bool good = true;

    for (; good && plan->left > 0 && most > 0; most--) {
        const struct retention_item *item = &plan->items[plan->left - 1];

        bool removed = false;

        removal.capture = item->capture;
        if (!is_promoted(workspace, item->capture))
            good = history_remove(history, item->id, remove_capture, &removal, &removed, error);
        plan->left -= good;
        plan->removed += good && removed;
    }
    return good;
}

size_t retention_left(const struct retention_plan *plan)
{
    return plan->left;
}
