/* The prompt: the command line, and the questions that the model asks. */
#include "ui/complete.h"
#include "ui/console_state.h"
#include "ui/line_history.h"

static void complete_prompt(void *context, const char *line,
                            void (*add)(void *into, const char *candidate), void *into)
{
    const struct console *console = context;

    if (console->asking_command)
        complete_command(console->application, line, add, into);
    else
        complete_value(console->application, console->completion, line, add, into);
}

static void answer_command(void *context, const char *text)
{
    struct console *console = context;

    if (!text || !*text)
        return;
    if (console->line_folder && line_history_keeps(console->application, text))
        line_history_add(console->line_folder, text);
    console_command(console, text);
}

void console_ask_command(struct console *console, const char *initial)
{
    const struct prompt_question question = {
        .label = ":",
        .initial = initial,
        .remember = true,
        .complete = complete_prompt,
        .answered = answer_command,
        .context = console,
    };

    console->asking_command = true;
    prompt_open(console->prompt, &question);
}

static void answer_question(void *context, const char *text)
{
    struct console *console = context;
    struct question question = console->question;

    question.answered(question.context, text);
}

static void change_question(void *context, const char *text)
{
    struct console *console = context;

    if (console->question.changed)
        console->question.changed(console->question.context, text);
}

static void show(struct console *console)
{
    struct question question;
    struct prompt_question shown = {
        .complete = complete_prompt, .answered = answer_question, .context = console};

    if (!application_take_question(console->application, &question))
        return;
    prompt_give_up(console->prompt);
    console->question = question;
    console->asking_command = false;
    console->completion = question.completion;
    shown.label = question.label;
    shown.initial = question.initial;
    shown.replaced = question.replaced;
    shown.lines = question.lines;
    shown.cursor = question.cursor;
    shown.offered = question.offered;
    shown.keys = question.keys;
    shown.changed = question.incremental ? change_question : NULL;
    prompt_open(console->prompt, &shown);
}

void console_show_question(struct console *console, bool typed)
{
    if (typed || !prompt_is_open(console->prompt))
        show(console);
}
