check_PROGRAMS += tests/unit/test_sse tests/unit/test_verdicts
TESTS += tests/unit/test_sse tests/unit/test_verdicts
EXTRA_DIST += tests/unit/verdict_rows.inc

tests_unit_test_sse_SOURCES = tests/unit/test_sse.c

# Bodies of answers are long literals.
TRIAL = tests/unit/trial.c tests/unit/trial.h tests/unit/answers.h
TRIAL_CFLAGS = $(AM_CFLAGS) -Wno-overlength-strings
tests_unit_test_verdicts_SOURCES = tests/unit/test_verdicts.c $(TRIAL)
tests_unit_test_verdicts_CFLAGS = $(TRIAL_CFLAGS)

check_PROGRAMS += tests/unit/test_prefixes
TESTS += tests/unit/test_prefixes
tests_unit_test_prefixes_SOURCES = tests/unit/test_prefixes.c $(TRIAL)
tests_unit_test_prefixes_CFLAGS = $(TRIAL_CFLAGS)

check_PROGRAMS += tests/unit/test_errors
TESTS += tests/unit/test_errors
tests_unit_test_errors_SOURCES = tests/unit/test_errors.c $(TRIAL)
tests_unit_test_errors_CFLAGS = $(TRIAL_CFLAGS)

check_PROGRAMS += tests/unit/test_answers
TESTS += tests/unit/test_answers
tests_unit_test_answers_SOURCES = tests/unit/test_answers.c $(TRIAL)
tests_unit_test_answers_CFLAGS = $(TRIAL_CFLAGS)
check_PROGRAMS += tests/unit/test_stencil
TESTS += tests/unit/test_stencil
tests_unit_test_stencil_SOURCES = tests/unit/test_stencil.c $(TRIAL)

check_PROGRAMS += tests/unit/test_retry
TESTS += tests/unit/test_retry
tests_unit_test_retry_SOURCES = tests/unit/test_retry.c

check_PROGRAMS += tests/unit/test_classes
TESTS += tests/unit/test_classes
tests_unit_test_classes_SOURCES = tests/unit/test_classes.c $(TRIAL)
tests_unit_test_classes_CFLAGS = $(TRIAL_CFLAGS)

check_PROGRAMS += tests/unit/test_class_files
TESTS += tests/unit/test_class_files
tests_unit_test_class_files_SOURCES = tests/unit/test_class_files.c
