/* 10,000 messages of 100 senders, that came while their receiver was away. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/timeu.h"
#include "cache/cache.h"
#include "person.h"
#include "traffic.h"
#include "wire/limits.h"
#include "wire/pull.h"
#include "wire/sync.h"

#define ACKS "ternd_requests_total{method=\"ack\"} "

enum { SENDERS = 100, EACH = 100, ROUNDS = 5, FILE_MAX = 64 * 1024 };

static void
check(enum status status, const struct error *err)
{
	if (status != STATUS_OK)
		load_die("%s", err->text);
}

/* One request of EACH messages of 3 to 20 words. */
static void
send_batch(struct bench *bench, struct load_conn *sender, const char *to)
{
	char key[KEY_TEXT_SIZE];
	struct buf body;

	buf_init(&body, LIMIT_REQUEST);
	buf_add_string(&body, "{\"messages\":[");
	for (int i = 0; i < EACH; i++) {
		key_make(&sender->key, &sender->key);
		buf_printf(&body, "%s{\"to\":\"%s\",\"key\":\"%s\",\"type\":\"text\",\"text\":\"",
		    i ? "," : "", to, key_format(&sender->key, key));
		traffic_words(bench, &body, 3 + traffic_random(bench, 18));
		buf_add_string(&body, "\"}");
	}
	buf_add_string(&body, "]}");
	load_call(sender, "/v1/send", body.data);
	buf_finish(&body);
}

/* ---- the same without a network ---- */

/* What waits: as the server tells it, plain. */
struct waiting {
	struct json *lists;
	struct login_sync_answer heads;
	struct json *docs[SENDERS];
	struct pull_answer pages[SENDERS];
	size_t count;
	int64_t plain; /* bytes of the pages' JSON */
};

static struct json *
parse(const char *text)
{
	struct json *doc;
	struct error err;

	check(json_parse(&doc, text, strlen(text), &err), &err);
	return doc;
}

/* Whether more is to be asked for behind these pages; *next is what. */
static bool
next_want(const struct pull_answer *answer, struct conversation_range *next, size_t *done)
{
	const struct pull_page *last = &answer->pages[answer->count - 1];

	*done += answer->count;
	if (last->ids.last < last->last) {
		*done -= 1;
		*next = (struct conversation_range){
		    last->conversation, {last->ids.last + 1, last->last}};
		return true;
	}
	return false;
}

/* Asks for everything, page by page, without compression. */
static void
read_waiting(struct waiting *waiting, struct load_conn *conn)
{
	struct conversation_range want[SENDERS];
	struct pull_request request = {.want = want};
	size_t done = 0, heads;
	struct error err;

	*waiting = (struct waiting){.lists = parse(load_call(conn, "/v1/login-sync", "{}"))};
	check(login_sync_answer_read(&waiting->heads, waiting->lists, &err), &err);
	heads = waiting->heads.head_count;
	for (size_t i = 0; i < heads; i++)
		want[i] = (struct conversation_range){waiting->heads.heads[i].conversation,
		    {waiting->heads.heads[i].first, waiting->heads.heads[i].last}};
	while (done < heads && waiting->count < SENDERS) {
		struct pull_answer *answer = &waiting->pages[waiting->count];
		const char *text;
		struct buf body;

		request.want = want + done;
		request.count = heads - done;
		buf_init(&body, LIMIT_REQUEST);
		pull_request_write(&body, &request);
		text = load_call(conn, "/v1/pull", body.data);
		waiting->plain += (int64_t)strlen(text);
		waiting->docs[waiting->count] = parse(text);
		check(pull_answer_read(answer, waiting->docs[waiting->count++], &err), &err);
		next_want(answer, &want[done + answer->count - 1], &done);
		buf_finish(&body);
	}
}

static void
waiting_finish(struct waiting *waiting)
{
	for (size_t i = 0; i < waiting->count; i++) {
		pull_answer_finish(&waiting->pages[i]);
		json_destroy(waiting->docs[i]);
	}
	login_sync_answer_finish(&waiting->heads);
	json_destroy(waiting->lists);
}

static void
open_cache(struct cache **cache, const char *path, const struct waiting *waiting)
{
	struct cache_account account = {.device_id = 1};
	struct cache_change change = {.generation = waiting->heads.generation,
	    .to = waiting->heads.to,
	    .heads = waiting->heads.heads,
	    .head_count = waiting->heads.head_count};
	enum cache_applied applied;
	struct error err;

	check(cache_open(cache, path, CACHE_CREATE, &err), &err);
	snprintf(account.address.text, sizeof account.address.text, "me@example.org");
	account.server = account.device = account.token = (char *)(uintptr_t) "x";
	check(cache_account_set(*cache, &account, &err), &err);
	check(cache_apply(*cache, &change, &applied, &err), &err);
}

/* How long it took until everything was stored (and acknowledged), and until all was put away.
 * Microseconds. */
struct took {
	int64_t stored;
	int64_t ended;
};

/* Stores the pages as they are, an answer a transaction, in a new cache. */
static struct took
insert(const struct bench *bench, const struct waiting *waiting, int round)
{
	char *path = mem_printf("%s/inserted%d.db", bench->server.dir, round);
	enum cache_applied applied = CACHE_APPLIED;
	int64_t begin = time_mono();
	struct took took;
	struct cache *cache;
	struct error err;

	open_cache(&cache, path, waiting);
	for (size_t i = 0; i < waiting->count && applied == CACHE_APPLIED; i++) {
		const struct pull_answer *answer = &waiting->pages[i];
		struct cache_page pages[SENDERS];

		for (size_t p = 0; p < answer->count; p++) {
			const struct pull_page *page = &answer->pages[p];

			pages[p] = (struct cache_page){page->conversation, page->ids, page->first,
			    page->last, page->messages, page->count, page->amendments,
			    page->amendment_count};
		}
		check(cache_store_pages(
		          cache, answer->generation, pages, answer->count, &applied, &err),
		    &err);
	}
	took.stored = time_mono() - begin;
	cache_close(cache);
	took.ended = time_mono() - begin;
	if (applied != CACHE_APPLIED)
		load_die("the cache did not take the pages");
	free(path);
	return took;
}

/* ---- with the real program ---- */

static void
read_file(const char *path, char text[FILE_MAX])
{
	FILE *file = fopen(path, "r");
	size_t length = file ? fread(text, 1, FILE_MAX - 1, file) : 0;

	text[length] = '\0';
	if (file)
		fclose(file);
}

/* How many `ack` requests the server has had. */
static int64_t
acks_seen(const struct bench *bench)
{
	static const char request[] = "GET /metrics HTTP/1.1\r\nHost: bench\r\n"
	                              "Connection: close\r\n\r\n";
	struct load_conn conn = {0};
	char text[FILE_MAX];
	size_t length = 0;
	const char *found;
	ssize_t n;

	load_connect(&conn, &bench->server);
	if (write(conn.fd, request, sizeof request - 1) < 0)
		load_die("cannot ask for /metrics");
	while ((n = read(conn.fd, text + length, sizeof text - 1 - length)) > 0)
		length += (size_t)n;
	text[length] = '\0';
	load_close(&conn);
	found = strstr(text, ACKS);
	return found ? strtoll(found + strlen(ACKS), NULL, 10) : 0;
}

/*
 * tern fetch with an empty cache. Its last request acknowledges what no other has: the server is
 * watched for it, which costs both a little.
 */
static struct took
fetch(struct bench *bench, const char *name, struct spent *spent)
{
	const char *const command[] = {"tern", "fetch", NULL};
	const char *const status[] = {"tern", "--format=json", "status", NULL};
	char *path = mem_printf("%s/status", bench->server.dir);
	struct person person;
	char text[FILE_MAX];
	int64_t before = acks_seen(bench), begin;
	struct took took;
	siginfo_t ended = {0};
	pid_t pid;

	person_init(&person, &bench->server, bench->tern, "login", name, name);
	begin = time_mono();
	pid = person_start(&person, NULL, NULL, command);
	while (acks_seen(bench) == before &&
	       waitid(P_PID, (id_t)pid, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && !ended.si_pid)
		poll(NULL, 0, 1);
	took.stored = time_mono() - begin;
	person_wait(pid, command);
	took.ended = time_mono() - begin;
	person_run(&person, NULL, path, status);
	read_file(path, text);
	if (load_number(text, "messages") != SENDERS * EACH)
		load_die("fetch has %lld messages", (long long)load_number(text, "messages"));
	spent->requests = load_number(text, "last_requests");
	spent->bytes = load_number(text, "last_bytes_up") + load_number(text, "last_bytes_down");
	free(path);
	return took;
}

/* Sorted, and in the middle. */
static double
median_ms(const struct took *took, bool ended)
{
	int64_t values[ROUNDS];

	for (int i = 0; i < ROUNDS; i++)
		values[i] = ended ? took[i].ended : took[i].stored;
	load_sort(values, ROUNDS);
	return (double)values[ROUNDS / 2] / 1000;
}

static void
print_took(const struct took *fetched, const struct took *inserted)
{
	static const char *const ends[] = {
	    "until all is stored and acknowledged", "until the end (fetch indexes, too)"};

	printf("%-38s %12s %22s %6s\n", "", "tern fetch", "insert, no network", "ratio");
	for (int ended = 0; ended < 2; ended++) {
		double with = median_ms(fetched, ended), without = median_ms(inserted, ended);

		printf(
		    "%-38s %9.0f ms %19.0f ms %6.2f\n", ends[ended], with, without, with / without);
	}
	printf("(fetch: the process from its start on; insert: the same pages into a new cache)\n");
}

void
traffic_offline(struct bench *bench)
{
	struct load_conn senders[SENDERS], receiver;
	struct took fetched[ROUNDS], inserted[ROUNDS];
	struct spent spent = {0};
	int64_t plain = 0;

	for (int i = 0; i < SENDERS; i++) {
		char *address = mem_printf("sender%d@example.org", i);

		load_register(&senders[i], &bench->server, address);
		free(address);
	}
	for (int round = 0; round < ROUNDS; round++) {
		char *name = mem_printf("receiver%d", round);
		char *address = mem_printf("%s@example.org", name);
		struct waiting waiting;

		load_register(&receiver, &bench->server, address);
		for (int i = 0; i < SENDERS; i++)
			send_batch(bench, &senders[i], address);
		read_waiting(&waiting, &receiver);
		inserted[round] = insert(bench, &waiting, round);
		plain = waiting.plain;
		waiting_finish(&waiting);
		fetched[round] = fetch(bench, name, &spent);
		load_close(&receiver);
		free(name);
		free(address);
	}
	for (int i = 0; i < SENDERS; i++)
		load_close(&senders[i]);
	printf("\n%d offline messages of %d senders (medians of %d)\n", SENDERS * EACH, SENDERS,
	    ROUNDS);
	printf("tern fetch: %lld round trips, %lld bytes, %.2f of the pages' plain JSON (%lld)\n",
	    (long long)spent.requests, (long long)spent.bytes, (double)spent.bytes / (double)plain,
	    (long long)plain);
	print_took(fetched, inserted);
}
