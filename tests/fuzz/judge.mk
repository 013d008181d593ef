check_PROGRAMS += tests/fuzz/fuzz_sse tests/fuzz/fuzz_chat tests/fuzz/fuzz_responses
FUZZ_TARGETS += fuzz_sse fuzz_chat fuzz_responses

JUDGE_PROPERTY = tests/fuzz/judge_property.c tests/fuzz/judge_property.h $(FUZZ_MAIN)
tests_fuzz_fuzz_sse_SOURCES = tests/fuzz/fuzz_sse.c $(FUZZ_MAIN)
tests_fuzz_fuzz_sse_LDFLAGS = $(AM_LDFLAGS) $(LIBFUZZER)
tests_fuzz_fuzz_chat_SOURCES = tests/fuzz/fuzz_chat.c $(JUDGE_PROPERTY)
tests_fuzz_fuzz_chat_LDFLAGS = $(AM_LDFLAGS) $(LIBFUZZER)
tests_fuzz_fuzz_responses_SOURCES = tests/fuzz/fuzz_responses.c $(JUDGE_PROPERTY)
tests_fuzz_fuzz_responses_LDFLAGS = $(AM_LDFLAGS) $(LIBFUZZER)

check_PROGRAMS += tests/fuzz/fuzz_classes
FUZZ_TARGETS += fuzz_classes
tests_fuzz_fuzz_classes_SOURCES = tests/fuzz/fuzz_classes.c $(FUZZ_MAIN)
tests_fuzz_fuzz_classes_LDFLAGS = $(AM_LDFLAGS) $(LIBFUZZER)
