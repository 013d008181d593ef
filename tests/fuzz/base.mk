check_PROGRAMS += tests/fuzz/fuzz_json
FUZZ_TARGETS += fuzz_json
tests_fuzz_fuzz_json_SOURCES = tests/fuzz/fuzz_json.c $(FUZZ_MAIN)
tests_fuzz_fuzz_json_LDFLAGS = $(AM_LDFLAGS) $(LIBFUZZER)
