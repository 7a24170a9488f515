/* The server: a boundary where an answer leaves; and acknowledgements are saved as they come, not
 * when a timer says so. */
#include "hooks.h"

#include "acks.h"
#include "reply.h"

void
__real_ack_saver_add(struct ack_saver *saver, const struct caller *caller, const struct acks *acks);
void
__wrap_ack_saver_add(struct ack_saver *saver, const struct caller *caller, const struct acks *acks);
bool __real_reply_send(struct bufferevent *bev, const char *head, size_t length, struct buf *body);
bool __wrap_reply_send(struct bufferevent *bev, const char *head, size_t length, struct buf *body);

void
__wrap_ack_saver_add(struct ack_saver *saver, const struct caller *caller, const struct acks *acks)
{
	__real_ack_saver_add(saver, caller, acks);
	if (setting("TERN_TEST_SERIAL", 0))
		ack_saver_flush(saver);
}

bool
__wrap_reply_send(struct bufferevent *bev, const char *head, size_t length, struct buf *body)
{
	boundary("before answer");
	return __real_reply_send(bev, head, length, body);
}
