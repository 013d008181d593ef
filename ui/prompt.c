#include "ui/prompt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/text.h"

enum { QUEUE_MAX = 1 << 16, CHOICES_MAX = 1 << 16 /* shown */, HISTORY_LINES = 500 };

struct prompt {
    bool open;
    bool selected; /* what is typed next replaces the text */
    struct prompt_question question;
    char *label;
    char *initial;
    struct bytes queue; /* whole keys that readline has not read yet */
    size_t queue_at;
    char **choices; /* shown, as whole lines */
    size_t choice_count;
    size_t choice_shared; /* what they share up to the last word */
    bool listed;          /* by the key at hand */
    char *line;           /* what the line handler got */
    bool finished;
    FILE *nowhere;  /* readline wants streams; it gets nothing to read or write */
    char **matches; /* being collected */
    size_t match_count;
};

/* Readline's callbacks take no context. */
static struct prompt *current;

static int next_byte(FILE *stream)
{
    (void)stream;
    if (!current || current->queue_at >= current->queue.len)
        return EOF;
    return (unsigned char)current->queue.data[current->queue_at++];
}

static int byte_is_there(void)
{
    return current && current->queue_at < current->queue.len;
}

/* Drawing is the screen's: the caller marks it after every key. */
static void draw_nothing(void)
{
}

static void prepare_nothing(int meta)
{
    (void)meta;
}

static void take_line(char *line)
{
    current->finished = true;
    current->line = line;
}

static void clear_choices(struct prompt *prompt)
{
    for (size_t i = 0; i < prompt->choice_count; i++)
        free(prompt->choices[i]);
    free(prompt->choices);
    prompt->choices = NULL;
    prompt->choice_count = prompt->choice_shared = 0;
}

static void add_choice(void *into, const char *candidate)
{
    struct prompt *prompt = into;

    if (prompt->choice_count == CHOICES_MAX)
        return;
    prompt->choices =
        xreallocarray(prompt->choices, prompt->choice_count + 1, sizeof(*prompt->choices));
    prompt->choices[prompt->choice_count++] = xstrdup(candidate);
}

static void show_choices(char **matches, int count, int longest)
{
    (void)longest;
    clear_choices(current);
    for (size_t i = 0; count > 0 && matches[0] && matches[0][i]; i++)
        if (matches[0][i] == ' ' || matches[0][i] == '/')
            current->choice_shared = i + 1;
    for (int i = 1; i <= count; i++)
        add_choice(current, matches[i]);
    current->listed = true;
}

static void add_match(void *into, const char *candidate)
{
    struct prompt *prompt = into;

    prompt->matches =
        xreallocarray(prompt->matches, prompt->match_count + 1, sizeof(*prompt->matches));
    prompt->matches[prompt->match_count++] = xstrdup(candidate);
}

/* Readline calls this until NULL, and frees what it got. */
static char *next_match(const char *text, int state)
{
    (void)text;
    return (size_t)state < current->match_count ? xstrdup(current->matches[state]) : NULL;
}

static char **complete(const char *text, int start, int end)
{
    char **found = NULL;
    char *line = xmemdup0(rl_line_buffer, (size_t)end);

    (void)start;
    rl_attempted_completion_over = 1;
    rl_completion_append_character = '\0';
    rl_completion_suppress_quote = 1;
    if (current->question.complete) {
        current->question.complete(current->question.context, line, add_match, current);
        found = rl_completion_matches(text, next_match);
    }
    for (size_t i = 0; i < current->match_count; i++)
        free(current->matches[i]);
    free(current->matches);
    current->matches = NULL;
    current->match_count = 0;
    free(line);
    return found;
}

/* What is shared, then one after the other; an inputrc that says otherwise holds. */
static void bind_tab(void)
{
    if (rl_function_of_keyseq("\t", NULL, NULL) == rl_complete)
        rl_bind_key('\t', rl_menu_complete);
    rl_bind_keyseq_if_unbound("\033[Z", rl_backward_menu_complete);
}

/*
 * Alt and Enter, or Esc and Enter over a slow line, would turn on vi's keys unasked. Who wants them
 * has them from an inputrc.
 */
static void keep_editing_mode(void)
{
    static const int keys[] = {'\n', '\r'};

    for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
        if (emacs_meta_keymap[keys[i]].function == rl_vi_editing_mode)
            rl_unbind_key_in_map(keys[i], emacs_meta_keymap);
}

/* The readline variables are assigned once; its inputrc is read by rl_initialize(). */
static void set_up_readline(struct prompt *prompt)
{
    rl_catch_signals = 0;
    rl_catch_sigwinch = 0;
    rl_change_environment = 0;
    rl_readline_name = "cometdeck";
    rl_instream = prompt->nowhere;
    rl_outstream = prompt->nowhere;
    rl_getc_function = next_byte;
    rl_input_available_hook = byte_is_there;
    rl_redisplay_function = draw_nothing;
    rl_prep_term_function = prepare_nothing;
    rl_deprep_term_function = draw_nothing;
    rl_attempted_completion_function = complete;
    rl_completion_display_matches_hook = show_choices;
    rl_completer_word_break_characters = "";
    rl_basic_word_break_characters = "";
    rl_completer_quote_characters = "";
    rl_initialize();
    rl_variable_bind("bell-style", "none");
    rl_variable_bind("enable-bracketed-paste", "off");
    rl_variable_bind("show-all-if-ambiguous", "on");
    rl_variable_bind("completion-query-items", "0");
    rl_variable_bind("page-completions", "off");
    rl_variable_bind("menu-complete-display-prefix", "on");
    bind_tab();
    keep_editing_mode();
}

struct prompt *prompt_new(void)
{
    struct prompt *prompt = xcalloc(1, sizeof(*prompt));

    bytes_init(&prompt->queue, QUEUE_MAX);
    prompt->nowhere = fopen("/dev/null", "r+");
    current = prompt;
    using_history();
    stifle_history(HISTORY_LINES);
    set_up_readline(prompt);
    return prompt;
}

void prompt_free(struct prompt *prompt)
{
    if (!prompt)
        return;
    prompt_give_up(prompt);
    clear_history();
    bytes_release(&prompt->queue);
    clear_choices(prompt);
    rl_instream = rl_outstream = NULL;
    if (prompt->nowhere)
        fclose(prompt->nowhere);
    free(prompt);
    current = NULL;
}

static void offer_all(struct prompt *prompt)
{
    if (prompt->question.complete)
        prompt->question.complete(prompt->question.context, "", add_choice, prompt);
}

bool prompt_is_open(const struct prompt *prompt)
{
    return prompt->open;
}

void prompt_open(struct prompt *prompt, const struct prompt_question *question)
{
    prompt_give_up(prompt);
    prompt->question = *question;
    prompt->label = xstrdup(question->label);
    prompt->initial = xstrdup(question->initial ? question->initial : "");
    prompt->open = true;
    prompt->finished = false;
    clear_choices(prompt);
    rl_callback_handler_install(prompt->label, take_line);
    if (question->initial)
        rl_insert_text(question->initial);
    if (question->cursor && question->cursor <= (size_t)rl_end)
        rl_point = (int)question->cursor - 1;
    prompt->selected = question->replaced && question->initial && *question->initial;
    if (question->offered)
        offer_all(prompt);
}

static void close_prompt(struct prompt *prompt)
{
    rl_callback_handler_remove();
    prompt->open = false;
    free(prompt->label);
    free(prompt->initial);
    prompt->label = prompt->initial = NULL;
    bytes_clear(&prompt->queue);
    prompt->queue_at = 0;
}

void prompt_give_up(struct prompt *prompt)
{
    struct prompt_question question = prompt->question;

    if (!prompt->open)
        return;
    rl_free_line_state();
    rl_replace_line("", 0);
    close_prompt(prompt);
    question.answered(question.context, NULL);
}

/* The same line again is remembered once. */
void prompt_remember(struct prompt *prompt, const char *line)
{
    const HIST_ENTRY *last =
        history_length > 0 ? history_get(history_base + history_length - 1) : NULL;

    (void)prompt;
    if (!last || strcmp(last->line, line) != 0)
        add_history(line);
}

static void finish(struct prompt *prompt)
{
    struct prompt_question question = prompt->question;
    char *line = prompt->line;

    prompt->line = NULL;
    close_prompt(prompt);
    if (line && *line && question.remember)
        prompt_remember(prompt, line);
    question.answered(question.context, line);
    free(line);
}

static void tell_change(struct prompt *prompt)
{
    if (prompt->question.changed)
        prompt->question.changed(prompt->question.context, rl_line_buffer);
}

/* Readline can undo it. */
static void drop_selected(struct prompt *prompt)
{
    if (prompt->selected) {
        rl_delete_text(0, rl_end);
        rl_point = 0;
    }
    prompt->selected = false;
}

static bool is_backspace(const char *bytes, size_t len)
{
    return len == 1 && (*bytes == 0x7f || *bytes == '\b');
}

/* They stay as long as Tab goes from one to the next. */
static bool goes_through_choices(void)
{
    return rl_last_func == rl_menu_complete || rl_last_func == rl_backward_menu_complete;
}

bool prompt_knows(const struct prompt *prompt, const char *bytes, size_t len)
{
    int type = ISFUNC;
    rl_command_func_t *bound = rl_function_of_keyseq_len(bytes, len, NULL, &type);

    return prompt->open && (bound || type != ISFUNC);
}

/* A key that is the whole answer. */
static bool is_answer(const struct prompt *prompt, const char *bytes, size_t len)
{
    const char *keys = prompt->question.keys;

    return keys && len == 1 && *bytes && strchr(keys, *bytes) && rl_end == 0;
}

void prompt_key(struct prompt *prompt, const char *bytes, size_t len)
{
    if (!prompt->open || len == 0)
        return;
    if (is_answer(prompt, bytes, len)) {
        prompt->line = xmemdup0(bytes, len);
        finish(prompt);
        return;
    }
    if ((unsigned char)*bytes >= ' ' || is_backspace(bytes, len) ||
        (*bytes == '\t' && prompt->question.offered)) /* Tab goes through all that is offered */
        drop_selected(prompt);
    prompt->selected = prompt->listed = false;
    bytes_append(&prompt->queue, bytes, len);
    while (prompt->queue_at < prompt->queue.len && !prompt->finished)
        rl_callback_read_char();
    if (!prompt->listed && !goes_through_choices())
        clear_choices(prompt);
    bytes_clear(&prompt->queue);
    prompt->queue_at = 0;
    if (prompt->finished)
        finish(prompt);
    else
        tell_change(prompt);
}

/* Control bytes would be keys; CR LF and CR are the line ends of some terminals. */
static void clean_paste(const char *text, size_t len, bool lines, struct bytes *clean)
{
    for (size_t used; len > 0; text += used, len -= used) {
        uint32_t character;

        used = utf8_decode(text, len, &character);
        if (used == 0)
            break;
        if (*text == '\r' && len > 1 && text[1] == '\n')
            continue;
        if (*text == '\n' || *text == '\r')
            bytes_append_byte(clean, lines ? '\n' : ' ');
        else if (*text == '\t')
            bytes_append_byte(clean, lines ? '\t' : ' ');
        else if (character != UTF8_INVALID && character >= ' ' && character != 0x7f &&
                 !(character >= 0x80 && character < 0xa0))
            bytes_append(clean, text, used);
    }
}

void prompt_paste(struct prompt *prompt, const char *text, size_t len, bool cut)
{
    struct bytes clean;

    if (!prompt->open)
        return;
    bytes_init(&clean, len);
    clean_paste(text, len, prompt->question.lines, &clean);
    drop_selected(prompt);
    rl_insert_text(bytes_text(&clean));
    bytes_release(&clean);
    if (cut) {
        char *label = xasprintf("(pasted only in part) %s", prompt->label);

        free(prompt->label);
        prompt->label = label;
    }
    tell_change(prompt);
}

void prompt_resize(struct prompt *prompt, int rows, int columns)
{
    (void)prompt;
    rl_set_screen_size(rows, columns);
}

void prompt_view(const struct prompt *prompt, struct prompt_view *view)
{
    *view = (struct prompt_view){
        .label = prompt->label,
        .text = rl_line_buffer ? rl_line_buffer : "",
        .cursor = (size_t)rl_point,
        .selected = prompt->selected,
        .touched = prompt->open && rl_line_buffer && strcmp(rl_line_buffer, prompt->initial) != 0,
        .choices = (const char *const *)prompt->choices,
        .choice_count = prompt->choice_count,
        .choice_shared = prompt->choice_shared,
    };
}
