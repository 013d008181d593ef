check_PROGRAMS += tests/unit/test_bytes
TESTS += tests/unit/test_bytes
tests_unit_test_bytes_SOURCES = tests/unit/test_bytes.c
