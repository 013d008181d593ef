#include "command/help.h"
#include "base/bytes.h"
#include "base/suggest.h"
#include "command/options.h"
#include "command/output.h"
#include "command/verb.h"
#include "net/transport.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { OPTION_COLUMN = 26, VERB_COLUMN = 13 };

static const struct {
    enum exit_status status;
    const char *meaning;
} statuses[] = {
    {EXIT_HOLDS, "it holds: the verdict is complete, the list was fetched"},
    {EXIT_FAILS, "it does not hold"},
    {EXIT_USAGE, "the words of the command line are off, or the workspace forbids it"},
    {EXIT_FILE, "the workspace or a file cannot be used, or something could not be kept"},
    {EXIT_UNCHECKED,
     "the check could not be made: no key, no status line, no bodies, cases left out"},
    {EXIT_INTERRUPTED, "interrupted: Ctrl-C, TERM or HUP"},
};

static const struct {
    const char *name, *meaning;
} variables[] = {
    {"COMETAPI_API_KEY", "the key (or COMETAPI_KEY), unless the profile names its source"},
    {"COMETAPI_BASE_URL", "base URL, instead of the profile's"},
    {"COMETAPI_MODEL", "model, instead of the profile's"},
};

/* "text, json or tap" */
static void put_formats(struct bytes *out, unsigned formats)
{
    bool first = true;

    for (unsigned i = 0; i < FORMAT_COUNT; i++) {
        if (!(formats & 1u << i))
            continue;
        bytes_printf(out, "%s%s",
                     first                ? ""
                     : formats >> (i + 1) ? ", "
                                          : " or ",
                     format_name((enum format)i));
        first = false;
    }
}

/* `verb` NULL: of any. */
static void option_line(struct bytes *out, const struct option_spec *spec, const struct verb *verb)
{
    char left[64];

    snprintf(left, sizeof(left), "%c%c%s--%s%s%s", spec->letter ? '-' : ' ',
             spec->letter ? spec->letter : ' ', spec->letter ? ", " : "  ", spec->name,
             spec->argument ? " " : "", spec->argument ? spec->argument : "");
    bytes_printf(out, "  %-*s ", OPTION_COLUMN, left);
    if (verb && spec == option_spec(OPTION_FORMAT)) {
        put_formats(out, verb->formats);
        bytes_puts(out, ", to standard output or FILE; repeatable\n");
    } else {
        bytes_printf(out, "%s\n", spec->help);
    }
}

static void option_lines(struct bytes *out, const struct verb *verb, bool common)
{
    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        const struct option_spec *spec = option_spec(id);

        if (spec->common == common && (common || option_belongs(id, verb)))
            option_line(out, spec, verb);
    }
}

void help_statuses(struct bytes *out)
{
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
        bytes_printf(out, "  %-4d %s\n", (int)statuses[i].status, statuses[i].meaning);
}

static void verb_line(struct bytes *out, const struct verb *verb)
{
    char left[64];

    snprintf(left, sizeof(left), "%s%s%s", verb->name,
             verb->name[0] && verb->arguments[0] ? " " : "", verb->arguments);
    bytes_printf(out, "  cometdeck %-*s %s\n", VERB_COLUMN, left, verb->summary);
}

bool help_group(struct bytes *out, const char *word)
{
    struct verb_group group = {.word = word};
    const struct verb *verb = verb_group_next(&group);

    if (!verb)
        return false;
    bytes_puts(out, "Usage:\n");
    for (; verb; verb = verb_group_next(&group))
        verb_line(out, verb);
    bytes_printf(out, "\n`cometdeck %s WORD --help` explains one of them.\n", word);
    return true;
}

void help_overview(struct bytes *out)
{
    bytes_puts(out, "cometdeck judges whether an answer of an OpenAI-compatible API is whole.\n\n"
                    "Usage:\n");
    for (size_t i = 0; i < verb_count(); i++)
        verb_line(out, verb_get(i));
    bytes_puts(out, "\n`cometdeck VERB --help` explains a verb. Options of every verb:\n");
    option_lines(out, NULL, true);
    bytes_puts(out, "\nEnvironment:\n");
    for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
        bytes_printf(out, "  %-*s %s\n", OPTION_COLUMN, variables[i].name, variables[i].meaning);
    bytes_puts(out, "\nExit status:\n");
    help_statuses(out);
}

void help_verb(struct bytes *out, const struct verb *verb)
{
    bytes_printf(out, "Usage: cometdeck %s%s%s%s%s\n\n%c%s.\n", verb->name,
                 verb->name[0] ? " " : "", "[OPTION…]", verb->arguments[0] ? " " : "",
                 verb->arguments, verb->summary[0] & ~0x20, verb->summary + 1);
    if (verb->details)
        bytes_printf(out, "\n%s\n", verb->details);
    if (verb->options[0]) {
        bytes_puts(out, "\nOptions:\n");
        option_lines(out, verb, false);
    }
    bytes_puts(out, "\nOptions of every verb:\n");
    option_lines(out, verb, true);
    bytes_puts(out, "\nExit status:\n");
    help_statuses(out);
}

void help_version(struct bytes *out)
{
    bytes_printf(out, "cometdeck %s\n%s\nbuilt with %s\n", PACKAGE_VERSION, transport_library(),
                 COMETDECK_LIBRARIES);
    bytes_puts(out,
               "License GPL-3.0-or-later: you may change and share it; there is no warranty.\n");
}

int verb_help(const struct options *options)
{
    struct suggestion near = {.word = NULL};
    const struct verb *verb = NULL;
    struct error error;
    struct bytes text;
    char name[64] = "";
    int status;

    if (!option_arguments(options, 0, 2, &error))
        return output_error(NULL, &error);
    for (size_t i = 0; i < options->argument_count; i++)
        snprintf(name + strlen(name), sizeof(name) - strlen(name), "%s%s", i > 0 ? " " : "",
                 options->arguments[i]);
    bytes_init(&text, SIZE_MAX);
    verb = name[0] ? verb_find(name) : NULL;
    for (size_t i = 0; name[0] && i < verb_count(); i++)
        suggest(&near, name, verb_get(i)->name);
    if (!name[0])
        help_overview(&text);
    else if (verb)
        help_verb(&text, verb);
    else if (!help_group(&text, name))
        error_set(&error, ERROR_USAGE,
                  near.word ? "there is no verb %s; did you mean %s?"
                            : "there is no verb %s; see cometdeck --help",
                  name, near.word);
    status = text.len ? output_text(&text) : output_error(NULL, &error);
    bytes_release(&text);
    return status;
}
