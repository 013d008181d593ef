#include "command/observe_command.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "base/redact.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char key[] = "sk-observed-by-cometdeck";

struct value {
    const char *name, *text;
};

/* A growing list of strings that ends with NULL. */
struct words {
    char **items;
    size_t count;
};

static void add_word(struct words *words, char *word)
{
    words->items = xrealloc(words->items, (words->count + 2) * sizeof(*words->items));
    words->items[words->count++] = word;
    words->items[words->count] = NULL;
}

static void release_words(struct words *words)
{
    for (size_t i = 0; i < words->count; i++)
        free(words->items[i]);
    free(words->items);
}

/* ---- its words ---- */

static char *fill_in(const char *word, const struct observe_place *place)
{
    const struct value values[] = {
        {"{base_url}", place->base_url},
        {"{key}", key},
        {"{model}", place->model},
        {"{scenario}", place->scenario},
    };
    struct bytes filled;

    bytes_init(&filled, SIZE_MAX);
    while (*word) {
        const struct value *found = NULL;

        for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
            if (strncmp(word, values[i].name, strlen(values[i].name)) == 0)
                found = &values[i];
        if (found)
            bytes_puts(&filled, found->text);
        else
            bytes_append_byte(&filled, *word);
        word += found ? strlen(found->name) : 1;
    }
    return bytes_take(&filled);
}

/* ---- its variables ---- */

static bool holds_key(const struct redactor *redactor, const char *variable)
{
    char *copy = redact_copy(redactor, variable);
    bool holds = strcmp(copy, variable) != 0;

    free(copy);
    return holds;
}

static void set_variables(struct words *variables, const struct observe_place *place)
{
    const struct value values[] = {
        {"OPENAI_BASE_URL", place->base_url},
        {"OPENAI_API_BASE", place->base_url},
        {"OPENAI_API_KEY", key},
        {"COMETAPI_BASE_URL", place->root},
        {"COMETAPI_API_KEY", key},
        {"COMETAPI_KEY", key},
        {"COMETAPI_MODEL", place->model},
        {"COMETDECK_BASE_URL", place->base_url},
        {"COMETDECK_MODEL", place->model},
        {"COMETDECK_SCENARIO", place->scenario},
        /* A proxy would stand between the two. */
        {"NO_PROXY", "127.0.0.1,::1,localhost"},
        {"no_proxy", "127.0.0.1,::1,localhost"},
    };
    const size_t count = sizeof(values) / sizeof(*values);

    for (char **variable = environ; *variable; variable++) {
        size_t len = strcspn(*variable, "=");
        bool ours = false;

        for (size_t i = 0; i < count; i++)
            ours |= strlen(values[i].name) == len && strncmp(*variable, values[i].name, len) == 0;
        if (!ours && !holds_key(place->redactor, *variable))
            add_word(variables, xstrdup(*variable));
    }
    for (size_t i = 0; i < count; i++)
        add_word(variables, xasprintf("%s=%s", values[i].name, values[i].text));
}

/* ---- starting ---- */

static int spawn(pid_t *child, char *const *words, char *const *variables, int output)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, defaults;
    int number;

    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    sigaddset(&defaults, SIGXFSZ);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (output < 0)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    else
        posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
    posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    /* Without our terminal: what it writes there would stand across the console. */
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    number = posix_spawnp(child, words[0], &actions, &attributes, words, variables);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return number;
}

pid_t observe_command_start(const char *const *words, size_t count,
                            const struct observe_place *place, int output, struct error *error)
{
    struct words own = {.items = NULL}, variables = {.items = NULL};
    pid_t child = -1;
    int number;

    own.items = xcalloc(count + 1, sizeof(*own.items));
    for (size_t i = 0; i < count; i++)
        own.items[own.count++] = fill_in(words[i], place);
    set_variables(&variables, place);
    number = spawn(&child, own.items, variables.items, output);
    if (number != 0) {
        error_errno(error, ERROR_USAGE, number, "the application %s cannot be run", words[0]);
        child = -1;
    }
    release_words(&own);
    release_words(&variables);
    return child;
}
