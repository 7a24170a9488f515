/* The newest events of one account, in the order of their stamps. */
#ifndef TERND_RING_H
#define TERND_RING_H

#include <stddef.h>
#include <stdint.h>

struct ring_event {
	int64_t stamp;
	int64_t not_to; /* a device that isn't told of it; 0 for none */
	size_t length;  /* 0: it was not written down, for nobody was there to be told */
	char data[];    /* JSON */
};

struct ring {
	struct ring_event **events; /* owned */
	size_t room;                /* a power of two, or 0 */
	size_t head;
	size_t count;
	size_t bytes;  /* of all events, with their headers */
	int64_t floor; /* all that happened with a greater stamp is in */
};

void ring_init(struct ring *ring, int64_t floor);
void ring_finish(struct ring *ring);

/* Adds a copy; the oldest go where there are more than max_count or max_bytes. */
void ring_add(struct ring *ring, int64_t stamp, int64_t not_to, const char *data, size_t length,
    size_t max_count, size_t max_bytes);

/* Drops what has a stamp up to this one. */
void ring_trim(struct ring *ring, int64_t stamp);

/* The index of the first event with a greater stamp; ring->count where there is none. */
size_t ring_after(const struct ring *ring, int64_t stamp);

const struct ring_event *ring_at(const struct ring *ring, size_t index);

#endif
