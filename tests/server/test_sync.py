"""login-sync, events and generations, called directly."""
import os
import shutil
import time

import tern_test
from tern_test import Api, Connection, check, check_equal, wait_for

from tern_helpers import metric, send_one


def poll(api, wait=60000):
    """A held poll: the connection that will have its answer."""
    connection = Connection(api.server.port)
    connection.request("/v1/events", {"cursor": api.cursor, "wait": wait}, api.token)
    return connection


def holds(server, count):
    """Waits until the server holds that many polls."""
    wait_for(lambda: metric(server, "ternd_polls_held") == count, what=f"{count} held polls")


def test_nothing_changed_is_small(t):
    server = t.server()
    alice = Api(server).register("alice")
    alice.sync()
    connection = Connection(server.port)
    connection.request("/v1/login-sync", {"cursor": alice.cursor}, alice.token)
    _, headers, body = connection.answer()
    check(len(body) < 120, f"{len(body)} bytes: {body!r}")
    check(sum(len(k) + len(v) + 4 for k, v in headers.items()) < 120, f"headers {headers}")


def test_changes_come_once(t):
    server = t.server()
    alice, bob = Api(server).register("alice"), Api(server).register("bob")
    alice.sync()
    alice.call("contact-set", {"contacts": [
        {"address": "bob@example.org", "name": "Bob", "removed": False},
        {"address": "nobody@example.org", "name": "", "removed": False}]})
    send_one(bob, "hello", "alice@example.org")
    answer = alice.sync()
    check_equal(sorted(c["address"] for c in answer["contacts"]),
                ["bob@example.org", "nobody@example.org"], "contacts")
    head = answer["conversations"][0]
    check_equal((head["conversation"], head["first"], head["last"]), ("bob@example.org", 1, 1),
                "the conversation")
    answer = alice.sync()
    check("contacts" not in answer and "conversations" not in answer, f"again: {answer}")
    alice.call("contact-set", {"contacts": [
        {"address": "bob@example.org", "name": "Bob", "removed": True}]})
    check_equal(alice.sync()["contacts"][0].get("removed"), True, "a removal")


def test_contact_set_is_idempotent(t):
    server = t.server()
    alice = Api(server).register("alice")
    contact = {"contacts": [{"address": "bob@example.org", "name": "Bob", "removed": False}]}
    first = alice.call("contact-set", contact)["contacts"][0]
    again = alice.call("contact-set", contact)["contacts"][0]
    check_equal(again["stamp"], first["stamp"], "the stamp where nothing changes")


def test_many_contacts_come_in_pages(t):
    server = t.server()
    alice = Api(server).register("alice")
    for start in range(0, 2500, 500):
        alice.call("contact-set", {"contacts": [
            {"address": f"c{n}@example.org", "name": f"C{n}", "removed": False}
            for n in range(start, start + 500)]})
    seen, pages, body = [], 0, {}
    while True:
        answer = alice.call("login-sync", body)
        pages += 1
        seen += [c["address"] for c in answer.get("contacts", ())]
        check(answer["to"] > body.get("cursor", ("", 0))[1], f"each page advances: {body}")
        if "until" not in answer:
            break
        body = {"cursor": [answer["generation"], answer["to"]], "until": answer["until"]}
    check_equal(sorted(seen), sorted(f"c{n}@example.org" for n in range(2500)), "all, once")
    check(pages > 1, "in pages")


def test_what_changes_again_is_not_left_out(t):
    """A message that came before `until` is told of, though another one came behind it."""
    server = t.server()
    alice, bob = Api(server).register("alice"), Api(server).register("bob")
    bob.sync()
    until = send_one(alice, "one")["stamp"]
    send_one(alice, "two")
    answer = bob.call("login-sync", {"cursor": bob.cursor, "until": until})
    check_equal(answer["to"], until, "the end of the interval")
    check_equal([(c["conversation"], c["last"]) for c in answer.get("conversations", [])],
                [("alice@example.org", 2)], "the conversation")
    bob.cursor = [answer["generation"], answer["to"]]
    status, answer = poll(bob, 0).answer_json()
    check_equal([e["text"] for e in answer["events"]], ["two"], "what is behind it comes again")


def test_held_poll_answers_at_once(t):
    server = t.server()
    alice, bob = Api(server).register("alice"), Api(server).register("bob")
    bob.sync()
    delays = []
    for n in range(20):
        held = poll(bob)
        holds(server, 1)
        sent = send_one(alice, f"message {n}")
        acknowledged = time.monotonic()
        status, answer = held.answer_json()
        delays.append(time.monotonic() - acknowledged)
        check_equal(status, 200, "events")
        check_equal([e["text"] for e in answer["events"]], [f"message {n}"], "the event")
        check_equal(answer["events"][0]["msg_id"], sent["msg_id"], "its msg_id")
        check_equal(answer["from"], bob.cursor[1], "the interval joins the cursor")
        bob.cursor = [answer["generation"], answer["to"]]
        held.close()
    # Others' tests run beside this one: the median tells of the server.
    delays.sort()
    check(delays[10] < 0.05, f"median {delays[10] * 1000:.1f} ms behind the acknowledgement")


def test_unacknowledged_answer_comes_again(t):
    server = t.server()
    alice, bob = Api(server).register("alice"), Api(server).register("bob")
    bob.sync()
    send_one(alice, "one")
    first = poll(bob).answer_json()[1]
    send_one(alice, "two")
    again = poll(bob).answer_json()[1]
    texts = [e["text"] for e in again["events"]]
    check_equal(texts, ["one", "two"], "from the old cursor, everything since")
    check_equal(first["events"][0]["msg_id"], again["events"][0]["msg_id"], "the same message")


def test_wait_runs_out(t):
    server = t.server()
    bob = Api(server).register("bob")
    bob.sync()
    status, answer = poll(bob, 200).answer_json()
    check_equal(status, 200, "events")
    check("events" not in answer or answer["events"] == [], f"nothing happened: {answer}")


def test_superseded(t):
    server = t.server()
    bob = Api(server).register("bob")
    bob.sync()
    first = poll(bob)
    holds(server, 1)
    second = poll(bob)
    check_equal(first.answer_json()[1].get("superseded"), True, "the first poll")
    holds(server, 1)
    send_one(bob, "note", "bob@example.org")
    second.close()


def test_gone_client_is_freed_at_once(t):
    server = t.server()
    bob = Api(server).register("bob")
    bob.sync()
    held = poll(bob)
    holds(server, 1)
    started = time.monotonic()
    held.close()
    holds(server, 0)
    check(time.monotonic() - started < 5, "freed at once")


def test_cursor_over_a_restart(t):
    server = t.server(fixed=True)
    alice, bob = Api(server).register("alice"), Api(server).register("bob")
    send_one(alice, "one")
    bob.sync()
    generation = bob.cursor[0]
    server.kill()
    server.start()
    alice.close(), bob.close()
    answer = poll(bob).answer_json()[1]
    check_equal(answer.get("resync"), True, "events after a restart")
    send_one(alice, "two")
    answer = bob.sync()
    check(answer["generation"] != generation, "a new generation")
    check_equal([c["last"] for c in answer["conversations"]], [2], "only what changed since")
    check_equal("contacts" in answer, False, "no contacts")


def test_restored_backup_is_noticed(t):
    server = t.server(fixed=True)
    alice, bob = Api(server).register("alice"), Api(server).register("bob")
    send_one(alice, "one")
    bob.sync()
    generation, backup = bob.cursor
    server.stop()
    shutil.copy(server.store, t.path("backup.db"))
    server.start()
    alice.close(), bob.close()
    send_one(alice, "two, which the backup lacks")
    bob.sync()
    lost = bob.cursor
    server.stop()
    for suffix in ("-wal", "-shm"):
        if os.path.exists(server.store + suffix):
            os.unlink(server.store + suffix)
    shutil.copy(t.path("backup.db"), server.store)
    server.start()
    alice.close(), bob.close()
    answer = bob.call("login-sync", {"cursor": lost})
    check_equal(answer.get("reset"), True, "a cursor from the lost history")
    answer = bob.call("login-sync", {"cursor": ["AAAAAAAAAAA", 1]})
    check_equal(answer.get("reset"), True, "a generation that never was")
    # Nothing is wrong with the cursor, but with what is known beyond it.
    for known, reset in ((lost[1], True), (backup, None)):
        for body in ({"cursor": [generation, 0]}, {}):
            answer = bob.call("login-sync", {**body, "known": [generation, known]})
            check_equal(answer.get("reset"), reset, f"known {known - backup} beyond the backup")


def test_logout_ends_the_held_poll(t):
    server = t.server()
    bob = Api(server).register("bob")
    bob.sync()
    held = poll(bob)
    holds(server, 1)
    bob.call("logout")
    answer = held.answer()
    check(answer is None or answer[0] == 401, f"the held poll of a device that left: {answer}")


tern_test.main()
