#include "command/explain.h"

#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/suggest.h"
#include "base/text.h"
#include "judge/class_table.h"
#include "judge/retry.h"
#include "judge/verdict.h"
#include "probe/describe.h"
#include "probe/library.h"
#include "probe/observation.h"
#include "probe/plan.h"
#include "probe/result.h"
#include "simulator/simulator.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CODE_MAX = 80, NEAR_MAX = 6, NEAR_TEXT = 512, CODE_COLUMN = 28 };

struct explainer {
    struct class_table *classes;
    struct retry_policy *policy;
    struct library *library;
};

/* One row of a table. */
struct meaning {
    const char *code;
    const char *also;   /* another word for it: a headline; NULL */
    const char *says;   /* a sentence */
    const char *advice; /* NULL: nothing is to be done */
};

/* ---- the tables ---- */

static bool verdict_row(const struct explainer *explainer, size_t index, struct meaning *row)
{
    enum verdict_kind kind = (enum verdict_kind)index;

    (void)explainer;
    if (index >= VERDICT_COUNT)
        return false;
    *row =
        (struct meaning){verdict_name(kind), verdict_headline(kind), verdict_meaning(kind), NULL};
    return true;
}

static bool reason_row(const struct explainer *explainer, size_t index, struct meaning *row)
{
    enum reason_code code = (enum reason_code)index;

    (void)explainer;
    if (index >= REASON_COUNT)
        return false;
    *row = (struct meaning){reason_name(code), NULL, reason_meaning(code), reason_advice(code)};
    return true;
}

static void reason_more(const struct explainer *explainer, size_t index, struct bytes *out)
{
    (void)explainer;
    bytes_puts(out, reason_is_note((enum reason_code)index) ? "a note: it never worsens a verdict\n"
                                                            : "it worsens the verdict\n");
}

static bool observed_row(const struct explainer *explainer, size_t index, struct meaning *row)
{
    enum observed_rule rule = (enum observed_rule)index;

    (void)explainer;
    if (index >= RULE_COUNT)
        return false;
    *row = (struct meaning){observed_rule_code(rule), NULL, observed_rule_meaning(rule),
                            observed_rule_advice(rule)};
    return true;
}

static void observed_more(const struct explainer *explainer, size_t index, struct bytes *out)
{
    static const char *const weights[] = {
        [WEIGHT_FAULT] = "a fault: the scenario is not handled",
        [WEIGHT_DOUBT] = "a doubt: nobody can say whether it is handled",
        [WEIGHT_NOTE] = "a note: worth knowing",
    };

    (void)explainer;
    bytes_printf(out, "%s\n", weights[observed_rule_weight((enum observed_rule)index)]);
}

static bool class_row(const struct explainer *explainer, size_t index, struct meaning *row)
{
    const struct class_row *class = class_table_row(explainer->classes, index);

    if (!class)
        return false;
    *row = (struct meaning){class->name, NULL, class->meaning, class->advice};
    return true;
}

static void put_retry(const struct retry_row *row, struct bytes *out)
{
    text_line(out, "asked again: %s%s; fallback: %s. %s (%s)", retry_rule_name(row->retry),
              row->retry == RETRY_BOUNDED ? ", as often as the policy allows" : "",
              row->fallback ? "an operator could consider one" : "never", row->why, row->origin);
}

static void class_more(const struct explainer *explainer, size_t index, struct bytes *out)
{
    const struct class_row *class = class_table_row(explainer->classes, index);
    const struct class_rule *rule;
    const char *gap = "chosen by the rules ";

    for (size_t i = 0; class_action_name(i); i++)
        if (strcmp(class_action_name(i), class->action) == 0)
            bytes_printf(out, "action %s: %s\n", class->action, class_action_meaning(i));
    put_retry(retry_policy_find(explainer->policy, class->name), out);
    for (size_t i = 0; (rule = class_table_rule(explainer->classes, i)); i++) {
        if (strcmp(rule->class, class->name) != 0)
            continue;
        bytes_printf(out, "%s%s", gap, rule->id);
        gap = ", ";
    }
    bytes_puts(out, "\n");
}

static bool rule_row(const struct explainer *explainer, size_t index, struct meaning *row)
{
    const struct class_rule *rule = class_table_rule(explainer->classes, index);

    if (!rule)
        return false;
    *row =
        (struct meaning){rule->id, NULL,
                         rule->shipped ? "A rule that chooses a failure class."
                                       : "A rule of this workspace that chooses a failure class.",
                         NULL};
    return true;
}

static void rule_more(const struct explainer *explainer, size_t index, struct bytes *out)
{
    const struct class_rule *rule = class_table_rule(explainer->classes, index);
    struct bytes line;

    bytes_init(&line, SIZE_MAX);
    for (enum class_key key = 0; key < CLASS_KEY_COUNT; key++) {
        const struct class_words *words = &rule->when[key];

        for (size_t i = 0; i < words->count; i++)
            bytes_printf(&line, "%s%s%s", i == 0 ? class_key_name(key) : ", ", i == 0 ? ": " : "",
                         words->items[i]);
        if (words->count > 0)
            text_line(out, "%s", bytes_text(&line));
        bytes_clear(&line);
    }
    bytes_release(&line);
    text_line(out, "then class %s%s%s", rule->class, rule->because ? "; " : "",
              rule->because ? rule->because : "");
}

static bool action_row(const struct explainer *explainer, size_t index, struct meaning *row)
{
    (void)explainer;
    if (!class_action_name(index))
        return false;
    *row = (struct meaning){class_action_name(index), NULL, class_action_meaning(index), NULL};
    return true;
}

static void action_more(const struct explainer *explainer, size_t index, struct bytes *out)
{
    const struct class_row *class;
    const char *gap = "of the classes ";

    for (size_t i = 0; (class = class_table_row(explainer->classes, i)); i++) {
        if (strcmp(class->action, class_action_name(index)) != 0)
            continue;
        bytes_printf(out, "%s%s", gap, class->name);
        gap = ", ";
    }
    bytes_puts(out, "\n");
}

static bool finding_row(const struct explainer *explainer, size_t index, struct meaning *row)
{
    enum finding finding = (enum finding)index;

    (void)explainer;
    if (index > FINDING_NONE)
        return false;
    *row = (struct meaning){finding_name(finding), NULL, finding_meaning(finding),
                            finding_advice(finding)};
    return true;
}

static bool outcome_row(const struct explainer *explainer, size_t index, struct meaning *row)
{
    enum outcome outcome = (enum outcome)(OUTCOME_PASS + index);

    (void)explainer;
    if (outcome > OUTCOME_ERROR)
        return false;
    *row = (struct meaning){outcome_name(outcome), NULL, outcome_meaning(outcome), NULL};
    return true;
}

static bool scenario_row(const struct explainer *explainer, size_t index, struct meaning *row)
{
    const struct scenario *scenario = scenario_get(index);

    (void)explainer;
    if (!scenario)
        return false;
    *row = (struct meaning){scenario->name, NULL, scenario->summary, NULL};
    return true;
}

static void scenario_more(const struct explainer *explainer, size_t index, struct bytes *out)
{
    const struct scenario *scenario = scenario_get(index);

    (void)explainer;
    bytes_printf(out, "answers %s\n", scenario->operations);
    if (*scenario->verdict)
        bytes_printf(out, "a streamed answer must be judged %s\n", scenario->verdict);
    if (scenario->scope == SCENARIO_ANSWER)
        bytes_printf(out, "asked for by the model sim/%s\n", scenario->name);
    bytes_printf(out, "source %s\n", scenario->source);
}

static bool probe_row(const struct explainer *explainer, size_t index, struct meaning *row)
{
    const struct probe *probe;

    if (index >= library_probe_count(explainer->library))
        return false;
    probe = library_probe(explainer->library, index);
    *row = (struct meaning){probe->id, NULL, probe->title, probe->explanation};
    return true;
}

static void put_words(struct bytes *out, const char *label, const struct probe_words *words)
{
    struct bytes line;

    bytes_init(&line, SIZE_MAX);
    for (size_t i = 0; i < words->count; i++)
        bytes_printf(&line, "%s%s", i == 0 ? label : ", ", words->items[i]);
    if (words->count > 0)
        text_line(out, "%s", bytes_text(&line));
    bytes_release(&line);
}

static void put_request(const struct probe *probe, enum operation operation, struct bytes *out)
{
    struct bytes line;

    bytes_init(&line, SIZE_MAX);
    describe_change(probe, operation, &line);
    text_line(out, "%s sends: %s", operation_name(operation), bytes_text(&line));
    bytes_release(&line);
}

static void probe_more(const struct explainer *explainer, size_t index, struct bytes *out)
{
    const struct probe *probe = library_probe(explainer->library, index);
    struct bytes line;

    for (int operation = 0; operation < OPERATION_COUNT; operation++)
        if (probe->operations[operation])
            put_request(probe, (enum operation)operation, out);
    bytes_init(&line, SIZE_MAX);
    describe_expectation(probe, &line);
    text_line(out, "expects: %s", bytes_text(&line));
    bytes_release(&line);
    put_words(out, "requirements ", &probe->requirements);
    for (size_t i = 0; i < library_suite_count(explainer->library); i++)
        if (probe_words_hold(&library_suite(explainer->library, i)->probes, probe->id))
            text_line(out, "in the suite %s", library_suite(explainer->library, i)->id);
    text_line(out, "from %s", probe->origin);
}

static bool suite_row(const struct explainer *explainer, size_t index, struct meaning *row)
{
    const struct suite *suite;

    if (index >= library_suite_count(explainer->library))
        return false;
    suite = library_suite(explainer->library, index);
    *row = (struct meaning){suite->id, NULL, suite->title, NULL};
    return true;
}

static void suite_more(const struct explainer *explainer, size_t index, struct bytes *out)
{
    const struct suite *suite = library_suite(explainer->library, index);

    bytes_printf(out, "at most %" PRId64 " requests a run\n",
                 plan_suite_most(explainer->library, suite, explainer->policy));
    put_words(out, "probes ", &suite->probes);
}

static const struct vocabulary {
    const char *kind, *title;
    bool (*row)(const struct explainer *explainer, size_t index, struct meaning *row);
    void (*more)(const struct explainer *explainer, size_t index, struct bytes *out); /* or NULL */
} vocabularies[] = {
    {"verdict", "Verdicts", verdict_row, NULL},
    {"reason", "Reasons of a verdict", reason_row, reason_more},
    {"observed", "What is said of an application", observed_row, observed_more},
    {"class", "Failure classes", class_row, class_more},
    {"action", "Operator actions", action_row, action_more},
    {"finding", "Findings about an integration", finding_row, NULL},
    {"outcome", "Outcomes of a probe", outcome_row, NULL},
    {"suite", "Suites", suite_row, suite_more},
    {"probe", "Probes", probe_row, probe_more},
    {"scenario", "Scenarios of the simulator", scenario_row, scenario_more},
    {"rule", "Rules that choose a class", rule_row, rule_more},
};
enum { VOCABULARY_COUNT = sizeof(vocabularies) / sizeof(vocabularies[0]) };

/* ---- opening ---- */

struct explainer *explainer_open(const char *folder, struct error *error)
{
    struct explainer *explainer = xcalloc(1, sizeof(*explainer));

    explainer->classes = class_table_open(folder, error);
    if (explainer->classes)
        explainer->policy = retry_policy_open(folder, error);
    if (explainer->policy)
        explainer->library = library_open(folder, scenario_exists, error);
    if (explainer->library)
        return explainer;
    explainer_free(explainer);
    return NULL;
}

void explainer_free(struct explainer *explainer)
{
    if (!explainer)
        return;
    class_table_free(explainer->classes);
    retry_policy_free(explainer->policy);
    library_free(explainer->library);
    free(explainer);
}

/* ---- finding ---- */

/* As words are compared: lower case, blanks and `_` as `-`, no commas, no prefix of the simulator.
 */
static void fold(const char *word, char folded[CODE_MAX])
{
    size_t len = 0;

    if (strncmp(word, "sim/", 4) == 0)
        word += 4;
    for (; *word && len + 1 < CODE_MAX; word++)
        if (*word != ',')
            folded[len++] =
                *word == ' ' || *word == '_' ? '-' : (char)tolower((unsigned char)*word);
    folded[len] = '\0';
}

static bool is_code(const char *folded, const char *word)
{
    char other[CODE_MAX];

    if (!word)
        return false;
    fold(word, other);
    return strcmp(folded, other) == 0;
}

/* The next row that `folded` names from here on; false behind the last. */
struct search {
    const struct explainer *explainer;
    char folded[CODE_MAX];
    size_t vocabulary, index;
    struct meaning row;
};

static void search_begin(struct search *search, const struct explainer *explainer, const char *code)
{
    *search = (struct search){.explainer = explainer, .index = SIZE_MAX};
    fold(code, search->folded);
}

static bool search_next(struct search *search)
{
    for (; search->vocabulary < VOCABULARY_COUNT; search->vocabulary++, search->index = SIZE_MAX) {
        while (
            vocabularies[search->vocabulary].row(search->explainer, ++search->index, &search->row))
            if (is_code(search->folded, search->row.code) ||
                is_code(search->folded, search->row.also))
                return true;
    }
    return false;
}

/* The nearest by letters, then codes that hold what was typed. */
static bool nothing_found(const struct explainer *explainer, const char *code, struct error *error)
{
    struct suggestion near = {.word = NULL};
    char folded[CODE_MAX];
    struct bytes words;
    struct meaning row;
    int told = 0;

    fold(code, folded);
    bytes_init(&words, NEAR_TEXT);
    for (size_t i = 0; i < VOCABULARY_COUNT; i++)
        for (size_t j = 0; vocabularies[i].row(explainer, j, &row); j++)
            suggest(&near, folded, row.code);
    if (near.word && ++told)
        bytes_puts(&words, near.word);
    for (size_t i = 0; i < VOCABULARY_COUNT && strlen(folded) > 2; i++)
        for (size_t j = 0; told < NEAR_MAX && vocabularies[i].row(explainer, j, &row); j++)
            if (strstr(row.code, folded) && (!near.word || strcmp(near.word, row.code) != 0))
                bytes_printf(&words, "%s%s", told++ > 0 ? ", " : "", row.code);
    error_set(error, ERROR_USAGE, "there is no code \"%.60s\"; %s%s%s", code,
              told > 0 ? "did you mean " : "`cometdeck explain` lists them", bytes_text(&words),
              told > 0 ? "?" : "");
    bytes_release(&words);
    return false;
}

/* ---- telling ---- */

/* `text`, each line with `before` in front of it. */
static void put_lines(struct bytes *out, const char *before, const char *text)
{
    while (*text) {
        size_t len = strcspn(text, "\n");

        bytes_puts(out, before);
        bytes_append(out, text, len);
        bytes_puts(out, "\n");
        text += len + (text[len] == '\n');
    }
}

static void more_of(const struct search *search, struct bytes *out)
{
    bytes_init(out, SIZE_MAX);
    if (vocabularies[search->vocabulary].more)
        vocabularies[search->vocabulary].more(search->explainer, search->index, out);
}

bool explain_text(const struct explainer *explainer, const char *code, struct bytes *out,
                  struct error *error)
{
    const char *gap = "";
    struct search search;
    struct bytes more;

    for (search_begin(&search, explainer, code); search_next(&search); gap = "\n") {
        bytes_puts(out, gap);
        text_line(out, "%s (%s%s%s)", search.row.code, vocabularies[search.vocabulary].kind,
                  search.row.also ? ", " : "", search.row.also ? search.row.also : "");
        text_line(out, "  %s", search.row.says);
        if (search.row.advice)
            text_line(out, "  What to do: %s", search.row.advice);
        more_of(&search, &more);
        put_lines(out, "  ", bytes_text(&more));
        bytes_release(&more);
    }
    return *gap || nothing_found(explainer, code, error);
}

bool explain_line(const struct explainer *explainer, const char *code, struct bytes *out,
                  struct error *error)
{
    const char *gap = "";
    struct search search;

    for (search_begin(&search, explainer, code); search_next(&search); gap = "  ") {
        const char *advice = search.row.advice;

        bytes_printf(out, "%s%s (%s): %s%s%s", gap, search.row.code,
                     vocabularies[search.vocabulary].kind, search.row.says,
                     advice ? " What to do: " : "", advice ? advice : "");
    }
    return *gap || nothing_found(explainer, code, error);
}

/* No table before this one has the code. */
static bool is_first(const struct explainer *explainer, size_t vocabulary, const char *code)
{
    struct search search;

    search_begin(&search, explainer, code);
    return !search_next(&search) || search.vocabulary >= vocabulary;
}

void explain_codes(const struct explainer *explainer, void (*add)(void *context, const char *code),
                   void *context)
{
    struct meaning row;

    for (size_t i = 0; i < VOCABULARY_COUNT; i++)
        for (size_t j = 0; vocabularies[i].row(explainer, j, &row); j++)
            if (!strchr(row.code, ' ') && is_first(explainer, i, row.code))
                add(context, row.code);
}

static struct json *row_json(const struct vocabulary *vocabulary, const struct meaning *row)
{
    struct json *object = json_new_object();

    json_set_string(object, "kind", vocabulary->kind);
    json_set_string(object, "code", row->code);
    json_set_string(object, "also", row->also);
    json_set_string(object, "meaning", row->says);
    return object;
}

struct json *explain_json(const struct explainer *explainer, const char *code, struct error *error)
{
    struct json *list = json_new_array();
    struct search search;

    for (search_begin(&search, explainer, code); search_next(&search);) {
        struct json *object = row_json(&vocabularies[search.vocabulary], &search.row);
        struct json *details = json_new_array();
        struct bytes more;

        more_of(&search, &more);
        for (const char *line = bytes_text(&more); *line; line += strcspn(line, "\n") + 1)
            json_append(details, json_new_string_n(line, strcspn(line, "\n")));
        bytes_release(&more);
        json_set_string(object, "advice", search.row.advice);
        json_set(object, "details", details);
        json_append(list, object);
    }
    if (json_count(list) > 0)
        return list;
    json_free(list);
    nothing_found(explainer, code, error);
    return NULL;
}

void explain_list(const struct explainer *explainer, struct bytes *out)
{
    struct meaning row;

    for (size_t i = 0; i < VOCABULARY_COUNT; i++) {
        bytes_printf(out, "%s%s:\n", i > 0 ? "\n" : "", vocabularies[i].title);
        for (size_t j = 0; vocabularies[i].row(explainer, j, &row); j++)
            text_line(out, "  %-*s %s", CODE_COLUMN, row.code, row.says);
    }
}

struct json *explain_list_json(const struct explainer *explainer)
{
    struct json *list = json_new_array();
    struct meaning row;

    for (size_t i = 0; i < VOCABULARY_COUNT; i++)
        for (size_t j = 0; vocabularies[i].row(explainer, j, &row); j++)
            json_append(list, row_json(&vocabularies[i], &row));
    return list;
}
