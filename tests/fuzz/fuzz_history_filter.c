/* Any line is a filter or an error with a text; every term of a filter has a value. */
#include "evidence/history_filter.h"

#include "base/memory.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *line = xmemdup0(data, size);
    struct history_filter filter;
    struct error error = {0};

    if (history_filter_parse(&filter, line, NULL, 1795259843456, &error)) {
        if (filter.count > HISTORY_TERMS_MAX)
            abort();
        for (size_t i = 0; i < filter.count; i++)
            if (filter.terms[i].field >= HISTORY_SINCE && filter.terms[i].field < HISTORY_TEXT
                    ? filter.terms[i].text != NULL
                    : filter.terms[i].text == NULL)
                abort();
        history_filter_release(&filter);
    } else if (error.kind != ERROR_USAGE || !error.text[0]) {
        abort();
    }
    free(line);
    return 0;
}
