#include "evidence/capture_line.h"

#include "base/base64.h"
#include "base/bytes.h"
#include "base/json_scan.h"

static bool scan_number(struct json_scan *scan, int64_t *value)
{
    *value = 0;
    if (json_scan_next(scan) != JSON_TOKEN_NUMBER || scan->length > 18)
        return false;
    for (size_t i = 0; i < scan->length; i++) {
        if (scan->start[i] < '0' || scan->start[i] > '9')
            return false;
        *value = *value * 10 + (scan->start[i] - '0');
    }
    return true;
}

static bool scan_bytes(struct json_scan *scan, struct capture_line *read, struct bytes *data)
{
    int64_t count;

    read->kind = scan->length == 1 && !scan->escaped ? scan->start[0] : '\0';
    if (read->kind == 'n') {
        if (!scan_number(scan, &count))
            return false;
        read->len = (size_t)count;
        return true;
    }
    if (json_scan_next(scan) != JSON_TOKEN_STRING)
        return false;
    if (read->kind == 'd')
        return json_unescape(scan->start, scan->length, data);
    return read->kind == 'b' && base64_decode(scan->start, scan->length, data);
}

bool capture_line_scan(const char *line, size_t len, struct capture_line *read, struct bytes *data)
{
    struct json_scan scan;
    bool good;

    json_scan_init(&scan, line, len);
    good = json_scan_next(&scan) == JSON_TOKEN_OBJECT && json_scan_next(&scan) == JSON_TOKEN_KEY &&
           json_scan_is(&scan, "t") && scan_number(&scan, &read->since_start_us) &&
           json_scan_next(&scan) == JSON_TOKEN_KEY && scan_bytes(&scan, read, data) &&
           json_scan_next(&scan) == JSON_TOKEN_OBJECT_END &&
           json_scan_next(&scan) == JSON_TOKEN_END;
    json_scan_release(&scan);
    return good;
}
