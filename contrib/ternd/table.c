#include "table.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/random.h"

enum { FIRST_BUCKETS = 64 };

_Static_assert(sizeof((struct table *)0)->seed == crypto_shorthash_KEYBYTES, "the hash's key");

void
table_init(struct table *table)
{
	memset(table, 0, sizeof *table);
	random_bytes(table->seed, sizeof table->seed);
}

void
table_finish(struct table *table)
{
	free(table->buckets);
	table->buckets = NULL;
	table->bucket_count = 0;
	table->count = 0;
}

static uint64_t
hash_of(const struct table *table, const void *key, size_t length)
{
	uint64_t hash;

	_Static_assert(sizeof hash == crypto_shorthash_BYTES, "the hash's size");
	crypto_shorthash((unsigned char *)&hash, key, length, table->seed);
	return hash;
}

static struct table_node **
bucket_of(const struct table *table, uint64_t hash)
{
	return &table->buckets[hash & (table->bucket_count - 1)];
}

struct table_node *
table_find(const struct table *table, const void *key, size_t length)
{
	struct table_node *node;
	uint64_t hash;

	if (!table->count)
		return NULL;
	hash = hash_of(table, key, length);
	for (node = *bucket_of(table, hash); node; node = node->next)
		if (node->hash == hash && node->length == length &&
		    memcmp(node->key, key, length) == 0)
			return node;
	return NULL;
}

static void
put(struct table *table, struct table_node *node)
{
	struct table_node **bucket = bucket_of(table, node->hash);

	node->next = *bucket;
	*bucket = node;
}

static void
grow(struct table *table)
{
	struct table_node **old = table->buckets;
	size_t old_count = table->bucket_count;

	table->bucket_count = old_count ? 2 * old_count : FIRST_BUCKETS;
	table->buckets = mem_zalloc(table->bucket_count, sizeof(struct table_node *));
	for (size_t i = 0; i < old_count; i++) {
		struct table_node *node, *next;

		for (node = old[i]; node; node = next) {
			next = node->next;
			put(table, node);
		}
	}
	free(old);
}

void
table_add(struct table *table, struct table_node *node, const void *key, size_t length)
{
	if (table->count >= table->bucket_count)
		grow(table);
	node->key = key;
	node->length = length;
	node->hash = hash_of(table, key, length);
	put(table, node);
	table->count++;
}

void
table_remove(struct table *table, struct table_node *node)
{
	struct table_node **link = bucket_of(table, node->hash);

	while (*link != node)
		link = &(*link)->next;
	*link = node->next;
	table->count--;
}

void
table_clear(struct table *table, void (*took)(void *arg, struct table_node *node), void *arg)
{
	for (size_t i = 0; i < table->bucket_count; i++) {
		struct table_node *node;

		while ((node = table->buckets[i])) {
			table->buckets[i] = node->next;
			table->count--;
			took(arg, node);
		}
	}
}
