/* What the server counts, and how /metrics tells it (Prometheus' text form). Loop's thread only. */
#ifndef TERND_METRICS_H
#define TERND_METRICS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "wire/error.h"
#include "wire/method.h"

struct server;

struct metrics {
	size_t open;       /* connections now */
	uint64_t accepted; /* connections ever */
	uint64_t requests[METHOD_COUNT];
	uint64_t errors[WIRE_ERROR_COUNT]; /* whole requests refused, by code */
};

/* The type of what metrics_write() writes. */
#define METRICS_TYPE "text/plain; version=0.0.4"

void metrics_write(struct buf *out, const struct server *server);

#endif
