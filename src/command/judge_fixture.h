/*
 * `judge` and fixtures: whether a fixture is still judged as it says, whether the shape of a
 * recording is that of a fixture, and how one is made (D29 D6 D72).
 */
#ifndef COMMAND_JUDGE_FIXTURE_H
#define COMMAND_JUDGE_FIXTURE_H

#include "evidence/fixture_shape.h"

struct judge_event;
struct options;
struct redactor;
struct replay;
struct workspace;

struct judge_fixture {
    struct fixture wanted; /* of --fixture */
    bool compares;
    struct shape shape;           /* of the recording, as far as it came */
    struct bytes body;            /* of one that is no capture */
    struct fixture_report report; /* after judge_fixture_end(); without a name: none is concerned */
};

/* Opens what --fixture names. Released by the caller when true. */
bool judge_fixture_begin(struct judge_fixture *fixture, const struct options *options,
                         const struct workspace *workspace, struct error *error);
void judge_fixture_release(struct judge_fixture *fixture);

/* For replay_open_entry() and replay_on_body(); `context` is the judge_fixture. */
void judge_fixture_on_event(void *context, const struct judge_event *event);
void judge_fixture_on_body(void *context, const char *data, size_t len);

/* `replay` ended; `path` is what it read. */
void judge_fixture_end(struct judge_fixture *fixture, const struct replay *replay,
                       const char *path);

void judge_fixture_text(const struct judge_fixture *fixture, struct bytes *out);
struct json *judge_fixture_json(const struct judge_fixture *fixture);

/* --keep-fixture: `*path` is that of the fixture, newly allocated. */
bool judge_fixture_keep(const struct options *options, const struct workspace *workspace,
                        const struct class_table *classes, const struct redactor *redactor,
                        char **path, struct error *error);

#endif
