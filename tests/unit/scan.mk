check_PROGRAMS += tests/unit/test_sieve
TESTS += tests/unit/test_sieve
tests_unit_test_sieve_SOURCES = tests/unit/test_sieve.c
