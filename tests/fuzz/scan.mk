check_PROGRAMS += tests/fuzz/fuzz_sieve
FUZZ_TARGETS += fuzz_sieve
tests_fuzz_fuzz_sieve_SOURCES = tests/fuzz/fuzz_sieve.c $(FUZZ_MAIN)
tests_fuzz_fuzz_sieve_LDFLAGS = $(AM_LDFLAGS) $(LIBFUZZER)
