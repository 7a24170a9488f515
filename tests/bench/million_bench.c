/*
 * What a cache of a million messages costs those who use it, against one of a thousand, in one run:
 * commands as they are started, each a new process, by turns on both.
 *
 *   million_bench TERND TERN [MESSAGES]
 *
 * A private server on loopback, which knows nothing of these messages. Texts are random, from a
 * seed: made-up words, of which some are common and most are rare, as in any language.
 *
 * On 2 quiet processors (load 1.5), a program that does nothing taking 3.9 ms: history 7.8 and 7.9
 * ms, status 9.0 and 8.9, recv 34 and 34, search for one hit 7.5 and 8.2, for nothing 7.5 and 8.0,
 * for the commonest word 8.0 and 9.6, for e* 8.2 and 8.3, for xyl* 9.7 and 13.3 (medians, small and
 * large). Before the newest messages were asked first, e* took 140 ms of computing.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "base/mem.h"
#include "base/timeu.h"
#include "cache/cache.h"
#include "load.h"
#include "machine.h"
#include "person.h"

enum {
	SMALL = 1000, /* messages */
	CONVERSATIONS = 20,
	PAGE = 50, /* messages of one conversation at a time */
	VOCABULARY = 20000,
	WORD_SIZE = 12,
	TEXT_WORDS = 12,
	TEXT_SIZE = TEXT_WORDS * WORD_SIZE + 16,
	RUNS = 31,
};

/* A word of one message alone, in the middle of what there is. */
#define NEEDLE "xylophone"

struct cache_bench {
	struct person owner;
	const char *name;
	int64_t messages;
	int64_t stamp;
};

struct bench {
	struct load_server server;
	const char *tern;
	struct person sender;
	struct cache_bench small, large;
	unsigned seed;
	char (*words)[WORD_SIZE];
};

static void
check(enum status status, const struct error *err)
{
	if (status != STATUS_OK)
		load_die("%s", err->text);
}

/* ---- what people say ---- */

static void
make_words(struct bench *bench)
{
	bench->words = mem_zalloc(VOCABULARY, sizeof *bench->words);
	for (int i = 0; i < VOCABULARY; i++) {
		int length = 3 + rand_r(&bench->seed) % (WORD_SIZE - 4);

		for (int k = 0; k < length; k++)
			bench->words[i][k] = (char)('a' + rand_r(&bench->seed) % 26);
	}
}

/* The nth word has a share of about 1/n. */
static const char *
some_word(struct bench *bench)
{
	double at = (double)rand_r(&bench->seed) / ((double)RAND_MAX + 1);

	return bench->words[(int)exp(at * log(VOCABULARY + 1.0)) - 1];
}

static void
make_text(struct bench *bench, char text[TEXT_SIZE], bool needle)
{
	int length = 0;

	for (int i = 0; i < TEXT_WORDS; i++)
		length += snprintf(text + length, (size_t)(TEXT_SIZE - length), "%s%s",
		    i ? " " : "", some_word(bench));
	if (needle)
		snprintf(text + length, (size_t)(TEXT_SIZE - length), " " NEEDLE);
}

/* ---- filling ---- */

static void
forget_acks(struct cache *cache)
{
	struct cache_ranges acks;
	struct error err;

	check(cache_acks(cache, SIZE_MAX, &acks, &err), &err);
	check(cache_acks_done(cache, &acks, &err), &err);
	cache_ranges_finish(&acks);
}

/* A page of the nth conversation, behind what it has. */
static void
store_page(struct bench *bench, struct cache_bench *b, struct cache *cache, const char *generation,
    int number, int64_t done)
{
	char name[32], own[32], texts[PAGE][TEXT_SIZE];
	struct message messages[PAGE];
	int64_t before = done / CONVERSATIONS / PAGE * PAGE;
	struct cache_page page = {
	    name, {before + 1, before + PAGE}, 1, before + PAGE, messages, PAGE, NULL, 0};
	enum cache_applied applied;
	struct error err;

	snprintf(name, sizeof name, "friend%d@example.org", number);
	snprintf(own, sizeof own, "%s@example.org", b->name);
	for (int i = 0; i < PAGE; i++) {
		bool mine = i % 2;

		make_text(bench, texts[i], done == b->messages / 2 / PAGE * PAGE && i == 0);
		messages[i] = (struct message){.conversation = name,
		    .msg_id = before + 1 + i,
		    .from = mine ? own : name,
		    .time = 1700000000 * TIME_SECOND + b->stamp,
		    .stamp = ++b->stamp,
		    .type = "text",
		    .text = texts[i],
		    .has_key = mine};
		if (mine)
			key_make(&messages[i].key, NULL);
	}
	check(cache_store_pages(cache, generation, &page, 1, &applied, &err), &err);
	if (applied != CACHE_APPLIED)
		load_die("a page was not taken");
}

static void
fill(struct bench *bench, struct cache_bench *b)
{
	char *path = mem_printf("%s/data/tern/%s@example.org.db", b->owner.home, b->name);
	int64_t begin = time_mono();
	struct cache *cache;
	struct cursor cursor;
	struct error err;

	check(cache_open(&cache, path, CACHE_EXISTING, &err), &err);
	check(cache_cursor_get(cache, &cursor, &err), &err);
	for (int64_t done = 0; done < b->messages; done += PAGE) {
		store_page(
		    bench, b, cache, cursor.generation, (int)(done / PAGE % CONVERSATIONS), done);
		if (done % (100 * SMALL) == 0)
			forget_acks(cache);
	}
	forget_acks(cache);
	cache_close(cache);
	printf("%s: %" PRId64 " messages in %d conversations, stored in %.1f s", b->name,
	    b->messages, CONVERSATIONS, (double)(time_mono() - begin) / TIME_SECOND);
	begin = time_mono();
	person_run(
	    &b->owner, NULL, NULL, (const char *[]){"tern", "search", NEEDLE, "-n", "1", NULL});
	printf(", indexed in %.1f s\n", (double)(time_mono() - begin) / TIME_SECOND);
	free(path);
}

/* How long it took, found or not. */
static int64_t
run_any(struct cache_bench *b, const char *const *words)
{
	int64_t begin = time_mono();
	int status;

	waitpid(person_start(&b->owner, NULL, NULL, words), &status, 0);
	if (!WIFEXITED(status) || WEXITSTATUS(status) > 1)
		load_die("tern %s failed (%d)", words[1], status);
	return time_mono() - begin;
}

static void
begin_cache(struct bench *bench, struct cache_bench *b)
{
	person_init(&b->owner, &bench->server, bench->tern, "register", b->name, b->name);
	person_run(&b->owner, NULL, NULL, (const char *[]){"tern", "fetch", NULL});
	fill(bench, b);
	/* The consumer begins here. */
	run_any(b, (const char *[]){"tern", "recv", "--from", "now", NULL});
}

/* ---- measuring ---- */

struct figure {
	const char *what;
	const char *const *words;
	bool news; /* a message is sent before each */
};

static int64_t
measure_once(struct bench *bench, struct cache_bench *b, const struct figure *figure)
{
	if (figure->news)
		person_run(&bench->sender, NULL, NULL,
		    (const char *[]){"tern", "send", b->name, "some news", NULL});
	return run_any(b, figure->words);
}

static void
measure(struct bench *bench, const struct figure *figure)
{
	int64_t small[RUNS], large[RUNS];

	for (int i = 0; i < RUNS; i++) {
		small[i] = measure_once(bench, &bench->small, figure);
		large[i] = measure_once(bench, &bench->large, figure);
	}
	load_sort(small, RUNS);
	load_sort(large, RUNS);
	printf("%-36s %8.1f %8.1f %8.1f   %5.2f\n", figure->what, (double)small[RUNS / 2] / 1000,
	    (double)large[RUNS / 2] / 1000, (double)large[0] / 1000,
	    (double)large[RUNS / 2] / (double)small[RUNS / 2]);
}

static void
measure_all(struct bench *bench)
{
	static const char *const version[] = {"tern", "version", NULL};
	static const char *const history[] = {"tern", "history", "friend3", "-n", "50", NULL};
	static const char *const status[] = {"tern", "status", NULL};
	static const char *const recv[] = {"tern", "recv", "--count", "1", NULL};
	static const char *const one[] = {"tern", "search", NEEDLE, NULL};
	static const char *const none[] = {"tern", "search", "no" NEEDLE, NULL};
	static const char *const prefix[] = {"tern", "search", "e*", NULL};
	static const char *const rare[] = {"tern", "search", "xyl*", NULL};
	static const char *const both[] = {"tern", "search", "e*", "a*", NULL};
	const char *const many[] = {"tern", "search", bench->words[0], NULL};
	const struct figure figures[] = {
	    {"version (no cache at all)", version, false},
	    {"history -n 50", history, false},
	    {"status", status, false},
	    {"recv, one new message", recv, true},
	    {"search, one hit", one, false},
	    {"search, nothing", none, false},
	    {"search, the commonest word", many, false},
	    {"search, e*", prefix, false},
	    {"search, e* a*", both, false},
	    {"search, xyl* (rare)", rare, false},
	};

	printf("%-36s %8s %8s %8s   %s\n", "milliseconds, medians of 31", "small", "large",
	    "fastest", "ratio");
	for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
		measure(bench, &figures[i]);
}

int
main(int argc, char **argv)
{
	struct bench bench = {.tern = argc > 2 ? argv[2] : NULL, .seed = 20261125};
	char *dir;

	if (argc < 3)
		load_die("usage: million_bench TERND TERN [MESSAGES]");
	bench.small = (struct cache_bench){.name = "small", .messages = SMALL};
	bench.large = (struct cache_bench){
	    .name = "large", .messages = argc > 3 ? strtoll(argv[3], NULL, 10) : 1000000};
	load_server_start(&bench.server, argv[1]);
	dir = mem_strdup(bench.server.dir);
	machine_print(dir);
	make_words(&bench);
	person_init(&bench.sender, &bench.server, bench.tern, "register", "sender", "sender");
	begin_cache(&bench, &bench.small);
	begin_cache(&bench, &bench.large);
	measure_all(&bench);
	load_server_stop(&bench.server);
	person_remove_tree(dir);
	free(bench.words);
	free(dir);
	return 0;
}
