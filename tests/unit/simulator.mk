# A raw client of the simulator, for every test that needs one.
SIM_CLIENT = tests/unit/sim_client.c tests/unit/sim_client.h

check_PROGRAMS += tests/unit/test_sim_request
TESTS += tests/unit/test_sim_request
tests_unit_test_sim_request_SOURCES = tests/unit/test_sim_request.c

check_PROGRAMS += tests/unit/test_sim_scenarios
TESTS += tests/unit/test_sim_scenarios
tests_unit_test_sim_scenarios_SOURCES = tests/unit/test_sim_scenarios.c

check_PROGRAMS += tests/unit/test_sim_server
TESTS += tests/unit/test_sim_server
tests_unit_test_sim_server_SOURCES = tests/unit/test_sim_server.c $(SIM_CLIENT)

check_PROGRAMS += tests/unit/test_sim_connections
TESTS += tests/unit/test_sim_connections
tests_unit_test_sim_connections_SOURCES = tests/unit/test_sim_connections.c $(SIM_CLIENT)

check_PROGRAMS += tests/unit/test_sim_verdicts
TESTS += tests/unit/test_sim_verdicts
tests_unit_test_sim_verdicts_SOURCES = tests/unit/test_sim_verdicts.c $(SIM_CLIENT)

check_PROGRAMS += tests/unit/test_sim_observer
TESTS += tests/unit/test_sim_observer
tests_unit_test_sim_observer_SOURCES = tests/unit/test_sim_observer.c $(SIM_CLIENT)
