check_PROGRAMS += tests/fuzz/fuzz_keys
FUZZ_TARGETS += fuzz_keys
tests_fuzz_fuzz_keys_SOURCES = tests/fuzz/fuzz_keys.c $(FUZZ_MAIN)
tests_fuzz_fuzz_keys_LDFLAGS = $(AM_LDFLAGS) $(LIBFUZZER)
tests_fuzz_fuzz_keys_LDADD = libconsole.a $(LDADD)
