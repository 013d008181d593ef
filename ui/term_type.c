/* Apart from ui/term: <term.h> has a struct term of its own. */
#include "ui/term_type.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <unistd.h>

bool term_type_suffices(struct error *error)
{
    char name[] = "cup";
    const char *type = getenv("TERM"), *cup;
    int known;

    if (setupterm(NULL, STDOUT_FILENO, &known) == ERR)
        return error_set(error, ERROR_USAGE, "the terminal type \"%s\" is not known here; set TERM",
                         type ? type : "");
    cup = tigetstr(name);
    known = cup && cup != (char *)-1;
    del_curterm(cur_term);
    return known ||
           error_set(error, ERROR_USAGE,
                     "a terminal of type \"%s\" cannot place its cursor, which the console "
                     "needs; set TERM, or use the verbs (`cometdeck --help`)",
                     type ? type : "");
}

bool term_type_has_few_signs(void)
{
    static const char linux_console[] = "linux";
    const char *type = getenv("TERM");
    size_t len = sizeof(linux_console) - 1;

    return type && strncmp(type, linux_console, len) == 0 && (!type[len] || type[len] == '-');
}
