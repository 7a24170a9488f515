#include "net/fake.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/timeu.h"

struct step {
	enum method_id method;
	bool cut;
	bool left;
	bool taken;
	long http_status;
	char *body;
	int delay_ms;
};

struct request {
	enum method_id method;
	char *body;
};

/* A call under way: due at `due`, or never where no step was there for it. */
struct pending {
	struct transport_call *call;
	const struct step *step;
	int64_t due;
};

struct fake {
	struct transport transport;
	struct step *steps;
	size_t step_count;
	struct request *requests;
	size_t request_count;
	struct pending *pending;
	size_t pending_count;
};

static struct fake *
downcast(struct transport *transport)
{
	return (struct fake *)transport;
}

static void
take_step(struct fake *fake, struct pending *pending)
{
	for (size_t i = 0; i < fake->step_count; i++) {
		struct step *step = &fake->steps[i];

		if (step->taken || step->method != pending->call->method->id)
			continue;
		step->taken = true;
		pending->step = step;
		pending->due = time_mono() + step->delay_ms * TIME_MS;
		if (step->cut && !step->left)
			pending->call->bytes_up = pending->call->requests = 0;
		return;
	}
}

static void
fake_start(struct transport *transport, struct transport_call *call)
{
	struct fake *fake = downcast(transport);

	call->bytes_up = (int64_t)call->body.length;
	call->requests = 1;
	fake->requests =
	    mem_resize(fake->requests, fake->request_count + 1, sizeof *fake->requests);
	fake->requests[fake->request_count++] =
	    (struct request){call->method->id, mem_strdup(buf_string(&call->body))};
	fake->pending = mem_resize(fake->pending, fake->pending_count + 1, sizeof *fake->pending);
	fake->pending[fake->pending_count] = (struct pending){.call = call, .due = INT64_MAX};
	take_step(fake, &fake->pending[fake->pending_count++]);
}

static void
forget(struct fake *fake, size_t index)
{
	fake->pending_count--;
	memmove(&fake->pending[index], &fake->pending[index + 1],
	    (fake->pending_count - index) * sizeof *fake->pending);
}

static void
fake_cancel(struct transport *transport, struct transport_call *call)
{
	struct fake *fake = downcast(transport);

	for (size_t i = 0; i < fake->pending_count; i++) {
		if (fake->pending[i].call != call)
			continue;
		forget(fake, i);
		return;
	}
}

static void
complete(struct transport_call *call, const struct step *step)
{
	if (step->cut) {
		transport_failed(call, step->left, "cut by the test");
	} else {
		call->bytes_down = (int64_t)strlen(step->body);
		transport_answered(call, step->http_status, step->body, strlen(step->body));
	}
	call->done(call);
}

/* The index of a call that is due, or pending_count. */
static size_t
find_due(const struct fake *fake, int64_t now)
{
	size_t i = 0;

	while (i < fake->pending_count && fake->pending[i].due > now)
		i++;
	return i;
}

static int64_t
next_due(const struct fake *fake)
{
	int64_t due = INT64_MAX;

	for (size_t i = 0; i < fake->pending_count; i++)
		if (fake->pending[i].due < due)
			due = fake->pending[i].due;
	return due;
}

static enum status
fake_wait(struct transport *transport, struct pollfd *fds, size_t count, int timeout_ms,
    struct error *err)
{
	struct fake *fake = downcast(transport);
	int64_t due = next_due(fake);
	size_t i;

	if (due != INT64_MAX && (timeout_ms < 0 || time_left_ms(due) < timeout_ms))
		timeout_ms = time_left_ms(due);
	if (poll(fds, (nfds_t)count, timeout_ms) < 0 && errno != EINTR)
		return error_set(err, STATUS_IO, "cannot wait: %s", strerror(errno));
	for (int64_t now = time_mono(); (i = find_due(fake, now)) < fake->pending_count;) {
		struct pending pending = fake->pending[i];

		forget(fake, i);
		complete(pending.call, pending.step);
	}
	return STATUS_OK;
}

static void
fake_destroy(struct transport *transport)
{
	struct fake *fake = downcast(transport);

	for (size_t i = 0; i < fake->step_count; i++)
		free(fake->steps[i].body);
	for (size_t i = 0; i < fake->request_count; i++)
		free(fake->requests[i].body);
	free(fake->steps);
	free(fake->requests);
	free(fake->pending);
	free(fake);
}

/* Whatever is started was asked at once. */
static void
fake_push(struct transport *transport)
{
	(void)transport;
}

static const struct transport_ops fake_ops = {
    fake_start, fake_push, fake_cancel, fake_wait, fake_destroy};

struct fake *
fake_create(void)
{
	struct fake *fake = mem_zalloc(1, sizeof *fake);

	fake->transport.ops = &fake_ops;
	/* Steps must not move: calls under way point to them. */
	fake->steps = mem_zalloc(256, sizeof *fake->steps);
	return fake;
}

struct transport *
fake_transport(struct fake *fake)
{
	return &fake->transport;
}

static void
add_step(struct fake *fake, struct step step)
{
	if (fake->step_count == 256)
		abort(); /* the test is wrong */
	fake->steps[fake->step_count++] = step;
	for (size_t i = 0; i < fake->pending_count; i++)
		if (!fake->pending[i].step)
			take_step(fake, &fake->pending[i]);
}

void
fake_answer(struct fake *fake, enum method_id method, long http_status, const char *body)
{
	add_step(fake,
	    (struct step){.method = method, .http_status = http_status, .body = mem_strdup(body)});
}

void
fake_cut(struct fake *fake, enum method_id method, bool left)
{
	add_step(fake, (struct step){.method = method, .cut = true, .left = left});
}

void
fake_delay(struct fake *fake, int delay_ms)
{
	struct step *step = &fake->steps[fake->step_count - 1];

	step->delay_ms = delay_ms;
	for (size_t i = 0; i < fake->pending_count; i++)
		if (fake->pending[i].step == step)
			fake->pending[i].due = time_mono() + delay_ms * TIME_MS;
}

const char *
fake_request(const struct fake *fake, enum method_id method, size_t index)
{
	for (size_t i = 0; i < fake->request_count; i++)
		if (fake->requests[i].method == method && index-- == 0)
			return fake->requests[i].body;
	return NULL;
}

size_t
fake_request_count(const struct fake *fake, enum method_id method)
{
	size_t count = 0;

	for (size_t i = 0; i < fake->request_count; i++)
		count += fake->requests[i].method == method;
	return count;
}
