#include "judge/stray.h"

#include "judge/excerpt.h"

#include <string.h>

/* Room for an error over many lines. Few tries keep the work in proportion to the bytes. */
enum {
    JSON_MAX = 8 * 1024,
    TRIES_MAX = 8,
};

void stray_release(struct stray *stray)
{
    bytes_release(&stray->json);
}

/* The value of `error: …`; NULL when the line is another. */
static const char *error_value(const char *line, size_t len, size_t *value_len)
{
    static const char name[] = "error:";
    const size_t name_len = sizeof(name) - 1;

    if (len < name_len || memcmp(line, name, name_len) != 0)
        return NULL;
    line += name_len;
    len -= name_len;
    while (len && *line == ' ') {
        line++;
        len--;
    }
    *value_len = len;
    return line;
}

static void take_field(struct account *account, const char *value, size_t len)
{
    struct envelope envelope = {0};

    if (!len || (len == 4 && memcmp(value, "null", len) == 0))
        return;
    if (*value != '{' || !json_validate(value, len, NULL) ||
        !envelope_from_body(&envelope, value, len))
        envelope_from_text(&envelope, value, len);
    account_error(account, REASON_ERROR_FIELD, &envelope);
}

static void take_json(struct account *account, const char *json, size_t len)
{
    struct envelope envelope = {0};

    if (envelope_from_body(&envelope, json, len))
        account_error(account, REASON_ERROR_JSON, &envelope);
    else
        account_note(account, REASON_BARE_JSON, "%s", excerpt(json, len, 60).text);
}

static void forget(struct stray *stray)
{
    stray->tries = 0;
    bytes_clear(&stray->json);
}

static void add_line(struct stray *stray, const char *line, size_t len)
{
    if (!bytes_append(&stray->json, line, len) || !bytes_append_byte(&stray->json, '\n'))
        forget(stray);
}

/* False when the lines so far can never become JSON. */
static bool settle(struct stray *stray, struct account *account)
{
    struct json_fault fault = {0};
    bool whole = json_validate(bytes_text(&stray->json), stray->json.len, &fault);

    if (!whole && fault.cut && ++stray->tries < TRIES_MAX)
        return true;
    if (whole)
        take_json(account, stray->json.data, stray->json.len);
    forget(stray);
    return whole;
}

void stray_take(struct stray *stray, struct account *account, const char *line, size_t len)
{
    size_t value_len;
    const char *value = error_value(line, len, &value_len);
    bool goes_on = stray->json.len;

    if (value) {
        take_field(account, value, value_len);
        return;
    }
    if (!goes_on && *line != '{')
        return;
    stray->json.max = JSON_MAX;
    add_line(stray, line, len);
    if (stray->json.len && (*line == '{' || *line == '}') && !settle(stray, account) && goes_on &&
        *line == '{') {
        add_line(stray, line, len);
        settle(stray, account);
    }
}
