check_PROGRAMS += tests/unit/test_digest tests/unit/test_history
TESTS += tests/unit/test_digest tests/unit/test_history
tests_unit_test_digest_SOURCES = tests/unit/test_digest.c tests/unit/unit.h
tests_unit_test_history_SOURCES = tests/unit/test_history.c tests/unit/unit.h
check_PROGRAMS += tests/unit/test_capture
TESTS += tests/unit/test_capture
tests_unit_test_capture_SOURCES = tests/unit/test_capture.c tests/unit/unit.h
