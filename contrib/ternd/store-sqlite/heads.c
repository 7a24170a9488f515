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
	table_init(&heads->groups);
	table_init(&heads->by_address);
	heads->members = 0;
	heads->changed = NULL;
}

static void
free_account(void *arg, struct table_node *node)
{
	(void)arg;
	free(node); /* a struct known_account begins with it */
}

static void
free_head(void *arg, struct table_node *node)
{
	struct head *head = (struct head *)node;

	(void)arg;
	roster_release(head->roster);
	free(head->senders);
	free(head);
}

void
heads_clear(struct heads *heads)
{
	table_clear(&heads->by_accounts, free_head, NULL);
	table_clear(&heads->groups, free_head, NULL);
	table_clear(&heads->by_address, free_account, NULL);
	heads->members = 0;
	heads->changed = NULL;
}

void
heads_finish(struct heads *heads)
{
	heads_clear(heads);
	table_finish(&heads->by_accounts);
	table_finish(&heads->groups);
	table_finish(&heads->by_address);
}

void
heads_trim(struct heads *heads)
{
	if (heads->by_accounts.count >= HEADS_MAX || heads->groups.count >= HEADS_MAX ||
	    heads->by_address.count >= HEADS_MAX || heads->members >= HEADS_MEMBERS_MAX)
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

struct head *
heads_find_group(const struct heads *heads, const char *address)
{
	return (struct head *)table_find(&heads->groups, address, strlen(address));
}

struct head *
heads_add_group(struct heads *heads, const char *address)
{
	size_t length = strlen(address);
	struct head *head = mem_zalloc(1, sizeof *head + length + 1);

	memcpy(head->address, address, length + 1);
	table_add(&heads->groups, &head->node, head->address, length);
	return head;
}

void
heads_set_roster(struct heads *heads, struct head *head, struct roster *roster)
{
	if (head->roster)
		heads->members -= head->roster->count;
	heads->members += roster->count;
	roster_release(head->roster);
	head->roster = roster;
}

static void
count_own(struct head *head, int64_t account_id, int64_t counted)
{
	for (size_t i = 0; i < head->sender_count; i++) {
		if (head->senders[i].account_id == account_id) {
			head->senders[i].own += counted;
			return;
		}
	}
	/* Room grows by powers of two: count is one of them where it is used up. */
	if ((head->sender_count & (head->sender_count - 1)) == 0)
		head->senders = mem_resize(head->senders,
		    head->sender_count ? 2 * head->sender_count : 1, sizeof *head->senders);
	head->senders[head->sender_count++] = (struct head_sender){account_id, counted};
}

int64_t
head_own(const struct head *head, int64_t account_id)
{
	for (size_t i = 0; i < head->sender_count; i++)
		if (head->senders[i].account_id == account_id)
			return head->senders[i].own;
	return 0;
}

void
head_forget_senders(struct head *head)
{
	free(head->senders);
	head->senders = NULL;
	head->sender_count = 0;
}

void
heads_change(
    struct heads *heads, struct head *head, int64_t stamp, int64_t sender_id, int64_t counted)
{
	head->stamp = stamp;
	if (counted)
		count_own(head, sender_id, counted);
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
