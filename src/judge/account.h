/*
 * What the readers of all operations keep alike while an answer arrives: its id, model and usage,
 * the error it reports, the marker, and what was found.
 */
#ifndef JUDGE_ACCOUNT_H
#define JUDGE_ACCOUNT_H

#include "contract/operation.h"
#include "contract/rules.h"
#include "judge/envelope.h"
#include "judge/findings.h"
#include "judge/gather.h"

struct account {
    enum operation operation;
    const struct stream_rules *rules;
    const struct request_facts *facts;
    struct findings found;
    struct budget budget;
    struct envelope error; /* the first one */
    char *id, *model;
    struct bytes usage; /* JSON text of the last usage object */
    bool whole;         /* the body is one JSON value, not a stream */
    bool bad_status;    /* not 2xx: the body explains it and is no error by itself */
    /* The event that is read: number and offset go into what is found. */
    uint64_t event, offset;
    /* The stream said that it ended. */
    bool marker;
    uint64_t marker_event, marker_offset;
};

void account_init(struct account *account, enum operation operation,
                  const struct stream_rules *rules, const struct request_facts *facts);
void account_release(struct account *account);

/* Found at the event that is read. */
void account_note(struct account *account, enum reason_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The stream says that it ended, by the event that is read. A second call changes nothing. */
void account_mark(struct account *account);

/* An error in the answer: found, and kept if it is the first. The envelope is taken over. */
void account_error(struct account *account, enum reason_code code, struct envelope *envelope);

/* The event or body is no valid JSON: find out in which way. */
void account_fault(struct account *account, const char *text, size_t len);

/* ---- members that every operation has at the top ---- */

struct top {
    struct piece id, model, usage, error, object, type, message, code, base_resp, success;
    bool answer; /* members of the operation's own are there: it is no bare error */
};

/*
 * After a KEY: read its value if it is one of these. `*ok` turns false on a fault. False when the
 * key is another; nothing was read then.
 */
bool top_member(struct top *top, struct json_scan *scan, bool *ok);

/*
 * After a whole valid object: take id, model and usage, and find an in-band error. `text` is the
 * object. True when it is an error.
 */
bool account_settle(struct account *account, const struct top *top, const char *text, size_t len);

/* Usage may stand deeper; takes it when it is an object. */
void account_usage(struct account *account, const struct piece *usage);
/* The count under either name, -1 when absent. */
int64_t account_tokens(const struct account *account, const char *name, const char *other);

void account_identity(struct account *account, const struct piece *id, const struct piece *model);

#endif
