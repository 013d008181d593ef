#include "command/verb.h"
#include "base/bytes.h"
#include "command/help.h"
#include "command/options.h"
#include "command/output.h"

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

static const struct verb verbs[] = {
#define VERB(function, word, words, extra, line, more, reports) \
    {.run = function,                                           \
     .name = word,                                              \
     .arguments = words,                                        \
     .options = extra,                                          \
     .summary = line,                                           \
     .details = more,                                           \
     .formats = reports},
#include "command/verbs.def"
#undef VERB
};

size_t verb_count(void)
{
    return sizeof(verbs) / sizeof(verbs[0]);
}

const struct verb *verb_get(size_t index)
{
    return &verbs[index];
}

const struct verb *verb_find(const char *name)
{
    for (size_t i = 0; i < verb_count(); i++) {
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    }
    return NULL;
}

const struct verb *verb_group_next(struct verb_group *group)
{
    size_t len = strlen(group->word);

    while (group->next < verb_count()) {
        const struct verb *verb = &verbs[group->next++];

        if (strncmp(verb->name, group->word, len) == 0 && verb->name[len] == ' ')
            return verb;
    }
    return NULL;
}

/* A closed standard descriptor would be taken by the next socket or database that is opened. */
static void hold_standard_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0)
            (void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    }
}

static int print(void (*write)(struct bytes *out))
{
    struct bytes text;
    int status;

    bytes_init(&text, SIZE_MAX);
    write(&text);
    status = output_text(&text);
    bytes_release(&text);
    return status;
}

static int print_help(const struct options *options)
{
    struct bytes text;
    int status;

    if (options->verb->name[0] == '\0' && !options->group)
        return print(help_overview);
    bytes_init(&text, SIZE_MAX);
    if (options->group)
        help_group(&text, options->group);
    else
        help_verb(&text, options->verb);
    status = output_text(&text);
    bytes_release(&text);
    return status;
}

static int run(const struct options *options, int (*console)(const struct options *options))
{
    if (option_given(options, OPTION_HELP))
        return print_help(options);
    if (option_given(options, OPTION_VERSION))
        return print(help_version);
    if (options->verb->run)
        return options->verb->run(options);
    if (console)
        return console(options);
    output_say(NULL, "cometdeck: this build has no console; see cometdeck --help");
    return EXIT_USAGE;
}

int verb_dispatch(int argc, char **argv, int (*console)(const struct options *options))
{
    struct options options;
    struct error error;
    int status;

    setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C"); /* numbers are read and written with a point everywhere */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file size limit is an error of the write, as a full disk is */
    hold_standard_descriptors();
    if (options_parse(argc, argv, &options, &error))
        status = run(&options, console);
    else
        status = output_error(NULL, &error);
    options_release(&options);
    return status;
}

int verb_main(int argc, char **argv)
{
    return verb_dispatch(argc, argv, NULL);
}
