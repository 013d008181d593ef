check_PROGRAMS += tests/fuzz/fuzz_capture
FUZZ_TARGETS += fuzz_capture
tests_fuzz_fuzz_capture_SOURCES = tests/fuzz/fuzz_capture.c $(FUZZ_MAIN)
tests_fuzz_fuzz_capture_LDFLAGS = $(AM_LDFLAGS) $(LIBFUZZER)
check_PROGRAMS += tests/fuzz/fuzz_history_filter
FUZZ_TARGETS += fuzz_history_filter
tests_fuzz_fuzz_history_filter_SOURCES = tests/fuzz/fuzz_history_filter.c $(FUZZ_MAIN)
tests_fuzz_fuzz_history_filter_LDFLAGS = $(AM_LDFLAGS) $(LIBFUZZER)
