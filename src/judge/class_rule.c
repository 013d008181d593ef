#include "judge/class_rule.h"

#include "base/bytes.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { STATUS_LEAST = 100, STATUS_MOST = 999 };

/* ---- statuses ---- */

struct range {
    int least, most;
};

/* Three digits; -1 for anything else. */
static int three_digits(const char *text)
{
    for (int i = 0; i < 3; i++)
        if (!isdigit((unsigned char)text[i]))
            return -1;
    return (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
}

static bool range_read(const char *word, struct range *range)
{
    size_t len = strlen(word);

    if (strcmp(word, "none") == 0) {
        *range = (struct range){0, 0};
        return true;
    }
    if (len == 3 && isdigit((unsigned char)word[0]) && strcasecmp(word + 1, "xx") == 0) {
        *range = (struct range){(word[0] - '0') * 100, (word[0] - '0') * 100 + 99};
    } else if (len == 3 || (len == 7 && word[3] == '-')) {
        range->least = three_digits(word);
        range->most = len == 3 ? range->least : three_digits(word + 4);
    } else {
        return false;
    }
    return range->least >= STATUS_LEAST && range->most >= range->least &&
           range->most <= STATUS_MOST;
}

static bool status_known(const char *word)
{
    struct range range;

    return range_read(word, &range);
}

static bool status_holds(const struct class_facts *facts, const char *word)
{
    struct range range;

    return range_read(word, &range) && facts->status >= range.least && facts->status <= range.most;
}

static bool status_covers(const char *wide, const char *narrow)
{
    struct range a, b;

    return range_read(wide, &a) && range_read(narrow, &b) && a.least <= b.least && a.most >= b.most;
}

/* ---- vocabularies ---- */

static const char *verdict_word(size_t index)
{
    return index < VERDICT_COUNT ? verdict_name((enum verdict_kind)index) : NULL;
}

static const char *reason_word(size_t index)
{
    return index < REASON_COUNT ? reason_name((enum reason_code)index) : NULL;
}

static const char *trouble_word(size_t index)
{
    return transport_trouble_name((enum transport_trouble)index);
}

static const char *stop_word(size_t index)
{
    return index <= STOP_BODY_LIMIT ? stop_name((enum stop)index) : NULL;
}

static bool verdict_holds(const struct class_facts *facts, const char *word)
{
    return strcasecmp(verdict_name(facts->verdict->kind), word) == 0;
}

static bool reason_holds(const struct class_facts *facts, const char *word)
{
    for (size_t i = 0; i < facts->verdict->count; i++)
        if (strcasecmp(reason_name(facts->verdict->reasons[i].code), word) == 0)
            return true;
    return false;
}

static bool trouble_holds(const struct class_facts *facts, const char *word)
{
    return strcasecmp(transport_trouble_name(facts->trouble), word) == 0;
}

static bool stop_holds(const struct class_facts *facts, const char *word)
{
    return strcasecmp(stop_name(facts->stop), word) == 0;
}

/* ---- words and phrases ---- */

static bool is_word(const char *text, const char *word)
{
    return text && strcasecmp(text, word) == 0;
}

static bool envelope_holds(const struct class_facts *facts, const char *word)
{
    return is_word(facts->envelope, word);
}

static bool code_holds(const struct class_facts *facts, const char *word)
{
    return is_word(facts->code, word);
}

static bool type_holds(const struct class_facts *facts, const char *word)
{
    return is_word(facts->type, word);
}

static bool message_holds(const struct class_facts *facts, const char *phrase)
{
    return facts->message && strcasestr(facts->message, phrase);
}

static bool transport_says_holds(const struct class_facts *facts, const char *phrase)
{
    return facts->transport_says && strcasestr(facts->transport_says, phrase);
}

static bool word_covers(const char *wide, const char *narrow)
{
    return strcasecmp(wide, narrow) == 0;
}

/* A text that holds the longer phrase holds the shorter one. */
static bool phrase_covers(const char *wide, const char *narrow)
{
    return strcasestr(narrow, wide) != NULL;
}

static bool any_text(const char *word)
{
    return *word != '\0';
}

/* ---- the keys ---- */

static const struct key {
    const char *name;
    const char *phrase; /* how a hit is told */
    const char *(*word)(size_t index);
    bool (*known)(const char *word); /* NULL: one of word() */
    bool (*holds)(const struct class_facts *facts, const char *word);
    bool (*covers)(const char *wide, const char *narrow);
    bool body;
} keys[] = {
    [CLASS_KEY_VERDICT] = {"verdict", "the verdict %s", verdict_word, NULL, verdict_holds,
                           word_covers, false},
    [CLASS_KEY_REASON] = {"reason", "the reason %s", reason_word, NULL, reason_holds, word_covers,
                          false},
    [CLASS_KEY_TROUBLE] = {"trouble", "the transport's trouble (%s)", trouble_word, NULL,
                           trouble_holds, word_covers, false},
    [CLASS_KEY_STOP] = {"stop", "our own stop (%s)", stop_word, NULL, stop_holds, word_covers,
                        false},
    [CLASS_KEY_TRANSPORT_SAYS] = {"transport_says", "the transport's message (\"%s\")", NULL,
                                  any_text, transport_says_holds, phrase_covers, false},
    [CLASS_KEY_STATUS] = {"status", "the status %s", NULL, status_known, status_holds,
                          status_covers, false},
    [CLASS_KEY_ENVELOPE] = {"envelope", "the envelope %s", NULL, any_text, envelope_holds,
                            word_covers, true},
    [CLASS_KEY_CODE] = {"code", "the code %s", NULL, any_text, code_holds, word_covers, true},
    [CLASS_KEY_TYPE] = {"type", "the type %s", NULL, any_text, type_holds, word_covers, true},
    [CLASS_KEY_MESSAGE] = {"message", "the message (\"%s\")", NULL, any_text, message_holds,
                           phrase_covers, true},
};
_Static_assert(sizeof(keys) / sizeof(keys[0]) == CLASS_KEY_COUNT, "one row for each key");

const char *class_key_name(enum class_key key)
{
    return keys[key].name;
}

bool class_key_is_body(enum class_key key)
{
    return keys[key].body;
}

const char *class_key_word(enum class_key key, size_t index)
{
    return keys[key].word ? keys[key].word(index) : NULL;
}

bool class_key_takes(enum class_key key, const char *word)
{
    const char *known;

    if (keys[key].known)
        return keys[key].known(word);
    for (size_t i = 0; (known = class_key_word(key, i)); i++)
        if (strcmp(known, word) == 0)
            return true;
    return false;
}

/* ---- rules ---- */

static const char *const failed_verdicts[] = {"errored", "malformed", "limited",
                                              "stalled", "unproven",  "truncated"};

void class_rule_release(struct class_rule *rule)
{
    for (int key = 0; key < CLASS_KEY_COUNT; key++)
        free(rule->when[key].items);
}

/* What a key asks for, with what it means when it is absent. */
static size_t asked(const struct class_rule *rule, enum class_key key, const char *const **words)
{
    *words = (const char *const *)rule->when[key].items;
    if (key == CLASS_KEY_VERDICT && rule->when[key].count == 0) {
        *words = failed_verdicts;
        return sizeof(failed_verdicts) / sizeof(failed_verdicts[0]);
    }
    return rule->when[key].count;
}

bool class_rule_holds(const struct class_rule *rule, const struct class_facts *facts,
                      const char *hits[CLASS_KEY_COUNT])
{
    for (enum class_key key = 0; key < CLASS_KEY_COUNT; key++) {
        const char *const *words;
        size_t count = asked(rule, key, &words), i = 0;

        while (i < count && !keys[key].holds(facts, words[i]))
            i++;
        if (count > 0 && i == count)
            return false;
        hits[key] = rule->when[key].count > 0 ? words[i] : NULL;
    }
    return true;
}

static bool key_covers(const struct class_rule *first, const struct class_rule *second,
                       enum class_key key)
{
    const char *const *wide, *const *narrow;
    size_t wides = asked(first, key, &wide), narrows = asked(second, key, &narrow);

    if (wides == 0)
        return true;
    for (size_t i = 0; i < narrows; i++) {
        size_t j = 0;

        while (j < wides && !keys[key].covers(wide[j], narrow[i]))
            j++;
        if (j == wides)
            return false;
    }
    return narrows > 0;
}

bool class_rule_covers(const struct class_rule *first, const struct class_rule *second)
{
    for (enum class_key key = 0; key < CLASS_KEY_COUNT; key++)
        if (!key_covers(first, second, key))
            return false;
    return true;
}

/* ---- telling ---- */

/* Only the table's own words are told, but a status by its number. */
static void tell(enum class_key key, const char *hit, int status, struct bytes *out)
{
    const char *at = strstr(keys[key].phrase, "%s");
    char number[16];

    snprintf(number, sizeof(number), "%d", status);
    bytes_append(out, keys[key].phrase, (size_t)(at - keys[key].phrase));
    bytes_puts(out, key == CLASS_KEY_STATUS && status > 0 ? number : hit);
    bytes_puts(out, at + 2);
}

static void compare_with_status(const struct class_rule *rule, int status, const char *alone,
                                bool several, struct bytes *out)
{
    const char *s = several ? "" : "s";

    if (strcmp(alone, rule->class) == 0)
        bytes_printf(out, " agree%s with the status %d", s, status);
    else if (status >= 200 && status <= 299)
        bytes_printf(out, " outrank%s the status %d", s, status);
    else
        bytes_printf(out, " outrank%s the status %d, which alone would mean %s", s, status, alone);
}

void class_rule_explain(const struct class_rule *rule, const char *const hits[CLASS_KEY_COUNT],
                        const struct class_facts *facts, const char *alone, struct bytes *out)
{
    bool body = false;
    int told = 0;

    for (enum class_key key = 0; key < CLASS_KEY_COUNT; key++) {
        if (!hits[key])
            continue;
        bytes_puts(out, told > 0 ? " and " : "");
        tell(key, hits[key], facts->status, out);
        body = body || keys[key].body;
        told++;
    }
    if (told == 0)
        bytes_puts(out, "no rule knows it");
    else if (body && !hits[CLASS_KEY_STATUS] && facts->status > 0)
        compare_with_status(rule, facts->status, alone, told > 1, out);
    else
        bytes_puts(out, told > 1 ? " decide" : " decides");
    if (rule->because)
        bytes_printf(out, "; %s", rule->because);
}
