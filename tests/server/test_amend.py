"""Edits, recalls, reactions, replies, read markers and receipts, called directly."""
import uuid

import tern_test
from tern_test import Api, Connection, check, check_equal, wait_for

from tern_helpers import metric

ALICE, BOB = "alice@example.org", "bob@example.org"


def send(api, to, text, kind="text", target=None):
    """One message; its result."""
    item = {"to": to, "key": str(uuid.uuid4()), "type": kind, "text": text}
    if target:
        item["target"] = target
    return api.call("send", {"messages": [item]})["results"][0]


def refusal(api, to, text, kind, target):
    return send(api, to, text, kind, target).get("error", {}).get("code")


def pull(api, who, first, last):
    return api.call("pull", {"want": [[who, first, last]]})["pages"][0]


def poll(api, wait=60000):
    """A held poll: the connection that will have its answer."""
    connection = Connection(api.server.port)
    connection.request("/v1/events", {"cursor": api.cursor, "wait": wait}, api.token)
    return connection


def events(api, connection):
    """The events of a poll's answer; the cursor goes on."""
    _, answer = connection.answer_json()
    check("resync" not in answer, f"a resync: {answer}")
    api.cursor = [answer["generation"], answer["to"]]
    return answer.get("events", [])


def both(t):
    server = t.server()
    alice, bob = Api(server).register("alice"), Api(server).register("bob")
    return server, alice, bob


def test_amendments_come_with_pages_and_lists(t):
    _, alice, bob = both(t)
    bob.sync()
    for n in range(1, 6):
        send(alice, BOB, f"text {n}")
    bob.sync()
    send(alice, BOB, "second", "edit", 2)
    send(alice, BOB, "third", "edit", 2)
    send(bob, ALICE, "+1", "react", 4)
    page = pull(bob, ALICE, 1, 3)
    check_equal([m["msg_id"] for m in page["messages"]], [1, 2, 3], "the page")
    check_equal([(m["msg_id"], m["type"], m["target"], m["text"]) for m in page["amendments"]],
                [(7, "edit", 2, "third")], "the newest edit of what is in it")
    check("amendments" not in pull(bob, ALICE, 1, 1), "nothing was done to the first")
    check("amendments" not in pull(bob, ALICE, 1, 8), "they are in the page itself")
    listed = bob.sync()["amendments"]
    check_equal([(m["conversation"], m["msg_id"], m["type"]) for m in listed],
                [(ALICE, 6, "edit"), (ALICE, 7, "edit"), (ALICE, 8, "react")], "since the cursor")
    check_equal(("key" in listed[0], "key" in listed[2]), (False, True), "keys are the sender's")
    check("amendments" not in bob.sync(), "nothing since")
    bob.cursor = None
    check("amendments" not in bob.sync(), "none without a cursor")


def test_a_recall_erases(t):
    _, alice, bob = both(t)
    bob.sync()
    send(alice, BOB, "a secret")
    send(alice, BOB, "still a secret", "edit", 1)
    bob.sync()
    check("error" not in send(alice, BOB, "", "recall", 1), "recalled")
    page = pull(bob, ALICE, 1, 9)
    check_equal([("text" in m, m["type"]) for m in page["messages"]],
                [(False, "text"), (False, "edit"), (False, "recall")], "no text is left")
    check_equal([m["type"] for m in bob.sync()["amendments"]], ["recall"], "told by the lists")
    for kind, text in (("edit", "x"), ("react", "x"), ("unreact", "x"), ("recall", "")):
        check_equal(refusal(alice, BOB, text, kind, 1), "bad-target", f"{kind} of a recalled one")
    check_equal(refusal(bob, ALICE, "why?", "text", 1), None, "a reply is taken")


def test_bad_targets(t):
    _, alice, bob = both(t)
    send(alice, BOB, "one")
    for kind, text, target in (("edit", "x", 1), ("recall", "", 1), ("react", "x", 2),
                               ("text", "x", 2), ("react", "x", 9)):
        check_equal(refusal(bob, ALICE, text, kind, target), "bad-target", f"{kind} {target}")
    for item in ({"type": "edit", "text": "x"}, {"type": "recall", "text": ""},
                 {"type": "react", "text": "", "target": 1}, {"type": "edit", "text": ""},
                 {"type": "recall", "text": "x", "target": 1}, {"type": "left", "text": "x"},
                 {"type": "react", "text": "x" * 65, "target": 1},
                 {"type": "text", "text": "x", "target": 0}):
        body = {"messages": [{"to": ALICE, "key": str(uuid.uuid4()), **item}]}
        code = bob.call("send", body, expect=None)["error"]["code"]
        check(code in ("bad-field", "too-large"), f"{item}: {code}")
    # A batch goes on behind one that is refused for good.
    batch = [{"to": BOB, "key": str(uuid.uuid4()), "type": kind, "text": "x", "target": target}
             for kind, target in (("edit", 1), ("edit", 7), ("react", 1))]
    results = alice.call("send", {"messages": batch})["results"]
    check_equal([r.get("msg_id") for r in results], [2, None, 3], "results")


def test_groups(t):
    server, alice, bob = both(t)
    carol = Api(server).register("carol")
    group = "#team@example.org"
    alice.call("group-create", {"key": str(uuid.uuid4()), "address": group, "name": "Team",
                                "history": False, "members": [BOB]})
    first = send(bob, group, "before carol")["msg_id"]
    alice.call("group-change", {"group": group, "action": "add", "members": ["carol@example.org"]})
    carol.sync()
    bob.sync()
    check_equal(refusal(carol, group, "x", "react", first), "bad-target", "out of sight")
    check_equal(refusal(alice, group, "x", "edit", first), "bad-target", "of another")
    waiting, seeing = poll(carol), poll(bob)
    edit = send(bob, group, "edited", "edit", first)["msg_id"]
    _, answer = waiting.answer_json()
    check_equal(answer.get("resync"), True, "what may be out of sight is left to login-sync")
    listed = carol.sync()["amendments"]
    check_equal([(m["msg_id"], "text" in m) for m in listed], [(edit, False)], "without text")
    page = pull(carol, group, 1, edit)
    check_equal([(m["msg_id"], "text" in m) for m in page["messages"]][-1], (edit, False),
                "without text in a page too")
    seeing.close()
    check_equal(pull(bob, group, 1, edit)["messages"][-1]["text"], "edited", "who may see it")
    mine = send(carol, group, "mine")["msg_id"]
    check_equal(refusal(bob, group, "", "recall", mine), "not-allowed", "a plain member")
    check_equal(refusal(alice, group, "", "recall", mine), None, "the owner")


def test_read_markers(t):
    server, alice, bob = both(t)
    desk = Api(server).register("bob", "login", "desk")
    for n in range(3):
        send(alice, BOB, f"{n}")
    send(bob, ALICE, "an answer")
    alice.sync()
    head = bob.sync()["conversations"][0]
    check_equal((head["unread"], head["read"], head["bytes"]), (3, 0, 12), "the head")
    desk.sync()
    at_alice, at_desk, at_bob = poll(alice), poll(desk), poll(bob, 1)
    answer = bob.call("read", {"markers": [[ALICE, 2], ["nobody@example.org", 1]]})
    check_equal([(h["conversation"], h["read"], h.get("unread")) for h in answer["conversations"]],
                [(ALICE, 2, 1)], "the answer")
    told = events(desk, at_desk)[0]
    check_equal((told["event"], told["read"], told["unread"]), ("head", 2, 1), "the other device")
    told = events(alice, at_alice)[0]
    check_equal((told["event"], told["conversation"], told["peer_read"]), ("head", BOB, 2),
                "the peer")
    at_bob.close()
    # Never back; nothing is told where nothing changes.
    stamp = answer["conversations"][0]["stamp"]
    for marker in (2, 1, 0):
        again = bob.call("read", {"markers": [[ALICE, marker]]})["conversations"][0]
        check_equal((again["read"], again["stamp"]), (2, stamp), f"marker {marker}")
    check_equal(events(alice, poll(alice, 0)), [], "no event")
    refused = bob.call("read", {"markers": [[ALICE, 3], [ALICE, 5]]}, expect=400)
    check_equal(refused["error"]["code"], "bad-field", "above the last")
    check_equal(bob.call("read", {"markers": [[ALICE, 0]]})["conversations"][0]["read"], 2,
                "then none of them is moved")
    for markers in ([[ALICE]], [[ALICE, -1]], [[ALICE, "1"]], ["x"], [["nonsense", 1]]):
        bob.call("read", {"markers": markers}, expect=400)


def test_delivery_is_told_once_a_second_at_most(t):
    server, alice, bob = both(t)
    for n in range(4):
        send(alice, BOB, f"{n}")
    alice.sync()
    bob.sync()
    held = poll(alice)
    for n in range(1, 5):
        bob.call("ack", {"acks": [[ALICE, n, n]]})
    told = events(alice, held)
    check_equal([(e["event"], e["peer_ack"]) for e in told], [("head", 4)], "one event for all")
    # What moves nothing makes no event: the next one that comes is of the message.
    bob.call("ack", {"acks": [[ALICE, 1, 4]]})
    bob.call("ack", {"acks": [[ALICE, 9, 9]]})
    held = poll(alice)
    wait_for(lambda: metric(server, "ternd_polls_held") == 1, what="a held poll")
    send(bob, ALICE, "x")
    check_equal([e["event"] for e in events(alice, held)], ["message"], "and nothing before")
    check_equal(alice.sync().get("conversations", [{}])[-1].get("peer_ack"), None, "nothing since")


if __name__ == "__main__":
    tern_test.main()
