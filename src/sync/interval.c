#include "sync/interval.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

_Static_assert((int)CACHE_CONTACTS == (int)COMPARE_CONTACTS &&
                   (int)CACHE_GROUPS == (int)COMPARE_GROUPS &&
                   (int)CACHE_CONVERSATIONS == (int)COMPARE_CONVERSATIONS,
    "the cache's lists are the wire's");

/* NULL: to the end of the list. */
static const char *
asked_upto(const struct interval *interval)
{
	const struct cache_listed *had = &interval->had;

	return had->more && had->count ? had->rows[had->count - 1].address : NULL;
}

void
interval_write(struct buf *out, const struct interval *interval, bool blind)
{
	const struct cache_listed *had = &interval->had;
	struct compare_have *have = mem_zalloc(had->count, sizeof *have);
	const struct compare_request request = {
	    .kind = (enum compare_kind)interval->list,
	    .after = interval->after.text[0] ? interval->after.text : NULL,
	    .upto = asked_upto(interval),
	    .have = have,
	    .count = had->count,
	};

	for (size_t i = 0; i < had->count; i++)
		have[i] =
		    (struct compare_have){had->rows[i].address, blind ? 0 : had->rows[i].stamp};
	compare_request_write(out, &request);
	free(have);
}

enum status
interval_answered(const struct interval *interval, const struct compare_answer *answer,
    const char **upto, struct error *err)
{
	const char *asked = asked_upto(interval);

	if (answer->upto && (strcmp(answer->upto, interval->after.text) <= 0 ||
	                        (asked && strcmp(answer->upto, asked) > 0)))
		return error_set(err, STATUS_PROTOCOL, "a page of compare does not advance");
	*upto = answer->upto ? answer->upto : asked;
	return STATUS_OK;
}
