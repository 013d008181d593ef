#include "catalog/catalog.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static const char cache_file[] = "catalog.json";

enum {
    CACHE_VERSION = 1,
    CACHE_MAX = 80 << 20, /* an answer may have 64 MiB, escapes and the frame come on top */
    CACHE_MODE = 0600,
    LOCAL_MODE = 0700,
};

void catalog_release(struct catalog *catalog)
{
    json_free(catalog->root);
    free(catalog->models);
    free(catalog->fetched_at);
    free(catalog->profile);
    free(catalog->key_alias);
    *catalog = (struct catalog){.root = NULL};
}

/* What an answer says of its error in any of the envelopes, NULL when it is none. */
static const char *error_message(const struct json *root)
{
    const struct json *error = json_member(root, "error");
    const char *message = json_string(json_member(root, "message"));
    bool wrapped = json_type(error) == JSON_OBJECT || (json_string(error) && *json_string(error));
    bool refused = !json_boolean(json_member(root, "success"), true);

    if (json_type(error) == JSON_OBJECT)
        message = json_string(json_member(error, "message"));
    else if (wrapped)
        message = json_string(error);
    if (!wrapped && !refused && (!message || json_member(root, "data")))
        return NULL;
    return message ? message : "without a message";
}

/* The array of records; NULL with `error` where there is none (A24–A28). */
static const struct json *find_records(const struct json_file *file, const struct json *root,
                                       struct error *error)
{
    const struct json *data = json_member(root, "data");
    const char *message = error_message(root);

    if (json_type(root) == JSON_ARRAY)
        return root;
    if (json_type(root) == JSON_OBJECT && message)
        json_file_error_at(file, root, error, "the catalog is an error instead of a list: %s",
                           message);
    else if (json_type(data) == JSON_ARRAY)
        return data;
    else if (json_type(data) == JSON_NULL)
        json_file_error_at(file, data, error,
                           "the catalog has null where its list should be: look into it, this does "
                           "not mean that there are no models");
    else
        json_file_error_at(file, data ? data : root, error,
                           "this is no catalog: it must be an array of records, or an object that "
                           "has one in data");
    return NULL;
}

/* A14 A15: of a record only the identifier is required, but that it is. */
static bool read_record(const struct json_file *file, const struct json *record, size_t index,
                        struct catalog_model *model, struct error *error)
{
    const struct json *id = json_member(record, "id");

    *model = (struct catalog_model){.id = json_string(id), .record = record};
    if (model->id && *model->id)
        return true;
    return json_file_error_at(file, id ? id : record, error,
                              "record %zu of the catalog has no identifier: id must be a string "
                              "that is not empty",
                              index);
}

static bool read_records(const struct json_file *file, const struct json *root,
                         struct catalog *catalog, struct error *error)
{
    const struct json *records = find_records(file, root, error), *record;

    if (!records)
        return false;
    catalog->models = xcalloc(json_count(records) + 1, sizeof(*catalog->models));
    for (record = json_first(records); record; record = json_next(record)) {
        if (!read_record(file, record, catalog->count, &catalog->models[catalog->count], error))
            return false;
        catalog->count++;
    }
    return true;
}

bool catalog_parse(const char *text, size_t len, const char *name, struct catalog *catalog,
                   struct error *error)
{
    struct json_file file;
    bool good;

    *catalog = (struct catalog){.root = NULL};
    if (!json_file_parse(&file, name, text, len, error))
        return false;
    catalog->root = file.root;
    good = read_records(&file, file.root, catalog, error);
    file.root = NULL;
    json_file_release(&file);
    if (!good)
        catalog_release(catalog);
    return good;
}

bool catalog_from_answer(const struct bytes *answer, int64_t wall_ms, const char *profile,
                         const char *key_alias, struct catalog *catalog, struct error *error)
{
    char time[CLOCK_TEXT];

    if (!catalog_parse(bytes_text(answer), answer->len, "the answer", catalog, error))
        return false;
    clock_format(wall_ms, time);
    catalog->fetched_at = xstrdup(time);
    catalog->profile = xstrdup(profile);
    catalog->key_alias = xstrdup(key_alias);
    return true;
}

/* ---- the cache: {"version", "fetched_at", "profile", "key_alias", "answer"} ---- */

static bool read_cache(const struct json_file *file, struct catalog *catalog, struct error *error)
{
    const char *fetched_at = NULL, *profile = NULL, *key_alias = NULL;
    struct json *root = file->root, *answer = json_member(root, "answer");
    int64_t version = 0;

    if (!json_file_integer(file, root, "version", JSON_REQUIRED, &version, error) ||
        !json_file_string(file, root, "fetched_at", JSON_OPTIONAL, &fetched_at, error) ||
        !json_file_string(file, root, "profile", JSON_OPTIONAL, &profile, error) ||
        !json_file_string(file, root, "key_alias", JSON_OPTIONAL, &key_alias, error))
        return false;
    if (version != CACHE_VERSION)
        return json_file_error(file, "/version", error,
                               "the cached catalog is of another version of cometdeck; `cometdeck "
                               "catalog fetch` renews it");
    if (!answer)
        return json_file_error(file, "", error, "the cached catalog has no answer in it");
    catalog->fetched_at = xstrdup(fetched_at);
    catalog->profile = xstrdup(profile);
    catalog->key_alias = xstrdup(key_alias);
    if (!read_records(file, answer, catalog, error))
        return false;
    catalog->root = json_take(root, answer);
    return true;
}

static bool load(const char *path, struct catalog *catalog, struct error *error)
{
    struct json_file file;
    struct bytes text;
    bool good = false;

    if (file_read(path, CACHE_MAX, &text, NULL, error) &&
        json_file_parse(&file, path, bytes_text(&text), text.len, error)) {
        good = read_cache(&file, catalog, error);
        json_file_release(&file);
    }
    bytes_release(&text);
    return good;
}

bool catalog_load_cache(const char *local_folder, struct catalog *catalog, struct error *error)
{
    char *path = local_folder ? file_join(local_folder, cache_file) : NULL;
    bool good;

    *catalog = (struct catalog){.root = NULL};
    if (!path || !file_exists(path))
        good = error_set(error, ERROR_CHECK,
                         "no catalog was fetched yet; `cometdeck catalog fetch` does");
    else
        good = load(path, catalog, error);
    if (!good)
        catalog_release(catalog);
    free(path);
    return good;
}

static bool write_cache(const struct catalog *catalog, struct bytes *out)
{
    struct json *frame = json_new_object();
    bool fits;

    json_set_integer(frame, "version", CACHE_VERSION);
    json_set_string(frame, "fetched_at", catalog->fetched_at);
    json_set_string(frame, "profile", catalog->profile);
    json_set_string(frame, "key_alias", catalog->key_alias);
    json_set(frame, "answer", json_copy(catalog->root));
    fits = json_write(frame, false, out);
    json_free(frame);
    return fits;
}

bool catalog_save_cache(const char *local_folder, const struct catalog *catalog,
                        struct error *error)
{
    struct bytes text;
    char *path;
    bool saved;

    if (!local_folder)
        return error_set(error, ERROR_FILE,
                         "there is no folder to keep the catalog in: set HOME or XDG_STATE_HOME, "
                         "or use a workspace");
    path = file_join(local_folder, cache_file);
    bytes_init(&text, CACHE_MAX);
    if (!write_cache(catalog, &text))
        saved = error_set(error, ERROR_FILE, "the catalog is too large to be kept in %s", path);
    else
        saved =
            file_make_folders(local_folder, LOCAL_MODE, error) &&
            file_replace(NULL, path, bytes_text(&text), text.len, CACHE_MODE, NULL, NULL, error);
    bytes_release(&text);
    free(path);
    return saved;
}
