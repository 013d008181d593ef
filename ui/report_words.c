#include "ui/report_words.h"

#include <string.h>

#include "base/memory.h"

static const struct {
    const char *name, *suffix;
    enum format format;
} formats[] = {
    {"text", "txt", FORMAT_TEXT},   {"markdown", "md", FORMAT_MARKDOWN},
    {"junit", "xml", FORMAT_JUNIT}, {"json", "json", FORMAT_JSON},
    {"tap", "tap", FORMAT_TAP},
};

char *report_words(const char *text, const char *name, enum format *format, struct error *error)
{
    size_t len = strcspn(text, " ");
    const char *path = text + len + strspn(text + len, " ");

    for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
        if (strlen(formats[i].name) != len || strncmp(formats[i].name, text, len) != 0)
            continue;
        *format = formats[i].format;
        return *path ? xstrdup(path) : xasprintf("%s.%s", name, formats[i].suffix);
    }
    error_set(error, ERROR_USAGE, "\"%.*s\" is no format; text, markdown, junit, json and tap are",
              (int)len, text);
    return NULL;
}
