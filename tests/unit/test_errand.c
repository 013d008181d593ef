/* What is written by a child: no key waits for a disk or a lock (design.md "Shape"). */
#include "tests/unit/unit.h"

#include "base/clock.h"
#include "net/loop.h"
#include "ui/errand.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

struct told {
    struct loop *loop;
    int calls;
    struct errand_result result;
};

static void on_end(void *context, const struct errand_result *result)
{
    struct told *told = context;

    told->calls++;
    told->result = *result;
    loop_stop(told->loop, 0);
}

/* `context`: a number of the parent, which the child changes for itself only. */
static void count(void *context, struct errand_result *result)
{
    result->stamp.size = (uint64_t)++ * (int *)context;
    result->done = true;
}

static void refuse(void *context, struct errand_result *result)
{
    (void)context;
    result->done = error_set(&result->error, ERROR_CHANGED, "it changed");
}

static void die(void *context, struct errand_result *result)
{
    (void)context;
    (void)result;
    kill(getpid(), SIGKILL);
}

static void a_child_tells_what_it_did_and_leaves_the_parent_alone(void **state)
{
    struct told told = {.loop = loop_new(&clock_system, NULL)};
    struct errand *errand = errand_new(told.loop, on_end, &told);
    int number = 6;

    (void)state;
    errand_start(errand, count, &number);
    assert_true(errand_runs(errand));
    loop_run(told.loop);
    assert_false(errand_runs(errand));
    assert_int_equal(told.calls, 1);
    assert_true(told.result.done);
    assert_int_equal(told.result.stamp.size, 7);
    assert_int_equal(number, 6);
    errand_free(errand);
    loop_free(told.loop);
}

static void its_failure_and_its_death_are_told_too(void **state)
{
    struct told told = {.loop = loop_new(&clock_system, NULL)};
    struct errand *errand = errand_new(told.loop, on_end, &told);

    (void)state;
    errand_start(errand, refuse, NULL);
    errand_finish(errand);
    assert_int_equal(told.calls, 1);
    assert_int_equal(told.result.error.kind, ERROR_CHANGED);
    assert_string_equal(told.result.error.text, "it changed");
    errand_start(errand, die, NULL);
    errand_free(errand); /* waits */
    assert_int_equal(told.calls, 2);
    assert_false(told.result.done);
    assert_non_null(strstr(told.result.error.text, "ended before it was done"));
    loop_free(told.loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_child_tells_what_it_did_and_leaves_the_parent_alone),
        cmocka_unit_test(its_failure_and_its_death_are_told_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
