#include "simulator/listing.h"

#include "base/json.h"
#include "simulator/scene.h"

#include <stdio.h>
#include <string.h>

enum {
    CREATED = 1767225600, /* 2026-01-01 */
    A_DAY = 86400,
    HUGE_COUNT = 5000,
    TURN = 7, /* how far UNORDERED begins elsewhere; prime to every likely count */
};

/* An ordinary-looking model. Prices per million tokens as JSON; "null" is not 0. */
struct demo_model {
    const char *id, *provider, *kind, *features, *input, *output;
};

static const struct demo_model demo_models[] = {
    {"demo/harbor-large-2026-01", "Harbor Simulated", "text", "\"text\",\"tools\",\"vision\"",
     "2.4", "9.6"},
    {"demo/harbor-small-2026-01", "Harbor Simulated", "text", "\"text\",\"tools\"", "0.2", "0.8"},
    {"demo/harbor-nano", "Harbor Simulated", "text", "\"text\"", "0.05", "0.2"},
    {"demo/quarry-think-3", "Quarry Pretend Labs", "text", "\"text\",\"reasoning\"", "1.1", "4.4"},
    {"demo/quarry-think-3-mini", "Quarry Pretend Labs", "text", "\"text\",\"reasoning\"", "0.3",
     "null"},
    {"demo/quarry-code", "Quarry Pretend Labs", "text", "\"text\",\"tools\"", "0.9", "2.7"},
    {"demo/lantern-chat-7b", "Lantern Make-Believe", "text", "\"text\"", "null", "null"},
    {"demo/lantern-chat-70b", "Lantern Make-Believe", "text", "\"text\"", "0.6", "0.6"},
    {"demo/lantern-embed", "Lantern Make-Believe", "embedding", "", "0.02", "null"},
    {"demo/osprey-vision", "Osprey Mock Works", "text", "\"text\",\"vision\"", "0", "0"},
    {"demo/osprey-long-1m", "Osprey Mock Works", "text", "\"text\",\"long-context\"", "1.5", "6"},
    {"demo/osprey-draw", "Osprey Mock Works", "image", "", "null", "null"},
};
enum { DEMO_COUNT = sizeof(demo_models) / sizeof(*demo_models) };

static const char *const hostile_ids[] = {
    "demo/\\u001b[31mred\\u001b[0m",
    "demo/\\u202egnissim",
    "demo/pipe|pipe",
    "demo/`backtick`",
    "demo/<b>bold</b>",
    "demo/$(touch pwned)",
    "demo/new\\nline",
    "demo/\\u0301combining",
    "demo/漢字モデル",
    "demo/👩\\u200d🚀",
    "demo/ blank at both ends ",
    "demo/\\\"quote\\\\",
};

struct writer {
    struct bytes *out;
    enum listing form;
    size_t written;
};

/* A record up to its last member; `id` is JSON, NULL leaves it out. */
static void record(struct writer *writer, const char *id, const char *owner, size_t number)
{
    struct bytes *out = writer->out;
    bool changed = writer->form == LISTING_CHANGED && number % 3 == 0;
    size_t created = writer->form == LISTING_CONSTANT ? CREATED : CREATED - number * A_DAY;

    bytes_puts(out, writer->written++ ? ",{" : "{");
    if (id)
        bytes_printf(out, "\"id\":%s", id);
    if (writer->form != LISTING_MINIMAL) {
        bytes_printf(out, "%s\"object\":\"model\",\"created\":%zu,\"owned_by\":\"%s\"",
                     id ? "," : "", created, changed ? "under-new-ownership" : owner);
        bytes_printf(out, ",\"supported_endpoint_types\":[%s]",
                     changed ? "\"openai-response\"" : "\"openai\",\"openai-response\"");
    }
    if (writer->form == LISTING_NOTES)
        bytes_printf(out, ",\"x_note\":{\"rank\":[%zu,null,1e400,-0.0],\"tags\":{\"a|b\":\"`c`\"}}",
                     number);
    bytes_puts(out, "}");
}

static void record_named(struct writer *writer, const char *prefix, const char *name,
                         const char *owner, size_t number)
{
    struct bytes id;

    bytes_init(&id, 4096);
    bytes_printf(&id, "\"%s%s\"", prefix, name);
    record(writer, bytes_text(&id), owner, number);
    bytes_release(&id);
}

/* Record `number` of the plain list: the demo models, then the answers. */
static void plain_record(struct writer *writer, size_t number)
{
    const struct scenario *scenario;

    if (number < DEMO_COUNT) {
        record_named(writer, "", demo_models[number].id, demo_models[number].provider, number);
        return;
    }
    scenario = scenario_get(number - DEMO_COUNT);
    if (scenario->scope == SCENARIO_ANSWER)
        record_named(writer, "sim/", scenario->name, "simulator", number);
}

static void plain_records(struct writer *writer, uint64_t serial)
{
    size_t total = DEMO_COUNT + scenario_count();
    size_t first = writer->form == LISTING_UNORDERED ? (size_t)(serial * TURN % total) : 0;

    for (size_t i = 0; i < total; i++)
        if (writer->form != LISTING_SHRUNK || (first + i) % 3 == 0)
            plain_record(writer, (first + i) % total);
}

static void extra_records(struct writer *writer)
{
    static const char *const grown[] = {"harbor-huge-2026-11", "quarry-think-4", "osprey-hear"};
    char name[32];

    switch (writer->form) {
    case LISTING_NO_ID:
        record(writer, NULL, "nobody", 1);
        break;
    case LISTING_NUMBER_ID:
        record(writer, "42", "nobody", 1);
        break;
    case LISTING_TWICE:
        record_named(writer, "", demo_models[0].id, demo_models[0].provider, 0);
        break;
    case LISTING_GROWN:
        for (size_t i = 0; i < sizeof(grown) / sizeof(*grown); i++)
            record_named(writer, "demo/", grown[i], "Grown Overnight", i);
        break;
    case LISTING_HUGE:
        for (size_t i = 0; i < HUGE_COUNT; i++) {
            snprintf(name, sizeof(name), "demo/mass-%04zu", i);
            record_named(writer, "", name, "Mass Simulated", i);
        }
        break;
    case LISTING_HOSTILE:
        for (size_t i = 0; i < sizeof(hostile_ids) / sizeof(*hostile_ids); i++)
            record_named(writer, "", hostile_ids[i], "Hostile | `Mock`", i);
        break;
    default:
        break;
    }
}

void listing_models(struct bytes *out, enum listing form, uint64_t serial)
{
    struct writer writer = {.out = out, .form = form};

    if (form == LISTING_ENVELOPE)
        bytes_puts(out, "{\"success\":true,\"message\":\"\",\"data\":[");
    else
        bytes_puts(out, form == LISTING_BARE ? "[" : "{\"object\":\"list\",\"data\":[");
    plain_records(&writer, serial);
    extra_records(&writer);
    bytes_puts(out, form == LISTING_BARE ? "]\n" : "]}\n");
}

void listing_model(struct bytes *out, const char *id)
{
    struct writer writer = {.out = out, .form = LISTING_PLAIN};
    struct bytes quoted;

    bytes_init(&quoted, 1024 * 1024);
    json_quote(&quoted, id, strlen(id));
    record(&writer, bytes_text(&quoted), "simulator", 0);
    bytes_puts(out, "\n");
    bytes_release(&quoted);
}

void listing_priced(struct bytes *out)
{
    bytes_printf(out, "{\"success\":true,\"page\":1,\"page_size\":%d,\"total\":%d,\"data\":[",
                 (int)DEMO_COUNT, (int)DEMO_COUNT);
    for (size_t i = 0; i < DEMO_COUNT; i++) {
        const struct demo_model *model = &demo_models[i];

        bytes_printf(out, "%s{\"id\":\"%s\",\"provider\":\"%s\",\"model_type\":\"%s\"",
                     i ? "," : "", model->id, model->provider, model->kind);
        bytes_printf(out, ",\"features\":[%s],\"pricing\":{\"input\":%s,\"output\":%s",
                     model->features, model->input, model->output);
        bytes_printf(out, ",\"per_request\":null,\"currency\":\"USD\",\"unit\":\"1M tokens\"}");
        bytes_puts(out, ",\"api_doc_url\":\"/api/text/chat\"}");
    }
    bytes_puts(out, "]}\n");
}

bool listing_knows(const char *id)
{
    const struct scene *scene = strncmp(id, "sim/", 4) == 0 ? scene_find(id) : NULL;

    if (scene)
        return scene->about.scope == SCENARIO_ANSWER;
    for (size_t i = 0; i < DEMO_COUNT; i++)
        if (strcmp(demo_models[i].id, id) == 0)
            return true;
    return false;
}
