#include "judge/findings.h"

#include "base/bytes.h"
#include "base/memory.h"

#include <inttypes.h>
#include <stdlib.h>

enum { DETAIL_MAX = 2048 };

enum finding_group finding_group(enum reason_code code)
{
    if (reason_is_note(code))
        return GROUP_NOTE;
    if (code < REASON_CONNECT_FAILED)
        return GROUP_CANCELLED;
    if (code < REASON_COMPRESSED)
        return GROUP_ERRORED;
    if (code < REASON_FINISH_LIMITED)
        return GROUP_MALFORMED;
    if (code < REASON_STALLED_HEADERS)
        return GROUP_LIMITED;
    return code < REASON_CAPTURE_CUT ? GROUP_STALLED : GROUP_UNPROVEN;
}

void findings_release(struct findings *findings)
{
    for (size_t i = 0; i < REASON_COUNT; i++)
        free(findings->items[i].detail);
    *findings = (struct findings){0};
}

bool findings_again(struct findings *findings, enum reason_code code)
{
    if (!findings->items[code].detail)
        return false;
    findings->items[code].again++;
    return true;
}

void findings_add(struct findings *findings, enum reason_code code, uint64_t event, uint64_t offset,
                  const char *format, ...)
{
    struct finding *finding = &findings->items[code];
    struct bytes detail;
    va_list args;

    if (findings_again(findings, code))
        return;
    bytes_init(&detail, DETAIL_MAX);
    va_start(args, format);
    bytes_vprintf(&detail, format, args);
    va_end(args);
    finding->detail = bytes_take(&detail);
    finding->event = event;
    finding->offset = offset;
}

void findings_merge(struct findings *findings, const struct findings *from)
{
    for (size_t i = 0; i < REASON_COUNT; i++) {
        if (findings->items[i].detail || !from->items[i].detail)
            continue;
        findings->items[i] = from->items[i];
        findings->items[i].detail = xstrdup(from->items[i].detail);
    }
}

bool findings_has(const struct findings *findings, enum reason_code code)
{
    return findings->items[code].detail;
}

bool findings_has_group(const struct findings *findings, enum finding_group group)
{
    for (size_t i = 0; i < REASON_COUNT; i++) {
        if (findings->items[i].detail && finding_group((enum reason_code)i) == group)
            return true;
    }
    return false;
}

void findings_tell(const struct findings *findings, enum finding_group group,
                   struct verdict *verdict)
{
    for (size_t i = 0; i < REASON_COUNT; i++) {
        const struct finding *finding = &findings->items[i];

        if (!finding->detail || finding_group((enum reason_code)i) != group)
            continue;
        verdict->reasons =
            xreallocarray(verdict->reasons, verdict->count + 1, sizeof(*verdict->reasons));
        verdict->reasons[verdict->count++] = (struct reason){
            .code = (enum reason_code)i,
            .detail = finding->again
                          ? xasprintf("%s (and %" PRIu64 " more)", finding->detail, finding->again)
                          : xstrdup(finding->detail),
            .event = finding->event,
            .offset = finding->offset,
        };
    }
}
