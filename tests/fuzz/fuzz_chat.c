#include "tests/fuzz/judge_property.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    judge_property(OPERATION_CHAT, data, size);
    return 0;
}
