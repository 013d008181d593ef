check_PROGRAMS += tests/fuzz/fuzz_head
FUZZ_TARGETS += fuzz_head
tests_fuzz_fuzz_head_SOURCES = tests/fuzz/fuzz_head.c $(FUZZ_MAIN)
tests_fuzz_fuzz_head_LDFLAGS = $(AM_LDFLAGS) $(LIBFUZZER)
