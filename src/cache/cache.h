/*
 * The cache: one SQLite file per account, shared at once by any number of processes.
 *
 * Rules that hold for every function here:
 * - Each call that writes is one BEGIN IMMEDIATE transaction, whole or not at all. Outbox and
 *   consumers commit with synchronous FULL, what can be pulled again with NORMAL.
 * - Another process may have changed anything between two calls: nothing is remembered here but
 *   prepared statements.
 * - What a row callback gets is borrowed until it returns; a callback does not call the cache.
 * - Any function may return IO (disk full, read-only, broken file; the cache is undamaged) or
 *   AGAIN (another process held the lock for more than 10 s). Others are named.
 *
 * Ranges: the runs of msg_ids held, kept as small as they can be: they never touch or overlap.
 */
#ifndef TERN_CACHE_CACHE_H
#define TERN_CACHE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "model/address.h"
#include "model/contact.h"
#include "model/group.h"
#include "model/message.h"
#include "model/profile.h"

struct cache;

enum cache_open_mode { CACHE_EXISTING, CACHE_CREATE };

/* Opens the file at path, mode 0600, and migrates it step by step, each step whole.
 * NOT_FOUND (CACHE_EXISTING), CANNOT_CREATE, CONFIG (made by a newer tern, or no cache at all). */
enum status
cache_open(struct cache **cache, const char *path, enum cache_open_mode mode, struct error *err);
void cache_close(struct cache *cache);

/* The path it was opened by. Borrowed. */
const char *cache_path(const struct cache *cache);

/* A number that differs from the last call's where another connection committed in between. */
int64_t cache_data_version(struct cache *cache);

/* ---- account (account.c) ---- */

struct cache_account {
	struct address address;
	char *server; /* URL */
	char *device; /* its name */
	char *token;  /* NULL after logout or revocation */
	int64_t device_id;
	struct cursor cursor;
};

/* NOT_FOUND where nobody ever logged in. cache_account_finish() frees. */
enum status
cache_account_get(struct cache *cache, struct cache_account *account, struct error *err);
void cache_account_finish(struct cache_account *account);

/* Notes a login: address, server, device, token, device_id. The cursor and all that is held stay
 * (a login again must not fetch everything again). CONFLICT: the file is another address's. */
enum status
cache_account_set(struct cache *cache, const struct cache_account *account, struct error *err);
/* Forgets that token. *replaced: another login's is there by now, and stays. */
enum status
cache_token_clear(struct cache *cache, const char *token, bool *replaced, struct error *err);
enum status cache_cursor_get(struct cache *cache, struct cursor *cursor, struct error *err);

/* ---- generations (generation.c) ---- */

/* What a cache knows of its server's history (doc/protocol.md 3.3). generation "" for none. */
struct cache_knowledge {
	struct cursor cursor;
	/* The newest generation met, and the highest stamp that anything stored here had under it:
	 * never below the cursor, and beyond it where a page or the answer to a send was faster. */
	struct cursor known;
	bool resetting; /* a reset was begun, and not all lists are compared yet: there is no cursor
	                 */
	int64_t fork;   /* the stamp up to which the lost history and this one are the same */
};

enum status
cache_knowledge_get(struct cache *cache, struct cache_knowledge *knowledge, struct error *err);

/* The generations met, each with the highest stamp known under it, the newest first; `generations`
 * has room for `limit` (at least 1). */
enum status cache_generations(struct cache *cache, size_t limit, struct cursor *generations,
    size_t *count, struct error *err);

/* ---- answers of the server (apply.c) ---- */

/* Everything that changed in (from, to], as login-sync or events told it (doc/protocol.md 3.3). */
struct cache_change {
	const char *generation;
	int64_t from;
	int64_t to;
	/* What login-sync was told of this cache; NULL for events. Only a server that was told of
	 * all that is known here can vouch for it with another generation than the cache's. */
	const struct cache_knowledge *asked;
	const struct contact *contacts;
	size_t contact_count;
	const struct group *groups;
	size_t group_count;
	const struct conversation_head *heads;
	size_t head_count;
	const struct message *messages; /* of any conversations, by stamp */
	size_t message_count;
	const struct message *amendments; /* likewise; those of holes, too */
	size_t amendment_count;
};

enum cache_applied {
	CACHE_APPLIED,
	CACHE_DISCARDED, /* `to` is not beyond the cursor, generation and stamp: another process was
	                  * faster */
	CACHE_GAP,       /* nothing was applied: `from` is beyond the cursor, or the generation is
	                  * another one than the cache's: login-sync comes first */
};

/*
 * Applies it in one transaction with the new cursor, by the rule of doc/protocol.md 3.3; from 0
 * applies where there is no cursor. Rows only where their stamp is newer. Messages are stored
 * as cache_store_pages() does. A head's last never shrinks by a message, and grows with it.
 */
enum status cache_apply(struct cache *cache, const struct cache_change *change,
    enum cache_applied *applied, struct error *err);

/* A page of pull: every existing message of the conversation in ids. */
struct cache_page {
	const char *conversation;
	struct id_range ids;
	int64_t first; /* below it everything expired: holes there close */
	int64_t last;
	const struct message *messages;
	size_t count;
	const struct message *amendments; /* beyond ids, of targets in it */
	size_t amendment_count;
};

/*
 * Stores pages of an answer in one transaction: messages (those held already stay as they are),
 * ranges, first and last; removes outbox rows whose key a message carries; notes [ids] as to be
 * acknowledged. APPLIED, or GAP where its generation is not the cache's.
 */
enum status cache_store_pages(struct cache *cache, const char *generation,
    const struct cache_page *pages, size_t count, enum cache_applied *applied, struct error *err);

/* Stores contacts as contact-set answered them (newer stamps only). APPLIED, or GAP: login-sync
 * will tell of them. */
enum status cache_store_contacts(struct cache *cache, const char *generation,
    const struct contact *contacts, size_t count, enum cache_applied *applied, struct error *err);

/* The same with a group and its head, as group-create and group-change answer them. */
enum status
cache_store_group(struct cache *cache, const char *generation, const struct group *group,
    const struct conversation_head *head, enum cache_applied *applied, struct error *err);

/* ---- details: pulled when somebody looks (details.c, profiles.c, groups.c, members.c) ---- */

/* Of a group, whose role changed beyond `since`, as of stamp (ROLE_NONE: has left); with since 0
 * all that are in it. */
struct cache_members {
	const char *group;
	int64_t since;
	int64_t stamp;
	const struct member *rows;
	size_t count;
};

struct cache_details {
	const char *generation;
	const struct profile *profiles; /* stamp 0: there is none */
	size_t profile_count;
	const struct group_detail *groups;
	size_t group_count;
	const struct cache_members *members;
	size_t members_count;
};

/* Stores them in one transaction: profiles and groups only where their stamp is newer; a member
 * list only where it goes on from what is held. APPLIED, or GAP: login-sync comes first. */
enum status cache_store_details(struct cache *cache, const struct cache_details *details,
    enum cache_applied *applied, struct error *err);

/* The stamps of the profiles held; 0 for none. */
enum status cache_profile_stamps(struct cache *cache, const char *const *addresses, size_t count,
    int64_t *stamps, struct error *err);
/* Tells the profile of an address where one is held. */
enum status cache_profile_get(struct cache *cache, const char *address,
    void (*row)(void *arg, const struct profile *profile), void *arg, bool *found,
    struct error *err);

/* The stamp of the details held of a group, and as of which all of its members are; 0 for none. */
enum status cache_group_stamps(
    struct cache *cache, const char *address, int64_t *detail, int64_t *members, struct error *err);
/* Tells a group where it is known; looked: more than its name is. */
enum status cache_group_get(struct cache *cache, const char *address,
    void (*row)(void *arg, const struct group_detail *detail, bool looked), void *arg, bool *found,
    struct error *err);
/* Tells the members held, by address, each with the name that the contact has, and the one in the
 * profile held; "" for none. */
enum status cache_members_list(struct cache *cache, const char *group,
    void (*row)(void *arg, const struct member *member, const char *name, const char *display),
    void *arg, struct error *err);

/* ---- outbox (outbox.c) ---- */

enum {
	OUTBOX_DAYS = 80
}; /* older than this it fails as unsure: the server may forget keys at 90 */

enum outbox_state {
	OUTBOX_PENDING, /* may be sent and removed: the server certainly doesn't have it */
	OUTBOX_DOUBT,   /* a request with it has left, no answer came */
	OUTBOX_FAILED,  /* refused for good; kept to be told of */
};

struct outbox_entry {
	struct key key;
	const char *conversation; /* address of the recipient */
	const char *type;
	const char *text;
	int64_t target; /* msg_id; 0 for none */
	int64_t was;    /* stamp in a history that the server lost; 0 for none */
	int64_t time;   /* wall, microseconds, when it was written */
	int64_t added;  /* likewise, when it came into the outbox: later, for one that came back */
	bool has_after;
	struct key after; /* the unacknowledged one before it in its conversation */
	bool kept;        /* when adding: nobody may take it back, whoever added it first */
	enum outbox_state state;
	const char *failure; /* a sentence; NULL unless OUTBOX_FAILED */
};

/*
 * Adds entries in order, durably (FULL), each with its predecessor in its conversation: the
 * newest entry there that is not failed. key, conversation, type, text, target, time, kept are
 * taken. A key that is known already, in the outbox or as a message, with the same conversation,
 * type, target and text adds nothing, unless it failed: then this is a new try. With others
 * CONFLICT, and nothing is added.
 */
enum status cache_outbox_add(
    struct cache *cache, const struct outbox_entry *entries, size_t count, struct error *err);

/* Tells the entries that are not failed, in the order they were added, until row is false. */
enum status cache_outbox_list(struct cache *cache, size_t limit,
    bool (*row)(void *arg, const struct outbox_entry *entry), void *arg, struct error *err);
/* Tells the failed ones. */
enum status cache_outbox_failed(struct cache *cache,
    void (*row)(void *arg, const struct outbox_entry *entry), void *arg, struct error *err);

/* Marks entries as in doubt, before the request that carries them leaves; each mark counts. Keys
 * unknown by now are passed over. */
enum status
cache_outbox_doubt(struct cache *cache, const struct key *keys, size_t count, struct error *err);
/* Takes one mark back: that request certainly did no harm. Without a mark an entry is pending. */
enum status
cache_outbox_undoubt(struct cache *cache, const struct key *keys, size_t count, struct error *err);

/* The outcome of one entry, as send answered it. */
struct outbox_result {
	struct key key;
	bool failed;              /* refused for good */
	const char *failure;      /* a sentence, where failed */
	const char *conversation; /* the rest where it was stored */
	int64_t msg_id;
	int64_t time;
	int64_t stamp;
};

/*
 * Settles entries in one transaction: a stored one becomes a message (with its range and head,
 * from the account's own address) and its row goes; a failed one is kept as failed, and its
 * successor takes its predecessor. Keys that aren't in the outbox any more are passed over.
 * generation: of the answer, NULL where no answer says so. APPLIED, or GAP where it isn't the
 * cache's.
 */
enum status cache_outbox_settle(struct cache *cache, const char *generation,
    const struct outbox_result *results, size_t count, enum cache_applied *applied,
    struct error *err);

/* Removes entries that are pending or failed. Those in doubt, or kept for somebody, stay, and are
 * kept from now on. A successor takes its predecessor. *removed counts them. */
enum status cache_outbox_remove(
    struct cache *cache, const struct key *keys, size_t count, size_t *removed, struct error *err);

/* What became of a key. NOT_FOUND: neither in the outbox nor a message. */
struct outbox_fate {
	bool sent;
	int64_t msg_id; /* where sent */
	int64_t time;
	int64_t stamp;
	enum outbox_state state; /* where not sent */
	char failure[ERROR_TEXT_MAX];
};
enum status cache_outbox_fate(
    struct cache *cache, const struct key *key, struct outbox_fate *fate, struct error *err);

/* ---- what is held (history.c, conversations.c, contacts.c) ---- */

struct history_query {
	const char *conversation;
	int64_t before; /* msg_ids below this; 0 for no bound */
	int64_t after;  /* and above this; 0 for none */
	size_t count;   /* at most this many messages: the newest of them, or with `after` alone the
	                 * oldest */
	bool events;    /* amendments too, which else show in their targets alone */
	bool oldest;    /* the oldest in any case */
};

/*
 * Tells messages in ascending order, as their amendments left them; own ones with their key and
 * what became of them (STATE_SENT, DELIVERED, READ); and the holes between and around them within
 * the bounds asked for (never those below `first`, nor the hole below the lowest message told when
 * count ended it; a hole at the upper end is told). Messages of a lost history (`aside`, with the
 * number that they had) are told where they stood, at most `count` besides; but own ones that wait
 * in the outbox are not. NOT_FOUND: no such conversation held.
 */
enum status cache_history(struct cache *cache, const struct history_query *query,
    void (*row)(void *arg, const struct message *message),
    void (*hole)(void *arg, struct id_range ids), void *arg, struct error *err);

/* *after: the msg_id right below the first message held whose time is `since` or later; 0 where
 * there is no such conversation. As the server's clock was right: found by halving. */
enum status cache_history_since(struct cache *cache, const char *conversation, int64_t since,
    int64_t *after, struct error *err);

/* What is known of a message that another one is to name. */
struct cache_target {
	bool held; /* else nothing else is known */
	bool own;
	bool amendable; /* of a type that can be a target */
	bool recalled;
};
enum status cache_target(struct cache *cache, const char *conversation, int64_t msg_id,
    struct cache_target *target, struct error *err);

struct cache_conversation {
	struct conversation_head head;
	int64_t held;    /* messages in ranges, expired ones not counted */
	int64_t missing; /* msg_ids from head.first to head.last that are not held */
	int64_t unread;  /* others' messages above head.read that count; where ids are missing, at
	                    most */
};

enum status cache_conversations(struct cache *cache,
    void (*row)(void *arg, const struct cache_conversation *conversation), void *arg,
    struct error *err);

/* Contacts that are not removed, by address. */
enum status cache_contacts(struct cache *cache,
    void (*row)(void *arg, const struct contact *contact), void *arg, struct error *err);
/* Tells the one of that address where there is one that is not removed. */
enum status cache_contact_get(struct cache *cache, const char *address,
    void (*row)(void *arg, const struct contact *contact), void *arg, bool *found,
    struct error *err);

/* The key under which a group of that address is made here: made and kept the first time, so that
 * whoever asks again, after a crash too, asks for the same. */
enum status
cache_group_key(struct cache *cache, const char *address, struct key *key, struct error *err);

/* Groups, also those that were left, by address. */
enum status cache_groups(struct cache *cache, void (*row)(void *arg, const struct group *group),
    void *arg, struct error *err);

/* Ranges of named conversations; one block, strings within. cache_ranges_finish() frees. */
struct cache_ranges {
	struct conversation_range *items;
	size_t count;
};
void cache_ranges_finish(struct cache_ranges *ranges);

/*
 * What is missing and wanted, at most `limit` ranges: per conversation in ascending order.
 * For a consumer (> 0): every hole above its place. For none (0): what waits offline: holes above
 * the lowest range held or above head.ack, whichever is lower (one message just sent says nothing
 * of those below it). Never below head.first. who (may be NULL) names one conversation.
 */
enum status cache_missing(struct cache *cache, int64_t consumer, const char *who, size_t limit,
    struct cache_ranges *missing, struct error *err);

/* ---- read markers and drafts (markers.c) ---- */

/* Moves the read marker of a conversation up to msg_id, or with 0 to its last message; never back;
 * durably (FULL), or so that it survives a crash of the process alone. *marker is where it stands
 * then. NOT_FOUND: no such conversation held, or no such message known. */
enum status cache_mark_read(struct cache *cache, const char *conversation, int64_t msg_id,
    bool durably, int64_t *marker, struct error *err);
/* Those that the server is to be told, at most `limit`: each up to ids.last. */
enum status
cache_markers(struct cache *cache, size_t limit, struct cache_ranges *markers, struct error *err);
/* They were answered, with these heads: applied as cache_apply() does. APPLIED, or GAP where the
 * answer's generation is not the cache's. Without a generation (NULL) they were refused for good.
 */
enum status cache_markers_told(struct cache *cache, const char *generation,
    const struct cache_ranges *markers, const struct conversation_head *heads, size_t head_count,
    enum cache_applied *applied, struct error *err);

/* What was being written in a conversation; *text is the caller's to free, NULL for nothing. */
enum status
cache_draft_get(struct cache *cache, const char *conversation, char **text, struct error *err);
/* Keeps it (NULL or "": takes it away). Survives a crash of the process, not of the machine. */
enum status
cache_draft_set(struct cache *cache, const char *conversation, const char *text, struct error *err);

/* What of the history is to be held, whatever anybody acknowledged. */
struct roaming {
	const char *const *who; /* conversations; NULL: all */
	size_t who_count;
	int64_t since;  /* not what is older (wall time); 0 for no bound */
	int64_t newest; /* of each conversation so many ids; 0 for all */
};

/*
 * The holes to fill next for that: of the conversation with the newest changes first, from its
 * newest hole downwards, at most `ids` msg_ids in at most `limit` ranges. Asked again with what
 * came it goes on, until there is none. `since` is told by the message above a hole: the server's
 * clock was right then. *left (may be NULL): ids missing in those conversations in all, an upper
 * bound with `since`.
 */
enum status cache_missing_newest(struct cache *cache, const struct roaming *roaming, int64_t ids,
    size_t limit, struct cache_ranges *missing, int64_t *left, struct error *err);

/* ---- acknowledgements that no request has carried yet (acks.c) ---- */

/* Pages and events make them. What was settled makes none by itself: it goes with the next one that
 * follows it, so that the server sees no gap and a send costs no request more. */
enum status
cache_acks(struct cache *cache, size_t limit, struct cache_ranges *acks, struct error *err);
/* They were answered: forgets exactly these. */
enum status
cache_acks_done(struct cache *cache, const struct cache_ranges *acks, struct error *err);

/* ---- consumers (consumer.c) ---- */

/* Looks whether there is one of that name. */
enum status cache_consumer_find(
    struct cache *cache, const char *name, int64_t *consumer, bool *found, struct error *err);
/* Finds the consumer, or makes it, durably: at the beginning, or with `now` behind everything whose
 * head is known. *created says which. */
enum status cache_consumer_open(struct cache *cache, const char *name, bool now, int64_t *consumer,
    bool *created, struct error *err);

/* What is to become of a message that a consumer comes to. */
enum cache_handing {
	HANDING_NEW,
	HANDING_REPEATED, /* an earlier process may have handed it on already (see
	                   * cache_consumer_handing()) */
	HANDING_DONE /* it was handed on in a history that the server lost: its place passes it */
};

/*
 * Tells at most `limit` messages above the consumer's places, by stamp, of all conversations or of
 * who (may be NULL): in each only as far as no hole lies between. Own ones are among them.
 */
enum status cache_consumer_next(struct cache *cache, int64_t consumer, const char *who,
    size_t limit, void (*row)(void *arg, const struct message *message, enum cache_handing handing),
    void *arg, struct error *err);

/* Notes, before any of them is handed on, how far the next handing goes in each conversation
 * (ids.last; ids.first is not used). */
enum status cache_consumer_handing(struct cache *cache, int64_t consumer,
    const struct conversation_range *places, size_t count, struct error *err);

/* They were handed on: the places advance, durably (FULL); never back. */
enum status cache_consumer_advance(struct cache *cache, int64_t consumer,
    const struct conversation_range *places, size_t count, struct error *err);

/*
 * Handing on without places that advance by it: *copy is a consumer of this process' own that
 * stands where `consumer` stands, and is used and advanced in its stead; what was handed on before
 * is told as repeated. cache_consumer_handing() still is for `consumer`. The caller sees to it that
 * there is one such process at a time. (consumer_manual.c)
 */
enum status
cache_consumer_manual(struct cache *cache, int64_t consumer, int64_t *copy, struct error *err);
/* A script is done with everything up to that message, which was handed on: the place advances,
 * durably (FULL); never back. NOT_FOUND where it was not handed on. */
enum status cache_consumer_done(struct cache *cache, int64_t consumer, const char *conversation,
    int64_t msg_id, struct error *err);

/* ---- searching (search.c) ---- */

struct cache_search_state {
	int64_t behind; /* rows of messages that aren't indexed yet: at most */
	bool erasing;   /* words of erased texts are still in the file */
};

enum status
cache_search_state(struct cache *cache, struct cache_search_state *state, struct error *err);

/*
 * Indexes what is behind, at most `rows` messages of it (and fewer where they are long), in one
 * short transaction. *behind: how much is left. For idle time, and before a search.
 */
enum status
cache_search_index(struct cache *cache, int64_t rows, int64_t *behind, struct error *err);
enum cache_erased {
	CACHE_ERASED,     /* nothing is left */
	CACHE_ERASE_MORE, /* another step has something to do */
	CACHE_ERASE_LATER /* another process reads just now, and the log can't be cut under it */
};
/* One short step of wiping erased words from the file. For idle time. */
enum status cache_search_erase(struct cache *cache, enum cache_erased *erased, struct error *err);

/* One condition. Conditions are joined by "and", but those of senders by "or" among each other, and
 * so are those of conversations. */
struct search_term {
	enum {
		SEARCH_WORDS, /* the words of text, side by side (base/words.h) */
		SEARCH_FROM,  /* text: the sender's address */
		SEARCH_IN     /* text: the conversation's */
	} kind;
	const char *text;
	bool exclude; /* is excluded */
	bool prefix;  /* its last word only begins so */
};

struct search_query {
	const struct search_term *terms;
	size_t count;
	int64_t from_time; /* wall time: messages from then on; 0 for no bound */
	int64_t to_time;   /* and before then; 0 for no bound */
	int64_t below;     /* positions below this; 0 from the newest on */
	size_t limit;
};

/*
 * Tells the messages whose texts, as amendments left them, fit, the newest first, in the order in
 * which the server got them. position: where the next page goes on. Only what is indexed is found.
 * USAGE: no term asks for anything (terms without a word ask for nothing).
 */
enum status cache_search(struct cache *cache, const struct search_query *query,
    void (*row)(void *arg, const struct message *message, int64_t position), void *arg,
    struct error *err);

/* ---- numbers (traffic.c) ---- */

struct cache_traffic {
	int64_t requests;
	int64_t bytes_up;
	int64_t bytes_down;
	int64_t time; /* wall time: when a sync ended, and 0 of anything else */
};

/* Adds to the sums of this account; what has a time becomes the last sync. */
enum status
cache_traffic_add(struct cache *cache, const struct cache_traffic *traffic, struct error *err);
/* The sums, and the last sync: all 0 where there was none. */
enum status cache_traffic_get(
    struct cache *cache, struct cache_traffic *all, struct cache_traffic *last, struct error *err);

/* Tells the messages stored last, at most limit, as they came and without their conversation: a
 * sample of what the cache holds. */
enum status cache_sample(struct cache *cache, size_t limit,
    void (*row)(void *arg, const struct message *message), void *arg, struct error *err);

#endif
