check_PROGRAMS += tests/unit/test_file tests/unit/test_secret
TESTS += tests/unit/test_file tests/unit/test_secret
tests_unit_test_file_SOURCES = tests/unit/test_file.c tests/unit/unit.h
tests_unit_test_secret_SOURCES = tests/unit/test_secret.c tests/unit/unit.h
