#include "store-sqlite/heads.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct known_account {
	struct table_node node;
	int64_t account_id;
	char address[];
};

static void
sort_pair(int64_t pair[2], int64_t one, int64_t other)
{
	pair[0] = one < other ? one : other;
	pair[1] = one < other ? other : one;
}

void
heads_init(struct heads *heads)
{
	table_init(&heads->by_accounts);
	table_init(&heads->by_address);
	heads->changed = NULL;
}

static void
free_node(void *arg, struct table_node *node)
{
	(void)arg;
	free(node); /* it is the first member of both kinds */
}

void
heads_clear(struct heads *heads)
{
	table_clear(&heads->by_accounts, free_node, NULL);
	table_clear(&heads->by_address, free_node, NULL);
	heads->changed = NULL;
}

void
heads_finish(struct heads *heads)
{
	heads_clear(heads);
	table_finish(&heads->by_accounts);
	table_finish(&heads->by_address);
}

void
heads_trim(struct heads *heads)
{
	if (heads->by_accounts.count >= HEADS_MAX || heads->by_address.count >= HEADS_MAX)
		heads_clear(heads);
}

struct head *
heads_find(const struct heads *heads, int64_t one, int64_t other)
{
	int64_t pair[2];

	sort_pair(pair, one, other);
	return (struct head *)table_find(&heads->by_accounts, pair, sizeof pair);
}

struct head *
heads_add(struct heads *heads, int64_t one, int64_t other)
{
	struct head *head = mem_zalloc(1, sizeof *head);

	sort_pair(head->accounts, one, other);
	table_add(&heads->by_accounts, &head->node, head->accounts, sizeof head->accounts);
	return head;
}

void
heads_change(struct heads *heads, struct head *head, int64_t stamp)
{
	head->stamp = stamp;
	if (head->changed)
		return;
	head->changed = true;
	head->next_changed = heads->changed;
	heads->changed = head;
}

struct head *
heads_take_changed(struct heads *heads)
{
	struct head *head = heads->changed;

	if (head) {
		heads->changed = head->next_changed;
		head->changed = false;
	}
	return head;
}

int64_t
heads_account(const struct heads *heads, const char *address)
{
	const struct known_account *known =
	    (const struct known_account *)table_find(&heads->by_address, address, strlen(address));

	return known ? known->account_id : 0;
}

void
heads_account_add(struct heads *heads, const char *address, int64_t account_id)
{
	size_t length = strlen(address);
	struct known_account *known = mem_alloc(sizeof *known + length + 1);

	known->account_id = account_id;
	memcpy(known->address, address, length + 1);
	table_add(&heads->by_address, &known->node, known->address, length);
}
