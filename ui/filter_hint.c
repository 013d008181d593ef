#include "ui/filter_hint.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "evidence/history_filter.h"

void filter_typing_begin(struct filter_typing *typing, const char *line)
{
    filter_typing_end(typing);
    typing->line = xstrdup(line);
}

void filter_typing_end(struct filter_typing *typing)
{
    free(typing->line);
    free(typing->trouble);
    *typing = (struct filter_typing){.line = NULL};
}

/* ---- the word that is typed ---- */

struct word {
    const char *text;  /* without the "-" */
    size_t name_len;   /* of a field's name, when `value` is there */
    const char *value; /* behind the colon, and the last comma; NULL: a name, or free text */
};

static struct word last_word(const char *line)
{
    const char *blank = strrchr(line, ' '), *comma;
    struct word word = {.text = blank ? blank + 1 : line};
    const char *colon;

    word.text += *word.text == '-';
    colon = strchr(word.text, ':');
    if (!colon)
        return word;
    word.name_len = (size_t)(colon - word.text);
    comma = strrchr(colon, ',');
    word.value = (comma ? comma : colon) + 1;
    return word;
}

/* The field whose whole name stands before the colon; HISTORY_TEXT: none. */
static size_t field_of(const struct word *word, const char **meaning)
{
    const char *name;
    size_t i = 0;

    while (history_filter_field(i, &name, meaning) &&
           (strlen(name) != word->name_len || strncmp(name, word->text, word->name_len) != 0))
        i++;
    return i;
}

/* ---- drawing ---- */

static void draw_trouble(const struct filter_typing *typing, struct pen *pen)
{
    const char *line = typing->line;
    size_t end = typing->wrong_at + typing->wrong_len;

    draw_bytes(pen, STYLE_DIM, line, typing->wrong_at);
    draw_text(pen, STYLE_BAD, "[");
    draw_bytes(pen, STYLE_BAD, line + typing->wrong_at, typing->wrong_len);
    draw_text(pen, STYLE_BAD, "]");
    draw_bytes(pen, STYLE_DIM, line + end, strlen(line) - end);
    draw_text(pen, STYLE_PLAIN, "  ");
    draw_cut(pen, STYLE_WARNING, typing->trouble, strlen(typing->trouble));
}

static void draw_names(struct pen *pen, const char *begin)
{
    const char *name, *meaning;

    for (size_t i = 0; history_filter_field(i, &name, &meaning); i++) {
        if (strncmp(name, begin, strlen(begin)) != 0)
            continue;
        draw_format(pen, STYLE_KEY, "%s:", name);
        if (*begin)
            draw_format(pen, STYLE_DIM, " %s", meaning);
        draw_text(pen, STYLE_PLAIN, " ");
    }
    draw_text(pen, STYLE_DIM,
              *begin ? "or words to look for" : "-not  or words of id, model, note");
}

static void draw_values(struct pen *pen, const struct word *word)
{
    const char *meaning, *value;
    size_t field = field_of(word, &meaning);

    draw_format(pen, STYLE_KEY, "%.*s:", (int)word->name_len, word->text);
    if (!history_filter_word(field, 0))
        draw_format(pen, STYLE_DIM, " %s", meaning);
    for (size_t i = 0; (value = history_filter_word(field, i)); i++)
        if (strncmp(value, word->value, strlen(word->value)) == 0)
            draw_format(pen, STYLE_PLAIN, " %s", value);
}

void filter_hint_draw(const struct filter_typing *typing, const struct surface *surface, int row)
{
    const struct word word = last_word(typing->line);
    struct pen pen;

    draw_begin(&pen, surface, row, false);
    draw_text(&pen, STYLE_PLAIN, " ");
    if (typing->trouble)
        draw_trouble(typing, &pen);
    else if (word.value)
        draw_values(&pen, &word);
    else
        draw_names(&pen, word.text);
    draw_end(&pen);
}

/* ---- completion ---- */

static void offer(const char *line, const char *from, const char *candidate, const char *behind,
                  void (*add)(void *into, const char *candidate), void *into)
{
    char *whole;

    if (strncmp(candidate, from, strlen(from)) != 0)
        return;
    whole = xasprintf("%.*s%s%s", (int)(from - line), line, candidate, behind);
    add(into, whole);
    free(whole);
}

void filter_hint_complete(const char *line, void (*add)(void *into, const char *candidate),
                          void *into)
{
    const struct word word = last_word(line);
    const char *name, *meaning;
    size_t field;

    if (!word.value) {
        for (size_t i = 0; history_filter_field(i, &name, &meaning); i++)
            offer(line, word.text, name, ":", add, into);
        return;
    }
    field = field_of(&word, &meaning);
    for (size_t i = 0; (name = history_filter_word(field, i)); i++)
        offer(line, word.value, name, "", add, into);
}
