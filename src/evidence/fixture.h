/*
 * A fixture: a sanitized answer that a team keeps in git, with what is expected of it (D29 D6 D72):
 * FOLDER/fixtures/OPERATION/NAME.json, share/schema/fixture.schema.json.
 *
 * The body stands in it as JSON, or as the list of the events of a stream, so that a difference
 * can be read; bytes that are neither stand there as text or base64. Replayed through the readers
 * it must give the verdict, the reasons and the class that stand in it (fixture_holds()); the shape
 * of another answer is compared with it by evidence/fixture_shape. How one is made from a capture:
 * evidence/fixture_keep.
 */
#ifndef EVIDENCE_FIXTURE_H
#define EVIDENCE_FIXTURE_H

#include "base/bytes.h"
#include "base/error.h"
#include "base/json.h"
#include "contract/operation.h"
#include "contract/rules.h"
#include "net/http.h"

#include <stdbool.h>
#include <stddef.h>

struct failure;
struct verdict;

enum {
    FIXTURE_VERSION = 1,
    FIXTURE_MAX = 16 * 1024 * 1024, /* of a file */
    FIXTURE_NAME = 80,              /* "responses/" and the longest name fit with their NUL */
};

/* Strings and trees belong to the file. */
struct fixture {
    const char *name; /* "chat/ready" */
    enum operation operation;
    const char *kept_at, *evidence_id;
    bool simulated;
    bool text_kept; /* what was said stands in it as it was */
    bool stream;    /* the body is a list of events */
    struct request_facts facts;
    struct stream_rules rules;
    struct http_result result;
    struct bytes body;
    const char *verdict, *class, *action;
    struct json *reasons; /* codes, notes left out */
    struct json *notes;
    struct json *shape;    /* path → "string or null" */
    struct json *required; /* paths */
    struct json_file file;
};

/*
 * "chat/ready", or "ready" where the operation is known (`*operation` is set when it is told). The
 * name itself is made of a-z, 0-9 and -, up to 60 of them, so no name leaves the folder. NULL with
 * ERROR_USAGE, else the part behind the slash, within `name`.
 */
const char *fixture_split(const char *name, enum operation *operation, bool *told,
                          struct error *error);
bool fixture_is_name(const char *name); /* "chat/ready", with its operation */

/* FOLDER/fixtures/chat/ready.json; the caller frees. */
char *fixture_path(const char *folder, enum operation operation, const char *name);

/* It begins as a fixture does. */
bool fixture_detect(const char *text, size_t len);

/*
 * ERROR_FILE with line and column for what is no JSON, an unknown member, another version, a word
 * that does not exist. On false nothing needs releasing.
 */
bool fixture_parse(struct fixture *fixture, const char *path, const char *text, size_t len,
                   struct error *error);
/* The one of a workspace by its whole name; of another operation than the name says is an error. */
bool fixture_open(struct fixture *fixture, const char *folder, const char *name,
                  struct error *error);
void fixture_release(struct fixture *fixture);

/* The response of `result` and `body` as it stands in a file; the caller frees. */
struct json *fixture_response(const struct http_result *result, const char *body, size_t len,
                              bool stream);

/*
 * Whether verdict, reasons and class are what is expected. `differs` receives a line for each
 * that is not, `notes` one for notes that came or went, which is no difference.
 */
bool fixture_holds(const struct fixture *fixture, const struct verdict *verdict,
                   const struct failure *failure, struct bytes *differs, struct bytes *notes);

/* The codes of a verdict's reasons, or of its notes. */
struct json *fixture_codes(const struct verdict *verdict, bool notes);

#endif
