#include "ui/demo.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "contract/workspace.h"
#include "simulator/simulator.h"
#include "ui/term.h"

enum { OPEN_FOLDERS = 16, PROFILE_MAX = 4096 };

static const char key_variable[] = "COMETDECK_DEMO_KEY";
static const char key[] = "sk-simulator-accepts-any-key";

/* What would lead the demonstration to another server than its own. */
static void forget_environment(void)
{
    static const char *const names[] = {"COMETAPI_API_KEY", "COMETAPI_KEY", "COMETAPI_BASE_URL",
                                        "COMETAPI_MODEL",   "http_proxy",   "https_proxy",
                                        "HTTPS_PROXY",      "all_proxy",    "ALL_PROXY"};

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        unsetenv(names[i]);
}

static struct json *demo_profile(uint16_t port)
{
    struct json *profile = json_new_object();
    char url[64];

    snprintf(url, sizeof(url), "http://127.0.0.1:%u", (unsigned)port);
    json_set_string(profile, "name", "demo");
    json_set_string(profile, "environment", "demo");
    json_set_string(profile, "base_url", url);
    json_set_string(profile, "base_alias", "simulator");
    json_set_string(profile, "key_source", "env:COMETDECK_DEMO_KEY");
    json_set_string(profile, "key_alias", "demo-key");
    json_set_string(profile, "model", "sim/ready");
    json_set_boolean(profile, "production", false);
    json_set_boolean(profile, "simulator", true);
    return profile;
}

static bool write_profile(const char *folder, uint16_t port, struct error *error)
{
    struct json *root = json_new_object();
    struct json *profiles = json_new_array();
    char *path = file_join(folder, "cometdeck.json");
    struct bytes text;
    bool written;

    json_append(profiles, demo_profile(port));
    json_set_integer(root, "version", 1);
    json_set_string(root, "default_profile", "demo");
    json_set_string(root, "bodies", "probes");
    json_set(root, "profiles", profiles);
    bytes_init(&text, PROFILE_MAX);
    json_write(root, true, &text);
    written = file_replace(NULL, path, bytes_text(&text), text.len, 0600, NULL, NULL, error);
    bytes_release(&text);
    json_free(root);
    free(path);
    return written;
}

static bool start_simulator(struct demo *demo, int pace_ms, uint16_t *port, struct error *error)
{
    const struct simulator_options options = {.pace_ms = pace_ms, .key = key, .quiet = true};
    int listener = simulator_listen(&options, port, error);

    if (listener < 0)
        return false;
    demo->simulator = simulator_fork(listener, &options, error);
    close(listener);
    return demo->simulator > 0;
}

static bool make_folder(struct demo *demo, struct error *error)
{
    const char *base = getenv("TMPDIR");
    char *folder = file_join(base && *base ? base : "/tmp", "cometdeck-demo-XXXXXX");

    term_hold_signals(true);
    if (!mkdtemp(folder)) {
        error_errno(error, ERROR_FILE, errno, "no temporary folder can be made as %s", folder);
        free(folder);
        return false;
    }
    demo->folder = folder;
    return true;
}

bool demo_begin(struct demo *demo, int pace_ms, struct error *error)
{
    uint16_t port;

    *demo = (struct demo){.simulator = -1};
    forget_environment();
    if (!start_simulator(demo, pace_ms, &port, error) || !make_folder(demo, error))
        return false;
    setenv(key_variable, key, 1);
    return workspace_init(demo->folder, NULL, error) && write_profile(demo->folder, port, error);
}

static int remove_entry(const char *path, const struct stat *about, int type, struct FTW *where)
{
    (void)about;
    (void)type;
    (void)where;
    return remove(path);
}

void demo_end(struct demo *demo)
{
    if (demo->simulator > 0)
        simulator_stop(demo->simulator);
    if (demo->folder)
        nftw(demo->folder, remove_entry, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
    free(demo->folder);
}
