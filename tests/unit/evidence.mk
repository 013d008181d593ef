check_PROGRAMS += tests/unit/test_digest tests/unit/test_history
TESTS += tests/unit/test_digest tests/unit/test_history
tests_unit_test_digest_SOURCES = tests/unit/test_digest.c tests/unit/unit.h
tests_unit_test_history_SOURCES = tests/unit/test_history.c tests/unit/unit.h
check_PROGRAMS += tests/unit/test_capture tests/unit/test_capture_file
TESTS += tests/unit/test_capture tests/unit/test_capture_file
tests_unit_test_capture_SOURCES = tests/unit/test_capture.c tests/unit/capture_sample.c \
	tests/unit/capture_sample.h tests/unit/unit.h
tests_unit_test_capture_file_SOURCES = tests/unit/test_capture_file.c \
	tests/unit/capture_sample.c tests/unit/capture_sample.h tests/unit/unit.h
check_PROGRAMS += tests/unit/test_leftover
TESTS += tests/unit/test_leftover
tests_unit_test_leftover_SOURCES = tests/unit/test_leftover.c tests/unit/capture_sample.c \
	tests/unit/capture_sample.h tests/unit/unit.h
check_PROGRAMS += tests/unit/test_history_filter tests/unit/test_history_query
TESTS += tests/unit/test_history_filter tests/unit/test_history_query
tests_unit_test_history_filter_SOURCES = tests/unit/test_history_filter.c tests/unit/unit.h
tests_unit_test_history_query_SOURCES = tests/unit/test_history_query.c tests/unit/unit.h
EXHIBIT = tests/unit/exhibit.c tests/unit/exhibit.h tests/unit/unit.h
check_PROGRAMS += tests/unit/test_capture_request tests/unit/test_har
TESTS += tests/unit/test_capture_request tests/unit/test_har
tests_unit_test_capture_request_SOURCES = tests/unit/test_capture_request.c $(EXHIBIT) $(RAW_SERVER)
tests_unit_test_har_SOURCES = tests/unit/test_har.c $(EXHIBIT)
EXTRA_DIST += tests/unit/har.jq
check_PROGRAMS += tests/unit/test_compare
TESTS += tests/unit/test_compare
tests_unit_test_compare_SOURCES = tests/unit/test_compare.c $(EXHIBIT)
check_PROGRAMS += tests/unit/test_retention
TESTS += tests/unit/test_retention
tests_unit_test_retention_SOURCES = tests/unit/test_retention.c tests/unit/unit.h
check_PROGRAMS += tests/unit/test_exchange
TESTS += tests/unit/test_exchange
tests_unit_test_exchange_SOURCES = tests/unit/test_exchange.c tests/unit/unit.h \
	tests/unit/exchange_world.c tests/unit/exchange_world.h $(RAW_SERVER)
check_PROGRAMS += tests/unit/test_replay tests/unit/test_exchange_scenarios
TESTS += tests/unit/test_replay
LONG_TESTS += tests/unit/test_exchange_scenarios
tests_unit_test_replay_SOURCES = tests/unit/test_replay.c $(EXHIBIT)
tests_unit_test_exchange_scenarios_SOURCES = tests/unit/test_exchange_scenarios.c \
	tests/unit/unit.h tests/unit/exchange_world.c tests/unit/exchange_world.h $(RAW_SERVER)
check_PROGRAMS += tests/unit/test_exchange_let_go
TESTS += tests/unit/test_exchange_let_go
tests_unit_test_exchange_let_go_SOURCES = tests/unit/test_exchange_let_go.c tests/unit/unit.h \
	tests/unit/exchange_world.c tests/unit/exchange_world.h $(RAW_SERVER)
check_PROGRAMS += tests/unit/test_history_window
TESTS += tests/unit/test_history_window
tests_unit_test_history_window_SOURCES = tests/unit/test_history_window.c tests/unit/unit.h
check_PROGRAMS += tests/unit/test_timeline
TESTS += tests/unit/test_timeline
tests_unit_test_timeline_SOURCES = tests/unit/test_timeline.c tests/unit/unit.h
check_PROGRAMS += tests/unit/test_tape
TESTS += tests/unit/test_tape
tests_unit_test_tape_SOURCES = tests/unit/test_tape.c tests/unit/unit.h
RECORDING = tests/unit/recording.c tests/unit/recording.h
check_PROGRAMS += tests/unit/test_import tests/unit/test_import_pasted
TESTS += tests/unit/test_import tests/unit/test_import_pasted
tests_unit_test_import_SOURCES = tests/unit/test_import.c $(RECORDING) $(EXHIBIT)
tests_unit_test_import_pasted_SOURCES = tests/unit/test_import_pasted.c $(RECORDING)
check_PROGRAMS += tests/unit/test_spike
TESTS += tests/unit/test_spike
tests_unit_test_spike_SOURCES = tests/unit/test_spike.c tests/unit/unit.h
check_PROGRAMS += tests/unit/test_fixture_scenarios
LONG_TESTS += tests/unit/test_fixture_scenarios
tests_unit_test_fixture_scenarios_SOURCES = tests/unit/test_fixture_scenarios.c \
	tests/unit/schema.c tests/unit/schema.h tests/unit/unit.h tests/unit/exchange_world.c \
	tests/unit/exchange_world.h $(RAW_SERVER)
check_PROGRAMS += tests/unit/test_exchange_disk
TESTS += tests/unit/test_exchange_disk
tests_unit_test_exchange_disk_SOURCES = tests/unit/test_exchange_disk.c tests/unit/unit.h \
	tests/unit/exchange_world.c tests/unit/exchange_world.h $(RAW_SERVER)
check_PROGRAMS += tests/unit/test_telemetry
TESTS += tests/unit/test_telemetry
tests_unit_test_telemetry_SOURCES = tests/unit/test_telemetry.c tests/unit/unit.h \
	tests/unit/exchange_world.c tests/unit/exchange_world.h $(RAW_SERVER)
check_PROGRAMS += tests/unit/test_fixture
TESTS += tests/unit/test_fixture
tests_unit_test_fixture_SOURCES = tests/unit/test_fixture.c $(EXHIBIT)
check_PROGRAMS += tests/unit/test_sanitize
TESTS += tests/unit/test_sanitize
tests_unit_test_sanitize_SOURCES = tests/unit/test_sanitize.c tests/unit/unit.h
