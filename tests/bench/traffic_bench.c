/*
 * What being up to date costs, in one run: bytes as the client counts them (of HTTP, with its
 * heads), round trips and times, each beside what else could be done for the same.
 *
 *   traffic_bench TERND TERN
 *
 * A private server on loopback. Contacts and texts are random, from a seed: words from lists, so
 * that they compress somewhat better than people's.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/timeu.h"
#include "machine.h"
#include "net/http.h"
#include "person.h"
#include "traffic.h"
#include "wire/limits.h"
#include "wire/packer.h"

static void
on_done(struct transport_call *call)
{
	*(bool *)call->arg = true;
}

struct json *
traffic_ask(struct bench *bench, const char *token, enum method_id method, struct buf *body,
    struct spent *spent)
{
	bool done = false;
	int64_t begin = time_mono();
	struct transport_call call = {.method = method_get(method),
	    .token = token,
	    .body = *body,
	    .timeout_ms = 60000,
	    .done = on_done,
	    .arg = &done};
	struct json *doc;
	struct error err;

	transport_start(bench->transport, &call);
	while (!done)
		if (transport_wait(bench->transport, NULL, 0, -1, &err) != STATUS_OK)
			load_die("cannot wait: %s", err.text);
	if (call.status != STATUS_OK)
		load_die("%s failed: %s", call.method->name, call.err.text);
	spent->requests += call.requests;
	spent->bytes += call.bytes_up + call.bytes_down;
	spent->us += time_mono() - begin;
	doc = call.doc;
	call.doc = NULL;
	transport_call_finish(&call);
	return doc;
}

int
traffic_random(struct bench *bench, int limit)
{
	return rand_r(&bench->seed) % limit;
}

void
traffic_words(struct bench *bench, struct buf *out, int count)
{
	static const char *const words[] = {"the", "lunch", "at", "noon", "river", "tomorrow",
	    "please", "invoice", "don't", "forget", "meeting", "with", "carol", "office", "kitchen",
	    "thanks", "yes", "no", "maybe", "friday", "look", "this", "I", "will", "be", "late",
	    "can", "you", "send", "me", "report", "who", "knows", "when", "train", "arrives", "we",
	    "could", "walk", "instead", "rain", "again", "photo", "holiday", "question", "answer",
	    "今天", "没问题"};

	for (int i = 0; i < count; i++) {
		if (i)
			buf_add_char(out, ' ');
		buf_add_string(out, words[traffic_random(bench, sizeof words / sizeof words[0])]);
	}
}

size_t
traffic_packed(const struct buf *body)
{
	struct packer *packer = packer_create();
	size_t length = body->length;
	struct buf frame;

	buf_init(&frame, LIMIT_ANSWER);
	if (packer_pack(packer, body, &frame))
		length = frame.length;
	buf_finish(&frame);
	packer_destroy(packer);
	return length;
}

int
main(int argc, char **argv)
{
	struct bench bench = {.tern = argc > 2 ? argv[2] : NULL, .seed = 20261122};
	struct error err;
	char *url, *dir;

	if (argc < 3)
		load_die("usage: traffic_bench TERND TERN");
	load_server_start(&bench.server, argv[1]);
	dir = mem_strdup(bench.server.dir);
	machine_print(dir);
	url = mem_printf("http://127.0.0.1:%d", bench.server.port);
	if (http_create(&bench.transport, url, &err) != STATUS_OK)
		load_die("%s", err.text);
	traffic_unchanged(&bench);
	traffic_changed(&bench);
	traffic_offline(&bench);
	transport_destroy(bench.transport);
	load_server_stop(&bench.server);
	person_remove_tree(dir);
	free(url);
	free(dir);
	return 0;
}
