check_PROGRAMS += tests/unit/test_suggest tests/unit/test_options
TESTS += tests/unit/test_suggest tests/unit/test_options
tests_unit_test_suggest_SOURCES = tests/unit/test_suggest.c
tests_unit_test_options_SOURCES = tests/unit/test_options.c
