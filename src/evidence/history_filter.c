#include "evidence/history_filter.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "base/suggest.h"
#include "contract/date.h"
#include "contract/operation.h"
#include "judge/class_table.h"
#include "judge/verdict.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    VALUE_MAX = 1024,
    DATE_LENGTH = 10,
    MINUTE_MS = 60 * 1000,
    HOUR_MS = 60 * MINUTE_MS,
    DAY_MS = 24 * HOUR_MS,
};

/* ---- vocabularies: the word at an index, NULL behind the last; `*also` is its other name ---- */

static const char *verdict_word(const struct class_table *classes, size_t index, const char **also)
{
    (void)classes;
    if (index >= VERDICT_COUNT)
        return NULL;
    *also = verdict_headline((enum verdict_kind)index);
    return verdict_name((enum verdict_kind)index);
}

static const char *class_word(const struct class_table *classes, size_t index, const char **also)
{
    const struct class_row *row = class_table_row(classes, index);

    *also = NULL;
    return row ? row->name : NULL;
}

static const char *operation_word(const struct class_table *classes, size_t index,
                                  const char **also)
{
    (void)classes;
    *also = NULL;
    return index < OPERATION_COUNT ? operation_name((enum operation)index) : NULL;
}

/* ---- values ---- */

struct field;
struct parse {
    const struct field *field;
    struct history_term *term;
    const struct class_table *classes;
    int64_t now_ms;
    struct error *error;
};

struct field {
    const char *name, *meaning;
    bool (*value)(const struct parse *parse, const char *value);
    const char *(*word)(const struct class_table *classes, size_t index, const char **also);
};

/* How well a typed word of `len` bytes fits: 2 whole, 1 its beginning, 0 not. */
static int fit(const char *typed, size_t len, const char *word)
{
    if (!word || strncasecmp(word, typed, len) != 0)
        return 0;
    return word[len] ? 1 : 2;
}

static bool unknown_word(const struct parse *parse, const char *typed)
{
    struct suggestion near = {0};
    const char *word, *also;

    for (size_t i = 0; (word = parse->field->word(parse->classes, i, &also)); i++)
        suggest(&near, typed, word);
    return error_set(parse->error, ERROR_USAGE, "there is no %s called %s%s%s%s",
                     parse->field->name, typed, near.word ? "; did you mean " : "",
                     near.word ? near.word : "", near.word ? "?" : "");
}

/* Add to `list` all words that are as near to the typed one as any. */
static bool add_words(const struct parse *parse, const char *typed, size_t len, struct bytes *list)
{
    const char *word, *also;
    int best = 0;

    for (size_t i = 0; (word = parse->field->word(parse->classes, i, &also)); i++) {
        int good = fit(typed, len, word), other = fit(typed, len, also);

        good = good > other ? good : other;
        best = good > best ? good : best;
    }
    for (size_t i = 0; best && (word = parse->field->word(parse->classes, i, &also)); i++)
        if (fit(typed, len, word) == best || fit(typed, len, also) == best)
            bytes_printf(list, "%s,", word);
    return best > 0;
}

static bool word_value(const struct parse *parse, const char *value)
{
    struct bytes list;
    bool good = true;

    bytes_init(&list, SIZE_MAX);
    bytes_puts(&list, ",");
    while (good && *value) {
        size_t len = strcspn(value, ",");

        if (len && !add_words(parse, value, len, &list)) {
            char *typed = xmemdup0(value, len);

            good = unknown_word(parse, typed);
            free(typed);
        }
        value += len + (value[len] == ',');
    }
    if (good)
        parse->term->text = bytes_take(&list);
    bytes_release(&list);
    return good;
}

static bool text_value(const struct parse *parse, const char *value)
{
    parse->term->text = xstrdup(value);
    return true;
}

/* "429", "4" or "4xx". */
static bool status_value(const struct parse *parse, const char *value)
{
    size_t digits = strspn(value, "0123456789");

    if (digits > 3 || strspn(value + digits, "xX") != strlen(value + digits) || !digits)
        return error_set(parse->error, ERROR_USAGE, "status: takes a number such as 429 or 4xx");
    parse->term->text = xasprintf("%.*s%s", (int)digits, value, digits < 3 ? "*" : "");
    return true;
}

static bool flag_value(const struct parse *parse, const char *value)
{
    bool yes = fit(value, strlen(value), "yes") > 0;

    if (!yes && !fit(value, strlen(value), "no"))
        return error_set(parse->error, ERROR_USAGE, "%s: takes yes or no", parse->field->name);
    parse->term->number = yes;
    return true;
}

/* "30m", "2h", "3d", "1w": so long ago. */
static bool ago(const char *value, int64_t now_ms, int64_t *at_ms)
{
    static const struct {
        char unit;
        int64_t ms;
    } units[] = {{'m', MINUTE_MS}, {'h', HOUR_MS}, {'d', DAY_MS}, {'w', 7 * (int64_t)DAY_MS}};
    size_t digits = strspn(value, "0123456789");

    if (!digits || digits > 6 || strlen(value) != digits + 1)
        return false;
    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
        if (value[digits] == units[i].unit) {
            *at_ms = now_ms - strtoll(value, NULL, 10) * units[i].ms;
            return true;
        }
    return false;
}

/* "T10:30", "T10:30:59", with or without a Z; in ms since midnight. */
static bool time_of_day(const char *text, int64_t *ms)
{
    static const int limits[] = {24, 60, 60};
    static const int64_t units[] = {HOUR_MS, MINUTE_MS, 1000};
    size_t part = 0;

    *ms = 0;
    for (char before = 'T'; part < 3 && *text == before; part++, before = ':') {
        if (!isdigit((unsigned char)text[1]) || !isdigit((unsigned char)text[2]))
            return false;
        if ((text[1] - '0') * 10 + text[2] - '0' >= limits[part])
            return false;
        *ms += ((text[1] - '0') * 10 + text[2] - '0') * units[part];
        text += 3;
    }
    return part >= 2 && strcmp(text, *text == 'Z' ? "Z" : "") == 0;
}

/* A day that is an end counts whole. */
static bool time_value(const struct parse *parse, const char *value)
{
    bool end = parse->term->field == HISTORY_UNTIL;
    int64_t at_ms, rest_ms = 0;
    int days = (int)(parse->now_ms / DAY_MS);
    bool day = strcmp(value, "today") == 0;

    if (ago(value, parse->now_ms, &at_ms)) {
        parse->term->number = at_ms;
        return true;
    }
    if (!day && date_days(value, &days)) {
        day = strlen(value) == DATE_LENGTH;
        if (!day && !time_of_day(value + DATE_LENGTH, &rest_ms))
            value = NULL;
    } else if (!day) {
        value = NULL;
    }
    if (!value)
        return error_set(parse->error, ERROR_USAGE,
                         "%s: takes a day such as 2026-11-01, a time such as 2026-11-01T10:30 "
                         "(UTC), today, or how long ago: 30m, 2h, 3d, 1w",
                         parse->field->name);
    parse->term->number = (days + (int64_t)(day && end)) * DAY_MS + rest_ms;
    return true;
}

static const struct field fields[] = {
    [HISTORY_VERDICT] = {"verdict", "one of the eight verdicts, or a headline", word_value,
                         verdict_word},
    [HISTORY_CLASS] = {"class", "the failure class", word_value, class_word},
    [HISTORY_OPERATION] = {"operation", "chat, responses or models", word_value, operation_word},
    [HISTORY_MODEL] = {"model", "part of the model's name", text_value, NULL},
    [HISTORY_PROFILE] = {"profile", "part of the profile's name", text_value, NULL},
    [HISTORY_STATUS] = {"status", "the HTTP status, 429 or 4xx", status_value, NULL},
    [HISTORY_SINCE] = {"since", "from this day or time on, or 2h, 3d ago", time_value, NULL},
    [HISTORY_UNTIL] = {"until", "up to this day (whole) or time", time_value, NULL},
    [HISTORY_SIMULATED] = {"simulated", "yes or no", flag_value, NULL},
    [HISTORY_MARKED] = {"marked", "yes or no", flag_value, NULL},
    [HISTORY_NOTED] = {"noted", "yes or no", flag_value, NULL},
    [HISTORY_TEXT] = {NULL, "in id, model, request id or note", text_value, NULL},
};
_Static_assert(sizeof(fields) / sizeof(*fields) == HISTORY_FIELDS, "one row for each field");

bool history_filter_field(size_t index, const char **name, const char **meaning)
{
    if (index >= HISTORY_TEXT)
        return false;
    *name = fields[index].name;
    *meaning = fields[index].meaning;
    return true;
}

const char *history_filter_word(size_t field, size_t index)
{
    static const char *const flags[] = {"yes", "no"};
    const char *also;

    if (field >= HISTORY_TEXT)
        return NULL;
    if (fields[field].value == flag_value)
        return index < sizeof(flags) / sizeof(*flags) ? flags[index] : NULL;
    return fields[field].word ? fields[field].word(NULL, index, &also) : NULL;
}

/* ---- the line ---- */

static bool unknown_field(const char *name, struct error *error)
{
    struct suggestion near = {0};
    struct bytes all;

    bytes_init(&all, VALUE_MAX);
    for (size_t i = 0; i < HISTORY_TEXT; i++) {
        suggest(&near, name, fields[i].name);
        bytes_printf(&all, " %s", fields[i].name);
    }
    if (near.word)
        error_set(error, ERROR_USAGE, "nothing is called %s: here; did you mean %s:?", name,
                  near.word);
    else
        error_set(error, ERROR_USAGE,
                  "nothing is called %s: here; there are%s, and words with a colon go in quotes",
                  name, bytes_text(&all));
    bytes_release(&all);
    return false;
}

/* The next word of the line, without its quotes; `*colon` is the length of a field's name or 0. */
static const char *next_word(const char *line, bool *unless, size_t *colon, struct bytes *word)
{
    bool quoted = false;

    bytes_clear(word);
    *colon = 0;
    line += strspn(line, " \t");
    *unless = (*line == '-' || *line == '!') && line[1] && line[1] != ' ';
    if (*unless)
        line++;
    for (; *line && (quoted || (*line != ' ' && *line != '\t')); line++) {
        if (*line == '"') {
            quoted = !quoted;
            continue;
        }
        if (*line == ':' && !quoted && !*colon && word->len)
            *colon = word->len;
        bytes_append_byte(word, *line);
    }
    return line;
}

static bool find_field(const char *word, size_t colon, enum history_field *field,
                       struct error *error)
{
    char *name;
    size_t i;

    *field = HISTORY_TEXT;
    if (!colon)
        return true;
    name = xmemdup0(word, colon);
    for (i = 0; i < HISTORY_TEXT && strcasecmp(fields[i].name, name) != 0; i++)
        continue;
    *field = (enum history_field)i;
    if (i == HISTORY_TEXT)
        unknown_field(name, error);
    free(name);
    return i < HISTORY_TEXT;
}

/* `parse` tells what is the same for all terms of a line. */
static bool add_term(struct history_filter *filter, const char *word, size_t colon, bool unless,
                     struct parse parse)
{
    const char *value = colon ? word + colon + 1 : word;
    struct history_term *term = &filter->terms[filter->count];
    enum history_field field;

    if (!find_field(word, colon, &field, parse.error))
        return false;
    if (!*value)
        return true;
    if (filter->count == HISTORY_TERMS_MAX)
        return error_set(parse.error, ERROR_USAGE, "a filter has at most %d terms",
                         HISTORY_TERMS_MAX);
    *term = (struct history_term){.field = field, .unless = unless};
    parse.term = term;
    parse.field = &fields[field];
    if (!parse.field->value(&parse, value))
        return false;
    filter->count++;
    return true;
}

bool history_filter_parse(struct history_filter *filter, const char *line,
                          const struct class_table *classes, int64_t now_ms, struct error *error)
{
    const struct parse parse = {.classes = classes, .now_ms = now_ms, .error = error};
    const char *whole = line;
    struct bytes word;
    bool good = true, unless;
    size_t colon, at = 0, len = 0;

    *filter = (struct history_filter){0};
    bytes_init(&word, SIZE_MAX);
    while (good && *(line += strspn(line, " \t"))) {
        const char *begin = line;

        line = next_word(line, &unless, &colon, &word);
        good = add_term(filter, bytes_text(&word), colon, unless, parse);
        at = (size_t)(begin - whole);
        len = (size_t)(line - begin);
    }
    bytes_release(&word);
    if (good)
        return true;
    history_filter_release(filter);
    filter->wrong_at = at;
    filter->wrong_len = len;
    return false;
}

void history_filter_release(struct history_filter *filter)
{
    for (size_t i = 0; i < filter->count; i++)
        free(filter->terms[i].text);
    *filter = (struct history_filter){0};
}
