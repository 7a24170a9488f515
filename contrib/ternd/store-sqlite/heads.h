/*
 * The writer's memory: the heads of conversations and the ids of addresses it met, so that storing
 * a message looks neither up again, and a head is written once a commit however many messages it
 * took. What a transaction changed is dropped where it is rolled back.
 */
#ifndef TERND_STORE_HEADS_H
#define TERND_STORE_HEADS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/address.h"
#include "table.h"

enum { HEADS_MAX = 65536 }; /* of each kind; full, all are forgotten between transactions */

/* A direct conversation. accounts[0] <= accounts[1]; equal in notes to oneself. */
struct head {
	struct table_node node;
	int64_t accounts[2];
	int64_t conversation_id;
	int64_t first_msg_id;
	int64_t last_msg_id;
	int64_t bytes;
	int64_t stamp; /* of the last change in this transaction */
	bool changed;
	struct head *next_changed;
};

struct heads {
	struct table by_accounts;
	struct table by_address;
	struct head *changed;
};

void heads_init(struct heads *heads);
void heads_finish(struct heads *heads);

/* Forgets everything: the transaction was rolled back, or another process wrote. */
void heads_clear(struct heads *heads);
/* Between two transactions: forgets where there is too much. */
void heads_trim(struct heads *heads);

/* NULL where it isn't in memory. */
struct head *heads_find(const struct heads *heads, int64_t one, int64_t other);
/* A new one, to be filled. */
struct head *heads_add(struct heads *heads, int64_t one, int64_t other);
/* Notes that the transaction changed it. */
void heads_change(struct heads *heads, struct head *head, int64_t stamp);
/* The next of the changed ones, unmarked; NULL at the end. */
struct head *heads_take_changed(struct heads *heads);

/* 0 where the address isn't in memory. */
int64_t heads_account(const struct heads *heads, const char *address);
void heads_account_add(struct heads *heads, const char *address, int64_t account_id);

#endif
