#include "judge/class_table.h"

#include "base/bytes.h"
#include "base/embedded.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/suggest.h"

#include <stdlib.h>
#include <string.h>

enum {
    FILE_MAX = 1024 * 1024,
    CLASSES_MAX = 256,
    RULES_MAX = 1024,
    WORDS_MAX = 4096,
    NAME_MAX_LEN = 39,
    WORD_MAX_LEN = 80,
    BECAUSE_MAX_LEN = 160
};

extern const struct embedded class_files[];
extern const struct class_row class_rows[];

static const struct {
    const char *name, *meaning;
} actions[] = {
#define ACTION(name, meaning) {name, meaning},
#include "judge/actions.def"
#undef ACTION
};
enum { ACTION_COUNT = sizeof(actions) / sizeof(actions[0]) };

struct class_table {
    struct json_file own, shipped; /* hold the strings */
    struct class_row *rows;        /* the shipped ones first, then the workspace's */
    bool *replaced;                /* of each shipped one: the workspace says it anew */
    size_t row_count;
    struct class_rule *rules;
    size_t rule_count;
    size_t word_count; /* of the file that is read */
};

const char *class_action_name(size_t index)
{
    return index < ACTION_COUNT ? actions[index].name : NULL;
}

const char *class_action_meaning(size_t index)
{
    return index < ACTION_COUNT ? actions[index].meaning : NULL;
}

/* ---- asking ---- */

static size_t shipped_count(void)
{
    size_t count = 0;

    while (class_rows[count].name)
        count++;
    return count;
}

static struct class_table *new_table(void)
{
    struct class_table *table = xcalloc(1, sizeof(*table));

    table->row_count = shipped_count();
    table->rows = xcalloc(table->row_count, sizeof(*table->rows));
    memcpy(table->rows, class_rows, table->row_count * sizeof(*table->rows));
    table->replaced = xcalloc(table->row_count, sizeof(*table->replaced));
    return table;
}

const struct class_row *class_table_row(const struct class_table *table, size_t index)
{
    if (!table)
        return index < shipped_count() ? &class_rows[index] : NULL;
    return index < table->row_count ? &table->rows[index] : NULL;
}

const struct class_row *class_table_find(const struct class_table *table, const char *name)
{
    const struct class_row *row;

    for (size_t i = 0; (row = class_table_row(table, i)); i++)
        if (strcmp(row->name, name) == 0)
            return row;
    return NULL;
}

const struct class_rule *class_table_rule(const struct class_table *table, size_t index)
{
    return index < table->rule_count ? &table->rules[index] : NULL;
}

const struct class_rule *class_table_decide(const struct class_table *table,
                                            const struct class_facts *facts,
                                            const char *hits[CLASS_KEY_COUNT])
{
    const struct class_rule *last = &table->rules[table->rule_count - 1];

    for (const struct class_rule *rule = table->rules; rule < last; rule++)
        if (class_rule_holds(rule, facts, hits))
            return rule;
    class_rule_holds(last, facts, hits);
    return last;
}

/* ---- reading ---- */

static bool is_name(const char *text)
{
    size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");

    return len > 0 && len <= NAME_MAX_LEN && text[len] == '\0' && text[0] != '-';
}

static bool read_name(const struct json_file *file, const struct json *object, const char *member,
                      const char **name, struct error *error)
{
    return json_file_string(file, object, member, JSON_REQUIRED, name, error) &&
           (is_name(*name) || json_file_error_at(file, json_member(object, member), error,
                                                 "%s is made of a-z, 0-9 and -, at most %d of them",
                                                 member, NAME_MAX_LEN));
}

static bool read_action(const struct json_file *file, const struct json *object,
                        const char **action, struct error *error)
{
    struct suggestion near = {.word = NULL};

    if (!json_file_string(file, object, "action", JSON_REQUIRED, action, error))
        return false;
    for (size_t i = 0; i < ACTION_COUNT; i++) {
        if (strcmp(actions[i].name, *action) == 0)
            return true;
        suggest(&near, *action, actions[i].name);
    }
    return json_file_error_at(file, json_member(object, "action"), error,
                              "there is no action \"%.40s\"; %s%s%s", *action,
                              near.word ? "did you mean \"" : "`cometdeck explain` lists them",
                              near.word ? near.word : "", near.word ? "\"?" : "");
}

static bool read_sentence(const struct json_file *file, const struct json *object,
                          const char *member, const char **text, struct error *error)
{
    return json_file_string(file, object, member, JSON_REQUIRED, text, error) &&
           (**text || json_file_error_at(file, json_member(object, member), error,
                                         "%s must be a sentence", member));
}

/* The action of what did not fail is nobody's to choose; the words of it are. */
static bool check_action(const struct json_file *file, const struct json *object,
                         const struct class_row *row, struct error *error)
{
    return strcmp(row->name, "none") != 0 || strcmp(row->action, "none") == 0 ||
           json_file_error_at(file, json_member(object, "action"), error,
                              "the class none is of what did not fail: its action is none");
}

/* What is absent stays as it is shipped. */
static bool replace_class(struct class_table *table, size_t index, const struct json_file *file,
                          const struct json *object, struct error *error)
{
    struct class_row row = table->rows[index];

    if (table->replaced[index])
        return json_file_error_at(file, json_member(object, "name"), error,
                                  "the class \"%s\" stands here twice", row.name);
    if (json_count(object) == 1)
        return json_file_error_at(file, object, error,
                                  "the class \"%s\" is a shipped one, and nothing of it is "
                                  "replaced: say action, meaning or advice",
                                  row.name);
    if ((json_member(object, "action") && !read_action(file, object, &row.action, error)) ||
        (json_member(object, "meaning") &&
         !read_sentence(file, object, "meaning", &row.meaning, error)) ||
        (json_member(object, "advice") &&
         !read_sentence(file, object, "advice", &row.advice, error)) ||
        !check_action(file, object, &row, error))
        return false;
    table->rows[index] = row;
    table->replaced[index] = true;
    return true;
}

static bool add_class(struct class_table *table, const char *name, const struct json_file *file,
                      const struct json *object, struct error *error)
{
    struct class_row row = {.name = name};

    if (!read_action(file, object, &row.action, error) ||
        !read_sentence(file, object, "meaning", &row.meaning, error) ||
        !read_sentence(file, object, "advice", &row.advice, error))
        return false;
    if (class_table_find(table, name))
        return json_file_error_at(file, json_member(object, "name"), error,
                                  "the class \"%s\" stands here twice", name);
    if (table->row_count == CLASSES_MAX + shipped_count())
        return json_file_error_at(file, object, error, "a file has at most %d new classes",
                                  CLASSES_MAX);
    table->rows = xreallocarray(table->rows, table->row_count + 1, sizeof(*table->rows));
    table->rows[table->row_count++] = row;
    return true;
}

static bool read_class(struct class_table *table, const struct json_file *file,
                       const struct json *object, struct error *error)
{
    static const char *const members[] = {"name", "action", "meaning", "advice", NULL};
    const char *name = NULL;

    if (json_type(object) != JSON_OBJECT)
        return json_file_error_at(file, object, error, "a class must be an object");
    if (!json_file_known(file, object, members, error) ||
        !read_name(file, object, "name", &name, error))
        return false;
    for (size_t i = 0; i < shipped_count(); i++)
        if (strcmp(class_rows[i].name, name) == 0)
            return replace_class(table, i, file, object, error);
    return add_class(table, name, file, object, error);
}

static bool read_classes(struct class_table *table, const struct json_file *file,
                         struct error *error)
{
    struct json *list = NULL;

    if (!json_file_array(file, file->root, "classes", JSON_OPTIONAL, &list, error))
        return false;
    for (const struct json *item = json_first(list); item; item = json_next(item))
        if (!read_class(table, file, item, error))
            return false;
    return true;
}

static bool wrong_word(const struct json_file *file, const struct json *item, enum class_key key,
                       struct error *error)
{
    struct suggestion near = {.word = NULL};
    const char *word = json_string(item), *known;

    if (!word || key == CLASS_KEY_STATUS)
        return json_file_error_at(file, item, error,
                                  key == CLASS_KEY_STATUS
                                      ? "a status is \"404\", \"4xx\", \"400-428\" or \"none\""
                                      : "a word of %s must be a string",
                                  class_key_name(key));
    for (size_t i = 0; (known = class_key_word(key, i)); i++)
        suggest(&near, word, known);
    if (!class_key_word(key, 0))
        return json_file_error_at(file, item, error, "an empty word would always hold");
    return json_file_error_at(file, item, error, "there is no %s \"%.60s\"%s%s%s",
                              class_key_name(key), word, near.word ? "; did you mean \"" : "",
                              near.word ? near.word : "", near.word ? "\"?" : "");
}

static bool read_words(struct class_table *table, const struct json_file *file,
                       const struct json *when, enum class_key key, struct class_words *words,
                       struct error *error)
{
    struct json *list = NULL;

    if (!json_file_array(file, when, class_key_name(key), JSON_OPTIONAL, &list, error))
        return false;
    if (!list)
        return true;
    if (json_count(list) == 0)
        return json_file_error_at(file, list, error, "%s has no word: leave it out, or name one",
                                  class_key_name(key));
    table->word_count += json_count(list);
    if (table->word_count > WORDS_MAX)
        return json_file_error_at(file, list, error, "a file has at most %d words", WORDS_MAX);
    words->items = xcalloc(json_count(list), sizeof(*words->items));
    for (const struct json *item = json_first(list); item; item = json_next(item)) {
        if (!json_string(item) || !class_key_takes(key, json_string(item)))
            return wrong_word(file, item, key, error);
        if (strlen(json_string(item)) > WORD_MAX_LEN)
            return json_file_error_at(file, item, error, "a word has at most %d bytes",
                                      WORD_MAX_LEN);
        words->items[words->count++] = json_string(item);
    }
    return true;
}

static bool read_when(struct class_table *table, const struct json_file *file,
                      const struct json *object, struct class_rule *rule, struct error *error)
{
    const char *members[CLASS_KEY_COUNT + 1] = {NULL};
    struct json *when = NULL;

    for (enum class_key key = 0; key < CLASS_KEY_COUNT; key++)
        members[key] = class_key_name(key);
    if (!json_file_object(file, object, "when", JSON_REQUIRED, &when, error) ||
        !json_file_known(file, when, members, error))
        return false;
    for (enum class_key key = 0; key < CLASS_KEY_COUNT; key++)
        if (!read_words(table, file, when, key, &rule->when[key], error))
            return false;
    return rule->shipped || json_count(when) > 0 ||
           json_file_error_at(file, when, error,
                              "a rule without a condition would take every answer");
}

static bool read_class_of_rule(const struct class_table *table, const struct json_file *file,
                               const struct json *object, struct class_rule *rule,
                               struct error *error)
{
    struct suggestion near = {.word = NULL};
    const struct class_row *row;

    if (!json_file_string(file, object, "class", JSON_REQUIRED, &rule->class, error))
        return false;
    row = class_table_find(table, rule->class);
    if (row) {
        rule->class = row->name; /* one that outlives the file */
        return true;
    }
    for (size_t i = 0; (row = class_table_row(table, i)); i++)
        suggest(&near, rule->class, row->name);
    return json_file_error_at(file, json_member(object, "class"), error,
                              "there is no class \"%.40s\"; %s%s%s", rule->class,
                              near.word ? "did you mean \"" : "`cometdeck explain` lists them",
                              near.word ? near.word : "", near.word ? "\"?" : "");
}

/* Complete is none, and nothing else is. */
static bool check_none(const struct json_file *file, const struct json *object,
                       const struct class_rule *rule, struct error *error)
{
    const struct class_words *verdicts = &rule->when[CLASS_KEY_VERDICT];
    const char *complete = verdict_name(VERDICT_COMPLETE);
    size_t named = 0;

    for (size_t i = 0; i < verdicts->count; i++)
        named += strcmp(verdicts->items[i], complete) == 0;
    if (strcmp(rule->class, "none") != 0)
        return named == 0 ||
               json_file_error_at(file, object, error,
                                  "a complete answer is no failure; leave \"complete\" out");
    return (named > 0 && named == verdicts->count) ||
           json_file_error_at(file, json_member(object, "class"), error,
                              "the class none would hide a failure: only what is complete has it");
}

static bool check_reached(const struct class_table *table, const struct json_file *file,
                          const struct json *object, const struct class_rule *rule,
                          struct error *error)
{
    for (size_t i = 0; i < table->rule_count; i++) {
        const struct class_rule *before = &table->rules[i];

        if (before->shipped != rule->shipped)
            continue;
        if (strcmp(before->id, rule->id) == 0)
            return json_file_error_at(file, json_member(object, "id"), error,
                                      "the rule \"%s\" stands here twice", rule->id);
        if (class_rule_covers(before, rule))
            return json_file_error_at(file, object, error,
                                      "the rule \"%s\" is never reached: \"%s\" before it takes "
                                      "all that it asks for",
                                      rule->id, before->id);
    }
    return true;
}

static bool read_because(const struct json_file *file, const struct json *object,
                         const char **because, struct error *error)
{
    return json_file_string(file, object, "because", JSON_OPTIONAL, because, error) &&
           (!*because || strlen(*because) <= BECAUSE_MAX_LEN ||
            json_file_error_at(file, json_member(object, "because"), error,
                               "because has at most %d bytes", BECAUSE_MAX_LEN));
}

static bool read_rule(struct class_table *table, const struct json_file *file,
                      const struct json *object, struct class_rule *rule, struct error *error)
{
    static const char *const members[] = {"id", "when", "class", "because", NULL};

    if (json_type(object) != JSON_OBJECT)
        return json_file_error_at(file, object, error, "a rule must be an object");
    return json_file_known(file, object, members, error) &&
           read_name(file, object, "id", &rule->id, error) &&
           read_class_of_rule(table, file, object, rule, error) &&
           read_when(table, file, object, rule, error) &&
           read_because(file, object, &rule->because, error) &&
           check_none(file, object, rule, error) && check_reached(table, file, object, rule, error);
}

static bool read_rules(struct class_table *table, const struct json_file *file, bool shipped,
                       struct error *error)
{
    struct json *list = NULL;

    if (!json_file_array(file, file->root, "rules", JSON_OPTIONAL, &list, error))
        return false;
    if (json_count(list) > RULES_MAX)
        return json_file_error_at(file, list, error, "a file has at most %d rules", RULES_MAX);
    table->rules = xreallocarray(table->rules, table->rule_count + json_count(list) + 1,
                                 sizeof(*table->rules));
    for (const struct json *item = json_first(list); item; item = json_next(item)) {
        struct class_rule rule = {.shipped = shipped};

        if (!read_rule(table, file, item, &rule, error)) {
            class_rule_release(&rule);
            return false;
        }
        table->rules[table->rule_count++] = rule;
    }
    return true;
}

static bool read_file(struct class_table *table, struct json_file *file, bool shipped,
                      struct error *error)
{
    static const char *const members[] = {"$schema", "version", "classes", "rules", NULL};
    int64_t version = 0;

    table->word_count = 0;
    if (json_type(file->root) != JSON_OBJECT)
        return json_file_error(file, "", error, "a file of classes must be an object");
    if (!json_file_known(file, file->root, members, error) ||
        !json_file_integer(file, file->root, "version", JSON_REQUIRED, &version, error))
        return false;
    if (version != 1)
        return json_file_error(file, "/version", error,
                               "version %lld is not known here, only 1: a newer cometdeck wrote it",
                               (long long)version);
    return (shipped || read_classes(table, file, error)) && read_rules(table, file, shipped, error);
}

/* ---- opening ---- */

static struct class_table *finish(struct class_table *table, bool good, struct error *error)
{
    const struct embedded *file = &class_files[0];

    if (good && json_file_parse(&table->shipped, file->name, file->data, file->len, error) &&
        read_file(table, &table->shipped, true, error))
        return table;
    class_table_free(table);
    return NULL;
}

struct class_table *class_table_parse(const char *path, const char *text, size_t len,
                                      struct error *error)
{
    struct class_table *table = new_table();
    bool good = json_file_parse(&table->own, path, text, len, error) &&
                read_file(table, &table->own, false, error);

    return finish(table, good, error);
}

struct class_table *class_table_open(const char *folder, struct error *error)
{
    char *path = folder ? file_join(folder, "classes.json") : NULL;
    struct class_table *table = NULL;
    struct bytes text;

    if (!path || !file_exists(path)) {
        table = finish(new_table(), true, error);
    } else {
        if (file_read(path, FILE_MAX, &text, NULL, error))
            table = class_table_parse(path, bytes_text(&text), text.len, error);
        bytes_release(&text);
    }
    free(path);
    return table;
}

void class_table_free(struct class_table *table)
{
    if (!table)
        return;
    for (size_t i = 0; i < table->rule_count; i++)
        class_rule_release(&table->rules[i]);
    free(table->rules);
    free(table->rows);
    free(table->replaced);
    json_file_release(&table->own);
    json_file_release(&table->shipped);
    free(table);
}
