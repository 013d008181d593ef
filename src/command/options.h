/*
 * The words of the command line, understood (options.def is the table).
 *
 * Options and arguments may be mixed; "--" ends the options. `--name value`, `--name=value`, `-x
 * value` and `-xvalue` are read; abbreviations are not. What is off is ERROR_USAGE with the nearest
 * right word as a suggestion.
 */
#ifndef COMMAND_OPTIONS_H
#define COMMAND_OPTIONS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct verb;

enum option_id {
#define OPTION(symbol, name, letter, argument, reach, help) OPTION_##symbol,
#include "command/options.def"
#undef OPTION
    OPTION_COUNT
};

struct option_spec {
    const char *name;
    char letter;          /* 0: none */
    const char *argument; /* NULL: a flag */
    bool common;          /* every verb takes it */
    const char *help;
};
const struct option_spec *option_spec(enum option_id id);

/* The option is one of `verb`. */
bool option_belongs(enum option_id id, const struct verb *verb);

enum format {
    FORMAT_TEXT,
    FORMAT_JSON,
    FORMAT_TAP,
    FORMAT_JUNIT,
    FORMAT_MARKDOWN,
    FORMAT_JSONL,
};
enum {
    FORMAT_COUNT = FORMAT_JSONL + 1,
    FORMATS_REPORT = 1 << FORMAT_TEXT | 1 << FORMAT_JSON, /* of every verb that reports */
    FORMATS_TESTS = FORMATS_REPORT | 1 << FORMAT_TAP | 1 << FORMAT_JUNIT | 1 << FORMAT_MARKDOWN,
    FORMATS_CHECK = FORMATS_TESTS | 1 << FORMAT_JSONL,
};

struct format_choice {
    enum format format;
    const char *file; /* NULL: standard output, also for NAME=- */
};

const char *format_name(enum format format); /* "markdown" */

enum { FORMATS_MAX = 8 };

/* Strings point into argv. */
struct options {
    const struct verb *verb;
    const char *group; /* --help of the verbs that begin with this word; NULL: of `verb` */
    const char *values[OPTION_COUNT];          /* the last given; "" for a flag; NULL: absent */
    struct format_choice formats[FORMATS_MAX]; /* at least one */
    size_t format_count;
    const char **arguments; /* what is no option, without the words of the verb */
    size_t argument_count;
    bool rest; /* "--" was among the words */
};

/* `options` is filled; release it in any case. */
bool options_parse(int argc, char **argv, struct options *options, struct error *error);
void options_release(struct options *options);

bool option_given(const struct options *options, enum option_id id);
const char *option_value(const struct options *options, enum option_id id); /* NULL: absent */

/* A whole number between `least` and `most`; `*out` stays when the option is absent. */
bool option_integer(const struct options *options, enum option_id id, int64_t least, int64_t most,
                    int64_t *out, struct error *error);

/* Seconds with an optional fraction, above 0 and at most a day, as microseconds. */
bool option_seconds(const struct options *options, enum option_id id, int64_t *out_us,
                    struct error *error);

/* The verb takes between `least` and `most` arguments. */
bool option_arguments(const struct options *options, size_t least, size_t most,
                      struct error *error);

#endif
