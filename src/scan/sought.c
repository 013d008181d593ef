#include "scan/sought.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/needles.h"
#include "contract/base_url.h"
#include "contract/contract.h"

#include <stdlib.h>
#include <string.h>

static const char *const kind_names[] = {
    [SCAN_KEY] = "key", [SCAN_MODEL] = "model", [SCAN_BASE_URL] = "base-url", [SCAN_PATH] = "path"};

const char *scan_kind_name(enum scan_kind kind)
{
    return kind_names[kind];
}

bool scan_kind_from_name(const char *name, enum scan_kind *kind)
{
    for (int i = 0; i < SCAN_KIND_COUNT; i++) {
        if (strcmp(name, kind_names[i]) != 0)
            continue;
        *kind = (enum scan_kind)i;
        return true;
    }
    return false;
}

/* False: it is looked for already, or too short or long for that. */
static bool add_needle(struct sought *sought, const char *text, size_t len)
{
    return needles_add(sought->needles, text, len, sought->count);
}

/* `item` without its strings, which are copied. */
static void add_item(struct sought *sought, struct sought_item item, const char *value,
                     const char *from)
{
    if (sought->count == sought->size) {
        sought->size = sought->size ? 2 * sought->size : 64;
        sought->items = xreallocarray(sought->items, sought->size, sizeof(*sought->items));
    }
    item.value = xstrdup(value);
    item.from = xstrdup(from);
    sought->items[sought->count++] = item;
}

static void add_literal(struct sought *sought, struct sought_item item, const char *value,
                        const char *from)
{
    if (add_needle(sought, value, strlen(value)))
        add_item(sought, item, value, from);
}

/* ---- the contract's ---- */

static void add_path(struct sought *sought, const char *path, const char *from)
{
    size_t prefix = strlen(sought->prefix);

    if (path[0] != '/' || !path[1] || strchr(path, '<'))
        return;
    add_literal(sought, (struct sought_item){.kind = SCAN_PATH}, path, from);
    if (prefix && strncmp(path, sought->prefix, prefix) == 0 && path[prefix] == '/' &&
        strchr(path + prefix + 1, '/'))
        add_literal(sought, (struct sought_item){.kind = SCAN_PATH, .partial = true}, path + prefix,
                    from);
}

/* The first part of the path, when all operations share it. */
static char *common_prefix(char *const *paths)
{
    size_t len = 0;

    for (int i = 0; i < OPERATION_COUNT; i++) {
        if (!paths[i])
            continue;
        if (!len)
            len = paths[i][0] == '/' ? 1 + strcspn(paths[i] + 1, "/") : 0;
        if (!len || strncmp(paths[i], paths[0], len) != 0 || paths[i][len] != '/')
            return xstrdup("");
    }
    return len ? xmemdup0(paths[0], len) : xstrdup("");
}

static void read_operations(struct sought *sought, const struct contract *contract)
{
    for (int i = 0; i < OPERATION_COUNT; i++) {
        char *id = xasprintf("%s.path", operation_name((enum operation)i));

        sought->paths[i] = xstrdup(contract_string(contract, id));
        free(id);
    }
    sought->prefix = sought->paths[0] ? common_prefix(sought->paths) : xstrdup("");
}

static void read_paths(struct sought *sought, const struct contract *contract)
{
    static const char end[] = ".path";

    for (size_t i = 0; i < contract_count(contract); i++) {
        const struct clause *clause = contract_clause(contract, i);
        size_t len = strlen(clause->id);
        const char *path = json_string(clause->value);

        if (path && len > sizeof(end) && strcmp(clause->id + len - sizeof(end) + 1, end) == 0)
            add_path(sought, path, clause->id);
    }
}

static void read_documentation(struct sought *sought, const struct contract *contract)
{
    const char *host = contract_string(contract, "docs.host");
    const struct clause *pages = contract_find(contract, "docs.pages");

    if (host)
        add_literal(sought, (struct sought_item){.kind = SCAN_BASE_URL, .documentation = true},
                    host, "docs.host");
    for (const struct json *page = pages ? json_first(pages->value) : NULL; page;
         page = json_next(page))
        if (json_string(page))
            add_literal(sought, (struct sought_item){.kind = SCAN_PATH, .documentation = true},
                        json_string(page), "docs.pages");
}

static void read_key_variables(struct sought *sought, const struct contract *contract)
{
    const struct clause *names = contract_find(contract, "conflict.key_variables");

    for (const struct json *name = names ? json_first(names->value) : NULL; name;
         name = json_next(name))
        sought_add_key_variable(sought, json_string(name), names->id);
}

struct sought *sought_new(const struct contract *contract)
{
    struct sought *sought = xcalloc(1, sizeof(*sought));

    sought->needles = needles_new();
    read_operations(sought, contract);
    read_documentation(sought, contract);
    read_paths(sought, contract);
    read_key_variables(sought, contract);
    sought_add_base(sought, contract_string(contract, "base.url"), "base.url");
    return sought;
}

void sought_free(struct sought *sought)
{
    if (!sought)
        return;
    for (size_t i = 0; i < sought->count; i++) {
        free(sought->items[i].value);
        free(sought->items[i].from);
    }
    for (size_t i = 0; i < sought->base_count; i++) {
        free(sought->bases[i].url);
        free(sought->bases[i].from);
    }
    for (int i = 0; i < OPERATION_COUNT; i++)
        free(sought->paths[i]);
    free(sought->prefix);
    free(sought->items);
    free(sought->bases);
    needles_free(sought->needles);
    free(sought);
}

/* ---- what others say ---- */

static bool add_short_model(struct sought *sought, const char *id, size_t len)
{
    static const char quotes[] = "\"'`";
    bool added = false;

    for (const char *quote = quotes; *quote && len > 1; quote++) {
        char *quoted = xasprintf("%c%s%c", *quote, id, *quote);

        added |= add_needle(sought, quoted, len + 2);
        free(quoted);
    }
    return added;
}

void sought_add_model(struct sought *sought, const char *id, const char *from)
{
    size_t len = id ? strlen(id) : 0;

    if (!len)
        return;
    if (len < 2 || len > NEEDLES_LEN_MAX || sought->models == SOUGHT_MODELS_MAX) {
        sought->models_left_out++;
        return;
    }
    if (len < SOUGHT_SHORT ? !add_short_model(sought, id, len) : !add_needle(sought, id, len))
        return;
    add_item(sought, (struct sought_item){.kind = SCAN_MODEL}, id, from);
    sought->models++;
}

void sought_add_key_variable(struct sought *sought, const char *name, const char *from)
{
    if (name)
        add_literal(sought, (struct sought_item){.kind = SCAN_KEY}, name, from);
}

/* Every program has those for reasons of its own. */
static bool is_loopback(const char *host)
{
    return strncmp(host, "127.", 4) == 0 || strcmp(host, "localhost") == 0 ||
           strcmp(host, "[::1]") == 0;
}

void sought_add_base(struct sought *sought, const char *url, const char *from)
{
    char *host;

    if (!url || !base_url_check("", url, ERROR_FILE, NULL))
        return;
    for (size_t i = 0; i < sought->base_count; i++)
        if (strcmp(sought->bases[i].url, url) == 0)
            return;
    host = base_url_host(url);
    if (!is_loopback(host))
        add_literal(sought, (struct sought_item){.kind = SCAN_BASE_URL}, host, from);
    free(host);
    sought->bases = xreallocarray(sought->bases, sought->base_count + 1, sizeof(*sought->bases));
    sought->bases[sought->base_count++] =
        (struct sought_base){.url = xstrdup(url), .from = xstrdup(from)};
}
