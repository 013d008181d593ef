check_PROGRAMS += tests/fuzz/fuzz_ledger
FUZZ_TARGETS += fuzz_ledger
tests_fuzz_fuzz_ledger_SOURCES = tests/fuzz/fuzz_ledger.c $(FUZZ_MAIN)
tests_fuzz_fuzz_ledger_LDFLAGS = $(AM_LDFLAGS) $(LIBFUZZER)
