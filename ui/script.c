#include "ui/script.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/memory.h"
#include "ui/key.h"

enum { SCRIPT_MAX = 1 << 20 };

struct script {
    char *name;
    struct script_step *steps;
    size_t count;
    size_t next;
};

/* The words of "keys a b c" as the bytes of those keys. */
static bool read_keys(const char *words, struct bytes *out, struct error *error)
{
    while (*(words += strspn(words, " \t"))) {
        size_t len = strcspn(words, " \t");
        char bytes[KEY_NAME];
        struct key key;

        if (!key_parse(words, len, &key))
            return error_set(error, ERROR_FILE, "\"%.*s\" is no key", (int)len, words);
        bytes_append(out, bytes, key_bytes(key, bytes));
        words += len;
    }
    return true;
}

static void read_paste(const char *text, struct bytes *out)
{
    bytes_puts(out, "\033[200~");
    for (; *text; text++) {
        if (text[0] == '\\' && text[1] == 'n') {
            bytes_append_byte(out, '\n');
            text++;
        } else {
            bytes_append_byte(out, *text);
        }
    }
    bytes_puts(out, "\033[201~");
}

/* What stands behind `word` and a blank at the beginning of the line; NULL when it is not that. */
static const char *after(const char *line, const char *word)
{
    size_t len = strlen(word);

    return strncmp(line, word, len) == 0 && line[len] == ' ' ? line + len + 1 : NULL;
}

static bool read_step(const char *line, struct script_step *step, struct error *error)
{
    const char *rest;
    struct bytes text;

    bytes_init(&text, SCRIPT_MAX);
    if ((rest = after(line, "now"))) {
        step->now = true;
        line = rest;
    }
    step->action = SCRIPT_KEYS;
    if (line[0] == ':') {
        step->action = SCRIPT_COMMAND;
        bytes_puts(&text, line + 1);
    } else if ((rest = after(line, "keys"))) {
        if (!read_keys(rest, &text, error)) {
            bytes_release(&text);
            return false;
        }
    } else if ((rest = after(line, "type"))) {
        bytes_puts(&text, rest);
    } else if ((rest = after(line, "paste"))) {
        read_paste(rest, &text);
    } else if ((rest = after(line, "until"))) {
        step->action = SCRIPT_UNTIL;
        bytes_puts(&text, rest);
    } else {
        return error_set(error, ERROR_FILE,
                         "a step is :COMMAND, keys, type, paste or until, not \"%.40s\"", line);
    }
    step->len = text.len;
    step->text = bytes_take(&text);
    return true;
}

static bool add_line(struct script *script, const char *line, size_t number, struct error *error)
{
    struct script_step step = {.line = number};
    struct error cause;

    line += strspn(line, " \t");
    if (*line == '\0' || *line == '#')
        return true;
    if (!read_step(line, &step, &cause))
        return error_at(error, ERROR_FILE, script->name, number, 0, "%s", cause.text);
    script->steps = xreallocarray(script->steps, script->count + 1, sizeof(*script->steps));
    script->steps[script->count++] = step;
    return true;
}

struct script *script_parse(const char *name, const char *text, size_t len, struct error *error)
{
    struct script *script = xcalloc(1, sizeof(*script));
    char *copy = xmemdup0(text, len);
    char *line = copy;
    bool good = true;

    script->name = xstrdup(name);
    for (size_t number = 1; good && line; number++) {
        char *next = strchr(line, '\n');

        if (next)
            *next++ = '\0';
        good = add_line(script, line, number, error);
        line = next;
    }
    free(copy);
    if (good)
        return script;
    script_free(script);
    return NULL;
}

struct script *script_load(const char *path, struct error *error)
{
    struct script *script = NULL;
    struct bytes text;

    if (file_read(path, SCRIPT_MAX, &text, NULL, error))
        script = script_parse(path, bytes_text(&text), text.len, error);
    bytes_release(&text);
    return script;
}

void script_free(struct script *script)
{
    if (!script)
        return;
    for (size_t i = 0; i < script->count; i++)
        free(script->steps[i].text);
    free(script->steps);
    free(script->name);
    free(script);
}

const struct script_step *script_peek(const struct script *script)
{
    return script->next < script->count ? &script->steps[script->next] : NULL;
}

void script_advance(struct script *script)
{
    script->next++;
}

const char *script_name(const struct script *script)
{
    return script->name;
}
