check_PROGRAMS += tests/fuzz/fuzz_http_request
FUZZ_TARGETS += fuzz_http_request
tests_fuzz_fuzz_http_request_SOURCES = tests/fuzz/fuzz_http_request.c $(FUZZ_MAIN)
tests_fuzz_fuzz_http_request_LDFLAGS = $(AM_LDFLAGS) $(LIBFUZZER)
