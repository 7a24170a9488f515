#include "machine.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/timeu.h"
#include "load.h"

enum { SYNCS = 300, ROUNDS = 3000, BLOCK = 4096, PING = 64 };

static double
median_ms(int64_t *took, size_t count)
{
	load_sort(took, count);
	return (double)took[count / 2] / 1000;
}

static double
measure_sync(const char *dir)
{
	char *path = mem_printf("%s/sync", dir);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	char block[BLOCK] = {1};
	int64_t took[SYNCS];

	for (size_t i = 0; i < SYNCS; i++) {
		int64_t begin = time_mono();

		if (write(fd, block, sizeof block) != BLOCK || fdatasync(fd) != 0)
			load_die("cannot write %s: %s", path, strerror(errno));
		took[i] = time_mono() - begin;
	}
	close(fd);
	unlink(path);
	free(path);
	return median_ms(took, SYNCS);
}

/* Gives back whatever comes. */
static void
echo(int fd)
{
	char data[PING];
	ssize_t n;

	while ((n = read(fd, data, sizeof data)) > 0)
		if (write(fd, data, (size_t)n) != n)
			break;
	_exit(0);
}

/* A connected pair over loopback; the other end echoes in a child. */
static int
connect_echo(pid_t *child)
{
	struct sockaddr_in address = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int on = 1;

	if (bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 1) != 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &size) != 0)
		load_die("cannot listen: %s", strerror(errno));
	*child = fork();
	if (*child == 0) {
		int peer = accept(listener, NULL, NULL);

		setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		close(fd);
		echo(peer);
	}
	close(listener);
	if (connect(fd, (struct sockaddr *)&address, size) != 0)
		load_die("cannot connect: %s", strerror(errno));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	return fd;
}

static double
measure_round(void)
{
	char data[PING] = {0};
	int64_t took[ROUNDS];
	pid_t child;
	int fd = connect_echo(&child);

	for (size_t i = 0; i < ROUNDS; i++) {
		int64_t begin = time_mono();

		if (write(fd, data, sizeof data) != PING ||
		    recv(fd, data, sizeof data, MSG_WAITALL) != PING)
			load_die("the echo broke");
		took[i] = time_mono() - begin;
	}
	close(fd);
	waitpid(child, NULL, 0);
	return median_ms(took, ROUNDS);
}

void
machine_measure(struct machine *machine, const char *dir)
{
	machine->sync_ms = measure_sync(dir);
	machine->round_ms = measure_round();
}

void
machine_print(const char *dir)
{
	struct machine machine;
	double load = 0;

	machine_measure(&machine, dir);
	getloadavg(&load, 1);
	printf("the machine now: write and fdatasync of 4 KiB %.2f ms, loopback round trip of 64 "
	       "bytes %.3f ms (medians); load %.1f on %ld processors\n",
	    machine.sync_ms, machine.round_ms, load, sysconf(_SC_NPROCESSORS_ONLN));
}
