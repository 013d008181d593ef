/*
 * What is typed behind `report`: a format, and the file it goes to.
 */
#ifndef UI_REPORT_WORDS_H
#define UI_REPORT_WORDS_H

#include "command/options.h"

#define REPORT_LABEL "Report as text, markdown, junit, json or tap, and to which file: "

/*
 * "junit", or "junit FILE"; without one it is `name` with the suffix of the format. Answers the
 * path, which the caller frees; NULL when that is no format.
 */
char *report_words(const char *text, const char *name, enum format *format, struct error *error);

#endif
