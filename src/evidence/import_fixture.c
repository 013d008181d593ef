/* A fixture of ours as a recording: what it expects stays in it. */
#include "evidence/import_kinds.h"

#include "base/memory.h"
#include "evidence/fixture.h"

bool import_read_fixture(const char *name, const char *text, size_t len, struct import *import,
                         struct error *error)
{
    struct fixture *fixture = xcalloc(1, sizeof(*fixture));

    import->fixture = fixture;
    if (!fixture_parse(fixture, name, text, len, error))
        return false;
    import->result = fixture->result;
    fixture->result = (struct http_result){.curl = -1};
    bytes_release(&import->body);
    import->body = fixture->body;
    fixture->body = (struct bytes){.len = 0};
    import->head_told = import->result.status > 0;
    import->body_told = true;
    import_misses(import, "when each event came");
    import_misses(import, "the request");
    return true;
}
