/*
 * How many messages a second the store takes: message_send() in groups of a commit each, over a
 * number of conversations; and what it costs that SQLite wipes what is deleted or replaced, by
 * turns with and without on the same store. Usage: store_bench [FILE [MESSAGES]]; FILE (":memory:"
 * if none is given) must not exist.
 *
 * Wiping cost nothing that could be told from noise: 0.6, -1.1, -3.6 and -3.2 % in four runs, at
 * 90 to 100 thousand messages a second of computing (2 processors, load 4).
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/timeu.h"
#include "store-sqlite/sqlite.h"

enum { PAIRS = 50, ROUNDS = 15, ROUND_GROUP = 500 };

static void
check(enum status status, const struct error *err)
{
	if (status == STATUS_OK)
		return;
	fprintf(stderr, "store_bench: %s\n", err->text);
	exit(1);
}

static void
add_account(struct store *store, int number, struct caller *caller)
{
	const struct store_driver *driver = store->driver;
	uint8_t token[TOKEN_HASH];
	struct error err;

	snprintf(caller->address.text, sizeof caller->address.text, "u%d@localhost", number);
	randombytes_buf(token, sizeof token);
	check(
	    driver->account_add(store, caller->address.text, "-", &caller->account_id, &err), &err);
	check(
	    driver->device_add(store, caller->account_id, "bench", token, &caller->device_id, &err),
	    &err);
}

/* Sends messages in groups, pair after pair. Returns how many a second. */
static double
run(struct store *store, const struct caller callers[2 * PAIRS], int pairs, int messages, int group)
{
	const struct store_driver *driver = store->driver;
	static const char text[] = "a message of the length that people write to each other";
	static const char text_json[] =
	    "\"a message of the length that people write to each other\"";
	struct send_item item = {.type = "text", .text = text};
	struct store_sent sent;
	struct error err;
	struct key last = {{0}};
	int64_t start = time_mono();

	for (int i = 0; i < messages; i += group) {
		check(driver->begin(store, &err), &err);
		for (int k = 0; k < group; k++) {
			int pair = (i + k) % pairs;

			key_make(&item.key, &last);
			last = item.key;
			item.to = callers[2 * pair + 1].address.text;
			check(driver->message_send(
			          store, &callers[2 * pair], &item, text_json, &sent, &err),
			    &err);
			if (sent.error != WIRE_OK) {
				fprintf(stderr, "store_bench: refused: %s\n",
				    wire_error_name(sent.error));
				exit(1);
			}
		}
		check(driver->commit(store, &err), &err);
	}
	return messages / ((double)(time_mono() - start) / TIME_SECOND);
}

static int
compare_rates(const void *a, const void *b)
{
	double one = *(const double *)a, other = *(const double *)b;

	return (one > other) - (one < other);
}

/* The time that this process has computed, in seconds: what else runs disturbs it less. */
static double
computed(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / TIME_SECOND;
}

/* Medians of rounds, which take turns: the machine, and the store's growth, are the same to all. */
static void
compare_wiping(struct store *store, const struct caller callers[2 * PAIRS], int messages)
{
	static const char *const modes[] = {"ON", "FAST", "OFF"};
	double rates[3][ROUNDS];

	for (int round = 0; round < ROUNDS; round++)
		for (int turn = 0; turn < 3; turn++) {
			int mode = (round + turn) % 3; /* each is first as often */
			char pragma[64];
			double before;

			snprintf(pragma, sizeof pragma, "PRAGMA secure_delete = %s", modes[mode]);
			sqlite3_exec(sqlite_of(store)->db, pragma, NULL, NULL, NULL);
			before = computed();
			run(store, callers, PAIRS, messages, ROUND_GROUP);
			rates[mode][round] = messages / (computed() - before);
		}
	for (int mode = 0; mode < 3; mode++) {
		qsort(rates[mode], ROUNDS, sizeof rates[mode][0], compare_rates);
		printf(
		    "%2d pairs, groups of %3d, secure_delete %-4s: %7.0f a second of computing (median of "
		    "%d)\n",
		    PAIRS, ROUND_GROUP, modes[mode], rates[mode][ROUNDS / 2], ROUNDS);
	}
	printf("wiping takes %.1f %% of the rate\n",
	    100 - 100 * rates[0][ROUNDS / 2] / rates[2][ROUNDS / 2]);
}

static void
print_rate(
    struct store *store, const struct caller callers[2 * PAIRS], int pairs, int messages, int group)
{
	printf("%2d pairs, groups of %3d: %7.0f messages/s\n", pairs, group,
	    run(store, callers, pairs, messages, group));
}

int
main(int argc, char **argv)
{
	const char *where = argc > 1 ? argv[1] : ":memory:";
	int messages = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 100000;
	static const int groups[] = {1, 50, 500};
	struct caller callers[2 * PAIRS];
	struct store *store;
	struct error err;

	if (sodium_init() < 0)
		return 1;
	check(store_sqlite.open(&store, where, STORE_WRITE, &err), &err);
	check(store->driver->begin(store, &err), &err);
	for (int i = 0; i < 2 * PAIRS; i++)
		add_account(store, i, &callers[i]);
	check(store->driver->commit(store, &err), &err);
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
		int count = groups[i] == 1 ? messages / 20 : messages;

		print_rate(store, callers, 1, count, groups[i]);
		print_rate(store, callers, PAIRS, count, groups[i]);
	}
	compare_wiping(store, callers, messages / 5);
	store->driver->close(store);
	return 0;
}
