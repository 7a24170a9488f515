/* A load driver's side of doc/protocol.md: raw connections, as many as wanted, on one epoll. */
#ifndef TERN_BENCH_LOAD_H
#define TERN_BENCH_LOAD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "model/key.h"

/* A private server, and where it listens. */
struct load_server {
	pid_t pid;
	int port;
	char *dir;
};

/* One connection of a device, with its token. */
struct load_conn {
	int fd;
	char *token;
	char *address;
	char generation[16];
	int64_t cursor;
	struct buf in;
	struct key key;
	void *arg;
};

/* Starts program as a server on a store of its own in a new directory. Ends the bench where it
 * can't. */
void load_server_start(struct load_server *server, const char *program);
/* Stops it and removes its directory. */
void load_server_stop(struct load_server *server);
/* Its resident memory, KiB. */
long load_server_memory(const struct load_server *server);
/* The time that it has computed so far, microseconds. */
int64_t load_server_cpu(const struct load_server *server);

void load_connect(struct load_conn *conn, const struct load_server *server);
void load_close(struct load_conn *conn);

/* Registers an account and learns the cursor of a first login-sync. */
void load_register(struct load_conn *conn, const struct load_server *server, const char *address);
/* A second connection of the same device. */
void
load_share(struct load_conn *conn, const struct load_conn *from, const struct load_server *server);

/* Writes one request. */
void load_post(struct load_conn *conn, const char *path, const char *body, size_t length);
/* Reads what is there. The body of a whole answer, or NULL; load_taken() drops it afterwards. */
const char *load_answer(struct load_conn *conn);
void load_taken(struct load_conn *conn);
/* Posts and waits. Borrowed until the next request. */
const char *load_call(struct load_conn *conn, const char *path, const char *body);

/* A held poll from the connection's cursor. */
void load_poll(struct load_conn *conn);
/* One send of `count` messages of that text. */
void load_send(struct load_conn *conn, const char *to, const char *text, int count);

/* The number behind "name": in a JSON text, or -1. */
int64_t load_number(const char *json, const char *name);

/* Sorts, smallest first: the median stands in the middle. */
void load_sort(int64_t *values, size_t count);

void load_die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
