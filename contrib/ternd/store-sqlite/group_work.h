/*
 * A group while it is changed (group.c). The work is done on a copy of the roster, and stores its
 * messages at once. work_close() writes what it came to: first each member's row, in order, then
 * the group's; so that stamps grow in the order in which things are told.
 */
#ifndef TERND_STORE_GROUP_WORK_H
#define TERND_STORE_GROUP_WORK_H

#include "store-sqlite/sqlite.h"
#include "wire/limits.h"

struct group_work {
	struct sqlite_store *store;
	const struct caller *caller;
	const struct store_group_sink *sink;
	struct head *head;
	enum role role; /* the caller's, when it began */
	char name[LIMIT_NAME + 1];
	char topic[LIMIT_TOPIC + 1];
	bool history;
	int64_t creator_id;
	struct key key;
	struct roster_member *members; /* as they are by now; owned */
	size_t count;
	size_t room;
	struct group_move *moves; /* owned */
	size_t move_count;
	bool changed;
	enum wire_error error; /* the whole call is refused: nothing was done */
};

/* max_moves: how many members it may touch, beside the caller and who takes its place. */
void work_begin(struct group_work *work, struct store *base, const struct caller *caller,
    const struct store_group_sink *sink, size_t max_moves);
void work_finish(struct group_work *work);

/* *found: there is such a group, and the work is on it. */
enum status work_open(struct group_work *work, const char *address, bool *found, struct error *err);
/* Writes what the work came to, and tells it. */
enum status work_close(struct group_work *work, struct error *err);
/* Tells the caller's own rows. */
enum status work_answer(struct group_work *work, struct error *err);

/* Stores a message by the caller, and tells of it. Its number is the head's last_msg_id then. */
enum status
work_say(struct group_work *work, const char *type, const char *text, struct error *err);

/* ROLE_NONE: it isn't in, by now. */
enum role work_role(const struct group_work *work, int64_t account_id);
/* Notes that the account has that role from now on, by the newest message. */
void work_move(struct group_work *work, int64_t account_id, enum role role);
/* Who becomes the owner where the owner leaves: of the highest role the one that is in longest. 0:
 * nobody is left. */
int64_t work_heir(const struct group_work *work);

#endif
