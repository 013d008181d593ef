/* The mouse: a press points, a second one uses, the wheel scrolls. */
#include <string.h>

#include "base/clock.h"
#include "ui/console_state.h"

enum { DOUBLE_US = 400 * 1000, WHEEL_LINES = 3, BUTTON_LEFT = 0 };

/* The second of two presses on one place, of which a third is none. */
static bool is_second(struct console *console, const struct input_event *event)
{
    struct click *last = &console->click;
    int64_t now_us = clock_now_us(loop_clock(console->loop));
    bool second = last->at_us > 0 && now_us - last->at_us < DOUBLE_US && event->row == last->row &&
                  event->column == last->column;

    *last =
        (struct click){.at_us = second ? 0 : now_us, .row = event->row, .column = event->column};
    return second;
}

static void press(struct console *console, const struct input_event *event)
{
    bool second = is_second(console, event);
    struct request_call call;

    application_clear_message(console->application);
    if (!screen_point(console->screen, event->row, event->column, second, &call))
        return;
    if (screen_picker(console->screen) && call.request == REQUEST_ACTIVATE)
        prompt_key(console->prompt, "\r", 1);
    else
        console_request(console, &call);
}

static void turn(struct console *console, const struct input_event *event)
{
    const struct request_call call = {
        .request = event->action == MOUSE_WHEEL_UP ? REQUEST_SCROLL_UP : REQUEST_SCROLL_DOWN};

    for (int i = 0; i < WHEEL_LINES; i++)
        screen_scroll(console->screen, event->row, event->column, &call);
}

/*
 * While something is typed a press is none: what is open would be lost by it. In a list that is
 * filtered by what is typed it chooses a row.
 */
void console_mouse(struct console *console, const struct input_event *event)
{
    if (event->action == MOUSE_WHEEL_UP || event->action == MOUSE_WHEEL_DOWN)
        turn(console, event);
    else if (event->action == MOUSE_PRESS && event->button == BUTTON_LEFT &&
             (!prompt_is_open(console->prompt) || screen_picker(console->screen)))
        press(console, event);
}

bool console_set_mouse(struct console *console, const char *argument, struct error *error)
{
    if (argument && strcmp(argument, "on") != 0 && strcmp(argument, "off") != 0)
        return error_set(error, ERROR_USAGE, "the mouse is on or off, not \"%s\"", argument);
    console->mouse = argument ? strcmp(argument, "on") == 0 : !console->mouse;
    term_set_mouse(console->term, console->mouse);
    application_say(console->application, MESSAGE_DONE,
                    console->mouse ? "The mouse points and scrolls here; :mouse off selects text"
                                   : "The mouse is the terminal's; :mouse on points and scrolls");
    return true;
}
