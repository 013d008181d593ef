check_PROGRAMS += tests/unit/test_library
TESTS += tests/unit/test_library
tests_unit_test_library_SOURCES = tests/unit/test_library.c

check_PROGRAMS += tests/unit/test_plan
TESTS += tests/unit/test_plan
tests_unit_test_plan_SOURCES = tests/unit/test_plan.c
