#include "judge/excerpt.h"

#include "base/text.h"

#include <string.h>

static const char ellipsis[] = "…";

struct excerpt excerpt(const char *text, size_t len, int columns)
{
    struct excerpt out = {0};
    struct glyph glyph;
    size_t used = 0;
    int width = 0;

    while (text && len) {
        text_glyph(text, len, false, &glyph);
        if (*text == '\n' || *text == '\t') {
            memcpy(glyph.shown, " ", sizeof(" "));
            glyph.shown_len = 1;
            glyph.width = 1;
        }
        if (width + glyph.width > columns ||
            used + glyph.shown_len + sizeof(ellipsis) > sizeof(out.text)) {
            memcpy(out.text + used, ellipsis, sizeof(ellipsis));
            return out;
        }
        memcpy(out.text + used, glyph.shown, glyph.shown_len);
        used += glyph.shown_len;
        width += glyph.width;
        text += glyph.used;
        len -= glyph.used;
    }
    return out;
}
