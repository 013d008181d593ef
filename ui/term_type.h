/*
 * What the terminal says of itself, asked before it is touched.
 */
#ifndef UI_TERM_TYPE_H
#define UI_TERM_TYPE_H

#include "base/error.h"

/* The type in TERM is known and can place its cursor; writes nothing to the terminal. */
bool term_type_suffices(struct error *error);

/* The console of Linux: its fonts hold 256 or 512 characters, lines and arrows among them. */
bool term_type_has_few_signs(void);

#endif
