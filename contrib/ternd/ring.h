/* The newest events of one account, in the order of their stamps. */
#ifndef TERND_RING_H
#define TERND_RING_H

#include <stddef.h>
#include <stdint.h>

/* An event's JSON, written once, however many rings it stands in. One thread at a time. */
struct ring_text {
	size_t references;
	size_t *total; /* what the bytes of all texts are added up in; NULL for nowhere (yet) */
	size_t length;
	char data[];
};

/* A copy. One reference is the caller's. */
struct ring_text *ring_text_create(const char *data, size_t length);
/* Gives a reference back, and frees it with the last. Accepts NULL. */
void ring_text_release(struct ring_text *text);

struct ring_event {
	int64_t stamp;
	int64_t not_to;         /* a device that isn't told of it; 0 for none */
	struct ring_text *text; /* NULL: it was not written down, for nobody was there to be told */
};

struct ring {
	struct ring_event *events; /* owned, each with a reference to its text */
	size_t room;               /* a power of two, or 0 */
	size_t head;
	size_t count;
	size_t bytes;  /* of all events, with their texts as if they were not shared */
	int64_t floor; /* all that happened with a greater stamp is in */
};

void ring_init(struct ring *ring, int64_t floor);
void ring_finish(struct ring *ring);

/* Adds an event, with a reference to text (may be NULL) of its own; the oldest go where there are
 * more than max_count or max_bytes. */
void ring_add(struct ring *ring, int64_t stamp, int64_t not_to, struct ring_text *text,
    size_t max_count, size_t max_bytes);

/* Drops what has a stamp up to this one. */
void ring_trim(struct ring *ring, int64_t stamp);

/* The index of the first event with a greater stamp; ring->count where there is none. */
size_t ring_after(const struct ring *ring, int64_t stamp);

const struct ring_event *ring_at(const struct ring *ring, size_t index);

#endif
