#include "ring.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { FIRST_ROOM = 8 };

static struct ring_event **
slot(const struct ring *ring, size_t index)
{
	return &ring->events[(ring->head + index) & (ring->room - 1)];
}

static size_t
size_of(const struct ring_event *event)
{
	return sizeof *event + event->length;
}

void
ring_init(struct ring *ring, int64_t floor)
{
	memset(ring, 0, sizeof *ring);
	ring->floor = floor;
}

static void
drop_first(struct ring *ring)
{
	struct ring_event *event = *slot(ring, 0);

	ring->floor = event->stamp;
	ring->bytes -= size_of(event);
	ring->head = (ring->head + 1) & (ring->room - 1);
	ring->count--;
	free(event);
}

void
ring_finish(struct ring *ring)
{
	while (ring->count)
		drop_first(ring);
	free(ring->events);
	ring_init(ring, ring->floor);
}

static void
grow(struct ring *ring)
{
	size_t room = ring->room ? 2 * ring->room : FIRST_ROOM;
	struct ring_event **events = mem_zalloc(room, sizeof(struct ring_event *));

	for (size_t i = 0; i < ring->count; i++)
		events[i] = *slot(ring, i);
	free(ring->events);
	ring->events = events;
	ring->room = room;
	ring->head = 0;
}

void
ring_add(struct ring *ring, int64_t stamp, int64_t not_to, const char *data, size_t length,
    size_t max_count, size_t max_bytes)
{
	struct ring_event *event = mem_alloc(sizeof *event + length);

	event->stamp = stamp;
	event->not_to = not_to;
	event->length = length;
	if (length)
		memcpy(event->data, data, length);
	if (ring->count == ring->room)
		grow(ring);
	*slot(ring, ring->count++) = event;
	ring->bytes += size_of(event);
	while (ring->count > 1 && (ring->count > max_count || ring->bytes > max_bytes))
		drop_first(ring);
}

void
ring_trim(struct ring *ring, int64_t stamp)
{
	while (ring->count && (*slot(ring, 0))->stamp <= stamp)
		drop_first(ring);
	/* Most accounts have nothing waiting most of the time. */
	if (!ring->count && ring->events) {
		free(ring->events);
		ring->events = NULL;
		ring->room = 0;
		ring->head = 0;
	}
}

size_t
ring_after(const struct ring *ring, int64_t stamp)
{
	size_t low = 0, high = ring->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if ((*slot(ring, middle))->stamp > stamp)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

const struct ring_event *
ring_at(const struct ring *ring, size_t index)
{
	return *slot(ring, index);
}
