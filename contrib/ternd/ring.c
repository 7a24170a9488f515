#include "ring.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { FIRST_ROOM = 8 };

struct ring_text *
ring_text_create(const char *data, size_t length)
{
	struct ring_text *text = mem_alloc(sizeof *text + length);

	text->references = 1;
	text->total = NULL;
	text->length = length;
	memcpy(text->data, data, length);
	return text;
}

void
ring_text_release(struct ring_text *text)
{
	if (!text || --text->references > 0)
		return;
	if (text->total)
		*text->total -= text->length;
	free(text);
}

static struct ring_event *
slot(const struct ring *ring, size_t index)
{
	return &ring->events[(ring->head + index) & (ring->room - 1)];
}

static size_t
size_of(const struct ring_event *event)
{
	return sizeof *event + (event->text ? event->text->length : 0);
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
	struct ring_event *event = slot(ring, 0);

	ring->floor = event->stamp;
	ring->bytes -= size_of(event);
	ring->head = (ring->head + 1) & (ring->room - 1);
	ring->count--;
	ring_text_release(event->text);
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
	struct ring_event *events = mem_zalloc(room, sizeof *events);

	for (size_t i = 0; i < ring->count; i++)
		events[i] = *slot(ring, i);
	free(ring->events);
	ring->events = events;
	ring->room = room;
	ring->head = 0;
}

void
ring_add(struct ring *ring, int64_t stamp, int64_t not_to, struct ring_text *text, size_t max_count,
    size_t max_bytes)
{
	struct ring_event event = {.stamp = stamp, .not_to = not_to, .text = text};

	if (text)
		text->references++;
	if (ring->count == ring->room)
		grow(ring);
	*slot(ring, ring->count++) = event;
	ring->bytes += size_of(&event);
	while (ring->count > 1 && (ring->count > max_count || ring->bytes > max_bytes))
		drop_first(ring);
}

void
ring_trim(struct ring *ring, int64_t stamp)
{
	while (ring->count && slot(ring, 0)->stamp <= stamp)
		drop_first(ring);
	/* Most accounts have nothing waiting most of the time: they keep little room. */
	if (!ring->count && ring->room > FIRST_ROOM) {
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

		if (slot(ring, middle)->stamp > stamp)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

const struct ring_event *
ring_at(const struct ring *ring, size_t index)
{
	return slot(ring, index);
}
