LEDGER_TESTS = tests/unit/test_scan tests/unit/test_document tests/unit/test_document_random \
	tests/unit/test_template
check_PROGRAMS += $(LEDGER_TESTS)
TESTS += $(LEDGER_TESTS)
tests_unit_test_scan_SOURCES = tests/unit/test_scan.c tests/unit/unit.h
tests_unit_test_document_SOURCES = tests/unit/test_document.c tests/unit/unit.h
tests_unit_test_document_random_SOURCES = tests/unit/test_document_random.c tests/unit/unit.h
tests_unit_test_template_SOURCES = tests/unit/test_template.c tests/unit/unit.h

# The pane on an application of its own: only what it needs is taken from the library.
check_PROGRAMS += tests/unit/test_pane_ledger
TESTS += tests/unit/test_pane_ledger
tests_unit_test_pane_ledger_SOURCES = tests/unit/test_pane_ledger.c \
	tests/unit/ledger_stage.c tests/unit/ledger_stage.h tests/unit/unit.h
tests_unit_test_pane_ledger_LDADD = libconsole.a $(LDADD) $(CONSOLE_LIBS)

check_PROGRAMS += tests/unit/test_ledger_recover
TESTS += tests/unit/test_ledger_recover
tests_unit_test_ledger_recover_SOURCES = tests/unit/test_ledger_recover.c \
	tests/unit/ledger_stage.c tests/unit/ledger_stage.h tests/unit/unit.h
tests_unit_test_ledger_recover_LDADD = libconsole.a $(LDADD) $(CONSOLE_LIBS)
