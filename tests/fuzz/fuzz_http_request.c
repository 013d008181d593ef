/*
 * The simulator's request reader: the first byte says how the rest is cut. Whatever comes, the
 * outcome is that of reading it in one piece, and what was read stays within its limits.
 */
#include "simulator/request.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BODY_MAX = 4096 };

static size_t feed_in_pieces(struct sim_request *request, const char *data, size_t len,
                             size_t piece)
{
    size_t at = 0;

    while (at < len && request->state == SIM_REQUEST_MORE) {
        size_t part = piece < len - at ? piece : len - at;

        at += sim_request_feed(request, data + at, part);
    }
    return at;
}

static void expect_same(const struct sim_request *one, const struct sim_request *other)
{
    if (one->state != other->state || one->status != other->status ||
        one->body.len != other->body.len || one->body.len > BODY_MAX ||
        memcmp(bytes_text(&one->body), bytes_text(&other->body), one->body.len) != 0 ||
        strcmp(sim_request_method(one), sim_request_method(other)) != 0 ||
        strcmp(sim_request_path(one), sim_request_path(other)) != 0 ||
        strcmp(sim_request_query(one), sim_request_query(other)) != 0)
        abort();
    if (one->state == SIM_REQUEST_WHOLE && sim_request_path(one)[0] != '/')
        abort();
    if (one->state == SIM_REQUEST_BAD && (one->status < 400 || !one->fault))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sim_request whole, cut;
    size_t used, used_cut;

    if (!size)
        return 0;
    sim_request_init(&whole, BODY_MAX);
    sim_request_init(&cut, BODY_MAX);
    used = sim_request_feed(&whole, (const char *)data + 1, size - 1);
    used_cut = feed_in_pieces(&cut, (const char *)data + 1, size - 1, 1 + data[0] % 64u);
    expect_same(&whole, &cut);
    if (whole.state == SIM_REQUEST_WHOLE && used != used_cut)
        abort();
    sim_request_release(&whole);
    sim_request_release(&cut);
    return 0;
}
