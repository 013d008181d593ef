/* net/http: headers keep duplicates and order, names of framings and stops go both ways. */
#include "tests/unit/unit.h"

#include "base/memory.h"
#include "net/http.h"

static void headers_keep_duplicates_and_are_found_without_case(void **state)
{
    struct http_headers headers = {0};

    (void)state;
    http_headers_add(&headers, "X-Request-Id", "one");
    http_headers_add(&headers, "x-request-id", "two");
    assert_int_equal(headers.count, 2);
    assert_string_equal(http_headers_get(&headers, "X-REQUEST-ID"), "one");
    assert_string_equal(headers.items[1].value, "two");
    assert_null(http_headers_get(&headers, "X-Request"));
    http_headers_release(&headers);
    assert_int_equal(headers.count, 0);
    assert_null(http_headers_get(&headers, "X-Request-Id"));
}

static void framing_names_go_both_ways(void **state)
{
    (void)state;
    for (int i = FRAMING_UNKNOWN; i <= FRAMING_NONE; i++)
        assert_int_equal(framing_from_name(framing_name((enum framing)i)), i);
    assert_string_equal(framing_name(FRAMING_CLOSE), "close");
    assert_int_equal(framing_from_name("carrier pigeon"), FRAMING_UNKNOWN);
    assert_int_equal(framing_from_name(NULL), FRAMING_UNKNOWN);
}

static void stop_names_go_both_ways(void **state)
{
    (void)state;
    for (int i = STOP_NONE; i <= STOP_BODY_LIMIT; i++)
        assert_int_equal(stop_from_name(stop_name((enum stop)i)), i);
    assert_string_equal(stop_name(STOP_CONNECT), "connect-timeout");
    assert_int_equal(stop_from_name(""), STOP_NONE);
}

static void a_released_request_is_empty(void **state)
{
    struct http_request request = {.method = xstrdup("POST"), .url = xstrdup("http://localhost/")};

    (void)state;
    http_headers_add(&request.headers, "Accept", "*/*");
    request.body = xstrdup("{}");
    http_request_release(&request);
    assert_null(request.method);
    assert_null(request.body);
    assert_int_equal(request.headers.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_keep_duplicates_and_are_found_without_case),
        cmocka_unit_test(framing_names_go_both_ways),
        cmocka_unit_test(stop_names_go_both_ways),
        cmocka_unit_test(a_released_request_is_empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
