/*
 * What a chat needs of the client besides client.h: the list of conversations, how people are
 * named, and the engine at work while somebody types. The codes that client.h names for every call
 * hold here only where a declaration says so: nothing here waits but client_live_wait().
 */
#ifndef TERN_CLIENT_CHAT_H
#define TERN_CLIENT_CHAT_H

#include "client/client.h"

/* ---- the list of conversations; from the cache (overview.c) ---- */

/* One line of the list. Strings are borrowed until row returns, and unfiltered. */
struct client_overview_row {
	const char *address;
	const char
	    *name; /* the contact's, else the group's, else the one in the profile held; "" */
	bool group;
	bool left; /* a group that this account is not in any more */
	bool muted;
	bool pinned;
	bool draft;       /* something was being written */
	int64_t activity; /* the last message's stamp; the wall time of what is in the outbox, where
	                   * that is later; 0 where nothing was ever said */
	int64_t first;    /* msg_ids: the oldest the server has, the newest; 0 for none yet */
	int64_t last;
	int64_t read;   /* the marker */
	int64_t unread; /* as client_conversation.unread */
	bool mention;   /* a message above the marker names this account (client_is_mention()), as
	                 * its names were when it came */
	int64_t queued; /* own messages in the outbox: on their way, those in doubt with them */
	int64_t failed; /* and refused for good */
};

/*
 * Tells the `limit` most active conversations whose activity is above `since` (0: all), also
 * those that only the outbox knows; pinned ones first, then the latest first. By an index: what it
 * costs grows with limit, and with the outbox, and not with how many there are. row must not call
 * the client. IO, AGAIN.
 */
enum status client_overview(struct client *client, int64_t since, size_t limit,
    void (*row)(void *arg, const struct client_overview_row *row), void *arg, struct error *err);

/* The same of one conversation. *found: there is one, or something to it in the outbox. IO, AGAIN.
 */
enum status client_overview_one(struct client *client, const char *address,
    void (*row)(void *arg, const struct client_overview_row *row), void *arg, bool *found,
    struct error *err);

enum client_flag {
	CLIENT_MUTED,  /* no notice of it */
	CLIENT_PINNED, /* stands before all others */
};

/* Sets a flag of a conversation, on this device; one of which nothing is known yet is made. IO,
 * AGAIN. */
enum status client_flag_set(struct client *client, const struct address *who, enum client_flag flag,
    bool on, struct error *err);

/* ---- names; from the cache (names.c) ---- */

/*
 * How an address is to be shown: the contact's name, else the group's, else the display name in the
 * profile held, else the part before the @. Borrowed until the next call of this function;
 * unfiltered. Never NULL, never "". What can't be read counts as unknown.
 */
const char *client_name(struct client *client, const char *address);

/*
 * Whether a text names this account: its user part as a word of its own (one of less than three
 * characters only as @user; followed by another domain it is somebody else), or its own display
 * name, as the cache has it, word for word. Case doesn't count.
 */
bool client_is_mention(struct client *client, const char *text);

/* ---- live: the engine at work, while nothing waits for it (live.c) ---- */

enum client_link {
	CLIENT_LOGGED_OUT, /* the login was revoked, or there is none: only the cache is there */
	CLIENT_CONNECTING, /* nothing came yet */
	CLIENT_UP,
	CLIENT_DOWN,  /* the last try failed */
	CLIENT_OTHER, /* another process of this cache holds the line; what it gets is seen here */
};

struct client_live {
	enum client_link link;
	char why[ERROR_TEXT_MAX]; /* a sentence where LOGGED_OUT or DOWN, else "" */
	int64_t next_try;         /* time_mono(), where DOWN; a past one: it is being tried */
	int64_t queued;           /* own messages in the outbox, those in doubt with them */
	int64_t doubt;            /* of these, those that the server may have */
	int64_t failed;           /* refused for good */
	int64_t loading; /* msg_ids asked for, or to be asked for next, that are not here yet */
	struct client_traffic traffic; /* since client_live_start(); without a time */
};

/*
 * Goes online as far as it can, and stays so until client_close(): pulls what waits, sends the
 * outbox, tells the markers, holds the line if nobody else does. Nothing is waited for, and the
 * server's absence is no failure; neither is it that this device is logged out: as soon as some
 * process logs it in again, it goes on. USAGE (the server's URL is none), IO, AGAIN.
 */
enum status client_live_start(struct client *client, struct error *err);

/*
 * Steps the engine and waits until something happened (config.input was called, the cache changed,
 * the link changed, ids asked for came) or the deadline has passed; INT64_MAX for none. *changed:
 * the cache did, since the last call that said so: by whatever call of the client, or another
 * process. IO: the cache can't be used any more. AGAIN: stopped by config.stop_fd.
 */
enum status
client_live_wait(struct client *client, int64_t deadline, bool *changed, struct error *err);

/* How it stands. Cheap enough for each picture: the outbox is counted where the cache changed. */
void client_live_state(struct client *client, struct client_live *live);

/* client_queue() with keep, and sends as soon as it can, whatever the delay between tries says.
 * USAGE, TOO_LARGE, NOT_FOUND, CONFLICT, IO, AGAIN. */
enum status client_live_send(
    struct client *client, struct client_message *messages, size_t count, struct error *err);

/* Moves the read marker as client_mark_read() does, but costs no wait for the disk; the server is
 * told within half a second, of several at once. NOT_FOUND, IO, AGAIN. */
enum status client_live_read(
    struct client *client, const struct address *who, int64_t msg_id, struct error *err);

/*
 * Pulls these msg_ids next (of a hole that is looked at), the newest first, before all else. What
 * is asked for last comes first, and what was asked for before that goes on afterwards, of the last
 * few. What a call that failed had asked for has to be asked for again.
 */
void client_live_load(struct client *client, const struct address *who, struct id_range ids);

/* Tries now, whatever the delay between tries says. */
void client_live_retry(struct client *client);

/* For config.input: the call of the client that waits now (any of them) ends with AGAIN,
 * "interrupted". */
void client_interrupt(struct client *client);

/* Before client_close(), where the server is there: sends what is queued, tells the markers and
 * acknowledges, at most to the deadline. config.input is called no more. */
void client_live_stop(struct client *client, int64_t deadline);

#endif
