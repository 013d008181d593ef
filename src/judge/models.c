/* The list of models: one JSON value with a collection in it. */
#include "judge/account.h"
#include "judge/reader.h"
#include "judge/sse.h"

#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>

struct models {
    struct account *account;
    bool collection;
    bool nameless; /* told of the first record without an identifier */
    size_t count;
};

static void *models_open(struct account *account)
{
    struct models *models = xcalloc(1, sizeof(*models));

    models->account = account;
    return models;
}

static void models_close(void *reader)
{
    free(reader);
}

static void take_collection(struct models *models, const struct piece *array)
{
    struct piece_walk walk;
    struct piece name, item;

    models->collection = true;
    piece_walk(array, &walk);
    while (piece_walk_next(&walk, &name, &item)) {
        struct piece id = piece_member(&item, "id");

        models->count++;
        if (id.token != JSON_TOKEN_STRING && !models->nameless) {
            models->nameless = true;
            account_note(models->account, REASON_RECORD_NAMELESS, "record %zu of the list",
                         models->count);
        }
    }
}

/* The members of an object: `data`, or `models` where a gateway calls it so. */
static void read_object(struct models *models, const struct sse_event *event)
{
    const struct piece body = {JSON_TOKEN_OBJECT, event->data, event->data_len, false};
    struct account *account = models->account;
    struct piece data = piece_member(&body, "data");
    struct piece_walk walk;
    struct piece name, value;
    struct top top = {0};

    if (data.token != JSON_TOKEN_ARRAY) {
        struct piece other = piece_member(&body, "models");

        if (other.token == JSON_TOKEN_ARRAY)
            data = other;
    }
    piece_walk(&body, &walk);
    while (piece_walk_next(&walk, &name, &value)) {
        if (piece_is(&name, "error"))
            top.error = value;
        else if (piece_is(&name, "object"))
            top.object = value;
        else if (piece_is(&name, "type"))
            top.type = value;
        else if (piece_is(&name, "message"))
            top.message = value;
        else if (piece_is(&name, "code"))
            top.code = value;
        else if (piece_is(&name, "success"))
            top.success = value;
    }
    top.answer = data.token == JSON_TOKEN_ARRAY;
    if (account_settle(account, &top, event->data, event->data_len))
        return;
    if (data.token == JSON_TOKEN_ARRAY)
        take_collection(models, &data);
    else
        account_note(account, REASON_COLLECTION_MISSING, "`data` is %s",
                     data.token == JSON_TOKEN_NULL  ? "null"
                     : data.token == JSON_TOKEN_END ? "absent"
                                                    : "no array");
}

static void models_read(void *reader, const struct sse_event *event, struct reader_effect *effect)
{
    struct models *models = reader;
    struct json_scan scan;
    struct piece body;
    bool ok;

    json_scan_init(&scan, event->data, event->data_len);
    ok = piece_read(&scan, &body) && json_scan_next(&scan) == JSON_TOKEN_END;
    json_scan_release(&scan);
    effect->semantic = true;
    if (!ok)
        account_fault(models->account, event->data, event->data_len);
    else if (!models->account->whole)
        account_note(models->account, REASON_WRONG_ANSWER, "an event stream is no list of models");
    else if (body.token == JSON_TOKEN_OBJECT)
        read_object(models, event);
    else if (body.token == JSON_TOKEN_ARRAY)
        take_collection(models, &body);
    else
        account_note(models->account, REASON_WRONG_ANSWER, "the body is neither object nor array");
}

static bool models_said_ended(const void *reader)
{
    return ((const struct models *)reader)->collection;
}

static void models_conclude(const void *reader, struct findings *found, struct witness *witness)
{
    const struct models *models = reader;

    *witness = (struct witness){.said_ended = models->collection, .column = FINISH_COMPLETE};
    snprintf(witness->words, sizeof(witness->words), "a list of %zu models", models->count);
    if (!models->collection)
        findings_add(found, REASON_NOTHING_SAID, 0, REASON_NOWHERE, "no list of models came");
    else if (!models->count)
        findings_add(found, REASON_EMPTY_COLLECTION, 0, REASON_NOWHERE, "0 models");
}

static size_t models_choices(void *reader, const struct answer_choice **choices)
{
    (void)reader;
    *choices = NULL;
    return 0;
}

const struct reader_ops models_reader = {
    .open = models_open,
    .close = models_close,
    .read = models_read,
    .said_ended = models_said_ended,
    .conclude = models_conclude,
    .choices = models_choices,
};
