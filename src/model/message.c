#include "model/message.h"

#include <stddef.h>

const char *
message_state_name(enum message_state state)
{
	switch (state) {
	case STATE_QUEUED:
		return "queued";
	case STATE_SENT:
		return "sent";
	case STATE_FAILED:
		return "failed";
	case STATE_NONE:
		break;
	}
	return NULL;
}
