# The server for raw bytes, for every test that needs one: add $(RAW_SERVER) to its sources.
RAW_SERVER = tests/unit/raw_server.c tests/unit/raw_server.h
TRANSPORT_FIXTURE = $(RAW_SERVER) tests/unit/transport_fixture.c tests/unit/transport_fixture.h

check_PROGRAMS += tests/unit/test_http tests/unit/test_loop tests/unit/test_transport_ends
TESTS += tests/unit/test_http tests/unit/test_loop tests/unit/test_transport_ends
tests_unit_test_http_SOURCES = tests/unit/test_http.c
tests_unit_test_loop_SOURCES = tests/unit/test_loop.c
tests_unit_test_transport_ends_SOURCES = tests/unit/test_transport_ends.c $(TRANSPORT_FIXTURE)

check_PROGRAMS += tests/unit/test_transport
TESTS += tests/unit/test_transport
tests_unit_test_transport_SOURCES = tests/unit/test_transport.c $(TRANSPORT_FIXTURE)

check_PROGRAMS += tests/unit/test_head
TESTS += tests/unit/test_head
tests_unit_test_head_SOURCES = tests/unit/test_head.c

check_PROGRAMS += tests/unit/test_transport_tls
TESTS += tests/unit/test_transport_tls
tests_unit_test_transport_tls_SOURCES = tests/unit/test_transport_tls.c $(TRANSPORT_FIXTURE)

check_PROGRAMS += tests/unit/test_transport_loop
TESTS += tests/unit/test_transport_loop
tests_unit_test_transport_loop_SOURCES = tests/unit/test_transport_loop.c $(TRANSPORT_FIXTURE)

check_PROGRAMS += tests/unit/test_syncer
TESTS += tests/unit/test_syncer
tests_unit_test_syncer_SOURCES = tests/unit/test_syncer.c
