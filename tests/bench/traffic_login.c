/* login-sync: where nothing changed, and where a hundredth did. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "traffic.h"
#include "wire/limits.h"
#include "wire/sync.h"

enum { ROUNDS = 400, MANY = 10000, CHANGED = 100 };

/* An account with contacts; contact i is always at the same address. */
struct owner {
	struct load_conn conn;
	struct cursor cursor;
	int count;
};

static void
add_contact_row(struct bench *bench, struct buf *out, int i)
{
	static const char *const first[] = {"Anna", "Boris", "Chen", "Dilek", "Emeka", "Fatima",
	    "Goran", "Hanna", "Ines", "Jonas", "Keiko", "Liam", "Marta", "Nils", "Olga", "Pavel"};
	static const char *const last[] = {"Meyer", "Novak", "Wang", "Yilmaz", "Okafor", "Haddad",
	    "Petrov", "Lind", "Costa", "Weber", "Sato", "Murphy", "Kowalska", "Berg", "Ivanova"};

	buf_printf(out,
	    "{\"address\":\"%s.%s%d@example.org\",\"name\":\"%s %s\",\"removed\":false}",
	    i % 2 ? "contact" : "colleague", i % 3 ? "berlin" : "lagos", i,
	    first[traffic_random(bench, 16)], last[traffic_random(bench, 15)]);
}

/* Sets the contacts from, from + step, …; each gets another name. */
static void
set_contacts(struct bench *bench, struct owner *owner, int from, int step, int count)
{
	struct buf body;

	buf_init(&body, LIMIT_REQUEST);
	buf_add_string(&body, "{\"contacts\":[");
	for (int i = 0; i < count; i++) {
		json_comma(&body);
		add_contact_row(bench, &body, from + i * step);
	}
	buf_add_string(&body, "]}");
	load_call(&owner->conn, "/v1/contact-set", body.data);
	buf_finish(&body);
}

/* login-sync from the cursor on until nothing is left; each contact is told of, if anybody asks. */
static void
login_sync(struct bench *bench, struct owner *owner, struct spent *spent,
    void (*row)(void *arg, const struct contact *contact), void *arg)
{
	struct login_sync_request request = {.cursor = owner->cursor};
	bool more = true;

	while (more) {
		struct login_sync_answer answer;
		struct json *doc;
		struct error err;
		struct buf body;

		buf_init(&body, LIMIT_REQUEST);
		login_sync_request_write(&body, &request);
		doc = traffic_ask(bench, owner->conn.token, METHOD_LOGIN_SYNC, &body, spent);
		if (login_sync_answer_read(&answer, doc, &err) != STATUS_OK)
			load_die("login-sync: %s", err.text);
		for (size_t i = 0; row && i < answer.contact_count; i++)
			row(arg, &answer.contacts[i]);
		snprintf(request.cursor.generation, GENERATION_SIZE, "%s", answer.generation);
		request.cursor.stamp = answer.to;
		request.until = answer.until;
		more = answer.until;
		login_sync_answer_finish(&answer);
		json_destroy(doc);
	}
	owner->cursor = request.cursor;
}

static void
make_owner(struct bench *bench, struct owner *owner, int count)
{
	struct spent ignored = {0};
	char *address = mem_printf("owner.of.%d@example.org", count);

	*owner = (struct owner){.count = count};
	load_register(&owner->conn, &bench->server, address);
	for (int done = 0; done < count; done += LIMIT_BATCH)
		set_contacts(
		    bench, owner, done, 1, count - done < LIMIT_BATCH ? count - done : LIMIT_BATCH);
	login_sync(bench, owner, &ignored, NULL, NULL);
	free(address);
}

/* Time that the server's threads spent on a processor, in nanoseconds. */
static int64_t
server_time(const struct bench *bench)
{
	char *path = mem_printf("/proc/%d/task", (int)bench->server.pid);
	DIR *dir = opendir(path);
	struct dirent *entry;
	int64_t sum = 0;

	while (dir && (entry = readdir(dir))) {
		char *name = mem_printf("%s/%s/schedstat", path, entry->d_name);
		FILE *file = fopen(name, "r");
		char line[128];

		if (file && fgets(line, sizeof line, file))
			sum += strtoll(line, NULL, 10);
		if (file)
			fclose(file);
		free(name);
	}
	if (dir)
		closedir(dir);
	free(path);
	return sum;
}

void
traffic_unchanged(struct bench *bench)
{
	static const int counts[] = {10, 1000, 100000};
	struct owner owners[3];
	int64_t *took[3], cpu[3] = {0};
	struct spent spent[3] = {{0}};

	for (int k = 0; k < 3; k++) {
		make_owner(bench, &owners[k], counts[k]);
		took[k] = mem_zalloc(ROUNDS, sizeof *took[k]);
	}
	for (int i = 0; i < ROUNDS; i++) {
		for (int k = 0; k < 3; k++) {
			int64_t before = spent[k].us, cpu_before = server_time(bench);

			login_sync(bench, &owners[k], &spent[k], NULL, NULL);
			took[k][i] = spent[k].us - before;
			cpu[k] += server_time(bench) - cpu_before;
		}
	}
	printf("\nlogin, nothing changed (%d rounds each)\n", ROUNDS);
	printf("%10s %12s %7s %12s %14s %10s\n", "contacts", "round trips", "bytes", "median us",
	    "server CPU us", "of 1,000's");
	for (int k = 0; k < 3; k++) {
		load_sort(took[k], ROUNDS);
		printf("%10d %12.2f %7.1f %12lld %14.1f %10.2f\n", counts[k],
		    (double)spent[k].requests / ROUNDS, (double)spent[k].bytes / ROUNDS,
		    (long long)took[k][ROUNDS / 2], (double)cpu[k] / ROUNDS / 1000,
		    (double)cpu[k] / (double)cpu[1]);
	}
	for (int k = 0; k < 3; k++) {
		load_close(&owners[k].conn);
		free(took[k]);
	}
}

/* What was told of contacts, written anew in several ways. */
struct told {
	struct buf rows;      /* as they came: [{…},…] */
	struct buf pairs;     /* [[A,S],…] */
	struct buf addresses; /* [A,…] */
};

static void
told_init(struct told *told)
{
	buf_init(&told->rows, LIMIT_ANSWER);
	buf_init(&told->pairs, LIMIT_ANSWER);
	buf_init(&told->addresses, LIMIT_ANSWER);
	buf_add_char(&told->rows, '[');
	buf_add_char(&told->pairs, '[');
	buf_add_char(&told->addresses, '[');
}

static void
told_finish(struct told *told)
{
	buf_finish(&told->rows);
	buf_finish(&told->pairs);
	buf_finish(&told->addresses);
}

static void
tell(void *arg, const struct contact *contact)
{
	struct told *told = arg;

	json_comma(&told->rows);
	buf_add_char(&told->rows, '{');
	contact_write_fields(&told->rows, contact);
	buf_add_char(&told->rows, '}');
	json_comma(&told->pairs);
	buf_printf(&told->pairs, "[\"%s\",%lld]", contact->address, (long long)contact->stamp);
	json_comma(&told->addresses);
	json_add_string(&told->addresses, contact->address);
}

static void
print_way(const char *what, int64_t requests, int64_t bytes, size_t least)
{
	printf("%-54s %6lld %9lld %9.2f\n", what, (long long)requests, (long long)bytes,
	    (double)bytes / (double)least);
}

void
traffic_changed(struct bench *bench)
{
	struct owner owner;
	struct told changed, all;
	struct spent unchanged = {0}, synced = {0}, full = {0};
	struct buf body;
	size_t rows;
	int64_t heads;

	make_owner(bench, &owner, MANY);
	login_sync(bench, &owner, &unchanged, NULL, NULL);
	set_contacts(bench, &owner, 17, MANY / CHANGED, CHANGED);
	told_init(&changed);
	told_init(&all);
	buf_init(&body, LIMIT_ANSWER);
	login_sync_request_write(&body, &(struct login_sync_request){.cursor = owner.cursor});
	login_sync(bench, &owner, &synced, tell, &changed);
	owner.cursor = (struct cursor){.stamp = 0};
	login_sync(bench, &owner, &full, tell, &all);
	rows = traffic_packed(&changed.rows);
	/* Both heads of an exchange: all that an unchanged login is but its two bodies. */
	heads = unchanged.bytes - 2 * (int64_t)body.length;
	printf("\nlogin, %d of %d contacts changed\n", CHANGED, MANY);
	printf("%-54s %6s %9s %9s\n", "", "trips", "bytes", "ratio");
	print_way("the changed rows compressed alone", 0, (int64_t)rows, rows);
	print_way("login-sync", synced.requests, synced.bytes, rows);
	print_way("a full pull", full.requests, full.bytes, rows);
	print_way("timestamps down, compare on the client (built)", 2,
	    2 * heads + (int64_t)(traffic_packed(&all.pairs) + traffic_packed(&changed.addresses)) +
	        (int64_t)rows,
	    rows);
	print_way("timestamps up, compare on the server (built)", 1,
	    heads + (int64_t)traffic_packed(&all.pairs) + (int64_t)rows, rows);
	printf("(built: its bodies made of the same rows, one each way, compressed the same way,\n"
	       "with the heads of a login-sync; the others were sent)\n");
	buf_finish(&body);
	told_finish(&changed);
	told_finish(&all);
	load_close(&owner.conn);
}
