#include "worker.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/mem.h"
#include "store.h"

/* Jobs that ended together. stamp is set where they were a commit of the writer. */
struct batch {
	struct job *first;
	bool committed;
	int64_t stamp;
	struct batch *next;
};

struct worker {
	enum worker_kind kind;
	struct store *store; /* owned; the thread's */
	size_t limit;
	pthread_t thread;
	int wake;            /* eventfd: batches are done */
	struct event *event; /* on wake */
	void (*committed)(void *arg, int64_t stamp);
	void *committed_arg;

	pthread_mutex_t lock; /* over what follows */
	pthread_cond_t work;
	bool stopping;
	struct job *queue, **queue_end;
	size_t queued;
	struct batch *done, **done_end;
};

static void
post(struct worker *worker, struct job *first, bool committed)
{
	struct batch *batch = mem_zalloc(1, sizeof *batch);
	uint64_t one = 1;
	bool was_empty;

	batch->first = first;
	batch->committed = committed;
	if (committed)
		batch->stamp = worker->store->driver->last_stamp(worker->store);
	pthread_mutex_lock(&worker->lock);
	was_empty = !worker->done;
	*worker->done_end = batch;
	worker->done_end = &batch->next;
	pthread_mutex_unlock(&worker->lock);
	/* It fails only where the counter is full, and then it is readable. */
	if (was_empty && write(worker->wake, &one, sizeof one) < 0)
		return;
}

static enum status
run_job(struct worker *worker, struct job *job)
{
	job->err = (struct error){0};
	job->status = job->run(job, worker->store, &job->err);
	return job->status;
}

/* Runs all jobs in one transaction. What fails it is also every job's failure. */
static enum status
run_transaction(struct worker *worker, struct job *first)
{
	const struct store_driver *driver = worker->store->driver;
	struct error err = {0};
	enum status status = driver->begin(worker->store, &err);

	for (struct job *job = first; job && status == STATUS_OK; job = job->next)
		if ((status = run_job(worker, job)))
			err = job->err;
	if (status == STATUS_OK)
		status = driver->commit(worker->store, &err);
	if (status == STATUS_OK)
		return STATUS_OK;
	driver->rollback(worker->store);
	for (struct job *job = first; job; job = job->next) {
		job->status = status;
		job->err = err;
	}
	return status;
}

/* Runs a group of the writer's; failed, each job again in its own transaction, so that none fails
 * by its neighbours. */
static void
run_group(struct worker *worker, struct job *first)
{
	struct job *next;

	if (run_transaction(worker, first) == STATUS_OK) {
		post(worker, first, true);
		return;
	}
	if (!first->next) {
		post(worker, first, false);
		return;
	}
	for (struct job *job = first; job; job = next) {
		next = job->next;
		job->next = NULL;
		post(worker, job, run_transaction(worker, job) == STATUS_OK);
	}
}

static void
run_taken(struct worker *worker, struct job *first)
{
	switch (worker->kind) {
	case WORKER_WRITER:
		run_group(worker, first);
		break;
	case WORKER_READER:
		run_transaction(worker, first);
		post(worker, first, false);
		break;
	case WORKER_PLAIN:
		run_job(worker, first);
		post(worker, first, false);
		break;
	}
}

/* Takes what runs next: everything that waits to be written, one job of another kind. */
static struct job *
take(struct worker *worker)
{
	struct job *first = worker->queue;

	if (worker->kind == WORKER_WRITER || !first->next) {
		worker->queue = NULL;
		worker->queue_end = &worker->queue;
		worker->queued = 0;
	} else {
		worker->queue = first->next;
		worker->queued--;
		first->next = NULL;
	}
	return first;
}

static void *
worker_thread(void *arg)
{
	struct worker *worker = arg;
	struct job *first;

	pthread_mutex_lock(&worker->lock);
	for (;;) {
		while (!worker->queue && !worker->stopping)
			pthread_cond_wait(&worker->work, &worker->lock);
		if (!worker->queue)
			break;
		first = take(worker);
		pthread_mutex_unlock(&worker->lock);
		run_taken(worker, first);
		pthread_mutex_lock(&worker->lock);
	}
	pthread_mutex_unlock(&worker->lock);
	return NULL;
}

/* Calls done for every job that ended, commit by commit. */
static void
deliver(struct worker *worker)
{
	struct batch *batch, *next_batch;

	pthread_mutex_lock(&worker->lock);
	batch = worker->done;
	worker->done = NULL;
	worker->done_end = &worker->done;
	pthread_mutex_unlock(&worker->lock);
	for (; batch; batch = next_batch) {
		struct job *next;

		for (struct job *job = batch->first; job; job = next) {
			next = job->next;
			job->done(job, job->status, &job->err);
		}
		if (batch->committed && worker->committed)
			worker->committed(worker->committed_arg, batch->stamp);
		next_batch = batch->next;
		free(batch);
	}
}

static void
on_wake(evutil_socket_t fd, short what, void *arg)
{
	uint64_t count;

	(void)what;
	/* Read before the list is taken: what ends in between wakes again. */
	if (read(fd, &count, sizeof count) < 0)
		return;
	deliver(arg);
}

static void
free_worker(struct worker *worker)
{
	if (worker->event)
		event_free(worker->event);
	if (worker->wake >= 0)
		close(worker->wake);
	pthread_cond_destroy(&worker->work);
	pthread_mutex_destroy(&worker->lock);
	if (worker->store)
		worker->store->driver->close(worker->store);
	free(worker);
}

enum status
worker_create(struct worker **created, enum worker_kind kind, struct store *store,
    struct event_base *base, size_t limit, struct error *err)
{
	struct worker *worker = mem_zalloc(1, sizeof *worker);
	int failed = 0;

	worker->kind = kind;
	worker->store = store;
	worker->limit = limit;
	worker->queue_end = &worker->queue;
	worker->done_end = &worker->done;
	pthread_mutex_init(&worker->lock, NULL);
	pthread_cond_init(&worker->work, NULL);
	worker->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (worker->wake < 0)
		failed = errno;
	else
		worker->event =
		    event_new(base, worker->wake, EV_READ | EV_PERSIST, on_wake, worker);
	if (!failed && (!worker->event || event_add(worker->event, NULL) != 0))
		failed = ENOMEM;
	if (!failed)
		failed = pthread_create(&worker->thread, NULL, worker_thread, worker);
	if (failed) {
		free_worker(worker);
		return error_set(err, STATUS_IO, "a thread can't be started: %s", strerror(failed));
	}
	*created = worker;
	return STATUS_OK;
}

void
worker_destroy(struct worker *worker)
{
	if (!worker)
		return;
	pthread_mutex_lock(&worker->lock);
	worker->stopping = true;
	pthread_cond_signal(&worker->work);
	pthread_mutex_unlock(&worker->lock);
	pthread_join(worker->thread, NULL);
	deliver(worker);
	free_worker(worker);
}

bool
worker_submit(struct worker *worker, struct job *job)
{
	bool taken;

	pthread_mutex_lock(&worker->lock);
	taken = worker->queued < worker->limit && !worker->stopping;
	if (taken) {
		job->next = NULL;
		*worker->queue_end = job;
		worker->queue_end = &job->next;
		if (worker->queued++ == 0)
			pthread_cond_signal(&worker->work);
	}
	pthread_mutex_unlock(&worker->lock);
	return taken;
}

void
worker_on_commit(struct worker *writer, void (*committed)(void *arg, int64_t stamp), void *arg)
{
	writer->committed = committed;
	writer->committed_arg = arg;
}
