/*
 * Stories about the sync engine: a real cache in a directory of its own, a scripted server, one
 * engine or two. JSON is written with ' for ". The account is alice@x, the server's generation
 * AAAAAAAAAAA.
 */
#ifndef TERN_TESTS_SYNC_FIXTURE_H
#define TERN_TESTS_SYNC_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/timeu.h"
#include "net/fake.h"
#include "sync/sync.h"

struct story {
	char *directory;
	struct cache *cache;
	struct fake *fake; /* the server */
	struct sync *sync;
	struct buf notices; /* a line each */
	bool other;         /* a second process of the same cache */
};

int story_begin(void **state);
int story_end(void **state);

#define STORY(test) cmocka_unit_test_setup_teardown(test, story_begin, story_end)

/* A second engine with its own connections to the same cache. story_other_end() kills it. */
struct story *story_other(const struct story *story);
void story_other_end(struct story *other);

#define G    "'generation':'AAAAAAAAAAA'"
#define K(n) "'00000000-0000-7000-8000-00000000000" #n "'"

struct key key_of(int n);
int number_of(const struct key *key);

/* The server's next answer to a method; the one after those said before. */
void answers(struct story *s, enum method_id method, const char *json);
/* … is an error of that HTTP status and code. */
void refuses(struct story *s, enum method_id method, long http_status, const char *code);

/* One turn of the loop, of at most 20 ms. */
void turn(struct story *s);

/* Turns until the condition holds; not for ever. */
#define UNTIL(s, condition) \
	for (int64_t limit = time_mono() + 5 * TIME_SECOND; !(condition);) { \
		if (time_mono() > limit) \
			fail_msg("never: %s", #condition); \
		turn(s); \
	}

/* Wants the goal and turns until it is reached (or, second, has failed once more). */
void reach(struct story *s, enum sync_goal goal);
void fail_at(struct story *s, enum sync_goal goal, enum status status);

/* The nth request of the method (from 0) was this. */
void assert_asked(struct story *s, enum method_id method, size_t index, const char *json);
#define ASKED(s, method) ((int)fake_request_count((s)->fake, method))

/* Writes messages to the outbox, entry n to an address, so many days ago. */
void writes(struct story *s, int n, const char *to, const char *text);
void wrote(struct story *s, int n, const char *to, int64_t days_ago);

/* The outbox: each entry as its number, ? in doubt, <n after that, and the failed as n!. */
void assert_outbox(struct story *s, const char *want);

/* Stored directly, as another process would: lists up to a stamp, with one conversation's head;
 * messages of bob@x. */
void knows(struct story *s, int64_t from, int64_t to, const char *conversation, int64_t last);
void holds(struct story *s, int64_t first, int64_t last);

/* Another process turned the cache to the history of that generation, which parted at the fork. */
void was_reset(struct story *s, const char *generation, int64_t fork);

void assert_cursor(struct story *s, const char *generation, int64_t stamp);
/* "bob@x 3/9": held and last, of each conversation. */
void assert_held(struct story *s, const char *want);

#endif
