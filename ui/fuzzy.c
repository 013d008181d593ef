#include "ui/fuzzy.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include "base/memory.h"
#include "base/text.h"

/* A run of matches that began at a word keeps its worth; in the middle of one it is worth less. */
enum {
    WORTH_MATCH = 16,
    WORTH_FIRST = 10,      /* bonuses: at the beginning or after a blank, */
    WORTH_PATH = 9,        /* after / : and other signs that split names, */
    WORTH_WORD = 8,        /* after - _ . and the rest, */
    WORTH_HUMP = 7,        /* a camelHump, or a digit after letters, */
    WORTH_SIGN = 5,        /* a sign that was typed, */
    WORTH_RUN = 4,         /* right after a match, inside a word, */
    WORTH_WORD_RUN = 8,    /* and the same in a run that began with a word */
    WORTH_FIRST_TIMES = 2, /* the first character of a term weighs more */
    COST_GAP = 3,
    COST_GAP_MORE = 1, /* for each further character of a gap */
    NEVER = INT_MIN / 2,
    INVALID_FROM = 0x110000, /* an invalid byte is this plus its value */
};

enum kind { KIND_FUZZY, KIND_EXACT, KIND_PREFIX, KIND_SUFFIX, KIND_EQUAL };

struct term {
    enum kind kind;
    bool inverse;
    bool folds;   /* capitals match as well */
    bool or_next; /* it is enough when this or the next one matches */
    size_t count;
    uint32_t characters[FUZZY_TERM_MAX];
};

/* The best that ends at a character, in a run that began with a word or inside one. */
enum run { RUN_INSIDE, RUN_WORD, RUNS };

struct fuzzy {
    struct term terms[FUZZY_TERMS_MAX];
    size_t count;
    /* of the text at hand: */
    size_t len;
    size_t offsets[FUZZY_TEXT_MAX + 1];
    uint32_t exact[FUZZY_TEXT_MAX];
    uint32_t folded[FUZZY_TEXT_MAX];
    signed char bonus[FUZZY_TEXT_MAX];
    /* of a term in it: */
    int best[FUZZY_EXACT_CELLS][RUNS];
    size_t places[FUZZY_TERM_MAX];
};

static uint32_t fold(uint32_t character)
{
    if (character < 0x80)
        return character >= 'A' && character <= 'Z' ? character | 0x20 : character;
    return character < INVALID_FROM ? (uint32_t)towlower((wint_t)character) : character;
}

static size_t next_character(const char *text, size_t len, uint32_t *character)
{
    size_t used;

    if ((unsigned char)*text < 0x80) {
        *character = (unsigned char)*text;
        return 1;
    }
    used = utf8_decode(text, len, character);
    if (used == 0 || *character == UTF8_INVALID) {
        *character = INVALID_FROM + (unsigned char)*text;
        return 1;
    }
    return used;
}

/* ---- patterns ---- */

static bool take_sign(const char **word, size_t *len, char sign)
{
    if (*len == 0 || **word != sign)
        return false;
    (*word)++;
    (*len)--;
    return true;
}

/* False for a term of signs alone: what is being typed excludes nothing yet. */
static bool read_term(struct term *term, const char *word, size_t len)
{
    bool prefix;

    *term = (struct term){.kind = KIND_FUZZY, .folds = true};
    term->inverse = take_sign(&word, &len, '!');
    if (!term->inverse && len > 1 && word[1] != '-') /* as in History; "--" begins an option */
        term->inverse = take_sign(&word, &len, '-');
    if (take_sign(&word, &len, '\'') || term->inverse)
        term->kind = KIND_EXACT;
    prefix = take_sign(&word, &len, '^');
    if (prefix)
        term->kind = KIND_PREFIX;
    if (len > 1 && word[len - 1] == '$') {
        len--;
        term->kind = prefix ? KIND_EQUAL : KIND_SUFFIX;
    }
    while (len > 0 && term->count < FUZZY_TERM_MAX) {
        uint32_t character;
        size_t used = next_character(word, len, &character);

        term->characters[term->count++] = character;
        term->folds &= fold(character) == character;
        word += used;
        len -= used;
    }
    return term->count > 0;
}

struct fuzzy *fuzzy_new(const char *pattern)
{
    struct fuzzy *fuzzy = xcalloc(1, sizeof(*fuzzy));

    while (pattern && *(pattern += strspn(pattern, " ")) && fuzzy->count < FUZZY_TERMS_MAX) {
        size_t len = strcspn(pattern, " ");

        if (len == 1 && *pattern == '|') {
            if (fuzzy->count > 0)
                fuzzy->terms[fuzzy->count - 1].or_next = true;
        } else if (read_term(&fuzzy->terms[fuzzy->count], pattern, len)) {
            fuzzy->count++;
        }
        pattern += len;
    }
    if (fuzzy->count > 0) /* nothing came behind the last | yet */
        fuzzy->terms[fuzzy->count - 1].or_next = false;
    return fuzzy;
}

void fuzzy_free(struct fuzzy *fuzzy)
{
    free(fuzzy);
}

bool fuzzy_is_empty(const struct fuzzy *fuzzy)
{
    return fuzzy->count == 0;
}

/* ---- the text ---- */

enum class { CLASS_BLANK, CLASS_PATH, CLASS_SIGN, CLASS_LOWER, CLASS_UPPER, CLASS_DIGIT };

static enum class class_of(uint32_t character) {
    if (character >= 'a' && character <= 'z') return CLASS_LOWER;
    if (character >= 'A' && character <= 'Z') return CLASS_UPPER;
    if (character >= '0' && character <= '9') return CLASS_DIGIT;
    if (character == ' ' || character == '\t') return CLASS_BLANK;
    if (character < 0x80) return strchr("/:;|,", (int)character) && character ? CLASS_PATH
                                                                              : CLASS_SIGN;
    if (character >= INVALID_FROM || !iswalnum((wint_t)character)) return CLASS_SIGN;
    return iswupper((wint_t)character) ? CLASS_UPPER : CLASS_LOWER;
}

/* What a match is worth at a character, by its class and that of the one before. */
static int bonus_of(enum class before, enum class at)
{
    if (at == CLASS_BLANK || at == CLASS_PATH || at == CLASS_SIGN)
        return WORTH_SIGN;
    if (before == CLASS_BLANK)
        return WORTH_FIRST;
    if (before == CLASS_PATH)
        return WORTH_PATH;
    if (before == CLASS_SIGN)
        return WORTH_WORD;
    if ((before == CLASS_LOWER && at == CLASS_UPPER) ||
        (before != CLASS_DIGIT && at == CLASS_DIGIT))
        return WORTH_HUMP;
    return 0;
}

static void take_text(struct fuzzy *fuzzy, const char *text, size_t len)
{
    enum class before = CLASS_BLANK;
    size_t at = 0;

    fuzzy->len = 0;
    while (at < len && fuzzy->len < FUZZY_TEXT_MAX) {
        uint32_t character;
        size_t used = next_character(text + at, len - at, &character);
        enum class class = class_of(character);

        fuzzy->offsets[fuzzy->len] = at;
        fuzzy->exact[fuzzy->len] = character;
        fuzzy->folded[fuzzy->len] = fold(character);
        fuzzy->bonus[fuzzy->len++] = (signed char)bonus_of(before, class);
        before = class;
        at += used;
    }
    fuzzy->offsets[fuzzy->len] = at;
}

/* ---- one alignment ---- */

static bool begins_word(const struct fuzzy *fuzzy, size_t place)
{
    return fuzzy->bonus[place] >= WORTH_HUMP;
}

static int worth_in_run(const struct fuzzy *fuzzy, size_t place, enum run run)
{
    int least = run == RUN_WORD ? WORTH_WORD_RUN : WORTH_RUN;

    return WORTH_MATCH + (fuzzy->bonus[place] > least ? fuzzy->bonus[place] : least);
}

static int cost_of_gap(size_t characters)
{
    return COST_GAP + COST_GAP_MORE * (int)(characters - 1);
}

static int worth(const struct fuzzy *fuzzy, const size_t *places, size_t count)
{
    enum run run = RUN_INSIDE;
    int sum = 0;

    for (size_t i = 0; i < count; i++) {
        size_t at = places[i];

        if (i > 0 && at == places[i - 1] + 1) {
            sum += worth_in_run(fuzzy, at, run);
            run = begins_word(fuzzy, at) ? RUN_WORD : run;
            continue;
        }
        sum += WORTH_MATCH + fuzzy->bonus[at] * (i == 0 ? WORTH_FIRST_TIMES : 1);
        if (i > 0)
            sum -= cost_of_gap(at - places[i - 1] - 1);
        run = begins_word(fuzzy, at) ? RUN_WORD : RUN_INSIDE;
    }
    return sum;
}

int fuzzy_worth(const char *text, size_t len, const size_t *places, size_t count)
{
    struct fuzzy *fuzzy = fuzzy_new(NULL);
    int found;

    take_text(fuzzy, text, len);
    found = worth(fuzzy, places, count);
    fuzzy_free(fuzzy);
    return found;
}

/* ---- the best alignment of a fuzzy term ---- */

static const uint32_t *characters_for(const struct fuzzy *fuzzy, const struct term *term)
{
    return term->folds ? fuzzy->folded : fuzzy->exact;
}

/* The first place of each character behind the one before; false when one has none. */
static bool find_first(struct fuzzy *fuzzy, const struct term *term)
{
    const uint32_t *characters = characters_for(fuzzy, term);
    size_t at = 0;

    for (size_t i = 0; i < term->count; i++, at++) {
        while (at < fuzzy->len && characters[at] != term->characters[i])
            at++;
        if (at >= fuzzy->len)
            return false;
        fuzzy->places[i] = at;
    }
    return true;
}

/* The cells of a term in a text: rows are characters of the term, columns those from its first
 * possible place on. */
struct grid {
    struct fuzzy *fuzzy;
    const struct term *term;
    const uint32_t *characters;
    size_t from;
    size_t columns;
};

static int *cell(const struct grid *grid, size_t row, size_t column)
{
    return grid->fuzzy->best[row * grid->columns + column];
}

/* The best of the row above that is not right before `column`: `*gap` is carried from column to
 * column, and already costs what the gap up to here does. */
static void carry_gap(const struct grid *grid, size_t row, size_t column, int *gap)
{
    int opened = NEVER;

    if (*gap > NEVER)
        *gap -= COST_GAP_MORE;
    if (column >= 2) {
        const int *above = cell(grid, row - 1, column - 2);

        opened = (above[RUN_WORD] > above[RUN_INSIDE] ? above[RUN_WORD] : above[RUN_INSIDE]);
    }
    if (opened > NEVER && opened - COST_GAP > *gap)
        *gap = opened - COST_GAP;
}

static void raise_to(int *value, int candidate)
{
    if (candidate > *value)
        *value = candidate;
}

static void fill_cell(const struct grid *grid, size_t row, size_t column, int gap)
{
    const struct fuzzy *fuzzy = grid->fuzzy;
    size_t place = grid->from + column;
    enum run begun = begins_word(fuzzy, place) ? RUN_WORD : RUN_INSIDE;
    int *own = cell(grid, row, column);

    own[RUN_INSIDE] = own[RUN_WORD] = NEVER;
    if (grid->characters[place] != grid->term->characters[row])
        return;
    if (row == 0) {
        own[begun] = WORTH_MATCH + fuzzy->bonus[place] * WORTH_FIRST_TIMES;
        return;
    }
    if (gap > NEVER)
        own[begun] = gap + WORTH_MATCH + fuzzy->bonus[place];
    for (int run = 0; column > 0 && run < RUNS; run++) {
        int before = cell(grid, row - 1, column - 1)[run];

        if (before > NEVER)
            raise_to(&own[begun == RUN_WORD ? RUN_WORD : run],
                     before + worth_in_run(fuzzy, place, (enum run)run));
    }
}

static void fill_grid(const struct grid *grid)
{
    for (size_t row = 0; row < grid->term->count; row++) {
        int gap = NEVER;

        for (size_t column = 0; column < grid->columns; column++) {
            if (row > 0)
                carry_gap(grid, row, column, &gap);
            fill_cell(grid, row, column, gap);
        }
    }
}

/* Which cell of the row above the value of this one came from. */
static void step_back(const struct grid *grid, size_t row, size_t *column, enum run *run)
{
    const struct fuzzy *fuzzy = grid->fuzzy;
    size_t place = grid->from + *column;
    enum run begun = begins_word(fuzzy, place) ? RUN_WORD : RUN_INSIDE;
    int value = cell(grid, row, *column)[*run];

    for (int before = RUNS; *column > 0 && before-- > 0;) {
        const int *above = cell(grid, row - 1, *column - 1);
        enum run after = begun == RUN_WORD ? RUN_WORD : (enum run)before;

        if (after == *run && above[before] > NEVER &&
            above[before] + worth_in_run(fuzzy, place, (enum run)before) == value) {
            *column -= 1;
            *run = (enum run)before;
            return;
        }
    }
    for (size_t at = *column - 1; at-- > 0;) {
        const int *above = cell(grid, row - 1, at);

        for (int before = RUNS; before-- > 0;) {
            if (above[before] > NEVER &&
                above[before] - cost_of_gap(*column - at - 1) + WORTH_MATCH + fuzzy->bonus[place] ==
                    value) {
                *column = at;
                *run = (enum run)before;
                return;
            }
        }
    }
}

/* The places of the best alignment; of equal ones the first. */
static int find_best(const struct grid *grid, bool wants_places)
{
    size_t last = grid->term->count - 1, found = 0;
    enum run run = RUN_INSIDE;
    int best = NEVER;

    for (size_t column = 0; column < grid->columns; column++) {
        for (int at = 0; at < RUNS; at++) {
            if (cell(grid, last, column)[at] > best) {
                best = cell(grid, last, column)[at];
                found = column;
                run = (enum run)at;
            }
        }
    }
    for (size_t row = last; wants_places; row--) {
        grid->fuzzy->places[row] = grid->from + found;
        if (row == 0)
            break;
        step_back(grid, row, &found, &run);
    }
    return best;
}

/* A long text: from the first end of the term backwards, which makes the alignment narrow. */
static int find_near(struct fuzzy *fuzzy, const struct term *term)
{
    const uint32_t *characters = characters_for(fuzzy, term);
    size_t at = fuzzy->places[term->count - 1];

    for (size_t i = term->count; i-- > 0; at--) {
        while (characters[at] != term->characters[i])
            at--;
        fuzzy->places[i] = at;
    }
    return worth(fuzzy, fuzzy->places, term->count);
}

static bool match_fuzzy(struct fuzzy *fuzzy, const struct term *term, bool wants_places, int *score)
{
    struct grid grid = {.fuzzy = fuzzy, .term = term, .characters = characters_for(fuzzy, term)};

    if (!find_first(fuzzy, term))
        return false;
    grid.from = fuzzy->places[0];
    grid.columns = fuzzy->len - grid.from;
    if (fuzzy->len * term->count > FUZZY_EXACT_CELLS) {
        *score = find_near(fuzzy, term);
    } else {
        fill_grid(&grid);
        *score = find_best(&grid, wants_places);
    }
    return true;
}

/* ---- terms whose characters stand side by side ---- */

static bool stands_at(const struct fuzzy *fuzzy, const struct term *term, size_t at)
{
    return memcmp(characters_for(fuzzy, term) + at, term->characters,
                  term->count * sizeof(*term->characters)) == 0;
}

static int worth_at(struct fuzzy *fuzzy, const struct term *term, size_t at)
{
    for (size_t i = 0; i < term->count; i++)
        fuzzy->places[i] = at + i;
    return worth(fuzzy, fuzzy->places, term->count);
}

static bool match_whole(struct fuzzy *fuzzy, const struct term *term, int *score)
{
    size_t last = fuzzy->len - term->count, from = 0, to = last, found = 0;
    int best = NEVER;

    if (term->count > fuzzy->len || (term->kind == KIND_EQUAL && last > 0))
        return false;
    if (term->kind == KIND_PREFIX)
        to = 0;
    else if (term->kind == KIND_SUFFIX)
        from = last;
    for (size_t at = from; at <= to; at++) {
        if (stands_at(fuzzy, term, at) && worth_at(fuzzy, term, at) > best) {
            best = worth_at(fuzzy, term, at);
            found = at;
        }
    }
    if (best == NEVER)
        return false;
    *score = worth_at(fuzzy, term, found);
    return true;
}

/* ---- all terms ---- */

static void mark_places(const struct fuzzy *fuzzy, const struct term *term, unsigned char *marks)
{
    for (size_t i = 0; i < term->count; i++) {
        size_t at = fuzzy->places[i];

        memset(marks + fuzzy->offsets[at], 1, fuzzy->offsets[at + 1] - fuzzy->offsets[at]);
    }
}

static bool match_term(struct fuzzy *fuzzy, const struct term *term, unsigned char *marks,
                       int *score)
{
    bool matches;
    int found = 0;

    if (term->kind == KIND_FUZZY)
        matches = match_fuzzy(fuzzy, term, marks != NULL, &found);
    else
        matches = match_whole(fuzzy, term, &found);
    if (term->inverse)
        return !matches;
    if (matches && marks)
        mark_places(fuzzy, term, marks);
    *score += matches ? found : 0;
    return matches;
}

static bool match_all(struct fuzzy *fuzzy, const char *text, size_t len, unsigned char *marks,
                      int *score)
{
    *score = 0;
    if (fuzzy->count == 0)
        return true;
    take_text(fuzzy, text, len);
    for (size_t i = 0; i < fuzzy->count; i++) {
        bool matches = match_term(fuzzy, &fuzzy->terms[i], marks, score);

        while (!matches && fuzzy->terms[i].or_next)
            matches = match_term(fuzzy, &fuzzy->terms[++i], marks, score);
        if (!matches)
            return false;
        while (fuzzy->terms[i].or_next)
            i++;
    }
    return true;
}

bool fuzzy_match(struct fuzzy *fuzzy, const char *text, size_t len, int *score)
{
    return match_all(fuzzy, text, len, NULL, score);
}

bool fuzzy_mark(struct fuzzy *fuzzy, const char *text, size_t len, unsigned char *marks)
{
    int score;

    memset(marks, 0, len);
    if (match_all(fuzzy, text, len, marks, &score))
        return true;
    memset(marks, 0, len);
    return false;
}

static int compare(const void *left, const void *right)
{
    const struct fuzzy_hit *a = left, *b = right;

    if (a->score != b->score)
        return a->score > b->score ? -1 : 1;
    if (a->len != b->len)
        return a->len < b->len ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

void fuzzy_sort(struct fuzzy_hit *hits, size_t count)
{
    qsort(hits, count, sizeof(*hits), compare);
}
