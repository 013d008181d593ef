check_PROGRAMS += tests/unit/test_library
TESTS += tests/unit/test_library
tests_unit_test_library_SOURCES = tests/unit/test_library.c

check_PROGRAMS += tests/unit/test_plan
TESTS += tests/unit/test_plan
tests_unit_test_plan_SOURCES = tests/unit/test_plan.c

check_PROGRAMS += tests/unit/test_mutate
TESTS += tests/unit/test_mutate
tests_unit_test_mutate_SOURCES = tests/unit/test_mutate.c

check_PROGRAMS += tests/unit/test_runner
TESTS += tests/unit/test_runner
tests_unit_test_runner_SOURCES = tests/unit/test_runner.c
