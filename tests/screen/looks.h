/*
 * How a screen looks, in words: which runs of text stand out, and how. For people who read the
 * expected screens, and for the test that compares them.
 */
#ifndef TESTS_SCREEN_LOOKS_H
#define TESTS_SCREEN_LOOKS_H

struct VTermScreen;
struct bytes;

/*
 * One line a row that holds something styled: its number from 1, then each run as its looks and its
 * text. A number is a colour, `on` one of the background. Blanks around a run and repeated pieces
 * of frame are left out, as are rows on which only frames are styled.
 */
void looks_describe(struct VTermScreen *screen, int rows, int columns, struct bytes *out);

#endif
