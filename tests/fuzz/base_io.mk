check_PROGRAMS += tests/fuzz/fuzz_redact
FUZZ_TARGETS += fuzz_redact
tests_fuzz_fuzz_redact_SOURCES = tests/fuzz/fuzz_redact.c $(FUZZ_MAIN)
tests_fuzz_fuzz_redact_LDFLAGS = $(AM_LDFLAGS) $(LIBFUZZER)
