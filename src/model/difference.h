/* How a cache differs from its server, as verifying tells it. */
#ifndef TERN_MODEL_DIFFERENCE_H
#define TERN_MODEL_DIFFERENCE_H

#include "model/contact.h"

enum difference_of {
	DIFFERENCE_CONTACT,
	DIFFERENCE_GROUP,
	DIFFERENCE_CONVERSATION, /* its head */
	DIFFERENCE_RANGES,       /* which messages the cache takes itself to hold */
	DIFFERENCE_MESSAGES,     /* these of a conversation */
	DIFFERENCE_FOLD,         /* what amendments made of this one */
};

enum difference_kind {
	DIFFERENCE_MISSING, /* the server has it */
	DIFFERENCE_SURPLUS, /* the server does not */
	DIFFERENCE_CONTENT,
};

struct difference {
	enum difference_of of;
	enum difference_kind kind;
	const char *address; /* of the contact, the group or the conversation; borrowed */
	struct id_range ids; /* of messages */
	const char *field;   /* in which the contents differ; NULL: in some */
	int64_t here;        /* of a head's field */
	int64_t there;
};

#endif
