#include "probe/library.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/embedded.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/suggest.h"
#include "judge/class_table.h"

enum { FILE_MAX = 16 * 1024 * 1024, PROBES_MAX = 4096, SUITES_MAX = 256, REQUESTS_MAX = 1000 };

extern const struct embedded probe_files[];

struct library {
    struct json_file **files; /* hold every string and tree */
    size_t file_count;
    struct probe *probes;
    size_t probe_count;
    struct suite *suites;
    size_t suite_count;
    bool (*is_scenario)(const char *name);
    struct class_table *classes; /* of the workspace */
    const struct faults *faults; /* files that are left out; NULL: none is */
    char *at_fault;              /* the file of the workspace that stopped it; NULL: none did */
    char *left_out;              /* what is wrong with them; NULL: none is */
};

/* Files of a workspace that cannot be used. */
struct faults {
    char **paths;
    size_t count;
    struct bytes words; /* a line each */
};

/* ---- one file ---- */

/* Where an element goes: over the shipped one of its id, or behind. NULL: the id is taken. */
static struct probe *place_of_probe(struct library *library, const struct probe *probe,
                                    bool *replaces)
{
    *replaces = false;
    for (size_t i = 0; i < library->probe_count; i++) {
        struct probe *there = &library->probes[i];

        if (strcmp(there->id, probe->id) != 0)
            continue;
        if (strcmp(there->origin, "shipped") != 0)
            return NULL;
        probe_release(there);
        *replaces = true;
        return there;
    }
    library->probes =
        xreallocarray(library->probes, library->probe_count + 1, sizeof(*library->probes));
    return &library->probes[library->probe_count++];
}

static bool read_probes(struct library *library, const struct json_file *file, const char *origin,
                        struct error *error)
{
    struct json *list = NULL;

    if (!json_file_array(file, file->root, "probes", JSON_OPTIONAL, &list, error))
        return false;
    for (const struct json *item = json_first(list); item; item = json_next(item)) {
        struct probe probe, *place;

        if (library->probe_count == PROBES_MAX)
            return json_file_error_at(file, item, error, "there can be %d probes", PROBES_MAX);
        if (!probe_read(file, item, library->is_scenario, library->classes, &probe, error))
            return false;
        probe.origin = origin;
        place = place_of_probe(library, &probe, &probe.replaces);
        if (!place) {
            probe_release(&probe);
            return json_file_error_at(file, json_member(item, "id"), error,
                                      "there is another probe \"%s\" in this workspace", probe.id);
        }
        *place = probe;
    }
    return true;
}

static bool read_suite(const struct json_file *file, const struct json *object, struct suite *suite,
                       struct error *error)
{
    static const char *const members[] = {"id", "title", "requests_max", "probes", NULL};
    int64_t most = 0;

    *suite = (struct suite){.file = file, .json = object, .id = ""};
    if (json_type(object) != JSON_OBJECT)
        return json_file_error_at(file, object, error, "a suite must be an object");
    if (!probe_known_members(file, object, members, error) ||
        !json_file_string(file, object, "id", JSON_REQUIRED, &suite->id, error) ||
        !json_file_string(file, object, "title", JSON_REQUIRED, &suite->title, error) ||
        !json_file_integer(file, object, "requests_max", JSON_OPTIONAL, &most, error))
        return false;
    if (!suite->id || !probe_is_id(suite->id))
        return json_file_error_at(file, json_member(object, "id"), error,
                                  "an id is made of a-z, 0-9 and -");
    if (most < 0 || most > REQUESTS_MAX)
        return json_file_error_at(file, json_member(object, "requests_max"), error,
                                  "requests_max must be from 0 to %d (D38: low volume)",
                                  REQUESTS_MAX);
    suite->requests_max =
        json_integer(json_member(object, "requests_max"), &most) ? (int)most : SUITE_BY_POLICY;
    return probe_read_words(file, object, "probes", true, &suite->probes, error);
}

static struct suite *place_of_suite(struct library *library, const struct suite *suite,
                                    bool *replaces)
{
    *replaces = false;
    for (size_t i = 0; i < library->suite_count; i++) {
        struct suite *there = &library->suites[i];

        if (strcmp(there->id, suite->id) != 0)
            continue;
        if (strcmp(there->origin, "shipped") != 0)
            return NULL;
        probe_words_release(&there->probes);
        *replaces = true;
        return there;
    }
    library->suites =
        xreallocarray(library->suites, library->suite_count + 1, sizeof(*library->suites));
    return &library->suites[library->suite_count++];
}

static bool read_suites(struct library *library, const struct json_file *file, const char *origin,
                        struct error *error)
{
    struct json *list = NULL;

    if (!json_file_array(file, file->root, "suites", JSON_OPTIONAL, &list, error))
        return false;
    for (const struct json *item = json_first(list); item; item = json_next(item)) {
        struct suite suite, *place;

        if (library->suite_count == SUITES_MAX)
            return json_file_error_at(file, item, error, "there can be %d suites", SUITES_MAX);
        if (!read_suite(file, item, &suite, error)) {
            probe_words_release(&suite.probes);
            return false;
        }
        suite.origin = origin;
        place = place_of_suite(library, &suite, &suite.replaces);
        if (!place) {
            probe_words_release(&suite.probes);
            return json_file_error_at(file, json_member(item, "id"), error,
                                      "there is another suite \"%s\" in this workspace", suite.id);
        }
        *place = suite;
    }
    return true;
}

static bool read_file(struct library *library, const char *path, const char *text, size_t len,
                      bool shipped, struct error *error)
{
    static const char *const members[] = {"$schema", "version", "probes", "suites", NULL};
    struct json_file *file = xcalloc(1, sizeof(*file));
    int64_t version = 0;

    if (!json_file_parse(file, path, text, len, error)) {
        free(file);
        return false;
    }
    library->files =
        xreallocarray(library->files, library->file_count + 1, sizeof(*library->files));
    library->files[library->file_count++] = file;
    if (json_type(file->root) != JSON_OBJECT)
        return json_file_error(file, "", error, "a file of probes must be an object");
    if (!probe_known_members(file, file->root, members, error) ||
        !json_file_integer(file, file->root, "version", JSON_REQUIRED, &version, error))
        return false;
    if (version != 1)
        return json_file_error(file, "/version", error,
                               "version %lld is not known here, only 1: a newer cometdeck wrote it",
                               (long long)version);
    return read_probes(library, file, shipped ? "shipped" : file->path, error) &&
           read_suites(library, file, shipped ? "shipped" : file->path, error);
}

/* ---- the workspace ---- */

static int is_json(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);

    return entry->d_name[0] != '.' && len > 5 && strcmp(entry->d_name + len - 5, ".json") == 0;
}

static bool read_path(struct library *library, const char *path, struct error *error)
{
    struct bytes text;
    bool good = file_read(path, FILE_MAX, &text, NULL, error);

    good = good && read_file(library, path, bytes_text(&text), text.len, false, error);
    bytes_release(&text);
    return good;
}

static bool is_left_out(const struct faults *faults, const char *path)
{
    for (size_t i = 0; faults && i < faults->count; i++)
        if (strcmp(faults->paths[i], path) == 0)
            return true;
    return false;
}

/* `path` is taken over where it is at fault. */
static bool use_path(struct library *library, char *path, struct error *error)
{
    if (is_left_out(library->faults, path) || read_path(library, path, error)) {
        free(path);
        return true;
    }
    library->at_fault = path;
    return false;
}

static bool read_folder(struct library *library, const char *folder, struct error *error)
{
    char *probes = file_join(folder, "probes");
    struct dirent **entries = NULL;
    int count = scandir(probes, &entries, is_json, alphasort);
    bool good = count >= 0 || errno == ENOENT ||
                error_errno(error, ERROR_FILE, errno, "cannot look into %s", probes);

    for (int i = 0; i < count; i++) {
        good = good && use_path(library, file_join(probes, entries[i]->d_name), error);
        free(entries[i]);
    }
    free(entries);
    free(probes);
    return good;
}

/* ---- the whole ---- */

/* Every probe that a suite names is there; only now, since files may name each other's. */
static bool check_suites(struct library *library, struct error *error)
{
    for (size_t i = 0; i < library->suite_count; i++) {
        const struct suite *suite = &library->suites[i];

        for (size_t j = 0; j < suite->probes.count; j++) {
            struct suggestion near = {.word = NULL};

            if (library_find_probe(library, suite->probes.items[j]))
                continue;
            if (strcmp(suite->origin, "shipped") != 0)
                library->at_fault = xstrdup(suite->origin);
            for (size_t k = 0; k < library->probe_count; k++)
                suggest(&near, suite->probes.items[j], library->probes[k].id);
            return json_file_error_at(
                suite->file, json_item(json_member(suite->json, "probes"), j), error,
                "the suite \"%s\" names the probe \"%.60s\", which does not "
                "exist%s%s",
                suite->id, suite->probes.items[j], near.word ? "; did you mean " : "",
                near.word ? near.word : "");
        }
    }
    return true;
}

static bool read_all(struct library *library, const char *folder, struct error *error)
{
    library->classes = class_table_open(folder, error);
    if (!library->classes)
        return false;
    for (const struct embedded *file = probe_files; file->name; file++)
        if (!read_file(library, file->name, file->data, file->len, true, error))
            return false;
    return (!folder || read_folder(library, folder, error)) && check_suites(library, error);
}

/* NULL with `*at_fault`, which the caller frees, where a file of the workspace is the reason. */
static struct library *open_but(const char *folder, bool (*is_scenario)(const char *name),
                                const struct faults *faults, char **at_fault, struct error *error)
{
    struct library *library = xcalloc(1, sizeof(*library));

    library->is_scenario = is_scenario;
    library->faults = faults;
    *at_fault = NULL;
    if (read_all(library, folder, error))
        return library;
    *at_fault = library->at_fault;
    library_free(library);
    return NULL;
}

struct library *library_open(const char *folder, bool (*is_scenario)(const char *name),
                             struct error *error)
{
    char *at_fault;
    struct library *library = open_but(folder, is_scenario, NULL, &at_fault, error);

    free(at_fault);
    return library;
}

/* `path` is taken over. */
static void add_fault(struct faults *faults, char *path, const struct error *error)
{
    faults->paths = xreallocarray(faults->paths, faults->count + 1, sizeof(*faults->paths));
    faults->paths[faults->count++] = path;
    bytes_printf(&faults->words, "%s%s", faults->words.len > 0 ? "\n" : "", error->text);
}

struct library *library_open_usable(const char *folder, bool (*is_scenario)(const char *name),
                                    struct error *error)
{
    struct faults faults = {.paths = NULL};
    struct error own = {0}, *why = error ? error : &own;
    struct library *library;
    char *at_fault;

    bytes_init(&faults.words, FILE_MAX);
    while (!(library = open_but(folder, is_scenario, &faults, &at_fault, why)) && at_fault)
        add_fault(&faults, at_fault, why);
    if (library)
        library->faults = NULL;
    if (library && faults.count > 0)
        library->left_out = xstrdup(bytes_text(&faults.words));
    for (size_t i = 0; i < faults.count; i++)
        free(faults.paths[i]);
    free(faults.paths);
    bytes_release(&faults.words);
    return library;
}

const char *library_left_out(const struct library *library)
{
    return library->left_out ? library->left_out : "";
}

void library_free(struct library *library)
{
    if (!library)
        return;
    for (size_t i = 0; i < library->probe_count; i++)
        probe_release(&library->probes[i]);
    for (size_t i = 0; i < library->suite_count; i++)
        probe_words_release(&library->suites[i].probes);
    for (size_t i = 0; i < library->file_count; i++) {
        json_file_release(library->files[i]);
        free(library->files[i]);
    }
    class_table_free(library->classes);
    free(library->left_out);
    free(library->probes);
    free(library->suites);
    free(library->files);
    free(library);
}

size_t library_probe_count(const struct library *library)
{
    return library->probe_count;
}

const struct probe *library_probe(const struct library *library, size_t index)
{
    return &library->probes[index];
}

const struct probe *library_find_probe(const struct library *library, const char *id)
{
    for (size_t i = 0; i < library->probe_count; i++)
        if (strcmp(library->probes[i].id, id) == 0)
            return &library->probes[i];
    return NULL;
}

size_t library_suite_count(const struct library *library)
{
    return library->suite_count;
}

const struct suite *library_suite(const struct library *library, size_t index)
{
    return &library->suites[index];
}

const struct suite *library_find_suite(const struct library *library, const char *id)
{
    for (size_t i = 0; i < library->suite_count; i++)
        if (strcmp(library->suites[i].id, id) == 0)
            return &library->suites[i];
    return NULL;
}
