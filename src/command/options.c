#include "command/options.h"
#include "base/bytes.h"
#include "base/memory.h"
#include "base/suggest.h"
#include "command/verb.h"

#include <stdlib.h>
#include <string.h>

enum { SOME, COMMON };
enum { GROUP_MAX = 1024 };

static const struct option_spec specs[OPTION_COUNT] = {
#define OPTION(symbol, name, letter, argument, reach, help) \
    [OPTION_##symbol] = {name, letter, argument, reach, help},
#include "command/options.def"
#undef OPTION
};

const struct option_spec *option_spec(enum option_id id)
{
    return &specs[id];
}

bool option_belongs(enum option_id id, const struct verb *verb)
{
    const char *name = specs[id].name;
    size_t len = strlen(name);

    if (specs[id].common)
        return true;
    for (const char *at = verb->options; (at = strstr(at, name)); at += len) {
        if ((at == verb->options || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
            return true;
    }
    return false;
}

bool option_given(const struct options *options, enum option_id id)
{
    return options->values[id] != NULL;
}

const char *option_value(const struct options *options, enum option_id id)
{
    return options->values[id];
}

/* The option that `len` bytes at `name` spell, OPTION_COUNT when none. */
static enum option_id find_long(const char *name, size_t len)
{
    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        if (strlen(specs[id].name) == len && strncmp(specs[id].name, name, len) == 0)
            return id;
    }
    return OPTION_COUNT;
}

static enum option_id find_letter(char letter)
{
    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        if (specs[id].letter == letter)
            return id;
    }
    return OPTION_COUNT;
}

/* The verb that the first `plain` arguments name, two words before one; else the console. */
static const struct verb *spoken_verb(const struct options *options, size_t plain, size_t *words)
{
    const struct verb *verb = NULL;

    *words = 0;
    if (plain >= 2) {
        char *both = xasprintf("%s %s", options->arguments[0], options->arguments[1]);

        verb = verb_find(both);
        free(both);
        if (verb)
            *words = 2;
    }
    if (!verb && plain >= 1 && options->arguments[0][0] != '\0') {
        verb = verb_find(options->arguments[0]);
        if (verb)
            *words = 1;
    }
    return verb ? verb : verb_find("");
}

static bool unknown_option(const struct options *options, const char *name, size_t len,
                           struct error *error)
{
    struct suggestion near = {.word = NULL};
    char *typed = xmemdup0(name, len);
    size_t words;
    const struct verb *verb = spoken_verb(options, options->argument_count, &words);

    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        if (option_belongs(id, verb))
            suggest(&near, typed, specs[id].name);
    }
    if (near.word)
        error_set(error, ERROR_USAGE, "there is no option --%s; did you mean --%s?", typed,
                  near.word);
    else
        error_set(error, ERROR_USAGE, "there is no option --%s; see cometdeck %s%s--help", typed,
                  verb->name, verb->name[0] ? " " : "");
    free(typed);
    return false;
}

static const char *const format_names[FORMAT_COUNT] = {
    [FORMAT_TEXT] = "text",   [FORMAT_JSON] = "json",         [FORMAT_TAP] = "tap",
    [FORMAT_JUNIT] = "junit", [FORMAT_MARKDOWN] = "markdown", [FORMAT_JSONL] = "jsonl",
};

const char *format_name(enum format format)
{
    return format_names[format];
}

/* Of all of them, or those of one verb. */
static bool unknown_format(unsigned formats, const char *value, struct error *error)
{
    struct bytes names;

    bytes_init(&names, 256);
    for (int i = 0; i < FORMAT_COUNT; i++)
        if (formats & 1u << i)
            bytes_printf(&names, "%s%s", i > 0 ? ", " : "", format_names[i]);
    error_set(error, ERROR_USAGE, "there is no format %s here; formats are %s", value,
              bytes_text(&names));
    bytes_release(&names);
    return false;
}

/* The verb is known only when all words were read. */
static bool check_formats(const struct options *options, struct error *error)
{
    for (size_t i = 0; i < options->format_count; i++)
        if (!(options->verb->formats & 1u << options->formats[i].format))
            return unknown_format(options->verb->formats, format_names[options->formats[i].format],
                                  error);
    return true;
}

static bool take_format(struct options *options, const char *value, struct error *error)
{
    const char *equals = strchr(value, '=');
    size_t len = equals ? (size_t)(equals - value) : strlen(value);
    bool standard = !equals || strcmp(equals, "=-") == 0; /* - as everywhere */
    struct format_choice choice = {.file = standard ? NULL : equals + 1};
    bool known = false;

    for (int i = 0; i < FORMAT_COUNT && !known; i++) {
        choice.format = (enum format)i;
        known = strlen(format_names[i]) == len && strncmp(format_names[i], value, len) == 0;
    }
    if (!known)
        return unknown_format(FORMATS_CHECK, value, error);
    if (choice.file && !choice.file[0])
        return error_set(error, ERROR_USAGE, "--format %s names no file behind the =", value);
    for (size_t i = 0; i < options->format_count; i++) {
        const struct format_choice *other = &options->formats[i];

        if (!choice.file && !other->file)
            return error_set(error, ERROR_USAGE,
                             "two formats for standard output; write one as --format NAME=FILE");
        if (choice.file && other->file && strcmp(choice.file, other->file) == 0)
            return error_set(error, ERROR_USAGE, "two formats for the file %s", choice.file);
    }
    if (options->format_count == FORMATS_MAX)
        return error_set(error, ERROR_USAGE, "more than %d times --format", (int)FORMATS_MAX);
    options->formats[options->format_count++] = choice;
    return true;
}

static bool take(struct options *options, enum option_id id, const char *value, struct error *error)
{
    options->values[id] = value;
    return id == OPTION_FORMAT ? take_format(options, value, error) : true;
}

/* `*at` is the index of the word; it moves on when the next word is the value. */
static bool take_word(struct options *options, int argc, char **argv, int *at, struct error *error)
{
    const char *word = argv[*at];
    bool is_long = word[1] == '-';
    const char *name = word + (is_long ? 2 : 1);
    size_t len = is_long ? strcspn(name, "=") : 1;
    enum option_id id = is_long ? find_long(name, len) : find_letter(*name);
    const char *rest = name[len] ? name + len + (is_long ? 1 : 0) : NULL;

    if (id == OPTION_COUNT && is_long)
        return unknown_option(options, name, len, error);
    if (id == OPTION_COUNT)
        return error_set(error, ERROR_USAGE, "there is no option -%.1s; see cometdeck --help",
                         (unsigned char)*name < 0x80 ? name : "?");
    if (!specs[id].argument && rest)
        return error_set(error, ERROR_USAGE, "--%s takes no value", specs[id].name);
    if (!specs[id].argument)
        return take(options, id, "", error);
    if (!rest && *at + 1 >= argc)
        return error_set(error, ERROR_USAGE, "--%s needs a value: --%s %s", specs[id].name,
                         specs[id].name, specs[id].argument);
    if (!rest)
        rest = argv[++*at];
    /* An empty variable of a script must not fall back to the default, which may be production. */
    if (!*rest && id != OPTION_PROMPT)
        return error_set(error, ERROR_USAGE, "--%s is empty; give it a value or leave it out",
                         specs[id].name);
    return take(options, id, rest, error);
}

/* "catalog" of "catalog fetch": the first word of verbs of two. */
static bool is_group(const char *word)
{
    struct verb_group group = {.word = word};

    return *word && verb_group_next(&group) != NULL;
}

/* A group without its second word, or with a wrong one; --help of it is fine. */
static bool check_group(struct options *options, const char *group, const char *second,
                        struct error *error)
{
    struct verb_group verbs = {.word = group};
    struct suggestion near = {.word = NULL};
    struct bytes names;
    const struct verb *verb;
    char *typed;

    if (option_given(options, OPTION_HELP) && !second) {
        options->group = group;
        return true;
    }
    bytes_init(&names, GROUP_MAX);
    typed = xasprintf("%s%s%s", group, second ? " " : "", second ? second : "");
    while ((verb = verb_group_next(&verbs))) {
        bytes_printf(&names, "%s%s", names.len ? ", " : "", verb->name);
        suggest(&near, typed, verb->name);
    }
    if (second && near.word)
        error_set(error, ERROR_USAGE, "there is no verb %s; did you mean %s?", typed, near.word);
    else if (second)
        error_set(error, ERROR_USAGE, "there is no verb %s; there are: %s", typed,
                  bytes_text(&names));
    else
        error_set(error, ERROR_USAGE, "%s needs one more word: %s", group, bytes_text(&names));
    bytes_release(&names);
    free(typed);
    return false;
}

/* A word that is neither verb nor folder is a slip of the hand, no workspace. */
static bool check_verb(struct options *options, const char *first, const char *second,
                       struct error *error)
{
    struct suggestion near = {.word = NULL};

    if (options->verb->name[0] != '\0' || !first || strchr(first, '/') || strcmp(first, ".") == 0 ||
        strcmp(first, "..") == 0)
        return true;
    if (is_group(first))
        return check_group(options, first, second, error);
    for (size_t i = 0; i < verb_count(); i++)
        suggest(&near, first, verb_get(i)->name);
    if (near.word)
        return error_set(error, ERROR_USAGE,
                         "there is no verb %s; did you mean %s? (a workspace is written ./%s)",
                         first, near.word, first);
    return true;
}

static bool check_options(const struct options *options, struct error *error)
{
    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        if (!options->values[id] || option_belongs(id, options->verb))
            continue;
        return error_set(error, ERROR_USAGE,
                         "--%s is no option of cometdeck %s; see cometdeck %s%s"
                         "--help",
                         specs[id].name, options->verb->name, options->verb->name,
                         options->verb->name[0] ? " " : "");
    }
    return true;
}

bool options_parse(int argc, char **argv, struct options *options, struct error *error)
{
    bool only_arguments = false;
    size_t words, plain = 0;

    *options = (struct options){.arguments = xcalloc((size_t)argc + 1, sizeof(char *))};
    options->verb = verb_find("");
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];

        if (!only_arguments && strcmp(word, "--") == 0) {
            options->rest = only_arguments = true;
            plain = options->argument_count;
        } else if (only_arguments || word[0] != '-' || word[1] == '\0') {
            options->arguments[options->argument_count++] = word;
        } else if (!take_word(options, argc, argv, &i, error)) {
            return false;
        }
    }
    if (!only_arguments)
        plain = options->argument_count;
    options->verb = spoken_verb(options, plain, &words);
    options->argument_count -= words;
    memmove(options->arguments, options->arguments + words,
            (options->argument_count + 1) * sizeof(char *));
    if (!check_verb(options, plain > 0 ? options->arguments[0] : NULL,
                    plain > 1 ? options->arguments[1] : NULL, error) ||
        !check_options(options, error) || !check_formats(options, error))
        return false;
    if (options->format_count == 0)
        options->formats[options->format_count++] = (struct format_choice){.format = FORMAT_TEXT};
    return true;
}

void options_release(struct options *options)
{
    free(options->arguments);
    options->arguments = NULL;
    options->argument_count = 0;
}

/* Digits alone; false beyond `most`. */
static bool digits(const char *text, size_t len, int64_t most, int64_t *out)
{
    int64_t value = 0;

    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (text[i] - '0');
        if (value > most)
            return false;
    }
    *out = value;
    return len > 0;
}

bool option_integer(const struct options *options, enum option_id id, int64_t least, int64_t most,
                    int64_t *out, struct error *error)
{
    const char *text = options->values[id];
    int64_t value;

    if (!text)
        return true;
    if (!digits(text, strlen(text), most, &value) || value < least)
        return error_set(error, ERROR_USAGE,
                         "--%s must be a whole number from %lld to %lld, not %s", specs[id].name,
                         (long long)least, (long long)most, text);
    *out = value;
    return true;
}

bool option_seconds(const struct options *options, enum option_id id, int64_t *out_us,
                    struct error *error)
{
    enum { DAY = 24 * 60 * 60, FRACTION = 6 };
    const char *text = options->values[id];
    size_t whole_len, fraction_len = 0;
    int64_t whole, fraction = 0;
    bool good;

    if (!text)
        return true;
    whole_len = strcspn(text, ".");
    good = digits(text, whole_len, DAY, &whole);
    if (good && text[whole_len] == '.') {
        fraction_len = strlen(text + whole_len + 1);
        good = fraction_len <= FRACTION &&
               digits(text + whole_len + 1, fraction_len, INT64_MAX / 16, &fraction);
    }
    for (size_t i = fraction_len; i < FRACTION; i++)
        fraction *= 10;
    if (!good || whole * 1000000 + fraction == 0 ||
        whole * 1000000 + fraction > DAY * INT64_C(1000000))
        return error_set(error, ERROR_USAGE,
                         "--%s must be seconds above 0 and up to a day, as 30 or 2.5, not %s",
                         specs[id].name, text);
    *out_us = whole * 1000000 + fraction;
    return true;
}

bool option_arguments(const struct options *options, size_t least, size_t most, struct error *error)
{
    const struct verb *verb = options->verb;
    const char *gap = verb->name[0] ? " " : "";

    if (options->argument_count < least)
        return error_set(error, ERROR_USAGE, "cometdeck %s needs %s", verb->name, verb->arguments);
    if (options->argument_count > most)
        return error_set(error, ERROR_USAGE, "cometdeck%s%s does not know what to do with %s", gap,
                         verb->name, options->arguments[most]);
    for (size_t i = 0; i < options->argument_count; i++)
        if (!options->arguments[i][0])
            return error_set(error, ERROR_USAGE,
                             "an argument is empty where cometdeck%s%s takes %s", gap, verb->name,
                             verb->arguments);
    return true;
}
