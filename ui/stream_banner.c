#include "ui/stream_banner.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/redact.h"
#include "net/transport.h"
#include "ui/stream_text.h"

enum {
    LINE_MAX_BYTES = 4096,
    CODE_COLUMNS = 29,
    CODE_COLUMNS_FROM = 80,
    MICROSECONDS = 1000 * 1000
};

struct banner {
    const struct surface *surface;
    const struct redactor *redactor;
    int rows; /* the most */
    int row;  /* the next one */
    int left; /* lines that found no room */
};

/* A row to draw in, or false when there is no room: it is counted. */
static bool begin(struct banner *banner, struct pen *pen)
{
    if (banner->row >= banner->rows) {
        banner->left++;
        return false;
    }
    draw_begin(pen, banner->surface, banner->row++, false);
    draw_text(pen, STYLE_PLAIN, " ");
    return true;
}

static enum style headline_style(enum verdict_kind kind)
{
    switch (kind) {
    case VERDICT_COMPLETE:
        return STYLE_GOOD;
    case VERDICT_ERRORED:
    case VERDICT_MALFORMED:
        return STYLE_BAD;
    default:
        return STYLE_WARNING;
    }
}

static void add_headline(struct banner *banner, const struct verdict *verdict)
{
    const char *meaning = verdict_meaning(verdict->kind);
    struct pen pen;

    if (!begin(banner, &pen))
        return;
    draw_text(&pen, headline_style(verdict->kind), verdict_headline(verdict->kind));
    draw_format(&pen, STYLE_STRONG, "  %s  ", verdict_name(verdict->kind));
    draw_cut(&pen, STYLE_DIM, meaning, strlen(meaning));
    draw_end(&pen);
}

/* Text that was put together from several events: a key may have come in parts. */
static void draw_redacted(const struct banner *banner, struct pen *pen, enum style style,
                          const char *text)
{
    char *clean = redact_copy(banner->redactor, text);

    draw_cut(pen, style, clean, strlen(clean));
    free(clean);
}

/* The naive reading must be seen: it may take two rows. */
static void add_naive(struct banner *banner, const struct exchange_state *state)
{
    static const char label[] = "A client that trusts the end would have shown ";
    char *naive = judge_naive_reading(state->judge);
    bool narrow = banner->surface->columns < (int)sizeof(label) + 40;
    struct pen pen;

    if (naive && begin(banner, &pen)) {
        draw_cut(&pen, STYLE_WARNING, label, sizeof(label) - 1);
        if (narrow) {
            draw_end(&pen);
            if (!begin(banner, &pen)) {
                free(naive);
                return;
            }
            draw_text(&pen, STYLE_PLAIN, "  ");
        }
        draw_redacted(banner, &pen, STYLE_PLAIN, naive);
        draw_end(&pen);
    }
    free(naive);
}

static void add_reason(struct banner *banner, const struct reason *reason)
{
    bool note = reason_is_note(reason->code);
    const char *text = reason->detail[0] ? reason->detail : reason_meaning(reason->code);
    struct pen pen;

    if (!begin(banner, &pen))
        return;
    draw_text(&pen, note ? STYLE_DIM : STYLE_WARNING,
              draw_sign(banner->surface, note ? SIGN_DOT : SIGN_NO));
    draw_format(&pen, note ? STYLE_DIM : STYLE_STRONG, " %s  ", reason_name(reason->code));
    if (banner->surface->columns >= CODE_COLUMNS_FROM)
        draw_to(&pen, CODE_COLUMNS);
    draw_redacted(banner, &pen, note ? STYLE_DIM : STYLE_PLAIN, text);
    draw_end(&pen);
}

static void add_labelled(struct banner *banner, const char *label, const char *text)
{
    struct pen pen;

    if (!text || !*text || !begin(banner, &pen))
        return;
    draw_format(&pen, STYLE_LABEL, "%s  ", label);
    draw_cut(&pen, STYLE_PLAIN, text, strlen(text));
    draw_end(&pen);
}

static void add_advice(struct banner *banner, const struct exchange_state *state)
{
    const char *advice = transport_advice(state->result);

    if (!advice && strcmp(state->failure->class, "none") != 0)
        advice = state->failure->advice;
    if (!advice && state->verdict->kind != VERDICT_COMPLETE && state->verdict->count > 0)
        advice = reason_advice(state->verdict->reasons[0].code);
    add_labelled(banner, "what to do", advice);
}

static void add_evidence(struct banner *banner, const struct exchange_state *state)
{
    struct pen pen;

    if (!begin(banner, &pen))
        return;
    draw_text(&pen, STYLE_LABEL, "evidence  ");
    draw_text(&pen, STYLE_PLAIN, state->id);
    if (state->simulated)
        draw_text(&pen, STYLE_LIVE, "  simulated");
    if (state->digest)
        draw_format(&pen, STYLE_DIM, "  sha256 %.12s", state->digest);
    draw_end(&pen);
}

static void add_running(struct banner *banner, const struct exchange_state *state, int64_t now_us)
{
    const struct judge_progress *progress = judge_progress(state->judge);
    bool waiting = !state->result || state->result->status == 0;
    struct bytes text;
    struct pen pen;

    if (!begin(banner, &pen))
        return;
    bytes_init(&text, LINE_MAX_BYTES);
    draw_text(&pen, STYLE_LIVE, waiting ? "WAITING  " : "RECEIVING  ");
    if (waiting) {
        bytes_puts(&text, "for the first byte of the answer");
    } else {
        bytes_printf(&text, "%" PRIu64 " events, ", progress->events);
        stream_text_size(&text, progress->bytes);
        if (state->last_event_us > 0)
            bytes_printf(&text, ", last event %d s ago",
                         (int)((now_us - state->last_event_us) / MICROSECONDS));
        else
            bytes_puts(&text, ", no event yet");
    }
    draw_cut(&pen, STYLE_PLAIN, bytes_text(&text), text.len);
    draw_end(&pen);
    bytes_release(&text);
}

/* The most telling first, since a small screen shows only the beginning. */
static void add_verdict(struct banner *banner, const struct exchange_state *state)
{
    const struct verdict *verdict = state->verdict;

    add_headline(banner, verdict);
    if (verdict->count > 0 && !reason_is_note(verdict->reasons[0].code))
        add_reason(banner, &verdict->reasons[0]);
    add_naive(banner, state);
    for (size_t i = 0; i < verdict->count; i++)
        if (i > 0 || reason_is_note(verdict->reasons[0].code))
            add_reason(banner, &verdict->reasons[i]);
    add_advice(banner, state);
    add_evidence(banner, state);
    add_labelled(banner, "not kept", state->trouble);
}

int stream_banner_draw(const struct exchange_state *state, const struct redactor *redactor,
                       int64_t now_us, const struct surface *surface, int rows)
{
    struct banner banner = {.surface = surface, .redactor = redactor, .rows = rows};

    if (state->running || !state->verdict)
        add_running(&banner, state, now_us);
    else
        add_verdict(&banner, state);
    return banner.row;
}
