/* A fixture: refused with its place, or it can be compared with what was found. */
#include "tests/fuzz/scratch.h"

#include "base/bytes.h"
#include "evidence/fixture.h"
#include "judge/failure.h"
#include "judge/verdict.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct verdict verdict = {.kind = VERDICT_COMPLETE};
    const struct failure failure = {.class = "none", .action = "none"};
    struct error error = {.kind = ERROR_NONE};
    struct bytes differs, notes;
    struct fixture fixture;

    fixture_detect((const char *)data, size);
    if (!fixture_parse(&fixture, "fixture.json", (const char *)data, size, &error)) {
        require(error.kind == ERROR_FILE && strstr(error.text, "fixture.json"));
        return 0;
    }
    bytes_init(&differs, SIZE_MAX);
    bytes_init(&notes, SIZE_MAX);
    require(fixture_holds(&fixture, &verdict, &failure, &differs, &notes) == (differs.len == 0));
    bytes_release(&differs);
    bytes_release(&notes);
    fixture_release(&fixture);
    return 0;
}
