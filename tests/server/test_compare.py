"""reset, compare and digest, called directly."""
import base64
import hashlib
import os
import shutil
import sqlite3
import uuid

import tern_test
from tern_test import Api, check, check_equal

from tern_helpers import send_one


def contact(name, address="bob@example.org"):
    return {"address": address, "name": name, "removed": False}


def digest_of(messages):
    """doc/protocol.md 3.10, said again."""
    data = b""
    for m in messages:
        for field in (m["msg_id"], m["stamp"], m["type"], m.get("target", 0), m["from"],
                      m.get("text", "")):
            data += str(field).encode() + b"\0"
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()[:16]).rstrip(b"=").decode()


def pull(api, who, first, last):
    pages = api.call("pull", {"want": [[who, first, last]]})["pages"]
    return pages[0]["messages"]


def restore(server, copy):
    """kill -9, and the copy put back."""
    server.kill()
    for suffix in ("-wal", "-shm"):
        if os.path.exists(server.store + suffix):
            os.unlink(server.store + suffix)
    shutil.copy(copy, server.store)
    server.start()


def test_send_waits_for_what_was_lost(t):
    """A sender who knows more than the server has is told so, and nothing is stored."""
    server = t.server()
    alice = Api(server).register("alice")
    Api(server).register("bob").close()
    first = send_one(alice, "one")
    generation = alice.call("contact-set", {"contacts": []})["generation"]

    def send(text, known):
        return alice.call("send", {"messages": [{"to": "bob@example.org", "key": str(uuid.uuid4()),
                                                 "type": "text", "text": text}], "known": known})
    check_equal(send("two", [generation, first["stamp"]])["results"][0]["msg_id"], 2, "known")
    for known in ([generation, first["stamp"] + 3600 * 10 ** 6], ["A" * 11, 1]):
        answer = send("three", known)
        check_equal((answer.get("reset"), answer["results"]), (True, []), f"{known}")
    check_equal([m["text"] for m in pull(alice, "bob@example.org", 1, 9)], ["one", "two"], "stored")
    alice.call("send", {"messages": [], "known": "x"}, expect=400)


def test_reset_finds_the_fork(t):
    server = t.server(fixed=True)
    alice = Api(server).register("alice")
    Api(server).register("bob").close()
    first = alice.call("contact-set", {"contacts": []})["generation"]
    send_one(alice, "one")
    server.stop()
    shutil.copy(server.store, t.path("copy.db"))
    backup = sqlite3.connect(t.path("copy.db")).execute("SELECT stamp FROM state").fetchone()[0]
    server.start()
    alice.close()
    lost = send_one(alice, "two")["stamp"]
    second = alice.call("contact-set", {"contacts": []})["generation"]
    alice.close()
    restore(server, t.path("copy.db"))
    for known, fork in (([[second, lost], [first, backup]], backup),
                        ([[second, lost], [first, backup - 1]], backup - 1),
                        ([[first, lost]], backup), ([[second, lost]], 0), ([], 0)):
        answer = alice.call("reset", {"generations": known})
        check_equal(answer["fork"], fork, f"the fork from {known}")
        check(answer["stamp"] >= backup and answer["generation"] not in (first, second),
              f"{answer}")
    alice.call("reset", {"generations": [["x" * 12, 1]]}, expect=400)
    alice.call("reset", {}, expect=400)


def test_compare_tells_differences_alone(t):
    server = t.server()
    alice = Api(server).register("alice")
    for name in ("bob", "carol", "dave"):
        Api(server).register(name).close()
    rows = alice.call("contact-set", {"contacts": [
        contact("Bob"), contact("Carol", "carol@example.org"),
        contact("Dave", "dave@example.org")]})["contacts"]
    stamps = {row["address"]: row["stamp"] for row in rows}

    def compare(have, kind="contacts", **bounds):
        return alice.call("compare", {"kind": kind, "have": have, **bounds})

    answer = compare([[a, stamps[a]] for a in sorted(stamps)])
    check_equal(answer["contacts"], [], "nothing differs")
    check("gone" not in answer and "upto" not in answer, f"{answer}")
    check_equal(compare([])["contacts"], rows, "all of them are lacking")
    answer = compare([["bob@example.org", 1], ["carol@example.org", stamps["carol@example.org"]],
                      ["eve@example.org", 5]])
    check_equal([row["name"] for row in answer["contacts"]], ["Bob", "Dave"], "what differs")
    check_equal(answer["gone"], ["eve@example.org"], "what is not there")
    answer = compare([], after="bob@example.org", upto="carol@example.org")
    check_equal([row["name"] for row in answer["contacts"]], ["Carol"], "an interval")
    # Heads, by the peer's address.
    for name in ("dave", "bob"):
        send_one(alice, "hi", f"{name}@example.org")
    heads = compare([], "conversations")["conversations"]
    check_equal([head["conversation"] for head in heads],
                ["bob@example.org", "dave@example.org"], "heads in the order of addresses")
    check_equal(heads[0]["last"], 1, "a head")
    answer = compare([["bob@example.org", heads[0]["stamp"]], ["carol@example.org", 1]],
                     "conversations")
    check_equal(answer["conversations"], heads[1:], "the other one")
    check_equal(answer["gone"], ["carol@example.org"], "a conversation that isn't there")
    check_equal(compare([], "groups")["groups"], [], "no groups")
    alice.call("compare", {"kind": "contacts", "have": [["carol@example.org", 1],
                                                        ["bob@example.org", 1]]}, expect=400)
    alice.token = "x" * 43
    alice.call("compare", {"kind": "contacts", "have": []}, expect=401)


def test_compare_of_many_goes_by_pages(t):
    server = t.server()
    alice = Api(server).register("alice")
    names = [f"c{n:05}@example.org" for n in range(2500)]
    stamps = {}
    for at in range(0, len(names), 1000):
        for row in alice.call("contact-set", {"contacts": [
                contact("", a) for a in names[at:at + 1000]]})["contacts"]:
            stamps[row["address"]] = row["stamp"]
    # A client that has every third, and some that are none.
    have = {a: stamps[a] for a in names[::3]}
    have.update({f"c{n:05}x@example.org": 1 for n in range(0, 2500, 100)})
    got, gone, after, requests = [], [], None, 0
    while True:
        todo = sorted(a for a in have if not after or a > after)[:1000]
        body = {"kind": "contacts", "have": [[a, have[a]] for a in todo]}
        if after:
            body["after"] = after
        if len(todo) == 1000:
            body["upto"] = todo[-1]
        answer = alice.call("compare", body)
        got += [row["address"] for row in answer["contacts"]]
        gone += answer.get("gone", [])
        check(len(answer["contacts"]) <= 1000, "a page's rows")
        for address in answer.get("gone", []):
            del have[address]
        requests += 1
        after = answer.get("upto", body.get("upto"))
        if not after:
            break
        check(requests < 20, "it ends")
    check_equal(got, [a for n, a in enumerate(names) if n % 3], "what was lacking")
    check_equal(gone, [f"c{n:05}x@example.org" for n in range(0, 2500, 100)], "what is gone")


def test_digest(t):
    server = t.server()
    alice, bob = Api(server).register("alice"), Api(server).register("bob")
    for text in ("one", "a\"b\\c\nd\te\r\u202e\U0001f600 gr\u00fc\u00dfe", "three"):
        send_one(alice, text)
    send_one(bob, "four", "alice@example.org")
    ranges = [["bob@example.org", 1, 4], ["bob@example.org", 2, 2], ["bob@example.org", 9, 12],
              ["eve@example.org", 1, 4]]
    digests = alice.call("digest", {"ranges": ranges})["digests"]
    check_equal(digests, [digest_of(pull(alice, "bob@example.org", 1, 4)),
                          digest_of(pull(alice, "bob@example.org", 2, 2)),
                          digest_of([]), None], "digests")
    check_equal(bob.call("digest", {"ranges": [["alice@example.org", 1, 4]]})["digests"],
                digests[:1], "the same on the other side")
    alice.call("digest", {"ranges": [["bob@example.org", 0, 4]]}, expect=400)


def test_was_is_told(t):
    server = t.server()
    alice, other, bob = (Api(server).register("alice"), Api(server).register("alice", "login"),
                         Api(server).register("bob"))
    bob.sync(), other.sync()
    message = {"to": "bob@example.org", "key": str(uuid.uuid4()), "type": "text", "text": "hi"}
    was = 1700000000000000
    result = alice.call("send", {"messages": [{**message, "was": was}]})["results"][0]
    check_equal(result["time"], was, "its time is that of then")
    for api in (bob, other):
        events = api.call("events", {"cursor": api.cursor, "wait": 0})["events"]
        check_equal([(e["was"], e["time"]) for e in events], [(was, was)], "an event")
    page = pull(bob, "alice@example.org", 1, 1)
    check_equal((page[0]["was"], page[0]["time"]), (was, was), "a page")
    again = alice.call("send", {"messages": [message]})["results"][0]
    check_equal((again["msg_id"], again.get("repeated")), (1, True), "the same without was")
    future = {**message, "key": str(uuid.uuid4()), "was": 1 << 52}
    result = alice.call("send", {"messages": [future]})["results"][0]
    check(result["time"] < 1 << 52, f"its time is now: {result}")


tern_test.main()
