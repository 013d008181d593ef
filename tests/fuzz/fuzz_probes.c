/* A file of probes and suites: refused with its place, or every probe and suite is whole. */
#include "tests/fuzz/scratch.h"

#include "probe/library.h"
#include "simulator/simulator.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct library *library)
{
    for (size_t i = 0; i < library_probe_count(library); i++) {
        const struct probe *probe = library_probe(library, i);

        require(probe_is_id(probe->id) && probe->title && probe->origin);
        require(library_find_probe(library, probe->id) != NULL);
        require(probe->expect.verdicts.count <= PROBE_WORDS_MAX);
        probe_looks_into_body(probe);
    }
    for (size_t i = 0; i < library_suite_count(library); i++) {
        const struct suite *suite = library_suite(library, i);

        require(suite->requests_max >= SUITE_BY_POLICY && suite->probes.count > 0);
        for (size_t k = 0; k < suite->probes.count; k++)
            require(library_find_probe(library, suite->probes.items[k]) != NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error error = {.kind = ERROR_NONE};
    struct library *library;

    if (!scratch_is_worth_it(data, size))
        return 0;
    library = library_open(scratch_put("probes/x.json", data, size), scenario_exists, &error);
    if (library)
        check(library);
    else
        require(error.kind == ERROR_FILE && strstr(error.text, "x.json"));
    library_free(library);
    return 0;
}
