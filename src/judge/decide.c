#include "judge/decide.h"

#include "base/text.h"
#include "judge/excerpt.h"
#include "judge/transport_code.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void add(struct findings *found, enum reason_code code, const char *detail)
{
    findings_add(found, code, 0, REASON_NOWHERE, "%s", detail);
}

static bool good_status(const struct testimony *t)
{
    return t->status == 0 || (t->status >= 200 && t->status <= 299);
}

/* Our own clock ended it, other than by the wait behind the marker. */
static bool timed_out(const struct testimony *t)
{
    return t->stop == STOP_CONNECT || t->stop == STOP_HEADERS || t->stop == STOP_FIRST_EVENT ||
           t->stop == STOP_GAP || t->stop == STOP_TOTAL;
}

/* The transport failed by itself; when we stop it, its code tells nothing. */
static bool transport_failed(const struct testimony *t)
{
    return t->end_known && t->curl > 0 && t->stop == STOP_NONE;
}

/* ---- witnesses ---- */

/* By contract a cleanly framed end may stand in for the marker; a finish reason must be there. */
static bool marker_waived(const struct testimony *t, const struct findings *found)
{
    return t->account->rules->marker == MARKER_OPTIONAL_IF_FRAMED_CLEAN && t->kind == BODY_STREAM &&
           !t->account->marker && t->witness->said_ended &&
           !findings_has(found, REASON_FINISH_WAIVED) && t->end_known && t->framed_clean &&
           t->stop == STOP_NONE && !t->residue.bytes;
}

/* W2 without the help of the contract. */
static bool stream_ended(const struct testimony *t)
{
    if (t->kind == BODY_STREAM)
        return t->account->marker;
    return t->body_whole && !transport_failed(t) &&
           (t->stop == STOP_NONE || t->stop == STOP_LINGER);
}

static bool in_doubt(const struct findings *found)
{
    return findings_has(found, REASON_CAPTURE_CUT) || findings_has(found, REASON_CAPTURE_BROKEN) ||
           findings_has(found, REASON_BODIES_NOT_KEPT);
}

/* ---- what only shows at the end ---- */

static void find_connection(const struct testimony *t, struct findings *found)
{
    struct excerpt message = excerpt(t->message, strlen(t->message), 120);

    if (!t->end_known || t->status || t->bytes || t->stop == STOP_HEADER_LIMIT)
        return;
    if (t->stop == STOP_CONNECT)
        add(found, REASON_CONNECT_FAILED, "no connection in time");
    else if (transport_code_connects(t->curl))
        findings_add(found, REASON_CONNECT_FAILED, 0, REASON_NOWHERE, "curl %d: %s", t->curl,
                     message.text);
    else if (transport_failed(t) && transport_code_unreadable(t->curl, t->message))
        findings_add(found, REASON_NOT_HTTP, 0, REASON_NOWHERE, "curl %d: %s", t->curl,
                     message.text);
    else if (timed_out(t))
        findings_add(found, REASON_NO_REPLY, 0, REASON_NOWHERE, "no status line in time (%s)",
                     stop_name(t->stop));
    else
        findings_add(found, REASON_NO_REPLY, 0, REASON_NOWHERE, "curl %d: %s", t->curl,
                     message.text);
}

static void find_status(const struct testimony *t, struct findings *found)
{
    const char *message = t->account->error.message;
    struct excerpt shown = excerpt(message, message ? strlen(message) : 0, 120);

    if (!t->status && t->bytes)
        add(found, REASON_STATUS_UNSEEN, "no status line was given");
    if (good_status(t))
        return;
    findings_add(found, REASON_HTTP_STATUS, 0, REASON_NOWHERE, "%d%s%s", t->status,
                 message ? ": " : "", shown.text);
}

static void find_limits(const struct testimony *t, struct findings *found)
{
    if (t->stop == STOP_HEADER_LIMIT)
        add(found, REASON_HEADERS_TOO_LARGE, "reading stopped there");
    if (t->stop == STOP_BODY_LIMIT && !findings_has(found, REASON_EVENT_TOO_LARGE))
        findings_add(found, REASON_BODY_TOO_LARGE, 0, REASON_NOWHERE,
                     "reading stopped after %" PRIu64 " bytes", t->bytes);
}

static void find_stall(const struct testimony *t, struct findings *found)
{
    static const enum reason_code codes[] = {
        [STOP_HEADERS] = REASON_STALLED_HEADERS,
        [STOP_FIRST_EVENT] = REASON_STALLED_FIRST,
        [STOP_GAP] = REASON_STALLED_GAP,
        [STOP_TOTAL] = REASON_STALLED_TOTAL,
    };

    if (!timed_out(t) || t->stop == STOP_CONNECT || !t->status)
        return;
    findings_add(found, codes[t->stop], t->events, t->bytes,
                 "our timer %s fired after %" PRIu64 " bytes, %" PRIu64 " events",
                 stop_name(t->stop), t->bytes, t->events);
}

/* "[DONE]" stands in what was never dispatched. */
static bool marker_in_residue(const struct sse_residue *residue)
{
    static const char field[] = "data:", marker[] = "[DONE]";
    const char *at = residue->data ? residue->data : residue->line;
    size_t len = residue->data ? residue->data_len : residue->line_len;

    if (!residue->data) {
        if (len < strlen(field) || memcmp(at, field, strlen(field)) != 0)
            return false;
        at += strlen(field);
        len -= strlen(field);
    }
    while (len && *at == ' ') {
        at++;
        len--;
    }
    return len >= strlen(marker) && memcmp(at, marker, strlen(marker)) == 0;
}

static void find_residue(const struct testimony *t, struct findings *found)
{
    const struct sse_residue *residue = &t->residue;
    const char *text = residue->data ? residue->data : residue->line;
    size_t len = residue->data ? residue->data_len : residue->line_len;

    if (!residue->bytes)
        return;
    if (!t->account->marker && marker_in_residue(residue))
        findings_add(found, REASON_MARKER_UNTERMINATED, 0, residue->offset,
                     "[DONE] without the blank line behind it");
    findings_add(found, REASON_RESIDUE, 0, residue->offset, "%" PRIu64 " bytes: %s", residue->bytes,
                 excerpt(text, len, 60).text);
}

static void find_transport(const struct testimony *t, bool whole, struct findings *found)
{
    struct excerpt message = excerpt(t->message, strlen(t->message), 120);

    if (transport_failed(t) && t->status && !t->bytes && !whole &&
        transport_code_unreadable(t->curl, t->message))
        findings_add(found, REASON_FRAMING_INVALID, 0, REASON_NOWHERE, "curl %d: %s", t->curl,
                     message.text);
    else if (transport_failed(t) && (t->status || t->bytes))
        findings_add(found, whole ? REASON_TRANSPORT_LATE : REASON_TRANSPORT_ERROR, 0, t->bytes,
                     "curl %d: %s, framing %s", t->curl, message.text, framing_name(t->framing));
    if (!t->end_known)
        add(found, REASON_END_UNSEEN, "only the bytes are known");
    if (t->stop == STOP_LINGER)
        add(found, REASON_LEFT_OPEN, "closed by us after a short wait");
}

/* The bytes ended, and nothing says that the answer did. */
static void find_early_end(const struct testimony *t, struct findings *found)
{
    if (!t->bytes && findings_has(found, REASON_BODIES_NOT_KEPT))
        return;
    if (!t->bytes) {
        findings_add(found, REASON_EMPTY_BODY, 0, REASON_NOWHERE, "framing %s, curl %d",
                     framing_name(t->framing), t->end_known ? t->curl : -1);
    } else if (t->kind == BODY_JSON) {
        findings_add(found, REASON_BODY_CUT, 0, t->bytes, "after %" PRIu64 " bytes, framing %s",
                     t->bytes, framing_name(t->framing));
    } else {
        findings_add(found, REASON_ENDED_EARLY, t->events, t->bytes,
                     "after event %" PRIu64 " and %" PRIu64 " bytes, framing %s, curl %d, %" PRIu64
                     " bytes of an unfinished event",
                     t->events, t->bytes, framing_name(t->framing), t->end_known ? t->curl : -1,
                     t->residue.bytes);
    }
}

static void find_missing(const struct testimony *t, bool waived, struct findings *found)
{
    if (t->kind == BODY_JSON) {
        if (t->body_whole && !stream_ended(t))
            findings_add(found, REASON_END_SHORT, 0, t->bytes, "curl %d, stopped by %s", t->curl,
                         stop_name(t->stop));
    } else if (!t->account->marker && !waived) {
        add(found, REASON_MARKER_MISSING,
            t->account->operation == OPERATION_RESPONSES ? "no terminal event came"
                                                         : "no [DONE] came");
    }
}

/* ---- notes ---- */

static void note_contract(const struct testimony *t, bool waived, struct findings *found)
{
    if (waived)
        findings_add(found, REASON_MARKER_WAIVED, 0, REASON_NOWHERE, "framing %s, curl 0",
                     framing_name(t->framing));
    if (t->account->marker && t->account->rules->marker_origin == MARKER_FROM_GATEWAY)
        findings_add(found, REASON_MARKER_FROM_GATEWAY, t->account->marker_event,
                     t->account->marker_offset, "stream.marker_origin gateway");
}

static void note_usage(const struct testimony *t, struct findings *found)
{
    const struct account *account = t->account;
    bool asked = account->facts->include_usage;

    if (t->kind == BODY_STREAM && asked && !account->usage.len)
        add(found, REASON_USAGE_MISSING, "stream_options.include_usage was true");
    if (account->operation == OPERATION_CHAT && account->marker && (!asked || account->usage.len) &&
        findings_has(found, REASON_FINISH_MISSING))
        add(found, REASON_INCLUDE_USAGE, "the finish reason is missing, the marker is there");
}

static void note_model(const struct testimony *t, struct findings *found)
{
    const char *asked = t->account->facts->model, *echoed = t->account->model;

    if (!asked || !echoed || strcmp(asked, echoed) == 0)
        return;
    findings_add(found, REASON_MODEL_DIFFERS, 0, REASON_NOWHERE, "asked for %s, echoed %s",
                 excerpt(asked, strlen(asked), 60).text, excerpt(echoed, strlen(echoed), 60).text);
}

static void note_shape(const struct testimony *t, struct findings *found)
{
    bool stream = t->account->facts->stream;

    if (t->facts_known && stream && t->kind == BODY_JSON && good_status(t) &&
        t->account->operation != OPERATION_MODELS)
        add(found, REASON_NOT_STREAMED, "one JSON body came");
    if (t->facts_known && !stream && t->kind == BODY_STREAM && good_status(t))
        add(found, REASON_STREAMED_UNASKED, "an event stream came");
    if (t->account->budget.over)
        findings_add(found, REASON_TEXT_OVER_LIMIT, 0, REASON_NOWHERE, "%d bytes are kept",
                     ANSWER_TEXT_MAX);
}

static void note_proof(const struct testimony *t, bool waived, struct findings *found)
{
    const struct account *account = t->account;
    char marker[96];

    if (t->kind == BODY_JSON)
        snprintf(marker, sizeof(marker), "one whole JSON value, framing %s",
                 framing_name(t->framing));
    else if (waived)
        snprintf(marker, sizeof(marker), "a clean end, framing %s", framing_name(t->framing));
    else
        snprintf(marker, sizeof(marker), "the marker in event %" PRIu64 ", framing %s",
                 account->marker_event, framing_name(t->framing));
    if (t->witness->event)
        findings_add(found, REASON_WITNESSED, t->witness->event, REASON_NOWHERE,
                     "%s in event %" PRIu64 ", %s", t->witness->words, t->witness->event, marker);
    else
        findings_add(found, REASON_WITNESSED, 0, REASON_NOWHERE, "%s, %s", t->witness->words,
                     marker);
    if (account->operation != OPERATION_MODELS)
        add(found, REASON_UNDETECTABLE, "both witnesses are the server's own words");
}

/* ---- the table ---- */

static enum verdict_kind first_match(const struct testimony *t, const struct findings *found,
                                     bool model_ended, bool stream_end)
{
    const struct witness *witness = t->witness;
    bool proven =
        model_ended && stream_end && !witness->partly && !witness->unconfirmed && !in_doubt(found);

    if (t->stop == STOP_USER && !(model_ended && stream_end))
        return VERDICT_CANCELLED;
    if (findings_has_group(found, GROUP_ERRORED))
        return VERDICT_ERRORED;
    if (findings_has_group(found, GROUP_MALFORMED))
        return VERDICT_MALFORMED;
    if (proven && witness->column == FINISH_LIMITED)
        return VERDICT_LIMITED;
    if (proven && witness->column == FINISH_COMPLETE)
        return VERDICT_COMPLETE;
    if (findings_has_group(found, GROUP_STALLED) && !model_ended)
        return VERDICT_STALLED;
    if (model_ended || stream_end || witness->partly || t->body_whole)
        return VERDICT_UNPROVEN;
    return VERDICT_TRUNCATED;
}

/* Which findings each verdict rests on, the most telling group first; notes follow. */
static void tell(const struct findings *found, struct verdict *verdict)
{
    static const enum finding_group groups[VERDICT_COUNT][4] = {
        [VERDICT_CANCELLED] = {GROUP_CANCELLED, GROUP_UNPROVEN, GROUP_NOTE},
        [VERDICT_ERRORED] = {GROUP_ERRORED, GROUP_MALFORMED, GROUP_NOTE},
        [VERDICT_MALFORMED] = {GROUP_MALFORMED, GROUP_NOTE},
        [VERDICT_LIMITED] = {GROUP_LIMITED, GROUP_NOTE},
        [VERDICT_COMPLETE] = {GROUP_NOTE},
        [VERDICT_STALLED] = {GROUP_STALLED, GROUP_UNPROVEN, GROUP_NOTE},
        [VERDICT_UNPROVEN] = {GROUP_UNPROVEN, GROUP_STALLED, GROUP_LIMITED, GROUP_NOTE},
        [VERDICT_TRUNCATED] = {GROUP_UNPROVEN, GROUP_NOTE},
    };
    const enum finding_group *group = groups[verdict->kind];

    do
        findings_tell(found, *group, verdict);
    while (*group++ != GROUP_NOTE);
}

void decide(const struct testimony *t, struct findings *found, struct verdict *verdict)
{
    bool waived = marker_waived(t, found);
    bool model_ended = t->witness->said_ended, stream_end = stream_ended(t) || waived;

    find_connection(t, found);
    find_status(t, found);
    find_limits(t, found);
    find_stall(t, found);
    find_residue(t, found);
    find_transport(t, model_ended && stream_end, found);
    find_missing(t, waived, found);
    if (t->stop == STOP_USER)
        add(found, REASON_USER_STOP, "stopped by hand");
    note_contract(t, waived, found);
    note_usage(t, found);
    note_model(t, found);
    note_shape(t, found);
    *verdict = (struct verdict){.kind = first_match(t, found, model_ended, stream_end)};
    if (verdict->kind == VERDICT_TRUNCATED)
        find_early_end(t, found);
    if (verdict->kind == VERDICT_COMPLETE || verdict->kind == VERDICT_LIMITED)
        note_proof(t, waived, found);
    tell(found, verdict);
}
