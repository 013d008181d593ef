#include "command/observe_names.h"

#include "base/memory.h"
#include "simulator/simulator.h"

#include <stdlib.h>
#include <string.h>

static const char *const usual[] = {
    "ready",
    "cut-mid-stream",
    "cut-clean-chunked",
    "no-done",
    "length",
    "error-in-stream",
    "stall",
    "silence",
    "cut-reset",
    "no-reply-reset",
    "json-cut-dispatched",
    "rate-limited",
    "rate-limited-seconds",
    "rate-limited-ms",
    "overloaded",
    "server-error",
    "edge-timeout",
    "messages-required",
    "messages-required-400",
    "model-required",
    "role-rejected",
    "type-rejected",
    "malformed-json",
    "model-not-found",
    "model-not-found-404",
    "key-rejected",
    "key-lacks-model",
    "quota-429",
    "too-large",
    "context-length",
    "wrong-path",
    "wrong-method",
    "redirected",
    "error-200",
    "html",
};

void observe_names_usual(struct observe_names *names)
{
    names->count = sizeof(usual) / sizeof(*usual);
    memcpy(names->items, usual, sizeof(usual));
}

static bool add(struct observe_names *names, const char *name, struct error *error)
{
    const struct scenario *scenario = scenario_find(name);

    if (!scenario)
        return error_set(error, ERROR_USAGE,
                         "there is no scenario %.64s; `cometdeck simulate --list` names them",
                         name);
    if (names->count == OBSERVE_NAMES_MAX)
        return error_set(error, ERROR_USAGE, "at most %d scenarios are taken", OBSERVE_NAMES_MAX);
    names->items[names->count++] = scenario->name;
    return true;
}

bool observe_names_read(struct observe_names *names, const char *text, struct error *error)
{
    char *copy = xstrdup(text), *rest = NULL;
    bool good = true;

    names->count = 0;
    for (char *name = strtok_r(copy, ",", &rest); name && good; name = strtok_r(NULL, ",", &rest))
        good = add(names, name, error);
    free(copy);
    return good && (names->count > 0 || error_set(error, ERROR_USAGE, "no scenario is named"));
}

char *observe_names_command(const char *command)
{
    static const char space[] = " \t\n", unread[] = "\"'\\$`()<>&|;#";
    const char *name, *slash;
    size_t len;

    for (;;) {
        command += strspn(command, space);
        len = strcspn(command, space);
        if (len == 0 || strcspn(command, unread) < len)
            return NULL;
        if (!memchr(command, '=', len))
            break;
        command += len;
    }
    slash = memrchr(command, '/', len);
    name = slash ? slash + 1 : command;
    return xmemdup0(name, len - (size_t)(name - command));
}
