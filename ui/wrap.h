/*
 * Where the lines of a growing text begin when it is wrapped to a width.
 *
 * Only what was added since is looked at, so that the cost of a frame does not depend on the length
 * of the text; a new width begins again, in slices. Lines break behind a blank where there is one.
 */
#ifndef UI_WRAP_H
#define UI_WRAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    WRAP_TAB = 8,
    WRAP_SLICE = 256 * 1024,
    WRAP_LINES =
        4 * 1024 * 1024, /* 16 MB of places: a text of line ends would take 8 times its own */
};

struct wrap {
    uint32_t *starts; /* byte offset at which each line begins; one line at least */
    size_t count;
    size_t size;
    int columns;
    bool ascii;
    bool full;        /* there are more than WRAP_LINES: what is behind is no line */
    size_t seen;      /* bytes looked at */
    int column;       /* where the next glyph goes */
    size_t blank;     /* behind the last blank of the line, 0: none */
    int blank_column; /* its column */
};

/* Begin anew for a width of at least 1. */
void wrap_reset(struct wrap *wrap, int columns, bool ascii);
void wrap_release(struct wrap *wrap);

/*
 * Look at what was added to `text`, at most WRAP_SLICE bytes; true when nothing is left. A text
 * that became shorter begins anew. `ended`: no byte will follow. Texts are below 4 GB.
 */
bool wrap_extend(struct wrap *wrap, const char *text, size_t len, bool ended);

/* The bytes of one line, without its newline. */
size_t wrap_line(const struct wrap *wrap, const char *text, size_t index, const char **line);

#endif
