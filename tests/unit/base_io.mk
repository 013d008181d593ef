check_PROGRAMS += tests/unit/test_file tests/unit/test_secret tests/unit/test_redact
TESTS += tests/unit/test_file tests/unit/test_secret tests/unit/test_redact
tests_unit_test_file_SOURCES = tests/unit/test_file.c tests/unit/unit.h
tests_unit_test_secret_SOURCES = tests/unit/test_secret.c tests/unit/unit.h
tests_unit_test_redact_SOURCES = tests/unit/test_redact.c tests/unit/unit.h
