#include "ui/probe_shelf.h"

#include <stdlib.h>

#include "base/memory.h"
#include "judge/retry.h"
#include "probe/library.h"
#include "simulator/simulator.h"

struct probe_shelf {
    struct library *library;
    struct retry_policy *policy;
    int holders;
};

struct probe_shelf *probe_shelf_open(const char *folder, struct error *error)
{
    struct probe_shelf *shelf = xcalloc(1, sizeof(*shelf));

    shelf->holders = 1;
    shelf->library = library_open_usable(folder, scenario_exists, error);
    if (shelf->library)
        shelf->policy = retry_policy_open(folder, error);
    if (shelf->policy)
        return shelf;
    probe_shelf_drop(shelf);
    return NULL;
}

struct probe_shelf *probe_shelf_hold(struct probe_shelf *shelf)
{
    shelf->holders++;
    return shelf;
}

void probe_shelf_drop(struct probe_shelf *shelf)
{
    if (!shelf || --shelf->holders > 0)
        return;
    retry_policy_free(shelf->policy);
    library_free(shelf->library);
    free(shelf);
}

const struct library *probe_shelf_library(const struct probe_shelf *shelf)
{
    return shelf->library;
}

const struct retry_policy *probe_shelf_policy(const struct probe_shelf *shelf)
{
    return shelf->policy;
}
