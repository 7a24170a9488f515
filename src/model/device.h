/* A device: one login of an account, with a token of its own. */
#ifndef TERN_MODEL_DEVICE_H
#define TERN_MODEL_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

struct device {
	int64_t device_id;
	const char *name; /* borrowed from whoever filled the struct */
	int64_t seen; /* wall time in microseconds, when it was last heard of, to a minute or so */
	int64_t stamp;
	bool current; /* the one that asks */
};

#endif
