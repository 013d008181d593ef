/*
 * The readers of evidence/import, a file each. Private to it.
 */
#ifndef EVIDENCE_IMPORT_KINDS_H
#define EVIDENCE_IMPORT_KINDS_H

#include "evidence/import.h"

bool import_read_har(const char *name, const char *text, size_t len, size_t entry,
                     struct import *import, struct error *error);
bool import_list_har(const char *name, const char *text, size_t len, struct bytes *out,
                     struct error *error);

bool import_is_trace(const char *text, size_t len);
bool import_read_trace(const char *name, const char *text, size_t len, struct import *import,
                       struct error *error);

bool import_is_log(const char *text, size_t len);
bool import_read_log(const char *name, const char *text, size_t len, struct import *import,
                     struct error *error);

bool import_read_fixture(const char *name, const char *text, size_t len, struct import *import,
                         struct error *error);

/* One more thing that the file does not tell. */
void import_misses(struct import *import, const char *what);

/* The next line of `*text` without its end, which is stepped over; false behind the last one. */
bool import_line(const char **text, size_t *left, const char **line, size_t *len);

#endif
