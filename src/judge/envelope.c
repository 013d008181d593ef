#include "judge/envelope.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 4096 };

void envelope_release(struct envelope *envelope)
{
    free(envelope->message);
    free(envelope->type);
    free(envelope->code);
    free(envelope->request_id);
    *envelope = (struct envelope){0};
}

char *envelope_request_id(const char *message)
{
    static const char begin[] = "request id:";
    const char *at = message ? strcasestr(message, begin) : NULL;
    size_t len;

    if (!at)
        return NULL;
    at += strlen(begin);
    at += strspn(at, " ");
    len = strcspn(at, " )],;\n");
    return len ? xmemdup0(at, len) : NULL;
}

/* A string as it is, another value as its JSON text; NULL when absent, null or "". */
static char *take_value(const struct piece *piece)
{
    char *text;

    if (piece_absent(piece) || (piece->token == JSON_TOKEN_STRING && !piece->length))
        return NULL;
    text = piece_take(piece, NULL);
    return text ? text
                : xmemdup0(piece->start, piece->length < TEXT_MAX ? piece->length : TEXT_MAX);
}

static void fill(struct envelope *envelope, const char *kind, const struct piece *object)
{
    const struct piece message = piece_member(object, "message"),
                       type = piece_member(object, "type"), code = piece_member(object, "code");

    envelope_release(envelope);
    envelope->kind = kind;
    envelope->message = take_value(&message);
    envelope->type = take_value(&type);
    envelope->code = take_value(&code);
    envelope->request_id = envelope_request_id(envelope->message);
}

void envelope_from_members(struct envelope *envelope, const char *kind, const struct piece *object)
{
    fill(envelope, kind, object);
}

void envelope_from_error(struct envelope *envelope, const struct piece *error)
{
    struct piece param;

    if (error->token == JSON_TOKEN_OBJECT) {
        param = piece_member(error, "param");
        fill(envelope, param.token == JSON_TOKEN_END ? "error-without-param" : "error-object",
             error);
        return;
    }
    envelope_release(envelope);
    envelope->kind = error->token == JSON_TOKEN_STRING ? "error-string" : "error-value";
    envelope->message = take_value(error);
    envelope->request_id = envelope_request_id(envelope->message);
}

void envelope_from_text(struct envelope *envelope, const char *text, size_t len)
{
    envelope_release(envelope);
    envelope->kind = "text";
    envelope->message = xmemdup0(text, len < TEXT_MAX ? len : TEXT_MAX);
    envelope->request_id = envelope_request_id(envelope->message);
}

/* MiniMax: {"base_resp":{"status_code":1004,"status_msg":"…"}}. */
static void fill_base_resp(struct envelope *envelope, const struct piece *base_resp)
{
    const struct piece message = piece_member(base_resp, "status_msg"),
                       code = piece_member(base_resp, "status_code");

    envelope_release(envelope);
    envelope->kind = "base-resp";
    envelope->message = take_value(&message);
    envelope->code = take_value(&code);
    envelope->request_id = envelope_request_id(envelope->message);
}

/* FastAPI and its like: {"detail":"…"}. */
static void fill_detail(struct envelope *envelope, const struct piece *detail)
{
    envelope_release(envelope);
    envelope->kind = "detail";
    envelope->message = take_value(detail);
    envelope->request_id = envelope_request_id(envelope->message);
}

bool envelope_from_body(struct envelope *envelope, const char *json, size_t len)
{
    const struct piece body = {JSON_TOKEN_OBJECT, json, len, false};
    const struct piece error = piece_member(&body, "error"),
                       base_resp = piece_member(&body, "base_resp"),
                       status_code = piece_member(&base_resp, "status_code"),
                       message = piece_member(&body, "message"), code = piece_member(&body, "code"),
                       type = piece_member(&body, "type"), detail = piece_member(&body, "detail");

    if (!piece_empty(&error))
        envelope_from_error(envelope, &error);
    else if (!piece_empty(&status_code))
        fill_base_resp(envelope, &base_resp);
    else if (piece_is(&type, "error"))
        fill(envelope, "flat", &body);
    else if (piece_filled_string(&message) && code.token != JSON_TOKEN_END)
        fill(envelope, "bare", &body);
    else if (piece_filled_string(&message))
        fill(envelope, "message", &body);
    else if (!piece_empty(&detail))
        fill_detail(envelope, &detail);
    else
        return false;
    return true;
}
