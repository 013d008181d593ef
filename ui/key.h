/*
 * One key, and how it is called in the keymap, in hints and in scripts.
 */
#ifndef UI_KEY_H
#define UI_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A key is a Unicode character, or one of these. */
enum key_code {
    KEY_CODE_ENTER = 0x110000,
    KEY_CODE_TAB,
    KEY_CODE_ESCAPE,
    KEY_CODE_BACKSPACE,
    KEY_CODE_UP,
    KEY_CODE_DOWN,
    KEY_CODE_LEFT,
    KEY_CODE_RIGHT,
    KEY_CODE_HOME,
    KEY_CODE_END,
    KEY_CODE_PAGE_UP,
    KEY_CODE_PAGE_DOWN,
    KEY_CODE_INSERT,
    KEY_CODE_DELETE,
    KEY_CODE_F1, /* F2 to F12 follow */
    KEY_CODE_LAST = KEY_CODE_F1 + 11,
};

enum {
    KEY_SHIFTED = 1, /* never with a character: that comes as its upper case */
    KEY_ALT = 2,
    KEY_CONTROL = 4, /* with a letter: its lower case */
};

struct key {
    uint32_t code;
    unsigned modifiers;
};

enum { KEY_NAME = 32 };

/* "Enter", "S-Tab", "^C", "M-x", "F5", "é"; reads all of them back, and "C-c" for "^C" too. */
void key_name(struct key key, char name[static KEY_NAME]);
bool key_parse(const char *name, size_t len, struct key *key);
bool key_equal(struct key a, struct key b);

/* What a terminal would send for it: for scripts. Answers the length. */
size_t key_bytes(struct key key, char bytes[static KEY_NAME]);

#endif
