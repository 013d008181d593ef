# The pictures of README.md, drawn anew by `./dev picture`.
check_PROGRAMS += tests/screen/picture
tests_screen_picture_SOURCES = tests/screen/picture.c $(SCREEN_HARNESS)
tests_screen_picture_LDADD = $(SCREEN_LIBS)
EXTRA_DIST += tests/screen/picture.script tests/screen/picture-timing.script \
	doc/console.svg doc/console-80x24.svg doc/timing.svg
dist_check_SCRIPTS += tests/screen/picture.sh
TESTS += tests/screen/picture.sh
