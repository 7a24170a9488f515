#include "load.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "wire/json.h"

enum { ANSWER_MAX = 8 * 1024 * 1024 };

void
load_die(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

void
load_sort(int64_t *values, size_t count)
{
	qsort(values, count, sizeof *values, compare);
}

/* ---- the server ---- */

static void
exec_server(const char *program, const char *store, int out)
{
	dup2(out, STDOUT_FILENO);
	execl(program, program, "--listen", "http://127.0.0.1:0", "--store", store, "--domain",
	    "example.org", "--registration", "open", "--weak-passwords", "--log-level", "error",
	    (char *)NULL);
	load_die("cannot run %s: %s", program, strerror(errno));
}

void
load_server_start(struct load_server *server, const char *program)
{
	char template[] = "/tmp/tern-bench-XXXXXX";
	char line[256] = "";
	int out[2];
	FILE *reader;
	const char *colon;

	if (!mkdtemp(template) || pipe(out) != 0)
		load_die("cannot make a place for the server");
	server->dir = mem_strdup(template);
	server->pid = fork();
	if (server->pid == 0) {
		char *store = mem_printf("%s/store.db", server->dir);

		close(out[0]);
		exec_server(program, store, out[1]);
	}
	close(out[1]);
	reader = fdopen(out[0], "r");
	if (!reader || !fgets(line, sizeof line, reader) || !(colon = strrchr(line, ':')))
		load_die("the server did not start");
	server->port = (int)strtol(colon + 1, NULL, 10);
}

void
load_server_stop(struct load_server *server)
{
	static const char *const files[] = {"store.db", "store.db-wal", "store.db-shm"};

	kill(server->pid, SIGTERM);
	waitpid(server->pid, NULL, 0);
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		char *path = mem_printf("%s/%s", server->dir, files[i]);

		unlink(path);
		free(path);
	}
	rmdir(server->dir);
	free(server->dir);
}

long
load_server_memory(const struct load_server *server)
{
	char *path = mem_printf("/proc/%d/status", (int)server->pid);
	FILE *file = fopen(path, "r");
	char line[256];
	long kib = -1;

	while (file && fgets(line, sizeof line, file))
		if (strncmp(line, "VmRSS:", 6) == 0)
			kib = strtol(line + 6, NULL, 10);
	if (file)
		fclose(file);
	free(path);
	return kib;
}

int64_t
load_server_cpu(const struct load_server *server)
{
	char *tasks = mem_printf("/proc/%d/task", (int)server->pid);
	DIR *dir = opendir(tasks);
	struct dirent *entry;
	int64_t sum = 0;

	while (dir && (entry = readdir(dir))) {
		char *file = mem_printf("%s/%s/schedstat", tasks, entry->d_name);
		FILE *reader = entry->d_name[0] != '.' ? fopen(file, "r") : NULL;
		char line[128];

		if (reader && fgets(line, sizeof line, reader))
			sum += strtoll(line, NULL, 10);
		if (reader)
			fclose(reader);
		free(file);
	}
	if (dir)
		closedir(dir);
	free(tasks);
	return sum / 1000;
}

/* ---- connections ---- */

void
load_connect(struct load_conn *conn, const struct load_server *server)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
	    .sin_port = htons((uint16_t)server->port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int on = 1;

	conn->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (conn->fd < 0 || connect(conn->fd, (struct sockaddr *)&address, sizeof address) != 0)
		load_die("cannot connect: %s", strerror(errno));
	setsockopt(conn->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	buf_init(&conn->in, ANSWER_MAX);
}

void
load_close(struct load_conn *conn)
{
	close(conn->fd);
	buf_finish(&conn->in);
	free(conn->token);
	free(conn->address);
}

void
load_post(struct load_conn *conn, const char *path, const char *body, size_t length)
{
	struct buf out;

	buf_init(&out, ANSWER_MAX);
	buf_printf(&out, "POST %s HTTP/1.1\r\nHost: bench\r\n", path);
	if (conn->token)
		buf_printf(&out, "Authorization: Bearer %s\r\n", conn->token);
	buf_printf(&out, "Content-Length: %zu\r\n\r\n", length);
	buf_add(&out, body, length);
	for (size_t done = 0; done < out.length;) {
		ssize_t n = write(conn->fd, out.data + done, out.length - done);

		if (n <= 0)
			load_die("cannot write a request: %s", strerror(errno));
		done += (size_t)n;
	}
	buf_finish(&out);
}

/* The body of the answer at the front of conn->in, and its length; NULL while it isn't whole. */
static char *
whole_answer(struct load_conn *conn, size_t *length)
{
	char *end = conn->in.length ? strstr(conn->in.data, "\r\n\r\n") : NULL;
	char *field;

	if (!end)
		return NULL;
	field = strcasestr(conn->in.data, "Content-Length: ");
	if (!field || field > end)
		load_die("an answer without a length");
	*length = strtoul(field + 16, NULL, 10);
	if (strncmp(conn->in.data, "HTTP/1.1 200 ", 13) != 0)
		load_die("refused: %s", end + 4);
	end += 4;
	return conn->in.length >= (size_t)(end - conn->in.data) + *length ? end : NULL;
}

const char *
load_answer(struct load_conn *conn)
{
	size_t length;
	char *body;
	ssize_t n = recv(conn->fd, buf_reserve(&conn->in, 65536), 65536, MSG_DONTWAIT);

	if (n == 0)
		load_die("the server closed a connection");
	if (n > 0) {
		conn->in.length += (size_t)n;
		conn->in.data[conn->in.length] = '\0';
	}
	body = whole_answer(conn, &length);
	return body;
}

void
load_taken(struct load_conn *conn)
{
	buf_clear(&conn->in);
}

const char *
load_call(struct load_conn *conn, const char *path, const char *body)
{
	const char *answer;

	load_taken(conn);
	load_post(conn, path, body, strlen(body));
	while (!(answer = load_answer(conn))) {
		char byte;

		/* Wait for more without taking it. */
		if (recv(conn->fd, &byte, 1, MSG_PEEK) <= 0)
			load_die("the server closed a connection");
	}
	return answer;
}

int64_t
load_number(const char *json, const char *name)
{
	char *field = mem_printf("\"%s\":", name);
	const char *found = strstr(json, field);
	int64_t value = found ? strtoll(found + strlen(field), NULL, 10) : -1;

	free(field);
	return value;
}

static char *
string_field(const char *json, const char *name)
{
	char *field = mem_printf("\"%s\":\"", name);
	const char *found = strstr(json, field);
	char *value = NULL;

	if (found) {
		found += strlen(field);
		value = mem_strndup(found, strcspn(found, "\""));
	}
	free(field);
	return value;
}

static void
learn_cursor(struct load_conn *conn)
{
	const char *answer = load_call(conn, "/v1/login-sync", "{}");
	char *generation = string_field(answer, "generation");

	snprintf(conn->generation, sizeof conn->generation, "%s", generation);
	free(generation);
	conn->cursor = load_number(answer, "to");
	load_taken(conn);
}

void
load_register(struct load_conn *conn, const struct load_server *server, const char *address)
{
	char *body = mem_printf(
	    "{\"address\":\"%s\",\"password\":\"password\",\"device\":\"bench\"}", address);
	const char *answer;

	*conn = (struct load_conn){.address = mem_strdup(address)};
	load_connect(conn, server);
	answer = load_call(conn, "/v1/register", body);
	conn->token = string_field(answer, "token");
	free(body);
	learn_cursor(conn);
}

void
load_share(struct load_conn *conn, const struct load_conn *from, const struct load_server *server)
{
	*conn = *from;
	conn->token = mem_strdup(from->token);
	conn->address = mem_strdup(from->address);
	load_connect(conn, server);
}

void
load_poll(struct load_conn *conn)
{
	char body[128];
	int length = snprintf(body, sizeof body, "{\"cursor\":[\"%s\",%lld],\"wait\":60000}",
	    conn->generation, (long long)conn->cursor);

	load_post(conn, "/v1/events", body, (size_t)length);
}

void
load_send(struct load_conn *conn, const char *to, const char *text, int count)
{
	struct buf body;
	char key[KEY_TEXT_SIZE];

	buf_init(&body, ANSWER_MAX);
	buf_add_string(&body, "{\"messages\":[");
	for (int i = 0; i < count; i++) {
		key_make(&conn->key, &conn->key);
		buf_printf(&body,
		    "%s{\"to\":\"%s\",\"key\":\"%s\",\"type\":\"text\",\"text\":", i ? "," : "", to,
		    key_format(&conn->key, key));
		json_add_string(&body, text);
		buf_add_char(&body, '}');
	}
	buf_add_string(&body, "]}");
	load_post(conn, "/v1/send", body.data, body.length);
	buf_finish(&body);
}
