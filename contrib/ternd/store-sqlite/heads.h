/*
 * The writer's memory: the heads of conversations and the ids of addresses it met, so that storing
 * a message looks neither up again, and a head is written once a commit however many messages it
 * took. A group's members are in memory with it. What a transaction changed is dropped where it is
 * rolled back.
 */
#ifndef TERND_STORE_HEADS_H
#define TERND_STORE_HEADS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/address.h"
#include "roster.h"
#include "table.h"

enum {
	HEADS_MAX = 65536, /* of each kind; full, all are forgotten between transactions */
	HEADS_MEMBERS_MAX = 1024 * 1024 /* of all groups together, likewise */
};

/* Counted messages that an account sent in this transaction. */
struct head_sender {
	int64_t account_id;
	int64_t own;
};

/* A conversation: a direct one of two accounts, or a group. */
struct head {
	struct table_node node;
	int64_t accounts[2];   /* direct: [0] <= [1], equal in notes to oneself; a group's are 0 */
	struct roster *roster; /* of a group: who is in it; NULL of a direct one */
	int64_t conversation_id;
	int64_t first_msg_id;
	int64_t last_msg_id;
	int64_t counted; /* messages ever stored in it that count as unread */
	int64_t bytes;   /* of all texts ever stored in it */
	int64_t stamp;   /* of its last message */
	struct head_sender *senders;
	size_t sender_count;
	bool changed;
	struct head *next_changed;
	char address[]; /* of a group */
};

struct heads {
	struct table by_accounts; /* direct ones */
	struct table groups;      /* by address */
	struct table by_address;  /* accounts */
	size_t members;           /* of all groups */
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
struct head *heads_find_group(const struct heads *heads, const char *address);
/* A new one, to be filled. A group's roster is set at once by heads_set_roster(). */
struct head *heads_add(struct heads *heads, int64_t one, int64_t other);
struct head *heads_add_group(struct heads *heads, const char *address);
/* Takes the caller's reference to the roster. */
void heads_set_roster(struct heads *heads, struct head *head, struct roster *roster);
/* Notes that the transaction changed it: a message of that stamp, which sender_id sent. counted: 1
 * where it counts as unread, else 0. */
void heads_change(
    struct heads *heads, struct head *head, int64_t stamp, int64_t sender_id, int64_t counted);
/* The next of the changed ones, unmarked; NULL at the end. Its senders are to be forgotten. */
struct head *heads_take_changed(struct heads *heads);
/* Counted messages of the account in this transaction. */
int64_t head_own(const struct head *head, int64_t account_id);
void head_forget_senders(struct head *head);

/* 0 where the address isn't in memory. */
int64_t heads_account(const struct heads *heads, const char *address);
void heads_account_add(struct heads *heads, const char *address, int64_t account_id);

#endif
