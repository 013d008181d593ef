#include <stdio.h>

int main(void)
{
    fputs("cometdeck: nothing is built yet\n", stderr);
    return 2;
}
