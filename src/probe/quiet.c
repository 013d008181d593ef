#include "probe/quiet.h"

#include "base/clock.h"
#include "judge/retry.h"
#include "net/http.h"

/* How long a run stands still for a server that asks for it, where no policy has a deadline. */
enum { PATIENCE_MS = 60000 };

void quiet_heed(struct quiet *quiet, const struct clock *clock, const struct http_result *result)
{
    int64_t now_us = clock_now_us(clock), until_us;
    struct retry_hint hint;

    if (result->status == 0)
        return;
    if (result->status < 400) {
        quiet->wary = false;
        return;
    }
    retry_hint_read(&result->headers, clock_wall_ms(clock), &hint);
    quiet->wary = hint.kind == RETRY_HINT_WAIT;
    until_us = now_us + hint.wait_us;
    if (!quiet->wary || until_us <= quiet->until_us)
        return;
    quiet->total_us += until_us - (quiet->until_us > now_us ? quiet->until_us : now_us);
    quiet->until_us = until_us;
}

int64_t quiet_left_us(const struct quiet *quiet, const struct clock *clock)
{
    int64_t left_us = quiet->until_us - clock_now_us(clock);

    return left_us > 0 ? left_us : 0;
}

bool quiet_is_long(const struct quiet *quiet, const struct retry_policy *policy)
{
    int64_t patience_ms =
        policy ? retry_policy_number(policy, RETRY_DEADLINE_MS)->value : PATIENCE_MS;

    return quiet->total_us >= patience_ms * 1000;
}
