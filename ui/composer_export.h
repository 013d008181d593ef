/*
 * The request of Composer as a curl command in a file, with the key as a shell variable.
 */
#ifndef UI_COMPOSER_EXPORT_H
#define UI_COMPOSER_EXPORT_H

struct application;

/* `file` NULL asks for one. A file that exists is not overwritten. What came of it is a message. */
void composer_export(struct application *application, const char *file);

#endif
