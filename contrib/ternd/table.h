/*
 * A hash table of nodes that their owners embed. Keys are bytes, borrowed from the owner for as
 * long as the node is in; the hash is keyed, so that nobody outside can choose collisions.
 */
#ifndef TERND_TABLE_H
#define TERND_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct table_node {
	struct table_node *next;
	uint64_t hash;
	const void *key;
	size_t length;
};

struct table {
	struct table_node **buckets; /* owned */
	size_t bucket_count;         /* a power of two, or 0 */
	size_t count;
	uint8_t seed[16];
};

void table_init(struct table *table);
/* Forgets every node; the nodes are their owners' to free. */
void table_finish(struct table *table);

/* NULL where the key isn't in. */
struct table_node *table_find(const struct table *table, const void *key, size_t length);

/* The key must not be in yet. */
void table_add(struct table *table, struct table_node *node, const void *key, size_t length);

/* The node must be in. */
void table_remove(struct table *table, struct table_node *node);

/* Takes every node out, in no order, handing each to took(), which may free it. */
void table_clear(struct table *table, void (*took)(void *arg, struct table_node *node), void *arg);

#endif
