check_PROGRAMS += tests/unit/test_contract
TESTS += tests/unit/test_contract
tests_unit_test_contract_SOURCES = tests/unit/test_contract.c

check_PROGRAMS += tests/unit/test_operation
TESTS += tests/unit/test_operation
tests_unit_test_operation_SOURCES = tests/unit/test_operation.c

check_PROGRAMS += tests/unit/test_workspace
TESTS += tests/unit/test_workspace
tests_unit_test_workspace_SOURCES = tests/unit/test_workspace.c

check_PROGRAMS += tests/unit/test_curl_command
TESTS += tests/unit/test_curl_command
tests_unit_test_curl_command_SOURCES = tests/unit/test_curl_command.c $(RAW_SERVER)

check_PROGRAMS += tests/unit/test_body_check
TESTS += tests/unit/test_body_check
tests_unit_test_body_check_SOURCES = tests/unit/test_body_check.c
