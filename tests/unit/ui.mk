check_PROGRAMS += tests/unit/test_input
TESTS += tests/unit/test_input
tests_unit_test_input_SOURCES = tests/unit/test_input.c
tests_unit_test_input_LDADD = libconsole.a $(LDADD)

check_PROGRAMS += tests/unit/test_draw
TESTS += tests/unit/test_draw
tests_unit_test_draw_SOURCES = tests/unit/test_draw.c
tests_unit_test_draw_LDADD = libconsole.a $(LDADD) $(CURSES_LIBS)

check_PROGRAMS += tests/unit/test_console
TESTS += tests/unit/test_console
tests_unit_test_console_SOURCES = tests/unit/test_console.c
tests_unit_test_console_LDADD = libconsole.a $(LDADD) $(CONSOLE_LIBS)

check_PROGRAMS += tests/unit/test_json_tree
TESTS += tests/unit/test_json_tree
tests_unit_test_json_tree_SOURCES = tests/unit/test_json_tree.c
tests_unit_test_json_tree_LDADD = libconsole.a $(LDADD)

check_PROGRAMS += tests/unit/test_application
TESTS += tests/unit/test_application
tests_unit_test_application_SOURCES = tests/unit/test_application.c
tests_unit_test_application_LDADD = libconsole.a $(LDADD) $(CONSOLE_LIBS)

check_PROGRAMS += tests/unit/test_application_probe
TESTS += tests/unit/test_application_probe
tests_unit_test_application_probe_SOURCES = tests/unit/test_application_probe.c
tests_unit_test_application_probe_LDADD = libconsole.a $(LDADD) $(CONSOLE_LIBS)

check_PROGRAMS += tests/unit/test_draft_edit
TESTS += tests/unit/test_draft_edit
tests_unit_test_draft_edit_SOURCES = tests/unit/test_draft_edit.c
tests_unit_test_draft_edit_LDADD = libconsole.a $(LDADD)

check_PROGRAMS += tests/unit/test_drafts
TESTS += tests/unit/test_drafts
tests_unit_test_drafts_SOURCES = tests/unit/test_drafts.c
tests_unit_test_drafts_LDADD = libconsole.a $(LDADD)

check_PROGRAMS += tests/unit/test_history_list
TESTS += tests/unit/test_history_list
tests_unit_test_history_list_SOURCES = tests/unit/test_history_list.c
tests_unit_test_history_list_LDADD = libconsole.a $(LDADD)

check_PROGRAMS += tests/unit/test_line_history
TESTS += tests/unit/test_line_history
tests_unit_test_line_history_SOURCES = tests/unit/test_line_history.c
tests_unit_test_line_history_LDADD = libconsole.a $(LDADD) $(CONSOLE_LIBS)

check_PROGRAMS += tests/unit/test_fuzzy
TESTS += tests/unit/test_fuzzy
tests_unit_test_fuzzy_SOURCES = tests/unit/test_fuzzy.c
tests_unit_test_fuzzy_LDADD = libconsole.a $(LDADD)

check_PROGRAMS += tests/unit/test_theme
TESTS += tests/unit/test_theme
tests_unit_test_theme_SOURCES = tests/unit/test_theme.c
tests_unit_test_theme_LDADD = libconsole.a $(LDADD) -lm

check_PROGRAMS += tests/unit/test_journal tests/unit/test_line_diff
TESTS += tests/unit/test_journal tests/unit/test_line_diff
tests_unit_test_journal_SOURCES = tests/unit/test_journal.c
tests_unit_test_journal_LDADD = libconsole.a $(LDADD)
tests_unit_test_line_diff_SOURCES = tests/unit/test_line_diff.c
tests_unit_test_line_diff_LDADD = libconsole.a $(LDADD)
check_PROGRAMS += tests/unit/test_stream_raw
TESTS += tests/unit/test_stream_raw
tests_unit_test_stream_raw_SOURCES = tests/unit/test_stream_raw.c tests/unit/unit.h
tests_unit_test_stream_raw_LDADD = libconsole.a $(LDADD) $(CONSOLE_LIBS)

check_PROGRAMS += tests/unit/test_errand
TESTS += tests/unit/test_errand
tests_unit_test_errand_SOURCES = tests/unit/test_errand.c
tests_unit_test_errand_LDADD = libconsole.a $(LDADD)

check_PROGRAMS += tests/unit/test_observe_text tests/unit/test_report_words
TESTS += tests/unit/test_observe_text tests/unit/test_report_words
tests_unit_test_observe_text_SOURCES = tests/unit/test_observe_text.c $(OBSERVED_CLIENT)
tests_unit_test_observe_text_LDADD = libconsole.a $(LDADD)
tests_unit_test_report_words_SOURCES = tests/unit/test_report_words.c
tests_unit_test_report_words_LDADD = libconsole.a $(LDADD)
