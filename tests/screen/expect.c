/* Screens compared with what is expected of them. */
#include "tests/screen/terminal.h"
#include "tests/unit/unit.h"

#include <ctype.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"

enum {
    SCREEN_MAX = 16 * 1024 * 1024,
    QUIET_US = 5 * 1000 * 1000, /* a screen that still differs after that will not change */
    SETTLED_US = 300 * 1000,    /* one that is to be written anew stood still that long */
};

/* What differs from run to run, and how it is written instead. */
static const struct {
    const char *pattern;
    const char *mask;
} masks[] = {
    {"ev-[0-9]{8}T[0-9]{6}\\.[0-9]{3}Z-[0-9a-f]+", "EVIDENCE"},
    {"ev-[0-9][0-9TZ.-]*…", "EVIDENCE…"},
    {"obs-[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4}", "OBSERVATION"},
    {"obs-[0-9TZa-f-]*…", "OBSERVATION…"},
    {"sha256 [0-9a-f]+", "sha256 DIGEST"},
    {"127\\.0\\.0\\.1:[0-9]+", "127.0.0.1:PORT"},
    {"[0-9]+\\.[0-9]+ m?s", "TIME"},
    {"[0-9]+ ms", "TIME"},
    {"x[0-9]+\\.[0-9]+", "RATIO"},
    {"just now|[0-9]+ (s|min) (ago|old)", "AGE"},
    {"[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}", "MOMENT"},
    {"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]*(Z|…)?)?", "DATE"},
    {"`[0-9]{4}-[0-9-]*…", "DATE"},
    {"`[0-9a-f]{4,}…", "DIGEST"},
    {"[0-9a-f]{10,}…", "DIGEST"},
    {"[0-9a-f]{64}", "DIGEST"},
    {"/tmp/cometdeck-[A-Za-z0-9/-]*", "FOLDER"},
};

static bool apply_mask(char **line, const char *pattern, const char *mask)
{
    bool masked = false;
    regmatch_t match;
    regex_t regex;
    size_t from = 0;

    assert_int_equal(regcomp(&regex, pattern, REG_EXTENDED), 0);
    while (regexec(&regex, *line + from, 1, &match, 0) == 0) {
        size_t start = from + (size_t)match.rm_so, end = from + (size_t)match.rm_eo;
        char *changed = xasprintf("%.*s%s%s", (int)start, *line, mask, *line + end);

        free(*line);
        *line = changed;
        from = start + strlen(mask);
        masked = true;
    }
    regfree(&regex);
    return masked;
}

/* In a masked line widths shift: runs of blanks and of frame are cut to two. */
static void squeeze(char *line)
{
    char *to = line;

    for (const char *from = line; *from;) {
        size_t unit = strncmp(from, "─", 3) == 0 ? 3 : 1;
        size_t run = 0;

        if (unit == 1 && *from != ' ') {
            *to++ = *from++;
            continue;
        }
        for (; strncmp(from, unit == 3 ? "─" : " ", unit) == 0; from += unit, run++) {
            if (run < 2) {
                memmove(to, from, unit);
                to += unit;
            }
        }
    }
    *to = '\0';
}

void screen_mask(const char *screen, struct bytes *out)
{
    while (*screen) {
        size_t len = strcspn(screen, "\n");
        char *line = xmemdup0(screen, len);
        bool masked = false;

        for (size_t i = 0; i < sizeof(masks) / sizeof(*masks); i++)
            masked |= apply_mask(&line, masks[i].pattern, masks[i].mask);
        if (masked)
            squeeze(line);
        bytes_printf(out, "%s\n", line);
        free(line);
        screen += len + (screen[len] == '\n');
    }
}

void screen_write(const char *path, const struct bytes *screen)
{
    struct error error;

    if (!file_replace(NULL, path, bytes_text(screen), screen->len, 0644, NULL, NULL, &error))
        fail_msg("%s", error.text);
}

static void take_screen(struct terminal *terminal, struct bytes *screen)
{
    struct bytes dump;

    bytes_init(&dump, SCREEN_MAX);
    terminal_dump(terminal, &dump);
    bytes_clear(screen);
    screen_mask(bytes_text(&dump), screen);
    bytes_release(&dump);
}

static void compare(struct terminal *terminal, const char *path, struct bytes *screen)
{
    struct bytes expected;
    struct error error;

    if (!file_read(path, SCREEN_MAX, &expected, NULL, &error))
        fail_msg("%s", error.text);
    take_screen(terminal, screen);
    while (strcmp(bytes_text(&expected), bytes_text(screen)) != 0) {
        if (!terminal_step(terminal, QUIET_US)) {
            fprintf(stderr, "expected %s:\n%s\nbut the screen shows:\n%s", path,
                    bytes_text(&expected), bytes_text(screen));
            fail_msg("the screen differs from %s; UPDATE=1 renews it", path);
        }
        take_screen(terminal, screen);
    }
    bytes_release(&expected);
}

void terminal_expect(struct terminal *terminal, const char *name)
{
    const char *top = getenv("abs_top_srcdir");
    char *path = xasprintf("%s/tests/screen/expect/%s.txt", top ? top : "..", name);
    struct bytes screen;

    bytes_init(&screen, SCREEN_MAX);
    if (getenv("UPDATE")) {
        while (terminal_step(terminal, SETTLED_US))
            continue;
        take_screen(terminal, &screen);
        screen_write(path, &screen);
    } else {
        compare(terminal, path, &screen);
    }
    bytes_release(&screen);
    free(path);
}
