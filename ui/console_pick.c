/* Help, the palette and what a command takes: lists that are filtered at the prompt. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ui/console_state.h"
#include "ui/help.h"

static bool wants_more(const char *line)
{
    return *line && line[strlen(line) - 1] == ' ';
}

/* What it takes, to choose from; false when nothing is known. */
static bool show_arguments(struct console *console, const char *line)
{
    struct picker *picker = picker_new(&argument_kind);
    char *name = xmemdup0(line, strlen(line) - 1);

    argument_fill(picker, console->application, request_find(name));
    free(name);
    if (picker_count(picker) == 0) {
        picker_free(picker);
        return false;
    }
    console_show_picker(console, picker);
    return true;
}

static void run(struct console *console, const struct picker_kind *kind, const char *line)
{
    if (!wants_more(line))
        console_command(console, line);
    else if (kind != &palette_kind || !show_arguments(console, line))
        console_ask_command(console, line);
}

/* A whole command typed into the palette is run as it stands when no row is meant. */
static void answer_pick(void *context, const char *text)
{
    struct console *console = context;
    struct picker *picker = screen_picker(console->screen);
    const struct picker_kind *kind = picker ? picker_kind(picker) : NULL;
    const char *chosen = picker && text ? picker_line(picker) : NULL;
    char *line = xstrdup(chosen);

    console->picking = false;
    screen_drop_picker(console->screen);
    if (line)
        run(console, kind, line);
    else if (text && *text && kind == &palette_kind)
        console_command(console, text);
    else if (text && kind)
        application_say(console->application, MESSAGE_NOTE, "Nothing matches \"%s\"", text);
    free(line);
}

static void change_pick(void *context, const char *text)
{
    struct console *console = context;

    if (screen_picker(console->screen))
        picker_filter(screen_picker(console->screen), text);
}

void console_show_picker(struct console *console, struct picker *picker)
{
    const struct prompt_question question = {
        .label = picker_kind(picker)->label,
        .answered = answer_pick,
        .changed = change_pick,
        .context = console,
    };

    prompt_give_up(console->prompt);
    screen_show_picker(console->screen, picker);
    console->picking = true;
    prompt_open(console->prompt, &question);
}

void console_show_help(struct console *console)
{
    struct picker *picker = picker_new(&help_kind);

    help_fill(picker, console->keymap, screen_focused(console->screen),
              screen_hints(console->screen));
    console_show_picker(console, picker);
}

void console_show_palette(struct console *console)
{
    struct picker *picker = picker_new(&palette_kind);

    palette_fill(picker, console->keymap, screen_focused(console->screen));
    console_show_picker(console, picker);
}

/* To the `:` line with the command of the row, to be changed there. */
static void take_over(struct console *console)
{
    const char *chosen = picker_line(screen_picker(console->screen));
    char *line = xstrdup(chosen ? chosen : "");

    screen_drop_picker(console->screen);
    console_ask_command(console, line); /* gives the open prompt up */
    free(line);
}

bool console_pick_key(struct console *console, struct key key)
{
    static const struct {
        struct key key;
        enum request request;
    } keys[] = {
        {{KEY_CODE_UP, 0}, REQUEST_UP},           {{KEY_CODE_DOWN, 0}, REQUEST_DOWN},
        {{'p', KEY_CONTROL}, REQUEST_UP},         {{'n', KEY_CONTROL}, REQUEST_DOWN},
        {{KEY_CODE_PAGE_UP, 0}, REQUEST_PAGE_UP}, {{KEY_CODE_PAGE_DOWN, 0}, REQUEST_PAGE_DOWN},
    };

    if (!console->picking || !screen_picker(console->screen))
        return false;
    if (key_equal(key, (struct key){KEY_CODE_TAB, 0})) {
        take_over(console);
        return true;
    }
    for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
        if (key_equal(keys[i].key, key))
            return picker_request(screen_picker(console->screen), keys[i].request);
    return false;
}

void console_pick_ended(struct console *console)
{
    if (console->picking && !screen_picker(console->screen))
        prompt_give_up(console->prompt);
}
