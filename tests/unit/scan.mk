check_PROGRAMS += tests/unit/test_sieve
TESTS += tests/unit/test_sieve
tests_unit_test_sieve_SOURCES = tests/unit/test_sieve.c

check_PROGRAMS += tests/unit/test_setting
TESTS += tests/unit/test_setting
tests_unit_test_setting_SOURCES = tests/unit/test_setting.c
