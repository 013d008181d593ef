check_PROGRAMS += tests/fuzz/fuzz_contract
FUZZ_TARGETS += fuzz_contract
tests_fuzz_fuzz_contract_SOURCES = tests/fuzz/fuzz_contract.c $(FUZZ_MAIN)
tests_fuzz_fuzz_contract_LDFLAGS = $(AM_LDFLAGS) $(LIBFUZZER)
