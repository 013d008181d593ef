check_PROGRAMS += tests/unit/test_sim_request
TESTS += tests/unit/test_sim_request
tests_unit_test_sim_request_SOURCES = tests/unit/test_sim_request.c

check_PROGRAMS += tests/unit/test_sim_scenarios
TESTS += tests/unit/test_sim_scenarios
tests_unit_test_sim_scenarios_SOURCES = tests/unit/test_sim_scenarios.c
