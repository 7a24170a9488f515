/*
 * What the files of the cache share. One connection, its prepared statements, and the few things
 * that hold in every table:
 *
 * - Every public function runs in one transaction: cache_begin() … cache_end(). cache_end() resets
 *   every statement, so that nothing has to be reset on the way out of an error.
 * - Held ranges lie within [first, last] of their conversation: ids below first have expired, are
 *   neither held nor missing, and are cut off the ranges when first grows. Messages stay.
 * - conversation.held is the sum of its ranges, kept up by conversation_*() alone.
 * - conversation.unread is the server's count at conversation.stamp, of others' counted messages
 *   above max(read_told, first - 1) then; plus those held with a newer stamp above `read`; less
 * those held above read_told that a later `read` or `first` passed. Where nothing is missing it is
 * exact.
 * - place.next is the stamp of the message a consumer gets next of a conversation, NULL where
 *   there is none without a hole before it.
 */
#ifndef TERN_CACHE_INTERNAL_H
#define TERN_CACHE_INTERNAL_H

#include <sqlite3.h>

#include "base/buf.h"
#include "cache/lost.h"
#include "cache/statements.h"

enum {
	CACHE_BUSY_MS = 10000,
	CACHE_WAL_PAGES = 4000, /* checkpoint at 16 MB of WAL */
	CACHE_APPLICATION_ID = 0x7465726e,
};

struct cache {
	sqlite3 *db;
	char *path;
	int synchronous; /* the connection's, or -1 before the first write */
	sqlite3_stmt *statements[SQL_COUNT];
};

/* ---- connection.c: errors, transactions, statements ---- */

/* Turns an SQLite code into a status with one sentence about the cache's file. */
enum status cache_fail(struct cache *cache, int code, struct error *err);

enum transaction {
	READ,         /* one snapshot for several statements */
	WRITE,        /* what can be pulled again: synchronous NORMAL */
	WRITE_DURABLY /* synchronous FULL */
};

enum status cache_begin(struct cache *cache, enum transaction kind, struct error *err);
/* Commits where status is OK, else rolls back. Returns status, or why it could not commit. */
enum status cache_end(struct cache *cache, enum status status, struct error *err);

/* Runs SQL text of ours that is not worth keeping prepared. */
enum status cache_exec(struct cache *cache, const char *sql, struct error *err);

/* A value for a statement's parameter. Text and bytes are borrowed until the statement is reset. */
struct value {
	enum { VALUE_END, VALUE_INT, VALUE_TEXT, VALUE_KEY } kind;
	int64_t number;
	const void *data; /* NULL is SQL's NULL */
};
#define INT(n)  ((struct value){VALUE_INT, (n), NULL})
#define TEXT(t) ((struct value){VALUE_TEXT, 0, (const char *)(t)})
#define KEY(k)  ((struct value){VALUE_KEY, 0, ((const struct key *)(k))})
/* 0 is SQL's NULL. */
#define INT_OR_NULL(n) ((n) ? INT(n) : TEXT(NULL))
#define VALUES(...) \
	(const struct value[]) \
	{ \
		__VA_ARGS__, \
		{ \
			VALUE_END, 0, NULL \
		} \
	}
#define NO_VALUES ((const struct value[]){{VALUE_END, 0, NULL}})

/* Binds all parameters. *statement can then be stepped; it is the cache's. */
enum status cache_query(struct cache *cache, enum sql sql, const struct value *values,
    sqlite3_stmt **statement, struct error *err);
/* *row: there is one. */
enum status cache_step(struct cache *cache, sqlite3_stmt *statement, bool *row, struct error *err);
/* cache_query() and one cache_step(). */
enum status cache_find(struct cache *cache, enum sql sql, const struct value *values,
    sqlite3_stmt **statement, bool *row, struct error *err);
/* *number: the first column of the one row there is; 0 where there is none. */
enum status cache_ask(struct cache *cache, enum sql sql, const struct value *values,
    int64_t *number, struct error *err);
/* Runs a statement that gives no rows to its end. */
enum status
cache_run(struct cache *cache, enum sql sql, const struct value *values, struct error *err);

/* A text column; NULL where it is NULL. Borrowed until the statement is stepped or reset. */
const char *column_text(sqlite3_stmt *statement, int column);
/* A key column. False: NULL. */
bool column_key(sqlite3_stmt *statement, int column, struct key *key);

/* ---- schema.c ---- */

/* One step of the schema: step i leads from version i to i + 1. */
struct schema_step {
	const char *sql;
};

/* Takes the file to the newest schema. IO, AGAIN, CONFIG. */
enum status cache_schema_open(struct cache *cache, struct error *err);
/* The same with other steps, for tests. */
enum status cache_schema_migrate(
    struct cache *cache, const struct schema_step *steps, int count, struct error *err);

/* ---- account.c ---- */

/* The account's own address; "" before the first login. */
enum status account_own(struct cache *cache, struct address *own, struct error *err);

/* ---- generation.c: which history what is stored here belongs to ---- */

enum status
knowledge_read(struct cache *cache, struct cache_knowledge *knowledge, struct error *err);
/* *fits: an answer of that generation may be stored here. */
enum status
generation_fits(struct cache *cache, const char *generation, bool *fits, struct error *err);
/* Something with that stamp is stored, as an answer of that generation told it. */
enum status
generation_note(struct cache *cache, const char *generation, int64_t stamp, struct error *err);
/* What becomes of a change, by the rule of doc/protocol.md 3.3. */
enum status generation_compare(struct cache *cache, const struct cache_change *change,
    enum cache_applied *applied, struct error *err);
/* The highest stamp in it, `to` with it. */
int64_t change_stamp(const struct cache_change *change);
/* A change was applied: its cursor, and what its rows show to be known beyond it. */
enum status
generation_turn(struct cache *cache, const struct cache_change *change, struct error *err);

/* True where the server that answered was told of all that is known now. */
bool
knowledge_is_vouched_for(const struct cache_knowledge *asked, const struct cache_knowledge *now);

/* ---- contacts.c ---- */

enum status
contacts_put(struct cache *cache, const struct contact *contacts, size_t count, struct error *err);

/* ---- groups.c ---- */

enum status
groups_put(struct cache *cache, const struct group *groups, size_t count, struct error *err);
enum status group_details_put(
    struct cache *cache, const struct group_detail *details, size_t count, struct error *err);

/* ---- profiles.c, members.c, details.c ---- */

enum status
profiles_put(struct cache *cache, const struct profile *profiles, size_t count, struct error *err);
enum status
members_put(struct cache *cache, const struct cache_members *members, struct error *err);
/* Of a history that the server lost: what has a stamp above the fork is pulled anew when somebody
 * looks. */
enum status details_forget(struct cache *cache, int64_t fork, struct error *err);

/* ---- ranges.c: sets of ids, one row a run ---- */

enum range_set { RANGES_HELD, RANGES_ACK };

/* Adds ids, joining every run they touch into *run. *added counts the ids that are new. */
enum status range_add(struct cache *cache, enum range_set set, int64_t conversation_id,
    struct id_range ids, struct id_range *run, int64_t *added, struct error *err);
/* Takes ids out, cutting runs where need be. *removed counts those that were in. */
enum status range_subtract(struct cache *cache, enum range_set set, int64_t conversation_id,
    struct id_range ids, int64_t *removed, struct error *err);

/* Walks the holes between held runs within bounds, ascending. */
struct hole_walk {
	sqlite3_stmt *statement;
	int64_t next; /* the lowest id not looked at yet */
	int64_t last;
};
enum status hole_walk_begin(struct cache *cache, struct hole_walk *walk, int64_t conversation_id,
    struct id_range bounds, struct error *err);
/* *found: *hole is the next one. */
enum status hole_walk_next(struct cache *cache, struct hole_walk *walk, struct id_range *hole,
    bool *found, struct error *err);

/* Gathers ranges for a struct cache_ranges. */
struct ranges_builder {
	struct buf names; /* each closed by a 0 */
	struct named_range {
		size_t name; /* where it begins in names */
		struct id_range ids;
	} * items;
	size_t count;
	size_t room;
	size_t name; /* of the last item */
};
void ranges_builder_init(struct ranges_builder *builder);
void
ranges_builder_add(struct ranges_builder *builder, const char *conversation, struct id_range ids);
/* Moves all to *ranges where status is OK, and frees. Returns status. */
enum status ranges_builder_finish(
    struct ranges_builder *builder, enum status status, struct cache_ranges *ranges);

/* ---- conversations.c: one conversation as a transaction works on it ---- */

struct conversation {
	int64_t id; /* 0: none is loaded */
	struct address address;
	int64_t first;
	int64_t last;
	int64_t ack;
	int64_t read;
	int64_t stamp;
	int64_t held;
	int64_t unread;
	int64_t acked;     /* what the server took of this device's acknowledgements */
	int64_t read_told; /* the marker that the server knew at `stamp`, or later */
	int64_t peer_ack;
	int64_t peer_read;
	int64_t last_stamp; /* no lower than that of message `last` */
	int64_t mention;    /* nothing above it names this account: overview.c */
	bool has_aside;     /* messages of a lost history */
	bool changed;
	bool fresh; /* made in this transaction, and has no head yet */
	bool reach; /* consumers may reach further */
};

/* Reads one. *found false: no such conversation. */
enum status conversation_find(struct cache *cache, const char *address,
    struct conversation *conversation, bool *found, struct error *err);
/* Makes *conversation the one of that address, writing the one before it back; makes a new row
 * where need be. Begin with an all-zero struct. */
enum status conversation_turn(
    struct cache *cache, struct conversation *conversation, const char *address, struct error *err);
/* Writes it back, and lets consumers see what they can reach now. */
enum status
conversation_save(struct cache *cache, struct conversation *conversation, struct error *err);

/* The server has nothing below first, and last is its newest: both only grow. */
enum status conversation_grow(struct cache *cache, struct conversation *conversation, int64_t first,
    int64_t last, const struct address *own, struct error *err);
/* Before the first head of a conversation is applied to a cache that was in use: where the account
 * came into a group that shows what was before that, it is history, and nothing new to the
 * consumers there are. */
enum status conversation_joined(struct cache *cache, struct conversation *conversation,
    const struct conversation_head *head, struct error *err);
/* Applies a head where its stamp is newer. */
enum status conversation_head(struct cache *cache, struct conversation *conversation,
    const struct conversation_head *head, const struct address *own, struct error *err);
/* Moves the read marker up to msg_id. */
enum status conversation_mark(struct cache *cache, struct conversation *conversation,
    int64_t msg_id, const struct address *own, struct error *err);
/* ids are held now. *run (may be NULL) is the whole run they are in. */
enum status conversation_hold(struct cache *cache, struct conversation *conversation,
    struct id_range ids, struct id_range *run, struct error *err);

/* Counts unread anew from what is held, without a head. */
enum status conversation_recount(struct cache *cache, struct conversation *conversation,
    const struct address *own, struct error *err);

/* Reads what CONVERSATION_COLUMNS (statements.c) tell of one; its strings are the statement's. */
enum status conversation_columns(struct cache *cache, sqlite3_stmt *statement,
    const struct address *own, struct cache_conversation *conversation, struct error *err);

/* Notes a message that is new in the cache, for unread. */
void conversation_count(
    struct conversation *conversation, const struct message *message, const struct address *own);

/* ---- overview.c ---- */

/* A message with a text came that is the one of msg_id (its own, or the target of an edit): notes
 * where it names this account. */
enum status mention_note(struct cache *cache, struct conversation *conversation, int64_t msg_id,
    const struct message *message, const struct address *own, struct error *err);

/* ---- message.c ---- */

/* Stores one message (one held already stays as it is) without its range; it is folded, and
 * counted; own keys leave the outbox. */
enum status message_put(struct cache *cache, struct conversation *conversation,
    const struct message *message, const struct address *own, struct error *err);

/* Tells messages. What it told last is borrowed from it and from the statement. */
struct message_reader {
	struct cache *cache;
	const struct address *own;
	const char *conversation;
	int64_t peer_ack;
	int64_t peer_read;
	struct reaction *reactions;
	size_t room;
	struct buf words; /* the reactions' strings, each closed by a 0 */
};
/* own is borrowed. */
void
message_reader_init(struct message_reader *reader, struct cache *cache, const struct address *own);
void message_reader_finish(struct message_reader *reader);
/* Messages of that conversation (borrowed) come next. */
void message_reader_turn(
    struct message_reader *reader, const char *conversation, int64_t peer_ack, int64_t peer_read);
/* What MESSAGE_COLUMNS say: the message as it came, whatever its amendments
 * made of it, without its conversation. */
void message_columns(sqlite3_stmt *statement, struct message *message);
/* Tells each row of a query of MESSAGE_COLUMNS (statements.c), in a transaction of its own. The
 * message and its strings are borrowed until row returns. IO, LOCKED. */
enum status cache_message_rows(struct cache *cache, enum sql sql, const struct value *values,
    void (*row)(void *arg, const struct message *message), void *arg, struct error *err);
/* The row that SQL_MESSAGE_LIST stands on. */
enum status message_read(struct message_reader *reader, sqlite3_stmt *statement,
    struct message *message, struct error *err);

/* ---- fold.c ---- */

/* What is known of a message before it is stored. */
struct fold {
	const struct message_type *amends; /* its type, where it amends another */
	int64_t target;                    /* whose text this is: its own id, or an edit's target */
	int64_t edit;                      /* the newest edit that came before its target */
	bool erased;                       /* recalled: the text must not be stored */
};
enum status fold_before(struct cache *cache, int64_t conversation_id, const struct message *message,
    struct fold *fold, struct error *err);
/* The message is stored: its target becomes what it makes of it, and it what came before it. */
enum status fold_message(struct cache *cache, int64_t conversation_id,
    const struct message *message, const struct fold *fold, struct error *err);

/* ---- search.c: the words by which messages are found ---- */

/*
 * To be called by whoever changes the text that a message is found by, in the same transaction and
 * while the message's row (message_id) still is what it was: before is the text as amendments had
 * left it (NULL: it had none any more), after is the new one, or NULL where it is erased or the row
 * goes. An edit: the old and the new text. A recall, a row to be deleted: the text and NULL; then
 * its words are wiped from the file in idle time, too. Only messages of type `text` are found, so
 * others need no call, and neither do rows that are new.
 */
enum status search_change(struct cache *cache, int64_t message_id, const char *before,
    const char *after, struct error *err);
/* Rows of messages were deleted (after search_change() for each): their ids may be given anew. */
enum status search_rows_deleted(struct cache *cache, struct error *err);
/* Empties the index, to be made anew: where so many texts go that taking out each would take
 * longer. They need no search_change() then. */
enum status search_restart(struct cache *cache, struct error *err);

/* ---- aside.c: messages of a history that the server lost ---- */

/* A message is stored that may be one of those: that one goes, and whoever was handed it then is
 * not handed this one. */
enum status aside_return(struct cache *cache, struct conversation *conversation,
    const struct message *message, struct error *err);

/* ---- verify.c, verify_fold.c ---- */

/* Takes the messages with these ids out, whatever they are. */
enum status
verify_drop(struct cache *cache, struct conversation *c, struct id_range ids, struct error *err);
/* Makes anew what amendments made of a conversation's messages. */
enum status verify_refold(struct cache *cache, int64_t conversation_id, struct error *err);

/* ---- consumer.c ---- */

/* A conversation reaches further: sets place.next of the consumers that had none there. */
enum status
consumer_reach(struct cache *cache, const struct conversation *conversation, struct error *err);
/* Moves a place up to `to` (ids.last), within a transaction. */
enum status consumer_advance(
    struct cache *cache, int64_t consumer, const struct conversation_range *to, struct error *err);

#endif
