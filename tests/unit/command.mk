check_PROGRAMS += tests/unit/test_options
TESTS += tests/unit/test_options
tests_unit_test_options_SOURCES = tests/unit/test_options.c

check_PROGRAMS += tests/unit/test_explain
TESTS += tests/unit/test_explain
tests_unit_test_explain_SOURCES = tests/unit/test_explain.c

check_PROGRAMS += tests/unit/test_observe_watch
TESTS += tests/unit/test_observe_watch
tests_unit_test_observe_watch_SOURCES = tests/unit/test_observe_watch.c
