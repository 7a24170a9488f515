/*
 * The client: all that a front end may call. It opens the cache of one account, talks to the
 * server when asked, and runs the one event loop. No threads; a call that waits runs the loop,
 * and ends early with AGAIN and the text "interrupted" when config.stop_fd becomes readable.
 *
 * Codes that any call which talks to the server may return, besides those named: UNAVAILABLE
 * (not reached; nothing was done), AGAIN (in doubt, locked, or interrupted), PROTOCOL, DENIED
 * (wrong password; a token that is not valid any more, which is then forgotten), IO, TOO_LARGE.
 * Each with one sentence. Deadlines are of time_mono().
 */
#ifndef TERN_CLIENT_CLIENT_H
#define TERN_CLIENT_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "model/address.h"
#include "model/contact.h"
#include "model/device.h"
#include "model/difference.h"
#include "model/group.h"
#include "model/message.h"
#include "model/profile.h"

struct client;

struct client_config {
	const char *account; /* address as typed; NULL: the only one there is */
	int stop_fd;         /* readable when the user wants to stop; -1 for none */
	/*
	 * Called whenever input_fd is readable or hung up while a call of the client waits, so that
	 * a terminal is served during one that talks to the server. It takes what there is to read;
	 * and may call what only reads the cache, queues, keeps drafts and markers, or asks for
	 * ids: nothing that waits. NULL: input_fd is not looked at.
	 */
	void (*input)(void *arg);
	int input_fd;
	/* Called with one line worth telling at -v (a retry, who holds the line); may be NULL. */
	void (*notice)(void *arg, const char *text);
	/* The server has lost messages that were here (a backup of it was put back): so many are
	 * set aside, and so many of these, own ones, are sent again. May be NULL. */
	void (*lost)(void *arg, int64_t aside, int64_t again);
	void *arg;
};

/*
 * Opens an account's cache; no network. USAGE (several accounts and none named, or not an
 * address), CONFIG (nobody has logged in; names the command to run), IO, CANNOT_CREATE, AGAIN.
 */
enum status
client_open(struct client **client, const struct client_config *config, struct error *err);
void client_close(struct client *client);

/* Takes over all of config but the account: for a front end that another one opened the client for.
 */
void client_reconfigure(struct client *client, const struct client_config *config);

/* The account's address. Borrowed. */
const char *client_address(const struct client *client);

/* Reads an address a person typed, with the account's own domain where it is left out. USAGE. */
enum status client_parse_address(
    const struct client *client, struct address *address, const char *text, struct error *err);

/* ---- account ---- */

struct client_login {
	const char *address; /* as typed, whole */
	const char *server;  /* URL; NULL: the one of the last login */
	const char *device;  /* NULL: the host's name */
	const char *password;
	bool registering; /* register, not login */
};

/* Looks at all of it but the password, before a person is asked for one; no network. USAGE, and
 * what the cache of an earlier login may fail with. */
enum status client_login_check(const struct client_login *login, struct error *err);

/* Registers or logs in and makes the account's cache. USAGE (address, URL, password's length). */
enum status client_login(
    const struct client_config *config, const struct client_login *login, struct error *err);

/* Ends this device's login. The cache stays, the token goes; a token the server doesn't know any
 * more is a success. */
enum status client_logout(struct client *client, struct error *err);

/* DENIED where this device is not logged in, as far as the cache knows. */
enum status client_check_login(const struct client *client, struct error *err);

/* Sets a new password, and ends all other logins. DENIED: the present one is wrong. USAGE: the new
 * one can't be one. */
enum status client_passwd(struct client *client, const char *password, const char *new_password,
    int64_t deadline, struct error *err);

/* Tells the account's devices that are logged in, the last seen first. */
enum status client_devices(struct client *client, int64_t deadline,
    void (*row)(void *arg, const struct device *device), void *arg, struct error *err);

/* Ends a login of the account, at once; this device's own as client_logout() does. One that has
 * ended already is a success. */
enum status
client_device_revoke(struct client *client, int64_t device_id, int64_t deadline, struct error *err);

/* ---- being up to date ---- */

/* login-sync: lists and heads, no messages. */
enum status client_login_sync(struct client *client, int64_t deadline, struct error *err);

struct client_fetched {
	int64_t messages; /* that were new */
	int64_t sent;     /* outbox entries that were settled */
	int64_t failed;   /* outbox entries the server refused for good */
};

/* What cron wants: flushes the outbox, login-sync, pulls all that waits, acknowledges. AGAIN where
 * another fetch runs. */
enum status client_fetch(
    struct client *client, int64_t deadline, struct client_fetched *fetched, struct error *err);

struct client_sync {
	const struct address *who; /* conversations; NULL: all of them */
	size_t who_count;
	int64_t since;  /* not what is older (wall time); 0 for no bound */
	int64_t newest; /* the newest so many of each, and no more; 0 for all */
	/* Tells how far it has come, in messages; may be NULL. total is an upper bound. */
	void (*progress)(void *arg, int64_t done, int64_t total);
	void *arg;
	int64_t deadline;
};

/*
 * Roaming history: login-sync, then fills the holes of these conversations from the newest down,
 * page by page. Stopped at any point (AGAIN, "interrupted") it goes on there the next time.
 * *messages counts those of others that were new. NOT_FOUND: one of `who` is no conversation.
 */
enum status client_sync(
    struct client *client, const struct client_sync *sync, int64_t *messages, struct error *err);

/* ---- verifying ---- */

struct client_verify {
	bool repair; /* mend what is found */
	/* Told of each difference that is found; its strings are borrowed until it returns. */
	void (*found)(void *arg, const struct difference *difference);
	void *arg;
	int64_t deadline;
};

struct client_verified {
	int64_t differences; /* that were told */
	int64_t left;     /* without repair all of them; with it, those that could not be mended */
	int64_t rows;     /* of lists, that were compared */
	int64_t messages; /* ids in the ranges that were */
};

/*
 * Compares the cache with the server: contacts and groups by their stamps, conversations by what
 * their heads say, the messages held by digests (those that differ are pulled), and by itself what
 * follows from them: ranges and what amendments made. Holes are no difference. In a few requests,
 * however much there is, where nothing differs. OK where something differs, too.
 */
enum status client_verify(struct client *client, const struct client_verify *wanted,
    struct client_verified *verified, struct error *err);

/* ---- sending ---- */

struct client_message {
	struct address to;
	const char *type; /* NULL: "text"; else as in model/message.h */
	const char *text; /* NULL where the type has none */
	int64_t target;   /* the message it replies to, or amends; 0 for none */
	bool has_key;     /* --key; else one is made and filled in */
	struct key key;
};

/* Checks each (USAGE: not UTF-8 or empty; TOO_LARGE; NOT_FOUND: the target is known here, and can't
 * be one) and writes all durably to the outbox. keep: they stay there whatever becomes of a
 * client_send_wait() for the same keys. CONFLICT: a key was used with other content. Nothing is
 * queued unless all are. */
enum status client_queue(struct client *client, struct client_message *messages, size_t count,
    bool keep, struct error *err);

struct client_sent {
	enum status status; /* OK sent; NOT_FOUND, TOO_LARGE, CONFLICT, DENIED … refused, and not
	                     * kept; UNAVAILABLE certainly not sent, and not kept; AGAIN in doubt,
	                     * kept */
	int64_t msg_id;
	int64_t time;
	int64_t stamp;
	char text[ERROR_TEXT_MAX]; /* a sentence unless OK */
};

/*
 * Sends the outbox until these messages (that client_queue() took) are settled or the deadline
 * has passed; sent[i] tells of messages[i]. The return is the worst of them, with its sentence.
 */
enum status client_send_wait(struct client *client, const struct client_message *messages,
    size_t count, int64_t deadline, struct client_sent *sent, struct error *err);

/* ---- read markers, receipts and drafts ---- */

/* Moves the read marker of a conversation up to msg_id, or with 0 to its last message, durably, at
 * once; never back. *marker is where it stands then. Whatever talks to the server next tells it.
 * NOT_FOUND: no such conversation here, or no such message. */
enum status client_mark_read(struct client *client, const struct address *who, int64_t msg_id,
    int64_t *marker, struct error *err);
/* Tells the server now. */
enum status client_tell_markers(struct client *client, int64_t deadline, struct error *err);

/* Asks the server how many others of a conversation have a message. */
struct client_receipts {
	int64_t others;    /* that may see it */
	int64_t delivered; /* of these, those with a device that has it */
	int64_t read;
};

/* NOT_FOUND: no such message, or none that this account may see. DENIED: not in that group. */
enum status client_receipts(struct client *client, const struct address *who, int64_t msg_id,
    int64_t deadline, struct client_receipts *receipts, struct error *err);

/* What was being written in a conversation; *text is the caller's to free, NULL for nothing. */
enum status
client_draft_get(struct client *client, const struct address *who, char **text, struct error *err);
/* Keeps it, on this device (NULL or "": takes it away). Survives a crash of tern. */
enum status client_draft_set(
    struct client *client, const struct address *who, const char *text, struct error *err);

/* ---- receiving ---- */

struct client_recv {
	const struct address *who; /* NULL: all conversations */
	const char *consumer;      /* NULL: "default" */
	bool from_now;             /* where the consumer is new: then the server is asked, once */
	bool own;                  /* own messages too */
	bool follow;               /* until stopped, `count` or `deadline` */
	bool manual;               /* places advance by client_done() alone */
	int64_t count;             /* 0: no limit. With it, waits for that many */
	int64_t deadline;          /* INT64_MAX for none */
	size_t batch;              /* hand on at most so many between two flushes; 0: many */
	/*
	 * Hands a message on; repeated: a killed process may have done so before. Anything but OK
	 * ends the call with that status, and the message is not counted as handed on.
	 */
	enum status (*hand)(void *arg, const struct message *message, bool repeated);
	/* Flushes what was handed on; the places advance only after OK. */
	enum status (*flush)(void *arg);
	void *arg;
};

/*
 * Hands messages on, oldest first, without gaps. Without follow, count or a deadline: what there
 * is now. Keeps going while the server is away (follow, count, deadline); in a call that doesn't
 * wait a first sync that fails is UNAVAILABLE, after what the cache had was handed on. *handed
 * counts. NOT_FOUND: nothing, or fewer than count at the deadline; where the server could not be
 * asked once until then, what kept it away. AGAIN: another process uses the consumer. With follow,
 * being stopped is OK.
 */
enum status client_recv(
    struct client *client, const struct client_recv *recv, int64_t *handed, struct error *err);

/* A script is done with the messages of that conversation up to this one, which a manual
 * client_recv() handed on: the consumer's place advances. NOT_FOUND: no such consumer, or it was
 * not handed on. */
enum status client_done(struct client *client, const char *consumer, const struct address *who,
    int64_t msg_id, struct error *err);

/* ---- contacts ---- */

/* Sets (or, removed, takes off) contacts on the server and in the cache. One without a name (NULL)
 * keeps the one it has. */
enum status client_contact_set(struct client *client, const struct contact *contacts, size_t count,
    int64_t deadline, struct error *err);
enum status client_contacts(struct client *client,
    void (*row)(void *arg, const struct contact *contact), void *arg, struct error *err);

/* Tells the contact of that address where there is one; from the cache. */
enum status client_contact(struct client *client, const char *address,
    void (*row)(void *arg, const struct contact *contact), void *arg, bool *found,
    struct error *err);

/* ---- profiles ---- */

/* Sets fields of one's own; "" takes one away. USAGE. TOO_LARGE: more fields than a profile has. */
enum status client_profile_set(struct client *client, const struct profile_field *fields,
    size_t count, int64_t deadline, struct error *err);

/* Pulls what the server has newer of these accounts' profiles than the cache: one request, which is
 * small where nothing has changed. */
enum status client_pull_profiles(struct client *client, const char *const *addresses, size_t count,
    int64_t deadline, struct error *err);
/* Tells the one of that address where the cache holds it. */
enum status client_profile(struct client *client, const char *address,
    void (*row)(void *arg, const struct profile *profile), void *arg, bool *found,
    struct error *err);

/* ---- groups ---- */

/* Pulls what the server has newer of a group, and of its members if they are asked for. Nothing
 * comes of one that this account isn't in. */
enum status client_pull_group(
    struct client *client, const char *group, bool members, int64_t deadline, struct error *err);
/* Tells the group of that address where the cache knows it; looked: more of it than its name. */
enum status client_group(struct client *client, const char *address,
    void (*row)(void *arg, const struct group_detail *detail, bool looked), void *arg, bool *found,
    struct error *err);
/* Tells its members as far as the cache holds them, by address, each with the name that the contact
 * has, and the one in the profile held; "" for none. */
enum status client_group_members(struct client *client, const char *address,
    void (*row)(void *arg, const struct member *member, const char *name, const char *display),
    void *arg, struct error *err);

/* Groups by address, also those that were left; from the cache. */
enum status client_groups(struct client *client, void (*row)(void *arg, const struct group *group),
    void *arg, struct error *err);

struct client_group {
	const char *address; /* #name@domain */
	const char *name;
	bool history;         /* newcomers see what was before them */
	const char **members; /* addresses */
	size_t member_count;
};

/* Told of each member that was named and not taken, with a sentence's end. */
struct client_group_sink {
	void (*refused)(void *arg, const char *address, const char *why);
	void *arg;
};

/*
 * Make a group, or change one (model/group.h), on the server and in the cache. Asked for again, by
 * a later process too, the same is made once. USAGE. DENIED: the address is taken; this account is
 * not in it, or its role does not allow that. NOT_FOUND: no such
 * group. Where members were refused, the first one's: DENIED, NOT_FOUND, TOO_LARGE; all else was
 * done.
 */
enum status client_group_create(struct client *client, const struct client_group *group,
    const struct client_group_sink *sink, int64_t deadline, struct error *err);
enum status client_group_change(struct client *client, const struct group_change *change,
    const struct client_group_sink *sink, int64_t deadline, struct error *err);

/* ---- reading the cache; never the network ---- */

struct client_history {
	const struct address *who;
	int64_t before; /* 0: no bound */
	int64_t after;
	size_t count; /* the newest so many; with `after` alone, or `oldest`, the oldest */
	bool oldest;
	int64_t since; /* wall time: from the first message on that isn't older; 0 for no bound */
	bool events;   /* amendments too, which else show in their targets alone */
};

/*
 * Ascending, as amendments left them; own messages in the outbox come last, msg_id 0, STATE_QUEUED
 * or STATE_FAILED (unless `before` bounds it). Holes as cache_history() tells them. NOT_FOUND: no
 * such conversation here.
 */
enum status client_history(struct client *client, const struct client_history *query,
    void (*row)(void *arg, const struct message *message),
    void (*hole)(void *arg, struct id_range ids), void *arg, struct error *err);

struct client_conversation {
	const char *address;
	int64_t last;
	int64_t read;   /* the marker */
	int64_t unread; /* messages of others above it; where some are not here, at most */
};

/* All of them, by address. */
enum status client_conversations(struct client *client,
    void (*row)(void *arg, const struct client_conversation *conversation), void *arg,
    struct error *err);

struct client_traffic {
	int64_t requests;   /* round trips */
	int64_t bytes_up;   /* of HTTP, with its heads */
	int64_t bytes_down; /* likewise */
	int64_t time;       /* wall time of its end, where it was a sync */
};

struct client_span {
	size_t begin; /* bytes */
	size_t end;
};

struct client_search {
	const char *query;        /* as typed: client/query.h */
	const struct address *in; /* may be NULL: as in: */
	int64_t below; /* the position of the last page's last hit; 0 for the first page */
	size_t count;
	/* Tells how far a longer preparation has come; may be NULL. */
	void (*progress)(void *arg, int64_t done, int64_t total);
	void *arg; /* of progress and row */
};

struct client_hit {
	const struct message *message;
	int64_t position;
	const char *snippet;             /* a piece of the text, one line, unfiltered */
	const struct client_span *marks; /* of the snippet: what was searched for */
	size_t mark_count;
};

/*
 * Finds messages by the words of their texts, the newest first. What the cache got since the last
 * time is indexed first; *behind counts messages for which that could not be done (a disk that is
 * full): those are not found. *more: there are more. NOT_FOUND: none. USAGE: nothing, or nonsense,
 * is asked for.
 */
enum status client_search(struct client *client, const struct client_search *search,
    void (*row)(void *arg, const struct client_hit *hit), int64_t *behind, bool *more,
    struct error *err);

struct client_status {
	const char *address; /* strings are borrowed until the client is closed */
	const char *server;
	const char *device;
	bool logged_in;
	struct cursor cursor;
	int64_t contacts;
	int64_t conversations;
	int64_t messages; /* held */
	int64_t missing;  /* on the server, not held */
	int64_t unread;
	int64_t outbox; /* queued or in doubt */
	int64_t doubt;  /* of these, in doubt */
	int64_t failed;
	int64_t aside;                 /* of histories that the server lost, only here */
	bool line_held;                /* some process keeps the line to the server open */
	struct client_traffic traffic; /* of all commands */
	struct client_traffic last;    /* of the last one that synced; all 0 for none */
	/* What pulling all of the account's lists and messages that this cache knows of would cost,
	 * told from samples. */
	int64_t full_requests;
	int64_t full_bytes;
};

enum status client_status(struct client *client, struct client_status *status, struct error *err);

/* Tells the entries the server refused for good: conversation, text, time; failure is a
 * sentence. */
enum status client_failed(struct client *client,
    void (*row)(void *arg, const struct message *message, const char *failure), void *arg,
    struct error *err);

#endif
