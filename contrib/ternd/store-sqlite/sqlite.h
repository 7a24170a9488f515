/* What the files of the SQLite store share. Its tables are described in schema.c. */
#ifndef TERND_STORE_SQLITE_H
#define TERND_STORE_SQLITE_H

#include <sqlite3.h>

#include "base/path.h"
#include "store-sqlite/heads.h"
#include "store-sqlite/statements.h"
#include "store.h"

/* The kinds of conversation, as stored. */
enum conversation_kind { KIND_DIRECT = 1, KIND_GROUP = 2 };

struct sqlite_store {
	struct store base;
	sqlite3 *db;
	enum store_mode mode;
	bool in_memory;
	char *lock_path;         /* NULL in memory */
	struct path_lock lock;   /* held by the connection that began a generation */
	int64_t stamp;           /* the highest given out, or seen (a reader) */
	int64_t stamp_saved;     /* of it, what the table state holds */
	int64_t device_checked;  /* a device found valid in this transaction */
	int64_t checkpoint_time; /* time_mono() of a reader's last checkpoint */
	bool erasing;            /* a text was erased, and is in the log still */
	int64_t cut_after;       /* time_mono() from which on the log may be cut */
	struct heads heads;      /* the writer's conversations in memory */
	sqlite3_stmt *statements[ST_COUNT];
};

static inline struct sqlite_store *
sqlite_of(struct store *store)
{
	return (struct sqlite_store *)store;
}

/* Makes the schema or brings it up to date in STORE_WRITE, checks it in STORE_READ. CONFIG, IO. */
enum status schema_open(sqlite3 *db, const char *where, enum store_mode mode, struct error *err);

/*
 * Running statements. sql_get() hands one out ready to be bound. Binding cannot fail here: texts
 * and blobs are bound without a copy and live until the statement is reset. sql_run() is for those
 * without rows. sql_next() says in *found whether there is a (further) row; it resets the statement
 * where there is none, and the caller does with sqlite3_reset() otherwise. IO.
 */
sqlite3_stmt *sql_get(struct sqlite_store *store, enum statement id);
enum status sql_run(struct sqlite_store *store, sqlite3_stmt *st, struct error *err);
/* Runs a statement without rows whose parameters are all numbers: NUMBERS(first, …). */
enum status sql_run_numbers(struct sqlite_store *store, enum statement id, const int64_t *numbers,
    size_t count, struct error *err);
/* Runs a statement of one row, or none, with such parameters: *number is its first column, 0 where
 * there is no row. */
enum status sql_ask_numbers(struct sqlite_store *store, enum statement id, const int64_t *numbers,
    size_t count, int64_t *number, struct error *err);
#define NUMBERS(...) \
	(const int64_t[]){__VA_ARGS__}, sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t)
enum status sql_next(struct sqlite_store *store, sqlite3_stmt *st, bool *found, struct error *err);
/* IO with what SQLite says. */
enum status sql_failed(sqlite3 *db, struct error *err);

void sql_bind_text(sqlite3_stmt *st, int index, const char *text);
void sql_bind_blob(sqlite3_stmt *st, int index, const void *data, size_t length);
/* A text column, "" for NULL. Borrowed until the statement moves on. */
const char *sql_text(sqlite3_stmt *st, int column);

/* The next stamp: grows strictly, whatever the clock does. Writer, in a transaction. */
int64_t stamp_next(struct sqlite_store *store);

/* DENIED where the device was revoked. */
enum status
device_check(struct sqlite_store *store, const struct caller *caller, struct error *err);

/* Rows of the statements HEAD…, GROUP_HEAD… and GROUP…. Strings are borrowed from the statement. */
enum { HEAD_JOINED = 10, HEAD_CONVERSATION, GROUP_HEAD_ROLE }; /* columns behind, of a …GET */
void read_head(sqlite3_stmt *st, struct conversation_head *head);
void read_group(sqlite3_stmt *st, struct group *group);

/* The rows of a group's members (membership.c). Stamps are taken in the order of the calls. */
struct group_move {
	int64_t account_id;
	const char *address; /* borrowed from the request */
	enum role before;
	enum role after;
	int64_t msg_id; /* by which it came or went */
};
enum status member_came(struct sqlite_store *store, const struct head *head,
    const struct group_move *move, bool history, struct error *err);
enum status member_went(struct sqlite_store *store, const struct head *head,
    const struct group_move *move, const char *name, struct error *err);
enum status member_role(struct sqlite_store *store, const struct head *head,
    const struct group_move *move, struct error *err);
/* The row of ST_GROUP_GET, ST_GROUP_HEAD_GET or ST_HEAD_GET: the group, or the head as heads_save()
 * wrote it, as an account sees it. *found: it is, or was, in it; then *st is to be reset. */
enum status member_find(struct sqlite_store *store, enum statement id, const char *group,
    int64_t account_id, sqlite3_stmt **st, bool *found, struct error *err);
/* The same of one that is, or was, in it. */
enum status member_row(struct sqlite_store *store, enum statement id, const char *group,
    int64_t account_id, sqlite3_stmt **st, struct error *err);

/* The head as an account sees it, which is in the conversation; then *st is to be reset. */
enum status head_row(struct sqlite_store *store, int64_t account_id, const char *conversation,
    sqlite3_stmt **st, struct conversation_head *head, struct error *err);

/* What became of a key (key.c). */
enum { KEY_DIGEST = 16 };
struct key_row {
	bool found;
	int64_t conversation_id;
	int64_t msg_id;
	int64_t time;
	int64_t stamp;
	uint8_t digest[KEY_DIGEST]; /* of what was stored with it */
};

/* Of fields, none of which holds a 0 byte, so that they can't run into each other. */
void key_digest(uint8_t digest[KEY_DIGEST], const char *const fields[], size_t count);
enum status key_get(struct sqlite_store *store, int64_t account_id, const struct key *key,
    struct key_row *row, struct error *err);
enum status key_add(struct sqlite_store *store, const struct caller *caller, const struct key *key,
    const struct key_row *row, struct error *err);

/* The account and the stamp of its profile; both 0 where the address is none's. */
enum status profile_find(struct sqlite_store *store, const char *address, int64_t *account_id,
    int64_t *stamp, struct error *err);

/* The account's id, 0 where the address is none's. Remembered by the writer. */
enum status account_id_find(
    struct sqlite_store *store, const char *address, int64_t *account_id, struct error *err);

/*
 * The head of the direct conversation of two accounts, with what this transaction did to it: from
 * memory, or read into it. *head is NULL where there is none. Writer.
 */
enum status head_get(
    struct sqlite_store *store, int64_t one, int64_t other, struct head **head, struct error *err);
/* The head of a group, with its roster; *head is NULL where there is none of that address. */
enum status head_get_group(
    struct sqlite_store *store, const char *address, struct head **head, struct error *err);

/* The conversation that the caller names by an address. Borrowed: until the transaction ends, and
 * member until the roster changes. */
struct head_to {
	struct head *head;                  /* NULL where there is none (yet) */
	int64_t peer_id;                    /* the account; 0 for a group, or where it is none's */
	const struct roster_member *member; /* of a group: the caller; NULL where it isn't in */
};
enum status head_get_to(struct sqlite_store *store, const struct caller *caller,
    const char *address, struct head_to *to, struct error *err);

/*
 * What there is for the caller in the conversation: not what has expired, nor what was there before
 * it came into a group, nor what is there since it left. last is 0 where it never was in it.
 */
enum status member_view(struct sqlite_store *store, const struct caller *caller,
    const struct head_to *to, struct id_range *view, struct error *err);

/* Something of the caller's changed that the peer of a direct conversation sees: its row takes a
 * stamp, and the sink is told its head. Nothing in notes to oneself, or in a group. After
 * heads_save(). */
enum status head_tell_peer(struct sqlite_store *store, const struct caller *caller,
    const struct head_to *to, const struct store_head_sink *sink, struct error *err);

/* The body of a message that has no text, or none any more. */
#define BODY_ERASED "\"\""
enum { MESSAGE_CONVERSATION = 12 }; /* its address, in ST_AMENDMENT_CHANGES */
/* The row that a statement with MESSAGE_COLUMNS stands on, as the reader may see it. Borrowed. */
struct store_message
read_message(sqlite3_stmt *st, const struct caller *reader, const char *conversation);

/* *refusal is WIRE_OK where the item may name the message it names, or names none (target.c). */
enum status
target_check(struct sqlite_store *store, const struct caller *sender, const struct send_item *item,
    const struct head_to *to, enum wire_error *refusal, struct error *err);
/* It is recalled: its text goes, and that of its edits. */
enum status target_erase(
    struct sqlite_store *store, int64_t conversation_id, int64_t msg_id, struct error *err);

/* Makes the direct conversation that was not found, and its members. */
enum status head_make(struct sqlite_store *store, int64_t one, int64_t other, int64_t stamp,
    struct head **head, struct error *err);
/* Writes the heads that this transaction changed. */
enum status heads_save(struct sqlite_store *store, struct error *err);

/* The slots of the driver that each file fills (store.h). */
enum status sqlite_generation_add(struct store *store, const char *generation, struct error *err);
enum status sqlite_cursor_check(
    struct store *store, const struct cursor *cursor, bool *valid, struct error *err);
enum status sqlite_fork_find(struct store *store, const struct cursor *generations, size_t count,
    int64_t *fork, struct error *err);
enum status sqlite_account_find(
    struct store *store, const char *address, struct store_account *account, struct error *err);
enum status sqlite_account_add(struct store *store, const char *address, const char *password_hash,
    int64_t *account_id, struct error *err);
enum status sqlite_device_add(struct store *store, int64_t account_id, const char *name,
    const uint8_t token_hash[TOKEN_HASH], int64_t *device_id, struct error *err);
enum status sqlite_device_remove(struct store *store, int64_t device_id, struct error *err);
enum status sqlite_device_revoke(struct store *store, const struct caller *caller,
    int64_t device_id, bool *ended, struct error *err);
enum status sqlite_device_list(struct store *store, const struct caller *caller, size_t limit,
    void (*row)(void *arg, const struct device *), void *arg, struct error *err);
enum status
sqlite_device_seen(struct store *store, int64_t device_id, int64_t time, struct error *err);
enum status sqlite_password_set(struct store *store, const struct caller *caller,
    const char *old_hash, const char *new_hash, void (*ended)(void *arg, int64_t device_id),
    void *arg, struct error *err);
enum status sqlite_device_find(struct store *store, const uint8_t token_hash[TOKEN_HASH],
    struct caller *caller, struct error *err);
enum status sqlite_contact_set(struct store *store, const struct caller *owner,
    struct contact *contact, char kept[LIMIT_NAME + 1], bool *changed, struct error *err);
enum status sqlite_profile_set(struct store *store, const struct caller *caller,
    const struct profile_field *fields, size_t count, int64_t *stamp, bool *changed,
    struct error *err);
enum status
sqlite_profile_get(struct store *store, const struct caller *caller, const char *address,
    int64_t known, void (*row)(void *arg, const struct profile *), void *arg, struct error *err);
enum status sqlite_profile_push(struct store *store, int64_t *after, size_t limit,
    void (*row)(void *arg, int64_t owner_id, const struct contact *), void *arg, bool *more,
    struct error *err);
enum status sqlite_group_get(struct store *store, const struct caller *caller, const char *address,
    int64_t known, void (*row)(void *arg, const struct group_detail *), void *arg,
    struct error *err);
enum status sqlite_group_members(struct store *store, const struct caller *caller,
    const struct members_query *query, bool (*row)(void *arg, const struct member *), void *arg,
    bool *all, struct error *err);
enum status
sqlite_message_send(struct store *store, const struct caller *sender, const struct send_item *item,
    const char *text_json, struct store_sent *sent, struct error *err);
enum status sqlite_changes(struct store *store, const struct caller *reader, int64_t from,
    int64_t until, size_t limit, const struct store_changes *told, int64_t *to, struct error *err);
enum status sqlite_group_create(struct store *store, const struct caller *caller,
    const struct group_create *create, const struct store_group_sink *sink,
    struct store_group_result *result, struct error *err);
enum status sqlite_group_change(struct store *store, const struct caller *caller,
    const struct group_change *change, const struct store_group_sink *sink,
    struct store_group_result *result, struct error *err);
enum status sqlite_contacts(struct store *store, const struct caller *reader, const char *after,
    const char *upto, bool (*row)(void *arg, const struct contact *), void *arg, struct error *err);
enum status sqlite_messages(struct store *store, const struct caller *reader,
    const char *conversation, struct id_range ids, struct conversation_head *head,
    bool (*row)(void *arg, const struct store_message *), void *arg, struct error *err);
enum status sqlite_prune_find(struct store *store, const struct store_prune *prune, int64_t *after,
    size_t limit, bool (*row)(void *arg, const struct store_prunable *), void *arg, bool *more,
    struct error *err);
enum status sqlite_prune(struct store *store, int64_t conversation_id, int64_t upto, size_t limit,
    int64_t *deleted, bool *more, struct error *err);
enum status sqlite_prune_keys(struct store *store, int64_t before, struct store_key *after,
    size_t limit, int64_t *deleted, bool *more, struct error *err);
enum status sqlite_newest_time(struct store *store, int64_t *time, struct error *err);
enum status sqlite_receipts(struct store *store, const struct caller *caller,
    const struct receipts_request *request, struct receipts_answer *receipts,
    enum wire_error *refusal, struct error *err);
enum status sqlite_amendments(struct store *store, const struct caller *reader,
    const struct store_message *target, size_t limit,
    void (*row)(void *arg, const struct store_message *), void *arg, struct error *err);
enum status sqlite_read_mark(struct store *store, const struct caller *caller,
    const struct read_marker *markers, size_t marker_count, const struct store_head_sink *sink,
    enum wire_error *refusal, struct error *err);
enum status sqlite_ack_save(struct store *store, const struct caller *caller,
    const struct conversation_range *range, const struct store_head_sink *sink, struct error *err);

#endif
