#include "ui/confirm.h"

#include <string.h>

bool confirm_yes(const char *text)
{
    return text && (strcmp(text, "y") == 0 || strcmp(text, "yes") == 0);
}
