/* findings.json: refused with its place, or each word on a case is whole and the last one holds. */
#include "tests/fuzz/scratch.h"

#include "probe/review.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error error = {.kind = ERROR_NONE};
    struct reviews *reviews = reviews_open(scratch_put("findings.json", data, size), &error);
    struct review last;

    if (!reviews) {
        require(error.kind == ERROR_FILE && strstr(error.text, "findings.json"));
        return 0;
    }
    for (size_t i = 0; i < reviews_count(reviews); i++) {
        const struct review *review = reviews_at(reviews, i);

        require(review->plan_case && review->reason && review->date);
        if (reviews_find(reviews, review->plan_case, review->subject, &last))
            require(!last.withdrawn && strcmp(last.plan_case, review->plan_case) == 0);
    }
    reviews_free(reviews);
    return 0;
}
