/* How questions that are answered by yes or no are read: everywhere alike. */
#ifndef UI_CONFIRM_H
#define UI_CONFIRM_H

#include <stdbool.h>

/* "y" or "yes"; NULL, a question that was given up, is no answer. */
bool confirm_yes(const char *text);

#endif
