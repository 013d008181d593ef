#include "judge/retry_hint.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/*
 * "1.5", "-3": digits with at most one point among them, blanks around. By hand, since strtod()
 * reads the locale's point, and takes "inf" and "0x1p9".
 */
static bool read_number(const char *text, double *number)
{
    double scale = 0;
    bool negative, any = false;

    text += strspn(text, " \t");
    negative = *text == '-';
    text += negative;
    for (*number = 0; isdigit((unsigned char)*text) || (*text == '.' && scale == 0); text++) {
        if (*text == '.') {
            scale = 1;
            continue;
        }
        *number = *number * 10 + (*text - '0');
        scale *= 10;
        any = true;
    }
    if (scale > 1)
        *number /= scale;
    if (negative)
        *number = -*number;
    return any && text[strspn(text, " \t")] == '\0';
}

/* Days since 1970-01-01 of a civil date (proleptic Gregorian), without the zone of the machine. */
static int64_t days_of(int64_t year, int month, int day)
{
    int64_t era, of_era;

    year -= month <= 2;
    era = (year >= 0 ? year : year - 399) / 400;
    of_era = (year - era * 400) * 365 + (year - era * 400) / 4 - (year - era * 400) / 100 +
             (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era - 719468;
}

static int month_of(const char *name)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

    for (int i = 0; i < 12; i++)
        if (strncmp(months + 3 * i, name, 3) == 0)
            return i + 1;
    return 0;
}

static bool all_digits(const char *text, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!isdigit((unsigned char)text[i]))
            return false;
    return true;
}

/*
 * IMF-fixdate, the one form that may be sent (RFC 9110 §5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT".
 * Never the locale's names of months.
 */
static bool read_date(const char *text, int64_t *wall_ms)
{
    static const char shape[] = "Sun, 06 Nov 1994 08:49:37 GMT";
    int month;

    while (*text == ' ' || *text == '\t')
        text++;
    if (strlen(text) < sizeof(shape) - 1 || text[3] != ',' || text[4] != ' ' || text[7] != ' ' ||
        text[11] != ' ' || text[16] != ' ' || text[19] != ':' || text[22] != ':' ||
        strncmp(text + 25, " GMT", 4) != 0 || !all_digits(text + 5, 2) ||
        !all_digits(text + 12, 4) || !all_digits(text + 17, 2) || !all_digits(text + 20, 2) ||
        !all_digits(text + 23, 2))
        return false;
    month = month_of(text + 8);
    if (month == 0)
        return false;
    *wall_ms = (days_of(atoi(text + 12), month, atoi(text + 5)) * 86400 +
                (int64_t)atoi(text + 17) * 3600 + (int64_t)atoi(text + 20) * 60 + atoi(text + 23)) *
               1000;
    return true;
}

static void ignore(struct retry_hint *hint, const char *note)
{
    hint->kind = RETRY_HINT_IGNORED;
    hint->note = note;
}

static void take(struct retry_hint *hint, double us)
{
    if (us < 0)
        ignore(hint, "a negative time");
    else if (us > (double)RETRY_HINT_MAX_US)
        ignore(hint, "more than a day");
    else {
        hint->kind = RETRY_HINT_WAIT;
        hint->wait_us = (int64_t)(us + 0.5);
    }
}

static int64_t time_of_answer(const struct http_headers *headers, int64_t wall_ms)
{
    const char *date = http_headers_get(headers, "Date");
    int64_t told;

    return date && read_date(date, &told) ? told : wall_ms;
}

/* One header that tells a number of `unit` microseconds, or a date; false when it is not there. */
static bool read_header(const struct http_headers *headers, const char *name, double unit,
                        int64_t wall_ms, struct retry_hint *hint)
{
    const char *value = http_headers_get(headers, name);
    double number;
    int64_t date_ms;

    if (!value)
        return false;
    *hint = (struct retry_hint){.header = name};
    if (read_number(value, &number))
        take(hint, number * unit);
    else if (read_date(value, &date_ms))
        take(hint, (double)(date_ms - time_of_answer(headers, wall_ms)) * 1e3);
    else
        ignore(hint, "neither a time nor a date");
    return true;
}

void retry_hint_read(const struct http_headers *headers, int64_t wall_ms, struct retry_hint *hint)
{
    *hint = (struct retry_hint){.kind = RETRY_HINT_NONE};
    if (!read_header(headers, "retry-after-ms", 1e3, wall_ms, hint) ||
        hint->kind == RETRY_HINT_IGNORED)
        read_header(headers, "Retry-After", 1e6, wall_ms, hint);
}
