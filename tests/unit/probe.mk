check_PROGRAMS += tests/unit/test_library
TESTS += tests/unit/test_library
tests_unit_test_library_SOURCES = tests/unit/test_library.c

check_PROGRAMS += tests/unit/test_plan
TESTS += tests/unit/test_plan
tests_unit_test_plan_SOURCES = tests/unit/test_plan.c

check_PROGRAMS += tests/unit/test_mutate
TESTS += tests/unit/test_mutate
tests_unit_test_mutate_SOURCES = tests/unit/test_mutate.c

check_PROGRAMS += tests/unit/test_runner
TESTS += tests/unit/test_runner
RUNNER_WORLD = tests/unit/runner_world.c tests/unit/runner_world.h
tests_unit_test_runner_SOURCES = tests/unit/test_runner.c $(RUNNER_WORLD)

check_PROGRAMS += tests/unit/test_runner_retries
TESTS += tests/unit/test_runner_retries
tests_unit_test_runner_retries_SOURCES = tests/unit/test_runner_retries.c $(RUNNER_WORLD)

check_PROGRAMS += tests/unit/test_shipped_probes
TESTS += tests/unit/test_shipped_probes
tests_unit_test_shipped_probes_SOURCES = tests/unit/test_shipped_probes.c $(RUNNER_WORLD)

check_PROGRAMS += tests/unit/test_keep
TESTS += tests/unit/test_keep
tests_unit_test_keep_SOURCES = tests/unit/test_keep.c tests/unit/schema.c tests/unit/schema.h

check_PROGRAMS += tests/unit/test_review
TESTS += tests/unit/test_review
tests_unit_test_review_SOURCES = tests/unit/test_review.c tests/unit/schema.c tests/unit/schema.h

OBSERVED_CLIENT = tests/unit/observed_client.c tests/unit/observed_client.h

check_PROGRAMS += tests/unit/test_observation
TESTS += tests/unit/test_observation
tests_unit_test_observation_SOURCES = tests/unit/test_observation.c $(OBSERVED_CLIENT)

check_PROGRAMS += tests/unit/test_observation_sessions
TESTS += tests/unit/test_observation_sessions
tests_unit_test_observation_sessions_SOURCES = tests/unit/test_observation_sessions.c \
	$(OBSERVED_CLIENT)

check_PROGRAMS += tests/unit/test_observation_retries
TESTS += tests/unit/test_observation_retries
tests_unit_test_observation_retries_SOURCES = tests/unit/test_observation_retries.c \
	$(OBSERVED_CLIENT)

check_PROGRAMS += tests/unit/test_reference
TESTS += tests/unit/test_reference
tests_unit_test_reference_SOURCES = tests/unit/test_reference.c

check_PROGRAMS += tests/unit/test_observed
TESTS += tests/unit/test_observed
tests_unit_test_observed_SOURCES = tests/unit/test_observed.c
check_PROGRAMS += tests/unit/test_schema tests/unit/validate
TESTS += tests/unit/test_schema
SCHEMA = tests/unit/schema.c tests/unit/schema.h
tests_unit_test_schema_SOURCES = tests/unit/test_schema.c tests/unit/unit.h $(SCHEMA)
tests_unit_validate_SOURCES = tests/unit/validate.c $(SCHEMA)

SEEN = tests/unit/seen.c tests/unit/seen.h $(TRIAL)

check_PROGRAMS += tests/unit/test_result
TESTS += tests/unit/test_result
tests_unit_test_result_SOURCES = tests/unit/test_result.c $(SEEN)
tests_unit_test_result_CFLAGS = $(TRIAL_CFLAGS)

check_PROGRAMS += tests/unit/test_canary
TESTS += tests/unit/test_canary
tests_unit_test_canary_SOURCES = tests/unit/test_canary.c $(SEEN)
tests_unit_test_canary_CFLAGS = $(TRIAL_CFLAGS)
