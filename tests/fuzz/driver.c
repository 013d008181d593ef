/* Replays files through a fuzz target, for builds without libFuzzer. */
#include "base/bytes.h"
#include "base/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct bytes input;
    char part[4096];
    size_t len;

    if (!file) {
        perror(path);
        return 1;
    }
    bytes_init(&input, (size_t)1 << 26);
    while ((len = fread(part, 1, sizeof(part), file)) > 0)
        bytes_append(&input, part, len);
    fclose(file);
    LLVMFuzzerTestOneInput((const uint8_t *)bytes_text(&input), input.len);
    bytes_release(&input);
    return 0;
}

int main(int argc, char **argv)
{
    int failed = 0;

    for (int i = 1; i < argc; i++)
        failed |= replay(argv[i]);
    return failed;
}
