/*
 * Operation and streaming by a word, and a message that says what it makes of the request.
 */
#ifndef UI_COMPOSER_SET_H
#define UI_COMPOSER_SET_H

struct application;

/* The beginning of a name suffices; NULL takes the next one. */
void composer_set_operation(struct application *application, const char *name);

/* "on" or "off"; NULL the other one. */
void composer_set_streaming(struct application *application, const char *word);

#endif
