#include "ui/request.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/suggest.h"

static const struct request_info infos[REQUEST_COUNT] = {
    [REQUEST_NONE] = {"", "", COMPLETION_NONE, "", GROUP_CONSOLE, ""},
#define REQUEST(symbol, name, arguments, completion, owner, group, help) \
    [REQUEST_##symbol] = {name, arguments, COMPLETION_##completion, owner, GROUP_##group, help},
#include "ui/request.def"
#undef REQUEST
};

const struct request_info *request_info(enum request request)
{
    return &infos[request];
}

const char *request_group_name(enum request_group group)
{
    static const char *const names[GROUP_COUNT] = {
        [GROUP_MOVING] = "Moving",     [GROUP_PANES] = "Panes",     [GROUP_CATALOG] = "Catalog",
        [GROUP_COMPOSER] = "Composer", [GROUP_PROBES] = "Probes",   [GROUP_STREAM] = "Stream",
        [GROUP_LEDGER] = "Ledger",     [GROUP_HISTORY] = "History", [GROUP_CONSOLE] = "Console",
    };

    return names[group];
}

/* The request whose whole name begins the line as words, the longest one. */
static enum request find_by_words(const char *line)
{
    enum request found = REQUEST_NONE;
    size_t longest = 0;

    for (int i = REQUEST_NONE + 1; i < REQUEST_COUNT; i++) {
        size_t len = strlen(infos[i].name);

        if (len > longest && strncmp(line, infos[i].name, len) == 0 &&
            (line[len] == '\0' || line[len] == ' ')) {
            found = (enum request)i;
            longest = len;
        }
    }
    return found;
}

enum request request_find(const char *name)
{
    for (int i = REQUEST_NONE + 1; i < REQUEST_COUNT; i++)
        if (strcmp(infos[i].name, name) == 0)
            return (enum request)i;
    return REQUEST_NONE;
}

/* The only request whose name begins with `word`; NONE when there are none or several. */
static enum request find_by_beginning(const char *word, size_t len)
{
    enum request found = REQUEST_NONE;

    for (int i = REQUEST_NONE + 1; i < REQUEST_COUNT; i++) {
        if (strncmp(infos[i].name, word, len) != 0)
            continue;
        if (found != REQUEST_NONE)
            return REQUEST_NONE;
        found = (enum request)i;
    }
    return found;
}

/* A mistyped command may have an argument behind it: both the line and its word are compared. */
static bool unknown(const char *line, size_t len, struct error *error)
{
    struct suggestion suggestion = {.word = NULL};
    char *word = xmemdup0(line, len);

    for (int i = REQUEST_NONE + 1; i < REQUEST_COUNT; i++) {
        suggest(&suggestion, line, infos[i].name);
        suggest(&suggestion, word, infos[i].name);
    }
    if (suggestion.word)
        error_set(error, ERROR_USAGE, "unknown command \"%.64s\"; did you mean \"%s\"?", word,
                  suggestion.word);
    else
        error_set(error, ERROR_USAGE, "unknown command \"%.64s\"; help lists them all", word);
    free(word);
    return false;
}

bool request_parse(const char *line, struct request_call *call, struct error *error)
{
    const struct request_info *info;
    const char *rest;
    size_t word;

    line += strspn(line, " \t:");
    word = strcspn(line, " ");
    call->request = find_by_words(line);
    rest = line + strlen(infos[call->request].name);
    if (call->request == REQUEST_NONE && word > 0) {
        call->request = find_by_beginning(line, word);
        rest = line + word;
    }
    if (call->request == REQUEST_NONE)
        return unknown(line, word, error);
    info = &infos[call->request];
    rest += strspn(rest, " ");
    call->argument = *rest ? rest : NULL;
    if (!call->argument && info->arguments[0] && info->arguments[0] != '[')
        return error_set(error, ERROR_USAGE, "%s needs %s", info->name, info->arguments);
    if (call->argument && !info->arguments[0])
        return error_set(error, ERROR_USAGE, "%s takes no argument", info->name);
    return true;
}
