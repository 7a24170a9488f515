#include "client/cost.h"

#include "wire/limits.h"
#include "wire/packer.h"
#include "wire/rows.h"

enum { EXCHANGE = 280 /* bytes of both heads and a request that names a few ranges */ };

void
cost_init(struct cost *cost)
{
	*cost = (struct cost){.contacts.all = 0};
	buf_init(&cost->contacts.body, LIMIT_ANSWER);
	buf_init(&cost->groups.body, LIMIT_ANSWER);
	buf_init(&cost->heads.body, LIMIT_ANSWER);
	buf_init(&cost->messages.body, LIMIT_ANSWER);
}

void
cost_finish(struct cost *cost)
{
	buf_finish(&cost->contacts.body);
	buf_finish(&cost->groups.body);
	buf_finish(&cost->heads.body);
	buf_finish(&cost->messages.body);
}

/* True where the next row is to be written. */
static bool
begin_row(struct cost_rows *rows)
{
	if (rows->sampled == COST_SAMPLE || rows->body.length >= LIMIT_PAGE)
		return false;
	rows->sampled++;
	json_comma(&rows->body);
	buf_add_char(&rows->body, '{');
	return true;
}

void
cost_contact(struct cost *cost, const struct contact *contact)
{
	cost->contacts.all++;
	if (!begin_row(&cost->contacts))
		return;
	contact_write_fields(&cost->contacts.body, contact);
	buf_add_char(&cost->contacts.body, '}');
}

void
cost_group(struct cost *cost, const struct group *group)
{
	cost->groups.all++;
	if (!begin_row(&cost->groups))
		return;
	group_write_fields(&cost->groups.body, group);
	buf_add_char(&cost->groups.body, '}');
}

void
cost_head(struct cost *cost, const struct conversation_head *head)
{
	cost->heads.all++;
	if (!begin_row(&cost->heads))
		return;
	head_write_fields(&cost->heads.body, head);
	buf_add_char(&cost->heads.body, '}');
}

void
cost_message(struct cost *cost, const struct message *message)
{
	if (!begin_row(&cost->messages))
		return;
	message_write_fields(&cost->messages.body, message, NULL);
	buf_add_char(&cost->messages.body, '}');
}

static int64_t
scaled(const struct cost_rows *rows, size_t bytes)
{
	return (int64_t)((double)bytes * (double)rows->all / (double)rows->sampled);
}

static void
add(const struct cost_rows *rows, struct packer *packer, int64_t *requests, int64_t *bytes)
{
	int64_t by_rows = (rows->all + LIMIT_PAGE_ROWS - 1) / LIMIT_PAGE_ROWS;
	int64_t by_bytes;
	struct buf frame;

	if (!rows->sampled || !rows->all)
		return;
	buf_init(&frame, LIMIT_ANSWER);
	*bytes += scaled(
	    rows, packer_pack(packer, &rows->body, &frame) ? frame.length : rows->body.length);
	buf_finish(&frame);
	by_bytes = scaled(rows, rows->body.length) / LIMIT_PAGE + 1;
	*requests += by_rows > by_bytes ? by_rows : by_bytes;
}

void
cost_sum(const struct cost *cost, int64_t *requests, int64_t *bytes)
{
	struct packer *packer = packer_create();

	*requests = *bytes = 0;
	add(&cost->contacts, packer, requests, bytes);
	add(&cost->groups, packer, requests, bytes);
	add(&cost->heads, packer, requests, bytes);
	/* All come with one login-sync, as long as they fit. */
	if (cost->contacts.all + cost->groups.all + cost->heads.all <= LIMIT_PAGE_ROWS)
		*requests = 1;
	add(&cost->messages, packer, requests, bytes);
	*bytes += *requests * EXCHANGE;
	packer_destroy(packer);
}
