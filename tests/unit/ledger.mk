check_PROGRAMS += tests/unit/test_scan tests/unit/test_document tests/unit/test_document_random
TESTS += tests/unit/test_scan tests/unit/test_document tests/unit/test_document_random
tests_unit_test_scan_SOURCES = tests/unit/test_scan.c tests/unit/unit.h
tests_unit_test_document_SOURCES = tests/unit/test_document.c tests/unit/unit.h
tests_unit_test_document_random_SOURCES = tests/unit/test_document_random.c tests/unit/unit.h
