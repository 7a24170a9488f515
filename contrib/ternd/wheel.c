#include "wheel.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/timeu.h"

enum { SLOTS = 512, TICK = WHEEL_TICK_MS * (int)TIME_MS };

struct wheel {
	struct event *clock;
	size_t count; /* timers set */
	int64_t done; /* the last tick whose slot was emptied */
	struct wheel_timer *slots[SLOTS];
};

static void
unlink_timer(struct wheel *wheel, struct wheel_timer *timer)
{
	*timer->link = timer->next;
	if (timer->next)
		timer->next->link = timer->link;
	timer->next = NULL;
	timer->link = NULL;
	wheel->count--;
}

/* Links a timer into the slot of its due time, or into the farthest one, where it is looked at
 * again. */
static void
link_timer(struct wheel *wheel, struct wheel_timer *timer)
{
	struct wheel_timer **slot;

	timer->tick = timer->due / TICK + 1;
	if (timer->tick <= wheel->done)
		timer->tick = wheel->done + 1;
	if (timer->tick >= wheel->done + SLOTS)
		timer->tick = wheel->done + SLOTS - 1;
	slot = &wheel->slots[timer->tick % SLOTS];
	timer->next = *slot;
	timer->link = slot;
	if (timer->next)
		timer->next->link = &timer->next;
	*slot = timer;
	wheel->count++;
}

static void
empty_slot(struct wheel *wheel, int64_t now)
{
	struct wheel_timer *list = wheel->slots[wheel->done % SLOTS];
	struct wheel_timer *timer;

	/* Taken off the wheel first: what fires may set and cancel timers, this slot's too. */
	wheel->slots[wheel->done % SLOTS] = NULL;
	if (list)
		list->link = &list;
	while ((timer = list)) {
		unlink_timer(wheel, timer);
		if (timer->due <= now)
			timer->fire(timer);
		else
			link_timer(wheel, timer);
	}
}

static void
on_clock(evutil_socket_t fd, short what, void *arg)
{
	struct wheel *wheel = arg;
	int64_t now = time_mono();

	(void)fd;
	(void)what;
	while (wheel->done < now / TICK && wheel->count > 0) {
		wheel->done++;
		empty_slot(wheel, now);
	}
	if (wheel->count == 0)
		event_del(wheel->clock);
}

enum status
wheel_create(struct wheel **wheel, struct event_base *base, struct error *err)
{
	struct wheel *w = mem_zalloc(1, sizeof *w);

	w->clock = event_new(base, -1, EV_PERSIST, on_clock, w);
	if (!w->clock) {
		free(w);
		return error_set(err, STATUS_IO, "the event loop gives no timer");
	}
	*wheel = w;
	return STATUS_OK;
}

void
wheel_destroy(struct wheel *wheel)
{
	if (!wheel)
		return;
	event_free(wheel->clock);
	free(wheel);
}

void
wheel_set(struct wheel *wheel, struct wheel_timer *timer, int64_t due)
{
	static const struct timeval tick = {.tv_usec = TICK};

	timer->due = due;
	if (timer->link) {
		if (timer->tick <= due / TICK + 1)
			return;
		unlink_timer(wheel, timer);
	}
	if (wheel->count == 0) {
		wheel->done = time_mono() / TICK;
		event_add(wheel->clock, &tick);
	}
	link_timer(wheel, timer);
}

void
wheel_cancel(struct wheel *wheel, struct wheel_timer *timer)
{
	if (timer->link)
		unlink_timer(wheel, timer);
}
