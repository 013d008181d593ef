check_PROGRAMS += tests/unit/test_http tests/unit/test_loop
TESTS += tests/unit/test_http tests/unit/test_loop
tests_unit_test_http_SOURCES = tests/unit/test_http.c
tests_unit_test_loop_SOURCES = tests/unit/test_loop.c
