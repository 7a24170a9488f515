/*
 * The cache against a model that remembers every id by itself: random pages, events, heads, sends,
 * expiry, consumers and acknowledgements, and after each step everything that can be asked.
 */
#include "cache_fixture.h"

#include <stdio.h>

enum { TOP = 60, CONVERSATIONS = 3, NOTES = 2, CONSUMERS = 2, ROUNDS = 12, STEPS = 120 };

/* In the order of their names. */
static const char *const names[CONVERSATIONS] = {BOB, CAROL, ME};

struct model_conversation {
	/* The server's side. */
	int64_t floor;
	int64_t top;
	bool own[TOP + 2];
	int64_t stamp[TOP + 2];
	int64_t server_read;
	/* What the cache should know. */
	bool known;
	int64_t first, last, ack, read, acked;
	bool held[TOP + 2];
	bool stored[TOP + 2];
	bool to_ack[TOP + 2];
	int64_t place[CONSUMERS];
};

struct model {
	struct fixture *f;
	uint64_t seed;
	struct model_conversation conversations[CONVERSATIONS];
	int64_t consumer[CONSUMERS];
	struct buf expected;
};

/* A number in [low, high]: xorshift, so that a failure can be repeated by its seed. */
static int64_t
pick(struct model *m, int64_t low, int64_t high)
{
	m->seed ^= m->seed << 13;
	m->seed ^= m->seed >> 7;
	m->seed ^= m->seed << 17;
	return high < low ? low : low + (int64_t)(m->seed % (uint64_t)(high - low + 1));
}

static int64_t
max(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* ---- the model's own rules ---- */

static void
model_grow(struct model_conversation *c, int64_t first, int64_t last)
{
	c->known = true;
	c->first = max(c->first, first);
	c->last = max(max(c->last, last), c->first - 1);
	for (int64_t i = 1; i < c->first && i <= TOP; i++)
		c->held[i] = false;
}

static void
model_hold(struct model_conversation *c, int64_t from, int64_t to, bool acknowledge)
{
	int64_t acked = max(c->acked, c->first - 1);
	int64_t low = from = max(from, c->first);
	int64_t high = to;

	if (from > to)
		return;
	for (int64_t i = from; i <= to; i++)
		c->held[i] = true;
	if (!acknowledge)
		return;
	while (low > 1 && c->held[low - 1])
		low--;
	while (c->held[high + 1])
		high++;
	if (low <= acked + 1 && high > acked) {
		from = low;
		to = high;
	}
	for (int64_t i = from; i <= to; i++)
		c->to_ack[i] = true;
}

static struct message
server_message(struct model *m, int n, int64_t msg_id)
{
	struct model_conversation *c = &m->conversations[n];

	return (struct message){
	    .conversation = names[n],
	    .msg_id = msg_id,
	    .from = c->own[msg_id] ? ME : names[n],
	    .time = msg_id,
	    .stamp = c->stamp[msg_id],
	    .type = "text",
	    .text = "x",
	    .has_key = c->own[msg_id],
	    .key = key_of((unsigned)(1000 * (n + 1) + msg_id)),
	};
}

/* The server takes a message. False: the conversation is full. */
static bool
server_add(struct model *m, int n, bool own)
{
	struct model_conversation *c = &m->conversations[n];

	if (c->top == TOP)
		return false;
	c->top++;
	c->own[c->top] = own || n == NOTES;
	c->stamp[c->top] = ++m->f->stamp;
	return true;
}

/* ---- steps ---- */

static void
step_page(struct model *m, int n)
{
	struct model_conversation *c = &m->conversations[n];
	struct message messages[TOP];
	struct cache_page page = {
	    names[n], {pick(m, 1, max(c->top, 1)), 0}, c->floor, c->top, messages, 0, NULL, 0};
	enum cache_applied applied;
	struct error error;

	page.ids.last = pick(m, page.ids.first, page.ids.first + 8);
	model_grow(c, c->floor, c->top);
	for (int64_t i = max(page.ids.first, c->floor); i <= page.ids.last && i <= c->top; i++) {
		messages[page.count++] = server_message(m, n, i);
		c->stored[i] = true;
	}
	OK(cache_store_pages(m->f->cache, GENERATION, &page, 1, &applied, &error));
	assert_int_equal(applied, CACHE_APPLIED);
	model_hold(c, page.ids.first, page.ids.last < c->top ? page.ids.last : c->top, true);
}

static void
step_event(struct model *m, int n)
{
	struct model_conversation *c = &m->conversations[n];
	struct message message;

	if (!server_add(m, n, pick(m, 0, 2) == 0))
		return;
	message = server_message(m, n, c->top);
	apply_messages(m->f, &message, 1);
	c->stored[c->top] = true;
	model_grow(c, 1, c->top);
	model_hold(c, c->top, c->top, true);
}

static void
step_send(struct model *m, int n)
{
	struct model_conversation *c = &m->conversations[n];
	struct outbox_result result;
	struct message message;
	enum cache_applied applied;
	struct error error;

	if (!server_add(m, n, true))
		return;
	message = server_message(m, n, c->top);
	queue(m->f, (unsigned)(1000 * (n + 1) + c->top), names[n], "x");
	result = (struct outbox_result){
	    .key = message.key,
	    .conversation = names[n],
	    .msg_id = c->top,
	    .time = message.time,
	    .stamp = message.stamp,
	};
	OK(cache_outbox_settle(m->f->cache, GENERATION, &result, 1, &applied, &error));
	assert_int_equal(applied, CACHE_APPLIED);
	c->stored[c->top] = true;
	model_grow(c, 1, c->top);
	model_hold(c, c->top, c->top, false);
}

/* Others' messages above the marker that have not expired, as the server counts them. */
static int64_t
count_unread(const struct model_conversation *c, int64_t read, int64_t upto)
{
	int64_t sum = 0;

	for (int64_t i = max(read + 1, c->floor); i <= upto; i++)
		sum += !c->own[i];
	return sum;
}

static void
step_head(struct model *m, int n)
{
	struct model_conversation *c = &m->conversations[n];
	struct conversation_head head;

	for (int64_t i = pick(m, 0, 4); i > 0; i--)
		server_add(m, n, pick(m, 0, 2) == 0);
	if (pick(m, 0, 3) == 0)
		c->floor = pick(m, c->floor, c->top < c->floor ? c->floor : c->floor + 3);
	if (c->floor > c->top + 1)
		c->floor = c->top + 1;
	/* The marker was moved by another device, or by this one, or not at all. */
	if (pick(m, 0, 1))
		c->server_read = max(c->server_read, pick(m, 0, 1) ? c->read : pick(m, 0, c->top));
	head = HEAD(
	    names[n], c->floor, c->top, pick(m, c->ack, c->top), c->server_read, ++m->f->stamp);
	head.unread = count_unread(c, c->server_read, c->top);
	apply_head(m->f, &head);
	c->ack = max(c->ack, head.ack);
	c->read = max(c->read, head.read);
	model_grow(c, c->floor, c->top);
}

static void
step_mark(struct model *m, int n)
{
	struct model_conversation *c = &m->conversations[n];
	int64_t to = pick(m, 0, c->last);
	int64_t marker;
	struct error error;

	if (!c->known)
		return;
	OK(cache_mark_read(m->f->cache, names[n], to, true, &marker, &error));
	c->read = max(c->read, to ? to : c->last);
	assert_int_equal(marker, c->read);
}

static void
step_acks(struct model *m)
{
	struct cache_ranges acks;
	struct error error;

	OK(cache_acks(m->f->cache, (size_t)pick(m, 1, 4), &acks, &error));
	OK(cache_acks_done(m->f->cache, &acks, &error));
	for (size_t i = 0; i < acks.count; i++) {
		struct id_range ids = acks.items[i].ids;
		struct model_conversation *c = m->conversations;

		while (strcmp(names[c - m->conversations], acks.items[i].conversation) != 0)
			c++;
		for (int64_t id = ids.first; id <= ids.last; id++)
			c->to_ack[id] = false;
		if (ids.first <= max(c->acked, c->first - 1) + 1)
			c->acked = max(c->acked, ids.last);
	}
	cache_ranges_finish(&acks);
}

/* ---- what the cache must say ---- */

static const char *
said(struct model *m)
{
	size_t length = m->expected.length;

	while (length > 0 && strchr(" ,", m->expected.data[length - 1]))
		m->expected.data[--length] = '\0';
	return buf_string(&m->expected);
}

static int
name_length(int n)
{
	return (int)strcspn(names[n], "@");
}

static int64_t
count(const bool *set, int64_t from, int64_t to)
{
	int64_t sum = 0;

	for (int64_t i = from; i <= to; i++)
		sum += set[i];
	return sum;
}

static void
compare_conversations(struct model *m)
{
	buf_clear(&m->expected);
	for (int i = 0; i < CONVERSATIONS; i++) {
		const struct model_conversation *c = &m->conversations[i];
		int64_t held = count(c->held, 1, TOP);

		if (!c->known)
			continue;
		buf_printf(&m->expected, "%.*s %d-%d ack %d read %d held %d missing %d, ",
		    name_length(i), names[i], (int)c->first, (int)c->last, (int)c->ack,
		    (int)c->read, (int)held, (int)(c->last - c->first + 1 - held));
	}
	assert_string_equal(tell_heads(m->f), said(m));
	check_unread(m->f);
	check_last_stamps(m->f);
}

/* Appends the runs of ids in [from, to] where set is `value`. */
static void
expect_runs(struct model *m, int n, const bool *set, bool value, int64_t from, int64_t to)
{
	for (int64_t i = from; i <= to; i++) {
		int64_t begin = i;

		if (set[i] != value)
			continue;
		while (i < to && set[i + 1] == value)
			i++;
		buf_printf(
		    &m->expected, "%.*s %d-%d, ", name_length(n), names[n], (int)begin, (int)i);
	}
}

static void
compare_missing(struct model *m)
{
	for (int n = 0; n < CONVERSATIONS; n++) {
		const struct model_conversation *c = &m->conversations[n];
		int64_t low = 1;

		if (!c->known)
			continue;
		for (int k = 0; k < CONSUMERS; k++) {
			buf_clear(&m->expected);
			expect_runs(m, n, c->held, false, max(c->first, c->place[k] + 1), c->last);
			assert_string_equal(tell_missing(m->f, m->consumer[k], names[n]), said(m));
		}
		while (low <= c->ack && !c->held[low])
			low++;
		buf_clear(&m->expected);
		expect_runs(m, n, c->held, false, max(c->first, low), c->last);
		assert_string_equal(tell_missing(m->f, 0, names[n]), said(m));
	}
}

static void
compare_acks(struct model *m)
{
	struct cache_ranges acks;
	struct error error;
	int64_t sum = 0;

	OK(cache_acks(m->f->cache, SIZE_MAX, &acks, &error));
	for (size_t i = 0; i < acks.count; i++) {
		int n = 0;

		while (strcmp(names[n], acks.items[i].conversation) != 0)
			n++;
		for (int64_t id = acks.items[i].ids.first; id <= acks.items[i].ids.last;
		     id++, sum++)
			assert_true(m->conversations[n].to_ack[id]);
	}
	for (int n = 0; n < CONVERSATIONS; n++)
		sum -= count(m->conversations[n].to_ack, 1, TOP);
	assert_int_equal(sum, 0);
	cache_ranges_finish(&acks);
}

static void
compare_history(struct model *m, int n)
{
	struct model_conversation *c = &m->conversations[n];
	struct history_query query = {names[n], pick(m, 0, c->top + 2), pick(m, 0, c->top + 2),
	    (size_t)pick(m, 1, 12), false, false};
	int64_t low = query.after + 1;
	int64_t high = query.before ? query.before - 1 : TOP;
	size_t left = query.count;

	if (!c->known)
		return;
	if (query.after > 0 && query.before == 0) {
		for (int64_t i = low; i <= high && left > 0; i++) {
			if (c->stored[i] && --left == 0)
				high = i;
		}
	} else {
		for (int64_t i = high > TOP ? TOP : high; i >= low && left > 0; i--) {
			if (c->stored[i] && --left == 0)
				low = i;
		}
	}
	buf_clear(&m->expected);
	for (int64_t i = low; i <= high && i <= TOP; i++) {
		int64_t begin = i;

		if (c->stored[i]) {
			buf_printf(&m->expected, "%d%s ", (int)i, c->own[i] ? "s" : "");
		} else if (i >= c->first && i <= c->last) {
			while (i < high && i < c->last && !c->held[i + 1])
				i++;
			buf_printf(&m->expected, "(%d-%d) ", (int)begin, (int)i);
		}
	}
	assert_string_equal(tell_history(m->f, &query), said(m));
}

/* The next message of a conversation that the model would hand on; 0 for none. */
static int64_t
model_next(const struct model_conversation *c, int64_t place)
{
	for (int64_t i = place + 1; i <= TOP; i++) {
		if (c->stored[i])
			return i;
		if (i >= c->first && !c->held[i])
			return 0;
	}
	return 0;
}

/* Asks for some, compares, and advances over a part of them. */
static void
step_consumer(struct model *m, int k)
{
	int64_t place[CONVERSATIONS];
	int64_t limit = pick(m, 1, 15);
	int64_t advances = pick(m, 0, limit);
	struct error error;

	buf_clear(&m->expected);
	for (int n = 0; n < CONVERSATIONS; n++)
		place[n] = m->conversations[n].place[k];
	for (int64_t told = 0; told < limit; told++) {
		int best = -1;
		int64_t best_id = 0;

		for (int n = 0; n < CONVERSATIONS; n++) {
			struct model_conversation *c = &m->conversations[n];
			int64_t id = model_next(c, place[n]);

			if (id &&
			    (best < 0 || c->stamp[id] < m->conversations[best].stamp[best_id])) {
				best = n;
				best_id = id;
			}
		}
		if (best < 0)
			break;
		place[best] = best_id;
		buf_printf(&m->expected, "%.*s%d ", name_length(best), names[best], (int)best_id);
		if (told < advances)
			m->conversations[best].place[k] = best_id;
	}
	assert_string_equal(tell_next(m->f, m->consumer[k], NULL, (size_t)limit), said(m));
	for (int n = 0; n < CONVERSATIONS; n++) {
		struct conversation_range to = {names[n], {0, m->conversations[n].place[k]}};

		OK(cache_consumer_advance(m->f->cache, m->consumer[k], &to, 1, &error));
	}
}

static void
step(struct model *m)
{
	int n = (int)pick(m, 0, CONVERSATIONS - 1);

	switch (pick(m, 0, 10)) {
	case 0:
	case 1:
	case 2:
		step_page(m, n);
		break;
	case 3:
	case 4:
		step_event(m, n);
		break;
	case 5:
		step_send(m, n);
		break;
	case 6:
		step_head(m, n);
		break;
	case 7:
		step_mark(m, n);
		break;
	case 8:
		step_acks(m);
		break;
	default:
		step_consumer(m, (int)pick(m, 0, CONSUMERS - 1));
	}
	compare_conversations(m);
	compare_missing(m);
	compare_acks(m);
	compare_history(m, n);
	check_sound(m->f);
}

static void
test_against_a_model(void **state)
{
	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		struct model m = {.seed = seed * UINT64_C(0x9E3779B97F4A7C15)};
		struct error error;
		bool created;

		assert_int_equal(fixture_setup(state), 0);
		m.f = *state;
		buf_init(&m.expected, 1 << 20);
		for (int n = 0; n < CONVERSATIONS; n++)
			m.conversations[n].floor = m.conversations[n].first = 1;
		for (int k = 0; k < CONSUMERS; k++)
			OK(cache_consumer_open(
			    m.f->cache, k ? "b" : "a", false, &m.consumer[k], &created, &error));
		for (int i = 0; i < STEPS; i++)
			step(&m);
		buf_finish(&m.expected);
		fixture_teardown(state);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_against_a_model)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
