/*
 * Calendar dates as they stand in contracts: YYYY-MM-DD, or a timestamp that begins with one.
 */
#ifndef CONTRACT_DATE_H
#define CONTRACT_DATE_H

#include <stdbool.h>

/* Days since 1970-01-01 of the date that `text` begins with; false when it is no date. */
bool date_days(const char *text, int *days);

/* Exactly YYYY-MM-DD, and a day that exists. */
bool date_valid(const char *text);

#endif
