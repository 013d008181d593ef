#include "ui/keymap.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ui/pane.h"

struct keymap {
    char *text; /* section names and arguments point into it */
    struct binding *bindings;
    size_t count;
};

static const char all[] = "all";

static bool is_section(const char *name)
{
    if (strcmp(name, all) == 0)
        return true;
    for (size_t i = 0; i < PANE_COUNT; i++)
        if (strcmp(pane_ops(i)->name, name) == 0)
            return true;
    return false;
}

/* "[catalog]" → "catalog" in place. */
static bool read_section(char *line, char **section, const char *name, size_t number,
                         struct error *error)
{
    char *end = strchr(line, ']');

    if (!end || end[1] != '\0')
        return error_at(error, ERROR_FILE, name, number, 0, "a section is written [NAME]");
    *end = '\0';
    *section = line + 1;
    if (!is_section(*section))
        return error_at(error, ERROR_FILE, name, number, 0, "there is no pane \"%s\"", *section);
    return true;
}

/* The last binding of a key counts; an earlier one is replaced. */
static void bind(struct keymap *keymap, const struct binding *binding)
{
    for (size_t i = 0; i < keymap->count; i++) {
        if (strcmp(keymap->bindings[i].section, binding->section) == 0 &&
            key_equal(keymap->bindings[i].key, binding->key)) {
            keymap->bindings[i] = *binding;
            return;
        }
    }
    keymap->bindings =
        xreallocarray(keymap->bindings, keymap->count + 1, sizeof(*keymap->bindings));
    keymap->bindings[keymap->count++] = *binding;
}

static bool read_binding(struct keymap *keymap, char *line, char *section, const char *name,
                         size_t number, struct error *error)
{
    struct binding binding = {.section = section};
    size_t len = strcspn(line, " \t");
    struct error cause;

    if (!section)
        return error_at(error, ERROR_FILE, name, number, 0, "a section [NAME] must come first");
    if (!key_parse(line, len, &binding.key))
        return error_at(error, ERROR_FILE, name, number, 1, "\"%.*s\" is no key", (int)len, line);
    line += len;
    line += strspn(line, " \t");
    if (!request_parse(line, &binding.call, &cause))
        return error_at(error, ERROR_FILE, name, number, 0, "%s", cause.text);
    bind(keymap, &binding);
    return true;
}

static bool read_lines(struct keymap *keymap, const char *name, struct error *error)
{
    char *section = NULL;
    char *line = keymap->text;

    for (size_t number = 1; line; number++) {
        char *next = strchr(line, '\n');
        size_t len;

        if (next)
            *next++ = '\0';
        len = strlen(line);
        while (len > 0 && strchr(" \t\r", line[len - 1]))
            line[--len] = '\0';
        if (line[0] == '[' && len > 1 && line[1] != ' ' && line[1] != '\t') {
            if (!read_section(line, &section, name, number, error))
                return false;
        } else if (len > 0 && line[0] != '#') {
            if (!read_binding(keymap, line, section, name, number, error))
                return false;
        }
        line = next;
    }
    return true;
}

struct keymap *keymap_parse(const char *name, const char *text, size_t len, struct error *error)
{
    struct keymap *keymap;

    if (memchr(text, '\0', len)) {
        error_at(error, ERROR_FILE, name, 0, 0, "a keymap holds no NUL byte");
        return NULL;
    }
    keymap = xcalloc(1, sizeof(*keymap));
    keymap->text = xmemdup0(text, len);
    if (read_lines(keymap, name, error))
        return keymap;
    keymap_free(keymap);
    return NULL;
}

struct keymap *keymap_default(void)
{
    return keymap_parse(keymap_files[0].name, keymap_files[0].data, keymap_files[0].len, NULL);
}

void keymap_free(struct keymap *keymap)
{
    if (!keymap)
        return;
    free(keymap->bindings);
    free(keymap->text);
    free(keymap);
}

static const struct binding *find_in(const struct keymap *keymap, const char *section,
                                     struct key key)
{
    for (size_t i = 0; i < keymap->count; i++)
        if (key_equal(keymap->bindings[i].key, key) &&
            strcmp(keymap->bindings[i].section, section) == 0)
            return &keymap->bindings[i];
    return NULL;
}

const struct binding *keymap_find(const struct keymap *keymap, const char *section, struct key key)
{
    const struct binding *found = find_in(keymap, section, key);

    return found ? found : find_in(keymap, all, key);
}

const struct binding *keymap_key_of(const struct keymap *keymap, const char *section,
                                    enum request request)
{
    const struct binding *fallback = NULL;

    for (size_t i = 0; i < keymap->count; i++) {
        const struct binding *binding = &keymap->bindings[i];

        if (binding->call.request != request)
            continue;
        if (strcmp(binding->section, section) == 0)
            return binding;
        if (!fallback && strcmp(binding->section, all) == 0 &&
            keymap_find(keymap, section, binding->key) == binding)
            fallback = binding;
    }
    return fallback;
}

size_t keymap_count(const struct keymap *keymap)
{
    return keymap->count;
}

const struct binding *keymap_get(const struct keymap *keymap, size_t index)
{
    return &keymap->bindings[index];
}
