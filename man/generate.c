/*
 * Fills a manual page: reads a template on standard input, writes it with every line
 *   .\" TABLE name [file]
 * replaced by that table of the program. So the manual says what the program does.
 */
#include "command/help.h"
#include "base/bytes.h"
#include "base/memory.h"
#include "command/options.h"
#include "command/verb.h"
#include "contract/contract.h"
#include "evidence/history_filter.h"
#include "judge/class_table.h"
#include "judge/verdict.h"
#include "probe/observation.h"
#include "simulator/simulator.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *arguments, *help;
} commands[] = {
#define REQUEST(symbol, name, arguments, completion, owner, group, help) {name, arguments, help},
#include "ui/request.def"
#undef REQUEST
};

/* Text as roff prints it as it stands; at the beginning of a line a dot would be a request. */
static void put(const char *text)
{
    for (const char *at = text; *at; at++) {
        if ((at == text || at[-1] == '\n') && (*at == '.' || *at == '\''))
            fputs("\\&", stdout);
        if (*at == '\\')
            fputs("\\e", stdout);
        else if (*at == '-')
            fputs("\\-", stdout);
        else if (*at == '`')
            fputs("\\(ga", stdout);
        else
            putchar(*at);
    }
}

static void item(const char *bold, const char *plain, const char *text)
{
    fputs(".TP\n\\fB", stdout);
    put(bold);
    fputs("\\fR", stdout);
    if (plain[0]) {
        fputs(" \\fI", stdout);
        put(plain);
        fputs("\\fR", stdout);
    }
    putchar('\n');
    put(text);
    putchar('\n');
}

static void put_option(const struct option_spec *spec)
{
    char name[64];

    snprintf(name, sizeof(name), "%c%c%s--%s", spec->letter ? '-' : ' ',
             spec->letter ? spec->letter : ' ', spec->letter ? ", " : "", spec->name);
    item(spec->letter ? name : name + 2, spec->argument ? spec->argument : "", spec->help);
}

static void put_options(const struct verb *verb)
{
    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        if (verb ? !option_spec(id)->common && option_belongs(id, verb) : option_spec(id)->common)
            put_option(option_spec(id));
    }
}

static void table_options(const char *file)
{
    (void)file;
    put_options(NULL);
}

static void table_verbs(const char *file)
{
    (void)file;
    for (size_t i = 0; i < verb_count(); i++) {
        const struct verb *verb = verb_get(i);

        fputs(".SS cometdeck ", stdout);
        put(verb->name);
        printf("%s", verb->name[0] && verb->arguments[0] ? " " : "");
        put(verb->arguments);
        putchar('\n');
        printf("%c", verb->summary[0] & ~0x20);
        put(verb->summary + 1);
        puts(".");
        if (verb->details) {
            put(verb->details);
            putchar('\n');
        }
        put_options(verb);
    }
}

static void table_statuses(const char *file)
{
    struct bytes text;

    (void)file;
    bytes_init(&text, SIZE_MAX);
    help_statuses(&text);
    puts(".nf");
    put(bytes_text(&text));
    puts(".fi");
    bytes_release(&text);
}

static void table_verdicts(const char *file)
{
    (void)file;
    for (int i = 0; i < VERDICT_COUNT; i++)
        item(verdict_name((enum verdict_kind)i), verdict_headline((enum verdict_kind)i),
             verdict_meaning((enum verdict_kind)i));
}

static void table_reasons(const char *file)
{
    (void)file;
    for (int i = 0; i < REASON_COUNT; i++) {
        enum reason_code code = (enum reason_code)i;

        item(reason_name(code), reason_is_note(code) ? "note" : "", reason_meaning(code));
        put(reason_advice(code));
        putchar('\n');
    }
}

static void table_observed(const char *file)
{
    (void)file;
    for (int i = 0; i < RULE_COUNT; i++) {
        enum observed_rule rule = (enum observed_rule)i;

        item(observed_rule_code(rule), observed_weight_name(observed_rule_weight(rule)),
             observed_rule_meaning(rule));
        put(observed_rule_advice(rule));
        putchar('\n');
    }
}

static void table_classes(const char *file)
{
    const struct class_row *row;

    (void)file;
    for (size_t i = 0; (row = class_table_row(NULL, i)); i++) {
        item(row->name, row->action, row->meaning);
        put(row->advice);
        putchar('\n');
    }
}

static void table_actions(const char *file)
{
    (void)file;
    for (size_t i = 0; class_action_name(i); i++)
        item(class_action_name(i), "", class_action_meaning(i));
}

static void table_scenarios(const char *file)
{
    (void)file;
    for (size_t i = 0; i < scenario_count(); i++) {
        const struct scenario *scenario = scenario_get(i);

        item(scenario->name, scenario->verdict, scenario->summary);
    }
}

static void table_clauses(const char *file)
{
    struct contract *contract = contract_starter();

    (void)file;
    for (size_t i = 0; i < contract_count(contract); i++) {
        const struct clause *clause = contract_clause(contract, i);

        item(clause->id, clause_status_name(clause_status(clause)), clause->title);
    }
    contract_free(contract);
}

static void table_commands(const char *file)
{
    (void)file;
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        item(commands[i].name, commands[i].arguments, commands[i].help);
}

static const char *command_help(const char *line)
{
    size_t best = 0;
    const char *help = "";

    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        size_t len = strlen(commands[i].name);

        if (len >= best && strncmp(line, commands[i].name, len) == 0 &&
            (line[len] == '\0' || line[len] == ' ')) {
            best = len;
            help = commands[i].help;
        }
    }
    return help;
}

/* The shipped key map, whose comments are left out. */
static void table_filters(const char *file)
{
    const char *name, *meaning;

    (void)file;
    for (size_t i = 0; history_filter_field(i, &name, &meaning); i++) {
        char *bold = xasprintf("%s:", name);

        item(bold, "", meaning);
        free(bold);
    }
}

static void table_keys(const char *file)
{
    FILE *keymap = fopen(file, "r");
    char line[512], key[64], command[256], end[2];

    if (!keymap) {
        perror(file);
        exit(1);
    }
    while (fgets(line, sizeof(line), keymap)) {
        if (sscanf(line, "[%63[^] \n]%1[]]", key, end) == 2) /* `[` alone is a key */
            printf(".SS \"%s\"\n", strcmp(key, "all") == 0 ? "everywhere" : key);
        else if (line[0] != '#' && sscanf(line, "%63s %255[^\n]", key, command) == 2)
            item(key, command, command_help(command));
    }
    fclose(keymap);
}

static const struct {
    const char *name;
    void (*print)(const char *file);
} tables[] = {
    {"options", table_options},   {"verbs", table_verbs},     {"statuses", table_statuses},
    {"verdicts", table_verdicts}, {"reasons", table_reasons}, {"scenarios", table_scenarios},
    {"commands", table_commands}, {"keys", table_keys},       {"clauses", table_clauses},
    {"filters", table_filters},   {"classes", table_classes}, {"actions", table_actions},
    {"observed", table_observed},
};

static int print_table(const char *name, const char *file)
{
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        if (strcmp(tables[i].name, name) == 0) {
            tables[i].print(file);
            return 0;
        }
    }
    fprintf(stderr, "generate: there is no table %s\n", name);
    return 1;
}

/* The argument is the key map. */
int main(int argc, char **argv)
{
    char line[1024], name[64];
    int failed = argc == 2 ? 0 : 1;

    while (!failed && fgets(line, sizeof(line), stdin)) {
        if (sscanf(line, ".\\\" TABLE %63s", name) == 1)
            failed = print_table(name, argv[1]);
        else
            fputs(line, stdout);
    }
    return failed || fflush(stdout) != 0 || ferror(stdout);
}
