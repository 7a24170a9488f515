/*
 * How fast the cache is: rows stored, opening, and the questions that must not grow with what is
 * held. Prints figures; run it by hand: cache_bench [MESSAGES], a million by default.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/timeu.h"
#include "cache/cache.h"

enum { BATCH = 1000, SMALL = 1000, REPEAT = 200, CONVERSATIONS = 10000 };

struct bench {
	char *path;
	struct cache *cache;
	int64_t stamp;
	int64_t last; /* of BOB */
};

static const char bob[] = "bob@example.org";
static const char text[] = "The quick brown fox jumps over the lazy dog, and so on, and on.";

static void
check(enum status status, const struct error *error)
{
	if (status == STATUS_OK)
		return;
	fprintf(stderr, "cache_bench: %s\n", error->text);
	exit(1);
}

static struct message
make_message(struct bench *b, const char *conversation, int64_t msg_id, bool own)
{
	struct message message = {
	    .conversation = conversation,
	    .msg_id = msg_id,
	    .from = own ? "me@example.org" : conversation,
	    .time = msg_id,
	    .stamp = ++b->stamp,
	    .type = "text",
	    .text = text,
	    .has_key = own,
	};

	if (own)
		key_make(&message.key, NULL);
	return message;
}

static void
open_new(struct bench *b)
{
	struct cache_account account = {.device_id = 1};
	struct error error;

	check(cache_open(&b->cache, b->path, CACHE_CREATE, &error), &error);
	snprintf(account.address.text, sizeof account.address.text, "me@example.org");
	account.server = account.device = account.token = (char *)(uintptr_t) "x";
	check(cache_account_set(b->cache, &account, &error), &error);
}

static void
store(struct bench *b, int64_t count)
{
	struct message *messages = mem_zalloc(BATCH, sizeof *messages);
	enum cache_applied applied;
	struct error error;

	for (int64_t done = 0; done < count; done += BATCH) {
		struct cache_page page = {bob, {b->last + 1, b->last + BATCH}, 1, b->last + BATCH,
		    messages, BATCH, NULL, 0};

		for (int i = 0; i < BATCH; i++)
			messages[i] = make_message(b, bob, ++b->last, i % 2);
		check(
		    cache_store_pages(b->cache, "generation1", &page, 1, &applied, &error), &error);
	}
	free(messages);
}

static void
forget_acks(struct bench *b)
{
	struct cache_ranges acks;
	struct error error;

	check(cache_acks(b->cache, SIZE_MAX, &acks, &error), &error);
	check(cache_acks_done(b->cache, &acks, &error), &error);
	cache_ranges_finish(&acks);
}

static void
count_row(void *arg, const struct message *message, enum cache_handing handing)
{
	int *count = arg;

	(void)message;
	(void)handing;
	++*count;
}

static void
count_history(void *arg, const struct message *message)
{
	count_row(arg, message, false);
}

static void
no_hole(void *arg, struct id_range ids)
{
	(void)arg;
	(void)ids;
}

static void
no_conversation(void *arg, const struct cache_conversation *conversation)
{
	(void)arg;
	(void)conversation;
}

/* What a consumer that has everything but the newest message asks. */
static void
ask_next(struct bench *b, int64_t consumer)
{
	struct error error;
	int count = 0;

	check(
	    cache_consumer_next(b->cache, consumer, NULL, 100, count_row, &count, &error), &error);
	if (count != 1)
		exit(2);
}

static void
ask_history(struct bench *b)
{
	const struct history_query query = {bob, 0, 0, 50, false, false};
	struct error error;
	int count = 0;

	check(cache_history(b->cache, &query, count_history, no_hole, &count, &error), &error);
	if (count != 50)
		exit(2);
}

static void
ask_missing(struct bench *b, int64_t consumer)
{
	struct cache_ranges missing;
	struct error error;

	check(cache_missing(b->cache, consumer, NULL, 100, &missing, &error), &error);
	cache_ranges_finish(&missing);
}

static double
microseconds_since(int64_t start, int repeat)
{
	return (double)(time_mono() - start) / repeat;
}

struct figures {
	double open;
	double open_next;
	double next;
	double history;
	double missing;
	double conversations;
};

static struct figures
measure(struct bench *b, int64_t consumer)
{
	struct figures figures;
	struct error error;
	int64_t start = time_mono();

	for (int i = 0; i < REPEAT; i++) {
		check(cache_open(&b->cache, b->path, CACHE_EXISTING, &error), &error);
		cache_close(b->cache);
	}
	figures.open = microseconds_since(start, REPEAT);
	start = time_mono();
	for (int i = 0; i < REPEAT; i++) {
		check(cache_open(&b->cache, b->path, CACHE_EXISTING, &error), &error);
		ask_next(b, consumer);
		cache_close(b->cache);
	}
	figures.open_next = microseconds_since(start, REPEAT);
	check(cache_open(&b->cache, b->path, CACHE_EXISTING, &error), &error);
	start = time_mono();
	for (int i = 0; i < REPEAT; i++)
		ask_next(b, consumer);
	figures.next = microseconds_since(start, REPEAT);
	start = time_mono();
	for (int i = 0; i < REPEAT; i++)
		ask_history(b);
	figures.history = microseconds_since(start, REPEAT);
	start = time_mono();
	for (int i = 0; i < REPEAT; i++)
		ask_missing(b, consumer);
	figures.missing = microseconds_since(start, REPEAT);
	start = time_mono();
	for (int i = 0; i < REPEAT / 10; i++)
		check(cache_conversations(b->cache, no_conversation, NULL, &error), &error);
	figures.conversations = microseconds_since(start, REPEAT / 10);
	return figures;
}

/* The consumer has all but one new message. Leaves the cache closed, as a command finds it. */
static struct figures
measure_with_one_new(struct bench *b, const char *name)
{
	struct message message = make_message(b, bob, b->last + 1, false);
	struct cache_page page = {
	    bob, {b->last + 1, b->last + 1}, 1, b->last + 1, &message, 1, NULL, 0};
	enum cache_applied applied;
	struct error error;
	int64_t consumer;
	bool created;

	check(cache_consumer_open(b->cache, name, true, &consumer, &created, &error), &error);
	check(cache_store_pages(b->cache, "generation1", &page, 1, &applied, &error), &error);
	b->last++;
	forget_acks(b);
	cache_close(b->cache);
	return measure(b, consumer);
}

static void
print_row(const char *what, double small, double large)
{
	printf("%-34s %9.0f %9.0f   %5.2f\n", what, small, large, large / small);
}

static void
print(const char *what, const struct figures *small, const struct figures *large)
{
	printf("%-34s %9s %9s   %s\n", what, "before", "now", "ratio");
	print_row("open, close", small->open, large->open);
	print_row("open, consumer_next, close", small->open_next, large->open_next);
	print_row("consumer_next, one new", small->next, large->next);
	print_row("history, newest 50", small->history, large->history);
	print_row("missing, for a consumer", small->missing, large->missing);
	print_row("conversations", small->conversations, large->conversations);
}

/* Messages one at a time, and 10,000 conversations. */
static void
bench_events(struct bench *b)
{
	struct message *messages = mem_zalloc(CONVERSATIONS, sizeof *messages);
	char(*names)[32] = mem_zalloc(CONVERSATIONS, sizeof *names);
	struct cache_change change = {
	    .generation = "generation1", .to = 1, .messages = messages, .message_count = BATCH};
	enum cache_applied applied;
	struct error error;
	int64_t start;

	for (int i = 0; i < CONVERSATIONS; i++) {
		snprintf(names[i], sizeof names[i], "user%d@example.org", i);
		messages[i] = make_message(b, names[i], 1, false);
	}
	start = time_mono();
	for (int i = 0; i < CONVERSATIONS; i += BATCH) {
		change.messages = messages + i;
		check(cache_apply(b->cache, &change, &applied, &error), &error);
		change.from = change.to++;
	}
	printf("apply, 1000 conversations at once  %9.0f messages/s\n",
	    CONVERSATIONS / (microseconds_since(start, 1) / 1e6));
	change.message_count = 1;
	start = time_mono();
	for (int i = 0; i < BATCH; i++) {
		messages[i].msg_id = 2;
		change.messages = messages + i;
		check(cache_apply(b->cache, &change, &applied, &error), &error);
		change.from = change.to++;
	}
	printf("apply, one a transaction           %9.0f messages/s\n",
	    BATCH / (microseconds_since(start, 1) / 1e6));
	free(messages);
	free(names);
}

static void
bench_outbox(struct bench *b)
{
	struct outbox_entry *entries = mem_zalloc(BATCH, sizeof *entries);
	struct outbox_result *results = mem_zalloc(BATCH, sizeof *results);
	enum cache_applied applied;
	struct error error;
	int64_t start;

	for (int i = 0; i < BATCH; i++) {
		entries[i] =
		    (struct outbox_entry){.conversation = bob, .type = "text", .text = text};
		key_make(&entries[i].key, i ? &entries[i - 1].key : NULL);
		results[i] = (struct outbox_result){
		    .key = entries[i].key, .conversation = bob, .msg_id = b->last + 1 + i};
	}
	start = time_mono();
	check(cache_outbox_add(b->cache, entries, BATCH, &error), &error);
	printf("outbox, add 1000                   %9.0f us\n", microseconds_since(start, 1));
	start = time_mono();
	check(
	    cache_outbox_settle(b->cache, "generation1", results, BATCH, &applied, &error), &error);
	printf("outbox, settle 1000                %9.0f us\n", microseconds_since(start, 1));
	free(entries);
	free(results);
}

int
main(int argc, char **argv)
{
	int64_t total = argc > 1 ? strtoll(argv[1], NULL, 10) : 1000000;
	const char *tmp = getenv("TMPDIR");
	char *directory = mem_printf("%s/cache-bench-XXXXXX", tmp ? tmp : "/tmp");
	struct bench b = {.stamp = 0};
	struct figures small;
	struct figures large;
	struct figures crowd;
	int64_t start;

	if (!mkdtemp(directory))
		return 1;
	b.path = mem_printf("%s/me.db", directory);
	open_new(&b);
	store(&b, SMALL);
	small = measure_with_one_new(&b, "small");
	start = time_mono();
	store(&b, total - SMALL);
	printf("store, pages of 1000               %9.0f messages/s (%" PRId64 ")\n",
	    (double)(total - SMALL) / (microseconds_since(start, 1) / 1e6), total - SMALL);
	large = measure_with_one_new(&b, "large");
	print("microseconds at 1000 messages", &small, &large);
	bench_events(&b);
	crowd = measure_with_one_new(&b, "crowd");
	print("and with 10,000 conversations", &large, &crowd);
	bench_outbox(&b);
	cache_close(b.cache);
	unlink(b.path);
	rmdir(directory);
	free(b.path);
	free(directory);
	return 0;
}
