/* A store with three accounts, for the tests of store.h. */
#ifndef TERN_TESTS_STORE_FIXTURE_H
#define TERN_TESTS_STORE_FIXTURE_H

#include "store.h"

struct fixture {
	char dir[32];
	char *file;
	const char *where;
	struct store *writer;
	struct store *reader;
	struct caller alice, bob, carol;
	/* What the last save_ack() told: how many heads, and the last of them. */
	int told_count;
	int64_t told_account;
	struct conversation_head told_head;
};

#define OK(call) assert_int_equal((call), STATUS_OK)

/* Keys that sort by their number. */
struct key make_key(uint8_t number);

/* Transactions, which must succeed. */
void store_begin(struct store *store);
void store_commit(struct store *store);
void store_rollback(struct store *store);

/* The writer and the reader on f->where. */
void open_both(struct fixture *f);
void close_both(struct fixture *f);

/* An account with one device, whose token is the address. In a transaction. */
void add_account(struct fixture *f, const char *address, struct caller *caller);

/* Of cmocka: a store in a file, or in memory, with alice, bob and carol. */
int set_up_file(void **state);
int set_up_memory(void **state);
int tear_down(void **state);

/* Saves an acknowledgement in the writer's transaction. */
enum status
save_ack(struct fixture *f, const struct caller *who, const struct conversation_range *range);

/* Sends in the writer's transaction; a text, and "hi", if it doesn't say. */
struct store_sent send_item(struct fixture *f, const struct caller *from, struct send_item item);
struct store_sent
send_key(struct fixture *f, const struct caller *from, const struct caller *to, uint8_t key);

/* What changes() must tell (until 0: all), as one line. Returns the stamp it told up to. */
int64_t assert_changes(struct fixture *f, const struct caller *who, int64_t from, int64_t until,
    size_t limit, const char *want);

/* alice to bob, in its own transaction. Returns the stamp. */
int64_t send_and_commit(struct fixture *f, uint8_t key);

#define ON_FILE(test)   cmocka_unit_test_setup_teardown(test, set_up_file, tear_down)
#define IN_MEMORY(test) cmocka_unit_test_setup_teardown(test, set_up_memory, tear_down)
#define IN_BOTH(test)   ON_FILE(test), IN_MEMORY(test)

#endif
