#include "contract/date.h"

#include <string.h>

enum { DATE_LENGTH = 10 };

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days from 1970-01-01 to January 1st of `year`, by the number of leap days between. */
static int days_before_year(int year)
{
    int before = year - 1;

    return (year - 1970) * 365 + (before / 4 - before / 100 + before / 400) -
           (1969 / 4 - 1969 / 100 + 1969 / 400);
}

/* "2026-05-11": every character where it belongs. */
static bool has_form(const char *text)
{
    static const char form[] = "dddd-dd-dd";

    for (int i = 0; i < DATE_LENGTH; i++) {
        bool digit = text[i] >= '0' && text[i] <= '9';

        if (form[i] == 'd' ? !digit : text[i] != form[i])
            return false;
    }
    return true;
}

static int number(const char *digits, int count)
{
    int value = 0;

    while (count--)
        value = value * 10 + (*digits++ - '0');
    return value;
}

bool date_days(const char *text, int *days)
{
    int year, month, day;

    if (!has_form(text))
        return false;
    year = number(text, 4);
    month = number(text + 5, 2);
    day = number(text + 8, 2);
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
        return false;
    *days = days_before_year(year) + day - 1;
    for (int before = 1; before < month; before++)
        *days += days_in_month(year, before);
    return true;
}

bool date_valid(const char *text)
{
    int days;

    return date_days(text, &days) && !text[DATE_LENGTH];
}
