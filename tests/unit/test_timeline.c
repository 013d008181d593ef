/* evidence/timeline: what is kept of all events is bounded, and near the truth (D54). */
#include "tests/unit/unit.h"

#include "evidence/timeline.h"

#include <stdlib.h>

enum { EVENTS = 20000 };

static int compare(const void *one, const void *other)
{
    int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;

    return (a > b) - (a < b);
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

/* Most short, some long, many none. */
static int64_t random_gap(uint32_t *seed)
{
    uint32_t kind = next_random(seed) % 100;

    if (kind < 30)
        return 0;
    if (kind < 98)
        return next_random(seed) % 50000;
    return next_random(seed) % 5000000;
}

static void percentiles_are_at_most_three_percent_too_long(void **state)
{
    static const double shares[] = {0.5, 0.9, 0.99, 1};
    int64_t *gaps = malloc(EVENTS * sizeof(*gaps)), now_us = 100;
    uint32_t seed = 7;

    (void)state;
    for (int round = 0; round < 20; round++) {
        struct timeline *timeline = timeline_new();

        timeline_event(timeline, now_us, 1, 0);
        for (size_t i = 0; i < EVENTS; i++) {
            gaps[i] = random_gap(&seed);
            now_us += gaps[i];
            timeline_event(timeline, now_us, i + 2, 10 * i);
        }
        qsort(gaps, EVENTS, sizeof(*gaps), compare);
        assert_int_equal(timeline_gaps(timeline), EVENTS);
        for (size_t i = 0; i < 4; i++) {
            int64_t exact = gaps[(size_t)(shares[i] * EVENTS) - 1];
            int64_t told = timeline_percentile(timeline, shares[i]);

            assert_true(told >= exact && told <= exact + exact / 30 + 1);
        }
        assert_int_equal(timeline->longest_gap_us, gaps[EVENTS - 1]);
        for (size_t i = 0; i < TIMELINE_LONGEST; i++)
            assert_int_equal(timeline->longest[i].us, gaps[EVENTS - 1 - i]);
        free(timeline);
        now_us = 100;
    }
    free(gaps);
}

static void slots_hold_every_event_however_long_it_lasts(void **state)
{
    (void)state;
    for (int64_t step_us = 1; step_us < INT64_C(10000000000); step_us *= 7) {
        struct timeline *timeline = timeline_new();
        uint64_t sum = 0;

        for (uint64_t i = 1; i <= 1000; i++)
            timeline_event(timeline, (int64_t)i * step_us, i, i);
        for (size_t i = 0; i < TIMELINE_SLOTS; i++)
            sum += timeline->slots[i].events;
        assert_int_equal(sum, 1000);
        assert_true(timeline->slot_us * TIMELINE_SLOTS > 1000 * step_us);
        free(timeline);
    }
}

static void a_silence_counts_for_all_of_the_time_it_lasted(void **state)
{
    struct timeline *timeline = timeline_new();

    (void)state;
    assert_int_equal(timeline_gap_between(timeline, 0, 1000000), 0);
    for (uint64_t i = 1; i <= 10; i++)
        timeline_event(timeline, (int64_t)i * 10000, i, 100 * i);
    timeline_event(timeline, 3100000, 11, 1100);
    timeline_event(timeline, 3110000, 12, 1200);
    assert_int_equal(timeline_gap_between(timeline, 0, 9000), 0);
    assert_int_equal(timeline_gap_between(timeline, 40000, 60000), 10000);
    for (int64_t at_us = 120000; at_us < 3000000; at_us += 50000)
        assert_int_equal(timeline_gap_between(timeline, at_us, at_us + 50000), 3000000);
    assert_int_equal(timeline_gap_between(timeline, 3200000, 4000000), 0);
    assert_int_equal(timeline->longest[0].event, 11);
    assert_int_equal(timeline->longest[0].offset, 1100);
    assert_int_equal(timeline->longest[0].ended_us, 3100000);
    free(timeline);
}

/* Files of others: times that go back or beyond all measure. */
static void times_of_a_liar_do_no_harm(void **state)
{
    static const int64_t times[] = {-5, 10, INT64_MAX / 4, 7, 0, INT64_MAX / 2, -1};
    struct timeline *timeline = timeline_new();

    (void)state;
    for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++) {
        timeline_event(timeline, times[i], i + 1, i);
        timeline_percentile(timeline, 0.99);
        timeline_gap_between(timeline, 0, INT64_MAX);
        timeline_gap_between(timeline, times[i], INT64_MAX / 2);
    }
    assert_int_equal(timeline->events, 7);
    free(timeline);
}

static void events_of_one_read_are_a_burst(void **state)
{
    struct timeline *timeline = timeline_new();

    (void)state;
    for (uint64_t i = 1; i <= 10; i++)
        timeline_event(timeline, 5000, i, i);
    assert_int_equal(timeline_gaps(timeline), 9);
    assert_int_equal(timeline_bursts(timeline), 9);
    assert_int_equal(timeline->longest_count, 0);
    assert_int_equal(timeline_percentile(timeline, 0.5), 0);
    free(timeline);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(percentiles_are_at_most_three_percent_too_long),
        cmocka_unit_test(slots_hold_every_event_however_long_it_lasts),
        cmocka_unit_test(a_silence_counts_for_all_of_the_time_it_lasted),
        cmocka_unit_test(times_of_a_liar_do_no_harm),
        cmocka_unit_test(events_of_one_read_are_a_burst),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
