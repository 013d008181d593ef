/* Another program has the terminal: an editor or a pager. What runs goes on, undrawn. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/redact.h"
#include "ui/console_state.h"

static void run_guest(const struct guest *guest, const struct redactor *redactor)
{
    redact_environment(redactor);
    if (guest->input >= 0)
        dup2(guest->input, STDIN_FILENO);
    if (guest->variable)
        setenv(guest->variable, guest->value, 1);
    signal(SIGPIPE, SIG_DFL); /* what is ignored stays so over an exec */
    signal(SIGXFSZ, SIG_DFL);
    close_range(3, ~0U, 0);
    execl("/bin/sh", "sh", "-c", guest->command, "sh", guest->argument, (char *)NULL);
    _exit(GUEST_MISSING);
}

bool console_invite(struct console *console, const struct guest *guest)
{
    console_lend_terminal(console);
    console->guest_ended = guest->ended;
    console->guest_pid = fork();
    if (console->guest_pid == 0)
        run_guest(guest, application_redactor(console->application));
    if (console->guest_pid > 0)
        return true;
    console->guest_pid = 0;
    console_take_terminal(console);
    return false;
}

void console_guest_ended(struct console *console)
{
    int status;

    if (console->guest_pid == 0 ||
        waitpid(console->guest_pid, &status, WNOHANG) != console->guest_pid)
        return;
    console->guest_pid = 0;
    console_take_terminal(console);
    console->guest_ended(console, status);
}
