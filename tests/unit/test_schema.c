/* share/schema/probes.schema.json and the reader of probes say the same. */
#include "tests/unit/unit.h"

#include "base/bytes.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "probe/library.h"
#include "tests/unit/schema.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static struct bytes read_text(const char *name)
{
    char *path = file_join(getenv("abs_top_srcdir"), name);
    struct error error = {0};
    struct bytes text;

    if (!file_read(path, 1 << 20, &text, NULL, &error))
        fail_msg("%s", error.text);
    free(path);
    return text;
}

static struct json *read_json(const char *name)
{
    struct bytes text = read_text(name);
    struct error error = {0};
    struct json *json = json_parse(bytes_text(&text), text.len, name, &error);

    if (!json)
        fail_msg("%s", error.text);
    bytes_release(&text);
    return json;
}

static void every_shipped_file_holds_to_the_schema(void **state)
{
    static const char *const names[] = {"smoke", "canary", "negative", "streaming", "catalog"};
    struct json *schema = read_json("share/schema/probes.schema.json");

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        char *name = xasprintf("share/probes/%s.json", names[i]);
        struct json *file = read_json(name);
        struct bytes faults;

        bytes_init(&faults, SIZE_MAX);
        if (!schema_holds(schema, file, &faults))
            fail_msg("%s: %s", name, bytes_text(&faults));
        bytes_release(&faults);
        json_free(file);
        free(name);
    }
    json_free(schema);
}

static bool any_scenario(const char *name)
{
    (void)name;
    return true;
}

/* What the reader says of one probe; "" when it takes it. The caller frees. */
static char *read_probe(const char *probe)
{
    char folder[] = "/tmp/cometdeck-schema-XXXXXX", *probes, *path, *command;
    struct error error = {0};
    struct library *library;
    struct bytes text;

    assert_non_null(mkdtemp(folder));
    probes = file_join(folder, "probes");
    assert_true(file_make_folders(probes, 0700, NULL));
    path = file_join(probes, "a.json");
    bytes_init(&text, SIZE_MAX);
    bytes_printf(&text, "{\"version\": 1, \"probes\": [%s]}", probe);
    assert_true(file_replace(NULL, path, bytes_text(&text), text.len, 0600, NULL, NULL, NULL));
    library = library_open(folder, any_scenario, &error);
    library_free(library);
    command = xasprintf("rm -rf %s", folder);
    assert_int_equal(system(command), 0);
    free(command);
    free(path);
    free(probes);
    bytes_release(&text);
    return xstrdup(library ? "" : error.text);
}

#define PROBE(more) \
    "{\"id\": \"x\", \"title\": \"x\", \"operations\": [\"chat\"]" more ", \"expect\": "
#define EXPECT "{\"status\": [\"2xx\"]}}"

/* What one refuses the other refuses, too. */
static void both_refuse_the_same(void **state)
{
    static const struct {
        const char *probe;
        bool good;
    } samples[] = {
        {PROBE("") EXPECT, true},
        {PROBE(", \"stream\": \"both\", \"negative\": true") EXPECT, true},
        {PROBE(", \"request\": {\"headers\": {\"A\": null}, \"key\": \"none\"}") EXPECT, true},
        {PROBE(", \"mutation\": [{\"op\": \"remove\", \"path\": \"/a\"}]") EXPECT, true},
        {PROBE(", \"mutation\": {\"chat\": [{\"op\": \"remove\", \"path\": \"/a\"}]}") EXPECT,
         true},
        {PROBE(", \"canary\": true") EXPECT, true},
        {PROBE(", \"canary\": 1") EXPECT, false},
        {PROBE(", \"fixture\": \"chat/ready\"") EXPECT, true},
        {PROBE(", \"fixture\": \"ready\"") EXPECT, false},
        {PROBE(", \"fixture\": \"chat/../ready\"") EXPECT, false},
        {PROBE(", \"fixture\": \"chat/Ready\"") EXPECT, false},
        {PROBE(", \"novel\": 1") EXPECT, false},
        {PROBE(", \"stream\": \"maybe\"") EXPECT, false},
        {PROBE(", \"cadence\": [\"hourly\"]") EXPECT, false},
        {PROBE(", \"requirements\": [\"Z1\"]") EXPECT, false},
        {PROBE(", \"request\": {\"novel\": 1}") EXPECT, false},
        {PROBE(", \"request\": {\"headers\": {\"A\": 1}}") EXPECT, false},
        {PROBE(", \"request\": {\"timeout_ms\": -1}") EXPECT, false},
        {PROBE(", \"mutation\": [{\"op\": \"move\", \"path\": \"/a\"}]") EXPECT, false},
        {PROBE("") "{}}", false},
        {PROBE("") "{\"status\": [\"9xx\"]}}", false},
        {PROBE("") "{\"verdict\": [\"fine\"]}}", false},
        {PROBE("") "{\"latency_ms\": 5}}", false},
        {PROBE("") "{\"present\": [\"choices\"]}}", false},
        {PROBE("") "{\"absent\": [\"/usage\"]}}", true},
        {PROBE("") "{\"absent\": [\"usage\"]}}", false},
        {"{\"id\": \"X\", \"title\": \"x\", \"operations\": [\"chat\"], \"expect\": " EXPECT,
         false},
        {"{\"id\": \"x\", \"operations\": [\"chat\"], \"expect\": " EXPECT, false},
    };
    struct json *schema = read_json("share/schema/probes.schema.json");

    (void)state;
    for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
        char *text = xasprintf("{\"version\": 1, \"probes\": [%s]}", samples[i].probe);
        struct json *file = json_parse(text, strlen(text), "sample", NULL);
        char *said = read_probe(samples[i].probe);
        struct bytes faults;

        assert_non_null(file);
        bytes_init(&faults, SIZE_MAX);
        if ((*said == '\0') != samples[i].good)
            fail_msg("the reader, sample %zu: %s", i, said);
        if (schema_holds(schema, file, &faults) != samples[i].good)
            fail_msg("the schema, sample %zu: %s", i, bytes_text(&faults));
        bytes_release(&faults);
        json_free(file);
        free(said);
        free(text);
    }
    json_free(schema);
}

/* Each list of members in the reader's source stands in the schema. */
static void assert_members(const char *source, const char *const *pointers, size_t count)
{
    struct json *schema = read_json("share/schema/probes.schema.json");
    struct bytes text = read_text(source);
    const char *at = bytes_text(&text);

    for (size_t i = 0; i < count; i++) {
        const struct json *properties = json_at(schema, pointers[i]);
        const char *end;
        size_t seen = 0;

        at = strstr(at, " members[] = {");
        assert_non_null(at);
        end = strstr(at, "NULL}");
        assert_non_null(end);
        while ((at = strchr(at, '"')) && at < end) {
            size_t len = strcspn(++at, "\"");
            char *name = xmemdup0(at, len);

            if (!json_member(properties, name))
                fail_msg("%s lacks %s, which %s reads", pointers[i], name, source);
            free(name);
            at += len + 1;
            seen++;
        }
        assert_int_equal(seen, json_count(properties));
        at = end;
    }
    bytes_release(&text);
    json_free(schema);
}

static void the_schema_has_every_member_that_is_read_and_no_other(void **state)
{
    static const char *const probe[] = {"/$defs/expect/properties", "/$defs/request/properties",
                                        "/$defs/step/properties", "/$defs/probe/properties"};
    static const char *const library[] = {"/$defs/suite/properties", "/properties"};

    (void)state;
    assert_members("src/probe/probe.c", probe, sizeof(probe) / sizeof(*probe));
    assert_members("src/probe/library.c", library, sizeof(library) / sizeof(*library));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shipped_file_holds_to_the_schema),
        cmocka_unit_test(both_refuse_the_same),
        cmocka_unit_test(the_schema_has_every_member_that_is_read_and_no_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
