#include "ui/stream_banner.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/redact.h"
#include "net/transport.h"
#include "ui/application.h"
#include "ui/recall.h"
#include "ui/stream_replay.h"
#include "ui/stream_text.h"
#include "ui/wrap.h"

enum {
    LINE_MAX_BYTES = 4096,
    CODE_COLUMNS = 29,
    CODE_COLUMNS_FROM = 80,
    LINES_EACH = 3,
    BRIEF_ROWS = 6, /* fewer hold the beginning only */
    MICROSECONDS = 1000 * 1000
};

struct banner {
    const struct application *application;
    const struct surface *surface;
    const struct redactor *redactor;
    int rows;    /* the most */
    int row;     /* the next one */
    int lines;   /* that one text may take */
    bool counts; /* how many rows it takes; what is drawn meanwhile is drawn over */
};

/* A row to draw in, or false when there is no room. */
static bool begin(struct banner *banner, struct pen *pen)
{
    if (banner->row >= banner->rows && !banner->counts)
        return false;
    draw_begin(pen, banner->surface, banner->row++, false);
    draw_text(pen, STYLE_PLAIN, " ");
    return true;
}

/* The rest of the row, and as many below it as one text may take, all from the same column. */
static void add_text(struct banner *banner, struct pen *pen, enum style style, const char *text)
{
    size_t looked_at = strnlen(text, LINE_MAX_BYTES);
    int column = pen->column;
    struct wrap wrap = {.starts = NULL};

    wrap_reset(&wrap, banner->surface->columns - column, canvas_is_ascii(banner->surface->canvas));
    wrap_extend(&wrap, text, looked_at, true);
    for (size_t line = 0; line < wrap.count; line++) {
        bool last = line + 1 == wrap.count || (int)line + 1 >= banner->lines;
        const char *part;
        size_t len = wrap_line(&wrap, text, line, &part);

        if (last)
            draw_cut(pen, style, part, strlen(part));
        else
            draw_bytes(pen, style, part, len);
        draw_end(pen);
        if (last || !begin(banner, pen))
            break;
        draw_to(pen, column);
    }
    wrap_release(&wrap);
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

/* Who stopped it is reminded of what there is. */
static void describe_stop(const struct exchange_state *state, struct bytes *out)
{
    const struct judge_progress *progress = judge_progress(state->judge);
    const char *kept = state->trouble ? "it could not all be kept" : "what came is kept";

    if (state->trouble && !state->capture)
        kept = "nothing of it could be kept";
    if (state->unkept)
        kept = "no file keeps its bodies";
    if (progress->bytes == 0 && (!state->result || state->result->body_bytes == 0))
        bytes_puts(out, "cancelled by you before anything came");
    else if (progress->bytes > 0 && progress->event_stream)
        bytes_printf(out, "cancelled by you after %" PRIu64 " event%s; %s", progress->events,
                     progress->events == 1 ? "" : "s", kept);
    else
        bytes_printf(out, "cancelled by you; %s", kept);
}

static void add_headline(struct banner *banner, const struct exchange_state *state)
{
    const struct verdict *verdict = state->verdict;
    struct bytes text;
    struct pen pen;

    if (!begin(banner, &pen))
        return;
    bytes_init(&text, LINE_MAX_BYTES);
    if (verdict->kind == VERDICT_CANCELLED)
        describe_stop(state, &text);
    else
        bytes_puts(&text, verdict_meaning(verdict->kind));
    draw_text(&pen, headline_style(verdict->kind), verdict_headline(verdict->kind));
    draw_format(&pen, STYLE_STRONG, "  %s  ", verdict_name(verdict->kind));
    add_text(banner, &pen, STYLE_DIM, bytes_text(&text));
    bytes_release(&text);
}

/* Text that was put together from several events: a key may have come in parts. */
static void add_redacted(struct banner *banner, struct pen *pen, enum style style, const char *text)
{
    char *clean = redact_copy(banner->redactor, text);

    add_text(banner, pen, style, clean);
    free(clean);
}

/* The naive reading must be seen: it may take two rows. */
static void add_naive(struct banner *banner, const struct exchange_state *state)
{
    static const char label[] = "A client that trusts the end would have shown ";
    char *naive = stream_text_is_gone(state) ? NULL : judge_naive_reading(state->judge);
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
        add_redacted(banner, &pen, STYLE_PLAIN, naive);
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
    add_redacted(banner, &pen, note ? STYLE_DIM : STYLE_PLAIN, text);
}

static void add_labelled(struct banner *banner, const char *label, const char *text)
{
    struct pen pen;

    if (!text || !*text || !begin(banner, &pen))
        return;
    draw_format(&pen, STYLE_LABEL, "%s  ", label);
    add_text(banner, &pen, STYLE_PLAIN, text);
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
    if (state->origin)
        draw_text(&pen, STYLE_LIVE, "  imported");
    if (state->digest)
        draw_format(&pen, STYLE_DIM, "  sha256 %.12s", state->digest);
    draw_end(&pen);
}

/* ---- what came, decided or not ---- */

static void describe_amount(const struct banner *banner, const struct exchange_state *state,
                            struct bytes *out)
{
    const struct judge_progress *progress = judge_progress(state->judge);
    const struct recall *recall = application_recall(banner->application);
    uint64_t events = recall ? recall->events : progress->event_stream ? progress->events : 0;

    if (events > 0 || (!recall && progress->event_stream))
        bytes_printf(out, "%" PRIu64 " event%s, ", events, events == 1 ? "" : "s");
    stream_text_size(out, recall ? recall->bytes : progress->bytes);
}

static void add_dot(const struct banner *banner, struct bytes *out)
{
    if (out->len > 0)
        bytes_printf(out, " %s ", draw_sign(banner->surface, SIGN_DOT));
}

/* "finish stop · 42 events, 1.2 kB · tokens 5 in, 7 out" */
static void describe_facts(const struct banner *banner, const struct exchange_state *state,
                           struct bytes *out)
{
    if (stream_text_is_gone(state)) {
        describe_amount(banner, state, out);
        return;
    }
    stream_text_finish(state, out);
    add_dot(banner, out);
    describe_amount(banner, state, out);
    add_dot(banner, out);
    stream_text_usage(state, out);
}

static void add_facts(struct banner *banner, const struct exchange_state *state)
{
    struct bytes text;
    struct pen pen;

    if (!state->result || state->result->status == 0 || !begin(banner, &pen))
        return;
    bytes_init(&text, LINE_MAX_BYTES);
    describe_facts(banner, state, &text);
    draw_text(&pen, STYLE_LABEL, "came  ");
    add_redacted(banner, &pen, STYLE_PLAIN, bytes_text(&text));
    bytes_release(&text);
}

/* ---- while it runs ---- */

static void describe_age(const struct exchange_state *state, int64_t now_us, struct bytes *out)
{
    if (state->last_event_us > 0)
        bytes_printf(out, ", last event %d s ago",
                     (int)((now_us - state->last_event_us) / MICROSECONDS));
    else
        bytes_puts(out, ", no event yet");
}

static void add_replay_keys(struct banner *banner, bool paused)
{
    struct pen pen;

    if (!begin(banner, &pen))
        return;
    draw_text(&pen, STYLE_DIM, paused ? "Space goes on" : "Space pauses");
    add_text(banner, &pen, STYLE_DIM,
             ", . steps, > skips, + - speed, Esc ends; the verdict comes last");
}

static void add_running(struct banner *banner, const struct exchange_state *state)
{
    bool waiting = !state->result || state->result->status == 0;
    struct replayer_view view;
    bool replays = application_replays(banner->application, &view);
    struct bytes text, name;
    struct pen pen;

    if (!begin(banner, &pen))
        return;
    bytes_init(&text, LINE_MAX_BYTES);
    bytes_init(&name, LINE_MAX_BYTES);
    if (replays) {
        stream_replay_name(&view, canvas_is_ascii(banner->surface->canvas), &name);
        stream_replay_place(&view, &text);
        bytes_puts(&text, waiting ? "  waiting " : "  ");
    } else {
        bytes_puts(&name, waiting ? "WAITING" : "RECEIVING");
    }
    if (waiting) {
        bytes_puts(&text, "for the first byte of the answer");
    } else {
        describe_amount(banner, state, &text);
        describe_age(state, application_shown_now_us(banner->application), &text);
    }
    draw_format(&pen, replays ? STYLE_WARNING : STYLE_LIVE, "%s  ", bytes_text(&name));
    draw_cut(&pen, STYLE_PLAIN, bytes_text(&text), text.len);
    draw_end(&pen);
    if (replays)
        add_replay_keys(banner, view.paused);
    bytes_release(&name);
    bytes_release(&text);
}

/* ---- when it ended ---- */

static void add_hidden(struct banner *banner, const struct exchange_state *state)
{
    struct pen pen;

    if (!begin(banner, &pen))
        return;
    draw_text(&pen, STYLE_WARNING, "HIDDEN  ");
    add_text(banner, &pen, STYLE_PLAIN,
             "It ended. Is this answer whole, and what tells you? :verdict show tells.");
    add_facts(banner, state);
    add_evidence(banner, state);
}

static void add_reasons(struct banner *banner, const struct verdict *verdict, size_t from,
                        bool notes)
{
    for (size_t i = from; i < verdict->count; i++)
        if (reason_is_note(verdict->reasons[i].code) == notes)
            add_reason(banner, &verdict->reasons[i]);
}

/*
 * What is wrong stands together, before what it would have looked like; only where rows are few
 * that comes behind the first reason, so that it is seen.
 */
static void add_verdict(struct banner *banner, const struct exchange_state *state)
{
    const struct verdict *verdict = state->verdict;
    bool brief = banner->rows < BRIEF_ROWS && verdict->count > 0 &&
                 !reason_is_note(verdict->reasons[0].code);

    add_headline(banner, state);
    if (brief)
        add_reason(banner, &verdict->reasons[0]);
    else
        add_reasons(banner, verdict, 0, false);
    add_naive(banner, state);
    if (brief)
        add_reasons(banner, verdict, 1, false);
    add_reasons(banner, verdict, 0, true);
    add_advice(banner, state);
    add_facts(banner, state);
    add_evidence(banner, state);
    add_labelled(banner, "not kept", state->trouble);
    if (state->unkept && !stream_text_is_gone(state))
        add_labelled(banner, "not kept",
                     "by policy no file holds these bodies; they can be looked at until something "
                     "else is shown (\"bodies\" in cometdeck.json)");
}

/* Texts take several lines each as long as all of them fit. */
static int lines_that_fit(struct banner banner, const struct exchange_state *state)
{
    banner.counts = true;
    for (banner.lines = LINES_EACH; banner.lines > 1; banner.lines--) {
        banner.row = 0;
        add_verdict(&banner, state);
        if (banner.row <= banner.rows)
            break;
    }
    return banner.lines;
}

int stream_banner_draw(const struct application *application, const struct exchange_state *state,
                       const struct surface *surface, int rows)
{
    struct banner banner = {
        .application = application,
        .surface = surface,
        .redactor = application_redactor(application),
        .rows = rows,
        .lines = 1,
    };

    if (state->running || !state->verdict) {
        add_running(&banner, state);
    } else if (application_hides_verdict(application)) {
        add_hidden(&banner, state);
    } else {
        banner.lines = lines_that_fit(banner, state);
        add_verdict(&banner, state);
    }
    return banner.row;
}
