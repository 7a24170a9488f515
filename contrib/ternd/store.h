/*
 * The contract of storage. A store is one connection; a writer and readers are opened apart and
 * each is used by one thread. Handlers and workers know no SQL; SQLite stands behind it in
 * store-sqlite/ (a file, or memory for tests).
 *
 * Every function returns OK; a code its comment names; or IO, with a sentence, where storage
 * failed (full, read-only, broken), after which the transaction must be rolled back. Membership
 * and a device's validity are checked again inside these calls: DENIED where the device was
 * revoked.
 */
#ifndef TERND_STORE_H
#define TERND_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/contact.h"
#include "model/device.h"
#include "model/message.h"
#include "roster.h"
#include "sessions.h"
#include "wire/details.h"
#include "wire/error.h"
#include "wire/group.h"
#include "wire/limits.h"
#include "wire/read.h"
#include "wire/send.h"

struct store_driver;

/* Where a store begins with it, it is in memory, and ends with the process. */
#define STORE_MEMORY ":memory:"

/* One connection. An implementation's own struct begins with it. */
struct store {
	const struct store_driver *driver;
};

enum store_mode { STORE_WRITE, STORE_READ };

struct store_account {
	int64_t account_id;
	char password_hash[128]; /* crypto_pwhash_str() form */
};

/* One message as the server tells of it. text_json is the text as a JSON string, NULL where there
 * is none (any more), or the reader may not see what it amends; borrowed until the callback
 * returns. */
struct store_message {
	struct message message; /* conversation, from, msg_id, time, stamp, type, key, target */
	const char *text_json;
	int64_t sender_id; /* account */
	int64_t conversation_id;
	bool amended; /* messages() alone says it: amendments() may have something to tell */
};

/* The outcome of storing one item of a send. */
struct store_sent {
	enum wire_error error; /* WIRE_OK: stored, or stored before (repeated) */
	int64_t msg_id;
	int64_t time;
	int64_t stamp;
	bool repeated;
	int64_t recipient_id; /* account; equals the sender's in notes to oneself; 0 for a group */
	/* The group's members when it was stored (not where repeated); the caller's to release. */
	struct roster *roster;
};

/* Whom changes() tells. Rows are borrowed until the callback returns. */
struct store_changes {
	void (*contact)(void *arg, const struct contact *contact);
	void (*group)(void *arg, const struct group *group);
	void (*head)(void *arg, const struct conversation_head *head);
	void (*amendment)(void *arg, const struct store_message *message); /* NULL: not wanted */
	void *arg;
};

/* Whom a change of heads is told. Rows are borrowed until the callback returns. */
struct store_head_sink {
	/* A head that changed, for that account's devices. In the order of the stamps. */
	void (*head)(void *arg, int64_t account_id, const struct conversation_head *head);
	/* One that the caller asked about, as it is now; NULL where nobody asks. */
	void (*answer)(void *arg, const struct conversation_head *head);
	void *arg;
};

/* What a change of a group makes, told while it is made. Rows are borrowed until the callback
 * returns. */
struct store_group_sink {
	/* A message, for all members of the result's roster that joined at or before it, and for
	 * those that went. In the order of the stamps, and before all else. */
	void (*message)(void *arg, const struct store_message *message);
	/* An account went: it may see messages up to last. */
	void (*gone)(void *arg, int64_t account_id, int64_t last);
	/* Rows for one account (0: for all members), in the order of the stamps. */
	void (*head)(void *arg, int64_t account_id, const struct conversation_head *head);
	void (*group)(void *arg, int64_t account_id, const struct group *group);
	/* One that was named and is not taken, or left as it is. */
	void (*refused)(void *arg, const char *address, enum wire_error why);
	/* The caller's own rows as they are in the end; last, and not where the result is an
	 * error. */
	void (*answer)(void *arg, const struct group *group, const struct conversation_head *head);
	void *arg;
};

struct store_group_result {
	enum wire_error error; /* then nothing was done */
	struct roster *roster; /* the members afterwards; the caller's to release */
};

/* A row of the table of keys. All zeros is before all of them. */
struct store_key {
	struct key key;
	int64_t account_id;
};

/* What may be pruned. */
struct store_prune {
	int64_t before; /* what was stored before this stamp; 0: nothing by age */
	int64_t keep;   /* all but so many of each conversation, the newest; 0: nothing by count */
	int64_t seen; /* but not what members heard of since then (wall time) didn't acknowledge */
};

/* A conversation as pruning sees it: the ids from ids.first to upto may go, of those up to
 * ids.last. */
struct store_prunable {
	int64_t conversation_id;
	struct id_range ids;
	int64_t upto; /* below ids.first: nothing */
};

struct store_driver {
	const char *name;

	/* Opens where, making and migrating it in STORE_WRITE. *store is closed with close().
	 * STORE_MEMORY, or that and a name, is a store of this process: it lives while a connection
	 * to that name is open. CANNOT_CREATE, IO, CONFIG (a newer schema, not a store). */
	enum status (*open)(
	    struct store **store, const char *where, enum store_mode mode, struct error *err);
	void (*close)(struct store *store);

	/* Transactions. A reader's holds one snapshot. commit makes everything durable (fsync). */
	enum status (*begin)(struct store *store, struct error *err);
	enum status (*commit)(struct store *store, struct error *err);
	void (*rollback)(struct store *store);
	/* The highest stamp given out so far: committed once the transaction is. A reader's is the
	 * highest that its transaction sees. */
	int64_t (*last_stamp)(struct store *store);

	/* Begins a generation at the highest stamp stored: a server begins to serve. AGAIN where
	 * another one serves this store. Writer. */
	enum status (*generation_add)(
	    struct store *store, const char *generation, struct error *err);
	/* *valid: doc/protocol.md 3.3. Reader. */
	enum status (*cursor_check)(
	    struct store *store, const struct cursor *cursor, bool *valid, struct error *err);
	/* The stamp up to which this history is the client's, who knows it by these generations,
	 * the newest first (doc/protocol.md 3.3); 0 where none is known here. Reader. */
	enum status (*fork_find)(struct store *store, const struct cursor *generations,
	    size_t count, int64_t *fork, struct error *err);

	/* NOT_FOUND. */
	enum status (*account_find)(struct store *store, const char *address,
	    struct store_account *account, struct error *err);
	/* CONFLICT where the address is taken (addresses are never given out again). Writer. */
	enum status (*account_add)(struct store *store, const char *address,
	    const char *password_hash, int64_t *account_id, struct error *err);
	/* Writer. */
	enum status (*device_add)(struct store *store, int64_t account_id, const char *name,
	    const uint8_t token_hash[TOKEN_HASH], int64_t *device_id, struct error *err);
	/* Revokes; harmless where it is revoked already. Writer. */
	enum status (*device_remove)(struct store *store, int64_t device_id, struct error *err);
	/* Ends that login where it is one of the caller's account; *ended: it was one until now.
	 * DENIED. Writer. */
	enum status (*device_revoke)(struct store *store, const struct caller *caller,
	    int64_t device_id, bool *ended, struct error *err);
	/* Tells the logins of the caller's account, the last seen first. DENIED. Reader. */
	enum status (*device_list)(struct store *store, const struct caller *caller, size_t limit,
	    void (*row)(void *arg, const struct device *), void *arg, struct error *err);
	/* Notes when it was last heard of (wall time), which only grows. Makes no stamp. Writer. */
	enum status (*device_seen)(
	    struct store *store, int64_t device_id, int64_t time, struct error *err);
	/* Sets the caller's password and ends all its other logins, each told. CONFLICT where the
	 * hash is not old_hash any more. DENIED. Writer. */
	enum status (*password_set)(struct store *store, const struct caller *caller,
	    const char *old_hash, const char *new_hash, void (*ended)(void *arg, int64_t device_id),
	    void *arg, struct error *err);
	/* NOT_FOUND: no such token, or revoked. */
	enum status (*device_find)(struct store *store, const uint8_t token_hash[TOKEN_HASH],
	    struct caller *caller, struct error *err);

	/* Sets the owner's contact; fills contact->stamp and contact->profile. Where contact->name
	 * is NULL the name that it has stays, is copied to `kept` and contact->name is that.
	 * *changed says whether anything did. DENIED. Writer. */
	enum status (*contact_set)(struct store *store, const struct caller *owner,
	    struct contact *contact, char kept[LIMIT_NAME + 1], bool *changed, struct error *err);

	/* Sets fields of the caller's profile; "" takes one away. *stamp is the profile's then, and
	 * *changed says whether it is a new one: then followers are to be told (profile_push).
	 * TOO_LARGE where it would have over PROFILE_FIELDS_MAX. DENIED. Writer. */
	enum status (*profile_set)(struct store *store, const struct caller *caller,
	    const struct profile_field *fields, size_t count, int64_t *stamp, bool *changed,
	    struct error *err);
	/* Tells the profile of an address where its stamp is not `known`; one that was never set
	 * has stamp 0, and so has one of no account. DENIED. Reader. */
	enum status (*profile_get)(struct store *store, const struct caller *caller,
	    const char *address, int64_t known, void (*row)(void *arg, const struct profile *),
	    void *arg, struct error *err);
	/*
	 * Gives the contact rows of those who follow changed profiles a new stamp, and tells each:
	 * looks at no more than limit rows. What is left stands in the store. *after: the account
	 * whose turn it was last, so that none waits for a great one; 0 at first. *more: something
	 * is left. Writer.
	 */
	enum status (*profile_push)(struct store *store, int64_t *after, size_t limit,
	    void (*row)(void *arg, int64_t owner_id, const struct contact *), void *arg, bool *more,
	    struct error *err);

	/* Tells a group that the caller is in where its stamp is not `known`. NOT_FOUND: it isn't
	 * in. DENIED. Reader. */
	enum status (*group_get)(struct store *store, const struct caller *caller,
	    const char *address, int64_t known, void (*row)(void *arg, const struct group_detail *),
	    void *arg, struct error *err);
	/*
	 * Tells a group's members in the order of their addresses, of those behind query->after,
	 * until row() returns false (that one was not taken, and *all is false): with since 0 who
	 * is in it, else everybody whose role changed beyond it. NOT_FOUND: the caller isn't in.
	 * DENIED. Reader.
	 */
	enum status (*group_members)(struct store *store, const struct caller *caller,
	    const struct members_query *query, bool (*row)(void *arg, const struct member *),
	    void *arg, bool *all, struct error *err);

	/*
	 * Stores one item of a send, or finds it by its key (doc/protocol.md 3.2). text_json is
	 * item->text as a JSON string. Refusals are *sent's error. DENIED. Writer.
	 */
	enum status (*message_send)(struct store *store, const struct caller *sender,
	    const struct send_item *item, const char *text_json, struct store_sent *sent,
	    struct error *err);

	/*
	 * Rows of the reader's account changed in (from, until], oldest stamp first, at most limit
	 * over all kinds (and half a MiB of text), and those with the last one's stamp. *to: the
	 * stamp up to which everything was told (until where nothing is left). DENIED. Reader.
	 */
	enum status (*changes)(struct store *store, const struct caller *reader, int64_t from,
	    int64_t until, size_t limit, const struct store_changes *told, int64_t *to,
	    struct error *err);

	/* Tells the reader's contacts with addresses in (after, upto] ("" and NULL: no bound), in
	 * their order, until row() returns false. DENIED. Reader. */
	enum status (*contacts)(struct store *store, const struct caller *reader, const char *after,
	    const char *upto, bool (*row)(void *arg, const struct contact *), void *arg,
	    struct error *err);

	/*
	 * Makes a group, or changes one (doc/protocol.md 3.12), and tells the sink. What is so
	 * already is left alone. The address is one of the server's domains. DENIED. Writer.
	 */
	enum status (*group_create)(struct store *store, const struct caller *caller,
	    const struct group_create *create, const struct store_group_sink *sink,
	    struct store_group_result *result, struct error *err);
	enum status (*group_change)(struct store *store, const struct caller *caller,
	    const struct group_change *change, const struct store_group_sink *sink,
	    struct store_group_result *result, struct error *err);

	/*
	 * Tells a conversation's messages in ids, ascending, until row() returns false (that row
	 * was not taken). *head is the conversation's as this account sees it; its own keys are
	 * filled in on messages it sent. NOT_FOUND: not a member, or no such conversation. DENIED.
	 * Reader.
	 */
	enum status (*messages)(struct store *store, const struct caller *reader,
	    const char *conversation, struct id_range ids, struct conversation_head *head,
	    bool (*row)(void *arg, const struct store_message *), void *arg, struct error *err);

	/* Fills the counts (doc/protocol.md 3.7). *refusal: NOT_MEMBER; BAD_TARGET where it has no
	 * such message. DENIED. Reader. */
	enum status (*receipts)(struct store *store, const struct caller *caller,
	    const struct receipts_request *request, struct receipts_answer *receipts,
	    enum wire_error *refusal, struct error *err);

	/* Tells what was done to a message that messages() tells (and may be, from its row()): the
	 * newest first, at most limit, of the edits the newest alone. Reader. */
	enum status (*amendments)(struct store *store, const struct caller *reader,
	    const struct store_message *target, size_t limit,
	    void (*row)(void *arg, const struct store_message *), void *arg, struct error *err);

	/* Moves read markers up (doc/protocol.md 3.9), and tells the sink. *refusal is BAD_FIELD
	 * where one is above last: then nothing is done. DENIED. Writer. */
	enum status (*read_mark)(struct store *store, const struct caller *caller,
	    const struct read_marker *markers, size_t count, const struct store_head_sink *sink,
	    enum wire_error *refusal, struct error *err);

	/* Saves a device's acknowledgement (doc/protocol.md 3.7). Ranges of conversations it isn't
	 * in, or beyond last, are ignored. Tells the sink of a direct conversation's peer where the
	 * member's acknowledged head moved. DENIED. Writer. */
	enum status (*ack_save)(struct store *store, const struct caller *caller,
	    const struct conversation_range *range, const struct store_head_sink *sink,
	    struct error *err);

	/*
	 * Tells conversations with ids above *after, at most limit of them, until row() returns
	 * false (that one counts as told). The newest message of each stays. *after: the last one
	 * told; *more: there may be others. Reader.
	 */
	enum status (*prune_find)(struct store *store, const struct store_prune *prune,
	    int64_t *after, size_t limit, bool (*row)(void *arg, const struct store_prunable *),
	    void *arg, bool *more, struct error *err);
	/*
	 * Deletes messages up to that id, the oldest first, at most limit, and moves the
	 * conversation's first behind them; what was unread among them is not unread any more, of
	 * a bounded number of members a call, which may delete nothing yet. *more: call it again.
	 * Makes no stamp. Writer.
	 */
	enum status (*prune)(struct store *store, int64_t conversation_id, int64_t upto,
	    size_t limit, int64_t *deleted, bool *more, struct error *err);
	/* Deletes keys behind *after that were stored before that stamp, of those that were made
	 * before it by their own clock: looks at no more than limit, nor than the store takes at
	 * once. *after, where there are more: the last looked at.
	 * Writer. */
	enum status (*prune_keys)(struct store *store, int64_t before, struct store_key *after,
	    size_t limit, int64_t *deleted, bool *more, struct error *err);
	/* The newest time that the store knows of: of its stamps, and of what was heard of devices.
	 * Reader. */
	enum status (*newest_time)(struct store *store, int64_t *time, struct error *err);
};

extern const struct store_driver store_sqlite;

#endif
