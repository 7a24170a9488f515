/* What the parts of traffic_bench share: the client's own transport, and random people. */
#ifndef TERN_BENCH_TRAFFIC_H
#define TERN_BENCH_TRAFFIC_H

#include "load.h"
#include "net/transport.h"

struct bench {
	struct load_server server;
	const char *tern; /* the program */
	struct transport *transport;
	unsigned int seed;
};

/* What calls cost: as the client counts it. */
struct spent {
	int64_t requests;
	int64_t bytes; /* both ways */
	int64_t us;
};

/* One call of the client's transport, its request in *body (taken). The answer is the caller's to
 * destroy; what it cost is added. Ends the bench where it is refused. */
struct json *traffic_ask(struct bench *bench, const char *token, enum method_id method,
    struct buf *body, struct spent *spent);

/* A number below limit. */
int traffic_random(struct bench *bench, int limit);

/* Appends so many words, as people chat. */
void traffic_words(struct bench *bench, struct buf *out, int count);

/* How many bytes a body takes on the wire, compressed as the programs do it. */
size_t traffic_packed(const struct buf *body);

/* The parts: each prints its table. */
void traffic_unchanged(struct bench *bench);
void traffic_changed(struct bench *bench);
void traffic_offline(struct bench *bench);

#endif
