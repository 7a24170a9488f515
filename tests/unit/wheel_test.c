/* The wheel: timers fire in time, once, and can be moved and cancelled, also by those that fire. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/timeu.h"
#include "wheel.h"

static struct event_base *base;
static struct wheel *wheel;

/* A timer that notes when it fired, and may meddle with another one. */
struct note {
	struct wheel_timer timer; /* first */
	int64_t fired;
	int times;
	struct wheel_timer *cancels;
	bool ends;
};

static void
on_fire(struct wheel_timer *timer)
{
	struct note *note = (struct note *)timer;

	note->fired = time_mono();
	note->times++;
	if (note->cancels)
		wheel_cancel(wheel, note->cancels);
	if (note->ends)
		event_base_loopbreak(base);
}

static void
set(struct note *note, int64_t ms)
{
	note->timer.fire = on_fire;
	wheel_set(wheel, &note->timer, time_mono() + ms * TIME_MS);
}

static int
setup(void **state)
{
	(void)state;
	base = event_base_new();
	return !base || wheel_create(&wheel, base, NULL) != STATUS_OK;
}

static int
teardown(void **state)
{
	(void)state;
	wheel_destroy(wheel);
	event_base_free(base);
	return 0;
}

static void
test_fires_once_and_never_early(void **state)
{
	struct note notes[40];
	struct note last = {.ends = true};

	(void)state;
	memset(notes, 0, sizeof notes);
	for (int i = 0; i < 40; i++)
		set(&notes[i], i * 7);
	set(&last, 500);
	event_base_dispatch(base);
	assert_int_equal(last.times, 1);
	for (int i = 0; i < 40; i++) {
		assert_int_equal(notes[i].times, 1);
		assert_true(notes[i].fired >= notes[i].timer.due);
		assert_true(notes[i].fired <= last.fired);
	}
}

static void
test_moves_and_cancels(void **state)
{
	struct note later = {0}, sooner = {0}, gone = {0}, last = {.ends = true};

	(void)state;
	set(&later, 1);
	set(&later, 250);
	set(&sooner, 3600 * 1000);
	set(&sooner, 1);
	set(&gone, 1);
	wheel_cancel(wheel, &gone.timer);
	wheel_cancel(wheel, &gone.timer);
	set(&last, 450);
	event_base_dispatch(base);
	assert_int_equal(later.times, 1);
	assert_true(later.fired >= later.timer.due);
	assert_int_equal(sooner.times, 1);
	assert_true(sooner.fired < later.fired);
	assert_int_equal(gone.times, 0);
}

/* Two timers of one slot, each of which cancels the other: just one of them fires. */
static void
test_cancels_within_a_slot(void **state)
{
	struct note a = {0}, b = {0}, last = {.ends = true};

	(void)state;
	a.cancels = &b.timer;
	b.cancels = &a.timer;
	a.timer.fire = b.timer.fire = on_fire;
	wheel_set(wheel, &a.timer, time_mono());
	wheel_set(wheel, &b.timer, a.timer.due);
	set(&last, 250);
	event_base_dispatch(base);
	assert_int_equal(a.times + b.times, 1);
}

/* The loop has nothing to wait for once nothing is set: it ends by itself. */
static void
test_rests_when_nothing_is_set(void **state)
{
	struct note note = {0};

	(void)state;
	set(&note, 1);
	assert_int_equal(event_base_dispatch(base), 1);
	assert_int_equal(note.times, 1);
	set(&note, 1);
	assert_int_equal(event_base_dispatch(base), 1);
	assert_int_equal(note.times, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_fires_once_and_never_early, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_moves_and_cancels, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_cancels_within_a_slot, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_rests_when_nothing_is_set, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
