#include "command/observe_command.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "base/redact.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
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

/* ---- its keeper ---- */

/*
 * A child of ours between us and the application. It leads session and group, ends as the
 * application ends, and when we are gone, by SIGKILL too, it ends the group: the application would
 * go on without anybody who saw it. Forked beside the threads of curl, so it calls nothing that may
 * wait for a lock.
 */
struct launch {
    char *const *words, *const *variables;
    posix_spawnattr_t attributes;
    int output; /* -1: nowhere */
    int told;   /* an errno is written there where it cannot be run */
    pid_t parent;
};

enum { KEEPER_TOLD = STDERR_FILENO + 1, CANNOT_RUN = 127 };

static void hold_only_its_own(struct launch *launch)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    dup2(launch->output < 0 ? null : launch->output, STDERR_FILENO);
    dup2(STDERR_FILENO, STDOUT_FILENO);
    dup2(null, STDIN_FILENO);
    if (launch->told != KEEPER_TOLD)
        dup3(launch->told, KEEPER_TOLD, O_CLOEXEC);
    launch->told = KEEPER_TOLD;
    close_range(KEEPER_TOLD + 1, ~0U, 0);
}

static _Noreturn void end_as(int status)
{
    sigset_t none;

    if (WIFEXITED(status))
        _exit(WEXITSTATUS(status));
    prctl(PR_SET_DUMPABLE, 0); /* one core is enough */
    signal(WTERMSIG(status), SIG_DFL);
    sigemptyset(&none);
    sigaddset(&none, WTERMSIG(status));
    sigprocmask(SIG_UNBLOCK, &none, NULL);
    kill(getpid(), WTERMSIG(status));
    _exit(CANNOT_RUN);
}

static _Noreturn void keep(struct launch *launch)
{
    sigset_t waited;
    pid_t application;
    int failed, status;

    setsid(); /* without our terminal: what it writes there would stand across the console */
    signal(SIGCHLD, SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGUSR1);
    if (getppid() != launch->parent)
        _exit(CANNOT_RUN);
    hold_only_its_own(launch);
    failed = posix_spawnp(&application, launch->words[0], NULL, &launch->attributes, launch->words,
                          launch->variables);
    if (failed) {
        while (write(launch->told, &failed, sizeof(failed)) < 0 && errno == EINTR)
            ;
        _exit(CANNOT_RUN);
    }
    close_range(STDIN_FILENO, KEEPER_TOLD, 0);
    sigemptyset(&waited);
    sigaddset(&waited, SIGCHLD);
    sigaddset(&waited, SIGUSR1);
    for (;;) {
        sigwaitinfo(&waited, NULL);
        if (getppid() != launch->parent)
            kill(0, SIGKILL);
        if (waitpid(application, &status, WNOHANG) == application)
            end_as(status);
    }
}

/* ---- starting ---- */

static void set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none, defaults;

    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    sigaddset(&defaults, SIGXFSZ);
    posix_spawnattr_init(attributes);
    posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigmask(attributes, &none);
    posix_spawnattr_setsigdefault(attributes, &defaults);
}

/* Answers an errno, 0 when the application runs. */
static int start(struct launch *launch, pid_t *child)
{
    sigset_t all, before;
    int ends[2], failed = 0;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return errno;
    launch->told = ends[1];
    launch->parent = getpid();
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before); /* the keeper never unblocks them */
    *child = fork();
    if (*child == 0)
        keep(launch);
    if (*child < 0)
        failed = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    close(ends[1]);
    while (!failed && read(ends[0], &failed, sizeof(failed)) < 0 && errno == EINTR)
        ;
    close(ends[0]);
    if (failed && *child > 0)
        waitpid(*child, NULL, 0);
    return failed;
}

pid_t observe_command_start(const char *const *words, size_t count,
                            const struct observe_place *place, int output, struct error *error)
{
    struct words own = {.items = NULL}, variables = {.items = NULL};
    struct launch launch = {.output = output};
    pid_t child = -1;
    int failed;

    own.items = xcalloc(count + 1, sizeof(*own.items));
    for (size_t i = 0; i < count; i++)
        own.items[own.count++] = fill_in(words[i], place);
    set_variables(&variables, place);
    launch.words = own.items;
    launch.variables = variables.items;
    set_attributes(&launch.attributes);
    failed = start(&launch, &child);
    if (failed) {
        error_errno(error, ERROR_USAGE, failed, "the application %s cannot be run", words[0]);
        child = -1;
    }
    posix_spawnattr_destroy(&launch.attributes);
    release_words(&own);
    release_words(&variables);
    return child;
}
