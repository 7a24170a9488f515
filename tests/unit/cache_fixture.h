/* A cache in a directory of its own, and short ways to fill it and to tell what it holds. */
#ifndef TERN_TESTS_CACHE_FIXTURE_H
#define TERN_TESTS_CACHE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "cache/cache.h"

#define ME    "me@x"
#define BOB   "bob@x"
#define CAROL "carol@x"

/* Whatever the fixture stores is of this one. */
#define GENERATION "generation1"

/* Rows with the fields that most tests are about; all of a head's messages count as unread. */
#define HEAD(a, first_id, last_id, ack_id, read_id, at) \
	((struct conversation_head){.conversation = (a), \
	    .first = (first_id), \
	    .last = (last_id), \
	    .ack = (ack_id), \
	    .read = (read_id), \
	    .unread = (last_id) - ((read_id) >= (first_id) ? (read_id) : (first_id)-1), \
	    .stamp = (at)})
#define CONTACT(a, called, at, is_removed) \
	((struct contact){.address = (a), .name = (called), .stamp = (at), .removed = (is_removed)})

struct fixture {
	char *directory;
	char *path;
	struct cache *cache;
	struct buf told; /* what the last tell_…() said */
	int64_t stamp;   /* the last one given out */
};

/* cmocka's setup and teardown: an account ME, nothing else. */
int fixture_setup(void **state);
int fixture_teardown(void **state);

/* Another connection to the same cache; close it with cache_close(). */
struct cache *fixture_open(struct fixture *f);

/* A key that n alone says. */
struct key key_of(unsigned n);

/* Message msg_id of a conversation, from the peer, or from ME with key_of(key) where key > 0. Its
 * stamp is new. */
struct message
message_of(struct fixture *f, const char *conversation, int64_t msg_id, unsigned key);

/* Stores the page [first, last] of a conversation whose ids are [floor, top], all from the peer. */
void store(struct fixture *f, const char *conversation, int64_t first, int64_t last, int64_t floor,
    int64_t top);
/* Applies a change behind the cursor. */
void apply_change(struct fixture *f, struct cache_change *change);
/* Applies messages as events. */
void apply_messages(struct fixture *f, const struct message *messages, size_t count);
void apply_head(struct fixture *f, const struct conversation_head *head);

/* Adds a text to the outbox. */
enum status queue(struct fixture *f, unsigned key, const char *conversation, const char *text);
/* Settles a key as stored. */
void settle(struct fixture *f, unsigned key, const char *conversation, int64_t msg_id);
void settle_failed(struct fixture *f, unsigned key, const char *failure);

/* Each of these says what is there, in one line, borrowed until the next. */

/* "1 2 (3-5) 6~": messages and holes; ~: of a lost history. */
const char *tell_history(struct fixture *f, const struct history_query *query);
/* "bob 3-5, carol 1-1" */
const char *tell_ranges(struct fixture *f, const struct cache_ranges *ranges);
const char *tell_missing(struct fixture *f, int64_t consumer, const char *who);
const char *tell_acks(struct fixture *f);
/* "bob 1-9 ack 0 read 0 held 9 missing 0 unread 9" */
const char *tell_conversations(struct fixture *f);
/* The same without unread. */
const char *tell_heads(struct fixture *f);
/* "1 2<1 3?<2 !4": key numbers; <: the key before it; ?: in doubt; !: failed */
const char *tell_outbox(struct fixture *f);
/* "bob1 carol1 bob2*": *: repeated; -: handed on in a lost history */
const char *tell_next(struct fixture *f, int64_t consumer, const char *who, size_t limit);

/* The cache is sound: SQLite's checks, and what internal.h says of ranges, held and next. */
void check_sound(struct fixture *f);
/* Where nothing is missing unread is what counting gives; the heads must have told the truth. */
void check_unread(struct fixture *f);

/* Where stamps grow with numbers, as a server gives them, none is beyond its conversation's
 * last_stamp.
 */
void check_last_stamps(struct fixture *f);

/* Fails the test with the sentence where status isn't OK. */
#define OK(call) assert_ok((call), &error)
void assert_ok(enum status status, const struct error *error);

#endif
